/* SPDX-License-Identifier: Apache-2.0 */
/*
 * write_picture.c - which writer makes which type of picture.
 */
#include <string.h>

#include "base/error.h"
#include "export/cairo_lib.h"
#include "export/cairo_picture.h"
#include "export/dot.h"
#include "export/dot_picture.h"
#include "export/svg.h"

typedef oray_status with_theme(const picture *pic, const theme *t, oray_sink sink, void *context,
                               oray_error *err);

#ifdef ORAY_CAIRO
#define WITH_CAIRO(writer) writer
#else
#define WITH_CAIRO(writer) NULL
#endif

static const struct {
	const char *name;
	with_theme *write; /* NULL without cairo; of SVG, which has a writer that chooses the theme */
} types[] = {
    {"svg", NULL},
    {"png", WITH_CAIRO(png_write)},
    {"pdf", WITH_CAIRO(pdf_write)},
};

/* "auto" leaves the choice to who looks at it, which only SVG can. */
static const char *theme_name(const oray_drawing *drawing)
{
	return drawing && drawing->theme && strcmp(drawing->theme, "auto") != 0 ? drawing->theme : NULL;
}

static oray_status write_type(picture *pic, const oray_drawing *drawing, size_t type,
                              oray_sink sink, void *context, oray_error *err)
{
	const theme *t = theme_find(theme_name(drawing));
	if (drawing && drawing->by_dot)
		return dot_picture(pic, theme_name(drawing), types[type].name, sink, context, err);
	if (type == 0)
		return svg_write(pic, drawing, sink, context, err);
	if (!t)
		return error_set(err, ORAY_ERR_USAGE, ORAY_NO_OFFSET, NULL,
		                 "no theme \"%s\"; there are light and dark", theme_name(drawing));
	if (!types[type].write) {
		cairo_lib_get(err);
		return ORAY_ERR_TOOL;
	}
	return types[type].write(pic, t, sink, context, err);
}

/* A single column that no image could show at its size is broken into several, unless that was done
 * anyway. */
static oray_status make(picture *pic, const oray_model *model, const oray_drawing *drawing,
                        bool pixels, oray_error *err)
{
	oray_status status = picture_make(pic, model, drawing, err);
#ifdef ORAY_CAIRO
	oray_drawing wrapped = drawing ? *drawing : (oray_drawing){.wrap = 0};
	if (status == ORAY_OK && pixels && !wrapped.by_dot && !wrapped.wrap && png_scale(pic) < 1) {
		wrapped.wrap = -1;
		picture_free(pic);
		status = picture_make(pic, model, &wrapped, err);
	}
#else
	(void)pixels;
#endif
	return status;
}

oray_status oray_write_picture(const oray_model *model, const oray_drawing *drawing,
                               const char *type, oray_sink sink, void *context, oray_error *err)
{
	picture pic;
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		if (!type || strcmp(types[i].name, type) != 0)
			continue;
		oray_status status = make(&pic, model, drawing, strcmp(type, "png") == 0, err);
		if (status == ORAY_OK)
			status = write_type(&pic, drawing, i, sink, context, err);
		picture_free(&pic);
		return status;
	}
	return error_set(err, ORAY_ERR_USAGE, ORAY_NO_OFFSET, NULL,
	                 "no pictures of type \"%s\"; there are svg, png and pdf", type ? type : "");
}

oray_status oray_write_dot(const oray_model *model, const oray_drawing *drawing, oray_sink sink,
                           void *context, oray_error *err)
{
	picture pic;
	dot_manner manner = {.theme = theme_name(drawing), .places = true};
	oray_status status = picture_make(&pic, model, drawing, err);
	if (status == ORAY_OK)
		status = dot_write(&pic, &manner, sink, context, err);
	picture_free(&pic);
	return status;
}
