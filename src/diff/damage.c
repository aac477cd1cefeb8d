/* SPDX-License-Identifier: Apache-2.0 */
/*
 * damage.c - how far the weights of each pair are from each other.
 *
 * Whole weights go through oray_compare_weights(), which reads each byte once. What it does not
 * take is compared in memory when it is short: a bias that a normalization was folded into, shapes
 * that only fit when ones are left out or dims swapped.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/heap.h"
#include "diff/alike.h"
#include "diff/damage.h"
#include "diff/folding.h"

enum { MEMORY_MOST = 1 << 22 }; /* elements */

/* Below this a folded weight is compared as it is stored as well, and the nearer one counts. */
#define FOLDED_FITS 0.9

static void fill_pair(comparison *c, uint32_t a, uint32_t b, oray_weight_pair *w)
{
	const weight_row *x = &c->skeleton[0].rows[a], *y = &c->skeleton[1].rows[b];

	*w = (oray_weight_pair){
	    .name_a = x->parameter->name,
	    .name_b = y->parameter->name,
	    .value_a = x->parameter->value,
	    .value_b = y->parameter->value,
	    .type_a = x->type,
	    .type_b = y->type,
	    .bytes_a = x->parameter->bytes,
	    .bytes_b = y->parameter->bytes,
	    .role = x->role == ORAY_ROLE_OTHER ? y->role : x->role,
	    .matched_by = (oray_match)c->pairing.row_by[c->side[0]][a],
	    .reader_a = x->reader,
	    .reader_b = y->reader,
	};
}

/* ---- in memory ---- */

/* The numbers of one side, in the order of a. */
typedef struct numbers {
	double *at; /* as stored */
	const weight_row *row;
	bool swapped;
	const double *factors; /* by channel, or NULL */
	uint64_t inner, channels;
} numbers;

static double number_of(const numbers *s, uint64_t i)
{
	double x = s->at[s->swapped ? real_swapped(s->row, i) : i];

	return s->factors ? x * s->factors[i / s->inner % s->channels] : x;
}

static void compare_numbers(const numbers *a, const numbers *b, uint64_t n, oray_fidelity *f)
{
	double xx = 0, yy = 0, xy = 0, ee = 0;

	*f = (oray_fidelity){.elements = n, .axis = -1, .worst_sqnr_db = NAN, .identical = true};
	for (uint64_t i = 0; i < n; i++) {
		double x = number_of(a, i), y = number_of(b, i), e = fabs(x - y);
		f->identical &= x == y || (isnan(x) && isnan(y));
		f->max_abs = fabs(x) > f->max_abs ? fabs(x) : f->max_abs;
		f->max_abs_error = e > f->max_abs_error ? e : f->max_abs_error;
		xx += x * x;
		yy += y * y;
		xy += x * y;
		ee += e * e;
	}
	f->mse = n ? ee / (double)n : 0;
	f->sqnr_db = ee == 0 ? INFINITY : xx == 0 ? (double)NAN : 10 * log10(xx / ee);
	f->cosine = xx > 0 && yy > 0 ? xy / sqrt(xx * yy) : (double)NAN;
	f->relative_l2 = xx > 0 ? sqrt(ee / xx) : (double)NAN;
	if (f->identical)
		f->sqnr_db = INFINITY;
}

/* ---- one pair ---- */

static bool attribute_is(const oray_model *model, oray_id node, const char *name, int64_t value)
{
	oray_node n;
	oray_attribute a;

	if (!oray_model_node(model, node, &n))
		return false;
	for (size_t i = 0; i < n.n_attributes; i++)
		if (oray_model_attribute(model, (oray_id)(n.first_attribute + i), &a) &&
		    text_is(a.name, name))
			return a.type == ORAY_ATTR_INT && a.v.i == value;
	return false;
}

