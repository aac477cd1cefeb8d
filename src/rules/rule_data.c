/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_data.c - NonZero, Compress, Unique: how much comes out depends on what is in it.
 *
 * The size is a symbol of its own then, and a number where the contents that decide are known.
 */
#include <inttypes.h>
#include <string.h>

#include "rules/elements.h"
#include "rules/fold.h"
#include "rules/index.h"
#include "rules/origin.h"

/* Product of all dims; lost without a rank. */
static dim size_of(call *c, const infer_type *t)
{
	return t->ranked ? dim_product(c->d, t->at, t->n) : DIM_LOST;
}

/* True when it is known whether the element is zero. */
static bool truth_of(call *c, dim v, bool *is_true)
{
	double real;
	if (dim_is_real(c->d, v, &real)) {
		*is_true = real != 0;
		return true;
	}
	dim_order order = dim_compare(c->d, v, DIM(0));
	*is_true = order == DIM_LESS || order == DIM_MORE;
	return *is_true || order == DIM_EQUAL;
}

/* Truth of all elements, and how many are true. @return NULL when one is not known. */
static bool *truths_of(call *c, const infer_values *v, size_t *n_true)
{
	bool *is_true = v->known ? call_scratch(c, v->n + 1) : NULL;
	*n_true = 0;
	for (size_t i = 0; is_true && i < v->n; i++) {
		if (!truth_of(c, v->at[i], &is_true[i]))
			return NULL;
		*n_true += is_true[i];
	}
	return is_true;
}

/* ------------------------------------------------------------------------------ NonZero -- */

static void non_zero_contents(call *c, const infer_type *x, const bool *is_true, size_t n_true)
{
	infer_type out = call_said(c, 0);
	int64_t size[RANK_MOST];
	index_walk w;
	size_t n, total, k = 0;
	if (!call_can_hold(c, &out, &n) || n != x->n * n_true || !index_sizes(c->d, x, size, &total))
		return;
	dim *to = fold_room(c, n);
	if (!to)
		return;
	index_begin(&w, x->n, size);
	if (total)
		do {
			for (size_t i = 0; *is_true && i < x->n; i++)
				to[i * n_true + k] = DIM(w.at[i]);
			k += *is_true++;
		} while (index_next(&w));
	call_set_values(c, 0, n, to);
}

/*
 * How many are not zero, if not all contents are known: in a tensor that ConstantOfShape fills, all
 * or none. NonZero of ones is how exporters count: its output is a range.
 */
static dim non_zero_count(call *c, const infer_type *x)
{
	oray_node node;
	oray_attribute a;
	oray_element value;
	oray_tensor t;
	oray_error err;
	size_t got = 0;
	dim size = size_of(c, x);
	if (size == DIM(0))
		return size;
	if (!origin_node(c, call_value_id(c, 0), &node) || !origin_is(&node, "ConstantOfShape"))
		return DIM_LOST;
	if (!node.n_attributes)
		return DIM(0);
	if (!origin_attribute(c, &node, "value", &a) || a.type != ORAY_ATTR_TENSOR ||
	    !oray_model_tensor(c->model, a.v.id, &t) || t.storage == ORAY_STORAGE_EXTERNAL ||
	    t.type == ORAY_STRING || !oray_type_bits(t.type) || oray_type_bits(t.type) > 64 ||
	    t.type == ORAY_COMPLEX64 ||
	    oray_tensor_read(c->model, a.v.id, 0, 1, &value, &got, &err) != ORAY_OK || !got)
		return DIM_LOST;
	bool is_zero = type_is_float(t.type) ? value.f == 0 : value.u == 0;
	return is_zero ? DIM(0) : size;
}

/* Of a scalar: [0, n] by the standard, [1, n] in practice. So its first dim is not said. */
void rule_non_zero(call *c)
{
	infer_type x = call_in(c, 0);
	infer_values in = call_values(c, 0);
	size_t n_true;
	bool *is_true = truths_of(c, &in, &n_true);
	dim out[2] = {x.ranked && x.n ? DIM(x.n) : DIM_LOST, DIM(n_true)};
	if (!is_true)
		out[1] = non_zero_count(c, &x);
	if (out[1] == DIM_LOST)
		out[1] = call_fresh(c, 0, 1);
	call_tensor(c, 0, ORAY_INT64, 2, out);
	if (is_true && x.ranked && x.n)
		non_zero_contents(c, &x, is_true, n_true);
}

