/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_ranks.c - inputs whose number of dimensions an operator fixes.
 *
 * A table: what follows from ranks is for inference, what they may be stands here.
 */
#include <inttypes.h>
#include <string.h>

#include "check/check_operators.h"
#include "check/check_values.h"

enum { ANY = UINT8_MAX };

/* In byte order of the names. `input` takes from `least` to `most` dimensions, from opset `since`.
 */
static const struct {
	const char *op;
	uint8_t input, least, most, since;
} ranks[] = {
    {"BatchNormalization", 1, 1, 1, 9},
    {"BatchNormalization", 2, 1, 1, 9},
    {"BatchNormalization", 3, 1, 1, 9},
    {"BatchNormalization", 4, 1, 1, 9},
    {"Compress", 0, 1, ANY, 1},
    {"ConstantOfShape", 0, 1, 1, 1},
    {"DFT", 0, 2, ANY, 1},
    {"Dropout", 1, 0, 0, 1},
    {"Dropout", 2, 0, 0, 1},
    {"Expand", 1, 1, 1, 1},
    {"GatherND", 0, 1, ANY, 1},
    {"GatherND", 1, 1, ANY, 1},
    {"Hardmax", 0, 1, ANY, 1},
    {"LogSoftmax", 0, 1, ANY, 1},
    {"MaxUnpool", 1, 2, ANY, 1},
    {"MaxUnpool", 2, 1, 1, 1},
    {"NegativeLogLikelihoodLoss", 2, 1, 1, 1},
    {"OneHot", 1, 0, 1, 1},
    {"OneHot", 2, 1, 1, 1},
    {"Reshape", 1, 1, 1, 1},
    {"Resize", 2, 1, 1, 11},
    {"Resize", 3, 1, 1, 11},
    {"ReverseSequence", 1, 1, 1, 1},
    {"RoiAlign", 0, 4, 4, 1},
    {"RoiAlign", 1, 2, 2, 1},
    {"RoiAlign", 2, 1, 1, 1},
    {"STFT", 0, 2, ANY, 1},
    {"Softmax", 0, 1, ANY, 1},
    {"StringNormalizer", 0, 1, 2, 1},
    {"TfIdfVectorizer", 0, 1, 2, 1},
    {"TopK", 1, 1, 1, 1},
    {"Upsample", 1, 1, 1, 1},
};

enum { ROWS = sizeof ranks / sizeof *ranks };

/* First row of an operator, ROWS when it has none. */
static size_t row_of(oray_str op)
{
	size_t low = 0, high = ROWS;
	while (low < high) {
		size_t middle = low + (high - low) / 2, length = strlen(ranks[middle].op);
		size_t common = length < op.size ? length : op.size;
		int order = memcmp(ranks[middle].op, op.data, common);
		if (order < 0 || (!order && length < op.size))
			low = middle + 1;
		else
			high = middle;
	}
	bool found = low < ROWS && strlen(ranks[low].op) == op.size &&
	             memcmp(ranks[low].op, op.data, op.size) == 0;
	return found ? low : ROWS;
}

static bool has_axis(const char *op)
{
	return strcmp(op, "Softmax") == 0 || strcmp(op, "LogSoftmax") == 0 ||
	       strcmp(op, "Hardmax") == 0;
}

/* These keep the shape, so that inference needs no axis. */
static void check_axis(check_pass *pass, oray_id id, const oray_node *node, const ops_row *row)
{
	check_known x = check_value_known(pass->model, node->n_inputs ? node->inputs[0] : ORAY_NONE);
	int64_t axis = row->since < 13 ? 1 : -1;
	oray_attribute a;
	if (!has_axis(row->name) || x.kind != ORAY_KIND_TENSOR || !x.is_ranked || !x.n)
		return;
	for (size_t i = 0; i < node->n_attributes; i++)
		if (oray_model_attribute(pass->model, (oray_id)(node->first_attribute + i), &a) &&
		    a.type == ORAY_ATTR_INT && a.name.size == 4 && memcmp(a.name.data, "axis", 4) == 0)
			axis = a.reference.size ? 0 : a.v.i;
	if (axis < -(int64_t)x.n || axis >= (int64_t)x.n)
		check_report(pass, CHECK_bad_axis, check_at_node(id),
		             "axis %" PRId64 " does not fit rank %zu", axis, x.n);
}

static void check_one(check_pass *pass, oray_id id, const oray_node *node, const ops_row *row,
                      size_t rule)
{
	size_t input = ranks[rule].input, least = ranks[rule].least, most = ranks[rule].most;
	ops_formal formal;
	if (input >= node->n_inputs || !ops_input(row, input, &formal))
		return;
	check_known t = check_value_known(pass->model, node->inputs[input]);
	if (t.kind != ORAY_KIND_TENSOR || !t.is_ranked ||
	    (t.n >= least && (most == ANY || t.n <= most)))
		return;
	if (most == least)
		check_report(pass, CHECK_rank_mismatch, check_at_node(id),
		             "input '%.*s' has %zu dimensions, %.*s takes %zu", (int)formal.name_size,
		             formal.name, t.n, CHECK_NAME(node->op), least);
	else
		check_report(pass, CHECK_rank_mismatch, check_at_node(id),
		             "input '%.*s' has %zu dimensions, %.*s takes %zu or %s", (int)formal.name_size,
		             formal.name, t.n, CHECK_NAME(node->op), least,
		             most == ANY ? "more"
		             : most == 1 ? "1"
		                         : "2");
}

void check_ranks(check_pass *pass)
{
	check_operators o;
	oray_node node;
	check_operators_open(&o, pass->model);
	for (oray_id g = 0; g < pass->info->n_graphs; g++) {
		const oray_graph *graph = oray_model_graph(pass->model, g);
		oray_id function = check_function_of(pass->model, g);
		if (!check_is_run(pass->model, g))
			continue;
		for (size_t i = 0; i < graph->n_nodes; i++) {
			oray_id id = (oray_id)(graph->first_node + i);
			if (!oray_model_node(pass->model, id, &node))
				break;
			size_t rule = row_of(node.op);
			const check_meaning *w = rule < ROWS ? check_meaning_of(&o, &node, function) : NULL;
			if (!w || !w->row || !w->is_complete)
				continue;
			check_axis(pass, id, &node, w->row);
			for (; rule < ROWS && strcmp(ranks[rule].op, w->row->name) == 0; rule++)
				if (w->version >= ranks[rule].since)
					check_one(pass, id, &node, w->row, rule);
		}
	}
	check_operators_close(&o);
}