/* The axis of a weight's output channels, or -1. */
static int64_t channel_axis(const skeleton *s, const weight_row *row)
{
	const oray_model *model = s->model;
	oray_node n;
	int64_t last = (int64_t)row->n_dims - 1;

	if (row->n_dims < 2 || !row_is_main(row) || !oray_model_node(model, row->reader, &n))
		return -1;
	if (text_is(n.op, "Gemm") || text_is(n.op, "QGemm") || text_is(n.op, "FusedGemm") ||
	    text_is(n.op, "FusedMatMul"))
		return attribute_is(model, row->reader, "transB", 1) ? last - 1 : last;
	if (text_is(n.op, "ConvTranspose"))
		return 1;
	return text_is(strings_get(s->words, s->bones[row->reader].class), "MatMul") ? last : 0;
}

/* True when b has to be read with its last two dims swapped to be like a. */
static bool is_swapped(comparison *c, uint32_t a, uint32_t b, bool *fits)
{
	weight_row *x = &c->skeleton[0].rows[a], *y = &c->skeleton[1].rows[b];
	bool plain, swapped;

	real_dims(x, y, &plain, &swapped);
	*fits = plain || swapped;
	if (!plain || !swapped)
		return swapped;
	return alike_swapped(&c->skeleton[0], a, &c->skeleton[1], b);
}

static const char *shapes_differ(comparison *c, const weight_row *x, const weight_row *y)
{
	const weight_row *rows[2] = {x, y};

	buf_clear(&c->text);
	buf_str(&c->text, "shapes differ: ");
	for (unsigned of = 0; of < 2; of++) {
		buf_str(&c->text, of ? " and [" : "[");
		for (size_t i = 0; i < rows[of]->n_dims; i++)
			buf_format(&c->text, "%s%lld", i ? "," : "", (long long)rows[of]->dims[i]);
		buf_char(&c->text, ']');
	}
	return comparison_keep(c, buf_text(&c->text));
}

static bool by_library(comparison *c, uint32_t a, uint32_t b, bool swapped, const folding *fold,
                       oray_fidelity *out, oray_error *err)
{
	const weight_row *rows[2] = {&c->skeleton[0].rows[a], &c->skeleton[1].rows[b]};
	int64_t axis = channel_axis(&c->skeleton[0], rows[0]);
	oray_weight w[2];

	for (unsigned of = 0; of < 2; of++) {
		w[of] = (oray_weight){
		    .model = c->model[of],
		    .tensor = rows[of]->parameter->tensor,
		    .encoding = rows[of]->encoding,
		    .transposed = of == 1 && swapped,
		};
		if (fold && fold->of == of) {
			w[of].n_factors = fold->n;
			w[of].factors = fold->factors;
			w[of].factor_axis = (size_t)channel_axis(&c->skeleton[of], rows[of]);
		}
	}
	return oray_compare_weights(&w[0], &w[1], axis, out, err) == ORAY_OK;
}

/* What is stored of one side, or what a normalization makes of its bias. */
static bool load_numbers(const comparison *c, unsigned of, const folding *fold, bool is_bias,
                         numbers *out)
{
	const weight_row *row = out->row;
	size_t n = (size_t)row->elements.value;
	int64_t axis = channel_axis(&c->skeleton[of], row);

	if (fold && fold->of == of && is_bias) {
		out->at = mem_zeroed(NULL, fold->n + 1, sizeof *out->at);
		if (out->at)
			memcpy(out->at, fold->bias, fold->n * sizeof *out->at);
		return out->at != NULL;
	}
	out->at = mem_zeroed(NULL, n + 1, sizeof *out->at);
	if (fold && fold->of == of) {
		out->factors = fold->factors;
		out->channels = fold->n;
		for (size_t i = axis < 0 ? row->n_dims : (size_t)axis + 1; i < row->n_dims; i++)
			out->inner *= (uint64_t)row->dims[i];
	}
	return out->at && real_numbers(c->model[of], row, n, out->at);
}

