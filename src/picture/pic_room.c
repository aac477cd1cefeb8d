/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_room.c - the page in cells, each with the rectangles whose border passes through it: no more
 * of them than what is in the cell. Cells stand in square blocks, and blocks are found by a hash,
 * so that neither large pages nor far away corners cost anything. Cells in which nobody looks stay
 * empty, and blocks without others are not there.
 */

#include "base/heap.h"
#include "picture/pic_place.h"

enum { CELL_WIDTH = 64, CELL_HEIGHT = 32, FIRST_TABLE = 1024 };

/* Steps through cells; those of one block are found together. */
typedef struct cursor {
	uint32_t x, y;         /* of the block */
	pic_room_block *block; /* NULL: there is none */
	bool known;
} cursor;

bool pic_room_start(pic_room *room, size_t rectangles)
{
	*room = (pic_room){.n_table = FIRST_TABLE, .steps = 256 * (int64_t)rectangles + (1 << 20)};
	room->table = heap_zeroed(room->n_table, sizeof *room->table);
	return room->table;
}

/* ------------------------------------------------------------------------------- blocks -- */

static uint64_t hash_of(uint32_t x, uint32_t y)
{
	return ((uint64_t)x << 32 | y) * 0x9E3779B97F4A7C15u;
}

/* Where a block is in the table, or would be. */
static pic_room_slot *slot_of(const pic_room *room, uint32_t x, uint32_t y)
{
	uint64_t h = hash_of(x, y);
	for (size_t i = (size_t)(h >> 32);; i++) {
		pic_room_slot *slot = &room->table[i & (room->n_table - 1)];
		if (!slot->block)
			return slot;
		const pic_room_block *block = &room->blocks.at[slot->block - 1];
		if (slot->hash == (uint32_t)h && block->x == x && block->y == y)
			return slot;
	}
}

static bool grow(pic_room *room)
{
	pic_room_slot *before = room->table;
	pic_room_slot *table = heap_zeroed(room->n_table * 2, sizeof *table);
	if (!table)
		return false;
	room->table = table;
	room->n_table *= 2;
	for (uint32_t i = 0; i < room->blocks.n; i++) {
		uint32_t x = room->blocks.at[i].x, y = room->blocks.at[i].y;
		*slot_of(room, x, y) = (pic_room_slot){(uint32_t)hash_of(x, y), i + 1};
	}
	heap_free(before);
	return true;
}

/* The block of a cell; a new one, if `create`. NULL: there is none, or no memory. */
static pic_room_block *block_at(pic_room *room, cursor *c, int32_t x, int32_t y, bool create)
{
	uint32_t bx = (uint32_t)x / PIC_ROOM_SIDE, by = (uint32_t)y / PIC_ROOM_SIDE;
	if (c->known && c->x == bx && c->y == by)
		return c->block;
	pic_room_slot *slot = slot_of(room, bx, by);
	*c = (cursor){bx, by, slot->block ? &room->blocks.at[slot->block - 1] : NULL, true};
	if (c->block || !create)
		return c->block;
	if (room->blocks.n * 2 >= room->n_table) {
		room->failed |= room->blocks.n >= UINT32_MAX / 4 || !grow(room);
		slot = slot_of(room, bx, by);
	}
	c->block = room->failed ? NULL : vec_push(NULL, &room->blocks);
	if (!c->block) {
		room->failed = true;
		return NULL;
	}
	*c->block = (pic_room_block){.x = bx, .y = by};
	*slot = (pic_room_slot){(uint32_t)hash_of(bx, by), (uint32_t)room->blocks.n};
	return c->block;
}

static unsigned cell_in(int32_t x, int32_t y)
{
	return (uint32_t)y % PIC_ROOM_SIDE * PIC_ROOM_SIDE + (uint32_t)x % PIC_ROOM_SIDE;
}

/* A cell in which somebody looks; NULL otherwise. */
static uint32_t *wanted_cell(pic_room *room, cursor *c, int32_t x, int32_t y)
{
	pic_room_block *block = block_at(room, c, x, y, false);
	unsigned cell = cell_in(x, y);
	return block && block->wanted >> cell & 1 ? &block->cells[cell] : NULL;
}

