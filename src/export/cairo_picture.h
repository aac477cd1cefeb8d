/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cairo_picture.h - a picture as PNG or PDF.
 */
#ifndef EXPORT_CAIRO_PICTURE_H
#define EXPORT_CAIRO_PICTURE_H

#include "picture/picture.h"

/**
 * Twice as many pixels as the picture has, each way; fewer where that would be more than 32,767
 * pixels in width, 200,000 in height or 200 million in all. Text of less than two pixels is left
 * out.
 */
oray_status png_write(const picture *pic, const theme *t, oray_sink sink, void *context,
                      oray_error *err);

/** How many pixels of the file a pixel of the picture becomes: 2 unless that is too many. */
double png_scale(const picture *pic);

/**
 * 96 pixels to an inch, or smaller where that would be wider than a page can be: 14,400 points,
 * 200 inches. What is higher than a page goes on to the next one, cut between boxes.
 */
oray_status pdf_write(const picture *pic, const theme *t, oray_sink sink, void *context,
                      oray_error *err);

#endif
