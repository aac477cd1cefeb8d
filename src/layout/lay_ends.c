/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lay_ends.c - where the links of a piece start and end, rows being ordered: ports that may change
 * places come as what they are linked to does.
 */
#include "layout/lay.h"

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

/* Inputs that may change places come as their edges do. */
static void piece_ends_of(lay_builder *w, uint32_t b, uint32_t v)
{
	const lay *l = w->l;
	lay_piece *p = w->p;
	uint32_t fixed = l->in.boxes[b].fixed, n = l->into_first[b + 1] - l->into_first[b];
	uint32_t first = p->in_first[v], end = p->in_first[v + 1], main = LAY_NONE, next = fixed;
	for (uint32_t j = first, i = fixed; j < end && !l->opt.even_ports; j++) {
		uint32_t e = w->edges[p->in[j]];
		bool is_fixed = l->in.edges[e].to_port < fixed;
		if (e == l->spine_in[b])
			main = is_fixed ? l->in.edges[e].to_port : i;
		i += !is_fixed;
	}
	for (uint32_t j = first; j < end; j++)
		if (l->in.edges[w->edges[p->in[j]]].to_port >= fixed)
			p->links[p->in[j]].to_at =
			    lay_port_beside(p->vertices[v].width, next++, n, main, lay_port_main(l, b));
}

/* Where links end, rows being ordered. */
void lay_piece_ends(lay_builder *w)
{
	lay *l = w->l;
	lay_piece *p = w->p;
	for (uint32_t i = 0; i < w->part->n; i++) {
		uint32_t b = l->by_part[w->part->box + i], v = w->local[b];
		if (p->vertices[v].any_outputs)
			piece_starts(w, b, v);
		if (p->vertices[v].any_order)
			piece_ends_of(w, b, v);
	}
}
