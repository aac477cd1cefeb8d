/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_union.c - two models in one plan.
 *
 * The plan is that of b. What only a has is planned as a part of a; its boxes become items of their
 * own, and what they touch is replaced by the partner in b, when that is drawn.
 */
#include <string.h>

#include "base/error.h"
#include "base/heap.h"
#include "words/describe.h"
#include "picture/pic_marks.h"

/* Above so many items only what changed is drawn, and what is beside it. */
#define MOST_WHOLE 3000

/* ------------------------------------------------------------------------------- partners -- */

static bool same_name(oray_str a, oray_str b)
{
	return a.size == b.size && (!a.size || memcmp(a.data, b.data, a.size) == 0);
}

/* A value of the main graph of a model by its name, or ORAY_NONE. */
static oray_id value_named(const oray_model *model, oray_str name)
{
	oray_ref refs[8];
	size_t n = name.size ? oray_model_find(model, name, refs, 8) : 0;
	for (size_t i = 0; i < n && i < 8; i++) {
		oray_value v;
		if (refs[i].what == ORAY_REF_VALUE && oray_model_value(model, refs[i].id, &v) &&
		    v.graph == 0)
			return refs[i].id;
	}
	return ORAY_NONE;
}

/* The item in the plan of b that stands for an item of the plan of a; ORAY_NONE: none. */
static uint32_t stand_in(const pic_plan *p, const oray_difference *d, const pic_plan *before,
                         const pic_item *item)
{
	oray_value v;
	if (item->kind == PIC_NODE) {
		oray_id partner = d->partners ? d->partners[item->id] : ORAY_NONE;
		return partner < p->info->n_nodes ? p->node_item[partner] : ORAY_NONE;
	}
	if (item->kind == PIC_INPUT && oray_model_value(before->model, item->id, &v)) {
		oray_id value = value_named(p->model, v.name);
		return value != ORAY_NONE ? p->value_item[value] : ORAY_NONE;
	}
	const oray_graph *a = oray_model_graph(before->model, 0), *b = oray_model_graph(p->model, 0);
	if (item->kind != PIC_OUTPUT || item->id != 0 || !a || !b || item->index >= a->n_outputs ||
	    !oray_model_value(before->model, a->outputs[item->index], &v))
		return ORAY_NONE;
	for (size_t i = 0; i < p->items.n; i++) {
		const pic_item *x = &p->items.at[i];
		oray_value w;
		if (x->kind == PIC_OUTPUT && x->id == 0 &&
		    oray_model_value(p->model, b->outputs[x->index], &w) &&
		    (same_name(v.name, w.name) || a->n_outputs == 1))
			return (uint32_t)i;
	}
	return ORAY_NONE;
}

/* ---------------------------------------------------------------------------------- union -- */

/* Where a constant is stored is not worth a box. */
static bool is_constant(const oray_model *model, const pic_item *item)
{
	oray_node node;
	return item->kind == PIC_NODE && oray_model_node(model, item->id, &node) &&
	       str_is(node.op, "Constant") && str_is(node.domain, "ai.onnx");
}

static uint32_t group_of(uint32_t *parent, uint32_t i)
{
	while (parent[i] != i)
		i = parent[i] = parent[parent[i]];
	return i;
}

/*
 * Which items hang together with something that is drawn of b: for a part that somebody chose, the
 * rest is elsewhere. `near` has room for every item of the other plan.
 */
static bool find_near(const pic_plan *before, const uint32_t *to, bool *near)
{
	size_t n = before->items.n;
	uint32_t *parent = heap_get((n + 1) * sizeof *parent);
	for (size_t i = 0; parent && i < n; i++)
		parent[i] = (uint32_t)i;
	for (unsigned pass = 0; parent && pass < 2; pass++)
		for (size_t i = 0; i < before->wires.n; i++) {
			const pic_wire *w = &before->wires.at[i];
			bool from = to[w->from] == ORAY_NONE, there = to[w->to] == ORAY_NONE;
			if (!pass && from && there)
				parent[group_of(parent, w->from)] = group_of(parent, w->to);
			else if (pass && from != there)
				near[group_of(parent, from ? w->from : w->to)] = true;
		}
	for (size_t i = 0; parent && i < n; i++)
		near[i] = near[group_of(parent, (uint32_t)i)];
	heap_free(parent);
	return parent != NULL;
}

/* `to`: by item of the other plan, its item in this one; ORAY_NONE: it is left out. */
static bool move_items(pic_plan *p, const pic_plan *before, uint32_t *to, const bool *near)
{
	for (size_t i = 0; i < before->items.n; i++) {
		const pic_item *item = &before->items.at[i];
		if (to[i] != ORAY_NONE || !near[i] || is_constant(before->model, item))
			continue;
		pic_item *slot = p->items.n < PIC_MOST_ITEMS ? vec_push(NULL, &p->items) : NULL;
		if (!slot)
			return false;
		*slot = (pic_item){PIC_GONE, (oray_id)i, 0, 0};
		to[i] = (uint32_t)(p->items.n - 1);
	}
	return true;
}

static bool move_wires(pic_plan *p, const pic_plan *before, const uint32_t *to)
{
	for (size_t i = 0; i < before->wires.n; i++) {
		pic_wire wire = before->wires.at[i];
		wire.from = to[wire.from];
		wire.to = to[wire.to];
		wire.gone = true;
		if (wire.from == ORAY_NONE || wire.to == ORAY_NONE)
			continue;
		if (p->items.at[wire.from].kind != PIC_GONE && p->items.at[wire.to].kind != PIC_GONE)
			continue;
		pic_wire *slot = vec_push(NULL, &p->wires);
		if (!slot)
			return false;
		*slot = wire;
	}
	return true;
}

