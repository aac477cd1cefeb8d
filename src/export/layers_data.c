/* SPDX-License-Identifier: Apache-2.0 */
/*
 * layers_data.c - one row a node, for programs. Rows are made, written and freed one by one.
 */
#include "export/amounts.h"
#include "words/describe.h"
#include "export/json_model.h"
#include "export/layers.h"
#include "words/numbers.h"

/* Values of Constant nodes and the like that are written into each row. */
#define INLINE_ELEMENTS 64

/* -------------------------------------------------------------------------------- JSON -- */

static void put_costs(emit *e, cJSON *object, const layer_view *view, const oray_layer *row)
{
	const oray_model *model = view->layers->model;
	double intensity = layer_intensity(row, view->counting);
	amount_put(e, object, model, "macs", "macs", row->macs);
	amount_put(e, object, model, "memory", "memory", row->memory);
	amount_put(e, object, model, "live", "live", row->live);
	json_put(e, object, "intensity",
	         intensity == intensity ? json_float64(intensity) : cJSON_CreateNull());
}

static cJSON *row_item(emit *e, const layer_view *view, const oray_layer *row)
{
	const oray_model *model = view->layers->model;
	oray_node node;
	if (!oray_model_node(model, row->node, &node))
		return cJSON_CreateNull();
	cJSON *object = cJSON_CreateObject();
	json_put(e, object, "index", json_u64(row->index));
	json_put(e, object, "name", json_text(node.name));
	json_put(e, object, "label", json_node_label(model, row->node));
	json_put(e, object, "op", json_text(node.op));
	json_put(e, object, "domain", json_text(node.domain));
	json_put(e, object, "category", json_cstr(ops_category_name(node_category(model, &node))));
	json_put(e, object, "scope", json_text(row->scope));
	json_put(e, object, "graph", json_graph_path(model, row->graph));
	json_put_values(e, object, "inputs", model, node.inputs, node.n_inputs);
	json_put_values(e, object, "outputs", model, node.outputs, node.n_outputs);
	json_put(e, object, "attributes",
	         json_attributes(e, model, node.first_attribute, node.n_attributes, INLINE_ELEMENTS));
	json_put(e, object, "parameters", json_u64(row->parameters));
	json_put_count(e, object, "parameter_bytes", row->parameter_bytes);
	json_put(e, object, "shared", cJSON_CreateBool(row->shared));
	put_costs(e, object, view, row);
	return object;
}

static cJSON *total_item(emit *e, const layer_view *view)
{
	const oray_layers *layers = view->layers;
	cJSON *object = cJSON_CreateObject();
	json_put(e, object, "nodes", json_u64(layers->n));
	json_put(e, object, "nodes_total", json_u64(layers->n_total));
	json_put(e, object, "parameters", json_u64(layers->parameters));
	json_put_count(e, object, "parameter_bytes", layers->parameter_bytes);
	amount_put(e, object, layers->model, "macs", "macs", layers->macs);
	json_put(e, object, "count", json_cstr(oray_counting_name(view->counting)));
	amount_put(e, object, layers->model, "memory", "memory", layers->memory);
	amount_put(e, object, layers->model, "peak_activation_bytes", "peak_activation", layers->peak);
	return object;
}

void layers_json(emit *e, const layer_view *view, const oray_style *style)
{
	const oray_layers *layers = view->layers;
	emit_str(e, "{\"schema\":1,\"layers\":[");
	for (size_t i = 0; i < view->n && emit_ok(e); i++) {
		emit_str(e, i ? ",\n" : "\n");
		json_write_row(e, row_item(e, view, &layers->rows[view->order[i]]));
	}
	emit_str(e, "\n],");
	if (style->tree)
		modules_json(e, view, style);
	emit_str(e, "\"total\":");
	json_write_row(e, total_item(e, view));
	emit_str(e, "}\n");
}

void layers_ndjson(emit *e, const layer_view *view, const oray_style *style)
{
	const oray_layers *layers = view->layers;
	(void)style;
	for (size_t i = 0; i < view->n && emit_ok(e); i++)
		json_write(e, row_item(e, view, &layers->rows[view->order[i]]), false);
}

/* --------------------------------------------------------------------------------- CSV -- */

