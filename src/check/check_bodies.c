/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_bodies.c - bodies of If, Loop, Scan and SequenceMap against the nodes that hold them: how
 * many values go in and come out, and of which types.
 */
#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "check/check_operators.h"
#include "check/check_values.h"

enum { IR_FREE_INITIALIZERS = 4 };

typedef struct body_check {
	check_pass *pass;
	oray_id id;
	oray_node node;
	const char *op;
	oray_id body;
	const oray_graph *graph; /* of `body` */
} body_check;

#define SAY(c, ...)                                                                                \
	check_report((c)->pass, CHECK_body_interface, check_at_node((c)->id), __VA_ARGS__)

static bool is(oray_str s, const char *word)
{
	return s.size == strlen(word) && memcmp(s.data, word, s.size) == 0;
}

static bool attribute(const body_check *c, const char *name, oray_attribute *out)
{
	for (size_t i = 0; i < c->node.n_attributes; i++)
		if (oray_model_attribute(c->pass->model, (oray_id)(c->node.first_attribute + i), out) &&
		    is(out->name, name))
			return true;
	return false;
}

static bool enter(body_check *c, const char *name)
{
	oray_attribute a;
	if (!attribute(c, name, &a) || a.type != ORAY_ATTR_GRAPH)
		return false;
	c->body = a.v.id;
	c->graph = oray_model_graph(c->pass->model, a.v.id);
	return c->graph != NULL;
}

/* Until IR version 3 the inputs that come last may be those of initializers. */
static void check_counts(body_check *c, size_t inputs, size_t outputs)
{
	size_t n = c->graph->n_inputs;
	oray_value v;
	if (c->pass->info->ir_version < IR_FREE_INITIALIZERS)
		while (n > inputs && oray_model_value(c->pass->model, c->graph->inputs[n - 1], &v) &&
		       v.initializer != ORAY_NONE)
			n--;
	if (n != inputs)
		SAY(c, "inputs of the body '%.*s': %zu, the node hands it %zu", CHECK_NAME(c->graph->name),
		    n, inputs);
	if (c->graph->n_outputs != outputs)
		SAY(c, "outputs of the body '%.*s': %zu, the node wants %zu", CHECK_NAME(c->graph->name),
		    c->graph->n_outputs, outputs);
}

/* What is handed to an input of the body, against what the body declares. */
static void check_input(body_check *c, size_t i, const check_known *given, bool with_shape)
{
	if (i >= c->graph->n_inputs)
		return;
	check_known wants = check_value_declared(c->pass->model, c->graph->inputs[i]);
	check_known handed = *given;
	handed.is_ranked &= with_shape;
	if (!check_known_differ(&handed, &wants))
		return;
	oray_value v;
	buf a = {0}, b = {0};
	check_known_text(given, &a);
	check_known_text(&wants, &b);
	if (oray_model_value(c->pass->model, c->graph->inputs[i], &v))
		SAY(c, "input '%.*s' of the body is declared as %s, the node hands it %s",
		    CHECK_NAME(v.name), buf_text(&b), buf_text(&a));
	buf_free(&a);
	buf_free(&b);
}

/* ------------------------------------------------------------------------------ operators -- */

static void check_if(body_check *c)
{
	const oray_graph *then = enter(c, "then_branch") ? c->graph : NULL;
	if (then)
		check_counts(c, 0, c->node.n_outputs);
	if (!enter(c, "else_branch"))
		return;
	check_counts(c, 0, c->node.n_outputs);
	for (size_t i = 0; then && i < then->n_outputs && i < c->graph->n_outputs; i++) {
		check_known a = check_value_known(c->pass->model, then->outputs[i]);
		check_known b = check_value_known(c->pass->model, c->graph->outputs[i]);
		bool kinds = a.kind && b.kind && a.kind != b.kind;
		bool elements = a.element && b.element && a.element != b.element;
		buf one = {0}, two = {0};
		if (!kinds && !elements)
			continue;
		check_known_text(&a, &one);
		check_known_text(&b, &two);
		SAY(c, "output %zu is %s of the one branch and %s of the other", i, buf_text(&one),
		    buf_text(&two));
		buf_free(&one);
		buf_free(&two);
	}
}

static void check_loop(body_check *c)
{
	if (!enter(c, "body") || c->node.n_inputs < 2)
		return;
	check_counts(c, c->node.n_inputs, c->node.n_outputs + 1);
	check_known count = {.kind = ORAY_KIND_TENSOR, .element = ORAY_INT64};
	check_input(c, 0, &count, false);
	for (size_t i = 1; i < c->node.n_inputs; i++) {
		check_known given = check_value_known(c->pass->model, c->node.inputs[i]);
		check_input(c, i, &given, i == 1);
	}
}

