/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dot_picture.h - pictures that the `dot` program lays out and draws.
 */
#ifndef EXPORT_DOT_PICTURE_H
#define EXPORT_DOT_PICTURE_H

#include "picture/picture.h"

/**
 * Runs dot as a child with limits on time, memory and output.
 * @param colors  A theme, as in theme_find().
 * @param type   "svg", "png" or "pdf".
 * @return ORAY_ERR_TOOL when dot is absent, fails, or the picture is above its means.
 */
oray_status dot_picture(picture *pic, const char *colors, const char *type, oray_sink sink,
                        void *context, oray_error *err);

#endif
