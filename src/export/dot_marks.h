/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dot_marks.h - what a picture says beyond the graph: what is quantized, and what changed.
 *
 * A difference is drawn on the plan of its b. What only a has is planned apart, as a part of a, and
 * then moved into the plan of b: what it touches is taken for the pair in b where there is one.
 */
#ifndef EXPORT_DOT_MARKS_H
#define EXPORT_DOT_MARKS_H

#include "export/dot_label.h"

typedef struct dot_marks {
	oray_quantization *quantization;   /**< NULL: nothing is quantized; or a difference is drawn */
	const oray_difference *difference; /**< NULL: none is drawn */
	size_t *layer;        /**< by node: of the quantization or difference, plus 1; 0: none */
	unsigned char *state; /**< by node: theme_state; NULL without a difference */
	bool *integers;       /**< by value: it holds quantized numbers; NULL: none does */
	size_t count[THEME_N_STATES]; /**< nodes of the main graph in each state; all when drawn */
	bool is_part;                 /**< what did not change was left out, but for the surroundings */
} dot_marks;

/** A second plan that is drawn into the first: what only the a of a difference has. */
typedef struct dot_gone {
	dot_plan plan;
} dot_gone;

/**
 * Plans a picture and its marks: dot_plan_make(), and dot_plan_free() gives everything back.
 * @param drawing  Its difference, if any, is one whose b is `model`.
 */
oray_status dot_plan_marked(dot_plan *plan, const oray_model *model, const oray_drawing *drawing,
                            oray_error *err);

/** Fills marks of a plan without a difference. */
oray_status dot_marks_quantized(dot_marks *m, const oray_model *model, oray_error *err);

/** Fills the states of one side's nodes. */
oray_status dot_marks_changed(dot_marks *m, const oray_difference *d, bool of_b, oray_error *err);

void dot_marks_free(dot_marks *m);

/** State of a node, THEME_PLAIN where no difference is drawn. */
theme_state dot_mark_state(const dot_plan *plan, oray_id node);

/** True for a compute node with a quantized weight or activation. */
bool dot_mark_quantized(const dot_plan *plan, oray_id node);

/** True for a value that holds quantized numbers. */
bool dot_mark_integers(const dot_plan *plan, oray_id value);

/** Adds the rows that say it: "w int8 per channel, a uint8", "float32 -> int8, 38.6 dB". */
void dot_mark_rows(dot_look *look, oray_id node);

/** "removed", "sqnr-30": the class of a node in SVG. */
const char *dot_mark_class(theme_state state);

/** What the colours mean, as a label; nothing without a difference. */
void dot_mark_legend(const dot_look *look, buf *label);

/**
 * Moves what only a has into the plan.
 * @param chosen  The plan is a part that somebody chose: only what hangs together with it.
 */
oray_status dot_union(dot_plan *plan, const oray_difference *d, bool chosen, oray_error *err);

#endif
