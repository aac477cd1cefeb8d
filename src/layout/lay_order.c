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

#include "layout/lay_order.h"

enum { SWAP_MOST = 6000, IDLE_MOST = 4, IDLE_WORK = 150 };

void lay_rows_number(lay_rows *o, uint32_t r)
{
	lay_piece *p = o->p;
	uint32_t in = 0, out = 0;
	for (uint32_t i = p->row_first[r]; i < p->row_first[r + 1]; i++) {
		uint32_t v = p->row[i];
		p->pos[v] = i - p->row_first[r];
		lay_slots *at = &o->slots[v];
		at->in = in;
		at->out = out;
		in += at->n_in;
		out += at->n_out;
	}
	o->dirty[r] = true;
	if (r)
		o->dirty[r - 1] = true;
	o->work -= p->row_first[r + 1] - p->row_first[r];
}

/* Links of each vertex by the place of their other end, rows being numbered. */
static void sort_links(lay_rows *o)
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
				    up ? o->slots[k->from].out + k->from_slot : o->slots[k->to].in + k->to_slot;
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

/* Where the links of a vertex end on the next rank, in the order in which they leave it. */
static void far_ends(lay_rows *o, uint32_t v, uint32_t *far)
{
	enum { FEW = 16 };
	const lay_piece *p = o->p;
	const uint32_t *out = p->out + p->out_first[v];
	uint32_t degree = p->out_first[v + 1] - p->out_first[v];
	uint64_t few[FEW];
	for (uint32_t j = 0; j < degree; j++) {
		const lay_link *k = &p->links[out[j]];
		uint64_t key = (uint64_t)k->from_slot << 32 | (o->slots[k->to].in + k->to_slot);
		if (degree <= FEW)
			few[j] = key;
		else
			o->keys[j] = (lay_key){key, 0};
	}
	if (degree > FEW)
		lay_sort(o->keys, o->spare, degree);
	else
		sort_far(few, degree);
	for (uint32_t j = 0; j < degree; j++)
		far[j] = (uint32_t)(degree <= FEW ? few[j] : o->keys[j].key);
}

