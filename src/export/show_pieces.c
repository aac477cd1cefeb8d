/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>

#include "export/cells.h"
#include "words/numbers.h"
#include "export/show.h"
#include "export/values_text.h"

#define VALUES_SHOWN   40
#define METADATA_SHOWN 20
#define INLINE         8
#define VALUE_BYTES    240
#define DOC_BYTES      2000

/* --------------------------------------------------------------------------- questions -- */

oray_id show_tensor_of(const oray_model *model, const oray_value *v)
{
	oray_node node;
	oray_attribute a;
	oray_sparse sparse;
	if (v->initializer != ORAY_NONE)
		return v->initializer;
	if (v->sparse != ORAY_NONE && oray_model_sparse(model, v->sparse, &sparse))
		return sparse.values;
	if (v->producer != ORAY_NONE && oray_model_node(model, v->producer, &node) &&
	    str_is(node.op, "Constant") && node_attribute(model, &node, "value", &a, NULL) &&
	    a.type == ORAY_ATTR_TENSOR)
		return a.v.id;
	return ORAY_NONE;
}

bool show_costs(const oray_model *model, oray_id node, oray_layer *out)
{
	oray_layers *layers;
	oray_node at;
	bool found = false;
	if (!oray_model_node(model, node, &at))
		return false;
	oray_layer_options options = {.all = at.graph != 0};
	if (oray_list_layers(model, &options, &layers, NULL) != ORAY_OK)
		return false;
	for (size_t i = 0; i < layers->n && !found; i++) {
		found = layers->rows[i].node == node;
		if (found)
			*out = layers->rows[i];
	}
	if (found && at.graph != 0 && !out->counts_macs && oray_node_cost(model, node, &out->macs))
		out->counts_macs = out->counts_macs || out->macs.value || out->macs.formula;
	out->scope = (oray_str){"", 0}; /* would not outlive the list */
	oray_layers_free(layers);
	return found;
}

bool show_role(const oray_model *model, oray_id value, oray_role *out)
{
	oray_parameter_list *list;
	bool found = false;
	if (oray_list_parameters(model, &list, NULL) != ORAY_OK)
		return false;
	for (size_t i = 0; i < list->n && !found; i++) {
		found = list->tensors[i].value == value;
		if (found)
			*out = list->tensors[i].role;
	}
	oray_parameter_list_free(list);
	return found;
}

/* ------------------------------------------------------------------------------- texts -- */

static bool function_formal(const oray_model *model, const oray_node *node, size_t index,
                            bool output, oray_str *name)
{
	const oray_function *f = oray_model_function(model, node->function);
	const oray_graph *body = f ? oray_model_graph(model, f->graph) : NULL;
	oray_value v;
	if (!body || index >= (output ? body->n_outputs : body->n_inputs) ||
	    !oray_model_value(model, output ? body->outputs[index] : body->inputs[index], &v))
		return false;
	*name = v.name;
	return true;
}

void show_formal(buf *b, const oray_model *model, const oray_node *node, size_t index, bool output)
{
	const ops_row *row = node->function == ORAY_NONE ? node_row(model, node) : NULL;
	ops_formal formal;
	oray_str name;
	if (row && (output ? ops_output(row, index, &formal) : ops_input(row, index, &formal))) {
		buf_add(b, formal.name, formal.name_size);
		if (formal.variadic)
			buf_format(b, "[%zu]", index);
	} else if (function_formal(model, node, index, output, &name)) {
		buf_printable(b, name.data, name.size);
	} else {
		buf_format(b, "#%zu", index);
	}
}

void show_nodes(buf *b, const oray_model *model, const oray_id *nodes, size_t n, size_t most)
{
	size_t shown = 0, distinct = 0;
	for (size_t i = 0; i < n; i++) {
		if (i && nodes[i] == nodes[i - 1])
			continue;
		distinct++;
		if (shown == most)
			continue;
		buf_str(b, shown++ ? ", " : "");
		node_label_text(b, model, nodes[i]);
	}
	if (distinct > shown) {
		buf_str(b, " and ");
		number_exact(b, distinct - shown);
		buf_str(b, " more");
	}
}

