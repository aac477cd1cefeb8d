/* SPDX-License-Identifier: Apache-2.0 */
#define ZLIB_CONST

#include "export/html_pack.h"

#include <string.h>
#include <zlib.h>

#include "base/heap.h"

enum {
	LEVEL = 5,
	MEMORY = 9,
	PIECE = 3 << 14, /* bytes that are deflated before they become base64; a multiple of 3 */
};

#define ELEMENT "<script type=\"application/json\" id=\""

struct html_pack {
	emit *out;
	const char *id;
	size_t most;   /* bytes that stay as they are */
	size_t n;      /* bytes in `plain`, while nothing is deflated */
	bool deflates; /* `z` is in use */
	z_stream z;
	unsigned char piece[PIECE];
	char text[PIECE / 3 * 4];
	char plain[HTML_PLAIN_MOST];
};

html_pack *html_pack_begin(emit *out, const char *id, size_t plain)
{
	html_pack *p = heap_zeroed(1, sizeof *p);
	if (p) {
		p->out = out;
		p->id = id;
		p->most = plain;
	}
	return p;
}

/* Writes `n` bytes of the piece; only the last time `n` may be no multiple of 3. */
static void write_base64(html_pack *p, size_t n)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *in = p->piece;
	char *to = p->text;
	for (size_t i = 0; i < n; i += 3, to += 4) {
		unsigned left = n - i < 3 ? (unsigned)(n - i) : 3;
		uint32_t bits = (uint32_t)in[i] << 16;
		bits |= left > 1 ? (uint32_t)in[i + 1] << 8 : 0;
		bits |= left > 2 ? in[i + 2] : 0;
		to[0] = digits[bits >> 18];
		to[1] = digits[bits >> 12 & 63];
		to[2] = left > 1 ? digits[bits >> 6 & 63] : '=';
		to[3] = left > 2 ? digits[bits & 63] : '=';
	}
	emit_add(p->out, p->text, (size_t)(to - p->text));
}

static void squeeze(html_pack *p, const char *data, size_t size, int flush)
{
	int end = Z_OK;
	p->z.next_in = (const unsigned char *)data;
	do {
		uInt room = size < (1u << 30) ? (uInt)size : 1u << 30;
		p->z.avail_in = room;
		do {
			end = deflate(&p->z, room < size ? Z_NO_FLUSH : flush);
			if (p->z.avail_out == 0 || end == Z_STREAM_END) {
				write_base64(p, PIECE - p->z.avail_out);
				p->z.next_out = p->piece;
				p->z.avail_out = PIECE;
			}
		} while (end == Z_OK && (p->z.avail_in || flush == Z_FINISH));
		size -= room;
	} while (size);
}

/* @return false without memory. */
static bool start_deflating(html_pack *p)
{
	if (deflateInit2(&p->z, LEVEL, Z_DEFLATED, -15, MEMORY, Z_DEFAULT_STRATEGY) != Z_OK) {
		emit_fail(p->out, ORAY_ERR_MEMORY);
		return false;
	}
	p->deflates = true;
	p->z.next_out = p->piece;
	p->z.avail_out = PIECE;
	emit_str(p->out, ELEMENT);
	emit_str(p->out, p->id);
	emit_str(p->out, "\" data-coding=\"deflate-raw\">");
	squeeze(p, p->plain, p->n, Z_NO_FLUSH);
	return true;
}

void html_pack_add(html_pack *p, const char *data, size_t size)
{
	if (!size || !emit_ok(p->out))
		return;
	if (!p->deflates && size <= p->most - p->n) {
		memcpy(p->plain + p->n, data, size);
		p->n += size;
		return;
	}
	if (p->deflates || start_deflating(p))
		squeeze(p, data, size, Z_NO_FLUSH);
}

void html_pack_end(html_pack *p)
{
	if (!p)
		return;
	if (p->deflates) {
		squeeze(p, NULL, 0, Z_FINISH);
		deflateEnd(&p->z);
	} else {
		emit_str(p->out, ELEMENT);
		emit_str(p->out, p->id);
		emit_str(p->out, "\">");
		emit_add(p->out, p->plain, p->n);
	}
	emit_str(p->out, "</script>\n");
	heap_free(p);
}
