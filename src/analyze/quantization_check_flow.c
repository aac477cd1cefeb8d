/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quantization_check_flow.c - what looks wrong about where quantized values come from and go to.
 */
#include <math.h>
#include <string.h>

#include "analyze/quantization_finder.h"

enum {
	NEAR_MOST = 24,    /* values that are looked at around a pair */
	SCALES_MOST = 16,  /* that are compared at one node */
	CLAIMS_MOST = 4096 /* nodes where they are */
};

/* Does this node know what to do with integers that stand for real numbers? */
static bool takes_integers(quant_book *book, const oray_node *node)
{
	const reading *r = reading_of(&book->flow.readings, node, book->flow.context[node->graph]);

	return !r || !r->row || r->category == OPS_CONTROL || reading_passes(r) ||
	       quant_slots(r->row->name) || strstr(r->row->name, "Integer") ||
	       !strncmp(r->row->name, "QLinear", 7) || r->category == OPS_TENSOR ||
	       r->category == OPS_POOL;
}

/* Integers that are never made real again, and are read by nobody who takes them for real. */
static void check_pairs(quant_book *book, const oray_encoding *e, const quant_facts *f)
{
	char text[256], reader[128];
	oray_value v;
	oray_node node;

	if (f->source != QUANT_BY_QUANTIZE || f->dequantizer != ORAY_NONE || e->is_fake ||
	    !oray_model_value(book->public.model, e->value, &v) || v.is_output)
		return;
	if (!v.n_uses)
		quant_finding(book, ORAY_WARNING, "quant-no-dequantize",
		              quant_label(book, f->quantizer, text, sizeof text),
		              "nobody reads what it quantizes; it can go");
	for (size_t i = 0; i < v.n_uses && i < USES_MOST; i++) {
		if (!oray_model_node(book->public.model, v.uses[i], &node) || takes_integers(book, &node))
			continue;
		oray_node_label(book->public.model, v.uses[i], reader, sizeof reader);
		quant_finding(book, ORAY_WARNING, "quant-no-dequantize",
		              quant_label(book, f->quantizer, text, sizeof text),
		              "%s reads its integers as they are, without scale and zero point; "
		              "DequantizeLinear is missing",
		              reader);
		return;
	}
}

/* The encoding that flows into a node that quantizes: real numbers straight from another pair. */
static void check_double(quant_book *book, const oray_encoding *e, const quant_facts *f)
{
	oray_node node;
	char text[256];
	uint32_t before;

	if (f->quantizer == ORAY_NONE || !oray_model_node(book->public.model, f->quantizer, &node) ||
	    !node.n_inputs || node.inputs[0] == ORAY_NONE)
		return;
	before = book->by_value[node.inputs[0]];
	if (!before || &book->encodings.at[before - 1] == e)
		return;
	const oray_encoding *first = &book->encodings.at[before - 1];
	if (first->type == ORAY_INT32) /* sums of products that are made small again */
		return;
	bool same = first->scale_min == e->scale_min && first->scale_max == e->scale_max &&
	            first->type == e->type && first->zero_point_min == e->zero_point_min;
	quant_where where = quant_label(book, f->quantizer, text, sizeof text);
	if (same)
		quant_finding(
		    book, ORAY_INFO, "quant-twice", where,
		    "quantizes what was quantized just before in the same way, scale %g: one pair "
		    "can go",
		    e->scale_max);
	else
		quant_finding(book, ORAY_WARNING, "quant-twice", where,
		              "quantizes what was quantized just before in another way, so it is rounded "
		              "twice: %s with scale %g and zero point %g, then %s with %g and %g",
		              quant_type_name(first->type), first->scale_max, first->zero_point_max,
		              quant_type_name(e->type), e->scale_max, e->zero_point_max);
}

/* ----------------------------------------------------------------------------- no use -- */

/* Values around a pair, each once. */
typedef struct nearby {
	oray_id at[NEAR_MOST];
	size_t n;
	bool full;
} nearby;

