/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_generate.c - Range, EyeLike, OneHot: tensors made from a few numbers.
 *
 *     Range     max(ceil((limit - start) / delta), 0)
 *     EyeLike   the shape of a matrix
 *     OneHot    indices with depth inserted at axis
 */
#include <float.h>
#include <inttypes.h>
#include <math.h>

#include "rules/fold.h"
#include "rules/elements.h"

/* -------------------------------------------------------------------------------- Range -- */

/*
 * Elements of a range of floats, counted in doubles. ONNX Runtime takes the difference in the type
 * of the elements; where that makes another number, none is said.
 */
static dim range_of_reals(call *c, int32_t element, double start, double limit, double delta)
{
	double span = limit - start, rounded = span;
	if (element == ORAY_FLOAT32 && fabs(span) < (double)FLT_MAX)
		rounded = (double)(float)span;
	double n = ceil(span / delta);
	if (isnan(n) || fabs(n) > 9e18 || n != ceil(rounded / delta))
		return DIM_LOST;
	return n < 0 ? DIM(0) : dim_number(c->d, (int64_t)n);
}

static dim range_size(call *c, int32_t element, dim start, dim limit, dim delta)
{
	double a, b, step;
	dim span, n;
	bool whole = !type_is_float(element);
	if (dim_is_real(c->d, delta, &step) && step == 0) {
		call_complain(c, "bad-range", "the step of a range is 0");
		return DIM_LOST;
	}
	if (!whole && dim_is_real(c->d, start, &a) && dim_is_real(c->d, limit, &b) &&
	    dim_is_real(c->d, delta, &step))
		return range_of_reals(c, element, a, b, step);
	span = dim_sub(c->d, limit, start);
	dim_order order = dim_compare(c->d, delta, DIM(0));
	if (order == DIM_LESS) {
		span = dim_neg(c->d, span);
		delta = dim_neg(c->d, delta);
	}
	n = whole ? dim_ceil_div(c->d, span, delta) : dim_ceil(c->d, dim_real_div(c->d, span, delta));
	return dim_max(c->d, n, DIM(0));
}

/*
 * start + i * delta. Some runtimes add delta i times instead, and round differently then: only what
 * needs no rounding is said.
 */
static void range_contents(call *c, int32_t element, dim start, dim delta)
{
	infer_type out = call_said(c, 0);
	size_t n;
	dim sum = start;
	if (!call_can_hold(c, &out, &n))
		return;
	dim *at = fold_room(c, n);
	for (size_t i = 0; at && i < n; i++) {
		dim exact = dim_add(c->d, start, dim_mul(c->d, DIM((int64_t)i), delta));
		at[i] = exact == sum ? exact : DIM_LOST;
		sum = fold_add(c->d, element, sum, delta);
	}
	if (at)
		fold_give(c, n, at);
}

void rule_range(call *c)
{
	int32_t element = 0;
	for (size_t i = 0; i < 3 && !element; i++)
		element = call_in(c, i).element;
	dim start = call_scalar(c, 0), limit = call_scalar(c, 1);
	dim delta = call_has(c, 2) ? call_scalar(c, 2) : DIM(1);
	dim n = DIM_LOST;
	if (element && start != DIM_LOST && limit != DIM_LOST && delta != DIM_LOST)
		n = range_size(c, element, start, limit, delta);
	if (n == DIM_LOST)
		n = call_fresh(c, 0, 0);
	call_tensor(c, 0, element, 1, &n);
	range_contents(c, element, start, delta);
}

/* ------------------------------------------------------------------------------ EyeLike -- */

static void eye_contents(call *c, int64_t k)
{
	infer_type out = call_said(c, 0);
	int64_t columns;
	size_t n;
	if (!call_can_hold(c, &out, &n) || !dim_is_number(c->d, out.at[1], &columns))
		return;
	dim *at = fold_room(c, n);
	for (size_t i = 0; at && i < n; i++)
		at[i] = DIM((int64_t)i % columns - (int64_t)i / columns == k);
	if (at)
		call_set_values(c, 0, n, at);
}

