/* SPDX-License-Identifier: Apache-2.0 */
/*
 * roff.c - what the tables say, as manual pages in the mdoc language.
 */
#include "help.h"

#include <stdio.h>
#include <string.h>

/* Changes with the pages, not with the clock: the same tables give the same pages. */
static const char date[] = "November 21, 2026";

enum { WIDTH = 76 };

/** One line of text: nothing in it is a command, and options keep their minus signs. */
static void text_line(draft *d, const char *line, size_t size)
{
	bool word = true, flag = false;
	if (size > 0 && strchr(".'", *line))
		draft_str(d, "\\&");
	for (size_t i = 0; i < size; i++) {
		flag = line[i] == '-' && (word || flag) && i + 1 < size && line[i + 1] != ' ';
		word = strchr(" (", line[i]) != NULL;
		if (line[i] == '\\')
			draft_str(d, "\\e");
		else if (flag)
			draft_str(d, "\\-");
		else
			draft_add(d, line + i, 1);
	}
	draft_str(d, "\n");
}

/** Bytes of the first sentence; each begins a line, so that the typesetter knows it for one. */
static size_t sentence(const char *text)
{
	size_t i = 0;
	while (text[i] && text[i] != '\n') {
		bool stop = strchr(".?!", text[i]) && text[i + 1] == ' ';
		i++;
		if (stop && strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ-", text[i + 1]))
			break;
	}
	return i;
}

/** Text of a page, paragraphs one a line. */
static void prose(draft *d, const char *text)
{
	while (*text) {
		size_t size = sentence(text);
		draft one = {0}, lines = {0};
		draft_add(&one, text, size);
		draft_wrapped(&lines, draft_text(&one), 0, WIDTH);
		for (const char *s = draft_text(&lines); *s; s += strcspn(s, "\n") + 1)
			text_line(d, s, strcspn(s, "\n"));
		draft_free(&one);
		draft_free(&lines);
		text += size;
		if (*text == '\n')
			draft_str(d, ".Pp\n");
		if (*text)
			text++;
	}
}

/** A line to type: spaces and signs stay as they are. */
static void literal(draft *d, const char *text)
{
	for (const char *s = text; *s; s++)
		if (*s == '\\')
			draft_str(d, "\\e");
		else if (*s == '-')
			draft_str(d, "\\-");
		else if (*s == '\'')
			draft_str(d, "\\(aq");
		else if (*s == '"')
			draft_str(d, "\\(dq");
		else
			draft_add(d, s, 1);
	draft_str(d, "\n");
}

static void head(draft *d, const command *cmd)
{
	draft name = {0};
	draft_format(&name, "onnxray%s%s", cmd ? "-" : "", cmd ? cmd->name : "");
	draft_format(d,
	             ".\\\" SPDX-License-Identifier: Apache-2.0\n"
	             ".\\\" Written by `make man` from the tables of src/cli; not to be edited.\n"
	             ".Dd %s\n.Dt ",
	             date);
	for (const char *s = draft_text(&name); *s; s++)
		draft_format(d, "%c", *s >= 'a' && *s <= 'z' ? *s - 'a' + 'A' : *s);
	draft_format(d, " 1\n.Os onnxray %s\n.Sh NAME\n.Nm %s\n.Nd %s\n", oray_version(),
	             draft_text(&name), cmd ? cmd->brief : "look inside ONNX models");
	draft_free(&name);
}

static void flag(draft *d, const option *o, bool both)
{
	if (o->letter)
		draft_format(d, "Fl %c", o->letter);
	if (o->letter && both)
		draft_str(d, " , ");
	if (!o->letter || both)
		draft_format(d, "Fl -%s", o->name);
	if (o->argument)
		draft_format(d, " Ar %s", o->argument);
	draft_str(d, "\n");
}

static void synopsis(draft *d, const command *cmd)
{
	draft_format(d, ".Sh SYNOPSIS\n.Nm onnxray\n.Cm %s\n", cmd->name);
	for (const option *o = option_table; o->name; o++)
		if (o->commands & 1u << cmd->id) {
			draft_str(d, ".Op ");
			flag(d, o, false);
		}
	const char *s = cmd->operands;
	while (*s) {
		bool optional = *s == '[';
		size_t size = strcspn(s + optional, " .]");
		const char *end = s + optional + size;
		bool many = strncmp(end, "...", 3) == 0;
		draft_format(d, ".%sAr %.*s%s\n", optional ? "Op " : "", (int)size, s + optional,
		             many ? " ..." : "");
		s = end + strcspn(end, " ");
		s += *s == ' ';
	}
}

static void describe(draft *d, const option *o)
{
	draft text = {0};
	draft_str(&text, o->help);
	if (*o->help >= 'a' && *o->help <= 'z')
		text.data[0] = (char)(*o->help - 'a' + 'A');
	if (o->choices) {
		draft_str(&text, ": ");
		option_choices(&text, o->choices);
	}
	draft_str(&text, ".");
	prose(d, draft_text(&text));
	draft_free(&text);
}

static void list_options(draft *d, unsigned commands)
{
	draft_str(d, ".Bl -tag -width Ds\n");
	for (const option *o = option_table; o->name; o++)
		if ((o->commands & commands) == commands) {
			draft_str(d, ".It ");
			flag(d, o, true);
			describe(d, o);
		}
	draft_str(d, ".El\n");
}

static void list_variables(draft *d)
{
	draft_str(d, ".Sh ENVIRONMENT\n.Bl -tag -width Ds\n");
	for (const variable *v = variable_table; v->name; v++) {
		draft_str(d, ".It ");
		for (const char *s = v->name; *s;) {
			size_t size = strcspn(s, ",");
			draft_format(d, "%sEv %.*s", s == v->name ? "" : " , ", (int)size, s);
			s += size + strspn(s + size, ", ");
		}
		draft_str(d, "\n");
		prose(d, v->meaning);
	}
	draft_str(d, ".El\n");
}

static void list_exits(draft *d, const command *cmd)
{
	draft_str(d, ".Sh EXIT STATUS\n.Bl -tag -width Ds\n");
	for (const exit_meaning *e = exit_table; e->meaning; e++) {
		draft_format(d, ".It %d\n", e->code);
		prose(d, e->meaning);
	}
	draft_str(d, ".El\n");
	if (!cmd || cmd->id == COMMAND_SUMMARY)
		draft_str(d, ".Pp\nWith several models it is the worst of them: the largest number.\n");
}

static void list_examples(draft *d, const example *examples)
{
	for (const example *e = examples; e->line; e++) {
		draft_str(d, e > examples ? ".Pp\n" : "");
		prose(d, e->answer);
		draft_str(d, ".Pp\n.Dl $ ");
		literal(d, e->line);
	}
}

/** Names of the other pages, alphabetically: the program's, the commands', the formats'. */
static void see_also(draft *d, const command *cmd)
{
	static const char *const pages[] = {"onnxray 1",         "onnxray-graph 1",   "onnxray-help 1",
	                                    "onnxray-layers 1",  "onnxray-params 1",  "onnxray-show 1",
	                                    "onnxray-summary 1", "onnxray-version 1", "onnxray 3",
	                                    "onnxray-json 5",    "onnxray-costs 7"};
	char self[64] = "onnxray 1";
	size_t n = sizeof pages / sizeof pages[0], last = n;
	if (cmd)
		snprintf(self, sizeof self, "onnxray-%s 1", cmd->name);
	for (size_t i = 0; i < n; i++)
		if (strcmp(pages[i], self) != 0)
			last = i;
	draft_str(d, ".Sh SEE ALSO\n");
	for (size_t i = 0; i < n; i++)
		if (strcmp(pages[i], self) != 0)
			draft_format(d, ".Xr %s%s\n", pages[i], i == last ? "" : " ,");
}

static void command_page(draft *d, const command *cmd)
{
	head(d, cmd);
	synopsis(d, cmd);
	draft_str(d, ".Sh DESCRIPTION\n");
	prose(d, cmd->about);
	draft_str(d, ".Pp\nThe options are:\n");
	list_options(d, 1u << cmd->id);
	draft_str(d, ".\\\" more\n");
	list_exits(d, cmd);
	draft_str(d, ".Sh EXAMPLES\n");
	list_examples(d, cmd->examples);
	see_also(d, cmd);
}

static void overview_page(draft *d)
{
	head(d, NULL);
	draft_str(d, ".Sh SYNOPSIS\n.Nm\n.Op Ar COMMAND\n.Op Ar OPTION ...\n.Ar MODEL ...\n"
	             ".Sh DESCRIPTION\n"
	             ".Nm\nlooks inside ONNX models, without running them and without reading\n"
	             "their weights.\nThe commands are:\n.Bl -tag -width Ds\n");
	for (size_t i = 0; i < N_COMMANDS; i++) {
		const command *cmd = &command_table[i];
		draft_format(d, ".It Xr onnxray-%s 1\n", cmd->name);
		prose(d, cmd->brief);
	}
	draft_str(d, ".El\n.Pp\nOptions that most commands take:\n");
	list_options(d, ON(SUMMARY) | ON(LAYERS));
	draft_str(d, ".\\\" more\n");
	list_variables(d);
	list_exits(d, NULL);
	draft_str(d, ".Sh EXAMPLES\n");
	list_examples(d, command_table[COMMAND_SUMMARY].examples);
	see_also(d, NULL);
}

void help_roff(draft *d, const command *cmd)
{
	if (cmd)
		command_page(d, cmd);
	else
		overview_page(d);
}
