/* SPDX-License-Identifier: Apache-2.0 */
/*
 * show_json.c - one thing as JSON.
 *
 *   node      name label op domain overload opset since_version category graph index doc metadata
 *             attributes defaults inputs outputs parameters parameter_bytes shared macs count
 * memory moved live intensity offset size shardings; an input is a VALUE with "formal", "producer"
 * (label or null) and "initializer" (or null); an output one with "formal", "consumers",
 * "is_output" value     VALUE with graph is_input is_output is_undefined producer producer_output
 * consumers consumer_count role doc metadata scale zero_point tensor; the tensor has type shape
 *             elements bytes storage stored_bytes location offset length size_mismatch incomplete
 *             file_offset doc metadata external, and values up to JSON_LIST elements
 *   function  name domain overload doc opsets attributes defaults inputs outputs nodes graph calls
 *             metadata
 *   graph     name path role doc parent_node inputs outputs initializers nodes offset metadata
 */
#include <string.h>

#include "base/heap.h"
#include "export/amounts.h"
#include "export/attributes.h"
#include "words/describe.h"
#include "export/json_model.h"
#include "export/show.h"
#include "export/stats.h"

/* Values that are written along with an input of a node. */
#define INLINE_ELEMENTS 64

static cJSON *node_or_null(const oray_model *model, oray_id node)
{
	return node == ORAY_NONE ? cJSON_CreateNull() : json_node_label(model, node);
}

static cJSON *text_or_null(oray_str s)
{
	return s.size ? json_text(s) : cJSON_CreateNull();
}

static void put_users(emit *e, cJSON *object, const oray_model *model, const oray_value *v)
{
	cJSON *users = cJSON_CreateArray();
	for (size_t i = 0; i < v->n_uses && i < JSON_LIST; i++)
		json_push(e, users, json_node_label(model, v->uses[i]));
	json_put(e, object, "consumers", users);
	json_put(e, object, "consumer_count", json_u64(v->n_uses));
}

static cJSON *formal_item(const oray_model *model, const oray_node *node, size_t i, bool output)
{
	buf b = {0};
	show_formal(&b, model, node, i, output);
	cJSON *item = buf_ok(&b) ? json_text((oray_str){buf_text(&b), b.n}) : NULL;
	buf_free(&b);
	return item;
}

/* ------------------------------------------------------------------------------- nodes -- */

static cJSON *port_item(emit *e, const oray_model *model, const oray_node *node, size_t i,
                        bool output)
{
	oray_id id = output ? node->outputs[i] : node->inputs[i];
	oray_value v = {.producer = ORAY_NONE, .initializer = ORAY_NONE, .sparse = ORAY_NONE};
	cJSON *object = cJSON_CreateObject();
	json_put(e, object, "formal", formal_item(model, node, i, output));
	json_put_value(e, object, model, id);
	oray_model_value(model, id, &v);
	if (output) {
		put_users(e, object, model, &v);
		json_put(e, object, "is_output", cJSON_CreateBool(v.is_output));
		return object;
	}
	oray_id tensor = show_tensor_of(model, &v);
	json_put(e, object, "producer", node_or_null(model, v.producer));
	json_put(e, object, "initializer",
	         tensor == ORAY_NONE ? cJSON_CreateNull()
	                             : json_tensor(e, model, tensor, INLINE_ELEMENTS));
	return object;
}

static void put_ports(emit *e, cJSON *object, const oray_model *model, const oray_node *node,
                      bool output)
{
	cJSON *array = cJSON_CreateArray();
	const char *key = output ? "outputs" : "inputs";
	size_t n = output ? node->n_outputs : node->n_inputs;
	for (size_t i = 0; i < n && i < JSON_LIST && emit_ok(e); i++)
		json_push(e, array, port_item(e, model, node, i, output));
	json_put(e, object, key, array);
	if (n > JSON_LIST)
		json_put_length(e, object, key, n);
}

static cJSON *shardings_item(emit *e, const oray_node *node)
{
	cJSON *array = cJSON_CreateArray();
	for (size_t i = 0; i < node->n_shardings && emit_ok(e); i++) {
		const oray_sharding *s = &node->shardings[i];
		cJSON *object = cJSON_CreateObject();
		json_put(e, object, "configuration", json_text(s->configuration));
		json_put(e, object, "pipeline_stage",
		         s->has_stage ? json_i64(s->pipeline_stage) : cJSON_CreateNull());
		json_put(e, object, "tensor", text_or_null(s->tensor));
		json_put(e, object, "spec", text_or_null(s->spec));
		json_push(e, array, object);
	}
	return array;
}

static void put_costs(emit *e, cJSON *document, const oray_model *model, const oray_layer *layer)
{
	double intensity = layer_intensity(layer, e->counting);
	amount_put(e, document, model, "macs", "macs", layer->macs);
	json_put(e, document, "count", json_cstr(oray_counting_name(e->counting)));
	amount_put(e, document, model, "memory", "memory", layer->memory);
	amount_put(e, document, model, "moved", "moved", layer->moved);
	amount_put(e, document, model, "live", "live", layer->live);
	json_put(e, document, "intensity",
	         intensity == intensity ? json_float64(intensity) : cJSON_CreateNull());
}

