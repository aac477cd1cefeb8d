/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quantization_find.c - walks the nodes and takes down every encoding that one of them tells about.
 */
#include <math.h>
#include <string.h>

#include "analyze/quant_names.h"
#include "analyze/quantization.h"
#include "base/num.h"

enum { USES_MOST = 64, STEPS_MOST = 16, RANK_MOST = 64 };

typedef struct finder {
	quant_book *book;
	const oray_model *model;
	oray_id id;
	oray_node node;
	reading own;
	const reading *r; /* NULL, or `own`, since asking for others may change what was told */
} finder;

static bool node_is(const oray_node *node, const char *op)
{
	return node->op.size == strlen(op) && !memcmp(node->op.data, op, node->op.size);
}

static oray_id input(const oray_node *node, int index)
{
	return index >= 0 && (size_t)index < node->n_inputs ? node->inputs[index] : ORAY_NONE;
}

static oray_id output(const oray_node *node)
{
	return node->n_outputs ? node->outputs[0] : ORAY_NONE;
}

static const reading *reading_at(quant_book *book, const oray_node *node)
{
	return reading_of(&book->flow.readings, node, book->flow.context[node->graph]);
}

static void carry(quant_book *book, oray_id value, const oray_encoding *e)
{
	if (value != ORAY_NONE && !book->by_value[value])
		book->by_value[value] = (uint32_t)(e - book->encodings.at) + 1;
}

static void describe_name(quant_book *book, oray_encoding *e, oray_id holder, oray_id origin)
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

static void take_dims(quant_book *book, oray_encoding *e)
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

static oray_quantized_role role_of(quant_book *book, oray_id value, int32_t type)
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
static oray_id find_reader(quant_book *book, oray_id value)
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
			    !(r = reading_at(book, &node)))
				continue;
			while (at < node.n_inputs && node.inputs[at] != value)
				at++;
			if (computes_with(r, at))
				return v.uses[i];
			if (at == 0 && reading_passes(r) && next == ORAY_NONE)
				next = output(&node);
		}
		if (next == ORAY_NONE)
			break;
		value = next;
	}
	return ORAY_NONE;
}

/* The first DequantizeLinear that makes real numbers of a value. */
static oray_id find_dequantizer(quant_book *book, oray_id value, oray_id *real)
{
	oray_value v;
	oray_node node;

	for (unsigned step = 0; step < STEPS_MOST && oray_model_value(book->public.model, value, &v);
	     step++) {
		oray_id next = ORAY_NONE;
		for (size_t i = 0; i < v.n_uses && i < USES_MOST; i++) {
			const reading *r;
			if (!oray_model_node(book->public.model, v.uses[i], &node) ||
			    !(r = reading_at(book, &node)) || input(&node, 0) != value)
				continue;
			if (r->dequantizes) {
				*real = output(&node);
				return v.uses[i];
			}
			if (reading_passes(r) && !r->quantizes && next == ORAY_NONE)
				next = output(&node);
		}
		if (next == ORAY_NONE)
			break;
		value = next;
	}
	return ORAY_NONE;
}

static uint32_t bits_of(int32_t type)
{
	return oray_type_bits(type);
}

/* --------------------------------------------------------------- QuantizeLinear and twin -- */

static int32_t quantized_type(const finder *f, oray_id zero)
{
	int32_t type = zero == ORAY_NONE ? 0 : quant_type_of(f->book, zero);

	if (!type)
		type = (int32_t)quant_int(f->model, &f->node, "output_dtype", 0);
	if (!type)
		type = quant_type_of(f->book, output(&f->node));
	return type ? type : ORAY_UINT8;
}

static bool is_real(int32_t type)
{
	return type == ORAY_FLOAT32 || type == ORAY_FLOAT16 || type == ORAY_BFLOAT16 ||
	       type == ORAY_FLOAT64;
}

/* A constant of real numbers that is rounded on its way. */
static bool is_fake(const finder *f, oray_id value)
{
	oray_id head = role_head(&f->book->flow, value);

	return (f->book->flow.facts[head] & FACT_CONSTANT) && is_real(quant_type_of(f->book, head));
}

