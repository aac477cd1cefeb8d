/* SPDX-License-Identifier: Apache-2.0 */
/*
 * picture.h - a picture that is ready to be written: everything in it, and where it is.
 *
 *     plan    what is drawn: items and wires               pic_plan.h, pic_fold.h
 *     labels  what each item says, and how large that is   pic_label.h
 *     place   where it is, and the ways of the wires       pic_place.c, through src/layout
 *
 * Writers read the result and know no other geometry. Coordinates are whole pixels from the upper
 * left corner of the page. The same model gives the same picture on every machine.
 */
#ifndef PICTURE_PICTURE_H
#define PICTURE_PICTURE_H

#include "layout/layout.h"
#include "picture/pic_label.h"
#include "picture/pic_plan.h"
#include "picture/theme.h"

/** Blank at the left and right of a legend. */
#define PIC_MARGIN 16

typedef struct pic_area {
	int32_t x, y, width, height;
} pic_area;

typedef layout_point pic_point;

/** The border around the nodes of a body or function; parents come before their children. */
typedef struct pic_frame {
	oray_id graph;
	uint32_t holder; /**< the item it is inside of, ORAY_NONE: it stands by itself */
	uint32_t label;  /**< its title; the text begins PIC_SIDE from the corner */
	pic_area area;
} pic_frame;

/** How a wire is drawn. */
typedef enum pic_stroke {
	PIC_SOLID,
	PIC_CAPTURED,  /**< dashed: from outside of a body */
	PIC_REMOVED,   /**< only the first of two models has it */
	PIC_QUANTIZED, /**< carries quantized numbers */
	PIC_N_STROKES
} pic_stroke;

/** The way of a wire. */
typedef struct pic_way {
	uint32_t wire;         /**< among plan.wires */
	uint32_t first;        /**< among picture.points */
	uint32_t n : 29;       /**< points; at least 2, the last is at the head */
	bool is_reference : 1; /**< not drawn through: short ends, a tag at each names the value */
	bool is_reversed : 1;  /**< against the direction: it closes a cycle */
	bool is_crowded : 1;   /**< a reference whose head is too close between others for a name */
	/** So many points from the start are drawn already, by ways before this one that have the same
	 *  source. 0: a new trunk. */
	uint32_t shared : 29;
	uint32_t stroke : 3; /**< pic_stroke */
	pic_point from;      /**< where its own part begins: first, or behind the shared points */
} pic_way;

/** Sizes of tags, in pixels; their text has PIC_TAG_SIZE and is as wide as its label less 2 *
 * PIC_SIDE. */
enum {
	PIC_TAG_HEIGHT = 14, /**< of a pill; of a shape as well, which has no border */
	PIC_TAG_RISE = 10,   /**< from the top to the baseline */
	PIC_TAG_SIDE = 5,    /**< blank at the left and right of the text in a pill */
	PIC_END_OUT = 8,     /**< what is drawn of a reference at its tail */
	PIC_END_IN = 12,     /**< and at its head, with the arrow */
};

/** A text beside a wire: a shape at its tail, or the name at an end of a reference. */
typedef struct pic_tag {
	uint32_t label; /**< one line, PIC_TAG_SIZE */
	uint32_t wire;
	int32_t x, y; /**< where the text begins, on its baseline */
	bool is_end;  /**< of a reference: a small pill is drawn around it, PIC_TAG_SIDE to the left */
} pic_tag;

/** Told in the legend at the top: what a paint stands for, with a count or an end of the scale. */
typedef struct pic_chip {
	unsigned paint;   /**< of the filled, rounded area; PIC_N_PAINTS: text on the page alone */
	uint32_t label;   /**< one line of role PIC_LINE, begins PIC_SIDE from the left, at `baseline`;
	                       ORAY_NONE: no text */
	int32_t baseline; /**< from the top of the page */
	pic_area area;    /**< on the page */
} pic_chip;

typedef struct picture {
	pic_plan plan;
	pic_look look;
	pic_labels labels;
	uint32_t *label; /**< by item */
	/** By item. Higher than its label where frames of bodies are in it, below the rows: then it has
	 *  a body though it may have no rows. */
	pic_area *area;
	VEC(pic_frame) frames;
	VEC(pic_way) ways; /**< those of one source stand together */
	VEC(pic_point) points;
	VEC(pic_tag) tags;
	VEC(pic_chip) legend;  /**< laid out before anything is placed; at times empty */
	int32_t legend_width;  /**< from the left edge of the page; 0: there is none */
	int32_t legend_height; /**< what picture_place() leaves free at the top of the page */
	unsigned char *paint;  /**< pic_paint by item */
	int32_t width, height;
	bool right;  /**< drawn from left to right, not from top to bottom */
	bool failed; /**< out of memory */
	struct {
		uint64_t crossings; /**< as layout_result tells */
		uint32_t references, columns, ranks;
	} made;
} picture;

