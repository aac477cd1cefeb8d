/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lay_order.c - the order of the boxes of each rank, for few crossings.
 *
 * Starts from depth first searches, which draw a tree without crossings, then sorts rank after
 * rank by the mean place of the ports above or below, in sweeps. The best order seen is kept. The
 * sweeps are bounded by work, so the time is linear. Crossings of all links between two ranks are
 * counted by a tree of sums over the ports (Barth, Juenger, Mutzel).
 */
#include <string.h>

#include "layout/lay.h"

enum { SWEEPS_LEAST = 2, SWEEPS_MOST = 24, SWEEPS_WORK = 600000, SWAP_MOST = 4000 };

typedef struct order {
	lay_piece *p;
	uint32_t *slot_in, *slot_out; /**< number of each vertex's first port, within its rank */
	uint32_t *best, *sum;
	lay_key *keys, *spare;
} order;

/* Lists of links, rows. Rows are in order of number. */
static bool piece_index(lay_piece *p, arena *a)
{
	p->in_first = LAY_NEW(a, (size_t)p->n + 1, uint32_t);
	p->out_first = LAY_NEW(a, (size_t)p->n + 1, uint32_t);
	p->in = LAY_NEW(a, p->n_links, uint32_t);
	p->out = LAY_NEW(a, p->n_links, uint32_t);
	p->row_first = LAY_NEW(a, (size_t)p->n_ranks + 1, uint32_t);
	p->row = LAY_NEW(a, p->n, uint32_t);
	p->pos = LAY_NEW(a, p->n, uint32_t);
	if (a->failed)
		return false;
	for (uint32_t v = 0; v < p->n; v++)
		p->row_first[p->vertices[v].rank + 1]++;
	for (uint32_t r = 0; r < p->n_ranks; r++)
		p->row_first[r + 1] += p->row_first[r];
	for (uint32_t i = 0; i < p->n_links; i++) {
		p->out_first[p->links[i].from + 1]++;
		p->in_first[p->links[i].to + 1]++;
	}
	for (uint32_t v = 0; v < p->n; v++) {
		p->out_first[v + 1] += p->out_first[v];
		p->in_first[v + 1] += p->in_first[v];
	}
	for (uint32_t i = p->n_links; i-- > 0;) { /* backwards, and the ends become the starts */
		p->out[--p->out_first[p->links[i].from + 1]] = i;
		p->in[--p->in_first[p->links[i].to + 1]] = i;
	}
	memmove(p->out_first, p->out_first + 1, p->n * sizeof *p->out_first);
	memmove(p->in_first, p->in_first + 1, p->n * sizeof *p->in_first);
	p->out_first[p->n] = p->in_first[p->n] = p->n_links;
	return true;
}

static void row_numbers(order *o, uint32_t r)
{
	lay_piece *p = o->p;
	uint32_t in = 0, out = 0;
	for (uint32_t i = p->row_first[r]; i < p->row_first[r + 1]; i++) {
		uint32_t v = p->row[i];
		p->pos[v] = i - p->row_first[r];
		o->slot_in[v] = in;
		o->slot_out[v] = out;
		in += p->vertices[v].in_slots;
		out += p->vertices[v].out_slots;
	}
}

/* Links of each vertex by the place of their other end, rows being numbered. */
static void sort_links(order *o)
{
	lay_piece *p = o->p;
	for (uint32_t v = 0; v < p->n; v++) {
		for (int up = 0; up < 2; up++) {
			uint32_t *list = up ? p->in : p->out;
			const uint32_t *first = up ? p->in_first : p->out_first;
			uint32_t n = first[v + 1] - first[v];
			if (n < 2)
				continue;
			for (uint32_t i = 0; i < n; i++) {
				const lay_link *k = &p->links[list[first[v] + i]];
				uint64_t own = up ? k->to_slot : k->from_slot;
				uint64_t far =
				    up ? o->slot_out[k->from] + k->from_slot : o->slot_in[k->to] + k->to_slot;
				o->keys[i] = (lay_key){far << 32 | own, list[first[v] + i]};
			}
			lay_sort(o->keys, o->spare, n);
			for (uint32_t i = 0; i < n; i++)
				list[first[v] + i] = o->keys[i].id;
		}
	}
}

