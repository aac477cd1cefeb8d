/* SPDX-License-Identifier: Apache-2.0 */
/*
 * options.c - the option table. Reading a command line by it is parse.c.
 */
#include "options.h"

#include "commands.h"

#include <string.h>

/* In the order of oray_format. */
static const char *const result_formats[] = {"text", "json", "ndjson", "csv", "md", NULL};
static const char *const check_formats[] = {"text", "json", "ndjson", "csv", "md", "sarif", NULL};
static const char *const picture_formats[] = {"dot", "svg", "png", "pdf", "html", NULL};
static const char *const when[] = {"auto", "always", "never", NULL};
static const char *const layer_columns[] = {"index",      "name",      "op",   "scope",
                                            "parameters", "bytes",     "macs", "memory",
                                            "live",       "intensity", NULL};
static const char *const parameter_columns[] = {"name", "elements", "bytes",   "role",
                                                "type", "scope",    "used_by", NULL};
static const char *const quant_columns[] = {"index", "name",  "op", "parameters",
                                            "macs",  "scale", NULL};
static const char *const weight_columns[] = {"damage", "sqnr", "error", "elements", "bytes",
                                             "name",   "op",   "index", NULL};
static const char *const groupings[] = {"role", "type", "op", "module", "tensor", NULL};
static const char *const themes[] = {"auto", "light", "dark", NULL};
static const char *const rows[] = {"all", "weights", "none", NULL}; /* in the order of oray_rows */
static const char *const switches[] = {"on", "off", NULL};
static const char *const foldings[] = {"constants", "shapes", "qdq", "repeats", "all", "none", NULL};
static const char *const directions[] = {"down", "right", NULL};
static const char *const wraps[] = {"auto", "none", NULL};
static const char *const coloured[] = {"category", "type", "macs", "params", "sqnr", NULL};
static const char *const engines[] = {"own", "dot", NULL};
static const char *const shells[] = {"bash", "zsh", "fish", NULL};

/* In the order of oray_severity, and what comes after it. */
static const char *const severities[] = {"info", "warning", "error", NULL};
static const char *const failures[] = {"info", "warning", "error", "never", NULL};

/* In the order of oray_counting. */
static const char *const countings[] = {"macs", "flops",     "torchvision", "fvcore",
                                        "thop", "onnx-tool", NULL};

#define SHAPED  (ON(SUMMARY) | ON(LAYERS) | ON(SHOW) | ON(GRAPH) | ON(QUANT) | ON(DIFF) | \
	ON(CHECK))
#define COSTED  (ON(SUMMARY) | ON(LAYERS) | ON(SHOW) | ON(QUANT) | ON(DIFF))
#define REPORTS (ON(SUMMARY) | ON(LAYERS) | ON(SHOW) | ON(PARAMS) | ON(QUANT) | ON(DIFF) | \
	ON(CHECK))
#define MODELS  (REPORTS | ON(GRAPH))
#define ALL     (MODELS | ON(HELP) | ON(VERSION))
#define AT(m)   offsetof(options, m)

