/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pdf_picture.c - pictures as PDF, on as many pages as it takes.
 */
#include <math.h>

#include "base/error.h"
#include "base/heap.h"
#include "export/cairo_picture.h"
#include "export/canvas.h"
#include "export/emit.h"
#include "words/clean.h"

#define MOST_SIDE   14400.0 /* points; ISO 32000, annex C: what readers have to take */
#define POINTS      0.75    /* to a pixel: 96 pixels are an inch, and so are 72 points */
#define LONGEST     120     /* characters of a title */
#define BOX_BYTES   2560    /* what cairo keeps of a box until its page is done, about */
#define PART_AT_END 3       /* a cut is looked for in the last third of a page */

static cairo_status_t put(void *context, const unsigned char *data, unsigned int size)
{
	emit *out = context;
	emit_add(out, (const char *)data, size);
	return emit_ok(out) ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

/* No dates: the same model gives the same bytes. */
static void describe(const cairo_lib *lib, cairo_surface_t *pdf, const picture *pic)
{
	buf title = {0};
	const oray_str path = pic->plan.info->path;
	size_t at = path.size;
	while (at && path.data[at - 1] != '/')
		at--;
	clean_text(&title, path.data + at, path.size - at, LONGEST);
	if (buf_ok(&title) && title.n)
		lib->pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_TITLE, buf_text(&title));
	lib->pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_CREATOR, "onnxray");
	lib->pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_CREATE_DATE, "");
	buf_free(&title);
}

static cairo_status_t write_pages(canvas *c, cairo_surface_t *pdf)
{
	const cairo_lib *lib = c->lib;
	const picture *pic = c->pic;
	cairo_t *cr = lib->create(pdf);
	int32_t most = (int32_t)(MOST_SIDE / c->pixel);
	for (int32_t top = 0, bottom; top < pic->height; top = bottom) {
		bottom = pic->height;
		if (bottom - top > most)
			bottom = canvas_cut(c, top + most - most / PART_AT_END, top + most);
		lib->pdf_surface_set_size(pdf, pic->width * c->pixel, (bottom - top) * c->pixel);
		canvas_strip(c, cr, top, bottom);
		lib->show_page(cr);
		if (lib->status(cr) != CAIRO_STATUS_SUCCESS)
			break;
	}
	cairo_status_t end = lib->status(cr);
	lib->destroy(cr);
	return end;
}

oray_status pdf_write(const picture *pic, const theme *t, oray_sink sink, void *context,
                      oray_error *err)
{
	canvas c;
	emit out;
	oray_status status = ORAY_OK;
	const cairo_lib *lib = cairo_lib_get(err);
	if (!lib)
		return ORAY_ERR_TOOL;
	emit_init(&out, NULL, sink, context);
	uint64_t claim = BOX_BYTES * (uint64_t)pic->plan.items.n;
	double scale = fmin(POINTS, MOST_SIDE / pic->width), pages = pic->height * scale / MOST_SIDE;
	if (pages > 1)
		claim = (uint64_t)((double)claim / pages);
	if (canvas_open(&c, pic, t, lib, scale) && heap_claim(claim)) {
		cairo_surface_t *pdf = lib->pdf_surface_create_for_stream(put, &out, 1, 1);
		describe(lib, pdf, pic);
		cairo_status_t end = write_pages(&c, pdf);
		lib->surface_finish(pdf);
		end = end == CAIRO_STATUS_SUCCESS ? lib->surface_status(pdf) : end;
		lib->surface_destroy(pdf);
		if (end != CAIRO_STATUS_SUCCESS && emit_ok(&out))
			status = cairo_lib_failed(lib, end, err);
		heap_return(claim);
	} else {
		status = error_memory(err);
	}
	canvas_close(&c);
	oray_status end = emit_end(&out, status == ORAY_OK ? err : NULL);
	return status == ORAY_OK ? end : status;
}
