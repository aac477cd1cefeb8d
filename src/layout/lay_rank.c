/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lay_rank.c - layers: the longest path from above, then boxes are pulled down while that makes
 * trunks shorter on the whole: what feeds one box at the end belongs there, and so does what hangs
 * on nothing but a long trunk shared by many. A trunk is as long as its farthest end is away, so a
 * box costs its trunk nothing while another end is farther. All linear.
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

/** The farthest end of a trunk, and the farthest of the others. */
typedef struct far_ends {
	uint32_t most, box, second;
} far_ends;

static void far_raise(far_ends *f, uint32_t box, uint32_t rank)
{
	if (f->box == box) {
		f->most = rank > f->most ? rank : f->most;
	} else if (rank > f->most || f->box == LAY_NONE) {
		f->second = f->most;
		f->most = rank;
		f->box = box;
	} else if (rank > f->second) {
		f->second = rank;
	}
}

static void rank_far(const lay *l, far_ends *far)
{
	for (uint32_t t = 0; t < l->n_trunks; t++) {
		const lay_trunk *k = &l->trunks[t];
		far[t] = (far_ends){l->rank[k->box], LAY_NONE, l->rank[k->box]};
		for (uint32_t i = k->first; i < k->first + k->n; i++)
			if (!l->reversed[l->out[i]])
				far_raise(&far[t], l->in.edges[l->out[i]].to, l->rank[l->in.edges[l->out[i]].to]);
	}
}

/* How free what a trunk feeds is for it: 0 not, and as rank_free() says. */
static uint8_t rank_above(const lay *l, const lay_trunk *t, const uint8_t *is_free)
{
	enum { SHARED = 4 };
	if (t->n >= SHARED)
		return 2;
	if (t->n > 1)
		return l->into_first[t->box] == l->into_first[t->box + 1] ? 3 : 0;
	bool alone = l->trunk_first[t->box + 1] - l->trunk_first[t->box] == 1;
	return is_free[t->box] < 3 || alone ? is_free[t->box] : 0;
}

/*
 * Finds the boxes that may go down as far as they like, since it makes no trunk of their own
 * longer: 1, fed by sources alone; 2, also by trunks shared by many; 3, also by one source that
 * feeds some more, and follows when all have gone.
 */
static void rank_free(const lay *l, uint8_t *is_free)
{
	for (uint32_t i = 0; i < l->n_boxes; i++) {
		uint32_t b = l->topological[i], shared = 0;
		uint8_t kind = 1;
		for (uint32_t k = l->into_first[b]; k < l->into_first[b + 1] && kind; k++) {
			const lay_trunk *t = &l->trunks[l->trunk_of[l->into[k]]];
			if (l->reversed[l->into[k]])
				continue;
			uint8_t above = rank_above(l, t, is_free);
			shared += above == 3 && t->n > 1;
			kind = !above || shared > 1 ? 0 : above > kind ? above : kind;
		}
		is_free[b] = kind;
	}
}

/* How far down box `b` goes for its trunks in: to where `outs` of them would become longer. */
static uint32_t rank_until(const lay *l, const far_ends *far, uint32_t b, uint32_t outs,
                           lay_key *at, lay_key *spare)
{
	uint32_t n = 0, last = LAY_NONE;
	for (uint32_t k = l->into_first[b]; k < l->into_first[b + 1]; k++) {
		uint32_t t = l->trunk_of[l->into[k]];
		if (l->reversed[l->into[k]] || t == last)
			continue;
		last = t;
		at[n] = (lay_key){far[t].box == b ? far[t].second : far[t].most, n};
		n++;
	}
	if (n < outs)
		return LAY_NONE;
	lay_sort(at, spare, n);
	return outs ? (uint32_t)at[outs - 1].key : 0;
}

/*
 * How far each box may go down along with those above it, until a trunk becomes longer that also
 * goes elsewhere: a branch that hangs on a long trunk is as good at its lower end.
 */
static void rank_slack(const lay *l, const far_ends *far, uint32_t *slack)
{
	for (uint32_t i = 0; i < l->n_boxes; i++) {
		uint32_t b = l->topological[i], least = l->n_boxes;
		for (uint32_t k = l->into_first[b]; k < l->into_first[b + 1] && least; k++) {
			uint32_t t = l->trunk_of[l->into[k]];
			if (l->reversed[l->into[k]])
				continue;
			uint32_t end = far[t].box == b ? far[t].second : far[t].most;
			uint32_t room = end > l->rank[b] ? end - l->rank[b] : 0,
			         above = slack[l->trunks[t].box];
			room = above > room ? above : room;
			least = room < least ? room : least;
		}
		slack[b] = least == l->n_boxes ? 0 : least;
	}
}

/* One pass from below; whether any box moved. */
static bool rank_tighten(lay *l, far_ends *far, const uint8_t *is_free, uint32_t *slack,
                         lay_key *at, lay_key *spare)
{
	enum { FAR = 8 };
	bool any = false;
	if (slack)
		rank_slack(l, far, slack);
	for (uint32_t i = l->n_boxes; i-- > 0;) {
		uint32_t b = l->topological[i], to = LAY_NONE, outs = 0;
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
		if (to == LAY_NONE || --to <= l->rank[b])
			continue;
		bool far_off = to - l->rank[b] >= FAR;
		if (!is_free[b] || (is_free[b] == 2 && !far_off)) {
			uint32_t until = rank_until(l, far, b, outs, at, spare);
			uint32_t along = l->rank[b] + (slack && far_off ? slack[b] : 0);
			until = until < along ? along : until;
			to = until < to ? until : to;
			if (to <= l->rank[b])
				continue;
		}
		l->rank[b] = to;
		any = true;
		for (uint32_t k = l->into_first[b]; k < l->into_first[b + 1]; k++)
			if (!l->reversed[l->into[k]])
				far_raise(&far[l->trunk_of[l->into[k]]], b, to);
	}
	return any;
}

