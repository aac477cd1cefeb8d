/* SPDX-License-Identifier: Apache-2.0 */
/*
 * png_picture.c - pictures as PNG, painted and packed in strips.
 */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/heap.h"
#include "export/cairo_picture.h"
#include "export/canvas.h"
#include "export/emit.h"
#include "export/png_stream.h"

/* What viewers take: a side of 2^15 is the end for many, and so are a few hundred million pixels. */
#define SCALE         2.0
#define MOST_WIDTH    32767.0
#define MOST_HEIGHT   200000.0
#define MOST_AREA     200e6
#define STRIP_BYTES   ((size_t)16 << 20)
#define MOST_ROWS     8192 /* of a strip */
#define SMALLEST_TEXT 2.0

#define PER_METRE (96 / 0.0254) /* pixels of a picture: CSS has 96 to an inch */

typedef struct raster {
	canvas canvas;
	uint32_t width, height; /* pixels of the file */
	unsigned char *row;
	png_stream *png;
} raster;

double png_scale(const picture *pic)
{
	double width = pic->width, height = pic->height, scale = SCALE;
	scale = fmin(scale, MOST_WIDTH / width);
	scale = fmin(scale, MOST_HEIGHT / height);
	return fmin(scale, sqrt(MOST_AREA / width / height));
}

static uint32_t pixels(double length, double most)
{
	length = ceil(length);
	return length < 1 ? 1 : length > most ? (uint32_t)most : (uint32_t)length;
}

/* cairo's pixels are 32 bits, 0xXXRRGGBB as the machine orders bytes. */
static void write_rows(raster *r, const unsigned char *data, size_t stride, uint32_t n)
{
	for (uint32_t y = 0; y < n; y++, data += stride) {
		const uint32_t *in = (const uint32_t *)(const void *)data;
		unsigned char *out = r->row;
		bool again = y && memcmp(data, data - stride, (size_t)r->width * 4) == 0;
		for (uint32_t x = 0; x < r->width && !again; x++, out += 3) {
			out[0] = (unsigned char)(in[x] >> 16);
			out[1] = (unsigned char)(in[x] >> 8);
			out[2] = (unsigned char)in[x];
		}
		png_stream_row(r->png, r->row);
	}
}

static oray_status write_strips(raster *r, emit *out, oray_error *err)
{
	const cairo_lib *lib = r->canvas.lib;
	uint32_t rows = (uint32_t)(STRIP_BYTES / ((size_t)r->width * 4));
	double scale = r->canvas.pixel;
	rows = rows < r->height ? rows : r->height;
	rows = rows < MOST_ROWS ? rows : MOST_ROWS;
	cairo_surface_t *strip =
	    lib->image_surface_create(CAIRO_FORMAT_RGB24, (int)r->width, (int)rows);
	cairo_t *cr = lib->create(strip);
	for (uint32_t y = 0; y < r->height && emit_ok(out); y += rows) {
		uint32_t n = rows < r->height - y ? rows : r->height - y;
		canvas_strip(&r->canvas, cr, y / scale, (y + n) / scale);
		lib->surface_flush(strip);
		if (lib->status(cr) != CAIRO_STATUS_SUCCESS)
			break;
		write_rows(r, lib->image_surface_get_data(strip),
		           (size_t)lib->image_surface_get_stride(strip), n);
	}
	cairo_status_t end = lib->status(cr);
	lib->destroy(cr);
	lib->surface_destroy(strip);
	return end == CAIRO_STATUS_SUCCESS ? ORAY_OK : cairo_lib_failed(lib, end, err);
}

oray_status png_write(const picture *pic, const theme *t, oray_sink sink, void *context,
                      oray_error *err)
{
	raster r = {.png = NULL};
	emit out;
	const cairo_lib *lib = cairo_lib_get(err);
	if (!lib)
		return ORAY_ERR_TOOL;
	double scale = png_scale(pic);
	r.width = pixels(pic->width * scale, MOST_WIDTH);
	r.height = pixels(pic->height * scale, MOST_HEIGHT);
	emit_init(&out, NULL, sink, context);
	bool opened = canvas_open(&r.canvas, pic, t, lib, scale);
	r.canvas.smallest = SMALLEST_TEXT;
	r.row = heap_get((size_t)r.width * 3);
	if (opened && r.row)
		r.png = png_stream_begin(&out, r.width, r.height, (uint32_t)(PER_METRE * scale + 0.5));
	oray_status status = r.png ? write_strips(&r, &out, err) : error_memory(err);
	if (r.png)
		png_stream_end(r.png);
	heap_free(r.row);
	canvas_close(&r.canvas);
	oray_status end = emit_end(&out, status == ORAY_OK ? err : NULL);
	return status == ORAY_OK ? end : status;
}
