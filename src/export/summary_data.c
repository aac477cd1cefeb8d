/* SPDX-License-Identifier: Apache-2.0 */
/*
 * summary_data.c - a summary for programs: JSON as the contract says, CSV with one row a model.
 */
#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "export/amounts.h"
#include "words/describe.h"
#include "export/grid.h"
#include "export/json_model.h"
#include "words/numbers.h"
#include "export/params.h"
#include "export/summary.h"

/* -------------------------------------------------------------------------------- JSON -- */

static cJSON *file_item(emit *e, const oray_summary *s)
{
	const oray_model_info *info = oray_model_describe(s->model);
	cJSON *object = cJSON_CreateObject(), *files = cJSON_CreateArray();
	json_put(e, object, "path", json_text(info->path));
	json_put(e, object, "bytes", json_u64(info->file_bytes));
	json_put(e, object, "model_bytes", json_u64(info->model_bytes));
	json_put(e, object, "compressed", cJSON_CreateBool(info->compressed));
	json_put(e, object, "external_bytes", json_u64(s->external_bytes));
	for (size_t i = 0; i < s->n_external_files; i++)
		json_push(e, files, json_text(s->external_files[i]));
	json_put(e, object, "external_files", files);
	return object;
}

static cJSON *model_item(emit *e, const oray_summary *s)
{
	const oray_model_info *info = oray_model_describe(s->model);
	cJSON *object = cJSON_CreateObject();
	json_put(e, object, "ir_version",
	         info->ir_version ? json_i64(info->ir_version) : cJSON_CreateNull());
	json_put(e, object, "opsets", json_opsets(e, info->opsets, info->n_opsets));
	json_put(e, object, "producer", json_text(info->producer));
	json_put(e, object, "producer_version", json_text(info->producer_version));
	json_put(e, object, "domain", json_text(info->domain));
	json_put(e, object, "model_version",
	         info->has_model_version ? json_i64(info->model_version) : cJSON_CreateNull());
	json_put(e, object, "doc", json_text(info->doc));
	json_put(e, object, "metadata", json_pairs(e, info->metadata, info->n_metadata));
	json_put(e, object, "functions", json_u64(info->n_functions));
	json_put(e, object, "training", json_u64(info->n_training));
	return object;
}

static cJSON *graph_item(emit *e, const oray_summary *s)
{
	const oray_graph *main_graph = oray_model_graph(s->model, 0);
	cJSON *object = cJSON_CreateObject();
	json_put(e, object, "name",
	         main_graph ? json_text(main_graph->name) : json_text((oray_str){"", 0}));
	json_put(e, object, "nodes", json_u64(s->nodes));
	json_put(e, object, "nodes_total", json_u64(s->nodes_total));
	json_put(e, object, "subgraphs", json_u64(s->subgraphs));
	json_put(e, object, "initializers", json_u64(s->initializers));
	json_put_inputs(e, object, s->model, s->inputs, s->n_inputs);
	json_put_outputs(e, object, s->model, s->outputs, s->n_outputs);
	return object;
}

static cJSON *operators_item(emit *e, const oray_summary *s)
{
	cJSON *array = cJSON_CreateArray();
	for (size_t i = 0; i < s->n_operators && emit_ok(e); i++) {
		const oray_operator *op = &s->operators[i];
		cJSON *object = cJSON_CreateObject();
		json_put(e, object, "domain", json_text(op->domain));
		json_put(e, object, "op", json_text(op->op));
		json_put(e, object, "count", json_u64(op->count));
		json_put(e, object, "category", json_cstr(op->category));
		json_push(e, array, object);
	}
	return array;
}

/* Operators as the layer list names them, those of whose nodes the cost is unknown. */
static cJSON *unknown_item(emit *e, const oray_summary *s)
{
	cJSON *array = cJSON_CreateArray();
	for (size_t i = 0; i < s->compute.n_unknown_ops; i++) {
		oray_node node;
		cJSON *object = cJSON_CreateObject();
		if (oray_model_node(s->model, s->compute.unknown_ops[i], &node)) {
			json_put(e, object, "domain", json_text(node.domain));
			json_put(e, object, "op", json_text(node.op));
		}
		json_push(e, array, object);
	}
	return array;
}

static cJSON *compute_item(emit *e, const oray_summary *s, const oray_style *style)
{
	cJSON *object = cJSON_CreateObject();
	bool peak = s->compute.peak_node != ORAY_NONE;
	amount_put(e, object, s->model, "macs", "macs", s->compute.macs);
	json_put(e, object, "macs_nodes", json_u64(s->compute.macs_nodes));
	json_put(e, object, "macs_unknown_nodes", json_u64(s->compute.macs_unknown_nodes));
	if (s->compute.n_unknown_ops)
		json_put(e, object, "macs_unknown_operators", unknown_item(e, s));
	json_put(e, object, "count", json_cstr(oray_counting_name(style->counting)));
	if (s->compute.peak.exact)
		amount_put(e, object, s->model, "peak_activation_bytes", "peak_activation",
		           s->compute.peak);
	else
		json_put(e, object, "peak_activation_bytes", cJSON_CreateNull());
	json_put(e, object, "peak_activation_node",
	         peak ? json_node_label(s->model, s->compute.peak_node) : cJSON_CreateNull());
	return object;
}

