/* SPDX-License-Identifier: Apache-2.0 */
#include "check/check_operators.h"

#include <stdlib.h>
#include <string.h>

static bool is(oray_str s, const char *word)
{
	return s.size == strlen(word) && memcmp(s.data, word, s.size) == 0;
}

static bool is_one_of(oray_str s, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (is(s, words[i]))
			return true;
	return false;
}

#define ONE_OF(s, words) is_one_of(s, words, sizeof(words) / sizeof *(words))

/* Those whose operators can only be in the standard, and those that may be experiments. */
static const char *const complete[] = {"ai.onnx", "ai.onnx.ml", "ai.onnx.training"};
static const char *const previews[] = {"ai.onnx.preview", "ai.onnx.preview.training"};

static const char *const experiments[] = {
    "ATen",
    "Affine",
    "ConstantFill",
    "Crop",
    "DynamicSlice",
    "GRUUnit",
    "GivenTensorFill",
    "ImageScaler",
    "ParametricSoftplus",
    "Scale",
    "ScaledTanh",
};

void check_operators_open(check_operators *o, const oray_model *model)
{
	*o = (check_operators){.model = model};
	model_imports_open(&o->imports, model, NULL);
}

void check_operators_close(check_operators *o)
{
	model_imports_close(&o->imports, NULL);
}

int64_t check_since(const char *versions, int64_t import)
{
	int64_t since = 0;
	for (char *end; *versions; versions = end + (*end == ',')) {
		long version = strtol(versions, &end, 10);
		if (version <= import)
			since = version;
	}
	return since;
}

/* What runtimes know under the name of the standard, before the standard did. */
static bool is_beyond(const ops_row *row, int64_t import)
{
	static const char *const names[] = {"LayerNormalization", "MeanVarianceNormalization",
	                                    "ThresholdedRelu"};
	oray_str name = {row->name, strlen(row->name)};
	return check_since(row->versions, import) == 1 && strcmp(row->domain, "ai.onnx") == 0 &&
	       ONE_OF(name, names);
}

static void find_out(check_meaning *w, const check_operators *o, const oray_node *node)
{
	const oray_model_info *info = oray_model_describe(o->model);

	w->is_complete = ONE_OF(node->domain, complete);
	w->is_standard = w->is_complete || ONE_OF(node->domain, previews);
	w->is_experiment = is(node->domain, "ai.onnx") && ONE_OF(node->op, experiments);
	w->is_imported = model_imported(&o->imports, w->function, node->domain, &w->version);
	if (w->function == ORAY_NONE && !info->n_opsets && info->ir_version < 3 &&
	    is(node->domain, "ai.onnx")) {
		w->is_imported = true;
		w->version = 1;
	}
	if (w->version <= 0)
		return;
	w->row =
	    ops_find(node->domain.data, node->domain.size, node->op.data, node->op.size, w->version);
	w->types = ops_types_find(node->domain.data, node->domain.size, node->op.data, node->op.size,
	                          w->version);
	if (w->row && is_beyond(w->row, w->version))
		w->row = NULL;
	if (!w->row)
		w->types = NULL;
}

const check_meaning *check_meaning_of(check_operators *o, const oray_node *node, oray_id function)
{
	uint32_t h = (node->op_type * 2654435761u) ^ (function * 2246822519u);
	check_meaning *w = &o->known[(h >> 8) % CHECK_MEANINGS];
	if (w->is_set && w->op == node->op_type && w->function == function)
		return w;
	*w = (check_meaning){.is_set = true, .op = node->op_type, .function = function};
	find_out(w, o, node);
	return w;
}

/* The outermost graph around one. */
static const oray_graph *root_of(const oray_model *model, oray_id graph)
{
	const oray_graph *g = oray_model_graph(model, graph);
	oray_node node;
	while (g->parent_node != ORAY_NONE && oray_model_node(model, g->parent_node, &node))
		g = oray_model_graph(model, node.graph);
	return g;
}

oray_id check_function_of(const oray_model *model, oray_id graph)
{
	return root_of(model, graph)->function;
}

bool check_is_run(const oray_model *model, oray_id graph)
{
	oray_graph_role role = root_of(model, graph)->role;
	return role == ORAY_GRAPH_MAIN || role == ORAY_GRAPH_FUNCTION;
}
