/* SPDX-License-Identifier: Apache-2.0 */
/*
 * glyphs.h - the characters that have a plain and a pretty form.
 */
#ifndef WORDS_GLYPHS_H
#define WORDS_GLYPHS_H

#include <stdbool.h>

/** The few characters that have a plain and a pretty form. */
typedef struct glyphs {
	const char *times;                  /**< between dimensions */
	const char *product;                /**< between factors */
	const char *cut;                    /**< where text was left out */
	const char *dot;                    /**< between facts, blanks included */
	const char *none;                   /**< nothing here */
	const char *rule;                   /**< one column of a horizontal line */
	const char *bar;                    /**< one column of a bar */
	const char *at_least;               /**< blank included */
	const char *arrow;                  /**< "to", blanks included */
	const char *branch, *corner, *pipe; /**< of a tree, three columns each */
	const char *range;                  /**< between first and last of a run */
} glyphs;

/** The characters for readers with or without UTF-8. */
const glyphs *glyphs_of(bool utf8);

#endif
