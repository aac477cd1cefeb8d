/* SPDX-License-Identifier: Apache-2.0 */
/* Text, CSV, JSON. */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "sound.h"
#include "sound_reader.h"

/* Code point at `i`, which it passes; UINT32_MAX: not UTF-8. */
uint32_t sound_utf8(const char *data, size_t size, size_t *i)
{
	const unsigned char *p = (const unsigned char *)data + *i;
	size_t left = size - *i, n = *p < 0x80 ? 1 : *p < 0xC2 ? 0 : *p < 0xE0 ? 2 : *p < 0xF0 ? 3 : 4;
	if (!n || n > left || *p > 0xF4)
		return UINT32_MAX;
	uint32_t c = n == 1 ? *p : *p & (0x7Fu >> n);
	for (size_t k = 1; k < n; k++) {
		if ((p[k] & 0xC0) != 0x80)
			return UINT32_MAX;
		c = c << 6 | (p[k] & 0x3Fu);
	}
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	if (c < least[n] || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000))
		return UINT32_MAX;
	*i += n;
	return c;
}

static bool turns(uint32_t c)
{
	return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0x200E ||
	       c == 0x200F || c == 0x061C || c == 0x2028 || c == 0x2029;
}

static const char *plain(const char *data, size_t size, bool color)
{
	for (size_t i = 0; i < size;) {
		size_t at = i;
		uint32_t c = sound_utf8(data, size, &i);
		if (c == UINT32_MAX)
			return sound_at("not UTF-8", at);
		if (c == 0x1B && color) {
			if (i == size || data[i++] != '[')
				return sound_at("an escape that is no colour", at);
			while (i < size && ((data[i] >= '0' && data[i] <= '9') || data[i] == ';'))
				i++;
			if (i == size || data[i++] != 'm')
				return sound_at("an escape that is no colour", at);
			continue;
		}
		if ((c < 0x20 && c != '\n') || (c >= 0x7F && c < 0xA0))
			return sound_at("a control character", at);
		if (turns(c))
			return sound_at("a character that turns the line", at);
	}
	return NULL;
}

const char *text_fault(const char *data, size_t size)
{
	return plain(data, size, false);
}

const char *color_fault(const char *data, size_t size)
{
	return plain(data, size, true);
}

const char *csv_fault(const char *data, size_t size)
{
	size_t fields = 0, columns = 0, i = 0;
	for (size_t k = 0; k < size;) {
		size_t at = k;
		uint32_t c = sound_utf8(data, size, &k);
		if (c == UINT32_MAX)
			return sound_at("not UTF-8", at);
		if (c < 0x20 && c != '\n' && c != '\r')
			return sound_at("a control character", at);
	}
	while (i < size) {
		if (data[i] == '"') {
			for (i++;; i++) {
				if (i == size)
					return sound_at("an open quote", i);
				if (data[i] == '"' && (i + 1 == size || data[++i] != '"'))
					break;
			}
		} else {
			while (i < size && !memchr(",\"\r\n", data[i], 4))
				i++;
		}
		fields++;
		if (i < size && data[i] == ',') {
			i++;
			if (i == size)
				return sound_at("no end of the line", i);
			continue;
		}
		if (size - i < 2 || data[i] != '\r' || data[i + 1] != '\n')
			return sound_at("neither a comma nor the end of the line", i);
		i += 2;
		if (columns && fields != columns)
			return sound_at("rows of different length", i);
		columns = fields;
		fields = 0;
	}
	return NULL;
}

/* ---- JSON ---- */

enum { JSON_DEPTH = 200 };

typedef struct json {
	const char *data;
	size_t i, size;
} json;

static void skip_blanks(json *j)
{
	while (j->i < j->size && memchr(" \t\r\n", j->data[j->i], 4))
		j->i++;
}

static bool is_sign(json *j, char c)
{
	if (j->i == j->size || j->data[j->i] != c)
		return false;
	j->i++;
	return true;
}

static bool hex(json *j, unsigned *out)
{
	*out = 0;
	for (int k = 0; k < 4; k++, j->i++) {
		const char *digits = "0123456789abcdef0123456789ABCDEF", *d;
		if (j->i == j->size || !(d = memchr(digits, j->data[j->i], 32)))
			return false;
		*out = *out << 4 | (unsigned)((d - digits) & 15);
	}
	return true;
}

