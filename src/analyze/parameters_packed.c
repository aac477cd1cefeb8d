/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parameters_packed.c - how many numbers there really are in a packed weight.
 *
 * MatMulNBits keeps two 4-bit numbers in a byte and pads the last block of every row: its K x N is
 * what the layer has. Operators that do not say it are counted by the bits of one number.
 */
#include "analyze/parameters.h"

#include <string.h>

#include "base/num.h"

enum { READERS = 64 };

typedef struct packing {
	const char *op;
	uint8_t input;
	const char *rows, *columns; /* attributes whose product is the answer, or NULL */
	const char *bits[2];        /* attributes that give the bits of one element; first one wins */
	uint32_t default_bits;
} packing;

static const packing packings[] = {
    {"GatherBlockQuantized", 0, NULL, NULL, {"bits", NULL}, 4},
    {"MatMulBlockQuantizedFp4Weight", 1, NULL, NULL, {NULL, NULL}, 4},
    {"MatMulBnb4", 1, "K", "N", {NULL, NULL}, 4},
    {"MatMulNBits", 1, "K", "N", {"bits", NULL}, 4},
    {"MatMulNBitsMlp", 3, "K", "N", {"bits", NULL}, 4},
    {"MatMulNBitsMlp", 6, "K", "N", {"bits", NULL}, 4},
    {"MatMulNBitsQkv", 3, "K", "Nq", {"bits", NULL}, 4},
    {"MatMulNBitsQkv", 6, "K", "Nkv", {"bits", NULL}, 4},
    {"MatMulNBitsQkv", 9, "K", "Nkv", {"bits", NULL}, 4},
    {"QMoE", 2, NULL, NULL, {"fc1_expert_weight_bits", "expert_weight_bits"}, 4},
    {"QMoE", 5, NULL, NULL, {"fc2_expert_weight_bits", "expert_weight_bits"}, 4},
    {"QMoE", 8, NULL, NULL, {"fc3_expert_weight_bits", "expert_weight_bits"}, 4},
};

static bool same(oray_str s, const char *word)
{
	return s.size == strlen(word) && !memcmp(s.data, word, s.size);
}

/* A positive integer attribute. */
static bool attribute(const oray_model *model, const oray_node *node, const char *name,
                      uint64_t *out)
{
	oray_attribute a;

	for (size_t i = 0; name && i < node->n_attributes; i++)
		if (oray_model_attribute(model, (oray_id)(node->first_attribute + i), &a) &&
		    same(a.name, name) && a.type == ORAY_ATTR_INT && !a.reference.size && a.v.i > 0) {
			*out = (uint64_t)a.v.i;
			return true;
		}
	return false;
}

static const packing *packing_of(role_flow *flow, const oray_node *node, oray_id value)
{
	for (size_t i = 0; i < sizeof packings / sizeof *packings; i++) {
		const packing *p = &packings[i];
		if (same(node->op, p->op) && p->input < node->n_inputs &&
		    node->inputs[p->input] != ORAY_NONE && role_head(flow, node->inputs[p->input]) == value)
			return p;
	}
	return NULL;
}

/* Among several readers the first one of a packing operator counts. */
static const packing *find_reader(role_flow *flow, oray_id value, oray_node *node)
{
	oray_id only = flow->link[value];
	oray_value v;

	if (only != ROLE_MANY)
		return oray_model_node(flow->model, only, node) ? packing_of(flow, node, value) : NULL;
	if (!oray_model_value(flow->model, value, &v))
		return NULL;
	for (size_t i = 0; i < v.n_uses && i < READERS; i++) {
		const packing *p;
		if (oray_model_node(flow->model, v.uses[i], node) &&
		    (p = packing_of(flow, node, value)) != NULL)
			return p;
	}
	return NULL;
}

oray_count parameter_unpacked(role_flow *flow, oray_id value, int32_t type, oray_count stored)
{
	oray_node node;
	const packing *p = find_reader(flow, value, &node);
	uint64_t bits, room, rows, columns, product, stored_bits;

	if (!p || !stored.exact)
		return stored;
	bits = p->default_bits;
	if (!attribute(flow->model, &node, p->bits[0], &bits))
		attribute(flow->model, &node, p->bits[1], &bits);
	stored_bits = oray_type_bits(type);
	if (bits > stored_bits || !num_mul(stored.value, stored_bits, &room))
		return stored;
	room /= bits;
	if (attribute(flow->model, &node, p->rows, &rows) &&
	    attribute(flow->model, &node, p->columns, &columns) && num_mul(rows, columns, &product) &&
	    product <= room)
		return (oray_count){product, true};
	return (oray_count){room, true};
}
