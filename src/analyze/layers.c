/* SPDX-License-Identifier: Apache-2.0 */
/*
 * layers.c - nodes as rows of a table, with the parameters they read.
 *
 *     row 0  Conv   w1     9        row 1 shares w1 with row 0 and does not count it again:
 *     row 1  Conv   w1     0  *     the column adds up to the number of parameters.
 *     row 2  If            50       Without the rows of bodies and functions, what these read is
 *                                   counted where they are entered: at the If, at the first call.
 *
 * Costs are the engine's. With rows for bodies and functions too, the nodes that hold them cost
 * nothing, so that this column adds up as well.
 */
#include <string.h>

#include "analyze/compute.h"
#include "analyze/glob.h"
#include "analyze/memory.h"
#include "analyze/parameters.h"
#include "analyze/scope.h"
#include "base/error.h"
#include "base/heap.h"
#include "base/num.h"

/* What oray_list_layers() hands out, and what it owns. */
typedef struct layer_book {
	oray_layers public;
	oray_layer *rows;
	scopes scopes;
} layer_book;

typedef struct layer_maker {
	role_flow *flow;
	const oray_layer_options *opts;
	layer_book *book;
	size_t n_nodes;
	oray_id *row_of;      /* by node: row that its parameters are counted at, or ORAY_NONE */
	VEC(oray_id) entered; /* graphs whose nodes still want a row */
	buf label;
	memory_use memory;
	bool any_cost;          /* some node has a cost of its own */
	oray_amount model_cost; /* sum over the main graph, of its listed rows */
} layer_maker;

static bool is_listed(const layer_maker *k, oray_id graph)
{
	return k->flow->context[graph] != ROLE_TRAINING && (k->opts->all || graph == 0);
}

static bool add_rows(layer_maker *k)
{
	size_t n = 0;

	for (oray_id g = 0; g < k->flow->n_graphs; g++)
		n += is_listed(k, g) ? oray_model_graph(k->flow->model, g)->n_nodes : 0;
	k->book->rows = heap_zeroed(n ? n : 1, sizeof *k->book->rows);
	if (!k->book->rows || n >= ORAY_NONE)
		return false;
	for (oray_id g = 0; g < k->flow->n_graphs; g++) {
		const oray_graph *graph = oray_model_graph(k->flow->model, g);
		for (size_t i = 0; is_listed(k, g) && i < graph->n_nodes; i++) {
			oray_layer *row = &k->book->rows[k->book->public.n_total];
			row->node = (oray_id)(graph->first_node + i);
			row->index = i;
			row->graph = g;
			row->scope = (oray_str){"", 0};
			row->parameter_bytes.exact = true;
			k->row_of[row->node] = (oray_id)k->book->public.n_total++;
		}
	}
	return true;
}

/* Notes the graphs that a node leads into, unless their nodes have a row already. */
static bool enter(layer_maker *k, const oray_node *node)
{
	const oray_function *f = oray_model_function(k->flow->model, node->function);
	oray_attribute a;
	oray_id *next;

	if (f) {
		if (!(next = vec_push(NULL, &k->entered)))
			return false;
		*next = f->graph;
	}
	for (size_t i = 0; i < node->n_attributes; i++) {
		if (!oray_model_attribute(k->flow->model, (oray_id)(node->first_attribute + i), &a) ||
		    a.reference.size)
			continue;
		for (size_t g = 0; a.type == ORAY_ATTR_GRAPHS && g < a.count; g++) {
			if (!(next = vec_push(NULL, &k->entered)))
				return false;
			*next = a.v.ids[g];
		}
		if (a.type == ORAY_ATTR_GRAPH) {
			if (!(next = vec_push(NULL, &k->entered)))
				return false;
			*next = a.v.id;
		}
	}
	return true;
}

