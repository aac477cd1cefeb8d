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

/* Adds the bends and links of one trunk. `head` is the vertex it starts from, on rank `above`. */
static void build_trunk(lay_builder *w, uint32_t trunk, uint32_t head, bool entry)
{
	lay *l = w->l;
	lay_piece *p = w->p;
	lay_trunk *k = &l->trunks[trunk];
	uint32_t first = 0, n = bends_inside(l, w->part, trunk, &first);
	uint32_t base = p->n, shift = w->part->entry != LAY_NONE;
	uint32_t start = entry ? w->part->first : l->rank[k->box] + 1; /* rank of the first bend */
	uint32_t slot = trunk - l->trunk_first[k->box];
	if (entry || p->vertices[head].any_outputs)
		slot = 0;
	int32_t at = entry ? 0 : lay_port_out(l, l->out[k->first]);
	uint32_t spine = l->spine_out[k->box], far = 0; /* the rank the path of the trunk goes to */
	if (spine != LAY_NONE && l->trunk_of[spine] == trunk)
		far = l->rank[l->in.edges[spine].to];
	for (uint32_t i = 0; i < n; i++) {
		*w->name++ = first + i;
		p->vertices[p->n++] = (lay_vertex){
		    .rank = start + i - w->part->first + shift, .in_slots = 1, .out_slots = 1, .bend = 1};
		w->edges[p->n_links] = LAY_TO_BEND | trunk;
		p->links[p->n_links++] = (lay_link){
		    .from = i ? base + i - 1 : head,
		    .to = base + i,
		    .from_slot = i ? 0 : slot,
		    .from_at = i ? 0 : at,
		    .weight =
		        link_weight(l, start + i < far ? spine : LAY_NONE, i || p->vertices[head].bend),
		};
	}
	uint32_t cursor = entry ? w->cursor : k->first;
	for (; cursor < k->first + k->n_forward; cursor++) {
		uint32_t e = l->out[cursor], to = l->in.edges[e].to, r = l->rank[to];
		if (r > w->part->last)
			break;
		bool direct = r == start;
		w->edges[p->n_links] = e;
		p->links[p->n_links++] = (lay_link){
		    .from = direct ? head : base + (r - start - 1),
		    .to = w->local[to],
		    .from_slot = direct ? slot : 0,
		    .to_slot = p->vertices[w->local[to]].any_order ? 0 : l->arrive[e],
		    .from_at = direct ? at : 0,
		    .to_at = l->port_at[e],
		    .weight = link_weight(l, e, false),
		};
	}
	if (trunk == w->part->exit)
		w->next = cursor;
}

/* Whether the inputs of a box may change places: all of them must be known here. */
static bool any_order(const lay *l, uint32_t box)
{
	bool yes = l->in.boxes[box].any_order;
	for (uint32_t k = l->into_first[box]; k < l->into_first[box + 1] && yes; k++)
		yes = !l->reversed[l->into[k]] && l->trunks[l->trunk_of[l->into[k]]].kind == LAY_LOCAL;
	return yes;
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
	*p = (lay_piece){
	    .n_ranks = part->last - part->first + 1 + shift, .entry = LAY_NONE, .exit = LAY_NONE};
	p->vertices = LAY_NEW(a, (size_t)shift + part->n + bends, lay_vertex);
	p->links = LAY_NEW(a, (size_t)links + bends, lay_link);
	w->names = w->name = LAY_NEW(a, bends, uint32_t);
	w->edges = LAY_NEW(a, (size_t)links + bends, uint32_t);
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
		    .in_slots = any ? 1 : l->into_first[b + 1] - l->into_first[b],
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
	w->cursor = w->next;
	if (part->exit != LAY_NONE) {
		const lay_trunk *k = &l->trunks[part->exit];
		uint32_t r = l->rank[k->box];
		if (r == part->last) {
			p->exit = w->local[k->box];
			p->exit_at = lay_port_out(l, l->out[k->first]);
		} else { /* its bend on the last rank: the last bend of its run */
			for (uint32_t i = bends; i-- > 0;)
				if (w->names[i] == k->way + (part->last - r - 1)) {
					p->exit = first + part->n + i;
					break;
				}
		}
	}
	return true;
}

/* Outputs that may change places come as the first ends of their trunks do, in the mean. */
static void piece_starts(lay_builder *w, uint32_t b, uint32_t v)
{
	lay *l = w->l;
	lay_piece *p = w->p;
	lay_key keys[LAY_ANY_MOST], spare[LAY_ANY_MOST];
	uint64_t sum[LAY_ANY_MOST] = {0}, count[LAY_ANY_MOST] = {0};
	uint32_t first = l->trunk_first[b], n = l->trunk_first[b + 1] - first, main = LAY_NONE;
	for (uint32_t j = p->out_first[v]; j < p->out_first[v + 1]; j++) {
		sum[lay_link_trunk(w, p->out[j]) - first] += j - p->out_first[v];
		count[lay_link_trunk(w, p->out[j]) - first]++;
	}
	for (uint32_t i = 0; i < n; i++)
		keys[i] = (lay_key){count[i] ? sum[i] * 256 / count[i] : 0, i};
	lay_sort(keys, spare, n);
	int32_t at[LAY_ANY_MOST];
	for (uint32_t i = 0; i < n && !l->opt.even_ports && l->spine_out[b] != LAY_NONE; i++)
		if (keys[i].id + first == l->trunk_of[l->spine_out[b]])
			main = i;
	for (uint32_t i = 0; i < n; i++) {
		int32_t width = p->vertices[v].width;
		at[keys[i].id] = lay_port_beside(width, i, n, main, width / 2);
	}
	for (uint32_t j = p->out_first[v]; j < p->out_first[v + 1]; j++)
		p->links[p->out[j]].from_at = at[lay_link_trunk(w, p->out[j]) - first];
}

/* Where links end, rows being ordered: inputs that may change places come as their edges do. */
void lay_piece_ends(lay_builder *w)
{
	lay *l = w->l;
	lay_piece *p = w->p;
	for (uint32_t i = 0; i < w->part->n; i++) {
		uint32_t b = l->by_part[w->part->box + i], v = w->local[b];
		uint32_t first = p->in_first[v], n = p->in_first[v + 1] - first, main = LAY_NONE;
		if (p->vertices[v].any_outputs)
			piece_starts(w, b, v);
		if (!p->vertices[v].any_order || n < 2)
			continue;
		for (uint32_t j = 0; j < n && !l->opt.even_ports; j++)
			if (w->edges[p->in[first + j]] == l->spine_in[b])
				main = j;
		for (uint32_t j = 0; j < n; j++)
			p->links[p->in[first + j]].to_at =
			    lay_port_beside(p->vertices[v].width, j, n, main, lay_port_main(l, b));
	}
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
