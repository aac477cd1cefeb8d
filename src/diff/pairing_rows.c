/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pairing_rows.c - which weight of one model is which weight of the other.
 *
 * Before nodes are paired: weights of one name and shape, of which the contents do not say that
 * they are strangers; then weights that look alike (alike.c). These decide about nodes. After the
 * nodes: weights in the same place of a pair; those of a node that was folded into its neighbour;
 * then what is left, by name.
 */
#include <stdlib.h>
#include <string.h>

#include "diff/alike.h"
#include "diff/pairing.h"

enum { IS_COPY = 2 }; /* in row_is_sure */

typedef struct named_row {
	oray_id name;
	uint32_t row;
	uint32_t side;
} named_row;

static int by_name(const void *x, const void *y)
{
	const named_row *a = x, *b = y;

	if (a->name != b->name)
		return a->name < b->name ? -1 : 1;
	if (a->side != b->side)
		return a->side < b->side ? -1 : 1;
	return (a->row > b->row) - (a->row < b->row);
}

static bool may_pair(const pairing *p, uint32_t a, uint32_t b)
{
	const weight_row *x = &p->side[0]->rows[a], *y = &p->side[1]->rows[b];

	return p->row[0][a] == ORAY_NONE && p->row[1][b] == ORAY_NONE && x->is_compared &&
	       y->is_compared;
}

/* Calls `take` for free rows whose name occurs once on each side. */
static void each_name(pairing *p, void (*take)(pairing *p, uint32_t a, uint32_t b))
{
	VEC(named_row) all = {0};

	for (unsigned side = 0; side < 2; side++)
		for (uint32_t i = 0; i < p->side[side]->n_rows && !p->failed; i++) {
			const weight_row *row = &p->side[side]->rows[i];
			named_row *n;
			if (!row->is_compared || row->name == ORAY_NONE || p->row[side][i] != ORAY_NONE)
				continue;
			n = vec_push(NULL, &all);
			if (n)
				*n = (named_row){row->name, i, side};
			else
				p->failed = true;
		}
	if (all.n)
		qsort(all.at, all.n, sizeof *all.at, by_name);
	for (size_t i = 0, end; i < all.n && !p->failed; i = end) {
		const named_row *n = &all.at[i];
		for (end = i + 1; end < all.n && all.at[end].name == n->name; end++)
			;
		if (end == i + 2 && n[0].side == 0 && n[1].side == 1 && may_pair(p, n[0].row, n[1].row))
			take(p, n[0].row, n[1].row);
	}
	vec_free(NULL, &all);
}

static void take_named(pairing *p, uint32_t a, uint32_t b)
{
	const weight_row *x = &p->side[0]->rows[a], *y = &p->side[1]->rows[b];
	oray_str name = strings_get(p->side[0]->words, x->name);

	if (x->shape != y->shape || !name_tells(name))
		return;
	if (!p->read_weights || alike_rows(p->side[0], a, p->side[1], b) >= ALIKE_ENOUGH)
		pairing_take_rows(p, a, b, ORAY_MATCH_NAME, true);
}

void pairing_find_rows(pairing *p)
{
	each_name(p, take_named);
	if (p->read_weights && !p->failed)
		alike_find(p);
}

/* The one layer of a graph that reads a row. */
static oray_id reader_in(const pairing *p, unsigned side, const oray_graph *g, uint32_t row)
{
	const weight_row *w = &p->side[side]->rows[row];

	return w->readers == 1 && w->reader >= g->first_node && w->reader - g->first_node < g->n_nodes
	           ? w->reader
	           : ORAY_NONE;
}

void pairing_by_rows(pairing *p, const oray_graph *a, const oray_graph *b)
{
	for (size_t i = 0; i < a->n_nodes; i++) {
		oray_id node = (oray_id)(a->first_node + i), other;
		const bone *x = &p->side[0]->bones[node];
		for (uint32_t k = 0; k < x->n_slots && p->node[0][node] == ORAY_NONE; k++) {
			uint32_t row = p->side[0]->slots.at[x->first_slot + k].row;
			if (p->row[0][row] == ORAY_NONE || !p->row_is_sure[0][row] ||
			    reader_in(p, 0, a, row) != node)
				continue;
			other = reader_in(p, 1, b, p->row[0][row]);
			if (other != ORAY_NONE && pairing_may(p, node, other, ALIKE_CLASS))
				pairing_take(p, node, other, ORAY_MATCH_WEIGHTS);
		}
	}
}

/* ---- after the nodes ---- */

/* How well two rows of a pair of nodes go together; 0: not at all. */
static unsigned fit(const pairing *p, uint32_t a, uint32_t b, bool same_input)
{
	const weight_row *x = &p->side[0]->rows[a], *y = &p->side[1]->rows[b];
	unsigned points = 0;

	if (!may_pair(p, a, b) || row_is_main(x) != row_is_main(y))
		return 0;
	points += x->shape == y->shape ? 8 : 0;
	points += x->role == y->role ? 4 : 0;
	points += x->name == y->name && x->name != ORAY_NONE ? 2 : 0;
	points += same_input;
	return points >= 4 ? points : 0;
}

