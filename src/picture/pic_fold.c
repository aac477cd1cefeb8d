/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_fold.c - constants into rows, QuantizeLinear and DequantizeLinear into wires.
 *
 *     Conv ─> Q ─> DQ ─> Relu           Conv ══> Relu        the wire carries what Q makes
 *        W int8 ─> DQ ─> Conv           Conv                 the row of W is the initializer's
 *
 * A Q goes when nobody but such DQ reads it. Chains of pairs end somewhere; a circle of them is
 * opened where the walk closes it.
 */
#include "picture/pic_fold.h"

#include <string.h>

#include "base/error.h"
#include "base/heap.h"
#include "words/describe.h"

#define MOST_STEPS 8 /* copies of copies */

unsigned pic_fold_bits(const oray_drawing *drawing)
{
	if (drawing->fold & ORAY_FOLD_NOTHING)
		return 0;
	return drawing->fold ? drawing->fold : ORAY_FOLD_CONSTANTS;
}

/* ----------------------------------------------------------------------------- constants -- */

bool pic_is_constant_node(const oray_node *n)
{
	return !n->n_inputs && n->n_outputs == 1 && str_is(n->op, "Constant") &&
	       str_is(n->domain, "ai.onnx");
}

/* Hands its input on, at most in another type. */
static bool is_copy(const oray_node *n)
{
	return n->n_inputs == 1 && n->n_outputs == 1 && n->outputs[0] != ORAY_NONE &&
	       (str_is(n->op, "Identity") || str_is(n->op, "Cast")) && str_is(n->domain, "ai.onnx");
}

bool pic_is_constant(const pic_plan *p, const oray_value *v)
{
	oray_node n;
	return v->initializer != ORAY_NONE || v->sparse != ORAY_NONE ||
	       (oray_model_node(p->model, v->producer, &n) && pic_is_constant_node(&n));
}

oray_id pic_constant_behind(const pic_plan *p, oray_id value)
{
	for (unsigned step = 0; step < MOST_STEPS; step++) {
		oray_value v;
		oray_node n;
		if (!oray_model_value(p->model, value, &v))
			return ORAY_NONE;
		if (pic_is_constant(p, &v))
			return value;
		if (!oray_model_node(p->model, v.producer, &n) || !is_copy(&n))
			return ORAY_NONE;
		value = n.inputs[0];
	}
	return ORAY_NONE;
}

bool pic_is_given(const pic_plan *p, const oray_node *n)
{
	oray_value v;
	return pic_is_constant_node(n) ||
	       (n->n_inputs == 1 && n->n_outputs == 1 && str_is(n->op, "ConstantOfShape") &&
	        str_is(n->domain, "ai.onnx") && oray_model_value(p->model, n->inputs[0], &v) &&
	        v.initializer != ORAY_NONE);
}

static bool is_folded(const pic_plan *p, oray_id node)
{
	return p->fate[node] == PIC_SHAPE || p->fate[node] == PIC_PASS;
}

/* A Constant becomes a row of the only box that reads it; folded nodes do not count. What nobody
 * reads is told nowhere: optimizers leave such behind. */
static bool is_row_of_one(const pic_plan *p, const oray_value *v)
{
	size_t readers = 0, boxes = 0;
	for (size_t i = 0; i < v->n_uses && readers < 2; i++) {
		readers += !is_folded(p, v->uses[i]);
		boxes += p->fate[v->uses[i]] == PIC_BOX;
	}
	return readers == boxes && readers < 2;
}

static size_t fold_constants(pic_plan *p)
{
	size_t folded = 0;
	for (oray_id id = 0; id < p->info->n_nodes; id++) {
		oray_node n;
		oray_value v;
		if (!oray_model_node(p->model, id, &n) || !p->drawn[n.graph] || !pic_is_given(p, &n) ||
		    !oray_model_value(p->model, n.outputs[0], &v) || v.is_output || v.producer != id ||
		    !is_row_of_one(p, &v))
			continue;
		p->fate[id] = PIC_ROW;
		folded++;
	}
	return folded;
}

/* --------------------------------------------------------------------------------- pairs -- */

/* Quantizes, or the opposite, by numbers that are known. */
static bool is_step(const pic_plan *p, oray_id id, const char *op, oray_node *n)
{
	oray_value v;
	if (!oray_model_node(p->model, id, n) || !p->drawn[n->graph] || n->n_inputs < 2 ||
	    n->n_outputs != 1 || n->inputs[0] == ORAY_NONE || n->outputs[0] == ORAY_NONE ||
	    !str_is(n->op, op) || !(str_is(n->domain, "ai.onnx") || str_is(n->domain, "com.microsoft")))
		return false;
	for (size_t i = 1; i < n->n_inputs; i++)
		if (n->inputs[i] != ORAY_NONE && pic_constant_behind(p, n->inputs[i]) == ORAY_NONE)
			return false;
	return oray_model_value(p->model, n->outputs[0], &v) && v.producer == id &&
	       (v.n_uses || v.is_output);
}

