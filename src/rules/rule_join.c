/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_join.c - operators that put tensors together, take them apart, or trade depth for space.
 */
#include "rules/move.h"

/* ------------------------------------------------------------------------------- concat -- */

/** An empty vector; old exporters and runtimes let it take part in any concatenation. */
static bool is_nothing(const infer_type *t)
{
	return t->ranked && t->n == 1 && t->at[0] == DIM(0);
}

/** An input. Old exporters join scalars, as if they were vectors of one. */
static infer_type concat_part(call *c, size_t i)
{
	static const dim one[1] = {DIM(1)};
	infer_type t = call_in(c, i);
	if (t.ranked && t.n == 0) {
		t.n = 1;
		t.at = one;
	}
	return t;
}

/** What all inputs share; the first is nearly always enough. @return false when none is ranked. */
static bool concat_model(call *c, infer_type *out)
{
	bool found = false;
	*out = (infer_type){.kind = ORAY_KIND_TENSOR};
	for (size_t i = 0; i < c->n_in && !(found && out->element && !is_nothing(out)); i++) {
		infer_type t = concat_part(c, i);
		if (!out->element)
			out->element = t.element;
		if (!t.ranked || (found && !is_nothing(out)))
			continue;
		t.element = out->element;
		*out = t;
		found = true;
	}
	return found;
}

/** Adds up along the axis; elsewhere all must be equal. @return false when ranks differ. */
static bool concat_dims(call *c, size_t n, size_t axis, dim *out)
{
	out[axis] = DIM(0);
	for (size_t i = 0; i < c->n_in; i++) {
		infer_type t = concat_part(c, i), given = call_in(c, i);
		if (given.ranked && given.n == 0)
			call_complain(c, "rank-mismatch", "input %zu is a scalar, which has no axis to join along",
			              i);
		if (t.ranked && t.n != n && is_nothing(&t))
			continue;
		if (t.ranked && t.n != n) {
			call_complain(c, "shape-mismatch", "input %zu has rank %u, another has rank %zu", i,
			              t.n, n);
			return false;
		}
		for (size_t k = 0; k < n && t.ranked; k++)
			if (k != axis && out[k] != t.at[k])
				out[k] = call_equal(c, out[k], t.at[k], "concatenated inputs");
		out[axis] = dim_add(c->d, out[axis], t.ranked ? t.at[axis] : DIM_LOST);
	}
	return true;
}

/** Each input fills a run of every row; `row` and `run` are in elements. */
static bool concat_fill(call *c, dim *to, int64_t rows, int64_t row, int64_t inner, size_t n,
                        size_t axis)
{
	bool any = false;
	int64_t at = 0;
	for (size_t i = 0; i < c->n_in; i++) {
		infer_type t = concat_part(c, i);
		int64_t run;
		if (!t.ranked || t.n != n || axis >= n)
			continue;
		if (!dim_is_number(c->d, t.at[axis], &run) || run < 0 || run > row - at)
			return false;
		run *= inner;
		if (run == 0)
			continue;
		if (run > row - at)
			return false;
		infer_values v = call_values(c, i);
		bool known = v.known && v.n == (uint64_t)(rows * run);
		if (!known && n > 1 && type_is_float(t.element)) /* no list of sizes or scales */
			return false;
		for (int64_t r = 0; r < rows; r++)
			for (int64_t k = 0; k < run; k++)
				to[r * row + at + k] = known ? v.at[r * run + k] : DIM_LOST;
		any |= known;
		at += run;
	}
	return any && at == row;
}

static void concat_values(call *c, size_t n, size_t axis)
{
	infer_type y = call_said(c, 0);
	int64_t size[RANK_MOST], rows = 1, inner = 1;
	size_t total;
	if (!call_can_hold(c, &y, &total) || !index_sizes(c->d, &y, size, NULL))
		return;
	dim *to = call_scratch(c, total * sizeof *to);
	for (size_t i = 0; i < axis; i++)
		rows *= size[i];
	for (size_t i = axis + 1; i < n; i++)
		inner *= size[i];
	if (to && (total == 0 || concat_fill(c, to, rows, size[axis] * inner, inner, n, axis)))
		call_set_values(c, 0, total, to);
}

