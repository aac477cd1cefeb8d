/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nodes.h - nodes and their attributes. Bodies lead back to graphs.h.
 */
#ifndef DIFFERENTIAL_NODES_H
#define DIFFERENTIAL_NODES_H

#include "tensors.h"
#include "types.h"

static void same_body(check *c, oray_id id, const Onnx__GraphProto *g, oray_id node,
                      oray_id attribute);

/* ---------------------------------------------------------------------------- attributes -- */

/* Files of IR version 1 say no type: whatever is set. Several are set only in hostile ones. */
static int64_t guessed_type(const Onnx__AttributeProto *a, int64_t ours)
{
	const struct {
		bool set;
		int type;
	} fields[] = {
	    {a->has_f, 1},           {a->has_i, 2},
	    {a->has_s, 3},           {a->n_floats != 0, 6},
	    {a->n_ints != 0, 7},     {a->n_strings != 0, 8},
	    {a->t != NULL, 4},       {a->g != NULL, 5},
	    {a->n_tensors != 0, 9},  {a->n_graphs != 0, 10},
	    {a->sparse_tensor != NULL, 11}, {a->n_sparse_tensors != 0, 12},
	    {a->tp != NULL, 13},     {a->n_type_protos != 0, 14},
	};
	/* Of children, the first in the file counts; the message does not tell which that was. */
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (fields[i].set && (i < 6 || fields[i].type == ours))
			return fields[i].type;
	for (size_t i = 6; i < sizeof fields / sizeof *fields; i++)
		if (fields[i].set)
			return fields[i].type;
	return 0;
}

static bool same_entry(const Onnx__AttributeProto *a, int type, size_t i, const oray_element *e)
{
	switch (type) {
	case ORAY_ATTR_FLOATS:
		return same_double(e->f, (double)a->floats[i]);
	case ORAY_ATTR_INTS:
		return e->i == a->ints[i];
	case ORAY_ATTR_STRINGS:
		return str_is(e->s, a->strings[i].data, a->strings[i].len);
	default:
		return str_is(e->s, a->s.data, a->s.len);
	}
}

/* FLOATS, INTS, STRINGS and STRING through the reading function, from two places. */
static void same_list(check *c, oray_id id, const Onnx__AttributeProto *a, int type, size_t n)
{
	oray_element *out = must(calloc(n + 2, sizeof *out));
	const size_t firsts[] = {0, n / 2, n ? n - 1 : 0, n};
	for (size_t k = 0; k < 4; k++) {
		size_t got = 0, wanted = k ? 2 : n + 1;
		size_t expected = n - firsts[k] < wanted ? n - firsts[k] : wanted;
		oray_error err;
		if (oray_attribute_read(c->m, id, firsts[k], wanted, out, &got, &err) != ORAY_OK) {
			differ(c, " (list)", "cannot be read from %zu on: %s", firsts[k], err.message);
			break;
		}
		if (got != expected)
			differ(c, " (list)", "%zu read from %zu on, expected %zu", got, firsts[k], expected);
		for (size_t i = 0; i < got; i++) {
			if (same_entry(a, type, firsts[k] + i, &out[i]))
				continue;
			differ(c, " (list)", "entry %zu, read from %zu on", firsts[k] + i, firsts[k]);
			break;
		}
	}
	free(out);
}

/* The same lists as they are in memory. */
static void same_memory(check *c, const oray_attribute *ours, const Onnx__AttributeProto *a)
{
	oray_element e;
	if (ours->on_disk)
		return;
	for (size_t i = 0; i < ours->count; i++) {
		if (ours->type == ORAY_ATTR_FLOATS)
			e.f = (double)ours->v.floats[i];
		else if (ours->type == ORAY_ATTR_INTS)
			e.i = ours->v.ints[i];
		else if (ours->type == ORAY_ATTR_STRINGS)
			e.s = oray_model_string(c->m, ours->v.ids[i]);
		else
			e.s = ours->v.s;
		if (!same_entry(a, (int)ours->type, i, &e)) {
			differ(c, " (list in memory)", "entry %zu", i);
			return;
		}
	}
}

