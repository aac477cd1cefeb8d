/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dot_label.h - the labels of a picture in Graphviz' language.
 *
 * Boxes are HTML-like labels, since nothing else gives a coloured head, weights and attributes in
 * one box. Their markup is ours alone: everything that comes from a model passes dot_html(), which
 * leaves it no character that could be markup.
 *
 * Head and body are one rounded table whose background is a two-colour gradient with a hard edge.
 * The edge is placed as a fraction of the height, so every line has a fixed height here: larger
 * than any text needs, the same with every font. Tables are as large as the picture's boxes; where
 * a box holds frames, the table is its upper part.
 */
#ifndef EXPORT_DOT_LABEL_H
#define EXPORT_DOT_LABEL_H

#include "base/buf.h"
#include "picture/picture.h"

/** Label of an item. */
void dot_label_item(const picture *pic, const theme *t, uint32_t item, buf *label);

/** Text on a wire, or the title of a frame. */
void dot_label_text(const picture *pic, uint32_t label, uint32_t color, buf *out);

/** The name at an end of a reference. */
void dot_label_pill(const picture *pic, const theme *t, uint32_t label, buf *out);

/** The legend; there is one. */
void dot_label_legend(const picture *pic, const theme *t, buf *out);

#endif
