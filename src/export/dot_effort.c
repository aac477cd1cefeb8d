/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dot_effort.c - ranks of a plan, and what can be told from them.
 *
 * Items get the rank of the longest path to them; then, from the last to the first, those that have
 * no more inputs than outputs move down as far as their readers allow, as a layout would do to keep
 * wires short. Items on a cycle stay where they are; nothing here recurses.
 */
#include <string.h>

#include "base/error.h"
#include "base/heap.h"
#include "export/dot_effort.h"

typedef struct ranks {
	uint32_t *at;    /* by item */
	uint32_t *in;    /* wires into an item that were not followed yet */
	uint32_t *first; /* of an item's wires in `out`; one more than there are items */
	uint32_t *out;   /* wires by source */
	uint32_t *order; /* items, sources first */
	size_t n_ordered;
} ranks;

static void ranks_free(ranks *r)
{
	heap_free(r->at);
	heap_free(r->in);
	heap_free(r->first);
	heap_free(r->out);
	heap_free(r->order);
}

static bool ranks_alloc(ranks *r, size_t items, size_t wires)
{
	*r = (ranks){0};
	r->at = heap_zeroed(items + 1, sizeof *r->at);
	r->in = heap_zeroed(items + 1, sizeof *r->in);
	r->first = heap_zeroed(items + 2, sizeof *r->first);
	r->out = heap_zeroed(wires + 1, sizeof *r->out);
	r->order = heap_zeroed(items + 1, sizeof *r->order);
	return r->at && r->in && r->first && r->out && r->order;
}

static void sort_wires(ranks *r, const pic_plan *p)
{
	uint32_t *next = r->first + 1; /* shifted, so that counting up ends at the right place */
	for (size_t i = 0; i < p->wires.n; i++) {
		r->in[p->wires.at[i].to]++;
		next[p->wires.at[i].from + 1]++;
	}
	for (size_t i = 0; i < p->items.n; i++)
		next[i + 1] += next[i];
	for (size_t i = 0; i < p->wires.n; i++)
		r->out[next[p->wires.at[i].from]++] = (uint32_t)i;
}

static void push_down(ranks *r, const pic_plan *p)
{
	for (uint32_t i = 0; i < p->items.n; i++)
		if (!r->in[i])
			r->order[r->n_ordered++] = i;
	for (size_t k = 0; k < r->n_ordered; k++) {
		uint32_t item = r->order[k];
		for (uint32_t w = r->first[item]; w < r->first[item + 1]; w++) {
			uint32_t to = p->wires.at[r->out[w]].to;
			if (r->at[to] < r->at[item] + 1)
				r->at[to] = r->at[item] + 1;
			if (!--r->in[to])
				r->order[r->n_ordered++] = to;
		}
	}
}

static void pull_down(ranks *r, const pic_plan *p)
{
	memset(r->in, 0, p->items.n * sizeof *r->in);
	for (size_t i = 0; i < p->wires.n; i++)
		r->in[p->wires.at[i].to]++;
	for (size_t k = r->n_ordered; k-- > 0;) {
		uint32_t item = r->order[k], least = UINT32_MAX;
		uint32_t outs = r->first[item + 1] - r->first[item];
		if (!outs || r->in[item] > outs)
			continue;
		for (uint32_t w = r->first[item]; w < r->first[item + 1]; w++) {
			uint32_t to = r->at[p->wires.at[r->out[w]].to];
			least = to < least ? to : least;
		}
		if (least > r->at[item] + 1)
			r->at[item] = least - 1;
	}
}

/* Depth of every item, which is its first rank. */
static bool ranks_begin(ranks *r, const pic_plan *p)
{
	if (!ranks_alloc(r, p->items.n, p->wires.n))
		return false;
	sort_wires(r, p);
	push_down(r, p);
	return true;
}

static bool ranks_find(ranks *r, const pic_plan *p)
{
	bool begun = ranks_begin(r, p);
	if (begun)
		pull_down(r, p);
	return begun;
}

static uint32_t span(const ranks *r, const pic_wire *wire)
{
	uint32_t from = r->at[wire->from], to = r->at[wire->to];
	return to > from ? to - from : from - to;
}

bool dot_plan_effort(const pic_plan *p, dot_effort *out)
{
	ranks r;
	bool found = ranks_find(&r, p);
	*out = (dot_effort){.boxes = p->items.n, .wires = p->wires.n};
	int64_t *ends = found ? heap_zeroed(p->items.n + 1, sizeof *ends) : NULL;
	found = found && ends;
	for (size_t i = 0; found && i < p->wires.n; i++) {
		const pic_wire *wire = &p->wires.at[i];
		uint32_t from = r.at[wire->from], to = r.at[wire->to];
		ends[from < to ? from : to]++;
		ends[from < to ? to : from]--;
		out->ranks += span(&r, wire);
		out->labels += wire->value != ORAY_NONE && p->items.at[wire->from].kind == PIC_NODE &&
		               p->items.at[wire->to].kind == PIC_NODE;
	}
	uint64_t beside = 0;
	for (size_t i = 0; found && i < p->items.n; i++) {
		beside = (uint64_t)((int64_t)beside + ends[i]);
		out->crossings += beside * beside;
	}
	heap_free(ends);
	ranks_free(&r);
	return found;
}
