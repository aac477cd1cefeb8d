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
	enum { FEW = 48, BITS = 11, SIZE = 1 << BITS };
	if (n <= FEW) {
		sort_few(keys, n);
		return;
	}
	uint64_t all = 0;
	for (size_t i = 0; i < n; i++)
		all |= keys[i].key ^ keys[0].key;
	lay_key *from = keys, *to = spare;
	for (unsigned shift = 0; shift < 64 && all >> shift; shift += BITS) {
		if (!(all >> shift & (SIZE - 1)))
			continue;
		uint32_t start[SIZE] = {0};
		for (size_t i = 0; i < n; i++)
			start[from[i].key >> shift & (SIZE - 1)]++;
		uint32_t sum = 0;
		for (size_t d = 0; d < SIZE; d++) {
			uint32_t here = start[d];
			start[d] = sum;
			sum += here;
		}
		for (size_t i = 0; i < n; i++)
			to[start[from[i].key >> shift & (SIZE - 1)]++] = from[i];
		lay_key *swap = from;
		from = to;
		to = swap;
	}
	if (from != keys)
		memcpy(keys, from, n * sizeof *keys);
}

bool lay_graph(lay *l)
{
	arena *a = &l->memory;
	size_t n = l->n_edges;
	arena scratch = {.budget = l->budget};
	lay_key *keys = LAY_NEW(&scratch, n, lay_key), *spare = LAY_NEW(&scratch, n, lay_key);
	l->out = LAY_NEW(a, n, uint32_t);
	l->into = LAY_NEW(a, n, uint32_t);
	l->trunk_of = LAY_NEW(a, n, uint32_t);
	l->trunk_first = LAY_NEW(a, l->n_boxes + 1, uint32_t);
	l->into_first = LAY_NEW(a, l->n_boxes + 1, uint32_t);
	if (a->failed || scratch.failed)
		goto done;
	const layout_edge *edges = l->in.edges;
	for (uint32_t e = 0; e < n; e++)
		keys[e] = (lay_key){(uint64_t)edges[e].to << 20 | edges[e].to_port, e};
	lay_sort(keys, spare, n);
	for (uint32_t i = 0; i < n; i++) {
		l->into[i] = keys[i].id;
		l->into_first[edges[keys[i].id].to + 1]++;
	}
	for (uint32_t e = 0; e < n; e++)
		keys[e] = (lay_key){(uint64_t)edges[e].from << 20 | edges[e].from_port, e};
	lay_sort(keys, spare, n);
	for (uint32_t i = 0; i < n; i++)
		l->n_trunks += !i || keys[i].key != keys[i - 1].key;
	l->trunks = LAY_NEW(a, l->n_trunks, lay_trunk);
	if (a->failed)
		goto done;
	uint32_t t = 0;
	for (uint32_t i = 0; i < n; i++) {
		const layout_edge *e = &edges[keys[i].id];
		if (i && keys[i].key != keys[i - 1].key)
			t++;
		if (!l->trunks[t].n) {
			l->trunks[t] = (lay_trunk){.box = e->from,
			                           .port = e->from_port,
			                           .first = i,
			                           .label = LAY_NONE,
			                           .lane = LAY_NONE};
			l->trunk_first[e->from + 1]++;
		}
		l->trunks[t].n++;
		if (l->trunks[t].label == LAY_NONE && e->label_width && e->label_height)
			l->trunks[t].label = keys[i].id;
		l->trunk_of[keys[i].id] = t;
		l->out[i] = keys[i].id;
	}
	for (uint32_t b = 0; b < l->n_boxes; b++) {
		l->trunk_first[b + 1] += l->trunk_first[b];
		l->into_first[b + 1] += l->into_first[b];
	}
done:;
	bool ok = !a->failed && !scratch.failed;
	arena_free(&scratch);
	return ok;
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
	l->topological = LAY_NEW(&l->memory, n, uint32_t);
	uint32_t *stack = LAY_NEW(&scratch, n, uint32_t), *next = LAY_NEW(&scratch, n, uint32_t);
	uint8_t *state = LAY_NEW(&scratch, n, uint8_t); /* 1: on the path, 2: done */
	bool ok = !l->memory.failed && !scratch.failed;
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
