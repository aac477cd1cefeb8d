/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_control.c - If, Loop, Scan and SequenceMap: bodies inferred with what flows into them.
 *
 * A Loop whose trip count and condition are known is run as often as it would be, while that is
 * cheap: what grows in it (a concatenation) then has its exact size. Otherwise its carried values
 * are widened until one more iteration changes nothing.
 */
#include <string.h>

#include "infer/engine.h"

enum {
	UNROLL_MOST = 64,        /* iterations */
	UNROLL_NODES = 20000,    /* iterations times nodes */
	WIDENINGS = 4,           /* iterations until dims that still change are given up */
	CARRIED_MOST = 256       /* values carried through a loop that are looked at */
};

/* What is known about a value that is carried around. */
typedef struct state {
	uint32_t type, contents;
} state;

static const oray_graph *body_of(call *c, const char *name, oray_id *id)
{
	*id = call_graph(c, name);
	return oray_model_graph(c->model, *id);
}

static state state_of(infer *x, oray_id value)
{
	return value == ORAY_NONE ? (state){0, 0}
	                          : (state){fact_type_id(x, value), fact_contents(x, value)};
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
static state join_states(infer *x, state a, state b)
{
	state out = {0, same_contents(x, a.contents, b.contents) ? a.contents : 0};
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

static void say(call *c, size_t output, state s)
{
	if (!call_wants(c, output))
		return;
	active_of(c)->said[output] = s.type;
	active_of(c)->contents[output] = s.contents;
}

/* As say(); a dim that differs between ways through is a size that depends on contents. */
static void say_met(call *c, size_t output, state s)
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
	say(c, output, s);
}

/* Hands a value to a formal input of a body; where nothing is known, what the body declares. */
static void enter(infer *x, oray_id formal, state s)
{
	oray_id declared = x->m->values.at[formal].type;
	if (!s.type && declared != ORAY_NONE)
		s.type = type_import(x, declared);
	fact_set(x, formal, s.type, s.contents);
}

static dim known_number(infer *x, state s)
{
	if (!s.contents)
		return DIM_LOST;
	const infer_values *v = &x->contents.at[s.contents - 1];
	return v->n == 1 ? dim_resolve(x->d, v->at[0]) : DIM_LOST;
}

static bool is_true(infer *x, dim d)
{
	int64_t n;
	return dim_is_number(x->d, d, &n) && n != 0;
}

static state scalar(infer *x, int32_t element, dim value)
{
	infer_type t = infer_tensor(element, true, 0, NULL);
	return (state){type_add(x, &t), value == DIM_LOST ? 0 : contents_add(x, 1, &value, false)};
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
	const oray_graph *then = body_of(c, "then_branch", &yes), *other = body_of(c, "else_branch", &no);
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
		state a = state_of(x, then->outputs[i]), b = state_of(x, other->outputs[i]);
		if (known)
			say(c, i, condition ? a : b);
		else
			say_met(c, i, join_states(x, a, b));
	}
	x->body_cost = cost;
}

/* --------------------------------------------------------------------------- Loop and Scan -- */

/* A loop in the making: `carried` values go round, slices come in, slices go out. */
typedef struct loop {
	call *c;
	oray_id graph;
	const oray_graph *body;
	size_t first_in;  /* formal inputs before the carried ones: 2 in a Loop */
	size_t first_out; /* outputs before the carried ones: 1 in a Loop */
	size_t n_carried, n_slices;
	state *carried; /* before the next iteration */
	state *start;   /* before the first */
	state *slices;  /* of scan inputs, for one iteration */
	state *results; /* of scan outputs, joined over the iterations */
	size_t n_results;
	dim condition; /* after the last iteration */
	bool has_run;  /* results hold something */
} loop;

static bool make_room(loop *k)
{
	size_t n = 2 * k->n_carried + k->n_slices + k->n_results + 1;
	if (k->n_carried > CARRIED_MOST || k->n_slices > CARRIED_MOST || k->n_results > CARRIED_MOST)
		return false;
	state *at = call_scratch(k->c, n * sizeof *at);
	if (!at)
		return false;
	memset(at, 0, n * sizeof *at);
	k->carried = at;
	k->start = at + k->n_carried;
	k->slices = k->start + k->n_carried;
	k->results = k->slices + k->n_slices;
	return true;
}

