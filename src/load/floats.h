/* SPDX-License-Identifier: Apache-2.0 */
/*
 * floats.h - bit patterns of the small floating types as doubles, exactly.
 */
#ifndef LOAD_FLOATS_H
#define LOAD_FLOATS_H

#include <stdint.h>

#include <onnxray/onnxray.h>

/** The element whose bits are the low bits of `bits`. Complex and string types are not for here. */
oray_element element_of_bits(int32_t type, uint64_t bits);

#endif