static void finish_encoding(finder *f, oray_encoding *e, oray_id scale, oray_id zero, int64_t axis,
                            int64_t block)
{
	if (!e->n_dims)
		take_dims(f->book, e);
	quant_granularity(f->book, e, scale, axis, block);
	quant_read(f->book, e, scale, zero);
}

static void take_quantize(finder *f)
{
	quant_book *book = f->book;
	oray_id x = input(&f->node, 0), y = output(&f->node);
	oray_id scale = input(&f->node, 1), zero = input(&f->node, 2);
	oray_encoding *e;
	bool fake;

	if (x == ORAY_NONE || y == ORAY_NONE)
		return;
	fake = is_fake(f, x);
	int32_t type = quantized_type(f, zero);
	oray_quantized_role role = fake ? role_of(book, x, type) : ORAY_QUANTIZED_ACTIVATION;
	e = quant_new(book, role, QUANT_BY_QUANTIZE, fake ? role_head(&book->flow, x) : y, f->id);
	if (!e)
		return;
	e->is_fake = fake;
	e->tensor = fake ? quant_stored(book, x) : ORAY_NONE;
	e->type = type;
	e->bits = bits_of(type);
	describe_name(book, e, e->value, x);
	quant_facts *facts = quant_facts_of(book, e);
	facts->quantizer = f->id;
	facts->dequantizer = find_dequantizer(book, y, &e->real);
	e->reader = find_reader(book, e->real != ORAY_NONE ? e->real : y);
	finish_encoding(f, e, scale, zero, quant_int(f->model, &f->node, "axis", 1),
	                quant_int(f->model, &f->node, "block_size", 0));
	carry(book, y, e);
	carry(book, e->real, e);
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
	    !node_is(&node, "Gather") || input(&node, 0) == ORAY_NONE ||
	    quant_stored(f->book, node.inputs[0]) == ORAY_NONE ||
	    is_real(quant_type_of(f->book, node.inputs[0])) || scale == ORAY_NONE)
		return x;
	/* what lies along which axis of the table is known for one scale only */
	if (oray_model_tensor(f->model, quant_stored(f->book, scale), &t) && t.elements.value > 1)
		return x;
	return role_head(&f->book->flow, node.inputs[0]);
}

static void take_dequantize(finder *f)
{
	quant_book *book = f->book;
	oray_id x = input(&f->node, 0), y = output(&f->node);
	oray_id scale = input(&f->node, 1), zero = input(&f->node, 2);
	size_t known;
	oray_encoding *e;
	bool stored;

	if (x == ORAY_NONE || y == ORAY_NONE)
		return;
	known = quant_trace(book, x, false);
	stored = quant_stored(book, x) != ORAY_NONE && !is_real(quant_type_of(book, x));
	if (known != SIZE_MAX && (!stored || same_scale(book, known, scale, zero))) {
		e = &book->encodings.at[known];
		if (e->real == ORAY_NONE)
			e->real = y;
		if (book->facts.at[known].dequantizer == ORAY_NONE)
			book->facts.at[known].dequantizer = f->id;
		if (e->reader == ORAY_NONE)
			e->reader = find_reader(book, y);
		carry(book, y, e);
		return;
	}
	oray_id head = stored ? role_head(&book->flow, x) : picked_from(f, x, scale);
	stored |= head != x;
	int32_t type = quant_type_of(book, head);
	e = quant_new(book, stored ? role_of(book, head, type) : ORAY_QUANTIZED_ACTIVATION,
	              QUANT_BY_DEQUANTIZE, head, f->id);
	if (!e)
		return;
	e->tensor = stored ? quant_stored(book, head) : ORAY_NONE;
	e->type = type;
	e->bits = bits_of(type);
	e->real = y;
	quant_facts_of(book, e)->dequantizer = f->id;
	describe_name(book, e, head, head);
	e->reader = find_reader(book, y);
	finish_encoding(f, e, scale, zero, quant_int(f->model, &f->node, "axis", 1),
	                quant_int(f->model, &f->node, "block_size", 0));
	carry(book, head, e);
	carry(book, x, e);
	carry(book, y, e);
}

