/* SPDX-License-Identifier: Apache-2.0 */
/*
 * describe.h - small questions about a model that every writer asks.
 *
 * Texts are appended printable. Only the public walking functions and the operator table are used.
 */
#ifndef WORDS_DESCRIBE_H
#define WORDS_DESCRIBE_H

#include <onnxray/onnxray.h>

#include "base/buf.h"
#include "base/buf.h"
#include "words/glyphs.h"
#include "ops/ops.h"

/**
 * What is known about the type of a value: what was inferred or declared, or else the tensor that
 * gives it. A declaration without shape takes the shape of its tensor.
 */
typedef struct known_type {
	bool declared;
	oray_type type; /**< when declared */
	oray_kind kind;
	int32_t element;
	bool has_dims; /**< `dims` of a tensor instead of `type`'s */
	size_t n_dims;
	const int64_t *dims;
	bool contradicts; /**< `said` is something else */
	bool is_face;     /**< names of dimensions are those of `said` */
	bool has_said;
	oray_type said; /**< as the model declares it, where inference says more */
} known_type;

known_type known_type_of(const oray_model *model, oray_id value);

/**
 * The same for an input or output where the face of a model is described: the words that it has for
 * its dimensions are kept, inference fills in what it does not say.
 */
known_type known_face_of(const oray_model *model, oray_id value);

/**
 * Dimension of a type whose rank is known. Inputs of the main graph, and all that is_face, keep the
 * numbers and names that the model gives them, unless inference has another number.
 */
oray_dim known_dim(const oray_model *model, const known_type *t, size_t index);

/** How many dimensions there are, when known_rank(). */
size_t known_n_dims(const known_type *t);

/** The shape that the model declares, as known_shape_text(); where it contradicts. */
void known_said_text(buf *b, const oray_model *model, const known_type *t, const glyphs *g);

/** float32, sequence(float32), map(int64,float32), or "unknown". JSON uses the same words. */
void known_type_text(buf *b, const oray_model *model, const known_type *t);

/** True when the type is known at all. */
bool known_type_is_known(const known_type *t);

/** 1×3×224×224; "" for what has no shape of its own, such as a sequence. */
void known_shape_text(buf *b, const oray_model *model, const known_type *t, const glyphs *g);

/** True when it is known how many dimensions there are. */
bool known_rank(const known_type *t);

/** A type on its own: "float32 1×3", "sequence(float32 ?×4)". */
void type_text(buf *b, const oray_model *model, oray_id type, const glyphs *g);

/** "float32", or "type 99" for a number outside the standard. */
void element_type_text(buf *b, int32_t type);

/** Name of a node, its own or made up; of any length. */
void node_label_text(buf *b, const oray_model *model, oray_id node);

/** Path of a graph, "" for the main one; of any length. */
void graph_path_text(buf *b, const oray_model *model, oray_id graph);

/** "main graph", or its path. */
void graph_place_text(buf *b, const oray_model *model, oray_id graph);

/**
 * Gives a string attribute its text: one that was left in the file is read, unless it is longer
 * than `most` bytes or cannot be read. @return false then; a->stored_bytes is its length.
 */
bool attribute_fetch(const oray_model *model, oray_id attribute, oray_attribute *a, uint64_t most);

/** Opset version that the graph of the node imports for its domain; 0 when it does not. */
int64_t node_opset(const oray_model *model, const oray_node *node);

/** Row of the operator table, or NULL. */
const ops_row *node_row(const oray_model *model, const oray_node *node);

/** Newest version of the operator that is not above the opset: Conv 11 under opset 15. */
unsigned row_version(const ops_row *row, int64_t opset);

ops_category node_category(const oray_model *model, const oray_node *node);

/** Category by its name, as oray_operator tells it. */
ops_category category_named(const char *name);

/** Attribute of a node by name. */
bool node_attribute(const oray_model *model, const oray_node *node, const char *name,
                    oray_attribute *out, oray_id *id);

/** Conv 3×3, MaxPool 2×2, Cast float16: the operator with what one wants to know at once. */
void node_operator_text(buf *b, const oray_model *model, const oray_node *node, const glyphs *g);

bool str_is(oray_str s, const char *text);
int str_compare(oray_str a, oray_str b);

#endif
