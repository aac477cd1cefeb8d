/* SPDX-License-Identifier: Apache-2.0 */
/*
 * layers_table.c - one row a node, for people.
 */
#include <inttypes.h>
#include <string.h>

#include "export/amounts.h"
#include "export/cells.h"
#include "export/layers.h"
#include "words/numbers.h"
#include "export/page.h"

enum {
	INDEX,
	OPERATOR,
	NAME,
	GRAPH,
	TYPE,
	OUTPUT,
	PARAMETERS,
	BYTES,
	MACS,
	MEMORY,
	LIVE,
	INTENSITY,
	N_COLUMNS
};

static const grid_column columns[N_COLUMNS] = {
    [INDEX] = {.title = "#", .right = true},
    [OPERATOR] = {.title = "Operator", .how = FIT_NAME, .min = 10, .want = 18},
    [NAME] = {.title = "Name", .how = FIT_NAME, .min = 10, .want = 30},
    [GRAPH] = {.title = "Graph", .how = FIT_NAME, .min = 6, .want = 14, .drop = 1},
    [TYPE] = {.title = "Type", .how = FIT_NAME, .min = 6, .want = 16, .drop = 3},
    [OUTPUT] = {.title = "Output", .how = FIT_SHAPE, .min = 7, .want = 18},
    [PARAMETERS] = {.title = "Params", .right = true},
    [BYTES] = {.title = "Bytes", .right = true, .drop = 2},
    [MACS] = {.title = "MACs", .right = true, .how = FIT_FORMULA, .min = 8, .want = 14},
    [MEMORY] =
        {.title = "Memory", .right = true, .how = FIT_FORMULA, .min = 8, .want = 13, .drop = 1},
    [LIVE] = {.title = "Live", .right = true, .how = FIT_FORMULA, .min = 8, .want = 20, .drop = 4},
    [INTENSITY] = {.title = "FLOP/B", .right = true, .drop = 5},
};

static void outputs(grid *g, const oray_model *model, const oray_node *node)
{
	size_t more = 0;
	bool first = true;
	for (size_t i = 0; i < node->n_outputs; i++) {
		if (node->outputs[i] == ORAY_NONE)
			continue;
		if (!first) {
			more++;
			continue;
		}
		known_type t = known_type_of(model, node->outputs[i]);
		known_type_text(grid_printable(g, TYPE), model, &t);
		known_shape_text(grid_printable(g, OUTPUT), model, &t, g->e->glyphs);
		cells_mark(g, OUTPUT, &t);
		if (!known_rank(&t))
			grid_paint(g, OUTPUT, PAINT_DIM);
		if (!known_type_is_known(&t))
			grid_paint(g, TYPE, PAINT_DIM);
		first = false;
	}
	if (more)
		grid_format(g, OUTPUT, " +%zu", more);
}

/* 12.3, 0.25, 1,024: three digits at least, none that mean nothing. */
static void intensity(grid *g, double operations)
{
	if (operations != operations)
		grid_none(g, INTENSITY);
	else if (operations >= 100)
		number_exact(&g->cells[INTENSITY].text, (uint64_t)(operations + 0.5));
	else
		grid_format(g, INTENSITY, operations < 10 ? "%.2f" : "%.1f", operations);
}

static void amounts(grid *g, const layer_view *view, const oray_layer *row)
{
	const oray_model *model = view->layers->model;
	if (row->counts_macs)
		amount_cell(g, MACS, model, row->macs, "");
	else
		grid_none(g, MACS);
	amount_cell(g, MEMORY, model, row->memory, "B");
	if (row->graph == 0)
		amount_cell(g, LIVE, model, row->live, "B");
	else
		grid_none(g, LIVE);
	intensity(g, layer_intensity(row, view->counting));
}

static void numbers(grid *g, const layer_view *view, const oray_layer *row)
{
	if (row->parameters)
		grid_number(g, PARAMETERS, row->parameters, "");
	else if (row->shared)
		grid_text(g, PARAMETERS, "shared");
	else
		grid_none(g, PARAMETERS);
	if (row->parameters)
		grid_holey(g, BYTES, row->parameter_bytes, "B");
	else
		grid_none(g, BYTES);
	amounts(g, view, row);
}

