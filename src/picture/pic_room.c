/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_room.c - the page in cells, each with the rectangles whose border passes through it. Cells
 * are found by a hash, so that neither large pages nor far away corners cost anything; what shares
 * a hash by chance is told apart by its place. Cells in which nobody looks stay empty.
 */

#include "base/heap.h"
#include "picture/pic_place.h"

enum { CELL_WIDTH = 64, CELL_HEIGHT = 32 };

bool pic_room_start(pic_room *room, size_t n, size_t rectangles)
{
	*room = (pic_room){.n_cells = 256, .steps = 256 * (int64_t)rectangles + (1 << 20)};
	while (room->n_cells < 16 * n && room->n_cells < (size_t)1 << 28)
		room->n_cells *= 2;
	room->cells = heap_zeroed(room->n_cells, sizeof *room->cells);
	room->wanted = heap_zeroed(room->n_cells / 64, sizeof *room->wanted);
	return room->cells && room->wanted;
}

static size_t cell_of(const pic_room *room, int32_t x, int32_t y)
{
	uint64_t h = ((uint64_t)(uint32_t)x << 32 | (uint32_t)y) * 0x9E3779B97F4A7C15u;
	return (size_t)(h >> 32) & (room->n_cells - 1);
}

static bool is_wanted(const pic_room *room, size_t cell)
{
	return room->wanted[cell / 64] >> cell % 64 & 1;
}

void pic_room_want(pic_room *room, pic_area area)
{
	int32_t right = (area.x + area.width) / CELL_WIDTH;
	int32_t bottom = (area.y + area.height) / CELL_HEIGHT;
	for (int32_t x = area.x / CELL_WIDTH; x <= right; x++)
		for (int32_t y = area.y / CELL_HEIGHT; y <= bottom; y++) {
			size_t cell = cell_of(room, x, y);
			room->wanted[cell / 64] |= (uint64_t)1 << cell % 64;
		}
}

bool pic_room_matters(const pic_room *room, pic_area area)
{
	int32_t right = (area.x + area.width) / CELL_WIDTH;
	int32_t bottom = (area.y + area.height) / CELL_HEIGHT;
	for (int32_t x = area.x / CELL_WIDTH; x <= right; x++)
		for (int32_t y = area.y / CELL_HEIGHT; y <= bottom; y++)
			if (is_wanted(room, cell_of(room, x, y)))
				return true;
	return false;
}

typedef struct adding {
	pic_room *room;
	const pic_area *area;
	bool is_kept;
} adding;

static void enter(adding *a, int32_t x, int32_t y)
{
	pic_room *room = a->room;
	size_t at = cell_of(room, x, y);
	if (!is_wanted(room, at) || room->failed)
		return;
	uint32_t *cell = &room->cells[at];
	if (!a->is_kept) {
		pic_area *slot = room->all.n < UINT32_MAX - 1 ? vec_push(NULL, &room->all) : NULL;
		if (slot)
			*slot = *a->area;
		room->failed |= !slot;
		a->is_kept = true;
	}
	pic_room_entry *entry =
	    room->entries.n < UINT32_MAX - 1 ? vec_push(NULL, &room->entries) : NULL;
	if (!entry) {
		room->failed = true;
		return;
	}
	*entry = (pic_room_entry){(uint32_t)room->all.n - 1, *cell};
	*cell = (uint32_t)room->entries.n;
}

void pic_room_add(pic_room *room, pic_area area)
{
	adding a = {room, &area, false};
	int32_t left = area.x / CELL_WIDTH, right = (area.x + area.width) / CELL_WIDTH;
	int32_t top = area.y / CELL_HEIGHT, bottom = (area.y + area.height) / CELL_HEIGHT;
	room->steps -= (int64_t)(right - left + 1) + (bottom - top + 1);
	if (room->steps < 0)
		return;
	for (int32_t x = left; x <= right; x++) {
		enter(&a, x, top);
		if (bottom > top)
			enter(&a, x, bottom);
	}
	for (int32_t y = top + 1; y < bottom; y++) {
		enter(&a, left, y);
		if (right > left)
			enter(&a, right, y);
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

bool pic_room_is_free(const pic_room *room, pic_area area)
{
	int32_t right = (area.x + area.width) / CELL_WIDTH;
	int32_t bottom = (area.y + area.height) / CELL_HEIGHT;
	for (int32_t x = area.x / CELL_WIDTH; x <= right; x++)
		for (int32_t y = area.y / CELL_HEIGHT; y <= bottom; y++) {
			size_t cell = cell_of(room, x, y);
			if (!is_wanted(room, cell)) /* what there is is not known */
				return false;
			for (uint32_t e = room->cells[cell]; e; e = room->entries.at[e - 1].next)
				if (touch(&area, &room->all.at[room->entries.at[e - 1].area]))
					return false;
		}
	return true;
}

void pic_room_free(pic_room *room)
{
	vec_free(NULL, &room->all);
	vec_free(NULL, &room->entries);
	heap_free(room->cells);
	heap_free(room->wanted);
	*room = (pic_room){.failed = false};
}
