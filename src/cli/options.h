/* SPDX-License-Identifier: Apache-2.0 */
/*
 * options.h - the option table, and what the command line may set.
 *
 * One row an option. Parsing, help, the manual pages and shell completion all read this table, so
 * they cannot disagree. To add an option: a row in options.c, a member here, its use in a cmd_*.c.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "draft.h"

#include <onnxray/onnxray.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum option_kind {
	OPTION_FLAG,   /**< bool */
	OPTION_STRING, /**< const char * */
	OPTION_FILE,   /**< const char *; completed with file names */
	OPTION_CHOICE, /**< const char *, one of `choices` */
	OPTION_COLUMN, /**< const char *; the library knows more spellings than `choices` */
	OPTION_NUMBER, /**< size_t, at least 1 */
	OPTION_COUNT,  /**< size_t, 0 allowed */
	OPTION_SIZE,   /**< uint64_t bytes, "20MiB" */
	OPTION_LIST    /**< option_list: may be given more than once */
} option_kind;

typedef struct option_list {
	const char **items;
	size_t n;
} option_list;

/** Everything the command line may set. Zero is the default of each. */
typedef struct options {
	const char *format;
	const char *output;
	const char *color;
	size_t width;
	uint64_t max_memory;
	size_t max_nodes;
	size_t max_depth;
	bool unsafe_external;
	bool no_isolation;
	bool quiet;
	bool verbose;
	bool help;
	bool version;

	size_t jobs;
	bool has_jobs;

	option_list dim;
	option_list input;
	option_list bind;
	bool no_infer;
	const char *count;

	bool all;
	bool tree;
	const char *op;
	const char *name;
	size_t depth;
	const char *sort;
	size_t top;
	const char *by;
	bool stats;

	const char *theme;
	const char *rows;
	const char *shapes;
	bool names;
	const char *fold;
	const char *direction;
	const char *wrap;
	const char *color_by;
	const char *engine;
	const char *diff;
	option_list around;
	size_t hops;
	bool has_hops;
	option_list from;
	option_list to;
	option_list scope;

	bool exit_code;
	bool no_weights;
	const char *min_sqnr;
	const char *max_growth;

	option_list rule;
	option_list no_rule;
	const char *severity;
	const char *fail_on;
	const char *baseline;
	const char *write_baseline;
	bool list_rules;
	uint64_t max_params;
	uint64_t max_bytes;
	uint64_t max_macs;
	uint64_t max_activation;
	size_t max_opset;
	size_t min_opset;
	option_list deny_op;
	option_list allow_op;
	bool require_static;
	option_list assertion;

	bool man;
	const char *complete;
} options;

typedef struct option {
	const char *name; /**< long name, without dashes */
	char letter;      /**< short name, or 0 */
	option_kind kind;
	unsigned commands;          /**< ON(SUMMARY) | ... */
	const char *argument;       /**< its name in help, or NULL */
	const char *const *choices; /**< NULL-terminated, or NULL */
	size_t member;              /**< offset in `options` */
	size_t given;               /**< offset of a bool that says it was given, or 0 */
	const char *help; /**< lower case, no full stop; choices are added by whoever prints */
} option;

/** Bit of a command in option.commands. */
#define ON(command) (1u << COMMAND_##command)

/** The table, ended by a row without a name. An option common to all commands comes first. */
extern const option option_table[];

struct command;

/** The option of that name that `cmd` takes; of any command when NULL. NULL: none. */
const option *option_find(const struct command *cmd, const char *name, size_t size);

/** Gives the lists back. */
void options_free(options *o);

/** The format that --format asks for; text for none, and for pictures. */
oray_format option_format(const options *o);

/** oray_severity of "info", "warning" or "error"; above all of them for "never". */
size_t option_severity(const char *word);

/** Place of `word` in a NULL-terminated list; the list's length when absent. */
size_t option_choice(const char *const *choices, const char *word);

/** "a, b or c" of a NULL-terminated list. */
void option_choices(draft *d, const char *const *choices);

#endif
