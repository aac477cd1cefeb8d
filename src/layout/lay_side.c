/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lay_side.c - on which side of the boxes each lane goes: where it crosses less, and among equals
 * where it is nearer.
 *
 * What leaves a box crosses the lines that start beside it, what arrives crosses those that end
 * there. Of two lanes on one side the longer is outside, and crosses the other wherever it comes in
 * between its ends: so lanes that overlap would rather be on both sides. Lanes go to the other side
 * while that is better, for a few rounds.
 */
#include "layout/lay.h"

enum {
	ENDS_MOST = 32,
	STOPS_MOST = 8,
	PAIRS_MOST = 300,
	ROUNDS = 4,
	LARGE = 60000, /**< boxes and edges: then lanes go where they are near */
};

/** Where a lane is level. */
typedef struct side_stop {
	uint32_t lane, next; /**< next: of the same gap, or LAY_NONE */
	int32_t x;           /**< of the port */
	bool leaves;
} side_stop;

typedef struct sides {
	const lay *l;
	side_stop *stops;
	uint32_t n_stops;
	uint32_t *at_gap;     /**< first stop of each gap, or LAY_NONE; n_ranks + 1 */
	uint32_t *stop_first; /**< of each lane, n_lanes + 1: its stops from above */
	uint32_t *gap;        /**< of each stop */
	uint32_t *crossed;    /**< of each lane: lines on its left, and on its right */
	uint8_t *side;        /**< of each lane; 1: right */
} sides;

/* The ends of a lane: few tell enough. */
static uint32_t ends_of(const lay *l, const lay_lane *k, uint32_t *first)
{
	const lay_trunk *t = &l->trunks[k->trunk];
	*first = t->first;
	if (k->edge != LAY_NONE)
		return 1;
	return t->n_forward < ENDS_MOST ? t->n_forward : ENDS_MOST;
}

static uint32_t end_of(const lay *l, const lay_lane *k, uint32_t i)
{
	return k->edge == LAY_NONE ? l->out[i] : k->edge;
}

static int32_t start_x(const lay *l, const lay_trunk *t)
{
	return l->box_x[t->box] + lay_port_out(l, l->out[t->first]);
}

/* How far it is from the ends of a lane to the right side of their rows, less that to the left. */
static int64_t farther_right(const lay *l, const lay_lane *k)
{
	const lay_trunk *t = &l->trunks[k->trunk];
	uint32_t first, n = ends_of(l, k, &first), r = l->rank[t->box];
	int64_t way = (int64_t)l->right[r] + l->left[r] - 2 * (int64_t)start_x(l, t);
	for (uint32_t i = first; i < first + n; i++) {
		uint32_t e = end_of(l, k, i), to = l->in.edges[e].to;
		r = l->rank[to];
		way += (int64_t)l->right[r] + l->left[r] - 2 * ((int64_t)l->box_x[to] + l->port_at[e]);
	}
	return way;
}

static void add_stop(sides *s, uint32_t lane, uint32_t gap, int32_t x, bool leaves)
{
	uint32_t of_gap = 0;
	for (uint32_t i = s->at_gap[gap]; i != LAY_NONE && of_gap <= STOPS_MOST; i = s->stops[i].next)
		of_gap++;
	s->gap[s->n_stops] = gap;
	s->stops[s->n_stops] = (side_stop){lane, s->at_gap[gap], x, leaves};
	if (of_gap <= STOPS_MOST) /* in a crowd, nobody counts */
		s->at_gap[gap] = s->n_stops;
	s->n_stops++;
}

static void find_stops(sides *s)
{
	const lay *l = s->l;
	for (uint32_t i = 0; i < l->n_lanes; i++) {
		const lay_lane *k = &l->lanes[i];
		const lay_trunk *t = &l->trunks[k->trunk];
		uint32_t first, n = ends_of(l, k, &first);
		s->stop_first[i] = s->n_stops;
		add_stop(s, i, l->rank[t->box] + 1, start_x(l, t), true);
		for (uint32_t j = first; j < first + n; j++) {
			uint32_t e = end_of(l, k, j), to = l->in.edges[e].to;
			add_stop(s, i, l->rank[to], l->box_x[to] + l->port_at[e], false);
		}
	}
	s->stop_first[l->n_lanes] = s->n_stops;
}

