/* SPDX-License-Identifier: Apache-2.0 */
/*
 * svg.h - a picture as SVG.
 */
#ifndef EXPORT_SVG_H
#define EXPORT_SVG_H

#include "picture/picture.h"

/**
 * One self-contained file: one style block, whole numbers, text that can be selected, tooltips as
 * <title>, ids n17, v42, g3o0 as in DOT. No text of the model is markup, a link or style.
 */
oray_status svg_write(picture *pic, const oray_drawing *drawing, oray_sink sink, void *context,
                      oray_error *err);

#endif
