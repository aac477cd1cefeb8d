/* SPDX-License-Identifier: Apache-2.0 */
/*
 * layout.h - places boxes in layers and leads edges around them, in linear time.
 *
 * Boxes and edges go in, integers come out; nothing here knows what a box stands for. All edges
 * that leave one box at one port are one trunk: they share their way as far as they can. The same
 * input gives the same output on every machine.
 */
#ifndef LAYOUT_LAYOUT_H
#define LAYOUT_LAYOUT_H

#include "base/mem.h"

enum {
	LAYOUT_SIDE_MOST = 1 << 20, /**< the widest, highest box, and the largest gap */
	LAYOUT_PORTS_MOST = 1 << 20,
	LAYOUT_LABEL_MOST = UINT16_MAX, /**< the widest, highest label */
};

/** A rectangle with ports: inputs on the side where edges arrive, outputs on the opposite one. */
typedef struct layout_box {
	int32_t width, height;    /**< 0 to LAYOUT_SIDE_MOST */
	uint32_t inputs, outputs; /**< how many ports; 0 is drawn as 1 in the middle */
	bool any_order;           /**< its inputs may change places where that saves crossings */
	bool any_outputs;         /**< its outputs may */
	uint16_t fixed;           /**< but so many inputs stay, before the others; one edge each */
} layout_box;

typedef enum layout_edge_kind {
	LAYOUT_NORMAL,
	LAYOUT_CAPTURE, /**< ranks as any other, but nothing is moved to make it straight */
} layout_edge_kind;

typedef struct layout_edge {
	uint32_t from, from_port; /**< a box and one of its outputs */
	uint32_t to, to_port;     /**< a box and one of its inputs */
	/** Room for words beside the trunk, where it leaves its box; 0: none. The first edge of a trunk
	 * that asks for some gets it. */
	uint16_t label_width, label_height;
	uint16_t weight; /**< the heaviest ways are drawn as upright lines; 0 is 1 */
	uint8_t kind;    /**< layout_edge_kind */
} layout_edge;

typedef struct layout_graph {
	const layout_box *boxes;
	size_t n_boxes;
	const layout_edge *edges;
	size_t n_edges;
} layout_graph;

enum {
	LAYOUT_WRAP_PAGE = -1
}; /**< options.wrap: so that the whole is about as wide as it is high */

typedef enum layout_direction { LAYOUT_DOWN, LAYOUT_RIGHT } layout_direction;

typedef struct layout_options {
	layout_direction direction;
	int32_t box_gap;  /**< between boxes of one layer */
	int32_t edge_gap; /**< between an edge and what is beside it */
	int32_t rank_gap; /**< between layers */
	int32_t margin;   /**< around everything */
	int32_t wrap;     /**< a column longer than this is broken where one trunk passes; 0: never */
	uint32_t local;   /**< trunks over at most this many layers run between the boxes */
	bool even_ports;  /**< ports exactly at layout_port_at(), though lines get jogs */
} layout_options;

/** Distances for boxes of text of ordinary size. */
layout_options layout_options_default(void);

typedef enum layout_route_kind {
	LAYOUT_LINE,      /**< a way between the boxes */
	LAYOUT_LANE,      /**< leaves the column, runs beside it and comes back */
	LAYOUT_REFERENCE, /**< not drawn through: the two points are its ends, put a name at each */
} layout_route_kind;

typedef struct layout_point {
	int32_t x, y;
} layout_point;

/**
 * The way of one edge: its first point is on its output port, its last on its input port.
 * Directions are those of LAYOUT_DOWN; LAYOUT_RIGHT is that turned over.
 *
 * A stretch between two points is upright, level or slanted. A slanted one lies between two layers,
 * below all boxes and labels of one and above all boxes of the next, and what is before and after
 * it is upright or the end: it may be drawn as any curve that stays between its two heights, such
 * as a cubic with upright tangents. Level ones are parts of lanes and of ways to the next column;
 * their corners may be cut by half of edge_gap. No stretch passes a box or a label.
 */
typedef struct layout_route {
	uint32_t first;    /**< among layout_result.points */
	uint32_t n : 27;   /**< at least 2 */
	uint32_t kind : 2; /**< layout_route_kind */
	bool reversed : 1; /**< it closes a cycle, and goes against the direction */
	bool labelled : 1; /**< there is room for its label: layout_label_at() */
	bool before : 1;   /**< left of or above it, not on the other side */
} layout_route;

/** Freed by layout_free(). */
typedef struct layout_result {
	layout_point *corners; /**< upper left corner of each box */
	uint32_t *ranks;       /**< layer of each box, among those it is connected with */
	size_t n_boxes;
	layout_route *routes; /**< of each edge */
	size_t n_edges;
	layout_point *points;
	size_t n_points, points_capacity;
	layout_direction direction;
	int32_t width, height;
	uint64_t crossings;   /**< of trunks between boxes, lanes not counted */
	uint32_t n_ranks;     /**< the most layers of what is connected */
	uint32_t n_pieces;    /**< parts between thin gaps */
	uint32_t n_different; /**< those of them that had to be solved */
	uint32_t n_reversed;  /**< edges that closed cycles */
	uint32_t n_columns;
} layout_result;

typedef enum layout_status {
	LAYOUT_OK,
	LAYOUT_NO_MEMORY, /**< the budget or the allocator refused */
	LAYOUT_TOO_LARGE, /**< more boxes or edges than 2^26, or coordinates would not fit */
	LAYOUT_BAD_INPUT, /**< a box, port, kind or option that cannot be */
} layout_status;

/**
 * Lays out a graph. Cycles, loops and parallel edges are allowed.
 * @param budget  counts all memory, while working and what the result keeps; NULL: not counted.
 * @param result  written only on LAYOUT_OK.
 */
layout_status layout_run(const layout_graph *graph, const layout_options *options,
                         mem_budget *budget, layout_result *result);

/** Upper left corner of the label of an edge that has room for it. */
layout_point layout_label_at(const layout_result *result, const layout_graph *graph, size_t edge);

/** Frees a result made with the same budget, and zeroes it. */
void layout_free(layout_result *result, mem_budget *budget);

/**
 * How far along its side port `port` of `n` is with options.even_ports, for a side of `length`.
 * Without it, the ports of the path that goes on through a box are in the middle, and those before
 * and after them are spread evenly on their sides. The ends of the routes are the ports.
 */
int32_t layout_port_at(int32_t length, uint32_t port, uint32_t n);

#endif
