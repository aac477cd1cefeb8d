/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complete.c - what the tables say, as completion scripts.
 *
 * Each script is a fixed frame around lists that are written from the tables. What can be completed
 * is the same in all three: commands, options, values of options that have a fixed set, files.
 */
#include "help.h"

#include <string.h>

static bool takes(const command *cmd, const option *o)
{
	return o->commands & 1u << cmd->id;
}

static void words(draft *d, const char *const *list)
{
	for (size_t i = 0; list[i]; i++)
		draft_format(d, "%s%s", i > 0 ? " " : "", list[i]);
}

/** Help in single quotes; `more` are characters that the place gives a meaning. */
static void quoted(draft *d, const char *text, const char *more)
{
	for (; *text; text++)
		if (*text == '\'')
			draft_str(d, "'\\''");
		else
			draft_format(d, "%s%c", strchr(more, *text) ? "\\" : "", *text);
}

/* ------------------------------------------------------------------------------------ bash -- */

static const char bash_head[] =
    "# Completion of onnxray for bash; written by `onnxray help --complete bash`.\n"
    "\n"
    "_onnxray()\n"
    "{\n"
    "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
    "\tlocal command= i values= options= IFS=$' \\t\\n'\n"
    "\tCOMPREPLY=()\n"
    "\n"
    "\t# bash splits --option=value into three words.\n"
    "\tif [[ $cur == = ]]; then\n"
    "\t\tcur=\n"
    "\telif [[ $prev == = ]]; then\n"
    "\t\tprev=${COMP_WORDS[COMP_CWORD-2]}\n"
    "\tfi\n"
    "\n"
    "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
    "\t\tcase ${COMP_WORDS[i]} in\n";

static const char bash_tail[] =
    "\tif [[ -n $values ]]; then\n"
    "\t\tCOMPREPLY=($(compgen -W \"$values\" -- \"$cur\"))\n"
    "\t\treturn\n"
    "\tfi\n"
    "\tif [[ $cur == -* ]]; then\n"
    "\t\tCOMPREPLY=($(compgen -W \"$options\" -- \"$cur\"))\n"
    "\t\treturn\n"
    "\tfi\n"
    "\n"
    "\tcompopt -o filenames 2>/dev/null\n"
    "\tIFS=$'\\n'\n"
    "\tcase \"$command $prev\" in\n"
    "\t*' --output' | *' -o') COMPREPLY=($(compgen -f -- \"$cur\")) ;;\n"
    "\thelp\\ *) COMPREPLY=($(compgen -W \"${commands// /$'\\n'}\" -- \"$cur\")) ;;\n"
    "\t*)\n"
    "\t\tCOMPREPLY=($(compgen -f -X '!*.onnx' -- \"$cur\"; compgen -f -X '!*.onnx.gz' -- \"$cur\"\n"
    "\t\t\tcompgen -d -- \"$cur\"))\n"
    "\t\t[[ -z $command ]] &&\n"
    "\t\t\tCOMPREPLY+=($(compgen -W \"${commands// /$'\\n'}\" -- \"$cur\"))\n"
    "\t\t;;\n"
    "\tesac\n"
    "}\n"
    "complete -F _onnxray onnxray\n";

static void bash_options(draft *d, const command *cmd)
{
	draft_format(d, "\t%s) options='", cmd ? cmd->name : "''");
	const char *gap = "";
	for (const option *o = option_table; o->name; o++) {
		if (!takes(cmd ? cmd : &command_table[COMMAND_SUMMARY], o))
			continue;
		draft_format(d, "%s--%s", gap, o->name);
		if (o->letter)
			draft_format(d, " -%c", o->letter);
		gap = " ";
	}
	draft_str(d, "' ;;\n");
}

