/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main.c - the program: read the command line, look at the terminal, run the command.
 */
#include "cli.h"
#include "help.h"
#include "nearest.h"
#include "report.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/**
 * A descriptor 0, 1 or 2 that was closed would be given to the next file opened, and results or
 * messages would go there. Opened the wrong way round, so that using one still fails.
 */
static void fill_closed_descriptors(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
			_exit(EXIT_NOT_WRITTEN);
}

static int fail(const cli *c, oray_status status, const char *message, const char *hint)
{
	oray_style style = {.format = option_format(&c->options)};
	draft text = {0};
	bool fine = true;

	if (style.format == ORAY_JSON || style.format == ORAY_NDJSON) {
		oray_error err = {.code = status, .offset = ORAY_NO_OFFSET};
		snprintf(err.message, sizeof err.message, "%s", message);
		fine = oray_write_error(&err, NULL, &style, draft_sink, &text) == ORAY_OK &&
		       output_write_all(STDOUT_FILENO, draft_text(&text), text.n);
		draft_free(&text);
	}
	draft_format(&text, "onnxray: %s\n%s", message, hint);
	output_write_all(STDERR_FILENO, draft_text(&text), text.n);
	draft_free(&text);
	return status == ORAY_ERR_USAGE && fine ? EXIT_WRONG_USAGE : EXIT_NOT_WRITTEN;
}

int cli_fail(const cli *c, oray_status status, const char *message)
{
	return fail(c, status, message, "");
}

int cli_misuse(const cli *c, const char *message)
{
	char hint[64];
	snprintf(hint, sizeof hint, "Try 'onnxray help%s%s'.\n", c->named ? " " : "",
	         c->named ? c->command->name : "");
	return fail(c, ORAY_ERR_USAGE, message, hint);
}

/**
 * `onnxray sumary model.onnx`: a first word that names neither a command nor a file, and does not
 * look like a path, was meant as a command.
 */
static bool mistyped_command(const cli *c, draft *problem)
{
	const char *word = c->operands[0];
	if (c->named || c->literal || !word || !*word || strpbrk(word, "./") ||
	    strcmp(word, "-") == 0 || access(word, F_OK) == 0)
		return false;
	nearest near;
	nearest_start(&near, word, 1);
	for (size_t i = 0; i < N_COMMANDS; i++)
		nearest_offer(&near, command_table[i].name);
	draft_str(problem, "'");
	draft_printable(problem, word);
	draft_str(problem, "' is neither a command nor a file");
	if (near.n > 0)
		draft_format(problem, "; did you mean '%s'?", near.best[0].name);
	return true;
}

static bool check_operands(const cli *c, draft *problem)
{
	const command *cmd = c->command;
	bool takes_models = cmd->least > 0;
	size_t from_stdin = 0;

	for (size_t i = 0; i < c->n_operands; i++) {
		from_stdin += strcmp(c->operands[i], "-") == 0;
		if (!*c->operands[i])
			draft_format(problem, "%s: a name is empty", cmd->name);
	}
	if (problem->n > 0)
		return false;
	if (c->n_operands < cmd->least && !c->options.list_rules)
		draft_format(problem, "%s: %s is missing", cmd->name,
		             c->n_operands == 0        ? "the MODEL"
		             : cmd->id == COMMAND_DIFF ? "the second MODEL"
		                                       : "the NAME");
	else if (c->n_operands > cmd->most)
		draft_format(problem, "%s: takes %s, not %zu", cmd->name,
		             cmd->most == 0    ? "no operand"
		             : cmd->least == 2 ? "two MODELs"
		             : takes_models    ? "one MODEL"
		                               : "one COMMAND",
		             c->n_operands);
	else if (from_stdin > 1 && (cmd->id == COMMAND_SUMMARY || cmd->id == COMMAND_DIFF || cmd->id == COMMAND_CHECK))
		draft_format(problem, "%s: standard input can be read once only", cmd->name);
	return problem->n == 0;
}

static int run(cli *c, int argc, char **argv)
{
	draft problem = {0};
	int code;
	bool parsed = cli_parse(c, argc, argv, &problem);
	c->term = term_look(c->options.output && strcmp(c->options.output, "-") != 0, c->options.color,
	                    (unsigned)c->options.width);

	if (parsed && (c->options.help || c->options.version)) {
		draft text = {0};
		if (c->options.help)
			help_text(&text, c->named ? c->command : NULL);
		else
			help_version(&text);
		code = help_print(c, &text);
	} else if (argc < 2) {
		help_text(&problem, NULL);
		output_write_all(STDERR_FILENO, draft_text(&problem), problem.n);
		code = EXIT_WRONG_USAGE;
	} else if (!parsed || mistyped_command(c, &problem) || !check_operands(c, &problem)) {
		code = cli_misuse(c, draft_text(&problem));
	} else {
		code = c->command->run(c);
	}
	draft_free(&problem);
	return code;
}

int main(int argc, char **argv)
{
	fill_closed_descriptors();
	/* Both become failed writes, which are told as such and leave no half file. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);

	cli c = {.operands = calloc((size_t)argc + 1, sizeof *c.operands)};
	if (!c.operands)
		return EXIT_UNREADABLE;
	int code = run(&c, argc, argv);
	options_free(&c.options);
	free(c.operands);
	return code;
}
