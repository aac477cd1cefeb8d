/* SPDX-License-Identifier: Apache-2.0 */
/*
 * show_graph.c - everything about a graph, and about a function, which is a graph with a name.
 */
#include <inttypes.h>
#include <string.h>

#include "export/attributes.h"
#include "export/cells.h"
#include "words/numbers.h"
#include "export/show.h"

#define NODES_SHOWN  40
#define VALUES_NAMED 3
#define CALLS_SHOWN  6

/* -------------------------------------------------------------------------------- body -- */

typedef struct body_rows {
	const oray_model *model;
	const oray_graph *graph;
	size_t n;
} body_rows;

enum { INDEX, OPERATOR, NAME, READS, GIVES, N_COLUMNS };

static const grid_column columns[N_COLUMNS] = {
    [INDEX] = {.title = "#", .field = "index", .right = true},
    [OPERATOR] = {.title = "Operator", .field = "op", .how = FIT_NAME, .min = 10, .want = 18},
    [NAME] = {.title = "Name", .field = "name", .how = FIT_NAME, .min = 10, .want = 18, .drop = 2},
    [READS] = {.title = "Reads", .field = "inputs", .how = FIT_END, .min = 12, .want = 24},
    [GIVES] = {.title = "Gives", .field = "outputs", .how = FIT_END, .min = 10, .want = 18},
};

static void names(buf *b, const oray_model *model, const oray_id *values, size_t n)
{
	for (size_t i = 0; i < n && i < VALUES_NAMED; i++) {
		oray_value v;
		buf_str(b, i ? ", " : "");
		if (!oray_model_value(model, values[i], &v))
			buf_str(b, "-");
		else
			buf_printable(b, v.name.data, v.name.size);
	}
	if (n > VALUES_NAMED)
		buf_format(b, " +%zu", n - VALUES_NAMED);
}

static void fill(grid *g, size_t row)
{
	const body_rows *rows = g->context;
	oray_id id = rows->graph->first_node + (oray_id)row;
	oray_node node;
	if (row == rows->n) {
		grid_format(g, OPERATOR, "%s %zu more", g->e->glyphs->cut, rows->graph->n_nodes - row);
		grid_paint(g, OPERATOR, PAINT_DIM);
		return;
	}
	if (!oray_model_node(rows->model, id, &node))
		return;
	grid_format(g, INDEX, "%zu", row);
	cells_operator(g, OPERATOR, rows->model, &node);
	node_label_text(grid_printable(g, NAME), rows->model, id);
	names(grid_printable(g, READS), rows->model, node.inputs, node.n_inputs);
	names(grid_printable(g, GIVES), rows->model, node.outputs, node.n_outputs);
}

static void body(page *p, const oray_model *model, const oray_graph *graph)
{
	body_rows rows = {model, graph, graph->n_nodes};
	if (!graph->n_nodes)
		return;
	if (!p->verbose && p->format != ORAY_CSV && rows.n > NODES_SHOWN)
		rows.n = NODES_SHOWN;
	grid g = {
	    .columns = columns,
	    .n_columns = N_COLUMNS,
	    .n_rows = rows.n + (rows.n < graph->n_nodes),
	    .fill = fill,
	    .context = &rows,
	    .indent = 2,
	};
	page_section(p, "Nodes");
	page_table(p, &g);
}

static void size_fact(page *p, const oray_model *model, const oray_graph *graph)
{
	facts f = {.n = 0};
	uint64_t elements = 0;
	oray_count bytes = {0, true};
	number_exact(&f.text, graph->n_nodes);
	facts_add(&f, " node%s", graph->n_nodes == 1 ? "" : "s");
	facts_add(&f, "%zu input%s", graph->n_inputs, graph->n_inputs == 1 ? "" : "s");
	facts_add(&f, "%zu output%s", graph->n_outputs, graph->n_outputs == 1 ? "" : "s");
	if (graph->n_initializers)
		facts_add(&f, "%zu initializer%s", graph->n_initializers,
		          graph->n_initializers == 1 ? "" : "s");
	for (size_t i = 0; i < graph->n_initializers; i++) {
		oray_tensor t;
		if (!oray_model_tensor(model, graph->initializers[i], &t))
			continue;
		elements += t.elements.exact ? t.elements.value : 0;
		bytes.exact = bytes.exact && t.bytes.exact;
		bytes.value += t.bytes.value;
	}
	if (graph->n_initializers) {
		number_count(&f.text, elements, p->verbose);
		facts_add(&f, " elements");
		number_holey(&f.text, bytes, "B", p->verbose, p->e->glyphs);
		facts_end(&f, PAINT_PLAIN);
	}
	if (graph->n_sparse)
		facts_add(&f, "%zu sparse initializer%s", graph->n_sparse, graph->n_sparse == 1 ? "" : "s");
	page_facts(p, "size", &f);
}

/* --------------------------------------------------------------------------- functions -- */

static void calls_fact(page *p, const oray_model *model, oray_id function)
{
	const oray_model_info *info = oray_model_describe(model);
	facts f = {.n = 0};
	size_t calls = 0;
	for (size_t i = 0; i < info->n_nodes; i++) {
		oray_node node;
		if (!oray_model_node(model, (oray_id)i, &node) || node.function != function)
			continue;
		if (calls++ < CALLS_SHOWN) {
			node_label_text(&f.text, model, (oray_id)i);
			facts_end(&f, PAINT_PLAIN);
		}
	}
	if (calls > CALLS_SHOWN)
		facts_add(&f, "%zu more", calls - CALLS_SHOWN);
	if (!calls)
		facts_add(&f, "nobody");
	page_facts(p, "called by", &f);
}

