/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_nodes.c - nodes of all graphs as columns, their operators, and the attributes these have.
 */
#include <string.h>

#include "base/heap.h"
#include "export/attributes.h"
#include "export/html_draft.h"
#include "words/describe.h"

/* --------------------------------------------------------------------------- operators -- */

uint32_t html_op_of(html_draft *d, const oray_node *node)
{
	int64_t opset = node_opset(d->model, node);
	uint32_t *first = node->op_type < d->n_op_first ? &d->op_first[node->op_type] : NULL;
	for (uint32_t at = first ? *first : 0; at; at = d->ops.at[at - 1].next)
		if (d->ops.at[at - 1].opset == opset)
			return at - 1;
	html_op *op = vec_push(NULL, &d->ops);
	if (!op) {
		d->failed = true;
		return 0;
	}
	*op = (html_op){.op_type = node->op_type,
	                .opset = opset,
	                .row = node->function == ORAY_NONE ? node_row(d->model, node) : NULL,
	                .next = first ? *first : 0,
	                .example = *node};
	if (first)
		*first = (uint32_t)d->ops.n;
	html_formals(d, op);
	return (uint32_t)(d->ops.n - 1);
}

/* Formal names; of what stands for any number the last ends in an ellipsis. */
static void formals(html_draft *d, const ops_row *row, bool output)
{
	ops_formal f = {.variadic = false}; /* a variadic one is found at every index from its own on */
	html_open(d, '[');
	for (size_t i = 0; row && !f.variadic && (output ? ops_output : ops_input)(row, i, &f); i++) {
		buf_clear(&d->word);
		buf_add(&d->word, f.name, f.name_size);
		buf_str(&d->word, f.variadic ? "\xe2\x80\xa6" : "");
		html_count(d, html_keep(d, buf_text(&d->word), d->word.n));
	}
	html_close(d, ']');
}

/* Of a function its own names. */
static void parameters(html_draft *d, const oray_graph *g, bool output)
{
	const oray_id *values = output ? g->outputs : g->inputs;
	oray_value v;
	html_open(d, '[');
	for (size_t i = 0; i < (output ? g->n_outputs : g->n_inputs) && html_turn(d); i++)
		html_ref(d, oray_model_value(d->model, values[i], &v) ? v.name : (oray_str){"", 0});
	html_close(d, ']');
}

void html_ops(html_draft *d)
{
	html_key(d, "ops");
	html_open(d, '[');
	for (size_t i = 0; i < d->ops.n && html_turn(d); i++) {
		html_op op = d->ops.at[i];
		const oray_function *f = oray_model_function(d->model, op.example.function);
		const oray_graph *body = f ? oray_model_graph(d->model, f->graph) : NULL;
		const char *category = ops_category_name(node_category(d->model, &op.example));
		html_open(d, '[');
		html_ref(d, op.example.op);
		html_ref(d, op.example.domain);
		html_ref(d, op.example.overload);
		html_count(d, op.row ? row_version(op.row, op.opset) : 0);
		html_count(d, html_keep(d, category, strlen(category)));
		html_int(d, f ? (int64_t)f->graph : -1);
		for (unsigned output = 0; output < 2; output++) {
			if (body)
				parameters(d, body, output);
			else
				formals(d, op.row, output);
		}
		html_int(d, op.opset);
		html_close(d, ']');
	}
	html_close(d, ']');
}

/* ------------------------------------------------------------------------------ columns -- */

typedef struct rows {
	html_draft *d;
	size_t n;
	const oray_layer **layer; /* by node; NULL: nothing is known of its costs */
	uint32_t *op;
	int64_t before;
} rows;

typedef void column(rows *r, oray_id id, const oray_node *node);

/* A number as the difference to the one before it in its column. */
static void step(rows *r, int64_t n)
{
	html_int(r->d, n - r->before);
	r->before = n;
}

static void list_of(rows *r, const oray_id *values, size_t n)
{
	html_open(r->d, '[');
	for (size_t i = 0; i < n && html_turn(r->d); i++)
		step(r, values[i] == ORAY_NONE ? -1 : (int64_t)values[i]);
	html_close(r->d, ']');
}

/* Names of a node and of what it makes stand together: they have much in common. */
static void name(rows *r, oray_id id, const oray_node *node)
{
	oray_value v;
	(void)id;
	step(r, html_keep(r->d, node->name.data, node->name.size));
	for (size_t i = 0; i < node->n_outputs; i++)
		if (oray_model_value(r->d->model, node->outputs[i], &v))
			html_keep(r->d, v.name.data, v.name.size);
}