/* A thing an attribute holds: a tensor, a body, a type. */
static void same_part(check *c, int type, oray_id id, const void *theirs, oray_id graph,
                      oray_id node, oray_id attribute)
{
	switch (type) {
	case ORAY_ATTR_TENSOR:
	case ORAY_ATTR_TENSORS:
		same_tensor(c, id, theirs, graph, node);
		break;
	case ORAY_ATTR_SPARSE_TENSOR:
	case ORAY_ATTR_SPARSE_TENSORS:
		same_sparse(c, id, theirs, graph, node);
		break;
	case ORAY_ATTR_TYPE_PROTO:
	case ORAY_ATTR_TYPE_PROTOS:
		same_type(c, id, theirs);
		break;
	default: /* bodies in a default have no node to belong to, and are left out */
		if (node == ORAY_NONE)
			same_number(c, " (body of a default)", id, ORAY_NONE);
		else
			same_body(c, id, theirs, node, attribute);
		break;
	}
}

static void same_parts(check *c, int type, const oray_attribute *ours, size_t n,
                       void *const *theirs, oray_id graph, oray_id node, oray_id attribute)
{
	if (type == ORAY_ATTR_GRAPHS && node == ORAY_NONE)
		n = 0;
	if (!same_number(c, " (number)", (int64_t)ours->count, (int64_t)n))
		return;
	for (size_t i = 0; i < n; i++) {
		size_t mark = down(c, "[%zu]", i);
		same_part(c, type, ours->v.ids[i], theirs[i], graph, node, attribute);
		up(c, mark);
	}
}

static void same_attribute_value(check *c, oray_id id, const oray_attribute *ours,
                                 const Onnx__AttributeProto *a, oray_id graph, oray_id node)
{
	const void *single[] = {[ORAY_ATTR_TENSOR] = a->t,
	                        [ORAY_ATTR_GRAPH] = a->g,
	                        [ORAY_ATTR_SPARSE_TENSOR] = a->sparse_tensor,
	                        [ORAY_ATTR_TYPE_PROTO] = a->tp};
	const struct {
		size_t n;
		void *const *at;
	} lists[] = {
	    [ORAY_ATTR_TENSORS] = {a->n_tensors, (void *const *)a->tensors},
	    [ORAY_ATTR_GRAPHS] = {a->n_graphs, (void *const *)a->graphs},
	    [ORAY_ATTR_SPARSE_TENSORS] = {a->n_sparse_tensors, (void *const *)a->sparse_tensors},
	    [ORAY_ATTR_TYPE_PROTOS] = {a->n_type_protos, (void *const *)a->type_protos},
	};
	int type = (int)ours->type;
	size_t n = type == ORAY_ATTR_FLOATS    ? a->n_floats
	           : type == ORAY_ATTR_INTS    ? a->n_ints
	           : type == ORAY_ATTR_STRINGS ? a->n_strings
	                                       : 1;
	switch (type) {
	case ORAY_ATTR_UNDEFINED:
		break;
	case ORAY_ATTR_FLOAT:
		if (!same_double((double)ours->v.f, (double)a->f))
			differ(c, ".f", "%g here, %g in the message", (double)ours->v.f, (double)a->f);
		break;
	case ORAY_ATTR_INT:
		same_number(c, ".i", ours->v.i, a->i);
		break;
	case ORAY_ATTR_STRING:
	case ORAY_ATTR_FLOATS:
	case ORAY_ATTR_INTS:
	case ORAY_ATTR_STRINGS:
		if (!same_number(c, " (number)", (int64_t)ours->count, (int64_t)n))
			break;
		same_memory(c, ours, a);
		same_list(c, id, a, type, n);
		break;
	case ORAY_ATTR_TENSOR:
	case ORAY_ATTR_GRAPH:
	case ORAY_ATTR_SPARSE_TENSOR:
	case ORAY_ATTR_TYPE_PROTO:
		same_number(c, " (number)", (int64_t)ours->count, 1);
		same_part(c, type, ours->v.id, single[type], graph, node, id);
		break;
	default:
		same_parts(c, type, ours, lists[type].n, lists[type].at, graph, node, id);
		break;
	}
}

