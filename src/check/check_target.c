/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_target.c - where a model can run: versions, domains, sizes that are open or fixed, files
 * that are too large for others.
 */
#include <inttypes.h>
#include <string.h>

#include "base/heap.h"
#include "check/check_ask.h"

/* IR version that came with a version of ai.onnx: the release table of the standard. */
static const struct {
	int64_t opset;
	int64_t ir;
} releases[] = {{28, 14}, {25, 13}, {24, 12}, {23, 11}, {21, 10}, {19, 9},
                {15, 8},  {12, 7},  {11, 6},  {10, 5},  {9, 4},   {1, 3}};

enum { OLDEST_RUN = 7 }; /* opset that today's runtimes begin with */

#define PROTOBUF_MOST INT32_MAX /* bytes that protobuf readers take */

static void check_versions(check_pass *pass)
{
	const oray_model_info *info = pass->info;
	for (size_t i = 0; i < info->n_opsets; i++) {
		if (!check_str_is(info->opsets[i].domain, "ai.onnx"))
			continue;
		int64_t opset = info->opsets[i].version, wants = 0;
		for (size_t k = 0; k < sizeof releases / sizeof *releases && !wants; k++)
			if (opset >= releases[k].opset)
				wants = releases[k].ir;
		if (info->ir_version > 0 && info->ir_version < wants)
			check_report(pass, CHECK_ir_older_than_opset, check_at_model(),
			             "IR version %" PRId64 ", opset %" PRId64 " came with IR version %" PRId64,
			             info->ir_version, opset, wants);
		if (opset > 0 && opset < OLDEST_RUN)
			check_report(pass, CHECK_old_opset, check_at_model(),
			             "opset %" PRId64 ", runtimes begin with %d", opset, OLDEST_RUN);
	}
	if (!info->producer.size)
		check_report(pass, CHECK_no_producer, check_at_model(),
		             "the model does not say what made it");
	if (info->model_bytes > PROTOBUF_MOST)
		check_report(pass, CHECK_over_2_gib, check_at_model(), "the model is %" PRIu64 " bytes",
		             info->model_bytes);
}

/* -------------------------------------------------------------------------------- operators -- */

typedef struct op_seen {
	uint64_t count;
	oray_id first;
} op_seen;

static void report_operator(check_pass *pass, const op_seen *seen)
{
	oray_node node;
	if (!oray_model_node(pass->model, seen->first, &node) || node.function != ORAY_NONE)
		return;
	bool known = ops_knows_domain(node.domain.data, node.domain.size) ||
	             ops_find(node.domain.data, node.domain.size, node.op.data, node.op.size, 0);
	const char *many = seen->count == 1 ? "" : "s";
	if (!known)
		check_report(pass, CHECK_custom_operator, check_at_node(seen->first),
		             "%" PRIu64 " node%s of %.*s.%.*s, which is no operator that is known here",
		             seen->count, many, CHECK_NAME(node.domain), CHECK_NAME(node.op));
	else if (node.domain.size < 7 || memcmp(node.domain.data, "ai.onnx", 7) != 0)
		check_report(pass, CHECK_runtime_operator, check_at_node(seen->first),
		             "%" PRIu64 " node%s of %.*s.%.*s, which is not in the standard", seen->count,
		             many, CHECK_NAME(node.domain), CHECK_NAME(node.op));
}

/* Once for each operator, at its first node. */
static void check_operators(check_pass *pass)
{
	oray_node node;
	oray_id n = 0;
	for (oray_id i = 0; oray_model_node(pass->model, i, &node); i++)
		n = node.op_type != ORAY_NONE && node.op_type >= n ? node.op_type + 1 : n;
	op_seen *seen = heap_zeroed((size_t)n + 1, sizeof *seen);
	if (!seen) {
		pass->book->failed = true;
		return;
	}
	for (oray_id i = 0; oray_model_node(pass->model, i, &node); i++) {
		if (node.op_type >= n)
			continue;
		if (!seen[node.op_type].count++)
			seen[node.op_type].first = i;
	}
	for (oray_id i = 0; i < n; i++)
		if (seen[i].count)
			report_operator(pass, &seen[i]);
	heap_free(seen);
}

/* ------------------------------------------------------------------------------------ sizes -- */

/* Inputs of the main graph: open dimensions, or a batch that is fixed. */
static void check_inputs(check_pass *pass)
{
	const oray_graph *g = oray_model_graph(pass->model, 0);
	size_t batches = 0, fixed = 0;
	for (size_t i = 0; g && i < g->n_inputs; i++) {
		oray_value v;
		oray_type type;
		if (!oray_model_value(pass->model, g->inputs[i], &v) || v.initializer != ORAY_NONE ||
		    !oray_model_type(pass->model, v.type, &type) || type.kind != ORAY_KIND_TENSOR)
			continue;
		size_t open = 0;
		for (size_t k = 0; type.has_shape && k < type.n_dims; k++)
			open += oray_model_dim(pass->model, type.id, k).kind != ORAY_DIM_VALUE;
		if (!type.has_shape)
			check_report(pass, CHECK_dynamic_shape, check_at_value(g->inputs[i]),
			             "the input has no shape at all");
		else if (open)
			check_report(pass, CHECK_dynamic_shape, check_at_value(g->inputs[i]),
			             "%zu of %zu dimensions of the input are open", open, type.n_dims);
		if (type.has_shape && type.n_dims > 1) {
			batches++;
			fixed += oray_model_dim(pass->model, type.id, 0).kind == ORAY_DIM_VALUE;
		}
	}
	if (batches && fixed == batches)
		check_report(pass, CHECK_fixed_batch, check_at_graph(0),
		             "the first dimension of every input is a number");
}

/* Values nobody can hold, and values whose shapes are not known. */
static void check_values(check_pass *pass)
{
	const uint64_t absurd = (uint64_t)1 << 40; /* bytes */
	uint64_t unknown = 0, all = 0;
	oray_value v;
	for (oray_id i = 0; oray_model_value(pass->model, i, &v); i++) {
		oray_type type;
		if (v.producer == ORAY_NONE)
			continue;
		oray_amount bytes = oray_value_bytes(pass->model, i);
		all++;
		unknown += !oray_model_type(pass->model, v.inferred, &type) ||
		           (type.kind == ORAY_KIND_TENSOR && !type.has_shape);
		if (oray_amount_is_number(bytes) && bytes.value >= absurd)
			check_report(pass, CHECK_absurd_size, check_at_value(i),
			             "the value takes %" PRIu64 " GiB", bytes.value >> 30);
	}
	if (unknown)
		check_report(pass, CHECK_unknown_shape, check_at_model(),
		             "%" PRIu64 " of %" PRIu64 " results have no known shape", unknown, all);
}

void check_target(check_pass *pass)
{
	check_versions(pass);
	check_operators(pass);
	check_inputs(pass);
	if (oray_model_is_inferred(pass->model))
		check_values(pass);
}
