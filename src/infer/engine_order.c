/* SPDX-License-Identifier: Apache-2.0 */
/*
 * engine_order.c - an order of nodes in which everything is made before it is read.
 *
 * Nearly all graphs are written in such an order, and then nothing is stored. For the others:
 * Kahn's algorithm, where a node also waits for what its bodies read from outside. Nodes that wait
 * for each other in a circle come last, as written.
 */
#include <string.h>

#include "infer/engine.h"

/* The node of `graph` that holds a node, at whatever depth; ORAY_NONE when it is elsewhere. */
static oray_id holder_in(const oray_model *m, oray_id node, oray_id graph)
{
	while (node != ORAY_NONE && m->nodes.at[node].graph != graph)
		node = m->graphs.at[m->nodes.at[node].graph].parent_node;
	return node;
}

static oray_id producer(const oray_model *m, oray_id value)
{
	return value != ORAY_NONE && m->values.at[value].flags & VALUE_FROM_NODE
	           ? m->values.at[value].source
	           : ORAY_NONE;
}

/* True when something reads, at any depth, what only a later node of its graph makes. */
static bool mark_unsorted(infer *x, bool *unsorted)
{
	const oray_model *m = x->m;
	bool any = false;
	for (oray_id n = 0; n < m->nodes.n; n++) {
		const model_node *node = &m->nodes.at[n];
		for (uint32_t i = 0; i < node->n_inputs; i++) {
			oray_id value = m->edges.at[node->edges + i], from = producer(m, value);
			if (from == ORAY_NONE)
				continue;
			oray_id graph = m->nodes.at[from].graph;
			oray_id reader = node->graph == graph ? n : holder_in(m, n, graph);
			if (reader != ORAY_NONE && reader <= from)
				any = unsorted[graph] = true;
		}
	}
	return any;
}

typedef struct sorter {
	infer *x;
	uint32_t *waits; /* by node: edges that it waits for */
	oray_id *ready;  /* the order, grown at its end */
} sorter;

/* Calls of `visit` for each edge from a node of the graph to one that waits for it. */
static void each_reader(sorter *s, oray_id node, void (*visit)(sorter *s, oray_id reader, size_t *n),
                        size_t *n)
{
	const oray_model *m = s->x->m;
	const model_node *made = &m->nodes.at[node];
	uint32_t n_out = model_n_outputs(m, node);
	for (uint32_t i = 0; i < n_out; i++) {
		oray_id value = m->edges.at[made->edges + made->n_inputs + i];
		if (value == ORAY_NONE || producer(m, value) != node)
			continue;
		uint32_t uses = model_n_uses(m, value);
		for (uint32_t k = 0; k < uses; k++) {
			oray_id reader = holder_in(m, m->uses.at[m->values.at[value].uses + k], made->graph);
			if (reader != ORAY_NONE)
				visit(s, reader, n);
		}
	}
}

static void add_wait(sorter *s, oray_id reader, size_t *n)
{
	(void)n;
	s->waits[reader]++;
}

static void take_wait(sorter *s, oray_id reader, size_t *n)
{
	if (--s->waits[reader] == 0)
		s->ready[(*n)++] = reader;
}

static void sort_graph(sorter *s, const oray_graph *g)
{
	oray_id end = (oray_id)(g->first_node + g->n_nodes);
	size_t n = 0;
	s->ready = s->x->sorted + g->first_node;
	for (oray_id i = g->first_node; i < end; i++)
		each_reader(s, i, add_wait, NULL);
	for (oray_id i = g->first_node; i < end; i++)
		if (!s->waits[i])
			s->ready[n++] = i;
	for (size_t i = 0; i < n; i++)
		each_reader(s, s->ready[i], take_wait, &n);
	for (oray_id i = g->first_node; i < end; i++)
		if (s->waits[i])
			s->ready[n++] = i;
}

bool engine_order(infer *x)
{
	const oray_model *m = x->m;
	size_t n_graphs = m->graphs.n, n_nodes = m->nodes.n;
	bool *unsorted = mem_resize(x->budget, NULL, 0, n_graphs);
	if (!unsorted)
		return false;
	memset(unsorted, 0, n_graphs);
	bool ok = true;
	if (mark_unsorted(x, unsorted)) {
		sorter s = {.x = x, .waits = mem_resize(x->budget, NULL, 0, n_nodes * sizeof *s.waits)};
		x->sorted = mem_resize(x->budget, NULL, 0, n_nodes * sizeof *x->sorted);
		ok = s.waits && x->sorted;
		if (ok)
			memset(s.waits, 0, n_nodes * sizeof *s.waits);
		for (size_t g = 0; ok && g < n_graphs; g++) {
			const oray_graph *graph = &m->graphs.at[g];
			for (size_t i = 0; i < graph->n_nodes; i++)
				x->sorted[graph->first_node + i] = (oray_id)(graph->first_node + i);
			if (unsorted[g])
				sort_graph(&s, graph);
		}
		mem_free(x->budget, s.waits, n_nodes * sizeof *s.waits);
	}
	mem_free(x->budget, unsorted, n_graphs);
	return ok;
}
