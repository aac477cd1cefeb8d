/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_quant.c - how a model is quantized, and what looks wrong about it.
 */
#include "jobs.h"

static bool has_errors(const oray_quantization *q)
{
	for (size_t i = 0; i < q->n_findings; i++)
		if (q->findings[i].severity == ORAY_ERROR)
			return true;
	return false;
}

static oray_status write_quantization(report *r, const oray_model *model, oray_error *err)
{
	oray_quantization *q;
	oray_status status = oray_explain_quantization(model, &q, err);
	if (status == ORAY_OK)
		status = oray_measure_quantization(q, err);
	if (status == ORAY_OK)
		status = oray_write_quantization(q, &r->style, report_sink, r, err);
	if (status == ORAY_OK && has_errors(q))
		r->exit_code = report_worse(r->exit_code, EXIT_FINDINGS);
	oray_quantization_free(q);
	return status;
}

int cmd_quant(cli *c)
{
	return jobs_run(c, c->operands, 1, write_quantization);
}
