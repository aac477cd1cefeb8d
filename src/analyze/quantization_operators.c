/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quantization_operators.c - operators that compute on few bits.
 */
#include <string.h>

#include "analyze/quant_names.h"
#include "analyze/quantization_finder.h"

/* The scale that the result of an integer product is multiplied with, behind a Cast: the part of
 * it that is stored belongs to the weight. */
static oray_id scale_of_product(const finder *f)
{
	role_flow *flow = &f->book->flow;
	oray_id value = finder_output(&f->node);
	oray_node node;
	oray_value v;

	for (unsigned step = 0; step < 4 && oray_model_value(f->model, value, &v); step++) {
		oray_id next = ORAY_NONE;
		for (size_t i = 0; i < v.n_uses && i < USES_MOST; i++) {
			if (!oray_model_node(f->model, v.uses[i], &node))
				continue;
			if (finder_is(&node, "Mul") && node.n_inputs == 2)
				goto found;
			if (finder_is(&node, "Cast") || finder_is(&node, "Reshape"))
				next = finder_output(&node);
		}
		value = next;
	}
	return ORAY_NONE;
found:
	value = node.inputs[node.inputs[0] == value];
	for (unsigned step = 0; step < 4 && value != ORAY_NONE; step++) {
		oray_id head = role_head(flow, value);
		if (flow->facts[head] & FACT_STORED)
			return value;
		if (!oray_model_value(f->model, head, &v) ||
		    !oray_model_node(f->model, v.producer, &node) || !finder_is(&node, "Mul") ||
		    node.n_inputs != 2 || node.inputs[0] == ORAY_NONE || node.inputs[1] == ORAY_NONE)
			break;
		bool second = flow->facts[role_head(flow, node.inputs[1])] & FACT_CONSTANT;
		value = node.inputs[second];
	}
	return ORAY_NONE;
}

/* W_quantized has W_scale. */
static oray_id scale_by_name(const finder *f, oray_str name)
{
	char text[512];
	oray_str plain = quant_plain_value(name);
	oray_ref refs[8];
	size_t n;

	if (!plain.size || plain.size + 7 > sizeof text)
		return ORAY_NONE;
	memcpy(text, plain.data, plain.size);
	memcpy(text + plain.size, "_scale", 7);
	n = oray_model_find(f->model, (oray_str){text, plain.size + 6}, refs, 8);
	for (size_t i = 0; i < n && i < 8; i++)
		if (refs[i].what == ORAY_REF_VALUE && quant_stored(f->book, refs[i].id) != ORAY_NONE)
			return refs[i].id;
	return ORAY_NONE;
}

static int64_t axis_of(const finder *f, const quant_slot *slot, const oray_encoding *e)
{
	oray_tensor t;

	switch (slot->axis) {
	case AXIS_LAST:
		/* of recurrent layers: one for each direction, unless there is a second axis */
		if (finder_is(&f->node, "DynamicQuantizeLSTM") &&
		    oray_model_tensor(f->model, quant_stored(f->book, finder_input(&f->node, slot->scale)),
		                      &t) &&
		    t.n_dims == 1)
			return 0;
		return -1;
	case AXIS_GEMM:
		return quant_int(f->model, &f->node, "transB", 0) ? 0 : 1;
	case AXIS_ATTRIBUTE:
		return quant_int(f->model, &f->node, "axis", 1);
	default:
		return e->n_dims > 1 && finder_is(&f->node, "QLinearConvTranspose") ? 1 : 0;
	}
}

/* A bias of integers stands for itself times both scales. */
static void scale_bias(finder *f, oray_encoding *e, size_t x, size_t w)
{
	const oray_encoding *a = x == SIZE_MAX ? NULL : &f->book->encodings.at[x];
	const oray_encoding *b = w == SIZE_MAX ? NULL : &f->book->encodings.at[w];

	if (!a || !b || !(a->scale_min == a->scale_max))
		return;
	e->scale = b->scale;
	e->scale_factor = a->scale_min * (b->scale_factor != 0 ? b->scale_factor : 1);
	e->scale_min = a->scale_min * b->scale_min;
	e->scale_max = a->scale_min * b->scale_max;
	quant_limits(e->type, e->bits, &e->lowest, &e->highest);
	e->n_scales = b->n_scales;
	e->zero_point_min = e->zero_point_max = 0;
	e->symmetric = 1;
	if (b->granularity != ORAY_PER_TENSOR) {
		e->granularity = ORAY_PER_AXIS;
		e->axis = 0;
	}
	e->high = e->scale_max * 2147483647.0;
	e->low = -e->scale_max * 2147483648.0;
}

static void own(finder *f, const oray_encoding *e)
{
	quant_own *next = vec_push(NULL, &f->book->own);

	if (next)
		*next = (quant_own){f->id, (uint32_t)(e - f->book->encodings.at)};
	else
		f->book->failed = true;
}

