/* SPDX-License-Identifier: Apache-2.0 */
/*
 * canvas.c - which things a strip of a picture touches.
 *
 * In each layer things are sorted by upper edge. Those that earlier strips touched and that reach
 * further down are kept in a list of their own, in the same order, so that what lies above what is
 * the same in every strip.
 */
#include "export/canvas.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/heap.h"

/* How far borders, arrowheads and rounded corners reach beyond what they belong to. */
#define REACH 8

static canvas_layer layer_of(canvas_kind kind)
{
	static const canvas_layer layers[] = {
	    [CANVAS_FRAME] = CANVAS_FRAMES, [CANVAS_HOLDER] = CANVAS_FRAMES,
	    [CANVAS_WAY] = CANVAS_WIRES,    [CANVAS_BOX] = CANVAS_BOXES,
	    [CANVAS_TAG] = CANVAS_TAGS,     [CANVAS_CHIP] = CANVAS_TAGS,
	};
	return layers[kind];
}

/* Things that are not the same are never equal, so qsort() gives one order everywhere. */
static int by_place(const void *a, const void *b)
{
	const canvas_thing *x = a, *y = b;
	canvas_layer i = layer_of(x->kind), j = layer_of(y->kind);
	if (i != j)
		return i < j ? -1 : 1;
	if (x->top != y->top)
		return x->top < y->top ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

static void add(canvas *c, canvas_kind kind, size_t index, int32_t top, int32_t bottom)
{
	c->things[c->n_things++] = (canvas_thing){top - REACH, bottom + REACH, kind, (uint32_t)index};
}

static void extend(int32_t *top, int32_t *bottom, int32_t y)
{
	*top = y < *top ? y : *top;
	*bottom = y > *bottom ? y : *bottom;
}

static void add_way(canvas *c, size_t index)
{
	int32_t top = INT32_MAX, bottom = INT32_MIN;
	uint32_t at = 0;
	pic_segment s;
	while (pic_segment_next(c->pic, &c->pic->ways.at[index], &at, &s)) {
		extend(&top, &bottom, s.to.y);
		if (s.move == PIC_CURVE) {
			extend(&top, &bottom, s.a.y);
			extend(&top, &bottom, s.b.y);
		}
	}
	if (top <= bottom)
		add(c, CANVAS_WAY, index, top, bottom);
}

static void add_items(canvas *c, bool *holds)
{
	const picture *pic = c->pic;
	for (size_t i = 0; i < pic->frames.n; i++) {
		const pic_frame *f = &pic->frames.at[i];
		add(c, CANVAS_FRAME, i, f->area.y, f->area.y + f->area.height);
		if (f->holder != ORAY_NONE)
			holds[f->holder] = true;
	}
	for (size_t i = 0; i < pic->plan.items.n; i++)
		add(c, holds[i] ? CANVAS_HOLDER : CANVAS_BOX, i, pic->area[i].y,
		    pic->area[i].y + pic->area[i].height);
}

static void add_all(canvas *c, bool *holds)
{
	const picture *pic = c->pic;
	add_items(c, holds);
	for (size_t i = 0; i < pic->ways.n; i++)
		add_way(c, i);
	for (size_t i = 0; i < pic->tags.n; i++)
		add(c, CANVAS_TAG, i, pic->tags.at[i].y - PIC_TAG_SIZE, pic->tags.at[i].y + 4);
	for (size_t i = 0; i < pic->legend.n; i++)
		add(c, CANVAS_CHIP, i, pic->legend.at[i].area.y,
		    pic->legend.at[i].area.y + pic->legend.at[i].area.height);
	qsort(c->things, c->n_things, sizeof *c->things, by_place);
	for (size_t i = 0; i < c->n_things; i++)
		c->first[layer_of(c->things[i].kind) + 1] = i + 1;
	for (size_t i = 0; i < CANVAS_N_LAYERS; i++) {
		if (c->first[i + 1] < c->first[i])
			c->first[i + 1] = c->first[i];
		c->next[i] = c->first[i];
	}
}

bool canvas_open(canvas *c, const picture *pic, const theme *t, const cairo_lib *lib, double pixel)
{
	*c = (canvas){.pic = pic, .theme = t, .lib = lib, .pixel = pixel};
	size_t most = pic->plan.items.n + pic->frames.n + pic->ways.n + pic->tags.n + pic->legend.n;
	bool *holds = heap_zeroed(pic->plan.items.n + 1, sizeof *holds);
	c->things = heap_zeroed(most + 1, sizeof *c->things);
	c->active = heap_zeroed(most + 1, sizeof *c->active);
	if (holds && c->things && c->active)
		add_all(c, holds);
	bool done = holds && c->things && c->active;
	heap_free(holds);
	canvas_fonts_open(c);
	return done;
}

void canvas_close(canvas *c)
{
	canvas_fonts_close(c);
	heap_free(c->things);
	heap_free(c->active);
	buf_free(&c->text);
	*c = (canvas){.pic = NULL};
}

static void paint_layer(canvas *c, cairo_t *cr, canvas_layer layer, int32_t top, int32_t bottom)
{
	uint32_t *active = c->active + c->first[layer];
	size_t n = 0;
	for (size_t i = 0; i < c->n_active[layer]; i++)
		if (c->things[active[i]].bottom > top)
			active[n++] = active[i];
	for (size_t *next = &c->next[layer]; *next < c->first[layer + 1]; ++*next) {
		if (c->things[*next].top >= bottom)
			break;
		active[n++] = (uint32_t)*next;
	}
	c->n_active[layer] = n;
	for (size_t i = 0; i < n; i++)
		canvas_paint(c, cr, &c->things[active[i]], top, bottom);
}

void canvas_strip(canvas *c, cairo_t *cr, double top, double bottom)
{
	const cairo_lib *lib = c->lib;
	lib->save(cr);
	c->font = -1;
	canvas_page(c, cr);
	lib->scale(cr, c->pixel, c->pixel);
	lib->translate(cr, 0, -top);
	for (canvas_layer layer = 0; layer < CANVAS_N_LAYERS; layer++)
		paint_layer(c, cr, layer, (int32_t)floor(top), (int32_t)ceil(bottom));
	lib->restore(cr);
}

/* Marks how much a cut through each line from `earliest` on would hurt. */
static void weigh(const canvas_thing *x, int weight, int32_t *change, int32_t earliest, int32_t n)
{
	int64_t from = (int64_t)x->top + REACH - earliest, to = (int64_t)x->bottom - REACH - earliest;
	if (to <= 0 || from >= n)
		return;
	change[from < 0 ? 0 : from + 1] += weight; /* its edges themselves may be cut along */
	if (to < n)
		change[to] -= weight;
}

int32_t canvas_cut(const canvas *c, int32_t earliest, int32_t latest)
{
	static const int weights[CANVAS_N_LAYERS] = {[CANVAS_BOXES] = 8, [CANVAS_TAGS] = 1};
	int32_t n = latest - earliest + 1, best = latest, least = INT32_MAX, sum = 0;
	int32_t *change = n > 0 ? heap_zeroed((size_t)n + 2, sizeof *change) : NULL;
	if (!change)
		return latest;
	for (canvas_layer layer = CANVAS_BOXES; layer < CANVAS_N_LAYERS; layer++) {
		for (size_t i = 0; i < c->n_active[layer]; i++)
			weigh(&c->things[c->active[c->first[layer] + i]], weights[layer], change, earliest, n);
		for (size_t i = c->next[layer]; i < c->first[layer + 1]; i++) {
			if (c->things[i].top > latest)
				break;
			weigh(&c->things[i], weights[layer], change, earliest, n);
		}
	}
	for (int32_t i = 0; i < n; i++) {
		sum += change[i];
		if (sum <= least) {
			least = sum;
			best = earliest + i;
		}
	}
	heap_free(change);
	return best;
}
