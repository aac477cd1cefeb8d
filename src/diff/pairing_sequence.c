/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pairing_sequence.c - what stands between pairs, in the order of the file.
 *
 * The longest ascending run of pairs cuts both graphs into stretches. Free nodes of two stretches
 * that lie between the same pairs are aligned by a key, coarser from call to call.
 */
#include <string.h>

#include "base/heap.h"
#include "diff/pairing.h"

typedef struct stretch {
	pairing *p;
	VEC(oray_id) nodes[2];
	VEC(uint64_t) keys[2];
	pairing_key key;
} stretch;

static bool is_free(const stretch *t, unsigned side, oray_id node)
{
	bone_kind kind = (bone_kind)t->p->side[side]->bones[node].kind;

	return t->p->node[side][node] == ORAY_NONE && (kind == BONE_LAYER) == (t->key != KEY_HELPER);
}

static uint64_t key_of(const stretch *t, unsigned side, oray_id node)
{
	const bone *b = &t->p->side[side]->bones[node];

	switch (t->key) {
	case KEY_AROUND:
		return t->p->around[side][node];
	case KEY_SIGNATURE:
		return b->signature;
	default:
		return hash_mix(b->kind == BONE_LAYER, b->class);
	}
}

static void collect(stretch *t, unsigned side, oray_id first, oray_id end)
{
	t->nodes[side].n = t->keys[side].n = 0;
	for (oray_id node = first; node < end; node++) {
		if (!is_free(t, side, node))
			continue;
		if (!vec_reserve(NULL, &t->nodes[side], 1) || !vec_reserve(NULL, &t->keys[side], 1)) {
			t->p->failed = true;
			return;
		}
		t->nodes[side].at[t->nodes[side].n++] = node;
		t->keys[side].at[t->keys[side].n++] = key_of(t, side, node);
	}
}

static void take(void *context, size_t a, size_t b)
{
	stretch *t = context;
	oray_id x = t->nodes[0].at[a], y = t->nodes[1].at[b];

	if (pairing_may(t->p, x, y,
	                t->key == KEY_AROUND || t->key == KEY_SIGNATURE ? ALIKE_SHAPE : ALIKE_CLASS))
		pairing_take(t->p, x, y, ORAY_MATCH_STRUCTURE);
}

static void align_stretch(stretch *t, oray_id a, oray_id end_a, oray_id b, oray_id end_b)
{
	collect(t, 0, a, end_a);
	collect(t, 1, b, end_b);
	if (!t->p->failed && t->nodes[0].n && t->nodes[1].n &&
	    !align(t->keys[0].at, t->keys[0].n, t->keys[1].at, t->keys[1].n, take, t))
		t->p->failed = true;
}

void pairing_by_sequence(pairing *p, const oray_graph *a, const oray_graph *b, pairing_key key)
{
	stretch t = {.p = p, .key = key};
	oray_id from_a = a->first_node, from_b = b->first_node;
	oray_id end_a = (oray_id)(a->first_node + a->n_nodes);
	oray_id end_b = (oray_id)(b->first_node + b->n_nodes);
	oray_id *partner = mem_zeroed(NULL, a->n_nodes + 1, sizeof *partner);
	bool *keep = mem_zeroed(NULL, a->n_nodes + 1, sizeof *keep);

	for (size_t i = 0; partner && i < a->n_nodes; i++)
		partner[i] = p->node[0][a->first_node + i];
	if (partner && keep && align_ascending(partner, a->n_nodes, keep)) {
		for (size_t i = 0; i < a->n_nodes && !p->failed; i++) {
			oray_id node = (oray_id)(a->first_node + i);
			if (!keep[i])
				continue;
			align_stretch(&t, from_a, node, from_b, partner[i]);
			from_a = node + 1;
			from_b = partner[i] + 1;
		}
		align_stretch(&t, from_a, end_a, from_b, end_b);
	} else {
		p->failed = true;
	}
	for (unsigned side = 0; side < 2; side++) {
		vec_free(NULL, &t.nodes[side]);
		vec_free(NULL, &t.keys[side]);
	}
	heap_free(partner);
	heap_free(keep);
}
