/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lay_order.c - the order of the boxes of each rank, for few crossings.
 *
 * Starts from depth first searches, which draw a tree without crossings, then sorts rank after
 * rank by the mean place of the ports above or below, in sweeps; neighbours change places where
 * that helps, and single boxes go to their best place (sifting). The best order seen is kept, and
 * shaken for another start, as long as the work lasts that the piece may cost: so the time is
 * linear. Crossings of all links between two ranks are counted by a tree of sums over the ports
 * (Barth, Juenger, Mutzel), and only where something moved.
 */
#include <string.h>

#include "layout/lay.h"

enum { SWAP_MOST = 6000, IDLE_MOST = 4, DEGREE = 24 };

typedef struct order {
	lay_piece *p;
	uint32_t *slot_in, *slot_out; /**< number of each vertex's first port, within its rank */
	uint32_t *best, *sum, *far;
	lay_key *keys, *spare;
	uint64_t *gap; /**< crossings below each rank */
	bool *dirty;   /**< gap is not known */
	uint64_t seed;
	int64_t work; /**< how much is left */
} order;

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
	o->dirty[r] = true;
	if (r)
		o->dirty[r - 1] = true;
	o->work -= p->row_first[r + 1] - p->row_first[r];
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

static void sort_far(uint64_t *far, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++) {
		uint64_t k = far[i];
		uint32_t j = i;
		for (; j && far[j - 1] > k; j--)
			far[j] = far[j - 1];
		far[j] = k;
	}
}

/* Crossings between rank r and the next. */
static uint64_t crossings_below(order *o, uint32_t r)
{
	enum { FEW = 16 };
	const lay_piece *p = o->p;
	uint32_t n = 0, slots = 0, last = 0;
	uint64_t few[FEW];
	bool sorted = true;
	for (uint32_t i = p->row_first[r + 1]; i < p->row_first[r + 2]; i++)
		slots += p->vertices[p->row[i]].in_slots;
	for (uint32_t i = p->row_first[r]; i < p->row_first[r + 1]; i++) {
		uint32_t v = p->row[i], degree = p->out_first[v + 1] - p->out_first[v];
		for (uint32_t j = 0; j < degree; j++) {
			const lay_link *k = &p->links[p->out[p->out_first[v] + j]];
			uint64_t key = (uint64_t)k->from_slot << 32 | (o->slot_in[k->to] + k->to_slot);
			if (degree <= FEW)
				few[j] = key;
			else
				o->keys[j] = (lay_key){key, 0};
		}
		if (degree > FEW)
			lay_sort(o->keys, o->spare, degree);
		else
			sort_far(few, degree);
		for (uint32_t j = 0; j < degree; j++) {
			uint32_t far = (uint32_t)(degree <= FEW ? few[j] : o->keys[j].key);
			sorted = sorted && far >= last;
			last = far;
			o->far[n++] = far;
		}
	}
	o->work -= n;
	if (sorted)
		return 0;
	memset(o->sum, 0, ((size_t)slots + 1) * sizeof *o->sum);
	uint64_t count = 0;
	for (uint32_t i = 0; i < n; i++) { /* those before it that end further right */
		uint32_t before = 0;
		for (uint32_t at = o->far[i] + 1; at; at &= at - 1)
			before += o->sum[at];
		count += i - before;
		for (uint32_t at = o->far[i] + 1; at <= slots; at += at & (0 - at))
			o->sum[at]++;
	}
	return count;
}

static uint64_t crossings_all(order *o)
{
	uint64_t count = 0;
	for (uint32_t r = 0; r + 1 < o->p->n_ranks; r++) {
		if (o->dirty[r])
			o->gap[r] = crossings_below(o, r);
		o->dirty[r] = false;
		count += o->gap[r];
	}
	return count;
}

typedef struct search {
	uint32_t *fill, *stack, *next, *roots;
	bool *seen;
} search;

