/* SPDX-License-Identifier: Apache-2.0 */
/*
 * memory.h - activation memory over a run.
 */
#ifndef ANALYZE_MEMORY_H
#define ANALYZE_MEMORY_H

#include "analyze/role_flow.h"

typedef struct memory_use {
	oray_amount peak;  /**< bytes of the largest live set */
	oray_id peak_node; /**< where it is, in the main graph; ORAY_NONE without nodes */
	size_t n_live;
	oray_amount *live; /**< by node of the main graph: bytes alive while it runs; or NULL */
} memory_use;

/**
 * Measures the main graph, and what runs inside its nodes. Shapes must have been inferred.
 * @param want_live  Fill `live` as well.
 * @return false when memory ran out; free it all the same.
 */
bool memory_measure(role_flow *flow, bool want_live, memory_use *out);

void memory_free(memory_use *use);

#endif
