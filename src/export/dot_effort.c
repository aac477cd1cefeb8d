/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dot_effort.c - ranks of a plan, and what can be told from them.
 *
 * Items get the rank of the longest path to them; then, from the last to the first, those that have
 * no more inputs than outputs move down as far as their readers allow, as a layout would do to keep
 * wires short. Items on a cycle stay where they are; nothing here recurses.
 */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "export/dot_plan.h"

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
	free(r->at);
	free(r->in);
	free(r->first);
	free(r->out);
	free(r->order);
}

static bool ranks_alloc(ranks *r, size_t items, size_t wires)
{
	*r = (ranks){0};
	r->at = calloc(items + 1, sizeof *r->at);
	r->in = calloc(items + 1, sizeof *r->in);
	r->first = calloc(items + 2, sizeof *r->first);
	r->out = calloc(wires + 1, sizeof *r->out);
	r->order = calloc(items + 1, sizeof *r->order);
	return r->at && r->in && r->first && r->out && r->order;
}

static void sort_wires(ranks *r, const dot_plan *p)
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

static void push_down(ranks *r, const dot_plan *p)
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

static void pull_down(ranks *r, const dot_plan *p)
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
static bool ranks_begin(ranks *r, const dot_plan *p)
{
	if (!ranks_alloc(r, p->items.n, p->wires.n))
		return false;
	sort_wires(r, p);
	push_down(r, p);
	return true;
}

static bool ranks_find(ranks *r, const dot_plan *p)
{
	bool begun = ranks_begin(r, p);
	if (begun)
		pull_down(r, p);
	return begun;
}

static uint32_t span(const ranks *r, const dot_wire *wire)
{
	uint32_t from = r->at[wire->from], to = r->at[wire->to];
	return to > from ? to - from : from - to;
}

bool dot_plan_effort(const dot_plan *p, dot_effort *out)
{
	ranks r;
	bool found = ranks_find(&r, p);
	*out = (dot_effort){.boxes = p->items.n, .wires = p->wires.n};
	int64_t *ends = found ? calloc(p->items.n + 1, sizeof *ends) : NULL;
	found = found && ends;
	for (size_t i = 0; found && i < p->wires.n; i++) {
		const dot_wire *wire = &p->wires.at[i];
		uint32_t from = r.at[wire->from], to = r.at[wire->to];
		ends[from < to ? from : to]++;
		ends[from < to ? to : from]--;
		out->ranks += span(&r, wire);
		out->labels += wire->value != ORAY_NONE && p->items.at[wire->from].kind == DOT_NODE &&
		               p->items.at[wire->to].kind == DOT_NODE;
	}
	uint64_t beside = 0;
	for (size_t i = 0; found && i < p->items.n; i++) {
		beside = (uint64_t)((int64_t)beside + ends[i]);
		out->crossings += beside * beside;
	}
	free(ends);
	ranks_free(&r);
	return found;
}

/* ------------------------------------------------------------------------------ cutting -- */

#define MANY_LONG 4
#define CLOSE     3

static uint32_t push_item(dot_plan *p, dot_item item)
{
	dot_item *slot = p->items.n < DOT_MOST_ITEMS ? vec_push(NULL, &p->items) : NULL;
	if (!slot)
		return ORAY_NONE;
	*slot = item;
	return (uint32_t)(p->items.n - 1);
}

/* `sent`: by value, its end on the side of the source. */
static bool cut(dot_plan *p, size_t index, uint32_t *sent)
{
	dot_wire wire = p->wires.at[index];
	oray_id from_graph = p->items.at[wire.from].graph, to_graph = p->items.at[wire.to].graph;
	if (sent[wire.value] == ORAY_NONE) {
		uint32_t end = push_item(p, (dot_item){DOT_SENT, wire.value, 0, from_graph});
		dot_wire *leaving = end == ORAY_NONE ? NULL : vec_push(NULL, &p->wires);
		if (!leaving)
			return false;
		*leaving = (dot_wire){.from = wire.from, .to = end, .value = wire.value, .weight = 1};
		sent[wire.value] = end;
	}
	p->items.at[sent[wire.value]].index++;
	uint32_t start = push_item(p, (dot_item){DOT_RECEIVED, wire.value, wire.from, to_graph});
	p->wires.at[index].from = start;
	return start != ORAY_NONE;
}

/* The longest span that may stay, so that the rest is within the budget. */
static uint32_t longest_kept(const ranks *r, const dot_plan *p, uint64_t budget)
{
	static const uint32_t choices[] = {60, 40, 25, 15, 8};
	uint32_t most = 0;
	uint64_t sum = UINT64_MAX;
	for (size_t c = 0; c < sizeof choices / sizeof *choices && sum > budget; c++) {
		most = choices[c];
		sum = 0;
		for (size_t i = 0; i < p->wires.n; i++) {
			uint32_t length = span(r, &p->wires.at[i]);
			sum += length > most ? 2 : length;
		}
	}
	return most;
}

/*
 * Whether a wire is cut. A value with many long wires is cut everywhere but close to its source, so
 * that the first of many equal blocks looks like the others.
 */
