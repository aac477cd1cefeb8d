/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_fusing.c - operators that are spelled out with smaller ones. Each pattern has an anchor, a
 * node that occurs in it once; from there it is followed up and down, through values that nothing
 * else reads.
 */
#include <math.h>
#include <string.h>

#include "check/check_ask.h"

#define SQRT_2 1.4142135623730951

/* The node after a value, if it is the only one and of that operator. */
static bool next_is(const check_pass *pass, oray_id value, const char *op, oray_node *out)
{
	oray_id reader = check_only_reader(pass, value);
	return reader != ORAY_NONE && oray_model_node(pass->model, reader, out) && check_is(out, op) &&
	       out->n_outputs && out->outputs[0] != ORAY_NONE;
}

/* The node before a value, if it is of that operator. */
static bool made_by(const check_pass *pass, oray_id value, const char *op, oray_node *out)
{
	return check_producer(pass, value, out) && check_is(out, op);
}

static bool is_near(const check_pass *pass, oray_id value, double wanted)
{
	double x;
	return check_scalar(pass, value, &x) && fabs(x - wanted) <= 1e-3 * fabs(wanted);
}

/* The other one of two inputs. */
static oray_id other(const oray_node *node, oray_id value)
{
	return check_input(node, 0) == value ? check_input(node, 1) : check_input(node, 0);
}

static bool reads(const oray_node *node, oray_id value)
{
	return value != ORAY_NONE && (check_input(node, 0) == value || check_input(node, 1) == value);
}

/* -------------------------------------------------------------------------------- patterns -- */

/* x * 0.5 * (1 + erf(x / sqrt(2))), whatever is multiplied first. Anchor: Erf. */
static bool is_gelu(const check_pass *pass, const oray_node *erf)
{
	oray_node scaled, plus, times;
	if (!check_is(erf, "Erf") || !check_producer(pass, check_input(erf, 0), &scaled))
		return false;
	bool divided = check_is(&scaled, "Div") && is_near(pass, check_input(&scaled, 1), SQRT_2);
	bool multiplied =
	    check_is(&scaled, "Mul") && (is_near(pass, check_input(&scaled, 1), (1 / SQRT_2)) ||
	                                 is_near(pass, check_input(&scaled, 0), (1 / SQRT_2)));
	return (divided || multiplied) && next_is(pass, erf->outputs[0], "Add", &plus) &&
	       is_near(pass, other(&plus, erf->outputs[0]), 1) &&
	       next_is(pass, plus.outputs[0], "Mul", &times);
}

/* x * sigmoid(x). Anchor: Sigmoid. */
static bool is_silu(const check_pass *pass, const oray_node *sigmoid)
{
	oray_node times;
	return check_is(sigmoid, "Sigmoid") && next_is(pass, sigmoid->outputs[0], "Mul", &times) &&
	       reads(&times, check_input(sigmoid, 0));
}

/* x * tanh(softplus(x)). Anchor: Softplus. */
static bool is_mish(const check_pass *pass, const oray_node *softplus)
{
	oray_node tanh_node, times;
	return check_is(softplus, "Softplus") &&
	       next_is(pass, softplus->outputs[0], "Tanh", &tanh_node) &&
	       next_is(pass, tanh_node.outputs[0], "Mul", &times) &&
	       reads(&times, check_input(softplus, 0));
}

/* x * hardsigmoid(x) with alpha = 1/6. Anchor: HardSigmoid. */
static bool is_hard_swish(const check_pass *pass, const oray_node *sigmoid)
{
	oray_node times;
	oray_attribute alpha;
	return check_is(sigmoid, "HardSigmoid") && check_attribute(pass, sigmoid, "alpha", &alpha) &&
	       alpha.type == ORAY_ATTR_FLOAT && fabs((double)alpha.v.f - 1.0 / 6) < 1e-3 &&
	       next_is(pass, sigmoid->outputs[0], "Mul", &times) &&
	       reads(&times, check_input(sigmoid, 0));
}

/* sqrt(mean(x^2) + epsilon): gives x. */
static bool is_root_mean_square(const check_pass *pass, const oray_node *sqrt_node, oray_id *x)
{
	oray_node plus, mean, square;
	double epsilon;
	if (!made_by(pass, check_input(sqrt_node, 0), "Add", &plus))
		return false;
	oray_id added = check_scalar(pass, check_input(&plus, 0), &epsilon) ? check_input(&plus, 1)
	                                                                    : check_input(&plus, 0);
	if (!made_by(pass, added, "ReduceMean", &mean) ||
	    !check_producer(pass, check_input(&mean, 0), &square))
		return false;
	*x = check_input(&square, 0);
	return (check_is(&square, "Pow") && is_near(pass, check_input(&square, 1), 2)) ||
	       (check_is(&square, "Mul") && check_input(&square, 0) == check_input(&square, 1));
}

