/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_canon.c - boxes in an order that depends on nothing but how they are connected.
 *
 * What a box reads stands before it, its first input's work first: equal layers get equal orders,
 * however the exporter wrote them. Boxes that are read all over the graph, a mask or an encoder's
 * result, come first with what they need, so that they do not stand inside of the first layer. What
 * hangs beside the way to the deepest end, such as a cache that is handed out, stands right after
 * what it reads.
 *
 * Walks in post-order with a stack of our own; a wire that closes a circle is not followed.
 */
#include "picture/pic_repeats.h"

#include <stdlib.h>
#include <string.h>

#include "base/heap.h"

enum { MANY_READERS = 3, LONG_PART = 4 };

typedef struct walk {
	const pic_reading *reading;
	size_t n;
	unsigned char *met; /* 1: on the stack, 2: in the order */
	uint32_t *stack, *next;
	uint32_t *order;
	size_t done;
} walk;

static void visit(walk *w, uint32_t root)
{
	const pic_reading *r = w->reading;
	size_t depth = 0;
	if (w->met[root])
		return;
	w->stack[depth++] = root;
	w->met[root] = 1;
	w->next[root] = r->first[root];
	while (depth) {
		uint32_t at = w->stack[depth - 1];
		if (w->next[at] == r->first[at + 1]) {
			w->met[at] = 2;
			w->order[w->done++] = at;
			depth--;
			continue;
		}
		uint32_t from = r->from[w->next[at]++];
		if (w->met[from])
			continue;
		w->stack[depth++] = from;
		w->met[from] = 1;
		w->next[from] = r->first[from];
	}
}

static void restart(walk *w)
{
	memset(w->met, 0, w->n);
	w->done = 0;
}

/* Where each box stands in the order. */
static void number(const walk *w, uint32_t *at)
{
	for (size_t i = 0; i < w->n; i++)
		at[w->order[i]] = (uint32_t)i;
}

/* The end of the longest way; ends are boxes that no other reads. */
static uint32_t deepest_end(const walk *w, const uint32_t *readers, uint32_t *depth)
{
	const pic_reading *r = w->reading;
	uint32_t best = 0, most = 0;
	memset(depth, 0, w->n * sizeof *depth);
	for (size_t i = 0; i < w->n; i++) {
		uint32_t at = w->order[i];
		for (uint32_t k = r->first[at]; k < r->first[at + 1]; k++)
			if (depth[r->from[k]] >= depth[at])
				depth[at] = depth[r->from[k]] + 1;
		if (!readers[at] && depth[at] >= most) {
			most = depth[at];
			best = at;
		}
	}
	return best;
}

/* Boxes that are read in many places far apart, with what they need. */
static void visit_shared(walk *w, const uint32_t *at, const uint32_t *readers, uint32_t *last)
{
	const pic_reading *r = w->reading;
	memcpy(last, at, w->n * sizeof *last);
	for (uint32_t i = 0; i < w->n; i++)
		for (uint32_t k = r->first[i]; k < r->first[i + 1]; k++)
			if (last[r->from[k]] < at[i])
				last[r->from[k]] = at[i];
	for (uint32_t i = 0; i < w->n; i++)
		if (readers[i] >= MANY_READERS && last[i] - at[i] > w->n / LONG_PART)
			visit(w, i);
}

typedef struct key {
	uint32_t major, minor, box;
} key;

static int by_key(const void *a, const void *b)
{
	const key *x = a, *y = b;
	if (x->major != y->major)
		return x->major < y->major ? -1 : 1;
	return x->minor < y->minor ? -1 : x->minor > y->minor;
}

/* Moves what comes after the first `main` boxes behind what it reads. */
static bool draw_in(walk *w, size_t main, uint32_t *major)
{
	const pic_reading *r = w->reading;
	key *keys = heap_get((w->n + 1) * sizeof *keys);
	if (!keys)
		return false;
	for (size_t i = 0; i < w->n; i++) {
		uint32_t at = w->order[i];
		bool reads = false;
		major[at] = i < main ? (uint32_t)i : 0;
		for (uint32_t k = r->first[at]; i >= main && k < r->first[at + 1]; k++) {
			reads = true;
			if (major[r->from[k]] > major[at])
				major[at] = major[r->from[k]];
		}
		if (i >= main && !reads)
			major[at] = (uint32_t)i;
		keys[i] = (key){major[at], i < main ? 0 : (uint32_t)i, at};
	}
	qsort(keys, w->n, sizeof *keys, by_key);
	for (size_t i = 0; i < w->n; i++)
		w->order[i] = keys[i].box;
	heap_free(keys);
	return true;
}

bool pic_canon(const pic_reading *reading, size_t n, uint32_t *order)
{
	walk w = {.reading = reading, .n = n, .order = order};
	w.met = heap_zeroed(n + 1, sizeof *w.met);
	w.stack = heap_zeroed(n + 1, sizeof *w.stack);
	w.next = heap_zeroed(n + 1, sizeof *w.next);
	uint32_t *readers = heap_zeroed(n + 1, sizeof *readers);
	uint32_t *at = heap_zeroed(n + 1, sizeof *at), *scratch = heap_zeroed(n + 1, sizeof *scratch);
	bool fine = w.met && w.stack && w.next && readers && at && scratch;
	if (fine && n) {
		for (uint32_t k = 0; k < reading->first[n]; k++)
			readers[reading->from[k]]++;
		for (uint32_t i = 0; i < n; i++)
			visit(&w, i);
		number(&w, at);
		uint32_t end = deepest_end(&w, readers, scratch);
		restart(&w);
		visit_shared(&w, at, readers, scratch);
		visit(&w, end);
		size_t main = w.done;
		for (uint32_t i = 0; i < n; i++)
			visit(&w, i);
		fine = draw_in(&w, main, scratch);
	}
	heap_free(w.met);
	heap_free(w.stack);
	heap_free(w.next);
	heap_free(readers);
	heap_free(at);
	heap_free(scratch);
	return fine;
}
