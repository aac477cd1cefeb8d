/* SPDX-License-Identifier: Apache-2.0 */
/*
 * select.c - a part of a graph.
 *
 * Bodies of If, Loop and Scan read values of the graphs around them, so edges are drawn between
 * *seats*: the seat of a node in a body is the node of the outermost graph that holds the body.
 *
 *     main   a --> If --> d          edges: a-If, b-If, If-d
 *                  | body: c reads b, which main computes; c's seat is If
 *     main   b ----+
 *
 * Two breadth-first walks answer all questions: along the edges, and against them. Depending on
 * and being depended on are kept apart, so a constant that everybody reads does not drag everybody
 * in. No recursion, and each edge is looked at once a walk.
 */
#include "select.h"

#include "draft.h"
#include "names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct edges {
	uint32_t *first; /**< n + 1 places in `to` */
	oray_id *to;
} edges;

typedef struct picker {
	const oray_model *model;
	size_t n;        /**< nodes */
	oray_id *seat;   /**< of each node */
	edges down, up;  /**< along the data, and against it; indexed by seats */
	uint32_t *steps; /**< one walk's distances, UNSEEN where it did not come */
	oray_id *queue;
	bool *kept; /**< selected by all kinds so far; indexed by seats */
	bool *kind; /**< selected by the present kind */
} picker;

#define UNSEEN UINT32_MAX

/* ----------------------------------------------------------------------------------- edges -- */

/** The outermost graph's node that holds each node. Holders come from graphs less deep. */
static void find_seats(picker *p)
{
	oray_node node;
	for (oray_id i = 0; oray_model_node(p->model, i, &node); i++) {
		oray_id at = i;
		const oray_graph *graph = oray_model_graph(p->model, node.graph);
		while (graph && graph->parent_node != ORAY_NONE) {
			at = graph->parent_node;
			if (!oray_model_node(p->model, at, &node))
				break;
			graph = oray_model_graph(p->model, node.graph);
		}
		p->seat[i] = at;
	}
}

/** Calls are made twice: once to count, with `to` NULL, once to fill. */
static void add_edge(edges *e, oray_id from, oray_id to)
{
	if (e->to)
		e->to[e->first[from]++] = to;
	else
		e->first[from + 1]++;
}

static void walk_edges(picker *p)
{
	oray_node node;
	oray_value value;
	for (oray_id i = 0; oray_model_node(p->model, i, &node); i++)
		for (size_t k = 0; k < node.n_inputs; k++) {
			if (node.inputs[k] == ORAY_NONE ||
			    !oray_model_value(p->model, node.inputs[k], &value) || value.producer == ORAY_NONE)
				continue;
			oray_id from = p->seat[value.producer], to = p->seat[i];
			if (from == to)
				continue;
			add_edge(&p->down, from, to);
			add_edge(&p->up, to, from);
		}
}

/** Counts become places. @return false when memory ran out. */
static bool make_room(edges *e, size_t n)
{
	for (size_t i = 0; i < n; i++)
		e->first[i + 1] += e->first[i];
	e->to = malloc((e->first[n] + (size_t)1) * sizeof *e->to);
	return e->to;
}

/** Filling moved every place to the next node's; back again. */
static void settle(edges *e, size_t n)
{
	memmove(e->first + 1, e->first, n * sizeof *e->first);
	e->first[0] = 0;
}

static bool build_edges(picker *p)
{
	walk_edges(p);
	if (!make_room(&p->down, p->n) || !make_room(&p->up, p->n))
		return false;
	walk_edges(p);
	settle(&p->down, p->n);
	settle(&p->up, p->n);
	return true;
}

/* ------------------------------------------------------------------------------------ walks -- */

static void walk_start(picker *p, size_t *waiting)
{
	memset(p->steps, 0xff, p->n * sizeof *p->steps);
	*waiting = 0;
}

static void walk_seed(picker *p, size_t *waiting, oray_id node)
{
	if (node == ORAY_NONE || p->steps[p->seat[node]] != UNSEEN)
		return;
	p->steps[p->seat[node]] = 0;
	p->queue[(*waiting)++] = p->seat[node];
}

