/* SPDX-License-Identifier: Apache-2.0 */
/*
 * skeleton.c - finds out which nodes are layers, and what their inputs stand for.
 *
 * One walk over the nodes in file order. What a node makes has a source when it is a helper; the
 * source of a value that comes later in the file than its reader is found by going back step by
 * step, a bounded number of them.
 */
#include "diff/skeleton.h"

#include <string.h>

#include "base/error.h"
#include "base/heap.h"

enum { STEPS_MOST = 64 };

static oray_id source_of(const skeleton *s, oray_id value)
{
	for (unsigned step = 0; step < STEPS_MOST && s->source[value] != value; step++)
		value = s->source[value];
	return value;
}

static bool has_fact(const skeleton *s, oray_id value, uint8_t fact)
{
	return value < s->n_values && (s->facts[value] & fact);
}

static bool reads_only_constants(const skeleton *s, const oray_node *node)
{
	for (size_t i = 0; i < node->n_inputs; i++)
		if (node->inputs[i] != ORAY_NONE && !has_fact(s, node->inputs[i], VALUE_CONSTANT))
			return false;
	return node->n_inputs > 0;
}

static bool holds_bodies(const oray_model *model, const oray_node *node)
{
	oray_attribute a;

	for (size_t i = 0; i < node->n_attributes; i++)
		if (oray_model_attribute(model, (oray_id)(node->first_attribute + i), &a) &&
		    (a.type == ORAY_ATTR_GRAPH || a.type == ORAY_ATTR_GRAPHS))
			return true;
	return false;
}

/* The input that the first output stands for, or ORAY_NONE. */
static oray_id passed_on(skeleton *s, const oray_node *node, bone *b)
{
	oray_id first = node->n_inputs ? node->inputs[0] : ORAY_NONE;
	oray_id second = node->n_inputs > 1 ? node->inputs[1] : ORAY_NONE;

	if (b->kind != BONE_LAYER && b->kind != BONE_CONSTANT)
		return first;
	if (b->kind == BONE_LAYER && text_is(node->op, "Mul") && second != ORAY_NONE &&
	    first != ORAY_NONE) {
		bool scale = has_fact(s, second, VALUE_SCALE);
		if (!scale && has_fact(s, first, VALUE_SCALE)) {
			oray_id other = first;
			first = second;
			second = other;
			scale = true;
		}
		if (scale && has_fact(s, first, VALUE_ACCUMULATOR)) {
			b->kind = BONE_QUANTIZATION;
			return first;
		}
		if (scale && has_fact(s, first, VALUE_CONSTANT | VALUE_SCALE) &&
		    (has_fact(s, first, VALUE_SCALE) || !has_fact(s, second, VALUE_CONSTANT))) {
			b->kind = BONE_QUANTIZATION;
			return second;
		}
	}
	if (b->kind == BONE_LAYER && !b->holds && reads_only_constants(s, node)) {
		b->kind = BONE_FOLDED;
		return class_rearranges(node->op) ? first : ORAY_NONE;
	}
	return ORAY_NONE;
}

static uint8_t facts_of_output(const skeleton *s, const oray_node *node, const bone *b,
                               oray_id passed, size_t output)
{
	uint8_t facts = 0;

	if (passed != ORAY_NONE && output == 0)
		facts = s->facts[passed];
	if (b->kind == BONE_FOLDED)
		facts |= VALUE_CONSTANT | (passed != ORAY_NONE ? VALUE_GUISE : 0);
	if (b->kind == BONE_CONSTANT)
		facts |= VALUE_CONSTANT;
	if (class_measures(node->op) && output > 0)
		facts = VALUE_SCALE;
	if (class_accumulates(node->op))
		facts |= VALUE_ACCUMULATOR;
	if (b->kind == BONE_QUANTIZATION && text_is(node->op, "Mul") &&
	    !has_fact(s, passed, VALUE_SCALE))
		facts = 0; /* real numbers again */
	return facts;
}

static bool look_at(skeleton *s, oray_id id, const oray_node *node)
{
	bone *b = &s->bones[id];
	oray_id passed;

	b->graph = node->graph;
	b->kind = (uint8_t)class_kind(node->op);
	b->holds = holds_bodies(s->model, node);
	b->class = class_of(s->words, node->op);
	b->name = name_of_node(s->words, node->name);
	b->has_name = name_tells(node->name);
	if (b->class == ORAY_NONE || (b->name == ORAY_NONE && node->name.size))
		return false;
	passed = passed_on(s, node, b);
	for (size_t i = 0; i < node->n_outputs; i++) {
		oray_id value = node->outputs[i];
		if (value == ORAY_NONE || value >= s->n_values)
			continue;
		s->facts[value] |= facts_of_output(s, node, b, passed, i);
		if (i == 0 && passed != ORAY_NONE && passed < s->n_values)
			s->source[value] = source_of(s, passed);
		if (s->source[value] == value && b->kind == BONE_CONSTANT)
			s->facts[value] |= VALUE_CONSTANT;
	}
	return true;
}

static void start_values(skeleton *s)
{
	oray_value v;

	for (oray_id id = 0; id < s->n_values; id++) {
		s->source[id] = id;
		if (!oray_model_value(s->model, id, &v))
			continue;
		if (v.initializer != ORAY_NONE || v.sparse != ORAY_NONE)
			s->facts[id] |= VALUE_CONSTANT;
		if (s->row_of[id] != ORAY_NONE && s->rows[s->row_of[id]].role == ORAY_ROLE_QUANTIZATION)
			s->facts[id] |= VALUE_SCALE;
	}
}