/* Pairs of which the first is the larger. */
static uint64_t turned_pairs(lay_rows *o, uint32_t n, uint32_t slots)
{
	enum { FEW = 32 };
	uint64_t count = 0;
	if (n <= FEW) {
		uint32_t few = 0;
		for (uint32_t i = 1; i < n; i++)
			for (uint32_t j = 0; j < i; j++)
				few += o->far[j] > o->far[i];
		return few;
	}
	memset(o->sum, 0, ((size_t)slots + 1) * sizeof *o->sum);
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

/* Crossings between rank r and the next. */
static uint64_t crossings_below(lay_rows *o, uint32_t r)
{
	const lay_piece *p = o->p;
	uint32_t n = 0, last = 0;
	bool sorted = true;
	for (uint32_t i = p->row_first[r]; i < p->row_first[r + 1]; i++) {
		uint32_t v = p->row[i], degree = p->out_first[v + 1] - p->out_first[v];
		far_ends(o, v, o->far + n);
		for (uint32_t end = n + degree; n < end; n++) {
			sorted = sorted && o->far[n] >= last;
			last = o->far[n];
		}
	}
	o->work -= n;
	if (sorted)
		return 0;
	const lay_slots *end = &o->slots[p->row[p->row_first[r + 2] - 1]];
	return turned_pairs(o, n, end->in + end->n_in);
}

uint64_t lay_rows_crossings(lay_rows *o, uint32_t first, uint32_t last)
{
	uint64_t count = 0;
	for (uint32_t r = first; r <= last && r + 1 < o->p->n_ranks; r++) {
		if (o->dirty[r])
			o->gap[r] = crossings_below(o, r);
		o->dirty[r] = false;
		count += o->gap[r];
	}
	return count;
}

typedef struct search {
	uint32_t *fill;       /**< of each rank: the next place in its row */
	uint32_t *roots;      /**< rows from above, in the order to begin with */
	uint32_t *far;        /**< where the links of each vertex lead, of all vertices */
	uint32_t *next, *end; /**< of each rank: links of its vertex on the path, by search.far */
	bool *seen;
} search;

/*
 * Rows in the order of a depth first search, from above or from below. A step leads to the next
 * rank, so the path is at most as long as there are ranks.
 */
static void order_search(lay_rows *o, search *s, bool up)
{
	lay_piece *p = o->p;
	const uint32_t *first = up ? p->in_first : p->out_first, *list = up ? p->in : p->out;
	memset(s->seen, 0, p->n * sizeof *s->seen);
	memcpy(s->fill, p->row_first, p->n_ranks * sizeof *s->fill);
	for (uint32_t i = 0; i < p->n_links; i++)
		s->far[i] = up ? p->links[list[i]].from : p->links[list[i]].to;
	for (uint32_t i = 0; i < p->n; i++) { /* roots by rank, the far rank first */
		uint32_t v = s->roots[up ? p->n - 1 - i : i], root = p->vertices[v].rank, r = root;
		if (s->seen[v])
			continue;
		for (;;) {
			if (v != LAY_NONE) {
				s->seen[v] = true;
				p->row[s->fill[r]++] = v;
				s->next[r] = first[v];
				s->end[r] = first[v + 1];
			}
			if (s->next[r] == s->end[r]) {
				if (r == root)
					break;
				r = up ? r + 1 : r - 1;
				v = LAY_NONE;
				continue;
			}
			v = s->far[s->next[r]++];
			if (s->seen[v])
				v = LAY_NONE;
			else
				r = up ? r - 1 : r + 1;
		}
	}
	for (uint32_t r = 0; r < p->n_ranks; r++)
		lay_rows_number(o, r);
	o->work -= p->n_links;
}

/* Sorts one rank by the mean place of its ends on the rank above or below. */
static void sweep_row(lay_rows *o, uint32_t r, bool up)
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
			    up ? o->slots[k->from].out + k->from_slot : o->slots[k->to].in + k->to_slot;
			uint64_t own = up ? k->to_slot : k->from_slot, ports;
			ports = up ? o->slots[v].n_in : o->slots[v].n_out;
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
	lay_rows_number(o, r);
}

static uint64_t order_keep(lay_rows *o, uint64_t least, uint32_t *idle)
{
	uint64_t count = lay_rows_crossings(o, 0, o->p->n_ranks);
	if (count < least) {
		least = count;
		*idle = 0;
		memcpy(o->best, o->p->row, o->p->n * sizeof *o->best);
	}
	return least;
}

/* Sweeps from the order at hand; leaves the best seen in o->best when it beats `least`. */
static uint64_t order_improve(lay_rows *o, uint64_t least)
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
			lay_rows_swap(o);
		if (!huge || s == 2)
			least = order_keep(o, least, &idle);
	}
	if (least && p->n <= SWAP_MOST && o->work > 0) {
		lay_rows_sift(o);
		least = order_keep(o, least, &idle);
	}
	return least;
}

uint32_t lay_rows_random(lay_rows *o, uint32_t below)
{
	o->seed = o->seed * 6364136223846793005U + 1442695040888963407U;
	return (uint32_t)((o->seed >> 33) % below);
}

static void order_take(lay_rows *o, const uint32_t *rows)
{
	memcpy(o->p->row, rows, o->p->n * sizeof *rows);
	for (uint32_t r = 0; r < o->p->n_ranks; r++)
		lay_rows_number(o, r);
}

