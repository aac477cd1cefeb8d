/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quantization_finder.c - what is asked again and again while nodes are looked at.
 */
#include "analyze/quantization_finder.h"

#include <string.h>

#include "analyze/quant_names.h"
#include "base/num.h"

enum { STEPS_MOST = 16 };

bool finder_is(const oray_node *node, const char *op)
{
	return node->op.size == strlen(op) && !memcmp(node->op.data, op, node->op.size);
}

oray_id finder_input(const oray_node *node, int index)
{
	return index >= 0 && (size_t)index < node->n_inputs ? node->inputs[index] : ORAY_NONE;
}

oray_id finder_output(const oray_node *node)
{
	return node->n_outputs ? node->outputs[0] : ORAY_NONE;
}

const reading *finder_reading(quant_book *book, const oray_node *node)
{
	return reading_of(&book->flow.readings, node, book->flow.context[node->graph]);
}

void finder_carry(quant_book *book, oray_id value, const oray_encoding *e)
{
	if (value != ORAY_NONE && !book->by_value[value])
		book->by_value[value] = (uint32_t)(e - book->encodings.at) + 1;
}

void finder_claim(finder *f, size_t encoding, oray_id scale, oray_id zero)
{
	const quant_facts *facts = &f->book->facts.at[encoding];
	quant_claim *next;

	if (scale == ORAY_NONE || (facts->scale == scale && facts->zero == zero))
		return;
	next = vec_push(NULL, &f->book->claims);
	if (next)
		*next = (quant_claim){f->id, (uint32_t)encoding, scale, zero};
	else
		f->book->failed = true;
}

void finder_describe(quant_book *book, oray_encoding *e, oray_id holder, oray_id origin)
{
	oray_value v;

	if (oray_model_value(book->public.model, holder, &v))
		e->name = v.name;
	e->of = e->name;
	if (oray_model_value(book->public.model, origin, &v))
		e->of = v.name;
	oray_str plain = quant_plain_value(e->of);
	if (plain.size == e->of.size)
		return;
	const char *copy = arena_copy(&book->texts, plain.data, plain.size);
	e->of = copy ? (oray_str){copy, plain.size} : e->of;
}

/* Dims of an activation, where all of them are numbers. */
static void take_type_dims(quant_book *book, oray_encoding *e)
{
	const oray_model *model = book->public.model;
	oray_value v;
	oray_type type;
	int64_t *dims;

	if (!oray_model_value(model, e->value, &v) || !oray_model_type(model, v.inferred, &type) ||
	    !type.has_shape || !type.n_dims || type.n_dims > RANK_MOST)
		return;
	dims = arena_alloc(&book->texts, type.n_dims * sizeof *dims);
	for (size_t i = 0; dims && i < type.n_dims; i++) {
		oray_dim d = oray_model_dim(model, type.id, i);
		dims[i] = d.kind == ORAY_DIM_VALUE ? d.value : -1;
	}
	if (!dims)
		return;
	e->dims = dims;
	e->n_dims = type.n_dims;
	e->elements.exact = num_product(dims, type.n_dims, &e->elements.value);
	if (!e->elements.exact)
		e->elements.value = 0;
}

void finder_dims(quant_book *book, oray_encoding *e)
{
	oray_tensor t;

	if (!oray_model_tensor(book->public.model, e->tensor, &t)) {
		take_type_dims(book, e);
		return;
	}
	e->dims = t.dims;
	e->n_dims = t.n_dims;
	e->elements = t.elements;
}

oray_quantized_role finder_role(quant_book *book, oray_id value, int32_t type)
{
	uint8_t role = book->roles[role_head(&book->flow, value)];

	return type == ORAY_INT32 || role == ORAY_ROLE_BIAS + 1 ? ORAY_QUANTIZED_BIAS
	                                                        : ORAY_QUANTIZED_WEIGHT;
}

/* Does this node compute with what arrives there, as its business? */
static bool computes_with(const reading *r, size_t index)
{
	return r->counts_macs || (reading_asks(r, index) & (ASK_WEIGHT | ASK_EMBEDDING | ASK_BIAS));
}

/* The compute node at the end of the way from a value, through nodes that pass it on. */
oray_id finder_reader(quant_book *book, oray_id value)
{
	oray_value v;
	oray_node node;

	for (unsigned step = 0; step < STEPS_MOST && oray_model_value(book->public.model, value, &v);
	     step++) {
		oray_id next = ORAY_NONE;
		for (size_t i = 0; i < v.n_uses && i < USES_MOST; i++) {
			const reading *r;
			size_t at = 0;
			if (!oray_model_node(book->public.model, v.uses[i], &node) ||
			    !(r = finder_reading(book, &node)))
				continue;
			while (at < node.n_inputs && node.inputs[at] != value)
				at++;
			if (computes_with(r, at))
				return v.uses[i];
			if (at == 0 && reading_passes(r) && next == ORAY_NONE)
				next = finder_output(&node);
		}
		if (next == ORAY_NONE)
			break;
		value = next;
	}
	return ORAY_NONE;
}

/* The first DequantizeLinear that makes real numbers of a value. */
oray_id finder_dequantizer(quant_book *book, oray_id value, oray_id *real)
{
	oray_value v;
	oray_node node;

	for (unsigned step = 0; step < STEPS_MOST && oray_model_value(book->public.model, value, &v);
	     step++) {
		oray_id next = ORAY_NONE;
		for (size_t i = 0; i < v.n_uses && i < USES_MOST; i++) {
			const reading *r;
			if (!oray_model_node(book->public.model, v.uses[i], &node) ||
			    !(r = finder_reading(book, &node)) || finder_input(&node, 0) != value)
				continue;
			if (r->dequantizes) {
				*real = finder_output(&node);
				return v.uses[i];
			}
			if (reading_passes(r) && !r->quantizes && next == ORAY_NONE)
				next = finder_output(&node);
		}
		if (next == ORAY_NONE)
			break;
		value = next;
	}
	return ORAY_NONE;
}

bool finder_is_real(int32_t type)
{
	return type == ORAY_FLOAT32 || type == ORAY_FLOAT16 || type == ORAY_BFLOAT16 ||
	       type == ORAY_FLOAT64;
}

/* A constant of real numbers that is rounded on its way. */
bool finder_is_fake(const finder *f, oray_id value)
{
	oray_id head = role_head(&f->book->flow, value);

	return (f->book->flow.facts[head] & FACT_CONSTANT) &&
	       finder_is_real(quant_type_of(f->book, head));
}

void finder_finish(finder *f, oray_encoding *e, oray_id scale, oray_id zero, int64_t axis,
                   int64_t block)
{
	if (!e->n_dims)
		finder_dims(f->book, e);
	quant_granularity(f->book, e, scale, axis, block);
	quant_read(f->book, e, scale, zero);
}
