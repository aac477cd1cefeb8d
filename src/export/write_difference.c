/* SPDX-License-Identifier: Apache-2.0 */
/*
 * write_difference.c - the way into the writer of differences: order of weights, sums, formats.
 */
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/heap.h"
#include "export/diff_view.h"
#include "export/order.h"

/* ------------------------------------------------------------------------------- order -- */

static const oray_weight_pair *pair_of(const void *rows, size_t row)
{
	return &((const oray_difference *)rows)->weights[row];
}

static void by_damage(const void *rows, size_t row, order_key *out)
{
	(void)rows;
	out->number = UINT64_MAX - row; /* as the library gives them */
}

/* Decibels as integers that order as they do; x between -1e6 and 1e6, inf above. */
static uint64_t decibels(double x)
{
	x = x > 1e6 ? 1e6 : x < -1e6 ? -1e6 : x;
	return (uint64_t)((x + 1e6) * 1e9);
}

/* The lowest first: it is the worst. */
static void by_sqnr(const void *rows, size_t row, order_key *out)
{
	const oray_weight_pair *w = pair_of(rows, row);
	out->unknown = !w->measured || isnan(w->fidelity.sqnr_db);
	out->number = out->unknown ? 0 : UINT64_MAX - decibels(w->fidelity.sqnr_db);
}

/* Positive doubles order as their bits do. */
static void by_error(const void *rows, size_t row, order_key *out)
{
	const oray_weight_pair *w = pair_of(rows, row);
	union {
		double x;
		uint64_t bits;
	} error = {w->fidelity.max_abs_error};
	out->unknown = !w->measured || isnan(error.x);
	out->number = out->unknown || error.x <= 0 ? 0 : error.bits;
}

static void by_elements(const void *rows, size_t row, order_key *out)
{
	const oray_weight_pair *w = pair_of(rows, row);
	out->unknown = !w->measured;
	out->number = w->fidelity.elements;
}

static void by_bytes(const void *rows, size_t row, order_key *out)
{
	out->number = pair_of(rows, row)->bytes_a.value;
	out->unknown = !pair_of(rows, row)->bytes_a.exact;
}

static void by_name(const void *rows, size_t row, order_key *out)
{
	out->text = pair_of(rows, row)->name_a;
}

static void by_op(const void *rows, size_t row, order_key *out)
{
	const oray_difference *d = rows;
	out->text = diff_op(d->a, pair_of(rows, row)->reader_a);
}

/* The order of the graph of a. */
static void by_index(const void *rows, size_t row, order_key *out)
{
	oray_id reader = pair_of(rows, row)->reader_a;
	out->unknown = reader == ORAY_NONE;
	out->number = UINT64_MAX - reader;
}

static const order_column columns[] = {
    {"damage", NULL, false, by_damage},
    {"sqnr", "sqnr_db", false, by_sqnr},
    {"error", "max_abs_error", false, by_error},
    {"elements", NULL, false, by_elements},
    {"bytes", "bytes_a", false, by_bytes},
    {"name", "weight", true, by_name},
    {"op", "operator", true, by_op},
    {"index", "#", false, by_index},
};

/* -------------------------------------------------------------------------------- view -- */

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* Biases keep 32 bits, so that they would hide what happened to the weights. */
static bool is_weight(const oray_weight_pair *w)
{
	return w->role == ORAY_ROLE_WEIGHT || w->role == ORAY_ROLE_EMBEDDING;
}

