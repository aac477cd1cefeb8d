/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_reduce.c - Reduce*: some axes become one element each, or go.
 *
 * The axes are an attribute at first (ReduceSum until 12, others until 17) and an input later on;
 * none of them means all, or with noop_with_empty_axes none. Of axes that are not known, their
 * number may be: as many as there are dimensions are all of them.
 *
 * Contents are one walk over the input that carries the place in the output along; an axis that is
 * reduced has a step of 0.
 */
#include <inttypes.h>
#include <math.h>

#include "rules/fold.h"
#include "rules/index.h"

/* ----------------------------------------------------------------------------- contents -- */

/** How elements become one. */
typedef struct reduction {
	const char *name;
	/** To each element first; NULL: as it is. */
	dim (*before)(dims *d, int32_t element, dim v);
	dim (*step)(dims *d, int32_t element, dim a, dim b);
	/** To the result; NULL: as it is. */
	dim (*after)(dims *d, int32_t element, dim v, int64_t count);
	dim none; /**< result for no elements */
} reduction;

static dim absolute(dims *d, int32_t element, dim v)
{
	double real;
	(void)element;
	switch (dim_compare(d, v, DIM(0))) {
	case DIM_EQUAL:
	case DIM_NOT_LESS:
	case DIM_MORE:
		return v;
	case DIM_LESS:
	case DIM_NOT_MORE:
		return dim_neg(d, v);
	default:
		return dim_is_real(d, v, &real) ? dim_real(d, fabs(real)) : DIM_LOST;
	}
}

static dim squared(dims *d, int32_t element, dim v)
{
	return fold_mul(d, element, v, v);
}

static dim rooted(dims *d, int32_t element, dim v, int64_t count)
{
	double real;
	(void)count;
	if (!type_is_float(element) || !dim_is_real(d, v, &real))
		return DIM_LOST;
	return dim_real(d, sqrt(real));
}

static dim averaged(dims *d, int32_t element, dim v, int64_t count)
{
	dim n = dim_number(d, count);
	return type_is_float(element) ? dim_real_div(d, v, n) : dim_int_div(d, v, n);
}

static const reduction reductions[] = {
    {"ReduceSum", NULL, fold_add, NULL, DIM(0)},
    {"ReduceProd", NULL, fold_mul, NULL, DIM(1)},
    {"ReduceMax", NULL, fold_max, NULL, DIM_LOST},
    {"ReduceMin", NULL, fold_min, NULL, DIM_LOST},
    {"ReduceMean", NULL, fold_add, averaged, DIM_LOST},
    {"ReduceL1", absolute, fold_add, NULL, DIM(0)},
    {"ReduceL2", squared, fold_add, rooted, DIM(0)},
    {"ReduceSumSquare", squared, fold_add, NULL, DIM(0)},
};

static const reduction *reduction_of(const call *c)
{
	for (size_t i = 0; c->row && i < sizeof reductions / sizeof *reductions; i++)
		if (!strcmp(c->row->name, reductions[i].name))
			return &reductions[i];
	return NULL;
}

/* Folds the input into `to`, whose n elements are what no elements give. */
static void reduce_into(dims *d, const reduction *r, int32_t element, index_walk *w,
                        const dim *from, dim *to, bool *begun)
{
	do {
		dim v = *from++, *place = &to[w->from];
		if (r->before)
			v = r->before(d, element, v);
		*place = begun[w->from] ? r->step(d, element, *place, v) : v;
		begun[w->from] = true;
	} while (index_next(w));
}

