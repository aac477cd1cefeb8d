/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diff_csv.c - a difference for spreadsheets: a row for each weight, then for each layer without.
 */
#include <math.h>

#include "base/mem.h"
#include "words/describe.h"
#include "export/diff_view.h"
#include "words/numbers.h"

enum {
	LAYER_A,
	LAYER_B,
	OP_A,
	OP_B,
	LAYER_MATCH,
	CHANGES,
	FATE,
	WEIGHT_A,
	WEIGHT_B,
	ROLE,
	TYPE_A,
	TYPE_B,
	ELEMENTS,
	BYTES_A,
	BYTES_B,
	MATCH,
	FOLDED,
	SQNR,
	MSE,
	MAX_ERROR,
	MAX_ABS,
	COSINE,
	L2,
	CHANNEL,
	CHANNEL_SQNR,
	WHY,
	N_COLUMNS
};

static const grid_column columns[N_COLUMNS] = {
    [LAYER_A] = {.field = "layer_a"},
    [LAYER_B] = {.field = "layer_b"},
    [OP_A] = {.field = "op_a"},
    [OP_B] = {.field = "op_b"},
    [LAYER_MATCH] = {.field = "layer_matched_by"},
    [CHANGES] = {.field = "changes"},
    [FATE] = {.field = "fate"},
    [WEIGHT_A] = {.field = "weight_a"},
    [WEIGHT_B] = {.field = "weight_b"},
    [ROLE] = {.field = "role"},
    [TYPE_A] = {.field = "type_a"},
    [TYPE_B] = {.field = "type_b"},
    [ELEMENTS] = {.field = "elements"},
    [BYTES_A] = {.field = "bytes_a"},
    [BYTES_B] = {.field = "bytes_b"},
    [MATCH] = {.field = "matched_by"},
    [FOLDED] = {.field = "folded"},
    [SQNR] = {.field = "sqnr_db"},
    [MSE] = {.field = "mse"},
    [MAX_ERROR] = {.field = "max_abs_error"},
    [MAX_ABS] = {.field = "max_abs"},
    [COSINE] = {.field = "cosine"},
    [L2] = {.field = "relative_l2"},
    [CHANNEL] = {.field = "worst_channel"},
    [CHANNEL_SQNR] = {.field = "worst_channel_sqnr_db"},
    [WHY] = {.field = "why"},
};

static void number(grid *g, size_t column, double x)
{
	char text[NUMBER_SIZE];
	buf_add(&g->cells[column].text, text, number_float64(x, text));
}

static void layer(grid *g, const oray_difference *d, const oray_layer_pair *l)
{
	buf *changes = grid_printable(g, CHANGES);
	if (l->a != ORAY_NONE)
		diff_label(grid_printable(g, LAYER_A), d->a, l->a);
	if (l->b != ORAY_NONE)
		diff_label(grid_printable(g, LAYER_B), d->b, l->b);
	grid_model(g, OP_A, diff_op(d->a, l->a));
	grid_model(g, OP_B, diff_op(d->b, l->b));
	if (l->a != ORAY_NONE && l->b != ORAY_NONE)
		grid_text(g, LAYER_MATCH, oray_match_name(l->matched_by));
	for (size_t i = 0; i < l->n_changes; i++)
		buf_format(changes, "%s%s: %s -> %s", i ? "; " : "", l->changes[i].what,
		           l->changes[i].a ? l->changes[i].a : "(none)",
		           l->changes[i].b ? l->changes[i].b : "(none)");
	if (l->fate)
		buf_str(grid_printable(g, FATE), l->fate);
}

/* Where a weight is in no layer that has a pair, who reads it. */
static void readers(grid *g, const oray_difference *d, const oray_weight_pair *w)
{
	if (w->reader_a != ORAY_NONE)
		diff_label(grid_printable(g, LAYER_A), d->a, w->reader_a);
	if (w->reader_b != ORAY_NONE)
		diff_label(grid_printable(g, LAYER_B), d->b, w->reader_b);
	grid_model(g, OP_A, diff_op(d->a, w->reader_a));
	grid_model(g, OP_B, diff_op(d->b, w->reader_b));
}

static void fidelity(grid *g, const oray_fidelity *f)
{
	grid_number(g, ELEMENTS, f->elements, "");
	number(g, SQNR, f->sqnr_db);
	number(g, MSE, f->mse);
	number(g, MAX_ERROR, f->max_abs_error);
	number(g, MAX_ABS, f->max_abs);
	number(g, COSINE, f->cosine);
	number(g, L2, f->relative_l2);
	if (f->axis < 0)
		return;
	grid_number(g, CHANNEL, f->worst_channel, "");
	number(g, CHANNEL_SQNR, f->worst_sqnr_db);
}

static void weight(grid *g, const diff_view *v, size_t index)
{
	const oray_difference *d = v->d;
	const oray_weight_pair *w = &d->weights[index];
	if (v->owner[index] != SIZE_MAX)
		layer(g, d, &d->layers[v->owner[index]]);
	else
		readers(g, d, w);
	grid_model(g, WEIGHT_A, w->name_a);
	grid_model(g, WEIGHT_B, w->name_b);
	grid_text(g, ROLE, oray_role_name(w->role));
	element_type_text(&g->cells[TYPE_A].text, w->type_a);
	element_type_text(&g->cells[TYPE_B].text, w->type_b);
	grid_holey(g, BYTES_A, w->bytes_a, "B");
	grid_holey(g, BYTES_B, w->bytes_b, "B");
	grid_text(g, MATCH, oray_match_name(w->matched_by));
	grid_text(g, FOLDED, w->folded ? "true" : "false");
	if (w->measured)
		fidelity(g, &w->fidelity);
	if (w->why)
		buf_str(grid_printable(g, WHY), w->why);
}

/* Rows come one after the other from 0 on: the layer of the next one is remembered. */
typedef struct csv_rows {
	const diff_view *v;
	size_t *bare; /* layers without weights */
} csv_rows;

static void fill(grid *g, size_t row)
{
	const csv_rows *c = g->context;
	if (row < c->v->n)
		weight(g, c->v, c->v->order[row]);
	else
		layer(g, c->v->d, &c->v->d->layers[c->bare[row - c->v->n]]);
}

void diff_csv(emit *e, diff_view *v, const oray_style *style)
{
	const oray_difference *d = v->d;
	VEC(size_t) bare = {0};
	for (size_t i = 0; i < d->n_layers; i++) {
		size_t *slot = d->layers[i].n_weights ? NULL : vec_push(NULL, &bare);
		if (slot)
			*slot = i;
		else if (!d->layers[i].n_weights)
			emit_fail(e, ORAY_ERR_MEMORY);
	}
	csv_rows rows = {v, bare.at};
	grid g = {
	    .columns = columns,
	    .n_columns = N_COLUMNS,
	    .n_rows = v->n + bare.n,
	    .fill = fill,
	    .context = &rows,
	    .format = ORAY_CSV,
	    .no_header = style->no_header,
	};
	grid_write(&g, e);
	vec_free(NULL, &bare);
}
