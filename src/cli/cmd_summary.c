/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_summary.c - what a model is, at a glance.
 */
#include "jobs.h"

static oray_status write_summary(report *r, const oray_model *model, oray_error *err)
{
	oray_summary *summary;
	r->tells_cut = true;
	oray_status status = oray_summarize(model, &summary, err);
	if (status == ORAY_OK)
		status = oray_write_summary(summary, &r->style, report_sink, r, err);
	oray_summary_free(summary);
	return status;
}

int cmd_summary(cli *c)
{
	return jobs_run(c, c->operands, c->n_operands, write_summary);
}
