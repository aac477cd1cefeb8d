/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cairo_lib.h - the functions of cairo, found when the first picture needs them.
 *
 * The program is not linked with cairo: most runs draw nothing, and loading cairo with its font
 * libraries would cost them more than reading a model. Where it is absent, all else still works.
 */
#ifndef EXPORT_CAIRO_LIB_H
#define EXPORT_CAIRO_LIB_H

#include <onnxray/onnxray.h>

#ifdef ORAY_CAIRO
#include <cairo-pdf.h>
#include <cairo.h>

/* Every function that is used; cairo has all of them since 1.16 (2018). */
#define CAIRO_FUNCTIONS(F)                                                                         \
	F(arc)                                                                                         \
	F(close_path)                                                                                  \
	F(create)                                                                                      \
	F(curve_to)                                                                                    \
	F(destroy)                                                                                     \
	F(fill)                                                                                        \
	F(fill_preserve)                                                                               \
	F(font_face_destroy)                                                                           \
	F(font_options_create)                                                                         \
	F(font_options_destroy)                                                                        \
	F(font_options_set_antialias)                                                                  \
	F(font_options_set_hint_metrics)                                                               \
	F(font_options_set_hint_style)                                                                 \
	F(image_surface_create)                                                                        \
	F(image_surface_get_data)                                                                      \
	F(image_surface_get_stride)                                                                    \
	F(line_to)                                                                                     \
	F(move_to)                                                                                     \
	F(new_path)                                                                                    \
	F(paint)                                                                                       \
	F(pdf_surface_create_for_stream)                                                               \
	F(pdf_surface_set_metadata)                                                                    \
	F(pdf_surface_set_size)                                                                        \
	F(rectangle)                                                                                   \
	F(restore)                                                                                     \
	F(save)                                                                                        \
	F(scale)                                                                                       \
	F(set_dash)                                                                                    \
	F(set_font_face)                                                                               \
	F(set_font_options)                                                                            \
	F(set_font_size)                                                                               \
	F(set_line_width)                                                                              \
	F(set_source_rgb)                                                                              \
	F(show_page)                                                                                   \
	F(show_text)                                                                                   \
	F(status)                                                                                      \
	F(status_to_string)                                                                            \
	F(stroke)                                                                                      \
	F(surface_destroy)                                                                             \
	F(surface_finish)                                                                              \
	F(surface_flush)                                                                               \
	F(surface_status)                                                                              \
	F(text_extents)                                                                                \
	F(toy_font_face_create)                                                                        \
	F(translate)

typedef struct cairo_lib {
#define F(name) __typeof__(cairo_##name) *name;
	CAIRO_FUNCTIONS(F)
#undef F
} cairo_lib;

/**
 * The functions, loaded by the first call; ONNXRAY_CAIRO names another library than the usual one.
 * @return NULL with ORAY_ERR_TOOL in `err` when there is none.
 */
const cairo_lib *cairo_lib_get(oray_error *err);

/** What a status other than success says: ORAY_ERR_MEMORY, or ORAY_ERR_TOOL with cairo's words. */
oray_status cairo_lib_failed(const cairo_lib *lib, cairo_status_t status, oray_error *err);

#else

typedef struct cairo_lib cairo_lib;

/** Without cairo in the build: NULL, and says so in `err`. */
const cairo_lib *cairo_lib_get(oray_error *err);

#endif
#endif