static void same_attribute(check *c, oray_id id, const Onnx__AttributeProto *a, oray_id graph,
                           oray_id node)
{
	oray_attribute ours;
	if (!oray_model_attribute(c->m, id, &ours)) {
		differ(c, "", "absent here");
		return;
	}
	bool typed = a->has_type && (int)a->type > 0 && (int)a->type < 15;
	same_text(c, ".name", ours.name, a->name);
	same_text(c, ".ref_attr_name", ours.reference, a->ref_attr_name);
	same_text(c, ".doc_string", ours.doc, a->doc_string);
	if (same_number(c, ".type", ours.type,
	                typed ? (int64_t)a->type : guessed_type(a, (int64_t)ours.type)))
		same_attribute_value(c, id, &ours, a, graph, node);
}

/* --------------------------------------------------------------------------------- nodes -- */

static void same_sharding(check *c, const oray_sharding *ours,
                          const Onnx__NodeDeviceConfigurationProto *d,
                          const Onnx__ShardingSpecProto *s)
{
	same_text(c, ".configuration_id", ours->configuration, d->configuration_id);
	same_number(c, ".pipeline_stage (present)", ours->has_stage, d->has_pipeline_stage);
	if (d->has_pipeline_stage)
		same_number(c, ".pipeline_stage", ours->pipeline_stage, d->pipeline_stage);
	same_text(c, ".tensor_name", ours->tensor, s ? s->tensor_name : (bin){0, NULL});
	bool says = s && (s->n_device || s->n_sharded_dim || s->n_index_to_device_group_map);
	same_number(c, " (text)", ours->spec.size != 0, says);
	/* The text is the library's own; that it names every device is the least. */
	for (size_t i = 0; s && i < s->n_device && i < 64; i++) {
		char number[24];
		snprintf(number, sizeof number, "%" PRId64, s->device[i]);
		if (!strstr(ours->spec.data, number))
			differ(c, " (text)", "'%s' does not name device %s", ours->spec.data, number);
	}
}

static void same_shardings(check *c, const oray_node *ours, const Onnx__NodeProto *n)
{
	size_t k = 0;
	for (size_t i = 0; i < n->n_device_configurations; i++) {
		const Onnx__NodeDeviceConfigurationProto *d = n->device_configurations[i];
		for (size_t j = 0; j < (d->n_sharding_spec ? d->n_sharding_spec : 1); j++, k++) {
			size_t mark = down(c, ".device_configurations[%zu].sharding_spec[%zu]", i, j);
			if (k < ours->n_shardings)
				same_sharding(c, &ours->shardings[k], d,
				              d->n_sharding_spec ? d->sharding_spec[j] : NULL);
			up(c, mark);
		}
	}
	same_number(c, ".device_configurations (number)", (int64_t)ours->n_shardings, (int64_t)k);
}

static void same_inputs(check *c, const oray_node *ours, const Onnx__NodeProto *n)
{
	if (!same_number(c, ".input (number)", (int64_t)ours->n_inputs, (int64_t)n->n_input))
		return;
	for (size_t i = 0; i < n->n_input; i++) {
		size_t mark = down(c, ".input[%zu]", i);
		oray_value v;
		bool there = oray_model_value(c->m, ours->inputs[i], &v);
		if (same_number(c, " (given)", there, n->input[i].len != 0) && there) {
			oray_id seen = value_seen(c, ours->graph, n->input[i]);
			same_text(c, "", v.name, n->input[i]);
			if (seen != ORAY_NONE)
				same_number(c, " (value)", ours->inputs[i], seen);
			else
				same_number(c, " (undefined)", v.is_undefined, 1);
			c->reads[ours->inputs[i]]++;
		}
		up(c, mark);
	}
}

