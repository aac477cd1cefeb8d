/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lay_lane.c - ways beside the boxes.
 *
 * A lane leaves its box through a track in the gap below it, goes out to one side, down, and back
 * through the gap above each end. Shortest lanes are nearest to the boxes: two trees over the
 * ranks hold how far out the boxes and lanes reach so far, so that nothing is passed twice. In a
 * gap, what leaves is above what arrives, and tracks are in an order in which they do not cut off
 * each other.
 */
#include "layout/lay.h"

/*
 * How far out a side reaches: raise a range, ask for the most of a range. A tree kept bottom up:
 * node i is above 2 i and 2 i + 1, and ranks are the nodes from n on.
 */
typedef struct reach {
	int32_t *most;   /**< of each node: of all that is below it */
	int32_t *raised; /**< of each node above others: as a whole */
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
				if (both[k] < t->n)
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
	for (uint32_t k = i / 2; k; k /= 2) /* what was raised above the ends of the range */
		x = t->raised[k] > x ? t->raised[k] : x;
	for (uint32_t k = (j - 1) / 2; k; k /= 2)
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
	t->n = n;
	t->most = LAY_NEW(a, (size_t)n * 2, int32_t);
	t->raised = LAY_NEW(a, n, int32_t);
	if (a->failed)
		return false;
	for (uint32_t i = 0; i < n; i++) {
		t->raised[i] = INT32_MIN;
		t->most[n + i] = extents ? sign * extents[i] : INT32_MIN;
	}
	for (uint32_t i = n - 1; i; i--)
		t->most[i] = t->most[2 * i] > t->most[2 * i + 1] ? t->most[2 * i] : t->most[2 * i + 1];
	return true;
}

