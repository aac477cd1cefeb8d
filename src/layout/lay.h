/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lay.h - what the passes of the layout share. Always downwards: the entry turns input and output.
 *
 *     lay_graph  trunks, cycles       lay_rank   layers
 *     lay_spine  upright paths, ports lay_cut    kinds, thin gaps
 *     lay_build  what is between two gaps, as a small graph
 *     lay_piece  such pieces, equal ones solved once
 *     lay_strand trunks that part early, lay_ends ports that change places
 *     lay_order  crossings            lay_sift   fewer of them, by vertices
 *     lay_path   and by paths         lay_place  coordinates across
 *     lay_stack  heights, columns     lay_lane   ways beside the boxes
 *     lay_side   on which side        lay_pack   components
 *     lay_route  points
 */
#ifndef LAYOUT_LAY_H
#define LAYOUT_LAY_H

#include "layout/layout.h"

#define LAY_NONE UINT32_MAX

typedef enum lay_kind { LAY_LOCAL, LAY_LONG, LAY_LANE, LAY_REFERENCE } lay_kind;

/** All edges that leave one port. */
typedef struct lay_trunk {
	uint32_t box;
	uint32_t first, n; /**< of lay.out; sorted by the rank of their ends, reversed edges last */
	uint32_t n_forward : 30;
	uint32_t kind : 2; /**< lay_kind */
	uint32_t last;     /**< rank of its last end; the rank of its box when it has none */
	/** LAY_LOCAL: its first bend in lay.bend_x, one for each rank it passes; LAY_LANE: of
	 * lay.lanes. */
	uint32_t way;
	uint32_t label; /**< the edge that wants room for a label, or LAY_NONE */
	int32_t at;     /**< its port, from the left of its box */
} lay_trunk;

/** A vertical way beside the boxes, from the gap above rank `low` to the gap above rank `high`. */
typedef struct lay_lane {
	uint32_t low, high; /**< low < high */
	uint32_t trunk;
	uint32_t edge; /**< the reversed edge it is for, or LAY_NONE: all forward ones of the trunk */
	int32_t x;
	uint16_t leave; /**< track in the gap below its box */
	bool reference; /**< given up: too far outside, or across columns */
} lay_lane;

/** Ranks `first` to `last`, and the trunk that comes in through the gap above. */
typedef struct lay_part {
	uint32_t first, last;
	uint32_t entry, exit; /**< trunks, or LAY_NONE */
	uint32_t box, n;      /**< its boxes, of lay.by_part */
} lay_part;

typedef struct lay {
	layout_graph in; /**< as seen downwards */
	layout_options opt;
	arena memory;
	arena early;  /**< of what is marked so; freed after lay_pieces() */
	arena middle; /**< after lay_stack() */
	mem_budget *budget;
	uint32_t n_boxes, n_edges, n_trunks, n_ranks, n_parts, n_bends, n_lanes, n_columns;
	uint32_t *out;         /**< edges by trunk; middle */
	lay_trunk *trunks;     /**< by box and port */
	uint32_t *trunk_first; /**< of each box, n_boxes + 1 */
	uint32_t *trunk_of;    /**< of each edge */
	uint32_t *into;        /**< edges by box and port they end at; early */
	uint32_t *into_first;  /**< of each box, n_boxes + 1; early */
	bool *reversed;        /**< each edge */
	uint32_t *topological; /**< boxes, so that forward edges go forward; early */
	uint32_t *rank;
	/** Of each box: the edges of the path it is on, or LAY_NONE, and how much that is to be
	 * upright; early. */
	uint32_t *spine_in, *spine_out;
	uint8_t *spine_weight;
	int32_t *port_at;  /**< where each edge ends, from the left of its box */
	lay_part *parts;   /**< middle */
	uint32_t *by_part; /**< boxes; early */
	int32_t *box_x, *bend_x;
	int32_t *left, *right;     /**< extents of each rank; middle */
	int32_t *top, *height;     /**< of each rank */
	int32_t *band;             /**< of each rank: how far labels hang out below it */
	uint32_t *component_first; /**< first rank of each component, and the end */
	uint32_t *column_of;       /**< first column of each component, and the end */
	uint32_t n_components;
	uint32_t *column;  /**< of each rank */
	int32_t *column_x; /**< how far each column is moved */
	int32_t *channel;  /**< where the trunk goes back up after each column */
	lay_lane *lanes;
	uint32_t *lane_of; /**< of each reversed edge; NULL: there is none */
	/** Of each edge that has bends of its own: where in own_x there is the rank of the first, and
	 * then they, to the rank above its end; LAY_NONE: it has none. NULL: no edge has any. */
	uint32_t *own_of;
	VEC(int32_t) own_x;
	uint16_t *arrive; /**< track of each edge in the gap above its end */
	uint32_t *tracks; /**< how many in the gap above each rank; n_ranks + 1 */
	uint64_t crossings;
	uint32_t n_different, n_reversed;
} lay;