static void same_outputs(check *c, oray_id id, const oray_node *ours, const Onnx__NodeProto *n)
{
	if (!same_number(c, ".output (number)", (int64_t)ours->n_outputs, (int64_t)n->n_output))
		return;
	for (size_t i = 0; i < n->n_output; i++) {
		size_t mark = down(c, ".output[%zu]", i);
		oray_value v;
		bool there = oray_model_value(c->m, ours->outputs[i], &v);
		if (same_number(c, " (given)", there, n->output[i].len != 0) && there) {
			same_text(c, "", v.name, n->output[i]);
			same_number(c, " (producer)", v.producer, id);
			same_number(c, " (producer's output)", v.producer_output, (int64_t)i);
			same_number(c, " (graph)", v.graph, ours->graph);
		}
		up(c, mark);
	}
}

static oray_id called_function(const check *c, const Onnx__NodeProto *n)
{
	size_t count = oray_model_describe(c->m)->n_functions;
	bin standard = {7, (uint8_t[]){"ai.onnx"}};
	bin domain = n->domain.len ? n->domain : standard;
	for (size_t i = 0; i < count; i++) {
		const oray_function *f = oray_model_function(c->m, (oray_id)i);
		oray_str theirs = f->domain.size ? f->domain : (oray_str){"ai.onnx", 7};
		if (str_is(f->name, n->op_type.data, n->op_type.len) &&
		    str_is(theirs, domain.data, domain.len) &&
		    str_is(f->overload, n->overload.data, n->overload.len))
			return (oray_id)i;
	}
	return ORAY_NONE;
}

/* The bytes that a node is said to have are a node. */
static void same_place(check *c, const oray_node *ours, const Onnx__NodeProto *n)
{
	if (ours->offset > c->size || ours->size > c->size - ours->offset) {
		differ(c, " (offset)", "outside of the file");
		return;
	}
	Onnx__NodeProto *again =
	    onnx__node_proto__unpack(NULL, (size_t)ours->size, c->bytes + ours->offset);
	if (!again) {
		differ(c, " (offset)", "no node is there");
		return;
	}
	if (again->op_type.len != n->op_type.len ||
	    (n->op_type.len && memcmp(again->op_type.data, n->op_type.data, n->op_type.len) != 0))
		differ(c, " (offset)", "another node is there");
	onnx__node_proto__free_unpacked(again, NULL);
}

static void same_node(check *c, oray_id id, const Onnx__NodeProto *n, oray_id graph)
{
	oray_node ours;
	if (!oray_model_node(c->m, id, &ours)) {
		differ(c, "", "absent here");
		return;
	}
	c->nodes++;
	same_text(c, ".name", ours.name, n->name);
	same_text(c, ".op_type", ours.op, n->op_type);
	same_domain(c, ".domain", ours.domain, n->domain);
	same_text(c, ".overload", ours.overload, n->overload);
	same_text(c, ".doc_string", ours.doc, n->doc_string);
	same_number(c, " (graph)", ours.graph, graph);
	same_number(c, " (function)", ours.function, called_function(c, n));
	same_pairs(c, "metadata_props", ours.metadata, ours.n_metadata, n->metadata_props,
	           n->n_metadata_props);
	same_inputs(c, &ours, n);
	same_outputs(c, id, &ours, n);
	same_shardings(c, &ours, n);
	same_place(c, &ours, n);
	if (!same_number(c, ".attribute (number)", (int64_t)ours.n_attributes, (int64_t)n->n_attribute))
		return;
	for (size_t i = 0; i < n->n_attribute; i++) {
		size_t mark = down(c, ".attribute[%zu]", i);
		same_attribute(c, (oray_id)(ours.first_attribute + i), n->attribute[i], graph, id);
		up(c, mark);
	}
}

#endif