void rule_eye_like(call *c)
{
	infer_type x = call_in(c, 0);
	dim lost[2] = {DIM_LOST, DIM_LOST};
	int32_t element = element_type_attribute(c, "dtype", x.element);
	if (x.ranked && x.n != 2) {
		call_complain(c, "bad-shape", "an identity matrix like a tensor of %" PRIu32 " dimensions",
		              x.n);
		call_tensor(c, 0, element, 2, lost);
		return;
	}
	call_tensor(c, 0, element, 2, x.ranked ? x.at : lost);
	if (x.ranked)
		eye_contents(c, call_int(c, "k", 0));
}

/* ------------------------------------------------------------------------------- OneHot -- */

/* Depth may be a float; runtimes cut it off. */
static dim one_hot_depth(call *c)
{
	dim depth = call_scalar(c, 1);
	double real;
	if (depth != DIM_LOST && DIM_KIND(depth) == DIM_IS_RECORD && dim_is_real(c->d, depth, &real))
		depth = real > -1 && real < 0 ? DIM(0) : dim_floor(c->d, depth);
	return element_size(c, depth);
}

/* Along the new axis, the element that the index names is on. */
static void one_hot_contents(call *c, size_t axis, dim depth)
{
	infer_values at = call_values(c, 0), values = call_values(c, 2);
	infer_type out = call_said(c, 0);
	slab s;
	size_t n;
	int64_t size, on;
	if (!at.known || !values.known || values.n != 2 || !call_can_hold(c, &out, &n) ||
	    !slab_of(c->d, &out, axis, &s) || !dim_is_number(c->d, depth, &size) ||
	    at.n != s.outer * s.inner)
		return;
	dim *to = fold_room(c, n);
	for (size_t i = 0; to && i < n; i++) {
		size_t block = i / (s.size * s.inner), place = i / s.inner % s.size;
		if (!dim_is_number(c->d, at.at[block * s.inner + i % s.inner], &on)) {
			to[i] = DIM_LOST;
			continue;
		}
		bool is_on = on == (int64_t)place || (on < 0 && on >= -size && on + size == (int64_t)place);
		to[i] = values.at[is_on];
	}
	if (to)
		fold_give(c, n, to);
}

/* A depth is one number, and values are two. */
static void one_hot_inputs(call *c)
{
	infer_type depth = call_in(c, 1), values = call_in(c, 2);
	int64_t n;
	if (depth.ranked && depth.n == 1 && dim_is_number(c->d, depth.at[0], &n) && n != 1)
		call_complain(c, "bad-shape", "the depth has %lld elements, it should have one",
		              (long long)n);
	if (values.ranked && values.n == 1 && dim_is_number(c->d, values.at[0], &n) && n != 2)
		call_complain(c, "bad-shape", "there are %lld values, there should be two", (long long)n);
}

void rule_one_hot(call *c)
{
	infer_type index = call_in(c, 0);
	int32_t element = call_in(c, 2).element;
	dim out[RANK_MOST];
	size_t axis, n = 0;
	one_hot_inputs(c);
	if (!index.ranked || index.n + 1 > RANK_MOST) {
		call_unranked(c, 0, element);
		return;
	}
	if (!call_axis(c, call_int(c, "axis", -1), (size_t)index.n + 1, &axis)) {
		for (size_t i = 0; i <= index.n; i++)
			out[i] = DIM_LOST;
		call_tensor(c, 0, element, (size_t)index.n + 1, out);
		return;
	}
	dim depth = one_hot_depth(c);
	for (size_t i = 0; i <= index.n; i++)
		if (i == axis)
			out[i] = depth == DIM_LOST ? call_fresh(c, 0, axis) : depth;
		else
			out[i] = index.at[n++];
	call_tensor(c, 0, element, (size_t)index.n + 1, out);
	one_hot_contents(c, axis, depth);
}
