/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_expression.h - a small language over the figures of a model, for --assert.
 *
 *     macs / params < 100 and not ops("Loop")
 *
 * Operators, from loose to tight: or (||), and (&&), not (!), == != < <= > >=, + -, * /, - before a
 * number. Parentheses as usual.
 *
 * Numbers may have units: 5M, 20MiB, 1.5G, 50%. A number where a truth is asked for is true unless
 * it is 0. What is not known makes unknown what depends on it: "unknown or true" is true, "unknown
 * and false" is false.
 *
 * The text becomes a list of steps for a stack, by precedences, without recursion: an expression
 * takes as much memory as is said here, whatever somebody writes.
 */
#ifndef CHECK_CHECK_EXPRESSION_H
#define CHECK_CHECK_EXPRESSION_H

#include "check/check_figures.h"

/** Steps of an expression, and what may wait for its other half at a time. */
enum { CHECK_STEPS = 256, CHECK_WAITING = 64 };

typedef struct check_step {
	uint8_t what; /**< private */
	unsigned figure;
	check_word argument; /**< of the figure; in the expression's text */
	double number;
} check_step;

typedef struct check_expression {
	size_t n;
	check_step steps[CHECK_STEPS];
} check_expression;

typedef enum check_truth { CHECK_FALSE, CHECK_TRUE, CHECK_UNKNOWN } check_truth;

/**
 * Reads an expression.
 * @param text     Outlives `out`.
 * @param problem  Receives what is wrong with it, one sentence.
 * @return false when something is wrong.
 */
bool check_expression_read(const char *text, check_expression *out, buf *problem);

/** What `figure` of `argument` is. */
typedef check_number (*check_lookup)(void *context, unsigned figure, check_word argument);

/** True for a step that asks for a figure. */
bool check_step_is_figure(const check_step *s);

check_truth check_expression_holds(const check_expression *e, check_lookup lookup, void *context);

/** A number with a unit, as in expressions: "5M". @return false for anything else. */
bool check_read_number(const char *text, size_t size, double *out);

#endif
