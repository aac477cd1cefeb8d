/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lay_stack.c - the way down: heights of ranks and gaps, and columns beside each other.
 */
#include "layout/lay.h"

static int32_t gap_of(const lay *l, uint32_t r)
{
	uint32_t n = l->tracks[r] < LAY_TRACKS ? l->tracks[r] : LAY_TRACKS;
	int32_t tracks = n ? (int32_t)(n + 1) * l->opt.edge_gap : 0;
	int32_t plain = r && r < l->n_ranks ? l->opt.rank_gap : 0;
	return tracks > plain ? tracks : plain;
}

static bool stack_down(lay *l)
{
	l->top = LAY_NEW(&l->memory, (size_t)l->n_ranks + 1, int32_t);
	l->height = LAY_NEW(&l->memory, l->n_ranks, int32_t);
	l->column = LAY_NEW(&l->memory, (size_t)l->n_ranks + 1, uint32_t);
	if (l->memory.failed)
		return false;
	for (uint32_t b = 0; b < l->n_boxes; b++)
		if (l->in.boxes[b].height > l->height[l->rank[b]])
			l->height[l->rank[b]] = l->in.boxes[b].height;
	int32_t y = 0;
	for (uint32_t i = 0; i < l->n_parts; i++) {
		const lay_part *p = &l->parts[i];
		int32_t high = 0;
		for (uint32_t r = p->first; r <= p->last; r++)
			high += gap_of(l, r) + l->height[r];
		if (i && l->opt.wrap && y + high > l->opt.wrap) {
			l->n_columns++;
			y = 0;
		}
		for (uint32_t r = p->first; r <= p->last; r++) {
			y += gap_of(l, r);
			l->top[r] = y;
			y += l->height[r];
			l->column[r] = l->n_columns;
		}
	}
	l->top[l->n_ranks] = y + gap_of(l, l->n_ranks);
	l->column[l->n_ranks] = l->n_columns++;
	return true;
}

bool lay_stack(lay *l)
{
	return lay_lanes(l) && stack_down(l) && lay_lane_ways(l) && lay_columns(l);
}

bool lay_columns(lay *l)
{
	uint32_t n = l->n_columns;
	l->column_x = LAY_NEW(&l->memory, n, int32_t);
	l->channel = LAY_NEW(&l->memory, n, int32_t);
	arena scratch = {.budget = l->budget};
	int32_t *low = LAY_NEW(&scratch, n, int32_t), *high = LAY_NEW(&scratch, n, int32_t);
	bool ok = !l->memory.failed && !scratch.failed;
	for (uint32_t r = 0; ok && r < l->n_ranks; r++) {
		uint32_t c = l->column[r];
		low[c] = l->left[r] < low[c] ? l->left[r] : low[c];
		high[c] = l->right[r] > high[c] ? l->right[r] : high[c];
	}
	for (uint32_t i = 0; ok && i < l->n_lanes; i++) {
		const lay_lane *k = &l->lanes[i];
		uint32_t c = l->column[k->low];
		if (k->reference)
			continue;
		low[c] = k->x < low[c] ? k->x : low[c];
		high[c] = k->x > high[c] ? k->x : high[c];
	}
	int32_t x = 0;
	for (uint32_t c = 0; ok && c < n; c++) {
		l->column_x[c] = x - low[c];
		x += high[c] - low[c] + l->opt.box_gap + l->opt.edge_gap;
		l->channel[c] = x - l->opt.box_gap / 2;
		x += l->opt.box_gap;
	}
	arena_free(&scratch);
	return ok;
}
