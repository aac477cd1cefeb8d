/* SPDX-License-Identifier: Apache-2.0 */
/*
 * glob.c - shell patterns on names.
 *
 * On a mismatch only the latest star has to be tried again, one character further: an earlier one
 * could not do better.
 */
#include "analyze/glob.h"

#include "base/utf8.h"

/* A set from behind its bracket on. @return the end of it, or NULL: it is never closed. */
static const char *match_set(const char *p, unsigned char c, bool *matches)
{
	bool inverted = *p == '!' || *p == '^', found = false;

	p += inverted;
	for (bool first = true; *p && (first || *p != ']'); first = false) {
		unsigned char low = (unsigned char)*p++, high = low;
		if (*p == '-' && p[1] && p[1] != ']') {
			high = (unsigned char)p[1];
			p += 2;
		}
		found |= c >= low && c <= high;
	}
	*matches = found != inverted;
	return *p ? p + 1 : NULL;
}

/* One piece of the pattern that is not a star. @return bytes of text it takes, 0: no match. */
static size_t match_one(const char **pattern, const char *text, size_t size)
{
	const char *p = *pattern, *end;
	bool matches = false;
	uint32_t code;
	size_t taken;

	if (*p == '?') {
		*pattern = p + 1;
		taken = utf8_decode(text, size, &code);
		return taken ? taken : 1;
	}
	if (*p == '[' && (end = match_set(p + 1, (unsigned char)*text, &matches)) != NULL) {
		*pattern = end;
		return matches;
	}
	if (*p == '\\' && p[1])
		p++;
	*pattern = p + 1;
	return *p == *text;
}

bool glob_match(const char *pattern, const char *text, size_t size)
{
	const char *star = NULL;
	size_t at = 0, retry = 0;

	while (at < size) {
		size_t taken = 0;
		if (*pattern == '*') {
			star = ++pattern;
			retry = at;
			continue;
		}
		if (*pattern)
			taken = match_one(&pattern, text + at, size - at);
		at += taken;
		if (taken)
			continue;
		if (!star)
			return false;
		pattern = star;
		at = ++retry;
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}
