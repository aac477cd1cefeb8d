/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_tag.c - shapes beside wires, once a value where it is made, and the names of what is not
 * drawn through. A tag takes the first of some places around its port that is free; where none is,
 * there is no tag.
 */
#include "picture/pic_marks.h"
#include "picture/pic_place.h"
#include "picture/pic_words.h"
#include "words/clean.h"

/* Characters of a name, and of one that has to be short. */
#define MOST_NAME  20
#define LEAST_NAME 6

/* Between a wire and the text beside it. */
#define BESIDE 5

/* Above or below a wire that is drawn from left to right. */
#define ABOVE 2

/* Lines straight through a shape. */
#define MOST_CROSSED 1

/* Of one slanted line. */
#define MOST_PARTS 64

/* A line longer than this, in pixels, is not looked for all along. */
#define FAR 4096

/* Cells of the page that lines may take, for each of them; what is more is not looked for. */
#define MOST_CELLS 10

/* Between a text and the end of the page. */
#define OUTSIDE 8

typedef struct tagging {
	picture *pic;
	pic_room room;  /* what no text may touch */
	pic_room lines; /* wires, in small parts: what it should not */
	bool failed;
} tagging;

/* The text alone, without the blank that labels have. */
static int32_t text_width(const picture *pic, uint32_t label)
{
	return pic->labels.all.at[label].width - 2 * PIC_SIDE;
}

