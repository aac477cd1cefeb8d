/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_place.h - what the steps of placing share.
 *
 *     pic_place   items of one graph as boxes, wires as edges; one graph after the other
 *     pic_order   items and wires by graphs, and the ports of wires
 *     pic_ask     what wires want of the layout: room for shapes, and which are to be straight
 *     pic_frame   frames: how large they make the boxes that hold them, and where they end up
 *     pic_way     ways of wires: what several of one trunk have in common is drawn once
 *     pic_tag     texts beside wires
 *     pic_room    what takes room where a text is looked for one
 */
#ifndef PICTURE_PIC_PLACE_H
#define PICTURE_PIC_PLACE_H

#include "picture/picture.h"

/** What a type says of a wire. */
typedef struct pic_asked {
	bool is_known;
	bool is_aside;  /**< no data: shapes, and numbers made of them */
	uint32_t shape; /**< label of one line, or ORAY_NONE */
} pic_asked;

/** Everything of one picture while it is placed. Items of one graph stand together in `items`, and
 * wires of one graph in `wires`; a position is an index in one of them. */
typedef struct pic_placing {
	picture *pic;
	const oray_drawing *drawing;
	size_t n_graphs;
	uint32_t *item_first; /**< by graph, n_graphs + 1: positions */
	uint32_t *items;      /**< by position: graphs, then the order of the plan */
	uint32_t *position;   /**< by item */
	uint32_t *wire_first; /**< by graph, n_graphs + 1: positions */
	uint32_t *wires;      /**< by position: sources, then outputs of them; each trunk together */
	layout_box *boxes;    /**< by position of items */
	layout_edge *edges;   /**< by position of wires; boxes are those of the graph alone */
	uint32_t *spare;      /**< while ordering: room for a number for each wire */
	uint32_t *shape; /**< by position of wires: at the first of a trunk, the label beside it, or
	                      ORAY_NONE */
	VEC(pic_asked) asked;  /**< by type, as they are met */
	uint32_t longest;      /**< wires of the largest trunk */
	uint32_t *list;        /**< room for two numbers for each of those */
	uint32_t *body, *next; /**< by graph: its first body, the next of its parent; 0: none */
	pic_area *frame;       /**< by graph: its frame, in what it is in; then on the page */
	uint32_t *title;       /**< by graph: label of its frame */
	pic_point *origin;     /**< by graph: where its layout begins, in its frame; then on the page */
	int32_t *used;         /**< by position of items: how far frames reach in it */
} pic_placing;

/** What a step can end with. */
typedef enum pic_outcome { PIC_PLACED, PIC_NO_MEMORY, PIC_TOO_LARGE } pic_outcome;

/** Blank around frames in a box, and between them. */
enum { PIC_FRAME_GAP = 8 };

/** Orders items and wires by graphs, and gives wires their ports. */
bool pic_order(pic_placing *w);

/** Makes boxes that hold bodies of `graph` large enough for them; the bodies have their sizes. */
pic_outcome pic_frame_grow(pic_placing *w, oray_id graph);

/** Sets the size of a graph's frame, from that of its layout. */
pic_outcome pic_frame_size(pic_placing *w, oray_id graph, int32_t width, int32_t height);

/** Moves everything to its place on the page, bodies with the boxes that hold them. */
pic_outcome pic_frame_settle(pic_placing *w);

/** Takes the ways of a graph from its layout. `own`: the result's points may be taken away. */
bool pic_way_take(pic_placing *w, oray_id graph, layout_result *result, bool own);

/** The end of the trunk that begins at a position; `end` is that of its graph. */
uint32_t pic_trunk_end(const pic_placing *w, uint32_t first, uint32_t end);

/** Finds shapes, and asks the layout for room; wires have their ports. */
void pic_ask(pic_placing *w);

/** A shape in the room that the layout gave it: away from the box, where wires are level. */
enum { PIC_SHAPE_AWAY = 4, PIC_SHAPE_HEIGHT = 12 };

/** Takes the shapes that found room. */
bool pic_tag_take(pic_placing *w, oray_id graph, const layout_graph *g,
                  const layout_result *result);

/** Finds places for the names of references; everything is on its place. */
bool pic_tag_ends(picture *pic);

/* ---------------------------------------------------------------------------------- room -- */

/** What of a rectangle is in a cell, in pixels from its corner, and which sides are in it: at least
 * one. Without any it is free. */
typedef struct pic_room_entry {
	uint32_t left : 6, right : 6, top : 5, bottom : 5; /**< the last pixels are in it */
	uint32_t has_left : 1, has_right : 1, has_top : 1, has_bottom : 1;
} pic_room_entry;

enum { PIC_ROOM_SIDE = 4, PIC_ROOM_ENTRIES = 7 };

/** Entries of one cell, so many as a half of a cache line takes; the free ones behind have no side.
 */
typedef struct pic_room_some {
	uint32_t next; /**< plus 1 */
	pic_room_entry at[PIC_ROOM_ENTRIES];
} pic_room_some;

/** A square of cells. */
typedef struct pic_room_block {
	uint32_t wanted;                               /**< a bit for each cell */
	uint32_t cells[PIC_ROOM_SIDE * PIC_ROOM_SIDE]; /**< entries plus 1 */
} pic_room_block;

/** A square of blocks. */
typedef struct pic_room_field {
	uint32_t x, y;                                  /**< in fields */
	uint32_t blocks[PIC_ROOM_SIDE * PIC_ROOM_SIDE]; /**< plus 1; 0: nobody looks there */
} pic_room_field;

/** Rectangles, found by where they are; only near the places that somebody wants. */
typedef struct pic_room {
	VEC(pic_room_field) fields;
	VEC(pic_room_block) blocks;
	VEC(pic_room_some) entries;
	uint32_t *table; /**< open addressing: field plus 1 */
	size_t n_table;  /**< a power of two, at least twice the fields */
	/** The field that was asked for last, by its place, plus 1; 0: there is none. What is asked for
	 * next is mostly near. */
	uint32_t last_x, last_y, last;
	int64_t steps; /**< cells that may still be looked at */
	bool failed;
} pic_room;

/** For about so many rectangles. On failure pic_room_free() as well. */
bool pic_room_start(pic_room *room, size_t rectangles);

/** Something will look for room in an area. All that is wanted, before anything is added. */
void pic_room_want(pic_room *room, pic_area area);

/** False where nobody will look in an area. */
bool pic_room_matters(pic_room *room, pic_area area);

/** Adds the border of an area: what is inside of it does not touch it. */
void pic_room_add(pic_room *room, pic_area area);

/** True when nothing touches an area. */
bool pic_room_is_free(pic_room *room, pic_area area);

void pic_room_free(pic_room *room);

#endif