/* Gives the nodes of bodies and functions the row of the listed node that leads there first. */
static bool adopt_inner_nodes(layer_maker *k)
{
	oray_node node;

	for (size_t row = 0; row < k->book->public.n_total; row++) {
		if (!oray_model_node(k->flow->model, k->book->rows[row].node, &node) || !enter(k, &node))
			return false;
		while (k->entered.n) {
			const oray_graph *graph =
			    oray_model_graph(k->flow->model, k->entered.at[--k->entered.n]);
			for (size_t i = 0; graph && i < graph->n_nodes; i++) {
				oray_id id = (oray_id)(graph->first_node + i);
				if (k->row_of[id] != ORAY_NONE)
					break;
				k->row_of[id] = (oray_id)row;
				if (!oray_model_node(k->flow->model, id, &node) || !enter(k, &node))
					return false;
			}
		}
	}
	return true;
}

/* What would not fit is left out. */
static bool add_up(uint64_t *sum, uint64_t more)
{
	uint64_t result;
	bool fits = num_add(*sum, more, &result);

	if (fits)
		*sum = result;
	return fits;
}

/* The first row that reads a parameter counts it, the others share it. */
static void count_parameter(layer_maker *k, const oray_parameter *p)
{
	oray_id first = ORAY_NONE;
	oray_layer *rows = k->book->rows;

	if (!parameter_role_counts(p->role))
		return;
	for (size_t i = 0; i < p->n_used_by; i++)
		if (k->row_of[p->used_by[i]] < first)
			first = k->row_of[p->used_by[i]];
	if (first == ORAY_NONE)
		return;
	for (size_t i = 0; i < p->n_used_by; i++) {
		oray_id row = k->row_of[p->used_by[i]];
		if (row != first && row != ORAY_NONE)
			rows[row].shared = true;
	}
	if (p->elements.exact)
		add_up(&rows[first].parameters, p->elements.value);
	rows[first].parameter_bytes.exact &=
	    p->bytes.exact && add_up(&rows[first].parameter_bytes.value, p->bytes.value);
}

static bool count_parameters(layer_maker *k)
{
	oray_parameter_list *list = parameters_list(k->flow);

	if (!list)
		return false;
	for (size_t i = 0; i < list->n; i++)
		count_parameter(k, &list->tensors[i]);
	oray_parameter_list_free(list);
	return true;
}

/* @return 1 when the node is wanted, 0 when not, -1 when memory ran out. */
static int matches(layer_maker *k, oray_id id, const oray_node *node)
{
	size_t size;

	if (k->opts->op && !glob_match(k->opts->op, node->op.data, node->op.size))
		return 0;
	if (!k->opts->name)
		return 1;
	size = oray_node_label(k->flow->model, id, k->label.data, k->label.capacity);
	if (size >= k->label.capacity) {
		buf_clear(&k->label);
		buf_repeat(&k->label, " ", size + 1);
		if (!buf_ok(&k->label))
			return -1;
		oray_node_label(k->flow->model, id, k->label.data, k->label.capacity);
	}
	return glob_match(k->opts->name, k->label.data, size);
}

static void cost_of_row(layer_maker *k, oray_layer *row, const oray_node *node, const reading *r)
{
	const oray_model *model = k->flow->model;
	oray_layers *layers = &k->book->public;
	cost_kind kind = compute_cost(k->flow, row->node, node, r, &row->macs);

	if (kind == COST_INSIDE && !k->any_cost)
		row->macs = (oray_amount){0, 0, true};
	if (row->graph == 0)
		k->model_cost = oray_amount_add(model, k->model_cost, row->macs);
	if (kind == COST_INSIDE && k->opts->all)
		row->macs = (oray_amount){0, 0, true};
	row->counts_macs =
	    kind == COST_OWN || (kind == COST_INSIDE && !k->opts->all &&
	                         (!row->macs.exact || row->macs.value || row->macs.formula));
	row->memory = compute_outputs(model, node);
	row->moved = compute_moved(model, node);
	row->live = (oray_amount){0, 0, false};
	if (row->graph == 0 && row->index < k->memory.n_live)
		row->live = k->memory.live[row->index];
	layers->macs = oray_amount_add(model, layers->macs, row->macs);
	layers->memory = oray_amount_add(model, layers->memory, row->memory);
}