enum {
	LAY_TRACKS = 96, /**< horizontal tracks in one gap; more share */
	LAY_DEEP = 160,  /**< lanes beside each other; more become references */
};

/**
 * Where the label of a trunk is, from the left of its box: beside the port, on the right if nothing
 * is there. False: there is none, or no room.
 */
bool lay_label(const lay *l, uint32_t trunk, int32_t *from, int32_t *to);

/** How far a label reaches across, and downwards. */
static inline int32_t lay_label_wide(const lay *l, const layout_edge *e)
{
	return l->opt.direction == LAYOUT_RIGHT ? e->label_height : e->label_width;
}

static inline int32_t lay_label_high(const lay *l, const layout_edge *e)
{
	return l->opt.direction == LAYOUT_RIGHT ? e->label_width : e->label_height;
}

enum { LAY_ANY_MOST = 16 }; /**< outputs of a box that may change places */

enum { LAY_LABEL_PAD = 3 }; /**< between a label and its trunk, and its box */

/** The component a rank is of. */
uint32_t lay_component(const lay *l, uint32_t rank);

/** How high the gap above a rank is; n_ranks: below all. */
int32_t lay_gap(const lay *l, uint32_t rank);

/** A number to sort by, and what it belongs to. */
typedef struct lay_key {
	uint64_t key;
	uint32_t id;
} lay_key;

/** Sorts by key, stable, in time linear in `n`. `spare` has room for `n` more. */
void lay_sort(lay_key *keys, lay_key *spare, size_t n);

/** `n` zeroed things of `size`, at least one; NULL on refusal. */
void *lay_new(arena *a, size_t n, size_t size);
#define LAY_NEW(a, n, type) ((type *)lay_new((a), (n), sizeof(type)))

/** Finds the paths. `above`: how long the longest way to each box is. */
bool lay_spine(lay *l, const uint32_t *above, arena *scratch);

/** Where port `i` of `n` is when port `main` is at `at`; evenly spread if that leaves no room. */
int32_t lay_port_beside(int32_t length, uint32_t i, uint32_t n, uint32_t main, int32_t at);

/** Where an edge starts, and where the path of a box leaves it, from the left of the box. */
int32_t lay_port_out(const lay *l, uint32_t e);
int32_t lay_port_main(const lay *l, uint32_t box);

/* The passes in their order. Each returns false when memory was refused. */
bool lay_graph(lay *l);
bool lay_cycles(lay *l);
bool lay_rank(lay *l);
bool lay_ports(lay *l);
bool lay_cut(lay *l);
bool lay_pieces(lay *l);
bool lay_stack(lay *l);
bool lay_lanes(lay *l);     /**< which there are, and how many tracks each gap needs */
bool lay_lane_ways(lay *l); /**< where they are */
bool lay_lane_sides(const lay *l, uint8_t *side, arena *scratch); /**< of each lane; 1: right */
bool lay_pack(lay *l);
bool lay_route(lay *l, layout_result *result);

/* ---- the small graph between two gaps ---- */

typedef struct lay_vertex {
	uint32_t rank;                /**< 0: the first of the piece */
	int32_t width;                /**< 0 for a bend */
	uint32_t in_slots, out_slots; /**< ends of edges above and below, for counting crossings */
	uint8_t bend;                 /**< 1: a bend or the entry, no box */
	uint8_t any_order;            /**< 1: its inputs may change places */
	uint8_t any_outputs;          /**< 1: its outputs may */
	uint8_t unused;               /**< 0: vertices are compared as bytes */
	int32_t height;               /**< 0 for a bend */
	int32_t under_from, under_to; /**< what hangs below it, from its left: ports and labels */
} lay_vertex;

/** From one rank to the next. */
typedef struct lay_link {
	uint32_t from, to;
	uint32_t from_slot;
	uint16_t to_slot;
	uint16_t weight;        /**< how much it is to be straight; 0: not at all */
	int32_t from_at, to_at; /**< where the ports are, from the left of their boxes */
} lay_link;

typedef struct lay_piece {
	uint32_t n, n_links, n_ranks;
	lay_vertex *vertices;
	lay_link *links;
	uint32_t entry, exit; /**< vertices, or LAY_NONE */
	int32_t exit_at;      /**< where the exit's port is, from its left */
	/* found by lay_order() */
	uint32_t *in_first, *in, *out_first, *out; /**< links of each vertex */
	uint32_t *row_first, *row;                 /**< vertices of each rank, in their order */
	uint32_t *pos;                             /**< of each vertex in its row */
	/* the result */
	uint64_t crossings;
	int32_t *x;
} lay_piece;

