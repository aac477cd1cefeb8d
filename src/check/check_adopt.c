/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_adopt.c - what the loader, inference and the analysis of quantization found already.
 */
#include "analyze/quantization.h"
#include "base/buf.h"
#include "check/check.h"
#include "model/model.h"

/* One of them, with its place as a path where it has one; severity is at least that of the rule. */
static void adopt(check_pass *pass, const oray_finding *found)
{
	check_book *book = pass->book;
	oray_finding f = *found;
	check_rule rule;
	buf path = {0};

	if (!check_rule_id(found->rule, &rule))
		return;
	if (f.severity < oray_rules(NULL)[rule].severity)
		f.severity = oray_rules(NULL)[rule].severity;
	if (f.place.what != ORAY_PLACE_MODEL) {
		check_path(pass->model, f.place, &path);
		if (f.offset == ORAY_NO_OFFSET)
			f.offset = check_offset(pass->model, f.place);
	} else {
		buf_str(&path, *f.where ? f.where : "model");
	}
	book->failed |= !buf_ok(&path);
	f.where = buf_text(&path);
	check_keep(book, rule, &f);
	buf_free(&path);
}

/* What was counted, but not kept. */
static void adopt_rest(check_pass *pass, const char *name, uint64_t count)
{
	check_rule rule;
	if (!check_rule_id(name, &rule))
		return;
	uint64_t *counts = pass->book->counts[rule], had = counts[0] + counts[1] + counts[2];
	if (count > had)
		counts[oray_rules(NULL)[rule].severity] += count - had;
}

static oray_status adopt_quantization(check_pass *pass, oray_error *err)
{
	oray_quantization *q;
	oray_status status = ORAY_OK;

	if (!quant_possible(pass->model))
		return ORAY_OK;
	status = oray_explain_quantization(pass->model, &q, err);
	if (status == ORAY_OK && !pass->options->no_weights)
		status = oray_measure_quantization(q, err);
	for (size_t i = 0; q && status == ORAY_OK && i < q->n_findings; i++)
		adopt(pass, &q->findings[i]);
	const quant_book *made = (const quant_book *)q;
	for (size_t i = 0; q && status == ORAY_OK && i < made->counts.n; i++)
		adopt_rest(pass, made->counts.at[i].rule, made->counts.at[i].n);
	oray_quantization_free(q);
	return status;
}

oray_status check_adopt(check_pass *pass, oray_error *err)
{
	size_t n;
	const oray_finding *list = oray_model_findings(pass->model, &n, NULL);

	for (size_t i = 0; i < n; i++)
		adopt(pass, &list[i]);
	for (size_t i = 0; i < pass->model->rule_counts.n; i++)
		adopt_rest(pass, pass->model->rule_counts.at[i].rule, pass->model->rule_counts.at[i].count);
	return adopt_quantization(pass, err);
}