/* The first box that is connected with `b`; halves the ways it goes. */
static uint32_t rank_find(uint32_t *up, uint32_t b)
{
	while (up[b] != b)
		b = up[b] = up[up[b]];
	return b;
}

/* Gives what is not connected ranks of its own, so that every part of a picture stands alone. */
static bool rank_components(lay *l, arena *scratch)
{
	uint32_t n = l->n_boxes, end = 0;
	uint32_t *up = LAY_NEW(scratch, n, uint32_t), *low = LAY_NEW(scratch, n, uint32_t);
	uint32_t *high = LAY_NEW(scratch, n, uint32_t), *base = LAY_NEW(scratch, n, uint32_t);
	if (scratch->failed)
		return false;
	for (uint32_t b = 0; b < n; b++) {
		up[b] = b;
		low[b] = LAY_NONE;
	}
	for (uint32_t e = 0; e < l->n_edges; e++) {
		uint32_t a = rank_find(up, l->in.edges[e].from), b = rank_find(up, l->in.edges[e].to);
		up[a > b ? a : b] = a < b ? a : b;
	}
	for (uint32_t b = 0; b < n; b++) {
		uint32_t c = rank_find(up, b), r = l->rank[b];
		l->n_components += c == b;
		low[c] = r < low[c] ? r : low[c];
		high[c] = r > high[c] ? r : high[c];
	}
	l->component_first = LAY_NEW(&l->memory, (size_t)l->n_components + 1, uint32_t);
	if (l->memory.failed)
		return false;
	for (uint32_t b = 0, i = 0; b < n; b++)
		if (up[b] == b) {
			base[b] = end;
			l->component_first[i++] = end;
			end += high[b] - low[b] + 1;
		}
	l->component_first[l->n_components] = end;
	for (uint32_t b = 0; b < n; b++) {
		uint32_t c = rank_find(up, b);
		l->rank[b] += base[c] - low[c];
	}
	return true;
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
	for (uint32_t i = 0; i < l->n_components; i++)
		l->component_first[i] = seen[l->component_first[i]];
	l->component_first[l->n_components] = n;
	l->n_ranks = n;
	return true;
}

/* Sorts the edges of each trunk by the rank they end at, reversed ones last. */
static bool rank_edges(lay *l, arena *scratch)
{
	uint32_t most = 0;
	for (uint32_t t = 0; t < l->n_trunks; t++)
		most = l->trunks[t].n > most ? l->trunks[t].n : most;
	lay_key *keys = LAY_NEW(scratch, most, lay_key), *spare = LAY_NEW(scratch, most, lay_key);
	if (scratch->failed)
		return false;
	for (uint32_t t = 0; t < l->n_trunks; t++) {
		lay_trunk *k = &l->trunks[t];
		uint32_t *run = l->out + k->first;
		k->last = l->rank[k->box];
		for (uint32_t i = 0; i < k->n; i++) {
			uint32_t r = l->rank[l->in.edges[run[i]].to];
			keys[i] = (lay_key){l->reversed[run[i]] ? LAY_NONE : r, run[i]};
			k->n_forward += !l->reversed[run[i]];
			k->last = !l->reversed[run[i]] && r > k->last ? r : k->last;
		}
		lay_sort(keys, spare, k->n);
		for (uint32_t i = 0; i < k->n; i++)
			run[i] = keys[i].id;
	}
	return true;
}

bool lay_rank(lay *l)
{
	enum { PASSES = 3, MANY = 20000 };
	l->rank = LAY_NEW(&l->memory, l->n_boxes, uint32_t);
	if (!l->rank)
		return false;
	arena scratch = {.budget = l->budget};
	uint8_t *is_free = LAY_NEW(&scratch, l->n_boxes, uint8_t);
	uint32_t *slack = l->n_boxes > MANY ? NULL : LAY_NEW(&scratch, l->n_boxes, uint32_t);
	far_ends *far = LAY_NEW(&scratch, l->n_trunks, far_ends);
	uint32_t most = 0;
	for (uint32_t b = 0; b < l->n_boxes; b++) {
		uint32_t n = l->into_first[b + 1] - l->into_first[b];
		most = n > most ? n : most;
	}
	lay_key *at = LAY_NEW(&scratch, most, lay_key), *spare = LAY_NEW(&scratch, most, lay_key);
	bool ok = !scratch.failed;
	if (ok) {
		rank_longest(l);
		ok = lay_spine(l, l->rank, &scratch);
	}
	if (ok) {
		rank_far(l, far);
		rank_free(l, is_free);
		for (int pass = 0; pass < (l->n_boxes > MANY ? 1 : PASSES) &&
		                   rank_tighten(l, far, is_free, slack, at, spare);
		     pass++)
			;
	}
	ok = ok && rank_components(l, &scratch) && rank_close(l, &scratch) && rank_edges(l, &scratch);
	arena_free(&scratch);
	return ok;
}
