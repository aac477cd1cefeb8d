/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_repeats.h - boxes as numbers: equal numbers for boxes that do the same.
 */
#ifndef PICTURE_PIC_REPEATS_H
#define PICTURE_PIC_REPEATS_H

#include "picture/pic_fold.h"

/** What each item does: operator, attributes, types and shapes of its weights, small integers it
 *  is given; of a module the sum over its nodes. Names and large contents do not matter. */
void pic_hash_items(const pic_plan *plan, uint64_t *hash);

#endif
