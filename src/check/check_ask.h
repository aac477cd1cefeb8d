/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_ask.h - questions that several passes ask of a model.
 */
#ifndef CHECK_CHECK_ASK_H
#define CHECK_CHECK_ASK_H

#include "check/check.h"
#include "ops/ops.h"

static inline bool check_str_is(oray_str s, const char *text)
{
	size_t n = __builtin_strlen(text);
	return s.size == n && __builtin_memcmp(s.data, text, n) == 0;
}

/** True for an operator of the default domain that no function of the model replaces. */
static inline bool check_is(const oray_node *node, const char *op)
{
	return node->function == ORAY_NONE && check_str_is(node->op, op) &&
	       check_str_is(node->domain, "ai.onnx");
}

/** Version of the operator set that a node's graph imports under its domain; 0: none. */
int64_t check_opset(const check_pass *pass, const oray_node *node);

/** What the table says of a node; NULL: a call of a function, or nothing is known. */
const ops_row *check_row(const check_pass *pass, const oray_node *node);

/** Input `index` of a node; ORAY_NONE: it is left out. */
static inline oray_id check_input(const oray_node *node, size_t index)
{
	return index < node->n_inputs ? node->inputs[index] : ORAY_NONE;
}

/** The tensor that a value always is: that of an initializer, unless a caller of the model may give
 *  another one, or of a Constant node. ORAY_NONE: it is none. */
oray_id check_constant(const check_pass *pass, oray_id value);

/** The one node of the same graph that reads a value, once; ORAY_NONE: none, another graph,
 *  several, or it is a result of the graph as well. */
oray_id check_only_reader(const check_pass *pass, oray_id value);

/** The node that makes a value. @return false for inputs and initializers. */
bool check_producer(const check_pass *pass, oray_id value, oray_node *out);

/** Attribute of a node by name. */
bool check_attribute(const check_pass *pass, const oray_node *node, const char *name,
                     oray_attribute *out);
int64_t check_int(const check_pass *pass, const oray_node *node, const char *name, int64_t absent);

/** The only element of a constant of one element, as a number. @return false for all else. */
bool check_scalar(const check_pass *pass, oray_id value, double *out);

/** The inferred type of a value is a tensor of a known rank. */
bool check_shape(const check_pass *pass, oray_id value, oray_type *out);

/** Both shapes are known in full, symbols included, and equal. */
bool check_same_shape(const check_pass *pass, oray_id a, oray_id b);

#endif
