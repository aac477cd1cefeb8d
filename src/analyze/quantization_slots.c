/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quantization_slots.c - where operators that compute on integers have their numbers, scales and
 * zero points. The names mean the same in every domain that has them.
 */
#include <string.h>

#include "analyze/quantization.h"

#define IN(op, v, s, z)                                                                            \
	{                                                                                              \
		op, PLACE_INPUT, v, s, z, AXIS_FIRST, ORAY_PACK_PLAIN, false, 0, 0                         \
	}
#define OUT(op, v, s, z)                                                                           \
	{                                                                                              \
		op, PLACE_OUTPUT, v, s, z, AXIS_FIRST, ORAY_PACK_PLAIN, false, 0, 0                        \
	}
#define BIAS(op, v)                                                                                \
	{                                                                                              \
		op, PLACE_BIAS, v, -1, -1, AXIS_FIRST, ORAY_PACK_PLAIN, false, 0, 0                        \
	}
#define WEIGHT(op, v, s, z, a)                                                                     \
	{                                                                                              \
		op, PLACE_WEIGHT, v, s, z, a, ORAY_PACK_PLAIN, false, 0, 0                                 \
	}
#define DYNAMIC(op, v)                                                                             \
	{                                                                                              \
		op, PLACE_INPUT, v, -1, -1, AXIS_FIRST, ORAY_PACK_PLAIN, true, 0, 0                        \
	}
#define PACKED(op, v, s, z, p, rows, columns)                                                      \
	{                                                                                              \
		op, PLACE_WEIGHT, v, s, z, AXIS_FIRST, p, false, rows, columns                             \
	}

