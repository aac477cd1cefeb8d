/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_place.c - gives every item its place.
 *
 * The layout draws any graph; here items become its boxes, wires its edges, and the points that
 * come back become ways. Each graph is laid out by itself, bodies before the graphs around them.
 */
#include "picture/pic_place.h"

#include <string.h>

#include "base/error.h"
#include "base/heap.h"

/* Distances, in pixels. */
enum {
	BOX_GAP = 24,
	EDGE_GAP = 10,
	RANK_GAP = 34,
	RANK_GAP_RIGHT = 52, /* shapes stand along the wires then */
	MARGIN = 16,
	BODY_MARGIN = 10,
};

/* A body longer than this is broken into columns, or its holder's box would be none any more. */
#define LONG_BODY (LAYOUT_SIDE_MOST / 2)

/* A picture that much longer than wide is broken, where that was asked for. */
#define LONG 3

static bool start(pic_placing *w)
{
	size_t items = w->pic->plan.items.n + 1, wires = w->pic->plan.wires.n + 1;
	size_t graphs = w->n_graphs + 2;
	w->item_first = heap_zeroed(graphs, sizeof *w->item_first);
	w->items = heap_get(items * sizeof *w->items);
	w->position = heap_get(items * sizeof *w->position);
	w->wire_first = heap_zeroed(graphs, sizeof *w->wire_first);
	w->wires = heap_get(wires * sizeof *w->wires);
	w->boxes = heap_get(items * sizeof *w->boxes);
	w->edges = heap_get(wires * sizeof *w->edges);
	w->spare = heap_get(wires * sizeof *w->spare);
	w->shape = heap_get(wires * sizeof *w->shape);
	w->body = heap_zeroed(graphs, sizeof *w->body);
	w->next = heap_zeroed(graphs, sizeof *w->next);
	w->frame = heap_zeroed(graphs, sizeof *w->frame);
	w->title = heap_zeroed(graphs, sizeof *w->title);
	w->origin = heap_zeroed(graphs, sizeof *w->origin);
	w->used = w->n_graphs > 1 ? heap_zeroed(items, sizeof *w->used) : NULL;
	return w->item_first && w->items && w->position && w->wire_first && w->wires && w->boxes &&
	       w->edges && w->spare && w->shape && w->body && w->next && w->frame && w->title && w->origin &&
	       (w->used || w->n_graphs <= 1);
}

static void end(pic_placing *w)
{
	void *all[] = {w->item_first, w->items, w->position, w->wire_first, w->wires,
	               w->boxes,      w->edges, w->spare,    w->body,       w->next,
	               w->frame,      w->title, w->origin,   w->used,       w->shape,
	               w->list};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		heap_free(all[i]);
	vec_free(NULL, &w->asked);
}

/* ------------------------------------------------------------------------------- columns -- */

static double root(double x)
{
	double r = x > 1 ? x : 1;
	for (int i = 0; i < 64; i++)
		r = (r + x / r) / 2;
	return r;
}

/* The length of columns that makes a page of 4 to 3 of what was laid out as one. */
static int32_t column_for(const layout_result *r, bool right)
{
	double across = right ? r->height : r->width, along = right ? r->width : r->height;
	double aspect = right ? 3.0 / 4 : 4.0 / 3; /* across to along */
	double columns = root(aspect * along / (across > 1 ? across : 1));
	return columns > 1 ? (int32_t)(along / columns) + 1 : 0;
}

static layout_status lay_out(const layout_graph *g, layout_options *o, int32_t wrap, bool is_body,
                             layout_result *r)
{
	bool right = o->direction == LAYOUT_RIGHT;
	o->wrap = wrap > 0 && !is_body ? wrap : 0;
	layout_status status = layout_run(g, o, NULL, r);
	if (status != LAYOUT_OK)
		return status;
	int32_t along = right ? r->width : r->height, across = right ? r->height : r->width;
	bool is_long =
	    (wrap < 0 && !is_body && along / LONG > across) || (is_body && along > LONG_BODY);
	for (int i = 0; i < 2 && is_long; i++) {
		int32_t column = i ? o->wrap : column_for(r, right);
		if (i) { /* columns have different widths: once more, by what came out */
			along = right ? r->width : r->height;
			across = right ? r->height : r->width;
			double aspect = (double)across / along * (right ? 4.0 / 3 : 3.0 / 4);
			if (r->n_columns < 2 || (aspect > 0.8 && aspect < 1.25))
				break;
			/* Where one cannot be parted, others beside it may as well be as long. */
			column = along / 4 > column / 3 ? along : (int32_t)(column * root(aspect));
		}
		if (column < 1)
			break;
		o->wrap = column;
		layout_free(r, NULL);
		status = layout_run(g, o, NULL, r);
		if (status != LAYOUT_OK)
			return status;
	}
	return LAYOUT_OK;
}