/* A quantizer that leaves the floats where something else still reads them. */
static bool find_twice(diff_view *v)
{
	const oray_difference *d = v->d;
	size_t n_values = oray_model_describe(d->a)->n_values;
	bool *quantized = heap_zeroed(n_values + 1, sizeof *quantized);
	v->twice = heap_zeroed(d->n_weights + 1, sizeof *v->twice);
	bool found = quantized && v->twice;
	for (size_t i = 0; found && i < d->n_weights; i++) {
		const oray_weight_pair *w = &d->weights[i];
		if (w->value_a < n_values)
			quantized[w->value_a] |= diff_is_quantized(w);
	}
	for (size_t i = 0; found && i < d->n_weights; i++) {
		const oray_weight_pair *w = &d->weights[i];
		v->twice[i] = w->value_a < n_values && quantized[w->value_a] && diff_is_float(w->type_a) &&
		              diff_is_float(w->type_b);
	}
	heap_free(quantized);
	return quantized && v->twice;
}

static void add_pair(diff_view *v, const oray_weight_pair *w, bool twice)
{
	const oray_fidelity *f = &w->fidelity;
	bool counts = is_weight(w) && !twice;
	v->sum.twice += twice;
	v->sum.measured += w->measured;
	v->sum.identical += w->measured && f->identical;
	v->sum.weights += counts;
	v->sum.quantized += counts && diff_is_quantized(w);
	v->sum.kept_float += counts && diff_is_float(w->type_a) && diff_is_float(w->type_b);
	if ((unsigned)w->matched_by < sizeof v->sum.by / sizeof *v->sum.by)
		v->sum.by[w->matched_by]++;
	if (!counts || !w->measured)
		return;
	v->sum.elements += f->elements;
	v->sum.quantized_elements += diff_is_quantized(w) ? f->elements : 0;
}

/* False when memory is out. */
static bool look(diff_view *v)
{
	const oray_difference *d = v->d;
	double *sqnr = heap_zeroed(d->n_weights + 1, sizeof *sqnr);
	size_t n = 0;
	v->owner = heap_get((d->n_weights + 1) * sizeof *v->owner);
	if (!sqnr || !v->owner || !find_twice(v)) {
		heap_free(sqnr);
		return false;
	}
	for (size_t i = 0; i < d->n_weights; i++) {
		const oray_weight_pair *w = &d->weights[i];
		v->owner[i] = SIZE_MAX;
		add_pair(v, w, v->twice[i]);
		if (w->measured && !isnan(w->fidelity.sqnr_db) && is_weight(w))
			sqnr[n++] = w->fidelity.sqnr_db;
	}
	for (size_t i = 0; i < d->n_layers; i++)
		for (size_t k = 0; k < d->layers[i].n_weights; k++)
			if (v->owner[d->layers[i].weights[k]] == SIZE_MAX)
				v->owner[d->layers[i].weights[k]] = i;
	if (n > 1)
		qsort(sqnr, n, sizeof *sqnr, compare_doubles);
	v->sum.worst = n ? sqnr[0] : (double)NAN;
	v->sum.median = n ? sqnr[n / 2] : (double)NAN;
	heap_free(sqnr);
	return true;
}

oray_status oray_write_difference(const oray_difference *difference, const oray_style *style,
                                  oray_sink sink, void *context, oray_error *err)
{
	static void (*const writers[ORAY_N_FORMATS])(emit *, diff_view *, const oray_style *) = {
	    [ORAY_TEXT] = diff_page, [ORAY_JSON] = diff_json,     [ORAY_NDJSON] = diff_ndjson,
	    [ORAY_CSV] = diff_csv,   [ORAY_MARKDOWN] = diff_page,
	};
	order_view o;
	oray_status status = order_begin(&o, style, columns, sizeof columns / sizeof *columns,
	                                 difference, difference->n_weights, err);
	if (status != ORAY_OK)
		return status;
	diff_view v = {.d = difference, .n = difference->n_weights, .order = o.order};
	if (!look(&v)) {
		heap_free(v.order);
		heap_free(v.owner);
		heap_free(v.twice);
		return error_memory(err);
	}
	v.n = o.n;
	emit e;
	emit_init(&e, &o.style, sink, context);
	writers[o.style.format](&e, &v, &o.style);
	heap_free(v.order);
	heap_free(v.owner);
	heap_free(v.twice);
	return emit_end(&e, err);
}
