/* SPDX-License-Identifier: Apache-2.0 */
#include "export/dot_escape.h"

#include <stdbool.h>
#include <string.h>

#include "base/utf8.h"

#define REPLACEMENT    0xfffd
#define WIDE_AMPERSAND 0xff06
#define ELLIPSIS       0x2026

/* The longest that any reader takes for an entity, "&CounterClockwiseContourIntegral;" and then
 * some. */
#define ENTITY_MOST 40

/* What remains of a text: a few hundred characters. */
typedef struct kept {
	uint32_t at[DOT_MOST];
	size_t n;
} kept;

/* The character that stands for the one at `data`. @return bytes taken, at least 1. */
static size_t take(const char *data, size_t size, uint32_t *code)
{
	size_t n = utf8_decode(data, size, code);
	if (n && (*code == '\t' || *code == '\n' || *code == '\r'))
		*code = ' ';
	else if (!n || utf8_is_unsafe(*code) || (*code & 0xfffe) == 0xfffe ||
	         (*code >= 0xfdd0 && *code <= 0xfdef))
		*code = REPLACEMENT;
	return n ? n : 1;
}

/* The last `wanted` characters, found from the end. */
static void keep_end(kept *k, const char *data, size_t size, size_t wanted)
{
	uint32_t last[DOT_MOST];
	size_t at = size, n = 0;
	while (n < wanted && at) {
		size_t start = at - 1;
		/* a character starts at most three bytes earlier, and then ends exactly here */
		for (size_t back = 2; back <= 4 && back <= at; back++) {
			uint32_t code;
			if (utf8_decode(data + at - back, back, &code) == back)
				start = at - back;
		}
		take(data + start, at - start, &last[n++]);
		at = start;
	}
	while (n)
		k->at[k->n++] = last[--n];
}

static void keep(kept *k, const char *data, size_t size, size_t most)
{
	size_t at = 0;
	if (most > DOT_MOST)
		most = DOT_MOST;
	k->n = 0;
	while (at < size && k->n < most)
		at += take(data + at, size - at, &k->at[k->n++]);
	if (at == size || most < 3)
		return;
	k->n = most / 2;
	k->at[k->n++] = ELLIPSIS;
	keep_end(k, data, size, most - k->n);
}

static bool is_entity_char(uint32_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '#';
}

static bool makes_entity(const kept *k, size_t at)
{
	for (size_t i = at + 1; i < k->n && i < at + ENTITY_MOST; i++)
		if (!is_entity_char(k->at[i]))
			return k->at[i] == ';';
	return false;
}

static void write_kept(buf *b, const kept *k, const char *backslash)
{
	for (size_t i = 0; i < k->n; i++) {
		uint32_t c = k->at[i];
		if (c == '&' && makes_entity(k, i))
			c = WIDE_AMPERSAND;
		switch (c) {
		case '\\':
			buf_str(b, backslash);
			break;
		case '&':
			buf_str(b, "&amp;");
			break;
		case '<':
			buf_str(b, "&lt;");
			break;
		case '>':
			buf_str(b, "&gt;");
			break;
		case '"':
			buf_str(b, "&quot;");
			break;
		case '\'':
		case '[':
		case ']':
			buf_format(b, "&#%u;", (unsigned)c);
			break;
		default: {
			char bytes[4];
			buf_add(b, bytes, utf8_encode(c, bytes));
		}
		}
	}
}

void dot_html(buf *b, const char *data, size_t size, size_t most)
{
	kept k;
	keep(&k, data, size, most);
	write_kept(b, &k, "\\\\");
}

/* Escapes in tooltips are undone twice: once for the escapes of any string, once for \n. */
void dot_tip(buf *b, const char *data, size_t size, size_t most)
{
	kept k;
	keep(&k, data, size, most);
	write_kept(b, &k, "\\\\\\\\");
}
