/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cli.h - what a command gets to work with.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "commands.h"
#include "options.h"
#include "output.h"
#include "term.h"

#include <onnxray/onnxray.h>

/** The program's exit codes; exit_table says what they mean. */
enum {
	EXIT_FINE = 0,
	EXIT_FINDINGS = 1,
	EXIT_WRONG_USAGE = 2,
	EXIT_UNREADABLE = 3,
	EXIT_NOT_WRITTEN = 4
};

typedef struct cli {
	const command *command;
	bool named;   /**< the command was given; otherwise it is summary */
	bool literal; /**< "--" said that all operands are operands */
	options options;
	const char **operands; /**< without the command's name */
	size_t n_operands;
	term term;
	output out;   /**< opened by jobs_run() and help_print() */
	output known; /**< --write-baseline; opened by baseline_open() */
} cli;

/**
 * Reads the command line into `c`, whose `operands` has room for argc pointers.
 *
 * Long options take their value after "=" or as the next word; short ones bundle; options may
 * follow operands; "--" ends them. The first operand that names a command is the command; without
 * one, or after "--", it is summary. The rest of a broken line is read all the same, so that the
 * format for error messages is known.
 *
 * @param problem   Receives what is wrong with the line, one sentence.
 * @return false when something is wrong.
 */
bool cli_parse(cli *c, int argc, char **argv, draft *problem);

/**
 * Prints why nothing could be done: "onnxray: message"; as a JSON object on standard output too
 * when that is the format.
 * @return EXIT_WRONG_USAGE or EXIT_NOT_WRITTEN, as `status` (ORAY_ERR_USAGE, ORAY_ERR_WRITE) says.
 */
int cli_fail(const cli *c, oray_status status, const char *message);

/** As cli_fail() for a wrong command line, with where to find help. */
int cli_misuse(const cli *c, const char *message);

#endif
