/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_words.h - shapes, types and formal names as pictures show them: cleaned text, and short
 * however long the model's is.
 */
#ifndef PICTURE_PIC_WORDS_H
#define PICTURE_PIC_WORDS_H

#include <onnxray/onnxray.h>

#include "base/buf.h"
#include "ops/ops.h"

/** "64×3×7×7", "scalar". */
void pic_dims(const int64_t *dims, size_t n, buf *out);

/** "1×3×height×?" of a value, inferred where it can be; nothing where the rank is unknown. */
void pic_shape(const oray_model *model, oray_id value, buf *out);

/**
 * "float32 1×3×height×?", as far as known.
 * @return where in `out` the shape begins; its end where none is known.
 */
size_t pic_type(const oray_model *model, oray_id value, buf *out);

/**
 * Name of a formal input or output: "W", "inputs[3]"; "input[3]" where the operator is unknown.
 * @param row  The operator's; NULL: unknown, or a function, whose body names what it takes.
 */
void pic_formal(const oray_model *model, const oray_node *node, const ops_row *row, bool output,
                size_t index, buf *out);

/** "-12": what printf's %d gives, at a tenth of the cost. */
void pic_number(int64_t number, buf *out);

/** "0.0039197": the shortest text of a number of that type, or five digits of a longer one. */
void pic_real(double number, int32_t type, buf *out);

#endif
