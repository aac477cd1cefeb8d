/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lay_build.c - what lies between two thin gaps as a small graph of its own numbers. The trunk that
 * comes in through the gap above is one vertex on a rank of its own; bends of trunks are vertices.
 */
#include <string.h>

#include "layout/lay.h"

/* The bends of a trunk inside a piece: how many, and the first of them in lay.bend_x. */
static uint32_t bends_inside(const lay *l, const lay_part *part, uint32_t trunk, uint32_t *first)
{
	const lay_trunk *k = &l->trunks[trunk];
	if (k->kind != LAY_LOCAL)
		return 0;
	uint32_t low = l->rank[k->box] + 1, high = k->last;
	uint32_t from = low > part->first ? low : part->first;
	uint32_t to = high < part->last + 1 ? high : part->last + 1;
	if (from >= to)
		return 0;
	*first = k->way + (from - low);
	return to - from;
}

/* What a link weighs: of a path, between bends, else. */
static uint16_t link_weight(const lay *l, uint32_t e, bool inner)
{
	enum { INNER = 14 };
	if (e == LAY_NONE)
		return inner ? INNER : 2;
	const layout_edge *k = &l->in.edges[e];
	if (l->spine_in[k->to] == e)
		return (uint16_t)(l->spine_weight[k->to] + (inner ? INNER / 2 : 0));
	return k->kind == LAYOUT_CAPTURE ? 0 : k->weight > 1 ? 3 : 2;
}

/* Whether the inputs of a box may change places: all that do must be known here. */
static bool any_order(const lay *l, uint32_t box)
{
	const layout_box *b = &l->in.boxes[box];
	uint32_t first = l->into_first[box], n = l->into_first[box + 1] - first;
	bool yes = b->any_order && (!b->fixed || b->inputs == n);
	for (uint32_t i = 0; i < n && yes; i++) {
		uint32_t e = l->into[first + i], port = l->in.edges[e].to_port;
		if (port >= b->fixed)
			yes = !l->reversed[e] && l->trunks[l->trunk_of[e]].kind == LAY_LOCAL;
		yes = yes && (!b->fixed || port == i);
	}
	return yes;
}

/* Edges that keep their places at the end of a box. */
static uint32_t fixed_slots(const lay *l, uint32_t box)
{
	uint32_t n = 0, all = l->into_first[box + 1] - l->into_first[box];
	while (n < all && l->in.edges[l->into[l->into_first[box] + n]].to_port < l->in.boxes[box].fixed)
		n++;
	return n;
}

/* The slot of an edge at its end: those that may change places share one. */
static uint16_t slot_at(const lay *l, uint32_t e, bool any)
{
	uint32_t fixed = any ? fixed_slots(l, l->in.edges[e].to) : UINT32_MAX;
	return l->arrive[e] > fixed ? (uint16_t)fixed : l->arrive[e];
}

/** A trunk while its bends and links are added. */
typedef struct chains {
	uint32_t trunk, head; /**< and the vertex it starts from */
	uint32_t start;       /**< rank of its first bend */
	uint32_t slot;        /**< of the head */
	int32_t at;           /**< its port, from the left of the head */
	uint32_t spine;       /**< the edge that is on the path of its box, or LAY_NONE */
} chains;

/* Adds so many bends below each other; the first is returned. `far`: rank up to which they are on
 * the path, `name`: bend of the first, or LAY_NONE. */
static uint32_t build_bends(lay_builder *w, const chains *c, uint32_t n, uint32_t far,
                            uint32_t name)
{
	lay_piece *p = w->p;
	uint32_t base = p->n, shift = w->part->entry != LAY_NONE;
	for (uint32_t i = 0; i < n; i++) {
		*w->name++ = name == LAY_NONE ? LAY_NONE : name + i;
		p->vertices[p->n++] = (lay_vertex){.rank = c->start + i - w->part->first + shift,
		                                   .in_slots = 1,
		                                   .out_slots = 1,
		                                   .bend = 1};
		w->edges[p->n_links] = LAY_TO_BEND | c->trunk;
		p->links[p->n_links++] = (lay_link){
		    .from = i ? base + i - 1 : c->head,
		    .to = base + i,
		    .from_slot = i ? 0 : c->slot,
		    .from_at = i ? 0 : c->at,
		    .weight = link_weight(w->l, c->start + i < far ? c->spine : LAY_NONE,
		                          i || p->vertices[c->head].bend),
		};
	}
	return base;
}

