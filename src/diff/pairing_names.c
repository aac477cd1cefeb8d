/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pairing_names.c - nodes by their names and the names of what they make.
 *
 * Names go into one sorted list of both sides; a name that stands there once for each side is a
 * candidate. A layer makes every value that stands for its output, so the name that a toolchain
 * moved behind a pair of helpers counts as well. A name that is only an operator and a number, or a
 * number, may have been given anew by a tool: it counts when node and output both say so.
 */
#include <stdlib.h>
#include <string.h>

#include "base/heap.h"
#include "diff/pairing.h"

typedef struct named {
	oray_id name;
	oray_id node;
	uint8_t side;
} named;

typedef VEC(named) names;

static int by_name(const void *x, const void *y)
{
	const named *a = x, *b = y;

	if (a->name != b->name)
		return a->name < b->name ? -1 : 1;
	if (a->side != b->side)
		return a->side < b->side ? -1 : 1;
	return (a->node > b->node) - (a->node < b->node);
}

static void add_name(pairing *p, names *all, oray_id name, oray_id node, unsigned side)
{
	named *n;

	if (name == ORAY_NONE)
		return;
	n = vec_push(NULL, all);
	if (n)
		*n = (named){name, node, (uint8_t)side};
	else
		p->failed = true;
}

static bool is_wanted(const pairing *p, unsigned side, const oray_graph *g, oray_id node,
                      bool helpers)
{
	return node >= g->first_node && node - g->first_node < g->n_nodes &&
	       p->node[side][node] == ORAY_NONE &&
	       (p->side[side]->bones[node].kind != BONE_LAYER) == helpers;
}

static void collect_nodes(pairing *p, names *all, unsigned side, const oray_graph *g, bool helpers)
{
	for (size_t i = 0; i < g->n_nodes; i++) {
		oray_id node = (oray_id)(g->first_node + i);
		if (is_wanted(p, side, g, node, helpers))
			add_name(p, all, p->side[side]->bones[node].name, node, side);
	}
}

/* The layer that makes what a value stands for; helpers make what they write. */
static void collect_outputs(pairing *p, names *all, unsigned side, const oray_graph *g,
                            bool helpers)
{
	const skeleton *s = p->side[side];
	oray_node node;
	oray_value v;

	for (size_t i = 0; i < g->n_nodes; i++) {
		oray_id id = (oray_id)(g->first_node + i);
		if (!oray_model_node(s->model, id, &node))
			continue;
		for (size_t o = 0; o < node.n_outputs; o++) {
			oray_id maker = id, value = node.outputs[o];
			if (value == ORAY_NONE || !oray_model_value(s->model, value, &v))
				continue;
			if (!helpers) {
				oray_value source;
				if (!oray_model_value(s->model, s->source[value], &source) ||
				    source.producer == ORAY_NONE)
					continue;
				maker = source.producer;
			}
			if (is_wanted(p, side, g, maker, helpers))
				add_name(p, all,
				         helpers ? strings_add(s->words, v.name.data, v.name.size)
				                 : name_of_value(s->words, v.name),
				         maker, side);
		}
	}
}

/* Sorts, and forgets repetitions. */
static void put_in_order(names *all)
{
	size_t kept = 0;

	if (all->n)
		qsort(all->at, all->n, sizeof *all->at, by_name);
	for (size_t i = 0; i < all->n; i++)
		if (!kept || by_name(&all->at[kept - 1], &all->at[i]))
			all->at[kept++] = all->at[i];
	all->n = kept;
}

/* Calls `take` for names that stand for one node on each side. */
static void each_pair(pairing *p, const names *all,
                      void (*take)(pairing *p, oray_id name, oray_id a, oray_id b, void *context),
                      void *context)
{
	for (size_t i = 0, end; i < all->n; i = end) {
		const named *n = &all->at[i];
		for (end = i + 1; end < all->n && all->at[end].name == n->name; end++)
			;
		if (end == i + 2 && n[0].side == 0 && n[1].side == 1)
			take(p, n->name, n[0].node, n[1].node, context);
	}
}

/* What output names say: by index of the node of side 0, the partner; in `context`. */
typedef struct output_word {
	oray_id first;
	oray_id *partner;
	uint8_t *tells;
} output_word;

static void note_output(pairing *p, oray_id name, oray_id a, oray_id b, void *context)
{
	output_word *w = context;
	bool tells = name_tells(strings_get(p->side[0]->words, name));
	size_t i = a - w->first;

	if (!pairing_may(p, a, b, ALIKE_CLASS) ||
	    (w->partner[i] != ORAY_NONE && (w->tells[i] || !tells)))
		return;
	w->partner[i] = b;
	w->tells[i] = tells;
}

static void take_name(pairing *p, oray_id name, oray_id a, oray_id b, void *context)
{
	const output_word *w = context;
	(void)name;

	if (pairing_may(p, a, b, ALIKE_CLASS) &&
	    (w->partner[a - w->first] == b ||
	     (p->side[0]->bones[a].has_name && p->side[1]->bones[b].has_name)))
		pairing_take(p, a, b, ORAY_MATCH_NAME);
}

void pairing_by_names(pairing *p, const oray_graph *a, const oray_graph *b, bool helpers)
{
	names nodes = {0}, outputs = {0};
	output_word w = {
	    .first = a->first_node,
	    .partner = mem_zeroed(NULL, a->n_nodes + 1, sizeof *w.partner),
	    .tells = mem_zeroed(NULL, a->n_nodes + 1, 1),
	};

	if (!w.partner || !w.tells) {
		p->failed = true;
	} else {
		for (size_t i = 0; i < a->n_nodes; i++)
			w.partner[i] = ORAY_NONE;
		collect_outputs(p, &outputs, 0, a, helpers);
		collect_outputs(p, &outputs, 1, b, helpers);
		put_in_order(&outputs);
		each_pair(p, &outputs, note_output, &w);
		collect_nodes(p, &nodes, 0, a, helpers);
		collect_nodes(p, &nodes, 1, b, helpers);
		put_in_order(&nodes);
		each_pair(p, &nodes, take_name, &w);
		for (size_t i = 0; i < a->n_nodes; i++) {
			oray_id node = (oray_id)(a->first_node + i);
			if (w.partner[i] != ORAY_NONE && w.tells[i] &&
			    pairing_may(p, node, w.partner[i], ALIKE_CLASS))
				pairing_take(p, node, w.partner[i], ORAY_MATCH_OUTPUT);
		}
	}
	heap_free(w.partner);
	heap_free(w.tells);
	vec_free(NULL, &nodes);
	vec_free(NULL, &outputs);
}