static void begin(loop *k)
{
	if (k->n_carried)
		memcpy(k->carried, k->start, k->n_carried * sizeof *k->carried);
	memset(k->results, 0, k->n_results * sizeof *k->results);
	k->has_run = false;
}

/* One iteration with what is carried now. `next` receives what comes out. */
static dim iterate(loop *k, dim index, bool loop_inputs)
{
	infer *x = k->c->x;
	const oray_graph *g = k->body;
	if (loop_inputs && g->n_inputs > 0)
		enter(x, g->inputs[0], scalar(x, ORAY_INT64, index));
	if (loop_inputs && g->n_inputs > 1)
		enter(x, g->inputs[1], scalar(x, ORAY_BOOL, DIM(1)));
	for (size_t i = 0; i < k->n_carried && k->first_in + i < g->n_inputs; i++)
		enter(x, g->inputs[k->first_in + i], k->carried[i]);
	for (size_t i = 0; i < k->n_slices && k->first_in + k->n_carried + i < g->n_inputs; i++)
		enter(x, g->inputs[k->first_in + k->n_carried + i], k->slices[i]);
	bool unsure = x->unsure;
	x->unsure = true;
	dim cost = engine_graph(x, k->graph);
	x->unsure = unsure;
	k->condition = DIM_LOST;
	if (loop_inputs && g->n_outputs)
		k->condition = known_number(x, state_of(x, g->outputs[0]));
	for (size_t i = 0; i < k->n_results; i++) {
		size_t at = k->first_out + k->n_carried + i;
		state s = at < g->n_outputs ? state_of(x, g->outputs[at]) : (state){0, 0};
		s.contents = 0;
		k->results[i] = k->has_run ? join_states(x, k->results[i], s) : s;
	}
	k->has_run = true;
	return cost;
}

static state outcome(loop *k, size_t i)
{
	size_t at = k->first_out + i;
	return at < k->body->n_outputs ? state_of(k->c->x, k->body->outputs[at]) : (state){0, 0};
}

/* Iterations 0, 1, ... one by one. @return false when it cannot be known how many there are. */
static bool unroll(loop *k, int64_t most, int64_t *trips, dim *cost)
{
	infer *x = k->c->x;
	*cost = DIM(0);
	begin(k);
	for (*trips = 0; *trips < most; ++*trips) {
		if (*trips >= UNROLL_MOST || (uint64_t)*trips * k->body->n_nodes > UNROLL_NODES)
			return false;
		uint32_t context = x->context;
		x->context = ++x->n_frames;
		*cost = dim_add(k->c->d, *cost, iterate(k, DIM(*trips), true));
		x->context = context;
		for (size_t i = 0; i < k->n_carried; i++)
			k->carried[i] = outcome(k, i);
		int64_t on;
		if (!dim_is_number(x->d, k->condition, &on))
			return false;
		if (!on) {
			++*trips;
			break;
		}
	}
	return true;
}

/* Widens what is carried until an iteration changes nothing. */
static void widen(loop *k, bool loop_inputs)
{
	infer *x = k->c->x;
	bool counting = x->counting;
	x->counting = false;
	begin(k);
	for (unsigned round = 0; round < WIDENINGS; round++) {
		bool same = true;
		iterate(k, DIM_LOST, loop_inputs);
		for (size_t i = 0; i < k->n_carried; i++) {
			state s = join_states(x, k->carried[i], outcome(k, i));
			infer_type a = type_get(x, s.type), b = type_get(x, k->carried[i].type);
			same &= type_equal(&a, &b) && s.contents == k->carried[i].contents;
			k->carried[i] = s;
		}
		if (same)
			break;
	}
	k->has_run = false;
	x->counting = counting;
}

/* The last run, the one that counts. */
static dim run_widened(loop *k, dim trips, bool loop_inputs)
{
	infer *x = k->c->x;
	dim weight = x->weight;
	x->weight = dim_mul(x->d, weight, trips);
	dim cost = iterate(k, DIM_LOST, loop_inputs);
	x->weight = weight;
	return dim_mul(x->d, cost, trips);
}

