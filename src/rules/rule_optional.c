/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_optional.c - Optional, OptionalGetElement, OptionalHasElement.
 *
 * From version 18 on, tensors and sequences count as optionals that are there. Whether one is there
 * is known when it is no optional, or comes from a node Optional: that decides branches.
 */
#include "rules/origin.h"

enum { NESTED_MOST = 16 /**< types within types */ };

/* A tensor type of the model. */
static infer_type tensor_type(call *c, const oray_type *t)
{
	dim *at = t->n_dims <= RANK_MOST ? call_scratch(c, (t->n_dims + 1) * sizeof *at) : NULL;
	for (size_t i = 0; at && i < t->n_dims; i++) {
		oray_dim d = oray_model_dim(c->model, t->id, i);
		at[i] = DIM_LOST;
		if (d.kind == ORAY_DIM_VALUE && d.value >= 0)
			at[i] = dim_number(c->d, d.value);
		else if (d.kind == ORAY_DIM_SYMBOL && d.symbol.size)
			at[i] = dim_parse(c->d, d.symbol.data, d.symbol.size, DIM_DECLARED);
	}
	return infer_tensor(t->element, t->has_shape && at, t->n_dims, at);
}

/* Id of a type that the model writes down, from the inside out; 0 when it cannot be told. */
static uint32_t written_type(call *c, oray_id type)
{
	oray_type nested[NESTED_MOST];
	size_t n = 0;
	while (n < NESTED_MOST && oray_model_type(c->model, type, &nested[n]))
		type = nested[n++].inner;
	uint32_t id = 0;
	if (n == NESTED_MOST)
		return 0;
	while (n--) {
		const oray_type *t = &nested[n];
		infer_type as = {.kind = (uint8_t)t->kind, .key = t->key, .inner = id};
		if (t->kind == ORAY_KIND_TENSOR)
			as = tensor_type(c, t);
		id = call_type_id(c, as);
	}
	return id;
}

void rule_optional(call *c)
{
	oray_attribute a;
	infer_type out = {.kind = ORAY_KIND_OPTIONAL};
	infer_type in = call_in(c, 0);
	if (in.kind != ORAY_KIND_UNKNOWN)
		out.inner = call_type_id(c, in);
	else if (call_attribute(c, "type", &a) && a.type == ORAY_ATTR_TYPE_PROTO)
		out.inner = written_type(c, a.v.id);
	call_out(c, 0, out);
}

void rule_optional_get_element(call *c)
{
	infer_type t = call_in(c, 0);
	if (t.kind == ORAY_KIND_OPTIONAL && t.inner) {
		call_out(c, 0, call_type(c, t.inner));
	} else if (t.kind != ORAY_KIND_UNKNOWN && t.kind != ORAY_KIND_OPTIONAL) {
		call_same(c, 0, 0);
		call_pass_values(c, 0, 0);
	}
}

/*
 * Lost when it depends on the run. What goes into a node Optional may be an input of a function
 * that the call leaves out, so only what some node makes is there for certain.
 */
static dim is_there(call *c)
{
	oray_node node, source;
	infer_type t = call_in(c, 0);
	if (!call_has(c, 0))
		return DIM(0);
	if (t.kind == ORAY_KIND_TENSOR || t.kind == ORAY_KIND_SEQUENCE)
		return DIM(1);
	oray_id value = call_value_id(c, 0);
	if (!origin_node(c, value, &node) || !origin_is(&node, "Optional"))
		return DIM_LOST;
	if (!node.n_inputs || node.inputs[0] == ORAY_NONE)
		return DIM(0);
	return origin_node(c, node.inputs[0], &source) ? DIM(1) : DIM_LOST;
}

void rule_optional_has_element(call *c)
{
	dim there = is_there(c);
	call_tensor(c, 0, ORAY_BOOL, 0, NULL);
	if (there != DIM_LOST)
		call_set_values(c, 0, 1, &there);
}
