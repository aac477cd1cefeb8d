/* SPDX-License-Identifier: Apache-2.0 */
/*
 * png_stream.h - a PNG file written row by row, so that it may be far larger than memory.
 */
#ifndef EXPORT_PNG_STREAM_H
#define EXPORT_PNG_STREAM_H

#include "export/emit.h"

typedef struct png_stream png_stream;

/**
 * Starts a file of 8 bits a colour, without transparency.
 * @param density  Pixels in a metre, for programs that show or print it at its size.
 * @return NULL without memory; freed by png_stream_end().
 */
png_stream *png_stream_begin(emit *out, uint32_t width, uint32_t height, uint32_t density);

/** Writes the next row: `width` times red, green, blue. */
void png_stream_row(png_stream *p, const unsigned char *row);

/** Ends the file after its last row. What went wrong, if anything, is in the emit. */
void png_stream_end(png_stream *p);

#endif
