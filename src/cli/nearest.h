/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nearest.h - "did you mean ...?"
 *
 * Offer candidates one by one; the best few are kept, best first. Closeness is a number: other
 * letter case, then a name that contains the wanted one (people type the end of a long path), then
 * the edit distance.
 */
#ifndef CLI_NEAREST_H
#define CLI_NEAREST_H

#include <stddef.h>

enum { NEAREST_KEPT = 5, NEAREST_NAME = 256 };

typedef struct nearest {
	const char *wanted;
	size_t capacity; /**< how many to keep, at most NEAREST_KEPT */
	size_t n;
	struct {
		size_t distance;
		char name[NEAREST_NAME]; /**< cut when longer */
	} best[NEAREST_KEPT];
} nearest;

/** @param wanted borrowed. @param capacity how many suggestions to keep. */
void nearest_start(nearest *s, const char *wanted, size_t capacity);

/** Considers a name. Ties keep the one that came first; a name already there is not repeated. */
void nearest_offer(nearest *s, const char *name);

/**
 * Edit distance of two strings: insertions, removals, replacements, and swaps of neighbours cost 1.
 * @return the distance, or limit + 1 when it is more than `limit`.
 */
size_t nearest_distance(const char *a, const char *b, size_t limit);

#endif