/* -------------------------------------------------------------------------------- graphs -- */

static pic_outcome place_graph(pic_placing *w, oray_id graph, bool own)
{
	picture *pic = w->pic;
	uint32_t first = w->item_first[graph], n = w->item_first[graph + 1] - first;
	uint32_t wire = w->wire_first[graph];
	layout_options o = layout_options_default();
	layout_graph g = {w->boxes + first, n, w->edges + wire, w->wire_first[graph + 1] - wire};
	layout_result r;
	o.direction = pic->right ? LAYOUT_RIGHT : LAYOUT_DOWN;
	o.box_gap = BOX_GAP;
	o.edge_gap = EDGE_GAP;
	o.rank_gap = pic->right ? RANK_GAP_RIGHT : RANK_GAP;
	o.margin = graph ? BODY_MARGIN : MARGIN;
	layout_status status = lay_out(&g, &o, w->drawing->wrap, graph != 0, &r);
	if (status != LAYOUT_OK)
		return status == LAYOUT_NO_MEMORY ? PIC_NO_MEMORY : PIC_TOO_LARGE;
	for (uint32_t i = 0; i < n; i++)
		pic->area[w->items[first + i]] =
		    (pic_area){r.corners[i].x, r.corners[i].y, g.boxes[i].width, g.boxes[i].height};
	pic->made.crossings += r.crossings;
	pic->made.columns = r.n_columns > pic->made.columns ? r.n_columns : pic->made.columns;
	pic->made.ranks += r.n_ranks;
	bool taken = pic_tag_take(w, graph, &g, &r) && pic_way_take(w, graph, &r, own);
	pic_outcome outcome = taken ? PIC_PLACED : PIC_NO_MEMORY;
	if (!graph) {
		pic->width = r.width;
		pic->height = r.height;
	} else if (outcome == PIC_PLACED) {
		outcome = pic_frame_size(w, graph, r.width, r.height);
	}
	layout_free(&r, NULL);
	return outcome;
}

/* Bodies of one graph come in the order of their numbers. */
static void link_bodies(pic_placing *w)
{
	for (size_t g = w->n_graphs; g-- > 1;) {
		uint32_t holder = pic_holder(&w->pic->plan, (oray_id)g);
		if (w->item_first[g] == w->item_first[g + 1] || holder == ORAY_NONE)
			continue;
		oray_id around = w->pic->plan.items.at[holder].graph;
		w->next[g] = w->body[around];
		w->body[around] = (uint32_t)g;
	}
}

static pic_outcome place_all(pic_placing *w)
{
	size_t drawn = 0;
	if (!start(w) || !pic_order(w))
		return PIC_NO_MEMORY;
	heap_free(w->spare);
	w->spare = NULL;
	memset(w->shape, 0xff, w->pic->plan.wires.n * sizeof *w->shape);
	pic_ask(w);
	vec_free(NULL, &w->asked);
	w->list = heap_get(((size_t)w->longest + 1) * 2 * sizeof *w->list);
	if (!w->list)
		return PIC_NO_MEMORY;
	link_bodies(w);
	for (size_t g = 0; g < w->n_graphs; g++)
		drawn += w->item_first[g] < w->item_first[g + 1];
	for (size_t g = w->n_graphs; g-- > 0;) {
		if (w->item_first[g] == w->item_first[g + 1])
			continue;
		pic_outcome outcome = pic_frame_grow(w, (oray_id)g);
		if (outcome == PIC_PLACED)
			outcome = place_graph(w, (oray_id)g, drawn == 1);
		if (outcome != PIC_PLACED)
			return outcome;
	}
	return pic_frame_settle(w);
}

oray_status picture_place(picture *pic, const oray_drawing *drawing, oray_error *err)
{
	pic_placing w = {.pic = pic, .drawing = drawing, .n_graphs = pic->plan.info->n_graphs};
	pic->right = drawing->right;
	pic->made.crossings = pic->made.references = pic->made.columns = pic->made.ranks = 0;
	pic_outcome outcome = place_all(&w);
	end(&w);
	if (outcome == PIC_TOO_LARGE)
		return error_set(err, ORAY_ERR_LIMIT, ORAY_NO_OFFSET, NULL,
		                 "the picture would be larger than %d pixels; draw a part of the graph",
		                 LAYOUT_SIDE_MOST);
	if (outcome == PIC_PLACED && !pic_tag_ends(pic))
		outcome = PIC_NO_MEMORY;
	return outcome == PIC_PLACED && !pic->labels.failed ? ORAY_OK : error_memory(err);
}
