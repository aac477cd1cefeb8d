/* SPDX-License-Identifier: Apache-2.0 */
/*
 * measure_as.h - statistics of a tensor whose bytes hold smaller elements than its type says.
 */
#ifndef MEASURE_MEASURE_AS_H
#define MEASURE_MEASURE_AS_H

#include <onnxray/onnxray.h>

/**
 * As oray_measure().
 * @param packed  Type of at most 8 bits that the bytes hold in fact, what pads them included;
 *                0: the tensor's own.
 */
oray_status measure_as(const oray_model *model, oray_id tensor, int32_t packed, double zero,
                       oray_statistics *out, oray_error *err);

#endif
