/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_places.c - where a finding is: as a path, as a byte, and as what stays the same about it.
 */
#include "base/buf.h"
#include "check/check.h"

/* A name that is not empty, or what stands for one. */
static void add_name(buf *out, oray_str name)
{
	if (!name.size)
		buf_str(out, "(no name)");
	else
		buf_printable(out, name.data, name.size);
}

static void graph_path(const oray_model *model, oray_id graph, buf *out)
{
	char path[512];
	size_t n = oray_graph_path(model, graph, path, sizeof path);
	if (n == 0)
		buf_str(out, "graph");
	else
		buf_add(out, path, n < sizeof path ? n : sizeof path - 1);
}

static void node_path(const oray_model *model, oray_id id, buf *out)
{
	oray_node node;
	char label[512];
	if (!oray_model_node(model, id, &node))
		return;
	const oray_graph *graph = oray_model_graph(model, node.graph);
	size_t n = oray_node_label(model, id, label, sizeof label);
	graph_path(model, node.graph, out);
	buf_format(out, "/node[%zu] ", (size_t)(id - graph->first_node));
	buf_add(out, label, n < sizeof label ? n : sizeof label - 1);
}

static void tensor_path(const oray_model *model, oray_id id, buf *out)
{
	oray_tensor tensor;
	if (!oray_model_tensor(model, id, &tensor))
		return;
	if (tensor.node != ORAY_NONE)
		node_path(model, tensor.node, out);
	else
		graph_path(model, tensor.graph, out);
	buf_str(out, tensor.node != ORAY_NONE ? "/tensor" : "/initializer ");
	if (tensor.node == ORAY_NONE || tensor.name.size) {
		buf_str(out, tensor.node != ORAY_NONE ? " " : "");
		add_name(out, tensor.name);
	}
}

static void function_path(const oray_model *model, oray_id id, buf *out)
{
	const oray_function *f = oray_model_function(model, id);
	if (!f)
		return;
	buf_str(out, "fn:");
	buf_printable(out, f->domain.data, f->domain.size);
	buf_char(out, '.');
	add_name(out, f->name);
}

void check_path(const oray_model *model, oray_place place, buf *out)
{
	oray_value value;
	switch (place.what) {
	case ORAY_PLACE_MODEL:
		buf_str(out, "model");
		break;
	case ORAY_PLACE_GRAPH:
		graph_path(model, place.id, out);
		break;
	case ORAY_PLACE_FUNCTION:
		function_path(model, place.id, out);
		break;
	case ORAY_PLACE_NODE:
		node_path(model, place.id, out);
		break;
	case ORAY_PLACE_TENSOR:
		tensor_path(model, place.id, out);
		break;
	case ORAY_PLACE_VALUE:
		if (!oray_model_value(model, place.id, &value))
			break;
		graph_path(model, value.graph, out);
		buf_str(out, value.is_input ? "/input " : value.is_output ? "/output " : "/value ");
		add_name(out, value.name);
		break;
	}
}

uint64_t check_offset(const oray_model *model, oray_place place)
{
	const oray_graph *graph = NULL;
	const oray_function *function;
	oray_node node;
	oray_value value;
	oray_tensor tensor;

	switch (place.what) {
	case ORAY_PLACE_MODEL:
		break;
	case ORAY_PLACE_GRAPH:
		graph = oray_model_graph(model, place.id);
		break;
	case ORAY_PLACE_FUNCTION:
		function = oray_model_function(model, place.id);
		graph = function ? oray_model_graph(model, function->graph) : NULL;
		break;
	case ORAY_PLACE_NODE:
		if (oray_model_node(model, place.id, &node))
			return node.offset;
		break;
	case ORAY_PLACE_TENSOR:
		if (oray_model_tensor(model, place.id, &tensor))
			return tensor.file_offset;
		break;
	case ORAY_PLACE_VALUE: /* where it is made, or else where it is read */
		if (!oray_model_value(model, place.id, &value))
			break;
		if (value.producer != ORAY_NONE && oray_model_node(model, value.producer, &node))
			return node.offset;
		if (value.initializer != ORAY_NONE && oray_model_tensor(model, value.initializer, &tensor))
			return tensor.file_offset;
		if (value.is_undefined && value.n_uses && oray_model_node(model, value.uses[0], &node))
			return node.offset;
		break;
	}
	return graph ? graph->offset : ORAY_NO_OFFSET;
}

/* A node's own name, else its operator and what it makes: values have to have names. */
static void node_anchor(const oray_model *model, oray_id id, buf *out)
{
	oray_node node;
	oray_value value;
	if (!oray_model_node(model, id, &node))
		return;
	if (node.name.size) {
		buf_printable(out, node.name.data, node.name.size);
		return;
	}
	buf_printable(out, node.op.data, node.op.size);
	for (size_t i = 0; i < node.n_outputs; i++) {
		if (node.outputs[i] == ORAY_NONE || !oray_model_value(model, node.outputs[i], &value))
			continue;
		buf_str(out, " -> ");
		buf_printable(out, value.name.data, value.name.size);
		return;
	}
}

void check_anchor(const oray_model *model, oray_place place, buf *out)
{
	const oray_graph *graph;
	oray_value value;
	oray_tensor tensor;

	switch (place.what) {
	case ORAY_PLACE_MODEL:
		buf_str(out, "model");
		break;
	case ORAY_PLACE_FUNCTION:
		function_path(model, place.id, out);
		break;
	case ORAY_PLACE_NODE:
		node_anchor(model, place.id, out);
		break;
	case ORAY_PLACE_GRAPH:
		graph = oray_model_graph(model, place.id);
		buf_str(out, "graph ");
		if (graph)
			buf_printable(out, graph->name.data, graph->name.size);
		break;
	case ORAY_PLACE_TENSOR:
		if (!oray_model_tensor(model, place.id, &tensor))
			break;
		if (tensor.node != ORAY_NONE)
			node_anchor(model, tensor.node, out);
		else
			add_name(out, tensor.name);
		break;
	case ORAY_PLACE_VALUE:
		if (oray_model_value(model, place.id, &value))
			add_name(out, value.name);
		break;
	}
}
