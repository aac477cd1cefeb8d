/* SPDX-License-Identifier: Apache-2.0 */
/*
 * role_rank.c - from asks to one role.
 */
#include "analyze/role_rank.h"

enum { FEW = 64 };

static bool is_float(int32_t type)
{
	return type == ORAY_FLOAT32 || type == ORAY_FLOAT16 || type == ORAY_BFLOAT16 ||
	       type == ORAY_FLOAT64;
}

/* Types of at most eight bits, bool aside, are made for quantized numbers. */
static bool is_narrow(int32_t type)
{
	return type == ORAY_UINT8 || type == ORAY_INT8 ||
	       (type >= ORAY_FLOAT8E4M3FN && type < ORAY_N_TYPES);
}

static size_t axes_of_several(const role_evidence *e)
{
	size_t n = 0;

	for (size_t i = 0; i < e->n_dims; i++)
		n += e->dims[i] != 1;
	return n;
}

static bool begins_with(const char *text, size_t size, const char *piece)
{
	for (; *piece; piece++, text++, size--) {
		bool capital = size && *text >= 'A' && *text <= 'Z';
		if (!size || (capital ? *text + ('a' - 'A') : *text) != *piece)
			return false;
	}
	return true;
}

/* True when the name holds one of some pieces, which begin with letters; a list ends with NULL. Few
 * places have the first letter of any. */
static bool is_called(oray_str name, const char *const *pieces)
{
	size_t size = name.size > 256 ? 256 : name.size;
	uint32_t first = 0;

	for (const char *const *p = pieces; *p; p++)
		first |= UINT32_C(1) << (**p - 'a');
	for (size_t i = 0; i < size; i++) {
		unsigned letter = (unsigned)((name.data[i] | ('a' - 'A')) - 'a');
		if (letter >= 26 || !(first >> letter & 1))
			continue;
		for (const char *const *p = pieces; *p; p++)
			if (begins_with(name.data + i, size - i, *p))
				return true;
	}
	return false;
}

static const char *const embedding_names[] = {"embed", "position", "pos_emb", NULL};
static const char *const token_names[] = {"embed", "token", "query", "queries", NULL};
static const char *const rotary_names[] = {"rotary", "cos_cache", "sin_cache", NULL};

/* What arithmetic and unknown operators suggest, as if the operator table had said it. */
static role_asks suggested(const role_evidence *e)
{
	role_asks asks = e->asks, result = 0;
	size_t axes = axes_of_several(e);

	if (!is_float(e->type) && !is_narrow(e->type) && !(e->facts & FACT_DEQUANTIZED))
		return 0;
	if (asks & ASK_HINT)
		result |= axes > 1 ? ASK_WEIGHT : axes == 1 ? ASK_BIAS : 0;
	if (!is_float(e->type) && !(e->facts & FACT_DEQUANTIZED))
		return result;
	if ((asks & ASK_SCALE) && axes == 1)
		result |= ASK_NORM;
	if ((asks & ASK_ADDED) && axes == 1)
		result |= ASK_BIAS;
	if ((asks & ASK_OFFSET) && axes == 0 && e->n_dims)
		result |= ASK_BIAS;
	if ((asks & ASK_ADDED) && axes > 1 && !(asks & ASK_MASK) && is_called(e->name, embedding_names))
		result |= ASK_EMBEDDING;
	if ((asks & ASK_JOINED) && axes && is_called(e->name, token_names))
		result |= ASK_EMBEDDING;
	return result;
}

oray_role role_rank(const role_evidence *e)
{
	static const struct {
		role_asks ask;
		oray_role role;
	} ranks[] = {
	    {ASK_WEIGHT, ORAY_ROLE_WEIGHT},
	    {ASK_EMBEDDING, ORAY_ROLE_EMBEDDING},
	    {ASK_NORM, ORAY_ROLE_NORM},
	    {ASK_STATISTIC, ORAY_ROLE_NORM_STATISTIC},
	    {ASK_BIAS, ORAY_ROLE_BIAS},
	    {ASK_QUANTIZATION, ORAY_ROLE_QUANTIZATION},
	    {ASK_SHAPE, ORAY_ROLE_SHAPE_CONSTANT},
	};
	static const role_asks hints = ASK_ADDED | ASK_OFFSET | ASK_SCALE | ASK_HINT | ASK_JOINED;
	bool several = e->elements.exact && e->elements.value > 1;
	bool real = is_float(e->type) || is_narrow(e->type) || (e->facts & FACT_DEQUANTIZED);
	role_asks asks = e->asks & ASK_FORMAL;

	if (several && real)
		asks |= (e->asks & ASK_DERIVED) >> ASK_DERIVED_SHIFT;
	if (!real || ((asks & ASK_EMBEDDING) && is_called(e->name, rotary_names)))
		asks &= ~(role_asks)ASK_EMBEDDING;
	if ((e->asks & hints) && !(asks & ASK_WEIGHT))
		asks |= suggested(e);
	for (size_t i = 0; i < sizeof ranks / sizeof *ranks; i++)
		if (asks & ranks[i].ask)
			return ranks[i].role;
	if ((e->asks & ASK_STEER) && e->type != ORAY_STRING &&
	    (!is_float(e->type) || (e->elements.exact && e->elements.value <= FEW)))
		return ORAY_ROLE_SHAPE_CONSTANT;
	return ORAY_ROLE_OTHER;
}