/* ----------------------------------------------------------------------------- Compress -- */

/* Slices to be kept; `is_true` is shorter than the axis at times. */
static void compress_contents(call *c, const slab *s, const bool *is_true, size_t n_true)
{
	infer_values in = call_values(c, 0);
	size_t n = s->outer * n_true * s->inner, k = 0;
	if (!in.known || in.n != s->outer * s->size * s->inner || n > VALUES_MOST)
		return;
	dim *to = fold_room(c, n);
	for (size_t o = 0; to && o < s->outer; o++)
		for (size_t i = 0; i < s->size; i++)
			for (size_t j = 0; is_true[i] && j < s->inner; j++)
				to[k++] = in.at[(o * s->size + i) * s->inner + j];
	if (to)
		call_set_values(c, 0, n, to);
}

/* The truth of each of `size` slices; what the condition is too short for is left out. */
static bool *compress_truths(call *c, dim size, size_t *n_true)
{
	infer_values condition = call_values(c, 1);
	int64_t number;
	if (!condition.known || !dim_is_number(c->d, size, &number) || number < 0 ||
	    number > VALUES_MOST)
		return truths_of(c, &condition, n_true);
	infer_values part = condition;
	if (part.n > (size_t)number)
		part.n = (uint32_t)number;
	bool *some = truths_of(c, &part, n_true), *all = call_scratch(c, (size_t)number + 1);
	if (!some || !all)
		return NULL;
	memset(all, 0, (size_t)number + 1);
	memcpy(all, some, part.n);
	return all;
}

void rule_compress(call *c)
{
	infer_type x = call_in(c, 0);
	oray_attribute a;
	dim out[RANK_MOST];
	size_t axis = 0, n_true;
	slab s;
	bool flat = !call_attribute(c, "axis", &a);
	if (!flat && (!x.ranked || !call_axis(c, call_int(c, "axis", 0), x.n, &axis))) {
		for (size_t i = 0; x.ranked && i < x.n; i++)
			out[i] = DIM_LOST;
		call_out(c, 0, infer_tensor(x.element, x.ranked, x.n, out));
		return;
	}
	dim size = flat ? size_of(c, &x) : x.at[axis];
	bool *is_true = compress_truths(c, size, &n_true);
	if (!flat)
		memcpy(out, x.at, x.n * sizeof *out);
	out[axis] = is_true ? DIM(n_true) : size == DIM(0) ? DIM(0) : call_fresh(c, 0, axis);
	call_tensor(c, 0, x.element, flat ? 1 : x.n, out);
	infer_type line = infer_tensor(x.element, true, 1, &size);
	if (is_true && slab_of(c->d, flat ? &line : &x, axis, &s))
		compress_contents(c, &s, is_true, n_true);
}

/* ------------------------------------------------------------------------------- Unique -- */

/** Slices along an axis, compared element by element. */
typedef struct slices {
	slab s;
	const double *key;
} slices;

static int slice_compare(const slices *v, size_t a, size_t b)
{
	for (size_t o = 0; o < v->s.outer; o++)
		for (size_t i = 0; i < v->s.inner; i++) {
			double x = v->key[(o * v->s.size + a) * v->s.inner + i];
			double y = v->key[(o * v->s.size + b) * v->s.inner + i];
			if (x != y)
				return x < y ? -1 : 1;
		}
	return 0;
}

static bool slice_before(const void *context, uint32_t a, uint32_t b)
{
	return slice_compare(context, a, b) < 0;
}

static bool number_before(const void *context, uint32_t a, uint32_t b)
{
	const uint32_t *first = context;
	return first[a] < first[b];
}

/** What is unique among slices. */
typedef struct uniques {
	size_t n;
	uint32_t *first;   /**< by unique slice: where it is first */
	uint32_t *count;   /**< by unique slice */
	uint32_t *inverse; /**< by slice: which unique one it is */
} uniques;

/* Finds unique slices in ascending order. */
static void uniques_group(const slices *v, const uint32_t *order, uniques *u)
{
	u->n = 0;
	for (size_t i = 0; i < v->s.size; i++) {
		uint32_t slice = order[i];
		if (!i || slice_compare(v, order[i - 1], slice) != 0) {
			u->first[u->n] = slice;
			u->count[u->n++] = 0;
		}
		u->count[u->n - 1]++;
		u->inverse[slice] = (uint32_t)u->n - 1;
	}
}

