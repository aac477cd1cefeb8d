/* SPDX-License-Identifier: Apache-2.0 */
#include "picture/pic_plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/heap.h"
#include "picture/pic_choose.h"
#include "picture/pic_fold.h"
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

/* -------------------------------------------------------------------------------- wires -- */

bool pic_is_row(const pic_plan *p, const oray_value *value)
{
	oray_node n;
	oray_value v = *value;
	if (v.producer != ORAY_NONE && p->fate[v.producer] == PIC_PASS &&
	    oray_model_node(p->model, v.producer, &n))
		oray_model_value(p->model, pic_source(p, n.outputs[0]), &v);
	return v.initializer != ORAY_NONE || v.sparse != ORAY_NONE ||
	       (v.producer != ORAY_NONE &&
	        (p->fate[v.producer] == PIC_ROW || p->fate[v.producer] == PIC_SHAPE));
}

/* Where a value comes from; `v` is the value in front of folded pairs. */
static uint32_t source_of(pic_plan *p, oray_id value, oray_value *v)
{
	value = pic_source(p, value);
	oray_model_value(p->model, value, v);
	oray_id producer = pic_place_of(p, v->producer);
	return producer != ORAY_NONE ? item_of_node(p, producer) : item_of_value(p, value);
}

static void wire_inputs(pic_plan *p, oray_id id, const oray_node *n)
{
	for (size_t i = 0; i < n->n_inputs; i++) {
		oray_value v;
		if (!oray_model_value(p->model, n->inputs[i], &v) || pic_is_row(p, &v))
			continue;
		uint32_t from = source_of(p, n->inputs[i], &v);
		add_wire(p, from, item_of_node(p, id), pic_carried(p, n->inputs[i]), v.graph != n->graph);
	}
}

/* Readers outside the chosen part of a value of item `from`, while they are looked for. */
typedef struct readers {
	uint32_t from, stubs, more;
	VEC(oray_id) values; /* what a chosen node makes, and what pairs behind it make of that */
} readers;

static void wire_reader(pic_plan *p, readers *r, oray_id value, oray_id use)
{
	oray_id reader = pic_place_of(p, use);
	oray_node n;
	if (reader == use && p->fate[use] == PIC_PASS && oray_model_node(p->model, use, &n)) {
		oray_id *slot = vec_push(NULL, &r->values);
		if (slot)
			*slot = n.outputs[0];
		else
			p->failed = true;
		return;
	}
	if (reader == ORAY_NONE || (p->fate[reader] != PIC_ABSENT && p->fate[reader] != PIC_STUB))
		return;
	if (r->stubs == MOST_STUBS && p->node_item[reader] == ORAY_NONE) {
		r->more++;
		return;
	}
	r->stubs++;
	add_wire(p, r->from, item_of_node(p, reader), pic_carried(p, value), reader != use);
}

/* Who outside the chosen part reads what a chosen node makes. */
static void wire_readers(pic_plan *p, oray_id id, const oray_node *n)
{
	readers r = {.from = item_of_node(p, id)};
	for (size_t i = 0; i < n->n_outputs && !p->failed; i++) {
		oray_value v;
		if (!oray_model_value(p->model, n->outputs[i], &v) || v.producer != id)
			continue;
		r.values.n = 0;
		r.stubs = r.more = 0;
		oray_id *first = vec_push(NULL, &r.values);
		if (first)
			*first = n->outputs[i];
		for (size_t k = 0; k < r.values.n; k++) {
			oray_id value = r.values.at[k], before = ORAY_NONE;
			if (!oray_model_value(p->model, value, &v) || (k && pic_source(p, value) == value))
				continue;
			for (size_t u = 0; u < v.n_uses; u++) {
				if (v.uses[u] != before)
					wire_reader(p, &r, value, v.uses[u]);
				before = v.uses[u];
			}
		}
		if (r.more)
			add_wire(p, r.from, add_item(p, PIC_MORE, n->outputs[i], r.more, n->graph),
			         n->outputs[i], false);
	}
	vec_free(NULL, &r.values);
}

static void wire_outputs(pic_plan *p, oray_id graph)
{
	const oray_graph *g = oray_model_graph(p->model, graph);
	for (size_t i = 0; i < g->n_outputs; i++) {
		oray_value v;
		bool known = oray_model_value(p->model, pic_source(p, g->outputs[i]), &v);
		oray_id producer = known ? pic_place_of(p, v.producer) : ORAY_NONE;
		if (!p->whole && (producer == ORAY_NONE || p->fate[producer] != PIC_BOX) &&
		    !pic_is_held(p, graph))
			continue;
		uint32_t output = add_item(p, PIC_OUTPUT, graph, (uint32_t)i, graph);
		if (!known)
			continue;
		uint32_t from = source_of(p, g->outputs[i], &v);
		add_wire(p, from, output, pic_carried(p, g->outputs[i]), v.graph != graph);
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
		oray_id holder = p->drawn[id] ? ORAY_NONE : pic_place_of(p, g->parent_node);
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
		uint32_t from = source_of(p, all.at[i].value, &v);
		add_wire(p, from, item_of_node(p, all.at[i].holder), pic_carried(p, all.at[i].value), true);
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
		for (size_t i = 0; (p->whole || pic_is_held(p, id)) && i < g->n_inputs; i++) {
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
	p->fate = heap_zeroed(info->n_nodes + 1, sizeof *p->fate);
	p->drawn = heap_zeroed(info->n_graphs + 1, sizeof *p->drawn);
	p->node_item = heap_get((info->n_nodes + 1) * sizeof *p->node_item);
	p->value_item = heap_get((info->n_values + 1) * sizeof *p->value_item);
	if (!p->fate || !p->drawn || !p->node_item || !p->value_item)
		return error_memory(err);
	memset(p->node_item, 0xff, (info->n_nodes + 1) * sizeof *p->node_item);
	memset(p->value_item, 0xff, (info->n_values + 1) * sizeof *p->value_item);
	pic_choose(p, drawing);
	oray_status status = pic_fold_nodes(p, pic_fold_bits(drawing), err);
	if (status != ORAY_OK)
		return status;
	place_boxes(p);
	place_wires(p);
	return p->failed ? error_memory(err) : pic_fold_groups(p, drawing, err);
}

void pic_plan_free(pic_plan *p)
{
	heap_free(p->fate);
	heap_free(p->drawn);
	heap_free(p->node_item);
	heap_free(p->value_item);
	vec_free(NULL, &p->items);
	vec_free(NULL, &p->wires);
	pic_fold_free(p);
	if (p->marks)
		pic_marks_free(p->marks);
	heap_free(p->marks);
	if (p->gone) {
		pic_plan_free(&p->gone->plan);
		heap_free(p->gone);
	}
	*p = (pic_plan){0};
}
