/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_loop.c - Loop.
 *
 * A Loop whose trip count and condition are known is run as often as it would be, while that is
 * cheap: what grows in it (a concatenation) then has its exact size. Otherwise its carried values
 * are widened until one more iteration changes nothing.
 */
#include <string.h>

#include "infer/control.h"

enum {
	UNROLL_MOST = 64,     /* iterations */
	UNROLL_NODES = 20000, /* iterations times nodes */
	WIDENINGS = 4         /* iterations until dims that still change are given up */
};

bool loop_make_room(loop *k)
{
	size_t n = 2 * k->n_carried + k->n_slices + k->n_results + 1;
	if (k->n_carried > CARRIED_MOST || k->n_slices > CARRIED_MOST || k->n_results > CARRIED_MOST)
		return false;
	control_state *at = call_scratch(k->c, n * sizeof *at);
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
		control_enter(x, g->inputs[0], control_scalar(x, ORAY_INT64, index));
	if (loop_inputs && g->n_inputs > 1)
		control_enter(x, g->inputs[1], control_scalar(x, ORAY_BOOL, DIM(1)));
	for (size_t i = 0; i < k->n_carried && k->first_in + i < g->n_inputs; i++)
		control_enter(x, g->inputs[k->first_in + i], k->carried[i]);
	for (size_t i = 0; i < k->n_slices && k->first_in + k->n_carried + i < g->n_inputs; i++)
		control_enter(x, g->inputs[k->first_in + k->n_carried + i], k->slices[i]);
	bool unsure = x->unsure;
	x->unsure = true;
	dim cost = engine_graph(x, k->graph);
	x->unsure = unsure;
	k->condition = DIM_LOST;
	if (loop_inputs && g->n_outputs)
		k->condition = control_number(x, control_state_of(x, g->outputs[0]));
	for (size_t i = 0; i < k->n_results; i++) {
		size_t at = k->first_out + k->n_carried + i;
		control_state s =
		    at < g->n_outputs ? control_state_of(x, g->outputs[at]) : (control_state){0, 0};
		s.contents = 0;
		k->results[i] = k->has_run ? control_join(x, k->results[i], s) : s;
	}
	k->has_run = true;
	return cost;
}

static control_state outcome(loop *k, size_t i)
{
	size_t at = k->first_out + i;
	return at < k->body->n_outputs ? control_state_of(k->c->x, k->body->outputs[at])
	                               : (control_state){0, 0};
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
void loop_widen(loop *k, bool loop_inputs)
{
	infer *x = k->c->x;
	bool counting = x->counting;
	x->counting = false;
	begin(k);
	for (unsigned round = 0; round < WIDENINGS; round++) {
		bool same = true;
		iterate(k, DIM_LOST, loop_inputs);
		for (size_t i = 0; i < k->n_carried; i++) {
			control_state s = control_join(x, k->carried[i], outcome(k, i));
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
dim loop_run_widened(loop *k, dim trips, bool loop_inputs)
{
	infer *x = k->c->x;
	dim weight = x->weight;
	x->weight = dim_mul(x->d, weight, trips);
	dim cost = iterate(k, DIM_LOST, loop_inputs);
	x->weight = weight;
	return dim_mul(x->d, cost, trips);
}

void loop_say_stacked(loop *k, size_t output, control_state s, size_t axis, dim trips)
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
	loop_widen(k, true);
	/* The condition was entered as true; when it comes out true, only the count ends the loop. */
	bool counted = starts && control_is_true(c->x, k->condition) && most != DIM_LOST;
	dim trips = counted ? most : DIM_LOST;
	c->x->body_cost = loop_run_widened(k, trips, true);
	for (size_t i = 0; i < k->n_carried; i++)
		control_say_met(c, i, k->carried[i]);
	for (size_t i = 0; i < k->n_results; i++) {
		size_t output = k->n_carried + i;
		dim length = counted ? trips : call_fresh(c, output, 0);
		loop_say_stacked(k, output, k->results[i], 0, length);
	}
}

void rule_loop(call *c)
{
	infer *x = c->x;
	loop k = {.c = c, .first_in = 2, .first_out = 1};
	int64_t most = INT64_MAX, trips;
	dim cost;
	k.body = control_body(c, "body", &k.graph);
	if (!k.body)
		return;
	k.n_carried = c->n_in > 2 ? c->n_in - 2 : 0;
	k.n_results = c->n_out > k.n_carried ? c->n_out - k.n_carried : 0;
	if (!loop_make_room(&k))
		return;
	for (size_t i = 0; i < k.n_carried; i++)
		k.start[i] = control_state_of(x, call_value_id(c, i + 2));
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
	bool starts = most == 0 || control_is_true(x, first), counting = x->counting;
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
		control_say(c, i, trips ? k.carried[i] : k.start[i]);
	for (size_t i = 0; i < k.n_results; i++)
		loop_say_stacked(&k, k.n_carried + i, k.results[i], 0, DIM(trips));
}
