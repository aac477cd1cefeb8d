/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lay_sift.c - fewer crossings by moving single vertices within their rows, boxes of many links
 * apart.
 */
#include <string.h>

#include "layout/lay_order.h"

enum { DEGREE = 24 }; /**< more links are many */

/* Crossings of the links of two neighbours when v is left of w, on one side. */
static uint64_t pair_crossings(lay_rows *o, uint32_t v, uint32_t w, bool up)
{
	const lay_piece *p = o->p;
	const uint32_t *first = up ? p->in_first : p->out_first, *list = up ? p->in : p->out;
	uint64_t count = 0;
	for (uint32_t i = first[v]; i < first[v + 1]; i++) {
		const lay_link *a = &p->links[list[i]];
		uint32_t x = up ? o->slots[a->from].out + a->from_slot : o->slots[a->to].in + a->to_slot;
		for (uint32_t j = first[w]; j < first[w + 1]; j++) {
			const lay_link *b = &p->links[list[j]];
			count +=
			    x > (up ? o->slots[b->from].out + b->from_slot : o->slots[b->to].in + b->to_slot);
		}
	}
	o->work -= (int64_t)(first[v + 1] - first[v]) * (first[w + 1] - first[w]) / 4 + 1;
	return count;
}

static uint64_t pair_both(lay_rows *o, uint32_t v, uint32_t w)
{
	return pair_crossings(o, v, w, true) + pair_crossings(o, v, w, false);
}

static bool many_links(const lay_piece *p, uint32_t v)
{
	return p->in_first[v + 1] - p->in_first[v] + p->out_first[v + 1] - p->out_first[v] > DEGREE;
}

void lay_rows_swap(lay_rows *o)
{
	enum { ROUNDS = 4 };
	lay_piece *p = o->p;
	bool better = true;
	for (int round = 0; round < ROUNDS && better; round++) {
		better = false;
		for (uint32_t r = 0; r < p->n_ranks; r++) {
			bool moved = false;
			if (r + 1 < p->n_ranks && !o->dirty[r] && !o->gap[r] &&
			    (!r || (!o->dirty[r - 1] && !o->gap[r - 1])))
				continue;
			for (uint32_t i = p->row_first[r]; i + 1 < p->row_first[r + 1]; i++) {
				uint32_t v = p->row[i], w = p->row[i + 1];
				if (many_links(p, v) || many_links(p, w))
					continue;
				uint64_t now = pair_both(o, v, w);
				if (!now || pair_both(o, w, v) >= now)
					continue;
				p->row[i] = w;
				p->row[i + 1] = v;
				moved = true;
			}
			if (moved)
				lay_rows_number(o, r);
			better = better || moved;
		}
	}
}

/* Moves each box of a rank to its best place. */
static bool sift_row(lay_rows *o, uint32_t r)
{
	lay_piece *p = o->p;
	uint32_t *row = p->row + p->row_first[r], n = p->row_first[r + 1] - p->row_first[r];
	bool moved = false;
	memcpy(o->far, row, n * sizeof *row);
	for (uint32_t k = 0; k < n && o->work > 0; k++) {
		uint32_t v = o->far[k], at = 0, best;
		if (many_links(p, v))
			continue;
		while (row[at] != v)
			at++;
		best = at;
		int64_t change = 0, least = 0;
		for (uint32_t i = at + 1; i < n && !many_links(p, row[i]); i++) {
			change += (int64_t)pair_both(o, row[i], v) - (int64_t)pair_both(o, v, row[i]);
			if (change < least) {
				least = change;
				best = i;
			}
		}
		change = 0;
		for (uint32_t i = at; i-- > 0 && !many_links(p, row[i]);) {
			change += (int64_t)pair_both(o, v, row[i]) - (int64_t)pair_both(o, row[i], v);
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
			lay_rows_crossings(o, 0, o->p->n_ranks);
			bool crossed = (r + 1 < o->p->n_ranks && o->gap[r]) || (r && o->gap[r - 1]);
			better = (crossed && n <= WIDE && sift_row(o, r)) || better;
		}
	}
}
