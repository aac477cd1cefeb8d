/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dot_place.h - the places of a picture in Graphviz' language.
 *
 * A pixel becomes a point; y counts upwards. `neato -n2` draws what is written here as it is.
 */
#ifndef EXPORT_DOT_PLACE_H
#define EXPORT_DOT_PLACE_H

#include "base/buf.h"
#include "picture/picture.h"

/** Length of an arrowhead; Graphviz' own have 10 points. */
#define DOT_ARROW      6
#define DOT_ARROW_SIZE "0.6"

/** Middle of an area, "135.5,200": pos, lp. */
void dot_middle(const picture *pic, const pic_area *area, buf *out);

/** Lower left and upper right corner, "0,0,271,400": bb. */
void dot_corners(const picture *pic, const pic_area *area, buf *out);

/** A length in inches, "1.25": width, height. */
void dot_inches(int32_t length, buf *out);

/**
 * The whole way of a wire, "e,10,20 10,90 ...", in cubic pieces: pos. A reference has two pieces,
 * at its ends, or one, where its tail is that of another one.
 */
void dot_way(const picture *pic, const pic_way *way, buf *out);

/** Where the text of a tag is, with its pill. */
pic_area dot_tag_area(const picture *pic, const pic_tag *tag);

#endif
