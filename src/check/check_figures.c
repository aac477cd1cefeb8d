/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_figures.c - the numbers that budgets and assertions are about.
 */
#include "check/check_figures.h"

#include <math.h>
#include <string.h>

#include "analyze/glob.h"
#include "base/num.h"
#include "words/numbers.h"

/* -------------------------------------------------------------------------- kinds of numbers -- */

static check_number unknown(uint64_t at_least)
{
	return (check_number){.count = at_least};
}

static check_number whole(uint64_t n)
{
	return (check_number){.known = true, .whole = true, .value = (double)n, .count = n};
}

static check_number real(double x)
{
	return isnan(x) ? unknown(0) : (check_number){.known = true, .value = x};
}

static check_number of_count(oray_count n)
{
	return n.exact ? whole(n.value) : unknown(n.value);
}

static check_number of_amount(check_figures *f, oray_amount a)
{
	if (oray_amount_is_number(a))
		return whole(a.value);
	check_number n = unknown(a.value);
	if (a.exact && oray_amount_text(f->model, a, f->formula, sizeof f->formula) < sizeof f->formula)
		n.formula = f->formula;
	return n;
}

static bool is(check_word word, const char *text)
{
	return word.text && strlen(text) == word.size && memcmp(text, word.text, word.size) == 0;
}

/* -------------------------------------------------------------------------------- the model -- */

static uint64_t plus(uint64_t a, uint64_t b)
{
	uint64_t sum;
	return num_add(a, b, &sum) ? sum : UINT64_MAX;
}

static check_number file_bytes(check_figures *f, check_word w)
{
	(void)w;
	return whole(oray_model_describe(f->model)->file_bytes);
}

static check_number external_bytes(check_figures *f, check_word w)
{
	(void)w;
	uint64_t n = f->summary->external_bytes;
	return n == UINT64_MAX ? unknown(n) : whole(n);
}

static check_number bytes(check_figures *f, check_word w)
{
	uint64_t sum = plus(file_bytes(f, w).count, f->summary->external_bytes);
	return sum == UINT64_MAX ? unknown(sum) : whole(sum);
}

static check_number ir_version(check_figures *f, check_word w)
{
	(void)w;
	int64_t version = oray_model_describe(f->model)->ir_version;
	return version > 0 ? whole((uint64_t)version) : unknown(0);
}

static check_number opset(check_figures *f, check_word w)
{
	const oray_model_info *info = oray_model_describe(f->model);
	const check_word domain = w.text ? w : (check_word){"ai.onnx", 7};
	for (size_t i = info->n_opsets; i-- > 0;) {
		const oray_opset *o = &info->opsets[i];
		if (o->domain.size == domain.size && !memcmp(o->domain.data, domain.text, domain.size))
			return o->version > 0 ? whole((uint64_t)o->version) : unknown(0);
	}
	return unknown(0);
}

static check_number functions(check_figures *f, check_word w)
{
	(void)w;
	return whole(oray_model_describe(f->model)->n_functions);
}

/* -------------------------------------------------------------------------------- the graph -- */

static check_number nodes(check_figures *f, check_word w)
{
	(void)w;
	return whole(f->summary->nodes_total);
}

static check_number subgraphs(check_figures *f, check_word w)
{
	(void)w;
	return whole(f->summary->subgraphs);
}

static check_number initializers(check_figures *f, check_word w)
{
	(void)w;
	return whole(f->summary->initializers);
}

static check_number inputs(check_figures *f, check_word w)
{
	(void)w;
	return whole(f->summary->n_inputs);
}

static check_number outputs(check_figures *f, check_word w)
{
	(void)w;
	return whole(f->summary->n_outputs);
}

bool check_operator_matches(oray_str domain, oray_str op, const char *pattern)
{
	buf full = {0};
	buf_add(&full, domain.data, domain.size);
	buf_char(&full, ':');
	buf_add(&full, op.data, op.size);
	bool fits = strchr(pattern, ':') ? glob_match(pattern, buf_text(&full), full.n)
	                                 : glob_match(pattern, op.data, op.size);
	buf_free(&full);
	return fits;
}

static check_number ops(check_figures *f, check_word w)
{
	uint64_t n = 0;
	buf pattern = {0};
	buf_add(&pattern, w.text ? w.text : "*", w.text ? w.size : 1);
	for (size_t i = 0; i < f->summary->n_operators; i++) {
		const oray_operator *o = &f->summary->operators[i];
		if (check_operator_matches(o->domain, o->op, buf_text(&pattern)))
			n += w.text ? o->count : 1;
	}
	buf_free(&pattern);
	return whole(n);
}

