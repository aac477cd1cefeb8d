/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_recurrent.c - RNN, GRU, LSTM. With D directions, S steps, B batch, I input, H hidden, G
 * gates:
 *
 *     X [S, B, I]   W [D, G*H, I]   R [D, G*H, H]   B [D, 2*G*H]   lengths [B]   initial [D, B, H]
 *     Y [S, D, B, H]   Y_h, Y_c [D, B, H]
 *
 *     layout = 1:   X [B, S, I]   initial [B, D, H]   Y [B, S, D, H]   Y_h, Y_c [B, D, H]
 *
 * hidden_size may be absent, and before 7 an attribute output_sequence says whether Y is used: its
 * shape is the same.
 */
#include <string.h>

#include "rules/recurrent.h"

/** Gates of the operators; others have one. */
static const struct {
	const char *name;
	int64_t gates;
} recurrent_kinds[] = {{"GRU", 3}, {"LSTM", 4}, {"ExtendedLSTM", 4}, {"VitisLSTM", 4}};

static int64_t gates_of(const call *c)
{
	for (size_t i = 0; c->row && i < sizeof recurrent_kinds / sizeof *recurrent_kinds; i++)
		if (!strcmp(c->row->name, recurrent_kinds[i].name))
			return recurrent_kinds[i].gates;
	return 1;
}

/** Joins what was found so far with dim `axis` of an input. */
static void learn(call *c, bool quiet, dim *size, size_t input, uint32_t rank, size_t axis)
{
	infer_type t = call_in(c, input);
	if (!t.ranked || t.n != rank)
		return;
	if (!quiet)
		*size = call_equal(c, *size, t.at[axis], "sizes of a recurrent layer");
	else if (!dim_is_known(*size))
		*size = t.at[axis];
}

static dim directions_of(call *c)
{
	if (call_str_is(c, "direction", "forward", "bidirectional"))
		return DIM(2);
	if (call_str_is(c, "direction", "forward", "forward") ||
	    call_str_is(c, "direction", "forward", "reverse"))
		return DIM(1);
	return DIM_LOST;
}

/** hidden_size, where it is there and sensible. */
static dim hidden_of(call *c, bool quiet)
{
	int64_t size = call_int(c, "hidden_size", 0);
	if (size < 0 && !quiet)
		call_complain(c, "attribute-range", "hidden_size is %lld", (long long)size);
	return size > 0 ? dim_number(c->d, size) : DIM_LOST;
}

void recurrent_read(call *c, bool quiet, recurrent *out)
{
	*out = (recurrent){.gates = gates_of(c),
	                   .batch_first = call_int(c, "layout", 0) != 0,
	                   .directions = directions_of(c),
	                   .sequence = DIM_LOST,
	                   .batch = DIM_LOST,
	                   .input = DIM_LOST,
	                   .hidden = hidden_of(c, quiet)};
	size_t batch = out->batch_first ? 0 : 1;
	learn(c, quiet, &out->batch, 0, 3, batch);
	learn(c, quiet, &out->sequence, 0, 3, 1 - batch);
	learn(c, quiet, &out->input, 0, 3, 2);
	learn(c, quiet, &out->directions, 1, 3, 0);
	learn(c, quiet, &out->input, 1, 3, 2);
	learn(c, quiet, &out->directions, 2, 3, 0);
	learn(c, quiet, &out->hidden, 2, 3, 2);
	learn(c, quiet, &out->batch, 4, 1, 0);
	for (size_t input = 5; input <= 6; input++) {
		learn(c, quiet, &out->batch, input, 3, batch);
		learn(c, quiet, &out->directions, input, 3, 1 - batch);
		learn(c, quiet, &out->hidden, input, 3, 2);
	}
	infer_type w = call_in(c, 1);
	if (!dim_is_known(out->hidden) && w.ranked && w.n == 3)
		out->hidden = dim_exact_div(c->d, w.at[1], dim_number(c->d, out->gates));
}

void rule_rnn(call *c)
{
	recurrent r;
	int32_t element = call_in(c, 0).element;
	infer_type x = call_in(c, 0);
	if (x.ranked && x.n != 3)
		call_complain(c, "rank-mismatch", "a recurrent layer takes 3 dims, not %u", x.n);
	recurrent_read(c, false, &r);
	dim all[4] = {r.sequence, r.directions, r.batch, r.hidden};
	dim last[3] = {r.directions, r.batch, r.hidden};
	if (r.batch_first) {
		all[0] = r.batch;
		all[1] = r.sequence;
		all[2] = r.directions;
		last[0] = r.batch;
		last[1] = r.directions;
	}
	call_tensor(c, 0, element, 4, all);
	for (size_t i = 1; i <= 2; i++)
		call_tensor(c, i, element, 3, last);
}
