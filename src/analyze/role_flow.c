/* SPDX-License-Identifier: Apache-2.0 */
/*
 * role_flow.c - the forward walk: heads of chains, constants, origins.
 *
 * Heads are found as in a disjoint-set forest: `link` leads towards the head, and looking shortens
 * the way, so that the order in which a file lists its nodes does not matter.
 */
#include "analyze/role_flow.h"

#include <string.h>

#include "base/strings.h"

oray_id role_head(role_flow *flow, oray_id value)
{
	while (!(flow->facts[value] & FACT_HEAD)) {
		oray_id next = flow->link[value];
		if (!(flow->facts[next] & FACT_HEAD))
			flow->link[value] = flow->link[next];
		value = next;
	}
	return value;
}

static void set_origin(role_flow *flow, oray_id value, reading_origin origin)
{
	role_facts rest = flow->facts[value] & ((1u << FACT_ORIGIN_SHIFT) - 1);

	flow->facts[value] = (role_facts)(rest | (unsigned)origin << FACT_ORIGIN_SHIFT);
}

/* Bodies belong to where their parents belong; parents come first in all but odd numberings. */
static void find_contexts(role_flow *flow)
{
	for (oray_id g = 0; g < flow->n_graphs; g++) {
		const oray_graph *graph = oray_model_graph(flow->model, g);
		oray_node parent;
		while (graph->role == ORAY_GRAPH_BODY &&
		       oray_model_node(flow->model, graph->parent_node, &parent)) {
			const oray_graph *outer = oray_model_graph(flow->model, parent.graph);
			if (parent.graph < g && outer->role == ORAY_GRAPH_BODY) {
				flow->context[g] = flow->context[parent.graph];
				graph = NULL;
				break;
			}
			graph = outer;
		}
		if (!graph)
			continue;
		if (graph->role == ORAY_GRAPH_FUNCTION)
			flow->context[g] = graph->function;
		else
			flow->context[g] = graph->role == ORAY_GRAPH_MAIN || graph->role == ORAY_GRAPH_BODY
			                       ? ORAY_NONE
			                       : ROLE_TRAINING;
	}
	for (oray_id g = 0; g < flow->n_graphs; g++)
		flow->n_training += flow->context[g] == ROLE_TRAINING;
}

static void start_initializer(role_flow *flow, oray_id id, const oray_value *v)
{
	role_initializer *next;

	flow->facts[id] |= FACT_STORED | FACT_CONSTANT;
	if (v->initializer == ORAY_NONE)
		return;
	flow->facts[id] |= FACT_INITIALIZER;
	next = vec_push(NULL, &flow->initializers);
	if (next)
		*next = (role_initializer){id, v->initializer};
	else
		flow->failed = true;
}

static void start_value(role_flow *flow, oray_id id, const oray_value *v)
{
	oray_graph_role role;

	if (v->initializer != ORAY_NONE || v->sparse != ORAY_NONE) {
		start_initializer(flow, id, v);
	} else if (v->is_input) {
		role = oray_model_graph(flow->model, v->graph)->role;
		if (role == ORAY_GRAPH_MAIN)
			set_origin(flow, id, FROM_INPUT);
		if (role == ORAY_GRAPH_FUNCTION)
			flow->facts[id] |= FACT_ARGUMENT;
	}
	if (v->is_output)
		flow->facts[id] |= FACT_OUTPUT;
}

/* Annotations name their scales and zero points; names are compared within the whole model. */
static void mark_annotated(role_flow *flow)
{
	strings names = {0};
	oray_value v;
	bool ok = true;

	strings_init(&names, NULL);
	for (oray_id id = 0; ok && id < flow->n_values && oray_model_value(flow->model, id, &v); id++) {
		if (v.scale.size)
			ok = strings_add(&names, v.scale.data, v.scale.size) != ORAY_NONE;
		if (ok && v.zero_point.size)
			ok = strings_add(&names, v.zero_point.data, v.zero_point.size) != ORAY_NONE;
	}
	for (oray_id id = 0; ok && id < flow->n_values; id++) {
		if (!(flow->facts[id] & FACT_STORED) || !oray_model_value(flow->model, id, &v))
			continue;
		if (strings_find(&names, v.name.data, v.name.size) == ORAY_NONE)
			continue;
		flow->facts[id] |= FACT_ANNOTATES;
		flow->asks[id] |= ASK_QUANTIZATION;
	}
	flow->failed |= !ok;
	strings_free(&names);
}

