/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_tag.c - texts beside wires: the shape of a value where it is made, for which the layout kept
 * room, and the names of what is not drawn through. A name takes the first of some places around
 * its end that no box and no wire needs.
 */
#include <stdlib.h>

#include "picture/pic_marks.h"
#include "picture/pic_place.h"
#include "words/clean.h"

/* Characters of a name, and of one that has to be short. */
#define MOST_NAME  20
#define LEAST_NAME 6

/* How far around an end a name may reach. */
enum { ACROSS = 130, ALONG = 30 };

/* Places over the end of a line, and all; how far from the line a name beside it is, and from the
 * box at its end. */
enum { OVER = 5, PLACES = 7, BESIDE = 5, CLEAR = 3 };

/* Of one slanted line. */
#define MOST_PARTS 64

/* Between a text and the end of the page. */
#define OUTSIDE 8

typedef struct tagging {
	picture *pic;
	pic_room room;
	bool failed;
} tagging;

/* The text alone, without the blank that labels have. */
static int32_t text_width(const picture *pic, uint32_t label)
{
	return pic->labels.all.at[label].width - 2 * PIC_SIDE;
}

/* -------------------------------------------------------------------------------- shapes -- */

bool pic_tag_take(pic_placing *w, oray_id graph, const layout_graph *g, const layout_result *r)
{
	picture *pic = w->pic;
	uint32_t base = w->wire_first[graph], n = w->wire_first[graph + 1] - base;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t label = w->shape[base + i];
		if (label == ORAY_NONE || !r->routes[i].labelled || r->routes[i].kind == LAYOUT_REFERENCE)
			continue;
		pic_tag *tag = vec_push(NULL, &pic->tags);
		if (!tag)
			return false;
		pic_point at = layout_label_at(r, g, i);
		*tag = (pic_tag){.label = label,
		                 .wire = w->wires[base + i],
		                 .x = at.x + (pic->right ? PIC_SHAPE_AWAY : 0),
		                 .y = at.y + PIC_TAG_RISE};
	}
	return true;
}

/* ---------------------------------------------------------------------------------- ends -- */

static uint32_t name_of(picture *pic, const pic_wire *wire, size_t most)
{
	const pic_plan *of = wire->gone && pic->plan.gone ? &pic->plan.gone->plan : &pic->plan;
	oray_value v;
	pic_begin(&pic->look);
	pic_line_begin(&pic->look, PIC_LINE);
	if (oray_model_value(of->model, wire->value, &v) && v.name.size)
		clean_text(&pic->look.text, v.name.data, v.name.size, most);
	else
		buf_str(&pic->look.text, "?");
	pic_line_end(&pic->look);
	return pic_keep(&pic->labels, &pic->look);
}

static void put(tagging *t, uint32_t wire, uint32_t label, pic_area area)
{
	pic_tag *tag = vec_push(NULL, &t->pic->tags);
	if (!tag) {
		t->failed = true;
		return;
	}
	*tag = (pic_tag){.label = label,
	                 .wire = wire,
	                 .x = area.x + PIC_TAG_SIDE,
	                 .y = area.y + PIC_TAG_RISE,
	                 .is_end = true};
	int32_t right = area.x + area.width + OUTSIDE, bottom = area.y + area.height + OUTSIDE;
	t->pic->width = right > t->pic->width ? right : t->pic->width;
	t->pic->height = bottom > t->pic->height ? bottom : t->pic->height;
	pic_room_add(&t->room, area);
}

