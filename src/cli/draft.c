/* SPDX-License-Identifier: Apache-2.0 */
/*
 * draft.c - text in the making, and how foreign text is made harmless.
 */
#include "draft.h"

#include <onnxray/onnxray.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** Room for `more` bytes and the terminator. */
static bool reserve(draft *d, size_t more)
{
	if (d->failed || more >= SIZE_MAX / 4 - d->n) {
		d->failed = true;
		return false;
	}
	if (d->n + more < d->capacity)
		return true;

	size_t capacity = d->capacity ? d->capacity : 128;
	while (capacity <= d->n + more)
		capacity *= 2;
	char *data = realloc(d->data, capacity);
	if (!data) {
		d->failed = true;
		return false;
	}
	d->data = data;
	d->capacity = capacity;
	return true;
}

void draft_add(draft *d, const char *data, size_t size)
{
	if (!reserve(d, size))
		return;
	if (size > 0)
		memcpy(d->data + d->n, data, size);
	d->n += size;
	d->data[d->n] = '\0';
}

void draft_str(draft *d, const char *text)
{
	draft_add(d, text, strlen(text));
}

void draft_format(draft *d, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (n < 0 || !reserve(d, (size_t)n))
		return;
	va_start(args, format);
	vsnprintf(d->data + d->n, (size_t)n + 1, format, args);
	va_end(args);
	d->n += (size_t)n;
}

void draft_printable(draft *d, const char *text)
{
	size_t size = strlen(text), more = oray_printable(text, size, NULL, 0);
	if (!reserve(d, more))
		return;
	oray_printable(text, size, d->data + d->n, more + 1);
	d->n += more;
}

void draft_wrapped(draft *d, const char *text, unsigned indent, unsigned width)
{
	unsigned column = 0;
	while (*text) {
		size_t word = strcspn(text, " \n");
		if (column > 0 && column + 1 + word > width) {
			draft_str(d, "\n");
			column = 0;
		}
		if (column == 0) {
			draft_format(d, "%*s", (int)indent, "");
			column = indent;
		} else {
			draft_str(d, " ");
			column++;
		}
		draft_add(d, text, word);
		column += (unsigned)word;
		text += word;
		if (*text)
			text++;
	}
	draft_str(d, "\n");
}

void draft_fit(const char *text, char *out, size_t size)
{
	size_t n = strlen(text);
	if (n >= size)
		for (n = size - 1; n && ((unsigned char)text[n] & 0xc0) == 0x80;)
			n--;
	memcpy(out, text, n);
	out[n] = '\0';
}

int draft_sink(void *d, const char *data, size_t size)
{
	draft_add(d, data, size);
	return ((draft *)d)->failed;
}

const char *draft_text(const draft *d)
{
	return d->data ? d->data : "";
}

void draft_free(draft *d)
{
	free(d->data);
	*d = (draft){0};
}
