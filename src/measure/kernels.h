/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernels.h - the inner loops, for what this machine has.
 *
 * A block is a few elements that are in the nearest cache. Sums are single precision within one and
 * double across blocks. Nothing is tested element by element: a sum of squares that is not finite
 * says that some element of the block was not, and its caller does the block again with care.
 *
 * Compilers do not make good code of these reductions by themselves, hence intrinsics: SSE2, which
 * every x86-64 has, AVX2 with FMA, AVX-512 for what it does much better, and its later additions
 * (VBMI and VNNI) for tables of bytes, chosen when the program runs. Others get plain C.
 */
#ifndef MEASURE_KERNELS_H
#define MEASURE_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "measure/channels.h"
#include "measure/eights.h"
#include "measure/reals.h"

/** Elements of a block at most: so few that single precision loses nothing that matters. */
enum { KERNEL_BLOCK = 1024 };

/** What a block of floats is like. */
typedef struct kernel_floats {
	double min, max, sum, squares; /**< sum and squares of x - shift */
	uint64_t zeros;                /**< equal to zero */
} kernel_floats;

/** What a block of integers is like, as signed numbers. */
typedef struct kernel_integers {
	int min, max;
	int64_t sum, squares;
	uint64_t zeros, lowest, highest; /**< equal to `zero`, and to the ends of the type */
} kernel_integers;

/** Numbers of a block at most where only statistics are asked for: floats of 16 bits and all that
 * is summed up in doubles; integers of 16 and of 8 bits. */
enum { KERNEL_WIDE = 8192, KERNEL_INTEGERS = 4096, KERNEL_BYTES = 256 * 1024 };

/** What is asked about a block of wide numbers. */
typedef struct kernel_asked {
	double shift;           /**< taken away before summing */
	double zero, low, high; /**< numbers to be counted; NAN: there is none */
} kernel_asked;

/** What it is like. */
typedef struct kernel_doubles {
	double min, max, sum, squares;
	uint64_t zeros, lowest, highest;
} kernel_doubles;

/**
 * A block of a comparison: numbers as they are, x, and stored ones, y = (stored - zero) * scale.
 * x - y is rounded once, to single precision, whatever the numbers are.
 */
typedef struct kernel_pairs {
	const uint8_t *x, *stored; /**< floats of this machine, any alignment */
	/** Of what is stored: 0, or a type of 8 or 4 bits, as it is; see kernels.compares_bits. */
	int32_t bytes;
	const float *table;        /**< of 4 bits: what each pattern stands for; NULL of others */
	const float *scale, *zero; /**< of each element; NULL: all are 1 or 0; no zero without scale */
	unsigned run; /**< 0; or 3 and more: so many times two elements share a number of each list */
	float *squares, *errors; /**< receive the squares of each element; NULL, both: only sums */
	/** 0: one row. More: squares and errors are added up over rows; so many elements from one row
	 * to the next of x and of what is stored, scales and zero points are the same. Not without
	 * squares.
	 */
	size_t rows, x_pitch, stored_pitch;
	bool mirrored; /**< y is the original: sums tell of it what they tell of x; sums do not depend
	                  on it */
} kernel_pairs;

/** What a block of pairs is like. */
typedef struct kernel_sums {
	channel_sums sums;
	/** With squares: the least of the largest x and y of each column, those that are 0 left out;
	 * INFINITY: there is no other */
	double min_abs;
} kernel_sums;

typedef struct kernels {
	const char *name;
	/** Floats of 32 bits, at most KERNEL_BLOCK, or of 16, at most KERNEL_WIDE; at least 1. */
	void (*floats)(const reals *r, const uint8_t *p, size_t n, float shift, kernel_floats *out);
	/** Integers of 32 and 64 bits, and float64, which has no lowest and highest; at most
	 * KERNEL_WIDE. All of them, and sums, are doubles. */
	void (*doubles)(const reals *r, const uint8_t *p, size_t n, const kernel_asked *ask,
	                kernel_doubles *out);
	/** Sums are exact. @param flip  Sign bit of unsigned ones, 0 of others; done to `zero` already.
	 * At least 1, at most KERNEL_BYTES of one byte, KERNEL_INTEGERS of two. NULL: there is nothing
	 * faster than what is simple. */
	void (*bytes)(const uint8_t *p, size_t n, uint8_t flip, int8_t zero, kernel_integers *out);
	void (*shorts)(const uint8_t *p, size_t n, uint16_t flip, int16_t zero, kernel_integers *out);
	/** Bytes that are 0. NULL: as above. */
	uint64_t (*zeros)(const uint8_t *p, size_t n);
	/** Counts the elements of 2 or 4 bits in bytes, by bit pattern; where codes_most is 8, those
	 * of 8 as well. NULL: as above. */
	void (*codes)(unsigned bits, const uint8_t *p, size_t n, uint64_t *counts);
	unsigned codes_most;
	/** As eights_add(), at most KERNEL_BYTES elements. NULL: as above, counting them is faster. */
	void (*eights)(const eights_type *e, const uint8_t *p, size_t n, eights_so_far *all);
	/** Bins of a histogram: that of (x / 2 - start) * factor, the first or last one if it is
	 * outside, ORAY_BINS of numbers that are not finite. */
	void (*bins)(const double *x, size_t n, double start, double factor, int32_t *bin);
	/** Elements of a type that singles_hold() as floats; from a whole byte on. */
	void (*singles)(const reals *r, const uint8_t *p, size_t n, float *out);
	/** At most KERNEL_BLOCK pairs. */
	void (*compare)(const kernel_pairs *pairs, size_t n, kernel_sums *out);
	/** 8: compare() takes int8 and uint8 as they are, with scales, those written out, and not
	 * mirrored. 4: it takes all types of 4 bits as well, from an even element on, and numbers for
	 * 16 elements and more. 0: only floats. */
	unsigned compares_bits;
	/** Adds to each of a list. */
	void (*add)(const float *some, size_t n, float *all);
	/** Rows to columns: out[i * to + k] = in[k * from + i]. @param rows  A multiple of 4. */
	void (*turn)(const float *in, size_t from, size_t rows, size_t columns, float *out, size_t to);
} kernels;

enum { KERNELS_PLAIN, KERNELS_SSE2, KERNELS_AVX2, KERNELS_AVX512, KERNELS_VBMI, KERNELS_LEVELS };

/** The best ones that this machine runs, at most of a level; levels that it lacks are passed by. */
const kernels *kernels_at_most(int level);

/** The best ones, unless kernels_limit() said otherwise. */
const kernels *kernels_best(void);

/** For tests: nothing above this level from now on. */
void kernels_limit(int level);

#endif