static void come_near(nearby *near, oray_id value)
{
	if (value == ORAY_NONE)
		return;
	for (size_t i = 0; i < near->n; i++)
		if (near->at[i] == value)
			return;
	if (near->n == NEAR_MOST)
		near->full = true;
	else
		near->at[near->n++] = value;
}

/* Is what flows into the pair made of quantized values? What is too far away may well be. */
static bool made_of_integers(quant_book *book, oray_id value)
{
	nearby near = {.n = 0};
	oray_value v;
	oray_node node;

	come_near(&near, value);
	for (size_t i = 0; i < near.n; i++) {
		if (book->by_value[near.at[i]])
			return true;
		if (!oray_model_value(book->public.model, near.at[i], &v) ||
		    !oray_model_node(book->public.model, v.producer, &node))
			continue;
		const reading *r = finder_reading(book, &node);
		if (!r || !r->row || r->category == OPS_CONTROL || node.n_inputs > NEAR_MOST)
			return true;
		for (size_t k = 0; k < node.n_inputs; k++)
			come_near(&near, node.inputs[k]);
	}
	return near.full;
}

/* Does something that the pair flows into care that it is of few bits: a layer, another pair, what
 * moves values, what is not known? */
static bool is_used_rounded(quant_book *book, oray_id value)
{
	nearby near = {.n = 0};
	oray_value v;
	oray_node node;

	come_near(&near, value);
	for (size_t i = 0; i < near.n; i++) {
		if (!oray_model_value(book->public.model, near.at[i], &v) || (v.is_output && !i) ||
		    v.n_uses > USES_MOST)
			return true;
		for (size_t u = 0; u < v.n_uses; u++) {
			const reading *r;
			if (!oray_model_node(book->public.model, v.uses[u], &node) ||
			    !(r = finder_reading(book, &node)) || !r->row || r->quantizes || r->counts_macs ||
			    r->category == OPS_CONTROL || r->category == OPS_TENSOR || reading_passes(r) ||
			    node.function != ORAY_NONE)
				return true;
			for (size_t k = 0; k < node.n_outputs; k++)
				come_near(&near, node.outputs[k]);
		}
	}
	return near.full;
}

static bool only_real(quant_book *book, oray_id value)
{
	oray_value v;
	oray_node node;

	if (!oray_model_value(book->public.model, value, &v) || v.is_output || v.n_uses > USES_MOST)
		return false;
	for (size_t i = 0; i < v.n_uses; i++) {
		const reading *r;
		if (!oray_model_node(book->public.model, v.uses[i], &node) ||
		    !(r = finder_reading(book, &node)) || !r->dequantizes)
			return false;
	}
	return true;
}

static void check_use(quant_book *book, const oray_encoding *e, const quant_facts *f)
{
	char text[256];
	oray_value v;
	oray_node node;

	if (f->dequantizer == ORAY_NONE || !oray_model_value(book->public.model, e->real, &v))
		return;
	if (!v.n_uses && !v.is_output) {
		quant_where where = quant_label(book, f->dequantizer, text, sizeof text);
		quant_finding(book, ORAY_WARNING, "quant-dangling", where,
		              "nobody reads the real numbers that it makes; it can go");
		return;
	}
	if (f->source != QUANT_BY_QUANTIZE || e->is_fake || e->role != ORAY_QUANTIZED_ACTIVATION ||
	    !only_real(book, e->value) || is_used_rounded(book, e->real) ||
	    !oray_model_node(book->public.model, f->quantizer, &node) || !node.n_inputs ||
	    node.inputs[0] == ORAY_NONE || made_of_integers(book, node.inputs[0]))
		return;
	quant_where where = quant_label(book, f->quantizer, text, sizeof text);
	quant_finding(book, ORAY_WARNING, "quant-float-readers", where,
	              "neither what makes these values nor what reads them computes with few bits: "
	              "rounding them to %s loses precision and gains nothing",
	              quant_type_name(e->type));
}

/* ----------------------------------------------------------------------------- claims -- */

static double zero_at(quant_book *book, oray_id zero, uint64_t n, uint64_t i)
{
	return zero == ORAY_NONE ? 0 : quant_number(book, zero, n == 1 ? 0 : i);
}