static void reduce_contents(call *c, const infer_type *data, const bool *reduced)
{
	const reduction *r = reduction_of(c);
	infer_values in = call_values(c, 0);
	infer_type out = call_said(c, 0);
	int64_t size[RANK_MOST], left[RANK_MOST], stride[RANK_MOST];
	index_walk w;
	size_t n, total;
	if (!r || !in.known || !call_can_hold(c, &out, &n) || !index_sizes(c->d, data, size, &total) ||
	    total != in.n)
		return;
	for (size_t i = 0; i < data->n; i++)
		left[i] = reduced[i] ? 1 : size[i];
	dim *to = call_scratch(c, n * sizeof *to);
	bool *begun = call_scratch(c, n * sizeof *begun);
	if (!to || !begun)
		return;
	for (size_t i = 0; i < n; i++) {
		to[i] = r->none;
		begun[i] = false;
	}
	index_begin(&w, data->n, size);
	index_strides(data->n, left, stride);
	for (size_t i = 0; i < data->n; i++)
		w.step[i] = reduced[i] ? 0 : stride[i];
	if (total)
		reduce_into(c->d, r, out.element, &w, in.at, to, begun);
	for (size_t i = 0; i < n && r->after && total; i++)
		to[i] = r->after(c->d, out.element, to[i], (int64_t)(total / n));
	for (size_t i = 0; i < n; i++)
		to[i] = fold_settle(c->d, out.element, to[i]);
	fold_give(c, n, to);
}

/* -------------------------------------------------------------------------------- shape -- */

/* The axes are not known, but perhaps how many: `n` of them, or SIZE_MAX. */
static void reduce_unknown(call *c, const infer_type *x, bool keep, size_t n)
{
	dim out[RANK_MOST];
	if (x->ranked && n != SIZE_MAX && n > x->n) {
		call_complain(c, "bad-shape", "%zu axes are reduced of %" PRIu32 " dimensions", n, x->n);
		n = SIZE_MAX;
	}
	if (!x->ranked || (!keep && n == SIZE_MAX)) {
		call_unranked(c, 0, x->element);
		return;
	}
	size_t rank = keep ? x->n : x->n - n;
	for (size_t i = 0; i < rank; i++)
		out[i] = keep && (n == x->n || x->at[i] == DIM(1)) ? DIM(1) : DIM_LOST;
	call_tensor(c, 0, x->element, rank, out);
}

static void reduce_known(call *c, const infer_type *x, bool keep, const bool *reduced)
{
	dim out[RANK_MOST];
	size_t n = 0;
	for (size_t i = 0; i < x->n; i++)
		if (!reduced[i])
			out[n++] = x->at[i];
		else if (keep)
			out[n++] = DIM(1);
	call_tensor(c, 0, x->element, n, out);
	reduce_contents(c, x, reduced);
}

/* Marks the axes. x->elementreturn false when one of them is none. */
static bool reduce_marks(call *c, const int64_t *axes, size_t n, size_t rank, bool *reduced)
{
	for (size_t i = 0; i < n; i++) {
		size_t axis;
		if (!call_axis(c, axes[i], rank, &axis))
			return false;
		reduced[axis] = true;
	}
	return true;
}

void rule_reduce(call *c)
{
	infer_type x = call_in(c, 0);
	int64_t axes[RANK_MOST];
	bool reduced[RANK_MOST] = {false};
	bool keep = call_int(c, "keepdims", 1) == 1;
	ops_attr formal;
	size_t n;
	bool is_attribute = c->row && ops_attribute_named(c->row, "axes", 4, &formal);
	list_state state =
	    call_numbers(c, is_attribute ? -1 : 1, is_attribute ? "axes" : NULL, axes, RANK_MOST, &n);
	if (state == LIST_UNKNOWN || (state == LIST_LENGTH && n)) {
		reduce_unknown(c, &x, keep, state == LIST_LENGTH ? n : SIZE_MAX);
		return;
	}
	bool all = n == 0 && call_int(c, "noop_with_empty_axes", 0) == 0;
	if (!x.ranked) {
		if (all && !keep)
			call_tensor(c, 0, x.element, 0, NULL);
		else
			call_unranked(c, 0, x.element);
		return;
	}
	for (size_t i = 0; i < x.n; i++)
		reduced[i] = all;
	if (reduce_marks(c, axes, n, x.n, reduced))
		reduce_known(c, &x, keep, reduced);
	else
		reduce_unknown(c, &x, keep, SIZE_MAX);
}
