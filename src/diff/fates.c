/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fates.c - what became of nodes without a partner.
 *
 * The *image* of a node is the node of the other model that makes what its readers read there:
 *
 *     a:  Conv_1 ── BatchNormalization_2 ── Relu_3      b:  Conv_7 ── Relu_9
 *
 * Relu_3 is Relu_9, which reads Conv_7: the image of BatchNormalization_2. Nodes are looked at from
 * the last to the first, so that a node whose readers have no partner either takes their image.
 * An image whose partner stands before the node swallowed it; an image without a partner stands in
 * for it.
 */
#include <string.h>

#include "base/heap.h"
#include "diff/comparison.h"

enum { READERS_MOST = 16, STEPS_MOST = 8 };

typedef struct fates {
	comparison *c;
	oray_id *image[2];    /* by node */
	bool *is_constant[2]; /* by node: the other model stores what it computes */
} fates;

static oray_id producer_of(const comparison *c, unsigned of, oray_id source)
{
	oray_value v;

	return oray_model_value(c->model[of], source, &v) ? v.producer : ORAY_NONE;
}

/* What a partner reads in the place where `reader` reads `value`. */
static oray_id read_there(const comparison *c, unsigned of, oray_id reader, oray_id value)
{
	const bone *x = &c->skeleton[of].bones[reader], *y;
	oray_id partner = comparison_partner(c, of, reader);

	if (partner == ORAY_NONE)
		return ORAY_NONE;
	y = &c->skeleton[!of].bones[partner];
	for (uint32_t i = 0; i < x->n_data && i < y->n_data; i++)
		if (c->skeleton[of].data.at[x->first_data + i] == value)
			return producer_of(c, !of, c->skeleton[!of].data.at[y->first_data + i]);
	return ORAY_NONE;
}

/* Outputs of the graph stand in the same place on both sides. */
static oray_id output_there(const comparison *c, unsigned of, oray_id graph, oray_id value)
{
	const oray_graph *g = oray_model_graph(c->model[of], graph);
	oray_id other = c->pairing.graph[c->side[of]][graph];
	const oray_graph *h = other == ORAY_NONE ? NULL : oray_model_graph(c->model[!of], other);

	for (size_t i = 0; h && i < g->n_outputs && i < h->n_outputs && i < READERS_MOST; i++)
		if (g->outputs[i] < c->skeleton[of].n_values && h->outputs[i] < c->skeleton[!of].n_values &&
		    c->skeleton[of].source[g->outputs[i]] == value)
			return producer_of(c, !of, c->skeleton[!of].source[h->outputs[i]]);
	return ORAY_NONE;
}

static oray_id image_of(const fates *f, unsigned of, oray_id node)
{
	const comparison *c = f->c;
	const skeleton *s = &c->skeleton[of];
	oray_id found = ORAY_NONE;
	oray_node n;

	if (!oray_model_node(c->model[of], node, &n))
		return ORAY_NONE;
	for (size_t o = 0; o < n.n_outputs && found == ORAY_NONE; o++) {
		size_t uses;
		const oray_id *at;
		if (n.outputs[o] == ORAY_NONE || n.outputs[o] >= s->n_values)
			continue;
		at = skeleton_uses(s, n.outputs[o], &uses);
		for (size_t i = 0; i < uses && i < READERS_MOST && found == ORAY_NONE; i++)
			found = read_there(c, of, at[i], n.outputs[o]);
		if (found == ORAY_NONE)
			found = output_there(c, of, n.graph, n.outputs[o]);
		for (size_t i = 0; i < uses && i < READERS_MOST && found == ORAY_NONE; i++)
			if (at[i] > node)
				found = f->image[of][at[i]];
	}
	return found;
}

/* True when the partner of a reader finds a constant where the reader finds `value`. */
static bool constant_there(const comparison *c, unsigned of, oray_id reader, oray_id value)
{
	const skeleton *s = &c->skeleton[of], *t = &c->skeleton[!of];
	oray_id partner = comparison_partner(c, of, reader);
	oray_node n, m;

	if (partner == ORAY_NONE || !oray_model_node(c->model[of], reader, &n) ||
	    !oray_model_node(c->model[!of], partner, &m))
		return false;
	for (size_t i = 0; i < n.n_inputs && i < m.n_inputs && i < READERS_MOST; i++)
		if (n.inputs[i] < s->n_values && s->source[n.inputs[i]] == value)
			return m.inputs[i] < t->n_values && (t->facts[m.inputs[i]] & VALUE_CONSTANT);
	return false;
}

