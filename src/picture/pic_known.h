/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_known.h - what all boxes of a picture ask for again and again, found once: operators with the
 * names of their inputs, texts of types, defaults of attributes.
 *
 * A hundred thousand nodes are some dozens of operators, and their values some dozens of types.
 * Everything here is only a memory: without room for it, or where a model has a million different
 * ones, answers are found anew.
 */
#ifndef PICTURE_PIC_KNOWN_H
#define PICTURE_PIC_KNOWN_H

#include <onnxray/onnxray.h>

#include "base/buf.h"
#include "base/mem.h"
#include "ops/ops.h"

/** A part of pic_known.texts; `end` is 0 where nothing was written yet. */
typedef struct pic_span {
	uint32_t at, end;
} pic_span;

/** An operator as one graph imports it. */
typedef struct pic_op {
	const ops_row *row; /**< NULL: not in the table, or a call of a function */
	oray_id graph;      /**< where it was looked up */
	bool is_known;      /**< looked up at all */
	uint8_t category;   /**< ops_category */
	uint8_t n_inputs;   /**< so many formals are among the spans, from `first` on; */
	uint8_t n_outputs;  /**< behind them so many outputs */
	uint32_t first;
} pic_op;

/** The text of a type, "float32 1×3"; the shape begins at `shape`, which is `end` without one. */
typedef struct pic_known_text {
	uint32_t at, end, shape;
} pic_known_text;

/** An attribute of a row of the operator table. */
typedef struct pic_default {
	const ops_row *row;
	const char *name; /**< as the model holds it: equal names are kept once */
	size_t name_size;
	bool exists;   /**< the operator has such an attribute */
	double number; /**< its default, of numbers */
	ops_attr formal;
} pic_default;

#define PIC_KNOWN_DEFAULTS 64

/** Zero it; pic_known_free(). */
typedef struct pic_known {
	buf texts;
	VEC(pic_span) formals;
	pic_op *ops; /**< by oray_node.op_type */
	size_t n_ops;
	pic_known_text *types; /**< by oray_type.id */
	size_t n_types;
	pic_op last; /**< where there is no room */
	pic_default defaults[PIC_KNOWN_DEFAULTS];
} pic_known;

/** The operator of a node. Good until the next call. */
const pic_op *pic_known_op(pic_known *k, const oray_model *model, const oray_node *node);

/** Appends the name of a formal input or output, as pic_formal(). */
void pic_known_formal(pic_known *k, const oray_model *model, const oray_node *node, bool output,
                      size_t index, buf *out);

/** Appends "float32 1×3×height×?" of a value, as pic_type(); nothing where it is unknown. */
void pic_known_type(pic_known *k, const oray_model *model, oray_id value, buf *out);

/** Appends the shape alone, as pic_shape(). */
void pic_known_shape(pic_known *k, const oray_model *model, oray_id value, buf *out);

/** What the operator table says of an attribute. Good until the next call. */
const pic_default *pic_known_default(pic_known *k, const ops_row *row, oray_str name);

void pic_known_free(pic_known *k);

#endif