/** An edge that has bends of its own, one for each rank that it passes in the piece it ends in. */
typedef struct lay_own {
	uint32_t edge;
	uint32_t base; /**< vertex of the first of them */
} lay_own;

/** A piece and what its numbers stand for. */
typedef struct lay_builder {
	lay *l;
	const lay_part *part;
	lay_piece *p;
	uint32_t cursor; /**< first edge of the trunk in the gap above that ends in no piece above it */
	uint32_t next;   /**< and of that in the gap below */
	uint32_t *local; /**< of each box of the model: its vertex */
	/** Of each bend, which are the last vertices: its number in lay.bend_x; LAY_NONE: of an edge.
	 */
	uint32_t *names;
	uint32_t *name;    /**< of the next one to be added */
	uint32_t *edges;   /**< of each link: the edge it is the end of, or LAY_TO_BEND and its trunk */
	uint32_t n_trunks; /**< that have links, in the order of these */
	const uint8_t *split; /**< of each of those: 1: its edges get bends of their own; NULL: none */
	uint32_t more;        /**< the most bends that makes, beside the others */
	lay_own *own;
	uint32_t n_own;
} lay_builder;

#define LAY_TO_BEND (1U << 31)

/** The trunk a link is part of. */
static inline uint32_t lay_link_trunk(const lay_builder *w, uint32_t link)
{
	uint32_t e = w->edges[link];
	return e & LAY_TO_BEND ? e - LAY_TO_BEND : w->l->trunk_of[e];
}

/** Makes the piece of w->part, in the arena. */
bool lay_build(lay_builder *w, arena *a);

/** Whether the bends that a trunk has in a part are for an edge that ends in it: they are for the
 * box farthest away, or for what is below. */
bool lay_main_way(const lay *l, const lay_part *part, const lay_trunk *k, uint32_t e);

/** Chooses trunks that are to part early in an ordered piece: w->split, in the arena, and w->more.
 * w->split is NULL when there are none. */
bool lay_strand_choose(lay_builder *w, arena *a, arena *scratch);

/** An ordered piece where bends of one trunk that are beside each other became one. */
typedef struct lay_strands {
	lay_piece piece; /**< its rows are as they were */
	lay_builder build;
	uint32_t *vertex, *link; /**< what those of the piece before became */
} lay_strands;

bool lay_strand_join(const lay_builder *w, lay_strands *s, arena *a);

/** Gives the piece before the coordinates of what it became. */
bool lay_strand_part(const lay_strands *s, lay_piece *p, arena *a);

/** Lists the links of each vertex, and the rows in the order of their numbers. */
bool lay_piece_index(lay_piece *p, arena *a);

/** Moves the ends of links, rows being ordered: ports that may change places do. */
void lay_piece_ends(lay_builder *w);

/** Vertices that stand in one upright line move as one. */
/** A vertex in its line. One struct, since all of it is wanted at once, at random places. */
typedef struct lay_stand {
	uint32_t root, next; /**< the first vertex of its line, the next one (a ring) */
	int32_t shift;       /**< from the left of the root */
	int32_t width;
	uint32_t right; /**< the one beside it, or LAY_NONE */
	int32_t apart;  /**< how far that one is from it at least */
} lay_stand;

typedef struct lay_lines {
	const lay_piece *p;
	const layout_options *opt;
	lay_stand *at;            /**< of each vertex */
	uint32_t *left;           /**< of each vertex: the one beside it, or LAY_NONE */
	uint32_t *lines, n_lines; /**< the roots, so that what is left of a line comes before it */
	int32_t *x;               /**< of each root */
} lay_lines;

/**
 * Orders the rows of a piece for few crossings.
 * @param work     how much it may cost, in steps from link to link; how much of it is left.
 * @param given    the piece is indexed and its rows are a start; no other is tried.
 * @param scratch  for what is not needed afterwards.
 */
bool lay_order(lay_piece *p, int64_t *work, bool given, arena *a, arena *scratch);

/** How far the line of `w`, which is on the right of `v`, is from that of v at least. */
static inline int32_t lay_apart(const lay_lines *o, uint32_t v, uint32_t w)
{
	return o->at[v].apart + o->at[v].shift - o->at[w].shift;
}

/** Moves lines to where links are shorter. */
bool lay_settle(lay_lines *o, arena *a);

/** Finds p->x for the order of the rows. */
bool lay_place(lay_piece *p, const layout_options *opt, arena *a, arena *scratch);

#endif
