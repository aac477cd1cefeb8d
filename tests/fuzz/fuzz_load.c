/* SPDX-License-Identifier: Apache-2.0 */
/* Loading, with any limits, external data forbidden or not; then every door of the model is opened.
 */
#include <stdlib.h>
#include <string.h>

#include "shared/fuzz.h"
#include "shared/sound.h"

static void look_at_graphs(const oray_model *m, const oray_model_info *info)
{
	char path[128];
	for (oray_id g = 0; g < info->n_graphs; g++) {
		const oray_graph *graph = oray_model_graph(m, g);
		REQUIRE(graph && graph->first_node + graph->n_nodes <= info->n_nodes, "nodes of a graph");
		size_t n = oray_graph_path(m, g, path, sizeof path);
		REQUIRE(n >= sizeof path || strlen(path) == n, path);
		for (size_t i = 0; i < graph->n_inputs; i++)
			REQUIRE(graph->inputs[i] < info->n_values, "an input");
		for (size_t i = 0; i < graph->n_outputs; i++)
			REQUIRE(graph->outputs[i] < info->n_values, "an output");
		for (size_t i = 0; i < graph->n_initializers; i++)
			REQUIRE(graph->initializers[i] < info->n_tensors, "an initializer");
	}
	REQUIRE(!oray_model_graph(m, (oray_id)info->n_graphs), "a graph past the last");
	for (oray_id f = 0; f < info->n_functions; f++)
		REQUIRE(oray_model_function(m, f)->graph < info->n_graphs, "a function's body");
}

static void look_at_attributes(const oray_model *m, const oray_node *node)
{
	static oray_error err;
	oray_element some[8];
	oray_attribute a;
	size_t n;
	for (size_t i = 0; i < node->n_attributes; i++) {
		REQUIRE(oray_model_attribute(m, node->first_attribute + (oray_id)i, &a), "an attribute");
		oray_status status = oray_attribute_read(m, node->first_attribute + (oray_id)i, a.count / 2,
		                                         8, some, &n, &err);
		if (status != ORAY_OK)
			fuzz_check_error(status, &err);
		REQUIRE(status != ORAY_OK || n <= 8, "more than asked for");
	}
}

static void look_at_nodes(const oray_model *m, const oray_model_info *info)
{
	char label[64];
	oray_node node;
	oray_ref refs[4];
	for (oray_id i = 0; i < info->n_nodes; i++) {
		REQUIRE(oray_model_node(m, i, &node), "a node");
		REQUIRE(node.graph < info->n_graphs, "a node's graph");
		REQUIRE(node.function == ORAY_NONE || node.function < info->n_functions, "a function");
		size_t n = oray_node_label(m, i, label, sizeof label);
		REQUIRE(n && (n >= sizeof label || strlen(label) == n), label);
		for (size_t k = 0; k < node.n_inputs; k++)
			REQUIRE(node.inputs[k] == ORAY_NONE || node.inputs[k] < info->n_values, "an input");
		for (size_t k = 0; k < node.n_outputs; k++)
			REQUIRE(node.outputs[k] == ORAY_NONE || node.outputs[k] < info->n_values, "an output");
		look_at_attributes(m, &node);
		if (i < 8)
			oray_model_find(m, (oray_str){label, strlen(label)}, refs, i % 5);
	}
}

static void look_at_type(const oray_model *m, oray_id id)
{
	oray_type t;
	for (int depth = 0; oray_model_type(m, id, &t); depth++) {
		for (size_t k = 0; k < t.n_dims && k < 64; k++)
			oray_model_dim(m, t.id, k);
		REQUIRE(depth < 1000, "types without an end");
		id = t.inner;
	}
}

static void look_at_values(const oray_model *m, const oray_model_info *info)
{
	oray_value v;
	for (oray_id i = 0; i < info->n_values; i++) {
		REQUIRE(oray_model_value(m, i, &v), "a value");
		REQUIRE(v.producer == ORAY_NONE || v.producer < info->n_nodes, "a producer");
		REQUIRE(v.initializer == ORAY_NONE || v.initializer < info->n_tensors, "an initializer");
		for (size_t k = 0; k < v.n_uses; k++)
			REQUIRE(v.uses[k] < info->n_nodes, "a use");
		look_at_type(m, v.type);
	}
	REQUIRE(!oray_model_value(m, (oray_id)info->n_values, &v), "a value past the last");
}

static void look_at_tensors(const oray_model *m, const oray_model_info *info)
{
	static oray_error err;
	oray_element some[16];
	oray_tensor t;
	oray_sparse sparse;
	size_t n;
	for (oray_id i = 0; i < info->n_tensors; i++) {
		REQUIRE(oray_model_tensor(m, i, &t), "a tensor");
		uint64_t from[] = {0, t.elements.value / 2, t.elements.value};
		for (int k = 0; k < 3; k++) {
			oray_status status = oray_tensor_read(m, i, from[k], 16, some, &n, &err);
			if (status != ORAY_OK)
				fuzz_check_error(status, &err);
			REQUIRE(status != ORAY_OK || n <= 16, "more than asked for");
		}
	}
	for (oray_id i = 0; oray_model_sparse(m, i, &sparse); i++)
		REQUIRE(sparse.values == ORAY_NONE || sparse.values < info->n_tensors,
		        "values of a sparse tensor");
}

static void look_at_findings(const oray_model *m)
{
	uint64_t counts[3];
	size_t n;
	const oray_finding *f = oray_model_findings(m, &n, counts);
	REQUIRE(n <= 200 && n <= counts[0] + counts[1] + counts[2], "findings");
	for (size_t i = 0; i < n; i++) {
		REQUIRE(!text_fault(f[i].where, strlen(f[i].where)), f[i].where);
		REQUIRE(!text_fault(f[i].message, strlen(f[i].message)), f[i].message);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint64_t memory[] = {48 << 20, 48 << 20, 0, 1 << 20, 100000, 20000, 3000, 1};
	static const uint32_t depths[] = {0, 0, 1000, 5, 2, 1};
	fuzz_input in;
	if (!fuzz_split(data, size, &in))
		return 0;
	oray_load_options o = fuzz_limits();
	o.max_memory = memory[fuzz_choose(&in.choices, 8)];
	o.max_depth = depths[fuzz_choose(&in.choices, 6)];
	o.unsafe_external = fuzz_choose(&in.choices, 2);
	o.max_spool = fuzz_choose(&in.choices, 2) ? 1 << 20 : 1000;
	oray_model *m = fuzz_load(0, in.a, &o);
	if (!m)
		return 0;
	const oray_model_info *info = oray_model_describe(m);
	look_at_graphs(m, info);
	look_at_nodes(m, info);
	look_at_values(m, info);
	look_at_tensors(m, info);
	look_at_findings(m);
	oray_model_free(m);
	return 0;
}
