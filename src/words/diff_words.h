/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diff_words.h - words and numbers that differences are told with.
 */
#ifndef WORDS_DIFF_WORDS_H
#define WORDS_DIFF_WORDS_H

#include <onnxray/onnxray.h>

#include "base/buf.h"
#include "words/glyphs.h"

/** True for types that weights have before somebody quantizes them: float32, float16, ... */
bool diff_is_float(int32_t type);

/** True when b stands for the weight with fewer bits, and not with a float type. */
bool diff_is_quantized(const oray_weight_pair *w);

/** True when b differs by no more than the last bits of a float32: other arithmetic, no other
 * weight. */
bool diff_is_rounding(const oray_weight_pair *w);

/** "float32 → int8", or one type when they are equal. */
void diff_types(buf *b, int32_t type_a, int32_t type_b, const glyphs *g);

/** "=", "+12.4 %", "-58 %", "13 times"; what grows from nothing is "new", what vanishes "gone". */
void diff_growth(buf *b, double before, double after);

/** Numbers with `decimals` digits behind a point, in every locale; inf and nan as words. */
void diff_fixed(buf *b, double x, unsigned decimals);

/** Three significant digits: 0.00297, 1.2e-05. */
void diff_three(buf *b, double x);

/** Label of a node, "?" for ORAY_NONE. */
void diff_label(buf *b, const oray_model *model, oray_id node);

/** Operator of a node; nothing for ORAY_NONE. */
oray_str diff_op(const oray_model *model, oray_id node);

#endif