static bool in_memory(comparison *c, uint32_t a, uint32_t b, bool swapped, const folding *fold,
                      bool is_bias, oray_fidelity *out)
{
	numbers s[2] = {{.row = &c->skeleton[0].rows[a], .inner = 1},
	                {.row = &c->skeleton[1].rows[b], .swapped = swapped, .inner = 1}};
	uint64_t n = fold && is_bias ? fold->n : s[0].row->elements.value;
	bool ok = n <= MEMORY_MOST && !(fold && !is_bias && swapped) &&
	          load_numbers(c, 0, fold, is_bias, &s[0]) && load_numbers(c, 1, fold, is_bias, &s[1]);

	if (ok)
		compare_numbers(&s[0], &s[1], n, out);
	heap_free(s[0].at);
	heap_free(s[1].at);
	return ok;
}

/* ONNX Runtime reorders weights for the registers of one processor (NCHWc). */
static bool is_blocked(const comparison *c, unsigned of, oray_id reader)
{
	oray_node n;

	return oray_model_node(c->model[of], reader, &n) && text_is(n.domain, "com.microsoft.nchwc");
}

/* Integers that stand for real numbers, but nothing says for which. */
static bool is_bare(const weight_row *row)
{
	static const bool integer[ORAY_N_TYPES] = {
	    [ORAY_UINT8] = true, [ORAY_INT8] = true,  [ORAY_UINT16] = true,
	    [ORAY_INT16] = true, [ORAY_INT32] = true, [ORAY_UINT4] = true,
	    [ORAY_INT4] = true,  [ORAY_UINT2] = true, [ORAY_INT2] = true,
	};

	return !row->encoding && row->type > 0 && row->type < ORAY_N_TYPES && integer[row->type];
}

/* Compares as stored, or with a normalization folded in. @return NULL, or why not. */
static const char *compare_rows(comparison *c, uint32_t a, uint32_t b, const oray_weight_pair *w,
                                const folding *fold, oray_fidelity *out)
{
	const weight_row *x = &c->skeleton[0].rows[a], *y = &c->skeleton[1].rows[b];
	bool fits, swapped = is_swapped(c, a, b, &fits);
	bool is_bias = false;
	oray_error err = {0};

	if (x->parameter->tensor == ORAY_NONE || y->parameter->tensor == ORAY_NONE)
		return "made while the model runs";
	if (x->parameter->keeping == ORAY_KEPT_SPARSE || y->parameter->keeping == ORAY_KEPT_SPARSE)
		return "sparse";
	if (!x->elements.exact || !y->elements.exact)
		return "its size is not known";
	if (is_bare(x) != is_bare(y) && x->type != y->type)
		return "integers whose scale is not known";
	if (row_is_main(x) && is_blocked(c, 0, w->reader_a) != is_blocked(c, 1, w->reader_b))
		return "stored in blocks of channels";
	if (fold && !row_is_main(fold->of ? y : x)) {
		if ((fold->of ? x : y)->elements.value != fold->n)
			return shapes_differ(c, x, y);
		is_bias = fits = true;
		swapped = false;
	}
	if (!fits || (!is_bias && x->elements.value != y->elements.value))
		return shapes_differ(c, x, y);
	if (!is_bias && (swapped ? x->n_dims == 2 && y->n_dims == 2 : damage_same_dims(x, y)) &&
	    by_library(c, a, b, swapped, fold, out, &err))
		return NULL;
	if (err.code && x->encoding && y->encoding && x->type == y->type &&
	    damage_equal_tensors(c, x->parameter->tensor, y->parameter->tensor)) {
		damage_none(x, out);
		return NULL;
	}
	if (err.code == ORAY_ERR_EXTERNAL)
		return comparison_keep(c, err.message);
	if (in_memory(c, a, b, swapped, fold, is_bias, out))
		return NULL;
	return err.code ? comparison_keep(c, err.message) : "it could not be read";
}

