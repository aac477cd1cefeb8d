/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_simpler.c - nodes that change nothing, that undo each other, or that another one could do
 * as well.
 */
#include <string.h>

#include "check/check_ask.h"

/* ---------------------------------------------------------------------- nodes without effect -- */

static bool is_always(const check_pass *pass, const oray_node *node)
{
	(void)pass;
	(void)node;
	return true;
}

static bool has_one_input(const check_pass *pass, const oray_node *node)
{
	(void)pass;
	return node->n_inputs == 1;
}

/* Unless it trains, or somebody wants to know what was dropped. */
static bool only_passes_on(const check_pass *pass, const oray_node *node)
{
	oray_value mask;
	oray_id training = check_input(node, 2);
	double value = 0;
	return (training == ORAY_NONE || (check_scalar(pass, training, &value) && value == 0)) &&
	       check_int(pass, node, "is_test", 1) != 0 &&
	       (node->n_outputs < 2 || !oray_model_value(pass->model, node->outputs[1], &mask) ||
	        (!mask.n_uses && !mask.is_output));
}

static bool keeps_type(const check_pass *pass, const oray_node *node)
{
	oray_value v;
	oray_type type;
	return oray_model_value(pass->model, check_input(node, 0), &v) &&
	       oray_model_type(pass->model, v.inferred, &type) && type.kind == ORAY_KIND_TENSOR &&
	       type.element && type.element == check_int(pass, node, "to", 0);
}

static bool keeps_order(const check_pass *pass, const oray_node *node)
{
	oray_attribute perm;
	if (!check_attribute(pass, node, "perm", &perm) || perm.type != ORAY_ATTR_INTS ||
	    perm.on_disk || !perm.count)
		return false;
	for (size_t i = 0; i < perm.count; i++)
		if (perm.v.ints[i] != (int64_t)i)
			return false;
	return true;
}

static bool keeps_shape(const check_pass *pass, const oray_node *node)
{
	return check_same_shape(pass, check_input(node, 0), node->outputs[0]);
}

static const struct {
	const char *op;
	bool (*is_idle)(const check_pass *pass, const oray_node *node);
	const char *why;
} idle[] = {
    {"Identity", is_always, "it passes its input on"},
    {"Dropout", only_passes_on, "it drops nothing when a model is used"},
    {"Cast", keeps_type, "its input has that type already"},
    {"Transpose", keeps_order, "it leaves the axes where they are"},
    {"Reshape", keeps_shape, "its input has that shape already"},
    {"Flatten", keeps_shape, "its input has that shape already"},
    {"Expand", keeps_shape, "its input has that shape already"},
    {"Tile", keeps_shape, "it repeats everything once"},
    {"Pad", keeps_shape, "it adds nothing"},
    {"Concat", has_one_input, "there is nothing to join"},
    {"Sum", has_one_input, "there is nothing to add"},
    {"Mean", has_one_input, "there is nothing to add"},
    {"Max", has_one_input, "there is nothing to compare"},
    {"Min", has_one_input, "there is nothing to compare"},
};

/* A result of a graph has to be made by a node of it: such a node stays if its input is none of the
 * same graph's own, or a result as well. */
static bool is_needed(const check_pass *pass, const oray_node *node)
{
	oray_value in, out;
	return !oray_model_value(pass->model, check_input(node, 0), &in) ||
	       !oray_model_value(pass->model, node->outputs[0], &out) ||
	       (out.is_output && (in.is_output || in.producer == ORAY_NONE || in.graph != out.graph));
}

static void check_idle(check_pass *pass, oray_id id, const oray_node *node)
{
	for (size_t i = 0; i < sizeof idle / sizeof *idle; i++) {
		if (!check_is(node, idle[i].op))
			continue;
		if (idle[i].is_idle(pass, node) && !is_needed(pass, node))
			check_report(pass, CHECK_removable_node, check_at_node(id), "%s: %s", idle[i].op,
			             idle[i].why);
		return;
	}
}

/* ---------------------------------------------------------------------------- pairs of nodes -- */

/* Shapes and orders: the second says all that the first said. */
static void check_pair(check_pass *pass, oray_id id, const oray_node *node)
{
	static const char *const same[] = {"Transpose", "Reshape", "Squeeze", "Unsqueeze"};
	oray_node before;
	if (!check_producer(pass, check_input(node, 0), &before) ||
	    check_only_reader(pass, before.outputs[0]) != id)
		return;
	for (size_t i = 0; i < sizeof same / sizeof *same; i++)
		if (check_is(node, same[i]) && check_is(&before, same[i])) {
			check_report(pass, CHECK_mergeable_nodes, check_at_node(id),
			             "it follows another %s that nothing else reads", same[i]);
			return;
		}
}

/* ------------------------------------------------------------------------ BatchNormalization -- */

static bool is_convolution(const oray_node *node)
{
	return check_is(node, "Conv") || check_is(node, "ConvTranspose") || check_is(node, "Gemm");
}

/* All from input `first` on are constants, or left out. */
static bool are_constant(const check_pass *pass, const oray_node *node, size_t first)
{
	for (size_t i = first; i < node->n_inputs; i++)
		if (node->inputs[i] != ORAY_NONE && check_constant(pass, node->inputs[i]) == ORAY_NONE)
			return false;
	return true;
}

static void check_batchnorm(check_pass *pass, oray_id id, const oray_node *node)
{
	oray_node before;
	oray_value v;
	if (!check_is(node, "BatchNormalization") || check_int(pass, node, "training_mode", 0) ||
	    !are_constant(pass, node, 1) || !check_producer(pass, check_input(node, 0), &before) ||
	    !is_convolution(&before) || !are_constant(pass, &before, 1) ||
	    check_only_reader(pass, before.outputs[0]) != id)
		return;
	if (oray_model_value(pass->model, node->inputs[0], &v))
		check_report(pass, CHECK_foldable_batchnorm, check_at_node(id),
		             "its scale and shift can go into the weight and bias of the %.*s before it",
		             CHECK_NAME(before.op));
}

/* -------------------------------------------------------------------------------- Shape of x -- */

/* Nodes that ask for the shape of something whose shape is a number. */
static void check_shape_of(check_pass *pass, oray_id id, const oray_node *node)
{
	oray_type type;
	if (!check_is(node, "Shape") || !check_shape(pass, check_input(node, 0), &type))
		return;
	for (size_t i = 0; i < type.n_dims; i++)
		if (oray_model_dim(pass->model, type.id, i).kind != ORAY_DIM_VALUE)
			return;
	check_report(pass, CHECK_static_shape, check_at_node(id),
	             "the shape it asks for is known, so what is computed from it is too");
}

void check_simpler(check_pass *pass)
{
	oray_node node;
	for (oray_id i = 0; oray_model_node(pass->model, i, &node); i++) {
		if (!node.n_inputs || !node.n_outputs || node.outputs[0] == ORAY_NONE)
			continue;
		check_idle(pass, i, &node);
		check_pair(pass, i, &node);
		check_batchnorm(pass, i, &node);
		check_shape_of(pass, i, &node);
	}
}
