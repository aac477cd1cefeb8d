/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lay_spine.c - which edges are to be upright lines, and where the ports are for that.
 *
 * Of the edges into a box the heaviest, and among equals the one with the longest way above it, is
 * its main one; of those that are main for their ends, a box continues in the heaviest, and among
 * equals in the one with the longest way below. So the boxes fall into paths; the body of a
 * residual block is on the path, the skip beside it is not. A path leaves its box in the middle,
 * and enters it above that; the other ports are spread evenly on both sides.
 */
#include "layout/lay.h"

static uint32_t weight_of(const lay *l, uint32_t e)
{
	uint32_t w = l->in.edges[e].weight;
	return w ? w : 1;
}

/* The main edge into each box. `above`: the longest way to each box. */
static void spine_main(lay *l, const uint32_t *above)
{
	for (uint32_t b = 0; b < l->n_boxes; b++) {
		uint32_t best = LAY_NONE;
		for (uint32_t k = l->into_first[b]; k < l->into_first[b + 1]; k++) {
			uint32_t e = l->into[k];
			if (l->reversed[e] || l->in.edges[e].kind == LAYOUT_CAPTURE)
				continue;
			if (best == LAY_NONE || weight_of(l, e) > weight_of(l, best) ||
			    (weight_of(l, e) == weight_of(l, best) &&
			     above[l->in.edges[e].from] > above[l->in.edges[best].from]))
				best = e;
		}
		l->spine_in[b] = best;
	}
}

/* Where each path goes on; `below`: the longest way from each box. */
static void spine_next(lay *l, uint32_t *below)
{
	for (uint32_t i = l->n_boxes; i-- > 0;) {
		uint32_t b = l->topological[i], best = LAY_NONE;
		for (uint32_t t = l->trunk_first[b]; t < l->trunk_first[b + 1]; t++)
			for (uint32_t j = l->trunks[t].first; j < l->trunks[t].first + l->trunks[t].n; j++) {
				uint32_t e = l->out[j], to = l->in.edges[e].to;
				if (l->reversed[e])
					continue;
				below[b] = below[to] + 1 > below[b] ? below[to] + 1 : below[b];
				if (l->spine_in[to] != e)
					continue;
				if (best == LAY_NONE || weight_of(l, e) > weight_of(l, best) ||
				    (weight_of(l, e) == weight_of(l, best) &&
				     below[to] > below[l->in.edges[best].to]))
					best = e;
			}
		l->spine_out[b] = best;
	}
	for (uint32_t b = 0; b < l->n_boxes; b++)
		if (l->spine_in[b] != LAY_NONE &&
		    l->spine_out[l->in.edges[l->spine_in[b]].from] != l->spine_in[b])
			l->spine_in[b] = LAY_NONE;
}

bool lay_spine(lay *l, const uint32_t *above, arena *scratch)
{
	enum { LEAST = 8, MOST = 24 };
	l->spine_in = LAY_NEW(&l->early, l->n_boxes, uint32_t);
	l->spine_out = LAY_NEW(&l->early, l->n_boxes, uint32_t);
	l->spine_weight = LAY_NEW(&l->early, l->n_boxes, uint8_t);
	uint32_t *length = LAY_NEW(scratch, l->n_boxes, uint32_t);
	if (scratch->failed || l->early.failed)
		return false;
	spine_main(l, above);
	spine_next(l, length);
	for (uint32_t i = 0; i < l->n_boxes; i++) {
		uint32_t b = l->topological[i], e = l->spine_in[b];
		length[b] = e == LAY_NONE ? 1 : length[l->in.edges[e].from] + 1;
	}
	for (uint32_t i = l->n_boxes; i-- > 0;) {
		uint32_t b = l->topological[i], e = l->spine_out[b], w = LEAST;
		if (e != LAY_NONE)
			length[b] = length[l->in.edges[e].to];
		for (uint32_t n = length[b]; n > 1 && w < MOST; n /= 2)
			w += 2;
		l->spine_weight[b] = (uint8_t)w;
	}
	return true;
}

int32_t lay_port_beside(int32_t length, uint32_t i, uint32_t n, uint32_t main, int32_t at)
{
	enum { LEAST = 4 };
	int64_t before = main, after = (int64_t)n - 1 - main;
	if (after < 0 || before * LEAST > at || after * LEAST > length - at)
		return layout_port_at(length, i, n);
	if (i == main)
		return at;
	return i < main ? layout_port_at(at, i, main)
	                : at + layout_port_at(length - at, i - main - 1, n - 1 - main);
}

int32_t lay_port_out(const lay *l, uint32_t e)
{
	return l->trunks[l->trunk_of[e]].at;
}

bool lay_ports(lay *l)
{
	l->port_at = LAY_NEW(&l->memory, l->n_edges, int32_t);
	if (!l->port_at)
		return false;
	for (uint32_t t = 0; t < l->n_trunks; t++) {
		lay_trunk *k = &l->trunks[t];
		const layout_box *b = &l->in.boxes[k->box];
		uint32_t n = b->outputs ? b->outputs : 1, main = l->spine_out[k->box];
		uint32_t port = l->in.edges[l->out[k->first]].from_port;
		main = l->opt.even_ports || main == LAY_NONE ? LAY_NONE : l->in.edges[main].from_port;
		k->at = lay_port_beside(b->width, port, n, main, b->width / 2);
	}
	for (uint32_t e = 0; e < l->n_edges; e++) {
		const layout_edge *k = &l->in.edges[e];
		const layout_box *b = &l->in.boxes[k->to];
		uint32_t n = b->inputs ? b->inputs : 1, in = l->spine_in[k->to];
		if (in == LAY_NONE || l->opt.even_ports)
			l->port_at[e] = layout_port_at(b->width, k->to_port, n);
		else
			l->port_at[e] = lay_port_beside(b->width, k->to_port, n, l->in.edges[in].to_port,
			                                lay_port_main(l, k->to));
	}
	return true;
}

int32_t lay_port_main(const lay *l, uint32_t box)
{
	uint32_t e = l->spine_out[box];
	return e != LAY_NONE ? lay_port_out(l, e) : l->in.boxes[box].width / 2;
}

bool lay_label(const lay *l, uint32_t trunk, int32_t *from, int32_t *to)
{
	const lay_trunk *t = &l->trunks[trunk];
	if (t->label == LAY_NONE)
		return false;
	int32_t width = lay_label_wide(l, &l->in.edges[t->label]);
	uint32_t first = l->trunk_first[t->box], end = l->trunk_first[t->box + 1];
	bool least = true;
	*from = t->at + LAY_LABEL_PAD;
	*to = *from + width;
	/* ports are in the order of their trunks, but for the few that changed places */
	if (!l->in.boxes[t->box].any_outputs || end - first > LAY_ANY_MOST) {
		first = trunk > first ? trunk - 1 : first;
		end = trunk + 1 < end ? trunk + 2 : end;
	}
	bool right = true;
	for (uint32_t i = first; i < end; i++) {
		int32_t at = l->trunks[i].at;
		bool before = at < t->at || (at == t->at && i < trunk);
		least = least && (i == trunk || !before);
		if (i != trunk && !before && *to + LAY_LABEL_PAD > at)
			right = false;
	}
	if (right)
		return true;
	*to = t->at - LAY_LABEL_PAD;
	*from = *to - width;
	return least;
}
