/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dot_effort.h - whether `dot` can be asked to lay out a plan.
 */
#ifndef EXPORT_DOT_EFFORT_H
#define EXPORT_DOT_EFFORT_H

#include "picture/pic_plan.h"

/** How hard a plan is for a layered layout, when items are put on ranks by their longest path. */
typedef struct dot_effort {
	uint64_t boxes; /**< items */
	uint64_t wires;
	uint64_t ranks;     /**< sum of the ranks that wires span: a layout keeps a point for each */
	uint64_t crossings; /**< pairs of wires that are side by side somewhere */
	uint64_t labels;    /**< wires between nodes, which carry a label where the shape is known */
} dot_effort;

bool dot_plan_effort(const pic_plan *plan, dot_effort *out);

#endif