bool role_constant(const oray_model *model, const oray_node *node, oray_attribute *out)
{
	static const struct {
		const char *name;
		oray_attribute_type type;
	} forms[] = {
	    {"value", ORAY_ATTR_TENSOR},        {"sparse_value", ORAY_ATTR_SPARSE_TENSOR},
	    {"value_float", ORAY_ATTR_FLOAT},   {"value_floats", ORAY_ATTR_FLOATS},
	    {"value_int", ORAY_ATTR_INT},       {"value_ints", ORAY_ATTR_INTS},
	    {"value_string", ORAY_ATTR_STRING}, {"value_strings", ORAY_ATTR_STRINGS},
	};

	for (size_t i = 0; i < node->n_attributes; i++) {
		if (!oray_model_attribute(model, (oray_id)(node->first_attribute + i), out) ||
		    out->reference.size)
			continue;
		for (size_t f = 0; f < sizeof forms / sizeof *forms; f++)
			if (out->type == forms[f].type && out->name.size == strlen(forms[f].name) &&
			    !memcmp(out->name.data, forms[f].name, out->name.size))
				return true;
	}
	return false;
}

static bool stores_several(const role_flow *flow, oray_id head)
{
	oray_attribute a = {.type = ORAY_ATTR_TENSOR};
	oray_tensor t;
	oray_node node;
	oray_value v;

	if (!oray_model_value(flow->model, head, &v))
		return false;
	a.v.id = v.initializer;
	if (v.sparse != ORAY_NONE)
		return true;
	if (v.initializer == ORAY_NONE && (!oray_model_node(flow->model, v.producer, &node) ||
	                                   !role_constant(flow->model, &node, &a)))
		return false;
	if (a.type != ORAY_ATTR_TENSOR)
		return a.type == ORAY_ATTR_SPARSE_TENSOR || a.count > 1;
	return oray_model_tensor(flow->model, a.v.id, &t) && t.elements.exact && t.elements.value > 1;
}

bool role_is_vector(role_flow *flow, oray_id head)
{
	role_facts *facts = &flow->facts[head];

	if (!(*facts & FACT_CONSTANT) || !(*facts & FACT_STORED))
		return *facts & FACT_CONSTANT;
	if (!(*facts & FACT_MEASURED))
		*facts |= FACT_MEASURED | (stores_several(flow, head) ? FACT_SEVERAL : 0);
	return *facts & FACT_SEVERAL;
}

static bool is_stored(const role_flow *flow, oray_id value)
{
	return value != ORAY_NONE && (flow->facts[value] & FACT_STORED);
}

typedef struct operand {
	oray_id head; /* or ORAY_NONE */
	reading_origin from;
	bool constant;
} operand;

/* A product of an integer result and its scale is a matrix product at last. */
static reading_origin origin_of_product(role_flow *flow, const operand o[2])
{
	for (int i = 0; i < 2; i++) {
		if (o[i].from == FROM_INTEGERS)
			return FROM_MATMUL;
		if (o[i].from == FROM_DYNAMIC && o[!i].from != FROM_INTEGERS)
			return FROM_DYNAMIC;
		if (o[!i].from != FROM_INTEGERS &&
		    (o[i].from == FROM_SCALING || (o[i].constant && role_is_vector(flow, o[i].head))))
			return FROM_SCALING;
	}
	/* a number changes nothing */
	for (int i = 0; i < 2; i++)
		if (o[i].constant)
			return o[!i].from;
	return FROM_ARITHMETIC;
}

static reading_origin origin_of_sum(const operand o[2])
{
	for (int i = 0; i < 2; i++)
		if (o[i].constant && (o[!i].from == FROM_LAYER || o[!i].from == FROM_MATMUL))
			return FROM_LAYER;
	return FROM_ARITHMETIC;
}