static cJSON *shapes_item(emit *e, const oray_summary *s)
{
	cJSON *object = cJSON_CreateObject();
	json_put(e, object, "values", json_u64(s->shapes.values));
	json_put(e, object, "known", json_u64(s->shapes.known));
	json_put(e, object, "symbolic", json_u64(s->shapes.symbolic));
	json_put(e, object, "unknown", json_u64(s->shapes.unknown));
	cJSON *culprits = cJSON_CreateArray();
	for (size_t i = 0; i < s->shapes.n_culprits && i < ORAY_EXAMPLES; i++)
		json_push(e, culprits, json_node_label(s->model, s->shapes.culprits[i]));
	json_put(e, object, "unknown_from", culprits);
	json_put(e, object, "unknown_from_count", json_u64(s->shapes.n_culprits));
	return object;
}

/* NAN is "unknown" here, not a number. */
static cJSON *share_item(double share)
{
	return share == share ? json_float64(share) : cJSON_CreateNull();
}

static cJSON *quantization_item(emit *e, const oray_summary *s)
{
	cJSON *object = cJSON_CreateObject();
	json_put(e, object, "scheme", json_cstr(oray_scheme_name(s->quantization.scheme)));
	json_put(e, object, "node_coverage", share_item(s->quantization.node_coverage));
	json_put(e, object, "parameter_coverage", share_item(s->quantization.parameter_coverage));
	return object;
}

static cJSON *findings_item(emit *e, const oray_summary *s)
{
	cJSON *object = cJSON_CreateObject();
	json_put(e, object, "error", json_u64(s->findings[ORAY_ERROR]));
	json_put(e, object, "warning", json_u64(s->findings[ORAY_WARNING]));
	json_put(e, object, "info", json_u64(s->findings[ORAY_INFO]));
	return object;
}

/* What loading said, or what can be told afterwards. */
static cJSON *truncation_item(emit *e, const oray_model_info *info, const oray_style *style)
{
	oray_error made;
	error_set(&made, ORAY_ERR_TRUNCATED, ORAY_NO_OFFSET, NULL,
	          "the file ends early: at least %" PRIu64 " bytes are missing", info->missing_bytes);
	const oray_error *error = style->error ? style->error : &made;
	cJSON *object = json_error(e, error, info->path);
	json_put(e, object, "missing_bytes", json_u64(info->missing_bytes));
	return object;
}

void summary_json(emit *e, const oray_summary *s, const oray_style *style)
{
	const oray_model_info *info = oray_model_describe(s->model);
	cJSON *document = json_document(e);
	json_put(e, document, "file", file_item(e, s));
	json_put(e, document, "model", model_item(e, s));
	json_put(e, document, "graph", graph_item(e, s));
	json_put(e, document, "operators", operators_item(e, s));
	json_put(e, document, "parameters", json_parameters(e, &s->parameters));
	json_put(e, document, "compute", compute_item(e, s, style));
	json_put(e, document, "shapes", shapes_item(e, s));
	json_put(e, document, "quantization", quantization_item(e, s));
	json_put(e, document, "findings", findings_item(e, s));
	if (info->truncated || style->error)
		json_put(e, document, "error", truncation_item(e, info, style));
	json_write(e, document, style->format == ORAY_JSON);
}

/* --------------------------------------------------------------------------------- CSV -- */

static void add_values(buf *b, const oray_summary *s, const oray_id *values, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		oray_value v;
		known_type t = known_face_of(s->model, values[i]);
		if (!oray_model_value(s->model, values[i], &v))
			continue;
		buf_str(b, i ? "; " : "");
		buf_printable(b, v.name.data, v.name.size);
		buf_char(b, ' ');
		known_type_text(b, s->model, &t);
		buf_char(b, ' ');
		known_shape_text(b, s->model, &t, glyphs_of(false));
	}
}

static void add_opsets(buf *b, const oray_model_info *info)
{
	for (size_t i = 0; i < info->n_opsets; i++) {
		buf_str(b, i ? "; " : "");
		buf_printable(b, info->opsets[i].domain.data, info->opsets[i].domain.size);
		buf_format(b, " %" PRId64, info->opsets[i].version);
	}
}

static void add_share(buf *b, double share)
{
	char text[NUMBER_SIZE];
	if (share == share)
		buf_add(b, text, number_float64(share, text));
}

