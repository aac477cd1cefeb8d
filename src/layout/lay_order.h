/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lay_order.h - what the ways to fewer crossings share: rows of a piece, and what crosses there.
 */
#ifndef LAYOUT_LAY_ORDER_H
#define LAYOUT_LAY_ORDER_H

#include "layout/lay.h"

/** Ports of a vertex: the number of the first one within its rank, and how many there are. */
typedef struct lay_slots {
	uint32_t in, out;
	uint32_t n_in, n_out;
} lay_slots;

typedef struct lay_rows {
	lay_piece *p;
	lay_slots *slots; /**< of each vertex */
	uint32_t *best, *sum, *far;
	lay_key *keys, *spare;
	uint64_t *gap; /**< crossings below each rank */
	bool *dirty;   /**< gap is not known */
	uint64_t seed;
	int64_t work; /**< how much is left */
} lay_rows;

/** Numbers the vertices of a rank and their ports, after some changed places. */
void lay_rows_number(lay_rows *o, uint32_t rank);

/** Crossings below the ranks from `first` to `last`. */
uint64_t lay_rows_crossings(lay_rows *o, uint32_t first, uint32_t last);

/** The next number below `below`, which is not 0. */
uint32_t lay_rows_random(lay_rows *o, uint32_t below);

/** Swaps neighbours where that helps; at most a few rounds, and only boxes of few links. */
void lay_rows_swap(lay_rows *o);

/** Moves each box of the crossed rows to its best place, a few times. */
void lay_rows_sift(lay_rows *o);

/** Paths of a piece, to be moved. */
typedef struct lay_paths lay_paths;

/** In the arena; NULL when it is full. */
lay_paths *lay_paths_new(lay_rows *o, arena *a);

/**
 * Takes paths out and puts them back where they cross least, from the rows at hand, while that
 * helps, there is work left and something crosses. @return the crossings.
 */
uint64_t lay_paths_move(lay_paths *s);

#endif
