/* SPDX-License-Identifier: Apache-2.0 */
/*
 * theme.h - the colours of pictures.
 *
 * One colour for each category of operators, the same in every format that draws, and the few that
 * the paper, the boxes' bodies and the wires have. A colour is 0xRRGGBB.
 *
 * People who know other viewers recognise convolution blue, dark red activations, green pooling and
 * brown shape plumbing. The rest was chosen to differ in lightness as well as in hue, so that most
 * pairs stay apart for eyes that do not see red or green; tests/unit/test_dot.c measures both that
 * and the contrast of every text.
 */
#ifndef PICTURE_THEME_H
#define PICTURE_THEME_H

#include <stddef.h>
#include <stdint.h>

#include "ops/ops.h"

/** A filled area: the head of a box, a pill. */
typedef struct theme_paint {
	uint32_t fill;
	uint32_t border;
	uint32_t text;
	uint32_t muted; /**< text that matters less, on the same fill */
} theme_paint;

/** What became of a node from one model to another. */
typedef enum theme_state {
	THEME_PLAIN, /**< no difference is drawn: coloured by its category */
	THEME_KEPT,
	THEME_CHANGED,
	THEME_ADDED,
	THEME_HELPER, /**< added to quantize or dequantize */
	THEME_REMOVED,
	THEME_SQNR_0, /**< quantized, its worst weight keeps less than 10 dB; then 10 to 20, ... */
	THEME_SQNR_10,
	THEME_SQNR_20,
	THEME_SQNR_30,
	THEME_SQNR_40,
	THEME_N_STATES
} theme_state;

/** Steps of the scale of colours, and one for what is unknown. */
#define THEME_SCALE 10

/** Element types that have a colour of their own. */
typedef enum theme_type {
	THEME_TYPE_UNKNOWN, /**< or no tensor at all */
	THEME_TYPE_FLOAT32,
	THEME_TYPE_FLOAT64,
	THEME_TYPE_FLOAT16, /**< and bfloat16 */
	THEME_TYPE_FLOAT8,  /**< and narrower */
	THEME_TYPE_INT64,   /**< with or without sign, as all that follow */
	THEME_TYPE_INT32,   /**< and 16 bits */
	THEME_TYPE_INT8,    /**< and narrower */
	THEME_TYPE_BOOL,
	THEME_TYPE_OTHER, /**< strings, complex numbers */
	THEME_N_TYPES
} theme_type;

typedef struct theme {
	const char *name; /**< "light" */
	uint32_t page;
	theme_paint body;      /**< rows of a box; its border is that of the whole box */
	theme_paint pill;      /**< graph inputs and outputs */
	theme_paint stub;      /**< what lies outside a part that is drawn */
	theme_paint missing;   /**< a value that nobody defines */
	theme_paint nested;    /**< the frame around a body or a function */
	theme_paint quantized; /**< rows of a box that computes with quantized numbers */
	theme_paint state[THEME_N_STATES];
	uint32_t wire;
	uint32_t wire_text;
	uint32_t captured; /**< wires into a body from outside */
	theme_paint category[OPS_N_CATEGORIES];
	theme_paint scale[THEME_SCALE]; /**< from little to much, in even steps; the last: unknown */
	theme_paint type[THEME_N_TYPES];
} theme;

/** A theme by name; NULL as name is the light one. @return NULL when there is none of that name. */
const theme *theme_find(const char *name);

/** Room for "#335588". */
#define THEME_HEX 8

/** A colour as CSS and Graphviz write it. @return `out`. */
const char *theme_hex(uint32_t color, char out[THEME_HEX]);

/** How well text can be read: (L1 + 0.05) / (L2 + 0.05) of WCAG 2, from 1 to 21. */
double theme_contrast(uint32_t a, uint32_t b);

#endif