/* Where the pill at an end may be, best first: over the end of the line, or beside the line. */
static pic_area end_area(const picture *pic, uint32_t label, pic_point at, bool tail, int place)
{
	static const int32_t share[OVER] = {4, 2, 6, 0, 8}; /* eighths that are on the one side */
	int32_t w = text_width(pic, label) + 2 * PIC_TAG_SIDE, h = PIC_TAG_HEIGHT;
	int32_t off = tail ? PIC_END_OUT : -PIC_END_IN;
	if (place >= OVER) { /* on the right, or below, then on the other side */
		int32_t wide = pic->right ? h : w, beside = place == OVER ? BESIDE : -BESIDE - wide;
		int32_t along = tail ? CLEAR : -CLEAR - (pic->right ? w : h);
		return pic->right ? (pic_area){at.x + along, at.y + beside, w, h}
		                  : (pic_area){at.x + beside, at.y + along, w, h};
	}
	if (pic->right)
		return (pic_area){at.x + off - (tail ? 0 : w), at.y - h * share[place] / 8, w, h};
	return (pic_area){at.x - w * share[place] / 8, at.y + off - (tail ? 0 : h), w, h};
}

static bool find_end(tagging *t, uint32_t label, pic_point at, bool tail, pic_area *found)
{
	for (int i = 0; i < PLACES; i++) {
		*found = end_area(t->pic, label, at, tail, i);
		if (found->x >= 0 && found->y >= 0 && pic_room_is_free(&t->room, *found))
			return true;
	}
	return false;
}

static pic_point end_of(const picture *pic, const pic_way *way, bool tail)
{
	return pic->points.at[way->first + (tail ? 0 : way->n - 1)];
}

/* Whether it fits short, then whether it fits as well as it is. */
static void tag_end(tagging *t, const pic_way *way, bool tail)
{
	picture *pic = t->pic;
	const pic_wire *wire = &pic->plan.wires.at[way->wire];
	pic_point at = end_of(pic, way, tail);
	pic_area area, longer;
	uint32_t label = name_of(pic, wire, LEAST_NAME);
	if (!find_end(t, label, at, tail, &area))
		return;
	uint32_t whole = name_of(pic, wire, MOST_NAME);
	if (whole != label && find_end(t, whole, at, tail, &longer)) {
		label = whole;
		area = longer;
	}
	put(t, way->wire, label, area);
}

/* --------------------------------------------------------------------------------- lines -- */

/* An area from one point to another, no thinner than `least`. */
static pic_area area_between(pic_point a, pic_point b, int32_t least)
{
	int32_t x = a.x < b.x ? a.x : b.x, y = a.y < b.y ? a.y : b.y;
	int32_t w = a.x < b.x ? b.x - a.x : a.x - b.x, h = a.y < b.y ? b.y - a.y : a.y - b.y;
	return (pic_area){x, y, w > least ? w : least, h > least ? h : least};
}

/* Of a slanted line one step, in parts of 1 in `n`: as pic_curve.c draws it. */
static pic_point on_slant(pic_point a, pic_point b, int32_t i, int32_t n, bool right)
{
	double s = (double)i / n, slow = s * s * (3 - 2 * s), even = 1.5 * s * (1 - s) + s * s * s;
	a.x += (int32_t)((b.x - a.x) * (right ? even : slow));
	a.y += (int32_t)((b.y - a.y) * (right ? slow : even));
	return a;
}

static void add_slanted(pic_room *room, pic_point a, pic_point b, bool right)
{
	int32_t across = right ? b.y - a.y : b.x - a.x;
	int32_t n = (across < 0 ? -across : across) / (2 * PIC_TAG_HEIGHT) + 4;
	pic_point last = a;
	if (n <= MOST_PARTS && !pic_room_matters(room, area_between(a, b, 2)))
		return;
	n = n < MOST_PARTS ? n : MOST_PARTS;
	for (int32_t i = 1; i <= n; i++) {
		pic_point p = on_slant(a, b, i, n, right);
		pic_area area = area_between(last, p, 2);
		(right ? &area.x : &area.y)[0]--; /* what rounding took away */
		(right ? &area.width : &area.height)[0]++;
		pic_room_add(room, area);
		last = p;
	}
}

