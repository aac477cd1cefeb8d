/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fold_broadcast.c - contents of operators whose inputs are stretched to a common shape.
 */
#include "rules/fold.h"

#include <string.h>

enum {
	FOLD_STEPS = 1 << 16 /**< elements times inputs of a variadic operator */
};

/** An input as the output sees it. */
typedef struct operand {
	infer_type type;
	infer_values values;
	broadcast_walk walk;
} operand;

/** @return false when its contents are unknown, or do not fit. */
static bool operand_open(call *c, operand *o, size_t input, const infer_type *out, size_t first)
{
	o->type = call_in(c, input);
	o->values = call_values(c, input);
	o->walk = (broadcast_walk){0};
	return o->values.known && broadcast_start(&o->walk, c->d, out, &o->type, first, o->values.n);
}

/** As operand_open(), aligned at the last axis; an input that cannot be opened gives lost elements.
 */
static bool operand_open_at_end(call *c, operand *o, size_t input, const infer_type *out)
{
	uint32_t n = call_in(c, input).n;
	o->values.known = n <= out->n && operand_open(c, o, input, out, out->n - n);
	return o->values.known;
}

static dim operand_next(operand *o)
{
	if (!o->values.known)
		return DIM_LOST;
	dim v = o->values.at[o->walk.at];
	broadcast_next(&o->walk);
	return v;
}

static int64_t mode_of(call *c)
{
	if (!strcmp(c->row->name, "Mod"))
		return call_int(c, "fmod", 0);
	if (!strcmp(c->row->name, "BitShift"))
		return call_str_is(c, "direction", "", "LEFT");
	return 0;
}

void fold_binary(call *c, size_t first)
{
	infer_type out = call_said(c, 0);
	operand a, b;
	size_t n;
	if (!c->row || !call_can_hold(c, &out, &n))
		return;
	const fold_pair *pair = fold_pair_of(c->row->name);
	if (!pair)
		return;
	if (!operand_open_at_end(c, &a, 0, &out) && !pair->decides)
		return;
	b.values.known = operand_open(c, &b, 1, &out, first);
	if (!b.values.known && !(pair->decides && a.values.known))
		return;
	int32_t element = a.values.known ? a.type.element : b.type.element;
	if (a.values.known && b.values.known && !pair->mixed && a.type.element != b.type.element)
		return;
	dim *at = fold_room(c, n);
	int64_t mode = mode_of(c);
	for (size_t i = 0; at && i < n; i++) {
		dim x = operand_next(&a);
		at[i] = pair->op(c->d, element, mode, x, operand_next(&b));
	}
	if (at)
		fold_give(c, n, at);
}

void fold_variadic(call *c)
{
	infer_type out = call_said(c, 0);
	operand o;
	size_t n;
	const fold_pair *pair = c->row ? fold_pair_of(c->row->name) : NULL;
	if (!pair || !c->n_in || !call_can_hold(c, &out, &n) || (n + 1) > FOLD_STEPS / c->n_in)
		return;
	dim *at = fold_room(c, n);
	for (size_t k = 0; k < c->n_in; k++) {
		if (!at || !operand_open_at_end(c, &o, k, &out) || o.type.element != out.element)
			return;
		for (size_t i = 0; i < n; i++) {
			dim v = operand_next(&o);
			at[i] = k ? pair->op(c->d, out.element, 0, at[i], v) : v;
		}
	}
	for (size_t i = 0; i < n && !strcmp(pair->name, "Mean"); i++)
		at[i] = fold_settle(c->d, out.element,
		                    dim_real_div(c->d, at[i], dim_number(c->d, (int64_t)c->n_in)));
	fold_give(c, n, at);
}

void fold_where(call *c)
{
	infer_type out = call_said(c, 0);
	operand condition, x, y;
	size_t n;
	if (!call_can_hold(c, &out, &n))
		return;
	bool is_x = operand_open_at_end(c, &x, 1, &out), is_y = operand_open_at_end(c, &y, 2, &out);
	bool is_condition = (is_x || is_y) && operand_open_at_end(c, &condition, 0, &out);
	dim *at;
	condition.values.known = is_condition;
	if ((is_x && is_y) || ((is_x || is_y) && is_condition))
		at = fold_room(c, n);
	else
		return;
	for (size_t i = 0; at && i < n; i++) {
		dim which = operand_next(&condition), yes = operand_next(&x), no = operand_next(&y);
		if (which == DIM(1))
			at[i] = yes;
		else if (which == DIM(0))
			at[i] = no;
		else
			at[i] = yes == no ? yes : DIM_LOST;
	}
	if (at)
		fold_give(c, n, at);
}
