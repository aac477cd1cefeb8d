/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quick.h - comparing weights by the kernels, where floats hold what is stored on both sides.
 */
#ifndef MEASURE_QUICK_H
#define MEASURE_QUICK_H

#include "measure/side.h"

/** Crossed sides are read in tiles: so many rows of the side in whose order elements come, and
 * columns. The columns are rows of the other side; those of a tile are read so many at a time if
 * the rows of the tile are all there are, and so are the tile's own rows, unless they are small.
 */
enum { QUICK_HEIGHT = 1024, QUICK_WIDTH = KERNEL_BLOCK, QUICK_STRIP = 16 };

/** True when the quick way can take a pair. One side must be numbers as they are stored. */
bool quick_fits(const side *a, const side *b);

/** The side in whose order elements come if the sides are crossed: a or b. */
const side *quick_order(const side *a, const side *b);

/**
 * Compares all elements.
 * @param length  Elements of a row of the side that quick_order() says, whose rows are the columns
 * of the other one; 0: the sides are not crossed.
 * @param sums    Opened for that order.
 */
oray_status quick_compare(side *a, side *b, uint64_t length, channels *sums, oray_error *err);

#endif
