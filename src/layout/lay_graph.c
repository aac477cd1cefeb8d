/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lay_graph.c - edges become trunks and lists, cycles are broken.
 *
 * An edge that leads back to a box on the path of the depth first search is reversed: it takes no
 * part in ranking, and is led around outside. The search keeps its own stack.
 */
#include <string.h>

#include "layout/lay.h"

void *lay_new(arena *a, size_t n, size_t size)
{
	if (!n)
		n = 1;
	void *p = n <= SIZE_MAX / 2 / size ? arena_alloc(a, n * size) : NULL;
	if (!p)
		a->failed = true;
	else
		memset(p, 0, n * size);
	return p;
}

static void sort_few(lay_key *keys, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		lay_key k = keys[i];
		size_t j = i;
		for (; j && keys[j - 1].key > k.key; j--)
			keys[j] = keys[j - 1];
		keys[j] = k;
	}
}

void lay_sort(lay_key *keys, lay_key *spare, size_t n)
{
	enum { FEW = 48, SOME = 1024, MOST_BITS = 11 };
	if (n <= FEW) {
		sort_few(keys, n);
		return;
	}
	uint64_t all = 0;
	for (size_t i = 0; i < n; i++)
		all |= keys[i].key ^ keys[0].key;
	lay_key *from = keys, *to = spare;
	unsigned bits = n < SOME ? 8 : MOST_BITS, size = 1u << bits;
	for (unsigned shift = 0; shift < 64 && all >> shift; shift += bits) {
		if (!(all >> shift & (size - 1)))
			continue;
		uint32_t start[1 << MOST_BITS];
		memset(start, 0, size * sizeof *start);
		for (size_t i = 0; i < n; i++)
			start[from[i].key >> shift & (size - 1)]++;
		uint32_t sum = 0;
		for (size_t d = 0; d < size; d++) {
			uint32_t here = start[d];
			start[d] = sum;
			sum += here;
		}
		for (size_t i = 0; i < n; i++)
			to[start[from[i].key >> shift & (size - 1)]++] = from[i];
		lay_key *swap = from;
		from = to;
		to = swap;
	}
	if (from != keys)
		memcpy(keys, from, n * sizeof *keys);
}

/* The box at one end of an edge, and its port there. */
static uint32_t end_box(const layout_edge *e, bool out)
{
	return out ? e->from : e->to;
}

static uint32_t end_port(const layout_edge *e, bool out)
{
	return out ? e->from_port : e->to_port;
}

/*
 * Lists edges by the boxes they leave or end at, those of one box by port, those of one port as
 * they came. `first`: where each box begins in `list`, and the end; zeroed.
 */
static bool list_edges(const lay *l, bool out, uint32_t *first, uint32_t *list, arena *scratch)
{
	const layout_edge *edges = l->in.edges;
	uint32_t most = 0;
	for (uint32_t e = 0; e < l->n_edges; e++)
		first[end_box(&edges[e], out) + 1]++;
	for (uint32_t b = 0; b < l->n_boxes; b++)
		first[b + 1] += first[b];
	for (uint32_t e = 0; e < l->n_edges; e++)
		list[first[end_box(&edges[e], out)]++] = e;
	memmove(first + 1, first, l->n_boxes * sizeof *first); /* ends, which are the next's starts */
	first[0] = 0;
	for (uint32_t i = 1, b = 0; i < l->n_edges; i++) { /* most boxes are in order already */
		while (first[b + 1] <= i)
			b++;
		if (i > first[b] && end_port(&edges[list[i]], out) < end_port(&edges[list[i - 1]], out))
			most = first[b + 1] - first[b] > most ? first[b + 1] - first[b] : most;
	}
	if (!most)
		return true;
	lay_key *keys = LAY_NEW(scratch, most, lay_key), *spare = LAY_NEW(scratch, most, lay_key);
	for (uint32_t b = 0; b < l->n_boxes && !scratch->failed; b++) {
		uint32_t *run = list + first[b], n = first[b + 1] - first[b];
		if (n < 2 || n > most)
			continue;
		for (uint32_t i = 0; i < n; i++)
			keys[i] = (lay_key){end_port(&edges[run[i]], out), run[i]};
		lay_sort(keys, spare, n);
		for (uint32_t i = 0; i < n; i++)
			run[i] = keys[i].id;
	}
	return !scratch->failed;
}