/* The last link of an edge, from the chain of bends at `base`. */
static void build_end(lay_builder *w, const chains *c, uint32_t base, uint32_t e)
{
	lay *l = w->l;
	lay_piece *p = w->p;
	uint32_t to = l->in.edges[e].to, r = l->rank[to];
	bool direct = r == c->start;
	w->edges[p->n_links] = e;
	p->links[p->n_links++] = (lay_link){
	    .from = direct ? c->head : base + (r - c->start - 1),
	    .to = w->local[to],
	    .from_slot = direct ? c->slot : 0,
	    .to_slot = slot_at(l, e, p->vertices[w->local[to]].any_order),
	    .from_at = direct ? c->at : 0,
	    .to_at = l->port_at[e],
	    .weight = link_weight(l, e, false),
	};
}

bool lay_main_way(const lay *l, const lay_part *part, const lay_trunk *k, uint32_t e)
{
	return k->last <= part->last &&
	       l->in.edges[e].to == l->in.edges[l->out[k->first + k->n_forward - 1]].to;
}

/* Gives an edge that is not on the main way bends of its own, with others to the same box. */
static uint32_t build_own(lay_builder *w, const chains *c, uint32_t e, uint32_t first)
{
	const lay *l = w->l;
	uint32_t to = l->in.edges[e].to, r = l->rank[to], base = LAY_NONE;
	for (uint32_t i = first; i < w->n_own && base == LAY_NONE; i++)
		if (l->in.edges[w->own[i].edge].to == to)
			base = w->own[i].base;
	if (base == LAY_NONE) {
		bool path = c->spine != LAY_NONE && l->in.edges[c->spine].to == to;
		base = build_bends(w, c, r - c->start, path ? r : 0, LAY_NONE);
	}
	w->own[w->n_own++] = (lay_own){e, base};
	return base;
}

/* Adds the bends and links of one trunk. `head` is the vertex it starts from. */
static void build_trunk(lay_builder *w, uint32_t trunk, uint32_t head, bool entry)
{
	lay *l = w->l;
	lay_piece *p = w->p;
	lay_trunk *k = &l->trunks[trunk];
	uint32_t first = 0, n = bends_inside(l, w->part, trunk, &first), owned = w->n_own;
	uint32_t links = p->n_links, far = 0; /* the rank the path of the trunk goes to */
	bool split = w->split && w->split[w->n_trunks];
	chains c = {.trunk = trunk,
	            .head = head,
	            .start = entry ? w->part->first : l->rank[k->box] + 1,
	            .slot = entry || p->vertices[head].any_outputs ? 0 : trunk - l->trunk_first[k->box],
	            .at = entry ? 0 : lay_port_out(l, l->out[k->first]),
	            .spine = l->spine_out[k->box]};
	if (c.spine != LAY_NONE && l->trunk_of[c.spine] != trunk)
		c.spine = LAY_NONE;
	if (c.spine != LAY_NONE) {
		far = l->rank[l->in.edges[c.spine].to];
		if (split && far <= w->part->last && !lay_main_way(l, w->part, k, c.spine))
			far = 0;
	}
	uint32_t base = build_bends(w, &c, n, far, first);
	uint32_t cursor = entry ? w->cursor : k->first;
	for (; cursor < k->first + k->n_forward; cursor++) {
		uint32_t e = l->out[cursor], r = l->rank[l->in.edges[e].to];
		if (r > w->part->last)
			break;
		bool own = split && r > c.start && !lay_main_way(l, w->part, k, e);
		build_end(w, &c, own ? build_own(w, &c, e, owned) : base, e);
	}
	w->n_trunks += p->n_links > links;
	if (trunk == w->part->exit)
		w->next = cursor;
}

/* And its outputs: few, and all go down between the boxes. */
static bool any_outputs(const lay *l, uint32_t box)
{
	uint32_t first = l->trunk_first[box], n = l->trunk_first[box + 1] - first;
	bool yes = l->in.boxes[box].any_outputs && n > 1 && n <= LAY_ANY_MOST;
	for (uint32_t t = first; t < first + n && yes; t++)
		yes = l->trunks[t].kind == LAY_LOCAL && l->trunks[t].n_forward == l->trunks[t].n;
	return yes;
}

/* How far what hangs below a box reaches, from the left of the box. */
static void under(const lay *l, uint32_t box, int32_t *from, int32_t *to)
{
	for (uint32_t t = l->trunk_first[box]; t < l->trunk_first[box + 1]; t++) {
		int32_t at = lay_port_out(l, l->out[l->trunks[t].first]), low = at, high = at;
		if (!lay_label(l, t, &low, &high))
			low = high = at;
		low = at < low ? at : low;
		high = at > high ? at : high;
		*from = low < *from ? low : *from;
		*to = high > *to ? high : *to;
	}
	if (any_outputs(l, box)) /* whichever will be the first and the last */
		for (uint32_t t = l->trunk_first[box]; t < l->trunk_first[box + 1]; t++) {
			uint32_t e = l->trunks[t].label;
			int32_t wide = e != LAY_NONE ? lay_label_wide(l, &l->in.edges[e]) + LAY_LABEL_PAD : 0;
			*from = -wide < *from ? -wide : *from;
			*to = l->in.boxes[box].width + wide > *to ? l->in.boxes[box].width + wide : *to;
		}
	if (*from > *to) /* nothing */
		*from = *to = l->in.boxes[box].width / 2;
}

