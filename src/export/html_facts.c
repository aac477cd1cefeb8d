/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_facts.c - what the analyses found: the summary, operators, modules, findings, quantization
 * in real numbers, differences.
 */
#include <math.h>
#include <string.h>

#include "base/heap.h"
#include "export/html_draft.h"
#include "export/layers.h"
#include "export/quant_view.h"
#include "words/describe.h"

static void number_of(html_draft *d, oray_id id)
{
	html_int(d, id == ORAY_NONE ? -1 : (int64_t)id);
}

static void cost(html_draft *d, bool counts, oray_amount macs)
{
	if (counts)
		html_amount(d, macs);
	else
		html_int(d, 0);
}

/* ------------------------------------------------------------------------------ summary -- */

static void summary(html_draft *d, const oray_summary *s)
{
	const oray_style style = {.format = ORAY_JSON};
	html_key(d, "summary");
	oray_status status = oray_write_summary(s, &style, html_foreign, d, NULL);
	if (status != ORAY_OK)
		emit_fail(d->out, status);
}

/* Sums of one operator. */
typedef struct sums {
	uint64_t parameters;
	oray_amount macs;
	bool counts_macs;
} sums;

static void operators(html_draft *d, const oray_summary *s, const oray_layers *all)
{
	sums *of = heap_zeroed(d->n_op_first + 1, sizeof *of); /* by op_type */
	oray_node node;
	d->failed |= !of;
	for (size_t i = 0; of && i < d->n_op_first; i++)
		of[i].macs.exact = true;
	for (size_t i = 0; of && i < all->n; i++) {
		const oray_layer *l = &all->rows[i];
		if (!oray_model_node(d->model, l->node, &node))
			continue;
		sums *x = &of[node.op_type];
		x->parameters += l->shared ? 0 : l->parameters;
		x->counts_macs |= l->counts_macs;
		if (l->counts_macs)
			x->macs = oray_amount_add(d->model, x->macs, l->macs);
	}
	html_key(d, "operators");
	html_open(d, '[');
	for (size_t i = 0; of && i < s->n_operators && html_turn(d); i++) {
		const oray_operator *x = &s->operators[i];
		bool known = oray_model_node(d->model, x->example, &node);
		html_open(d, '[');
		html_str(d, x->op);
		html_str(d, x->domain);
		html_cstr(d, x->category);
		html_count(d, x->count);
		html_count(d, known ? of[node.op_type].parameters : 0);
		cost(d, known && of[node.op_type].counts_macs,
		     known ? of[node.op_type].macs : (oray_amount){0});
		html_close(d, ']');
	}
	html_close(d, ']');
	heap_free(of);
}

static void modules(html_draft *d, const module_tree *tree)
{
	html_key(d, "modules");
	html_open(d, '[');
	for (oray_id i = 1; tree && i < tree->modules.n && html_turn(d); i++) {
		const module *m = &tree->modules.at[i];
		html_open(d, '[');
		html_ref(d, strings_get(&tree->paths, i));
		html_count(d, m->depth);
		number_of(d, m->parent ? m->parent - 1 : ORAY_NONE);
		html_count(d, m->nodes);
		html_count(d, m->parameters);
		html_amount(d, m->macs);
		html_amount(d, m->memory);
		html_close(d, ']');
	}
	html_close(d, ']');
}

/* ------------------------------------------------------------------------------ findings -- */

static void finding(html_draft *d, const oray_finding *f)
{
	html_open(d, '[');
	html_int(d, f->severity);
	html_cstr(d, f->rule);
	html_cstr(d, f->where ? f->where : "");
	html_cstr(d, f->message);
	html_close(d, ']');
	html_turn(d);
}

static void findings(html_draft *d, const oray_quantization *q)
{
	uint64_t counts[3];
	size_t n;
	const oray_finding *list = oray_model_findings(d->model, &n, counts);
	html_key(d, "findings");
	html_open(d, '[');
	for (size_t i = 0; i < n; i++)
		finding(d, &list[i]);
	for (size_t i = 0; q && i < q->n_findings; i++)
		finding(d, &q->findings[i]);
	html_close(d, ']');
	html_key(d, "finding_counts");
	html_open(d, '[');
	for (size_t i = 0; i < 3; i++)
		html_count(d, counts[i]);
	html_close(d, ']');
}

/* -------------------------------------------------------------------------- quantization -- */

static void span(buf *b, const char *what, double low, double high)
{
	if (isnan(low))
		return;
	buf_str(b, what);
	quant_span_text(b, low, high, false, glyphs_of(true));
}

static void encoding_text(buf *b, const oray_model *model, const oray_encoding *e)
{
	buf_clear(b);
	quant_type_text(b, model, e);
	buf_char(b, ' ');
	quant_granularity_text(b, e);
	if (e->granularity == ORAY_PER_AXIS && e->axis >= 0)
		buf_format(b, " (axis %lld)", (long long)e->axis);
	span(b, ", scale ", e->scale_min, e->scale_max);
	span(b, ", zero point ", e->zero_point_min, e->zero_point_max);
	span(b, ", real ", e->low, e->high);
	buf_str(b, e->is_dynamic ? ", measured while it runs" : "");
	buf_str(b, e->is_fake ? ", stored as floats" : "");
}

static void quantization(html_draft *d, const oray_quantization *q)
{
	html_key(d, "quant");
	html_open(d, '[');
	for (size_t i = 0; q && i < q->n_encodings && html_turn(d); i++) {
		const oray_encoding *e = &q->encodings[i];
		html_open(d, '[');
		html_cstr(d, quant_role_name(e->role));
		number_of(d, e->value);
		number_of(d, e->real);
		number_of(d, e->node);
		number_of(d, e->reader);
		encoding_text(&d->word, d->model, e);
		html_count(d, html_keep(d, buf_text(&d->word), d->word.n));
		html_close(d, ']');
	}
	html_close(d, ']');
	html_key(d, "scheme");
	html_cstr(d, q ? oray_scheme_name(q->scheme) : "none");
	html_key(d, "toolchain");
	if (q && q->toolchain)
		html_cstr(d, q->toolchain);
	else
		html_null(d);
}

/* ---------------------------------------------------------------------------- difference -- */

void html_difference(html_draft *d)
{
	const oray_style style = {.format = ORAY_JSON};
	const oray_difference *both = d->drawing->difference;
	if (!both)
		return;
	html_key(d, "diff");
	oray_status status = oray_write_difference(both, &style, html_foreign, d, NULL);
	if (status != ORAY_OK)
		emit_fail(d->out, status);
}

void html_facts(html_draft *d, const html_known *k)
{
	summary(d, k->summary);
	operators(d, k->summary, k->all ? k->all : k->main);
	modules(d, k->tree);
	findings(d, k->quantization);
	quantization(d, k->quantization);
}
