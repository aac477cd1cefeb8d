/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pairing_helpers.c - helpers and constants by the nodes that read what they make.
 */
#include "diff/pairing.h"

enum { INPUTS_MOST = 64 };

static oray_id maker_of(const pairing *p, unsigned side, oray_id value)
{
	oray_value v;

	return oray_model_value(p->side[side]->model, value, &v) ? v.producer : ORAY_NONE;
}

/* Two helpers of a class that make what two nodes of a pair read in the same place. */
static void try_makers(pairing *p, oray_id a, oray_id b)
{
	oray_id x = maker_of(p, 0, a), y = maker_of(p, 1, b), *waiting;

	if (x == ORAY_NONE || y == ORAY_NONE || p->side[0]->bones[x].kind == BONE_LAYER ||
	    p->side[1]->bones[y].kind == BONE_LAYER || !pairing_may(p, x, y, ALIKE_CLASS))
		return;
	pairing_take(p, x, y, ORAY_MATCH_STRUCTURE);
	waiting = vec_push(NULL, &p->queue);
	if (waiting)
		*waiting = x;
	else
		p->failed = true;
}

static void try_inputs(pairing *p, oray_id a, oray_id b)
{
	oray_node x, y;

	if (!oray_model_node(p->side[0]->model, a, &x) || !oray_model_node(p->side[1]->model, b, &y))
		return;
	for (size_t i = 0; i < x.n_inputs && i < y.n_inputs && i < INPUTS_MOST; i++)
		if (x.inputs[i] != ORAY_NONE && y.inputs[i] != ORAY_NONE)
			try_makers(p, x.inputs[i], y.inputs[i]);
}

void pairing_by_readers(pairing *p, const oray_graph *a, const oray_graph *b)
{
	for (size_t i = 0; i < a->n_outputs && i < b->n_outputs && !p->failed; i++)
		try_makers(p, a->outputs[i], b->outputs[i]);
	for (size_t i = 0; i <= a->n_nodes && !p->failed; i++) {
		while (p->queue.n && !p->failed) {
			oray_id node = p->queue.at[--p->queue.n];
			try_inputs(p, node, p->node[0][node]);
		}
		oray_id node = (oray_id)(a->first_node + i);
		if (i < a->n_nodes && p->node[0][node] != ORAY_NONE)
			try_inputs(p, node, p->node[0][node]);
	}
	p->queue.n = 0;
}
