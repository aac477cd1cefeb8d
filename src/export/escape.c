/* SPDX-License-Identifier: Apache-2.0 */
#include "export/escape.h"

#include <string.h>

#include "base/utf8.h"

static void json_code(buf *b, uint32_t code)
{
	if (code > 0xffff) {
		code -= 0x10000;
		buf_format(b, "\\u%04x", 0xd800u + (unsigned)(code >> 10));
		code = 0xdc00 + (code & 0x3ff);
	}
	buf_format(b, "\\u%04x", (unsigned)code);
}

void escape_json(buf *b, const char *data, size_t size)
{
	size_t plain = 0;
	buf_char(b, '"');
	for (size_t i = 0; i < size;) {
		uint32_t code = 0;
		size_t n = utf8_decode(data + i, size - i, &code);
		if (n && code != '"' && code != '\\' && !utf8_is_unsafe(code)) {
			i += n;
			continue;
		}
		buf_add(b, data + plain, i - plain);
		if (!n)
			json_code(b, 0xdc00 + (unsigned char)data[i]);
		else if (code == '"' || code == '\\')
			buf_format(b, "\\%c", (char)code);
		else if (code == '\n' || code == '\t')
			buf_str(b, code == '\n' ? "\\n" : "\\t");
		else
			json_code(b, code);
		i += n ? n : 1;
		plain = i;
	}
	buf_add(b, data + plain, size - plain);
	buf_char(b, '"');
}

static bool any_of(const char *data, size_t size, const char *set)
{
	for (size_t i = 0; i < size; i++)
		if (data[i] && strchr(set, data[i]))
			return true;
	return false;
}

void escape_csv(buf *b, const char *data, size_t size, bool foreign)
{
	bool formula = foreign && any_of(data, size ? 1 : 0, "=+-@\t\r");
	if (!any_of(data, size, ",\"\r\n") && !formula) {
		buf_add(b, data, size);
		return;
	}
	buf_char(b, '"');
	buf_str(b, formula ? "'" : "");
	for (size_t i = 0; i < size; i++) {
		if (data[i] == '"')
			buf_char(b, '"');
		buf_char(b, data[i]);
	}
	buf_char(b, '"');
}

static bool is_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       ((unsigned char)c & 0x80);
}

/* True for an underscore between words, which is no emphasis. */
static bool inside_word(const char *data, size_t size, size_t i)
{
	size_t first = i, last = i;
	while (first > 0 && data[first - 1] == '_')
		first--;
	while (last + 1 < size && data[last + 1] == '_')
		last++;
	return first > 0 && last + 1 < size && is_word(data[first - 1]) && is_word(data[last + 1]);
}

/* What stands for a character that means something to Markdown, NULL for the others. */
static const char *markdown_for(const char *data, size_t size, size_t i)
{
	static const struct {
		char c;
		const char *text;
	} table[] = {
	    {'|', "\\|"},   {'`', "\\`"},   {'*', "\\*"},   {'[', "\\["}, {']', "\\]"},
	    {'<', "&lt;"},  {'>', "&gt;"},  {'&', "&amp;"}, {'~', "\\~"}, {'#', "\\#"},
	    {'\\', "\\\\"}, {'@', "&#64;"}, {'$', "\\$"},   {'\n', " "},  {'\r', " "},
	};
	if (data[i] == '_')
		return inside_word(data, size, i) ? NULL : "\\_";
	if (data[i] == ':' && size - i > 2 && data[i + 1] == '/' && data[i + 2] == '/')
		return "&#58;";
	if (data[i] == '.' && i >= 3 && !strncmp(data + i - 3, "www", 3))
		return "&#46;";
	for (size_t k = 0; k < sizeof table / sizeof *table; k++)
		if (table[k].c == data[i])
			return table[k].text;
	return NULL;
}

void escape_markdown(buf *b, const char *data, size_t size)
{
	size_t plain = 0;
	for (size_t i = 0; i < size; i++) {
		const char *text = markdown_for(data, size, i);
		if (!text)
			continue;
		buf_add(b, data + plain, i - plain);
		buf_str(b, text);
		plain = i + 1;
	}
	buf_add(b, data + plain, size - plain);
}
