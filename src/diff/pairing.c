/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pairing.c - the order of the passes, and the rules that all of them keep.
 */
#include "diff/alike.h"

#include <string.h>

#include "base/heap.h"

/* Hostile models have a hundred thousand of anything; sound ones stay far below. */
enum { ROUNDS_MOST = 4, FUNCTIONS_MOST = 4096, ATTRIBUTES_MOST = 256, SLOTS_MOST = 64 };

static oray_id *nobody(size_t n)
{
	oray_id *ids = mem_zeroed(NULL, n + 1, sizeof *ids);

	if (ids)
		memset(ids, 0xff, n * sizeof *ids);
	return ids;
}

bool pairing_start(pairing *p, skeleton *a, skeleton *b, bool read_weights)
{
	*p = (pairing){.side = {a, b}, .read_weights = read_weights};
	for (unsigned side = 0; side < 2; side++) {
		const skeleton *s = p->side[side];
		p->node[side] = nobody(s->n_nodes);
		p->graph[side] = nobody(s->info->n_graphs);
		p->row[side] = nobody(s->n_rows);
		p->node_by[side] = mem_zeroed(NULL, s->n_nodes + 1, 1);
		p->row_by[side] = mem_zeroed(NULL, s->n_rows + 1, 1);
		p->row_is_sure[side] = mem_zeroed(NULL, s->n_rows + 1, 1);
		p->around[side] = mem_zeroed(NULL, s->n_nodes + 1, sizeof **p->around);
		if (!p->node[side] || !p->graph[side] || !p->row[side] || !p->node_by[side] ||
		    !p->row_by[side] || !p->row_is_sure[side] || !p->around[side])
			return false;
	}
	return true;
}

void pairing_free(pairing *p)
{
	for (unsigned side = 0; side < 2; side++) {
		heap_free(p->node[side]);
		heap_free(p->graph[side]);
		heap_free(p->row[side]);
		heap_free(p->node_by[side]);
		heap_free(p->row_by[side]);
		heap_free(p->row_is_sure[side]);
		heap_free(p->around[side]);
	}
	vec_free(NULL, &p->copies);
	vec_free(NULL, &p->queue);
}

/* ---- rules ---- */

/* Tools store a weight that several layers share once for each. */
static bool is_copy(const pairing *p, unsigned side, uint32_t row, uint32_t other)
{
	const weight_row *x = &p->side[side]->rows[row], *y = &p->side[!side]->rows[other];

	return p->read_weights && x->shape == y->shape && row_is_main(y) &&
	       alike_rows(p->side[side], row, p->side[!side], other) >= ALIKE_ENOUGH && x->sample[0];
}

/* Main weights that are known to belong together have to be read by both; 1 they are, -1 they are
 * not, 0 nothing is known. */
static int weights_agree(const pairing *p, unsigned side, oray_id x, oray_id y)
{
	const skeleton *s = p->side[side], *t = p->side[!side];
	int agree = 0;

	for (uint32_t i = 0; i < s->bones[x].n_slots && i < SLOTS_MOST; i++) {
		uint32_t row = s->slots.at[s->bones[x].first_slot + i].row;
		bool found = false;
		if (!row_is_main(&s->rows[row]) || p->row[side][row] == ORAY_NONE ||
		    !p->row_is_sure[side][row])
			continue;
		if (t->bones[y].n_slots > SLOTS_MOST)
			continue;
		for (uint32_t j = 0; j < t->bones[y].n_slots && !found; j++) {
			uint32_t other = t->slots.at[t->bones[y].first_slot + j].row;
			found = other == p->row[side][row] || is_copy(p, side, row, other);
		}
		if (!found)
			return -1;
		agree = 1;
	}
	return agree;
}

bool pairing_may(const pairing *p, oray_id a, oray_id b, pairing_level level)
{
	const bone *x = &p->side[0]->bones[a], *y = &p->side[1]->bones[b];
	int agree;

	if (p->node[0][a] != ORAY_NONE || p->node[1][b] != ORAY_NONE || x->class != y->class ||
	    (x->kind == BONE_LAYER) != (y->kind == BONE_LAYER) || x->holds != y->holds ||
	    p->graph[0][x->graph] != y->graph)
		return false;
	if (!x->n_slots && !y->n_slots)
		return true;
	agree = weights_agree(p, 0, a, b);
	if (agree < 0 || weights_agree(p, 1, b, a) < 0)
		return false;
	return agree > 0 || level == ALIKE_CLASS || x->signature == y->signature;
}

void pairing_take(pairing *p, oray_id a, oray_id b, oray_match by)
{
	oray_id *waiting;

	p->node[0][a] = b;
	p->node[1][b] = a;
	p->node_by[0][a] = p->node_by[1][b] = (uint8_t)by;
	if (p->side[0]->bones[a].kind != BONE_LAYER)
		return;
	waiting = vec_push(NULL, &p->queue);
	if (waiting)
		*waiting = a;
	else
		p->failed = true;
}

void pairing_take_rows(pairing *p, uint32_t a, uint32_t b, oray_match by, bool sure)
{
	p->row[0][a] = b;
	p->row[1][b] = a;
	p->row_by[0][a] = p->row_by[1][b] = (uint8_t)by;
	p->row_is_sure[0][a] = p->row_is_sure[1][b] = sure;
}

/* ---- graphs ---- */

static void pair_graph(pairing *p, oray_id a, oray_id b)
{
	p->graph[0][a] = b;
	p->graph[1][b] = a;
}

static bool same(oray_str a, oray_str b)
{
	return a.size == b.size && !memcmp(a.data, b.data, a.size);
}

