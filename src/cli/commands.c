/* SPDX-License-Identifier: Apache-2.0 */
/*
 * commands.c - the command table, and the other facts that help and the manual share.
 */
#include "commands.h"

#include "cli.h"

#include <string.h>

#define ANY SIZE_MAX

static const example summary_examples[] = {
    {"onnxray model.onnx", "Header, inputs and outputs, operators, parameters, cost."},
    {"onnxray summary -f json *.onnx | jq '.parameters.total'",
     "How many parameters each model has, one number a line."},
    {"onnxray --dim batch=1 --input image:1x3x320x320 model.onnx",
     "What it costs with these sizes."},
    {"onnxray summary -j 0 -f ndjson models/*.onnx > zoo.ndjson",
     "A whole folder, all processors at work, one line a model in the order given."},
    {"curl -sL https://example.org/model.onnx | onnxray -", "A model that is not on disk."},
    {NULL, NULL}};

static const example layers_examples[] = {
    {"onnxray layers model.onnx",
     "One row a node: operator, name, output shape, parameters, MACs, memory."},
    {"onnxray layers --op 'Conv*' --sort macs --top 10 model.onnx",
     "The ten most expensive convolutions."},
    {"onnxray layers --tree --depth 2 model.onnx",
     "The two upper levels of modules, each with the sum of what it holds."},
    {"onnxray layers -f csv -o layers.csv model.onnx", "The table for a spreadsheet."},
    {NULL, NULL}};

static const example show_examples[] = {
    {"onnxray show model.onnx Conv_0", "A node: attributes, inputs, outputs."},
    {"onnxray show model.onnx '#17'", "The node at index 17 of the main graph, as layers counts."},
    {"onnxray show -v model.onnx conv1.weight", "A tensor, and all of its values that fit."},
    {NULL, NULL}};

static const example params_examples[] = {
    {"onnxray params model.onnx", "Where the parameters are: by role and by type."},
    {"onnxray params --by tensor --top 10 --sort bytes model.onnx", "The ten largest tensors."},
    {"onnxray params -f json model.onnx | jq '.parameters.by_type'",
     "How many parameters are stored in which type."},
    {NULL, NULL}};

static const example graph_examples[] = {
    {"onnxray graph -o model.svg model.onnx", "The whole main graph as a picture."},
    {"onnxray graph -o model.html model.onnx",
     "A page to explore the model with: one file to open, send and keep."},
    {"onnxray graph --around Conv_17 --hops 3 -o part.png model.onnx",
     "What feeds Conv_17 and what it feeds, three edges far."},
    {"onnxray graph --from input_ids --to logits -o path.pdf model.onnx",
     "Everything on a way from one value to another."},
    {"onnxray graph --fold shapes,qdq,repeats -o short.svg model.onnx",
     "Without what surrounds the layers, and of 32 equal ones the first."},
    {"onnxray graph --depth 2 --direction right -o modules.svg model.onnx",
     "Modules two levels deep, from left to right."},
    {"onnxray graph --color-by latency.csv -o slow.svg model.onnx",
     "Coloured by numbers you measured: rows of node name and number."},
    {"onnxray graph --diff model_int8.onnx -o changes.svg model.onnx",
     "Both models in one picture: what was kept, changed, added, removed, quantized."},
    {"onnxray graph model.onnx | dot -Tsvg > model.svg",
     "The source for Graphviz, to draw it your own way; neato -n keeps the places."},
    {NULL, NULL}};

static const example quant_examples[] = {
    {"onnxray quant model_int8.onnx",
     "Scheme, coverage, what each layer computes with, what stayed float, what looks wrong."},
    {"onnxray quant --sort macs --top 10 model_int8.onnx", "The ten most expensive layers only."},
    {"onnxray quant -f csv -o scales.csv model_int8.onnx",
     "Every scale and zero point for a spreadsheet."},
    {"onnxray quant -f json model_int8.onnx | jq '.float_nodes'", "The layers that stayed float."},
    {NULL, NULL}};

static const example diff_examples[] = {
    {"onnxray diff model.onnx model_int8.onnx",
     "What quantization did: sizes, the error of each weight, worst first, what stayed float."},
    {"onnxray diff --exit-code old.onnx new.onnx", "Exit code 1 when anything differs."},
    {"onnxray diff --min-sqnr 20 --max-growth 1% old.onnx new.onnx",
     "Exit code 1 when a weight fell below 20 dB, or the file grew by more than a hundredth."},
    {"onnxray diff -f md old.onnx new.onnx >> $GITHUB_STEP_SUMMARY",
     "Tables for a pull request."},
    {"onnxray graph --diff new.onnx -o changes.svg old.onnx", "Both models in one picture."},
    {NULL, NULL}};

