/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quantization_packed.c - weights that operators keep packed in bytes.
 */
#include <string.h>

#include "analyze/quantization_finder.h"
#include "base/num.h"

/* Stored are places in a table of sixteen numbers. */
static bool is_of_table(const oray_encoding *e)
{
	return e->packing == ORAY_PACK_NF4 || e->packing == ORAY_PACK_FP4;
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

static int32_t packed_type(const finder *f, const oray_encoding *e, const oray_tensor *t)
{
	if (finder_is(&f->node, "MatMulBlockQuantizedFp4Weight"))
		return ORAY_FLOAT4E2M1;
	if (is_of_table(e))
		return ORAY_UNDEFINED;
	if (t->type != ORAY_UINT8)
		return t->type;
	return e->bits <= 2 ? ORAY_UINT2 : e->bits <= 4 ? ORAY_UINT4 : ORAY_UINT8;
}

/* How many numbers of how many bits there are, and how they are packed. */
static oray_packing packing_of(const finder *f, const quant_slot *slot, const oray_tensor *t)
{
	if (slot->packing == ORAY_PACK_NF4) /* quant_type 0 is the default, and FP4 */
		return quant_int(f->model, &f->node, "quant_type", 0) == 1 ? ORAY_PACK_NF4 : ORAY_PACK_FP4;
	if (slot->packing == ORAY_PACK_ROWS && t->type != ORAY_UINT8)
		return ORAY_PACK_PLAIN;
	return (oray_packing)slot->packing;
}

static uint32_t bits_of(const finder *f, const quant_slot *slot, const oray_tensor *t)
{
	static const char *const of_experts[] = {[2] = "fc1_expert_weight_bits",
	                                         [5] = "fc2_expert_weight_bits",
	                                         [8] = "fc3_expert_weight_bits"};
	bool experts = finder_is(&f->node, "QMoE");
	int64_t bits = quant_int(f->model, &f->node, experts ? "expert_weight_bits" : "bits", 4);

	if (experts)
		bits = quant_int(f->model, &f->node, of_experts[slot->value], bits);
	if (t->type != ORAY_UINT8)
		return oray_type_bits(t->type);
	return bits > 0 && bits <= 8 ? (uint32_t)bits : 8;
}

/* Along which axis blocks lie, and of how many numbers. */
static void lay_blocks(const finder *f, const quant_slot *slot, oray_encoding *e)
{
	bool experts = finder_is(&f->node, "QMoE");
	int64_t block = quant_int(f->model, &f->node, "block_size", slot->rows || experts ? 0 : 128);

	e->granularity = ORAY_PER_BLOCK;
	e->axis = slot->rows ? 0 : quant_int(f->model, &f->node, "quantize_axis", experts ? -1 : 1);
	if (e->axis < 0)
		e->axis += (int64_t)e->n_dims;
	if (e->axis < 0 || (size_t)e->axis >= e->n_dims) {
		quant_facts_of(f->book, e)->axis_bad = e->n_dims > 0;
		e->axis = -1;
	}
	if (experts && block <= 0 && e->axis >= 0) /* one for each output of each expert */
		block = e->dims[e->axis];
	e->block_size = block > 0 ? block : 0;
}

/* Blocks of a table go on from row to row. */
static void count_blocks(finder *f, const quant_slot *slot, oray_encoding *e)
{
	uint64_t along, wanted, block = (uint64_t)e->block_size, others = 1;
	oray_tensor t;

	if (e->axis < 0 || !block || !e->elements.exact ||
	    !oray_model_tensor(f->model, quant_stored(f->book, finder_input(&f->node, slot->scale)),
	                       &t) ||
	    !t.elements.exact)
		return;
	along = is_of_table(e) ? e->elements.value : (uint64_t)e->dims[e->axis];
	if (along && !is_of_table(e))
		others = e->elements.value / along;
	if (along && num_mul((along - 1) / block + 1, others, &wanted) && wanted != t.elements.value)
		quant_facts_of(f->book, e)->length_wanted = wanted;
	if (is_of_table(e) && e->n_dims == 2 && (uint64_t)e->dims[0] % block)
		e->axis = -1;
}

void find_packed(finder *f, const quant_slot *slot)
{
	quant_book *book = f->book;
	oray_id value = finder_input(&f->node, slot->value);
	oray_id stored = value == ORAY_NONE ? ORAY_NONE : quant_stored(book, value);
	oray_encoding *e;
	oray_tensor t;

	if (value == ORAY_NONE || !oray_model_tensor(f->model, stored, &t))
		return;
	e = quant_new(book, ORAY_QUANTIZED_WEIGHT, QUANT_BY_OPERATOR, role_head(&book->flow, value),
	              f->id);
	if (!e)
		return;
	e->tensor = stored;
	e->packing = packing_of(f, slot, &t);
	e->bits = is_of_table(e) ? 4 : bits_of(f, slot, &t);
	e->type = packed_type(f, e, &t);
	e->reader = f->id;
	finder_describe(book, e, e->value, e->value);
	if (slot->scale <
	    0) { /* scales lie among the numbers, in an order that only the kernel knows */
		e->bits = 0;
		e->type = ORAY_UNDEFINED;
		finder_carry(book, e->value, e);
		return;
	}
	if (slot->rows)
		shape_product(f, slot, e);
	else
		shape_rows(f, e, &t);
	lay_blocks(f, slot, e);
	count_blocks(f, slot, e);
	quant_read(book, e, finder_input(&f->node, slot->scale), finder_input(&f->node, slot->zero));
	finder_carry(book, e->value, e);
}
