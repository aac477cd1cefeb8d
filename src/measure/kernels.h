/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernels.h - the inner loops, for what this machine has.
 *
 * A block is a few elements that are in the nearest cache. Sums are single precision within one and
 * double across blocks. Nothing is tested element by element: a sum of squares that is not finite
 * says that some element of the block was not, and its caller does the block again with care.
 *
 * Compilers do not make good code of these reductions by themselves, hence intrinsics: SSE2, which
 * every x86-64 has, and AVX2 with FMA, chosen when the program runs. Others get plain C.
 */
#ifndef MEASURE_KERNELS_H
#define MEASURE_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "measure/channels.h"

/** Elements of a block at most: so few that single precision loses nothing that matters. */
enum { KERNEL_BLOCK = 1024 };

/** What a block of floats is like. */
typedef struct kernel_floats {
	double min, max, sum, squares; /**< sum and squares of x - shift */
	uint64_t zeros;                /**< equal to zero */
} kernel_floats;

/** What a block of bytes is like, as signed numbers. */
typedef struct kernel_bytes {
	int min, max;
	int64_t sum, squares;
	uint64_t zeros, lowest, highest; /**< equal to `zero`, -128, 127 */
} kernel_bytes;

/** Bytes of a block at most. */
enum { KERNEL_BYTES = 4096 };

/** How the second list of a comparison becomes real: (q - zero) * scale. */
typedef struct kernel_scale {
	float scale;
	float zero;   /**< whole, -255..255 */
	uint8_t flip; /**< 0x80 makes unsigned bytes signed ones, whose zero is then 128 less */
} kernel_scale;

typedef struct kernels {
	const char *name;
	/** @param p  `n` floats of this machine, any alignment; at most KERNEL_BLOCK, at least 1. */
	void (*floats)(const uint8_t *p, size_t n, float shift, kernel_floats *out);
	/** @param flip  As in kernel_scale. At most KERNEL_BYTES. NULL: counting is as fast. */
	void (*bytes)(const uint8_t *p, size_t n, uint8_t flip, int8_t zero, kernel_bytes *out);
	/** Half precision to single. */
	void (*halves)(const uint8_t *p, size_t n, float *out);
	/** @param x  floats as above, @param q  bytes. At most KERNEL_BLOCK of each. */
	void (*compare)(const uint8_t *x, const uint8_t *q, size_t n, const kernel_scale *scale,
	                channel_sums *out);
} kernels;

enum { KERNELS_PLAIN, KERNELS_SSE2, KERNELS_AVX2, KERNELS_LEVELS };

/** The best ones that this machine runs, at most of a level; levels that it lacks are passed by. */
const kernels *kernels_at_most(int level);

/** The best ones, unless kernels_limit() said otherwise. */
const kernels *kernels_best(void);

/** For tests: nothing above this level from now on. */
void kernels_limit(int level);

#endif
