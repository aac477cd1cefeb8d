/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <stdio.h>
#include <string.h>

#include "base/heap.h"
#include "base/utf8.h"

bool buf_reserve(buf *b, size_t extra)
{
	if (b->failed)
		return false;
	if (b->data && extra < b->capacity - b->n)
		return true;
	size_t wanted = b->n + extra + 1;
	size_t doubled = b->capacity ? b->capacity * 2 : 128;
	if (doubled < wanted)
		doubled = wanted;
	char *p = extra > SIZE_MAX / 4 ? NULL : heap_resize(b->data, doubled);
	if (!p) {
		b->failed = true;
		b->capacity = b->n; /* nothing fits any more */
		return false;
	}
	b->data = p;
	b->capacity = doubled;
	return true;
}

void buf_add_more(buf *b, const char *data, size_t size)
{
	if (!buf_reserve(b, size))
		return;
	if (size)
		memcpy(b->data + b->n, data, size);
	b->n += size;
	b->data[b->n] = '\0';
}

void buf_repeat(buf *b, const char *text, size_t times)
{
	while (times--)
		buf_str(b, text);
}

void buf_vformat(buf *b, const char *format, va_list args)
{
	va_list again;
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, format, args);
	if (n < 0)
		b->failed = true;
	else if (buf_reserve(b, (size_t)n)) {
		vsnprintf(b->data + b->n, (size_t)n + 1, format, again);
		b->n += (size_t)n;
	}
	va_end(again);
}

void buf_format(buf *b, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	buf_vformat(b, format, args);
	va_end(args);
}

void buf_printable(buf *b, const char *data, size_t size)
{
	char safe[UTF8_PRINTABLE];
	size_t plain = 0, i = 0, n;
	if (!size)
		return;
	while (i < size) {
		size_t taken = utf8_printable(data + i, size - i, safe, &n);
		if (n) {
			buf_add(b, data + plain, i - plain);
			buf_add(b, safe, n);
			plain = i + taken;
		}
		i += taken;
	}
	buf_add(b, data + plain, size - plain);
}

const char *buf_text(const buf *b)
{
	return b->data && b->n ? b->data : "";
}

bool buf_ok(const buf *b)
{
	return !b->failed;
}

void buf_clear(buf *b)
{
	b->n = 0;
	if (b->data)
		b->data[0] = '\0';
}

void buf_free(buf *b)
{
	heap_free(b->data);
	*b = (buf){0};
}