void show_node_json(emit *e, cJSON *document, const oray_model *model, oray_id id)
{
	oray_node node;
	oray_layer layer = {.parameter_bytes = {0, true}};
	size_t n = 0;
	if (!oray_model_node(model, id, &node))
		return;
	const oray_graph *graph = oray_model_graph(model, node.graph);
	const ops_row *row = node.function == ORAY_NONE ? node_row(model, &node) : NULL;
	attribute_line *lines = attribute_lines(model, &node, row, &n);
	int64_t opset = node_opset(model, &node);
	bool costs = show_costs(model, id, &layer);
	json_put(e, document, "name", json_text(node.name));
	json_put(e, document, "label", json_node_label(model, id));
	json_put(e, document, "op", json_text(node.op));
	json_put(e, document, "domain", json_text(node.domain));
	json_put(e, document, "overload", json_text(node.overload));
	json_put(e, document, "opset", opset ? json_i64(opset) : cJSON_CreateNull());
	json_put(e, document, "since_version",
	         row ? json_u64(row_version(row, opset)) : cJSON_CreateNull());
	json_put(e, document, "category", json_cstr(ops_category_name(node_category(model, &node))));
	json_put(e, document, "graph", json_graph_path(model, node.graph));
	json_put(e, document, "index", json_u64(graph ? id - graph->first_node : 0));
	json_put(e, document, "doc", json_text(node.doc));
	json_put(e, document, "metadata", json_pairs(e, node.metadata, node.n_metadata));
	json_put(e, document, "attributes",
	         json_attributes(e, model, node.first_attribute, node.n_attributes, JSON_LIST));
	json_put(e, document, "defaults", attributes_defaults_json(e, lines, n));
	put_ports(e, document, model, &node, false);
	put_ports(e, document, model, &node, true);
	json_put(e, document, "parameters", costs ? json_u64(layer.parameters) : cJSON_CreateNull());
	json_put_count(e, document, "parameter_bytes", layer.parameter_bytes);
	json_put(e, document, "shared", cJSON_CreateBool(layer.shared));
	put_costs(e, document, model, &layer);
	json_put(e, document, "offset", json_u64(node.offset));
	json_put(e, document, "size", json_u64(node.size));
	json_put(e, document, "shardings", shardings_item(e, &node));
	heap_free(lines);
}

/* ------------------------------------------------------------------------------ values -- */

static cJSON *tensor_item(emit *e, const oray_model *model, oray_id id)
{
	static const char *const storages[] = {
	    [ORAY_STORAGE_NONE] = "none",
	    [ORAY_STORAGE_RAW] = "raw",
	    [ORAY_STORAGE_TYPED] = "typed",
	    [ORAY_STORAGE_EXTERNAL] = "external",
	};
	oray_tensor t;
	if (!oray_model_tensor(model, id, &t))
		return cJSON_CreateNull();
	cJSON *object = json_tensor(e, model, id, 0);
	json_put_count(e, object, "elements", t.elements);
	json_put_count(e, object, "bytes", t.bytes);
	json_put(e, object, "storage", json_cstr(storages[t.storage]));
	json_put(e, object, "stored_bytes", json_u64(t.stored_bytes));
	json_put(e, object, "location",
	         t.storage == ORAY_STORAGE_EXTERNAL ? json_text(t.location) : cJSON_CreateNull());
	json_put(e, object, "offset", t.has_offset ? json_u64(t.offset) : cJSON_CreateNull());
	json_put(e, object, "length", t.has_length ? json_u64(t.length) : cJSON_CreateNull());
	json_put(e, object, "external", json_pairs(e, t.external, t.n_external));
	json_put(e, object, "size_mismatch", cJSON_CreateBool(t.size_mismatch));
	json_put(e, object, "incomplete", cJSON_CreateBool(t.incomplete));
	json_put(e, object, "file_offset", json_u64(t.file_offset));
	json_put(e, object, "doc", json_text(t.doc));
	json_put(e, object, "metadata", json_pairs(e, t.metadata, t.n_metadata));
	if (t.elements.exact && t.elements.value && t.elements.value <= JSON_LIST)
		json_put_elements(e, object, model, id, t.elements.value);
	oray_statistics s = {.unread = true};
	if (t.elements.exact && t.elements.value)
		stats_measure(model, id, &s);
	json_put(e, object, "stats", stats_item(e, &s, true));
	return object;
}

