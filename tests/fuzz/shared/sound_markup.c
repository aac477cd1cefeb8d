/* SPDX-License-Identifier: Apache-2.0 */
/* XML, DOT, the HTML page, and the frames of PNG and PDF. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "sound.h"
#include "sound_reader.h"

const char *sound_at(const char *what, size_t at)
{
	static char text[160];
	snprintf(text, sizeof text, "%s at byte %zu", what, at);
	return text;
}

/* ---- XML ---- */

enum { XML_DEPTH = 200, ATTRIBUTES = 64 };

typedef struct span {
	size_t at, n;
} span;

typedef struct xml {
	const char *data;
	size_t i, size;
	span open[XML_DEPTH];
	int depth;
} xml;

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_space(xml *x)
{
	while (x->i < x->size && is_space(x->data[x->i]))
		x->i++;
}

static bool is_next(xml *x, const char *text)
{
	size_t n = strlen(text);
	if (x->size - x->i < n || memcmp(x->data + x->i, text, n) != 0)
		return false;
	x->i += n;
	return true;
}

static bool skip_past(xml *x, const char *text)
{
	for (; x->i < x->size; x->i++)
		if (is_next(x, text))
			return true;
	return false;
}

static span name(xml *x)
{
	span s = {x->i, 0};
	while (x->i < x->size && !is_space(x->data[x->i]) && !strchr("<>/=\"'&", x->data[x->i]))
		x->i++;
	s.n = x->i - s.at;
	return s;
}

static bool is_same(const xml *x, span a, span b)
{
	return a.n == b.n && memcmp(x->data + a.at, x->data + b.at, a.n) == 0;
}

static bool is_allowed(uint32_t c)
{
	return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0xD7FF) ||
	       (c >= 0xE000 && c <= 0xFFFD) || (c >= 0x10000 && c <= 0x10FFFF);
}

/* Passes one character or one reference of text. */
static const char *character(xml *x)
{
	static const char *const entities[] = {"&lt;", "&gt;", "&amp;", "&quot;", "&apos;"};
	if (x->data[x->i] != '&') {
		uint32_t c = sound_utf8(x->data, x->size, &x->i);
		return c == UINT32_MAX ? "not UTF-8" : is_allowed(c) ? NULL : "a forbidden character";
	}
	for (int k = 0; k < 5; k++)
		if (is_next(x, entities[k]))
			return NULL;
	if (!is_next(x, "&#"))
		return "a bare &";
	uint32_t c = 0, base = is_next(x, "x") ? 16 : 10;
	size_t from = x->i;
	for (; x->i < x->size && x->i - from < 7; x->i++) {
		const char *digits = "0123456789abcdef", *d = memchr(digits, x->data[x->i], base);
		if (!d)
			break;
		c = c * base + (uint32_t)(d - digits);
	}
	return x->i > from && is_next(x, ";") && is_allowed(c) ? NULL : "a broken reference";
}

static const char *attributes(xml *x)
{
	span seen[ATTRIBUTES];
	for (int n = 0;; n++) {
		size_t from = x->i;
		skip_space(x);
		if (x->i == x->size || x->data[x->i] == '>' || x->data[x->i] == '/')
			return NULL;
		if (x->i == from || n == ATTRIBUTES)
			return "a broken tag";
		seen[n] = name(x);
		for (int k = 0; k < n; k++)
			if (is_same(x, seen[k], seen[n]))
				return "an attribute twice";
		if (!seen[n].n || !is_next(x, "=") || x->i == x->size ||
		    (x->data[x->i] != '"' && x->data[x->i] != '\''))
			return "an attribute without a value";
		char quote = x->data[x->i++];
		for (; x->i < x->size && x->data[x->i] != quote;) {
			if (x->data[x->i] == '<')
				return "a < in an attribute";
			const char *fault = character(x);
			if (fault)
				return fault;
		}
		if (x->i++ == x->size)
			return "an open attribute";
	}
}

static const char *tag(xml *x)
{
	if (is_next(x, "/")) {
		span s = name(x);
		skip_space(x);
		if (!x->depth || !is_same(x, s, x->open[--x->depth]))
			return "an end tag that closes something else";
		return is_next(x, ">") ? NULL : "a broken end tag";
	}
	span s = name(x);
	if (!s.n)
		return "a bare <";
	const char *fault = attributes(x);
	if (fault)
		return fault;
	bool closed = is_next(x, "/");
	if (!is_next(x, ">"))
		return "an open tag";
	if (closed)
		return NULL;
	if (x->depth == XML_DEPTH)
		return "too deep";
	x->open[x->depth++] = s;
	return NULL;
}

/* Elements until the end; `roots` is how many there may be. */
static const char *markup(xml *x, int roots)
{
	while (x->i < x->size) {
		const char *fault = NULL;
		if (is_next(x, "<!--")) {
			fault = skip_past(x, "-->") ? NULL : "an open comment";
		} else if (is_next(x, "<![CDATA[")) {
			fault = skip_past(x, "]]>") ? NULL : "open CDATA";
		} else if (is_next(x, "<?") || is_next(x, "<!")) {
			fault = skip_past(x, ">") ? NULL : "an open declaration";
		} else if (is_next(x, "<")) {
			if (!x->depth && roots-- == 0)
				return "a second root";
			fault = tag(x);
		} else if (!x->depth && roots < 2 && !is_space(x->data[x->i])) {
			fault = "text outside";
		} else if (x->size - x->i >= 3 && !memcmp(x->data + x->i, "]]>", 3)) {
			fault = "]]> in text";
		} else {
			fault = character(x);
		}
		if (fault)
			return fault;
	}
	return x->depth ? "an element that is not closed" : NULL;
}

