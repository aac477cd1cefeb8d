/* SPDX-License-Identifier: Apache-2.0 */
/*
 * show_node.c - everything about a node: what it is, what it is set to, what flows in and out.
 */
#include <inttypes.h>
#include <string.h>

#include "base/heap.h"
#include "export/amounts.h"
#include "export/attributes.h"
#include "export/cells.h"
#include "words/numbers.h"
#include "export/quant_view.h"
#include "export/show.h"

#define PORTS_SHOWN 40
#define USERS_SHOWN 4

/* ------------------------------------------------------------------------------- ports -- */

typedef struct port_rows {
	const oray_model *model;
	const oray_node *node;
	size_t n, all;
	bool outputs;
} port_rows;

enum { FORMAL, NAME, TYPE, SHAPE, OTHER, N_COLUMNS };

static const grid_column columns[N_COLUMNS] = {
    [FORMAL] = {.title = "", .field = "formal", .how = FIT_NAME, .min = 3, .want = 16},
    [NAME] = {.title = "Name", .field = "name", .how = FIT_NAME, .min = 10, .want = 20},
    [TYPE] = {.title = "Type", .field = "type", .how = FIT_NAME, .min = 5, .want = 16},
    [SHAPE] = {.title = "Shape", .field = "shape", .how = FIT_SHAPE, .min = 6, .want = 18},
    [OTHER] = {.title = "", .field = "other_end", .how = FIT_END, .min = 10, .want = 24},
};

static void users(buf *b, const oray_model *model, const oray_value *v, const glyphs *g)
{
	if (v->n_uses) {
		buf_str(b, "to ");
		show_nodes(b, model, v->uses, v->n_uses, USERS_SHOWN);
		buf_str(b, v->is_output ? g->dot : "");
	}
	if (v->is_output) {
		buf_str(b, "output of ");
		graph_place_text(b, model, v->graph);
	} else if (!v->n_uses) {
		buf_str(b, "not used");
	}
}

static void fill(grid *g, size_t row)
{
	const port_rows *rows = g->context;
	const oray_node *node = rows->node;
	if (row == rows->n) {
		grid_format(g, NAME, "%s %zu more", g->e->glyphs->cut, rows->all - rows->n);
		grid_paint(g, NAME, PAINT_DIM);
		return;
	}
	oray_id value = rows->outputs ? node->outputs[row] : node->inputs[row];
	oray_value v;
	show_formal(grid_printable(g, FORMAL), rows->model, node, row, rows->outputs);
	grid_paint(g, FORMAL, PAINT_DIM);
	if (!oray_model_value(rows->model, value, &v)) {
		grid_none(g, NAME);
		grid_text(g, OTHER, "left out");
		grid_paint(g, OTHER, PAINT_DIM);
		return;
	}
	known_type t = known_type_of(rows->model, value);
	grid_model(g, NAME, v.name);
	cells_type(g, TYPE, SHAPE, rows->model, &t);
	if (rows->outputs)
		users(grid_printable(g, OTHER), rows->model, &v, g->e->glyphs);
	else
		show_source(grid_printable(g, OTHER), rows->model, value, g->e->glyphs);
	if (t.contradicts) {
		grid_text(g, OTHER, g->e->glyphs->dot);
		grid_text(g, OTHER, "declared ");
		known_said_text(grid_printable(g, OTHER), rows->model, &t, g->e->glyphs);
	}
	if (v.is_undefined)
		grid_paint(g, OTHER, PAINT_BAD);
}

static void ports(page *p, const oray_model *model, const oray_node *node, bool outputs)
{
	size_t n = outputs ? node->n_outputs : node->n_inputs;
	port_rows rows = {model, node, n, n, outputs};
	if (!n)
		return;
	if (!p->verbose && p->format != ORAY_CSV && n > PORTS_SHOWN)
		rows.n = PORTS_SHOWN;
	grid g = {
	    .columns = columns,
	    .n_columns = N_COLUMNS,
	    .n_rows = rows.n + (rows.n < n),
	    .fill = fill,
	    .context = &rows,
	    .no_header = true,
	    .indent = 4,
	};
	page_section(p, outputs ? "Outputs" : "Inputs");
	page_table(p, &g);
}

/* ------------------------------------------------------------------------------- facts -- */

static void heading(page *p, const oray_model *model, oray_id id, const oray_node *node)
{
	buf label = {0}, op = {0};
	node_label_text(&label, model, id);
	node_operator_text(&op, model, node, p->e->glyphs);
	page_heading(p, buf_text(&label), buf_text(&op));
	buf_free(&label);
	buf_free(&op);
}