/* Shakes the best order: some rows are turned, in some two boxes change places. */
static void order_shake(lay_rows *o)
{
	lay_piece *p = o->p;
	memcpy(p->row, o->best, p->n * sizeof *p->row);
	uint32_t often = 2 + lay_rows_random(o, 6);
	for (uint32_t r = 0; r < p->n_ranks; r++) {
		uint32_t *row = p->row + p->row_first[r], n = p->row_first[r + 1] - p->row_first[r];
		if (n > 1 && !lay_rows_random(o, often)) {
			uint32_t i = lay_rows_random(o, n), j = lay_rows_random(o, n), swap = row[i];
			row[i] = row[j];
			row[j] = swap;
		}
		lay_rows_number(o, r);
	}
}

/* Moves paths from the best order at hand, and from it shaken, while the work lasts. */
static bool order_paths(lay_rows *o, arena *scratch)
{
	lay_piece *p = o->p;
	uint32_t *best = LAY_NEW(scratch, p->n, uint32_t);
	lay_paths *s = lay_paths_new(o, scratch);
	if (!best || !s)
		return false;
	uint64_t count = lay_paths_move(s);
	int64_t idle = IDLE_WORK * ((int64_t)p->n + p->n_links), since = o->work;
	memcpy(best, p->row, p->n * sizeof *best);
	for (p->crossings = count; p->crossings && o->work > 0 && since - o->work < idle;) {
		memcpy(o->best, best, p->n * sizeof *best);
		order_shake(o);
		order_improve(o, UINT64_MAX);
		order_take(o, o->best);
		count = lay_paths_move(s);
		if (count >= p->crossings)
			continue;
		p->crossings = count;
		since = o->work;
		memcpy(best, p->row, p->n * sizeof *best);
	}
	order_take(o, best);
	return true;
}

bool lay_order(lay_piece *p, int64_t *work, bool given, arena *a, arena *scratch)
{
	if (!given && !lay_piece_index(p, a))
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
	lay_rows o = {.p = p, .seed = 1, .work = *work};
	o.slots = LAY_NEW(scratch, p->n, lay_slots);
	o.best = LAY_NEW(scratch, p->n, uint32_t);
	o.sum = LAY_NEW(scratch, (size_t)slots + 2, uint32_t);
	o.far = LAY_NEW(scratch, most, uint32_t);
	o.keys = LAY_NEW(scratch, keys, lay_key);
	o.spare = LAY_NEW(scratch, keys, lay_key);
	o.gap = LAY_NEW(scratch, p->n_ranks, uint64_t);
	o.dirty = LAY_NEW(scratch, p->n_ranks, bool);
	search s = {.fill = LAY_NEW(scratch, p->n_ranks, uint32_t),
	            .roots = LAY_NEW(scratch, p->n, uint32_t),
	            .far = LAY_NEW(scratch, p->n_links, uint32_t),
	            .next = LAY_NEW(scratch, p->n_ranks, uint32_t),
	            .end = LAY_NEW(scratch, p->n_ranks, uint32_t),
	            .seen = LAY_NEW(scratch, p->n, bool)};
	if (scratch->failed)
		return false;
	for (uint32_t v = 0; v < p->n; v++) {
		o.slots[v].n_in = p->vertices[v].in_slots;
		o.slots[v].n_out = p->vertices[v].out_slots;
	}
	if (given) {
		memcpy(o.best, p->row, p->n * sizeof *o.best);
		order_take(&o, o.best);
		p->crossings = lay_rows_crossings(&o, 0, p->n_ranks);
	} else {
		memcpy(s.roots, p->row, p->n * sizeof *s.roots);
		order_search(&o, &s, false);
		p->crossings = order_improve(&o, UINT64_MAX);
		if (p->crossings && o.work > 0) {
			order_search(&o, &s, true);
			p->crossings = order_improve(&o, p->crossings);
		}
		order_take(&o, o.best);
	}
	if (p->crossings && o.work > 0 && !order_paths(&o, scratch))
		return false;
	sort_links(&o);
	*work = o.work > 0 ? o.work : 0;
	return true;
}