/* A node that reads integers by another scale or zero point than they were made with. */
static void check_claim(quant_book *book, const quant_claim *c)
{
	const oray_encoding *e = &book->encodings.at[c->encoding];
	const quant_facts *f = &book->facts.at[c->encoding];
	char text[256];

	if (e->is_dynamic || !f->scale_read || f->scale == ORAY_NONE || c->scale == ORAY_NONE)
		return;
	for (uint64_t i = 0; i < e->n_scales && i < SCALES_MOST; i++) {
		double made = quant_number(book, f->scale, i), read = quant_number(book, c->scale, i);
		double zero = zero_at(book, f->zero, f->zero_points, i);
		double other = zero_at(book, c->zero, f->zero_points, i);
		if (isnan(made) || isnan(read) || isnan(zero) || isnan(other))
			return;
		if (fabs(made - read) <= 1e-6 * fabs(made) && zero == other)
			continue;
		quant_where where = quant_label(book, c->node, text, sizeof text);
		quant_finding(book, ORAY_WARNING, "quant-scale-mismatch", where,
		              "reads integers by scale %g and zero point %g that were made with %g and %g: "
		              "the real numbers change on the way",
		              read, other, made, zero);
		return;
	}
}

/* Operators that only move or pick values: in and out are the same numbers. */
static void check_shared(quant_book *book, oray_id id, const oray_node *node)
{
	static const char *const movers[] = {
	    "MaxPool", "Reshape", "Transpose", "Flatten",      "Squeeze",      "Unsqueeze", "Slice",
	    "Gather",  "Pad",     "Resize",    "DepthToSpace", "SpaceToDepth", "Identity",  "Split"};
	char text[256];
	oray_value v;
	bool moves = false;

	for (size_t i = 0; i < sizeof movers / sizeof *movers; i++)
		moves |=
		    node->op.size == strlen(movers[i]) && !memcmp(node->op.data, movers[i], node->op.size);
	if (!moves || !node->n_inputs || !node->n_outputs || node->inputs[0] == ORAY_NONE ||
	    !oray_model_value(book->public.model, node->outputs[0], &v))
		return;
	size_t in = book->by_value[node->inputs[0]];
	for (size_t i = 0; in && i < v.n_uses && i < USES_MOST; i++) {
		oray_node q;
		if (!oray_model_node(book->public.model, v.uses[i], &q) || !q.n_outputs ||
		    q.outputs[0] == ORAY_NONE || !book->by_value[q.outputs[0]])
			continue;
		size_t out = book->by_value[q.outputs[0]];
		if (out == in || book->facts.at[out - 1].quantizer != v.uses[i])
			continue;
		const oray_encoding *a = &book->encodings.at[in - 1], *b = &book->encodings.at[out - 1];
		if (isnan(a->scale_max) || isnan(b->scale_max) || a->type != b->type ||
		    (a->scale_max == b->scale_max && a->zero_point_max == b->zero_point_max))
			continue;
		quant_finding(book, ORAY_INFO, "quant-shared-scale",
		              quant_label(book, id, text, sizeof text),
		              "only moves values, but scale %g goes in and %g comes out: with the same on "
		              "both sides it needs no arithmetic",
		              a->scale_max, b->scale_max);
		return;
	}
}

void quant_check_flow(quant_book *book)
{
	oray_node node;

	if (!book->encodings.n)
		return;
	for (size_t i = 0; i < book->claims.n && i < CLAIMS_MOST; i++)
		check_claim(book, &book->claims.at[i]);
	for (oray_id g = 0; g < book->flow.n_graphs; g++) {
		const oray_graph *graph = oray_model_graph(book->public.model, g);
		for (size_t i = 0; book->flow.context[g] != ROLE_TRAINING && i < graph->n_nodes; i++) {
			oray_id id = (oray_id)(graph->first_node + i);
			if (!oray_model_node(book->public.model, id, &node))
				return;
			check_shared(book, id, &node);
		}
	}
}

void quant_check_chain(quant_book *book, const oray_encoding *e, const quant_facts *f)
{
	check_pairs(book, e, f);
	check_double(book, e, f);
	check_use(book, e, f);
}
