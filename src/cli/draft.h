/* SPDX-License-Identifier: Apache-2.0 */
/*
 * draft.h - text in the making.
 *
 * Zero it and append. A failed allocation sticks: later calls do nothing, and draft_sink() reports
 * it to the writer. The program stands on the public header alone, so this is its own small buffer.
 */
#ifndef CLI_DRAFT_H
#define CLI_DRAFT_H

#include <stdbool.h>
#include <stddef.h>

typedef struct draft {
	char *data; /**< always terminated; NULL while nothing was appended */
	size_t n, capacity;
	bool failed;
} draft;

void draft_add(draft *d, const char *data, size_t size);
void draft_str(draft *d, const char *text);
void draft_format(draft *d, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Appends what the user typed, or a file name, as oray_printable() makes it safe. */
void draft_printable(draft *d, const char *text);

/** Appends text broken at spaces into lines of at most `width` columns, each indented. */
void draft_wrapped(draft *d, const char *text, unsigned indent, unsigned width);

/** Copies text to where there is room for `size` bytes, cut where a character ends. */
void draft_fit(const char *text, char *out, size_t size);

/** An oray_sink; `d` is a draft. */
int draft_sink(void *d, const char *data, size_t size);

/** Content, "" when nothing was appended. */
const char *draft_text(const draft *d);

/** Forgets the content and gives its memory back. */
void draft_free(draft *d);

#endif