static void measure(comparison *c, uint32_t a, uint32_t b, oray_weight_pair *w)
{
	const weight_row *x = &c->skeleton[0].rows[a], *y = &c->skeleton[1].rows[b];
	folding fold;

	if (c->opts->no_weights) {
		w->why = "weights were not read";
		return;
	}
	if (damage_is_none(c, x, y)) {
		w->measured = true;
		damage_none(x, &w->fidelity);
		return;
	}
	if (folding_find(c, w->reader_a, w->reader_b, &fold)) {
		oray_fidelity plain;
		w->folded = true;
		w->why = compare_rows(c, a, b, w, &fold, &w->fidelity);
		if ((w->why || !(w->fidelity.cosine >= FOLDED_FITS)) &&
		    !compare_rows(c, a, b, w, NULL, &plain) &&
		    (w->why || plain.cosine > w->fidelity.cosine || plain.identical)) {
			w->folded = false;
			w->why = NULL;
			w->fidelity = plain;
		}
		folding_free(&fold);
	} else {
		w->why = compare_rows(c, a, b, w, NULL, &w->fidelity);
	}
	w->measured = !w->why;
	w->folded &= w->measured;
	if (!w->measured)
		w->fidelity = (oray_fidelity){0};
}

/* What there is to do, in elements, for the one who watches. */
typedef struct headway {
	double total, done;
} headway;

static oray_weight_pair *add_pair(comparison *c, uint32_t a, uint32_t b, headway *h,
                                  const oray_id *readers, oray_error *err)
{
	oray_weight_pair *w = vec_push(NULL, &c->book->weights);

	if (!w) {
		error_memory(err);
		return NULL;
	}
	fill_pair(c, a, b, w);
	if (readers) {
		w->reader_a = readers[c->side[0]];
		w->reader_b = readers[c->side[1]];
	}
	measure(c, a, b, w);
	h->done += (double)c->skeleton[0].rows[a].elements.value;
	if (c->progress && c->progress(c->context, h->total > 0 ? h->done / h->total : 1)) {
		error_set(err, ORAY_ERR_LIMIT, ORAY_NO_OFFSET, NULL, "stopped");
		return NULL;
	}
	return w;
}

oray_status damage_measure(comparison *c, oray_error *err)
{
	headway h = {0, 0};

	for (uint32_t a = 0; a < c->skeleton[0].n_rows; a++)
		if (comparison_row(c, 0, a) != ORAY_NONE)
			h.total += (double)c->skeleton[0].rows[a].elements.value;
	for (size_t i = 0; i < c->pairing.copies.n; i++)
		h.total +=
		    (double)c->skeleton[0].rows[c->pairing.copies.at[i].row[c->side[0]]].elements.value;
	for (uint32_t a = 0; a < c->skeleton[0].n_rows; a++) {
		oray_id b = comparison_row(c, 0, a);
		if (b == ORAY_NONE)
			continue;
		if (!add_pair(c, a, b, &h, NULL, err))
			return err->code;
	}
	for (size_t i = 0; i < c->pairing.copies.n; i++) {
		const pairing_copy *copy = &c->pairing.copies.at[i];
		if (!add_pair(c, copy->row[c->side[0]], copy->row[c->side[1]], &h, copy->node, err))
			return err->code;
	}
	return ORAY_OK;
}

/* ---- order ---- */

/* Less is more damaged: differing ones of unknown size, by SQNR, not compared, identical. */
static double damage(const oray_weight_pair *w)
{
	if (!w->measured)
		return 1e300;
	if (w->fidelity.identical)
		return INFINITY;
	return isnan(w->fidelity.sqnr_db) ? -1e300 : w->fidelity.sqnr_db;
}

typedef struct ranked {
	oray_weight_pair pair;
	size_t before;
} ranked;

static int by_damage(const void *x, const void *y)
{
	const ranked *a = x, *b = y;
	double d = damage(&a->pair), e = damage(&b->pair);

	if (d != e)
		return d < e ? -1 : 1;
	return (a->before > b->before) - (a->before < b->before);
}

void damage_sort(comparison *c, size_t *place)
{
	size_t n = c->book->weights.n;
	ranked *all = mem_zeroed(NULL, n + 1, sizeof *all);

	if (!all) {
		c->failed = true;
		return;
	}
	for (size_t i = 0; i < n; i++)
		all[i] = (ranked){c->book->weights.at[i], i};
	qsort(all, n, sizeof *all, by_damage);
	for (size_t i = 0; i < n; i++) {
		c->book->weights.at[i] = all[i].pair;
		place[all[i].before] = i;
	}
	heap_free(all);
}
