/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_way.c - ways of wires. Those of one trunk are sorted by how far down they end: then the part
 * that a way shares with any before it is the part it shares with the one before.
 */
#include <string.h>

#include "picture/pic_marks.h"
#include "picture/pic_place.h"

static uint8_t stroke_of(const pic_plan *plan, const pic_wire *wire)
{
	if (wire->gone)
		return PIC_REMOVED;
	if (wire->captured)
		return PIC_CAPTURED;
	return wire->value != ORAY_NONE && pic_mark_integers(plan, wire->value) ? PIC_QUANTIZED
	                                                                        : PIC_SOLID;
}

/* The point on the line from a to b, so far before b. */
static pic_point before(pic_point a, pic_point b, int32_t far)
{
	if (a.x == b.x)
		b.y += a.y < b.y ? -(far < b.y - a.y ? far : b.y - a.y) : far < a.y - b.y ? far : a.y - b.y;
	else if (a.y == b.y)
		b.x += a.x < b.x ? -(far < b.x - a.x ? far : b.x - a.x) : far < a.x - b.x ? far : a.x - b.x;
	return b;
}

static bool is_straight(pic_point a, pic_point b)
{
	return a.x == b.x || a.y == b.y;
}

static bool between(int32_t from, int32_t x, int32_t to)
{
	return from < to ? from < x && x < to : to < x && x < from;
}

/* What `way` has in common with the way before it. */
static void fork_from(const picture *pic, const pic_way *last, pic_way *way)
{
	const pic_point *a = pic->points.at + last->first, *b = pic->points.at + way->first;
	uint32_t n = 0;
	while (n < last->n && n < way->n && a[n].x == b[n].x && a[n].y == b[n].y)
		n++;
	if (!n)
		return;
	way->shared = n;
	way->from = b[n - 1];
	if (n == last->n || n == way->n)
		return;
	pic_point p = b[n - 1], q = b[n];
	bool on_upright = a[n].x == p.x && q.x == p.x && between(p.y, a[n].y, q.y);
	bool on_level = a[n].y == p.y && q.y == p.y && between(p.x, a[n].x, q.x);
	if (on_upright || on_level) {
		way->from = before(p, a[n], PIC_ROUND);
	} else if (n > 1 && is_straight(b[n - 2], p) && (is_straight(p, a[n]) || is_straight(p, q))) {
		/* a corner may be rounded here */
		way->from = before(b[n - 2], p, PIC_ROUND);
		way->shared = n - 1;
	}
}

/* By the rank of their ends, from one list to the other. */
static uint32_t *sort_by_rank(const uint32_t *ranks, const layout_edge *edges, uint32_t *list,
                              uint32_t *spare, size_t n)
{
	for (size_t run = 1; run < n; run *= 2) {
		for (size_t at = 0; at < n; at += 2 * run) {
			size_t i = at, middle = at + run < n ? at + run : n, j = middle;
			size_t end = at + 2 * run < n ? at + 2 * run : n;
			for (size_t k = at; k < end; k++) {
				bool left = j == end ||
				            (i < middle && ranks[edges[list[i]].to] <= ranks[edges[list[j]].to]);
				spare[k] = left ? list[i++] : list[j++];
			}
		}
		uint32_t *swap = list;
		list = spare;
		spare = swap;
	}
	return list;
}

/* A name needs that much, in pixels, between what arrives beside it. */
#define LEAST_APART 14

static bool is_crowded(const pic_placing *w, uint32_t graph_first, const layout_edge *e)
{
	const layout_box *box = &w->boxes[graph_first + e->to];
	int32_t side = w->pic->right ? box->height : box->width;
	return e->to_port && e->to_port + 1 < box->inputs && side / (int32_t)box->inputs < LEAST_APART;
}

static bool take_trunk(pic_placing *w, oray_id graph, const layout_result *r, uint32_t first,
                       uint32_t end, size_t points)
{
	uint32_t base = w->wire_first[graph];
	picture *pic = w->pic;
	const pic_plan *plan = &pic->plan;
	const layout_edge *edges = w->edges + base;
	size_t n = end - first, drawn = SIZE_MAX;
	uint32_t *list = w->list;
	bool sorted = true;
	for (size_t i = 0; i < n; i++) {
		list[i] = first - base + (uint32_t)i;
		sorted &= !i || r->ranks[edges[list[i - 1]].to] <= r->ranks[edges[list[i]].to];
	}
	if (!sorted)
		list = sort_by_rank(r->ranks, edges, list, list + n, n);
	uint8_t stroke = stroke_of(plan, &plan->wires.at[w->wires[first]]);
	for (size_t i = 0; i < n; i++) {
		const layout_route *route = &r->routes[list[i]];
		uint32_t wire = w->wires[base + list[i]];
		pic_way *way = vec_push(NULL, &pic->ways);
		if (!way)
			return false;
		*way = (pic_way){.wire = wire,
		                 .first = (uint32_t)(points + route->first),
		                 .n = route->n,
		                 .stroke = plan->wires.at[wire].captured ? (uint8_t)PIC_CAPTURED : stroke,
		                 .is_reference = route->kind == LAYOUT_REFERENCE,
		                 .is_reversed = route->reversed};
		way->from = pic->points.at[way->first];
		if (way->is_reference) {
			pic->made.references++;
			way->is_crowded = is_crowded(w, w->item_first[graph], &edges[list[i]]);
			way->shared = i > 0;
			continue;
		}
		if (drawn != SIZE_MAX)
			fork_from(pic, &pic->ways.at[drawn], way);
		drawn = pic->ways.n - 1;
	}
	return true;
}

bool pic_way_take(pic_placing *w, oray_id graph, layout_result *r, bool own)
{
	picture *pic = w->pic;
	uint32_t base = w->wire_first[graph], end = w->wire_first[graph + 1];
	size_t points = pic->points.n;
	if (points + r->n_points > UINT32_MAX)
		return false;
	if (own) {
		vec_free(NULL, &pic->points);
		pic->points.at = r->points;
		pic->points.n = r->n_points;
		pic->points.capacity = r->points_capacity;
		r->points = NULL;
		r->points_capacity = 0;
		points = 0;
	} else if (r->n_points) {
		if (!vec_reserve(NULL, &pic->points, r->n_points))
			return false;
		memcpy(pic->points.at + points, r->points, r->n_points * sizeof *r->points);
		pic->points.n += r->n_points;
	}
	if (!vec_reserve(NULL, &pic->ways, end - base))
		return false;
	for (uint32_t i = base, next; i < end; i = next) {
		next = pic_trunk_end(w, i, end);
		if (!take_trunk(w, graph, r, i, next, points))
			return false;
	}
	return true;
}