void show_source(buf *b, const oray_model *model, oray_id value, const glyphs *g)
{
	oray_value v;
	oray_tensor t;
	if (!oray_model_value(model, value, &v))
		return;
	oray_id tensor = show_tensor_of(model, &v);
	bool initializer = v.initializer != ORAY_NONE || v.sparse != ORAY_NONE;
	/* a number says more than where it comes from */
	if (initializer && values_inline(b, "= ", model, tensor, 1))
		return;
	if (initializer) {
		buf_str(b, v.sparse != ORAY_NONE ? "sparse initializer" : "initializer");
	} else if (v.producer != ORAY_NONE) {
		buf_str(b, "from ");
		node_label_text(b, model, v.producer);
	} else if (v.is_input) {
		buf_str(b, "input of ");
		graph_place_text(b, model, v.graph);
	} else if (v.is_undefined) {
		buf_str(b, "defined nowhere");
	}
	if (values_inline(b, " = ", model, tensor, INLINE))
		return;
	if (initializer && oray_model_tensor(model, tensor, &t) && t.bytes.exact) {
		buf_str(b, g->dot);
		number_bytes(b, t.bytes.value, false);
	}
}

void show_doc(page *p, oray_str doc)
{
	buf b = {0};
	if (!doc.size)
		return;
	size_t most = p->verbose || doc.size < DOC_BYTES ? doc.size : DOC_BYTES;
	page_prose(p, &b, doc.data, most);
	if (most < doc.size)
		buf_format(&b, " %s -v shows the rest", p->e->glyphs->cut);
	page_fact(p, "about", PAINT_PLAIN, buf_text(&b), b.n);
	buf_free(&b);
}

void show_metadata(page *p, const oray_pair *pairs, size_t n)
{
	size_t shown = p->verbose || n < METADATA_SHOWN ? n : METADATA_SHOWN;
	if (!n)
		return;
	page_section(p, "Metadata");
	for (size_t i = 0; i < shown; i++)
		page_label_room(p, pairs[i].key);
	for (size_t i = 0; i < shown && emit_ok(p->e); i++) {
		buf key = {0}, value = {0};
		size_t most =
		    p->verbose || pairs[i].value.size < VALUE_BYTES ? pairs[i].value.size : VALUE_BYTES;
		buf_printable(&key, pairs[i].key.data, pairs[i].key.size);
		page_prose(p, &value, pairs[i].value.data, most);
		if (most < pairs[i].value.size)
			buf_format(&value, " %s", p->e->glyphs->cut);
		page_fact(p, buf_text(&key), PAINT_PLAIN, buf_text(&value), value.n);
		buf_free(&key);
		buf_free(&value);
	}
	if (shown < n) {
		facts f = {.n = 0};
		facts_add(&f, "%zu more; -v shows them", n - shown);
		page_facts(p, NULL, &f);
	}
}

/* ------------------------------------------------------------------------------ values -- */

typedef struct value_rows {
	const oray_model *model;
	const oray_id *values;
	size_t n, all;
} value_rows;

enum { NAME, TYPE, SHAPE, NOTE, N_COLUMNS };

static const grid_column columns[N_COLUMNS] = {
    [NAME] = {.title = "Name", .field = "name", .how = FIT_NAME, .min = 10, .want = 28},
    [TYPE] = {.title = "Type", .field = "type", .how = FIT_NAME, .min = 7, .want = 24},
    [SHAPE] = {.title = "Shape", .field = "shape", .how = FIT_SHAPE, .min = 6, .want = 24},
    [NOTE] = {.title = "", .field = "note", .how = FIT_END, .min = 8, .want = 20, .drop = 1},
};

static void fill(grid *g, size_t row)
{
	const value_rows *rows = g->context;
	oray_value v;
	if (row == rows->n) {
		grid_format(g, NAME, "%s %zu more", g->e->glyphs->cut, rows->all - rows->n);
		grid_paint(g, NAME, PAINT_DIM);
		return;
	}
	if (!oray_model_value(rows->model, rows->values[row], &v))
		return;
	known_type t = known_type_of(rows->model, rows->values[row]);
	grid_model(g, NAME, v.name);
	cells_type(g, TYPE, SHAPE, rows->model, &t);
	if (v.is_input && v.initializer != ORAY_NONE)
		grid_text(g, NOTE, "has a default");
	else if (v.is_input && !v.n_uses && !v.is_output)
		grid_text(g, NOTE, "not used");
	grid_paint(g, NOTE, PAINT_DIM);
}

void show_values(page *p, const oray_model *model, const char *title, const oray_id *values,
                 size_t n)
{
	value_rows rows = {model, values, n, n};
	if (!n)
		return;
	if (!p->verbose && p->format != ORAY_CSV && n > VALUES_SHOWN)
		rows.n = VALUES_SHOWN;
	grid g = {
	    .columns = columns,
	    .n_columns = N_COLUMNS,
	    .n_rows = rows.n + (rows.n < n),
	    .fill = fill,
	    .context = &rows,
	    .no_header = true,
	    .indent = 4,
	};
	page_section(p, title);
	page_table(p, &g);
}
