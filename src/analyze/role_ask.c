/* SPDX-License-Identifier: Apache-2.0 */
/*
 * role_ask.c - the backward walk: what every node asks of what it reads.
 *
 * Most asks come from the operator table. Three kinds depend on what is asked of the results:
 *
 *     arithmetic that ends in a shape      Mul(n, 2) ── Concat ── Reshape:    2 steers a shape
 *     arithmetic on constants alone        Concat(w1, w2) ── LSTM:            both are weights
 *     calls and bodies                     layer(x, w): as the function's body asks
 *
 * and elementwise arithmetic with an activation tells biases and scales by where the activation
 * comes from. Asks only ever grow, so that walking again until nothing is new would find them all;
 * a sorted model needs one walk, or two where bodies are involved.
 */
#include "analyze/role_flow.h"

enum { WALKS = 8 };

/* Somebody acted upon what was asked of this value: more asks call for another walk. */
#define ASK_ANSWERED (UINT32_C(1) << 31)

static void ask(role_flow *flow, oray_id value, role_asks asks)
{
	role_asks *all;

	if (value == ORAY_NONE || !asks)
		return;
	all = &flow->asks[role_head(flow, value)];
	flow->again |= (asks & ~*all) && (*all & ASK_ANSWERED);
	*all |= asks;
}

static role_asks asked(role_flow *flow, oray_id value)
{
	role_asks *all;

	if (value == ORAY_NONE)
		return 0;
	all = &flow->asks[role_head(flow, value)];
	*all |= ASK_ANSWERED;
	return *all & ~ASK_ANSWERED;
}

static role_asks asked_of_results(role_flow *flow, const oray_node *node)
{
	role_asks asks = 0;

	for (size_t i = 0; i < node->n_outputs; i++)
		asks |= asked(flow, node->outputs[i]);
	return asks;
}

static role_facts facts_of(role_flow *flow, oray_id value)
{
	return value == ORAY_NONE ? 0 : flow->facts[role_head(flow, value)];
}

static bool is_constant(role_flow *flow, oray_id value)
{
	return facts_of(flow, value) & FACT_CONSTANT;
}

/* What is asked of the parts if this is asked of what is computed from them. */
static role_asks derived(role_asks asks)
{
	role_asks formal = (asks | asks >> ASK_DERIVED_SHIFT) & ASK_FORMAL;

	if (asks & (ASK_ADDED | ASK_OFFSET))
		formal |= ASK_BIAS;
	if (asks & ASK_SCALE)
		formal |= ASK_NORM;
	if (asks & ASK_HINT)
		formal |= ASK_WEIGHT;
	return (formal & (role_asks)~ASK_SHAPE) << ASK_DERIVED_SHIFT;
}

/* A product of two constants has one weight: the one that is not the first operand. */
static bool is_mere_operand(role_flow *flow, const oray_node *node, const reading *r)
{
	for (size_t i = 1; i < node->n_inputs && i < READING_FORMALS; i++)
		if ((reading_asks(r, i) & ASK_WEIGHT) && is_constant(flow, node->inputs[i]))
			return true;
	return false;
}

static void ask_formally(role_flow *flow, const oray_node *node, const reading *r, bool constant,
                         role_asks results)
{
	role_asks parts = constant ? derived(results) : 0;

	if (r->asks_nothing && !parts)
		return;
	for (size_t i = 0; i < node->n_inputs; i++) {
		role_asks asks = reading_asks(r, i);
		if (i == 0 && (asks & ASK_WEIGHT) && is_mere_operand(flow, node, r))
			asks = parts & (ASK_WEIGHT << ASK_DERIVED_SHIFT);
		else if (!asks || ((asks & ASK_EMBEDDING) && parts))
			asks = parts;
		ask(flow, node->inputs[i], asks);
	}
}

