/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rich_model.h - a small model in which nearly everything occurs that a model can hold, and a
 * visitor that asks for all of it.
 */
#ifndef UNIT_RICH_MODEL_H
#define UNIT_RICH_MODEL_H

#include "model_writer.h"

/* sequence(map(int64, optional(sparse float))) */
static inline bytes make_deep_type(void)
{
	bytes tensor = {0}, optional = {0}, map = {0}, type = {0}, inner = {0};
	put_number(&tensor, 1, 1);
	put_message(&type, 8, &tensor);
	put_message(&inner, 1, &type);
	put_message(&optional, 9, &inner);
	put_number(&map, 1, 7);
	put_message(&map, 2, &optional);
	put_message(&type, 5, &map);
	put_message(&inner, 1, &type);
	put_message(&type, 4, &inner);
	put_text(&type, 6, "denotation");
	return type;
}

static inline bytes make_body(void)
{
	bytes body = {0}, node = make_node("Neg", "x", "z"), value = make_value("z");
	put_text(&body, 2, "body");
	put_message(&body, 1, &node);
	put_message(&body, 12, &value);
	return body;
}

static inline void put_attribute(bytes *node, const char *name, int type, uint32_t field, bytes *value)
{
	bytes a = {0};
	put_text(&a, 1, name);
	put_message(&a, field, value);
	put_number(&a, 20, type);
	put_text(&a, 13, "about an attribute");
	put_message(node, 5, &a);
}

static inline bytes make_rich_node(void)
{
	bytes n = make_node("Odd", "x", "v"), part = {0}, shard = {0}, devices = {0};
	int64_t dim = 2;
	put_text(&n, 1, "");
	put_text(&n, 3, "odd/one");
	put_text(&n, 6, "about a node");
	put_text(&n, 7, "some.domain");
	put_pair(&n, 9, "key", "value");
	part = make_tensor("t", ORAY_INT8, 1, &dim);
	put_data(&part, 9, "\1\2", 2);
	put_attribute(&n, "tensor", ORAY_ATTR_TENSOR, 5, &part);
	part = make_body();
	put_attribute(&n, "body", ORAY_ATTR_GRAPH, 6, &part);
	part = make_body();
	put_attribute(&n, "bodies", ORAY_ATTR_GRAPHS, 11, &part);
	part = make_deep_type();
	put_attribute(&n, "type", ORAY_ATTR_TYPE_PROTO, 14, &part);
	put(&part, "\0\0\x80\x3f", 4);
	put_attribute(&n, "floats", ORAY_ATTR_FLOATS, 7, &part);
	put(&part, "text", 4);
	put_attribute(&n, "texts", ORAY_ATTR_STRINGS, 9, &part);
	for (int i = 0; i < 1500; i++)
		put_varint(&part, (uint64_t)i, 0);
	put_attribute(&n, "long", ORAY_ATTR_INTS, 8, &part);
	put_text(&shard, 1, "v");
	put_number(&shard, 2, 3);
	put_text(&devices, 1, "two");
	put_message(&devices, 2, &shard);
	put_message(&n, 10, &devices);
	return n;
}