/* ------------------------------------------------------------------------------- parameters -- */

static check_number params(check_figures *f, check_word w)
{
	const oray_parameters *p = &f->summary->parameters;
	if (!w.text)
		return p->overflow ? unknown(p->total) : whole(p->total);
	for (int i = 0; i < ORAY_N_ROLES; i++)
		if (is(w, oray_role_name((oray_role)i)))
			return p->overflow ? unknown(0) : whole(p->by_role[i].elements);
	for (int i = 0; i < ORAY_N_TYPES; i++)
		if (oray_type_name(i) && is(w, oray_type_name(i)))
			return p->overflow ? unknown(0) : whole(p->by_type[i].elements);
	return unknown(0);
}

static check_number weight_bytes(check_figures *f, check_word w)
{
	(void)w;
	return of_count(f->summary->parameters.bytes);
}

static check_number unused(check_figures *f, check_word w)
{
	(void)w;
	return whole(f->summary->parameters.unused);
}

/* ------------------------------------------------------------------------------------- cost -- */

static check_number macs(check_figures *f, check_word w)
{
	(void)w;
	return oray_model_is_inferred(f->model) ? of_amount(f, f->summary->compute.macs) : unknown(0);
}

static check_number activation(check_figures *f, check_word w)
{
	(void)w;
	return of_amount(f, f->summary->compute.peak);
}

static check_number coverage(check_figures *f, check_word w)
{
	(void)w;
	size_t all = f->summary->shapes.values;
	return all ? real((double)f->summary->shapes.known / (double)all) : real(1);
}

static check_number unknown_shapes(check_figures *f, check_word w)
{
	(void)w;
	return whole(f->summary->shapes.unknown);
}

static check_number quantized(check_figures *f, check_word w)
{
	(void)w;
	double share = f->summary->quantization.node_coverage;
	return isnan(share) && f->summary->quantization.scheme == ORAY_SCHEME_NONE ? real(0)
	                                                                           : real(share);
}

/* -------------------------------------------------------------------------------- the table -- */

static const struct {
	const char *name;
	bool takes; /* an argument */
	check_number (*get)(check_figures *f, check_word argument);
} table[] = {
    {"params", true, params},
    {"bytes", false, bytes},
    {"file_bytes", false, file_bytes},
    {"external_bytes", false, external_bytes},
    {"weight_bytes", false, weight_bytes},
    {"unused", false, unused},
    {"macs", false, macs},
    {"activation", false, activation},
    {"opset", true, opset},
    {"ir_version", false, ir_version},
    {"nodes", false, nodes},
    {"ops", true, ops},
    {"subgraphs", false, subgraphs},
    {"functions", false, functions},
    {"initializers", false, initializers},
    {"inputs", false, inputs},
    {"outputs", false, outputs},
    {"coverage", false, coverage},
    {"unknown_shapes", false, unknown_shapes},
    {"quantized", false, quantized},
};

enum { N_FIGURES = sizeof table / sizeof *table };

bool check_figure_find(check_word name, unsigned *figure, bool *takes)
{
	for (unsigned i = 0; i < N_FIGURES; i++) {
		if (!is(name, table[i].name))
			continue;
		*figure = i;
		*takes = table[i].takes;
		return true;
	}
	return false;
}

const char *check_figure_name(unsigned figure)
{
	return figure < N_FIGURES ? table[figure].name : NULL;
}

check_number check_figure(check_figures *f, unsigned figure, check_word argument)
{
	if (!f->summary && !f->failed)
		f->failed = oray_summarize(f->model, &f->summary, NULL) != ORAY_OK;
	return f->failed || figure >= N_FIGURES ? unknown(0) : table[figure].get(f, argument);
}

void check_number_text(buf *b, const check_number *n)
{
	char text[NUMBER_SIZE];

	if (n->known && n->whole) {
		number_exact(b, n->count);
	} else if (n->known) {
		buf_add(b, text, number_float64(n->value, text));
	} else if (n->formula) {
		buf_str(b, n->formula);
	} else if (n->count) {
		buf_str(b, "at least ");
		number_exact(b, n->count);
	} else {
		buf_str(b, "not known");
	}
}

void check_figures_free(check_figures *f)
{
	oray_summary_free(f->summary);
	f->summary = NULL;
}
