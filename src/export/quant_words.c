/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quant_words.c - how parts of an encoding are called.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "words/describe.h"
#include "words/numbers.h"
#include "export/quant_view.h"

bool quant_is_float(int32_t type)
{
	return type == ORAY_FLOAT32 || type == ORAY_FLOAT16 || type == ORAY_BFLOAT16 ||
	       type == ORAY_FLOAT64;
}

static bool is_signed(int32_t type)
{
	return type == ORAY_INT2 || type == ORAY_INT4 || type == ORAY_INT8 || type == ORAY_INT16 ||
	       type == ORAY_INT32;
}

void quant_type_text(buf *b, const oray_model *model, const oray_encoding *e)
{
	const char *name = oray_type_name(e->type);
	oray_node node;

	if (e->type && name && e->bits == oray_type_bits(e->type)) {
		buf_str(b, name);
		return;
	}
	if (e->type && name && e->bits == 1 && is_signed(e->type)) {
		buf_str(b, "bipolar");
		return;
	}
	if (e->type && name && e->bits) {
		buf_format(b, "%sint%u", is_signed(e->type) ? "" : "u", e->bits);
		return;
	}
	bool has_node = oray_model_node(model, e->node, &node);
	if (e->packing == ORAY_PACK_NF4 || e->packing == ORAY_PACK_FP4)
		buf_str(b, e->packing == ORAY_PACK_NF4 ? "nf4" : "fp4");
	else if (has_node &&
	         (str_is(node.op, "BFPQuantizeDequantize") || str_is(node.op, "BFPFixNeuron")))
		buf_format(b, "bfp%u", e->bits);
	else if (e->bits)
		buf_format(b, "float%u", e->bits);
	else
		buf_str(b, "?");
}

const char *quant_granularity_name(oray_granularity granularity)
{
	static const char *const names[] = {"tensor", "axis", "block"};

	return (unsigned)granularity < 3 ? names[granularity] : names[0];
}

const char *quant_role_name(oray_quantized_role role)
{
	static const char *const names[] = {"weight", "activation", "bias"};

	return (unsigned)role < 3 ? names[role] : names[0];
}

void quant_granularity_text(buf *b, const oray_encoding *e)
{
	if (e->granularity == ORAY_PER_AXIS)
		buf_str(b, "per channel");
	else if (e->granularity == ORAY_PER_BLOCK && e->block_size > 0)
		buf_format(b, "in blocks of %lld", (long long)e->block_size);
	else
		buf_str(b, e->granularity == ORAY_PER_BLOCK ? "in blocks" : "per tensor");
}

void quant_three(buf *b, double x)
{
	char text[NUMBER_SIZE];
	double magnitude, rounded;

	if (x == 0 || !isfinite(x)) {
		number_float64(x == 0 ? 0 : x, text);
		buf_str(b, text);
		return;
	}
	magnitude = pow(10, floor(log10(fabs(x))) - 2);
	rounded = magnitude > 0 ? round(x / magnitude) * magnitude : x;
	/* what rounding to binary left behind goes by way of float32 */
	if (fabs(rounded) > 1e-37 && fabs(rounded) < 1e37)
		number_float32((float)rounded, text);
	else
		number_float64(rounded, text);
	buf_str(b, text);
}

void quant_span_text(buf *b, double low, double high, bool dynamic, const glyphs *g)
{
	if (isnan(low) && isnan(high)) {
		buf_str(b, dynamic ? "dynamic" : "?");
		return;
	}
	quant_three(b, low);
	if (low == high)
		return;
	buf_str(b, g->range);
	quant_three(b, high);
}
