/* SPDX-License-Identifier: Apache-2.0 */
/*
 * folding.h - a BatchNormalization that one model has and the other has folded into a layer.
 *
 *     y = gamma * (conv(x, W) + b - mean) / sqrt(var + eps) + beta
 *       = conv(x, W * f) + (b - mean) * f + beta        with f = gamma / sqrt(var + eps)
 */
#ifndef DIFF_FOLDING_H
#define DIFF_FOLDING_H

#include "diff/comparison.h"

/** What a normalization does to the channels of the layer before it. */
typedef struct folding {
	unsigned of;     /**< the model that has it: 0 or 1 */
	oray_id layer;   /**< of that model */
	oray_id norm;    /**< the BatchNormalization */
	size_t n;        /**< channels */
	double *factors; /**< n of them, to be freed by folding_free() */
	double *bias;    /**< n of them, what is added at the end: of the folded layer */
} folding;

/**
 * Looks for a BatchNormalization without partner behind a layer that has one, on one side only.
 * @param reader_a, reader_b  The nodes that read a pair of weights.
 * @return false when there is none, or its numbers cannot be read; `out` is then empty.
 */
bool folding_find(comparison *c, oray_id reader_a, oray_id reader_b, folding *out);

void folding_free(folding *f);

#endif
