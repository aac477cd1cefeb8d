/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_graphs.c - names and boundaries of graphs.
 */
#include <inttypes.h>

#include "base/buf.h"
#include "check/check_operators.h"
#include "check/check_values.h"

enum { IR_FREE_INITIALIZERS = 4 };

static void check_initializer_name(check_pass *pass, oray_id graph, oray_id tensor,
                                   const char *what)
{
	oray_tensor t;
	bool there = oray_model_tensor(pass->model, tensor, &t);
	if (!there || !t.name.size)
		check_report(pass, CHECK_initializer_name,
		             there ? check_at_tensor(tensor) : check_at_graph(graph),
		             "%s has no name, so that nothing can read it", what);
}

/* Until IR version 3 an initializer is the default of an input. */
static void check_initializer_inputs(check_pass *pass)
{
	int64_t ir = pass->info->ir_version;
	oray_value v;
	if (ir >= IR_FREE_INITIALIZERS)
		return;
	for (oray_id id = 0; oray_model_value(pass->model, id, &v); id++)
		if (v.initializer != ORAY_NONE && !v.is_input && check_is_run(pass->model, v.graph))
			check_report(pass, CHECK_initializer_input, check_at_value(id),
			             "IR version %" PRId64
			             " wants every initializer to be a graph input as well, '%.*s' is not",
			             ir, CHECK_NAME(v.name));
}

/* An input that has an initializer declares what that is. */
static void check_declared_initializers(check_pass *pass)
{
	oray_value v;
	for (oray_id id = 0; oray_model_value(pass->model, id, &v); id++) {
		if (v.initializer == ORAY_NONE || v.type == ORAY_NONE)
			continue;
		check_known stored = check_value_known(pass->model, id);
		check_known declared = check_value_declared(pass->model, id);
		if (!check_known_differ(&stored, &declared))
			continue;
		buf a = {0}, b = {0};
		check_known_text(&stored, &a);
		check_known_text(&declared, &b);
		check_report(pass, CHECK_declared_shape, check_at_value(id),
		             "the model declares %s, but its initializer is %s", buf_text(&b),
		             buf_text(&a));
		buf_free(&a);
		buf_free(&b);
	}
}

static void check_outputs(check_pass *pass, const oray_graph *g, oray_id graph)
{
	oray_value v;
	for (size_t i = 0; i < g->n_outputs; i++)
		if (oray_model_value(pass->model, g->outputs[i], &v) && v.graph != graph)
			check_report(pass, CHECK_outer_output, check_at_graph(graph),
			             "output '%.*s' is not made in the body, but outside of it",
			             CHECK_NAME(v.name));
}

void check_graphs(check_pass *pass)
{
	check_initializer_inputs(pass);
	check_declared_initializers(pass);
	for (oray_id id = 0; id < pass->info->n_graphs; id++) {
		const oray_graph *g = oray_model_graph(pass->model, id);
		if (!check_is_run(pass->model, id))
			continue;
		if (g->role != ORAY_GRAPH_FUNCTION && !g->name.size)
			check_report(pass, CHECK_graph_name, check_at_graph(id), "the graph has no name");
		for (size_t i = 0; i < g->n_initializers; i++)
			check_initializer_name(pass, id, g->initializers[i], "an initializer");
		for (size_t i = 0; i < g->n_sparse; i++) {
			oray_sparse s;
			if (oray_model_sparse(pass->model, g->sparse[i], &s))
				check_initializer_name(pass, id, s.values, "a sparse initializer");
		}
		if (g->role == ORAY_GRAPH_BODY)
			check_outputs(pass, g, id);
	}
}