static void opsets_fact(page *p, const oray_opset *opsets, size_t n)
{
	facts f = {.n = 0};
	for (size_t i = 0; i < n && i < 16; i++) {
		buf_printable(&f.text, opsets[i].domain.data, opsets[i].domain.size);
		facts_add(&f, " %" PRId64, opsets[i].version);
	}
	page_facts(p, "opsets", &f);
}

static void function_attributes(page *p, const oray_model *model, const oray_function *f)
{
	if (!f->n_attributes && !f->n_defaults)
		return;
	page_section(p, "Attributes");
	for (size_t i = 0; i < f->n_attributes && emit_ok(p->e); i++) {
		buf name = {0};
		oray_str text = oray_model_string(model, f->attributes[i]);
		buf_printable(&name, text.data, text.size);
		page_fact(p, buf_text(&name), PAINT_DIM, "given by the caller", 19);
		buf_free(&name);
	}
	for (size_t i = 0; i < f->n_defaults && emit_ok(p->e); i++) {
		oray_attribute a;
		buf name = {0};
		facts value = {.n = 0};
		oray_id id = f->first_default + (oray_id)i;
		if (!oray_model_attribute(model, id, &a))
			continue;
		buf_printable(&name, a.name.data, a.name.size);
		attribute_text(&value.text, model, id, p->verbose, p->e->glyphs);
		facts_end(&value, PAINT_PLAIN);
		facts_add(&value, "default");
		page_facts(p, buf_text(&name), &value);
		buf_free(&name);
	}
}

void show_function(page *p, const oray_model *model, oray_id id)
{
	const oray_function *f = oray_model_function(model, id);
	const oray_graph *graph = f ? oray_model_graph(model, f->graph) : NULL;
	if (!graph)
		return;
	buf name = {0}, right = {0};
	buf_printable(&name, f->name.data, f->name.size);
	if (f->overload.size) {
		buf_char(&name, ':');
		buf_printable(&name, f->overload.data, f->overload.size);
	}
	buf_str(&right, "function of ");
	buf_printable(&right, f->domain.data, f->domain.size);
	page_heading(p, buf_text(&name), buf_text(&right));
	page_gap(p);
	size_fact(p, model, graph);
	opsets_fact(p, f->opsets, f->n_opsets);
	calls_fact(p, model, id);
	show_doc(p, f->doc);
	function_attributes(p, model, f);
	show_values(p, model, "Inputs", graph->inputs, graph->n_inputs);
	show_values(p, model, "Outputs", graph->outputs, graph->n_outputs);
	body(p, model, graph);
	show_metadata(p, f->metadata, f->n_metadata);
	buf_free(&name);
	buf_free(&right);
}

/* ------------------------------------------------------------------------------ graphs -- */

static void role_fact(page *p, const oray_model *model, const oray_graph *graph)
{
	static const char *const words[] = {
	    [ORAY_GRAPH_MAIN] = "main graph",
	    [ORAY_GRAPH_BODY] = "body",
	    [ORAY_GRAPH_FUNCTION] = "body of a function",
	    [ORAY_GRAPH_INITIALIZATION] = "training: initialization",
	    [ORAY_GRAPH_ALGORITHM] = "training: one step of the algorithm",
	};
	facts f = {.n = 0};
	oray_attribute a;
	facts_add(&f, "%s", words[graph->role]);
	if (graph->parent_node != ORAY_NONE) {
		buf_str(&f.text, "of ");
		node_label_text(&f.text, model, graph->parent_node);
		facts_end(&f, PAINT_PLAIN);
		if (oray_model_attribute(model, graph->attribute, &a)) {
			buf_str(&f.text, "attribute ");
			buf_printable(&f.text, a.name.data, a.name.size);
			facts_end(&f, PAINT_PLAIN);
		}
	}
	buf_str(&f.text, "at byte ");
	number_exact(&f.text, graph->offset);
	facts_end(&f, PAINT_PLAIN);
	page_facts(p, "role", &f);
}

/* Values that a body reads from the graphs around it. */
static void captured_fact(page *p, const oray_model *model, oray_id id, const oray_graph *graph)
{
	facts f = {.n = 0};
	size_t n = 0;
	if (graph->role != ORAY_GRAPH_BODY)
		return;
	for (size_t i = 0; i < graph->n_nodes; i++) {
		oray_node node;
		if (!oray_model_node(model, graph->first_node + (oray_id)i, &node))
			continue;
		for (size_t k = 0; k < node.n_inputs; k++) {
			oray_value v;
			if (!oray_model_value(model, node.inputs[k], &v) || v.graph == id || n++ >= CALLS_SHOWN)
				continue;
			buf_printable(&f.text, v.name.data, v.name.size);
			facts_end(&f, PAINT_PLAIN);
		}
	}
	if (n > CALLS_SHOWN)
		facts_add(&f, "%zu more", n - CALLS_SHOWN);
	page_facts(p, "captures", &f);
}

void show_graph(page *p, const oray_model *model, oray_id id)
{
	const oray_graph *graph = oray_model_graph(model, id);
	if (!graph)
		return;
	buf name = {0}, right = {0};
	buf_printable(&name, graph->name.data, graph->name.size);
	if (!graph->name.size)
		graph_place_text(&name, model, id);
	else if (id)
		graph_path_text(&right, model, id);
	page_heading(p, buf_text(&name), right.n ? buf_text(&right) : "graph");
	page_gap(p);
	role_fact(p, model, graph);
	size_fact(p, model, graph);
	captured_fact(p, model, id, graph);
	show_doc(p, graph->doc);
	show_values(p, model, "Inputs", graph->inputs, graph->n_inputs);
	show_values(p, model, "Outputs", graph->outputs, graph->n_outputs);
	body(p, model, graph);
	show_metadata(p, graph->metadata, graph->n_metadata);
	buf_free(&name);
	buf_free(&right);
}
