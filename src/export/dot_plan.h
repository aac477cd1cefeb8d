/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dot_plan.h - what a picture holds, before anybody thinks of how it looks.
 *
 * A plan is a list of items (boxes, stubs, pills) and a list of wires between them. Initializers
 * and constants with a single reader are no items: they are rows in the box that reads them. A body
 * that is not drawn is represented by the node that holds it, so what it captures becomes a wire to
 * that node. Everything is numbered in file order and built in time linear in what is looked at.
 */
#ifndef EXPORT_DOT_PLAN_H
#define EXPORT_DOT_PLAN_H

#include <onnxray/onnxray.h>

#include "base/mem.h"

/** What becomes of a node. */
typedef enum dot_fate {
	DOT_ABSENT,
	DOT_BOX,  /**< drawn in full */
	DOT_STUB, /**< outside of the part that is drawn, but touched by it */
	DOT_ROW   /**< a Constant, written into the box of its only reader */
} dot_fate;

typedef enum dot_kind {
	DOT_NODE,     /**< a box or a stub, as its fate says; `id` is the node */
	DOT_INPUT,    /**< a value that no node produces: a graph input, at times an initializer */
	DOT_OUTPUT,   /**< output `index` of graph `id` */
	DOT_MORE,     /**< `index` more readers of value `id`, left out */
	DOT_SENT,     /**< where a cut wire leaves: value `id`, to `index` readers */
	DOT_RECEIVED, /**< where it arrives, once a reader: value `id`, from item `index` */
	DOT_GONE      /**< item `id` of the other plan, which only the first of two models has */
} dot_kind;

typedef struct dot_item {
	dot_kind kind;
	oray_id id;
	uint32_t index;
	oray_id graph; /**< whose frame it is in */
} dot_item;

/** Arrays of items and wires are indexed with 32 bits: so many is the end of it. */
#define DOT_MOST_ITEMS (UINT32_MAX - 1)

typedef struct dot_wire {
	uint32_t from, to; /**< items */
	oray_id value;     /**< ORAY_NONE: from a node to a body of it */
	bool captured;     /**< crosses the border of a body or function from outside */
	bool gone;         /**< of the other plan, and so is `value` */
	uint8_t weight;    /**< how much it wants to be short and straight; dot_plan_weigh() */
} dot_wire;

typedef struct dot_plan {
	const oray_model *model;
	const oray_model_info *info;
	bool whole;           /**< not just chosen nodes */
	unsigned char *fate;  /**< dot_fate by node */
	bool *drawn;          /**< by graph: it has a frame, or is the paper itself */
	uint32_t *node_item;  /**< by node, ORAY_NONE where there is none */
	uint32_t *value_item; /**< of DOT_INPUT, by value */
	VEC(dot_item) items;
	VEC(dot_wire) wires;
	struct dot_marks *marks; /**< owned; NULL: nothing is marked */
	struct dot_gone *gone;   /**< owned; NULL: no other plan */
	bool failed;             /**< out of memory */
} dot_plan;

/** Decides what is drawn. The plan borrows the model. */
oray_status dot_plan_make(dot_plan *plan, const oray_model *model, const oray_drawing *drawing,
                          oray_error *err);

void dot_plan_free(dot_plan *plan);

/** The outermost graph around a graph: the main one, a function, a part of training. */
oray_id dot_root(const oray_model *model, oray_id graph);

/** True for a value that is written into boxes as a row: given by an initializer or folded. */
bool dot_is_row(const dot_plan *plan, const oray_value *value);

/** How hard a plan is for a layered layout, when items are put on ranks by their longest path. */
typedef struct dot_effort {
	uint64_t boxes; /**< items */
	uint64_t wires;
	uint64_t ranks;     /**< sum of the ranks that wires span: a layout keeps a point for each */
	uint64_t crossings; /**< pairs of wires that are side by side somewhere */
	uint64_t labels;    /**< wires between nodes, which carry a label where the shape is known */
} dot_effort;

bool dot_plan_effort(const dot_plan *plan, dot_effort *out);

/**
 * Cuts long wires into two ends with the value's name on them. They are what makes a large layout
 * slow and hard to read: a mask that every block of a transformer uses runs along the whole of it
 * once for each block. What counts as long depends on the budget: 60 ranks, or fewer, down to 8,
 * where the wires that are left would span more ranks than that together.
 */
oray_status dot_plan_cut(dot_plan *plan, uint64_t budget, oray_error *err);

/**
 * Finds the spine: a wire from the deepest input of an item to the reader that most comes after. It
 * gets the largest weight, so the main path runs straight down and a picture does not drift
 * sideways with every constant that hangs on it.
 */
oray_status dot_plan_weigh(dot_plan *plan, oray_error *err);

#endif
