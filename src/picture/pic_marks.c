/* SPDX-License-Identifier: Apache-2.0 */
#include "picture/pic_marks.h"

#include <math.h>
#include <string.h>

#include "analyze/quantization.h"
#include "base/error.h"
#include "base/heap.h"
#include "words/clean.h"
#include "words/describe.h"
#include "words/diff_words.h"

#define MOST_TEXT    40 /* characters of a text in a row */
#define MOST_CHANGES 4  /* rows of changes in a box */

#define BOLD  "\2" /* PIC_BOLD */
#define PLAIN "\1" /* PIC_PLAIN */

/* -------------------------------------------------------------------------- quantization -- */

static oray_status start(pic_marks *m, const oray_model *model, oray_error *err)
{
	const oray_model_info *info = oray_model_describe(model);
	*m = (pic_marks){.quantization = NULL};
	m->layer = heap_zeroed(info->n_nodes + 1, sizeof *m->layer);
	return m->layer ? ORAY_OK : error_memory(err);
}

static bool is_quantized(const oray_quantization *q)
{
	bool any = q->n_encodings > 0 || q->scheme != ORAY_SCHEME_NONE;
	for (size_t i = 0; i < q->n_layers && !any; i++)
		any = q->layers[i].is_quantized;
	return any;
}

oray_status pic_marks_quantized(pic_marks *m, const oray_model *model, oray_error *err)
{
	const oray_model_info *info = oray_model_describe(model);
	*m = (pic_marks){.quantization = NULL};
	if (!quant_possible(model))
		return ORAY_OK;
	oray_status status = start(m, model, err);
	if (status == ORAY_OK)
		status = oray_explain_quantization(model, &m->quantization, err);
	if (status != ORAY_OK)
		return status;
	const oray_quantization *q = m->quantization;
	if (!is_quantized(q)) {
		pic_marks_free(m);
		return ORAY_OK;
	}
	for (size_t i = 0; i < q->n_layers; i++)
		if (q->layers[i].is_quantized && q->layers[i].node < info->n_nodes)
			m->layer[q->layers[i].node] = i + 1;
	m->integers = heap_zeroed(info->n_values + 1, sizeof *m->integers);
	if (!m->integers)
		return error_memory(err);
	for (size_t i = 0; i < q->n_encodings; i++)
		if (!q->encodings[i].is_fake && q->encodings[i].value < info->n_values)
			m->integers[q->encodings[i].value] = true;
	return ORAY_OK;
}

/* --------------------------------------------------------------------------- differences -- */

/* The worst weight of a layer that was quantized; NAN: none was, or none could be compared. */
static double worst_sqnr(const oray_difference *d, const oray_layer_pair *l)
{
	double worst = NAN;
	for (size_t i = 0; i < l->n_weights; i++) {
		const oray_weight_pair *w = &d->weights[l->weights[i]];
		if (w->role != ORAY_ROLE_BIAS && diff_is_quantized(w) && w->measured &&
		    !isnan(w->fidelity.sqnr_db) && !(w->fidelity.sqnr_db >= worst))
			worst = w->fidelity.sqnr_db;
	}
	return worst;
}

static bool is_changed(const oray_difference *d, const oray_layer_pair *l)
{
	for (size_t i = 0; i < l->n_weights; i++) {
		const oray_weight_pair *w = &d->weights[l->weights[i]];
		if (w->type_a != w->type_b ||
		    (w->measured && !w->fidelity.identical && (w->folded || !diff_is_rounding(w))))
			return true;
	}
	return l->n_changes > 0;
}

static theme_state state_of(const oray_difference *d, const oray_layer_pair *l)
{
	if (l->b == ORAY_NONE)
		return THEME_REMOVED;
	if (l->a == ORAY_NONE)
		return l->fate && strstr(l->fate, "quantiz") ? THEME_HELPER : THEME_ADDED;
	double worst = worst_sqnr(d, l);
	if (!isnan(worst))
		return worst < 10   ? THEME_SQNR_0
		       : worst < 20 ? THEME_SQNR_10
		       : worst < 30 ? THEME_SQNR_20
		       : worst < 40 ? THEME_SQNR_30
		                    : THEME_SQNR_40;
	return is_changed(d, l) ? THEME_CHANGED : THEME_KEPT;
}

