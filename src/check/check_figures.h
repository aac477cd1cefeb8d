/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_figures.h - the numbers that budgets and assertions are about.
 */
#ifndef CHECK_CHECK_FIGURES_H
#define CHECK_CHECK_FIGURES_H

#include <onnxray/onnxray.h>

#include "base/buf.h"

/** A number, or how much of it is known. */
typedef struct check_number {
	bool known;
	bool whole;     /**< `count` is it exactly */
	double value;   /**< when known, also of whole ones */
	uint64_t count; /**< when whole; unknown ones: a lower bound, 0 when there is none */
	/** Unknown ones: NULL, or the number as a formula in symbols, until the next one is asked. */
	const char *formula;
} check_number;

/** The numbers of one model; made when they are first asked for. Zero it, set `model`. */
typedef struct check_figures {
	const oray_model *model;
	oray_summary *summary;
	bool failed; /**< memory ran out: everything is unknown */
	char formula[256];
} check_figures;

/** Some text that is not terminated; `text` NULL: there is none. */
typedef struct check_word {
	const char *text;
	size_t size;
} check_word;

/**
 * Number of a figure by its name, for check_figure().
 * @param takes  Receives whether it may have an argument: ops("Conv"). None needs one.
 * @return false: there is no such figure.
 */
bool check_figure_find(check_word name, unsigned *figure, bool *takes);

/** Its name; NULL past the last. */
const char *check_figure_name(unsigned figure);

/** The number. An argument that names nothing there is gives 0, or an unknown number. */
check_number check_figure(check_figures *figures, unsigned figure, check_word argument);

/** As text: 25,557,032; 0.71; "at least 5,000"; "12*batch"; "not known". */
void check_number_text(buf *b, const check_number *n);

/** True when an operator matches a glob: "Loop" of any domain, or "com.microsoft:*". */
bool check_operator_matches(oray_str domain, oray_str op, const char *pattern);

void check_figures_free(check_figures *figures);

#endif