static void operator_fact(page *p, const oray_model *model, const oray_node *node)
{
	const ops_row *row = node->function == ORAY_NONE ? node_row(model, node) : NULL;
	int64_t opset = node_opset(model, node);
	ops_category category = node_category(model, node);
	facts f = {.n = 0};
	buf_printable(&f.text, node->domain.data, node->domain.size);
	buf_char(&f.text, '.');
	buf_printable(&f.text, node->op.data, node->op.size);
	if (node->overload.size) {
		buf_char(&f.text, ':');
		buf_printable(&f.text, node->overload.data, node->overload.size);
	}
	facts_end(&f, PAINT_CATEGORY + category);
	if (opset)
		facts_add(&f, "opset %" PRId64, opset);
	else
		facts_add(&f, "opset not imported");
	if (row && row->since)
		facts_add(&f, "version %u", row_version(row, opset));
	if (row && row->deprecated) {
		buf_str(&f.text, "deprecated");
		facts_end(&f, PAINT_WARN);
	}
	facts_add(&f, "%s",
	          category == OPS_CUSTOM     ? "an operator that onnxray does not know"
	          : category == OPS_FUNCTION ? "a function of this model"
	                                     : ops_category_name(category));
	page_facts(p, "operator", &f);
}

static void place_fact(page *p, const oray_model *model, oray_id id, const oray_node *node)
{
	const oray_graph *graph = oray_model_graph(model, node->graph);
	facts f = {.n = 0};
	graph_place_text(&f.text, model, node->graph);
	facts_end(&f, PAINT_PLAIN);
	if (graph)
		facts_add(&f, "node %zu of %zu", (size_t)(id - graph->first_node), graph->n_nodes);
	buf_str(&f.text, "bytes ");
	number_exact(&f.text, node->offset);
	buf_str(&f.text, " to ");
	number_exact(&f.text, node->offset + node->size);
	facts_add(&f, " of the file");
	page_facts(p, "place", &f);
}

static void intensity_fact(facts *f, double intensity)
{
	if (intensity != intensity)
		return;
	facts_add(f,
	          intensity < 10    ? "%.2f FLOP/B"
	          : intensity < 100 ? "%.1f FLOP/B"
	                            : "%.0f FLOP/B",
	          intensity);
}

static void memory_fact(page *p, const oray_model *model, const oray_layer *layer)
{
	static const char *const words[] = {" of outputs", " moved", " alive meanwhile"};
	oray_amount amounts[] = {layer->memory, layer->moved, layer->live};
	facts f = {.n = 0};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (!amount_is_told(amounts[i]))
			continue;
		amount_text(&f.text, model, amounts[i], "B", p->verbose, p->e->glyphs);
		facts_add(&f, "%s", words[i]);
	}
	page_facts(p, "memory", &f);
}

static void cost_fact(page *p, const oray_model *model, oray_id id)
{
	oray_layer layer;
	facts f = {.n = 0};
	if (!show_costs(model, id, &layer))
		return;
	if (layer.parameters) {
		number_count(&f.text, layer.parameters, p->verbose);
		facts_add(&f, " parameter%s", layer.parameters == 1 ? "" : "s");
		number_holey(&f.text, layer.parameter_bytes, "B", p->verbose, p->e->glyphs);
		facts_end(&f, PAINT_PLAIN);
	}
	if (layer.shared)
		facts_add(&f, "shares parameters with an earlier node");
	if (layer.counts_macs) {
		const char *unit = counting_unit(p->e->counting);
		if (amount_is_told(layer.macs))
			amount_text(&f.text, model, layer.macs, "", p->verbose, p->e->glyphs);
		facts_add(&f, amount_is_told(layer.macs) ? " %s" : "%s unknown", unit);
	}
	intensity_fact(&f, layer_intensity(&layer, p->e->counting));
	page_facts(p, "costs", &f);
	memory_fact(p, model, &layer);
}

static void devices(page *p, const oray_model *model, const oray_node *node)
{
	if (!node->n_shardings)
		return;
	(void)model;
	page_section(p, "Devices");
	for (size_t i = 0; i < node->n_shardings; i++) {
		const oray_sharding *s = &node->shardings[i];
		facts f = {.n = 0};
		buf name = {0};
		buf_printable(&name, s->configuration.data, s->configuration.size);
		if (s->has_stage)
			facts_add(&f, "pipeline stage %" PRId32, s->pipeline_stage);
		buf_printable(&f.text, s->tensor.data, s->tensor.size);
		facts_end(&f, PAINT_PLAIN);
		buf_printable(&f.text, s->spec.data, s->spec.size);
		facts_end(&f, PAINT_PLAIN);
		page_facts(p, buf_text(&name), &f);
		buf_free(&name);
	}
}

void show_node(page *p, const oray_model *model, oray_id id)
{
	oray_node node;
	if (!oray_model_node(model, id, &node))
		return;
	const ops_row *row = node.function == ORAY_NONE ? node_row(model, &node) : NULL;
	size_t n = 0;
	attribute_line *lines = attribute_lines(model, &node, row, &n);
	heading(p, model, id, &node);
	page_gap(p);
	operator_fact(p, model, &node);
	place_fact(p, model, id, &node);
	cost_fact(p, model, id);
	show_doc(p, node.doc);
	if (n) {
		page_section(p, "Attributes");
		attributes_page(p, model, lines, n);
	}
	heap_free(lines);
	ports(p, model, &node, false);
	ports(p, model, &node, true);
	quant_show(p, model, id, ORAY_NONE);
	devices(p, model, &node);
	show_metadata(p, node.metadata, node.n_metadata);
}
