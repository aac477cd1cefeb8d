/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lay_stack.c - the way down: heights of ranks, tracks in gaps, columns, lanes.
 *
 * A lane leaves its box through a track in the gap below it, goes out to one side, down, and back
 * through the gap above each end. Shortest lanes are nearest to the boxes: two trees over the
 * ranks hold how far out the boxes and lanes reach so far, so that nothing is passed twice.
 */
#include "layout/lay.h"

/* How far out a side reaches: raise a range, ask for the most of a range. Kept bottom up. */
typedef struct reach {
	int32_t *most, *raised;
	uint32_t n;
} reach;

static void reach_up(reach *t, uint32_t i)
{
	for (i /= 2; i; i /= 2) {
		int32_t m = t->most[2 * i] > t->most[2 * i + 1] ? t->most[2 * i] : t->most[2 * i + 1];
		t->most[i] = m > t->raised[i] ? m : t->raised[i];
	}
}

static void reach_raise(reach *t, uint32_t from, uint32_t to, int32_t x)
{
	uint32_t a = from + t->n, b = to + t->n;
	for (uint32_t i = a, j = b; i < j; i /= 2, j /= 2) {
		uint32_t both[2] = {i & 1 ? i++ : 0, j & 1 ? --j : 0};
		for (int k = 0; k < 2; k++)
			if (both[k]) {
				t->most[both[k]] = x > t->most[both[k]] ? x : t->most[both[k]];
				t->raised[both[k]] = x > t->raised[both[k]] ? x : t->raised[both[k]];
			}
	}
	reach_up(t, a);
	reach_up(t, b - 1);
}

static int32_t reach_most(const reach *t, uint32_t from, uint32_t to)
{
	int32_t x = INT32_MIN;
	uint32_t i = from + t->n, j = to + t->n;
	for (uint32_t k = i; k; k /= 2) /* what was raised above the ends of the range */
		x = t->raised[k] > x ? t->raised[k] : x;
	for (uint32_t k = j - 1; k; k /= 2)
		x = t->raised[k] > x ? t->raised[k] : x;
	for (; i < j; i /= 2, j /= 2) {
		if (i & 1) {
			x = t->most[i] > x ? t->most[i] : x;
			i++;
		}
		if (j & 1) {
			j--;
			x = t->most[j] > x ? t->most[j] : x;
		}
	}
	return x;
}

static bool reach_start(reach *t, arena *a, const int32_t *extents, int32_t sign, uint32_t n)
{
	t->n = 1;
	while (t->n < n)
		t->n *= 2;
	t->most = LAY_NEW(a, (size_t)t->n * 2, int32_t);
	t->raised = LAY_NEW(a, (size_t)t->n * 2, int32_t);
	if (a->failed)
		return false;
	for (uint32_t i = 0; i < t->n * 2; i++)
		t->most[i] = t->raised[i] = INT32_MIN;
	for (uint32_t i = 0; extents && i < n; i++)
		t->most[t->n + i] = sign * extents[i];
	for (uint32_t i = t->n - 1; i; i--)
		t->most[i] = t->most[2 * i] > t->most[2 * i + 1] ? t->most[2 * i] : t->most[2 * i + 1];
	return true;
}