/* Rows of an operator stand together; inputs before weights before outputs. */
static const quant_slot slots[] = {
    IN("ConvInteger", 0, -1, 2),
    WEIGHT("ConvInteger", 1, -1, 3, AXIS_FIRST),
    DYNAMIC("DynamicQuantizeLSTM", 0),
    WEIGHT("DynamicQuantizeLSTM", 1, 8, 9, AXIS_LAST),
    WEIGHT("DynamicQuantizeLSTM", 2, 10, 11, AXIS_LAST),
    DYNAMIC("DynamicQuantizeMatMul", 0),
    WEIGHT("DynamicQuantizeMatMul", 1, 2, 3, AXIS_LAST),
    PACKED("GatherBlockQuantized", 0, 2, 3, ORAY_PACK_ROWS, NULL, NULL),
    PACKED("MatMulBlockQuantizedFp4Weight", 1, 2, -1, ORAY_PACK_UNSUPPORTED, NULL, NULL),
    PACKED("MatMulBlockQuantizedFp8Weight", 1, 2, -1, ORAY_PACK_UNSUPPORTED, NULL, NULL),
    PACKED("MatMulBnb4", 1, 2, -1, ORAY_PACK_NF4, "K", "N"),
    PACKED("MatMulFpQ4", 1, -1, -1, ORAY_PACK_UNSUPPORTED, NULL, NULL),
    IN("MatMulInteger", 0, -1, 2),
    WEIGHT("MatMulInteger", 1, -1, 3, AXIS_LAST),
    IN("MatMulIntegerToFloat", 0, 2, 4),
    WEIGHT("MatMulIntegerToFloat", 1, 3, 5, AXIS_LAST),
    PACKED("MatMulNBits", 1, 2, 3, ORAY_PACK_NBITS, "K", "N"),
    PACKED("MatMulNBitsMlp", 3, 4, -1, ORAY_PACK_NBITS, "K", "N"),
    PACKED("MatMulNBitsMlp", 6, 7, -1, ORAY_PACK_NBITS, "K", "N"),
    PACKED("MatMulNBitsQkv", 3, 4, -1, ORAY_PACK_NBITS, "K", "Nq"),
    PACKED("MatMulNBitsQkv", 6, 7, -1, ORAY_PACK_NBITS, "K", "Nkv"),
    PACKED("MatMulNBitsQkv", 9, 10, -1, ORAY_PACK_NBITS, "K", "Nkv"),
    IN("QAttention", 0, 3, 6),
    WEIGHT("QAttention", 1, 4, 7, AXIS_LAST),
    WEIGHT("QEmbedLayerNormalization", 2, 8, 13, AXIS_FIRST),
    WEIGHT("QEmbedLayerNormalization", 3, 9, 14, AXIS_FIRST),
    WEIGHT("QEmbedLayerNormalization", 4, 10, 15, AXIS_FIRST),
    WEIGHT("QEmbedLayerNormalization", 5, 11, 16, AXIS_FIRST),
    WEIGHT("QEmbedLayerNormalization", 6, 12, 17, AXIS_FIRST),
    IN("QGemm", 0, 1, 2),
    WEIGHT("QGemm", 3, 4, 5, AXIS_GEMM),
    BIAS("QGemm", 6),
    OUT("QGemm", 0, 7, 8),
    IN("QLinearAdd", 0, 1, 2),
    IN("QLinearAdd", 3, 4, 5),
    OUT("QLinearAdd", 0, 6, 7),
    IN("QLinearAveragePool", 0, 1, 2),
    OUT("QLinearAveragePool", 0, 3, 4),
    IN("QLinearConv", 0, 1, 2),
    WEIGHT("QLinearConv", 3, 4, 5, AXIS_FIRST),
    BIAS("QLinearConv", 8),
    OUT("QLinearConv", 0, 6, 7),
    IN("QLinearConvTranspose", 0, 1, 2),
    WEIGHT("QLinearConvTranspose", 3, 4, 5, AXIS_FIRST),
    BIAS("QLinearConvTranspose", 8),
    OUT("QLinearConvTranspose", 0, 6, 7),
    IN("QLinearGlobalAveragePool", 0, 1, 2),
    OUT("QLinearGlobalAveragePool", 0, 3, 4),
    IN("QLinearLeakyRelu", 0, 1, 2),
    OUT("QLinearLeakyRelu", 0, 3, 4),
    IN("QLinearMatMul", 0, 1, 2),
    WEIGHT("QLinearMatMul", 3, 4, 5, AXIS_LAST),
    OUT("QLinearMatMul", 0, 6, 7),
    IN("QLinearMul", 0, 1, 2),
    IN("QLinearMul", 3, 4, 5),
    OUT("QLinearMul", 0, 6, 7),
    IN("QLinearReduceMean", 0, 1, 2),
    OUT("QLinearReduceMean", 0, 3, 4),
    IN("QLinearSigmoid", 0, 1, 2),
    OUT("QLinearSigmoid", 0, 3, 4),
    IN("QLinearSoftmax", 0, 1, 2),
    OUT("QLinearSoftmax", 0, 3, 4),
    IN("QLinearWhere", 1, 2, 3),
    IN("QLinearWhere", 4, 5, 6),
    OUT("QLinearWhere", 0, 7, 8),
    PACKED("QMoE", 2, 3, 11, ORAY_PACK_ROWS, NULL, NULL),
    PACKED("QMoE", 5, 6, 12, ORAY_PACK_ROWS, NULL, NULL),
    PACKED("QMoE", 8, 9, 13, ORAY_PACK_ROWS, NULL, NULL),
    IN("QOrderedMatMul", 0, 1, -1),
    WEIGHT("QOrderedMatMul", 2, 3, -1, AXIS_LAST),
    OUT("QOrderedMatMul", 0, 4, -1),
    IN("QOrderedAttention", 0, 1, -1),
    WEIGHT("QOrderedAttention", 5, 8, -1, AXIS_LAST),
    WEIGHT("QOrderedAttention", 6, 9, -1, AXIS_LAST),
    WEIGHT("QOrderedAttention", 7, 10, -1, AXIS_LAST),
    {NULL, 0, -1, -1, -1, 0, 0, false, NULL, NULL},
};

const quant_slot *quant_slots(const char *op)
{
	for (size_t i = 0; slots[i].op; i++)
		if (*slots[i].op == *op && !strcmp(slots[i].op, op))
			return &slots[i];
	return NULL;
}
