/* SPDX-License-Identifier: Apache-2.0 */
/*
 * commands.h - the command table.
 *
 * One row a command, and nothing about a command anywhere else: dispatch, help, manual pages and
 * completion read this table. To add a command: an id, a row, a cmd_*.c, and the bit in
 * option.commands of the options it takes.
 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include <stddef.h>

typedef enum command_id {
	COMMAND_SUMMARY,
	COMMAND_LAYERS,
	COMMAND_SHOW,
	COMMAND_PARAMS,
	COMMAND_GRAPH,
	COMMAND_QUANT,
	COMMAND_DIFF,
	COMMAND_CHECK,
	COMMAND_HELP,
	COMMAND_VERSION,
	N_COMMANDS
} command_id;

struct cli;

/** A command line and what it answers. */
typedef struct example {
	const char *line;
	const char *answer;
} example;

typedef struct command {
	command_id id;
	const char *name;
	int (*run)(struct cli *c); /**< @return the exit code */
	const char *brief;         /**< one line, lower case, no full stop */
	const char *operands;      /**< as in the synopsis: "MODEL NAME..." */
	size_t least, most;        /**< how many operands */
	const char *about;         /**< paragraphs, one a line */
	const example *examples;   /**< ended by a row without a line */
} command;

/** The table, N_COMMANDS rows in order of ids. */
extern const command command_table[];

/** NULL: no such command. */
const command *command_find(const char *name);

/** What the exit codes mean: rows of code and sentence, for help and manual pages. */
typedef struct exit_meaning {
	int code;
	const char *meaning;
} exit_meaning;

extern const exit_meaning exit_table[];

/** Environment variables the program looks at, ended by a row without a name. */
typedef struct variable {
	const char *name;
	const char *meaning;
} variable;

extern const variable variable_table[];

int cmd_summary(struct cli *c);
int cmd_layers(struct cli *c);
int cmd_show(struct cli *c);
int cmd_params(struct cli *c);
int cmd_graph(struct cli *c);
int cmd_quant(struct cli *c);
int cmd_diff(struct cli *c);
int cmd_check(struct cli *c);
int cmd_help(struct cli *c);
int cmd_version(struct cli *c);

#endif