/* Nodes that compute a shape, where the other model stores it: all that read them say so. */
static bool became_constant(const fates *f, unsigned of, oray_id node)
{
	const comparison *c = f->c;
	const skeleton *s = &c->skeleton[of];
	size_t uses = 0;
	const oray_id *at;
	oray_node n;

	if (!oray_model_node(c->model[of], node, &n) || n.n_outputs != 1 || n.outputs[0] >= s->n_values)
		return false;
	at = skeleton_uses(s, n.outputs[0], &uses);
	for (size_t i = 0; i < uses; i++)
		if (!f->is_constant[of][at[i]] && !constant_there(c, of, at[i], n.outputs[0]))
			return false;
	return uses > 0;
}

/* True when the partner of `node` stands a few steps before `from`, with free nodes between. */
static bool stands_before(const comparison *c, unsigned of, oray_id node, oray_id from)
{
	for (unsigned step = 0; step < STEPS_MOST; step++) {
		const bone *b = &c->skeleton[of].bones[from];
		oray_id next = ORAY_NONE;
		for (uint32_t i = 0; i < b->n_data && i < READERS_MOST; i++) {
			oray_id p = producer_of(c, of, c->skeleton[of].data.at[b->first_data + i]);
			if (p == ORAY_NONE)
				continue;
			if (p == node)
				return true;
			if (comparison_partner(c, of, p) == ORAY_NONE && next == ORAY_NONE)
				next = p;
		}
		if (next == ORAY_NONE)
			return false;
		from = next;
	}
	return false;
}

/* Operators that leave no trace when a tool takes them out. */
static bool is_traceless(oray_str op)
{
	static const char *const ops[] = {"Reshape",   "Squeeze", "Unsqueeze", "Flatten",
	                                  "Transpose", "Expand",  "Slice",     "Concat",
	                                  "Gather",    "Shape",   "Pad"};

	for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
		if (text_is(op, ops[i]))
			return true;
	return false;
}

static bool is_quantized_class(const comparison *c, unsigned of, oray_id node)
{
	oray_node n;
	size_t uses;

	/* a rounding right behind it takes the place of a Relu or a Clip */
	if (!oray_model_node(c->model[of], node, &n) || !n.n_outputs || n.outputs[0] == ORAY_NONE)
		return false;
	if (n.op.size > 7 && !memcmp(n.op.data, "QLinear", 7))
		return true;
	oray_value v;
	if (!oray_model_value(c->model[of], n.outputs[0], &v))
		return false;
	uses = v.n_uses;
	for (size_t i = 0; i < uses && i < READERS_MOST; i++)
		if (c->skeleton[of].bones[v.uses[i]].kind == BONE_QUANTIZATION)
			return true;
	return false;
}

static const char *with_label(fates *f, const char *words, unsigned of, oray_id node)
{
	char label[200];
	buf b = {0};
	const char *kept;

	oray_node_label(f->c->model[of], node, label, sizeof label);
	buf_str(&b, words);
	buf_str(&b, label);
	kept = comparison_keep(f->c, buf_text(&b));
	f->c->failed |= !buf_ok(&b);
	buf_free(&b);
	return kept;
}

/* Adds to what a helper made real numbers again: the bias of an integer layer. */
static bool scales_up(const comparison *c, unsigned of, oray_id node)
{
	const skeleton *s = &c->skeleton[of];
	oray_id before = skeleton_before(s, node);
	oray_node n;

	return s->bones[node].n_data == 1 && before != ORAY_NONE &&
	       oray_model_node(c->model[of], before, &n) && class_accumulates(n.op);
}

/* A layer with weights takes what follows it; so does a node that became another operator. */
static bool can_absorb(const comparison *c, unsigned of, oray_id partner, oray_id image)
{
	const skeleton *s = &c->skeleton[!of];
	const bone *b = &s->bones[image];
	oray_node n, m;

	for (uint32_t i = 0; i < b->n_slots && i < READERS_MOST; i++)
		if (row_is_main(&s->rows[s->slots.at[b->first_slot + i].row]))
			return true;
	return oray_model_node(c->model[of], partner, &n) &&
	       oray_model_node(c->model[!of], image, &m) &&
	       (n.op.size != m.op.size || memcmp(n.op.data, m.op.data, n.op.size));
}

