/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stream.h - a forward reader over a part of a file, or over bytes that are in memory already.
 */
#ifndef LOAD_STREAM_H
#define LOAD_STREAM_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

enum { STREAM_CHUNK = 16 * 1024 };

typedef struct stream {
	int fd;
	uint64_t at, end; /**< next byte to fetch, end of the part */
	uint8_t bytes[STREAM_CHUNK];
	size_t next, n; /**< unread part of bytes */
} stream;

/** @param held  The `size` bytes themselves, at most STREAM_CHUNK; NULL: they are in the file. */
static inline void stream_open(stream *s, int fd, uint64_t offset, uint64_t size,
                               const uint8_t *held)
{
	s->fd = fd;
	s->at = offset;
	s->end = offset + size;
	s->next = s->n = 0;
	if (held) {
		memcpy(s->bytes, held, (size_t)size);
		s->n = (size_t)size;
		s->at = s->end;
	}
}

/** Makes `want` bytes available at bytes[next]; false when there are not so many. */
static inline bool stream_fill(stream *s, size_t want)
{
	size_t kept = s->n - s->next;
	if (kept >= want)
		return true;
	memmove(s->bytes, s->bytes + s->next, kept);
	s->next = 0;
	s->n = kept;
	while (s->n < want && s->at < s->end) {
		size_t room = sizeof s->bytes - s->n;
		size_t ask = s->end - s->at < room ? (size_t)(s->end - s->at) : room;
		ssize_t got = pread(s->fd, s->bytes + s->n, ask, (off_t)s->at);
		if (got <= 0)
			return false;
		s->n += (size_t)got;
		s->at += (uint64_t)got;
	}
	return s->n >= want;
}

static inline uint64_t stream_left(const stream *s)
{
	return s->n - s->next + (s->end - s->at);
}

static inline void stream_skip(stream *s, uint64_t bytes)
{
	size_t held = s->n - s->next;
	if (bytes <= held) {
		s->next += (size_t)bytes;
		return;
	}
	s->next = s->n = 0;
	s->at += bytes - held;
}

#endif