static const role_asks asks_of_addend[] = {
    [FROM_UNKNOWN] = ASK_ADDED,
    [FROM_INPUT] = 0,
    [FROM_LAYER] = ASK_ADDED,
    [FROM_MATMUL] = ASK_ADDED | ASK_OFFSET,
    [FROM_INTEGERS] = ASK_ADDED | ASK_OFFSET,
    [FROM_DYNAMIC] = ASK_ADDED,
    [FROM_SCALING] = ASK_ADDED | ASK_SCALE,
    [FROM_ARITHMETIC] = ASK_ADDED,
    [FROM_ELSEWHERE] = ASK_ADDED,
};

static const role_asks asks_of_factor[] = {
    [FROM_UNKNOWN] = ASK_SCALE,
    [FROM_INPUT] = 0,
    [FROM_LAYER] = ASK_SCALE,
    [FROM_MATMUL] = ASK_SCALE,
    [FROM_INTEGERS] = ASK_QUANTIZATION,
    [FROM_DYNAMIC] = ASK_QUANTIZATION,
    [FROM_SCALING] = ASK_SCALE,
    [FROM_ARITHMETIC] = ASK_SCALE,
    [FROM_ELSEWHERE] = 0,
};

/* One operand is a constant, or may be one when a function is called; the other tells its role. */
static void ask_operands(role_flow *flow, const oray_node *node, const reading *r,
                         role_asks results)
{
	const role_asks *asks = r->kind == READ_SUM ? asks_of_addend : asks_of_factor;
	size_t second = r->triples ? 3 : 1;

	if (node->n_inputs <= second)
		return;
	for (size_t i = r->kind == READ_QUOTIENT; i < 2; i++) {
		oray_id one = node->inputs[i * second], other = node->inputs[!i * second];
		if (r->kind == READ_SUM)
			ask(flow, one, results & ASK_MASK);
		if (!(facts_of(flow, one) & (FACT_CONSTANT | FACT_ARGUMENT)))
			continue;
		if (r->triples)
			flow->facts[role_head(flow, one)] |= FACT_DEQUANTIZED;
		ask(flow, one,
		    asks[other == ORAY_NONE ? FROM_UNKNOWN : role_origin(flow, role_head(flow, other))]);
	}
}

/* A token or a query that was learned; or a state that starts at zero. */
static void ask_joined(role_flow *flow, const oray_node *node)
{
	for (size_t i = 0; i < node->n_inputs; i++)
		if (is_constant(flow, node->inputs[i]))
			ask(flow, node->inputs[i], ASK_JOINED);
}

static void ask_to_steer(role_flow *flow, const oray_node *node)
{
	for (size_t i = 0; i < node->n_inputs; i++)
		ask(flow, node->inputs[i], ASK_STEER);
}

static void ask_calculation(role_flow *flow, const oray_node *node, const reading *r)
{
	bool constant = r->folds && node->n_outputs && is_constant(flow, node->outputs[0]);
	bool operands = r->kind == READ_SUM || r->kind == READ_PRODUCT || r->kind == READ_QUOTIENT;
	bool steers = operands || r->kind == READ_STEER || r->kind == READ_JOIN;
	role_asks results = 0;

	if (constant || steers)
		results = asked_of_results(flow, node);
	ask_formally(flow, node, r, constant, results);
	if (operands && !constant)
		ask_operands(flow, node, r, results);
	if (r->kind == READ_JOIN && !constant)
		ask_joined(flow, node);
	if (steers && (results & (ASK_SHAPE | ASK_STEER)))
		ask_to_steer(flow, node);
	if (r->kind == READ_SOFTMAX && node->n_inputs)
		ask(flow, node->inputs[0], ASK_MASK);
	if (r->kind == READ_SHAPE_OF && node->n_inputs && is_constant(flow, node->inputs[0]))
		ask(flow, node->inputs[0], ASK_STEER);
}

/* What was passed in chains is asked of heads anyway; the other inputs are scales, shapes, axes. */
static void ask_passing(role_flow *flow, const oray_node *node, const reading *r)
{
	for (size_t i = 1; i < node->n_inputs && !r->asks_nothing; i++)
		ask(flow, node->inputs[i], reading_asks(r, i));
}

