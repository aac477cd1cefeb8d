/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_elementwise.c - operators that work element by element on one shape, or on shapes that are
 * broadcast to one.
 *
 * From opset 7 on broadcasting is that of numpy. Before, the second input was stretched to the
 * shape of the first, and only where `broadcast` asked for it: axis 0 of the second lay under
 * `axis` of the first, or its last axis under the last one (Add-6 and its like).
 */
#include "rules/fold.h"

#include <string.h>

void rule_same(call *c)
{
	call_same_shape(c, 0, 0, call_in(c, 0).element);
}

void rule_unary(call *c)
{
	bool logic = c->row && !strcmp(c->row->name, "Not");
	call_same_shape(c, 0, 0, logic ? ORAY_BOOL : call_in(c, 0).element);
	fold_unary(c);
}

void rule_unary_bool(call *c)
{
	call_same_shape(c, 0, 0, ORAY_BOOL);
	fold_unary(c);
}

void rule_identity(call *c)
{
	call_same(c, 0, 0);
	call_pass_values(c, 0, 0);
}

/* ---------------------------------------------------------------------------- two inputs -- */

static bool is_one(dim d)
{
	return d == DIM(1);
}

/** Axis of `a` above the first axis of `b`. @return false after a complaint when b does not fit. */
static bool old_axis(call *c, const infer_type *a, const infer_type *b, size_t *first)
{
	oray_attribute attribute;
	int64_t axis = (int64_t)a->n - (int64_t)b->n;
	if (call_attribute(c, "axis", &attribute) && attribute.type == ORAY_ATTR_INT)
		axis = attribute.v.i < 0 ? attribute.v.i + (int64_t)a->n : attribute.v.i;
	if (axis < 0 || axis > (int64_t)a->n - (int64_t)b->n) {
		for (size_t i = 0; i < b->n; i++)
			if (!is_one(b->at[i])) {
				call_complain(c, "shape-mismatch",
				              "axis %lld: %u axes do not fit under the %u of the first input",
				              (long long)axis, b->n, a->n);
				break;
			}
		return false;
	}
	*first = (size_t)axis;
	return true;
}

/** The shape of `a`, and what `b` says about it. */
static void old_stretch(call *c, const infer_type *a, const infer_type *b, dim *out, size_t *first)
{
	int64_t size;
	if (a->n)
		memcpy(out, a->at, a->n * sizeof *out);
	*first = 0;
	if (!b->ranked || !old_axis(c, a, b, first))
		return;
	for (size_t i = 0; i < b->n; i++)
		if (dim_is_number(c->d, b->at[i], &size) && size != 1)
			out[*first + i] = call_equal(c, out[*first + i], b->at[i], "broadcast axis");
}

/** Both shapes are one. Models that say nothing, but mean numpy, exist. */
static bool old_equal(call *c, const infer_type in[2], dim *out, size_t *rank)
{
	const dim *a = in[0].at, *b = in[1].at;
	if (!in[0].ranked || !in[1].ranked || in[0].n != in[1].n)
		return call_broadcast(c, in, 2, out, rank);
	*rank = in[0].n;
	for (size_t i = 0; i < *rank; i++)
		out[i] = is_one(a[i]) || is_one(b[i]) ? call_broadcast_dim(c, a[i], b[i])
		                                      : call_equal(c, a[i], b[i], "operands");
	return true;
}

/** Says the shape of output 0 of an operator of two inputs, and follows its contents. */
static void say_pair(call *c, const infer_type in[2], int32_t element)
{
	dim out[RANK_MOST];
	ops_attr formal;
	size_t rank = 0, first;
	bool old = c->row && c->row->since < 7 &&
	           ops_attribute_named(c->row, "broadcast", strlen("broadcast"), &formal);
	if (old && call_int(c, "broadcast", 0)) {
		if (!in[0].ranked) {
			call_unranked(c, 0, element);
			return;
		}
		old_stretch(c, &in[0], &in[1], out, &first);
		rank = in[0].n;
	} else {
		if (old ? !old_equal(c, in, out, &rank) : !call_broadcast(c, in, 2, out, &rank)) {
			call_unranked(c, 0, element);
			return;
		}
		first = rank - in[1].n;
	}
	call_tensor(c, 0, element, rank, out);
	fold_binary(c, first);
}

void rule_binary(call *c)
{
	infer_type in[2] = {call_in(c, 0), call_in(c, 1)};
	int32_t element = in[0].element ? in[0].element : in[1].element;
	if (!element && c->row && c->row->category == OPS_TEXT) /* StringConcat */
		element = ORAY_STRING;
	say_pair(c, in, element);
}

void rule_compare(call *c)
{
	infer_type in[2] = {call_in(c, 0), call_in(c, 1)};
	say_pair(c, in, ORAY_BOOL);
}

/** The exponent may be of another type. */
void rule_pow(call *c)
{
	infer_type in[2] = {call_in(c, 0), call_in(c, 1)};
	say_pair(c, in, in[0].element);
}

/* --------------------------------------------------------------------------- more inputs -- */

/** The type that the inputs from `i` on share. */
static int32_t common_element(call *c, size_t i)
{
	int32_t element = 0;
	for (; i < c->n_in && !element; i++)
		element = call_in(c, i).element;
	return element;
}

/** True when two sizes met that are no one size. */
static bool is_contradiction(const dims *d, const infer_type pair[2], size_t rank, const dim *out)
{
	int64_t size;
	for (size_t i = 0; i < rank; i++)
		if (out[i] == DIM_LOST && i + pair[0].n >= rank && i + pair[1].n >= rank &&
		    dim_is_number(d, pair[0].at[i + pair[0].n - rank], &size) &&
		    dim_is_number(d, pair[1].at[i + pair[1].n - rank], &size))
			return true;
	return false;
}

/** Stops at the first contradiction: a node may have any number of inputs. */
void rule_variadic(call *c)
{
	dim shape[2][RANK_MOST];
	infer_type all = call_in(c, 0);
	for (size_t i = 1; i < c->n_in; i++) {
		infer_type pair[2] = {all, call_in(c, i)};
		size_t rank;
		if (!call_broadcast(c, pair, 2, shape[i % 2], &rank) ||
		    is_contradiction(c->d, pair, rank, shape[i % 2])) {
			all.ranked = false;
			break;
		}
		all = infer_tensor(all.element, true, rank, shape[i % 2]);
	}
	int32_t element = common_element(c, 0);
	if (all.kind != ORAY_KIND_TENSOR || !all.ranked) {
		call_unranked(c, 0, element);
		return;
	}
	call_tensor(c, 0, element, all.n, all.at);
	fold_variadic(c);
}

void rule_where(call *c)
{
	infer_type in[3] = {call_in(c, 0), call_in(c, 1), call_in(c, 2)};
	dim out[RANK_MOST];
	size_t rank;
	int32_t element = common_element(c, 1);
	if (!call_broadcast(c, in, 3, out, &rank)) {
		call_unranked(c, 0, element);
		return;
	}
	call_tensor(c, 0, element, rank, out);
	fold_where(c);
}
