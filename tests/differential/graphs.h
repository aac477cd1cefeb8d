/* SPDX-License-Identifier: Apache-2.0 */
/*
 * graphs.h - graphs and functions: their interface, and everything that is said about values.
 */
#ifndef DIFFERENTIAL_GRAPHS_H
#define DIFFERENTIAL_GRAPHS_H

#include "nodes.h"

/* Everything that is said about one value, to be compared once for each value. */
typedef struct saying {
	oray_id value;
	unsigned order;                    /* what comes first in deciding on the type */
	const Onnx__ValueInfoProto *info;  /* one of the two */
	const Onnx__TensorAnnotation *annotation;
} saying;

typedef struct sayings {
	saying *at;
	size_t n;
} sayings;

static int by_value(const void *a, const void *b)
{
	const saying *x = a, *y = b;
	if (x->value != y->value)
		return x->value < y->value ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static void say(sayings *s, oray_id value, const Onnx__ValueInfoProto *info,
                const Onnx__TensorAnnotation *annotation)
{
	if (value == ORAY_NONE)
		return;
	s->at[s->n] = (saying){value, (unsigned)s->n, info, annotation};
	s->n++;
}

/* Of several texts for one value, one has to be taken. */
static bool is_one_of(const saying *at, size_t n, oray_str ours, const char *what)
{
	bool any = false, found = false;
	for (size_t i = 0; i < n; i++) {
		bin text = {0, NULL};
		if (at[i].info && strcmp(what, "doc_string") == 0)
			text = at[i].info->doc_string;
		for (size_t k = 0; at[i].annotation && k < at[i].annotation->n_quant_parameter_tensor_names;
		     k++) {
			const Onnx__StringStringEntryProto *p =
			    at[i].annotation->quant_parameter_tensor_names[k];
			if (p->key.len == strlen(what) && memcmp(p->key.data, what, p->key.len) == 0)
				text = p->value;
		}
		any |= text.len != 0;
		found |= text.len && str_is(ours, text.data, text.len);
	}
	return any ? found : ours.size == 0;
}

static void same_value_metadata(check *c, const saying *at, size_t n, const oray_value *v)
{
	const Onnx__ValueInfoProto *taken = NULL;
	for (size_t i = 0; i < n; i++) {
		const Onnx__ValueInfoProto *info = at[i].info;
		if (!info || !info->n_metadata_props)
			continue;
		if (!taken || info->n_metadata_props == v->n_metadata)
			taken = info;
	}
	same_pairs(c, "metadata_props", v->metadata, v->n_metadata,
	           taken ? taken->metadata_props : NULL, taken ? taken->n_metadata_props : 0);
}

static void same_value(check *c, const saying *at, size_t n)
{
	oray_value v;
	const Onnx__TypeProto *type = NULL;
	oray_model_value(c->m, at->value, &v);
	size_t mark = down(c, " value '%.60s'", v.name.data);
	for (size_t i = 0; i < n && !type; i++)
		type = at[i].info ? at[i].info->type : NULL;
	same_type(c, v.type, type);
	if (!is_one_of(at, n, v.doc, "doc_string"))
		differ(c, ".doc_string", "'%.60s' here", v.doc.data);
	if (!is_one_of(at, n, v.scale, "SCALE_TENSOR"))
		differ(c, " (scale)", "'%.60s' here", v.scale.data);
	if (!is_one_of(at, n, v.zero_point, "ZERO_POINT_TENSOR"))
		differ(c, " (zero point)", "'%.60s' here", v.zero_point.data);
	same_value_metadata(c, at, n, &v);
	up(c, mark);
}

static void same_values(check *c, sayings *s)
{
	if (s->n)
		qsort(s->at, s->n, sizeof *s->at, by_value);
	for (size_t i = 0, n; i < s->n; i += n) {
		for (n = 1; i + n < s->n && s->at[i + n].value == s->at[i].value; n++)
			;
		same_value(c, s->at + i, n);
	}
	free(s->at);
}

/* ------------------------------------------------------------------------------- graphs -- */

static void same_interface(check *c, oray_id graph, const char *what, const oray_id *ours, size_t n,
                           Onnx__ValueInfoProto *const *theirs, size_t n_theirs, sayings *s)
{
	bool input = strcmp(what, "input") == 0;
	size_t mark = down(c, ".%s", what);
	if (same_number(c, " (number)", (int64_t)n, (int64_t)n_theirs)) {
		for (size_t i = 0; i < n; i++) {
			size_t inner = down(c, "[%zu]", i);
			oray_value v;
			if (!oray_model_value(c->m, ours[i], &v)) {
				differ(c, "", "no value");
				up(c, inner);
				break;
			}
			same_text(c, ".name", v.name, theirs[i]->name);
			same_number(c, " (flag)", input ? v.is_input : v.is_output, 1);
			if (input)
				same_number(c, " (graph)", v.graph, graph);
			else if (value_seen(c, graph, theirs[i]->name) == ORAY_NONE)
				same_number(c, " (undefined)", v.is_undefined, 1);
			else
				same_number(c, " (value)", ours[i], value_seen(c, graph, theirs[i]->name));
			if (input || (v.graph == graph && !v.is_undefined))
				say(s, ours[i], theirs[i], NULL);
			up(c, inner);
		}
	}
	up(c, mark);
}

/* A value that an initializer gives: the first one of the name does. */
static void same_given(check *c, oray_id graph, oray_id value, bool sparse, oray_id given)
{
	oray_value v;
	if (!oray_model_value(c->m, value, &v)) {
		differ(c, " (value)", "absent");
		return;
	}
	same_number(c, " (value's graph)", v.graph, graph);
	oray_id held = sparse ? v.sparse : v.initializer;
	if (held == ORAY_NONE)
		differ(c, " (value)", "not given by an initializer");
	else if (held > given)
		differ(c, " (value)", "given by %" PRIu32 ", this is %" PRIu32, held, given);
}

static void same_initializers(check *c, oray_id id, const oray_graph *ours,
                              const Onnx__GraphProto *g)
{
	if (same_number(c, ".initializer (number)", (int64_t)ours->n_initializers,
	                (int64_t)g->n_initializer)) {
		for (size_t i = 0; i < g->n_initializer; i++) {
			size_t mark = down(c, ".initializer[%zu]", i);
			same_tensor(c, ours->initializers[i], g->initializer[i], id, ORAY_NONE);
			if (g->initializer[i]->name.len)
				same_given(c, id, value_in(c, id, g->initializer[i]->name), false,
				           ours->initializers[i]);
			up(c, mark);
		}
	}
	if (!same_number(c, ".sparse_initializer (number)", (int64_t)ours->n_sparse,
	                 (int64_t)g->n_sparse_initializer))
		return;
	for (size_t i = 0; i < g->n_sparse_initializer; i++) {
		size_t mark = down(c, ".sparse_initializer[%zu]", i);
		const Onnx__TensorProto *values = g->sparse_initializer[i]->values;
		same_sparse(c, ours->sparse[i], g->sparse_initializer[i], id, ORAY_NONE);
		oray_id value = values ? value_in(c, id, values->name) : ORAY_NONE;
		oray_value v;
		if (values && values->name.len && oray_model_value(c->m, value, &v) &&
		    v.initializer == ORAY_NONE)
			same_given(c, id, value, true, ours->sparse[i]);
		up(c, mark);
	}
}

static void same_nodes(check *c, oray_id id, const oray_graph *ours, Onnx__NodeProto *const *nodes,
                       size_t n)
{
	if (!same_number(c, ".node (number)", (int64_t)ours->n_nodes, (int64_t)n))
		return;
	for (size_t i = 0; i < n; i++) {
		size_t mark = down(c, ".node[%zu]", i);
		same_node(c, (oray_id)(ours->first_node + i), nodes[i], id);
		up(c, mark);
	}
}

/* An empty message where the file has none. */
static void same_graph(check *c, oray_id id, const Onnx__GraphProto *g)
{
	static const Onnx__GraphProto none = ONNX__GRAPH_PROTO__INIT;
	const oray_graph *ours = oray_model_graph(c->m, id);
	if (!ours) {
		differ(c, "", "absent here");
		return;
	}
	if (!g)
		g = &none;
	c->graphs++;
	sayings s = {0};
	s.at = must(malloc((g->n_input + g->n_output + g->n_value_info + g->n_quantization_annotation +
	                    1) * sizeof *s.at));
	same_text(c, ".name", ours->name, g->name);
	same_text(c, ".doc_string", ours->doc, g->doc_string);
	same_pairs(c, "metadata_props", ours->metadata, ours->n_metadata, g->metadata_props,
	           g->n_metadata_props);
	same_interface(c, id, "input", ours->inputs, ours->n_inputs, g->input, g->n_input, &s);
	for (size_t i = 0; i < g->n_value_info; i++)
		say(&s, value_in(c, id, g->value_info[i]->name), g->value_info[i], NULL);
	for (size_t i = 0; i < g->n_quantization_annotation; i++)
		say(&s, value_in(c, id, g->quantization_annotation[i]->tensor_name), NULL,
		    g->quantization_annotation[i]);
	same_interface(c, id, "output", ours->outputs, ours->n_outputs, g->output, g->n_output, &s);
	same_values(c, &s);
	same_initializers(c, id, ours, g);
	same_nodes(c, id, ours, g->node, g->n_node);
}

/* NULL: the attribute has no graph. */
static void same_body(check *c, oray_id id, const Onnx__GraphProto *g, oray_id node,
                      oray_id attribute)
{
	const oray_graph *ours = oray_model_graph(c->m, id);
	oray_node parent;
	if (!same_number(c, " (present)", ours != NULL, g != NULL) || !g)
		return;
	oray_model_node(c->m, node, &parent);
	same_number(c, " (role)", ours->role, ORAY_GRAPH_BODY);
	same_number(c, " (parent node)", ours->parent_node, node);
	same_number(c, " (attribute)", ours->attribute, attribute);
	same_number(c, " (function)", ours->function, ORAY_NONE);
	same_number(c, " (depth)", ours->depth, oray_model_graph(c->m, parent.graph)->depth + 1);
	same_graph(c, id, g);
}

/* ---------------------------------------------------------------------------- functions -- */

static void same_names(check *c, const char *what, const oray_id *ours, size_t n, bool values,
                       const bin *theirs, size_t n_theirs)
{
	size_t mark = down(c, ".%s", what);
	if (same_number(c, " (number)", (int64_t)n, (int64_t)n_theirs)) {
		for (size_t i = 0; i < n; i++) {
			oray_value v = {.name = {"", 0}};
			if (values)
				oray_model_value(c->m, ours[i], &v);
			else
				v.name = oray_model_string(c->m, ours[i]);
			size_t inner = down(c, "[%zu]", i);
			same_text(c, "", v.name, theirs[i]);
			up(c, inner);
		}
	}
	up(c, mark);
}

static void same_defaults(check *c, const oray_function *ours, const Onnx__FunctionProto *f)
{
	if (!same_number(c, ".attribute_proto (number)", (int64_t)ours->n_defaults,
	                 (int64_t)f->n_attribute_proto))
		return;
	for (size_t i = 0; i < f->n_attribute_proto; i++) {
		size_t mark = down(c, ".attribute_proto[%zu]", i);
		same_attribute(c, (oray_id)(ours->first_default + i), f->attribute_proto[i], ours->graph,
		               ORAY_NONE);
		up(c, mark);
	}
}

static void same_function(check *c, oray_id id, const Onnx__FunctionProto *f)
{
	const oray_function *ours = oray_model_function(c->m, id);
	const oray_graph *g = ours ? oray_model_graph(c->m, ours->graph) : NULL;
	if (!g) {
		differ(c, "", "absent here");
		return;
	}
	c->graphs++;
	same_text(c, ".name", ours->name, f->name);
	same_text(c, ".domain", ours->domain, f->domain);
	same_text(c, ".overload", ours->overload, f->overload);
	same_text(c, ".doc_string", ours->doc, f->doc_string);
	same_number(c, " (role)", g->role, ORAY_GRAPH_FUNCTION);
	same_number(c, " (graph's function)", g->function, id);
	same_pairs(c, "metadata_props", ours->metadata, ours->n_metadata, f->metadata_props,
	           f->n_metadata_props);
	same_opsets(c, ours->opsets, ours->n_opsets, f->opset_import, f->n_opset_import);
	same_names(c, "attribute", ours->attributes, ours->n_attributes, false, f->attribute,
	           f->n_attribute);
	same_names(c, "input", g->inputs, g->n_inputs, true, f->input, f->n_input);
	same_names(c, "output", g->outputs, g->n_outputs, true, f->output, f->n_output);
	same_defaults(c, ours, f);
	sayings s = {0};
	s.at = must(malloc((f->n_value_info + 1) * sizeof *s.at));
	for (size_t i = 0; i < f->n_value_info; i++)
		say(&s, value_in(c, ours->graph, f->value_info[i]->name), f->value_info[i], NULL);
	same_values(c, &s);
	same_nodes(c, ours->graph, g, f->node, f->n_node);
}

#endif