/* A line passes a gap, and is at `x` where lanes leave or where they arrive. */
static void cross(sides *s, uint32_t trunk, uint32_t gap, int32_t x, bool leaves)
{
	for (uint32_t i = s->at_gap[gap]; i != LAY_NONE; i = s->stops[i].next) {
		const side_stop *stop = &s->stops[i];
		if (stop->leaves == leaves && s->l->lanes[stop->lane].trunk != trunk)
			s->crossed[2 * (size_t)stop->lane + (x > stop->x)]++;
	}
}

static void cross_trunks(sides *s)
{
	const lay *l = s->l;
	for (uint32_t t = 0; t < l->n_trunks; t++) {
		const lay_trunk *k = &l->trunks[t];
		if (k->kind != LAY_LOCAL)
			continue;
		int32_t x = k->n_forward ? start_x(l, k) : 0;
		uint32_t start = l->rank[k->box] + 1;
		for (uint32_t r = start; r <= k->last; r++) {
			cross(s, t, r, x, true);
			if (r == k->last)
				break;
			x = l->bend_x[k->way + (r - start)];
			cross(s, t, r, x, false);
		}
		for (uint32_t i = k->first; i < k->first + k->n_forward; i++) {
			uint32_t e = l->out[i], to = l->in.edges[e].to;
			if (s->at_gap[l->rank[to]] != LAY_NONE)
				cross(s, t, l->rank[to], l->box_x[to] + l->port_at[e], false);
		}
	}
}

/* How often two lanes cross on one side: wherever the outer one comes in. */
static uint32_t cross_lanes(const sides *s, uint32_t a, uint32_t b)
{
	const lay_lane *inner = &s->l->lanes[a], *outer = &s->l->lanes[b];
	uint32_t of_a = inner->high - inner->low, of_b = outer->high - outer->low;
	if (of_a > of_b || (of_a == of_b && a > b)) {
		inner = outer;
		b = a;
	}
	uint32_t n = 0, last = LAY_NONE;
	for (uint32_t i = s->stop_first[b]; i < s->stop_first[b + 1]; i++) {
		n += s->gap[i] != last && s->gap[i] > inner->low && s->gap[i] < inner->high;
		last = s->gap[i];
	}
	return n;
}

static void choose(sides *s)
{
	uint32_t n = s->l->n_lanes;
	bool moved = n <= PAIRS_MOST;
	for (int round = 0; round < ROUNDS && moved; round++) {
		moved = false;
		for (uint32_t i = 0; i < n; i++) {
			uint32_t cost[2] = {s->crossed[2 * (size_t)i], s->crossed[2 * (size_t)i + 1]};
			for (uint32_t j = 0; j < n; j++)
				if (j != i)
					cost[s->side[j]] += cross_lanes(s, i, j);
			if (cost[!s->side[i]] < cost[s->side[i]]) {
				s->side[i] = !s->side[i];
				moved = true;
			}
		}
	}
}

bool lay_lane_sides(const lay *l, uint8_t *side, arena *scratch)
{
	size_t n = l->n_lanes, stops = n;
	uint32_t first;
	for (uint32_t i = 0; i < n; i++) {
		stops += ends_of(l, &l->lanes[i], &first);
		side[i] = farther_right(l, &l->lanes[i]) <= 0;
	}
	if (!n || (size_t)l->n_boxes + l->n_edges > LARGE)
		return true;
	sides s = {.l = l, .side = side};
	s.stops = LAY_NEW(scratch, stops, side_stop);
	s.gap = LAY_NEW(scratch, stops, uint32_t);
	s.at_gap = LAY_NEW(scratch, (size_t)l->n_ranks + 1, uint32_t);
	s.stop_first = LAY_NEW(scratch, n + 1, uint32_t);
	s.crossed = LAY_NEW(scratch, 2 * n, uint32_t);
	if (scratch->failed)
		return false;
	for (uint32_t r = 0; r <= l->n_ranks; r++)
		s.at_gap[r] = LAY_NONE;
	find_stops(&s);
	cross_trunks(&s);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t left = s.crossed[2 * (size_t)i], right = s.crossed[2 * (size_t)i + 1];
		side[i] = left == right ? side[i] : right < left;
	}
	choose(&s);
	return true;
}
