/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_control.c - If and SequenceMap: bodies inferred with what flows into them; and what Loop and
 * Scan need for theirs.
 */
#include "infer/control.h"

#include <string.h>

const oray_graph *control_body(call *c, const char *name, oray_id *id)
{
	*id = call_graph(c, name);
	return oray_model_graph(c->model, *id);
}

control_state control_state_of(infer *x, oray_id value)
{
	return value == ORAY_NONE ? (control_state){0, 0}
	                          : (control_state){fact_type_id(x, value), fact_contents(x, value)};
}

static bool same_contents(infer *x, uint32_t a, uint32_t b)
{
	if (a == b)
		return true;
	if (!a || !b)
		return false;
	const infer_values *s = &x->contents.at[a - 1], *t = &x->contents.at[b - 1];
	return s->n == t->n && (!s->n || !memcmp(s->at, t->at, s->n * sizeof *s->at));
}

/* What holds in both cases. Of an unknown type the other tells the element type at least. */
control_state control_join(infer *x, control_state a, control_state b)
{
	control_state out = {0, same_contents(x, a.contents, b.contents) ? a.contents : 0};
	if (a.type && b.type) {
		out.type = type_join(x, a.type, b.type);
	} else if (a.type || b.type) {
		infer_type t = type_get(x, a.type ? a.type : b.type);
		t.ranked = false;
		t.n = 0;
		out.type = type_add(x, &t);
	}
	return out;
}

void control_say(call *c, size_t output, control_state s)
{
	if (!call_wants(c, output))
		return;
	active_of(c)->said[output] = s.type;
	active_of(c)->contents[output] = s.contents;
}

/* As control_say(); a dim that differs between ways through is a size that depends on contents. */
void control_say_met(call *c, size_t output, control_state s)
{
	infer_type t = type_get(c->x, s.type);
	dim at[RANK_MOST];
	bool lost = false;
	for (uint32_t i = 0; i < t.n; i++) {
		at[i] = t.at[i] == DIM_LOST ? call_fresh(c, output, i) : t.at[i];
		lost |= t.at[i] == DIM_LOST;
	}
	if (lost) {
		t.at = at;
		s.type = type_add(c->x, &t);
	}
	control_say(c, output, s);
}

/* Hands a value to a formal input of a body; where nothing is known, what the body declares. */
void control_enter(infer *x, oray_id formal, control_state s)
{
	oray_id declared = x->m->values.at[formal].type;
	if (!s.type && declared != ORAY_NONE)
		s.type = type_import(x, declared);
	fact_set(x, formal, s.type, s.contents);
}

dim control_number(infer *x, control_state s)
{
	if (!s.contents)
		return DIM_LOST;
	const infer_values *v = &x->contents.at[s.contents - 1];
	return v->n == 1 ? dim_resolve(x->d, v->at[0]) : DIM_LOST;
}

bool control_is_true(infer *x, dim d)
{
	int64_t n;
	return dim_is_number(x->d, d, &n) && n != 0;
}

control_state control_scalar(infer *x, int32_t element, dim value)
{
	infer_type t = infer_tensor(element, true, 0, NULL);
	return (control_state){type_add(x, &t),
	                       value == DIM_LOST ? 0 : contents_add(x, 1, &value, false)};
}

/* A run that is not taken, or not the last: nothing is counted or reported. */
static void run_quietly(infer *x, oray_id graph)
{
	bool counting = x->counting, unsure = x->unsure;
	x->counting = false;
	x->unsure = true;
	engine_graph(x, graph);
	x->counting = counting;
	x->unsure = unsure;
}

/* ----------------------------------------------------------------------------------- If -- */

void rule_if(call *c)
{
	infer *x = c->x;
	oray_id yes, no;
	const oray_graph *then = control_body(c, "then_branch", &yes),
	                 *other = control_body(c, "else_branch", &no);
	int64_t condition;
	if (!then || !other)
		return;
	bool known = dim_is_number(c->d, call_scalar(c, 0), &condition);
	dim cost;
	if (known) {
		run_quietly(x, condition ? no : yes);
		cost = engine_graph(x, condition ? yes : no);
	} else {
		bool unsure = x->unsure;
		x->unsure = true;
		cost = engine_graph(x, yes);
		cost = dim_max(c->d, cost, engine_graph(x, no));
		x->unsure = unsure;
	}
	for (size_t i = 0; i < c->n_out && i < then->n_outputs && i < other->n_outputs; i++) {
		control_state a = control_state_of(x, then->outputs[i]),
		              b = control_state_of(x, other->outputs[i]);
		if (known)
			control_say(c, i, condition ? a : b);
		else
			control_say_met(c, i, control_join(x, a, b));
	}
	x->body_cost = cost;
}

/* -------------------------------------------------------------------------- SequenceMap -- */

void rule_sequence_map(call *c)
{
	infer *x = c->x;
	oray_id graph;
	const oray_graph *body = control_body(c, "body", &graph);
	if (!body)
		return;
	for (size_t i = 0; i < body->n_inputs; i++) {
		infer_type t = call_in(c, i);
		control_state s = {fact_type_id(x, call_value_id(c, i)), 0};
		if (t.kind == ORAY_KIND_SEQUENCE)
			s.type = t.inner;
		control_enter(x, body->inputs[i], s);
	}
	dim weight = x->weight;
	x->weight = DIM_LOST;
	dim cost = engine_graph(x, graph);
	x->weight = weight;
	x->body_cost = cost ? DIM_LOST : DIM(0);
	for (size_t i = 0; i < c->n_out && i < body->n_outputs; i++) {
		uint32_t inner = fact_type_id(x, body->outputs[i]);
		call_out(c, i, (infer_type){.kind = ORAY_KIND_SEQUENCE, .inner = inner});
	}
}
