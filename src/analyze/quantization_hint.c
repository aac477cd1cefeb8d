/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quantization_hint.c - whether looking for quantization could find any. Most models have none, and
 * one look at every operator, tensor and value tells.
 */
#include <string.h>

#include "analyze/quantization.h"

/* Types of numbers that nobody stores quantized weights in. */
static bool is_plain(int32_t type)
{
	switch (type) {
	case ORAY_FLOAT32:
	case ORAY_FLOAT16:
	case ORAY_BFLOAT16:
	case ORAY_FLOAT64:
	case ORAY_INT32:
	case ORAY_INT64:
	case ORAY_BOOL:
	case ORAY_STRING: return true;
	default: return false;
	}
}

static bool holds(oray_str text, const char *word)
{
	size_t n = strlen(word);
	for (size_t i = 0; i + n <= text.size; i++)
		if (memcmp(text.data + i, word, n) == 0)
			return true;
	return false;
}

/* What is not of the standard may do anything; in it, names tell. */
static bool may_quantize(const oray_node *n)
{
	return n->domain.size != 7 || memcmp(n->domain.data, "ai.onnx", 7) != 0 || holds(n->op, "uant") || holds(n->op, "QLinear") ||
	       holds(n->op, "Integer");
}

bool quant_possible(const oray_model *model)
{
	const oray_model_info *info = oray_model_describe(model);
	oray_id seen = ORAY_NONE;
	oray_node node;
	oray_tensor tensor;
	oray_value value;

	for (size_t i = 0; i < info->n_nodes; i++) {
		if (!oray_model_node(model, (oray_id)i, &node) || node.op_type == seen)
			continue;
		if (may_quantize(&node))
			return true;
		seen = node.op_type;
	}
	for (size_t i = 0; i < info->n_tensors; i++)
		if (!oray_model_tensor(model, (oray_id)i, &tensor) || !is_plain(tensor.type))
			return true;
	for (size_t i = 0; i < info->n_values; i++)
		if (!oray_model_value(model, (oray_id)i, &value) || value.scale.size ||
		    value.zero_point.size)
			return true;
	return false;
}
