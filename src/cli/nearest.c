/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nearest.c - the names closest to a wanted one.
 *
 * Hundreds of thousands of names may be offered, so the costly part comes last and is cut short:
 * the distance is computed inside a diagonal band as wide as the worst suggestion kept so far.
 */
#include "nearest.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Closeness in one number: these come before every edit distance, and every such name is shorter
 * than the step between them. */
enum { OTHER_CASE = 0, CONTAINED = 1, EDITED = NEAREST_NAME };

static char lower(char c)
{
	return (char)tolower((unsigned char)c);
}

static bool contains(const char *text, const char *part)
{
	for (; *text; text++) {
		size_t i = 0;
		while (part[i] && lower(text[i]) == lower(part[i]))
			i++;
		if (!part[i])
			return true;
	}
	return false;
}

size_t nearest_distance(const char *a, const char *b, size_t limit)
{
	size_t na = strlen(a), nb = strlen(b);
	size_t gap = na > nb ? na - nb : nb - na;
	if (gap > limit || na >= NEAREST_NAME || nb >= NEAREST_NAME)
		return limit + 1;

	/* Three rows of the usual table: this one, the one above, and one more for swaps. */
	uint16_t rows[3][NEAREST_NAME + 1];
	uint16_t *before = rows[0], *above = rows[1], *row = rows[2];
	for (size_t j = 0; j <= nb; j++)
		above[j] = (uint16_t)j;
	memset(before, 0, sizeof rows[0]);

	for (size_t i = 1; i <= na; i++) {
		size_t first = i > limit ? i - limit : 1;
		size_t last = i + limit < nb ? i + limit : nb;
		size_t least = SIZE_MAX;

		/* Cells outside the band count as "too far". */
		row[0] = (uint16_t)i;
		if (first > 1)
			row[first - 1] = UINT16_MAX - 1;
		for (size_t j = first; j <= last; j++) {
			unsigned replaced = above[j - 1] + (a[i - 1] != b[j - 1]);
			unsigned removed = j > i - 1 + limit ? UINT16_MAX - 1 : above[j] + 1u;
			unsigned inserted = row[j - 1] + 1u;
			unsigned cost = replaced < removed ? replaced : removed;
			cost = inserted < cost ? inserted : cost;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    before[j - 2] + 1u < cost)
				cost = before[j - 2] + 1u;
			row[j] = (uint16_t)(cost < UINT16_MAX - 1 ? cost : UINT16_MAX - 1);
			if (row[j] < least)
				least = row[j];
		}
		if (least > limit)
			return limit + 1;
		uint16_t *spare = before;
		before = above;
		above = row;
		row = spare;
	}
	return above[nb] <= limit ? above[nb] : limit + 1;
}

/** Edits that still make a plausible slip for a word of this length. */
static size_t plausible(size_t length)
{
	return length < 5 ? 1 : 1 + length / 5;
}

void nearest_start(nearest *s, const char *wanted, size_t capacity)
{
	s->wanted = wanted;
	s->capacity = capacity < NEAREST_KEPT ? capacity : NEAREST_KEPT;
	s->n = 0;
}

/** How far `name` is from the wanted one; SIZE_MAX: not worth mentioning. */
static size_t closeness(const nearest *s, const char *name)
{
	size_t wanted = strlen(s->wanted), length = strlen(name);
	if (wanted == 0 || length == 0)
		return SIZE_MAX;
	if (wanted >= 3 && length >= wanted && contains(name, s->wanted)) {
		size_t more = length - wanted;
		return more == 0 ? OTHER_CASE : more < EDITED - CONTAINED ? CONTAINED + more : EDITED;
	}

	size_t limit = plausible(wanted);
	if (s->n == s->capacity && s->best[s->n - 1].distance < EDITED + limit)
		limit = s->best[s->n - 1].distance > EDITED ? s->best[s->n - 1].distance - EDITED : 0;
	size_t distance = limit ? nearest_distance(s->wanted, name, limit) : limit + 1;
	return distance <= limit ? EDITED + distance : SIZE_MAX;
}

void nearest_offer(nearest *s, const char *name)
{
	size_t distance = closeness(s, name);
	if (distance == SIZE_MAX || s->capacity == 0)
		return;
	for (size_t i = 0; i < s->n; i++)
		if (strncmp(s->best[i].name, name, NEAREST_NAME - 1) == 0)
			return;

	size_t place = s->n;
	while (place > 0 && s->best[place - 1].distance > distance)
		place--;
	if (place == s->capacity)
		return;
	if (s->n < s->capacity)
		s->n++;
	memmove(&s->best[place + 1], &s->best[place], (s->n - 1 - place) * sizeof s->best[0]);
	s->best[place].distance = distance;
	size_t size = strnlen(name, NEAREST_NAME - 1);
	memcpy(s->best[place].name, name, size);
	s->best[place].name[size] = '\0';
}
