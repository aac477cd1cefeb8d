/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_begin.c - where a reader of a picture begins that is too large to be read as a whole.
 */
#include <limits.h>
#include <stdlib.h>

#include "picture/picture.h"

enum {
	NEAR = 8,
	SOME = 4,   /* that many are to be near, */
	FAR = 1200, /* which is what a window shows */
};

typedef struct ring {
	uint32_t n, item[NEAR]; /* the nearest first */
	int32_t distance[NEAR];
} ring;

/* Of the inputs the uppermost one. */
static uint32_t uppermost(const picture *pic)
{
	uint32_t first = ORAY_NONE;
	bool input = false;
	for (uint32_t i = 0; i < pic->plan.items.n; i++) {
		bool is_input = pic->plan.items.at[i].kind == PIC_INPUT;
		if (is_input < input)
			continue;
		const pic_area *a = &pic->area[i], *b = &pic->area[first == ORAY_NONE ? i : first];
		int32_t along = pic->right ? a->x - b->x : a->y - b->y;
		int32_t across = pic->right ? a->y - b->y : a->x - b->x;
		if (first == ORAY_NONE || is_input > input || along < 0 || (along == 0 && across < 0))
			first = i;
		input = is_input;
	}
	return first;
}

/* Between the middles of two boxes, across and down; boxes before the first one are none to go on
 * to. */
static int32_t distance(const picture *pic, const pic_area *first, const pic_area *a)
{
	int32_t x = a->x + a->width / 2 - first->x - first->width / 2;
	int32_t y = a->y + a->height / 2 - first->y - first->height / 2;
	if ((pic->right ? x : y) < 0)
		return INT32_MAX;
	return abs(x) + abs(y);
}

/* The nearest items; those that hold bodies are too large to be near anything. */
static ring around(const picture *pic, uint32_t first)
{
	ring r = {.n = 0};
	for (uint32_t i = 0; i < pic->plan.items.n; i++) {
		const pic_area *a = &pic->area[i];
		bool holds = a->height > pic->labels.all.at[pic->label[i]].height;
		int32_t d = i == first || holds ? INT32_MAX : distance(pic, &pic->area[first], a);
		if (d == INT32_MAX || (r.n == NEAR && d >= r.distance[NEAR - 1]))
			continue;
		uint32_t k = r.n < NEAR ? r.n++ : NEAR - 1;
		for (; k && r.distance[k - 1] > d; k--) {
			r.distance[k] = r.distance[k - 1];
			r.item[k] = r.item[k - 1];
		}
		r.distance[k] = d;
		r.item[k] = i;
	}
	return r;
}

static void widen(pic_area *all, const pic_area *a)
{
	int32_t right = all->x + all->width, bottom = all->y + all->height;
	right = right > a->x + a->width ? right : a->x + a->width;
	bottom = bottom > a->y + a->height ? bottom : a->y + a->height;
	all->x = all->x < a->x ? all->x : a->x;
	all->y = all->y < a->y ? all->y : a->y;
	all->width = right - all->x;
	all->height = bottom - all->y;
}

pic_area picture_beginning(const picture *pic, uint32_t *item)
{
	*item = uppermost(pic);
	if (*item == ORAY_NONE)
		return (pic_area){0};
	ring near = around(pic, *item);
	if (near.n > SOME && near.distance[SOME] > FAR) { /* into the body of what reads it, say */
		*item = near.item[SOME];
		near = around(pic, *item);
	}
	pic_area all = pic->area[*item];
	for (uint32_t k = 0; k < near.n; k++)
		widen(&all, &pic->area[near.item[k]]);
	return all;
}