enum {
	FILE_NAME,
	BYTES,
	EXTERNAL,
	IR,
	OPSETS,
	PRODUCER,
	NODES,
	NODES_TOTAL,
	SUBGRAPHS,
	INITIALIZERS,
	OPERATORS,
	INPUTS,
	OUTPUTS,
	PARAMETERS,
	PARAMETER_BYTES,
	MACS,
	PEAK,
	SCHEME,
	NODE_COVERAGE,
	PARAMETER_COVERAGE,
	ERRORS,
	WARNINGS,
	INFOS,
	TRUNCATED,
	MACS_FORMULA,
	PEAK_FORMULA,
	N_COLUMNS
};

static const grid_column columns[N_COLUMNS] = {
    [FILE_NAME] = {.field = "file"},
    [BYTES] = {.field = "bytes"},
    [EXTERNAL] = {.field = "external_bytes"},
    [IR] = {.field = "ir_version"},
    [OPSETS] = {.field = "opsets"},
    [PRODUCER] = {.field = "producer"},
    [NODES] = {.field = "nodes"},
    [NODES_TOTAL] = {.field = "nodes_total"},
    [SUBGRAPHS] = {.field = "subgraphs"},
    [INITIALIZERS] = {.field = "initializers"},
    [OPERATORS] = {.field = "operators"},
    [INPUTS] = {.field = "inputs"},
    [OUTPUTS] = {.field = "outputs"},
    [PARAMETERS] = {.field = "parameters"},
    [PARAMETER_BYTES] = {.field = "parameter_bytes"},
    [MACS] = {.field = "macs"},
    [PEAK] = {.field = "peak_activation_bytes"},
    [SCHEME] = {.field = "quantization"},
    [NODE_COVERAGE] = {.field = "node_coverage"},
    [PARAMETER_COVERAGE] = {.field = "parameter_coverage"},
    [ERRORS] = {.field = "errors"},
    [WARNINGS] = {.field = "warnings"},
    [INFOS] = {.field = "infos"},
    [TRUNCATED] = {.field = "truncated"},
    [MACS_FORMULA] = {.field = "macs_expression"},
    [PEAK_FORMULA] = {.field = "peak_activation_expression"},
};

static void fill(grid *g, size_t row)
{
	const oray_summary *s = g->context;
	const oray_model_info *info = oray_model_describe(s->model);
	(void)row;
	grid_model(g, FILE_NAME, info->path);
	grid_number(g, BYTES, info->file_bytes, "B");
	grid_number(g, EXTERNAL, s->external_bytes, "B");
	if (info->ir_version)
		grid_format(g, IR, "%" PRId64, info->ir_version);
	add_opsets(grid_printable(g, OPSETS), info);
	grid_model(g, PRODUCER, info->producer);
	if (info->producer_version.size)
		grid_text(g, PRODUCER, " ");
	grid_model(g, PRODUCER, info->producer_version);
	grid_number(g, NODES, s->nodes, "");
	grid_number(g, NODES_TOTAL, s->nodes_total, "");
	grid_number(g, SUBGRAPHS, s->subgraphs, "");
	grid_number(g, INITIALIZERS, s->initializers, "");
	grid_number(g, OPERATORS, s->n_operators, "");
	add_values(grid_printable(g, INPUTS), s, s->inputs, s->n_inputs);
	add_values(grid_printable(g, OUTPUTS), s, s->outputs, s->n_outputs);
	grid_number(g, PARAMETERS, s->parameters.total, "");
	grid_holey(g, PARAMETER_BYTES, s->parameters.bytes, "B");
	amount_cell(g, MACS, s->model, s->compute.macs, "");
	if (s->compute.macs.exact)
		amount_cell_expression(g, MACS_FORMULA, s->model, s->compute.macs);
	amount_cell(g, PEAK, s->model, s->compute.peak, "B");
	if (s->compute.peak.exact)
		amount_cell_expression(g, PEAK_FORMULA, s->model, s->compute.peak);
	grid_text(g, SCHEME, oray_scheme_name(s->quantization.scheme));
	add_share(&g->cells[NODE_COVERAGE].text, s->quantization.node_coverage);
	add_share(&g->cells[PARAMETER_COVERAGE].text, s->quantization.parameter_coverage);
	grid_number(g, ERRORS, s->findings[ORAY_ERROR], "");
	grid_number(g, WARNINGS, s->findings[ORAY_WARNING], "");
	grid_number(g, INFOS, s->findings[ORAY_INFO], "");
	grid_text(g, TRUNCATED, info->truncated ? "true" : "false");
}

void summary_csv(emit *e, const oray_summary *s, const oray_style *style)
{
	grid g = {
	    .columns = columns,
	    .n_columns = N_COLUMNS,
	    .n_rows = 1,
	    .fill = fill,
	    .context = s,
	    .format = ORAY_CSV,
	    .no_header = style->no_header,
	};
	grid_write(&g, e);
}