const char *xml_fault(const char *data, size_t size)
{
	static xml x;
	x.data = data;
	x.size = size;
	x.i = 0;
	x.depth = 0;
	const char *fault = size ? markup(&x, 1) : "nothing";
	return fault ? sound_at(fault, x.i) : NULL;
}

/* ---- DOT ---- */

/* A label in <...>: as XML without a root. `i` is behind the first '<'; passes the last '>'. */
static const char *html_label(const char *data, size_t size, size_t *i)
{
	static xml x;
	size_t end = *i;
	for (int depth = 1; end < size; end++) {
		depth += data[end] == '<';
		depth -= data[end] == '>';
		if (!depth)
			break;
	}
	if (end == size)
		return "an open label";
	x.data = data + *i;
	x.size = end - *i;
	x.i = 0;
	x.depth = 0;
	const char *fault = markup(&x, 1 << 30);
	*i = end + 1;
	return fault;
}

const char *dot_fault(const char *data, size_t size)
{
	int braces = 0, brackets = 0;
	for (size_t i = 0; i < size;) {
		size_t at = i;
		uint32_t c = sound_utf8(data, size, &i);
		if (c == '"') {
			while (i < size && data[i] != '"') {
				i += data[i] == '\\' && i + 1 < size;
				size_t from = i;
				if (sound_utf8(data, size, &i) == UINT32_MAX || (unsigned char)data[from] < 0x20)
					return sound_at("a control character, or no UTF-8", from);
			}
			if (i++ == size)
				return sound_at("an open quote", at);
		} else if (c == '<') {
			const char *fault = html_label(data, size, &i);
			if (fault)
				return sound_at(fault, at);
		} else if (c == UINT32_MAX || c == 0x7F || (c < 0x20 && c != '\n' && c != '\t')) {
			/* above are letters in this language */
			return sound_at("something outside of quotes", at);
		}
		braces += c == '{';
		braces -= c == '}';
		brackets += c == '[';
		brackets -= c == ']';
		if (braces < 0 || brackets < 0 || brackets > 1)
			return sound_at("brackets that do not match", at);
	}
	return braces || brackets || !size ? sound_at("brackets that are not closed", size) : NULL;
}

/* ---- the page ---- */

/* Where the text ends, SIZE_MAX: it is not there. Nothing is after SIZE_MAX. */
static size_t find(const char *data, size_t size, size_t from, const char *text)
{
	size_t n = strlen(text);
	for (size_t i = from; i <= size && n <= size - i; i++) {
		const char *p = memchr(data + i, text[0], size - n + 1 - i);
		if (!p)
			break;
		i = (size_t)(p - data);
		if (!memcmp(p, text, n))
			return i + n;
	}
	return SIZE_MAX;
}

static const char *page_data(const char *data, size_t size, bool packed)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
	if (!packed)
		return memchr(data, '<', size) ? "a < in the data" : json_fault(data, size);
	for (size_t i = 0; i < size; i++)
		if (!memchr(digits, data[i], sizeof digits - 1))
			return sound_at("data that is not base64", i);
	return size % 4 ? "base64 that is cut off" : NULL;
}

const char *page_fault(const char *data, size_t size)
{
	static uLong first;
	static const char element[] = "<script type=\"application/json\" id=\"data\"";
	size_t title = find(data, size, 0, "<title>"), title_end = find(data, size, title, "<");
	size_t block = find(data, size, 0, element), from = find(data, size, block, ">");
	size_t end = find(data, size, from, "<");
	if (title > size || title_end > size || block > size || from > size || end > size)
		return "no title, or no data";
	uLong sum = crc32(0, (const Bytef *)data, (uInt)title);
	sum = crc32(sum, (const Bytef *)data + title_end, (uInt)(block - title_end));
	sum = crc32(sum, (const Bytef *)data + end, (uInt)(size - end));
	if (first && sum != first)
		return "markup, style or script differ from those of the page before";
	first = sum;
	return page_data(data + from, end - 1 - from, from - block > 1);
}

/* ---- PNG and PDF ---- */

static uint32_t big(const char *p)
{
	const unsigned char *b = (const unsigned char *)p;
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

const char *png_fault(const char *data, size_t size)
{
	if (size < 8 || memcmp(data, "\x89PNG\r\n\x1a\n", 8) != 0)
		return "no PNG";
	for (size_t i = 8; size - i >= 12;) {
		uint32_t n = big(data + i);
		if (n > size - i - 12)
			return sound_at("a chunk that is cut off", i);
		if (i == 8 && memcmp(data + i + 4, "IHDR", 4) != 0)
			return "no IHDR";
		if (crc32(0, (const Bytef *)data + i + 4, n + 4) != big(data + i + 8 + n))
			return sound_at("a wrong checksum", i);
		i += 12 + (size_t)n;
		if (i == size && !memcmp(data + i - 8, "IEND", 4))
			return NULL;
	}
	return "no IEND at the end";
}

const char *pdf_fault(const char *data, size_t size)
{
	if (size < 16 || memcmp(data, "%PDF-1.", 7) != 0)
		return "no PDF";
	return memcmp(data + size - 6, "%%EOF\n", 6) ? "no %%EOF at the end" : NULL;
}
