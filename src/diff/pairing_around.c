/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pairing_around.c - nodes by what is around them.
 *
 * The hash of a neighbourhood is that of Weisfeiler and Lehman: in each round a node mixes what its
 * neighbours knew in the round before. After three rounds it tells three layers upwards and
 * downwards, and a change further away does not disturb it.
 */
#include <stdlib.h>

#include "base/heap.h"
#include "diff/pairing.h"

enum { ROUNDS = 3, READERS_MOST = 64 };

static oray_id producer_of(const skeleton *s, oray_id source)
{
	oray_value v;

	return oray_model_value(s->model, source, &v) ? v.producer : ORAY_NONE;
}

/* What stands before an input: a node, or what kind of thing enters the graph. */
static uint64_t before(const pairing *p, unsigned side, oray_id source)
{
	const skeleton *s = p->side[side];
	oray_id producer = producer_of(s, source);
	oray_value v;

	if (producer != ORAY_NONE && producer < s->n_nodes)
		return p->around[side][producer];
	return oray_model_value(s->model, source, &v) && v.is_input ? 3 : 5;
}

static uint64_t after(const pairing *p, unsigned side, oray_id value)
{
	const skeleton *s = p->side[side];
	uint64_t sum = 7;
	size_t n;
	const oray_id *uses = skeleton_uses(s, value, &n);

	for (size_t i = 0; i < n && i < READERS_MOST; i++)
		sum += hash_mix(11, p->around[side][uses[i]]);
	return hash_mix(sum, n);
}

void pairing_look_around(pairing *p, unsigned side, const oray_graph *graph)
{
	const skeleton *s = p->side[side];
	uint64_t *next = mem_zeroed(NULL, graph->n_nodes + 1, sizeof *next);
	oray_node node;

	if (!next) {
		p->failed = true;
		return;
	}
	for (size_t i = 0; i < graph->n_nodes; i++)
		p->around[side][graph->first_node + i] = s->bones[graph->first_node + i].signature;
	for (unsigned round = 0; round < ROUNDS; round++) {
		for (size_t i = 0; i < graph->n_nodes; i++) {
			oray_id id = (oray_id)(graph->first_node + i);
			const bone *b = &s->bones[id];
			uint64_t hash = hash_mix(p->around[side][id], round);
			if (b->kind != BONE_LAYER || !oray_model_node(s->model, id, &node))
				continue;
			for (uint32_t k = 0; k < b->n_data; k++)
				hash = hash_mix(hash, before(p, side, s->data.at[b->first_data + k]));
			for (size_t o = 0; o < node.n_outputs; o++)
				if (node.outputs[o] != ORAY_NONE)
					hash = hash_mix(hash, after(p, side, node.outputs[o]));
			next[i] = hash;
		}
		for (size_t i = 0; i < graph->n_nodes; i++)
			p->around[side][graph->first_node + i] = next[i];
	}
	heap_free(next);
}

typedef struct surrounded {
	uint64_t hash;
	oray_id node;
	uint32_t side;
} surrounded;

static int by_hash(const void *x, const void *y)
{
	const surrounded *a = x, *b = y;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	if (a->side != b->side)
		return a->side < b->side ? -1 : 1;
	return (a->node > b->node) - (a->node < b->node);
}

void pairing_by_surroundings(pairing *p, const oray_graph *a, const oray_graph *b)
{
	const oray_graph *graphs[2] = {a, b};
	VEC(surrounded) all = {0};

	for (unsigned side = 0; side < 2 && !p->failed; side++)
		for (size_t i = 0; i < graphs[side]->n_nodes; i++) {
			oray_id node = (oray_id)(graphs[side]->first_node + i);
			surrounded *s;
			/* nodes that have a partner count: the hash of another may be theirs by chance */
			if (p->side[side]->bones[node].kind != BONE_LAYER)
				continue;
			s = vec_push(NULL, &all);
			if (s)
				*s = (surrounded){p->around[side][node], node, side};
			else
				p->failed = true;
		}
	if (all.n)
		qsort(all.at, all.n, sizeof *all.at, by_hash);
	for (size_t i = 0, end; i < all.n && !p->failed; i = end) {
		const surrounded *s = &all.at[i];
		for (end = i + 1; end < all.n && all.at[end].hash == s->hash; end++)
			;
		if (end == i + 2 && s[0].side == 0 && s[1].side == 1 &&
		    pairing_may(p, s[0].node, s[1].node, ALIKE_SHAPE))
			pairing_take(p, s[0].node, s[1].node, ORAY_MATCH_STRUCTURE);
	}
	vec_free(NULL, &all);
}

/* ---- neighbours ---- */

static void try_pair(pairing *p, oray_id a, oray_id b)
{
	if (a != ORAY_NONE && b != ORAY_NONE && a < p->side[0]->n_nodes && b < p->side[1]->n_nodes &&
	    p->side[0]->bones[a].kind == BONE_LAYER && p->side[1]->bones[b].kind == BONE_LAYER &&
	    pairing_may(p, a, b, ALIKE_SHAPE))
		pairing_take(p, a, b, ORAY_MATCH_STRUCTURE);
}

/* The one free reader of a class, or ORAY_NONE. */
static oray_id only_reader(const pairing *p, unsigned side, oray_id value, oray_id class)
{
	const skeleton *s = p->side[side];
	oray_id found = ORAY_NONE;
	size_t n;
	const oray_id *uses = skeleton_uses(s, value, &n);

	for (size_t i = 0; i < n && i < READERS_MOST; i++) {
		if (p->node[side][uses[i]] != ORAY_NONE || s->bones[uses[i]].class != class ||
		    uses[i] == found)
			continue;
		if (found != ORAY_NONE)
			return ORAY_NONE;
		found = uses[i];
	}
	return found;
}

static void look_down(pairing *p, oray_id a, oray_id b)
{
	oray_node x, y;
	size_t n;

	if (!oray_model_node(p->side[0]->model, a, &x) || !oray_model_node(p->side[1]->model, b, &y))
		return;
	for (size_t o = 0; o < x.n_outputs && o < y.n_outputs; o++) {
		if (x.outputs[o] == ORAY_NONE || y.outputs[o] == ORAY_NONE)
			continue;
		const oray_id *uses = skeleton_uses(p->side[0], x.outputs[o], &n);
		for (size_t i = 0; i < n && i < READERS_MOST; i++) {
			oray_id class = p->side[0]->bones[uses[i]].class;
			if (p->node[0][uses[i]] == ORAY_NONE &&
			    only_reader(p, 0, x.outputs[o], class) == uses[i])
				try_pair(p, uses[i], only_reader(p, 1, y.outputs[o], class));
		}
	}
}

static void look_up(pairing *p, oray_id a, oray_id b)
{
	const bone *x = &p->side[0]->bones[a], *y = &p->side[1]->bones[b];

	if (x->n_data != y->n_data)
		return;
	for (uint32_t i = 0; i < x->n_data; i++)
		try_pair(p, producer_of(p->side[0], p->side[0]->data.at[x->first_data + i]),
		         producer_of(p->side[1], p->side[1]->data.at[y->first_data + i]));
}

void pairing_by_neighbours(pairing *p)
{
	while (p->queue.n && !p->failed) {
		oray_id a = p->queue.at[--p->queue.n];
		look_up(p, a, p->node[0][a]);
		look_down(p, a, p->node[0][a]);
	}
}