/* What a way adds to the picture. */
static void add_lines(pic_room *room, const picture *pic, const pic_way *way)
{
	pic_segment s;
	uint32_t at = 0;
	const pic_point *p = pic->points.at + way->first;
	uint32_t first = way->shared ? way->shared : 1;
	for (uint32_t i = first; i < way->n && !way->is_reference; i++) {
		pic_point a = i == first ? way->from : p[i - 1], b = p[i];
		if (a.x != b.x && a.y != b.y) {
			pic_point end = pic_curve_end(pic, way, a, i);
			add_slanted(room, a, end, pic->right);
			a = end;
		}
		if (a.x != b.x || a.y != b.y)
			pic_room_add(room, area_between(a, b, 1));
	}
	/* an end that is not drawn through */
	for (pic_point last = {0, 0}; way->is_reference && pic_segment_next(pic, way, &at, &s);) {
		if (s.move == PIC_LINE_TO)
			pic_room_add(room, area_between(last, s.to, 1));
		last = s.to;
	}
}

/* ---------------------------------------------------------------------------------- all -- */

/* How far across and along from an end its name may be. */
static void want(const picture *pic, pic_room *room, pic_point at, bool tail)
{
	int32_t back = tail ? 0 : ALONG;
	pic_area area = {at.x - ACROSS, at.y - back, 2 * ACROSS, ALONG};
	if (pic->right)
		area = (pic_area){at.x - (tail ? 0 : ACROSS), at.y - ALONG, ACROSS, 2 * ALONG};
	area.x = area.x > 0 ? area.x : 0;
	area.y = area.y > 0 ? area.y : 0;
	pic_room_want(room, area);
}

static void want_end(tagging *t, const pic_way *way, bool tail)
{
	want(t->pic, &t->room, end_of(t->pic, way, tail), tail);
}

static void add_all(tagging *t)
{
	picture *pic = t->pic;
	for (size_t i = 0; i < pic->plan.items.n; i++)
		pic_room_add(&t->room, pic->area[i]);
	for (size_t i = 0; i < pic->frames.n; i++) {
		pic_area title = pic->frames.at[i].area;
		pic_room_add(&t->room, title);
		title.height = pic->labels.all.at[pic->frames.at[i].label].height;
		pic_room_add(&t->room, title);
	}
	for (size_t i = 0; i < pic->tags.n; i++) {
		const pic_tag *tag = &pic->tags.at[i];
		pic_area area = {tag->x, tag->y - PIC_TAG_RISE, text_width(pic, tag->label),
		                 PIC_SHAPE_HEIGHT};
		pic_room_add(&t->room, area);
	}
	for (size_t i = 0; i < pic->ways.n; i++)
		add_lines(&t->room, pic, &pic->ways.at[i]);
}

static bool same_trunk(const pic_plan *plan, const pic_way *a, const pic_way *b)
{
	const pic_wire *x = &plan->wires.at[a->wire], *y = &plan->wires.at[b->wire];
	return x->from == y->from && x->value == y->value && x->gone == y->gone;
}

/* Visits the ends that get a name: of each head one, of the tails of a trunk one. */
static void each_end(tagging *t, void (*visit)(tagging *, const pic_way *, bool tail))
{
	const picture *pic = t->pic;
	const pic_way *last = NULL; /* ways of one trunk stand together */
	for (size_t i = 0; i < pic->ways.n && !t->failed && !t->room.failed; i++) {
		const pic_way *way = &pic->ways.at[i];
		if (!way->is_reference)
			continue;
		if (!last || !same_trunk(&pic->plan, last, way))
			visit(t, way, true);
		if (!way->is_crowded)
			visit(t, way, false);
		last = way;
	}
}

bool pic_tag_ends(picture *pic)
{
	tagging t = {.pic = pic};
	if (!pic->made.references)
		return true;
	t.failed = !pic_room_start(&t.room, pic->ways.n);
	each_end(&t, want_end);
	if (!t.failed)
		add_all(&t);
	each_end(&t, tag_end);
	bool fine = !t.failed && !t.room.failed;
	pic_room_free(&t.room);
	return fine;
}