/* Rows in the order of a depth first search, from above or from below. */
static void order_search(order *o, search *s, bool up)
{
	lay_piece *p = o->p;
	const uint32_t *first = up ? p->in_first : p->out_first, *list = up ? p->in : p->out;
	memcpy(s->next, first, p->n * sizeof *s->next);
	memset(s->seen, 0, p->n * sizeof *s->seen);
	memcpy(s->fill, p->row_first, p->n_ranks * sizeof *s->fill);
	for (uint32_t i = 0; i < p->n; i++) { /* roots by rank, the far rank first */
		uint32_t root = s->roots[up ? p->n - 1 - i : i], depth = 0;
		if (s->seen[root])
			continue;
		s->seen[root] = true;
		p->row[s->fill[p->vertices[root].rank]++] = root;
		s->stack[depth++] = root;
		while (depth) {
			uint32_t v = s->stack[depth - 1];
			if (s->next[v] == first[v + 1]) {
				depth--;
				continue;
			}
			const lay_link *k = &p->links[list[s->next[v]++]];
			uint32_t w = up ? k->from : k->to;
			if (s->seen[w])
				continue;
			s->seen[w] = true;
			p->row[s->fill[p->vertices[w].rank]++] = w;
			s->stack[depth++] = w;
		}
	}
	for (uint32_t r = 0; r < p->n_ranks; r++)
		row_numbers(o, r);
	o->work -= p->n_links;
}

/* Sorts one rank by the mean place of its ends on the rank above or below. */
static void sweep_row(order *o, uint32_t r, bool up)
{
	lay_piece *p = o->p;
	uint32_t n = p->row_first[r + 1] - p->row_first[r], *row = p->row + p->row_first[r];
	uint64_t before = 0;
	bool sorted = true;
	o->work -= n;
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
static uint64_t pair_crossings(order *o, uint32_t v, uint32_t w, bool up)
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
	o->work -= (int64_t)(first[v + 1] - first[v]) * (first[w + 1] - first[w]) / 4 + 1;
	return count;
}

static uint64_t pair_both(order *o, uint32_t v, uint32_t w)
{
	return pair_crossings(o, v, w, true) + pair_crossings(o, v, w, false);
}

static bool many_links(const lay_piece *p, uint32_t v)
{
	return p->in_first[v + 1] - p->in_first[v] + p->out_first[v + 1] - p->out_first[v] > DEGREE;
}

/* Swaps neighbours where that helps; at most a few rounds, and only boxes of few edges. */
static void order_swap(order *o)
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
				row_numbers(o, r);
			better = better || moved;
		}
	}
}

/* Moves each box of a rank to its best place. */
static bool sift_row(order *o, uint32_t r)
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
		row_numbers(o, r);
	return moved;
}

static void order_sift(order *o)
{
	enum { ROUNDS = 3, WIDE = 200 };
	bool better = true;
	for (int round = 0; round < ROUNDS && better; round++) {
		better = false;
		for (uint32_t r = 0; r < o->p->n_ranks && o->work > 0; r++) {
			uint32_t n = o->p->row_first[r + 1] - o->p->row_first[r];
			crossings_all(o);
			bool crossed = (r + 1 < o->p->n_ranks && o->gap[r]) || (r && o->gap[r - 1]);
			better = (crossed && n <= WIDE && sift_row(o, r)) || better;
		}
	}
}

static uint64_t order_keep(order *o, uint64_t least, uint32_t *idle)
{
	uint64_t count = crossings_all(o);
	if (count < least) {
		least = count;
		*idle = 0;
		memcpy(o->best, o->p->row, o->p->n * sizeof *o->best);
	}
	return least;
}

/* Sweeps from the order at hand; leaves the best seen in o->best when it beats `least`. */
static uint64_t order_improve(order *o, uint64_t least)
{
	lay_piece *p = o->p;
	uint32_t idle = 0;
	bool huge = o->work <= 0; /* then the last of two sweeps is taken unseen */
	if (!huge)
		least = order_keep(o, least, &idle);
	for (uint32_t s = 1; (s <= 2 || (o->work > 0 && idle < IDLE_MOST)) && least; s++, idle++) {
		for (uint32_t r = 1; r < p->n_ranks; r++)
			sweep_row(o, s & 1 ? r : p->n_ranks - 1 - r, s & 1);
		if (p->n <= SWAP_MOST)
			order_swap(o);
		if (!huge || s == 2)
			least = order_keep(o, least, &idle);
	}
	if (least && p->n <= SWAP_MOST && o->work > 0) {
		order_sift(o);
		least = order_keep(o, least, &idle);
	}
	return least;
}

