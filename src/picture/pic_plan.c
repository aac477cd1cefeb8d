/* SPDX-License-Identifier: Apache-2.0 */
#include "picture/pic_plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "picture/pic_marks.h"

/* Readers of one value that are drawn as stubs; the others are counted. */
#define MOST_STUBS 6

/* -------------------------------------------------------------------------------- items -- */

static uint32_t add_item(pic_plan *p, pic_kind kind, oray_id id, uint32_t index, oray_id graph)
{
	pic_item *item = p->items.n < PIC_MOST_ITEMS ? vec_push(NULL, &p->items) : NULL;
	if (!item) {
		p->failed = true;
		return ORAY_NONE;
	}
	*item = (pic_item){kind, id, index, graph};
	return (uint32_t)(p->items.n - 1);
}

static uint32_t item_of_node(pic_plan *p, oray_id node)
{
	if (p->node_item[node] == ORAY_NONE) {
		oray_node n;
		oray_model_node(p->model, node, &n);
		if (p->fate[node] == PIC_ABSENT)
			p->fate[node] = PIC_STUB;
		p->node_item[node] = add_item(p, PIC_NODE, node, 0, n.graph);
	}
	return p->node_item[node];
}

static uint32_t item_of_value(pic_plan *p, oray_id value)
{
	if (p->value_item[value] == ORAY_NONE) {
		oray_value v;
		oray_model_value(p->model, value, &v);
		p->value_item[value] = add_item(p, PIC_INPUT, value, 0, p->drawn[v.graph] ? v.graph : 0);
	}
	return p->value_item[value];
}

static void add_wire(pic_plan *p, uint32_t from, uint32_t to, oray_id value, bool captured)
{
	if (from == ORAY_NONE || to == ORAY_NONE)
		return;
	pic_wire *wire = vec_push(NULL, &p->wires);
	if (wire)
		*wire = (pic_wire){.from = from, .to = to, .value = value, .captured = captured};
	else
		p->failed = true;
}

/* ------------------------------------------------------------------------------- choice -- */

oray_id pic_root(const oray_model *model, oray_id graph)
{
	for (;;) {
		const oray_graph *g = oray_model_graph(model, graph);
		oray_node holder;
		if (!g || !oray_model_node(model, g->parent_node, &holder))
			return graph;
		graph = holder.graph;
	}
}

/* The node that stands for `node` in the picture: itself, or what holds the body it is in. */
static oray_id place_of(const pic_plan *p, oray_id node)
{
	oray_node n;
	while (oray_model_node(p->model, node, &n)) {
		if (p->drawn[n.graph])
			return node;
		node = oray_model_graph(p->model, n.graph)->parent_node;
	}
	return ORAY_NONE;
}

static void choose_all_nodes(pic_plan *p, oray_id graph)
{
	const oray_graph *g = oray_model_graph(p->model, graph);
	if (g->depth > PIC_DEEPEST)
		return;
	p->drawn[graph] = true;
	memset(p->fate + g->first_node, PIC_BOX, g->n_nodes);
}

static bool held_by_a_box(const pic_plan *p, oray_id graph)
{
	oray_node holder;
	while (oray_model_node(p->model, oray_model_graph(p->model, graph)->parent_node, &holder)) {
		if (p->fate[oray_model_graph(p->model, graph)->parent_node] == PIC_BOX)
			return true;
		graph = holder.graph;
	}
	return false;
}

static void choose_part(pic_plan *p, const oray_drawing *drawing)
{
	for (size_t i = 0; i < drawing->n_only; i++)
		if (drawing->only[i] < p->info->n_nodes)
			p->fate[drawing->only[i]] = PIC_BOX;
	for (oray_id g = 0; drawing->all && g < p->info->n_graphs; g++)
		if (held_by_a_box(p, g))
			choose_all_nodes(p, g);
	for (size_t i = 0; i < drawing->n_only; i++) {
		oray_node n;
		/* its graph, and what that is in, up to the first that is drawn already */
		for (oray_id id = drawing->only[i]; oray_model_node(p->model, id, &n) && !p->drawn[n.graph];
		     id = oray_model_graph(p->model, n.graph)->parent_node)
			p->drawn[n.graph] = true;
	}
}

static void choose_whole(pic_plan *p, bool all)
{
	for (oray_id g = 0; g < p->info->n_graphs; g++) {
		const oray_graph *root = oray_model_graph(p->model, all ? pic_root(p->model, g) : g);
		if (root->role == ORAY_GRAPH_MAIN || (all && root->role == ORAY_GRAPH_FUNCTION))
			choose_all_nodes(p, g);
	}
}

static bool is_text(oray_str s, const char *text)
{
	return s.size == strlen(text) && memcmp(s.data, text, s.size) == 0;
}