void rule_concat(call *c)
{
	enum { NO_AXIS = INT32_MIN };
	infer_type model;
	oray_attribute odd;
	dim out[RANK_MOST];
	size_t axis;
	int64_t given = call_int(c, "axis", c->opset < 4 ? 1 : NO_AXIS);
	if (given == NO_AXIS && call_attribute(c, "axis", &odd))
		given = 1;
	if (given == NO_AXIS)
		call_complain(c, "bad-axis", "there is no axis");
	if (!concat_model(c, &model)) {
		call_unranked(c, 0, model.element);
		return;
	}
	if (given == NO_AXIS || !call_axis(c, given, model.n, &axis)) {
		move_lost(c, 0, model.element, model.n);
		return;
	}
	for (size_t i = 0; i < model.n; i++)
		out[i] = model.at[i];
	if (!concat_dims(c, model.n, axis, out)) {
		call_unranked(c, 0, model.element);
		return;
	}
	call_tensor(c, 0, model.element, model.n, out);
	concat_values(c, model.n, axis);
}

/* -------------------------------------------------------------------------------- split -- */

/** Sizes of the parts of a Split, by output. */
typedef struct parts {
	dim *given; /**< n of them; NULL: equal parts */
	size_t n;
	dim chunk; /**< size of an equal part */
	dim last;  /**< of the last of them */
} parts;

static dim split_part(const parts *p, size_t i)
{
	if (p->given)
		return i < p->n ? p->given[i] : DIM_LOST;
	return i + 1 < p->n ? p->chunk : i + 1 == p->n ? p->last : DIM_LOST;
}

/** Equal parts; from opset 18 on, the last one may be smaller. */
static void split_evenly(call *c, parts *p, dim whole)
{
	int64_t asked = call_int(c, "num_outputs", 0), size;
	bool may_differ = c->opset >= 18;
	dim n;
	if (asked < 0 || (asked && (uint64_t)asked < c->n_out))
		call_complain(c, "bad-split", "num_outputs is %lld for %zu outputs", (long long)asked,
		              c->n_out);
	p->n = may_differ && asked > 0 ? (size_t)asked : c->n_out;
	p->chunk = p->last = DIM_LOST;
	if (!p->n)
		return;
	n = dim_number(c->d, (int64_t)p->n);
	if (!may_differ) {
		bool uneven = dim_is_number(c->d, whole, &size) && size % (int64_t)p->n;
		if (uneven)
			call_complain(c, "bad-split", "size %lld does not fall into %zu equal parts",
			              (long long)size, p->n);
		p->chunk = p->last = uneven ? DIM_LOST : dim_exact_div(c->d, whole, n);
		return;
	}
	p->chunk = dim_ceil_div(c->d, whole, n);
	p->last = dim_sub(c->d, whole, dim_mul(c->d, p->chunk, dim_sub(c->d, n, DIM(1))));
	if (dim_is_number(c->d, p->last, &size) && size < 0) {
		call_complain(c, "bad-split", "nothing is left for part %zu of %zu", p->n, p->n);
		p->chunk = p->last = DIM_LOST;
	}
}

/** One part that is not known is what the others leave. */
static void split_given(call *c, parts *p, dim whole)
{
	size_t n_lost = 0, lost = 0;
	dim sum = DIM(0);
	int64_t m, n;
	for (size_t i = 0; i < p->n; i++) {
		if (p->given[i] != DIM_LOST && dim_compare(c->d, p->given[i], DIM(0)) == DIM_LESS) {
			call_complain(c, "bad-split", "part %zu has a negative size", i);
			p->given[i] = DIM_LOST;
		}
		if (p->given[i] == DIM_LOST) {
			n_lost++;
			lost = i;
		} else {
			sum = dim_add(c->d, sum, p->given[i]);
		}
	}
	if (p->n != c->n_out)
		call_complain(c, "bad-split", "there are %zu sizes for %zu outputs", p->n, c->n_out);
	else if (n_lost == 1)
		p->given[lost] = dim_sub(c->d, whole, sum);
	else if (!n_lost && dim_is_number(c->d, whole, &m) && dim_is_number(c->d, sum, &n) && m != n)
		call_complain(c, "bad-split", "the parts sum up to %lld, the axis has %lld", (long long)n,
		              (long long)m);
}