static const char *fate_of(fates *f, unsigned of, oray_id node)
{
	comparison *c = f->c;
	const bone *b = &c->skeleton[of].bones[node];
	oray_id image = f->image[of][node], partner;
	oray_node n, m;

	switch ((bone_kind)b->kind) {
	case BONE_QUANTIZATION:
		return of ? "quantization" : "quantization removed";
	case BONE_CAST:
		return of ? "type conversion" : "type conversion removed";
	case BONE_IDENTITY:
		return of ? "inserted, does nothing" : "removed, did nothing";
	case BONE_CONSTANT:
		return of ? "constant as a node" : "constant stored elsewhere";
	case BONE_FOLDED:
		return of ? "computed from constants" : "constant now";
	case BONE_LAYER:
		break;
	}
	if (!oray_model_node(c->model[of], node, &n))
		return NULL;
	if (c->pairing.graph[c->side[of]][b->graph] == ORAY_NONE)
		return of ? "inserted with its graph" : "removed with its graph";
	if (f->is_constant[of][node])
		return of ? "computed now" : "constant now";
	if (image == ORAY_NONE || !oray_model_node(c->model[!of], image, &m))
		return of ? "inserted" : "removed";
	if (scales_up(c, of, node))
		return of ? "quantization" : "quantization removed";
	partner = comparison_partner(c, !of, image);
	if (partner == ORAY_NONE)
		return with_label(f, of ? "stands for " : "replaced by ", !of, image);
	if (!stands_before(c, of, partner, node) || is_traceless(n.op))
		return of ? "inserted" : "removed";
	if (text_is(n.op, "BatchNormalization"))
		return with_label(f, of ? "taken out of " : "folded into ", !of, image);
	if ((text_is(n.op, "Relu") || text_is(n.op, "Clip")) && is_quantized_class(c, !of, image))
		return of ? "inserted" : "absorbed by quantization";
	if ((b->n_slots || b->n_data == 1) && can_absorb(c, of, partner, image))
		return with_label(f, of ? "taken out of " : "fused into ", !of, image);
	return of ? "inserted" : "removed";
}

static void add_side(fates *f, unsigned of)
{
	comparison *c = f->c;

	for (oray_id node = 0; node < c->skeleton[of].n_nodes && !c->failed; node++) {
		oray_layer_pair *l;
		if (comparison_partner(c, of, node) != ORAY_NONE)
			continue;
		l = vec_push(NULL, &c->book->layers);
		if (!l) {
			c->failed = true;
			return;
		}
		*l = (oray_layer_pair){
		    .a = of ? ORAY_NONE : node,
		    .b = of ? node : ORAY_NONE,
		    .matched_by = ORAY_MATCH_STRUCTURE,
		    .fate = fate_of(f, of, node),
		};
	}
}

void fates_add(comparison *c)
{
	fates f = {.c = c};

	for (unsigned of = 0; of < 2; of++) {
		size_t n = c->skeleton[of].n_nodes;
		f.image[of] = mem_zeroed(NULL, n + 1, sizeof *f.image[of]);
		f.is_constant[of] = mem_zeroed(NULL, n + 1, sizeof *f.is_constant[of]);
		c->failed |= !f.image[of] || !f.is_constant[of];
		for (size_t i = n; !c->failed && i-- > 0;) {
			oray_id id = (oray_id)i;
			bool alone = comparison_partner(c, of, id) == ORAY_NONE;
			f.image[of][i] = alone ? image_of(&f, of, id) : ORAY_NONE;
			f.is_constant[of][i] =
			    alone && c->skeleton[of].bones[i].kind == BONE_LAYER && became_constant(&f, of, id);
		}
	}
	for (unsigned of = 0; of < 2 && !c->failed; of++)
		add_side(&f, of);
	heap_free(f.image[0]);
	heap_free(f.image[1]);
	heap_free(f.is_constant[0]);
	heap_free(f.is_constant[1]);
}