static const example check_examples[] = {
    {"onnxray check model.onnx", "What is wrong, what is doubtful, and what to do about it."},
    {"onnxray check -v --severity info model.onnx", "All that there is to say, with bytes."},
    {"onnxray check --rule security *.onnx", "Only what the file of a stranger may try."},
    {"onnxray check --max-params 5M --max-bytes 20MiB --deny-op Loop model.onnx",
     "A budget for a CI job: exit code 1 when it is not met, with the figures."},
    {"onnxray check --dim batch=1 --assert 'macs / params < 400' model.onnx",
     "A demand of your own."},
    {"onnxray check --write-baseline known.txt models/*.onnx",
     "Everything that is found today; --baseline known.txt then reports only what is new."},
    {"onnxray check -f sarif -o onnxray.sarif models/*.onnx",
     "For a code host, which shows findings beside what was changed."},
    {NULL, NULL}};

static const example help_examples[] = {
    {"onnxray help layers", "How to use the command layers."},
    {"eval \"$(onnxray help --complete bash)\"", "Completion in this shell, not installed."},
    {NULL, NULL}};

static const example version_examples[] = {
    {"onnxray version", "The version, and the newest ONNX it knows by name."}, {NULL, NULL}};

/* clang-format off */
const command command_table[] = {
	{ COMMAND_SUMMARY, "summary", cmd_summary, "what a model is, at a glance", "MODEL...", 1, ANY,
	  "Shows what a model is at a glance: where it comes from, what goes in and comes out, which "
	  "operators it is made of, how many parameters it has and how they are stored, what it costs "
	  "to run, how it is quantized, and whether anything looks wrong. This is also what onnxray "
	  "does without a command.\n"
	  "Weights are not read, so the size of a model hardly matters. With several models there is "
	  "one report each, in order; a model that cannot be read does not stop the others.",
	  summary_examples },
	{ COMMAND_LAYERS, "layers", cmd_layers, "the layers one by one, and what each costs",
	  "MODEL", 1, 1,
	  "Lists the nodes of a model in graph order, one row each: operator, name, shape of the "
	  "output, parameters, multiply-accumulates, memory. Rows add up to the totals in the last "
	  "line: a parameter that several nodes share counts at the first.",
	  layers_examples },
	{ COMMAND_SHOW, "show", cmd_show, "everything about one node, tensor or function",
	  "MODEL NAME...", 2, ANY,
	  "Tells everything about the node, value, tensor, function or graph of that NAME. A node "
	  "without a name answers to its operator and index, Conv_17, and every node of the main graph "
	  "to its index, #17. Where several things have the name, all of them are shown.",
	  show_examples },
	{ COMMAND_PARAMS, "params", cmd_params, "where the parameters are", "MODEL", 1, 1,
	  "Tells where the parameters of a model are: by role (weights, biases, normalisation, "
	  "quantization ...), by element type, by operator, by module, or tensor by tensor; what is "
	  "shared and what nobody uses. Every stored tensor counts once, in exactly one role.",
	  params_examples },
	{ COMMAND_GRAPH, "graph", cmd_graph, "a picture of the graph, or of a part of it",
	  "MODEL", 1, 1,
	  "Draws the graph of a model of any size, or a part of it. The extension of FILE selects the "
	  "format: .svg, .png, .pdf, .dot or .gv, and .html, a page to explore the model with, one "
	  "file that needs no other. Without -o the source for Graphviz goes to standard output, "
	  "unless that is a terminal. Places are found by onnxray itself; nothing else is "
	  "needed for SVG, HTML and DOT, and the cairo library for PNG and PDF.\n"
	  "Boxes say what their nodes are given and how they are set. --fold leaves out what one does "
	  "not want to see: constants and arithmetic on shapes become rows, quantization pairs become "
	  "marks, of equal layers the first is drawn. --depth draws modules as one box each.\n"
	  "--around, --from and --to, and --scope each select nodes; together they select what all of "
	  "them select. Near a node is what it depends on and what depends on it. --from with --to "
	  "selects every way from one to the other.\n"
	  "Nodes that compute with quantized numbers have a thick border, and say with which. --diff "
	  "draws what changed from MODEL to another one: the graph is that of the other one, what only "
	  "MODEL has is dashed, and quantized layers are coloured by how faithful their weights are. "
	  "Of large models only what changed is drawn, and what is beside it.",
	  graph_examples },
	{ COMMAND_QUANT, "quant", cmd_quant, "how a model is quantized, and what looks wrong",
	  "MODEL", 1, 1,
	  "Tells how a model is quantized: the scheme and who made it, how much of the model it covers "
	  "by nodes, weights and multiply-accumulates, and for each compute node what its weights and "
	  "its input are stored in, with scales and zero points as real numbers. Then come the layers "
	  "that stayed float, and findings: what looks wrong, and what to do about it.\n"
	  "It knows QuantizeLinear and DequantizeLinear pairs, operators on integers, dynamic and "
	  "weight-only quantization, fake quantization and that of QONNX, Brevitas, FINN, Quark and "
	  "Vitis AI. Of the weights only scales and zero points are read. The exit code is 1 when "
	  "there is a finding at error level.",
	  quant_examples },
	{ COMMAND_DIFF, "diff", cmd_diff, "what changed from one model to another", "A B", 2, 2,
	  "Compares two models and tells what changed from A to B: header, inputs and outputs, sizes, "
	  "operators, attributes, shapes, and every weight. Nodes are matched by name, by the names of "
	  "their outputs, by the contents of their weights and by their place in the graph, so that it "
	  "works as well when names differ, and when nodes were inserted, fused or removed.\n"
	  "Weights of fewer bits are brought back to real numbers and compared with those they stand "
	  "for; the least faithful come first. Equal parts are counted on a line of their own.\n"
	  "--exit-code, --min-sqnr and --max-growth make it a check for scripts: the exit code is 1 "
	  "when the models differ, or when what they ask for does not hold.",
	  diff_examples },
	{ COMMAND_CHECK, "check", cmd_check, "whether a model is sound, and within its budgets",
	  "MODEL...", 1, ANY,
	  "Checks models against a table of rules, and reports everything it finds in one go: what is "
	  "wrong about the file, its graph, types and shapes, its quantization, what may be unsafe, what "
	  "other runtimes may not take, and what could be better. Every finding says where it is, what "
	  "is the matter, and what to do about it.\n"
	  "Budgets such as --max-params or --assert are checked with the rest; what is not known is not "
	  "met. Findings that are known and accepted go into a baseline.\n"
	  "The exit code is 1 when there is a finding at error level, or of the level that --fail-on "
	  "names.",
	  check_examples },
	{ COMMAND_HELP, "help", cmd_help, "how to use a command", "[COMMAND]", 0, 1,
	  "Shows how to use onnxray, or one of its commands.", help_examples },
	{ COMMAND_VERSION, "version", cmd_version, "the version, and the newest ONNX it knows",
	  "", 0, 0,
	  "Shows the version of the program and its library, and the newest ONNX IR version and "
	  "operator set they know by name. Newer models are read as well; what is unknown is said to be.",
	  version_examples },
};
/* clang-format on */