static bool same_amount(oray_amount a, oray_amount b)
{
	return a.value == b.value && a.formula == b.formula;
}

static bool finish_rows(layer_maker *k)
{
	oray_layers *layers = &k->book->public;
	oray_node node;

	k->any_cost = compute_costs_anything(k->flow);
	for (size_t i = 0; i < layers->n_total; i++) {
		oray_layer row = k->book->rows[i];
		const reading *r;
		int wanted;
		if (!oray_model_node(k->flow->model, row.node, &node))
			return false;
		wanted = matches(k, row.node, &node);
		r = reading_of(&k->flow->readings, &node, k->flow->context[row.graph]);
		if (wanted < 0 || !r)
			return false;
		if (!wanted)
			continue;
		row.scope = scope_of(&k->book->scopes, &node);
		cost_of_row(k, &row, &node, r);
		add_up(&layers->parameters, row.parameters);
		layers->parameter_bytes.exact &=
		    add_up(&layers->parameter_bytes.value, row.parameter_bytes.value) &&
		    row.parameter_bytes.exact;
		k->book->rows[layers->n++] = row;
	}
	layers->rows = k->book->rows;
	if (k->opts->all && layers->n == layers->n_total && oray_model_is_inferred(layers->model) &&
	    layers->macs.exact && !same_amount(layers->macs, k->model_cost)) {
		layers->branches = true;
		layers->macs = k->model_cost;
	}
	layers->peak = k->memory.peak;
	return !k->book->scopes.failed;
}

static bool make_layers(layer_maker *k)
{
	bool ok;

	k->n_nodes = oray_model_describe(k->flow->model)->n_nodes;
	k->row_of = mem_resize(NULL, NULL, 0, k->n_nodes * sizeof *k->row_of);
	ok = k->row_of != NULL;
	if (ok)
		memset(k->row_of, 0xff, k->n_nodes * sizeof *k->row_of);
	ok = ok && add_rows(k) && (k->opts->all || adopt_inner_nodes(k)) && count_parameters(k) &&
	     (!oray_model_is_inferred(k->flow->model) || memory_measure(k->flow, true, &k->memory)) &&
	     finish_rows(k);
	memory_free(&k->memory);
	mem_free(NULL, k->row_of, k->n_nodes * sizeof *k->row_of);
	vec_free(NULL, &k->entered);
	buf_free(&k->label);
	return ok;
}

oray_status oray_list_layers(const oray_model *model, const oray_layer_options *opts,
                             oray_layers **out, oray_error *err)
{
	static const oray_layer_options defaults;
	uint64_t failures = heap_failures();
	layer_book *book = heap_zeroed(1, sizeof *book);
	role_flow flow;
	layer_maker k = {
	    .flow = &flow, .opts = opts ? opts : &defaults, .book = book, .model_cost = {0, 0, true}};
	bool ok;

	*out = NULL;
	if (!book)
		return error_memory(err);
	scopes_init(&book->scopes);
	book->public.model = model;
	book->public.parameter_bytes.exact = true;
	book->public.macs = book->public.memory = (oray_amount){0, 0, true};
	ok = role_flow_build(&flow, model, NULL, NULL) && make_layers(&k);
	role_flow_free(&flow);
	if (!ok || heap_failures() != failures) {
		oray_layers_free(&book->public);
		return error_memory(err);
	}
	*out = &book->public;
	return ORAY_OK;
}

void oray_layers_free(oray_layers *layers)
{
	layer_book *book = (layer_book *)layers;

	if (!book)
		return;
	scopes_free(&book->scopes);
	heap_free(book->rows);
	heap_free(book);
}
