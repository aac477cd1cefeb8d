/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lay_rank.c - layers: the longest path from above, then boxes whose trunks out are more than their
 * trunks in are pulled down to what they feed, and so are boxes that hang on nothing but trunks
 * shared by many: what is made from a time step for one block belongs to that block. All linear.
 */
#include "layout/lay.h"

static void rank_longest(lay *l)
{
	for (uint32_t i = 0; i < l->n_boxes; i++) {
		uint32_t b = l->topological[i], r = 0;
		for (uint32_t k = l->into_first[b]; k < l->into_first[b + 1]; k++) {
			uint32_t e = l->into[k];
			if (!l->reversed[e] && l->rank[l->in.edges[e].from] + 1 > r)
				r = l->rank[l->in.edges[e].from] + 1;
		}
		l->rank[b] = r;
	}
}

/* Finds the boxes that may go down as far as they like: it makes no trunk of their own longer. */
static void rank_free(const lay *l, bool *is_free)
{
	enum { SHARED = 4 };
	for (uint32_t i = 0; i < l->n_boxes; i++) {
		uint32_t b = l->topological[i];
		bool yes = true;
		for (uint32_t k = l->into_first[b]; k < l->into_first[b + 1] && yes; k++) {
			const lay_trunk *t = &l->trunks[l->trunk_of[l->into[k]]];
			yes = l->reversed[l->into[k]] || t->n >= SHARED || (t->n == 1 && is_free[t->box]);
		}
		is_free[b] = yes;
	}
}

/* Moving a box down shortens what it puts out, and draws out what it takes. */
static void rank_tighten(lay *l, const bool *is_free)
{
	for (uint32_t i = l->n_boxes; i-- > 0;) {
		uint32_t b = l->topological[i], to = LAY_NONE, outs = 0, ins = 0, last = LAY_NONE;
		for (uint32_t t = l->trunk_first[b]; t < l->trunk_first[b + 1]; t++) {
			const lay_trunk *k = &l->trunks[t];
			bool forward = false;
			for (uint32_t j = k->first; j < k->first + k->n; j++)
				if (!l->reversed[l->out[j]]) {
					uint32_t r = l->rank[l->in.edges[l->out[j]].to];
					to = r < to ? r : to;
					forward = true;
				}
			outs += forward;
		}
		for (uint32_t k = l->into_first[b]; k < l->into_first[b + 1] && ins <= outs; k++) {
			uint32_t e = l->into[k];
			if (!l->reversed[e] && l->trunk_of[e] != last)
				ins++;
			last = l->trunk_of[e];
		}
		if (to != LAY_NONE && (outs > ins || is_free[b]))
			l->rank[b] = to - 1;
	}
}

/* Takes ranks without boxes away. */
static bool rank_close(lay *l, arena *scratch)
{
	uint32_t most = 0;
	for (uint32_t b = 0; b < l->n_boxes; b++)
		most = l->rank[b] > most ? l->rank[b] : most;
	uint32_t *seen = LAY_NEW(scratch, (size_t)most + 1, uint32_t);
	if (!seen)
		return false;
	for (uint32_t b = 0; b < l->n_boxes; b++)
		seen[l->rank[b]] = 1;
	uint32_t n = 0;
	for (uint32_t r = 0; r <= most; r++) {
		uint32_t used = seen[r];
		seen[r] = n;
		n += used;
	}
	for (uint32_t b = 0; b < l->n_boxes; b++)
		l->rank[b] = seen[l->rank[b]];
	l->n_ranks = n;
	return true;
}

/* Sorts the edges of each trunk by the rank they end at, reversed ones last. */
static bool rank_edges(lay *l, arena *scratch)
{
	uint32_t n = l->n_edges;
	lay_key *keys = LAY_NEW(scratch, n, lay_key), *spare = LAY_NEW(scratch, n, lay_key);
	if (scratch->failed)
		return false;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t e = l->out[i];
		uint64_t r = l->reversed[e] ? (1U << 27) : l->rank[l->in.edges[e].to];
		keys[i] = (lay_key){(uint64_t)l->trunk_of[e] << 28 | r, e};
	}
	lay_sort(keys, spare, n);
	for (uint32_t i = 0; i < n; i++)
		l->out[i] = keys[i].id;
	for (uint32_t t = 0; t < l->n_trunks; t++) {
		lay_trunk *k = &l->trunks[t];
		k->last = l->rank[k->box];
		for (uint32_t i = k->first; i < k->first + k->n && !l->reversed[l->out[i]]; i++) {
			k->last = l->rank[l->in.edges[l->out[i]].to];
			k->n_forward++;
		}
	}
	return true;
}

bool lay_rank(lay *l)
{
	l->rank = LAY_NEW(&l->memory, l->n_boxes, uint32_t);
	if (!l->rank)
		return false;
	arena scratch = {.budget = l->budget};
	bool *is_free = LAY_NEW(&scratch, l->n_boxes, bool);
	if (is_free) {
		rank_longest(l);
		rank_free(l, is_free);
		rank_tighten(l, is_free);
	}
	bool ok = is_free && rank_close(l, &scratch) && rank_edges(l, &scratch);
	arena_free(&scratch);
	return ok;
}