static void mark_holders(pic_marks *m, const oray_model *model, oray_id node)
{
	oray_node n;
	for (oray_id id = node; oray_model_node(model, id, &n);) {
		const oray_graph *g = oray_model_graph(model, n.graph);
		id = g ? g->parent_node : ORAY_NONE;
		if (id == ORAY_NONE || m->state[id] != THEME_KEPT)
			return;
		m->state[id] = THEME_CHANGED;
	}
}

oray_status pic_marks_changed(pic_marks *m, const oray_difference *d, bool of_b, oray_error *err)
{
	const oray_model *model = of_b ? d->b : d->a;
	size_t n = oray_model_describe(model)->n_nodes;
	oray_status status = start(m, model, err);
	m->difference = d;
	m->state = heap_zeroed(n + 1, sizeof *m->state);
	if (status != ORAY_OK || !m->state)
		return error_memory(err);
	memset(m->state, THEME_KEPT, n);
	for (size_t i = 0; i < d->n_layers; i++) {
		oray_id node = of_b ? d->layers[i].b : d->layers[i].a;
		if (node >= n)
			continue;
		m->layer[node] = i + 1;
		m->state[node] = (unsigned char)state_of(d, &d->layers[i]);
	}
	/* a node that holds a body is not what it was when something inside is not */
	for (size_t i = 0; i < n; i++)
		if (m->state[i] != THEME_KEPT)
			mark_holders(m, model, (oray_id)i);
	return ORAY_OK;
}

void pic_marks_free(pic_marks *m)
{
	oray_quantization_free(m->quantization);
	heap_free(m->layer);
	heap_free(m->state);
	heap_free(m->integers);
	*m = (pic_marks){.quantization = NULL};
}

/* ------------------------------------------------------------------------------ questions -- */

theme_state pic_mark_state(const pic_plan *p, oray_id node)
{
	return p->marks && p->marks->state ? (theme_state)p->marks->state[node] : THEME_PLAIN;
}

double pic_mark_sqnr(const pic_plan *p, oray_id node)
{
	const pic_marks *m = p->marks;
	return m && m->difference && m->layer[node]
	           ? worst_sqnr(m->difference, &m->difference->layers[m->layer[node] - 1])
	           : (double)NAN;
}

bool pic_mark_quantized(const pic_plan *p, oray_id node)
{
	return p->marks && p->marks->quantization && p->marks->layer[node];
}

bool pic_mark_integers(const pic_plan *p, oray_id value)
{
	const pic_marks *m = p->marks;
	if (!m || !m->integers || value >= p->info->n_values)
		return false;
	/* what a pooling or a reshape hands on has no encoding of its own */
	known_type t = known_type_of(p->model, value);
	uint32_t bits = oray_type_bits(t.element);
	bool small = bits && bits <= 8 && t.element != ORAY_BOOL;
	return m->integers[value] || (small && m->quantization->scheme != ORAY_SCHEME_NONE);
}

const char *pic_mark_class(theme_state state)
{
	static const char *const classes[THEME_N_STATES] = {
	    [THEME_KEPT] = "kept",       [THEME_CHANGED] = "changed", [THEME_ADDED] = "added",
	    [THEME_HELPER] = "helper",   [THEME_REMOVED] = "removed", [THEME_SQNR_0] = "sqnr-0",
	    [THEME_SQNR_10] = "sqnr-10", [THEME_SQNR_20] = "sqnr-20", [THEME_SQNR_30] = "sqnr-30",
	    [THEME_SQNR_40] = "sqnr-40",
	};
	return classes[state];
}

/* ----------------------------------------------------------------------------------- rows -- */

static void type_word(buf *out, int32_t type)
{
	const char *name = oray_type_name(type);
	buf_str(out, name && type != ORAY_UNDEFINED ? name : "unknown");
}

static void granularity(buf *out, const oray_encoding *e)
{
	if (e->granularity == ORAY_PER_AXIS)
		buf_str(out, " per channel");
	else if (e->granularity == ORAY_PER_BLOCK && e->block_size > 0)
		buf_format(out, " per block of %lld", (long long)e->block_size);
	if (e->is_fake)
		buf_str(out, " (fake)");
}

