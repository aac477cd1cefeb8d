/* SPDX-License-Identifier: Apache-2.0 */
/*
 * entries.h - the entries of a repeated field, one after the other, wherever its pieces are:
 * fixed numbers, varints or texts, packed or with a tag each.
 */
#ifndef LOAD_ENTRIES_H
#define LOAD_ENTRIES_H

#include <stddef.h>

#include "load/stream.h"
#include "model/model.h"

/** Fields of TensorProto that hold values. */
enum {
	FIELD_FLOAT = 4,
	FIELD_INT32 = 5,
	FIELD_STRING = 6,
	FIELD_INT64 = 7,
	FIELD_RAW = 9,
	FIELD_DOUBLE = 10,
	FIELD_UINT64 = 11
};

typedef struct entries {
	stream s;
	const model_segment *segments;
	size_t n_segments, segment;
	const uint8_t *held; /**< bytes of the only segment, or NULL */
	uint8_t field;       /**< segments of others are passed over */
	unsigned width;      /**< bytes of a fixed entry, 0: varint */
	bool is_text;
} entries;

/** The number in `n` bytes, at most 8, lowest first. */
static inline uint64_t little_endian(const uint8_t *p, size_t n)
{
	uint64_t v = 0;
	for (size_t i = 0; i < n; i++)
		v |= (uint64_t)p[i] << (8 * i);
	return v;
}

/** Which field the values of a type are in. */
uint8_t entries_field(int32_t type);

/** Without segments; freed with heap_free(). NULL when memory ran out. */
entries *entries_new(void);

/**
 * Moves to the next entry; its head (tag, length) is taken, its payload size given.
 * @return false past the last one, and where it cannot be read.
 */
bool entry_head(entries *e, int fd, uint64_t *payload);

/** Takes the next number; false as entry_head(). */
bool entry_bits(entries *e, int fd, uint64_t *bits);

/** Passes over `n` entries; false as entry_head(). */
bool entry_skip(entries *e, int fd, uint64_t n);

#endif
