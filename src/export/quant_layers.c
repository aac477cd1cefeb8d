/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quant_layers.c - one row a compute node: what its weights and its input are stored in.
 */
#include <math.h>
#include <string.h>

#include "export/amounts.h"
#include "export/cells.h"
#include "words/describe.h"
#include "words/numbers.h"
#include "export/quant_view.h"

#define FLOATS_SHOWN 12 /* layers that stayed float, unless everything is wanted */

enum {
	OPERATOR,
	NAME,
	WEIGHT,
	PER,
	INPUT,
	SCALE,
	ZERO,
	INPUT_SCALE,
	INPUT_ZERO,
	PARAMETERS,
	MACS,
	N_COLUMNS
};

static const grid_column columns[N_COLUMNS] = {
    [OPERATOR] = {.title = "Operator", .how = FIT_NAME, .min = 8, .want = 15},
    [NAME] = {.title = "Layer", .how = FIT_NAME, .min = 10, .want = 26},
    [WEIGHT] = {.title = "Weight"},
    [PER] = {.title = "per"},
    [INPUT] = {.title = "Input"},
    [SCALE] = {.title = "w scale", .right = true},
    [ZERO] = {.title = "w zero", .right = true, .drop = 3},
    [INPUT_SCALE] = {.title = "x scale", .right = true, .drop = 2},
    [INPUT_ZERO] = {.title = "x zero", .right = true, .drop = 2},
    [PARAMETERS] = {.title = "Params", .right = true, .drop = 5},
    [MACS] = {.title = "MACs", .right = true, .how = FIT_FORMULA, .min = 8, .want = 14, .drop = 4},
};

static const oray_encoding *encoding_of(const quant_view *v, size_t index)
{
	return index == SIZE_MAX ? NULL : &v->q->encodings[index];
}

static void type_cell(grid *g, size_t column, const quant_view *v, const oray_encoding *e,
                      int32_t type)
{
	if (e) {
		quant_type_text(grid_printable(g, column), v->q->model, e);
		grid_paint(g, column, e->is_fake ? PAINT_NOTE : PAINT_GOOD);
	} else if (type) {
		element_type_text(grid_printable(g, column), type);
		grid_paint(g, column, quant_is_float(type) ? PAINT_WARN : PAINT_PLAIN);
	} else {
		grid_none(g, column);
	}
}

static void per_cell(grid *g, const oray_encoding *e)
{
	if (!e)
		grid_none(g, PER);
	else if (e->granularity == ORAY_PER_AXIS && e->axis >= 0)
		grid_format(g, PER, "axis %lld", (long long)e->axis);
	else if (e->granularity == ORAY_PER_BLOCK && e->block_size > 0)
		grid_format(g, PER, "%lld", (long long)e->block_size);
	else
		grid_text(g, PER, quant_granularity_name(e->granularity));
}

static void span_cell(grid *g, size_t column, const oray_encoding *e, bool zero)
{
	if (!e) {
		grid_none(g, column);
		return;
	}
	quant_span_text(&g->cells[column].text, zero ? e->zero_point_min : e->scale_min,
	                zero ? e->zero_point_max : e->scale_max, e->is_dynamic, g->e->glyphs);
	if (e->is_dynamic)
		grid_paint(g, column, PAINT_DIM);
}

static void fill(grid *g, size_t row)
{
	const quant_view *v = g->context;
	const oray_quantized_layer *l;
	const oray_encoding *w, *x;
	oray_node node;

	if (row == v->n) {
		grid_format(g, OPERATOR, "%zu others", v->q->n_layers - v->n);
		grid_paint(g, OPERATOR, PAINT_DIM);
		return;
	}
	l = &v->q->layers[v->order[row]];
	if (!oray_model_node(v->q->model, l->node, &node))
		return;
	w = encoding_of(v, l->weight);
	x = encoding_of(v, l->activation);
	cells_operator(g, OPERATOR, v->q->model, &node);
	node_label_text(grid_printable(g, NAME), v->q->model, l->node);
	type_cell(g, WEIGHT, v, w, l->weight_type);
	per_cell(g, w);
	type_cell(g, INPUT, v, x, l->activation_type);
	span_cell(g, SCALE, w, false);
	span_cell(g, ZERO, w, true);
	span_cell(g, INPUT_SCALE, x, false);
	span_cell(g, INPUT_ZERO, x, true);
	if (l->weight_type || w)
		grid_holey(g, PARAMETERS, l->parameters, "");
	else
		grid_none(g, PARAMETERS);
	amount_cell(g, MACS, v->q->model, l->macs, "");
}