/** A case for each option with choices: "layers --sort" | "layers -s") values='...'. */
static void bash_values(draft *d)
{
	for (const option *o = option_table; o->name; o++) {
		if (!o->choices)
			continue;
		const char *gap = "\t";
		for (size_t i = 0; i < N_COMMANDS; i++) {
			if (!takes(&command_table[i], o))
				continue;
			draft_format(d, "%s'%s --%s'", gap, command_table[i].name, o->name);
			gap = " | ";
			if (o->letter)
				draft_format(d, " | '%s -%c'", command_table[i].name, o->letter);
		}
		draft_str(d, ") values='");
		words(d, o->choices);
		draft_str(d, "' ;;\n");
	}
}

static void bash(draft *d)
{
	draft names = {0};
	draft_str(d, bash_head);
	draft_str(d, "\t\t");
	for (size_t i = 0; i < N_COMMANDS; i++) {
		draft_format(d, "%s%s", i > 0 ? " | " : "", command_table[i].name);
		draft_format(&names, "%s%s", i > 0 ? " " : "", command_table[i].name);
	}
	draft_str(d, ") command=${COMP_WORDS[i]} && break ;;\n\t\tesac\n\tdone\n");
	draft_format(d, "\tlocal commands='%s'\n\n", draft_text(&names));
	draft_str(d, "\tcase $command in\n");
	bash_options(d, NULL);
	for (size_t i = 0; i < N_COMMANDS; i++)
		bash_options(d, &command_table[i]);
	draft_str(d, "\tesac\n\tcase \"${command:-summary} $prev\" in\n");
	bash_values(d);
	draft_str(d, "\tesac\n\n");
	draft_str(d, bash_tail);
	draft_free(&names);
}

/* ------------------------------------------------------------------------------------- zsh -- */

static const char zsh_head[] =
    "#compdef onnxray\n"
    "# Completion of onnxray for zsh; written by `onnxray help --complete zsh`.\n"
    "\n"
    "_onnxray_models()\n"
    "{\n"
    "\t_files -g '*.onnx(|.gz)(-.)'\n"
    "}\n"
    "\n";

static void zsh_action(draft *d, const option *o)
{
	if (o->choices) {
		draft_format(d, ":%s:(", o->argument);
		words(d, o->choices);
		draft_str(d, ")");
	} else if (o->kind == OPTION_FILE) {
		draft_format(d, ":%s:_files", o->argument);
	} else if (o->argument) {
		draft_format(d, ":%s: ", o->argument);
	}
}

static void zsh_option(draft *d, const option *o)
{
	const char *several = o->kind == OPTION_LIST ? "*" : "";
	for (int pass = 0; pass < 2; pass++) {
		if (pass == 1 && !o->letter)
			continue;
		draft_format(d, "\t\t'%s", several);
		if (o->letter && !*several)
			draft_format(d, "(-%c --%s)", o->letter, o->name);
		if (pass == 0)
			draft_format(d, "--%s%s[", o->name, o->argument ? "=" : "");
		else
			draft_format(d, "-%c%s[", o->letter, o->argument ? "+" : "");
		quoted(d, o->help, "[]:");
		draft_str(d, "]");
		zsh_action(d, o);
		draft_str(d, "' \\\n");
	}
}