/* A copy of what is quantized, on its way: some exporters cast to the type that it has. */
static bool copied(const pic_plan *p, oray_id id, oray_value *copy)
{
	oray_node n;
	return oray_model_node(p->model, id, &n) && p->drawn[n.graph] && is_copy(&n) &&
	       oray_model_value(p->model, n.outputs[0], copy) && copy->producer == id &&
	       !copy->is_output && copy->n_uses;
}

/* Nobody but DequantizeLinear reads it, or a copy that nobody else reads. */
static bool is_pair(const pic_plan *p, const oray_value *quantized, bool through)
{
	oray_node n;
	oray_value copy;
	if (quantized->is_output)
		return false;
	for (size_t i = 0; i < quantized->n_uses; i++)
		if (!is_step(p, quantized->uses[i], "DequantizeLinear", &n) &&
		    !(through && copied(p, quantized->uses[i], &copy) && is_pair(p, &copy, false)))
			return false;
	return true;
}

static size_t pass_all(pic_plan *p, const oray_value *quantized)
{
	size_t folded = 0;
	for (size_t i = 0; i < quantized->n_uses; i++) {
		folded += p->fate[quantized->uses[i]] != PIC_PASS;
		p->fate[quantized->uses[i]] = PIC_PASS;
	}
	return folded;
}

static size_t choose_pairs(pic_plan *p)
{
	size_t folded = 0;
	for (oray_id id = 0; id < p->info->n_nodes; id++) {
		oray_node n;
		oray_value v;
		if (is_step(p, id, "DequantizeLinear", &n) &&
		    pic_constant_behind(p, n.inputs[0]) != ORAY_NONE &&
		    oray_model_value(p->model, n.outputs[0], &v) && !v.is_output) {
			p->fate[id] = PIC_PASS;
			folded++;
		}
		if (!is_step(p, id, "QuantizeLinear", &n) ||
		    !oray_model_value(p->model, n.outputs[0], &v) || !is_pair(p, &v, true))
			continue;
		folded += p->fate[id] != PIC_PASS;
		p->fate[id] = PIC_PASS;
		folded += pass_all(p, &v);
		for (size_t i = 0; i < v.n_uses; i++) {
			oray_value copy;
			if (copied(p, v.uses[i], &copy))
				folded += pass_all(p, &copy);
		}
	}
	return folded;
}

/* Copies of constants that nobody else reads go with them; readers mostly come later in a file. */
static size_t choose_copies(pic_plan *p)
{
	size_t folded = 0;
	for (oray_id id = (oray_id)p->info->n_nodes; id-- > 0;) {
		oray_node n;
		oray_value v;
		bool all = oray_model_node(p->model, id, &n) && p->drawn[n.graph] && is_copy(&n) &&
		           oray_model_value(p->model, n.outputs[0], &v) && v.producer == id &&
		           !v.is_output && v.n_uses && pic_constant_behind(p, n.inputs[0]) != ORAY_NONE;
		for (size_t i = 0; all && i < v.n_uses; i++)
			all = p->fate[v.uses[i]] == PIC_PASS;
		if (!all)
			continue;
		p->fate[id] = PIC_PASS;
		folded++;
	}
	return folded;
}

/* The value in front of a folded node; ORAY_NONE: the value is no work of one. */
static oray_id in_front(const pic_plan *p, oray_id value)
{
	oray_value v;
	oray_node n;
	if (!oray_model_value(p->model, value, &v) || !oray_model_node(p->model, v.producer, &n) ||
	    p->fate[v.producer] != PIC_PASS)
		return ORAY_NONE;
	return n.inputs[0];
}

/* Walks to the start of a chain, then back to write it down; every value is walked once. */
static size_t find_source(pic_plan *p, oray_id *source, oray_id value)
{
	const oray_id on_the_way = ORAY_NONE - 1;
	oray_id at = value, next, end;
	size_t opened = 0;
	while ((next = source[at]) == ORAY_NONE && (next = in_front(p, at)) != ORAY_NONE) {
		source[at] = on_the_way;
		at = next;
	}
	end = next == ORAY_NONE ? at : next;
	if (end == on_the_way) { /* a circle: the node that makes `at` stays */
		oray_value v;
		oray_model_value(p->model, at, &v);
		p->fate[v.producer] = PIC_BOX;
		end = at;
		opened = 1;
	}
	source[end] = end;
	for (at = value; at != end; at = next) {
		next = in_front(p, at);
		source[at] = end;
		if (next == ORAY_NONE)
			break;
	}
	return opened;
}

static oray_status fold_pairs(pic_plan *p, oray_error *err)
{
	pic_folding *f = p->folding;
	size_t n = p->info->n_values;
	f->quantizers = choose_pairs(p);
	if (!f->quantizers)
		return ORAY_OK;
	f->quantizers += choose_copies(p);
	f->source = heap_get((n + 1) * sizeof *f->source);
	if (!f->source)
		return error_memory(err);
	memset(f->source, 0xff, (n + 1) * sizeof *f->source);
	for (oray_id value = 0; value < n; value++)
		f->quantizers -= find_source(p, f->source, value);
	return ORAY_OK;
}

