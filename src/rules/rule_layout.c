/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_layout.c - operators that look at the same elements in another shape, or ask for the shape.
 *
 * Elements keep their row-major order, so contents pass. What Shape gives out is where symbols
 * enter contents; what Reshape takes in is where they come back into shapes.
 */
#include "rules/move.h"

/* -------------------------------------------------------------------------- shape, size -- */

/** Counts from the end when negative, then keeps within [0, n]. */
static size_t clamp_axis(int64_t at, size_t n)
{
	int64_t rank = (int64_t)n;
	if (at < 0)
		at = at < -rank ? 0 : at + rank;
	return (size_t)(at > rank ? rank : at);
}

void rule_shape(call *c)
{
	infer_type x = call_in(c, 0);
	dim length = DIM_LOST;
	size_t start, end;
	if (!x.ranked) {
		call_tensor(c, 0, ORAY_INT64, 1, &length);
		return;
	}
	start = clamp_axis(call_int(c, "start", 0), x.n);
	end = clamp_axis(call_int(c, "end", RANK_MOST), x.n);
	if (end < start)
		end = start;
	length = DIM(end - start);
	call_tensor(c, 0, ORAY_INT64, 1, &length);
	call_set_values(c, 0, end - start, end > start ? x.at + start : NULL);
}

void rule_size(call *c)
{
	infer_type x = call_in(c, 0);
	dim product;
	call_tensor(c, 0, ORAY_INT64, 0, NULL);
	if (!x.ranked)
		return;
	product = dim_product(c->d, x.at, x.n);
	call_set_values(c, 0, 1, &product);
}

/* ------------------------------------------------------------------------------ reshape -- */

/** Target of a Reshape, told apart: what was copied, what is given, what is left open. */
typedef struct reshaping {
	dim out[RANK_MOST];
	size_t n;
	dim given[RANK_MOST]; /**< factors of the output that are not copies */
	size_t n_given;
	bool copied[RANK_MOST]; /**< by axis of the input */
	size_t n_open;          /**< dims that are -1, or not known */
	size_t open;            /**< the last of them */
	size_t n_rest;          /**< dims that are -1 */
} reshaping;

static void leave_open(reshaping *r, size_t i)
{
	r->out[i] = DIM_LOST;
	r->open = i;
	r->n_open++;
}

/** One element of the target. */
static void reshape_dim(call *c, reshaping *r, const infer_type *x, size_t i, dim target, bool copy)
{
	int64_t number;
	bool is_number = dim_is_number(c->d, target, &number);
	if (is_number && number == 0 && copy && (!x->ranked || i < x->n)) {
		r->out[i] = x->ranked ? x->at[i] : DIM_LOST;
		r->copied[i] = x->ranked;
		if (!x->ranked)
			leave_open(r, i);
	} else if (is_number && (number < 0 || (number == 0 && copy))) {
		r->n_rest += number == -1;
		if (number != -1)
			call_complain(c, "bad-shape", "dim %zu of the new shape is %lld", i, (long long)number);
		leave_open(r, i);
	} else if (target == DIM_LOST || dim_compare(c->d, target, DIM(0)) == DIM_LESS) {
		leave_open(r, i);
	} else {
		r->out[i] = target;
		r->given[r->n_given++] = target;
	}
}

/** The one dim that is left: what the others leave of the input, dims that are copied aside. */
static void reshape_rest(call *c, reshaping *r, const infer_type *x)
{
	dim kept[RANK_MOST], whole, back;
	int64_t m, n;
	size_t n_kept = 0;
	for (size_t i = 0; i < x->n; i++)
		if (!r->copied[i])
			kept[n_kept++] = x->at[i];
	whole = dim_product(c->d, kept, n_kept);
	if (r->n_open == 1) {
		dim rest = dim_quotient(c->d, kept, n_kept, r->given, r->n_given);
		back = dim_mul(c->d, rest, dim_product(c->d, r->given, r->n_given));
		r->out[r->open] = rest;
	} else {
		back = dim_product(c->d, r->given, r->n_given);
	}
	if (dim_is_number(c->d, whole, &m) && dim_is_number(c->d, back, &n) && m != n) {
		call_complain(c, "shape-mismatch", "%lld elements do not fit the new shape", (long long)m);
		if (r->n_open)
			r->out[r->open] = DIM_LOST;
	}
}

void rule_reshape(call *c)
{
	infer_type x = call_in(c, 0);
	reshaping r = {.n_open = 0};
	dim target[RANK_MOST];
	bool copy = call_int(c, "allowzero", 0) == 0;
	list_state state = call_list(c, 1, "shape", target, RANK_MOST, &r.n);
	if (state == LIST_ABSENT)
		call_complain(c, "bad-shape", "there is no new shape");
	if (state == LIST_ABSENT || state == LIST_UNKNOWN) {
		call_unranked(c, 0, x.element);
		return;
	}
	for (size_t i = 0; i < r.n; i++)
		reshape_dim(c, &r, &x, i, target[i], copy);
	if (r.n_rest > 1)
		call_complain(c, "bad-shape", "%zu dims of the new shape are -1", r.n_rest);
	if (x.ranked && r.n_open < 2)
		reshape_rest(c, &r, &x);
	move_tensor(c, 0, x.element, r.n, r.out);
	call_pass_values(c, 0, 0);
}