static bool is_long(const ranks *r, const dot_wire *wire, uint32_t most, const uint32_t *n_long)
{
	if (wire->value == ORAY_NONE || wire->gone)
		return false;
	uint32_t length = span(r, wire);
	return length > most || (length > CLOSE && n_long[wire->value] >= MANY_LONG);
}

oray_status dot_plan_cut(dot_plan *p, uint64_t budget, oray_error *err)
{
	ranks r;
	bool fine = ranks_find(&r, p);
	size_t n_values = p->info->n_values + 1, before = p->wires.n;
	uint32_t *sent = malloc(n_values * sizeof *sent), *n_long = calloc(n_values, sizeof *n_long);
	fine = fine && sent && n_long;
	uint32_t most = fine ? longest_kept(&r, p, budget) : 0;
	if (fine)
		memset(sent, 0xff, n_values * sizeof *sent);
	for (size_t i = 0; fine && i < before; i++)
		if (p->wires.at[i].value != ORAY_NONE && !p->wires.at[i].gone)
			n_long[p->wires.at[i].value] += span(&r, &p->wires.at[i]) > most;
	for (size_t i = 0; fine && i < before; i++)
		if (is_long(&r, &p->wires.at[i], most, n_long))
			fine = cut(p, i, sent);
	free(sent);
	free(n_long);
	ranks_free(&r);
	return fine ? ORAY_OK : error_memory(err);
}

/* ------------------------------------------------------------------------------- weights -- */

enum { FROM_CONSTANT = 1, FROM_DATA = 2, ON_SPINE = 8 };

typedef struct spine {
	uint32_t *height;  /* longest path from an item to an end */
	uint32_t *deepest; /* depth of the deepest item that an item is wired to */
	uint32_t *tallest; /* height of its tallest reader */
	bool *data;        /* depends on an input, not on constants alone */
	bool *entered;     /* the spine comes in */
} spine;

static void measure(spine *s, const ranks *r, const dot_plan *p)
{
	for (size_t k = r->n_ordered; k-- > 0;) {
		uint32_t item = r->order[k];
		for (uint32_t w = r->first[item]; w < r->first[item + 1]; w++) {
			uint32_t to = p->wires.at[r->out[w]].to;
			if (p->wires.at[r->out[w]].gone)
				continue;
			if (s->tallest[item] < s->height[to])
				s->tallest[item] = s->height[to];
			if (s->height[item] < s->height[to] + 1)
				s->height[item] = s->height[to] + 1;
			if (s->deepest[to] < r->at[item])
				s->deepest[to] = r->at[item];
		}
	}
}

static void find_data(spine *s, const ranks *r, const dot_plan *p)
{
	for (size_t k = 0; k < r->n_ordered; k++) {
		uint32_t item = r->order[k];
		const dot_item *what = &p->items.at[item];
		if (what->kind == DOT_INPUT || (what->kind == DOT_NODE && p->fate[what->id] == DOT_STUB))
			s->data[item] = true;
		for (uint32_t w = r->first[item]; s->data[item] && w < r->first[item + 1]; w++)
			s->data[p->wires.at[r->out[w]].to] = true;
	}
}

/* Follows the spine down from an item; every item has one wire of it at most on either side. */
static void descend(spine *s, const ranks *r, dot_plan *p, uint32_t item)
{
	for (uint32_t w = r->first[item]; w < r->first[item + 1];) {
		dot_wire *wire = &p->wires.at[r->out[w++]];
		if (wire->gone || s->entered[wire->to] || r->at[item] != s->deepest[wire->to] ||
		    s->height[wire->to] != s->tallest[item])
			continue;
		wire->weight = ON_SPINE;
		s->entered[wire->to] = true;
		item = wire->to;
		w = r->first[item];
	}
}

oray_status dot_plan_weigh(dot_plan *p, oray_error *err)
{
	ranks r;
	size_t n = p->items.n + 1;
	bool fine = ranks_begin(&r, p);
	spine s = {calloc(n, sizeof *s.height), calloc(n, sizeof *s.deepest),
	           calloc(n, sizeof *s.tallest), calloc(n, sizeof *s.data),
	           calloc(n, sizeof *s.entered)};
	fine = fine && s.height && s.deepest && s.tallest && s.data && s.entered;
	if (fine) {
		measure(&s, &r, p);
		find_data(&s, &r, p);
	}
	for (size_t i = 0; fine && i < p->wires.n; i++)
		p->wires.at[i].weight =
		    s.data[p->wires.at[i].from] && !p->wires.at[i].gone ? FROM_DATA : FROM_CONSTANT;
	for (size_t k = 0; fine && k < r.n_ordered; k++)
		if (s.data[r.order[k]] && !s.entered[r.order[k]])
			descend(&s, &r, p, r.order[k]);
	free(s.height);
	free(s.deepest);
	free(s.tallest);
	free(s.data);
	free(s.entered);
	ranks_free(&r);
	return fine ? ORAY_OK : error_memory(err);
}
