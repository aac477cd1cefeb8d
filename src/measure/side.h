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

#include "measure/kernels.h"
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
	float scale_of[KERNEL_BLOCK], zero_of[KERNEL_BLOCK]; /**< as written out last */
	size_t scale_same, zero_same;        /**< so many from the first on are one number */
	const float *scale_list, *zero_list; /**< what side_scales() said last, and ... */
	unsigned run;                        /**< ... for how many elements, as in kernel_pairs */
	bool single; /**< one number of a whole block need not be written out, whatever it is for */
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

/** True when elements are real numbers as they are stored, and floats hold them. */
bool side_is_plain(const side *s);

/** True when they are (stored - zero) * scale, all of them numbers that floats hold. */
bool side_is_scaled(const side *s);

/**
 * Scales and zero points of a block, in scale_list and zero_list, which are valid until the next
 * call.
 * @param n  At most KERNEL_BLOCK.
 */
oray_status side_scales(side *s, uint64_t index, size_t n, oray_error *err);

/** Rows of `period` elements, from the one that begins at `index` on, whose scales are alike. */
uint64_t side_scales_alike(const side *s, uint64_t index, uint64_t period);

/** True when all zero points are 0. */
static inline bool side_zero_is_0(const side *s)
{
	return !s->zero.bytes && s->zero.only == 0;
}

/**
 * Reads the next elements as they are stored: floats of this machine, in `space` or where they
 * were.
 * @param out    Valid until more is read; any alignment.
 * @param bytes  Receives the type if they were left as they are, where they were, from a whole byte
 *               on; 0: floats. NULL: floats are wanted.
 */
oray_status side_singles(side *s, const kernels *with, size_t n, float *space, const uint8_t **out,
                         int32_t *bytes, oray_error *err);

/** The same of any place, as side_at(); always in `space`. */
oray_status side_singles_at(side *s, const kernels *with, uint64_t index, size_t n, float *space,
                            oray_error *err);

/** The same, left as they are stored: the first one must begin a byte. */
oray_status side_bytes_at(side *s, uint64_t index, size_t n, uint8_t *to, oray_error *err);

/** For the files of side.h only: fetches `n` elements of a row to s->scratch; the first one begins
 * at bit `phase`. */
oray_status side_fetch(side *s, uint64_t index, size_t n, unsigned *phase, oray_error *err);

/** The same: passes over the end of a padded row. */
oray_status side_skip(side *s, oray_error *err);

#endif
