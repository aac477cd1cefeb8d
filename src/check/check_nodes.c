/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_nodes.c - nodes against the interface of their operators.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "check/check_operators.h"
#include "model/model.h"

typedef struct node_check {
	check_pass *pass;
	check_operators operators;
	const check_meaning *w;
	oray_id id;
	oray_node node;
	VEC(oray_id) names; /* of the attributes, sorted */
} node_check;

/* "Conv 11 of ai.onnx" */
#define OPERATOR(c) CHECK_NAME((c)->node.op), (c)->w->version, CHECK_NAME((c)->node.domain)

static const model_attribute *attribute(const node_check *c, size_t i)
{
	return &c->pass->model->attributes.at[c->node.first_attribute + i];
}

static oray_str name_of(const node_check *c, oray_id string)
{
	return oray_model_string(c->pass->model, string);
}

/* ------------------------------------------------------------------------------- attributes -- */

static int by_id(const void *a, const void *b)
{
	oray_id x = *(const oray_id *)a, y = *(const oray_id *)b;
	return (x > y) - (x < y);
}

static void duplicate_attributes(node_check *c)
{
	c->names.n = 0;
	if (c->node.n_attributes < 2 || !vec_reserve(NULL, &c->names, c->node.n_attributes))
		return;
	for (size_t i = 0; i < c->node.n_attributes; i++)
		c->names.at[c->names.n++] = attribute(c, i)->name;
	qsort(c->names.at, c->names.n, sizeof *c->names.at, by_id);
	for (size_t i = 1; i < c->names.n; i++) {
		bool again = i > 1 && c->names.at[i] == c->names.at[i - 2];
		if (c->names.at[i] == c->names.at[i - 1] && !again)
			check_report(c->pass, CHECK_attribute_duplicate, check_at_node(c->id),
			             "attribute '%.*s' is there more than once",
			             CHECK_NAME(name_of(c, c->names.at[i])));
	}
}

static const char *attribute_word(uint8_t type)
{
	static const char *const words[] = {
	    "nothing",
	    "a float",
	    "an integer",
	    "a text",
	    "a tensor",
	    "a graph",
	    "a list of floats",
	    "a list of integers",
	    "a list of texts",
	    "a list of tensors",
	    "a list of graphs",
	    "a sparse tensor",
	    "a list of sparse tensors",
	    "a type",
	    "a list of types",
	};
	return type < sizeof words / sizeof *words ? words[type] : "of no type";
}

static bool is_internal(oray_str name)
{
	return name.size >= 2 && name.data[0] == '_' && name.data[1] == '_';
}

/* The standard leaves attributes of this one unchecked. */
static bool takes_any_attribute(const node_check *c)
{
	return strcmp(c->w->row->name, "LayerNormalization") == 0;
}

static void known_attributes(node_check *c)
{
	for (size_t i = 0; i < c->node.n_attributes; i++) {
		const model_attribute *a = attribute(c, i);
		oray_str name = name_of(c, a->name);
		ops_attr formal;
		if (!ops_attribute_named(c->w->row, name.data, name.size, &formal)) {
			if (name.size && !is_internal(name) && !takes_any_attribute(c))
				check_report(c->pass, CHECK_attribute_unknown, check_at_node(c->id),
				             "%.*s of opset %" PRId64 " of %.*s has no attribute '%.*s'",
				             OPERATOR(c), CHECK_NAME(name));
			continue;
		}
		if ((ops_attr_type)a->type != formal.type)
			check_report(c->pass, CHECK_attribute_type, check_at_node(c->id),
			             "attribute '%.*s' is %s, it should be %s", CHECK_NAME(name),
			             attribute_word(a->type), attribute_word((uint8_t)formal.type));
	}
}

static bool has_attribute(const node_check *c, const ops_attr *formal)
{
	for (size_t i = 0; i < c->node.n_attributes; i++) {
		oray_str name = name_of(c, attribute(c, i)->name);
		if (name.size == formal->name_size && memcmp(name.data, formal->name, name.size) == 0)
			return true;
	}
	return false;
}

static void required_attributes(node_check *c)
{
	ops_attr formal;
	if (!strchr(c->w->row->attributes, '!'))
		return;
	for (size_t i = 0; ops_attribute(c->w->row, i, &formal); i++)
		if (formal.required && !has_attribute(c, &formal))
			check_report(c->pass, CHECK_attribute_missing, check_at_node(c->id),
			             "%.*s of opset %" PRId64 " of %.*s needs the attribute '%.*s'",
			             OPERATOR(c), (int)formal.name_size, formal.name);
}

/* ------------------------------------------------------------------------ inputs and outputs -- */

/* One side of a node, and what the operator wants there. */
typedef struct side {
	const char *what;
	size_t n, least, most;
	const oray_id *values;
	bool (*formal)(const ops_row *, size_t, ops_formal *);
} side;

