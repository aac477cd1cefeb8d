/* SPDX-License-Identifier: Apache-2.0 */
/*
 * png_stream.c - PNG (ISO/IEC 15948) for drawings.
 *
 * Every row is stored as its difference to the row above (filter type 2): in drawings most of it is
 * zero, and zlib makes little of long runs, quickly.
 */
#define ZLIB_CONST

#include "export/png_stream.h"

#include <string.h>
#include <zlib.h>

#include "base/heap.h"

enum {
	FILTER_UP = 2,
	PIECE = 1 << 16, /* bytes of compressed data in a chunk */
	LEVEL = 3,
	MEMORY = 6, /* a small table: half of the time would go into sliding a larger one */
};

struct png_stream {
	emit *out;
	size_t size; /* bytes of a row */
	z_stream z;
	unsigned char *above;    /* row before, zeros at first */
	unsigned char *filtered; /* the filter's type, then the row */
	unsigned char piece[PIECE];
};

static void put_u32(unsigned char *out, uint32_t n)
{
	for (unsigned i = 0; i < 4; i++)
		out[i] = (unsigned char)(n >> (24 - 8 * i));
}

static void chunk(emit *out, const char type[4], const unsigned char *data, size_t size)
{
	unsigned char number[4];
	uLong crc = crc32(crc32(0, NULL, 0), (const unsigned char *)type, 4);
	put_u32(number, (uint32_t)size);
	emit_add(out, (const char *)number, 4);
	emit_add(out, type, 4);
	if (size) {
		emit_add(out, (const char *)data, size);
		crc = crc32(crc, data, (uInt)size);
	}
	put_u32(number, (uint32_t)crc);
	emit_add(out, (const char *)number, 4);
}

static void free_stream(png_stream *p)
{
	heap_free(p->above);
	heap_free(p->filtered);
	heap_free(p);
}

png_stream *png_stream_begin(emit *out, uint32_t width, uint32_t height, uint32_t density)
{
	static const char signature[] = "\x89PNG\r\n\x1a\n";
	png_stream *p = heap_zeroed(1, sizeof *p);
	if (!p)
		return NULL;
	p->out = out;
	p->size = (size_t)width * 3;
	p->above = heap_zeroed(p->size + 1, 1);
	p->filtered = heap_zeroed(p->size + 1, 1);
	if (!p->above || !p->filtered ||
	    deflateInit2(&p->z, LEVEL, Z_DEFLATED, 15, MEMORY, Z_DEFAULT_STRATEGY) != Z_OK) {
		free_stream(p);
		return NULL;
	}
	p->z.next_out = p->piece;
	p->z.avail_out = PIECE;
	p->filtered[0] = FILTER_UP;

	/* width, height, 8 bits, red green blue; deflate, five filters, not interlaced */
	unsigned char header[13] = {[8] = 8, [9] = 2}, size[9] = {[8] = 1};
	put_u32(header, width);
	put_u32(header + 4, height);
	put_u32(size, density);
	put_u32(size + 4, density);
	emit_add(out, signature, sizeof signature - 1);
	chunk(out, "IHDR", header, sizeof header);
	chunk(out, "pHYs", size, sizeof size);
	return p;
}

static void compress_all(png_stream *p, const unsigned char *data, size_t size, int flush)
{
	int end;
	p->z.next_in = data;
	p->z.avail_in = (uInt)size;
	do {
		end = deflate(&p->z, flush);
		if (p->z.avail_out == 0 || end == Z_STREAM_END) {
			chunk(p->out, "IDAT", p->piece, PIECE - p->z.avail_out);
			p->z.next_out = p->piece;
			p->z.avail_out = PIECE;
		}
	} while (end == Z_OK && (p->z.avail_in || flush == Z_FINISH));
}

void png_stream_row(png_stream *p, const unsigned char *row)
{
	if (memcmp(row, p->above, p->size) == 0) {
		memset(p->filtered + 1, 0, p->size);
	} else {
		for (size_t i = 0; i < p->size; i++)
			p->filtered[i + 1] = (unsigned char)(row[i] - p->above[i]);
		memcpy(p->above, row, p->size);
	}
	compress_all(p, p->filtered, p->size + 1, Z_NO_FLUSH);
}

void png_stream_end(png_stream *p)
{
	compress_all(p, NULL, 0, Z_FINISH);
	deflateEnd(&p->z);
	chunk(p->out, "IEND", NULL, 0);
	free_stream(p);
}