/** Goes `far` steps from the seeds; steps[] then tells the distances. */
static void walk_run(picker *p, const edges *e, size_t waiting, size_t far)
{
	for (size_t i = 0; i < waiting; i++) {
		oray_id at = p->queue[i];
		if (p->steps[at] >= far)
			continue;
		for (uint32_t k = e->first[at]; k < e->first[at + 1]; k++) {
			oray_id next = e->to[k];
			if (p->steps[next] == UNSEEN) {
				p->steps[next] = p->steps[at] + 1;
				p->queue[waiting++] = next;
			}
		}
	}
}

/** Nodes that a name stands for when asking who depends on it, or on what it depends. */
static void seed_ref(picker *p, size_t *waiting, oray_ref ref, bool down)
{
	oray_value value;
	oray_node node;
	const oray_graph *graph;

	switch (ref.what) {
	case ORAY_REF_NODE:
		walk_seed(p, waiting, ref.id);
		break;
	case ORAY_REF_VALUE:
		if (!oray_model_value(p->model, ref.id, &value))
			break;
		for (size_t i = 0; down && i < value.n_uses; i++)
			walk_seed(p, waiting, value.uses[i]);
		if (!down)
			walk_seed(p, waiting, value.producer);
		break;
	case ORAY_REF_FUNCTION:
		for (oray_id i = 0; oray_model_node(p->model, i, &node); i++)
			if (node.function == ref.id)
				walk_seed(p, waiting, i);
		break;
	case ORAY_REF_GRAPH:
		graph = oray_model_graph(p->model, ref.id);
		for (size_t i = 0; graph && i < graph->n_nodes; i++)
			walk_seed(p, waiting, graph->first_node + (oray_id)i);
		break;
	}
}

/** Marks in kind[] what is at most `far` steps from any of the names, in one direction. */
static oray_status mark_walk(picker *p, const option_list *names, bool down, size_t far,
                             oray_error *err)
{
	size_t waiting;
	walk_start(p, &waiting);
	for (size_t i = 0; i < names->n; i++) {
		oray_ref *refs;
		size_t n;
		oray_status status = names_find(p->model, names->items[i], &refs, &n, err);
		if (status != ORAY_OK)
			return status;
		for (size_t k = 0; k < n; k++)
			seed_ref(p, &waiting, refs[k], down);
		free(refs);
	}
	walk_run(p, down ? &p->down : &p->up, waiting, far);
	for (size_t i = 0; i < p->n; i++)
		p->kind[i] |= p->steps[i] != UNSEEN;
	return ORAY_OK;
}

/* ----------------------------------------------------------------------------------- scopes -- */

/** Is `scope` the module `wanted`, or inside it? A slash at either end of it does not matter. */
static bool inside(oray_str scope, const char *wanted)
{
	while (*wanted == '/')
		wanted++;
	while (scope.size > 0 && *scope.data == '/')
		scope.data++, scope.size--;
	size_t size = strlen(wanted);
	while (size > 0 && wanted[size - 1] == '/')
		size--;
	return size > 0 && scope.size >= size && memcmp(scope.data, wanted, size) == 0 &&
	       (scope.size == size || strchr("/.", scope.data[size]));
}

static oray_status mark_scopes(picker *p, const option_list *scopes, oray_error *err)
{
	const oray_layer_options all = {.all = true};
	oray_layers *layers;
	oray_status status = oray_list_layers(p->model, &all, &layers, err);

	for (size_t i = 0; status == ORAY_OK && i < scopes->n; i++) {
		bool found = false;
		for (size_t k = 0; k < layers->n; k++)
			if (inside(layers->rows[k].scope, scopes->items[i])) {
				p->kind[p->seat[layers->rows[k].node]] = true;
				found = true;
			}
		if (!found) {
			nearest near;
			nearest_start(&near, scopes->items[i], NEAREST_KEPT);
			for (size_t k = 0; k < layers->n; k++)
				nearest_offer(&near, layers->rows[k].scope.data);
			status = names_not_found("no module is called", scopes->items[i], &near, err);
		}
	}
	oray_layers_free(layers);
	return status;
}

