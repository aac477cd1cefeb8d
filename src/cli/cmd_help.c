/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_help.c - how to use a command, and which version this is.
 */
#include "help.h"

#include "nearest.h"

int cmd_help(cli *c)
{
	const command *cmd = NULL;
	draft text = {0};

	if (c->n_operands > 0 && !(cmd = command_find(c->operands[0]))) {
		nearest near;
		nearest_start(&near, c->operands[0], 1);
		for (size_t i = 0; i < N_COMMANDS; i++)
			nearest_offer(&near, command_table[i].name);
		draft_str(&text, "help: no command is called '");
		draft_printable(&text, c->operands[0]);
		draft_str(&text, "'");
		if (near.n > 0)
			draft_format(&text, "; did you mean '%s'?", near.best[0].name);
		int code = cli_misuse(c, draft_text(&text));
		draft_free(&text);
		return code;
	}
	if (c->options.complete)
		help_completion(&text, c->options.complete);
	else if (c->options.man)
		help_roff(&text, cmd);
	else
		help_text(&text, cmd);
	return help_print(c, &text);
}

int cmd_version(cli *c)
{
	draft text = {0};
	help_version(&text);
	return help_print(c, &text);
}