static void say_stacked(loop *k, size_t output, state s, size_t axis, dim trips)
{
	infer_type t = type_get(k->c->x, s.type);
	dim at[RANK_MOST];
	if (t.kind != ORAY_KIND_TENSOR)
		return;
	if (!t.ranked || t.n + 1 > RANK_MOST || axis > t.n) {
		call_unranked(k->c, output, t.element);
		return;
	}
	for (size_t i = 0; i <= t.n; i++)
		at[i] = i < axis ? t.at[i] : i == axis ? trips : t.at[i - 1];
	call_tensor(k->c, output, t.element, t.n + 1, at);
}

static void infer_widened_loop(loop *k, dim most, bool starts)
{
	call *c = k->c;
	widen(k, true);
	/* The condition was entered as true; when it comes out true, only the count ends the loop. */
	bool counted = starts && is_true(c->x, k->condition) && most != DIM_LOST;
	dim trips = counted ? most : DIM_LOST;
	c->x->body_cost = run_widened(k, trips, true);
	for (size_t i = 0; i < k->n_carried; i++)
		say_met(c, i, k->carried[i]);
	for (size_t i = 0; i < k->n_results; i++) {
		size_t output = k->n_carried + i;
		dim length = counted ? trips : call_fresh(c, output, 0);
		say_stacked(k, output, k->results[i], 0, length);
	}
}

void rule_loop(call *c)
{
	infer *x = c->x;
	loop k = {.c = c, .first_in = 2, .first_out = 1};
	int64_t most = INT64_MAX, trips;
	dim cost;
	k.body = body_of(c, "body", &k.graph);
	if (!k.body)
		return;
	k.n_carried = c->n_in > 2 ? c->n_in - 2 : 0;
	k.n_results = c->n_out > k.n_carried ? c->n_out - k.n_carried : 0;
	if (!make_room(&k))
		return;
	for (size_t i = 0; i < k.n_carried; i++)
		k.start[i] = state_of(x, call_value_id(c, i + 2));
	dim limit = call_has(c, 0) ? call_scalar(c, 0) : DIM_LOST;
	dim first = call_has(c, 1) ? call_scalar(c, 1) : DIM(1);
	bool countable = !call_has(c, 0) || dim_is_number(c->d, limit, &most);
	int64_t on;
	if (dim_is_number(c->d, first, &on) && !on) {
		most = 0;
		countable = true;
	}
	if (most < 0)
		most = 0;
	bool starts = most == 0 || is_true(x, first), counting = x->counting;
	uint32_t n_frames = x->n_frames;
	x->counting = false;
	bool known = countable && starts && (most <= UNROLL_MOST || most == INT64_MAX) &&
	             unroll(&k, most, &trips, &cost);
	x->counting = counting;
	if (!known) {
		infer_widened_loop(&k, limit, starts);
		return;
	}
	bool joining = x->joining;
	x->joining = true;
	x->n_frames = n_frames; /* the same symbols as in the first attempt */
	if (trips == 0) {
		begin(&k);
		x->counting = false;
		iterate(&k, DIM_LOST, true);
		x->counting = counting;
		cost = DIM(0);
	} else {
		unroll(&k, most, &trips, &cost);
	}
	x->joining = joining;
	x->body_cost = cost;
	for (size_t i = 0; i < k.n_carried; i++)
		say(c, i, trips ? k.carried[i] : k.start[i]);
	for (size_t i = 0; i < k.n_results; i++)
		say_stacked(&k, k.n_carried + i, k.results[i], 0, DIM(trips));
}

/* Takes `axis` out of a shape. */
static state without_axis(infer *x, infer_type t, size_t axis, dim *gone)
{
	dim at[RANK_MOST];
	*gone = DIM_LOST;
	if (t.kind != ORAY_KIND_TENSOR)
		return (state){0, 0};
	infer_type out = infer_tensor(t.element, false, 0, NULL);
	if (t.ranked && axis < t.n) {
		*gone = t.at[axis];
		for (size_t i = 0, n = 0; i < t.n; i++)
			if (i != axis)
				at[n++] = t.at[i];
		out = infer_tensor(t.element, true, t.n - 1, at);
	}
	return (state){type_add(x, &out), 0};
}

static size_t axis_of(call *c, const int64_t *axes, size_t n, size_t i, infer_type t)
{
	size_t axis = 0;
	if (i < n && t.ranked)
		call_axis(c, axes[i], t.n, &axis);
	else if (i < n && axes[i] >= 0)
		axis = (size_t)axes[i];
	return axis;
}