/* ---- what layers read ---- */

static bool add_slot(skeleton *s, oray_id node, size_t input, oray_id value, oray_id row)
{
	bone_slot *slot = vec_push(NULL, &s->slots);

	if (!slot)
		return false;
	*slot = (bone_slot){(uint32_t)input, row, has_fact(s, value, VALUE_GUISE)};
	s->bones[node].n_slots++;
	if (s->bones[node].kind == BONE_LAYER) {
		if (s->rows[row].reader == ORAY_NONE)
			s->rows[row].reader = node;
		s->rows[row].readers++;
	}
	return true;
}

static bool read_inputs(skeleton *s, oray_id id, const oray_node *node)
{
	bone *b = &s->bones[id];

	b->first_slot = (uint32_t)s->slots.n;
	b->first_data = (uint32_t)s->data.n;
	b->signature = hash_mix(17, b->class);
	for (size_t i = 0; i < node->n_inputs; i++) {
		oray_id value = node->inputs[i], source, *data;
		if (value == ORAY_NONE || value >= s->n_values)
			continue;
		source = source_of(s, value);
		if (s->row_of[source] != ORAY_NONE) {
			const weight_row *row = &s->rows[s->row_of[source]];
			if (!add_slot(s, id, i, value, s->row_of[source]))
				return false;
			if (row_is_main(row))
				b->signature = hash_mix(b->signature, row->shape);
		} else if (!has_fact(s, value, VALUE_CONSTANT) && !has_fact(s, value, VALUE_SCALE)) {
			data = vec_push(NULL, &s->data);
			if (!data)
				return false;
			*data = source;
			b->n_data++;
		}
	}
	return true;
}

static bool note_uses(skeleton *s)
{
	s->first_use = mem_zeroed(NULL, s->n_values + 2, sizeof *s->first_use);
	s->uses = mem_zeroed(NULL, s->data.n + 1, sizeof *s->uses);
	if (!s->first_use || !s->uses)
		return false;
	for (unsigned pass = 0; pass < 2; pass++) {
		for (oray_id id = 0; id < s->n_nodes; id++) {
			const bone *b = &s->bones[id];
			if (b->kind != BONE_LAYER)
				continue;
			for (uint32_t i = 0; i < b->n_data; i++) {
				oray_id source = s->data.at[b->first_data + i];
				if (pass)
					s->uses[s->first_use[source + 1]++] = id;
				else
					s->first_use[source + 2]++;
			}
		}
		for (size_t i = 2; !pass && i < s->n_values + 2; i++)
			s->first_use[i] += s->first_use[i - 1];
	}
	return true;
}

static bool walk(skeleton *s)
{
	oray_node node;

	for (oray_id id = 0; id < s->n_nodes; id++)
		if (oray_model_node(s->model, id, &node) && !look_at(s, id, &node))
			return false;
	for (oray_id id = 0; id < s->n_values; id++)
		s->source[id] = source_of(s, id);
	for (oray_id id = 0; id < s->n_nodes; id++)
		if (oray_model_node(s->model, id, &node) && !read_inputs(s, id, &node))
			return false;
	return note_uses(s);
}

bool skeleton_build(skeleton *s, const oray_model *model, strings *words, oray_error *err)
{
	*s = (skeleton){.model = model, .info = oray_model_describe(model), .words = words};
	s->n_nodes = s->info->n_nodes;
	s->n_values = s->info->n_values;
	s->bones = mem_zeroed(NULL, s->n_nodes + 1, sizeof *s->bones);
	s->source = mem_zeroed(NULL, s->n_values + 1, sizeof *s->source);
	s->facts = mem_zeroed(NULL, s->n_values + 1, sizeof *s->facts);
	s->row_of = mem_zeroed(NULL, s->n_values + 1, sizeof *s->row_of);
	if (!s->bones || !s->source || !s->facts || !s->row_of)
		return error_memory(err), false;
	if (!skeleton_rows(s, err))
		return false;
	start_values(s);
	return walk(s) || (error_memory(err), false);
}

oray_id skeleton_after(const skeleton *s, oray_id node)
{
	oray_node n;
	size_t uses;
	const oray_id *at;

	if (!oray_model_node(s->model, node, &n) || !n.n_outputs || n.outputs[0] == ORAY_NONE)
		return ORAY_NONE;
	at = skeleton_uses(s, n.outputs[0], &uses);
	return uses == 1 ? at[0] : ORAY_NONE;
}

oray_id skeleton_before(const skeleton *s, oray_id node)
{
	const bone *b = &s->bones[node];
	oray_value v;

	if (!b->n_data || !oray_model_value(s->model, s->data.at[b->first_data], &v))
		return ORAY_NONE;
	return v.producer;
}

void skeleton_free(skeleton *s)
{
	for (size_t i = 0; s->rows && i < s->n_rows; i++) {
		heap_free(s->rows[i].sample[0]);
		heap_free(s->rows[i].sample[1]);
	}
	oray_quantization_free(s->quantization);
	oray_parameter_list_free(s->parameters);
	heap_free(s->bones);
	heap_free(s->source);
	heap_free(s->facts);
	heap_free(s->row_of);
	heap_free(s->rows);
	heap_free(s->first_use);
	heap_free(s->uses);
	vec_free(NULL, &s->slots);
	vec_free(NULL, &s->data);
}
