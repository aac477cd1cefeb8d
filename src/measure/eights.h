/* SPDX-License-Identifier: Apache-2.0 */
/*
 * eights.h - sums of floats of eight and of six bits, exactly.
 *
 * Such a number is a small integer times a power of two: m * 2^t * unit, where m has three or four
 * bits and t is at most 30. Its lower six bits (all of the fraction, and of the exponent all but
 * the first bit) say m * 2^(t mod 4), a byte; its upper six (the sign, and all of the exponent) say
 * the other powers of two, which are sorted into parts so that they are a byte too. So a part of
 * the sum is a sum of products of bytes, from tables of 64 entries, which is what processors add up
 * best; the same goes for squares. All of it is whole numbers: nothing is lost, and the order does
 * not matter.
 *
 * Numbers with exponent 0 have no leading one, so the same lower six bits do not mean the same with
 * and without the first bit of the exponent: of eight bits there are two halves of everything. Of
 * six bits there is one, and both tables go by the same six.
 */
#ifndef MEASURE_EIGHTS_H
#define MEASURE_EIGHTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	EIGHTS_HALVES = 2,
	EIGHTS_SUMS = 2,    /**< parts of a sum in a half, at most */
	EIGHTS_SQUARES = 4, /**< the same of squares */
};

/** What there is of a type's tables. */
typedef enum eights_kind {
	EIGHTS_E4M3,
	EIGHTS_E4M3_UNSIGNED_ZERO, /**< minus zero is NaN */
	EIGHTS_E5M2,
	EIGHTS_E5M2_UNSIGNED_ZERO,
	EIGHTS_E2M3,
	EIGHTS_E3M2,
	EIGHTS_KINDS
} eights_kind;

typedef struct eights_shape {
	unsigned bits;
	bool unsigned_zero;
	int sums, squares[EIGHTS_HALVES]; /**< parts in use, of the first ones in each half */
} eights_shape;

static const eights_shape eights_shapes[EIGHTS_KINDS] = {
    [EIGHTS_E4M3] = {8, false, 1, {2, 2}}, [EIGHTS_E4M3_UNSIGNED_ZERO] = {8, true, 1, {2, 2}},
    [EIGHTS_E5M2] = {8, false, 2, {3, 3}}, [EIGHTS_E5M2_UNSIGNED_ZERO] = {8, true, 2, {3, 4}},
    [EIGHTS_E2M3] = {6, false, 1, {1, 0}}, [EIGHTS_E3M2] = {6, false, 1, {2, 0}},
};

/** A type. Tables are for 64 bytes each: `low` by the lower, `high` by the upper six bits. */
typedef struct eights_type {
	uint8_t sum_low[EIGHTS_HALVES][64], square_low[EIGHTS_HALVES][64];
	int8_t sum_high[EIGHTS_HALVES][EIGHTS_SUMS][64];
	int8_t square_high[EIGHTS_HALVES][EIGHTS_SQUARES][64];
	int8_t order[64]; /**< of six bits: eights_order() */
	eights_kind kind;
	int unit;      /**< numbers are multiples of 2^unit: the first part of the first half */
	int upper;     /**< the second half is worth 2^upper times that, 4^upper of squares */
	int step;      /**< each part of squares is worth 2^step times the one before; of sums 2^8 */
	uint8_t top;   /**< without sign: the largest finite number */
	bool infinite; /**< the next one is infinity */
} eights_type;

/** What some elements are like. */
typedef struct eights_so_far {
	int64_t sums[EIGHTS_HALVES][EIGHTS_SUMS];
	int64_t squares[EIGHTS_HALVES][EIGHTS_SQUARES];
	uint64_t zeros, nans, infinities;
	/** Of finite ones, by eights_order(); min > max: there is none. */
	int min, max;
} eights_so_far;

/** What sums come to. */
typedef struct eights_total {
	double mean, m2; /**< m2: squares of distances from the mean */
} eights_total;

/** @return false for other types; eights_fit() only says so. */
bool eights_prepare(eights_type *e, int32_t type);
bool eights_fit(int32_t type);

/** Nothing so far. */
eights_so_far eights_start(void);

/** Takes elements in, one by one; those of six bits start a byte. Sums of 2^40 elements fit. */
void eights_add(const eights_type *e, const uint8_t *p, size_t n, eights_so_far *all);

/** Order of patterns of 8 bits: from -128 to 127, as their numbers are. */
static inline int eights_order(uint8_t pattern)
{
	return (int8_t)(uint8_t)(pattern & 0x80 ? pattern ^ 0x7f : pattern);
}

/** The pattern of an order, of the type's bits. */
uint8_t eights_pattern(const eights_type *e, int order);

/** Exact but for one rounding each at the end. @param n  How many were finite, at least 1. */
eights_total eights_finish(const eights_type *e, const eights_so_far *all, uint64_t n);

#endif
