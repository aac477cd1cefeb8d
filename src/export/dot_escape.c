/* SPDX-License-Identifier: Apache-2.0 */
#include "export/dot_escape.h"

#include <stdbool.h>
#include <string.h>

#include "base/utf8.h"
#include "words/clean.h"

#define WIDE_AMPERSAND 0xff06

/* The longest that any reader takes for an entity, "&CounterClockwiseContourIntegral;" and then
 * some. */
#define ENTITY_MOST 40

static bool is_entity_char(uint32_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '#';
}

static bool makes_entity(const cleaned *k, size_t at)
{
	for (size_t i = at + 1; i < k->n && i < at + ENTITY_MOST; i++)
		if (!is_entity_char(k->at[i]))
			return k->at[i] == ';';
	return false;
}

static void write_kept(buf *b, const cleaned *k, const char *backslash)
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
	cleaned k;
	clean_keep(&k, data, size, most);
	write_kept(b, &k, "\\\\");
}

/* Escapes in tooltips are undone twice: once for the escapes of any string, once for \n. */
void dot_tip(buf *b, const char *data, size_t size, size_t most)
{
	cleaned k;
	clean_keep(&k, data, size, most);
	write_kept(b, &k, "\\\\\\\\");
}