/* A Constant whose only reader is drawn becomes a row of it. */
static void fold_constants(pic_plan *p)
{
	for (oray_id id = 0; id < p->info->n_nodes; id++) {
		oray_node n;
		oray_value v;
		if (!oray_model_node(p->model, id, &n) || !p->drawn[n.graph] || n.n_outputs != 1 ||
		    n.n_inputs || !is_text(n.op, "Constant") || !is_text(n.domain, "ai.onnx"))
			continue;
		if (oray_model_value(p->model, n.outputs[0], &v) && v.n_uses == 1 && !v.is_output &&
		    v.producer == id && p->fate[v.uses[0]] == PIC_BOX)
			p->fate[id] = PIC_ROW;
	}
}

/* -------------------------------------------------------------------------------- wires -- */

bool pic_is_row(const pic_plan *p, const oray_value *v)
{
	return v->initializer != ORAY_NONE || v->sparse != ORAY_NONE ||
	       (v->producer != ORAY_NONE && p->fate[v->producer] == PIC_ROW);
}

/* Where a value comes from. */
static uint32_t source_of(pic_plan *p, oray_id value, const oray_value *v)
{
	oray_id producer = place_of(p, v->producer);
	return producer != ORAY_NONE ? item_of_node(p, producer) : item_of_value(p, value);
}

static void wire_inputs(pic_plan *p, oray_id id, const oray_node *n)
{
	for (size_t i = 0; i < n->n_inputs; i++) {
		oray_value v;
		if (oray_model_value(p->model, n->inputs[i], &v) && !pic_is_row(p, &v))
			add_wire(p, source_of(p, n->inputs[i], &v), item_of_node(p, id), n->inputs[i],
			         v.graph != n->graph);
	}
}

/* Who outside the chosen part reads what a chosen node makes. */
static void wire_readers(pic_plan *p, oray_id id, const oray_node *n)
{
	for (size_t i = 0; i < n->n_outputs; i++) {
		oray_value v;
		oray_id before = ORAY_NONE;
		uint32_t stubs = 0, more = 0;
		if (!oray_model_value(p->model, n->outputs[i], &v) || v.producer != id)
			continue;
		for (size_t u = 0; u < v.n_uses; u++) {
			oray_id reader = place_of(p, v.uses[u]);
			if (reader == ORAY_NONE || reader == before || p->fate[reader] == PIC_BOX)
				continue;
			before = reader;
			if (stubs == MOST_STUBS && p->node_item[reader] == ORAY_NONE) {
				more++;
				continue;
			}
			stubs++;
			add_wire(p, item_of_node(p, id), item_of_node(p, reader), n->outputs[i],
			         reader != v.uses[u]);
		}
		if (more)
			add_wire(p, item_of_node(p, id), add_item(p, PIC_MORE, n->outputs[i], more, n->graph),
			         n->outputs[i], false);
	}
}

static void wire_outputs(pic_plan *p, oray_id graph)
{
	const oray_graph *g = oray_model_graph(p->model, graph);
	for (size_t i = 0; i < g->n_outputs; i++) {
		oray_value v;
		bool known = oray_model_value(p->model, g->outputs[i], &v);
		oray_id producer = known ? place_of(p, v.producer) : ORAY_NONE;
		if (!p->whole && (producer == ORAY_NONE || p->fate[producer] != PIC_BOX) &&
		    !held_by_a_box(p, graph))
			continue;
		uint32_t output = add_item(p, PIC_OUTPUT, graph, (uint32_t)i, graph);
		if (known)
			add_wire(p, source_of(p, g->outputs[i], &v), output, g->outputs[i], v.graph != graph);
	}
}

/* ----------------------------------------------------------------- bodies that are not drawn -- */

typedef struct capture {
	oray_id value, holder;
} capture;

typedef VEC(capture) captures;

static int compare_captures(const void *a, const void *b)
{
	const capture *x = a, *y = b;
	if (x->holder != y->holder)
		return x->holder < y->holder ? -1 : 1;
	return x->value < y->value ? -1 : x->value > y->value;
}

static void note_capture(pic_plan *p, captures *all, oray_id value, oray_id holder)
{
	oray_value v;
	if (!oray_model_value(p->model, value, &v) || !p->drawn[v.graph] || pic_is_row(p, &v))
		return;
	capture *c = vec_push(NULL, all);
	if (c)
		*c = (capture){value, holder};
	else
		p->failed = true;
}

