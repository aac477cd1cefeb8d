/* SPDX-License-Identifier: Apache-2.0 */
/*
 * side.h - one side of a comparison: the real numbers that a weight stands for, in the order in
 * which its elements are stored.
 *
 * real = (stored - zero point) * scale * factor. Scales change along an axis or from block to
 * block, so elements are taken in runs for which they are one number, or a list as long as the run.
 */
#ifndef MEASURE_SIDE_H
#define MEASURE_SIDE_H

#include "measure/scales.h"

typedef struct side {
	const oray_weight *weight;
	tensor_bytes *bytes;
	reals type;
	uint64_t elements;
	size_t n_dims; /**< as stored */
	const int64_t *dims;
	int64_t own_dims[2];
	bool flipped;                 /**< two dims, read the other way round */
	uint64_t row;                 /**< elements of a row, and from row to row: rows may be padded */
	uint64_t stride;              /**< equal: there are no rows to care about */
	uint64_t at;                  /**< elements that were read */
	unsigned phase;               /**< bits of the next byte that are used up */
	bool scaled, fake;            /**< fake: rounded on the way */
	double low, high;             /**< fake: the range of the integers */
	double factor;                /**< of all scales */
	uint64_t along, inner, block; /**< the axis of scales: its length, elements below, block */
	scales scale, zero;
	uint64_t factors, factor_inner; /**< 0: none */
	uint8_t *scratch;               /**< for side_at() */
	size_t scratch_size;
} side;

/** Elements below an axis: how far apart its neighbours are stored. */
uint64_t side_inner(const side *s, size_t axis);

/**
 * Opens one side. Close it whatever the outcome.
 * @return ORAY_ERR_USAGE when it cannot be decoded; otherwise as oray_tensor_read().
 */
oray_status side_open(side *s, const oray_weight *weight, oray_error *err);
void side_close(side *s);

/** Reads the next `n` elements, which must be there. */
oray_status side_read(side *s, size_t n, double *out, oray_error *err);

/** Reads `n` elements of any place; only where tensor_bytes_is_direct(s->bytes). Does not move. */
oray_status side_at(side *s, uint64_t index, size_t n, double *out, oray_error *err);

/**
 * How many elements from `index` on share one scale and zero point.
 * @param n  At most so many; receives how many, 0: they are lists.
 */
oray_status side_run(side *s, uint64_t index, size_t *n, double *scale, double *zero,
                     oray_error *err);

#endif
