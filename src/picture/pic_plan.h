/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_plan.h - what a picture holds, before anybody thinks of how it looks.
 *
 * A plan is a list of items (boxes, stubs, pills) and a list of wires between them. Initializers
 * and constants with a single reader are no items: they are rows in the box that reads them. A body
 * that is not drawn is represented by the node that holds it, so what it captures becomes a wire to
 * that node. Everything is numbered in file order and built in time linear in what is looked at.
 */
#ifndef PICTURE_PIC_PLAN_H
#define PICTURE_PIC_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include <onnxray/onnxray.h>

#include "base/mem.h"

/** What becomes of a node. */
typedef enum pic_fate {
	PIC_ABSENT,
	PIC_BOX,   /**< drawn in full */
	PIC_STUB,  /**< outside of the part that is drawn, but touched by it */
	PIC_ROW,   /**< a Constant, written into the box of its only reader */
	PIC_SHAPE, /**< arithmetic on shapes, told as a row of its readers: pic_fold.h */
	PIC_PASS,  /**< quantizes or dequantizes, and wires go through it */
	PIC_INSIDE /**< one of the many in a box of kind PIC_MODULE */
} pic_fate;

typedef enum pic_kind {
	PIC_NODE,    /**< a box or a stub, as its fate says; `id` is the node */
	PIC_INPUT,   /**< a value that no node produces: a graph input, at times an initializer */
	PIC_OUTPUT,  /**< output `index` of graph `id` */
	PIC_MORE,    /**< `index` more readers of value `id`, left out */
	PIC_MODULE,  /**< many nodes in one box: `id` is a group of pic_groups */
	PIC_CAPTURE, /**< value `id`, which the body `graph` takes from outside: a dashed pill in it */
	PIC_GONE     /**< item `id` of the other plan, which only the first of two models has */
} pic_kind;

typedef struct pic_item {
	pic_kind kind;
	oray_id id;
	uint32_t index;
	oray_id graph; /**< whose frame it is in */
} pic_item;

/** Arrays of items and wires are indexed with 32 bits: so many is the end of it. */
#define PIC_MOST_ITEMS (UINT32_MAX - 1)

typedef struct pic_wire {
	uint32_t from, to; /**< items */
	oray_id value;     /**< ORAY_NONE: from a node to a body of it */
	bool captured;     /**< ends at a box for what is read inside of it */
	bool gone;         /**< of the other plan, and so is `value` */
} pic_wire;

typedef struct pic_plan {
	const oray_model *model;
	const oray_model_info *info;
	bool whole;           /**< not just chosen nodes */
	unsigned char *fate;  /**< pic_fate by node */
	bool *drawn;          /**< by graph: it has a frame, or is the paper itself */
	uint32_t *node_item;  /**< by node, ORAY_NONE where there is none */
	uint32_t *value_item; /**< of PIC_INPUT, by value */
	VEC(pic_item) items;
	VEC(pic_wire) wires;
	struct pic_marks *marks;     /**< owned; NULL: nothing is marked */
	struct pic_gone *gone;       /**< owned; NULL: no other plan */
	struct pic_folding *folding; /**< owned; what has no box of its own: pic_fold.h */
	struct pic_groups *groups;   /**< owned; NULL: nothing is of kind PIC_MODULE */
	bool failed;                 /**< out of memory */
} pic_plan;

/** Decides what is drawn. The plan borrows the model. */
oray_status pic_plan_make(pic_plan *plan, const oray_model *model, const oray_drawing *drawing,
                          oray_error *err);

void pic_plan_free(pic_plan *plan);

/** The outermost graph around a graph: the main one, a function, a part of training. */
oray_id pic_root(const oray_model *model, oray_id graph);

/** Bodies deeper in each other than this stay closed, unless their nodes were chosen. */
#define PIC_DEEPEST 16

/**
 * The item whose box holds the frame of a graph; ORAY_NONE: the frame stands by itself. It is an
 * item of a graph with a lower number, so that parents come before their bodies.
 */
uint32_t pic_holder(const pic_plan *plan, oray_id graph);

/**
 * Ends wires at the borders of frames: afterwards both ends of every wire are of one graph. Adds
 * items of kind PIC_CAPTURE; drops the wires from nodes to their bodies.
 * @return false without memory.
 */
bool pic_capture(pic_plan *plan);

/** True for a value that is written into boxes as a row: given by an initializer or folded. */
bool pic_is_row(const pic_plan *plan, const oray_value *value);

#endif
