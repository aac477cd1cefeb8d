/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lay_route.c - the points of each edge. Beside boxes an edge is upright, and slanted only in the
 * gaps between ranks; so it passes no box.
 */
#include "layout/lay.h"

typedef struct router {
	lay *l;
	layout_result *result;
	size_t first; /**< of the route at hand */
	bool ok;
} router;

/* Of one edge: a few a rank, of no more ranks than a way between boxes passes. */
#define ROUTE_MOST ((1U << 27) - 1)

/* Adds a point; the middle one of three in one upright or level line goes. */
static void point(router *w, int32_t x, int32_t y)
{
	layout_result *r = w->result;
	VEC(layout_point) v = {r->points, r->n_points, r->points_capacity};
	if (v.n >= UINT32_MAX || !vec_reserve(w->l->budget, &v, 1)) {
		w->ok = false;
		return;
	}
	r->points = v.at;
	r->points_capacity = v.capacity;
	size_t n = v.n - w->first;
	layout_point *next = v.at + v.n;
	if (n && next[-1].x == x && next[-1].y == y)
		return;
	if (n > 1 && ((next[-1].x == x && next[-2].x == x) || (next[-1].y == y && next[-2].y == y)))
		next--;
	*next++ = (layout_point){x, y};
	r->n_points = (size_t)(next - v.at);
}

static int32_t box_top(const lay *l, uint32_t box)
{
	uint32_t r = l->rank[box];
	return l->top[r] + (l->height[r] - l->in.boxes[box].height) / 2;
}

static int32_t moved(const lay *l, uint32_t rank, int32_t x)
{
	return x + l->column_x[l->column[rank]];
}

/* From the lower side of rank r - 1 to the upper one of rank r, which may be in the next column. */
static void step(router *w, uint32_t r, int32_t from_x, int32_t to_x)
{
	const lay *l = w->l;
	int32_t bottom = l->top[r - 1] + l->height[r - 1];
	int32_t free = bottom + l->band[r - 1]; /* below labels */
	point(w, from_x, bottom);
	point(w, from_x, free);
	if (l->column[r] != l->column[r - 1]) {
		int32_t x = l->channel[l->column[r - 1]];
		point(w, from_x, free + l->opt.rank_gap / 4);
		point(w, x, free + l->opt.rank_gap / 4);
		point(w, x, l->top[r] - l->opt.rank_gap / 4);
		point(w, to_x, l->top[r] - l->opt.rank_gap / 4);
	}
	point(w, to_x, l->top[r]);
}

/* Tracks of a gap, seen from the rank above it, which may end its column, or from that below. */
static int32_t leave_y(const lay *l, uint32_t above, uint32_t track)
{
	return l->top[above] + l->height[above] + l->band[above] +
	       (int32_t)(track + 1) * l->opt.edge_gap;
}

static int32_t arrive_y(const lay *l, uint32_t below, uint32_t track)
{
	int32_t band = below ? l->band[below - 1] : 0;
	return l->top[below] - lay_gap(l, below) + band + (int32_t)(track + 1) * l->opt.edge_gap;
}

static void route_edge(router *w, uint32_t e)
{
	lay *l = w->l;
	const layout_edge *edge = &l->in.edges[e];
	const lay_trunk *t = &l->trunks[l->trunk_of[e]];
	const layout_box *a = &l->in.boxes[edge->from];
	uint32_t ra = l->rank[edge->from], rb = l->rank[edge->to];
	int32_t x = moved(l, ra, l->box_x[edge->from]) + lay_port_out(l, e);
	int32_t y = box_top(l, edge->from) + a->height;
	int32_t end = moved(l, rb, l->box_x[edge->to]) + l->port_at[e];
	layout_route *route = &w->result->routes[e];
	*route = (layout_route){.first = (uint32_t)w->result->n_points, .reversed = l->reversed[e]};
	w->first = route->first;
	uint32_t lane = l->reversed[e] ? l->lane_of[e] : t->kind == LAY_LANE ? t->way : LAY_NONE;
	point(w, x, y);
	if (lane == LAY_NONE && t->kind == LAY_LOCAL) {
		const int32_t *bends = &l->bend_x[t->way], *own = NULL; /* in `own` a rank, then bends */
		if (l->own_of && l->own_of[e] != LAY_NONE)
			own = l->own_x.at + l->own_of[e];
		for (uint32_t r = ra + 1; w->ok && r <= rb; r++) {
			int32_t to = end;
			if (r < rb && own && r >= (uint32_t)own[0])
				to = moved(l, r, own[1 + r - (uint32_t)own[0]]);
			else if (r < rb)
				to = moved(l, r, bends[r - ra - 1]);
			step(w, r, x, to);
			x = to;
		}
	} else if (lane == LAY_NONE || l->lanes[lane].reference) {
		route->kind = LAYOUT_REFERENCE;
	} else {
		const lay_lane *k = &l->lanes[lane];
		int32_t out = moved(l, ra, k->x), leave = leave_y(l, ra, k->leave);
		int32_t arrive = arrive_y(l, rb, l->arrive[e]);
		route->kind = LAYOUT_LANE;
		point(w, x, leave);
		point(w, out, leave);
		point(w, out, arrive);
		point(w, end, arrive);
	}
	point(w, end, box_top(l, edge->to));
	if (w->result->n_points - w->first == 1 && w->ok) { /* boxes without height or gap */
		layout_point same = w->result->points[w->first];
		w->first = w->result->n_points;
		point(w, same.x, same.y);
	}
	route->n = (uint32_t)(w->result->n_points - route->first) & ROUTE_MOST;
}

static void route_labels(const lay *l, layout_result *result)
{
	for (uint32_t t = 0; t < l->n_trunks; t++) {
		const lay_trunk *k = &l->trunks[t];
		int32_t from, to;
		if (!lay_label(l, t, &from, &to))
			continue;
		result->routes[k->label].labelled = true;
		result->routes[k->label].before = from < k->at;
	}
}

bool lay_route(lay *l, layout_result *result)
{
	router w = {.l = l, .result = result, .ok = true};
	for (uint32_t e = 0; w.ok && e < l->n_edges; e++)
		route_edge(&w, e);
	for (uint32_t b = 0; w.ok && b < l->n_boxes; b++) {
		result->corners[b] = (layout_point){moved(l, l->rank[b], l->box_x[b]), box_top(l, b)};
	}
	if (w.ok)
		route_labels(l, result);
	for (uint32_t b = 0; w.ok && b < l->n_boxes; b++) {
		uint32_t r = l->rank[b] - l->component_first[lay_component(l, l->rank[b])];
		result->ranks[b] = r;
		result->n_ranks = r + 1 > result->n_ranks ? r + 1 : result->n_ranks;
	}
	return w.ok;
}
