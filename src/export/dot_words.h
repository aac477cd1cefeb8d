/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dot_words.h - shapes, types and formal names as labels show them.
 *
 * All text is appended as by dot_html(), and is short however long the model's is.
 */
#ifndef EXPORT_DOT_WORDS_H
#define EXPORT_DOT_WORDS_H

#include "export/dot_label.h"

/** "64×3×7×7", "scalar". */
void dot_dims(const int64_t *dims, size_t n, buf *out);

/** "1×3×height×?" of a value; nothing where the rank is unknown. */
void dot_shape(const dot_look *look, oray_id value, buf *out);

/** "float32 1×3×height×?", as far as known. */
void dot_type(const dot_look *look, oray_id value, buf *out);

/** Name of a formal input or output: "W", "inputs[3]"; "input[3]" where the operator is unknown. */
void dot_formal(const dot_look *look, const oray_node *node, bool output, size_t index, buf *out);

#endif
