/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_room.c - the page in cells, each with the rectangles whose border passes through it. Cells
 * are found by a hash, so that neither large pages nor far away corners cost anything; what shares
 * a hash by chance is told apart by its place.
 */
#include <stdlib.h>

#include "picture/pic_place.h"

enum { CELL_WIDTH = 256, CELL_HEIGHT = 128 };

bool pic_room_start(pic_room *room, size_t n)
{
	*room = (pic_room){.n_cells = 64};
	while (room->n_cells < n && room->n_cells < (size_t)1 << 28)
		room->n_cells *= 2;
	room->cells = calloc(room->n_cells, sizeof *room->cells);
	return room->cells && vec_reserve(NULL, &room->all, n) &&
	       vec_reserve(NULL, &room->entries, 2 * n);
}

static size_t cell_of(const pic_room *room, int32_t x, int32_t y)
{
	uint64_t h = ((uint64_t)(uint32_t)x << 32 | (uint32_t)y) * 0x9E3779B97F4A7C15u;
	return (size_t)(h >> 32) & (room->n_cells - 1);
}

static void enter(pic_room *room, uint32_t area, int32_t x, int32_t y)
{
	pic_room_entry *entry =
	    room->entries.n < UINT32_MAX - 1 ? vec_push(NULL, &room->entries) : NULL;
	if (!entry) {
		room->failed = true;
		return;
	}
	size_t cell = cell_of(room, x, y);
	*entry = (pic_room_entry){area, room->cells[cell]};
	room->cells[cell] = (uint32_t)room->entries.n;
}

void pic_room_add(pic_room *room, pic_area area)
{
	pic_area *slot = room->all.n < UINT32_MAX - 1 ? vec_push(NULL, &room->all) : NULL;
	if (!slot) {
		room->failed = true;
		return;
	}
	*slot = area;
	uint32_t index = (uint32_t)room->all.n - 1;
	int32_t left = area.x / CELL_WIDTH, right = (area.x + area.width) / CELL_WIDTH;
	int32_t top = area.y / CELL_HEIGHT, bottom = (area.y + area.height) / CELL_HEIGHT;
	for (int32_t x = left; x <= right; x++) {
		enter(room, index, x, top);
		if (bottom > top)
			enter(room, index, x, bottom);
	}
	for (int32_t y = top + 1; y < bottom; y++) {
		enter(room, index, left, y);
		if (right > left)
			enter(room, index, right, y);
	}
}

/* Borders cross or touch, or the second is inside of the first, which is no larger than a tag. */
static bool touch(const pic_area *a, const pic_area *b)
{
	bool apart = a->x + a->width <= b->x || b->x + b->width <= a->x || a->y + a->height <= b->y ||
	             b->y + b->height <= a->y;
	bool inside = a->x > b->x && a->x + a->width < b->x + b->width && a->y > b->y &&
	              a->y + a->height < b->y + b->height;
	return !apart && !inside;
}

unsigned pic_room_count(const pic_room *room, pic_area area, bool level, unsigned other)
{
	int32_t right = (area.x + area.width) / CELL_WIDTH;
	int32_t bottom = (area.y + area.height) / CELL_HEIGHT;
	unsigned n = 0;
	for (int32_t x = area.x / CELL_WIDTH; x <= right; x++)
		for (int32_t y = area.y / CELL_HEIGHT; y <= bottom; y++)
			for (uint32_t e = room->cells[cell_of(room, x, y)]; e;
			     e = room->entries.at[e - 1].next) {
				const pic_area *a = &room->all.at[room->entries.at[e - 1].area];
				if (touch(&area, a))
					n += (level ? a->height : a->width) <= 1 ? 1 : other;
			}
	return n;
}

bool pic_room_is_free(const pic_room *room, pic_area area)
{
	return pic_room_count(room, area, false, 1) == 0;
}

void pic_room_free(pic_room *room)
{
	vec_free(NULL, &room->all);
	vec_free(NULL, &room->entries);
	free(room->cells);
	*room = (pic_room){.failed = false};
}
