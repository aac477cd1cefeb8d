/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_params.c - where the parameters are.
 */
#include "jobs.h"

static oray_status write_params(report *r, const oray_model *model, oray_error *err)
{
	oray_parameter_list *list;
	oray_status status = oray_list_parameters(model, &list, err);
	if (status == ORAY_OK)
		status = oray_write_parameters(list, &r->style, report_sink, r, err);
	oray_parameter_list_free(list);
	return status;
}

int cmd_params(cli *c)
{
	return jobs_run(c, c->operands, 1, write_params);
}
