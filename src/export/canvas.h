/* SPDX-License-Identifier: Apache-2.0 */
/*
 * canvas.h - a picture drawn by cairo, a horizontal strip at a time.
 *
 * What a picture holds is sorted by its upper edge once; a strip then costs what touches it. Strips
 * are drawn from top to bottom, so that a picture of any height needs the memory of one strip.
 */
#ifndef EXPORT_CANVAS_H
#define EXPORT_CANVAS_H

#include "export/cairo_lib.h"
#include "picture/picture.h"

/** Kinds of things, in the order in which they are painted; the lowest four. */
typedef enum canvas_layer {
	CANVAS_FRAMES, /**< and the boxes that hold them */
	CANVAS_WIRES,
	CANVAS_BOXES,
	CANVAS_TAGS, /**< and the legend */
	CANVAS_N_LAYERS
} canvas_layer;

/** What is drawn, each in a layer of its own. */
typedef enum canvas_kind {
	CANVAS_FRAME,
	CANVAS_HOLDER, /**< an item with frames in it */
	CANVAS_WAY,
	CANVAS_BOX, /**< any other item */
	CANVAS_TAG,
	CANVAS_CHIP
} canvas_kind;

/** Something that is drawn, and how far it reaches. */
typedef struct canvas_thing {
	int32_t top, bottom;
	canvas_kind kind;
	uint32_t index; /**< in the picture's list of such */
} canvas_thing;

typedef struct canvas {
	const picture *pic;
	const theme *theme;
	const cairo_lib *lib;
	cairo_font_face_t *face[2]; /**< plain, bold */
	bool trusted[2];            /**< ASCII is as wide in it as pic_metric.h says */
	int font;                   /**< face and size that the context has now; -1: none of ours */
	double pixel;               /**< of a pixel of the picture: pixels or points of the result */
	double smallest; /**< text is left out that would be smaller; 0: none is. Set by the owner */
	canvas_thing *things; /**< by layer, in it by upper edge */
	size_t n_things;
	size_t first[CANVAS_N_LAYERS + 1]; /**< of each layer */
	size_t next[CANVAS_N_LAYERS];      /**< that no strip has touched yet */
	uint32_t *active;                  /**< touched by a strip before; as `things` by layer */
	size_t n_active[CANVAS_N_LAYERS];
	buf text;
} canvas;

/**
 * Prepares a picture.
 * @param pixel  How large a pixel of it becomes.
 * @return false without memory. canvas_close() after either.
 */
bool canvas_open(canvas *c, const picture *pic, const theme *t, const cairo_lib *lib, double pixel);

/**
 * Draws the strip from `top` to `bottom` (excluded), in pixels of the picture; strips come in order
 * and do not overlap.
 * @param cr  Of the strip's size; its matrix, font and colour are changed.
 */
void canvas_strip(canvas *c, cairo_t *cr, double top, double bottom);

/** The best place above `latest`, but not above `earliest`, to cut the picture: the lowest where
 * the fewest boxes are cut. */
int32_t canvas_cut(const canvas *c, int32_t earliest, int32_t latest);

void canvas_close(canvas *c);

/** Opens and closes the fonts of a canvas; for canvas_open() and canvas_close(). */
void canvas_fonts_open(canvas *c);
void canvas_fonts_close(canvas *c);

/** Fills the strip with the colour of the page. */
void canvas_page(const canvas *c, cairo_t *cr);

/** Paints one thing, as far as it matters to a strip. */
void canvas_paint(canvas *c, cairo_t *cr, const canvas_thing *thing, int32_t top, int32_t bottom);

#endif
