/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lay_cut.c - which trunks run between the boxes, and where the column falls apart.
 *
 * A trunk over many ranks would cost a bend in each, and would hold together what could be solved
 * apart. Those above a bound run in a lane beside the column; a trunk with many ends in many pieces
 * is a reference. The bound falls until the bends are at most a few for each box, and in large
 * graphs is low from the start. Where at most one
 * local trunk passes between two ranks, the column is cut.
 */
#include "layout/lay.h"

enum { CHIP_ENDS = 12, CHIP_PARTS = 6, SMALL = 4000, LONG_SMALL = 512, LONG_LARGE = 64 };

static uint32_t trunk_span(const lay *l, const lay_trunk *k)
{
	return k->last - l->rank[k->box];
}

static bool cut_kinds(lay *l, arena *scratch)
{
	uint32_t most = l->opt.local ? l->opt.local : 1;
	uint32_t longest = l->n_boxes <= SMALL ? LONG_SMALL : LONG_LARGE;
	most = most < longest ? most : longest;
	uint64_t *bends = LAY_NEW(scratch, (size_t)most + 1, uint64_t);
	if (!bends)
		return false;
	for (uint32_t t = 0; t < l->n_trunks; t++) {
		uint32_t span = trunk_span(l, &l->trunks[t]);
		if (span > 1 && span <= most)
			bends[span] += span - 1;
	}
	uint64_t sum = 0, bound = 1000 + (uint64_t)l->n_boxes;
	uint32_t local = 1;
	while (local < most && sum + bends[local + 1] <= bound)
		sum += bends[++local];
	l->n_bends = (uint32_t)sum;
	uint32_t bend = 0;
	for (uint32_t t = 0; t < l->n_trunks; t++) {
		lay_trunk *k = &l->trunks[t];
		uint32_t span = trunk_span(l, k);
		k->kind = span <= local ? LAY_LOCAL : LAY_LONG;
		k->way = bend;
		if (k->kind == LAY_LOCAL && span > 1)
			bend += span - 1;
	}
	return true;
}

/* Cuts; a gap is named by the rank below it. `part_of`: of each rank. */
static bool cut_parts(lay *l, uint32_t *part_of, arena *scratch)
{
	uint32_t n = l->n_ranks;
	uint32_t *open = LAY_NEW(scratch, (size_t)n + 1, uint32_t);
	uint64_t *which = LAY_NEW(scratch, (size_t)n + 1, uint64_t); /* sums; modulo 2^64 is fine */
	if (scratch->failed)
		return false;
	for (uint32_t t = 0; t < l->n_trunks; t++) {
		const lay_trunk *k = &l->trunks[t];
		if (k->kind != LAY_LOCAL || !k->n_forward)
			continue;
		open[l->rank[k->box] + 1]++;
		which[l->rank[k->box] + 1] += t;
		if (k->last < n) {
			open[k->last + 1]--;
			which[k->last + 1] -= t;
		}
	}
	for (uint32_t r = 0; r < n; r++) {
		if (r) {
			open[r] += open[r - 1];
			which[r] += which[r - 1];
		}
		l->n_parts += !r || open[r] <= 1;
		part_of[r] = l->n_parts - 1;
	}
	l->parts = LAY_NEW(&l->middle, l->n_parts, lay_part);
	if (!l->parts)
		return false;
	for (uint32_t r = 0; r < n; r++) {
		lay_part *p = &l->parts[part_of[r]];
		if (!r || part_of[r] != part_of[r - 1]) {
			uint32_t entry = r && open[r] ? (uint32_t)which[r] : LAY_NONE;
			if (r)
				p[-1].exit = entry;
			*p = (lay_part){.first = r, .entry = entry, .exit = LAY_NONE};
		}
		p->last = r;
	}
	return true;
}

static void cut_boxes(lay *l, const uint32_t *part_of)
{
	for (uint32_t b = 0; b < l->n_boxes; b++)
		l->parts[part_of[l->rank[b]]].n++;
	uint32_t sum = 0;
	for (uint32_t i = 0; i < l->n_parts; i++) {
		l->parts[i].box = sum;
		sum += l->parts[i].n;
		l->parts[i].n = 0;
	}
	for (uint32_t b = 0; b < l->n_boxes; b++) {
		lay_part *p = &l->parts[part_of[l->rank[b]]];
		l->by_part[p->box + p->n++] = b;
	}
}

/* Long trunks that hold many pieces together are references, the others get a lane. */
static void cut_long(lay *l, const uint32_t *part_of)
{
	for (uint32_t t = 0; t < l->n_trunks; t++) {
		lay_trunk *k = &l->trunks[t];
		if (k->kind != LAY_LONG)
			continue;
		uint32_t parts = 0, last = LAY_NONE;
		for (uint32_t i = k->first; i < k->first + k->n_forward && parts < CHIP_PARTS; i++) {
			uint32_t part = part_of[l->rank[l->in.edges[l->out[i]].to]];
			parts += part != last;
			last = part;
		}
		bool chip = k->n_forward >= CHIP_ENDS && parts >= CHIP_PARTS;
		k->kind = chip ? LAY_REFERENCE : LAY_LANE;
	}
}

bool lay_cut(lay *l)
{
	arena scratch = {.budget = l->budget};
	l->by_part = LAY_NEW(&l->early, l->n_boxes, uint32_t);
	uint32_t *part_of = LAY_NEW(&scratch, l->n_ranks, uint32_t);
	bool ok = l->by_part && part_of && cut_kinds(l, &scratch) && cut_parts(l, part_of, &scratch);
	if (ok) {
		cut_boxes(l, part_of);
		cut_long(l, part_of);
	}
	arena_free(&scratch);
	return ok;
}