const command *command_find(const char *name)
{
	for (size_t i = 0; i < N_COMMANDS; i++)
		if (strcmp(command_table[i].name, name) == 0)
			return &command_table[i];
	return NULL;
}

const exit_meaning exit_table[] = {
    {EXIT_FINE, "All is well. A reader that closed the pipe early is no error."},
    {EXIT_FINDINGS, "A model has errors, breaks a budget, lacks what was asked for, or differs."},
    {EXIT_WRONG_USAGE, "The command line is wrong; nothing was done."},
    {EXIT_UNREADABLE, "A model could not be read, or only in part."},
    {EXIT_NOT_WRITTEN, "The output could not be written."},
    {-1, NULL}};

const variable variable_table[] = {
    {"COLUMNS", "Width of text, in place of the terminal's."},
    {"NO_COLOR", "When set and not empty, no colours unless --color=always."},
    {"TERM", "When \"dumb\", no colours unless --color=always."},
    {"LC_ALL, LC_CTYPE, LANG",
     "The first that is set says whether text may use characters beyond ASCII: it names a locale "
     "with UTF-8."},
    {"ONNXRAY_PAGER, PAGER",
     "The program that shows text longer than the terminal; less when neither is set. Nothing, or "
     "cat: no pager."},
    {"ONNXRAY_CAIRO", "The library that draws PNG and PDF, in place of libcairo.so.2."},
    {"ONNXRAY_DOT", "The program for --engine dot, in place of the dot found in PATH."},
    {"TMPDIR", "Where a model from standard input is kept while it is looked at."},
    {NULL, NULL}};