static void layer_row(grid *g, const layer_view *view, const oray_layer *row)
{
	const oray_model *model = view->layers->model;
	oray_node node;
	if (!oray_model_node(model, row->node, &node))
		return;
	grid_format(g, INDEX, "%zu", row->index);
	cells_operator(g, OPERATOR, model, &node);
	node_label_text(grid_printable(g, NAME), model, row->node);
	graph_path_text(grid_printable(g, GRAPH), model, row->graph);
	outputs(g, model, &node);
	numbers(g, view, row);
}

/* What `top` leaves out, so that the column still adds up. */
static void rest_row(grid *g, const layer_view *view)
{
	const oray_layers *all = view->layers;
	uint64_t parameters = all->parameters;
	oray_count bytes = all->parameter_bytes;
	oray_amount macs = {0, 0, true}, memory = {0, 0, true};
	for (size_t i = 0; i < all->n; i++) {
		const oray_layer *row = &all->rows[view->order[i]];
		if (i < view->n) {
			parameters -= row->parameters;
			bytes.value -= row->parameter_bytes.value;
			continue;
		}
		macs = oray_amount_add(all->model, macs, row->macs);
		memory = oray_amount_add(all->model, memory, row->memory);
	}
	grid_format(g, OPERATOR, "%zu others", all->n - view->n);
	grid_number(g, PARAMETERS, parameters, "");
	grid_holey(g, BYTES, bytes, "B");
	amount_cell(g, MACS, all->model, macs, "");
	amount_cell(g, MEMORY, all->model, memory, "B");
	for (size_t i = 0; i < N_COLUMNS; i++)
		grid_paint(g, i, PAINT_DIM);
}

static void total_row(grid *g, const layer_view *view)
{
	const oray_layers *all = view->layers;
	if (all->n == all->n_total)
		grid_format(g, OPERATOR, "%zu node%s", all->n, all->n == 1 ? "" : "s");
	else
		grid_format(g, OPERATOR, "%zu of %zu nodes", all->n, all->n_total);
	grid_number(g, PARAMETERS, all->parameters, "");
	grid_holey(g, BYTES, all->parameter_bytes, "B");
	amount_cell(g, MACS, all->model, all->macs, "");
	amount_cell(g, MEMORY, all->model, all->memory, "B");
	if (all->n == all->n_total)
		amount_cell(g, LIVE, all->model, all->peak, "B");
}

static void fill(grid *g, size_t row)
{
	const layer_view *view = g->context;
	if (row == GRID_TOTAL)
		total_row(g, view);
	else if (row == view->n)
		rest_row(g, view);
	else
		layer_row(g, view, &view->layers->rows[view->order[row]]);
}

static void remarks(emit *e, const layer_view *view, const oray_style *style)
{
	page p;
	facts f = {.n = 0};
	page_start(&p, e, style);
	p.indent = 0;
	if (view->any_contradiction) {
		buf_str(&f.text, "! not the shape that the model declares; onnxray show tells both");
		facts_end(&f, PAINT_WARN);
	}
	if (view->layers->branches) {
		buf_str(&f.text, "only the larger branch of an If is in the total");
		facts_end(&f, PAINT_DIM);
	}
	if (f.n)
		page_facts(&p, NULL, &f);
}

void layers_table(emit *e, const layer_view *view, const oray_style *style)
{
	grid_column own[N_COLUMNS];
	memcpy(own, columns, sizeof own);
	own[MACS].title = counting_unit(style->counting);
	for (size_t i = LIVE; style->verbose && i < N_COLUMNS; i++)
		own[i].drop = 1;
	grid g = {
	    .columns = own,
	    .n_columns = N_COLUMNS,
	    .n_rows = view->n + (view->n < view->layers->n),
	    .fill = fill,
	    .context = view,
	    .format = style->format,
	    .exact = style->verbose,
	    .total = true,
	};
	if (!view->any_macs)
		g.hidden |= 1u << MACS | 1u << INTENSITY;
	if (!view->any_memory)
		g.hidden |= 1u << MEMORY;
	if (!view->any_memory || !oray_model_is_inferred(view->layers->model))
		g.hidden |= 1u << LIVE;
	if (!view->any_shape)
		g.hidden |= 1u << OUTPUT | 1u << TYPE;
	if (!view->most_types)
		g.hidden |= 1u << TYPE;
	if (!view->any_graph)
		g.hidden |= 1u << GRAPH;
	grid_write(&g, e);
	remarks(e, view, style);
}
