/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_layers.c - the layers one by one, and what each costs.
 */
#include "jobs.h"

static oray_status write_layers(report *r, const oray_model *model, oray_error *err)
{
	const options *o = &r->cli->options;
	const oray_layer_options which = {.all = o->all, .op = o->op, .name = o->name};
	oray_layers *layers;
	oray_status status = oray_list_layers(model, &which, &layers, err);
	if (status == ORAY_OK)
		status = oray_write_layers(layers, &r->style, report_sink, r, err);
	oray_layers_free(layers);
	return status;
}

int cmd_layers(cli *c)
{
	return jobs_run(c, c->operands, 1, write_layers);
}