/* clang-format off */
const option option_table[] = {
	{ "format", 'f', OPTION_CHOICE, REPORTS & ~ON(CHECK), "FORMAT", result_formats, AT(format), 0,
	  "write the result as FORMAT" },
	{ "format", 'f', OPTION_CHOICE, ON(CHECK), "FORMAT", check_formats, AT(format), 0,
	  "write the result as FORMAT" },
	{ "format", 'f', OPTION_CHOICE, ON(GRAPH), "FORMAT", picture_formats, AT(format), 0,
	  "write the picture as FORMAT, whatever the extension of the file says" },
	{ "output", 'o', OPTION_FILE, MODELS, "FILE", NULL, AT(output), 0,
	  "write to FILE instead of standard output; - is standard output" },

	{ "all", 'a', OPTION_FLAG, ON(LAYERS), NULL, NULL, AT(all), 0,
	  "list the nodes of subgraphs and functions too" },
	{ "op", 0, OPTION_STRING, ON(LAYERS), "GLOB", NULL, AT(op), 0,
	  "only nodes whose operator matches GLOB, such as 'Conv*'" },
	{ "name", 0, OPTION_STRING, ON(LAYERS), "GLOB", NULL, AT(name), 0,
	  "only nodes whose name matches GLOB" },
	{ "tree", 't', OPTION_FLAG, ON(LAYERS), NULL, NULL, AT(tree), 0,
	  "fold by module, with subtotals" },
	{ "depth", 0, OPTION_NUMBER, ON(LAYERS), "N", NULL, AT(depth), 0,
	  "show N levels of the tree; implies --tree" },
	{ "by", 0, OPTION_CHOICE, ON(PARAMS), "WHAT", groupings, AT(by), 0,
	  "one row a WHAT instead of the overview" },
	{ "stats", 0, OPTION_FLAG, ON(PARAMS), NULL, NULL, AT(stats), 0,
	  "read the values: minimum, maximum, mean, deviation, zeros of each tensor" },
	{ "depth", 0, OPTION_NUMBER, ON(PARAMS), "N", NULL, AT(depth), 0,
	  "with --by module: modules N levels deep" },
	{ "sort", 0, OPTION_COLUMN, ON(LAYERS), "COLUMN", layer_columns, AT(sort), 0,
	  "sort by COLUMN, largest first for numbers" },
	{ "sort", 0, OPTION_COLUMN, ON(PARAMS), "COLUMN", parameter_columns, AT(sort), 0,
	  "sort by COLUMN, largest first for numbers" },
	{ "sort", 0, OPTION_COLUMN, ON(QUANT), "COLUMN", quant_columns, AT(sort), 0,
	  "sort layers by COLUMN, largest first for numbers" },
	{ "sort", 0, OPTION_COLUMN, ON(DIFF), "COLUMN", weight_columns, AT(sort), 0,
	  "sort weights by COLUMN, the worst or largest first, damage when not given" },
	{ "top", 0, OPTION_NUMBER, ON(LAYERS) | ON(PARAMS) | ON(QUANT) | ON(DIFF), "N", NULL, AT(top), 0,
	  "show the first N rows only" },

	{ "exit-code", 0, OPTION_FLAG, ON(DIFF), NULL, NULL, AT(exit_code), 0,
	  "exit with 1 when the models differ" },
	{ "min-sqnr", 0, OPTION_STRING, ON(DIFF), "DB", NULL, AT(min_sqnr), 0,
	  "exit with 1 when a weight is less faithful than DB decibels, such as 20" },
	{ "max-growth", 0, OPTION_STRING, ON(DIFF), "PERCENT", NULL, AT(max_growth), 0,
	  "exit with 1 when the file grew by more than PERCENT, such as 1%" },
	{ "no-weights", 0, OPTION_FLAG, ON(DIFF), NULL, NULL, AT(no_weights), 0,
	  "do not read weights, compare all the rest" },

	{ "rule", 0, OPTION_LIST, ON(CHECK), "NAME", NULL, AT(rule), 0,
	  "only the rule NAME, or the rules of that group; may be given more than once" },
	{ "no-rule", 0, OPTION_LIST, ON(CHECK), "NAME", NULL, AT(no_rule), 0,
	  "not the rule NAME, or the rules of that group; may be given more than once" },
	{ "severity", 0, OPTION_CHOICE, ON(CHECK), "LEVEL", severities, AT(severity), 0,
	  "show findings of this level and above, in text warning when not given" },
	{ "fail-on", 0, OPTION_CHOICE, ON(CHECK), "LEVEL", failures, AT(fail_on), 0,
	  "exit with 1 for findings of this level and above, error when not given" },
	{ "baseline", 0, OPTION_FILE, ON(CHECK), "FILE", NULL, AT(baseline), 0,
	  "leave out the findings that FILE holds" },
	{ "write-baseline", 0, OPTION_FILE, ON(CHECK), "FILE", NULL, AT(write_baseline), 0,
	  "write the findings to FILE, for --baseline; they are no failure then" },
	{ "list-rules", 0, OPTION_FLAG, ON(CHECK), NULL, NULL, AT(list_rules), 0,
	  "list the rules, and what each means, instead of checking" },
	{ "no-weights", 0, OPTION_FLAG, ON(CHECK), NULL, NULL, AT(no_weights), 0,
	  "do not read weights, check all the rest" },
	{ "max-params", 0, OPTION_SIZE, ON(CHECK), "N", NULL, AT(max_params), 0,
	  "at most N parameters, such as 5M" },
	{ "max-bytes", 0, OPTION_SIZE, ON(CHECK), "SIZE", NULL, AT(max_bytes), 0,
	  "file and external data are at most SIZE, such as 20MiB" },
	{ "max-macs", 0, OPTION_SIZE, ON(CHECK), "N", NULL, AT(max_macs), 0,
	  "one run costs at most N multiply-accumulates, such as 2G" },
	{ "max-activation", 0, OPTION_SIZE, ON(CHECK), "SIZE", NULL, AT(max_activation), 0,
	  "activations take at most SIZE at once, such as 64MiB" },
	{ "max-opset", 0, OPTION_NUMBER, ON(CHECK), "N", NULL, AT(max_opset), 0,
	  "the operator set ai.onnx is at most version N" },
	{ "min-opset", 0, OPTION_NUMBER, ON(CHECK), "N", NULL, AT(min_opset), 0,
	  "the operator set ai.onnx is at least version N" },
	{ "deny-op", 0, OPTION_LIST, ON(CHECK), "GLOB", NULL, AT(deny_op), 0,
	  "no operator that matches GLOB, such as Loop or 'com.microsoft:*'" },
	{ "allow-op", 0, OPTION_LIST, ON(CHECK), "GLOB", NULL, AT(allow_op), 0,
	  "no operator but those that match a GLOB given so" },
	{ "require-static", 0, OPTION_FLAG, ON(CHECK), NULL, NULL, AT(require_static), 0,
	  "every shape is known in numbers" },
	{ "assert", 0, OPTION_LIST, ON(CHECK), "EXPR", NULL, AT(assertion), 0,
	  "EXPR holds, such as 'macs / params < 100'; may be given more than once" },

	{ "rows", 0, OPTION_CHOICE, ON(GRAPH), "WHICH", rows, AT(rows), 0,
	  "what boxes list below their operator" },
	{ "shapes", 0, OPTION_CHOICE, ON(GRAPH), "SWITCH", switches, AT(shapes), 0,
	  "shapes beside the wires" },
	{ "names", 0, OPTION_FLAG, ON(GRAPH), NULL, NULL, AT(names), 0,
	  "names of nodes below their operators" },
	{ "fold", 0, OPTION_COLUMN, ON(GRAPH), "LIST", foldings, AT(fold), 0,
	  "what is no box of its own, with commas between, constants when not given" },
	{ "depth", 0, OPTION_NUMBER, ON(GRAPH), "N", NULL, AT(depth), 0,
	  "draw modules N levels deep as one box each" },
	{ "all", 'a', OPTION_FLAG, ON(GRAPH), NULL, NULL, AT(all), 0,
	  "draw subgraphs and functions too, as boxes of their own" },
	{ "direction", 0, OPTION_CHOICE, ON(GRAPH), "WHERE", directions, AT(direction), 0,
	  "where data flows" },
	{ "wrap", 0, OPTION_COLUMN, ON(GRAPH), "N", wraps, AT(wrap), 0,
	  "begin another column after N pixels, or one of" },
	{ "color-by", 0, OPTION_COLUMN, ON(GRAPH), "WHAT", coloured, AT(color_by), 0,
	  "colour boxes by the numbers of a CSV file, or by one of" },
	{ "theme", 0, OPTION_CHOICE, ON(GRAPH), "THEME", themes, AT(theme), 0,
	  "colours; auto is light, and in SVG what its reader prefers" },
	{ "engine", 0, OPTION_CHOICE, ON(GRAPH), "ENGINE", engines, AT(engine), 0,
	  "who finds the places: the program itself, or dot of Graphviz" },
	{ "diff", 0, OPTION_FILE, ON(GRAPH), "B", NULL, AT(diff), 0,
	  "draw the model B, coloured by what changed from MODEL to it" },
	{ "around", 0, OPTION_LIST, ON(GRAPH), "NAME", NULL, AT(around), 0,
	  "draw only what is near NAME; may be given more than once" },
	{ "hops", 0, OPTION_COUNT, ON(GRAPH), "N", NULL, AT(hops), AT(has_hops),
	  "how near is near: N edges away from --around, 2 when not given" },
	{ "from", 0, OPTION_LIST, ON(GRAPH), "NAME", NULL, AT(from), 0,
	  "draw only what depends on NAME; may be given more than once" },
	{ "to", 0, OPTION_LIST, ON(GRAPH), "NAME", NULL, AT(to), 0,
	  "draw only what NAME depends on; may be given more than once" },
	{ "scope", 0, OPTION_LIST, ON(GRAPH), "SCOPE", NULL, AT(scope), 0,
	  "draw only the module SCOPE; may be given more than once" },

	{ "dim", 0, OPTION_LIST, SHAPED, "NAME=N", NULL, AT(dim), 0,
	  "the dimension NAME is N; may be given more than once" },
	{ "input", 0, OPTION_LIST, SHAPED, "NAME:SHAPE", NULL, AT(input), 0,
	  "the input NAME has this shape, such as x:1x3x224x224; ? is as declared" },
	{ "bind", 0, OPTION_LIST, SHAPED, "NAME=FILE", NULL, AT(bind), 0,
	  "the input NAME is what the .npy or TensorProto FILE holds" },
	{ "count", 0, OPTION_CHOICE, COSTED, "WHAT", countings, AT(count), 0,
	  "count costs as WHAT does, macs when not given" },
	{ "no-infer", 0, OPTION_FLAG, SHAPED, NULL, NULL, AT(no_infer), 0,
	  "show only shapes that the model declares" },

	{ "jobs", 'j', OPTION_COUNT, ON(SUMMARY) | ON(CHECK), "N", NULL, AT(jobs), AT(has_jobs),
	  "look at N models at the same time; 0 is one for each processor" },
	{ "max-memory", 0, OPTION_SIZE, MODELS, "SIZE", NULL, AT(max_memory), 0,
	  "give up on a model that needs more memory than SIZE, such as 500MB or 2GiB" },
	{ "max-nodes", 0, OPTION_NUMBER, MODELS, "N", NULL, AT(max_nodes), 0,
	  "give up on a model of more than N nodes, 2000000 when not given" },
	{ "max-depth", 0, OPTION_NUMBER, MODELS, "N", NULL, AT(max_depth), 0,
	  "give up on a model that nests more than N messages, 100 when not given" },
	{ "unsafe-external", 0, OPTION_FLAG, MODELS, NULL, NULL, AT(unsafe_external), 0,
	  "read external data from outside the model's directory as well" },

	{ "no-isolation", 0, OPTION_FLAG, MODELS, NULL, NULL, AT(no_isolation), 0,
	  "keep what the kernel would let the program do besides reading models" },

	{ "color", 0, OPTION_CHOICE, MODELS, "WHEN", when, AT(color), 0,
	  "colour the text, auto only on a terminal" },
	{ "width", 0, OPTION_NUMBER, MODELS, "N", NULL, AT(width), 0,
	  "fit text into N columns instead of the terminal's" },
	{ "quiet", 'q', OPTION_FLAG, MODELS, NULL, NULL, AT(quiet), 0,
	  "no progress line, only errors" },
	{ "verbose", 'v', OPTION_FLAG, MODELS, NULL, NULL, AT(verbose), 0,
	  "exact numbers, nothing folded, and how the program is isolated" },

	{ "man", 0, OPTION_FLAG, ON(HELP), NULL, NULL, AT(man), 0,
	  "print the source of the manual page" },
	{ "complete", 0, OPTION_CHOICE, ON(HELP), "SHELL", shells, AT(complete), 0,
	  "print the completion script for SHELL" },

	{ "help", 'h', OPTION_FLAG, ALL, NULL, NULL, AT(help), 0, "show how to use the command" },
	{ "version", 'V', OPTION_FLAG, ALL, NULL, NULL, AT(version), 0, "show the version" },
	{ 0 }
};
/* clang-format on */

const option *option_find(const command *cmd, const char *name, size_t size)
{
	for (const option *o = option_table; o->name; o++)
		if (strlen(o->name) == size && memcmp(o->name, name, size) == 0 &&
		    (!cmd || o->commands & 1u << cmd->id))
			return o;
	return NULL;
}

oray_format option_format(const options *o)
{
	size_t format = o->format ? option_choice(check_formats, o->format) : ORAY_TEXT;
	return format <= ORAY_SARIF ? (oray_format)format : ORAY_TEXT;
}

size_t option_severity(const char *word)
{
	return option_choice(failures, word);
}

size_t option_choice(const char *const *choices, const char *word)
{
	size_t i = 0;
	while (choices[i] && strcmp(choices[i], word) != 0)
		i++;
	return i;
}

void option_choices(draft *d, const char *const *choices)
{
	for (size_t i = 0; choices[i]; i++)
		draft_format(d, "%s%s", i == 0 ? "" : choices[i + 1] ? ", " : " or ", choices[i]);
}