static void ask_call(role_flow *flow, const oray_node *node)
{
	const oray_function *f = oray_model_function(flow->model, node->function);
	const oray_graph *body = f ? oray_model_graph(flow->model, f->graph) : NULL;

	for (size_t i = 0; body && i < node->n_inputs && i < body->n_inputs; i++)
		ask(flow, node->inputs[i], asked(flow, body->inputs[i]));
}

/* Inputs and results of a node correspond to those of its body, give or take a few in front. */
static void ask_body(role_flow *flow, const oray_node *node, const reading *r, oray_id body_id)
{
	const oray_graph *body = oray_model_graph(flow->model, body_id);
	size_t first = r->kind == READ_LOOP ? 2 : 0;
	size_t shift = r->kind == READ_SCAN && r->row->since == 8 ? 1 : 0;
	size_t ahead = r->kind == READ_LOOP ? 1 : 0;

	if (!body)
		return;
	for (size_t i = first; r->kind != READ_IF && i < body->n_inputs; i++)
		if (i + shift < node->n_inputs)
			ask(flow, node->inputs[i + shift], asked(flow, body->inputs[i]));
	for (size_t i = 0; i < node->n_outputs && i + ahead < body->n_outputs; i++)
		ask(flow, body->outputs[i + ahead], asked(flow, node->outputs[i]));
}

static void ask_control(role_flow *flow, const oray_node *node, const reading *r)
{
	oray_attribute a;

	ask_formally(flow, node, r, false, 0);
	for (size_t i = 0; i < node->n_attributes; i++)
		if (oray_model_attribute(flow->model, (oray_id)(node->first_attribute + i), &a) &&
		    a.type == ORAY_ATTR_GRAPH && !a.reference.size)
			ask_body(flow, node, r, a.v.id);
}

static void remember_reader(void *context, oray_id head, oray_id node)
{
	oray_id *link = &((role_flow *)context)->link[head];

	*link = *link == ORAY_NONE || *link == node ? node : ROLE_MANY;
}

static void walk_node(role_flow *flow, oray_id id, oray_id context, bool first_walk)
{
	oray_node node;
	const reading *r;

	if (!oray_model_node(flow->model, id, &node))
		return;
	r = reading_of(&flow->readings, &node, context);
	if (!r) {
		flow->failed = true;
		return;
	}
	if (reading_passes(r))
		ask_passing(flow, &node, r);
	else if (r->kind == READ_CALL)
		ask_call(flow, &node);
	else if (r->kind >= READ_IF && r->kind <= READ_MAP)
		ask_control(flow, &node, r);
	else
		ask_calculation(flow, &node, r);
	if (first_walk)
		role_each_reading(flow, id, &node, r, remember_reader, flow);
}

static void walk_graph(role_flow *flow, oray_id g, bool backward, bool first_walk)
{
	const oray_graph *graph = oray_model_graph(flow->model, g);

	if (flow->context[g] == ROLE_TRAINING)
		return;
	if (first_walk)
		role_each_result(flow, g, graph, remember_reader, flow);
	for (size_t i = 0; i < graph->n_nodes && !flow->failed; i++) {
		size_t n = backward ? graph->n_nodes - 1 - i : i;
		oray_id id = (oray_id)(graph->first_node + n);
		walk_node(flow, id, flow->context[g], first_walk);
	}
}

void role_flow_ask(role_flow *flow)
{
	flow->again = true;
	for (int walk = 0; walk < WALKS && flow->again && !flow->failed; walk++) {
		bool backward = walk % 3 != 2; /* the other way helps where a file is upside down */
		flow->again = false;
		for (oray_id g = 0; g < flow->n_graphs; g++)
			walk_graph(flow, backward ? (oray_id)(flow->n_graphs - 1 - g) : g, backward, walk == 0);
	}
}
