/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_room.c - the page in cells, each with the rectangles whose border passes through it: no more
 * of them than what is in the cell. Cells stand in square blocks, blocks in square fields, and
 * fields are found by a hash, so that neither large pages nor far away corners cost anything. Cells
 * in which nobody looks stay empty; blocks and fields without others are not there.
 */

#include "base/heap.h"
#include "picture/pic_place.h"

enum { CELL_WIDTH = 64, CELL_HEIGHT = 32, SIDE = PIC_ROOM_SIDE, FIRST_TABLE = 1024 };

bool pic_room_start(pic_room *room, size_t rectangles)
{
	*room = (pic_room){.n_table = FIRST_TABLE,
	                   .last_x = UINT32_MAX,
	                   .steps = 256 * (int64_t)rectangles + (1 << 20)};
	room->table = heap_zeroed(room->n_table, sizeof *room->table);
	return room->table;
}

/* -------------------------------------------------------------------------------- blocks -- */

/* Where a field is in the table, or would be. */
static uint32_t *slot_of(const pic_room *room, uint32_t x, uint32_t y)
{
	uint64_t h = ((uint64_t)x << 32 | y) * 0x9E3779B97F4A7C15u;
	for (size_t i = (size_t)(h >> 32);; i++) {
		uint32_t *slot = &room->table[i & (room->n_table - 1)];
		if (!*slot)
			return slot;
		const pic_room_field *field = &room->fields.at[*slot - 1];
		if (field->x == x && field->y == y)
			return slot;
	}
}

static bool grow(pic_room *room)
{
	uint32_t *before = room->table, *table = heap_zeroed(room->n_table * 2, sizeof *table);
	if (!table)
		return false;
	room->table = table;
	room->n_table *= 2;
	for (uint32_t i = 0; i < room->fields.n; i++)
		*slot_of(room, room->fields.at[i].x, room->fields.at[i].y) = i + 1;
	heap_free(before);
	return true;
}

/* A field that is not there yet; NULL without memory. */
static pic_room_field *field_new(pic_room *room, uint32_t x, uint32_t y)
{
	bool full = room->fields.n * 2 >= room->n_table;
	pic_room_field *field = NULL;
	if (room->fields.n < UINT32_MAX / 4 && (!full || grow(room)))
		field = vec_push(NULL, &room->fields);
	if (!field)
		return NULL;
	*field = (pic_room_field){.x = x, .y = y};
	*slot_of(room, x, y) = (uint32_t)room->fields.n;
	return field;
}

/* The field of a cell; NULL: there is none. */
static pic_room_field *field_at(pic_room *room, int32_t x, int32_t y)
{
	uint32_t fx = (uint32_t)x / (SIDE * SIDE), fy = (uint32_t)y / (SIDE * SIDE);
	if (fx != room->last_x || fy != room->last_y) {
		room->last = *slot_of(room, fx, fy);
		room->last_x = fx;
		room->last_y = fy;
	}
	return room->last ? &room->fields.at[room->last - 1] : NULL;
}

static unsigned block_in(int32_t x, int32_t y)
{
	return (uint32_t)y / SIDE % SIDE * SIDE + (uint32_t)x / SIDE % SIDE;
}

static unsigned cell_in(int32_t x, int32_t y)
{
	return (uint32_t)y % SIDE * SIDE + (uint32_t)x % SIDE;
}

/* A cell in which somebody looks; NULL otherwise. */
static uint32_t *wanted_cell(pic_room *room, int32_t x, int32_t y)
{
	const pic_room_field *field = field_at(room, x, y);
	uint32_t at = field ? field->blocks[block_in(x, y)] : 0;
	pic_room_block *block = at ? &room->blocks.at[at - 1] : NULL;
	unsigned cell = cell_in(x, y);
	return block && block->wanted >> cell & 1 ? &block->cells[cell] : NULL;
}

static bool want_cell(pic_room *room, int32_t x, int32_t y)
{
	pic_room_field *field = field_at(room, x, y);
	if (!field) {
		field = field_new(room, room->last_x, room->last_y);
		room->last = field ? (uint32_t)room->fields.n : 0;
	}
	uint32_t *at = field ? &field->blocks[block_in(x, y)] : NULL;
	if (at && !*at) {
		pic_room_block *block =
		    room->blocks.n < UINT32_MAX - 1 ? vec_push(NULL, &room->blocks) : NULL;
		if (!block)
			return false;
		*block = (pic_room_block){.wanted = 0};
		*at = (uint32_t)room->blocks.n;
	}
	if (!at)
		return false;
	room->blocks.at[*at - 1].wanted |= 1u << cell_in(x, y);
	return true;
}

void pic_room_want(pic_room *room, pic_area area)
{
	int32_t right = (area.x + area.width) / CELL_WIDTH;
	int32_t bottom = (area.y + area.height) / CELL_HEIGHT;
	for (int32_t y = area.y / CELL_HEIGHT; y <= bottom && !room->failed; y++)
		for (int32_t x = area.x / CELL_WIDTH; x <= right; x++)
			room->failed = room->failed || !want_cell(room, x, y);
}

bool pic_room_matters(pic_room *room, pic_area area)
{
	int32_t right = (area.x + area.width) / CELL_WIDTH;
	int32_t bottom = (area.y + area.height) / CELL_HEIGHT;
	for (int32_t y = area.y / CELL_HEIGHT; y <= bottom; y++)
		for (int32_t x = area.x / CELL_WIDTH; x <= right; x++)
			if (wanted_cell(room, x, y))
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

static void enter(pic_room *room, pic_area area, int32_t x, int32_t y)
{
	uint32_t *cell = wanted_cell(room, x, y);
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
	int32_t left = area.x / CELL_WIDTH, right = (area.x + area.width - 1) / CELL_WIDTH;
	int32_t top = area.y / CELL_HEIGHT, bottom = (area.y + area.height - 1) / CELL_HEIGHT;
	room->steps -= (int64_t)(right - left + 1) + (bottom - top + 1);
	if (room->steps < 0)
		return;
	for (int32_t x = left; x <= right; x++)
		enter(room, area, x, top);
	for (int32_t y = top + 1; y < bottom; y++)
		enter(room, area, left, y);
	for (int32_t x = left; x <= right && bottom > top; x++)
		enter(room, area, x, bottom);
	for (int32_t y = bottom - 1; y > top && right > left; y--)
		enter(room, area, right, y);
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
	int32_t right = (area.x + area.width) / CELL_WIDTH;
	int32_t bottom = (area.y + area.height) / CELL_HEIGHT;
	for (int32_t y = area.y / CELL_HEIGHT; y <= bottom; y++)
		for (int32_t x = area.x / CELL_WIDTH; x <= right; x++) {
			const uint32_t *cell = wanted_cell(room, x, y);
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
	vec_free(NULL, &room->fields);
	vec_free(NULL, &room->blocks);
	vec_free(NULL, &room->entries);
	heap_free(room->table);
	*room = (pic_room){.failed = false};
}
