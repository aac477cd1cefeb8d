/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quantization_pairs.c - QuantizeLinear, DequantizeLinear and their like.
 */
#include "analyze/quantization_finder.h"

static int32_t quantized_type(const finder *f, oray_id zero)
{
	int32_t type = zero == ORAY_NONE ? 0 : quant_type_of(f->book, zero);

	if (!type)
		type = (int32_t)quant_int(f->model, &f->node, "output_dtype", 0);
	if (!type)
		type = quant_type_of(f->book, finder_output(&f->node));
	return type ? type : ORAY_UINT8;
}

void find_quantize(finder *f)
{
	quant_book *book = f->book;
	oray_id x = finder_input(&f->node, 0), y = finder_output(&f->node);
	oray_id scale = finder_input(&f->node, 1), zero = finder_input(&f->node, 2);
	oray_encoding *e;
	bool fake;

	if (x == ORAY_NONE || y == ORAY_NONE)
		return;
	fake = finder_is_fake(f, x);
	int32_t type = quantized_type(f, zero);
	oray_quantized_role role = fake ? finder_role(book, x, type) : ORAY_QUANTIZED_ACTIVATION;
	e = quant_new(book, role, QUANT_BY_QUANTIZE, fake ? role_head(&book->flow, x) : y, f->id);
	if (!e)
		return;
	e->is_fake = fake;
	e->tensor = fake ? quant_stored(book, x) : ORAY_NONE;
	e->type = type;
	e->bits = oray_type_bits(type);
	finder_describe(book, e, e->value, x);
	quant_facts *facts = quant_facts_of(book, e);
	facts->quantizer = f->id;
	facts->dequantizer = finder_dequantizer(book, y, &e->real);
	e->reader = finder_reader(book, e->real != ORAY_NONE ? e->real : y);
	finder_finish(f, e, scale, zero, quant_int(f->model, &f->node, "axis", 1),
	              quant_int(f->model, &f->node, "block_size", 0));
	finder_carry(book, y, e);
	finder_carry(book, e->real, e);
}

static bool same_scale(const quant_book *book, size_t encoding, oray_id scale, oray_id zero)
{
	return book->facts.at[encoding].scale == scale && book->facts.at[encoding].zero == zero;
}

/* Embeddings: rows are picked from a table of integers before they become real numbers. */
static oray_id picked_from(finder *f, oray_id x, oray_id scale)
{
	oray_value v;
	oray_node node;
	oray_tensor t;

	if (!oray_model_value(f->model, x, &v) || !oray_model_node(f->model, v.producer, &node) ||
	    !finder_is(&node, "Gather") || finder_input(&node, 0) == ORAY_NONE ||
	    quant_stored(f->book, node.inputs[0]) == ORAY_NONE ||
	    finder_is_real(quant_type_of(f->book, node.inputs[0])) || scale == ORAY_NONE)
		return x;
	/* what lies along which axis of the table is known for one scale only */
	if (oray_model_tensor(f->model, quant_stored(f->book, scale), &t) && t.elements.value > 1)
		return x;
	return role_head(&f->book->flow, node.inputs[0]);
}

void find_dequantize(finder *f)
{
	quant_book *book = f->book;
	oray_id x = finder_input(&f->node, 0), y = finder_output(&f->node);
	oray_id scale = finder_input(&f->node, 1), zero = finder_input(&f->node, 2);
	size_t known;
	oray_encoding *e;
	bool stored;

	if (x == ORAY_NONE || y == ORAY_NONE)
		return;
	known = quant_trace(book, x, false);
	stored = quant_stored(book, x) != ORAY_NONE &&
	         !finder_is_real(quant_type_of(book, role_head(&book->flow, x)));
	if (known != SIZE_MAX && (!stored || same_scale(book, known, scale, zero))) {
		e = &book->encodings.at[known];
		if (e->real == ORAY_NONE)
			e->real = y;
		if (book->facts.at[known].dequantizer == ORAY_NONE)
			book->facts.at[known].dequantizer = f->id;
		if (e->reader == ORAY_NONE)
			e->reader = finder_reader(book, y);
		finder_carry(book, y, e);
		finder_claim(f, known, scale, zero);
		return;
	}
	/* scales that are quantized themselves are part of what they scale */
	if (stored && book->roles[role_head(&book->flow, x)] == ORAY_ROLE_QUANTIZATION + 1)
		return;
	oray_id head = stored ? role_head(&book->flow, x) : picked_from(f, x, scale);
	stored |= head != x;
	int32_t type = quant_type_of(book, head);
	e = quant_new(book, stored ? finder_role(book, head, type) : ORAY_QUANTIZED_ACTIVATION,
	              QUANT_BY_DEQUANTIZE, head, f->id);
	if (!e)
		return;
	e->tensor = stored ? quant_stored(book, head) : ORAY_NONE;
	e->type = type;
	e->bits = oray_type_bits(type);
	e->real = y;
	quant_facts_of(book, e)->dequantizer = f->id;
	finder_describe(book, e, head, head);
	e->reader = finder_reader(book, y);
	finder_finish(f, e, scale, zero, quant_int(f->model, &f->node, "axis", 1),
	              quant_int(f->model, &f->node, "block_size", 0));
	finder_carry(book, head, e);
	finder_carry(book, x, e);
	finder_carry(book, y, e);
}

void find_dynamic(finder *f)
{
	quant_book *book = f->book;
	oray_id y = finder_output(&f->node);
	oray_encoding *e;

	if (y == ORAY_NONE)
		return;
	e = quant_new(book, ORAY_QUANTIZED_ACTIVATION, QUANT_BY_QUANTIZE, y, f->id);
	if (!e)
		return;
	e->type = ORAY_UINT8;
	e->bits = 8;
	e->is_dynamic = true;
	finder_describe(book, e, y, finder_input(&f->node, 0));
	e->reader = finder_reader(book, y);
	finder_dims(book, e);
	quant_facts_of(book, e)->scale = f->node.n_outputs > 1 ? f->node.outputs[1] : ORAY_NONE;
	finder_carry(book, y, e);
}