static uint32_t order_random(order *o, uint32_t below)
{
	o->seed = o->seed * 6364136223846793005U + 1442695040888963407U;
	return (uint32_t)((o->seed >> 33) % below);
}

/* Shakes the best order: some rows are turned, in some two boxes change places. */
static void order_shake(order *o)
{
	lay_piece *p = o->p;
	memcpy(p->row, o->best, p->n * sizeof *p->row);
	uint32_t often = 2 + order_random(o, 6);
	for (uint32_t r = 0; r < p->n_ranks; r++) {
		uint32_t *row = p->row + p->row_first[r], n = p->row_first[r + 1] - p->row_first[r];
		if (n > 1 && !order_random(o, often)) {
			uint32_t i = order_random(o, n), j = order_random(o, n), swap = row[i];
			row[i] = row[j];
			row[j] = swap;
		}
		row_numbers(o, r);
	}
}

bool lay_order(lay_piece *p, int64_t *work, arena *a, arena *scratch)
{
	if (!lay_piece_index(p, a))
		return false;
	/* the most at a time: keys of a row or of a vertex, links of a gap, ports of a row */
	uint32_t keys = 0, most = 0, slots = 0;
	for (uint32_t r = 0; r < p->n_ranks; r++) {
		uint32_t n = p->row_first[r + 1] - p->row_first[r], links = 0, ports = 0;
		for (uint32_t i = p->row_first[r]; i < p->row_first[r + 1]; i++) {
			uint32_t v = p->row[i], in = p->in_first[v + 1] - p->in_first[v];
			uint32_t out = p->out_first[v + 1] - p->out_first[v];
			links += out;
			ports += p->vertices[v].in_slots;
			keys = in > keys ? in : keys;
			keys = out > keys ? out : keys;
		}
		keys = n > keys ? n : keys;
		most = n > most ? n : most;
		most = links > most ? links : most;
		slots = ports > slots ? ports : slots;
	}
	order o = {.p = p, .seed = 1, .work = *work};
	o.slot_in = LAY_NEW(scratch, p->n, uint32_t);
	o.slot_out = LAY_NEW(scratch, p->n, uint32_t);
	o.best = LAY_NEW(scratch, p->n, uint32_t);
	o.sum = LAY_NEW(scratch, (size_t)slots + 2, uint32_t);
	o.far = LAY_NEW(scratch, most, uint32_t);
	o.keys = LAY_NEW(scratch, keys, lay_key);
	o.spare = LAY_NEW(scratch, keys, lay_key);
	o.gap = LAY_NEW(scratch, p->n_ranks, uint64_t);
	o.dirty = LAY_NEW(scratch, p->n_ranks, bool);
	search s = {.fill = LAY_NEW(scratch, p->n_ranks, uint32_t),
	            .stack = LAY_NEW(scratch, p->n, uint32_t),
	            .next = LAY_NEW(scratch, p->n, uint32_t),
	            .roots = LAY_NEW(scratch, p->n, uint32_t),
	            .seen = LAY_NEW(scratch, p->n, bool)};
	if (scratch->failed)
		return false;
	memcpy(s.roots, p->row, p->n * sizeof *s.roots);
	order_search(&o, &s, false);
	p->crossings = order_improve(&o, UINT64_MAX);
	if (p->crossings && o.work > 0) {
		order_search(&o, &s, true);
		p->crossings = order_improve(&o, p->crossings);
	}
	while (p->crossings && o.work > 0) {
		order_shake(&o);
		p->crossings = order_improve(&o, p->crossings);
	}
	memcpy(p->row, o.best, p->n * sizeof *p->row);
	for (uint32_t r = 0; r < p->n_ranks; r++)
		row_numbers(&o, r);
	sort_links(&o);
	*work = o.work > 0 ? o.work : 0;
	return true;
}