static const char *json_string(json *j)
{
	if (!is_sign(j, '"'))
		return "no string";
	while (!is_sign(j, '"')) {
		unsigned unit, low;
		if (j->i == j->size)
			return "an open string";
		if (is_sign(j, '\\')) {
			if (is_sign(j, 'u')) {
				if (!hex(j, &unit) || (unit >= 0xDC00 && unit < 0xE000 && unit - 0xDC80 > 0x7F))
					return "a broken \\u";
				if (unit >= 0xD800 && unit < 0xDC00 &&
				    (!is_sign(j, '\\') || !is_sign(j, 'u') || !hex(j, &low) || low < 0xDC00 ||
				     low >= 0xE000))
					return "half a surrogate pair";
			} else if (j->i == j->size || !memchr("\"\\/bfnrt", j->data[j->i++], 8)) {
				return "an unknown escape";
			}
			continue;
		}
		uint32_t c = sound_utf8(j->data, j->size, &j->i);
		if (c == UINT32_MAX)
			return "a string that is not UTF-8";
		if (c < 0x20)
			return "a control character in a string";
	}
	return NULL;
}

static bool digits(json *j)
{
	size_t from = j->i;
	while (j->i < j->size && j->data[j->i] >= '0' && j->data[j->i] <= '9')
		j->i++;
	return j->i > from;
}

static const char *json_number(json *j)
{
	is_sign(j, '-');
	if (!is_sign(j, '0') && !digits(j))
		return "no value";
	if (is_sign(j, '.') && !digits(j))
		return "no digits behind a point";
	if (is_sign(j, 'e') || is_sign(j, 'E')) {
		if (!is_sign(j, '-'))
			is_sign(j, '+');
		if (!digits(j))
			return "no digits in an exponent";
	}
	return NULL;
}

static const char *json_scalar(json *j)
{
	static const char *const words[] = {"true", "false", "null"};
	for (int k = 0; k < 3; k++) {
		size_t n = strlen(words[k]);
		if (j->size - j->i >= n && !memcmp(j->data + j->i, words[k], n)) {
			j->i += n;
			return NULL;
		}
	}
	return j->i < j->size && j->data[j->i] == '"' ? json_string(j) : json_number(j);
}

static const char *json_key(json *j)
{
	const char *fault = json_string(j);
	skip_blanks(j);
	return fault || is_sign(j, ':') ? fault : "no colon behind a key";
}

static const char *json_value(json *j)
{
	char open[JSON_DEPTH];
	int depth = 0;
	for (;;) {
		const char *fault = NULL;
		bool empty = false;
		skip_blanks(j);
		if (j->i < j->size && (j->data[j->i] == '{' || j->data[j->i] == '[')) {
			if (depth == JSON_DEPTH)
				return "too deep";
			open[depth++] = j->data[j->i++] == '{' ? '}' : ']';
			skip_blanks(j);
			empty = is_sign(j, open[depth - 1]);
			depth -= empty;
			if (!empty) {
				fault = open[depth - 1] == '}' ? json_key(j) : NULL;
				if (fault)
					return fault;
				continue;
			}
		}
		fault = empty ? NULL : json_scalar(j);
		if (fault)
			return fault;
		for (skip_blanks(j); depth && is_sign(j, open[depth - 1]); skip_blanks(j))
			depth--;
		if (!depth)
			return NULL;
		if (!is_sign(j, ','))
			return "no comma";
		skip_blanks(j);
		fault = open[depth - 1] == '}' ? json_key(j) : NULL;
		if (fault)
			return fault;
	}
}

const char *json_fault(const char *data, size_t size)
{
	json j = {data, 0, size};
	const char *fault = json_value(&j);
	if (!fault && j.i < size)
		fault = "something behind the value";
	return fault ? sound_at(fault, j.i) : NULL;
}

const char *ndjson_fault(const char *data, size_t size)
{
	while (size) {
		const char *end = memchr(data, '\n', size);
		if (!end)
			return sound_at("a line without an end", size);
		const char *fault = json_fault(data, (size_t)(end - data));
		if (fault)
			return fault;
		size -= (size_t)(end + 1 - data);
		data = end + 1;
	}
	return NULL;
}
