/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_capture.c - no wire crosses the border of a frame.
 *
 * What a body reads from outside arrives at the box that holds the body, as one more input of it,
 * and comes out of a pill inside: one for each value and frame, on every frame on the way in.
 */
#include <string.h>

#include "base/heap.h"
#include "picture/pic_plan.h"

/* Frames that a wire is led into, one in the other. */
#define MOST_BORDERS 64

typedef struct capturing {
	pic_plan *plan;
	VEC(pic_wire) wires; /* what becomes of the plan's */
	uint32_t *table;     /* open addressing: PIC_CAPTURE items plus 1, by graph and value */
	size_t size, n;
	bool *settled; /* by item of the plan: it has a wire inside its frame */
	bool failed;
} capturing;

uint32_t pic_holder(const pic_plan *p, oray_id graph)
{
	const oray_graph *g = oray_model_graph(p->model, graph);
	oray_node node;
	if (!g || !oray_model_node(p->model, g->parent_node, &node) || node.graph >= graph ||
	    p->fate[g->parent_node] != PIC_BOX)
		return ORAY_NONE;
	uint32_t item = p->node_item[g->parent_node];
	bool its_own = item != ORAY_NONE && p->items.at[item].kind == PIC_NODE &&
	               p->items.at[item].id == g->parent_node;
	return its_own ? item : ORAY_NONE;
}

static void add(capturing *c, const pic_wire *wire)
{
	pic_wire *slot = vec_push(NULL, &c->wires);
	if (slot)
		*slot = *wire;
	else
		c->failed = true;
}

/* --------------------------------------------------------------------------------- pills -- */

static size_t place_of(const capturing *c, oray_id graph, oray_id value)
{
	uint64_t h = ((uint64_t)graph << 32 | value) * 0x9E3779B97F4A7C15u;
	return (size_t)(h >> 32) & (c->size - 1);
}

static bool grow(capturing *c)
{
	size_t size = c->size ? c->size * 2 : 64;
	uint32_t *before = c->table, *table = heap_zeroed(size, sizeof *table);
	size_t old = c->size;
	if (!table)
		return false;
	c->table = table;
	c->size = size;
	for (size_t i = 0; i < old; i++) {
		if (!before[i])
			continue;
		const pic_item *item = &c->plan->items.at[before[i] - 1];
		size_t at = place_of(c, item->graph, item->id);
		while (table[at])
			at = (at + 1) & (size - 1);
		table[at] = before[i];
	}
	heap_free(before);
	return true;
}

/* The pill of a value in a graph, made where it is missing. ORAY_NONE without memory. */
static uint32_t pill_of(capturing *c, oray_id graph, oray_id value, bool *is_new)
{
	pic_plan *p = c->plan;
	*is_new = false;
	if (2 * c->n >= c->size && !grow(c)) {
		c->failed = true;
		return ORAY_NONE;
	}
	size_t at = place_of(c, graph, value);
	for (; c->table[at]; at = (at + 1) & (c->size - 1)) {
		const pic_item *item = &p->items.at[c->table[at] - 1];
		if (item->graph == graph && item->id == value)
			return c->table[at] - 1;
	}
	pic_item *item = p->items.n < PIC_MOST_ITEMS ? vec_push(NULL, &p->items) : NULL;
	if (!item) {
		c->failed = true;
		return ORAY_NONE;
	}
	*item = (pic_item){.kind = PIC_CAPTURE, .id = value, .graph = graph};
	c->table[at] = (uint32_t)p->items.n;
	c->n++;
	*is_new = true;
	return (uint32_t)p->items.n - 1;
}

/* ----------------------------------------------------------------------------- crossings -- */

/* Something beside a part that is drawn may as well stand in the frame of what it touches. */
static bool move_to(capturing *c, uint32_t item, oray_id graph)
{
	pic_item *x = &c->plan->items.at[item];
	bool movable = x->kind == PIC_INPUT || x->kind == PIC_MORE || x->kind == PIC_GONE ||
	               (x->kind == PIC_NODE && c->plan->fate[x->id] == PIC_STUB);
	if (!movable || c->settled[item])
		return false;
	x->graph = graph;
	return c->settled[item] = true;
}

/* Leads a wire in from frame to frame. */
static void lead_in(capturing *c, const pic_wire *wire)
{
	pic_plan *p = c->plan;
	oray_id from = p->items.at[wire->from].graph, to = p->items.at[wire->to].graph, graph = to;
	oray_id inside[MOST_BORDERS];
	uint32_t holders[MOST_BORDERS], n = 0, source = wire->from;
	while (graph != from && n < MOST_BORDERS) {
		uint32_t holder = pic_holder(p, graph);
		if (holder == ORAY_NONE)
			break;
		inside[n] = graph;
		holders[n++] = holder;
		graph = p->items.at[holder].graph;
	}
	if (graph != from || wire->gone) {
		pic_wire same = *wire;
		same.captured = false;
		if (move_to(c, wire->from, to) || move_to(c, wire->to, from)) {
			add(c, &same);
			return;
		}
		if (wire->gone)
			return;
		inside[0] = to;
		n = 1;
		source = holders[0] = ORAY_NONE; /* the pill alone tells where it is from */
	}
	while (n-- && !c->failed) {
		bool is_new;
		uint32_t pill = pill_of(c, inside[n], wire->value, &is_new);
		if (is_new && source != ORAY_NONE)
			add(c, &(pic_wire){source, holders[n], wire->value, .captured = true});
		source = pill;
	}
	add(c, &(pic_wire){source, wire->to, wire->value, .captured = false});
}

bool pic_capture(pic_plan *p)
{
	capturing c = {.plan = p};
	size_t crossing = 0;
	for (size_t i = 0; i < p->wires.n; i++) {
		const pic_wire *x = &p->wires.at[i];
		crossing += p->items.at[x->from].graph != p->items.at[x->to].graph;
	}
	if (!crossing)
		return true;
	c.settled = heap_zeroed(p->items.n + 1, sizeof *c.settled);
	if (!c.settled)
		return false;
	for (size_t i = 0; i < p->wires.n; i++) {
		const pic_wire *x = &p->wires.at[i];
		if (p->items.at[x->from].graph == p->items.at[x->to].graph)
			c.settled[x->from] = c.settled[x->to] = true;
	}
	for (size_t i = 0; i < p->wires.n && !c.failed; i++) {
		const pic_wire *x = &p->wires.at[i];
		if (p->items.at[x->from].graph == p->items.at[x->to].graph)
			add(&c, x);
		else if (x->value != ORAY_NONE)
			lead_in(&c, x);
	}
	vec_free(NULL, &p->wires);
	p->wires.at = c.wires.at;
	p->wires.n = c.wires.n;
	p->wires.capacity = c.wires.capacity;
	heap_free(c.settled);
	heap_free(c.table);
	return !c.failed;
}
