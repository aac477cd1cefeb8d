/* SPDX-License-Identifier: Apache-2.0 */
/*
 * escape.h - a model's text in each format, harmless.
 *
 * A model may put any byte anywhere. Terminal text goes through buf_printable(), and so does what
 * is written as CSV and Markdown, before the escaping of that format is added here. JSON instead is
 * lossless: see escape_json().
 */
#ifndef EXPORT_ESCAPE_H
#define EXPORT_ESCAPE_H

#include "base/buf.h"

/**
 * A JSON string, quotes included, from which every byte can be restored. Valid UTF-8 stays as it is
 * but for quote, backslash, and what a terminal should not see (control characters, bidirectional
 * and invisible ones), which become \uNNNN, above U+FFFF as a surrogate pair. A byte 0xNN that is
 * not part of valid UTF-8 becomes the lone surrogate \udcNN: what Python calls "surrogateescape",
 * so json.loads(s).encode("utf-8", "surrogateescape") gives the bytes back. Such a surrogate
 * follows the grammar of RFC 8259; jq and others that cannot hold it show U+FFFD.
 */
void escape_json(buf *b, const char *data, size_t size);

/**
 * A CSV cell of RFC 4180: quoted when it holds a comma, a quote or a line break. With `foreign`, a
 * cell that a spreadsheet would take for a formula (first character = + - @ tab CR) is given a
 * leading apostrophe.
 */
void escape_csv(buf *b, const char *data, size_t size, bool foreign);

/**
 * Text inside a line or a table cell of GitHub-flavoured Markdown: reads as it is, cannot become
 * emphasis, code, a link, a mention, HTML or a cell border. A newline becomes a blank.
 */
void escape_markdown(buf *b, const char *data, size_t size);

#endif
