/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_marks.h - what a picture says beyond the graph: what is quantized, and what changed.
 *
 * A difference is drawn on the plan of its b. What only a has is planned apart, as a part of a, and
 * then moved into the plan of b: what it touches is taken for the pair in b where there is one.
 */
#ifndef PICTURE_PIC_MARKS_H
#define PICTURE_PIC_MARKS_H

#include "picture/pic_label.h"
#include "picture/theme.h"

typedef struct pic_marks {
	oray_quantization *quantization;   /**< NULL: nothing is quantized; or a difference is drawn */
	const oray_difference *difference; /**< NULL: none is drawn */
	size_t
	    *layer; /**< by node: of the quantization or difference, plus 1; 0: none. NULL: so of all */
	unsigned char *state;         /**< by node: theme_state; NULL without a difference */
	bool *integers;               /**< by value: it holds quantized numbers; NULL: none does */
	size_t count[THEME_N_STATES]; /**< nodes of the main graph in each state; all when drawn */
	bool is_part;                 /**< what did not change was left out, but for the surroundings */
} pic_marks;

/** A second plan that is drawn into the first: what only the a of a difference has. */
typedef struct pic_gone {
	pic_plan plan;
} pic_gone;

/**
 * Plans a picture and its marks: pic_plan_make(), and pic_plan_free() gives everything back.
 * @param drawing  Its difference, if any, is one whose b is `model`.
 */
oray_status pic_plan_marked(pic_plan *plan, const oray_model *model, const oray_drawing *drawing,
                            oray_error *err);

/** Fills marks of a plan without a difference. */
oray_status pic_marks_quantized(pic_marks *m, const oray_model *model, oray_error *err);

/** Fills the states of one side's nodes. */
oray_status pic_marks_changed(pic_marks *m, const oray_difference *d, bool of_b, oray_error *err);

void pic_marks_free(pic_marks *m);

/** State of a node, THEME_PLAIN where no difference is drawn. */
theme_state pic_mark_state(const pic_plan *plan, oray_id node);

/** Decibels that the worst quantized weight of a node of b kept; NAN: there is none, or no
 * difference. */
double pic_mark_sqnr(const pic_plan *plan, oray_id node);

/** True for a compute node with a quantized weight or activation. */
bool pic_mark_quantized(const pic_plan *plan, oray_id node);

/** True for a value that holds quantized numbers. */
bool pic_mark_integers(const pic_plan *plan, oray_id value);

/** Adds the rows that say it: "w int8 per channel, a uint8", "float32 -> int8, 38.6 dB". */
void pic_mark_rows(pic_look *look, oray_id node);

/** "removed", "sqnr-30": the class of a node in SVG. */
const char *pic_mark_class(theme_state state);

/**
 * Moves what only a has into the plan.
 * @param chosen  The plan is a part that somebody chose: only what hangs together with it.
 */
oray_status pic_union(pic_plan *plan, const oray_difference *d, bool chosen, oray_error *err);

#endif