/* Crossings between rank r and the next. */
static uint64_t crossings_below(order *o, uint32_t r)
{
	lay_piece *p = o->p;
	uint32_t n = 0, slots = 0;
	for (uint32_t i = p->row_first[r + 1]; i < p->row_first[r + 2]; i++)
		slots += p->vertices[p->row[i]].in_slots;
	for (uint32_t i = p->row_first[r]; i < p->row_first[r + 1]; i++) {
		uint32_t v = p->row[i], first = n;
		for (uint32_t j = p->out_first[v]; j < p->out_first[v + 1]; j++) {
			const lay_link *k = &p->links[p->out[j]];
			uint32_t far = o->slot_in[k->to] + k->to_slot;
			o->keys[n++] = (lay_key){(uint64_t)k->from_slot << 32 | far, far};
		}
		lay_sort(o->keys + first, o->spare, n - first);
	}
	if (n < 2)
		return 0;
	uint32_t base = 1;
	while (base < slots)
		base *= 2;
	memset(o->sum, 0, ((size_t)base * 2) * sizeof *o->sum);
	uint64_t count = 0;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t at = o->keys[i].id + base;
		o->sum[at]++;
		for (; at > 1; at /= 2) {
			if (!(at & 1))
				count += o->sum[at + 1];
			o->sum[at / 2]++;
		}
	}
	return count;
}

static uint64_t crossings_all(order *o)
{
	uint64_t count = 0;
	for (uint32_t r = 0; r + 1 < o->p->n_ranks; r++)
		count += crossings_below(o, r);
	return count;
}

/* Rows in the order of a depth first search, from above or from below. */
static bool order_search(order *o, bool up, arena *a)
{
	lay_piece *p = o->p;
	uint32_t *fill = LAY_NEW(a, p->n_ranks, uint32_t), *stack = LAY_NEW(a, p->n, uint32_t);
	uint32_t *next = LAY_NEW(a, p->n, uint32_t);
	bool *seen = LAY_NEW(a, p->n, bool);
	if (a->failed)
		return false;
	const uint32_t *first = up ? p->in_first : p->out_first, *list = up ? p->in : p->out;
	memcpy(fill, p->row_first, p->n_ranks * sizeof *fill);
	memcpy(next, first, p->n * sizeof *next);
	/* roots by rank, the far rank first */
	uint32_t *roots = LAY_NEW(a, p->n, uint32_t), *by = LAY_NEW(a, p->n_ranks, uint32_t);
	if (a->failed)
		return false;
	memcpy(by, p->row_first, p->n_ranks * sizeof *by);
	for (uint32_t v = 0; v < p->n; v++)
		roots[by[p->vertices[v].rank]++] = v;
	for (uint32_t i = 0; i < p->n; i++) {
		uint32_t root = roots[up ? p->n - 1 - i : i], depth = 0;
		if (seen[root])
			continue;
		seen[root] = true;
		p->row[fill[p->vertices[root].rank]++] = root;
		stack[depth++] = root;
		while (depth) {
			uint32_t v = stack[depth - 1];
			if (next[v] == first[v + 1]) {
				depth--;
				continue;
			}
			const lay_link *k = &p->links[list[next[v]++]];
			uint32_t w = up ? k->from : k->to;
			if (seen[w])
				continue;
			seen[w] = true;
			p->row[fill[p->vertices[w].rank]++] = w;
			stack[depth++] = w;
		}
	}
	for (uint32_t r = 0; r < p->n_ranks; r++)
		row_numbers(o, r);
	return true;
}

/* Sorts one rank by the mean place of its ends on the rank above or below. */
static void sweep_row(order *o, uint32_t r, bool up)
{
	lay_piece *p = o->p;
	uint32_t n = p->row_first[r + 1] - p->row_first[r], *row = p->row + p->row_first[r];
	uint64_t before = 0;
	bool sorted = true;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t v = row[i], first = up ? p->in_first[v] : p->out_first[v];
		uint32_t end = up ? p->in_first[v + 1] : p->out_first[v + 1];
		uint64_t sum = 0, key;
		for (uint32_t j = first; j < end; j++) {
			const lay_link *k = &p->links[up ? p->in[j] : p->out[j]];
			uint64_t far =
			    up ? o->slot_out[k->from] + k->from_slot : o->slot_in[k->to] + k->to_slot;
			uint64_t own = up ? k->to_slot : k->from_slot, ports;
			ports = up ? p->vertices[v].in_slots : p->vertices[v].out_slots;
			/* a box stands where its own port would be below the other end */
			sum += far * 256 + 128 - (ports > 1 ? own * 200 / ports : 0) + 128;
		}
		key = end > first ? sum / (end - first) : before; /* without ends: where it was */
		sorted = sorted && key >= before;
		before = key;
		o->keys[i] = (lay_key){key, v};
	}
	if (sorted)
		return;
	lay_sort(o->keys, o->spare, n);
	for (uint32_t i = 0; i < n; i++)
		row[i] = o->keys[i].id;
	row_numbers(o, r);
}