enum {
	INDEX,
	NAME,
	OP,
	DOMAIN_NAME,
	CATEGORY,
	SCOPE,
	GRAPH,
	INPUTS,
	OUTPUTS,
	TYPE,
	SHAPE,
	PARAMETERS,
	BYTES,
	MACS,
	MACS_FORMULA,
	MEMORY,
	MEMORY_FORMULA,
	LIVE,
	LIVE_FORMULA,
	INTENSITY,
	N_COLUMNS
};

static const grid_column columns[N_COLUMNS] = {
    [INDEX] = {.field = "index"},
    [NAME] = {.field = "name"},
    [OP] = {.field = "op"},
    [DOMAIN_NAME] = {.field = "domain"},
    [CATEGORY] = {.field = "category"},
    [SCOPE] = {.field = "scope"},
    [GRAPH] = {.field = "graph"},
    [INPUTS] = {.field = "inputs"},
    [OUTPUTS] = {.field = "outputs"},
    [TYPE] = {.field = "output_type"},
    [SHAPE] = {.field = "output_shape"},
    [PARAMETERS] = {.field = "parameters"},
    [BYTES] = {.field = "parameter_bytes"},
    [MACS] = {.field = "macs"},
    [MACS_FORMULA] = {.field = "macs_expression"},
    [MEMORY] = {.field = "memory"},
    [MEMORY_FORMULA] = {.field = "memory_expression"},
    [LIVE] = {.field = "live"},
    [LIVE_FORMULA] = {.field = "live_expression"},
    [INTENSITY] = {.field = "intensity"},
};

static void names(buf *b, const oray_model *model, const oray_id *values, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		oray_value v;
		buf_str(b, i ? "; " : "");
		if (oray_model_value(model, values[i], &v))
			buf_printable(b, v.name.data, v.name.size);
	}
}

static void amount(grid *g, size_t column, oray_amount a, const char *unit)
{
	const layer_view *view = g->context;
	amount_cell(g, column, view->layers->model, a, unit);
	if (a.exact)
		amount_cell_expression(g, column + 1, view->layers->model, a);
}

static void costs(grid *g, const oray_layer *layer)
{
	const layer_view *view = g->context;
	double intensity = layer_intensity(layer, view->counting);
	char text[NUMBER_SIZE];
	amount(g, MACS, layer->macs, "");
	amount(g, MEMORY, layer->memory, "B");
	amount(g, LIVE, layer->live, "B");
	if (intensity == intensity)
		buf_add(&g->cells[INTENSITY].text, text, number_float64(intensity, text));
}

static void fill(grid *g, size_t row)
{
	const layer_view *view = g->context;
	const oray_model *model = view->layers->model;
	const oray_layer *layer = &view->layers->rows[view->order[row]];
	oray_node node;
	if (!oray_model_node(model, layer->node, &node))
		return;
	grid_number(g, INDEX, layer->index, "");
	node_label_text(grid_printable(g, NAME), model, layer->node);
	grid_model(g, OP, node.op);
	grid_model(g, DOMAIN_NAME, node.domain);
	grid_text(g, CATEGORY, ops_category_name(node_category(model, &node)));
	grid_model(g, SCOPE, layer->scope);
	graph_path_text(grid_printable(g, GRAPH), model, layer->graph);
	names(grid_printable(g, INPUTS), model, node.inputs, node.n_inputs);
	names(grid_printable(g, OUTPUTS), model, node.outputs, node.n_outputs);
	for (size_t i = 0; i < node.n_outputs; i++) {
		if (node.outputs[i] == ORAY_NONE)
			continue;
		known_type t = known_type_of(model, node.outputs[i]);
		if (known_type_is_known(&t))
			known_type_text(grid_printable(g, TYPE), model, &t);
		if (known_rank(&t))
			known_shape_text(grid_printable(g, SHAPE), model, &t, glyphs_of(false));
		break;
	}
	grid_number(g, PARAMETERS, layer->parameters, "");
	grid_holey(g, BYTES, layer->parameter_bytes, "B");
	costs(g, layer);
}

void layers_csv(emit *e, const layer_view *view, const oray_style *style)
{
	grid g = {
	    .columns = columns,
	    .n_columns = N_COLUMNS,
	    .n_rows = view->n,
	    .fill = fill,
	    .context = view,
	    .format = ORAY_CSV,
	    .no_header = style->no_header,
	};
	grid_write(&g, e);
}