/* Counts between the bounds that some operators do not take. */
static bool is_odd_count(const ops_row *row, const side *s)
{
	enum { WITH_MEAN = 14 }; /* since then mean and variance are all there is besides */
	if (s->formal != ops_output || strcmp(row->name, "BatchNormalization") != 0)
		return false;
	return s->n != 1 && s->n != (row->since < WITH_MEAN ? 5 : 3);
}

static void check_side(node_check *c, const side *s)
{
	ops_formal formal;
	if (s->n < s->least || s->n > s->most || is_odd_count(c->w->row, s)) {
		buf range = {0};
		buf_format(&range, "%zu", s->least);
		if (s->most == UINT16_MAX)
			buf_str(&range, " or more");
		else if (s->least != s->most)
			buf_format(&range, " to %zu", s->most);
		check_report(c->pass, CHECK_node_arity, check_at_node(c->id),
		             "%.*s of opset %" PRId64 " of %.*s: the number of %s should be %s, not %zu",
		             OPERATOR(c), s->what, buf_text(&range), s->n);
		buf_free(&range);
	}
	size_t i = 0;
	for (; i < s->n && s->formal(c->w->row, i, &formal) && !formal.variadic; i++)
		if (s->values[i] == ORAY_NONE && !formal.optional)
			check_report(c->pass, CHECK_node_omitted, check_at_node(c->id),
			             "%s '%.*s' is left out, but it has to be there", s->what,
			             (int)formal.name_size, formal.name);
	/* Of tensors in a row none can be left out. */
	for (; i < s->n && s->formal == ops_input; i++)
		if (s->values[i] == ORAY_NONE)
			check_report(c->pass, CHECK_node_omitted, check_at_node(c->id),
			             "input %zu is left out, but %.*s needs all that it is given", i,
			             CHECK_NAME(c->node.op));
}

/* ------------------------------------------------------------------------------------- nodes -- */

static void check_interface(node_check *c)
{
	const ops_row *row = c->w->row;
	const side inputs = {"inputs",        c->node.n_inputs, row->min_inputs,
	                     row->max_inputs, c->node.inputs,   ops_input};
	const side outputs = {"outputs",        c->node.n_outputs, row->min_outputs,
	                      row->max_outputs, c->node.outputs,   ops_output};
	check_side(c, &inputs);
	check_side(c, &outputs);
	known_attributes(c);
	required_attributes(c);
}

static void check_operator(node_check *c)
{
	const check_meaning *w = c->w;
	if (!w->is_imported)
		check_report(c->pass, CHECK_opset_import, check_at_node(c->id),
		             "the operator's domain '%.*s' is not imported", CHECK_NAME(c->node.domain));
	else if (w->is_experiment)
		check_report(c->pass, CHECK_experimental_operator, check_at_node(c->id),
		             "%.*s was an experiment and was taken back", CHECK_NAME(c->node.op));
	else if (!w->row && w->is_complete)
		check_report(c->pass, CHECK_unknown_operator, check_at_node(c->id),
		             "opset %" PRId64 " of %.*s has no operator '%.*s'", w->version,
		             CHECK_NAME(c->node.domain), CHECK_NAME(c->node.op));
	else if (w->row && w->is_standard && w->row->deprecated)
		check_report(c->pass, CHECK_deprecated_operator, check_at_node(c->id),
		             "%.*s of %.*s is deprecated since opset %d, the model imports %" PRId64,
		             CHECK_NAME(c->node.op), CHECK_NAME(c->node.domain), w->row->since, w->version);
	else if (w->row && w->is_standard)
		check_interface(c);
}

static void check_one(node_check *c, oray_id id, oray_id function)
{
	if (!oray_model_node(c->pass->model, id, &c->node))
		return;
	c->id = id;
	duplicate_attributes(c);
	if (!c->node.n_inputs && !c->node.n_outputs)
		check_report(c->pass, CHECK_node_empty, check_at_node(id),
		             "the node has neither inputs nor outputs");
	if (!c->node.op.size) {
		check_report(c->pass, CHECK_node_operator, check_at_node(id), "the node has no op_type");
		return;
	}
	c->w = check_meaning_of(&c->operators, &c->node, function);
	check_operator(c);
}

void check_nodes(check_pass *pass)
{
	node_check *c = mem_zeroed(NULL, 1, sizeof *c);
	if (!c) {
		pass->book->failed = true;
		return;
	}
	c->pass = pass;
	check_operators_open(&c->operators, pass->model);
	for (oray_id g = 0; g < pass->info->n_graphs; g++) {
		const oray_graph *graph = oray_model_graph(pass->model, g);
		oray_id function = check_function_of(pass->model, g);
		if (!check_is_run(pass->model, g))
			continue;
		for (size_t i = 0; i < graph->n_nodes; i++)
			check_one(c, (oray_id)(graph->first_node + i), function);
	}
	vec_free(NULL, &c->names);
	check_operators_close(&c->operators);
	mem_free(NULL, c, sizeof *c);
}
