/* SPDX-License-Identifier: Apache-2.0 */
/*
 * term.h - what the place where the text goes can show.
 */
#ifndef CLI_TERM_H
#define CLI_TERM_H

#include <stdbool.h>

typedef struct term {
	bool is_terminal; /**< results go to a terminal */
	bool errors_too;  /**< standard error is a terminal as well */
	bool color;
	bool utf8;
	unsigned width;
	unsigned height; /**< rows; 24 when unknown */
} term;

/**
 * Looks at standard output and the environment.
 *
 * @param to_file  Results go to a file: no terminal, whatever standard output is.
 * @param color    "always", "never", "auto" or NULL, which is auto: on a terminal that is not
 *                 dumb, unless NO_COLOR is set.
 * @param width    Columns asked for; 0: COLUMNS, then the terminal's, then 80.
 */
term term_look(bool to_file, const char *color, unsigned width);

#endif