static reading_origin origin_of(role_flow *flow, const oray_node *node, const reading *r)
{
	size_t second = r->triples ? 3 : 1;
	bool sum = r->kind == READ_SUM;
	operand o[2] = {{.head = ORAY_NONE}, {.head = ORAY_NONE}};

	if (!sum && r->kind != READ_PRODUCT && r->kind != READ_QUOTIENT)
		return (reading_origin)r->origin;
	for (size_t i = 0; i < 2 && node->n_inputs > second; i++) {
		oray_id in = node->inputs[i * second];
		if (in == ORAY_NONE)
			continue;
		o[i].head = role_head(flow, in);
		o[i].from = role_origin(flow, o[i].head);
		o[i].constant = flow->facts[o[i].head] & FACT_CONSTANT;
	}
	return sum ? origin_of_sum(o) : origin_of_product(flow, o);
}

static void pass_on(role_flow *flow, const oray_node *node, const reading *r)
{
	oray_id head = role_head(flow, node->inputs[0]);
	size_t n = r->kind == READ_SPLIT ? node->n_outputs : 1;

	for (size_t i = 0; i < n && i < node->n_outputs; i++) {
		oray_id out = node->outputs[i];
		if (out == ORAY_NONE || out == head || (flow->facts[out] & FACT_STORED))
			continue;
		flow->facts[out] &= (role_facts)~FACT_HEAD;
		flow->link[out] = head;
	}
	if (r->dequantizes)
		flow->facts[head] |= FACT_DEQUANTIZED;
	if (r->rounds)
		flow->asks[head] |= ASK_ROUNDED;
	if (r->quantizes && !(flow->facts[head] & FACT_CONSTANT))
		flow->quantized_activations++;
	if (r->quantizes && !(flow->facts[head] & FACT_DEQUANTIZED) && role_is_vector(flow, head))
		flow->quantized_constants++;
}

/* Facts about the results of a node that makes new values. */
static void make_results(role_flow *flow, const oray_node *node, const reading *r, bool constant)
{
	role_facts facts = 0;
	reading_origin origin;
	oray_attribute a;

	if (r->kind == READ_CONSTANT && node->n_outputs && node->outputs[0] != ORAY_NONE) {
		if (role_constant(flow->model, node, &a))
			flow->facts[node->outputs[0]] |= FACT_STORED | FACT_CONSTANT;
		return;
	}
	if (r->kind == READ_GENERATE && node->n_inputs && is_stored(flow, node->inputs[0]))
		facts = FACT_GENERATED | FACT_CONSTANT;
	else if (r->folds && node->n_inputs && constant)
		facts = FACT_CONSTANT;
	origin = origin_of(flow, node, r);
	for (size_t i = 0; i < node->n_outputs; i++) {
		oray_id out = node->outputs[i];
		if (out == ORAY_NONE || (flow->facts[out] & FACT_STORED))
			continue;
		flow->facts[out] |= facts;
		set_origin(flow, out, origin);
	}
}

static void walk_node(role_flow *flow, oray_id id, oray_id context)
{
	oray_node node;
	reading *r;
	bool constant = true;

	if (!oray_model_node(flow->model, id, &node))
		return;
	r = reading_of(&flow->readings, &node, context);
	if (!r) {
		flow->failed = true;
		return;
	}
	if (!r->count++)
		r->example = id;
	flow->n_nodes++;
	for (size_t i = 0; i < node.n_inputs; i++) {
		oray_id in = node.inputs[i];
		if (in == ORAY_NONE)
			continue;
		flow->facts[in] |= FACT_USED;
		constant = constant && (flow->facts[role_head(flow, in)] & FACT_CONSTANT);
	}
	if (reading_passes(r) && node.n_inputs && node.inputs[0] != ORAY_NONE)
		pass_on(flow, &node, r);
	else
		make_results(flow, &node, r, constant);
}

static void walk_forward(role_flow *flow)
{
	for (oray_id g = 0; g < flow->n_graphs; g++) {
		const oray_graph *graph = oray_model_graph(flow->model, g);
		if (flow->context[g] == ROLE_TRAINING)
			continue;
		for (size_t i = 0; i < graph->n_nodes && !flow->failed; i++)
			walk_node(flow, (oray_id)(graph->first_node + i), flow->context[g]);
	}
}

