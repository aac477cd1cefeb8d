/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quant_names.h - names without what quantizers append.
 *
 * A quantizer keeps the name of what it replaces and appends what it did. Without that, a weight
 * and its twin in the float model have the same name again:
 *
 *     conv1.weight_quantized                     conv1.weight
 *     input_QuantizeLinear_Output_1              input
 *     fc1_matmul_Q4                              fc1
 */
#ifndef ANALYZE_QUANT_NAMES_H
#define ANALYZE_QUANT_NAMES_H

#include <onnxray/onnxray.h>

/**
 * The beginning of a value's name; the name itself when nothing was appended, or when nothing
 * would be left. Not followed by a NUL. "_1" is taken off only behind another suffix.
 */
oray_str quant_plain_value(oray_str name);

/** The same for the name of a node. */
oray_str quant_plain_node(oray_str name);

/** The same for a scale or zero point: the name of what it belongs to. */
oray_str quant_plain_scale(oray_str name);

/** True when such a suffix is there that only quantizers write. */
bool quant_name_tells(oray_str name);

#endif
