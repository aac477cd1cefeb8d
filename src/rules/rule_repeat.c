/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_repeat.c - operators that repeat elements or permute axes: Expand, Tile, Transpose.
 */
#include "rules/move.h"

/* ------------------------------------------------------------------------------- expand -- */

static void expand_values(call *c)
{
	move m;
	if (!move_begin(c, 0, 0, &m))
		return;
	size_t skip = m.w.n - m.rank;
	for (size_t i = 0; i < m.rank; i++)
		m.w.step[skip + i] = m.size[i] == 1 ? 0 : m.stride[i];
	move_by_steps(c, 0, &m);
}

void rule_expand(call *c)
{
	dim target[RANK_MOST], out[RANK_MOST];
	size_t n, rank;
	infer_type x = call_in(c, 0);
	list_state state = call_list(c, 1, NULL, target, RANK_MOST, &n);
	if (!x.ranked || state == LIST_ABSENT || state == LIST_UNKNOWN) {
		call_unranked(c, 0, x.element);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		int64_t size;
		if (!dim_is_number(c->d, target[i], &size) || size >= 0)
			continue;
		call_complain(c, "bad-shape", "dim %zu of the new shape is %lld", i, (long long)size);
		target[i] = DIM_LOST;
	}
	infer_type both[] = {x, infer_tensor(x.element, true, n, target)};
	if (!call_broadcast(c, both, 2, out, &rank)) {
		call_unranked(c, 0, x.element);
		return;
	}
	move_tensor(c, 0, x.element, rank, out);
	expand_values(c);
}

/* --------------------------------------------------------------------------------- tile -- */

static void tile_values(call *c)
{
	move m;
	if (!move_begin(c, 0, 0, &m))
		return;
	for (size_t k = 0; k < m.n; k++) {
		int64_t from = 0;
		for (size_t i = 0; i < m.rank; i++)
			from += m.w.at[i] % m.size[i] * m.stride[i];
		m.to[k] = m.from[from];
		index_next(&m.w);
	}
	call_set_values(c, 0, m.n, m.to);
}

/** Tile-1: a number of copies along one axis. @return false when the repeats are not known. */
static bool tile_along(call *c, const infer_type *x, dim *repeats, size_t *n)
{
	int64_t number;
	size_t axis;
	*n = x->ranked ? x->n : 0;
	if (!x->ranked || !dim_is_number(c->d, call_scalar(c, 2), &number) ||
	    !call_axis(c, number, x->n, &axis))
		return false;
	for (size_t i = 0; i < x->n; i++)
		repeats[i] = DIM(1);
	repeats[axis] = call_scalar(c, 1);
	return true;
}

void rule_tile(call *c)
{
	infer_type x = call_in(c, 0);
	dim repeats[RANK_MOST], out[RANK_MOST];
	size_t n;
	bool along = c->opset < 6 && call_has(c, 2), known;
	if (along) {
		known = tile_along(c, &x, repeats, &n);
	} else {
		list_state state = call_list(c, 1, NULL, repeats, RANK_MOST, &n);
		known = state == LIST_KNOWN || state == LIST_LENGTH;
	}
	if (!x.ranked && (along || !known)) {
		call_unranked(c, 0, x.element);
		return;
	}
	if (known && x.ranked && n != x.n) {
		call_complain(c, "bad-shape", "there are %zu repeats for rank %u", n, x.n);
		known = false;
	}
	size_t rank = x.ranked ? x.n : n;
	for (size_t i = 0; i < rank; i++) {
		dim pair[2] = {x.ranked ? x.at[i] : DIM_LOST, known ? repeats[i] : DIM_LOST};
		out[i] = dim_product(c->d, pair, 2);
		if (pair[1] != DIM_LOST && dim_compare(c->d, pair[1], DIM(0)) == DIM_LESS) {
			call_complain(c, "bad-shape", "repeats are negative along axis %zu", i);
			out[i] = DIM_LOST;
		}
	}
	move_tensor(c, 0, x.element, rank, out);
	if (known && x.ranked)
		tile_values(c);
}

/* ---------------------------------------------------------------------------- transpose -- */

static bool is_permutation(const int64_t *perm, size_t n)
{
	uint64_t seen = 0;
	for (size_t i = 0; i < n; i++) {
		if (perm[i] < 0 || perm[i] >= (int64_t)n || seen >> perm[i] & 1)
			return false;
		seen |= UINT64_C(1) << perm[i];
	}
	return true;
}

void rule_transpose(call *c)
{
	infer_type x = call_in(c, 0);
	int64_t perm[RANK_MOST];
	dim out[RANK_MOST];
	size_t n;
	move m;
	list_state state = call_numbers(c, -1, "perm", perm, RANK_MOST, &n);
	if (state == LIST_ABSENT && x.ranked) {
		n = x.n;
		for (size_t i = 0; i < n; i++)
			perm[i] = (int64_t)(n - 1 - i);
	} else if (state != LIST_KNOWN && !x.ranked) {
		call_unranked(c, 0, x.element);
		return;
	}
	if (!is_permutation(perm, n) || (x.ranked && n != x.n)) {
		call_complain(c, "bad-axis", "perm is no permutation of the axes");
		if (x.ranked)
			move_lost(c, 0, x.element, x.n);
		else
			call_unranked(c, 0, x.element);
		return;
	}
	if (!x.ranked) {
		move_lost(c, 0, x.element, n);
		return;
	}
	for (size_t i = 0; i < n; i++)
		out[i] = x.at[perm[i]];
	call_tensor(c, 0, x.element, n, out);
	if (!move_begin(c, 0, 0, &m))
		return;
	for (size_t i = 0; i < n; i++)
		m.w.step[i] = m.stride[perm[i]];
	move_by_steps(c, 0, &m);
}