static inline bytes make_rich_graph(void)
{
	bytes g = {0}, node = make_rich_node(), value = make_value("x"), t, sparse = {0}, a = {0};
	int64_t dims[] = {2, 2};
	put_text(&g, 2, "graph");
	put_message(&g, 1, &node);
	node = make_node("F", "v", "y");
	put_text(&node, 7, "f.domain");
	put_message(&g, 1, &node);
	t = make_tensor("w", ORAY_FLOAT32, 2, dims);
	put_data(&t, 9, "0123456789abcdef", 16);
	put_message(&g, 5, &t);
	t = make_tensor("far", ORAY_FLOAT32, 2, dims);
	put_pair(&t, 13, "location", "far.data");
	put_number(&t, 14, 1);
	put_message(&g, 5, &t);
	t = make_tensor("s", ORAY_INT64, 1, dims);
	put_data(&t, 7, "\1\2", 2);
	put_message(&sparse, 1, &t);
	t = make_tensor("", ORAY_INT64, 1, dims);
	put_data(&t, 7, "\3\4", 2);
	put_message(&sparse, 2, &t);
	put_number(&sparse, 3, 9);
	put_message(&g, 15, &sparse);
	put_text(&g, 10, "about a graph");
	put_message(&g, 11, &value);
	value = make_value("y");
	put_text(&value, 3, "about a value");
	put_message(&g, 12, &value);
	bytes type = make_deep_type();
	put_text(&value, 1, "v");
	put_message(&value, 2, &type);
	put_message(&g, 13, &value);
	put_text(&a, 1, "w");
	put_pair(&a, 2, "SCALE_TENSOR", "w_scale");
	put_message(&g, 14, &a);
	put_pair(&g, 16, "graph key", "graph value");
	return g;
}

static inline bytes make_rich_model(void)
{
	bytes g = make_rich_graph(), m, f = {0}, node = make_node("Relu", "a", "b"), a = {0}, opset = {0};
	bytes training = {0}, body = make_body(), devices = {0};
	m = make_model(&g);
	put_text(&m, 2, "a producer");
	put_pair(&m, 14, "model key", "model value");
	put_text(&f, 1, "F");
	put_text(&f, 4, "a");
	put_text(&f, 5, "b");
	put_text(&f, 6, "alpha");
	put_message(&f, 7, &node);
	put_number(&opset, 2, 17);
	put_message(&f, 9, &opset);
	put_text(&f, 10, "f.domain");
	put_text(&a, 1, "beta");
	put_number(&a, 3, 5);
	put_number(&a, 20, ORAY_ATTR_INT);
	put_message(&f, 11, &a);
	put_message(&m, 25, &f);
	put_message(&training, 2, &body);
	put_message(&m, 20, &training);
	put_text(&devices, 1, "two");
	put_number(&devices, 2, 2);
	put_message(&m, 26, &devices);
	return m;
}

/* Asks for everything there is, so that sanitizers and valgrind have something to look at. */
static inline void look_at_everything(const oray_model *m)
{
	const oray_model_info *info = oray_model_describe(m);
	char text[300];
	oray_error err;
	oray_element e[40];
	size_t n;
	for (size_t i = 0; i < info->n_graphs; i++)
		oray_graph_path(m, (oray_id)i, text, sizeof text);
	for (size_t i = 0; i < info->n_nodes; i++) {
		oray_node node;
		assert_true(oray_model_node(m, (oray_id)i, &node));
		oray_node_label(m, (oray_id)i, text, sizeof text);
		for (size_t k = 0; k < node.n_attributes; k++) {
			oray_attribute a;
			assert_true(oray_model_attribute(m, (oray_id)(node.first_attribute + k), &a));
			if (oray_attribute_read(m, (oray_id)(node.first_attribute + k), 0, 40, e, &n, &err))
				assert_true(err.message[0]);
		}
	}
	for (size_t i = 0; i < info->n_values; i++) {
		oray_value v;
		oray_type t;
		assert_true(oray_model_value(m, (oray_id)i, &v));
		for (oray_id at = v.type; oray_model_type(m, at, &t); at = t.inner)
			for (size_t k = 0; k <= t.n_dims && k < 100; k++)
				oray_model_dim(m, t.id, k);
	}
	for (size_t i = 0; i < info->n_tensors; i++) {
		oray_tensor t;
		assert_true(oray_model_tensor(m, (oray_id)i, &t));
		if (oray_tensor_read(m, (oray_id)i, 0, 40, e, &n, &err) != ORAY_OK)
			assert_true(err.message[0]);
	}
	oray_ref refs[4];
	oray_model_find(m, (oray_str){"y", 1}, refs, 4);
}

#endif
