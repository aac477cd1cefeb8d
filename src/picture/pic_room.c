/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_room.c - the page in cells, each with the rectangles whose border passes through it: no more
 * of them than what is in the cell. Cells are found by a hash, so that neither large pages nor far
 * away corners cost anything. Cells in which nobody looks stay empty.
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

/* What tells apart the cells that share a place. */
static uint32_t mark_of(const pic_room *room, int32_t x, int32_t y)
{
	return (uint32_t)y ^ (uint32_t)((size_t)x / room->n_cells) << 24;
}

/* From `from` on, `n` pixels: what of them is within a cell of `size` that begins at `cell`. */
static bool within(int32_t cell, int32_t size, int32_t from, int32_t n, int32_t *low, int32_t *high)
{
	int64_t last = (int64_t)from + n - 1 - cell;
	*low = from > cell ? from - cell : 0;
	*high = last < size ? (int32_t)last : size - 1;
	return *low < size && last >= *low;
}

/* The part of an area within a cell; false: there is none. */
static bool cut(pic_room_entry *e, pic_area area, int32_t x, int32_t y)
{
	int32_t left, right, top, bottom;
	x *= CELL_WIDTH;
	y *= CELL_HEIGHT;
	if (!within(x, CELL_WIDTH, area.x, area.width, &left, &right) ||
	    !within(y, CELL_HEIGHT, area.y, area.height, &top, &bottom))
		return false;
	*e = (pic_room_entry){.left = (unsigned)left,
	                      .right = (unsigned)right,
	                      .top = (unsigned)top,
	                      .bottom = (unsigned)bottom,
	                      .has_left = area.x >= x,
	                      .has_right = area.x + area.width <= x + CELL_WIDTH,
	                      .has_top = area.y >= y,
	                      .has_bottom = area.y + area.height <= y + CELL_HEIGHT};
	return true;
}

static void enter(pic_room *room, pic_area area, int32_t x, int32_t y)
{
	size_t at = cell_of(room, x, y);
	pic_room_entry e;
	if (!is_wanted(room, at) || room->failed || !cut(&e, area, x, y))
		return;
	pic_room_entry *entry =
	    room->entries.n < UINT32_MAX - 1 ? vec_push(NULL, &room->entries) : NULL;
	if (!entry) {
		room->failed = true;
		return;
	}
	e.mark = mark_of(room, x, y);
	e.next = room->cells[at];
	*entry = e;
	room->cells[at] = (uint32_t)room->entries.n;
}

void pic_room_add(pic_room *room, pic_area area)
{
	int32_t left = area.x / CELL_WIDTH, right = (area.x + area.width - 1) / CELL_WIDTH;
	int32_t top = area.y / CELL_HEIGHT, bottom = (area.y + area.height - 1) / CELL_HEIGHT;
	room->steps -= (int64_t)(right - left + 1) + (bottom - top + 1);
	if (room->steps < 0)
		return;
	for (int32_t x = left; x <= right; x++) {
		enter(room, area, x, top);
		if (bottom > top)
			enter(room, area, x, bottom);
	}
	for (int32_t y = top + 1; y < bottom; y++) {
		enter(room, area, left, y);
		if (right > left)
			enter(room, area, right, y);
	}
}

/* Whether a pixel of the border of the one is in the other; both of one cell. */
static bool touch(const pic_room_entry *one, const pic_room_entry *other)
{
	if (other->right < one->left || one->right < other->left || other->bottom < one->top ||
	    one->bottom < other->top)
		return false;
	return (one->has_left && other->left <= one->left) ||
	       (one->has_right && other->right >= one->right) ||
	       (one->has_top && other->top <= one->top) ||
	       (one->has_bottom && other->bottom >= one->bottom);
}

bool pic_room_is_free(const pic_room *room, pic_area area)
{
	int32_t right = (area.x + area.width) / CELL_WIDTH;
	int32_t bottom = (area.y + area.height) / CELL_HEIGHT;
	for (int32_t x = area.x / CELL_WIDTH; x <= right; x++)
		for (int32_t y = area.y / CELL_HEIGHT; y <= bottom; y++) {
			size_t cell = cell_of(room, x, y);
			pic_room_entry part;
			if (!is_wanted(room, cell)) /* what there is is not known */
				return false;
			if (!cut(&part, area, x, y))
				continue;
			uint32_t mark = mark_of(room, x, y);
			for (uint32_t i = room->cells[cell]; i; i = room->entries.at[i - 1].next) {
				const pic_room_entry *e = &room->entries.at[i - 1];
				if (e->mark == mark && touch(e, &part))
					return false;
			}
		}
	return true;
}

void pic_room_free(pic_room *room)
{
	vec_free(NULL, &room->entries);
	heap_free(room->cells);
	heap_free(room->wanted);
	*room = (pic_room){.failed = false};
}
