/* SPDX-License-Identifier: Apache-2.0 */
/*
 * strings.h - a pool that keeps every string once and calls it by a number.
 *
 * Equality of strings becomes equality of numbers. Ids count from 0 in order of arrival, so arrays
 * indexed by id are dense. Strings may hold any byte; each is followed by a NUL.
 */
#ifndef BASE_STRINGS_H
#define BASE_STRINGS_H

#include <onnxray/onnxray.h>

#include "base/mem.h"

typedef struct strings {
	mem_budget *budget;
	uint64_t seed;               /**< per pool, so that collisions cannot be prepared */
	struct string_block *blocks; /**< newest first */
	VEC(const char *) start;     /**< by id */
	VEC(uint32_t) size;          /**< by id */
	VEC(uint32_t) hash;          /**< by id */
	uint32_t *slots;             /**< open addressing: id + 1, 0 is free */
	size_t n_slots;
	oray_id last; /**< id of the string added or found last */
} strings;

/** Sets budget and seed of a zeroed pool. */
void strings_init(strings *s, mem_budget *budget);

/** Id of a string, added when new. ORAY_NONE when memory ran out or it exceeds 4 GiB. */
oray_id strings_add(strings *s, const char *data, size_t size);

/** Id of a string that is there, or ORAY_NONE. */
oray_id strings_find(const strings *s, const char *data, size_t size);

/** The string of an id; {"", 0} for ORAY_NONE. */
static inline oray_str strings_get(const strings *s, oray_id id)
{
	return id < s->start.n ? (oray_str){s->start.at[id], s->size.at[id]} : (oray_str){"", 0};
}

/** Number of strings. */
size_t strings_count(const strings *s);

void strings_free(strings *s);

#endif
