/* SPDX-License-Identifier: Apache-2.0 */
#include "load/entries.h"

#include <stddef.h>
#include <string.h>

#include "base/heap.h"
#include "load/wire.h"

entries *entries_new(void)
{
	entries *e = heap_get(sizeof *e);
	if (e) {
		stream_open(&e->s, -1, 0, 0, NULL);
		memset((char *)e + offsetof(entries, segments), 0, sizeof *e - offsetof(entries, segments));
	}
	return e;
}

static bool next_segment(entries *e, int fd)
{
	while (e->segment < e->n_segments && e->segments[e->segment].field != e->field)
		e->segment++;
	if (e->segment >= e->n_segments)
		return false;
	const model_segment *s = &e->segments[e->segment++];
	stream_open(&e->s, fd, s->offset, s->size, e->held);
	return true;
}

bool entry_head(entries *e, int fd, uint64_t *payload)
{
	bool empty_text = false;
	while (stream_left(&e->s) == 0 && !empty_text) {
		if (!next_segment(e, fd))
			return false;
		empty_text = e->is_text && e->segments[e->segment - 1].packed;
	}
	const model_segment *s = &e->segments[e->segment - 1];
	*payload = e->width;
	if (s->packed) {
		if (e->is_text)
			*payload = s->size;
		return true;
	}
	wire_head h;
	uint64_t left = stream_left(&e->s);
	size_t look = left < WIRE_HEAD_MOST ? (size_t)left : WIRE_HEAD_MOST;
	if (!stream_fill(&e->s, look) || wire_read(e->s.bytes + e->s.next, look, &h) != WIRE_OK)
		return false;
	e->s.next += h.size;
	*payload = h.payload;
	return true;
}

bool entry_bits(entries *e, int fd, uint64_t *bits)
{
	uint64_t payload;
	if (!entry_head(e, fd, &payload))
		return false;
	if (e->width) {
		if (!stream_fill(&e->s, e->width))
			return false;
		*bits = little_endian(e->s.bytes + e->s.next, e->width);
		e->s.next += e->width;
		return true;
	}
	uint64_t left = stream_left(&e->s);
	size_t look = left < 10 ? (size_t)left : 10;
	if (!stream_fill(&e->s, look))
		return false;
	int n = wire_varint(e->s.bytes + e->s.next, look, 10, bits);
	if (n <= 0)
		return false;
	e->s.next += (size_t)n;
	return true;
}

/* Skips fewer than n packed varints, eight bytes at a time: each ends with the one byte of it whose
 * highest bit is not set. What is left over may begin in the midst of one. @return how many ended.
 */
static uint64_t skip_ends(stream *s, uint64_t n)
{
	const uint64_t high = 0x8080808080808080u;
	uint64_t ends = 0;
	while (stream_left(s) >= 8 && stream_fill(s, 8)) {
		for (; s->n - s->next >= 8; s->next += 8) {
			uint64_t word;
			memcpy(&word, s->bytes + s->next, 8);
			uint64_t here = (uint64_t)__builtin_popcountll(~word & high);
			if (here >= n - ends)
				return ends;
			ends += here;
		}
	}
	return ends;
}

bool entry_skip(entries *e, int fd, uint64_t n)
{
	uint64_t bits, payload;
	while (n) {
		bool in_packed = e->segment && e->segments[e->segment - 1].packed;
		if (in_packed && !e->width && !e->is_text && n > 8)
			n -= skip_ends(&e->s, n);
		if (e->width && in_packed && stream_left(&e->s)) {
			uint64_t here = stream_left(&e->s) / e->width;
			if (here > n)
				here = n;
			stream_skip(&e->s, here * e->width);
			n -= here;
			if (!n)
				return true;
		}
		if (e->is_text) {
			if (!entry_head(e, fd, &payload))
				return false;
			stream_skip(&e->s, payload);
		} else if (!entry_bits(e, fd, &bits)) {
			return false;
		}
		n--;
	}
	return true;
}

uint8_t entries_field(int32_t type)
{
	switch (type) {
	case ORAY_FLOAT32:
	case ORAY_COMPLEX64:
		return FIELD_FLOAT;
	case ORAY_FLOAT64:
	case ORAY_COMPLEX128:
		return FIELD_DOUBLE;
	case ORAY_INT64:
		return FIELD_INT64;
	case ORAY_UINT32:
	case ORAY_UINT64:
		return FIELD_UINT64;
	case ORAY_STRING:
		return FIELD_STRING;
	default:
		return FIELD_INT32;
	}
}
