/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wire.h - one field of the protobuf wire format.
 *
 *   tag: varint (number << 3 | wire type)   payload: by wire type
 *   0 varint   1 eight bytes   2 length + bytes   3 group start   4 group end   5 four bytes
 */
#ifndef LOAD_WIRE_H
#define LOAD_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { WIRE_VARINT, WIRE_FIXED64, WIRE_BYTES, WIRE_GROUP, WIRE_END_GROUP, WIRE_FIXED32 };

/** The longest header: a tag of 5 bytes and a varint of 10. */
enum { WIRE_HEAD_MOST = 15 };

/** Why a header cannot be read. */
typedef enum wire_status {
	WIRE_OK,
	WIRE_SHORT,      /**< the bytes end inside it */
	WIRE_BAD_TAG,    /**< tag longer than 5 bytes or number above 2^29-1 */
	WIRE_BAD_NUMBER, /**< field number 0 */
	WIRE_BAD_TYPE,   /**< wire type 6 or 7 */
	WIRE_BAD_VARINT, /**< value longer than 10 bytes */
	WIRE_BAD_LENGTH  /**< length padded to more than 5 bytes */
} wire_status;

/** Tag and length of a field; for wire type 0 the value itself. */
typedef struct wire_head {
	uint32_t number;
	uint8_t wire;
	uint8_t size;     /**< bytes before the payload: tag, and length for WIRE_BYTES */
	uint64_t payload; /**< bytes of payload: of the varint, 8, the length, 4; 0 for groups */
	uint64_t value;   /**< WIRE_VARINT */
} wire_head;

/** Reads a varint of at most `most` bytes. @return bytes taken; 0: too long; -1: the bytes end. */
static inline int wire_varint(const uint8_t *p, size_t available, int most, uint64_t *value)
{
	uint64_t v = 0;
	for (int i = 0; i < most; i++) {
		if ((size_t)i >= available)
			return -1;
		v |= (uint64_t)(p[i] & 0x7f) << (7 * i);
		if (p[i] < 0x80) {
			*value = v;
			return i + 1;
		}
	}
	return 0;
}

/** The float in four bytes, whatever the order of this machine's. */
static inline float wire_float(const uint8_t *p)
{
	uint32_t bits = p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
	float f;
	memcpy(&f, &bits, sizeof f);
	return f;
}

/** Reads the header at `p`. Nothing is said about whether the payload is there. */
static inline wire_status wire_read(const uint8_t *p, size_t available, wire_head *h)
{
	uint64_t tag = 0;
	/* Nearly all: a small number, then a short length or a small value. */
	if (available >= 2 && (p[0] | p[1]) < 0x80 && p[0] >= 8) {
		h->number = p[0] >> 3;
		h->wire = p[0] & 7;
		if (h->wire == WIRE_BYTES) {
			h->size = 2;
			h->payload = p[1];
			return WIRE_OK;
		}
		if (h->wire == WIRE_VARINT) {
			h->size = 1;
			h->payload = 1;
			h->value = p[1];
			return WIRE_OK;
		}
	}
	int n = wire_varint(p, available, 5, &tag);
	if (n <= 0)
		return n < 0 ? WIRE_SHORT : WIRE_BAD_TAG;
	if (tag > UINT32_MAX)
		return WIRE_BAD_TAG;
	h->number = (uint32_t)(tag >> 3);
	h->wire = tag & 7;
	h->size = (uint8_t)n;
	if (h->number == 0)
		return WIRE_BAD_NUMBER;
	p += n;
	available -= (size_t)n;
	switch (h->wire) {
	case WIRE_VARINT:
		n = wire_varint(p, available, 10, &h->value);
		h->payload = (uint64_t)n;
		return n > 0 ? WIRE_OK : n < 0 ? WIRE_SHORT : WIRE_BAD_VARINT;
	case WIRE_FIXED64:
		h->payload = 8;
		return WIRE_OK;
	case WIRE_FIXED32:
		h->payload = 4;
		return WIRE_OK;
	case WIRE_BYTES:
		n = wire_varint(p, available, 10, &h->payload);
		if (n <= 0)
			return n < 0 ? WIRE_SHORT : WIRE_BAD_LENGTH;
		if (n > 5 && p[n - 1] == 0)
			return WIRE_BAD_LENGTH;
		h->size = (uint8_t)(h->size + n);
		return WIRE_OK;
	case WIRE_GROUP:
	case WIRE_END_GROUP:
		h->payload = 0;
		return WIRE_OK;
	default:
		return WIRE_BAD_TYPE;
	}
}

/** A sentence for a status other than WIRE_OK and WIRE_SHORT. */
const char *wire_complaint(wire_status status);

#endif