/* Crossings of the links of two neighbours when v is left of w, on one side. */
static uint64_t pair_crossings(const order *o, uint32_t v, uint32_t w, bool up)
{
	const lay_piece *p = o->p;
	const uint32_t *first = up ? p->in_first : p->out_first, *list = up ? p->in : p->out;
	uint64_t count = 0;
	for (uint32_t i = first[v]; i < first[v + 1]; i++) {
		const lay_link *a = &p->links[list[i]];
		uint32_t x = up ? o->slot_out[a->from] + a->from_slot : o->slot_in[a->to] + a->to_slot;
		for (uint32_t j = first[w]; j < first[w + 1]; j++) {
			const lay_link *b = &p->links[list[j]];
			count +=
			    x > (up ? o->slot_out[b->from] + b->from_slot : o->slot_in[b->to] + b->to_slot);
		}
	}
	return count;
}

/* Swaps neighbours where that helps; at most a few rounds, and only boxes of few edges. */
static void order_swap(order *o)
{
	enum { ROUNDS = 4, DEGREE = 24 };
	lay_piece *p = o->p;
	bool better = true;
	for (int round = 0; round < ROUNDS && better; round++) {
		better = false;
		for (uint32_t r = 0; r < p->n_ranks; r++)
			for (uint32_t i = p->row_first[r]; i + 1 < p->row_first[r + 1]; i++) {
				uint32_t v = p->row[i], w = p->row[i + 1];
				if (p->in_first[v + 1] - p->in_first[v] + p->out_first[v + 1] - p->out_first[v] +
				        p->in_first[w + 1] - p->in_first[w] + p->out_first[w + 1] -
				        p->out_first[w] >
				    DEGREE)
					continue;
				uint64_t now = pair_crossings(o, v, w, true) + pair_crossings(o, v, w, false);
				if (!now || pair_crossings(o, w, v, true) + pair_crossings(o, w, v, false) >= now)
					continue;
				p->row[i] = w;
				p->row[i + 1] = v;
				o->slot_in[w] = o->slot_in[v];
				o->slot_in[v] = o->slot_in[w] + p->vertices[w].in_slots;
				o->slot_out[w] = o->slot_out[v];
				o->slot_out[v] = o->slot_out[w] + p->vertices[w].out_slots;
				p->pos[v]++;
				p->pos[w]--;
				better = true;
			}
	}
}

/* Sweeps from the order at hand; leaves the best seen in o->best when it beats `least`. */
static uint64_t order_improve(order *o, uint64_t least)
{
	lay_piece *p = o->p;
	uint32_t sweeps = SWEEPS_WORK / (p->n_links + p->n + 1), idle = 0;
	sweeps = sweeps < SWEEPS_LEAST ? SWEEPS_LEAST : sweeps > SWEEPS_MOST ? SWEEPS_MOST : sweeps;
	for (uint32_t s = 0; s <= sweeps && idle < 4 && least; s++, idle++) {
		if (s) {
			for (uint32_t r = 1; r < p->n_ranks; r++)
				sweep_row(o, s & 1 ? r : p->n_ranks - 1 - r, s & 1);
			if (p->n <= SWAP_MOST)
				order_swap(o);
		}
		uint64_t count = crossings_all(o);
		if (count < least) {
			least = count;
			idle = 0;
			memcpy(o->best, p->row, p->n * sizeof *o->best);
		}
	}
	return least;
}

bool lay_order(lay_piece *p, arena *a)
{
	if (!piece_index(p, a))
		return false;
	uint32_t most = p->n > p->n_links ? p->n : p->n_links;
	size_t slots = 0;
	for (uint32_t v = 0; v < p->n; v++)
		slots += p->vertices[v].in_slots;
	order o = {.p = p};
	o.slot_in = LAY_NEW(a, p->n, uint32_t);
	o.slot_out = LAY_NEW(a, p->n, uint32_t);
	o.best = LAY_NEW(a, p->n, uint32_t);
	o.sum = LAY_NEW(a, slots * 4 + 4, uint32_t);
	o.keys = LAY_NEW(a, most, lay_key);
	o.spare = LAY_NEW(a, most, lay_key);
	if (a->failed || !order_search(&o, false, a))
		return false;
	p->crossings = order_improve(&o, UINT64_MAX);
	if (p->crossings && p->n <= SWAP_MOST * 4) {
		if (!order_search(&o, true, a))
			return false;
		p->crossings = order_improve(&o, p->crossings);
	}
	memcpy(p->row, o.best, p->n * sizeof *p->row);
	for (uint32_t r = 0; r < p->n_ranks; r++)
		row_numbers(&o, r);
	sort_links(&o);
	return true;
}