/* Lanes, and the tracks they take in gaps. */
bool lay_lanes(lay *l)
{
	uint32_t n = l->n_reversed;
	for (uint32_t t = 0; t < l->n_trunks; t++)
		n += l->trunks[t].kind == LAY_LANE;
	l->lanes = LAY_NEW(&l->memory, n, lay_lane);
	l->lane_of = l->n_reversed ? LAY_NEW(&l->memory, l->n_edges, uint32_t) : NULL;
	l->tracks = LAY_NEW(&l->memory, (size_t)l->n_ranks + 1, uint32_t);
	if (l->memory.failed)
		return false;
	for (uint32_t t = 0; t < l->n_trunks; t++) {
		lay_trunk *k = &l->trunks[t];
		uint32_t below = l->rank[k->box] + 1, last = LAY_NONE;
		if (k->kind == LAY_LANE) {
			k->way = l->n_lanes;
			l->lanes[l->n_lanes++] = (lay_lane){.low = below,
			                                    .high = k->last,
			                                    .trunk = t,
			                                    .edge = LAY_NONE,
			                                    .leave = l->tracks[below]++ % LAY_TRACKS};
		}
		for (uint32_t i = k->first; i < k->first + k->n; i++) {
			uint32_t e = l->out[i], to = l->rank[l->in.edges[e].to];
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

/** Something that needs a track in a gap. */
typedef struct lane_stop {
	uint32_t lane, at; /**< at: the first that arrives there, of lay.out, or LAY_NONE: it leaves */
} lane_stop;

/* Numbers the tracks of each gap; sorted by gap, then from above. */
static bool lane_tracks(lay *l)
{
	arena scratch = {.budget = l->budget};
	uint32_t n = 0, most = l->n_lanes;
	for (uint32_t i = 0; i < l->n_lanes; i++)
		most += l->lanes[i].edge == LAY_NONE ? l->trunks[l->lanes[i].trunk].n_forward : 1;
	lane_stop *stops = LAY_NEW(&scratch, most, lane_stop);
	lay_key *keys = LAY_NEW(&scratch, most, lay_key), *spare = LAY_NEW(&scratch, most, lay_key);
	if (scratch.failed) {
		arena_free(&scratch);
		return false;
	}
	for (uint32_t i = 0; i < l->n_lanes; i++) {
		const lay_lane *k = &l->lanes[i];
		const lay_trunk *t = &l->trunks[k->trunk];
		bool right = k->x > l->box_x[t->box];
		uint64_t x = (uint32_t)l->box_x[t->box] + (1U << 30), gap = l->rank[t->box] + 1;
		keys[n] = (lay_key){gap << 33 | (right ? (1U << 31) - x : x), n};
		stops[n++] = (lane_stop){i, LAY_NONE};
		uint32_t first = t->first, ends = t->n_forward, last = LAY_NONE;
		for (uint32_t j = 0; j < (k->edge == LAY_NONE ? ends : 1); j++) {
			uint32_t e = k->edge == LAY_NONE ? l->out[first + j] : k->edge;
			uint32_t to = l->in.edges[e].to;
			if (l->rank[to] == last)
				continue;
			last = l->rank[to];
			x = (uint32_t)(l->box_x[to] + l->port_at[e]) + (1U << 30);
			keys[n] =
			    (lay_key){(uint64_t)last << 33 | 1ULL << 32 | (right ? x : (1U << 31) - x), n};
			stops[n++] = (lane_stop){i, first + j};
		}
	}
	lay_sort(keys, spare, n);
	uint32_t track = 0;
	for (uint32_t i = 0; i < n; i++) {
		const lane_stop *s = &stops[keys[i].id];
		lay_lane *k = &l->lanes[s->lane];
		track = i && keys[i].key >> 33 == keys[i - 1].key >> 33 ? track + 1 : 0;
		uint16_t at = (uint16_t)(track % LAY_TRACKS);
		if (s->at == LAY_NONE) {
			k->leave = at;
			continue;
		}
		const lay_trunk *t = &l->trunks[k->trunk];
		if (k->edge != LAY_NONE) {
			l->arrive[k->edge] = at;
			continue;
		}
		uint32_t rank = l->rank[l->in.edges[l->out[s->at]].to];
		for (uint32_t j = s->at; j < t->first + t->n_forward; j++) {
			if (l->rank[l->in.edges[l->out[j]].to] != rank)
				break;
			l->arrive[l->out[j]] = at;
		}
	}
	arena_free(&scratch);
	return true;
}

bool lay_lane_ways(lay *l)
{
	if (!l->n_lanes)
		return true;
	arena scratch = {.budget = l->budget};
	uint32_t n = l->n_ranks + 1;
	reach side[2], deep[2]; /* left ones measure leftwards */
	lay_key *keys = LAY_NEW(&scratch, l->n_lanes, lay_key);
	lay_key *spare = LAY_NEW(&scratch, l->n_lanes, lay_key);
	uint8_t *right = LAY_NEW(&scratch, l->n_lanes, uint8_t);
	bool ok = !scratch.failed && lay_lane_sides(l, right, &scratch) &&
	          reach_start(&side[0], &scratch, l->left, -1, l->n_ranks) &&
	          reach_start(&side[1], &scratch, l->right, 1, l->n_ranks) &&
	          reach_start(&deep[0], &scratch, NULL, 1, n) &&
	          reach_start(&deep[1], &scratch, NULL, 1, n);
	for (uint32_t i = 0; ok && i < l->n_lanes; i++)
		keys[i] = (lay_key){l->lanes[i].high - l->lanes[i].low, i};
	if (ok)
		lay_sort(keys, spare, l->n_lanes);
	for (uint32_t i = 0; ok && i < l->n_lanes; i++) {
		lay_lane *k = &l->lanes[keys[i].id];
		uint32_t box = l->rank[l->trunks[k->trunk].box], from = box, to = k->high + 1;
		if (k->edge != LAY_NONE) { /* upwards, and around both ends where there is something */
			bool above = k->low && l->column[k->low - 1] == l->column[k->low];
			from = above ? k->low - 1 : k->low;
			to = k->high < l->n_ranks && l->column[k->high] == l->column[box] ? k->high + 1
			                                                                  : k->high;
		}
		int32_t out[2] = {reach_most(&side[0], from, to), reach_most(&side[1], from, to)};
		int s = right[keys[i].id];
		int32_t depth = reach_most(&deep[s], from, to);
		depth = depth < 0 ? 1 : depth + 1;
		k->reference = depth > LAY_DEEP || l->column[from] != l->column[to - 1];
		if (k->reference)
			continue;
		k->x = (s ? 1 : -1) * (out[s] + l->opt.edge_gap);
		reach_raise(&side[s], from, to, out[s] + l->opt.edge_gap);
		reach_raise(&deep[s], from, to, depth);
	}
	arena_free(&scratch);
	return ok && lane_tracks(l);
}
