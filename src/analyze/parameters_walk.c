/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parameters_walk.c - finds every stored tensor: initializers, sparse ones, Constant nodes, and
 * weights that a ConstantOfShape makes out of nothing.
 */
#include "analyze/parameters.h"

#include <string.h>

#include "analyze/role_rank.h"
#include "analyze/summary_external.h"
#include "base/num.h"

static void take_tensor(const oray_tensor *t, oray_id id, parameter *p)
{
	static const oray_keeping keepings[] = {
	    [ORAY_STORAGE_NONE] = ORAY_KEPT_RAW,
	    [ORAY_STORAGE_RAW] = ORAY_KEPT_RAW,
	    [ORAY_STORAGE_TYPED] = ORAY_KEPT_TYPED,
	    [ORAY_STORAGE_EXTERNAL] = ORAY_KEPT_EXTERNAL,
	};

	p->tensor = id;
	p->type = t->type;
	p->n_dims = t->n_dims;
	p->dims = t->dims;
	p->plain = p->elements = t->elements;
	p->bytes = t->bytes;
	if (t->type == ORAY_STRING && t->storage != ORAY_STORAGE_EXTERNAL)
		p->bytes = (oray_count){t->stored_bytes, true};
	p->keeping = keepings[t->storage];
	p->offset = t->file_offset;
	p->is_external = t->storage == ORAY_STORAGE_EXTERNAL;
	p->location = t->location;
	p->external_bytes = external_length(t);
}

static bool describe_tensor(const role_flow *flow, oray_id tensor, parameter *p)
{
	oray_tensor t;

	if (!oray_model_tensor(flow->model, tensor, &t))
		return false;
	take_tensor(&t, tensor, p);
	return true;
}

/* Dense in elements, sparse in bytes. */
static bool describe_sparse(const role_flow *flow, oray_id sparse, parameter *p)
{
	oray_sparse s;
	oray_tensor indices;

	if (!oray_model_sparse(flow->model, sparse, &s))
		return false;
	if (!describe_tensor(flow, s.values, p))
		p->tensor = ORAY_NONE;
	p->n_dims = s.n_dims;
	p->dims = s.dims;
	p->plain = p->elements = s.elements;
	p->keeping = ORAY_KEPT_SPARSE;
	if (oray_model_tensor(flow->model, s.indices, &indices)) {
		p->bytes.exact &=
		    indices.bytes.exact && num_add(p->bytes.value, indices.bytes.value, &p->bytes.value);
		if (!p->bytes.exact)
			p->bytes.value = 0;
	}
	return true;
}

/* A Constant without a tensor: numbers or texts given as an attribute. */
static void describe_list(const role_flow *flow, int32_t type, const oray_attribute *a, bool list,
                          parameter *p)
{
	p->type = type;
	p->n_dims = list;
	p->shape[0] = (int64_t)a->count;
	p->dims = p->shape;
	p->plain = p->elements = (oray_count){list ? a->count : 1, true};
	p->bytes.exact = oray_type_bytes(type, p->elements.value, &p->bytes.value);
	if (type == ORAY_STRING && !a->on_disk) {
		p->bytes = (oray_count){list ? 0 : a->v.s.size, true};
		for (size_t i = 0; list && i < a->count; i++)
			p->bytes.value += oray_model_string(flow->model, a->v.ids[i]).size;
	}
}