/* What a node adds to its channels, of a normalization; otherwise anything it reads. */
static bool may_move(const skeleton *s, oray_id node, uint32_t input)
{
	oray_str class = strings_get(s->words, s->bones[node].class);

	return input == 2 || !text_is(class, "BatchNormalization");
}

/* Weights that node x of side 0 reads with those that y reads; the best fits first. */
static void pair_slots(pairing *p, oray_id x, oray_id y, oray_match by)
{
	const bone *a = &p->side[0]->bones[x], *b = &p->side[1]->bones[y];

	for (;;) {
		unsigned best = 0;
		uint32_t best_a = 0, best_b = 0;
		for (uint32_t i = 0; i < a->n_slots && i < 64; i++) {
			const bone_slot *s = &p->side[0]->slots.at[a->first_slot + i];
			if (p->row[0][s->row] != ORAY_NONE ||
			    (a->class != b->class && !may_move(p->side[0], x, s->input)))
				continue;
			for (uint32_t j = 0; j < b->n_slots && j < 64; j++) {
				const bone_slot *t = &p->side[1]->slots.at[b->first_slot + j];
				if (a->class != b->class && !may_move(p->side[1], y, t->input))
					continue;
				unsigned points = fit(p, s->row, t->row, s->input == t->input);
				if (points > best) {
					best = points;
					best_a = s->row;
					best_b = t->row;
				}
			}
		}
		if (!best)
			return;
		const weight_row *r = &p->side[0]->rows[best_a], *t = &p->side[1]->rows[best_b];
		pairing_take_rows(p, best_a, best_b,
		                  r->name == t->name && r->name != ORAY_NONE ? ORAY_MATCH_NAME : by, false);
	}
}

/* An Add behind a MatMul on one side is the bias of a Gemm on the other. */
static void pair_absorbed(pairing *p, oray_id x, oray_id y)
{
	oray_id a = skeleton_after(p->side[0], x), b = skeleton_after(p->side[1], y);

	if (a != ORAY_NONE && p->node[0][a] == ORAY_NONE)
		pair_slots(p, a, y, ORAY_MATCH_STRUCTURE);
	if (b != ORAY_NONE && p->node[1][b] == ORAY_NONE)
		pair_slots(p, x, b, ORAY_MATCH_STRUCTURE);
}

static void take_rest(pairing *p, uint32_t a, uint32_t b)
{
	const weight_row *x = &p->side[0]->rows[a], *y = &p->side[1]->rows[b];

	if (x->shape == y->shape && x->role == y->role)
		pairing_take_rows(p, a, b, ORAY_MATCH_NAME, false);
}

/* A weight that several layers share may have become several: one has a partner already. */
static void note_copies(pairing *p, oray_id x, oray_id y)
{
	const bone *a = &p->side[0]->bones[x], *b = &p->side[1]->bones[y];

	for (uint32_t i = 0; i < a->n_slots && i < 64; i++)
		for (uint32_t j = 0; j < b->n_slots && j < 64; j++) {
			uint32_t r = p->side[0]->slots.at[a->first_slot + i].row;
			uint32_t t = p->side[1]->slots.at[b->first_slot + j].row;
			const weight_row *m = &p->side[0]->rows[r], *n = &p->side[1]->rows[t];
			pairing_copy *copy;
			if ((p->row[0][r] == ORAY_NONE) == (p->row[1][t] == ORAY_NONE) || !row_is_main(m) ||
			    !row_is_main(n) || m->shape != n->shape || !m->is_compared || !n->is_compared ||
			    p->row_is_sure[0][r] == IS_COPY || p->row_is_sure[1][t] == IS_COPY)
				continue;
			copy = vec_push(NULL, &p->copies);
			if (!copy) {
				p->failed = true;
				return;
			}
			*copy = (pairing_copy){{r, t}, {x, y}};
			*(p->row[0][r] == ORAY_NONE ? &p->row_is_sure[0][r] : &p->row_is_sure[1][t]) = IS_COPY;
		}
}

void pairing_rest_of_rows(pairing *p)
{
	for (unsigned pass = 0; pass < 2; pass++)
		for (oray_id x = 0; x < p->side[0]->n_nodes; x++) {
			oray_id y = p->node[0][x];
			if (y == ORAY_NONE)
				continue;
			if (pass)
				pair_absorbed(p, x, y);
			else
				pair_slots(p, x, y, (oray_match)p->node_by[0][x]);
		}
	each_name(p, take_rest);
	for (oray_id x = 0; x < p->side[0]->n_nodes && !p->failed; x++)
		if (p->node[0][x] != ORAY_NONE)
			note_copies(p, x, p->node[0][x]);
}