static void take_stored(finder *f, const quant_slot *slot, oray_id value, bool bias)
{
	quant_book *book = f->book;
	oray_id head = role_head(&book->flow, value), scale = finder_input(&f->node, slot->scale);
	int32_t type = quant_type_of(book, value);
	oray_encoding *e;

	if (finder_is_real(type) || book->by_value[head] || !type)
		return;
	e = quant_new(book, bias ? ORAY_QUANTIZED_BIAS : ORAY_QUANTIZED_WEIGHT, QUANT_BY_OPERATOR, head,
	              f->id);
	if (!e)
		return;
	e->tensor = quant_stored(book, value);
	e->type = quant_type_of(book, head);
	e->bits = oray_type_bits(e->type);
	e->reader = f->r->counts_macs || (reading_asks(f->r, (size_t)slot->value) & ASK_EMBEDDING)
	                ? f->id
	                : ORAY_NONE;
	finder_describe(book, e, head, head);
	finder_dims(book, e);
	if (scale == ORAY_NONE && !bias)
		scale = scale_of_product(f);
	if (scale == ORAY_NONE && !bias)
		scale = scale_by_name(f, e->name);
	if (!bias)
		finder_finish(f, e, scale, finder_input(&f->node, slot->zero), axis_of(f, slot, e), 0);
	finder_carry(book, head, e);
}

static void take_activation(finder *f, const quant_slot *slot, oray_id value)
{
	quant_book *book = f->book;
	bool out = slot->place == PLACE_OUTPUT;
	oray_id scale = finder_input(&f->node, slot->scale), zero = finder_input(&f->node, slot->zero);
	oray_encoding *e;

	size_t known = slot->dynamic || out ? SIZE_MAX : quant_trace(book, value, true);
	if (known != SIZE_MAX) {
		finder_claim(f, known, scale, zero);
		return;
	}
	if (out && scale == ORAY_NONE)
		return;
	e = quant_new(book, ORAY_QUANTIZED_ACTIVATION, QUANT_BY_OPERATOR, value, f->id);
	if (!e)
		return;
	e->type = slot->dynamic ? ORAY_UINT8 : quant_type_of(book, value);
	if (!e->type && zero != ORAY_NONE)
		e->type = quant_type_of(book, zero);
	e->bits = oray_type_bits(e->type);
	e->is_dynamic = slot->dynamic;
	finder_describe(book, e, value, value);
	if (slot->dynamic) {
		e->real = value;
		e->reader = f->id;
		finder_dims(book, e);
		own(f, e);
		return;
	}
	e->reader = out ? finder_reader(book, value) : f->r->counts_macs ? f->id : ORAY_NONE;
	finder_finish(f, e, scale, zero, 1, 0);
	if (out)
		quant_facts_of(book, e)->dequantizer = finder_dequantizer(book, value, &e->real);
	finder_carry(book, value, e);
}

static bool is_constant(const finder *f, oray_id value)
{
	return f->book->flow.facts[role_head(&f->book->flow, value)] & FACT_STORED;
}

void find_slot(finder *f, const quant_slot *slot)
{
	bool out = slot->place == PLACE_OUTPUT;
	oray_id value = out ? finder_output(&f->node) : finder_input(&f->node, slot->value);

	if (value == ORAY_NONE)
		return;
	if (slot->packing != ORAY_PACK_PLAIN)
		find_packed(f, slot);
	else if (!out && !slot->dynamic && is_constant(f, value))
		take_stored(f, slot, value, slot->place == PLACE_BIAS);
	else if (slot->place != PLACE_BIAS)
		take_activation(f, slot, value);
	if (slot->place == PLACE_BIAS && f->book->by_value[role_head(&f->book->flow, value)]) {
		size_t bias = f->book->by_value[role_head(&f->book->flow, value)] - 1;
		scale_bias(f, &f->book->encodings.at[bias],
		           quant_trace(f->book, finder_input(&f->node, 0), true),
		           quant_trace(f->book, finder_input(&f->node, 3), false));
	}
}

/* Output first, then any number of inputs, each with its scale and zero point. */
void find_concat(finder *f)
{
	quant_slot slot = {.op = "QLinearConcat", .place = PLACE_OUTPUT, .scale = 0, .zero = 1};

	for (size_t i = 2; i + 2 < f->node.n_inputs && i < INT8_MAX; i += 3) {
		quant_slot each = {.place = PLACE_INPUT,
		                   .value = (int8_t)i,
		                   .scale = (int8_t)(i + 1),
		                   .zero = (int8_t)(i + 2)};
		if (i + 2 <= INT8_MAX)
			find_slot(f, &each);
	}
	find_slot(f, &slot);
}
