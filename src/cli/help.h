/* SPDX-License-Identifier: Apache-2.0 */
/*
 * help.h - what the tables say, in words, as manual pages, and as completion scripts.
 */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "cli.h"
#include "draft.h"

/** How to use a command; NULL: the program. Fits 80 columns. */
void help_text(draft *d, const command *cmd);

/** "onnxray 0.1.0" and what it knows. */
void help_version(draft *d);

/**
 * Source of a manual page, for mandoc or groff: onnxray-CMD.1, or onnxray.1 for NULL. A line that
 * holds only a comment, `.\" more`, marks where man/make.sh puts in what the tables do not say.
 */
void help_roff(draft *d, const command *cmd);

/** Completion script for "bash", "zsh" or "fish". */
void help_completion(draft *d, const char *shell);

/** Prints a text on standard output, in a pager when long. @return the exit code. */
int help_print(cli *c, draft *text);

#endif