oray_id pic_source(const pic_plan *p, oray_id value)
{
	return p->folding && p->folding->source && value < p->info->n_values ? p->folding->source[value]
	                                                                     : value;
}

oray_id pic_carried(const pic_plan *p, oray_id value)
{
	oray_id front = pic_source(p, value) != value ? in_front(p, value) : ORAY_NONE;
	return front != ORAY_NONE ? front : value;
}

void pic_quantized_row(const pic_plan *p, oray_id value, buf *out)
{
	oray_value v;
	oray_node n;
	oray_tensor scale;
	oray_attribute a;
	if (pic_source(p, value) == value || !oray_model_value(p->model, value, &v) ||
	    !oray_model_node(p->model, v.producer, &n))
		return;
	oray_id front = pic_source(p, n.inputs[0]);
	if (front != n.inputs[0]) { /* stored as it was, and quantized when it runs */
		known_type t = known_type_of(p->model, n.inputs[0]);
		const char *name = oray_type_name(t.element);
		buf_format(out, " → %s", name && t.element ? name : "quantized");
	}
	if (!oray_model_value(p->model, pic_constant_behind(p, n.inputs[1]), &v) ||
	    !oray_model_tensor(p->model, v.initializer, &scale) || !scale.elements.exact ||
	    scale.elements.value < 2)
		return;
	if (node_attribute(p->model, &n, "block_size", &a, NULL) && a.type == ORAY_ATTR_INT &&
	    a.v.i > 0)
		buf_format(out, " blocks of %lld", (long long)a.v.i);
	else
		buf_str(out, " per channel");
}

/* ---------------------------------------------------------------------------------- all -- */

static size_t count_boxes(const pic_plan *p)
{
	size_t n = 0;
	for (size_t i = 0; i < p->info->n_nodes; i++)
		n += p->fate[i] == PIC_BOX;
	return n;
}

static oray_status fold(pic_plan *p, unsigned bits, oray_error *err)
{
	oray_status status = ORAY_OK;
	if (bits & ORAY_FOLD_QDQ)
		status = fold_pairs(p, err);
	if (status == ORAY_OK && bits & ORAY_FOLD_SHAPES)
		status = pic_fold_shapes(p, err);
	if (status == ORAY_OK && bits & ORAY_FOLD_CONSTANTS)
		p->folding->constants = fold_constants(p);
	return status;
}

oray_status pic_fold_nodes(pic_plan *p, unsigned bits, oray_error *err)
{
	size_t n = p->info->n_nodes, boxes = count_boxes(p);
	p->folding = heap_zeroed(1, sizeof *p->folding);
	unsigned char *before = heap_get(n + 1);
	oray_status status;
	if (before && p->folding) {
		memcpy(before, p->fate, n);
		status = fold(p, bits, err);
		if (boxes && !count_boxes(p)) { /* nothing is left to write it into */
			memcpy(p->fate, before, n);
			heap_free(p->folding->source);
			heap_free(p->folding->shape_of);
			*p->folding = (pic_folding){.constants = 0};
		}
	} else {
		status = error_memory(err);
	}
	heap_free(before);
	return status;
}

void pic_fold_free(pic_plan *p)
{
	if (p->folding) {
		heap_free(p->folding->source);
		heap_free(p->folding->shape_of);
	}
	if (p->groups) {
		vec_free(NULL, &p->groups->all);
		heap_free(p->groups->nodes);
		heap_free(p->groups->of);
		heap_free(p->groups->row);
		oray_layers_free(p->groups->layers);
	}
	heap_free(p->folding);
	heap_free(p->groups);
	p->folding = NULL;
	p->groups = NULL;
}

/* --------------------------------------------------------------------------------- words -- */

static void counted(buf *out, size_t n, const char *one, const char *many, const char **gap)
{
	if (!n)
		return;
	buf_format(out, "%s%zu %s", *gap, n, n == 1 ? one : many);
	*gap = ", ";
}

void pic_fold_text(const pic_plan *p, buf *out)
{
	const pic_folding *f = p->folding;
	const pic_groups *g = p->groups;
	const char *gap = "Folded: ";
	size_t modules[2] = {0}, nodes[2] = {0};
	for (size_t i = 0; g && i < g->all.n; i++) {
		modules[g->all.at[i].repeats > 0]++;
		nodes[g->all.at[i].repeats > 0] += g->all.at[i].n;
	}
	if (f) {
		counted(out, f->constants, "constant", "constants", &gap);
		counted(out, f->shapes, "node that computes shapes", "nodes that compute shapes", &gap);
		counted(out, f->quantizers, "node of quantization", "nodes of quantization", &gap);
	}
	counted(out, nodes[0], "node", "nodes", &gap);
	if (nodes[0])
		buf_format(out, " in %zu module%s", modules[0], modules[0] == 1 ? "" : "s");
	counted(out, nodes[1], "node of repeated layers", "nodes of repeated layers", &gap);
}