/* ---------------------------------------------------------------------------------- choosing -- */

static void keep_kind(picker *p)
{
	for (size_t i = 0; i < p->n; i++) {
		p->kept[i] &= p->kind[i];
		p->kind[i] = false;
	}
}

static oray_status apply(picker *p, const options *o, oray_error *err)
{
	size_t hops = o->has_hops ? o->hops : 2;
	oray_status status = ORAY_OK;

	if (o->around.n > 0) {
		status = mark_walk(p, &o->around, true, hops, err);
		if (status == ORAY_OK)
			status = mark_walk(p, &o->around, false, hops, err);
		keep_kind(p);
	}
	if (status == ORAY_OK && o->from.n > 0) {
		status = mark_walk(p, &o->from, true, SIZE_MAX, err);
		keep_kind(p);
	}
	if (status == ORAY_OK && o->to.n > 0) {
		status = mark_walk(p, &o->to, false, SIZE_MAX, err);
		keep_kind(p);
	}
	if (status == ORAY_OK && o->scope.n > 0) {
		status = mark_scopes(p, &o->scope, err);
		keep_kind(p);
	}
	return status;
}

static oray_status fail(oray_error *err, oray_status code, const char *message)
{
	*err = (oray_error){.code = code, .offset = ORAY_NO_OFFSET};
	draft_fit(message, err->message, sizeof err->message);
	return code;
}

/** Lists what was kept and can be drawn. */
static oray_status collect(picker *p, const options *o, oray_id *nodes, size_t *n, oray_error *err)
{
	oray_node node;
	bool hidden = false;
	*n = 0;
	for (oray_id i = 0; oray_model_node(p->model, i, &node); i++) {
		if (!p->kept[p->seat[i]])
			continue;
		if (node.graph == 0 || o->all)
			nodes[(*n)++] = i;
		else
			hidden = true;
	}
	if (*n > 0)
		return ORAY_OK;
	if (hidden)
		return fail(err, ORAY_ERR_NOT_FOUND,
		            "nothing to draw: that part is inside a function, which --all draws");
	if (o->from.n > 0 && o->to.n > 0 && o->around.n + o->scope.n == 0)
		return fail(err, ORAY_ERR_NOT_FOUND, "nothing to draw: no way leads from one to the other");
	return fail(err, ORAY_ERR_NOT_FOUND, "nothing to draw: no node is in all that was selected");
}

bool select_wanted(const options *o)
{
	return o->around.n + o->from.n + o->to.n + o->scope.n > 0;
}

oray_status select_nodes(const oray_model *model, const options *o, oray_id **nodes, size_t *n,
                         oray_error *err)
{
	size_t total = oray_model_describe(model)->n_nodes;
	picker p = {
	    .model = model,
	    .n = total,
	    .seat = calloc(total + 1, sizeof *p.seat),
	    .down.first = calloc(total + 1, sizeof *p.down.first),
	    .up.first = calloc(total + 1, sizeof *p.up.first),
	    .steps = calloc(total + 1, sizeof *p.steps),
	    .queue = calloc(total + 1, sizeof *p.queue),
	    .kept = calloc(total + 1, sizeof *p.kept),
	    .kind = calloc(total + 1, sizeof *p.kind),
	};
	oray_status status = ORAY_ERR_MEMORY;
	*nodes = calloc(total + 1, sizeof **nodes);

	if (*nodes && p.seat && p.down.first && p.up.first && p.steps && p.queue && p.kept && p.kind) {
		memset(p.kept, true, total);
		find_seats(&p);
		if (build_edges(&p)) {
			status = apply(&p, o, err);
			if (status == ORAY_OK)
				status = collect(&p, o, *nodes, n, err);
		}
	}
	if (status == ORAY_ERR_MEMORY)
		fail(err, status, "out of memory");
	if (status != ORAY_OK) {
		free(*nodes);
		*nodes = NULL;
	}
	free(p.seat);
	free(p.down.first);
	free(p.down.to);
	free(p.up.first);
	free(p.up.to);
	free(p.steps);
	free(p.queue);
	free(p.kept);
	free(p.kind);
	return status;
}
