/* SPDX-License-Identifier: Apache-2.0 */
#include "check/check_ask.h"

#include <string.h>

/* Attributes and operator sets that are looked at: no honest node and model has more, and a
 * question that is asked of every reader must not cost more than that. */
enum { MOST = 64 };

int64_t check_opset(const check_pass *pass, const oray_node *node)
{
	const oray_opset *list = pass->info->opsets;
	size_t n = pass->info->n_opsets;
	const oray_graph *g = oray_model_graph(pass->model, node->graph);
	while (g && g->parent_node != ORAY_NONE) {
		oray_node parent;
		if (!oray_model_node(pass->model, g->parent_node, &parent))
			break;
		g = oray_model_graph(pass->model, parent.graph);
	}
	const oray_function *f =
	    g && g->function != ORAY_NONE ? oray_model_function(pass->model, g->function) : NULL;
	if (f && f->n_opsets) {
		list = f->opsets;
		n = f->n_opsets;
	}
	int64_t version = 0;
	for (size_t i = 0; i < n && i < MOST; i++)
		if (list[i].domain.size == node->domain.size &&
		    memcmp(list[i].domain.data, node->domain.data, node->domain.size) == 0)
			version = list[i].version;
	return version;
}

const ops_row *check_row(const check_pass *pass, const oray_node *node)
{
	return node->function != ORAY_NONE
	           ? NULL
	           : ops_find(node->domain.data, node->domain.size, node->op.data, node->op.size,
	                      check_opset(pass, node));
}

bool check_attribute(const check_pass *pass, const oray_node *node, const char *name,
                     oray_attribute *out)
{
	for (size_t i = 0; i < node->n_attributes && i < MOST; i++)
		if (oray_model_attribute(pass->model, node->first_attribute + (oray_id)i, out) &&
		    check_str_is(out->name, name))
			return true;
	return false;
}

int64_t check_int(const check_pass *pass, const oray_node *node, const char *name, int64_t absent)
{
	oray_attribute a;
	return check_attribute(pass, node, name, &a) && a.type == ORAY_ATTR_INT ? a.v.i : absent;
}

bool check_producer(const check_pass *pass, oray_id value, oray_node *out)
{
	oray_value v;
	return oray_model_value(pass->model, value, &v) && v.producer != ORAY_NONE &&
	       oray_model_node(pass->model, v.producer, out);
}

oray_id check_constant(const check_pass *pass, oray_id value)
{
	oray_value v;
	oray_node node;
	oray_attribute a;
	if (!oray_model_value(pass->model, value, &v))
		return ORAY_NONE;
	if (v.initializer != ORAY_NONE)
		return v.is_input && pass->info->ir_version >= 4 ? ORAY_NONE : v.initializer;
	if (v.producer == ORAY_NONE || !oray_model_node(pass->model, v.producer, &node) ||
	    !check_is(&node, "Constant") || !check_attribute(pass, &node, "value", &a) ||
	    a.type != ORAY_ATTR_TENSOR)
		return ORAY_NONE;
	return a.v.id;
}

oray_id check_only_reader(const check_pass *pass, oray_id value)
{
	oray_value v;
	oray_node reader;
	if (!oray_model_value(pass->model, value, &v) || v.is_output || v.n_uses != 1 ||
	    !oray_model_node(pass->model, v.uses[0], &reader) || reader.graph != v.graph)
		return ORAY_NONE;
	return v.uses[0];
}

bool check_scalar(const check_pass *pass, oray_id value, double *out)
{
	oray_id id = check_constant(pass, value);
	oray_tensor t;
	oray_element e;
	oray_error err;
	size_t n = 0;
	if (!oray_model_tensor(pass->model, id, &t) || !t.elements.exact || t.elements.value != 1 ||
	    t.storage == ORAY_STORAGE_EXTERNAL ||
	    oray_tensor_read(pass->model, id, 0, 1, &e, &n, &err) != ORAY_OK || n != 1)
		return false;
	switch (t.type) {
	case ORAY_FLOAT32:
	case ORAY_FLOAT64:
	case ORAY_FLOAT16:
	case ORAY_BFLOAT16:
		*out = e.f;
		return true;
	case ORAY_INT32:
	case ORAY_INT64:
		*out = (double)e.i;
		return true;
	default:
		return false;
	}
}

bool check_shape(const check_pass *pass, oray_id value, oray_type *out)
{
	oray_value v;
	return oray_model_value(pass->model, value, &v) &&
	       oray_model_type(pass->model, v.inferred, out) && out->kind == ORAY_KIND_TENSOR &&
	       out->has_shape;
}

bool check_same_shape(const check_pass *pass, oray_id a, oray_id b)
{
	oray_type x, y;
	if (!check_shape(pass, a, &x) || !check_shape(pass, b, &y) || x.n_dims != y.n_dims)
		return false;
	for (size_t i = 0; i < x.n_dims; i++) {
		oray_dim p = oray_model_dim(pass->model, x.id, i), q = oray_model_dim(pass->model, y.id, i);
		if (p.kind != q.kind || p.kind == ORAY_DIM_UNKNOWN ||
		    (p.kind == ORAY_DIM_VALUE && p.value != q.value) ||
		    (p.kind == ORAY_DIM_SYMBOL && (p.symbol.size != q.symbol.size ||
		                                   memcmp(p.symbol.data, q.symbol.data, p.symbol.size))))
			return false;
	}
	return true;
}