static bool describe_constant(const role_flow *flow, const oray_node *node, parameter *p)
{
	oray_attribute a;

	p->offset = node->offset;
	if (!role_constant(flow->model, node, &a))
		return false;
	switch (a.type) {
	case ORAY_ATTR_TENSOR:
		if (!describe_tensor(flow, a.v.id, p))
			return false;
		break;
	case ORAY_ATTR_SPARSE_TENSOR:
		if (!describe_sparse(flow, a.v.id, p))
			return false;
		break;
	case ORAY_ATTR_FLOAT:
	case ORAY_ATTR_FLOATS:
		describe_list(flow, ORAY_FLOAT32, &a, a.type == ORAY_ATTR_FLOATS, p);
		break;
	case ORAY_ATTR_INT:
	case ORAY_ATTR_INTS:
		describe_list(flow, ORAY_INT64, &a, a.type == ORAY_ATTR_INTS, p);
		break;
	default:
		describe_list(flow, ORAY_STRING, &a, a.type == ORAY_ATTR_STRINGS, p);
		break;
	}
	p->keeping = ORAY_KEPT_CONSTANT;
	return true;
}

/* The numbers of a shape, wherever they stand. @return how many, or -1: unknown or too many. */
static int read_shape(const role_flow *flow, oray_id value, int64_t out[PARAMETER_SHAPE_MAX])
{
	oray_element elements[PARAMETER_SHAPE_MAX];
	oray_value v;
	oray_node node;
	oray_attribute a = {.type = ORAY_ATTR_TENSOR};
	oray_tensor t;
	size_t n = 0;
	bool read;

	if (!oray_model_value(flow->model, value, &v))
		return -1;
	a.v.id = v.initializer;
	if (v.initializer == ORAY_NONE && (!oray_model_node(flow->model, v.producer, &node) ||
	                                   !role_constant(flow->model, &node, &a)))
		return -1;
	if (a.type == ORAY_ATTR_INTS && !a.on_disk && a.count <= PARAMETER_SHAPE_MAX) {
		for (; n < a.count; n++)
			out[n] = a.v.ints[n];
		return (int)n;
	}
	if (a.type != ORAY_ATTR_TENSOR || !oray_model_tensor(flow->model, a.v.id, &t) ||
	    t.storage == ORAY_STORAGE_EXTERNAL || t.type != ORAY_INT64 || !t.elements.exact ||
	    t.elements.value > PARAMETER_SHAPE_MAX)
		return -1;
	read = oray_tensor_read(flow->model, a.v.id, 0, (size_t)t.elements.value, elements, &n, NULL) ==
	       ORAY_OK;
	if (!read || n != t.elements.value)
		return -1;
	for (size_t i = 0; i < n; i++)
		out[i] = elements[i].i;
	return (int)n;
}

static bool describe_generated(const role_flow *flow, const oray_node *node, parameter *p)
{
	oray_attribute a;
	oray_tensor t;
	int n = node->n_inputs ? read_shape(flow, node->inputs[0], p->shape) : -1;

	if (n < 0)
		return false;
	p->type = ORAY_FLOAT32;
	for (size_t i = 0; i < node->n_attributes; i++)
		if (oray_model_attribute(flow->model, (oray_id)(node->first_attribute + i), &a) &&
		    a.type == ORAY_ATTR_TENSOR && oray_model_tensor(flow->model, a.v.id, &t))
			p->type = t.type;
	p->n_dims = (size_t)n;
	p->dims = p->shape;
	p->elements.exact = num_product(p->dims, p->n_dims, &p->elements.value);
	if (!p->elements.exact)
		p->elements.value = 0;
	p->plain = p->elements;
	p->bytes = (oray_count){0, true};
	p->keeping = ORAY_KEPT_GENERATED;
	p->offset = node->offset;
	return true;
}

static bool describe(const role_flow *flow, const oray_value *v, parameter *p)
{
	oray_node node;

	if (v->initializer != ORAY_NONE)
		return describe_tensor(flow, v->initializer, p);
	if (v->sparse != ORAY_NONE)
		return describe_sparse(flow, v->sparse, p);
	if (!oray_model_node(flow->model, v->producer, &node))
		return false;
	p->node = v->producer;
	if (flow->facts[p->value] & FACT_GENERATED)
		return describe_generated(flow, &node, p);
	return describe_constant(flow, &node, p);
}