static parts split_parts(call *c, dim whole)
{
	parts p = {.n = c->n_out};
	enum { SURPLUS = 64 }; /* sizes beyond the outputs that are still counted */
	size_t room = p.n + SURPLUS;
	dim *list = call_scratch(c, room * sizeof *list);
	size_t n;
	list_state state = list ? call_list(c, 1, "split", list, room, &n) : LIST_UNKNOWN;
	if (state == LIST_ABSENT) {
		split_evenly(c, &p, whole);
		return p;
	}
	p.given = list;
	if (state == LIST_UNKNOWN) {
		p.n = list ? c->n_out : 0;
		for (size_t i = 0; i < p.n; i++)
			list[i] = DIM_LOST;
	} else {
		p.n = n;
	}
	split_given(c, &p, whole);
	return p;
}

static void split_values(call *c, size_t i, size_t axis, dim start)
{
	int64_t from;
	move m;
	if (!dim_is_number(c->d, start, &from) || !move_begin(c, i, 0, &m))
		return;
	if (from < 0 || from + m.w.size[axis] > m.size[axis])
		return;
	for (size_t k = 0; k < m.rank; k++)
		m.w.step[k] = m.stride[k];
	m.w.from = from * m.stride[axis];
	move_by_steps(c, i, &m);
}

void rule_split(call *c)
{
	infer_type x = call_in(c, 0);
	dim out[RANK_MOST], start = DIM(0);
	size_t axis = 0;
	bool known = x.ranked && call_axis(c, call_int(c, "axis", 0), x.n, &axis);
	parts p = {0};
	if (known)
		p = split_parts(c, x.at[axis]);
	for (size_t i = 0; i < c->n_out; i++) {
		if (!x.ranked) {
			call_unranked(c, i, x.element);
		} else if (!known) {
			move_lost(c, i, x.element, x.n);
		} else {
			for (size_t k = 0; k < x.n; k++)
				out[k] = k == axis ? split_part(&p, i) : x.at[k];
			move_tensor(c, i, x.element, x.n, out);
			split_values(c, i, axis, start);
			start = dim_add(c->d, start, out[axis]);
		}
	}
}

/* ----------------------------------------------------------------------- depth and space -- */

enum {
	BLOCK_MOST = 1 << 20, /**< larger blocks are nonsense, and their squares might overflow */
	FOUR = 4              /**< [batch, channels, height, width] */
};

/** Checks rank and block size. @return false, with all that is known said, when they do not do. */
static bool block_begin(call *c, infer_type *x, dim *block)
{
	int64_t size = call_int(c, "blocksize", 0);
	*x = call_in(c, 0);
	*block = DIM(size > 0 && size <= BLOCK_MOST ? size : 0);
	if (size <= 0 || size > BLOCK_MOST)
		call_complain(c, "bad-attribute", "blocksize is %lld", (long long)size);
	if (x->ranked && x->n != FOUR)
		call_complain(c, "bad-rank", "the input has rank %u, not 4", x->n);
	if (x->ranked && x->n == FOUR && *block != DIM(0))
		return true;
	if (x->ranked && x->n != FOUR)
		call_unranked(c, 0, x->element);
	else
		move_lost(c, 0, x->element, FOUR);
	return false;
}

/** whole / part, which must leave nothing. */
static dim block_part(call *c, dim whole, dim part)
{
	int64_t m, n;
	if (dim_is_number(c->d, whole, &m) && dim_is_number(c->d, part, &n) && m % n) {
		call_complain(c, "shape-mismatch", "size %lld is no multiple of %lld", (long long)m,
		              (long long)n);
		return DIM_LOST;
	}
	return dim_exact_div(c->d, whole, part);
}

void rule_depth_to_space(call *c)
{
	infer_type x;
	dim block;
	if (!block_begin(c, &x, &block))
		return;
	dim out[FOUR] = {x.at[0], block_part(c, x.at[1], dim_mul(c->d, block, block)),
	                 dim_mul(c->d, x.at[2], block), dim_mul(c->d, x.at[3], block)};
	call_tensor(c, 0, x.element, FOUR, out);
}

void rule_space_to_depth(call *c)
{
	infer_type x;
	dim block;
	if (!block_begin(c, &x, &block))
		return;
	dim out[FOUR] = {x.at[0], dim_mul(c->d, x.at[1], dim_mul(c->d, block, block)),
	                 block_part(c, x.at[2], block), block_part(c, x.at[3], block)};
	call_tensor(c, 0, x.element, FOUR, out);
}
