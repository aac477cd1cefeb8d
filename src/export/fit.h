/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fit.h - making text as narrow as it must be.
 *
 * Widths are terminal columns, not bytes. All text here has been made printable before. What is
 * left out is marked; a result is never wider than asked for.
 */
#ifndef EXPORT_FIT_H
#define EXPORT_FIT_H

#include "base/buf.h"
#include "export/emit.h"

/** How a text gives way. */
typedef enum fit {
	FIT_RIGID,  /**< not at all: numbers; cut like FIT_END when there is no other way */
	FIT_NAME,   /**< in the middle: beginning and end tell names apart */
	FIT_TREE,   /**< like a name, but the lines of the tree in front of it stay */
	FIT_SHAPE,  /**< long symbols first, each in its middle; then dimensions in the middle */
	FIT_END,    /**< at the end: sentences */
	FIT_FORMULA /**< between terms: "7.08 M·batch + …" */
} fit;

/** Columns that text takes. */
size_t fit_width(const char *text, size_t size);

/** Bytes of the longest start of the text that takes at most `columns`; their width in *taken. */
size_t fit_start(const char *text, size_t size, size_t columns, size_t *taken);

/** Appends the text in at most `columns`. @return the columns it takes. */
size_t fit_add(buf *b, fit how, const char *text, size_t size, size_t columns, const glyphs *g);

#endif
