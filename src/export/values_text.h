/* SPDX-License-Identifier: Apache-2.0 */
/*
 * values_text.h - what is in a tensor, laid out for reading.
 */
#ifndef EXPORT_VALUES_TEXT_H
#define EXPORT_VALUES_TEXT_H

#include "base/mem.h"
#include "export/page.h"

/**
 * Appends all values of a small tensor behind a text of our own: " = " gives " = 1, -1, 480".
 * Values shown in passing do not open another file: external ones are left out.
 * @return false, with nothing appended, when there are more than `most` or they cannot be read.
 */
bool values_inline(buf *b, const char *before, const oray_model *model, oray_id tensor,
                   uint64_t most);

/**
 * Writes the values in aligned columns, rows of the last dimension on lines of their own where they
 * fit, each line with the index of its first element. A large tensor shows its beginning and its
 * last line; `verbose` shows more. When values cannot be read, the reason is written instead.
 */
void values_write(page *p, const oray_model *model, oray_id tensor);

#endif
