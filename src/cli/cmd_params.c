/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_params.c - where the parameters are, and what their values are like.
 */
#include "jobs.h"

#include "progress.h"

static int show_progress(void *context, double done)
{
	progress_share(context, done, "of the weights");
	return 0;
}

/** Tensors that cannot be read have no statistics; the first reason is told. */
static oray_status measure(report *r, oray_parameter_list *list, oray_error *err)
{
	oray_error unread;
	progress p = progress_start(r->cli, list->n);
	oray_status status = oray_measure_parameters(list, show_progress, &p, &unread);
	progress_erase(&p);
	if (status != ORAY_OK) {
		*err = unread;
		return status;
	}
	if (unread.code != ORAY_OK) {
		draft_str(&r->messages, "onnxray: ");
		draft_printable(&r->messages, r->path);
		draft_format(&r->messages, ": values were not read: %s\n", unread.message);
	}
	return ORAY_OK;
}

static oray_status write_params(report *r, const oray_model *model, oray_error *err)
{
	oray_parameter_list *list;
	oray_status status = oray_list_parameters(model, &list, err);
	if (status == ORAY_OK && r->cli->options.stats)
		status = measure(r, list, err);
	if (status == ORAY_OK)
		status = oray_write_parameters(list, &r->style, report_sink, r, err);
	oray_parameter_list_free(list);
	return status;
}

int cmd_params(cli *c)
{
	return jobs_run(c, c->operands, 1, write_params);
}