/* Graphs that no node holds: the main one, functions by name, training graphs by their order. */
static void pair_roots(pairing *p)
{
	const oray_model *a = p->side[0]->model, *b = p->side[1]->model;
	size_t n_a = p->side[0]->info->n_graphs, n_b = p->side[1]->info->n_graphs;
	oray_id next = 0;

	if (n_a && n_b)
		pair_graph(p, 0, 0);
	for (oray_id f = 0; f < p->side[0]->info->n_functions; f++) {
		const oray_function *x = oray_model_function(a, f);
		/* tools keep their order: look on from the last one found */
		for (oray_id i = 0; i < p->side[1]->info->n_functions && i < FUNCTIONS_MOST && x; i++) {
			oray_id g = (oray_id)((next + i) % p->side[1]->info->n_functions);
			const oray_function *y = oray_model_function(b, g);
			if (!y || !same(x->name, y->name) || !same(x->domain, y->domain) ||
			    !same(x->overload, y->overload) || p->graph[1][y->graph] != ORAY_NONE)
				continue;
			pair_graph(p, x->graph, y->graph);
			next = g + 1;
			break;
		}
	}
	for (oray_id x = 1, y = 1; x < n_a; x++) {
		const oray_graph *g = oray_model_graph(a, x), *h = NULL;
		if (g->role < ORAY_GRAPH_INITIALIZATION)
			continue;
		for (; y < n_b && (h = oray_model_graph(b, y))->role != g->role; y++)
			;
		if (y < n_b)
			pair_graph(p, x, y++);
	}
}

/* The graphs an attribute holds: one, a list of them, or none. */
static size_t graphs_of(const oray_attribute *x, const oray_id **at)
{
	*at = x->type == ORAY_ATTR_GRAPHS ? x->v.ids : &x->v.id;
	return x->type == ORAY_ATTR_GRAPHS ? x->count : x->type == ORAY_ATTR_GRAPH;
}

/* Bodies of a pair of nodes, by the attribute that holds them and their place in it. */
static void pair_bodies(pairing *p, oray_id a, oray_id b)
{
	oray_node x, y;
	oray_attribute i, j;
	const oray_id *g, *h;

	if (!p->side[0]->bones[a].holds || !oray_model_node(p->side[0]->model, a, &x) ||
	    !oray_model_node(p->side[1]->model, b, &y))
		return;
	for (size_t k = 0; k < x.n_attributes && k < ATTRIBUTES_MOST; k++) {
		if (!oray_model_attribute(p->side[0]->model, (oray_id)(x.first_attribute + k), &i))
			continue;
		size_t n = graphs_of(&i, &g);
		for (size_t l = 0; l < y.n_attributes && l < ATTRIBUTES_MOST && n; l++) {
			if (!oray_model_attribute(p->side[1]->model, (oray_id)(y.first_attribute + l), &j) ||
			    i.type != j.type || !same(i.name, j.name))
				continue;
			size_t m = graphs_of(&j, &h), pairs = 0;
			for (size_t q = 0; q < n && q < m; q++)
				if (g[q] != ORAY_NONE && h[q] != ORAY_NONE && p->graph[0][g[q]] == ORAY_NONE &&
				    p->graph[1][h[q]] == ORAY_NONE) {
					pair_graph(p, g[q], h[q]);
					pairs++;
				}
			if (pairs)
				break;
		}
	}
}

static void pair_nodes(pairing *p, const oray_graph *a, const oray_graph *b)
{
	static const pairing_key keys[] = {KEY_AROUND, KEY_SIGNATURE, KEY_CLASS};

	pairing_by_names(p, a, b, false);
	pairing_by_rows(p, a, b);
	pairing_look_around(p, 0, a);
	pairing_look_around(p, 1, b);
	pairing_by_surroundings(p, a, b);
	/* what stands beside a pair is surer than what stands in the same place of the file */
	pairing_by_neighbours(p);
	for (size_t k = 0; k < sizeof keys / sizeof *keys && !p->failed; k++)
		for (unsigned round = 0; round < ROUNDS_MOST && !p->failed; round++) {
			pairing_by_sequence(p, a, b, keys[k]);
			if (!p->queue.n)
				break;
			pairing_by_neighbours(p);
		}
	p->queue.n = 0;
	pairing_by_names(p, a, b, true);
	pairing_by_readers(p, a, b);
	pairing_by_sequence(p, a, b, KEY_HELPER);
}

bool pairing_run(pairing *p)
{
	const oray_model *a = p->side[0]->model, *b = p->side[1]->model;
	oray_id *done = nobody(p->side[0]->info->n_graphs);
	bool again = done != NULL;

	pairing_find_rows(p);
	pair_roots(p);
	/* bodies have higher numbers than the graph around them, but for those of functions */
	while (again && !p->failed) {
		again = false;
		for (oray_id g = 0; g < p->side[0]->info->n_graphs && !p->failed; g++) {
			const oray_graph *graph = oray_model_graph(a, g);
			if (p->graph[0][g] == ORAY_NONE || done[g] == 0)
				continue;
			done[g] = 0;
			again = true;
			pair_nodes(p, graph, oray_model_graph(b, p->graph[0][g]));
			for (size_t i = 0; i < graph->n_nodes; i++) {
				oray_id node = (oray_id)(graph->first_node + i);
				if (p->node[0][node] != ORAY_NONE)
					pair_bodies(p, node, p->node[0][node]);
			}
		}
	}
	if (!p->failed)
		pairing_rest_of_rows(p);
	heap_free(done);
	return done && !p->failed;
}
