/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compute.h - what nodes cost, for lists and summaries.
 */
#ifndef ANALYZE_COMPUTE_H
#define ANALYZE_COMPUTE_H

#include "analyze/role_flow.h"

/** Where the cost of a node comes from. */
typedef enum cost_kind {
	COST_NONE,  /**< an operator that costs nothing */
	COST_OWN,   /**< its own; unknown for operators that nobody knows */
	COST_INSIDE /**< that of its bodies, or of the function it calls */
} cost_kind;

/** @param out  The cost over all executions in one run; 0 with COST_NONE. */
cost_kind compute_cost(const role_flow *flow, oray_id id, const oray_node *node, const reading *r,
                       oray_amount *out);

/** True when some node has a cost of its own: else what holds nodes costs nothing for certain. */
bool compute_costs_anything(role_flow *flow);

/** Bytes of the outputs of a node. */
oray_amount compute_outputs(const oray_model *model, const oray_node *node);

/** Bytes of all it reads, once each, and writes; of sparse weights those that are stored. */
oray_amount compute_moved(const oray_model *model, const oray_node *node);

/**
 * Fills `compute`, and if `lost` the culprits of `shapes`: some shape is not known.
 * @return false when memory ran out.
 */
bool compute_summarize(oray_summary *s, role_flow *flow, bool lost);

/** How well a type is known. */
typedef enum knowledge { SHAPE_UNKNOWN, SHAPE_HOLES, SHAPE_SYMBOLIC, SHAPE_KNOWN } knowledge;

knowledge compute_knowledge(const oray_model *model, oray_id type);

#endif
