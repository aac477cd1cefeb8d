/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_unused.c - what a model carries without need: nodes that lead nowhere, tensors and inputs
 * that nobody reads, nodes whose result never changes.
 */
#include <inttypes.h>
#include <string.h>

#include "base/heap.h"
#include "base/strings.h"
#include "check/check_ask.h"

/* Nodes by number, of all graphs; what is to be looked at next. */
typedef struct marks {
	unsigned char *node;
	VEC(oray_id) next;
	bool failed;
} marks;

static bool marks_open(marks *m, const check_pass *pass)
{
	m->node = heap_zeroed(pass->info->n_nodes + 1, 1);
	return m->node != NULL;
}

static void marks_close(marks *m)
{
	heap_free(m->node);
	vec_free(NULL, &m->next);
}

static void mark(marks *m, oray_id node)
{
	if (node == ORAY_NONE || m->node[node])
		return;
	m->node[node] = 1;
	oray_id *at = vec_push(NULL, &m->next);
	if (at)
		*at = node;
	m->failed |= !at;
}

static void mark_producer(marks *m, const check_pass *pass, oray_id value)
{
	oray_value v;
	if (oray_model_value(pass->model, value, &v))
		mark(m, v.producer);
}

/* ----------------------------------------------------------------------------------- nodes -- */

/* From the results of all graphs backwards, also out of bodies to what they capture. */
static void mark_live(marks *live, const check_pass *pass)
{
	const oray_graph *g;
	oray_node node;
	for (oray_id i = 0; (g = oray_model_graph(pass->model, i)); i++)
		for (size_t k = 0; k < g->n_outputs; k++)
			mark_producer(live, pass, g->outputs[k]);
	while (live->next.n && !live->failed)
		if (oray_model_node(pass->model, live->next.at[--live->next.n], &node))
			for (size_t k = 0; k < node.n_inputs; k++)
				mark_producer(live, pass, node.inputs[k]);
}

static void check_dead(check_pass *pass)
{
	marks live = {.node = NULL};
	oray_node node;
	bool ok = marks_open(&live, pass);
	if (ok)
		mark_live(&live, pass);
	for (oray_id i = 0; ok && !live.failed && oray_model_node(pass->model, i, &node); i++)
		if (!live.node[i] && node.n_outputs)
			check_report(pass, CHECK_dead_node, check_at_node(i),
			             "no result of its graph depends on this %.*s", CHECK_NAME(node.op));
	pass->book->failed |= !ok || live.failed;
	marks_close(&live);
}

/* --------------------------------------------------------------------------------- tensors -- */

/* Names that quantization annotations refer to. @return false without memory. */
static bool collect_annotated(const check_pass *pass, strings *names)
{
	oray_value v;
	for (oray_id i = 0; oray_model_value(pass->model, i, &v); i++)
		if ((v.scale.size && strings_add(names, v.scale.data, v.scale.size) == ORAY_NONE) ||
		    (v.zero_point.size &&
		     strings_add(names, v.zero_point.data, v.zero_point.size) == ORAY_NONE))
			return false;
	return true;
}

static void check_unread(check_pass *pass)
{
	strings annotated = {.budget = NULL};
	oray_value v;
	oray_tensor t;
	uint64_t replaceable = 0;
	strings_init(&annotated, NULL);
	if (!collect_annotated(pass, &annotated))
		pass->book->failed = true;
	for (oray_id i = 0; !pass->book->failed && oray_model_value(pass->model, i, &v); i++) {
		replaceable += v.graph == 0 && v.is_input && v.initializer != ORAY_NONE;
		if (v.n_uses || v.is_output ||
		    strings_find(&annotated, v.name.data, v.name.size) != ORAY_NONE)
			continue;
		if (v.initializer != ORAY_NONE && oray_model_tensor(pass->model, v.initializer, &t)) {
			check_report(pass, CHECK_unused_initializer, check_at_tensor(v.initializer),
			             "nobody reads it, and it takes %s%" PRIu64 " bytes",
			             t.bytes.exact ? "" : "at least ", t.bytes.value);
		} else if (v.is_input && v.graph == 0 && v.initializer == ORAY_NONE) {
			check_report(pass, CHECK_unused_input, check_at_value(i), "nobody reads the input");
		}
	}
	if (replaceable && pass->info->ir_version >= 4)
		check_report(pass, CHECK_overridable_initializer, check_at_graph(0),
		             "%" PRIu64 " initializers are inputs too", replaceable);
	strings_free(&annotated);
}

/* ------------------------------------------------------------------------------- constants -- */

enum { FOLD_FREE = 65536 }; /* bytes that a result may have that is larger than its inputs */

