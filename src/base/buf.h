/* SPDX-License-Identifier: Apache-2.0 */
/*
 * buf.h - a string under construction.
 *
 * Zero it and append. A failed allocation sticks: later calls do nothing, buf_ok() tells once at
 * the end. The content is always terminated; `data` may be NULL while nothing was appended.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct buf {
	char *data;
	size_t n, capacity;
	bool failed;
} buf;

/** Makes room for `size` bytes and the terminator behind what is there. @return false without memory. */
bool buf_reserve(buf *b, size_t size);

/** Appends where there is no room yet. */
void buf_add_more(buf *b, const char *data, size_t size);

/** Inline, for those who append a few bytes at a time. */
static inline void buf_add(buf *b, const char *data, size_t size)
{
	if (!size || !b->data || size >= b->capacity - b->n) {
		buf_add_more(b, data, size);
		return;
	}
	memcpy(b->data + b->n, data, size);
	b->n += size;
	b->data[b->n] = '\0';
}

static inline void buf_str(buf *b, const char *text)
{
	buf_add(b, text, strlen(text));
}

static inline void buf_char(buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_repeat(buf *b, const char *text, size_t times);
void buf_format(buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_vformat(buf *b, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

/** Appends text from a model so that a terminal is safe with it, as oray_printable() does. */
void buf_printable(buf *b, const char *data, size_t size);

/** Content, "" when nothing was appended. */
const char *buf_text(const buf *b);

/** False when memory ran out at some point. */
bool buf_ok(const buf *b);

/** Empties without freeing. */
void buf_clear(buf *b);
void buf_free(buf *b);

#endif