static void wire_captures(pic_plan *p)
{
	captures all = {0};
	for (oray_id id = 0; id < p->info->n_graphs; id++) {
		const oray_graph *g = oray_model_graph(p->model, id);
		oray_id holder = p->drawn[id] ? ORAY_NONE : place_of(p, g->parent_node);
		if (holder == ORAY_NONE || p->fate[holder] != PIC_BOX)
			continue;
		for (size_t i = 0; i < g->n_nodes; i++) {
			oray_node n;
			oray_model_node(p->model, g->first_node + (oray_id)i, &n);
			for (size_t k = 0; k < n.n_inputs; k++)
				note_capture(p, &all, n.inputs[k], holder);
		}
		for (size_t i = 0; i < g->n_outputs; i++)
			note_capture(p, &all, g->outputs[i], holder);
	}
	if (all.n)
		qsort(all.at, all.n, sizeof *all.at, compare_captures);
	for (size_t i = 0; i < all.n; i++) {
		oray_value v;
		if (i && compare_captures(&all.at[i - 1], &all.at[i]) == 0)
			continue;
		oray_model_value(p->model, all.at[i].value, &v);
		add_wire(p, source_of(p, all.at[i].value, &v), item_of_node(p, all.at[i].holder),
		         all.at[i].value, true);
	}
	vec_free(NULL, &all);
}

/* ------------------------------------------------------------------------------ the plan -- */

/* The boxes first, in file order, each graph's inputs before them; then what they touch. */
static void place_boxes(pic_plan *p)
{
	for (oray_id id = 0; id < p->info->n_graphs; id++) {
		const oray_graph *g = oray_model_graph(p->model, id);
		if (!p->drawn[id])
			continue;
		uint32_t first = (uint32_t)p->items.n;
		for (size_t i = 0; (p->whole || held_by_a_box(p, id)) && i < g->n_inputs; i++) {
			oray_value v;
			if (oray_model_value(p->model, g->inputs[i], &v) && !pic_is_row(p, &v))
				item_of_value(p, g->inputs[i]);
		}
		uint32_t after_inputs = (uint32_t)p->items.n;
		for (size_t i = 0; i < g->n_nodes; i++)
			if (p->fate[g->first_node + i] == PIC_BOX)
				item_of_node(p, g->first_node + (oray_id)i);
		if (p->items.n == first || g->parent_node == ORAY_NONE ||
		    p->fate[g->parent_node] != PIC_BOX)
			continue;
		uint32_t end = after_inputs > first ? after_inputs : first + 1;
		for (uint32_t i = first; i < end; i++)
			add_wire(p, item_of_node(p, g->parent_node), i, ORAY_NONE, false);
	}
}

static void place_wires(pic_plan *p)
{
	for (oray_id id = 0; id < p->info->n_nodes; id++) {
		oray_node n;
		if (p->fate[id] != PIC_BOX || !oray_model_node(p->model, id, &n))
			continue;
		wire_inputs(p, id, &n);
		if (!p->whole)
			wire_readers(p, id, &n);
	}
	wire_captures(p);
	for (oray_id id = 0; id < p->info->n_graphs; id++)
		if (p->drawn[id])
			wire_outputs(p, id);
}

oray_status pic_plan_make(pic_plan *p, const oray_model *model, const oray_drawing *drawing,
                          oray_error *err)
{
	static const oray_drawing everything;
	if (!drawing)
		drawing = &everything;
	const oray_model_info *info = oray_model_describe(model);
	*p = (pic_plan){.model = model, .info = info, .whole = !drawing->only};
	p->fate = calloc(info->n_nodes + 1, sizeof *p->fate);
	p->drawn = calloc(info->n_graphs + 1, sizeof *p->drawn);
	p->node_item = malloc((info->n_nodes + 1) * sizeof *p->node_item);
	p->value_item = malloc((info->n_values + 1) * sizeof *p->value_item);
	if (!p->fate || !p->drawn || !p->node_item || !p->value_item)
		return error_memory(err);
	memset(p->node_item, 0xff, (info->n_nodes + 1) * sizeof *p->node_item);
	memset(p->value_item, 0xff, (info->n_values + 1) * sizeof *p->value_item);
	if (p->whole)
		choose_whole(p, drawing->all);
	else
		choose_part(p, drawing);
	fold_constants(p);
	place_boxes(p);
	place_wires(p);
	return p->failed ? error_memory(err) : ORAY_OK;
}

void pic_plan_free(pic_plan *p)
{
	free(p->fate);
	free(p->drawn);
	free(p->node_item);
	free(p->value_item);
	vec_free(NULL, &p->items);
	vec_free(NULL, &p->wires);
	if (p->marks)
		pic_marks_free(p->marks);
	free(p->marks);
	if (p->gone) {
		pic_plan_free(&p->gone->plan);
		free(p->gone);
	}
	*p = (pic_plan){0};
}
