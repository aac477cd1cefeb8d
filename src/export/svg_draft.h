/* SPDX-License-Identifier: Apache-2.0 */
/*
 * svg_draft.h - the parts of the SVG writer.
 *
 *     style     svg_style.c   the classes that occur, in one or two themes
 *     boxes     svg_box.c     items, frames, tags, the legend
 *     wires     svg_wire.c    one path for all that carries a value, and its arrow heads
 *
 * What equal boxes have in common is written once and copied. Text is appended to the output's own
 * buffer by the functions below; printf is for what a file has once.
 */
#ifndef EXPORT_SVG_DRAFT_H
#define EXPORT_SVG_DRAFT_H

#include <string.h>

#include "export/emit.h"
#include "picture/picture.h"

/** What occurs in a picture besides paints, and so is in the style. */
typedef struct svg_found {
	bool paint[PIC_N_PAINTS];
	bool stroke[PIC_N_STROKES];
	bool names, bold, muted, dashed, quantized, frames, tags, ends, legend;
} svg_found;

typedef struct svg_draft {
	picture *pic;
	emit *out;
	buf *b; /**< the output's, appended to; svg_line() now and then */
	buf tip;
	svg_found found;
	/** By label, what is in boxes of its size: times it occurs, and where it is in `ready`. */
	uint32_t *times;
	size_t *at, *size;
	buf ready;
	bool *drawn; /**< by item: below a frame, so not to be drawn again */
} svg_draft;

/** Appends a text of our own. */
#define svg_lit(b, text) buf_add((b), (text), sizeof(text) - 1)

/** Ends a line, and hands over what was written if it is much. */
static inline void svg_line(svg_draft *d)
{
	emit_add(d->out, "\n", 1);
}

/** Appends a number; with a blank before it where the digits before would go on. */
void svg_number(buf *b, int64_t n);

/** Appends ` name="n"`, the text before the number given. */
void svg_attribute(buf *b, const char *before, int64_t n);

/**
 * Appends text that went through clean_text(), and so holds no control bytes but newlines: never
 * markup, in an attribute or outside.
 */
void svg_text(buf *b, const char *data, size_t size);

/** A name of our own for an item: "n17", "v42", "g3o0", "m42", "g3v42", "an17". */
void svg_name_item(buf *b, const pic_plan *plan, uint32_t item);

/** The style block, for a theme and, where `dark` is not NULL, for readers who like it dark. */
void svg_style(svg_draft *d, const theme *light, const theme *dark);

/** Frames with what holds them, all wires, all other items, tags, the legend. */
void svg_frames(svg_draft *d);
void svg_wires(svg_draft *d);
void svg_items(svg_draft *d);
void svg_tags(svg_draft *d);
void svg_legend(svg_draft *d);

/** Class of a wire that is not solid: "captured". */
extern const char *const svg_stroke_names[PIC_N_STROKES];

#endif
