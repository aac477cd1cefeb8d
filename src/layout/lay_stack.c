/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lay_stack.c - the way down: heights of ranks and gaps, and columns beside each other.
 */
#include "layout/lay.h"

uint32_t lay_component(const lay *l, uint32_t r)
{
	uint32_t low = 0, high = l->n_components;
	while (high - low > 1) {
		uint32_t mid = low + (high - low) / 2;
		if (l->component_first[mid] <= r)
			low = mid;
		else
			high = mid;
	}
	return low;
}

int32_t lay_gap(const lay *l, uint32_t r)
{
	uint32_t n = l->tracks[r] < LAY_TRACKS ? l->tracks[r] : LAY_TRACKS;
	int32_t band = r ? l->band[r - 1] : 0;
	int32_t tracks = n ? (int32_t)(n + 1) * l->opt.edge_gap : 0;
	int32_t plain =
	    r < l->n_ranks && l->component_first[lay_component(l, r)] != r ? l->opt.rank_gap : 0;
	int32_t least = band + (tracks > plain / 2 ? tracks : plain / 2);
	return plain > least ? plain : least;
}

/* How far labels hang out below each rank, the heights of which are known. */
static void stack_bands(lay *l)
{
	for (uint32_t t = 0; t < l->n_trunks; t++) {
		const lay_trunk *k = &l->trunks[t];
		int32_t from, to;
		if (!lay_label(l, t, &from, &to))
			continue;
		uint32_t r = l->rank[k->box];
		int32_t space = (l->height[r] - l->in.boxes[k->box].height + 1) / 2; /* below the box */
		int32_t out = lay_label_high(l, &l->in.edges[k->label]) + LAY_LABEL_PAD - space;
		l->band[r] = out > l->band[r] ? out : l->band[r];
	}
}

static int32_t part_height(const lay *l, const lay_part *p)
{
	int32_t high = 0;
	for (uint32_t r = p->first; r <= p->last; r++)
		high += lay_gap(l, r) + l->height[r];
	return high;
}

/* How many columns some parts need when none may be higher than `most`, but by its only part. */
static uint32_t columns_of(const int32_t *high, uint32_t n, int32_t most)
{
	uint32_t columns = 1;
	int32_t y = 0;
	for (uint32_t i = 0; i < n; i++) {
		if (y && high[i] > most - y) {
			columns++;
			y = 0;
		}
		y += high[i];
	}
	return columns;
}

/* The least height that needs no more columns than the greatest one allowed: columns come out even.
 */
static int32_t column_height(const int32_t *high, uint32_t n, int32_t most)
{
	int32_t low = 0;
	uint32_t columns = columns_of(high, n, most);
	while (low < most) {
		int32_t mid = low + (most - low) / 2;
		if (columns_of(high, n, mid) <= columns)
			most = mid;
		else
			low = mid + 1;
	}
	return most;
}

/* How long columns of a component may be. */
static int32_t wrap_of(const lay *l, const int32_t *high, const lay_part *parts, uint32_t n)
{
	if (l->opt.wrap != LAYOUT_WRAP_PAGE)
		return l->opt.wrap;
	int64_t all = 0, left = INT32_MAX, right = INT32_MIN, columns = 1;
	for (uint32_t i = 0; i < n; i++) {
		all += high[i];
		for (uint32_t r = parts[i].first; r <= parts[i].last; r++) {
			left = l->left[r] < left ? l->left[r] : left;
			right = l->right[r] > right ? l->right[r] : right;
		}
	}
	int64_t wide = right - left + 2 * l->opt.box_gap + 1;
	while ((columns + 1) * (columns + 1) * wide <= all)
		columns++;
	return (int32_t)(all / columns + 1);
}

static bool stack_down(lay *l)
{
	l->top = LAY_NEW(&l->memory, l->n_ranks, int32_t);
	l->height = LAY_NEW(&l->memory, l->n_ranks, int32_t);
	l->band = LAY_NEW(&l->memory, l->n_ranks, int32_t);
	l->column = LAY_NEW(&l->memory, l->n_ranks, uint32_t);
	l->column_of = LAY_NEW(&l->memory, (size_t)l->n_components + 1, uint32_t);
	arena scratch = {.budget = l->budget};
	int32_t *high = LAY_NEW(&scratch, l->n_parts, int32_t);
	bool ok = !l->memory.failed && !scratch.failed;
	for (uint32_t b = 0; ok && b < l->n_boxes; b++)
		if (l->in.boxes[b].height > l->height[l->rank[b]])
			l->height[l->rank[b]] = l->in.boxes[b].height;
	if (ok)
		stack_bands(l);
	for (uint32_t i = 0; ok && i < l->n_parts; i++)
		high[i] = part_height(l, &l->parts[i]);
	uint32_t part = 0;
	for (uint32_t c = 0; ok && c < l->n_components; c++) {
		uint32_t end = part;
		while (end < l->n_parts && l->parts[end].first < l->component_first[c + 1])
			end++;
		int32_t most = INT32_MAX, y = 0;
		if (l->opt.wrap)
			most = column_height(high + part, end - part,
			                     wrap_of(l, high + part, &l->parts[part], end - part));
		l->column_of[c] = l->n_columns;
		for (; part < end; part++) {
			if (y && high[part] > most - y) {
				l->n_columns++;
				y = 0;
			}
			for (uint32_t r = l->parts[part].first; r <= l->parts[part].last; r++) {
				y += lay_gap(l, r);
				l->top[r] = y;
				y += l->height[r];
				l->column[r] = l->n_columns;
			}
		}
		l->n_columns++;
	}
	if (ok)
		l->column_of[l->n_components] = l->n_columns;
	arena_free(&scratch);
	return ok;
}

bool lay_stack(lay *l)
{
	return lay_lanes(l) && stack_down(l) && lay_lane_ways(l) && lay_pack(l);
}