/* Whether the edge at place `i` of lay.out begins a trunk. */
static bool begins_trunk(const lay *l, uint32_t i)
{
	if (!i)
		return true;
	const layout_edge *a = &l->in.edges[l->out[i - 1]], *b = &l->in.edges[l->out[i]];
	return a->from != b->from || a->from_port != b->from_port;
}

bool lay_graph(lay *l)
{
	arena *a = &l->memory, *early = &l->early, *middle = &l->middle;
	uint32_t n = l->n_edges;
	arena scratch = {.budget = l->budget};
	uint32_t *first = LAY_NEW(&scratch, l->n_boxes + 1, uint32_t);
	l->out = LAY_NEW(middle, n, uint32_t);
	l->into = LAY_NEW(early, n, uint32_t);
	l->trunk_of = LAY_NEW(a, n, uint32_t);
	l->trunk_first = LAY_NEW(a, l->n_boxes + 1, uint32_t);
	l->into_first = LAY_NEW(early, l->n_boxes + 1, uint32_t);
	bool ok = !a->failed && !early->failed && !middle->failed && !scratch.failed &&
	          list_edges(l, false, l->into_first, l->into, &scratch) &&
	          list_edges(l, true, first, l->out, &scratch);
	arena_free(&scratch);
	if (!ok)
		return false;
	for (uint32_t i = 0; i < n; i++)
		l->n_trunks += begins_trunk(l, i);
	l->trunks = LAY_NEW(a, l->n_trunks, lay_trunk);
	if (!l->trunks)
		return false;
	lay_trunk *t = l->trunks;
	for (uint32_t i = 0; i < n; i++) {
		const layout_edge *e = &l->in.edges[l->out[i]];
		if (begins_trunk(l, i)) {
			t += i > 0;
			*t = (lay_trunk){.box = e->from, .first = i, .label = LAY_NONE};
			l->trunk_first[e->from + 1]++;
		}
		t->n++;
		if (t->label == LAY_NONE && e->label_width && e->label_height)
			t->label = l->out[i];
		l->trunk_of[l->out[i]] = (uint32_t)(t - l->trunks);
	}
	for (uint32_t b = 0; b < l->n_boxes; b++)
		l->trunk_first[b + 1] += l->trunk_first[b];
	return true;
}

/* The run of l->out that leaves a box. */
static uint32_t out_first(const lay *l, uint32_t box)
{
	uint32_t t = l->trunk_first[box];
	return t < l->n_trunks ? l->trunks[t].first : l->n_edges;
}

bool lay_cycles(lay *l)
{
	arena scratch = {.budget = l->budget};
	uint32_t n = l->n_boxes, done = n;
	l->reversed = LAY_NEW(&l->memory, l->n_edges, bool);
	l->topological = LAY_NEW(&l->early, n, uint32_t);
	uint32_t *stack = LAY_NEW(&scratch, n, uint32_t), *next = LAY_NEW(&scratch, n, uint32_t);
	uint8_t *state = LAY_NEW(&scratch, n, uint8_t); /* 1: on the path, 2: done */
	bool ok = !l->memory.failed && !l->early.failed && !scratch.failed;
	/* from the last box, so that the order of the input is kept where edges allow it */
	for (uint32_t root = n; ok && root-- > 0;) {
		if (state[root])
			continue;
		uint32_t depth = 0;
		stack[depth++] = root;
		state[root] = 1;
		next[root] = out_first(l, root);
		while (depth) {
			uint32_t b = stack[depth - 1];
			if (next[b] == out_first(l, b + 1)) {
				state[b] = 2;
				l->topological[--done] = b;
				depth--;
				continue;
			}
			uint32_t e = l->out[next[b]++], to = l->in.edges[e].to;
			if (state[to] == 1) {
				l->reversed[e] = true;
				l->n_reversed++;
			} else if (!state[to]) {
				state[to] = 1;
				next[to] = out_first(l, to);
				stack[depth++] = to;
			}
		}
	}
	arena_free(&scratch);
	return ok;
}
