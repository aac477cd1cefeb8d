/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_opening.c - what a reader of a large page sees first, in a block of its own before the
 * script: the part of the picture around its first input, with the colours and sizes it is drawn
 * by. The rest of the page's data takes a few tenths of a second to be read; this a few hundredths.
 *
 * The part is as large as a large screen sees it at the scale the page begins with (home() in
 * templates/viewer/board.js), or smaller where that holds too many boxes.
 */
#include <stdlib.h>

#include "base/heap.h"
#include "export/html_draft.h"

enum {
	LARGE = 1500,     /* items from which on a page has an opening */
	MOST_ITEMS = 500, /* of the opening */
	BEFORE = 1800,    /* pixels of the picture against its direction */
};

bool html_part_touches(const html_part *part, const pic_area *area)
{
	const pic_area *r = &part->region;
	return area->x <= r->x + r->width && area->x + area->width >= r->x &&
	       area->y <= r->y + r->height && area->y + area->height >= r->y;
}

/*
 * How far the part reaches from the middle of the first box: to either side, and along the
 * direction of the picture. Windows of 3840, 2560, 1920 and 1400 pixels at the scales that pages
 * begin with, for 4K at the smallest one too; a phone; and what is left where there is still too
 * much.
 */
static const struct {
	int32_t across, ahead;
	uint32_t ways; /* as many as may be in it: the smaller, the more, for there is nothing else */
} reach[] = {
    {4000, 4300, 3000}, {2500, 2900, 3000}, {1450, 1950, 4500}, {1050, 1500, 4500},
    {720, 1350, 20000}, {350, 1150, 20000}, {350, 600, 20000},
};

static pic_area region_of(const picture *pic, size_t step)
{
	uint32_t first;
	(void)picture_beginning(pic, &first);
	const pic_area *a = &pic->area[first];
	int32_t across = reach[step].across, ahead = reach[step].ahead;
	int32_t x = a->x + a->width / 2, y = a->y + a->height / 2;
	return pic->right ? (pic_area){x - BEFORE, y - across, BEFORE + ahead, 2 * across}
	                  : (pic_area){x - across, y - BEFORE, 2 * across, BEFORE + ahead};
}

pic_point html_way_point(const picture *pic, const pic_way *way, uint32_t i)
{
	return i + 1 == way->shared ? way->from : pic->points.at[way->first + i];
}

/* A reference is drawn at its head and, unless another has drawn it, at its tail. */
static bool sees_reference(const html_part *part, const picture *pic, const pic_way *way)
{
	const pic_point *p = pic->points.at + way->first, tail = p[0], head = p[way->n - 1];
	return html_part_touches(part, &(pic_area){head.x, head.y, 0, 0}) ||
	       (!way->shared && html_part_touches(part, &(pic_area){tail.x, tail.y, 0, 0}));
}

uint32_t html_way_run(const html_part *part, const picture *pic, const pic_way *way, uint32_t *end)
{
	uint32_t begin = way->shared ? way->shared - 1 : 0, first = begin, last = 0;
	*end = way->n;
	if (!part)
		return begin;
	if (way->is_reference)
		return sees_reference(part, pic, way) ? begin : *end;
	for (uint32_t i = begin; i + 1 < way->n; i++) {
		pic_point a = html_way_point(pic, way, i), b = html_way_point(pic, way, i + 1);
		int32_t left = a.x < b.x ? a.x : b.x, top = a.y < b.y ? a.y : b.y;
		if (!html_part_touches(part, &(pic_area){left, top, abs(a.x - b.x), abs(a.y - b.y)}))
			continue;
		first = last ? first : i;
		last = i + 1;
	}
	*end = last + 2 < way->n ? last + 2 : way->n;
	return last ? first : *end;
}

/* @return false without memory. */
static bool fill(html_part *part, const picture *pic)
{
	uint32_t n = (uint32_t)pic->plan.items.n;
	for (uint32_t i = 0; i < n; i++) {
		part->number[i] = 0;
		if (!html_part_touches(part, &pic->area[i]))
			continue;
		uint32_t *item = vec_push(NULL, &part->items);
		if (!item)
			return false;
		part->number[i] = (uint32_t)part->items.n - 1;
		*item = i;
	}
	for (uint32_t i = 0; i < pic->ways.n; i++) {
		uint32_t end;
		if (html_way_run(part, pic, &pic->ways.at[i], &end) == end)
			continue;
		uint32_t *way = vec_push(NULL, &part->ways);
		if (!way)
			return false;
		*way = i;
	}
	return true;
}

/* The largest part that is not too much. */
static bool choose(html_part *part, const picture *pic)
{
	for (size_t step = 0; step < sizeof reach / sizeof *reach; step++) {
		part->region = region_of(pic, step);
		part->items.n = part->ways.n = 0;
		if (!fill(part, pic))
			return false;
		if (part->items.n <= MOST_ITEMS && part->ways.n <= reach[step].ways)
			return true;
	}
	part->items.n = 0;
	return true;
}

void html_opening(html_draft *d, const picture *pic, const char *title)
{
	html_draft own = {.model = d->model, .info = d->info, .drawing = d->drawing, .out = d->out};
	html_part part = {.number = NULL};
	bool folded = d->drawing->fold || d->drawing->depth; /* then another picture is shown first */
	if (pic->plan.items.n < LARGE || folded || d->drawing->difference)
		return;
	strings_init(&own.labels, NULL);
	part.number = heap_zeroed(pic->plan.items.n, sizeof *part.number);
	own.failed = !part.number || !choose(&part, pic);
	own.pack =
	    own.failed || !part.items.n ? NULL : html_pack_begin(d->out, "opening", HTML_PLAIN_MOST);
	if (own.pack) {
		html_open(&own, '{');
		html_key(&own, "title");
		html_cstr(&own, title);
		html_themes(&own);
		html_key(&own, "views");
		html_open(&own, '[');
		html_view(&own, pic, &part, "", "part");
		html_close(&own, ']');
		html_labels(&own);
		html_close(&own, '}');
		html_pack_add(own.pack, own.json.data, own.json.n);
		html_pack_end(own.pack);
	}
	d->failed |= own.failed || !buf_ok(&own.json) || !buf_ok(&own.word) || !buf_ok(&own.more);
	strings_free(&own.labels);
	vec_free(NULL, &own.label_sizes);
	buf_free(&own.json);
	buf_free(&own.word);
	buf_free(&own.more);
	vec_free(NULL, &part.items);
	vec_free(NULL, &part.ways);
	heap_free(part.number);
}