/* "w int8 per channel · a uint8" */
static void quantized_row(pic_look *look, const oray_quantized_layer *l)
{
	const oray_quantization *q = look->plan->marks->quantization;
	buf *out = &look->text;
	if (!pic_line_begin(look, PIC_LINE))
		return;
	if (l->weight_type) {
		buf_str(out, BOLD "w" PLAIN " ");
		type_word(out, l->weight_type);
		if (l->weight < q->n_encodings)
			granularity(out, &q->encodings[l->weight]);
	}
	if (l->activation_type) {
		buf_str(out, l->weight_type ? " · " BOLD "a" PLAIN " " : BOLD "a" PLAIN " ");
		type_word(out, l->activation_type);
	}
	if (!l->weight_type && !l->activation_type)
		buf_str(out, "quantized");
	pic_line_end(look);
}

static void cut_text(buf *out, const char *text)
{
	clean_text(out, text, strlen(text), MOST_TEXT);
}

/* "W float32 → int8 · 38.6 dB", "W · 12.1 dB" */
static void weight_row(pic_look *look, const oray_weight_pair *w)
{
	buf *out = &look->text;
	bool retyped = w->type_a != w->type_b;
	bool measured = w->measured && !w->fidelity.identical && !isnan(w->fidelity.sqnr_db) &&
	                !diff_is_rounding(w);
	if ((!retyped && !measured && !w->folded) || !pic_line_begin(look, PIC_LINE))
		return;
	buf_format(out, BOLD "%s" PLAIN " ",
	           w->role == ORAY_ROLE_BIAS   ? "bias"
	           : w->role == ORAY_ROLE_NORM ? "shift"
	                                       : "weight");
	type_word(out, w->type_a);
	if (retyped) {
		buf_str(out, " → ");
		type_word(out, w->type_b);
	}
	if (w->folded)
		buf_str(out, " · normalization folded in");
	if (measured) {
		buf_str(out, " · ");
		diff_fixed(out, w->fidelity.sqnr_db, 1);
		buf_str(out, " dB");
	}
	pic_line_end(look);
}

static void change_row(pic_look *look, const oray_change *c)
{
	buf *out = &look->text;
	if (!pic_line_begin(look, PIC_LINE))
		return;
	cut_text(out, c->what);
	buf_str(out, " ");
	cut_text(out, c->a ? c->a : "(none)");
	buf_str(out, " → ");
	cut_text(out, c->b ? c->b : "(none)");
	pic_line_end(look);
}

/* A fate of one word is what the colour says already: "removed", "quantization". */
static bool says_more(const oray_layer_pair *l)
{
	return l->fate && strchr(l->fate, ' ');
}

static void difference_rows(pic_look *look, const oray_layer_pair *l)
{
	const oray_difference *d = look->plan->marks->difference;
	if (says_more(l) && pic_line_begin(look, PIC_LINE)) {
		cut_text(&look->text, l->fate);
		pic_line_end(look);
	}
	for (int biases = 0; biases < 2; biases++)
		for (size_t i = 0; i < l->n_weights; i++)
			if ((d->weights[l->weights[i]].role == ORAY_ROLE_BIAS) == biases)
				weight_row(look, &d->weights[l->weights[i]]);
	for (size_t i = 0; i < l->n_changes && i < MOST_CHANGES; i++)
		change_row(look, &l->changes[i]);
	if (l->n_changes > MOST_CHANGES && pic_line_begin(look, PIC_LINE)) {
		buf_format(&look->text, "… %zu more changes", l->n_changes - MOST_CHANGES);
		pic_line_end(look);
	}
}

void pic_mark_rows(pic_look *look, oray_id node)
{
	const pic_marks *m = look->plan->marks;
	if (m && m->state && m->state[node] == THEME_CHANGED && !m->layer[node] &&
	    pic_line_begin(look, PIC_LINE)) {
		buf_str(&look->text, "changes inside");
		pic_line_end(look);
	}
	if (!m || !m->layer || !m->layer[node])
		return;
	if (m->quantization)
		quantized_row(look, &m->quantization->layers[m->layer[node] - 1]);
	else if (m->difference)
		difference_rows(look, &m->difference->layers[m->layer[node] - 1]);
}