static bool move_all(pic_plan *p, const oray_difference *d, const pic_plan *before, bool chosen)
{
	size_t n = before->items.n;
	uint32_t *to = heap_get((n + 1) * sizeof *to);
	bool *near = heap_get(n + 1), fine = to && near;
	for (size_t i = 0; fine && i < n; i++) {
		const pic_item *item = &before->items.at[i];
		bool own = item->kind == PIC_NODE && before->fate[item->id] == PIC_BOX;
		to[i] = own ? ORAY_NONE : stand_in(p, d, before, item);
		near[i] = !chosen;
	}
	fine = fine && (!chosen || find_near(before, to, near));
	fine = fine && move_items(p, before, to, near) && move_wires(p, before, to);
	heap_free(to);
	heap_free(near);
	return fine;
}

static oray_id *removed_nodes(const oray_difference *d, size_t *n)
{
	const oray_graph *main = oray_model_graph(d->a, 0);
	oray_id *nodes = heap_zeroed(d->n_layers + 1, sizeof *nodes);
	*n = 0;
	for (size_t i = 0; nodes && main && i < d->n_layers; i++) {
		oray_node node;
		if (d->layers[i].b == ORAY_NONE && oray_model_node(d->a, d->layers[i].a, &node) &&
		    node.graph == 0 && !str_is(node.op, "Constant"))
			nodes[(*n)++] = d->layers[i].a;
	}
	return nodes;
}

oray_status pic_union(pic_plan *p, const oray_difference *d, bool chosen, oray_error *err)
{
	oray_drawing part = {.theme = NULL};
	oray_id *nodes = removed_nodes(d, &part.n_only);
	bool fine = true;
	p->gone = heap_zeroed(1, sizeof *p->gone);
	if (!nodes || !p->gone) {
		heap_free(nodes);
		return error_memory(err);
	}
	pic_plan *before = &p->gone->plan;
	part.only = nodes;
	oray_status status = pic_plan_make(before, d->a, &part, err);
	before->marks = heap_zeroed(1, sizeof *before->marks);
	if (status == ORAY_OK)
		status =
		    before->marks ? pic_marks_changed(before->marks, d, false, err) : error_memory(err);
	if (status == ORAY_OK) {
		fine = move_all(p, d, before, chosen);
		p->marks->count[THEME_REMOVED] = part.n_only;
	}
	heap_free(nodes);
	return fine ? status : error_memory(err);
}

/* ------------------------------------------------------------------------------- planning -- */

/* Constants that are written into boxes are not counted. */
static void count_states(pic_plan *p)
{
	const oray_graph *main = oray_model_graph(p->model, 0);
	for (size_t i = 0; main && i < main->n_nodes; i++)
		if (p->fate[main->first_node + i] != PIC_ROW)
			p->marks->count[p->marks->state[main->first_node + i]]++;
}

/* Nodes of the main graph of b that changed. */
static oray_id *changed_nodes(const pic_marks *m, const oray_model *model, size_t *n)
{
	const oray_graph *main = oray_model_graph(model, 0);
	oray_id *nodes = heap_zeroed((main ? main->n_nodes : 0) + 1, sizeof *nodes);
	*n = 0;
	for (size_t i = 0; nodes && main && i < main->n_nodes; i++)
		if (m->state[main->first_node + i] != THEME_KEPT)
			nodes[(*n)++] = main->first_node + (oray_id)i;
	return nodes;
}

/* The plan again, without what did not change. */
static oray_status plan_part(pic_plan *p, const oray_drawing *drawing, oray_error *err)
{
	oray_drawing what = *drawing;
	const oray_model *model = p->model;
	pic_marks *marks = p->marks;
	oray_id *nodes = changed_nodes(marks, model, &what.n_only);
	if (!nodes)
		return error_memory(err);
	p->marks = NULL;
	pic_plan_free(p);
	what.only = nodes;
	oray_status status = pic_plan_make(p, model, &what, err);
	p->marks = marks;
	marks->is_part = true;
	heap_free(nodes);
	return status;
}

static oray_status plan_both(pic_plan *p, const oray_drawing *drawing, oray_error *err)
{
	oray_status status = ORAY_OK;
	count_states(p);
	if (!drawing->only && !drawing->all && p->items.n > MOST_WHOLE)
		status = plan_part(p, drawing, err);
	return status == ORAY_OK ? pic_union(p, drawing->difference, drawing->only != NULL, err)
	                         : status;
}

oray_status pic_plan_marked(pic_plan *plan, const oray_model *model, const oray_drawing *drawing,
                            oray_error *err)
{
	const oray_difference *d = drawing ? drawing->difference : NULL;
	oray_status status = pic_plan_make(plan, model, drawing, err);
	if (status != ORAY_OK)
		return status;
	plan->marks = heap_zeroed(1, sizeof *plan->marks);
	if (!plan->marks)
		return error_memory(err);
	if (!d)
		return pic_marks_quantized(plan->marks, model, err);
	status = pic_marks_changed(plan->marks, d, true, err);
	return status == ORAY_OK ? plan_both(plan, drawing, err) : status;
}
