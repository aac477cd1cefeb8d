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
	MOST_WAYS = 3000,
	ACROSS = 4000, /* from the middle to either side; a screen of 4,000 pixels at 0.5 */
	BEFORE = 1800, /* along the direction of the picture, against it, */
	AHEAD = 4300,  /* and with it */
};

bool html_part_touches(const html_part *part, const pic_area *area)
{
	const pic_area *r = &part->region;
	return area->x <= r->x + r->width && area->x + area->width >= r->x &&
	       area->y <= r->y + r->height && area->y + area->height >= r->y;
}

/* The region, 1 / 2^step as large as it may be. */
static pic_area region_of(const picture *pic, unsigned step)
{
	uint32_t first;
	(void)picture_beginning(pic, &first);
	const pic_area *a = &pic->area[first];
	int32_t across = ACROSS >> step, before = BEFORE, ahead = AHEAD >> step;
	int32_t x = a->x + a->width / 2, y = a->y + a->height / 2;
	return pic->right ? (pic_area){x - before, y - across, before + ahead, 2 * across}
	                  : (pic_area){x - across, y - before, 2 * across, before + ahead};
}

/* Looks at what is drawn of a way: part after part; of a reference its head and, unless another has
 * drawn it, its tail. */
static bool is_seen(const html_part *part, const picture *pic, const pic_way *way)
{
	const pic_point *p = pic->points.at + way->first, tail = p[0], head = p[way->n - 1];
	if (way->is_reference)
		return html_part_touches(part, &(pic_area){head.x, head.y, 0, 0}) ||
		       (!way->shared && html_part_touches(part, &(pic_area){tail.x, tail.y, 0, 0}));
	pic_point a = way->from;
	for (uint32_t i = way->shared; i < way->n; i++) {
		int32_t left = a.x < p[i].x ? a.x : p[i].x, top = a.y < p[i].y ? a.y : p[i].y;
		if (html_part_touches(part, &(pic_area){left, top, abs(a.x - p[i].x), abs(a.y - p[i].y)}))
			return true;
		a = p[i];
	}
	return false;
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
		if (!is_seen(part, pic, &pic->ways.at[i]))
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
	for (unsigned step = 0; step < 5; step++) {
		part->region = region_of(pic, step);
		part->items.n = part->ways.n = 0;
		if (!fill(part, pic))
			return false;
		if (part->items.n <= MOST_ITEMS && part->ways.n <= MOST_WAYS)
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
