/* SPDX-License-Identifier: Apache-2.0 */
/*
 * layout.c - holds the input to its limits, turns it downwards, runs the passes, turns it back.
 */
#include <string.h>

#include "layout/lay.h"

layout_options layout_options_default(void)
{
	return (layout_options){
	    .box_gap = 24, .edge_gap = 10, .rank_gap = 36, .margin = 16, .local = 256};
}

int32_t layout_port_at(int32_t length, uint32_t port, uint32_t n)
{
	if (!n)
		n = 1;
	return (int32_t)((int64_t)length * (2 * (int64_t)port + 1) / (2 * (int64_t)n));
}

static bool side_fits(int32_t x)
{
	return x >= 0 && x <= LAYOUT_SIDE_MOST;
}

/* Everything is added up here once, so that no sum of the passes can leave 32 bits. */
static layout_status check(const layout_graph *g, const layout_options *o)
{
	const int64_t most = 1 << 29;
	const size_t count = 1 << 26;
	if (!side_fits(o->box_gap) || !side_fits(o->edge_gap) || !side_fits(o->rank_gap) ||
	    !side_fits(o->margin) || o->wrap < LAYOUT_WRAP_PAGE ||
	    (unsigned)o->direction > LAYOUT_RIGHT)
		return LAYOUT_BAD_INPUT;
	if (g->n_boxes > count || g->n_edges > count)
		return LAYOUT_TOO_LARGE;
	int64_t wide = 0, high = 0, labels_wide = 0, labels_high = 0, n = (int64_t)g->n_boxes + 1;
	for (size_t i = 0; i < g->n_boxes; i++) {
		const layout_box *b = &g->boxes[i];
		if (!side_fits(b->width) || !side_fits(b->height) || b->inputs > LAYOUT_PORTS_MOST ||
		    b->outputs > LAYOUT_PORTS_MOST)
			return LAYOUT_BAD_INPUT;
		wide += b->width;
		high += b->height;
	}
	for (size_t i = 0; i < g->n_edges; i++) {
		const layout_edge *e = &g->edges[i];
		if (e->from >= g->n_boxes || e->to >= g->n_boxes || e->kind > LAYOUT_CAPTURE)
			return LAYOUT_BAD_INPUT;
		uint32_t outs = g->boxes[e->from].outputs, ins = g->boxes[e->to].inputs;
		labels_wide += e->label_width;
		labels_high += e->label_height;
		if (e->from_port >= (outs ? outs : 1) || e->to_port >= (ins ? ins : 1))
			return LAYOUT_BAD_INPUT;
	}
	bool right = o->direction == LAYOUT_RIGHT;
	int64_t across = right ? high : wide, along = right ? wide : high;
	across += 2 * (right ? labels_high : labels_wide) + (int64_t)g->n_edges * 4 * LAY_LABEL_PAD;
	along += right ? labels_wide : labels_high;
	across += n * (3 * (int64_t)o->box_gap) + (4 * n + 90000) * (int64_t)o->edge_gap;
	along += n * o->rank_gap;
	int64_t tracks = (int64_t)g->n_edges * 2;
	tracks = tracks < n * (LAY_TRACKS + 1) ? tracks + 2 : n * (LAY_TRACKS + 1);
	along += tracks * 2 * (int64_t)o->edge_gap;
	return across > most || along > most ? LAYOUT_TOO_LARGE : LAYOUT_OK;
}

static void grow(layout_point *low, layout_point *high, int32_t x, int32_t y)
{
	low->x = x < low->x ? x : low->x;
	low->y = y < low->y ? y : low->y;
	high->x = x > high->x ? x : high->x;
	high->y = y > high->y ? y : high->y;
}

layout_point layout_label_at(const layout_result *r, const layout_graph *g, size_t edge)
{
	const layout_route *w = &r->routes[edge];
	const layout_edge *e = &g->edges[edge];
	layout_point at = r->points[w->first];
	bool right = r->direction == LAYOUT_RIGHT;
	int32_t wide = right ? e->label_height : e->label_width;
	int32_t aside = w->before ? -LAY_LABEL_PAD - wide : LAY_LABEL_PAD, down = LAY_LABEL_PAD / 2;
	return right ? (layout_point){at.x + down, at.y + aside}
	             : (layout_point){at.x + aside, at.y + down};
}

static void turn(layout_point *points, size_t n, layout_point by, bool right)
{
	for (size_t i = 0; i < n; i++) {
		layout_point at = {points[i].x + by.x, points[i].y + by.y};
		points[i] = right ? (layout_point){at.y, at.x} : at;
	}
}

