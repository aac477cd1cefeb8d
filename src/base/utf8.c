/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"

#include <onnxray/onnxray.h>
#include <stdio.h>
#include <string.h>

size_t utf8_decode(const char *data, size_t size, uint32_t *code)
{
	const unsigned char *p = (const unsigned char *)data;
	static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
	if (size == 0)
		return 0;
	*code = p[0];
	if (p[0] < 0x80)
		return 1;
	size_t n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	if (p[0] < 0xc2 || p[0] > 0xf4 || n > size)
		return 0;
	uint32_t c = p[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*code = c;
	return n;
}

size_t utf8_encode(uint32_t code, char out[4])
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xc0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xe0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3f));
		out[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 0x3f));
	out[2] = (char)(0x80 | (code >> 6 & 0x3f));
	out[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

bool utf8_valid(const char *data, size_t size)
{
	uint32_t code;
	for (size_t i = 0; i < size;) {
		if ((unsigned char)data[i] < 0x80) {
			i++;
			continue;
		}
		size_t n = utf8_decode(data + i, size - i, &code);
		if (!n)
			return false;
		i += n;
	}
	return true;
}

typedef struct code_range {
	uint32_t first, last;
} code_range;

static bool in_ranges(const code_range *r, size_t n, uint32_t code)
{
	for (size_t i = 0; i < n && code >= r[i].first; i++)
		if (code <= r[i].last)
			return true;
	return false;
}

bool utf8_is_unsafe(uint32_t code)
{
	static const code_range unsafe[] = {
	    {0x00, 0x1f},     {0x7f, 0x9f},     {0xad, 0xad},       {0x61c, 0x61c},
	    {0x180e, 0x180e}, {0x200b, 0x200f}, {0x2028, 0x202e},   {0x2060, 0x206f},
	    {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe0fff},
	};
	return in_ranges(unsafe, sizeof unsafe / sizeof *unsafe, code);
}

/* True when text after a backslash reads, or will read once it is escaped, as an escape. */
static bool reads_as_escape(const char *data, size_t size)
{
	uint32_t code;
	if (!size)
		return false;
	return data[0] == 'x' || data[0] == 'u' || data[0] == '\\' || !utf8_decode(data, size, &code) ||
	       utf8_is_unsafe(code);
}

size_t utf8_printable(const char *data, size_t size, char out[UTF8_PRINTABLE], size_t *n)
{
	uint32_t code = 0;
	size_t taken = utf8_decode(data, size, &code);
	if (code == '\\' && reads_as_escape(data + 1, size - 1))
		*n = (size_t)snprintf(out, UTF8_PRINTABLE, "\\\\");
	else if (taken && !utf8_is_unsafe(code))
		*n = 0;
	else
		*n = (size_t)snprintf(out, UTF8_PRINTABLE, taken && code > 0x7f ? "\\u{%x}" : "\\x%02x",
		                      (unsigned)code);
	return taken ? taken : 1;
}

size_t oray_printable(const char *text, size_t size, char *out, size_t room)
{
	char safe[UTF8_PRINTABLE];
	size_t whole = 0, kept = 0, n;
	for (size_t i = 0, taken; i < size; i += taken) {
		taken = utf8_printable(text + i, size - i, safe, &n);
		const char *piece = n ? safe : text + i;
		n = n ? n : taken;
		if (kept == whole && n < room - kept && room) {
			memcpy(out + kept, piece, n);
			kept += n;
		}
		whole += n;
	}
	if (room)
		out[kept] = '\0';
	return whole;
}

/*
 * Blocks rather than the full table of the Unicode standard: right for what names hold in practice
 * (Latin, Greek, Cyrillic, CJK, Hangul, emoji), and a column off at worst elsewhere.
 */
unsigned utf8_width(uint32_t code)
{
	static const code_range zero[] = {
	    {0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},   {0x610, 0x61a},
	    {0x64b, 0x65f},   {0x93c, 0x93c},   {0x941, 0x948},   {0x94d, 0x94d},
	    {0xe31, 0xe31},   {0xe34, 0xe3a},   {0xe47, 0xe4e},   {0x1ab0, 0x1aff},
	    {0x1dc0, 0x1dff}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f},
	};
	static const code_range wide[] = {
	    {0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0x33ff},   {0x3400, 0x4dbf},
	    {0x4e00, 0x9fff},   {0xa000, 0xa4cf},   {0xac00, 0xd7a3},   {0xf900, 0xfaff},
	    {0xfe30, 0xfe4f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},   {0x1f300, 0x1f64f},
	    {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd},
	};
	if (code < 0x300)
		return 1;
	if (in_ranges(zero, sizeof zero / sizeof *zero, code))
		return 0;
	return in_ranges(wide, sizeof wide / sizeof *wide, code) ? 2 : 1;
}