void role_each_reading(role_flow *flow, oray_id node_id, const oray_node *node, const reading *r,
                       void (*read)(void *context, oray_id head, oray_id node), void *context)
{
	for (size_t i = 0; i < node->n_inputs; i++) {
		bool reads = true;
		oray_id head;
		if (node->inputs[i] == ORAY_NONE)
			continue;
		head = role_head(flow, node->inputs[i]);
		if (!(flow->facts[head] & (FACT_STORED | FACT_GENERATED)))
			continue;
		if (i == 0 && reading_passes(r)) {
			size_t n = r->kind == READ_SPLIT ? node->n_outputs : 1;
			reads = false;
			for (size_t o = 0; o < n && o < node->n_outputs; o++) {
				role_facts facts =
				    node->outputs[o] == ORAY_NONE ? 0 : flow->facts[node->outputs[o]];
				reads |= !(facts & FACT_USED) || (facts & FACT_OUTPUT);
			}
		}
		if (reads)
			read(context, head, node_id);
	}
}

void role_each_result(role_flow *flow, oray_id graph_id, const oray_graph *graph,
                      void (*read)(void *context, oray_id head, oray_id node), void *context)
{
	if (graph->role != ORAY_GRAPH_BODY || flow->context[graph_id] == ROLE_TRAINING)
		return;
	for (size_t i = 0; i < graph->n_outputs; i++) {
		oray_id out = graph->outputs[i];
		if (out != ORAY_NONE && (flow->facts[out] & (FACT_STORED | FACT_GENERATED)))
			read(context, out, graph->parent_node);
	}
}

static bool allocate(role_flow *flow)
{
	size_t n = flow->n_values;

	flow->asks = mem_resize(NULL, NULL, 0, n * sizeof *flow->asks);
	flow->link = mem_resize(NULL, NULL, 0, n * sizeof *flow->link);
	flow->facts = mem_resize(NULL, NULL, 0, n * sizeof *flow->facts);
	flow->context = mem_resize(NULL, NULL, 0, flow->n_graphs * sizeof *flow->context);
	if (!flow->asks || !flow->link || !flow->facts || !flow->context)
		return false;
	memset(flow->asks, 0, n * sizeof *flow->asks);
	return true;
}

static void walk_values(role_flow *flow, void (*visit)(void *context, const oray_value *value),
                        void *context)
{
	bool annotated = false;
	oray_value v;

	for (oray_id id = 0; id < flow->n_values; id++) {
		flow->facts[id] = FACT_HEAD;
		flow->link[id] = ORAY_NONE;
		if (!oray_model_value(flow->model, id, &v) || flow->context[v.graph] == ROLE_TRAINING)
			continue;
		start_value(flow, id, &v);
		annotated |= v.scale.size || v.zero_point.size;
		if (visit)
			visit(context, &v);
	}
	if (annotated)
		mark_annotated(flow);
}

bool role_flow_build(role_flow *flow, const oray_model *model,
                     void (*visit)(void *context, const oray_value *value), void *context)
{
	const oray_model_info *info = oray_model_describe(model);

	*flow = (role_flow){.model = model, .n_values = info->n_values, .n_graphs = info->n_graphs};
	flow->readings.model = model;
	if (!allocate(flow))
		return false;
	find_contexts(flow);
	walk_values(flow, visit, context);
	walk_forward(flow);
	if (!flow->failed)
		role_flow_ask(flow);
	return !flow->failed;
}

void role_flow_free(role_flow *flow)
{
	size_t n = flow->n_values;

	mem_free(NULL, flow->asks, n * sizeof *flow->asks);
	mem_free(NULL, flow->link, n * sizeof *flow->link);
	mem_free(NULL, flow->facts, n * sizeof *flow->facts);
	mem_free(NULL, flow->context, flow->n_graphs * sizeof *flow->context);
	vec_free(NULL, &flow->initializers);
	readings_free(&flow->readings);
}
