/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clean.h - a model's text as pictures may show it: short, and harmless as text.
 *
 * Whatever a model holds, what comes out is valid UTF-8 of characters that XML 1.0 allows. Bytes
 * that are not UTF-8, control, bidirectional and invisible characters arrive as U+FFFD; tab and
 * newline as a blank. It may still hold <, & and quotes: each format has its own escaping, applied
 * by its writer. The cost does not depend on how long the text is.
 */
#ifndef WORDS_CLEAN_H
#define WORDS_CLEAN_H

#include "base/buf.h"

/** Longest text that is ever kept, in characters; a larger `most` means this. */
#define CLEAN_MOST 480

/** What remains of a text. */
typedef struct cleaned {
	uint32_t at[CLEAN_MOST];
	size_t n;
} cleaned;

/** Keeps at most `most` characters; the middle of a longer text becomes an ellipsis. */
void clean_keep(cleaned *k, const char *data, size_t size, size_t most);

/** The same, appended as UTF-8. */
void clean_text(buf *b, const char *data, size_t size, size_t most);

#endif
