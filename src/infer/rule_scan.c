/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_scan.c - Scan: a loop over slices, whose axes it names.
 */
#include <string.h>

#include "infer/control.h"

/* Takes `axis` out of a shape. */
static control_state without_axis(infer *x, infer_type t, size_t axis, dim *gone)
{
	dim at[RANK_MOST];
	*gone = DIM_LOST;
	if (t.kind != ORAY_KIND_TENSOR)
		return (control_state){0, 0};
	infer_type out = infer_tensor(t.element, false, 0, NULL);
	if (t.ranked && axis < t.n) {
		*gone = t.at[axis];
		for (size_t i = 0, n = 0; i < t.n; i++)
			if (i != axis)
				at[n++] = t.at[i];
		out = infer_tensor(t.element, true, t.n - 1, at);
	}
	return (control_state){type_add(x, &out), 0};
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
		control_state s = without_axis(c->x, call_in(c, 1 + k->n_carried + i), 0, &gone);
		batch = call_equal(c, batch, gone, "batch of Scan");
		k->slices[i] = without_axis(c->x, type_get(c->x, s.type), 0, &gone);
		trips = call_equal(c, trips, gone, "length of Scan");
	}
	loop_widen(k, false);
	c->x->body_cost = loop_run_widened(k, dim_mul(c->d, trips, batch), false);
	for (size_t i = 0; i < k->n_carried; i++)
		loop_say_stacked(k, i, k->carried[i], 0, batch);
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
		k->start[i] = control_state_of(c->x, call_value_id(c, i));
	for (size_t i = 0; i < k->n_slices; i++) {
		infer_type t = call_in(c, k->n_carried + i);
		k->slices[i] = without_axis(c->x, t, axis_of(c, in_axes, n_in, i, t), &gone);
		trips = call_equal(c, trips, gone, "length of Scan");
	}
	loop_widen(k, false);
	c->x->body_cost = loop_run_widened(k, trips, false);
	for (size_t i = 0; i < k->n_carried; i++)
		control_say(c, i, k->carried[i]);
	for (size_t i = 0; i < k->n_results; i++) {
		infer_type t = type_get(c->x, k->results[i].type);
		t.n++; /* the axis counts in the result */
		size_t axis = axis_of(c, out_axes, n_out, i, t);
		loop_say_stacked(k, k->n_carried + i, k->results[i], axis, trips);
	}
}

void rule_scan(call *c)
{
	loop k = {.c = c};
	k.body = control_body(c, "body", &k.graph);
	size_t lead = c->opset < 9 ? 1 : 0;
	int64_t n_scan = call_int(c, "num_scan_inputs", 0);
	if (!k.body || c->n_in < lead || n_scan < 0 || (uint64_t)n_scan > c->n_in - lead)
		return;
	k.n_slices = (size_t)n_scan;
	k.n_carried = c->n_in - lead - k.n_slices;
	k.n_results = c->n_out > k.n_carried ? c->n_out - k.n_carried : 0;
	if (!loop_make_room(&k))
		return;
	if (lead)
		scan_with_batch(&k);
	else
		scan_plain(&k);
}
