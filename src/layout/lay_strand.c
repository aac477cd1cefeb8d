/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lay_strand.c - trunks that part earlier than above their ends.
 *
 * A trunk is one line as long as it can, and then crosses all that is between its ends. Where it
 * crosses something in the best order found, its edges get bends of their own, to see whether that
 * crosses less. In the new order those of one trunk that run beside each other become one line
 * again, from above down to where something is between them: so a trunk parts where it has to.
 */
#include <string.h>

#include "layout/lay.h"

enum { ROW_MOST = 400, ENDS_MOST = 16 };

/** Links from one row to the next, as they come on the upper one. */
typedef struct crossing_end {
	uint64_t from, to;
	uint32_t trunk; /**< number among those of the piece */
} crossing_end;

/* Notes which trunks cross another one below a row. */
static void note_crossed(const lay_piece *p, uint32_t r, const uint32_t *number, crossing_end *ends,
                         bool *crossed)
{
	uint32_t n = 0;
	for (uint32_t i = p->row_first[r]; i < p->row_first[r + 1]; i++) {
		uint32_t v = p->row[i];
		for (uint32_t j = p->out_first[v]; j < p->out_first[v + 1]; j++) {
			const lay_link *k = &p->links[p->out[j]];
			if (n == ROW_MOST)
				return;
			ends[n++] =
			    (crossing_end){(uint64_t)p->pos[k->from] << 32 | k->from_slot,
			                   (uint64_t)p->pos[k->to] << 32 | k->to_slot, number[p->out[j]]};
		}
	}
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t j = 0; j < i; j++)
			if (ends[i].trunk != ends[j].trunk &&
			    ((ends[i].from < ends[j].from && ends[i].to > ends[j].to) ||
			     (ends[i].from > ends[j].from && ends[i].to < ends[j].to)))
				crossed[ends[i].trunk] = crossed[ends[j].trunk] = true;
}

/* How many bends the edges of a trunk need of their own; 0: none, or too many edges. */
static uint32_t bends_of(const lay_builder *w, uint32_t first, uint32_t end)
{
	const lay *l = w->l;
	const lay_trunk *k = &l->trunks[lay_link_trunk(w, first)];
	uint32_t low = l->rank[k->box] + 1, n = 0, ends = 0;
	low = low > w->part->first ? low : w->part->first;
	for (uint32_t i = first; i < end; i++) {
		uint32_t e = w->edges[i];
		if (e & LAY_TO_BEND || lay_main_way(l, w->part, k, e))
			continue;
		ends++;
		n += l->rank[l->in.edges[e].to] - low;
	}
	return ends <= ENDS_MOST ? n : 0;
}

bool lay_strand_choose(lay_builder *w, arena *a, arena *scratch)
{
	const lay_piece *p = w->p;
	uint32_t *number = LAY_NEW(scratch, p->n_links, uint32_t);
	crossing_end *ends = LAY_NEW(scratch, ROW_MOST, crossing_end);
	bool *crossed = LAY_NEW(scratch, w->n_trunks, bool);
	uint8_t *split = LAY_NEW(a, w->n_trunks, uint8_t);
	if (a->failed || scratch->failed)
		return false;
	for (uint32_t i = 1; i < p->n_links; i++)
		number[i] = number[i - 1] + (lay_link_trunk(w, i) != lay_link_trunk(w, i - 1));
	for (uint32_t r = 0; r + 1 < p->n_ranks; r++)
		note_crossed(p, r, number, ends, crossed);
	w->more = 0;
	for (uint32_t i = 0, end; i < p->n_links; i = end) {
		for (end = i; end < p->n_links && number[end] == number[i]; end++)
			;
		uint32_t n = crossed[number[i]] ? bends_of(w, i, end) : 0;
		if (!n || w->more + n > p->n)
			continue;
		split[number[i]] = 1;
		w->more += n;
	}
	w->split = w->more ? split : NULL;
	return true;
}