/**
 * Makes a picture; picture_free() gives everything back, after a failure as well.
 * @param drawing  NULL: the whole main graph.
 */
oray_status picture_make(picture *pic, const oray_model *model, const oray_drawing *drawing,
                         oray_error *err);

/**
 * The same, but gives up with ORAY_OK and an empty `area` where more than so many items would be
 * drawn: for pictures that are worth it only when they are small.
 */
oray_status picture_make_small(picture *pic, const oray_model *model, const oray_drawing *drawing,
                               size_t most, oray_error *err);
void picture_free(picture *pic);

/**
 * What a reader sees to begin with: an item and the eight nearest that come after it, boxes that hold
 * bodies left out. It is the uppermost of the model's inputs, of several the leftmost (the other way
 * round in pictures from left to right; of all items where there are no inputs), or, where next to
 * nothing is within 1,200 pixels of it, what is nearest then.
 * @param item  ORAY_NONE: the picture is empty.
 */
pic_area picture_beginning(const picture *pic, uint32_t *item);
/** Gives every item, frame and wire its place. */
oray_status picture_place(picture *pic, const oray_drawing *drawing, oray_error *err);

/* -------------------------------------------------------------------------------- paints -- */

/** Kinds of filled areas: what a writer makes classes or colours of. */
typedef enum pic_paint {
	PIC_PAINT_PILL,
	PIC_PAINT_STUB,
	PIC_PAINT_MISSING,
	PIC_PAINT_MODULE,                                        /**< many nodes in one box */
	PIC_PAINT_CATEGORY,                                      /**< + ops_category */
	PIC_PAINT_STATE = PIC_PAINT_CATEGORY + OPS_N_CATEGORIES, /**< + theme_state */
	PIC_PAINT_SCALE = PIC_PAINT_STATE + THEME_N_STATES,      /**< + 0 .. PIC_SCALE - 1 */
	PIC_SCALE = THEME_SCALE - 1,
	PIC_PAINT_TYPE = PIC_PAINT_SCALE + PIC_SCALE + 1, /**< + 0 .. ; before it: not on the scale */
	PIC_N_PAINTS = PIC_PAINT_TYPE + THEME_N_TYPES
} pic_paint;

/**
 * Decides how every item is filled, and lays out the legend if there is something to tell. Part of
 * picture_make(): after the labels, before the places.
 * @return ORAY_ERR_USAGE for a color_by that does not exist or has nothing to go by.
 */
oray_status pic_paint_all(picture *pic, const oray_drawing *drawing, oray_error *err);

/** How an item is filled. */
pic_paint pic_paint_of(const picture *pic, uint32_t item);

/** The colours of a paint, and its name: "layer", "sqnr-30", "scale-4". */
theme_paint pic_paint_ink(const theme *theme, unsigned paint);
const char *pic_paint_name(unsigned paint);

/** True for items with a dashed border: stubs, what is missing, what only the first model has. */
bool pic_is_dashed(const picture *pic, uint32_t item);

/** True where the body of a box is that of quantized nodes. */
bool pic_is_quantized(const picture *pic, uint32_t item);

/* -------------------------------------------------------------------------------- curves -- */

/** Corners of ways are no rounder, in pixels. */
#define PIC_ROUND 6

/** A part of a way as it is drawn. */
typedef enum pic_move { PIC_MOVE, PIC_LINE_TO, PIC_CURVE } pic_move;

typedef struct pic_segment {
	pic_move move;
	pic_point a, b; /**< control points of a curve */
	pic_point to;
} pic_segment;

/** Of a slanted part of a way, from `from` to its point `i`: where its curve ends. The rest, before
 * the head of an arrow, is straight. */
pic_point pic_curve_end(const picture *pic, const pic_way *way, pic_point from, uint32_t i);

/**
 * Steps along a way as smooth lines: slanted parts become curves that leave and arrive upright,
 * corners are rounded. Only what ways before it did not draw; of a reference its two ends, so that
 * a second PIC_MOVE comes. The arrow is at the last point. Start with *at = 0.
 * @return false at the end.
 */
bool pic_segment_next(const picture *pic, const pic_way *way, uint32_t *at, pic_segment *out);

#endif
