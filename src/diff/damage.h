/* SPDX-License-Identifier: Apache-2.0 */
/*
 * damage.h - weights that are known to be equal.
 */
#ifndef DIFF_DAMAGE_H
#define DIFF_DAMAGE_H

#include "diff/comparison.h"

/** True when two weights have the same logical dims. */
bool damage_same_dims(const weight_row *x, const weight_row *y);

/** True when two tensors, one of a and one of b, hold the same numbers as stored. */
bool damage_equal_tensors(const comparison *c, oray_id a, oray_id b);

/**
 * True for a pair that is equal whatever is stored elsewhere: the same bytes of one file beside the
 * models, which need not be there; sparse ones with equal parts; a ConstantOfShape of one number.
 */
bool damage_is_none(comparison *c, const weight_row *x, const weight_row *y);

/** What is said of such a pair. */
void damage_none(const weight_row *x, oray_fidelity *f);

#endif