/* What a node without a name is called. */
static void label(rows *r, oray_id id, const oray_node *node)
{
	html_draft *d = r->d;
	buf_clear(&d->word);
	if (!node->name.size)
		node_label_text(&d->word, d->model, id);
	html_count(d, html_keep(d, buf_text(&d->word), d->word.n));
}

static void op(rows *r, oray_id id, const oray_node *node)
{
	(void)node;
	html_count(r->d, r->op[id]);
}

static void graph(rows *r, oray_id id, const oray_node *node)
{
	(void)id;
	html_count(r->d, node->graph);
}

static void scope(rows *r, oray_id id, const oray_node *node)
{
	(void)node;
	oray_str path = r->layer[id] ? r->layer[id]->scope : (oray_str){"", 0};
	step(r, html_keep(r->d, path.data, path.size));
}

static void attributes(rows *r, oray_id id, const oray_node *node)
{
	html_count(r->d, html_attributes_of(r->d, node, &r->d->ops.at[r->op[id]]));
}

static void inputs(rows *r, oray_id id, const oray_node *node)
{
	(void)id;
	list_of(r, node->inputs, node->n_inputs);
}

static void outputs(rows *r, oray_id id, const oray_node *node)
{
	(void)id;
	list_of(r, node->outputs, node->n_outputs);
}

static void macs(rows *r, oray_id id, const oray_node *node)
{
	const oray_layer *l = r->layer[id];
	(void)node;
	if (l && !l->counts_macs)
		html_int(r->d, 0);
	else
		html_amount_short(r->d, l ? l->macs : (oray_amount){.exact = false});
}

static void params(rows *r, oray_id id, const oray_node *node)
{
	(void)node;
	html_count(r->d, r->layer[id] ? r->layer[id]->parameters : 0);
}

static void memory(rows *r, oray_id id, const oray_node *node)
{
	(void)node;
	html_amount_short(r->d, r->layer[id] ? r->layer[id]->memory : (oray_amount){.exact = false});
}

static void live(rows *r, oray_id id, const oray_node *node)
{
	(void)node;
	html_amount_short(r->d, r->layer[id] ? r->layer[id]->live : (oray_amount){.exact = false});
}

static void moved(rows *r, oray_id id, const oray_node *node)
{
	(void)node;
	html_amount_short(r->d, r->layer[id] ? r->layer[id]->moved : (oray_amount){.exact = false});
}

static const struct {
	const char *name;
	column *write;
	bool delta;
} columns[] = {
    {"name", name, true},      {"label", label, false},   {"op", op, false},
    {"graph", graph, false},   {"scope", scope, true},    {"attr", attributes, false},
    {"in", inputs, true},      {"out", outputs, true},    {"macs", macs, false},
    {"params", params, false}, {"memory", memory, false}, {"live", live, false},
    {"moved", moved, false},
};

void html_nodes(html_draft *d, const html_known *k)
{
	const oray_layers *main = k->main, *all = k->all ? k->all : k->main;
	rows r = {.d = d, .n = d->info->n_nodes};
	oray_node node;
	r.layer = heap_zeroed(r.n + 1, sizeof *r.layer);
	r.op = heap_zeroed(r.n + 1, sizeof *r.op);
	if (!r.layer || !r.op) {
		d->failed = true;
		r.n = 0;
	}
	for (size_t i = 0; r.n && i < all->n; i++)
		r.layer[all->rows[i].node] = &all->rows[i];
	for (size_t i = 0; r.n && i < main->n; i++)
		r.layer[main->rows[i].node] = &main->rows[i];
	for (oray_id i = 0; i < r.n && oray_model_node(d->model, i, &node); i++)
		r.op[i] = html_op_of(d, &node);

	html_key(d, "nodes");
	html_open(d, '{');
	for (size_t c = 0; c < sizeof columns / sizeof *columns && !d->failed; c++) {
		r.before = 0;
		html_key(d, columns[c].name);
		html_open(d, '[');
		for (oray_id i = 0; i < r.n && html_turn(d); i++)
			if (oray_model_node(d->model, i, &node))
				columns[c].write(&r, i, &node);
		html_close(d, ']');
	}
	html_key(d, "delta");
	html_open(d, '[');
	for (size_t c = 0; c < sizeof columns / sizeof *columns; c++)
		if (columns[c].delta)
			html_cstr(d, columns[c].name);
	html_close(d, ']');
	html_close(d, '}');
	heap_free(r.layer);
	heap_free(r.op);
}