/* Moves all into the positive, and turns it to the direction asked for. */
static void finish(lay *l, layout_result *r)
{
	layout_point low = {INT32_MAX, INT32_MAX}, high = {INT32_MIN, INT32_MIN};
	size_t n_points = r->points ? r->n_points : 0;
	for (size_t i = 0; i < r->n_boxes; i++) {
		layout_point at = r->corners[i];
		grow(&low, &high, at.x, at.y);
		grow(&low, &high, at.x + l->in.boxes[i].width, at.y + l->in.boxes[i].height);
	}
	for (size_t i = 0; n_points && i < r->n_edges; i++) {
		const layout_edge *e = &l->in.edges[i];
		if (!r->routes[i].labelled)
			continue;
		layout_point start = r->points[r->routes[i].first]; /* still downwards */
		int32_t wide = lay_label_wide(l, e) + LAY_LABEL_PAD;
		int32_t x = r->routes[i].before ? start.x - wide : start.x + wide;
		grow(&low, &high, x, start.y + LAY_LABEL_PAD / 2 + lay_label_high(l, e));
	}
	for (size_t i = 0; i < n_points; i++)
		grow(&low, &high, r->points[i].x, r->points[i].y);
	if (!r->n_boxes)
		low = high = (layout_point){0, 0};
	int32_t m = l->opt.margin;
	bool right = l->opt.direction == LAYOUT_RIGHT;
	layout_point by = {m - low.x, m - low.y};
	turn(r->corners, r->n_boxes, by, right);
	turn(r->points, n_points, by, right);
	int32_t width = high.x - low.x + 2 * m, height = high.y - low.y + 2 * m;
	r->width = right ? height : width;
	r->height = right ? width : height;
	r->direction = l->opt.direction;
}

static bool run(lay *l, layout_result *r)
{
	if (!l->n_boxes)
		return true;
	bool ok =
	    lay_graph(l) && lay_cycles(l) && lay_rank(l) && lay_ports(l) && lay_cut(l) && lay_pieces(l);
	arena_free(&l->early);
	ok = ok && lay_stack(l);
	arena_free(&l->middle);
	return ok && lay_route(l, r);
}

layout_status layout_run(const layout_graph *graph, const layout_options *options,
                         mem_budget *budget, layout_result *result)
{
	layout_status status = check(graph, options);
	if (status != LAYOUT_OK)
		return status;
	lay l = {.in = *graph,
	         .opt = *options,
	         .memory = {.budget = budget},
	         .early = {.budget = budget},
	         .middle = {.budget = budget},
	         .budget = budget,
	         .n_boxes = (uint32_t)graph->n_boxes,
	         .n_edges = (uint32_t)graph->n_edges};
	if (options->direction == LAYOUT_RIGHT) {
		layout_box *boxes = LAY_NEW(&l.memory, graph->n_boxes, layout_box);
		if (!boxes)
			return LAYOUT_NO_MEMORY;
		for (size_t i = 0; i < graph->n_boxes; i++) {
			boxes[i] = graph->boxes[i];
			boxes[i].width = graph->boxes[i].height;
			boxes[i].height = graph->boxes[i].width;
		}
		l.in.boxes = boxes;
	}
	layout_result r = {.n_boxes = graph->n_boxes, .n_edges = graph->n_edges};
	r.corners = mem_zeroed(budget, r.n_boxes + 1, sizeof *r.corners);
	r.ranks = mem_zeroed(budget, r.n_boxes + 1, sizeof *r.ranks);
	r.routes = mem_zeroed(budget, r.n_edges + 1, sizeof *r.routes);
	if (!r.corners || !r.ranks || !r.routes || !run(&l, &r)) {
		status = LAYOUT_NO_MEMORY;
		layout_free(&r, budget);
	} else {
		finish(&l, &r);
		r.crossings = l.crossings;
		r.n_pieces = l.n_parts;
		r.n_different = l.n_different;
		r.n_reversed = l.n_reversed;
		r.n_columns = l.n_columns;
		*result = r;
	}
	vec_free(budget, &l.own_x);
	arena_free(&l.memory);
	return status;
}

void layout_free(layout_result *r, mem_budget *budget)
{
	if (r->corners)
		mem_free(budget, r->corners, (r->n_boxes + 1) * sizeof *r->corners);
	if (r->ranks)
		mem_free(budget, r->ranks, (r->n_boxes + 1) * sizeof *r->ranks);
	if (r->routes)
		mem_free(budget, r->routes, (r->n_edges + 1) * sizeof *r->routes);
	if (r->points)
		mem_free(budget, r->points, r->points_capacity * sizeof *r->points);
	memset(r, 0, sizeof *r);
}
