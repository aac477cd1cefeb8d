/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_clip.c - operators that keep the shape of their first input, and are steered by another
 * input or an attribute: Clip, Dropout, CumSum, CumProd, Trilu.
 */
#include "rules/fold.h"

#include <string.h>

/** Contents of input 0 for an output 0 that can hold them; NULL otherwise. */
static const dim *held(call *c, size_t *n)
{
	infer_type out = call_said(c, 0);
	if (!call_can_hold(c, &out, n))
		return NULL;
	infer_values v = call_values(c, 0);
	return v.known && v.n == *n ? v.at : NULL;
}

/* ------------------------------------------------------------------------- Clip, Dropout -- */

/** A bound of Clip: attribute before opset 11, input since. @return false when there is none. */
static bool clip_bound(call *c, size_t input, const char *attribute, dim *out)
{
	oray_attribute a;
	if (call_has(c, input)) {
		*out = call_scalar(c, input);
		return true;
	}
	if (!call_attribute(c, attribute, &a) || a.type != ORAY_ATTR_FLOAT)
		return false;
	*out = dim_real(c->d, (double)a.v.f);
	return true;
}

/** Min(max, Max(min, x)) */
void rule_clip(call *c)
{
	dim least, most;
	size_t n;
	int32_t element = call_in(c, 0).element;
	call_same_shape(c, 0, 0, element);
	const dim *from = held(c, &n);
	dim *at = from ? fold_room(c, n) : NULL;
	if (!at)
		return;
	bool below = clip_bound(c, 1, "min", &least), above = clip_bound(c, 2, "max", &most);
	for (size_t i = 0; i < n; i++) {
		at[i] = below ? fold_max(c->d, element, from[i], least) : from[i];
		at[i] = above ? fold_min(c->d, element, at[i], most) : at[i];
	}
	fold_give(c, n, at);
}

/** True when the data arrive as they were: is_test until opset 6, training_mode since 12. */
static bool drops_nothing(call *c)
{
	ops_attr formal;
	if (c->row && ops_attribute_named(c->row, "is_test", strlen("is_test"), &formal))
		return call_int(c, "is_test", 0) != 0;
	return !call_has(c, 2) || call_scalar(c, 2) == DIM(0);
}

/** The mask is boolean since opset 10. */
void rule_dropout(call *c)
{
	int32_t element = call_in(c, 0).element;
	call_same_shape(c, 0, 0, element);
	call_same_shape(c, 1, 0, c->opset >= 10 ? ORAY_BOOL : element);
	if (drops_nothing(c))
		call_pass_values(c, 0, 0);
}

/* ---------------------------------------------------------------------------- cumulation -- */

/** Elements along an axis, and how many there are inside of it: 1 where there are none at all. */
static void lines(call *c, const infer_type *t, size_t axis, size_t *length, size_t *inner)
{
	*length = *inner = 1;
	for (size_t i = axis; i < t->n; i++) {
		int64_t size;
		size_t some = dim_is_number(c->d, t->at[i], &size) && size > 0 ? (size_t)size : 1;
		if (i == axis)
			*length = some;
		else
			*inner *= some;
	}
}

static bool cumulate_axis(call *c, size_t rank, size_t *axis)
{
	int64_t given;
	if (dim_is_number(c->d, call_scalar(c, 1), &given))
		return call_axis(c, given, rank, axis);
	*axis = 0;
	return rank == 1;
}

void rule_cumulate(call *c)
{
	typedef dim (*step)(dims * d, int32_t element, dim a, dim b);
	bool product = c->row && !strcmp(c->row->name, "CumProd");
	step next = product ? fold_mul : fold_add;
	infer_type in = call_in(c, 0);
	size_t n, axis, length, inner;
	call_same_shape(c, 0, 0, in.element);
	const dim *from = held(c, &n);
	if (!from || !in.n || !cumulate_axis(c, in.n, &axis))
		return;
	dim *at = fold_room(c, n);
	lines(c, &in, axis, &length, &inner);
	bool exclusive = call_int(c, "exclusive", 0), reverse = call_int(c, "reverse", 0);
	for (size_t i = 0; at && i < n; i++) {
		size_t place = i / inner % length;
		if (place) /* elements along the axis follow each other, in the direction of the walk */
			continue;
		dim sum = DIM(product);
		for (size_t k = 0; k < length; k++) {
			size_t here = i + (reverse ? length - 1 - k : k) * inner;
			dim before = sum;
			sum = next(c->d, in.element, sum, from[here]);
			at[here] = exclusive ? before : sum;
		}
	}
	if (at)
		fold_give(c, n, at);
}

/* --------------------------------------------------------------------------------- Trilu -- */

void rule_trilu(call *c)
{
	infer_type in = call_in(c, 0);
	size_t n, rows, columns;
	int64_t k = 0;
	call_same_shape(c, 0, 0, in.element);
	if (in.ranked && in.n < 2)
		call_complain(c, "shape-mismatch", "rank %u is less than that of a matrix", in.n);
	const dim *from = held(c, &n);
	if (!from || in.n < 2 || (call_has(c, 1) && !dim_is_number(c->d, call_scalar(c, 1), &k)))
		return;
	dim *at = fold_room(c, n);
	lines(c, &in, in.n - 2, &rows, &columns);
	bool upper = call_int(c, "upper", 1);
	for (size_t i = 0; at && i < n; i++) {
		int64_t above = (int64_t)(i % columns) - (int64_t)(i / columns % rows);
		at[i] = (upper ? above >= k : above <= k) ? from[i] : DIM(0);
	}
	if (at)
		fold_give(c, n, at);
}
