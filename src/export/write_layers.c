/* SPDX-License-Identifier: Apache-2.0 */
/*
 * write_layers.c - the way into the layer writer: order of rows, choice of format.
 */

#include "base/error.h"
#include "base/heap.h"
#include "export/amounts.h"
#include "words/describe.h"
#include "export/layers.h"
#include "export/order.h"

/* ------------------------------------------------------------------------------- order -- */

static const oray_layer *row_of(const void *rows, size_t row)
{
	return &((const oray_layers *)rows)->rows[row];
}

static void by_index(const void *rows, size_t row, order_key *out)
{
	(void)rows;
	out->number = UINT64_MAX - row; /* the order of the graph */
}

static void by_name(const void *rows, size_t row, order_key *out)
{
	oray_node node;
	if (oray_model_node(((const oray_layers *)rows)->model, row_of(rows, row)->node, &node))
		out->text = node.name;
}

static void by_op(const void *rows, size_t row, order_key *out)
{
	oray_node node;
	if (oray_model_node(((const oray_layers *)rows)->model, row_of(rows, row)->node, &node))
		out->text = node.op;
}

static void by_scope(const void *rows, size_t row, order_key *out)
{
	out->text = row_of(rows, row)->scope;
}

static void by_parameters(const void *rows, size_t row, order_key *out)
{
	out->number = row_of(rows, row)->parameters;
}

static void by_bytes(const void *rows, size_t row, order_key *out)
{
	out->number = row_of(rows, row)->parameter_bytes.value;
}

/* Formulas by their size where every symbol stands for 1024. */
static void by_amount(const oray_layers *layers, oray_amount a, order_key *out)
{
	double size = a.formula ? oray_amount_at(layers->model, a, 1024) : 0;
	out->number = !a.formula ? a.value : size < 1.8e19 ? (uint64_t)size : UINT64_MAX;
	out->unknown = !a.exact;
}

static void by_macs(const void *rows, size_t row, order_key *out)
{
	by_amount(rows, row_of(rows, row)->macs, out);
}

static void by_memory(const void *rows, size_t row, order_key *out)
{
	by_amount(rows, row_of(rows, row)->memory, out);
}

static void by_live(const void *rows, size_t row, order_key *out)
{
	by_amount(rows, row_of(rows, row)->live, out);
}

/* In millionths: an order is all that is wanted. What is counted does not change it. */
static void by_intensity(const void *rows, size_t row, order_key *out)
{
	double intensity = layer_intensity(row_of(rows, row), ORAY_COUNT_MACS);
	out->unknown = intensity != intensity;
	out->number = out->unknown ? 0 : (uint64_t)(intensity * 1e6);
}

static const order_column columns[] = {
    {"index", "#", false, by_index},
    {"name", NULL, true, by_name},
    {"op", "operator", true, by_op},
    {"scope", "module", true, by_scope},
    {"parameters", "params", false, by_parameters},
    {"bytes", "parameter_bytes", false, by_bytes},
    {"macs", NULL, false, by_macs},
    {"memory", NULL, false, by_memory},
    {"live", NULL, false, by_live},
    {"intensity", NULL, false, by_intensity},
};

/* -------------------------------------------------------------------------------- view -- */

/* The output that stands for a node in a table: the first that is there. */
static known_type output_type(const oray_model *model, oray_id node_id)
{
	oray_node node;
	if (!oray_model_node(model, node_id, &node))
		return (known_type){0};
	for (size_t i = 0; i < node.n_outputs; i++)
		if (node.outputs[i] != ORAY_NONE)
			return known_type_of(model, node.outputs[i]);
	return (known_type){0};
}

static void look(layer_view *view)
{
	const oray_layers *layers = view->layers;
	size_t types = 0;
	for (size_t i = 0; i < layers->n; i++) {
		const oray_layer *row = &layers->rows[i];
		known_type t = output_type(layers->model, row->node);
		types += known_type_is_known(&t);
		view->any_shape = view->any_shape || known_rank(&t);
		view->any_macs = view->any_macs || (row->counts_macs && amount_is_told(row->macs));
		view->any_memory = view->any_memory || amount_is_told(row->memory);
		view->any_contradiction = view->any_contradiction || t.contradicts;
		view->any_graph = view->any_graph || row->graph != 0;
	}
	view->most_types = types > layers->n / 2;
}

oray_status oray_write_layers(const oray_layers *layers, const oray_style *style, oray_sink sink,
                              void *context, oray_error *err)
{
	static void (*const writers[ORAY_N_FORMATS][2])(emit *, const layer_view *,
	                                                const oray_style *) = {
	    [ORAY_TEXT] = {layers_table, modules_table},     [ORAY_JSON] = {layers_json, layers_json},
	    [ORAY_NDJSON] = {layers_ndjson, layers_ndjson},  [ORAY_CSV] = {layers_csv, modules_table},
	    [ORAY_MARKDOWN] = {layers_table, modules_table},
	};
	order_view o;
	oray_status status =
	    order_begin(&o, style, columns, sizeof columns / sizeof *columns, layers, layers->n, err);
	if (status != ORAY_OK)
		return status;
	layer_view view = {.layers = layers, .n = o.n, .order = o.order, .counting = o.style.counting};
	look(&view);
	emit e;
	emit_init(&e, &o.style, sink, context);
	writers[o.style.format][o.style.tree](&e, &view, &o.style);
	heap_free(o.order);
	return emit_end(&e, err);
}