static void take_dynamic(finder *f)
{
	quant_book *book = f->book;
	oray_id y = output(&f->node);
	oray_encoding *e;

	if (y == ORAY_NONE)
		return;
	e = quant_new(book, ORAY_QUANTIZED_ACTIVATION, QUANT_BY_QUANTIZE, y, f->id);
	if (!e)
		return;
	e->type = ORAY_UINT8;
	e->bits = 8;
	e->is_dynamic = true;
	describe_name(book, e, y, input(&f->node, 0));
	e->reader = find_reader(book, y);
	take_dims(book, e);
	quant_facts_of(book, e)->scale = f->node.n_outputs > 1 ? f->node.outputs[1] : ORAY_NONE;
	carry(book, y, e);
}

/* ------------------------------------------------------------ operators on few bits -- */

/* The scale that the result of an integer product is multiplied with, behind a Cast: the part of
 * it that is stored belongs to the weight. */
static oray_id scale_of_product(const finder *f)
{
	role_flow *flow = &f->book->flow;
	oray_id value = output(&f->node);
	oray_node node;
	oray_value v;

	for (unsigned step = 0; step < 4 && oray_model_value(f->model, value, &v); step++) {
		oray_id next = ORAY_NONE;
		for (size_t i = 0; i < v.n_uses && i < USES_MOST; i++) {
			if (!oray_model_node(f->model, v.uses[i], &node))
				continue;
			if (node_is(&node, "Mul") && node.n_inputs == 2)
				goto found;
			if (node_is(&node, "Cast") || node_is(&node, "Reshape"))
				next = output(&node);
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
		    !oray_model_node(f->model, v.producer, &node) || !node_is(&node, "Mul") ||
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
		if (node_is(&f->node, "DynamicQuantizeLSTM") &&
		    oray_model_tensor(f->model, quant_stored(f->book, input(&f->node, slot->scale)), &t) &&
		    t.n_dims == 1)
			return 0;
		return -1;
	case AXIS_GEMM:
		return quant_int(f->model, &f->node, "transB", 0) ? 0 : 1;
	case AXIS_ATTRIBUTE:
		return quant_int(f->model, &f->node, "axis", 1);
	default:
		return e->n_dims > 1 && node_is(&f->node, "QLinearConvTranspose") ? 1 : 0;
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
	e->scale_factor = a->scale_min;
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

static int64_t *two_dims(quant_book *book, int64_t rows, int64_t columns)
{
	int64_t *dims = arena_alloc(&book->texts, 2 * sizeof *dims);

	if (dims) {
		dims[0] = rows;
		dims[1] = columns;
	}
	return dims;
}

static void shape_product(finder *f, const quant_slot *slot, oray_encoding *e)
{
	int64_t k = quant_int(f->model, &f->node, slot->rows, -1);
	int64_t n = quant_int(f->model, &f->node, slot->columns, -1);
	int64_t *dims;

	if (k < 0 || n < 0 || !(dims = two_dims(f->book, k, n)))
		return;
	e->dims = dims;
	e->n_dims = 2;
	e->elements.exact = num_product(dims, 2, &e->elements.value);
}

/* Rows of small numbers in bytes: the last axis is longer than it looks. */
static void shape_rows(finder *f, oray_encoding *e, const oray_tensor *t)
{
	int64_t *dims;
	int64_t per = e->bits ? 8 / (int64_t)e->bits : 0;

	e->dims = t->dims;
	e->n_dims = t->n_dims;
	e->elements = t->elements;
	if (t->type != ORAY_UINT8 || per < 2 || !t->n_dims || t->n_dims > RANK_MOST)
		return;
	dims = arena_alloc(&f->book->texts, t->n_dims * sizeof *dims);
	if (!dims)
		return;
	memcpy(dims, t->dims, t->n_dims * sizeof *dims);
	if (__builtin_mul_overflow(dims[t->n_dims - 1], per, &dims[t->n_dims - 1]))
		return;
	e->dims = dims;
	e->elements.exact = num_product(dims, t->n_dims, &e->elements.value);
}

static int32_t packed_type(const finder *f, const oray_tensor *t, uint32_t bits)
{
	if (node_is(&f->node, "MatMulBnb4") || node_is(&f->node, "MatMulBlockQuantizedFp4Weight"))
		return node_is(&f->node, "MatMulBnb4") &&
		               quant_int(f->model, &f->node, "quant_type", 0) == 1
		           ? ORAY_UNDEFINED /* NF4: sixteen levels of a normal distribution */
		           : ORAY_FLOAT4E2M1;
	if (t->type != ORAY_UINT8)
		return t->type;
	return bits <= 2 ? ORAY_UINT2 : bits <= 4 ? ORAY_UINT4 : ORAY_UINT8;
}

static void count_blocks(finder *f, const quant_slot *slot, oray_encoding *e)
{
	oray_tensor t;
	int64_t block = quant_int(f->model, &f->node, "block_size", slot->rows ? 0 : 128);
	oray_id scale = input(&f->node, slot->scale);

	e->granularity = ORAY_PER_BLOCK;
	e->axis = slot->rows ? 0 : quant_int(f->model, &f->node, "quantize_axis", 1);
	if (e->axis < 0)
		e->axis += (int64_t)e->n_dims;
	if (e->axis < 0 || (size_t)e->axis >= e->n_dims) {
		quant_facts_of(f->book, e)->axis_bad = e->n_dims > 0;
		e->axis = -1;
	}
	e->block_size = block > 0 ? block : 0;
	if (e->axis < 0 || block <= 0 || !e->elements.exact ||
	    !oray_model_tensor(f->model, quant_stored(f->book, scale), &t) || !t.elements.exact)
		return;
	uint64_t along = (uint64_t)e->dims[e->axis], wanted;
	uint64_t others = along ? e->elements.value / along : 0;
	if (along && num_mul((along - 1) / (uint64_t)block + 1, others, &wanted) &&
	    wanted != t.elements.value)
		quant_facts_of(f->book, e)->length_wanted = wanted;
}

static void take_packed(finder *f, const quant_slot *slot)
{
	quant_book *book = f->book;
	oray_id value = input(&f->node, slot->value);
	oray_id stored = value == ORAY_NONE ? ORAY_NONE : quant_stored(book, value);
	int64_t bits = quant_int(f->model, &f->node, "bits", 4);
	oray_encoding *e;
	oray_tensor t;

	if (value == ORAY_NONE || !oray_model_tensor(f->model, stored, &t))
		return;
	if (node_is(&f->node, "QMoE"))
		bits = quant_int(f->model, &f->node, "expert_weight_bits", 4);
	e = quant_new(book, ORAY_QUANTIZED_WEIGHT, QUANT_BY_OPERATOR, role_head(&book->flow, value),
	              f->id);
	if (!e)
		return;
	e->tensor = stored;
	e->bits = t.type != ORAY_UINT8 ? bits_of(t.type) : bits > 0 && bits <= 8 ? (uint32_t)bits : 8;
	e->type = packed_type(f, &t, e->bits);
	e->packing = (oray_packing)slot->packing;
	if (e->packing == ORAY_PACK_ROWS && t.type != ORAY_UINT8)
		e->packing = ORAY_PACK_PLAIN;
	e->reader = f->id;
	describe_name(book, e, e->value, e->value);
	if (slot->rows)
		shape_product(f, slot, e);
	else
		shape_rows(f, e, &t);
	if (slot->scale >= 0)
		count_blocks(f, slot, e);
	quant_read(book, e, input(&f->node, slot->scale), input(&f->node, slot->zero));
	carry(book, e->value, e);
}

static void take_stored(finder *f, const quant_slot *slot, oray_id value, bool bias)
{
	quant_book *book = f->book;
	oray_id head = role_head(&book->flow, value), scale = input(&f->node, slot->scale);
	int32_t type = quant_type_of(book, value);
	oray_encoding *e;

	if (is_real(type) || book->by_value[head] || !type)
		return;
	e = quant_new(book, bias ? ORAY_QUANTIZED_BIAS : ORAY_QUANTIZED_WEIGHT, QUANT_BY_OPERATOR, head,
	              f->id);
	if (!e)
		return;
	e->tensor = quant_stored(book, value);
	e->type = quant_type_of(book, head);
	e->bits = bits_of(e->type);
	e->reader = f->r->counts_macs || (reading_asks(f->r, (size_t)slot->value) & ASK_EMBEDDING)
	                ? f->id
	                : ORAY_NONE;
	describe_name(book, e, head, head);
	take_dims(book, e);
	if (scale == ORAY_NONE && !bias)
		scale = scale_of_product(f);
	if (scale == ORAY_NONE && !bias)
		scale = scale_by_name(f, e->name);
	if (!bias)
		finish_encoding(f, e, scale, input(&f->node, slot->zero), axis_of(f, slot, e), 0);
	carry(book, head, e);
}

static void take_activation(finder *f, const quant_slot *slot, oray_id value)
{
	quant_book *book = f->book;
	bool out = slot->place == PLACE_OUTPUT;
	oray_id scale = input(&f->node, slot->scale), zero = input(&f->node, slot->zero);
	oray_encoding *e;

	if (!slot->dynamic && !out && quant_trace(book, value, true) != SIZE_MAX)
		return;
	if (out && scale == ORAY_NONE)
		return;
	e = quant_new(book, ORAY_QUANTIZED_ACTIVATION, QUANT_BY_OPERATOR, value, f->id);
	if (!e)
		return;
	e->type = slot->dynamic ? ORAY_UINT8 : quant_type_of(book, value);
	if (!e->type && zero != ORAY_NONE)
		e->type = quant_type_of(book, zero);
	e->bits = bits_of(e->type);
	e->is_dynamic = slot->dynamic;
	describe_name(book, e, value, value);
	if (slot->dynamic) {
		e->real = value;
		e->reader = f->id;
		take_dims(book, e);
		own(f, e);
		return;
	}
	e->reader = out ? find_reader(book, value) : f->r->counts_macs ? f->id : ORAY_NONE;
	finish_encoding(f, e, scale, zero, 1, 0);
	if (out)
		quant_facts_of(book, e)->dequantizer = find_dequantizer(book, value, &e->real);
	carry(book, value, e);
}

static bool is_constant(const finder *f, oray_id value)
{
	return f->book->flow.facts[role_head(&f->book->flow, value)] & FACT_STORED;
}

static void take_slot(finder *f, const quant_slot *slot)
{
	bool out = slot->place == PLACE_OUTPUT;
	oray_id value = out ? output(&f->node) : input(&f->node, slot->value);

	if (value == ORAY_NONE)
		return;
	if (slot->packing != ORAY_PACK_PLAIN)
		take_packed(f, slot);
	else if (!out && !slot->dynamic && is_constant(f, value))
		take_stored(f, slot, value, slot->place == PLACE_BIAS);
	else if (slot->place != PLACE_BIAS)
		take_activation(f, slot, value);
	if (slot->place == PLACE_BIAS && f->book->by_value[role_head(&f->book->flow, value)]) {
		size_t bias = f->book->by_value[role_head(&f->book->flow, value)] - 1;
		scale_bias(f, &f->book->encodings.at[bias], quant_trace(f->book, input(&f->node, 0), true),
		           quant_trace(f->book, input(&f->node, 3), false));
	}
}

/* Output first, then any number of inputs, each with its scale and zero point. */
static void take_concat(finder *f)
{
	quant_slot slot = {.op = "QLinearConcat", .place = PLACE_OUTPUT, .scale = 0, .zero = 1};

	for (size_t i = 2; i + 2 < f->node.n_inputs && i < INT8_MAX; i += 3) {
		quant_slot each = {.place = PLACE_INPUT,
		                   .value = (int8_t)i,
		                   .scale = (int8_t)(i + 1),
		                   .zero = (int8_t)(i + 2)};
		if (i + 2 <= INT8_MAX)
			take_slot(f, &each);
	}
	take_slot(f, &slot);
}

/* --------------------------------------------------------------------- real in, real out -- */

static int32_t type_of_bits(double bits, bool is_signed)
{
	static const int32_t types[2][5] = {
	    {ORAY_UINT2, ORAY_UINT4, ORAY_UINT8, ORAY_UINT16, ORAY_UINT32},
	    {ORAY_INT2, ORAY_INT4, ORAY_INT8, ORAY_INT16, ORAY_INT32},
	};

	for (unsigned i = 0; i < 5; i++)
		if (bits <= (double)(2u << i))
			return types[is_signed][i];
	return ORAY_UNDEFINED;
}

static int32_t type_named(oray_str s)
{
	static const struct {
		const char *name;
		int32_t type;
	} names[] = {
	    {"fp4", ORAY_FLOAT4E2M1},
	    {"fp4_e2m1", ORAY_FLOAT4E2M1},
	    {"fp6_e2m3", ORAY_FLOAT6E2M3},
	    {"fp6_e3m2", ORAY_FLOAT6E3M2},
	    {"fp8_e4m3", ORAY_FLOAT8E4M3FN},
	    {"fp8_e5m2", ORAY_FLOAT8E5M2},
	    {"int8", ORAY_INT8},
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (s.size == strlen(names[i].name) && !memcmp(s.data, names[i].name, s.size))
			return names[i].type;
	return s.size ? ORAY_UNDEFINED : ORAY_INT8;
}

/* Type and bits of Quant and its kin, from their inputs and attributes. */
static void take_width(finder *f, oray_encoding *e)
{
	const oray_model *model = f->model;
	quant_facts *facts = quant_facts_of(f->book, e);
	double bits = NAN;
	oray_attribute a;

	if (node_is(&f->node, "BipolarQuant")) {
		e->type = ORAY_INT2;
		e->bits = 1;
		return;
	}
	if (node_is(&f->node, "FloatQuant")) {
		bits = 1 + quant_number(f->book, input(&f->node, 2), 0) +
		       quant_number(f->book, input(&f->node, 3), 0);
		e->bits = bits > 0 && bits <= 64 ? (uint32_t)bits : 0;
		return;
	}
	if (node_is(&f->node, "MXQuantizeDequantize") || node_is(&f->node, "MXFixNeuron")) {
		bool told = quant_attribute(model, &f->node, "element_dtype", &a) &&
		            a.type == ORAY_ATTR_STRING && !a.on_disk;
		e->type = type_named(told ? a.v.s : (oray_str){"", 0});
		e->bits = bits_of(e->type);
		return;
	}
	if (node_is(&f->node, "BFPQuantizeDequantize") || node_is(&f->node, "BFPFixNeuron")) {
		e->bits = (uint32_t)quant_int(model, &f->node, "bit_width", 16);
		return;
	}
	if (node_is(&f->node, "Quant") || node_is(&f->node, "IntQuant"))
		bits = quant_number(f->book, input(&f->node, 3), 0);
	else if (node_is(&f->node, "Trunc"))
		bits = quant_number(f->book, input(&f->node, f->node.n_inputs > 6 ? 6 : 3), 0);
	facts->narrow = quant_int(model, &f->node, "narrow", 0) != 0;
	if (!(bits >= 1 && bits <= 32))
		return;
	e->type = type_of_bits(bits, quant_int(model, &f->node, "signed", 1) != 0);
	e->bits = (uint32_t)ceil(bits);
}

static void take_fake(finder *f)
{
	quant_book *book = f->book;
	oray_id x = input(&f->node, 0), y = output(&f->node), scale = input(&f->node, 1);
	bool blocks = f->node.n_inputs == 1, thresholds = node_is(&f->node, "MultiThreshold");
	bool integer = node_is(&f->node, "Quant") || node_is(&f->node, "IntQuant");
	oray_encoding *e;

	if (x == ORAY_NONE || y == ORAY_NONE)
		return;
	bool constant = is_fake(f, x);
	e = quant_new(book, constant ? role_of(book, x, 0) : ORAY_QUANTIZED_ACTIVATION, QUANT_BY_FAKE,
	              constant ? role_head(&book->flow, x) : x, f->id);
	if (!e)
		return;
	e->is_fake = true;
	e->packing = blocks ? ORAY_PACK_UNSUPPORTED : ORAY_PACK_PLAIN;
	e->tensor = constant ? quant_stored(book, x) : ORAY_NONE;
	e->real = y;
	take_width(f, e);
	describe_name(book, e, constant ? e->value : y, x);
	take_dims(book, e);
	e->reader = find_reader(book, y);
	if (blocks) {
		e->granularity = ORAY_PER_BLOCK;
		e->block_size = quant_int(f->model, &f->node, "block_size", e->type ? 32 : 8);
		int64_t axis = quant_int(f->model, &f->node, "axis", 1);
		e->axis = axis < 0 ? axis + (int64_t)e->n_dims : axis;
	} else if (!thresholds) {
		finish_encoding(f, e, scale, integer ? input(&f->node, 2) : ORAY_NONE, 0, 0);
	}
	carry(book, y, e);
}

static void take_annotations(quant_book *book)
{
	oray_value v;
	oray_ref refs[8];

	for (oray_id id = 0; id < book->flow.n_values && !book->failed; id++) {
		oray_id found[2] = {ORAY_NONE, ORAY_NONE};
		if (!oray_model_value(book->public.model, id, &v) ||
		    (!v.scale.size && !v.zero_point.size) || book->by_value[id] ||
		    book->flow.context[v.graph] == ROLE_TRAINING)
			continue;
		for (int k = 0; k < 2; k++) {
			oray_str name = k ? v.zero_point : v.scale;
			size_t n = name.size ? oray_model_find(book->public.model, name, refs, 8) : 0;
			for (size_t i = 0; i < n && i < 8 && found[k] == ORAY_NONE; i++)
				if (refs[i].what == ORAY_REF_VALUE)
					found[k] = refs[i].id;
		}
		finder f = {.book = book, .model = book->public.model, .id = ORAY_NONE};
		bool stored = book->flow.facts[id] & FACT_STORED;
		int32_t type = found[1] == ORAY_NONE ? 0 : quant_type_of(book, found[1]);
		if (!type)
			type = quant_type_of(book, id);
		oray_encoding *e =
		    quant_new(book, stored ? role_of(book, id, type) : ORAY_QUANTIZED_ACTIVATION,
		              QUANT_BY_ANNOTATION, id, v.producer);
		if (!e)
			return;
		e->is_fake = is_real(quant_type_of(book, id));
		e->tensor = stored ? quant_stored(book, id) : ORAY_NONE;
		e->type = is_real(type) ? 0 : type;
		e->bits = e->type ? bits_of(e->type) : 0;
		describe_name(book, e, id, id);
		e->reader = find_reader(book, id);
		finish_encoding(&f, e, found[0], found[1], 0, 0);
		carry(book, id, e);
	}
}

/* -------------------------------------------------------------------------------- walk -- */

static void take_node(finder *f)
{
	const char *name = f->r->row ? f->r->row->name : "";

	if (!f->r->row || f->node.function != ORAY_NONE)
		return;
	if (f->r->dequantizes) {
		take_dequantize(f);
	} else if (!strcmp(name, "DynamicQuantizeLinear")) {
		take_dynamic(f);
	} else if (f->r->quantizes) {
		take_quantize(f);
	} else if (f->r->rounds || !strcmp(name, "MultiThreshold") || !strcmp(name, "Trunc")) {
		take_fake(f);
	} else if (!strcmp(name, "QLinearConcat")) {
		take_concat(f);
	} else {
		const quant_slot *slot = quant_slots(name);
		for (; slot && slot->op && !strcmp(slot->op, name); slot++)
			take_slot(f, slot);
	}
}

void quant_find(quant_book *book)
{
	finder f = {.book = book, .model = book->public.model};

	for (oray_id g = 0; g < book->flow.n_graphs; g++) {
		const oray_graph *graph = oray_model_graph(f.model, g);
		for (size_t i = 0; book->flow.context[g] != ROLE_TRAINING && i < graph->n_nodes; i++) {
			f.id = (oray_id)(graph->first_node + i);
			if (book->failed || !oray_model_node(f.model, f.id, &f.node))
				return;
			f.r = reading_at(book, &f.node);
			if (!f.r)
				continue;
			f.own = *f.r;
			f.r = &f.own;
			take_node(&f);
		}
	}
	take_annotations(book);
}