static bool scan_axes(body_check *c, const char *name, size_t n, const int64_t **axes)
{
	oray_attribute a;
	*axes = NULL;
	if (!attribute(c, name, &a) || a.type != ORAY_ATTR_INTS || a.on_disk)
		return true;
	if (a.count != n) {
		SAY(c, "%s has %zu axes for %zu values", name, a.count, n);
		return false;
	}
	*axes = a.v.ints;
	return true;
}

/* What comes in slices, without the axis that is cut. */
static void check_slice(body_check *c, size_t i, check_known whole, int64_t axis)
{
	int64_t dims[64];
	if (whole.kind != ORAY_KIND_TENSOR || !whole.is_ranked || whole.n > 64)
		return;
	if (axis < -(int64_t)whole.n || axis >= (int64_t)whole.n) {
		SAY(c, "scan input %zu is cut along axis %" PRId64 ", it has %zu dimensions", i, axis,
		    whole.n);
		return;
	}
	size_t cut = (size_t)(axis < 0 ? axis + (int64_t)whole.n : axis), n = 0;
	for (size_t k = 0; k < whole.n; k++)
		if (k != cut)
			dims[n++] = check_dim(&whole, k);
	whole.n = n;
	whole.dims = dims;
	check_input(c, i, &whole, true);
}

static void check_scan(body_check *c, int64_t opset)
{
	enum { WITHOUT_BATCH = 9 };
	oray_attribute a;
	size_t lead = opset < WITHOUT_BATCH;
	const int64_t *axes, *none;
	if (!enter(c, "body") || !attribute(c, "num_scan_inputs", &a) || a.type != ORAY_ATTR_INT ||
	    c->node.n_inputs < lead)
		return;
	size_t n = c->node.n_inputs - lead;
	if (a.v.i < 0 || (uint64_t)a.v.i > n) {
		SAY(c, "%" PRId64 " scan inputs are said to be, of %zu inputs", a.v.i, n);
		return;
	}
	size_t slices = (size_t)a.v.i, carried = n - slices;
	check_counts(c, n, c->node.n_outputs);
	if (carried > c->node.n_outputs)
		SAY(c, "there are %zu outputs for %zu state variables", c->node.n_outputs, carried);
	for (size_t i = 0; i < n; i++)
		if (c->node.inputs[lead + i] == ORAY_NONE)
			SAY(c, "input %zu is left out", lead + i);
	if (lead || carried > c->node.n_outputs || !scan_axes(c, "scan_input_axes", slices, &axes) ||
	    !scan_axes(c, "scan_output_axes", c->node.n_outputs - carried, &none))
		return;
	for (size_t i = 0; i < n; i++) {
		check_known given = check_value_known(c->pass->model, c->node.inputs[i]);
		if (i < carried)
			check_input(c, i, &given, true);
		else
			check_slice(c, i, given, axes ? axes[i - carried] : 0);
	}
}

static void check_map(body_check *c)
{
	if (enter(c, "body"))
		check_counts(c, c->node.n_inputs, c->node.n_outputs);
}

void check_bodies(check_pass *pass)
{
	body_check c = {.pass = pass};
	check_operators o;
	check_operators_open(&o, pass->model);
	for (oray_id id = 1; id < pass->info->n_graphs; id++) {
		const oray_graph *g = oray_model_graph(pass->model, id);
		oray_attribute a;
		if (g->role != ORAY_GRAPH_BODY || !check_is_run(pass->model, id) ||
		    !oray_model_node(pass->model, g->parent_node, &c.node) ||
		    !is(c.node.domain, "ai.onnx") || !oray_model_attribute(pass->model, g->attribute, &a))
			continue;
		c.id = g->parent_node;
		int64_t opset;
		model_imported(&o.imports, check_function_of(pass->model, id), c.node.domain, &opset);
		/* An If has two bodies, and one look. */
		if (is(c.node.op, "If") && is(a.name, "then_branch"))
			check_if(&c);
		else if (is(c.node.op, "Loop"))
			check_loop(&c);
		else if (is(c.node.op, "Scan"))
			check_scan(&c, opset);
		else if (is(c.node.op, "SequenceMap"))
			check_map(&c);
	}
	check_operators_close(&o);
}
