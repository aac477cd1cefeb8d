/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_rank.c - ArgMax, ArgMin, TopK: elements ranked along an axis.
 *
 * Contents are computed when all elements are numbers; of equal elements the first comes first. Of
 * one element, nothing needs to be known.
 */
#include <inttypes.h>

#include "rules/elements.h"

/** What an order along one axis looks at: elements `from`, `from + step`, ... */
typedef struct line {
	const double *key;
	size_t step;
	bool largest;    /**< large ones first */
	bool last_first; /**< of equal ones, the last is first */
} line;

static bool line_before(const void *context, uint32_t a, uint32_t b)
{
	const line *l = context;
	double x = l->key[a * l->step], y = l->key[b * l->step];
	if (x == y)
		return l->last_first && a > b;
	return l->largest ? x > y : x < y;
}

/* The element that comes first. */
static uint32_t line_first(const line *l, size_t size)
{
	uint32_t best = 0;
	for (uint32_t i = 1; i < size; i++)
		if (line_before(l, i, best))
			best = i;
	return best;
}

/* Numbers of input 0 to compare; NULL when some are not known. */
static double *rank_keys(call *c)
{
	infer_values in = call_values(c, 0);
	double *key = in.known && in.n ? call_scratch(c, in.n * sizeof *key) : NULL;
	return key && element_keys(c->d, in.n, in.at, key) ? key : NULL;
}

/* ------------------------------------------------------------------------ ArgMax, ArgMin -- */

static void arg_contents(call *c, const infer_type *x, size_t axis)
{
	infer_type out = call_said(c, 0);
	slab s;
	size_t n;
	if (!call_can_hold(c, &out, &n) || !slab_of(c->d, x, axis, &s) || !s.size ||
	    n != s.outer * s.inner)
		return;
	dim *to = call_scratch(c, n * sizeof *to);
	double *key = s.size > 1 ? rank_keys(c) : NULL;
	if (!to)
		return;
	if (s.size == 1) {
		for (size_t i = 0; i < n; i++)
			to[i] = DIM(0);
		call_set_values(c, 0, n, to);
		return;
	}
	if (!key || call_values(c, 0).n != n * s.size)
		return;
	line l = {key, s.inner, c->row && c->row->name[3] == 'M' && c->row->name[4] == 'a',
	          call_int(c, "select_last_index", 0) != 0};
	for (size_t i = 0; i < n; i++) {
		l.key = key + i / s.inner * s.size * s.inner + i % s.inner;
		to[i] = DIM(line_first(&l, s.size));
	}
	call_set_values(c, 0, n, to);
}

void rule_arg_reduce(call *c)
{
	infer_type x = call_in(c, 0);
	bool keep = call_int(c, "keepdims", 1) == 1;
	dim out[RANK_MOST];
	size_t axis, n = 0;
	if (!x.ranked) {
		call_unranked(c, 0, ORAY_INT64);
		return;
	}
	bool known = call_axis(c, call_int(c, "axis", 0), x.n, &axis);
	if (!known)
		axis = x.n;
	for (size_t i = 0; i < x.n; i++)
		if (i != axis)
			out[n++] = known ? x.at[i] : DIM_LOST;
		else if (keep)
			out[n++] = DIM(1);
	if (!known && !keep && n)
		n--;
	call_tensor(c, 0, ORAY_INT64, n, out);
	if (known)
		arg_contents(c, &x, axis);
}

/* --------------------------------------------------------------------------------- TopK -- */

static void top_k_contents(call *c, const infer_type *x, size_t axis, size_t k)
{
	infer_values in = call_values(c, 0);
	slab s;
	if (!slab_of(c->d, x, axis, &s) || k > s.size || in.n != s.outer * s.size * s.inner)
		return;
	double *key = rank_keys(c);
	size_t lines = s.outer * s.inner, n = lines * k;
	uint32_t *order = call_scratch(c, s.size * sizeof *order);
	uint32_t *spare = call_scratch(c, s.size * sizeof *spare);
	dim *values = call_scratch(c, n * sizeof *values),
	    *places = call_scratch(c, n * sizeof *places);
	if (!key || !order || !spare || !values || !places)
		return;
	for (size_t i = 0; i < lines; i++) {
		size_t block = i / s.inner, from = block * s.size * s.inner + i % s.inner;
		line l = {key + from, s.inner, call_int(c, "largest", 1) != 0, false};
		element_sort(s.size, order, spare, line_before, &l);
		for (size_t j = 0; j < k; j++) {
			size_t to = (block * k + j) * s.inner + i % s.inner;
			values[to] = in.at[from + order[j] * s.inner];
			places[to] = DIM(order[j]);
		}
	}
	call_set_values(c, 0, n, values);
	call_set_values(c, 1, n, places);
}

/* How many: an attribute at first, an input of one element from version 10 on. */
static dim top_k_count(call *c)
{
	ops_attr formal;
	size_t n;
	dim k;
	bool is_attribute = c->row && ops_attribute_named(c->row, "k", 1, &formal);
	if (call_list(c, is_attribute ? -1 : 1, is_attribute ? "k" : NULL, &k, 1, &n) != LIST_KNOWN ||
	    n != 1)
		return DIM_LOST;
	return element_size(c, k);
}

void rule_top_k(call *c)
{
	infer_type x = call_in(c, 0);
	dim out[RANK_MOST];
	size_t axis;
	int64_t number;
	call_unranked(c, 0, x.element);
	call_unranked(c, 1, ORAY_INT64);
	if (!x.ranked)
		return;
	bool known = call_axis(c, call_int(c, "axis", -1), x.n, &axis);
	if (!known && !x.n)
		return;
	for (size_t i = 0; i < x.n; i++)
		out[i] = known ? x.at[i] : DIM_LOST;
	dim k = top_k_count(c);
	if (known) {
		if (dim_compare(c->d, k, x.at[axis]) == DIM_MORE)
			call_complain(c, "bad-shape", "more elements are asked for than there are");
		out[axis] = k == DIM_LOST ? call_fresh(c, 0, axis) : k;
	}
	call_tensor(c, 0, x.element, x.n, out);
	call_tensor(c, 1, ORAY_INT64, x.n, out);
	if (known && dim_is_number(c->d, k, &number) && number >= 0 && number <= VALUES_MOST &&
	    (call_int(c, "sorted", 1) != 0 || out[axis] == DIM(1)))
		top_k_contents(c, &x, axis, (size_t)number);
}
