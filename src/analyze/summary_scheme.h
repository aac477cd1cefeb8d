/* SPDX-License-Identifier: Apache-2.0 */
/*
 * summary_scheme.h - how a model is quantized, in the word a user would choose.
 */
#ifndef ANALYZE_SUMMARY_SCHEME_H
#define ANALYZE_SUMMARY_SCHEME_H

#include "analyze/parameters.h"

/**
 *     qoperator     operators that compute on integers with fixed scales (QLinearConv, QGemm);
 *                   QuantizeLinear and DequantizeLinear around them belong to it
 *     dynamic       scales are measured while the model runs (DynamicQuantizeLinear)
 *     fake          weights are floats that are rounded on the way (QONNX Quant, QuantizeLinear of
 *                   a float weight)
 *     qdq           activations pass QuantizeLinear, or all there is are such nodes
 *     weight-only   only weights are stored in few bits (MatMulNBits, or DequantizeLinear of
 *                   weights with no activation quantized)
 *     mixed         several of these
 */
oray_scheme scheme_find(const role_flow *flow, const parameter_sums *sums);

#endif