void show_value_json(emit *e, cJSON *document, const oray_model *model, oray_id id)
{
	oray_value v;
	oray_role role;
	if (!oray_model_value(model, id, &v))
		return;
	oray_id tensor = show_tensor_of(model, &v);
	json_put_value(e, document, model, id);
	json_put(e, document, "graph", json_graph_path(model, v.graph));
	json_put(e, document, "is_input", cJSON_CreateBool(v.is_input));
	json_put(e, document, "is_output", cJSON_CreateBool(v.is_output));
	json_put(e, document, "is_initializer",
	         cJSON_CreateBool(v.initializer != ORAY_NONE || v.sparse != ORAY_NONE));
	json_put(e, document, "is_undefined", cJSON_CreateBool(v.is_undefined));
	json_put(e, document, "producer", node_or_null(model, v.producer));
	json_put(e, document, "producer_output",
	         v.producer == ORAY_NONE ? cJSON_CreateNull() : json_u64(v.producer_output));
	put_users(e, document, model, &v);
	json_put(e, document, "role",
	         tensor != ORAY_NONE && show_role(model, id, &role) ? json_cstr(oray_role_name(role))
	                                                            : cJSON_CreateNull());
	json_put(e, document, "doc", json_text(v.doc));
	json_put(e, document, "metadata", json_pairs(e, v.metadata, v.n_metadata));
	json_put(e, document, "scale", text_or_null(v.scale));
	json_put(e, document, "zero_point", text_or_null(v.zero_point));
	json_put(e, document, "tensor", tensor_item(e, model, tensor));
}

/* ----------------------------------------------------------------- functions and graphs -- */

static void put_nodes(emit *e, cJSON *object, const oray_model *model, const oray_graph *graph)
{
	cJSON *array = cJSON_CreateArray();
	for (size_t i = 0; i < graph->n_nodes && i < JSON_LIST && emit_ok(e); i++) {
		oray_node node;
		oray_id id = graph->first_node + (oray_id)i;
		cJSON *item = cJSON_CreateObject();
		if (oray_model_node(model, id, &node)) {
			json_put(e, item, "index", json_u64(i));
			json_put(e, item, "label", json_node_label(model, id));
			json_put(e, item, "op", json_text(node.op));
			json_put(e, item, "domain", json_text(node.domain));
		}
		json_push(e, array, item);
	}
	json_put(e, object, "nodes", array);
	json_put(e, object, "node_count", json_u64(graph->n_nodes));
}

static cJSON *names_item(emit *e, const oray_model *model, const oray_id *strings, size_t n)
{
	cJSON *array = cJSON_CreateArray();
	for (size_t i = 0; i < n && emit_ok(e); i++)
		json_push(e, array, json_text(oray_model_string(model, strings[i])));
	return array;
}

void show_function_json(emit *e, cJSON *document, const oray_model *model, oray_id id)
{
	const oray_function *f = oray_model_function(model, id);
	const oray_graph *graph = f ? oray_model_graph(model, f->graph) : NULL;
	const oray_model_info *info = oray_model_describe(model);
	uint64_t calls = 0;
	if (!graph)
		return;
	for (size_t i = 0; i < info->n_nodes; i++) {
		oray_node node;
		calls += oray_model_node(model, (oray_id)i, &node) && node.function == id;
	}
	json_put(e, document, "name", json_text(f->name));
	json_put(e, document, "domain", json_text(f->domain));
	json_put(e, document, "overload", json_text(f->overload));
	json_put(e, document, "doc", json_text(f->doc));
	json_put(e, document, "opsets", json_opsets(e, f->opsets, f->n_opsets));
	json_put(e, document, "attributes", names_item(e, model, f->attributes, f->n_attributes));
	json_put(e, document, "defaults",
	         json_attributes(e, model, f->first_default, f->n_defaults, JSON_LIST));
	json_put_values(e, document, "inputs", model, graph->inputs, graph->n_inputs);
	json_put_values(e, document, "outputs", model, graph->outputs, graph->n_outputs);
	put_nodes(e, document, model, graph);
	json_put(e, document, "graph", json_graph_path(model, f->graph));
	json_put(e, document, "calls", json_u64(calls));
	json_put(e, document, "metadata", json_pairs(e, f->metadata, f->n_metadata));
}

void show_graph_json(emit *e, cJSON *document, const oray_model *model, oray_id id)
{
	static const char *const roles[] = {
	    [ORAY_GRAPH_MAIN] = "main",           [ORAY_GRAPH_BODY] = "body",
	    [ORAY_GRAPH_FUNCTION] = "function",   [ORAY_GRAPH_INITIALIZATION] = "initialization",
	    [ORAY_GRAPH_ALGORITHM] = "algorithm",
	};
	const oray_graph *graph = oray_model_graph(model, id);
	if (!graph)
		return;
	json_put(e, document, "name", json_text(graph->name));
	json_put(e, document, "path", json_graph_path(model, id));
	json_put(e, document, "role", json_cstr(roles[graph->role]));
	json_put(e, document, "doc", json_text(graph->doc));
	json_put(e, document, "parent_node", node_or_null(model, graph->parent_node));
	json_put_inputs(e, document, model, graph->inputs, graph->n_inputs);
	json_put_values(e, document, "outputs", model, graph->outputs, graph->n_outputs);
	json_put(e, document, "initializers", json_u64(graph->n_initializers + graph->n_sparse));
	put_nodes(e, document, model, graph);
	json_put(e, document, "offset", json_u64(graph->offset));
	json_put(e, document, "metadata", json_pairs(e, graph->metadata, graph->n_metadata));
}