/* What makes a value few-bit: its type, or 16-bit integers that are dequantized. */
static bool is_quantized(const parameter *p)
{
	uint32_t bits = oray_type_bits(p->type);

	if (p->type == ORAY_BOOL || !bits)
		return false;
	return bits <= 8 || (p->is_dequantized && (p->type == ORAY_INT16 || p->type == ORAY_UINT16));
}

static void judge(role_flow *flow, parameter *p)
{
	role_facts facts = flow->facts[p->value];
	role_evidence e = {
	    .asks = flow->asks[p->value],
	    .facts = facts,
	    .type = p->type,
	    .n_dims = p->n_dims,
	    .dims = p->dims,
	    .elements = p->plain,
	    .name = p->name,
	};

	p->role = role_rank(&e);
	p->is_shared = flow->link[p->value] == ROLE_MANY;
	p->is_unused = !(facts & (FACT_USED | FACT_OUTPUT | FACT_ANNOTATES));
	p->is_dequantized = facts & FACT_DEQUANTIZED;
	p->is_quantized = is_quantized(p);
	p->is_rounded = e.asks & ASK_ROUNDED;
	if (e.asks & ASK_PACKED)
		p->elements = parameter_unpacked(flow, p->value, p->type, p->plain);
}

/* Everything but the large array at the end. */
static void start(parameter *p, oray_id value)
{
	memset(p, 0, offsetof(parameter, shape));
	p->value = value;
	p->tensor = p->node = ORAY_NONE;
}

typedef struct parameter_walk {
	role_flow *flow;
	bool (*visit)(void *context, const parameter *p);
	void *context;
	parameter p;
} parameter_walk;

static bool walk_initializers(parameter_walk *w)
{
	oray_tensor t;

	for (size_t i = 0; i < w->flow->initializers.n; i++) {
		const role_initializer *each = &w->flow->initializers.at[i];
		if (!oray_model_tensor(w->flow->model, each->tensor, &t))
			continue;
		start(&w->p, each->value);
		w->p.is_initializer = true;
		w->p.graph = t.graph;
		w->p.name = t.name;
		take_tensor(&t, each->tensor, &w->p);
		judge(w->flow, &w->p);
		if (!w->visit(w->context, &w->p))
			return false;
	}
	return true;
}

/* Training graphs were not looked into: what they store is found here. */
static bool is_candidate(const role_flow *flow, oray_id id)
{
	role_facts facts = flow->facts[id] & (FACT_INITIALIZER | FACT_STORED | FACT_GENERATED);

	if (facts == FACT_GENERATED)
		return flow->asks[id] != 0;
	return facts == FACT_STORED || (!facts && flow->n_training);
}

static bool walk_others(parameter_walk *w)
{
	oray_value v;
	parameter *p = &w->p;

	for (oray_id id = 0; id < w->flow->n_values; id++) {
		if (!is_candidate(w->flow, id) || !oray_model_value(w->flow->model, id, &v))
			continue;
		start(p, id);
		p->graph = v.graph;
		p->name = v.name;
		p->in_training = w->flow->context[v.graph] == ROLE_TRAINING;
		if (p->in_training ? v.initializer == ORAY_NONE && v.sparse == ORAY_NONE
		                   : !(w->flow->facts[id] & (FACT_STORED | FACT_GENERATED)))
			continue;
		if (!describe(w->flow, &v, p))
			continue;
		judge(w->flow, p);
		if (p->keeping == ORAY_KEPT_GENERATED && !parameter_role_counts(p->role) &&
		    p->role != ORAY_ROLE_NORM_STATISTIC)
			continue;
		if (!w->visit(w->context, p))
			return false;
	}
	return true;
}

bool parameters_walk(role_flow *flow, bool (*visit)(void *context, const parameter *p),
                     void *context)
{
	parameter_walk w;

	w.flow = flow;
	w.visit = visit;
	w.context = context;
	return walk_initializers(&w) && walk_others(&w);
}
