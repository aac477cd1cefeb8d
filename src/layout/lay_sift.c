/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lay_sift.c - fewer crossings by moving single vertices within their rows, boxes of many links
 * apart.
 */
#include <string.h>

#include "layout/lay_order.h"

enum { DEGREE = 24 }; /**< more links are many */

/** Where the links of a vertex end on the rows below and above it. */
typedef struct ends {
	uint32_t n[2];
	uint32_t at[2][DEGREE];
} ends;

static bool many_links(const lay_piece *p, uint32_t v)
{
	return p->in_first[v + 1] - p->in_first[v] + p->out_first[v + 1] - p->out_first[v] > DEGREE;
}

static void ends_of(const lay_rows *o, uint32_t v, ends *e)
{
	const lay_piece *p = o->p;
	e->n[0] = e->n[1] = 0;
	for (uint32_t i = p->out_first[v]; i < p->out_first[v + 1]; i++) {
		const lay_link *k = &p->links[p->out[i]];
		e->at[0][e->n[0]++] = o->slots[k->to].in + k->to_slot;
	}
	for (uint32_t i = p->in_first[v]; i < p->in_first[v + 1]; i++) {
		const lay_link *k = &p->links[p->in[i]];
		e->at[1][e->n[1]++] = o->slots[k->from].out + k->from_slot;
	}
}

/* What crosses between two vertices when the first is on the left, and in `turned` when the other
 * is. */
static uint32_t crossings_of(const ends *v, const ends *w, uint32_t *turned)
{
	uint32_t count = 0, other = 0;
	for (int side = 0; side < 2; side++)
		for (uint32_t i = 0; i < v->n[side]; i++)
			for (uint32_t j = 0; j < w->n[side]; j++) {
				count += v->at[side][i] > w->at[side][j];
				other += v->at[side][i] < w->at[side][j];
			}
	*turned = other;
	return count;
}

/* What counting them costs. */
static int64_t cost_of(const ends *v, const ends *w)
{
	return v->n[0] * w->n[0] / 4 + v->n[1] * w->n[1] / 4 + 2;
}

/* Swaps neighbours of one rank. */
static bool swap_row(lay_rows *o, uint32_t r)
{
	lay_piece *p = o->p;
	ends two[2], *left = &two[0], *right = &two[1], *spare;
	bool moved = false, known = false; /* whether `left` is filled */
	for (uint32_t i = p->row_first[r]; i + 1 < p->row_first[r + 1]; i++) {
		uint32_t v = p->row[i], w = p->row[i + 1], turned;
		if (many_links(p, v) || many_links(p, w)) {
			known = false;
			continue;
		}
		if (!known)
			ends_of(o, v, left);
		ends_of(o, w, right);
		known = true;
		uint32_t now = crossings_of(left, right, &turned);
		o->work -= cost_of(left, right) * (now ? 2 : 1);
		if (turned < now) { /* v is still on the left of the next one */
			p->row[i] = w;
			p->row[i + 1] = v;
			moved = true;
			continue;
		}
		spare = left;
		left = right;
		right = spare;
	}
	return moved;
}

void lay_rows_swap(lay_rows *o)
{
	enum { ROUNDS = 4 };
	lay_piece *p = o->p;
	bool better = true;
	for (int round = 0; round < ROUNDS && better; round++) {
		better = false;
		for (uint32_t r = 0; r < p->n_ranks; r++) {
			if (r + 1 < p->n_ranks && !o->dirty[r] && !o->gap[r] &&
			    (!r || (!o->dirty[r - 1] && !o->gap[r - 1])))
				continue;
			bool moved = swap_row(o, r);
			if (moved)
				lay_rows_number(o, r);
			better = better || moved;
		}
	}
}

/* How many more cross when a vertex that was on the left of `w` is on its right. */
static int64_t moved_over(lay_rows *o, const ends *v, uint32_t w)
{
	ends other;
	uint32_t turned;
	ends_of(o, w, &other);
	uint32_t now = crossings_of(v, &other, &turned);
	o->work -= 2 * cost_of(v, &other);
	return (int64_t)turned - now;
}

/* Moves each box of a rank to its best place. */
static bool sift_row(lay_rows *o, uint32_t r)
{
	lay_piece *p = o->p;
	uint32_t *row = p->row + p->row_first[r], n = p->row_first[r + 1] - p->row_first[r];
	bool moved = false;
	ends own;
	memcpy(o->far, row, n * sizeof *row);
	for (uint32_t k = 0; k < n && o->work > 0; k++) {
		uint32_t v = o->far[k], at = 0, best;
		if (many_links(p, v))
			continue;
		while (row[at] != v)
			at++;
		best = at;
		int64_t change = 0, least = 0;
		ends_of(o, v, &own);
		for (uint32_t i = at + 1; i < n && !many_links(p, row[i]); i++) {
			change += moved_over(o, &own, row[i]);
			if (change < least) {
				least = change;
				best = i;
			}
		}
		change = 0;
		for (uint32_t i = at; i-- > 0 && !many_links(p, row[i]);) {
			change -= moved_over(o, &own, row[i]);
			if (change < least) {
				least = change;
				best = i;
			}
		}
		if (best == at)
			continue;
		if (best > at)
			memmove(row + at, row + at + 1, (best - at) * sizeof *row);
		else
			memmove(row + best + 1, row + best, (at - best) * sizeof *row);
		row[best] = v;
		moved = true;
	}
	if (moved)
		lay_rows_number(o, r);
	return moved;
}

void lay_rows_sift(lay_rows *o)
{
	enum { ROUNDS = 3, WIDE = 200 };
	bool better = true;
	for (int round = 0; round < ROUNDS && better; round++) {
		better = false;
		for (uint32_t r = 0; r < o->p->n_ranks && o->work > 0; r++) {
			uint32_t n = o->p->row_first[r + 1] - o->p->row_first[r];
			lay_rows_crossings(o, r ? r - 1 : 0, r);
			bool crossed = (r + 1 < o->p->n_ranks && o->gap[r]) || (r && o->gap[r - 1]);
			better = (crossed && n <= WIDE && sift_row(o, r)) || better;
		}
	}
}