/* (x - mean(x)) / sqrt(mean((x - mean(x))^2) + epsilon). Anchor: Sqrt. */
static bool is_normalization(const check_pass *pass, const oray_node *sqrt_node, bool *centered)
{
	oray_node divide, minus, mean;
	oray_id x;
	if (!check_is(sqrt_node, "Sqrt") || !is_root_mean_square(pass, sqrt_node, &x))
		return false;
	bool divides = next_is(pass, sqrt_node->outputs[0], "Div", &divide) &&
	               (check_input(&divide, 0) == x || is_near(pass, check_input(&divide, 0), 1));
	bool inverts = next_is(pass, sqrt_node->outputs[0], "Reciprocal", &divide);
	*centered = made_by(pass, x, "Sub", &minus) &&
	            made_by(pass, check_input(&minus, 1), "ReduceMean", &mean) &&
	            check_input(&mean, 0) == check_input(&minus, 0);
	return divides || inverts;
}

static bool is_layer_norm(const check_pass *pass, const oray_node *node)
{
	bool centered;
	return is_normalization(pass, node, &centered) && centered;
}

static bool is_rms_norm(const check_pass *pass, const oray_node *node)
{
	bool centered;
	return is_normalization(pass, node, &centered) && !centered;
}

/* MatMul of a matrix, and a vector added. Anchor: MatMul. */
static bool is_linear(const check_pass *pass, const oray_node *matmul)
{
	oray_node plus;
	oray_tensor bias;
	return check_is(matmul, "MatMul") &&
	       check_constant(pass, check_input(matmul, 1)) != ORAY_NONE &&
	       next_is(pass, matmul->outputs[0], "Add", &plus) &&
	       oray_model_tensor(pass->model, check_constant(pass, other(&plus, matmul->outputs[0])),
	                         &bias) &&
	       bias.n_dims == 1;
}

/* A convolution, its normalization, and an activation. Anchor: Conv. */
static bool is_conv_block(const check_pass *pass, const oray_node *conv)
{
	static const char *const activations[] = {"Relu", "Clip", "LeakyRelu", "Sigmoid", "HardSwish"};
	oray_node norm, activation;
	if (!check_is(conv, "Conv") || !conv->n_outputs)
		return false;
	oray_id value = conv->outputs[0];
	if (!next_is(pass, value, "BatchNormalization", &norm))
		return false;
	for (size_t i = 0; i < sizeof activations / sizeof *activations; i++)
		if (next_is(pass, norm.outputs[0], activations[i], &activation))
			return true;
	return false;
}

static const struct {
	check_rule rule;
	bool (*is)(const check_pass *pass, const oray_node *anchor);
	const char *what;
} patterns[] = {
    {CHECK_spelled_out_gelu, is_gelu, "this Erf is part of a Gelu"},
    {CHECK_spelled_out_activation, is_silu, "x * Sigmoid(x) is Swish"},
    {CHECK_spelled_out_activation, is_mish, "x * Tanh(Softplus(x)) is Mish"},
    {CHECK_spelled_out_activation, is_hard_swish, "x * HardSigmoid(x) is HardSwish"},
    {CHECK_spelled_out_normalization, is_layer_norm, "this Sqrt is part of a LayerNormalization"},
    {CHECK_spelled_out_normalization, is_rms_norm, "this Sqrt is part of an RMSNormalization"},
    {CHECK_fusable_matmul, is_linear, "the Add after this MatMul adds a bias"},
    {CHECK_fusable_conv, is_conv_block,
     "this Conv, its BatchNormalization and its activation can be one kernel"},
};

void check_fusing(check_pass *pass)
{
	oray_node node;
	for (oray_id i = 0; oray_model_node(pass->model, i, &node); i++) {
		if (!node.n_inputs || !node.n_outputs)
			continue;
		for (size_t k = 0; k < sizeof patterns / sizeof *patterns; k++)
			if (patterns[k].is(pass, &node))
				check_report(pass, patterns[k].rule, check_at_node(i), "%s", patterns[k].what);
	}
}