static void put(tagging *t, uint32_t wire, uint32_t label, pic_area area, bool is_end)
{
	pic_tag *tag = vec_push(NULL, &t->pic->tags);
	if (!tag) {
		t->failed = true;
		return;
	}
	*tag = (pic_tag){.label = label,
	                 .wire = wire,
	                 .x = area.x + (is_end ? PIC_TAG_SIDE : 0),
	                 .y = area.y + PIC_TAG_RISE,
	                 .is_end = is_end};
	int32_t right = area.x + area.width + OUTSIDE, bottom = area.y + area.height + OUTSIDE;
	t->pic->width = right > t->pic->width ? right : t->pic->width;
	t->pic->height = bottom > t->pic->height ? bottom : t->pic->height;
	pic_room_add(&t->room, area);
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

/* Where the pill at an end may be, best first. */
static bool place_end(tagging *t, uint32_t wire, uint32_t label, pic_point at, bool tail)
{
	const picture *pic = t->pic;
	int32_t w = text_width(pic, label) + 2 * PIC_TAG_SIDE, h = PIC_TAG_HEIGHT;
	int32_t off = tail ? PIC_END_OUT : -PIC_END_IN;
	for (int i = 0; i < 5; i++) {
		static const int32_t share[] = {4, 2, 6, 0, 8}; /* eighths that are on the one side */
		pic_area a = {at.x - w * share[i] / 8, at.y + off - (tail ? 0 : h), w, h};
		if (pic->right)
			a = (pic_area){at.x + off - (tail ? 0 : w), at.y - h * share[i] / 8, w, h};
		if (a.x < 0 || a.y < 0 || !pic_room_is_free(&t->room, a))
			continue;
		put(t, wire, label, a, true);
		return true;
	}
	return false;
}

static void tag_end(tagging *t, const pic_way *way, bool tail)
{
	picture *pic = t->pic;
	const pic_wire *wire = &pic->plan.wires.at[way->wire];
	pic_point at = pic->points.at[way->first + (tail ? 0 : way->n - 1)];
	if (!place_end(t, way->wire, name_of(pic, wire, MOST_NAME), at, tail))
		place_end(t, way->wire, name_of(pic, wire, LEAST_NAME), at, tail);
}

/* -------------------------------------------------------------------------------- shapes -- */

static bool shape_of(picture *pic, oray_id value, uint32_t *label)
{
	pic_begin(&pic->look);
	pic_line_begin(&pic->look, PIC_LINE);
	pic_shape(pic->plan.model, value, &pic->look.text);
	if (pic->look.text.n <= 1)
		return false;
	pic_line_end(&pic->look);
	*label = pic_keep(&pic->labels, &pic->look);
	return true;
}

/* Leftwards and rightwards of the port, how far the ways of a trunk turn on their first steps. */
static void turns_of(const picture *pic, const pic_way *ways, size_t n, int32_t *less,
                     int32_t *more)
{
	*less = *more = 0;
	for (size_t i = 0; i < n; i++) {
		const pic_point *p = pic->points.at + ways[i].first;
		if (ways[i].is_reference)
			continue;
		for (uint32_t k = 1; k < ways[i].n && k < 3; k++) {
			int32_t by = pic->right ? p[k].y - p[0].y : p[k].x - p[0].x;
			*less = by < *less ? by : *less;
			*more = by > *more ? by : *more;
		}
	}
}

static void tag_shape(tagging *t, const pic_way *ways, size_t n)
{
	picture *pic = t->pic;
	const pic_wire *wire = &pic->plan.wires.at[ways->wire];
	pic_point at = pic->points.at[ways->first];
	int32_t less, more;
	uint32_t label;
	if (!shape_of(pic, wire->value, &label))
		return;
	int32_t w = text_width(pic, label), h = PIC_TAG_HEIGHT;
	turns_of(pic, ways, n, &less, &more);
	bool before = more > -less; /* the wire turns away from there */
	unsigned least = MOST_CROSSED + 1;
	pic_area best = {0, 0, 0, 0};
	for (int i = 0; i < 4 && least; i++) {
		bool first = (i & 1) ? !before : before;
		pic_area a = {first ? at.x - BESIDE - w : at.x + BESIDE, at.y + 2 + (i / 2) * h, w, h};
		if (pic->right)
			a = (pic_area){at.x + BESIDE + (i / 2) * BESIDE,
			               first ? at.y - ABOVE - h : at.y + ABOVE, w, h};
		if (a.x < 0 || a.y < 0 || !pic_room_is_free(&t->room, a))
			continue;
		unsigned crossed = pic_room_count(&t->lines, a, pic->right, MOST_CROSSED + 1);
		if (crossed < least) {
			least = crossed;
			best = a;
		}
	}
	if (least <= MOST_CROSSED)
		put(t, ways->wire, label, best, false);
}

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

static void add_slanted(pic_room *lines, pic_point a, pic_point b, bool right)
{
	int32_t across = right ? b.y - a.y : b.x - a.x;
	int32_t n = (across < 0 ? -across : across) / (2 * PIC_TAG_HEIGHT) + 4;
	pic_point last = a;
	n = n < MOST_PARTS ? n : MOST_PARTS;
	for (int32_t i = 1; i <= n; i++) {
		pic_point p = on_slant(a, b, i, n, right);
		pic_area part = area_between(last, p, 2);
		if (part.width <= FAR && part.height <= FAR)
			pic_room_add(lines, part);
		last = p;
	}
}

/* Upright or level; of a long one what is near its ends, or many of them would fill the page. */
static void add_straight(pic_room *lines, pic_point a, pic_point b)
{
	pic_area all = area_between(a, b, 1);
	if (all.width <= FAR && all.height <= FAR) {
		pic_room_add(lines, all);
		return;
	}
	pic_area end = all;
	end.width = all.width < FAR / 2 ? all.width : FAR / 2;
	end.height = all.height < FAR / 2 ? all.height : FAR / 2;
	pic_room_add(lines, end);
	end.x += all.width - end.width;
	end.y += all.height - end.height;
	pic_room_add(lines, end);
}

/* What a way adds to the picture. */
static void add_lines(pic_room *lines, const picture *pic, const pic_way *way)
{
	const pic_point *p = pic->points.at + way->first;
	uint32_t first = way->shared ? way->shared : 1;
	for (uint32_t i = first; i < way->n && !way->is_reference; i++) {
		pic_point a = i == first ? way->from : p[i - 1], b = p[i];
		if (a.x != b.x && a.y != b.y)
			add_slanted(lines, a, b, pic->right);
		else
			add_straight(lines, a, b);
	}
}

/* ---------------------------------------------------------------------------------- all -- */

/* Ways of one trunk stand together. */
static size_t trunk_end(const picture *pic, size_t first)
{
	size_t end = first + 1;
	const pic_wire *x = &pic->plan.wires.at[pic->ways.at[first].wire];
	for (; end < pic->ways.n; end++) {
		const pic_wire *y = &pic->plan.wires.at[pic->ways.at[end].wire];
		if (x->from != y->from || x->value != y->value || x->gone != y->gone)
			break;
	}
	return end;
}

static void tag_ends(tagging *t, size_t first, size_t end)
{
	const picture *pic = t->pic;
	bool tail = false;
	for (size_t i = first; i < end && !t->failed; i++) {
		const pic_way *way = &pic->ways.at[i];
		if (!way->is_reference)
			continue;
		if (!tail)
			tag_end(t, way, true);
		tail = true;
		tag_end(t, way, false);
	}
}

/* Pills tell the shapes of their values themselves. */
static bool tells_itself(const picture *pic, size_t first, size_t end)
{
	const pic_wire *x = &pic->plan.wires.at[pic->ways.at[first].wire];
	pic_kind from = pic->plan.items.at[x->from].kind, to = pic->plan.items.at[x->to].kind;
	return x->value == ORAY_NONE || x->gone || from == PIC_INPUT || from == PIC_CAPTURE ||
	       (first + 1 == end && to == PIC_OUTPUT);
}

bool pic_tag_all(picture *pic, const oray_drawing *drawing)
{
	tagging t = {.pic = pic};
	if (!pic_room_start(&t.room, pic->plan.items.n + pic->ways.n + 2 * pic->frames.n))
		t.failed = true;
	for (size_t i = 0; !t.failed && i < pic->plan.items.n; i++)
		pic_room_add(&t.room, pic->area[i]);
	for (size_t i = 0; !t.failed && i < pic->frames.n; i++) {
		pic_area title = pic->frames.at[i].area;
		pic_room_add(&t.room, title);
		title.height = pic->labels.all.at[pic->frames.at[i].label].height;
		pic_room_add(&t.room, title);
	}
	for (size_t i = 0, end; !t.failed && pic->made.references && i < pic->ways.n; i = end) {
		end = trunk_end(pic, i);
		tag_ends(&t, i, end);
	}
	bool shapes = !drawing->no_shapes;
	if (shapes && !t.failed && !pic_room_start(&t.lines, 2 * pic->ways.n))
		t.failed = true;
	for (size_t i = 0;
	     shapes && !t.failed && i < pic->ways.n && t.lines.entries.n / MOST_CELLS <= pic->ways.n;
	     i++)
		add_lines(&t.lines, pic, &pic->ways.at[i]);
	for (size_t i = 0, end; shapes && !t.failed && i < pic->ways.n; i = end) {
		end = trunk_end(pic, i);
		if (!tells_itself(pic, i, end))
			tag_shape(&t, &pic->ways.at[i], end - i);
	}
	bool fine = !t.failed && !t.room.failed && !t.lines.failed;
	pic_room_free(&t.lines);
	pic_room_free(&t.room);
	return fine;
}
