/* SPDX-License-Identifier: Apache-2.0 */
/*
 * count.h - what a node costs, in the words of different tools.
 */
#ifndef INFER_COUNT_H
#define INFER_COUNT_H

#include "infer/rule.h"

typedef enum infer_count {
	COUNT_MACS,
	COUNT_FLOPS,
	COUNT_TORCHVISION,
	COUNT_FVCORE,
	COUNT_THOP,
	COUNT_ONNX_TOOL
} infer_count;

/** What a node counts under a convention: 0 when it does not count, DIM_LOST when unknown. */
dim count_node(call *c, infer_count convention, infer_cost macs_rule);

#endif
