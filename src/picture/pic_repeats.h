/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_repeats.h - what finding repeated layers needs: boxes in order, and as numbers that are equal
 * for boxes that do the same.
 */
#ifndef PICTURE_PIC_REPEATS_H
#define PICTURE_PIC_REPEATS_H

#include "picture/pic_fold.h"

/** Who reads whom: box i reads from[first[i]] .. from[first[i + 1] - 1], in the order of its
 * inputs.
 */
typedef struct pic_reading {
	uint32_t *first; /**< n + 1 */
	uint32_t *from;
} pic_reading;

/** Puts boxes into an order where each stands behind what it reads, whatever their numbers are.
 *  @return false without memory. */
bool pic_canon(const pic_reading *reading, size_t n, uint32_t *order);

/** What each item does: operator, attributes, types and shapes of its weights, small integers it
 *  is given; of a module the sum over its nodes. Names and large contents do not matter. */
void pic_hash_items(const pic_plan *plan, uint64_t *hash);

#endif