bool lay_build(lay_builder *w, arena *a)
{
	lay *l = w->l;
	const lay_part *part = w->part;
	lay_piece *p = w->p;
	uint32_t bends = 0, links = 0, unused = 0, shift = part->entry != LAY_NONE;
	if (shift) {
		const lay_trunk *k = &l->trunks[part->entry];
		bends += bends_inside(l, part, part->entry, &unused);
		links += k->first + k->n_forward - w->cursor;
	}
	for (uint32_t i = 0; i < part->n; i++) {
		uint32_t b = l->by_part[part->box + i];
		for (uint32_t t = l->trunk_first[b]; t < l->trunk_first[b + 1]; t++)
			if (l->trunks[t].kind == LAY_LOCAL) {
				bends += bends_inside(l, part, t, &unused);
				links += l->trunks[t].n_forward;
			}
	}
	bends += w->more;
	*p = (lay_piece){
	    .n_ranks = part->last - part->first + 1 + shift, .entry = LAY_NONE, .exit = LAY_NONE};
	p->vertices = LAY_NEW(a, (size_t)shift + part->n + bends, lay_vertex);
	p->links = LAY_NEW(a, (size_t)links + bends, lay_link);
	w->names = w->name = LAY_NEW(a, bends, uint32_t);
	w->edges = LAY_NEW(a, (size_t)links + bends, uint32_t);
	w->own = LAY_NEW(a, w->split ? links : 0, lay_own);
	w->n_trunks = w->n_own = 0;
	if (a->failed)
		return false;
	if (shift) {
		p->entry = p->n;
		p->vertices[p->n++] = (lay_vertex){.out_slots = 1, .bend = 1};
	}
	uint32_t first = p->n;
	for (uint32_t i = 0; i < part->n; i++) {
		uint32_t b = l->by_part[part->box + i];
		w->local[b] = p->n;
		bool any = any_order(l, b), outs = any_outputs(l, b);
		int32_t from = INT32_MAX, to = INT32_MIN;
		under(l, b, &from, &to);
		p->vertices[p->n++] = (lay_vertex){
		    .rank = l->rank[b] - part->first + shift,
		    .width = l->in.boxes[b].width,
		    .in_slots = any ? fixed_slots(l, b) + 1 : l->into_first[b + 1] - l->into_first[b],
		    .out_slots = outs ? 1 : l->trunk_first[b + 1] - l->trunk_first[b],
		    .any_outputs = outs,
		    .any_order = any,
		    .height = l->in.boxes[b].height,
		    .under_from = from,
		    .under_to = to,
		};
	}
	if (shift)
		build_trunk(w, part->entry, p->entry, true);
	for (uint32_t i = 0; i < part->n; i++) {
		uint32_t b = l->by_part[part->box + i];
		for (uint32_t t = l->trunk_first[b]; t < l->trunk_first[b + 1]; t++)
			if (l->trunks[t].kind == LAY_LOCAL)
				build_trunk(w, t, first + i, false);
	}
	if (part->exit != LAY_NONE) {
		const lay_trunk *k = &l->trunks[part->exit];
		uint32_t r = l->rank[k->box];
		if (r == part->last) {
			p->exit = w->local[k->box];
			p->exit_at = lay_port_out(l, l->out[k->first]);
		} else { /* its bend on the last rank: the last bend of its run */
			for (uint32_t i = (uint32_t)(w->name - w->names); i-- > 0;)
				if (w->names[i] == k->way + (part->last - r - 1)) {
					p->exit = first + part->n + i;
					break;
				}
		}
	}
	return true;
}

bool lay_piece_index(lay_piece *p, arena *a)
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
	for (uint32_t v = p->n; v-- > 0;)
		p->row[--p->row_first[p->vertices[v].rank + 1]] = v;
	memmove(p->row_first, p->row_first + 1, p->n_ranks * sizeof *p->row_first);
	p->row_first[p->n_ranks] = p->n;
	for (uint32_t i = p->n_links; i-- > 0;) { /* backwards, and the ends become the starts */
		p->out[--p->out_first[p->links[i].from + 1]] = i;
		p->in[--p->in_first[p->links[i].to + 1]] = i;
	}
	memmove(p->out_first, p->out_first + 1, p->n * sizeof *p->out_first);
	memmove(p->in_first, p->in_first + 1, p->n * sizeof *p->in_first);
	p->out_first[p->n] = p->in_first[p->n] = p->n_links;
	return true;
}