static uint64_t number_of_bytes(const check_pass *pass, oray_id value)
{
	oray_amount bytes = oray_value_bytes(pass->model, value);
	return oray_amount_is_number(bytes) ? bytes.value : UINT64_MAX;
}

static bool is_random(const oray_node *node)
{
	static const char *const names[] = {"Bernoulli", "Multinomial", "Dropout"};
	if (node->op.size > 6 && memcmp(node->op.data, "Random", 6) == 0)
		return true;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (check_str_is(node->op, names[i]))
			return true;
	return false;
}

/* Everything a node reads is constant, what it does is known and always the same, and its results
 * are not much larger than what they are made of. Quantization is there on purpose. */
static bool is_constant(const check_pass *pass, const oray_node *node,
                        const unsigned char *constant)
{
	const ops_row *row = check_row(pass, node);
	uint64_t read = 0, made = 0;
	bool any = false;
	if (!row || row->category == OPS_QUANTIZATION || row->category == OPS_CONTROL ||
	    row->category == OPS_SEQUENCE || row->category == OPS_TRAINING || is_random(node))
		return false;
	for (size_t i = 0; i < node->n_inputs; i++) {
		oray_value v;
		if (node->inputs[i] == ORAY_NONE)
			continue;
		if (!oray_model_value(pass->model, node->inputs[i], &v) ||
		    (check_constant(pass, node->inputs[i]) == ORAY_NONE &&
		     (v.producer == ORAY_NONE || !constant[v.producer])))
			return false;
		uint64_t bytes = number_of_bytes(pass, node->inputs[i]);
		read += bytes < UINT64_MAX / 2 - read ? bytes : 0;
		any = true;
	}
	for (size_t i = 0; any && i < node->n_outputs; i++) {
		uint64_t bytes =
		    node->outputs[i] == ORAY_NONE ? 0 : number_of_bytes(pass, node->outputs[i]);
		if (bytes >= UINT64_MAX / 2 - made)
			return false;
		made += bytes;
	}
	return any && (made <= read || made <= FOLD_FREE);
}

/* A constant node that something else reads, or that makes a result of its graph. */
static bool is_at_end(const check_pass *pass, const oray_node *node, const unsigned char *constant)
{
	for (size_t i = 0; i < node->n_outputs; i++) {
		oray_value v;
		if (!oray_model_value(pass->model, node->outputs[i], &v))
			continue;
		for (size_t k = 0; k < v.n_uses; k++)
			if (!constant[v.uses[k]])
				return true;
		if (v.is_output)
			return true;
	}
	return false;
}

/* Nodes that only lead to this one, or were counted for another before. */
static uint64_t count_before(marks *m, const check_pass *pass, oray_id last,
                             const unsigned char *constant)
{
	uint64_t n = 0;
	mark(m, last);
	while (m->next.n && !m->failed) {
		oray_node node;
		oray_value v;
		if (!oray_model_node(pass->model, m->next.at[--m->next.n], &node))
			continue;
		n++;
		for (size_t k = 0; k < node.n_inputs; k++)
			if (oray_model_value(pass->model, node.inputs[k], &v) && v.producer != ORAY_NONE &&
			    constant[v.producer])
				mark(m, v.producer);
	}
	return n;
}

static void check_folding(check_pass *pass)
{
	marks counted = {.node = NULL};
	unsigned char *constant = heap_zeroed(pass->info->n_nodes + 1, 1);
	oray_node node;
	bool ok = constant && marks_open(&counted, pass);
	for (oray_id i = 0; ok && oray_model_node(pass->model, i, &node); i++)
		constant[i] = is_constant(pass, &node, constant);
	for (oray_id i = 0; ok && !counted.failed && oray_model_node(pass->model, i, &node); i++) {
		if (!constant[i] || counted.node[i] || !is_at_end(pass, &node, constant))
			continue;
		uint64_t n = count_before(&counted, pass, i, constant);
		if (n > 1)
			check_report(pass, CHECK_constant_subgraph, check_at_node(i),
			             "%" PRIu64 " nodes up to this %.*s compute what is always the same", n,
			             CHECK_NAME(node.op));
		else
			check_report(pass, CHECK_constant_subgraph, check_at_node(i),
			             "this %.*s reads constants only, its result is always the same",
			             CHECK_NAME(node.op));
	}
	pass->book->failed |= !ok || counted.failed;
	marks_close(&counted);
	heap_free(constant);
}

void check_unused(check_pass *pass)
{
	if (check_wants(pass, CHECK_dead_node))
		check_dead(pass);
	if (check_wants(pass, CHECK_unused_initializer) || check_wants(pass, CHECK_unused_input))
		check_unread(pass);
	if (check_wants(pass, CHECK_constant_subgraph) && oray_model_is_inferred(pass->model))
		check_folding(pass);
}