static void zsh(draft *d)
{
	draft_str(d, zsh_head);
	draft_str(d, "_onnxray_commands()\n{\n\tlocal -a commands=(\n");
	for (size_t i = 0; i < N_COMMANDS; i++) {
		draft_format(d, "\t\t'%s:", command_table[i].name);
		quoted(d, command_table[i].brief, ":");
		draft_str(d, "'\n");
	}
	draft_str(d, "\t)\n\t_describe command commands\n}\n\n");

	for (size_t i = 0; i < N_COMMANDS; i++) {
		const command *cmd = &command_table[i];
		draft_format(d, "_onnxray_%s()\n{\n\t_arguments -s -S \\\n", cmd->name);
		for (const option *o = option_table; o->name; o++)
			if (takes(cmd, o))
				zsh_option(d, o);
		draft_format(d, "\t\t%s\n}\n\n",
		             cmd->id == COMMAND_HELP      ? "'1:command:_onnxray_commands'"
		             : cmd->id == COMMAND_VERSION ? "&& return 0"
		             : cmd->id == COMMAND_SHOW    ? "'1:model:_onnxray_models' '*:name: '"
		             : cmd->most > 1              ? "'*:model:_onnxray_models'"
		                                          : "'1:model:_onnxray_models'");
	}
	draft_str(d, "_onnxray()\n{\n\tlocal i\n"
	             "\tfor ((i = 2; i < CURRENT; i++)); do\n"
	             "\t\tif (( $+functions[_onnxray_$words[i]] )); then\n"
	             "\t\t\tlocal command=$words[i]\n"
	             "\t\t\twords[i]=()\n"
	             "\t\t\t(( CURRENT-- ))\n"
	             "\t\t\t_onnxray_$command\n"
	             "\t\t\treturn\n"
	             "\t\tfi\n"
	             "\tdone\n"
	             "\t[[ $words[CURRENT] == -* ]] || _onnxray_commands\n"
	             "\t_onnxray_summary\n"
	             "}\n\n"
	             "if [[ $funcstack[1] == _onnxray ]]; then\n"
	             "\t_onnxray \"$@\"\n"
	             "else\n"
	             "\tcompdef _onnxray onnxray\n"
	             "fi\n");
}

/* ------------------------------------------------------------------------------------ fish -- */

static void fish_option(draft *d, const option *o)
{
	draft_str(d, "complete -c onnxray -n '");
	if (o->commands & ON(SUMMARY))
		draft_str(d, "not __fish_seen_subcommand_from $onnxray_commands; or ");
	draft_str(d, "__fish_seen_subcommand_from");
	for (size_t i = 0; i < N_COMMANDS; i++)
		if (takes(&command_table[i], o))
			draft_format(d, " %s", command_table[i].name);
	draft_format(d, "' -l %s", o->name);
	if (o->letter)
		draft_format(d, " -s %c", o->letter);
	if (o->choices) {
		draft_str(d, " -x -a '");
		words(d, o->choices);
		draft_str(d, "'");
	} else if (o->argument) {
		draft_str(d, o->kind == OPTION_FILE ? " -r -F" : " -x");
	}
	draft_str(d, " -d '");
	for (const char *s = o->help; *s; s++)
		draft_format(d, "%s%c", strchr("\\'", *s) ? "\\" : "", *s);
	draft_str(d, "'\n");
}

static void fish(draft *d)
{
	draft_str(d, "# Completion of onnxray for fish; written by `onnxray help --complete fish`.\n\n"
	             "set -g onnxray_commands");
	for (size_t i = 0; i < N_COMMANDS; i++)
		draft_format(d, " %s", command_table[i].name);
	draft_str(d, "\n\n");
	for (size_t i = 0; i < N_COMMANDS; i++) {
		draft_format(d,
		             "complete -c onnxray -n 'not __fish_seen_subcommand_from "
		             "$onnxray_commands; or __fish_seen_subcommand_from help' -a %s -d '",
		             command_table[i].name);
		for (const char *s = command_table[i].brief; *s; s++)
			draft_format(d, "%s%c", strchr("\\'", *s) ? "\\" : "", *s);
		draft_str(d, "'\n");
	}
	draft_str(d, "complete -c onnxray -n '__fish_seen_subcommand_from help version' -f\n\n");
	for (const option *o = option_table; o->name; o++)
		fish_option(d, o);
}

static const struct {
	const char *name;
	void (*write)(draft *d);
} shells[] = {
    {"bash", bash},
    {"zsh", zsh},
    {"fish", fish},
};

void help_completion(draft *d, const char *shell)
{
	for (size_t i = 0; i < sizeof shells / sizeof shells[0]; i++)
		if (strcmp(shells[i].name, shell) == 0)
			shells[i].write(d);
}