static bool any_macs(const oray_quantization *q)
{
	for (size_t i = 0; i < q->n_layers; i++)
		if (amount_is_told(q->layers[i].macs) && oray_model_is_inferred(q->model))
			return true;
	return false;
}

/* ------------------------------------------------------------------------- what stayed float -- */

enum { FLOAT_OPERATOR, FLOAT_NAME, FLOAT_TYPE, FLOAT_WHY, FLOAT_COLUMNS };

static const grid_column float_columns[FLOAT_COLUMNS] = {
    [FLOAT_OPERATOR] = {.title = "Operator", .how = FIT_NAME, .min = 8, .want = 15},
    [FLOAT_NAME] = {.title = "Stayed float", .how = FIT_NAME, .min = 10, .want = 30},
    [FLOAT_TYPE] = {.title = "Type"},
    [FLOAT_WHY] = {.title = "Share", .how = FIT_END, .min = 12, .want = 32},
};

typedef struct float_table {
	const quant_view *v;
	size_t n; /* all of them */
	size_t shown;
	size_t rows[FLOATS_SHOWN];
} float_table;

static size_t nth_float(const float_table *t, size_t row)
{
	size_t seen = 0;

	if (row < FLOATS_SHOWN)
		return t->rows[row];
	for (size_t i = 0; i < t->v->q->n_layers; i++)
		if (!t->v->q->layers[i].is_quantized && seen++ == row)
			return i;
	return 0;
}

static void fill_float(grid *g, size_t row)
{
	const float_table *t = g->context;
	const oray_quantized_layer *l;
	oray_node node;

	if (row == t->shown) {
		grid_format(g, FLOAT_OPERATOR, "%zu others", t->n - t->shown);
		grid_paint(g, FLOAT_OPERATOR, PAINT_DIM);
		return;
	}
	l = &t->v->q->layers[nth_float(t, row)];
	if (!oray_model_node(t->v->q->model, l->node, &node))
		return;
	cells_operator(g, FLOAT_OPERATOR, t->v->q->model, &node);
	node_label_text(grid_printable(g, FLOAT_NAME), t->v->q->model, l->node);
	int32_t type = l->weight_type ? l->weight_type : l->activation_type;
	if (type)
		element_type_text(grid_printable(g, FLOAT_TYPE), type);
	else
		grid_none(g, FLOAT_TYPE);
	if (l->why)
		grid_text(g, FLOAT_WHY, l->why);
	else
		grid_text(g, FLOAT_WHY, "less than 1 %");
	if (!l->why)
		grid_paint(g, FLOAT_WHY, PAINT_DIM);
}

static void floats(quant_view *v)
{
	float_table t = {.v = v};
	grid g = {
	    .columns = float_columns,
	    .n_columns = FLOAT_COLUMNS,
	    .fill = fill_float,
	    .context = &t,
	    .indent = 2,
	};

	for (size_t i = 0; i < v->q->n_layers; i++)
		if (!v->q->layers[i].is_quantized) {
			if (t.n < FLOATS_SHOWN)
				t.rows[t.n] = i;
			t.n++;
		}
	if (!t.n)
		return;
	t.shown = v->p.verbose || t.n <= FLOATS_SHOWN ? t.n : FLOATS_SHOWN;
	g.n_rows = t.shown + (t.shown < t.n);
	page_gap(&v->p);
	page_table(&v->p, &g);
}

void quant_layers_table(quant_view *v)
{
	grid_column own[N_COLUMNS];
	bool any_weight = false, blocks = true;
	grid g = {
	    .columns = own,
	    .n_columns = N_COLUMNS,
	    .n_rows = v->n + (v->n < v->q->n_layers),
	    .fill = fill,
	    .context = v,
	    .indent = 2,
	    .exact = v->p.verbose,
	};

	memcpy(own, columns, sizeof own);
	own[MACS].title = counting_unit(v->p.e->counting);
	for (size_t i = 0; i < v->q->n_layers; i++) {
		const oray_encoding *w = encoding_of(v, v->q->layers[i].weight);
		any_weight |= w != NULL;
		blocks &= !w || w->granularity == ORAY_PER_BLOCK;
	}
	if (blocks && any_weight)
		own[PER].title = "block";
	if (!any_macs(v->q))
		g.hidden |= 1u << MACS;
	if (!any_weight)
		g.hidden |= 1u << PER | 1u << SCALE | 1u << ZERO;
	if (v->q->n_layers) {
		page_gap(&v->p);
		page_table(&v->p, &g);
	}
	floats(v);
}