void rule_flatten(call *c)
{
	infer_type x = call_in(c, 0);
	int64_t axis = call_int(c, "axis", 1);
	if (axis < 0 && c->opset < 11)
		call_complain(c, "bad-axis", "axis %lld counts from the end, which opset %lld does not know",
		              (long long)axis, (long long)c->opset);
	dim out[2] = {axis == 0 ? DIM(1) : DIM_LOST, DIM_LOST};
	size_t at;
	if (x.ranked && call_axis_up_to(c, axis, x.n, &at)) {
		out[0] = dim_product(c->d, x.at, at);
		out[1] = dim_product(c->d, x.at + at, x.n - at);
	}
	call_tensor(c, 0, x.element, 2, out);
	call_pass_values(c, 0, 0);
}

/* --------------------------------------------------------------------- squeeze, unsqueeze -- */

/** Axes as flags. @return false, after a complaint, when one is out of range or there twice. */
static bool mark_axes(call *c, const int64_t *axes, size_t n, size_t rank, bool *marked)
{
	for (size_t i = 0; i < n; i++) {
		size_t axis;
		if (!call_axis(c, axes[i], rank, &axis))
			return false;
		if (marked[axis])
			call_complain(c, "bad-axis", "axis %zu is there twice", axis);
		if (marked[axis])
			return false;
		marked[axis] = true;
	}
	return true;
}

/** Marks the dims that are 1. @return how many dims may be 1. */
static size_t mark_ones(call *c, const infer_type *x, bool *marked)
{
	size_t maybe = 0;
	for (size_t i = 0; i < x->n; i++) {
		int64_t size;
		bool is_number = dim_is_number(c->d, x->at[i], &size);
		marked[i] = is_number && size == 1;
		maybe += !is_number || size == 1;
	}
	return maybe;
}

/** Which axes a Squeeze takes out. @return false when that is not known; `n` is their number. */
static bool squeezed_axes(call *c, const infer_type *x, list_state state, const int64_t *axes,
                          size_t n, bool *marked)
{
	bool ones[RANK_MOST];
	size_t maybe = mark_ones(c, x, ones), sure = 0;
	for (size_t i = 0; i < x->n; i++)
		sure += ones[i];
	if (state == LIST_KNOWN && n) {
		if (!mark_axes(c, axes, n, x->n, marked))
			return false;
		for (size_t i = 0; i < x->n; i++) {
			int64_t size;
			if (marked[i] && dim_is_number(c->d, x->at[i], &size) && size != 1)
				call_complain(c, "shape-mismatch", "axis %zu is of size %lld, not 1", i,
				              (long long)size);
		}
		return true;
	}
	/* An empty list means "all ones" to runtimes and "none" to the standard. */
	bool all = state == LIST_ABSENT ? maybe == sure : state == LIST_KNOWN ? maybe == 0 : maybe == n;
	if (!all || state == LIST_UNKNOWN)
		return false;
	for (size_t i = 0; i < x->n; i++) {
		int64_t size;
		marked[i] = ones[i] || !dim_is_number(c->d, x->at[i], &size);
	}
	return true;
}

void rule_squeeze(call *c)
{
	infer_type x = call_in(c, 0);
	int64_t axes[RANK_MOST];
	bool marked[RANK_MOST] = {false};
	dim out[RANK_MOST];
	size_t n, rank = 0;
	list_state state = call_numbers(c, 1, "axes", axes, RANK_MOST, &n);
	if (!x.ranked) {
		call_unranked(c, 0, x.element);
		return;
	}
	if (!squeezed_axes(c, &x, state, axes, n, marked)) {
		if (state == LIST_LENGTH && n && n <= x.n)
			move_lost(c, 0, x.element, x.n - n);
		else
			call_unranked(c, 0, x.element);
		return;
	}
	for (size_t i = 0; i < x.n; i++)
		if (!marked[i])
			out[rank++] = x.at[i];
	call_tensor(c, 0, x.element, rank, out);
	call_pass_values(c, 0, 0);
}

void rule_unsqueeze(call *c)
{
	infer_type x = call_in(c, 0);
	int64_t axes[RANK_MOST];
	bool marked[RANK_MOST] = {false};
	dim out[RANK_MOST];
	size_t n, rank, from = 0;
	list_state state = call_numbers(c, 1, "axes", axes, RANK_MOST, &n);
	rank = x.n + n;
	if (!x.ranked || state == LIST_ABSENT || state == LIST_UNKNOWN || rank > RANK_MOST) {
		call_unranked(c, 0, x.element);
		return;
	}
	if (x.n && (state == LIST_LENGTH || !mark_axes(c, axes, n, rank, marked))) {
		move_lost(c, 0, x.element, rank);
		return;
	}
	for (size_t i = 0; i < rank; i++)
		out[i] = marked[i] || from == x.n ? DIM(1) : x.at[from++];
	call_tensor(c, 0, x.element, rank, out);
	call_pass_values(c, 0, 0);
}