/* The vertex that each one becomes: of one trunk, beside each other and from the same one above. */
static void find_same(const lay_builder *w, uint32_t *same)
{
	const lay_piece *p = w->p;
	for (uint32_t r = 0; r < p->n_ranks; r++) {
		uint32_t last = LAY_NONE, last_in = LAY_NONE;
		for (uint32_t i = p->row_first[r]; i < p->row_first[r + 1]; i++) {
			uint32_t v = p->row[i], in = LAY_NONE;
			same[v] = v;
			if (p->vertices[v].bend && p->in_first[v] < p->in_first[v + 1])
				in = p->in[p->in_first[v]];
			if (in != LAY_NONE && last_in != LAY_NONE &&
			    lay_link_trunk(w, in) == lay_link_trunk(w, last_in) &&
			    same[p->links[in].from] == same[p->links[last_in].from]) {
				same[v] = last;
				continue;
			}
			last = v;
			last_in = in;
		}
	}
}

bool lay_strand_join(const lay_builder *w, lay_strands *s, arena *a)
{
	const lay_piece *p = w->p;
	lay_piece *q = &s->piece;
	uint32_t *same = LAY_NEW(a, p->n, uint32_t);
	s->vertex = LAY_NEW(a, p->n, uint32_t);
	s->link = LAY_NEW(a, p->n_links, uint32_t);
	s->build = *w;
	s->build.p = q;
	s->build.edges = LAY_NEW(a, p->n_links, uint32_t);
	*q = (lay_piece){.n_ranks = p->n_ranks, .entry = p->entry, .exit_at = p->exit_at};
	q->vertices = LAY_NEW(a, p->n, lay_vertex);
	q->links = LAY_NEW(a, p->n_links, lay_link);
	if (a->failed)
		return false;
	find_same(w, same);
	for (uint32_t v = 0; v < p->n; v++)
		if (same[v] == v) {
			s->vertex[v] = q->n;
			q->vertices[q->n++] = p->vertices[v];
		}
	for (uint32_t v = 0; v < p->n; v++)
		s->vertex[v] = s->vertex[same[v]];
	q->exit = p->exit == LAY_NONE ? LAY_NONE : s->vertex[p->exit];
	for (uint32_t i = 0; i < p->n_links; i++) {
		const lay_link *k = &p->links[i];
		if (same[k->to] != k->to)
			continue;
		s->build.edges[q->n_links] = w->edges[i];
		s->link[i] = q->n_links;
		q->links[q->n_links] = *k;
		q->links[q->n_links].from = s->vertex[k->from];
		q->links[q->n_links++].to = s->vertex[k->to];
	}
	for (uint32_t i = 0; i < p->n_links; i++) {
		const lay_link *k = &p->links[i];
		if (same[k->to] == k->to)
			continue;
		s->link[i] = s->link[p->in[p->in_first[same[k->to]]]];
		uint16_t *weight = &q->links[s->link[i]].weight;
		*weight = k->weight > *weight ? k->weight : *weight;
	}
	if (!lay_piece_index(q, a))
		return false;
	for (uint32_t r = 0, n = 0; r < p->n_ranks; r++)
		for (uint32_t i = p->row_first[r]; i < p->row_first[r + 1]; i++)
			if (same[p->row[i]] == p->row[i])
				q->row[n++] = s->vertex[p->row[i]];
	return true;
}

bool lay_strand_part(const lay_strands *s, lay_piece *p, arena *a)
{
	const lay_piece *q = &s->piece;
	p->x = LAY_NEW(a, p->n, int32_t);
	if (a->failed)
		return false;
	for (uint32_t v = 0; v < p->n; v++)
		p->x[v] = q->x[s->vertex[v]];
	for (uint32_t i = 0; i < p->n_links; i++) {
		p->links[i].from_at = q->links[s->link[i]].from_at;
		p->links[i].to_at = q->links[s->link[i]].to_at;
	}
	p->crossings = q->crossings;
	return true;
}
