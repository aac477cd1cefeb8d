/* SPDX-License-Identifier: Apache-2.0 */
/*
 * control.h - what flows into and out of bodies of If, Loop, Scan and SequenceMap.
 */
#ifndef INFER_CONTROL_H
#define INFER_CONTROL_H

#include "infer/engine.h"

enum { CARRIED_MOST = 256 }; /* values carried through a loop that are looked at */

/* What is known about a value that is carried around. */
typedef struct control_state {
	uint32_t type, contents;
} control_state;

/** The body a node has by that name, and its id; NULL when there is none. */
const oray_graph *control_body(call *c, const char *name, oray_id *id);

control_state control_state_of(infer *x, oray_id value);

/** What holds in both cases. Of an unknown type the other tells the element type at least. */
control_state control_join(infer *x, control_state a, control_state b);

void control_say(call *c, size_t output, control_state s);

/** As control_say(); a dim that differs between ways through is a size that depends on contents. */
void control_say_met(call *c, size_t output, control_state s);

/** Hands a value to a formal input of a body; where nothing is known, what the body declares. */
void control_enter(infer *x, oray_id formal, control_state s);

/** The one number that a value holds, DIM_LOST when it is not known. */
dim control_number(infer *x, control_state s);

bool control_is_true(infer *x, dim d);

/** A scalar; of unknown value for DIM_LOST. */
control_state control_scalar(infer *x, int32_t element, dim value);

/* A loop in the making: `carried` values go round, slices come in, slices go out. */
typedef struct loop {
	call *c;
	oray_id graph;
	const oray_graph *body;
	size_t first_in;  /* formal inputs before the carried ones: 2 in a Loop */
	size_t first_out; /* outputs before the carried ones: 1 in a Loop */
	size_t n_carried, n_slices;
	control_state *carried; /* before the next iteration */
	control_state *start;   /* before the first */
	control_state *slices;  /* of scan inputs, for one iteration */
	control_state *results; /* of scan outputs, joined over the iterations */
	size_t n_results;
	dim condition; /* after the last iteration */
	bool has_run;  /* results hold something */
} loop;

/** Makes room for what is carried. @return false when that is too much. */
bool loop_make_room(loop *k);

/** Iterates until what is carried changes no more. @param loop_inputs  Trip count and condition. */
void loop_widen(loop *k, bool loop_inputs);

/** One iteration for all of them. @return its cost times `trips`. */
dim loop_run_widened(loop *k, dim trips, bool loop_inputs);

/** Says an output that holds what came out of every iteration, along a new axis. */
void loop_say_stacked(loop *k, size_t output, control_state s, size_t axis, dim trips);

#endif