void pic_room_want(pic_room *room, pic_area area)
{
	cursor c = {.known = false};
	int32_t right = (area.x + area.width) / CELL_WIDTH;
	int32_t bottom = (area.y + area.height) / CELL_HEIGHT;
	for (int32_t y = area.y / CELL_HEIGHT; y <= bottom; y++)
		for (int32_t x = area.x / CELL_WIDTH; x <= right; x++) {
			pic_room_block *block = block_at(room, &c, x, y, true);
			if (block)
				block->wanted |= 1u << cell_in(x, y);
		}
}

bool pic_room_matters(pic_room *room, pic_area area)
{
	cursor c = {.known = false};
	int32_t right = (area.x + area.width) / CELL_WIDTH;
	int32_t bottom = (area.y + area.height) / CELL_HEIGHT;
	for (int32_t y = area.y / CELL_HEIGHT; y <= bottom; y++)
		for (int32_t x = area.x / CELL_WIDTH; x <= right; x++)
			if (wanted_cell(room, &c, x, y))
				return true;
	return false;
}

/* -------------------------------------------------------------------------------- cells -- */

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

static bool has_side(const pic_room_entry *e)
{
	return e->has_left || e->has_right || e->has_top || e->has_bottom;
}

static void enter(pic_room *room, cursor *c, pic_area area, int32_t x, int32_t y)
{
	uint32_t *cell = wanted_cell(room, c, x, y);
	pic_room_entry e;
	if (!cell || room->failed || !cut(&e, area, x, y) || !has_side(&e))
		return;
	pic_room_some *some = *cell ? &room->entries.at[*cell - 1] : NULL;
	if (!some || has_side(&some->at[PIC_ROOM_ENTRIES - 1])) {
		some = room->entries.n < UINT32_MAX - 1 ? vec_push(NULL, &room->entries) : NULL;
		if (!some) {
			room->failed = true;
			return;
		}
		*some = (pic_room_some){.next = *cell};
		*cell = (uint32_t)room->entries.n;
	}
	unsigned n = 0;
	while (has_side(&some->at[n]))
		n++;
	some->at[n] = e;
}

void pic_room_add(pic_room *room, pic_area area)
{
	cursor c = {.known = false};
	int32_t left = area.x / CELL_WIDTH, right = (area.x + area.width - 1) / CELL_WIDTH;
	int32_t top = area.y / CELL_HEIGHT, bottom = (area.y + area.height - 1) / CELL_HEIGHT;
	room->steps -= (int64_t)(right - left + 1) + (bottom - top + 1);
	if (room->steps < 0)
		return;
	for (int32_t x = left; x <= right; x++)
		enter(room, &c, area, x, top);
	for (int32_t y = top + 1; y < bottom; y++)
		enter(room, &c, area, left, y);
	for (int32_t x = left; x <= right && bottom > top; x++)
		enter(room, &c, area, x, bottom);
	for (int32_t y = bottom - 1; y > top && right > left; y--)
		enter(room, &c, area, right, y);
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

static bool touches_some(const pic_room *room, uint32_t at, const pic_room_entry *part)
{
	while (at) {
		const pic_room_some *some = &room->entries.at[at - 1];
		for (unsigned i = 0; i < PIC_ROOM_ENTRIES && has_side(&some->at[i]); i++)
			if (touch(&some->at[i], part))
				return true;
		at = some->next;
	}
	return false;
}

bool pic_room_is_free(pic_room *room, pic_area area)
{
	cursor c = {.known = false};
	int32_t right = (area.x + area.width) / CELL_WIDTH;
	int32_t bottom = (area.y + area.height) / CELL_HEIGHT;
	for (int32_t y = area.y / CELL_HEIGHT; y <= bottom; y++)
		for (int32_t x = area.x / CELL_WIDTH; x <= right; x++) {
			const uint32_t *cell = wanted_cell(room, &c, x, y);
			pic_room_entry part;
			if (!cell) /* what there is is not known */
				return false;
			if (cut(&part, area, x, y) && touches_some(room, *cell, &part))
				return false;
		}
	return true;
}

void pic_room_free(pic_room *room)
{
	vec_free(NULL, &room->blocks);
	vec_free(NULL, &room->entries);
	heap_free(room->table);
	*room = (pic_room){.failed = false};
}