/* Scan-8: everything has a batch dimension in front, and sequence lengths come first. */
static void scan_with_batch(loop *k)
{
	call *c = k->c;
	dim batch = DIM_LOST, trips = DIM_LOST, gone;
	for (size_t i = 0; i < k->n_carried; i++) {
		k->start[i] = without_axis(c->x, call_in(c, 1 + i), 0, &gone);
		batch = call_equal(c, batch, gone, "batch of Scan");
	}
	for (size_t i = 0; i < k->n_slices; i++) {
		state s = without_axis(c->x, call_in(c, 1 + k->n_carried + i), 0, &gone);
		batch = call_equal(c, batch, gone, "batch of Scan");
		k->slices[i] = without_axis(c->x, type_get(c->x, s.type), 0, &gone);
		trips = call_equal(c, trips, gone, "length of Scan");
	}
	widen(k, false);
	c->x->body_cost = run_widened(k, dim_mul(c->d, trips, batch), false);
	for (size_t i = 0; i < k->n_carried; i++)
		say_stacked(k, i, k->carried[i], 0, batch);
	for (size_t i = 0; i < k->n_results; i++) {
		infer_type t = type_get(c->x, k->results[i].type);
		dim at[RANK_MOST] = {batch, trips};
		if (t.kind != ORAY_KIND_TENSOR)
			continue;
		if (!t.ranked || t.n + 2 > RANK_MOST) {
			call_unranked(c, k->n_carried + i, t.element);
			continue;
		}
		if (t.n)
			memcpy(at + 2, t.at, t.n * sizeof *at);
		call_tensor(c, k->n_carried + i, t.element, t.n + 2, at);
	}
}

static void scan_plain(loop *k)
{
	call *c = k->c;
	int64_t in_axes[CARRIED_MOST], out_axes[CARRIED_MOST];
	size_t n_in = 0, n_out = 0;
	dim trips = DIM_LOST, gone;
	call_ints(c, "scan_input_axes", in_axes, CARRIED_MOST, &n_in);
	call_ints(c, "scan_output_axes", out_axes, CARRIED_MOST, &n_out);
	for (size_t i = 0; i < k->n_carried; i++)
		k->start[i] = state_of(c->x, call_value_id(c, i));
	for (size_t i = 0; i < k->n_slices; i++) {
		infer_type t = call_in(c, k->n_carried + i);
		k->slices[i] = without_axis(c->x, t, axis_of(c, in_axes, n_in, i, t), &gone);
		trips = call_equal(c, trips, gone, "length of Scan");
	}
	widen(k, false);
	c->x->body_cost = run_widened(k, trips, false);
	for (size_t i = 0; i < k->n_carried; i++)
		say(c, i, k->carried[i]);
	for (size_t i = 0; i < k->n_results; i++) {
		infer_type t = type_get(c->x, k->results[i].type);
		t.n++; /* the axis counts in the result */
		size_t axis = axis_of(c, out_axes, n_out, i, t);
		say_stacked(k, k->n_carried + i, k->results[i], axis, trips);
	}
}

void rule_scan(call *c)
{
	loop k = {.c = c};
	k.body = body_of(c, "body", &k.graph);
	size_t lead = c->opset < 9 ? 1 : 0;
	int64_t n_scan = call_int(c, "num_scan_inputs", 0);
	if (!k.body || c->n_in < lead || n_scan < 0 || (uint64_t)n_scan > c->n_in - lead)
		return;
	k.n_slices = (size_t)n_scan;
	k.n_carried = c->n_in - lead - k.n_slices;
	k.n_results = c->n_out > k.n_carried ? c->n_out - k.n_carried : 0;
	if (!make_room(&k))
		return;
	if (lead)
		scan_with_batch(&k);
	else
		scan_plain(&k);
}

/* -------------------------------------------------------------------------- SequenceMap -- */

void rule_sequence_map(call *c)
{
	infer *x = c->x;
	oray_id graph;
	const oray_graph *body = body_of(c, "body", &graph);
	if (!body)
		return;
	for (size_t i = 0; i < body->n_inputs; i++) {
		infer_type t = call_in(c, i);
		state s = {fact_type_id(x, call_value_id(c, i)), 0};
		if (t.kind == ORAY_KIND_SEQUENCE)
			s.type = t.inner;
		enter(x, body->inputs[i], s);
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