/* Lanes, and the tracks they take in gaps. */
static bool stack_lanes(lay *l)
{
	uint32_t n = l->n_reversed;
	for (uint32_t t = 0; t < l->n_trunks; t++)
		n += l->trunks[t].kind == LAY_LANE;
	l->lanes = LAY_NEW(&l->memory, n, lay_lane);
	l->lane_of = LAY_NEW(&l->memory, l->n_edges, uint32_t);
	l->tracks = LAY_NEW(&l->memory, (size_t)l->n_ranks + 1, uint32_t);
	if (l->memory.failed)
		return false;
	for (uint32_t t = 0; t < l->n_trunks; t++) {
		lay_trunk *k = &l->trunks[t];
		uint32_t below = l->rank[k->box] + 1, last = LAY_NONE;
		if (k->kind == LAY_LANE) {
			k->lane = l->n_lanes;
			l->lanes[l->n_lanes++] = (lay_lane){.low = below,
			                                    .high = k->last,
			                                    .trunk = t,
			                                    .edge = LAY_NONE,
			                                    .leave = l->tracks[below]++ % LAY_TRACKS};
		}
		for (uint32_t i = k->first; i < k->first + k->n; i++) {
			uint32_t e = l->out[i], to = l->rank[l->in.edges[e].to];
			l->lane_of[e] = LAY_NONE;
			if (i >= k->first + k->n_forward) {
				l->lane_of[e] = l->n_lanes;
				l->lanes[l->n_lanes++] = (lay_lane){.low = to,
				                                    .high = below,
				                                    .trunk = t,
				                                    .edge = e,
				                                    .leave = l->tracks[below]++ % LAY_TRACKS};
				l->arrive[e] = l->tracks[to]++ % LAY_TRACKS;
			} else if (k->kind == LAY_LANE) {
				if (to != last)
					l->tracks[to]++;
				l->arrive[e] = (l->tracks[to] - 1) % LAY_TRACKS;
				last = to;
			}
		}
	}
	return true;
}

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

/* How far it is from the ends of a lane to both sides of their rows: few ends tell enough. */
static void lane_sides(const lay *l, const lay_lane *k, int64_t way[2])
{
	enum { FEW = 32 };
	const lay_trunk *t = &l->trunks[k->trunk];
	uint32_t first = k->edge == LAY_NONE ? t->first : 0, n = k->edge == LAY_NONE ? t->n_forward : 1;
	int32_t from = l->box_x[t->box] + lay_port_out(l, l->out[t->first]);
	way[0] = (int64_t)from - l->left[l->rank[t->box]];
	way[1] = (int64_t)l->right[l->rank[t->box]] - from;
	for (uint32_t i = first; i < first + (n < FEW ? n : FEW); i++) {
		uint32_t e = k->edge == LAY_NONE ? l->out[i] : k->edge, to = l->in.edges[e].to;
		int32_t x = l->box_x[to] + l->port_at[e];
		way[0] += (int64_t)x - l->left[l->rank[to]];
		way[1] += (int64_t)l->right[l->rank[to]] - x;
	}
}

bool lay_stack(lay *l)
{
	if (!stack_lanes(l) || !stack_down(l))
		return false;
	arena scratch = {.budget = l->budget};
	uint32_t n = l->n_ranks + 1;
	reach side[2], deep[2]; /* left ones measure leftwards */
	lay_key *keys = LAY_NEW(&scratch, l->n_lanes, lay_key);
	lay_key *spare = LAY_NEW(&scratch, l->n_lanes, lay_key);
	bool ok = !scratch.failed && reach_start(&side[0], &scratch, l->left, -1, l->n_ranks) &&
	          reach_start(&side[1], &scratch, l->right, 1, l->n_ranks) &&
	          reach_start(&deep[0], &scratch, NULL, 1, n) &&
	          reach_start(&deep[1], &scratch, NULL, 1, n);
	for (uint32_t i = 0; ok && i < l->n_lanes; i++)
		keys[i] = (lay_key){l->lanes[i].high - l->lanes[i].low, i};
	if (ok)
		lay_sort(keys, spare, l->n_lanes);
	for (uint32_t i = 0; ok && i < l->n_lanes; i++) {
		lay_lane *k = &l->lanes[keys[i].id];
		uint32_t from = k->low ? k->low - 1 : 0, to = k->high < l->n_ranks ? k->high + 1 : k->high;
		int32_t out[2] = {reach_most(&side[0], from, to), reach_most(&side[1], from, to)};
		int64_t way[2];
		lane_sides(l, k, way);
		int s = way[1] <= way[0];
		int32_t depth = reach_most(&deep[s], from, to);
		depth = depth < 0 ? 1 : depth + 1;
		k->reference = depth > LAY_DEEP || l->column[k->low] != l->column[k->high] ||
		               l->column[from] != l->column[k->high];
		if (k->reference)
			continue;
		k->x = (s ? 1 : -1) * (out[s] + l->opt.edge_gap);
		reach_raise(&side[s], from, to, out[s] + l->opt.edge_gap);
		reach_raise(&deep[s], from, to, depth);
	}
	arena_free(&scratch);
	return ok && lay_columns(l);
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
