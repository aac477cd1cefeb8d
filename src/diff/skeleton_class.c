/* SPDX-License-Identifier: Apache-2.0 */
/*
 * skeleton_class.c - what operators do, whatever toolchains call them.
 *
 * The domain does not count: Conv of com.microsoft.nchwc is a Conv.
 */
#include <string.h>

#include "diff/skeleton.h"

/* Sorted by the first column. */
static const struct {
	const char *op, *class;
} classes[] = {
    {"ConvInteger", "Conv"},
    {"DynamicQuantizeLSTM", "LSTM"},
    {"DynamicQuantizeMatMul", "MatMul"},
    {"ExtendedInstanceNormalization", "InstanceNormalization"},
    {"ExtendedLSTM", "LSTM"},
    {"FastGelu", "Gelu"},
    {"FusedConv", "Conv"},
    {"FusedGemm", "MatMul"},
    {"FusedMatMul", "MatMul"},
    {"FusedMatMulActivation", "MatMul"},
    {"GatherBlockQuantized", "Gather"},
    {"Gemm", "MatMul"},
    {"GemmFastGelu", "MatMul"},
    {"GemmFloat8", "MatMul"},
    {"MatMulBnb4", "MatMul"},
    {"MatMulFpQ4", "MatMul"},
    {"MatMulInteger", "MatMul"},
    {"MatMulInteger16", "MatMul"},
    {"MatMulIntegerToFloat", "MatMul"},
    {"MatMulNBits", "MatMul"},
    {"MulInteger", "Mul"},
    {"NhwcConv", "Conv"},
    {"NhwcFusedConv", "Conv"},
    {"NhwcMaxPool", "MaxPool"},
    {"QAttention", "Attention"},
    {"QEmbedLayerNormalization", "EmbedLayerNormalization"},
    {"QGemm", "MatMul"},
    {"QMoE", "MoE"},
    {"QOrderedAttention", "Attention"},
    {"QOrderedGelu", "Gelu"},
    {"QOrderedLayerNormalization", "LayerNormalization"},
    {"QOrderedMatMul", "MatMul"},
    {"ReduceSumInteger", "ReduceSum"},
    {"TransposeMatMul", "MatMul"},
    {"Upsample", "Resize"},
};

static const struct {
	const char *op;
	bone_kind kind;
} helpers[] = {
    {"BFPQuantizeDequantize", BONE_QUANTIZATION},
    {"BipolarQuant", BONE_QUANTIZATION},
    {"Cast", BONE_CAST},
    {"CastLike", BONE_CAST},
    {"Constant", BONE_CONSTANT},
    {"DequantizeBFP", BONE_QUANTIZATION},
    {"DequantizeLinear", BONE_QUANTIZATION},
    {"Dropout", BONE_IDENTITY},
    {"DynamicQuantizeLinear", BONE_QUANTIZATION},
    {"ExtendedDequantizeLinear", BONE_QUANTIZATION},
    {"ExtendedQuantizeLinear", BONE_QUANTIZATION},
    {"FixNeuron", BONE_QUANTIZATION},
    {"FloatQuant", BONE_QUANTIZATION},
    {"Identity", BONE_IDENTITY},
    {"IntQuant", BONE_QUANTIZATION},
    {"MXQuantizeDequantize", BONE_QUANTIZATION},
    {"MemcpyFromHost", BONE_IDENTITY},
    {"MemcpyToHost", BONE_IDENTITY},
    {"QuantizeBFP", BONE_QUANTIZATION},
    {"QuantizeLinear", BONE_QUANTIZATION},
    {"Quant", BONE_QUANTIZATION},
    {"Trunc", BONE_QUANTIZATION},
    {"VitisDequantizeLinear", BONE_QUANTIZATION},
    {"VitisQuantizeLinear", BONE_QUANTIZATION},
};

bool text_is(oray_str s, const char *text)
{
	return s.size == strlen(text) && !memcmp(s.data, text, s.size);
}

static int compare_text(oray_str s, const char *text)
{
	size_t size = strlen(text), least = s.size < size ? s.size : size;
	int order = least ? memcmp(s.data, text, least) : 0;

	return order ? order : (s.size > size) - (s.size < size);
}

oray_id class_of(strings *words, oray_str op)
{
	static const char linear[] = "QLinear";
	size_t low = 0, high = sizeof classes / sizeof *classes;

	if (op.size > sizeof linear - 1 && !memcmp(op.data, linear, sizeof linear - 1)) {
		op.data += sizeof linear - 1;
		op.size -= sizeof linear - 1;
	}
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare_text(op, classes[middle].op);
		if (!order)
			return strings_add(words, classes[middle].class, strlen(classes[middle].class));
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return strings_add(words, op.data, op.size);
}

bone_kind class_kind(oray_str op)
{
	for (size_t i = 0; i < sizeof helpers / sizeof *helpers; i++)
		if (text_is(op, helpers[i].op))
			return helpers[i].kind;
	return BONE_LAYER;
}

bool class_rearranges(oray_str op)
{
	static const char *const ops[] = {"Transpose", "Reshape", "Squeeze", "Unsqueeze", "Flatten"};

	for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
		if (text_is(op, ops[i]))
			return true;
	return false;
}

bool class_accumulates(oray_str op)
{
	return text_is(op, "MatMulInteger") || text_is(op, "ConvInteger") ||
	       text_is(op, "MatMulInteger16");
}

bool class_measures(oray_str op)
{
	return text_is(op, "DynamicQuantizeLinear");
}