/* Puts them into the order in which they occur. */
static bool uniques_by_occurrence(call *c, size_t size, uniques *u)
{
	uint32_t *order = call_scratch(c, (5 * u->n + 1) * sizeof *order);
	if (!order)
		return false;
	uint32_t *spare = order + u->n, *rank = spare + u->n, *first = rank + u->n;
	uint32_t *count = first + u->n;
	element_sort(u->n, order, spare, number_before, u->first);
	for (size_t i = 0; i < u->n; i++) {
		rank[order[i]] = (uint32_t)i;
		first[i] = u->first[order[i]];
		count[i] = u->count[order[i]];
	}
	for (size_t i = 0; i < size; i++)
		u->inverse[i] = rank[u->inverse[i]];
	u->first = first;
	u->count = count;
	return true;
}

/* @return false when the contents are not known, or no numbers. */
static bool uniques_find(call *c, const slab *s, bool sorted, uniques *u)
{
	infer_values in = call_values(c, 0);
	size_t n = s->size;
	if (!in.known || in.n != s->outer * s->size * s->inner || (n && !in.n))
		return false;
	double *key = call_scratch(c, (in.n + 1) * sizeof *key);
	uint32_t *order = call_scratch(c, (5 * n + 1) * sizeof *order);
	if (!key || !order || !element_keys(c->d, in.n, in.at, key))
		return false;
	slices v = {*s, key};
	*u = (uniques){0, order + 2 * n, order + 3 * n, order + 4 * n};
	element_sort(n, order, order + n, slice_before, &v);
	uniques_group(&v, order, u);
	return sorted || uniques_by_occurrence(c, n, u);
}

static void unique_numbers(call *c, size_t output, size_t n, const uint32_t *at)
{
	dim *to = call_wants(c, output) ? fold_room(c, n) : NULL;
	for (size_t i = 0; to && i < n; i++)
		to[i] = DIM(at[i]);
	if (to)
		call_set_values(c, output, n, to);
}

static void unique_contents(call *c, const slab *s, const uniques *u)
{
	infer_values in = call_values(c, 0);
	size_t n = s->outer * u->n * s->inner, k = 0;
	dim *to = fold_room(c, n);
	for (size_t o = 0; to && o < s->outer; o++)
		for (size_t i = 0; i < u->n; i++)
			for (size_t j = 0; j < s->inner; j++)
				to[k++] = in.at[(o * s->size + u->first[i]) * s->inner + j];
	if (to)
		call_set_values(c, 0, n, to);
}

void rule_unique(call *c)
{
	infer_type x = call_in(c, 0);
	dim out[RANK_MOST], n;
	size_t axis = 0;
	slab s;
	uniques u = {0};
	oray_attribute a;
	bool flat = !call_attribute(c, "axis", &a), sorted = call_int(c, "sorted", 1) != 0;
	bool known = flat || (x.ranked && call_axis(c, call_int(c, "axis", 0), x.n, &axis));
	dim size = flat ? size_of(c, &x) : known ? x.at[axis] : DIM_LOST;
	infer_type line = infer_tensor(x.element, true, 1, &size);
	bool found =
	    known && slab_of(c->d, flat ? &line : &x, axis, &s) && uniques_find(c, &s, sorted, &u);
	if (found)
		n = DIM(u.n);
	else
		n = size == DIM(0) || size == DIM(1) ? size : call_fresh(c, 0, axis);
	for (size_t i = 0; !flat && x.ranked && i < x.n; i++)
		out[i] = !known ? DIM_LOST : i == axis ? n : x.at[i];
	if (flat)
		call_tensor(c, 0, x.element, 1, &n);
	else
		call_out(c, 0, infer_tensor(x.element, x.ranked, x.n, out));
	call_tensor(c, 1, ORAY_INT64, 1, &n);
	call_tensor(c, 2, ORAY_INT64, 1, &size);
	call_tensor(c, 3, ORAY_INT64, 1, &n);
	if (!found)
		return;
	unique_contents(c, &s, &u);
	unique_numbers(c, 1, u.n, u.first);
	unique_numbers(c, 2, s.size, u.inverse);
	unique_numbers(c, 3, u.n, u.count);
}
