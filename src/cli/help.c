/* SPDX-License-Identifier: Apache-2.0 */
/*
 * help.c - what the tables say, in words.
 */
#include "help.h"

#include <string.h>

enum { WIDTH = 79, COLUMN = 26 };

/** Help of an option with its choices, and what it is without them. */
static void sentence(draft *d, const option *o)
{
	draft_str(d, o->help);
	if (o->choices) {
		draft_str(d, ": ");
		option_choices(d, o->choices);
	}
}

/** Text in a column of its own, after `lead` characters of the line. */
static void column(draft *d, size_t lead, const char *text)
{
	draft lines = {0};
	draft_wrapped(&lines, text, COLUMN, WIDTH);
	if (lead + 2 > COLUMN) {
		draft_str(d, "\n");
		lead = 0;
	}
	draft_str(d, draft_text(&lines) + (lines.n > lead ? lead : 0));
	draft_free(&lines);
}

static void write_option(draft *d, const option *o)
{
	size_t start = d->n;
	draft text = {0};

	if (o->letter)
		draft_format(d, "  -%c, --%s", o->letter, o->name);
	else
		draft_format(d, "      --%s", o->name);
	if (o->argument)
		draft_format(d, " %s", o->argument);
	sentence(&text, o);
	column(d, d->n - start, draft_text(&text));
	draft_free(&text);
}

static void write_paragraphs(draft *d, const char *text)
{
	while (*text) {
		size_t size = strcspn(text, "\n");
		draft paragraph = {0};
		draft_str(d, "\n");
		draft_add(&paragraph, text, size);
		draft_wrapped(d, draft_text(&paragraph), 0, WIDTH);
		draft_free(&paragraph);
		text += size + (text[size] == '\n');
	}
}

static void write_command(draft *d, const command *cmd)
{
	draft_format(d, "Usage: onnxray %s [OPTION]...%s%s\n", cmd->name, *cmd->operands ? " " : "",
	             cmd->operands);
	write_paragraphs(d, cmd->about);

	draft_str(d, "\nOptions:\n");
	for (const option *o = option_table; o->name; o++)
		if (o->commands & 1u << cmd->id)
			write_option(d, o);

	draft_str(d, "\nExamples:\n");
	for (const example *e = cmd->examples; e->line; e++) {
		draft_format(d, "  $ %s\n", e->line);
		draft_wrapped(d, e->answer, 6, WIDTH);
	}
}

static void write_overview(draft *d)
{
	draft_str(d, "onnxray looks inside ONNX models.\n\n"
	             "Usage: onnxray [COMMAND] [OPTION]... MODEL...\n\n"
	             "Commands:\n");
	for (size_t i = 0; i < N_COMMANDS; i++)
		draft_format(d, "  %-10s%s\n", command_table[i].name, command_table[i].brief);
	write_paragraphs(d,
	                 "Without a command it is summary. A MODEL is an .onnx file, compressed with "
	                 "gzip or not; - is standard input. Options may stand anywhere.");

	draft_str(d, "\nOptions that most commands take:\n");
	for (const option *o = option_table; o->name; o++)
		if ((o->commands & ON(SUMMARY)) && (o->commands & ON(LAYERS)))
			write_option(d, o);

	draft_str(d, "\nExit codes:\n");
	for (const exit_meaning *e = exit_table; e->meaning; e++)
		draft_format(d, "  %d  %s\n", e->code, e->meaning);
	draft_str(d, "\n'onnxray help COMMAND' tells more.\n");
}

void help_text(draft *d, const command *cmd)
{
	if (cmd)
		write_command(d, cmd);
	else
		write_overview(d);
}

void help_version(draft *d)
{
	draft_format(d, "onnxray %s\nknows ONNX up to IR version %d and opset %d\n", oray_version(),
	             ORAY_NEWEST_IR, ORAY_NEWEST_OPSET);
}

int help_print(cli *c, draft *text)
{
	draft trouble = {0};
	output_open(&c->out, NULL, NULL, NULL, 0, &c->term, &trouble);
	output_sink(&c->out, draft_text(text), text->n);
	bool fine = output_close(&c->out, true);
	draft_free(text);
	return fine ? EXIT_FINE : EXIT_NOT_WRITTEN;
}
