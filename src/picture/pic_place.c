/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_place.c - gives every item its place.
 *
 * The layout draws any graph; here items become its boxes, wires its edges, and the points that
 * come back become ways. An item has one input port a wire, in the order in which its operator
 * takes them, and one output port a value.
 */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "layout/layout.h"
#include "picture/pic_marks.h"
#include "picture/picture.h"

#include "picture/pic_words.h"

enum { TAG_X = 5, TAG_Y = 12 };

/* ------------------------------------------------------------------------------ the input -- */

typedef struct placing {
	picture *pic;
	layout_box *boxes;
	layout_edge *edges;
	uint32_t *order; /* wires by source, then by value */
} placing;

static const pic_wire *wire_array; /* for qsort */

static int by_source(const void *a, const void *b)
{
	uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
	const pic_wire *x = &wire_array[i], *y = &wire_array[j];
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->value != y->value)
		return x->value < y->value ? -1 : 1;
	return i < j ? -1 : i > j;
}

static void fill(placing *w)
{
	picture *pic = w->pic;
	const pic_plan *plan = &pic->plan;
	for (size_t i = 0; i < plan->items.n; i++) {
		const pic_label *x = &pic->labels.all.at[pic->label[i]];
		w->boxes[i] = (layout_box){.width = x->width, .height = x->height};
	}
	for (size_t i = 0; i < plan->wires.n; i++) {
		const pic_wire *x = &plan->wires.at[i];
		w->edges[i] = (layout_edge){.from = x->from,
		                            .to = x->to,
		                            .to_port = w->boxes[x->to].inputs++,
		                            .kind = x->captured ? LAYOUT_CAPTURE : LAYOUT_NORMAL};
		w->order[i] = (uint32_t)i;
	}
	wire_array = plan->wires.at;
	qsort(w->order, plan->wires.n, sizeof *w->order, by_source);
	for (size_t i = 0; i < plan->wires.n; i++) {
		const pic_wire *x = &plan->wires.at[w->order[i]];
		const pic_wire *before = i ? &plan->wires.at[w->order[i - 1]] : NULL;
		layout_box *box = &w->boxes[x->from];
		if (!before || before->from != x->from || before->value != x->value)
			box->outputs++;
		w->edges[w->order[i]].from_port = box->outputs - 1;
	}
}

/* ----------------------------------------------------------------------------- the output -- */

static uint8_t stroke_of(const pic_plan *plan, const pic_wire *wire)
{
	if (wire->gone)
		return PIC_REMOVED;
	if (wire->captured)
		return PIC_CAPTURED;
	return wire->value != ORAY_NONE && pic_mark_integers(plan, wire->value) ? PIC_QUANTIZED
	                                                                        : PIC_SOLID;
}

static uint32_t shared_points(const picture *pic, const pic_way *a, const pic_way *b)
{
	uint32_t n = 0;
	while (n < a->n && n < b->n &&
	       pic->points.at[a->first + n].x == pic->points.at[b->first + n].x &&
	       pic->points.at[a->first + n].y == pic->points.at[b->first + n].y)
		n++;
	return n;
}

static void add_tag(picture *pic, uint32_t wire)
{
	const pic_wire *x = &pic->plan.wires.at[wire];
	const pic_way *way = &pic->ways.at[pic->ways.n - 1];
	pic_begin(&pic->look);
	pic_line_begin(&pic->look, PIC_LINE);
	pic_shape(pic->plan.model, x->value, &pic->look.text);
	if (pic->look.text.n <= 1)
		return;
	pic_line_end(&pic->look);
	pic_tag *tag = vec_push(NULL, &pic->tags);
	if (!tag) {
		pic->failed = true;
		return;
	}
	pic_point at = pic->points.at[way->first];
	*tag = (pic_tag){pic_keep(&pic->labels, &pic->look), wire, at.x + TAG_X, at.y + TAG_Y, false};
}

static void take(placing *w, const layout_result *r)
{
	picture *pic = w->pic;
	const pic_plan *plan = &pic->plan;
	for (size_t i = 0; i < plan->items.n; i++)
		pic->area[i] =
		    (pic_area){r->corners[i].x, r->corners[i].y, w->boxes[i].width, w->boxes[i].height};
	for (size_t i = 0; i < r->n_points; i++) {
		pic_point *p = vec_push(NULL, &pic->points);
		if (!p) {
			pic->failed = true;
			return;
		}
		*p = (pic_point){r->points[i].x, r->points[i].y};
	}
	for (size_t i = 0; i < plan->wires.n && !pic->failed; i++) {
		uint32_t index = w->order[i];
		const pic_wire *x = &plan->wires.at[index];
		const layout_route *route = &r->routes[index];
		pic_way *way = vec_push(NULL, &pic->ways);
		if (!way) {
			pic->failed = true;
			return;
		}
		*way = (pic_way){.wire = index,
		                 .first = (uint32_t)route->first,
		                 .n = route->n,
		                 .stroke = stroke_of(plan, x),
		                 .is_reference = route->kind == LAYOUT_REFERENCE,
		                 .is_reversed = route->reversed};
		const pic_wire *before = i ? &plan->wires.at[w->order[i - 1]] : NULL;
		if (before && before->from == x->from && before->value == x->value)
			way->shared = shared_points(pic, way - 1, way);
		else if (plan->items.at[x->from].kind == PIC_NODE && x->value != ORAY_NONE && !x->gone)
			add_tag(pic, index);
	}
	pic->width = r->width;
	pic->height = r->height;
	pic->made.crossings = r->crossings;
	pic->made.columns = r->n_columns;
	pic->made.ranks = r->n_ranks;
}

oray_status picture_place(picture *pic, const oray_drawing *drawing, oray_error *err)
{
	const pic_plan *plan = &pic->plan;
	placing w = {.pic = pic};
	layout_options options = layout_options_default();
	layout_result r;
	(void)drawing;
	w.boxes = calloc(plan->items.n + 1, sizeof *w.boxes);
	w.edges = calloc(plan->wires.n + 1, sizeof *w.edges);
	w.order = calloc(plan->wires.n + 1, sizeof *w.order);
	pic->failed = !w.boxes || !w.edges || !w.order;
	options.rank_gap = 32;
	if (!pic->failed) {
		fill(&w);
		layout_graph g = {w.boxes, plan->items.n, w.edges, plan->wires.n};
		pic->failed = layout_run(&g, &options, NULL, &r) != LAYOUT_OK;
		if (!pic->failed) {
			take(&w, &r);
			layout_free(&r, NULL);
		}
	}
	free(w.boxes);
	free(w.edges);
	free(w.order);
	return pic->failed || pic->labels.failed ? error_memory(err) : ORAY_OK;
}
