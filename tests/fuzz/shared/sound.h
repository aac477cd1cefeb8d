/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sound.h - small strict readers that say whether an output is what its format asks for. They stand
 * on nothing of the library, read once from front to back, and allocate nothing.
 *
 * Each returns NULL, or what is wrong and roughly where (static text, until the next call).
 */
#ifndef FUZZ_SOUND_H
#define FUZZ_SOUND_H

#include <stddef.h>

/** RFC 8259: one value in UTF-8, nothing but white space around it, at most 200 deep. Of lone
 * halves of surrogate pairs only those that stand for bytes that are no UTF-8, \\udc80 to \\udcff.
 */
const char *json_fault(const char *data, size_t size);

/** One JSON value a line, each line ended by LF. */
const char *ndjson_fault(const char *data, size_t size);

/** RFC 4180 with CR LF, the same number of fields in every row, UTF-8. */
const char *csv_fault(const char *data, size_t size);

/** UTF-8 without control bytes but LF, C1 controls included, and without signs that turn the
 *  direction of writing. */
const char *text_fault(const char *data, size_t size);

/** The same with SGR sequences, ESC [ ... m, allowed. */
const char *color_fault(const char *data, size_t size);

/** XML 1.0: one element, tags nested and closed, attributes quoted and different, the five entities
 *  and numbers, no character that XML forbids. Declarations, comments and CDATA are skipped. */
const char *xml_fault(const char *data, size_t size);

/** Graphviz' language: quotes and brackets closed, braces balanced, labels in <...> well formed. */
const char *dot_fault(const char *data, size_t size);

/** The page of oray_write_page(): equal to the first one that was seen but for title and data; no
 *  '<' in these, and the data JSON or base64. */
const char *page_fault(const char *data, size_t size);

/** PNG: signature, chunks with right checksums, IHDR first, IEND last. */
const char *png_fault(const char *data, size_t size);

/** PDF: its first and its last line. */
const char *pdf_fault(const char *data, size_t size);

#endif
