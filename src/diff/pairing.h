/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pairing.h - which node of one model is which node of the other.
 *
 * Graphs are paired from the main graph inwards: bodies by the nodes that hold them, functions by
 * name. Within a pair of graphs one pass after the other looks only at what is left:
 *
 *     names         of nodes and of outputs, where they tell something and nothing contradicts
 *     weights       layers that read weights which are alike
 *     surroundings  hashes of neighbourhoods that occur once on each side
 *     sequence      what is between pairs, aligned in file order: surroundings first, then
 *                   class and shape, then class alone
 *     neighbours    of pairs, one step at a time
 *
 * Every pass treats both sides alike, and the conductor puts the models into an order that does not
 * depend on which came first. So the pairs of (a, b) are those of (b, a).
 */
#ifndef DIFF_PAIRING_H
#define DIFF_PAIRING_H

#include "diff/skeleton.h"

/** A weight that has a partner already, and a copy of it that a pair of nodes reads. */
typedef struct pairing_copy {
	uint32_t row[2];
	oray_id node[2];
} pairing_copy;

typedef struct pairing {
	skeleton *side[2];
	bool read_weights;
	oray_id *node[2];        /**< by node: its partner, or ORAY_NONE */
	uint8_t *node_by[2];     /**< by node: oray_match */
	oray_id *graph[2];       /**< by graph */
	oray_id *row[2];         /**< by row */
	uint8_t *row_by[2];      /**< by row: oray_match */
	uint8_t *row_is_sure[2]; /**< by row: contents or a name say so, not only the node */
	VEC(pairing_copy) copies;
	uint64_t *around[2]; /**< by node: hash of its neighbourhood */
	VEC(oray_id) queue;  /**< nodes of side 0 whose neighbours are to be looked at */
	bool failed;         /**< memory ran out */
} pairing;

/** Makes room. @return false when memory ran out; free it all the same. */
bool pairing_start(pairing *p, skeleton *a, skeleton *b, bool read_weights);

/** Pairs everything. @return false when memory ran out. */
bool pairing_run(pairing *p);

void pairing_free(pairing *p);

/* ---- for the passes ---- */

/** How much alike two nodes have to be. */
typedef enum pairing_level {
	ALIKE_SHAPE, /**< class, and shapes of main weights */
	ALIKE_CLASS  /**< class alone */
} pairing_level;

/** True when two free nodes may be a pair: nothing that is known contradicts. */
bool pairing_may(const pairing *p, oray_id a, oray_id b, pairing_level level);

/** Makes them one, and puts them into the queue. */
void pairing_take(pairing *p, oray_id a, oray_id b, oray_match by);

/** Makes two weights a pair. */
void pairing_take_rows(pairing *p, uint32_t a, uint32_t b, oray_match by, bool sure);

/** pairing_names.c: nodes by names; helpers and constants too when `helpers`. */
void pairing_by_names(pairing *p, const oray_graph *a, const oray_graph *b, bool helpers);

/** pairing_rows.c: weights that contents or names say are a pair; once, before the graphs. */
void pairing_find_rows(pairing *p);

/** pairing_rows.c: nodes by weights. */
void pairing_by_rows(pairing *p, const oray_graph *a, const oray_graph *b);

/** pairing_rows.c: weights of pairs of nodes, then those that are left; once, after the graphs. */
void pairing_rest_of_rows(pairing *p);

/** pairing_around.c: fills `around` of a graph of one side. */
void pairing_look_around(pairing *p, unsigned side, const oray_graph *graph);

/** pairing_around.c: nodes whose neighbourhood occurs once on each side. */
void pairing_by_surroundings(pairing *p, const oray_graph *a, const oray_graph *b);

/** pairing_around.c: neighbours of pairs, until the queue is empty. */
void pairing_by_neighbours(pairing *p);

/** pairing_helpers.c: helpers and constants by the nodes that read what they make. */
void pairing_by_readers(pairing *p, const oray_graph *a, const oray_graph *b);

/** pairing_sequence.c: what is between pairs, in file order. */
typedef enum pairing_key { KEY_AROUND, KEY_SIGNATURE, KEY_CLASS, KEY_HELPER } pairing_key;
void pairing_by_sequence(pairing *p, const oray_graph *a, const oray_graph *b, pairing_key key);

/* ------------------------------------------------------------------------------- align.c -- */

/**
 * Aligns two sequences: calls `pair` with indices of equal keys, ascending on both sides. Equal
 * ends are taken first, then keys that occur once on each side (in the longest ascending run of
 * them), then what is between by the shortest edit script; where that is too long, by the next
 * equal key. O(n log n), but for edit scripts, of which the length is bounded.
 * @return false when memory ran out.
 */
bool align(const uint64_t *a, size_t n_a, const uint64_t *b, size_t n_b,
           void (*pair)(void *context, size_t a, size_t b), void *context);

/**
 * The longest ascending run: `keep[i]` says which of values[0..n) belong to it. ORAY_NONE values
 * never do.
 * @return false when memory ran out.
 */
bool align_ascending(const oray_id *values, size_t n, bool *keep);

#endif
