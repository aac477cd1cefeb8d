/* SPDX-License-Identifier: Apache-2.0 */
#include "words/clean.h"

#include <stdbool.h>
#include <string.h>

#include "base/utf8.h"

#define REPLACEMENT 0xfffd
#define ELLIPSIS    0x2026

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
static void keep_end(cleaned *k, const char *data, size_t size, size_t wanted)
{
	uint32_t last[CLEAN_MOST];
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

void clean_keep(cleaned *k, const char *data, size_t size, size_t most)
{
	size_t at = 0;
	if (most > CLEAN_MOST)
		most = CLEAN_MOST;
	k->n = 0;
	while (at < size && k->n < most)
		at += take(data + at, size - at, &k->at[k->n++]);
	if (at == size || most < 3)
		return;
	k->n = most / 2;
	k->at[k->n++] = ELLIPSIS;
	keep_end(k, data, size, most - k->n);
}

/* Most text is short and plain, and then it is itself. */
static bool is_plain(const char *data, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if ((unsigned char)data[i] - 0x20u >= 0x5f)
			return false;
	return true;
}

void clean_text(buf *b, const char *data, size_t size, size_t most)
{
	cleaned k;
	if (size <= most && size <= CLEAN_MOST && is_plain(data, size)) {
		buf_add(b, data, size);
		return;
	}
	clean_keep(&k, data, size, most);
	for (size_t i = 0; i < k.n; i++) {
		char bytes[4];
		buf_add(b, bytes, utf8_encode(k.at[i], bytes));
	}
}
