/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_attention.c - attention of the standard's domains.
 *
 * With B batches, Hq and Hkv heads, S queries, L keys, P past keys, T = P + L, and heads of D and
 * Dv numbers:
 *
 *     Q              [B, Hq, S, D]      or packed  [B, S, Hq*D]
 *     K, V           [B, Hkv, L, D(v)]  or packed  [B, L, Hkv*D(v)]
 *     past           [B, Hkv, P, D(v)]
 *     Y              [B, Hq, S, Dv]     or packed, as Q is  [B, S, Hq*Dv]
 *     present        [B, Hkv, T, D(v)]
 *     QK product     [B, Hq, S, T]
 */
#include "infer/rule.h"

/** One of Q, K, V with its packing taken off. What is not known is lost. */
typedef struct heads {
	infer_type t;
	bool packed;
	dim batch, heads, length, size;
} heads;

/* A number of heads from an attribute; lost when it is none. */
static dim heads_attribute(call *c, const char *name)
{
	int64_t n = call_int(c, name, 0);
	return n > 0 ? dim_number(c->d, n) : DIM_LOST;
}

static heads unpack(call *c, size_t input, const char *attribute)
{
	heads h = {.t = call_in(c, input), .batch = DIM_LOST, .length = DIM_LOST, .size = DIM_LOST};
	h.heads = heads_attribute(c, attribute);
	if (h.t.ranked && h.t.n != 3 && h.t.n != 4) {
		call_complain(c, "rank", "input %zu has rank %u", input, h.t.n);
		h.t.ranked = false;
	}
	if (!h.t.ranked)
		return h;
	h.packed = h.t.n == 3;
	h.batch = h.t.at[0];
	if (h.packed) {
		h.length = h.t.at[1];
		h.size = dim_exact_div(c->d, h.t.at[2], h.heads);
	} else {
		h.heads = h.t.at[1];
		h.length = h.t.at[2];
		h.size = h.t.at[3];
	}
	return h;
}

/* What is cached and the new keys or values behind it. A missing cache is empty. */
static heads after_past(call *c, heads h, size_t past)
{
	if (!call_has(c, past))
		return h;
	infer_type t = call_in(c, past);
	if (!t.ranked || t.n != 4) {
		h.length = DIM_LOST;
		return h;
	}
	h.batch = call_equal(c, h.batch, t.at[0], "batch size of the cache");
	h.heads = call_equal(c, h.heads, t.at[1], "number of heads of the cache");
	h.size = call_equal(c, h.size, t.at[3], "head size of the cache");
	h.length = dim_add(c->d, t.at[2], h.length);
	return h;
}

static void say_heads(call *c, size_t output, int32_t element, dim batch, const heads *h)
{
	call_tensor(c, output, element, 4, (dim[]){batch, h->heads, h->length, h->size});
}

/* The numbers in a packed row of the output: all of V's when there are as many heads. */
static dim packed_size(call *c, const heads *q, const heads *v)
{
	if (v->packed && q->heads == v->heads && dim_is_known(q->heads))
		return v->t.at[2];
	return dim_mul(c->d, q->heads, v->size);
}

/* Attention; FlexAttention has neither attributes nor a cache, and is all 4-D. */
void rule_attention(call *c)
{
	heads q = unpack(c, 0, "q_num_heads");
	heads k = unpack(c, 1, "kv_num_heads");
	heads v = unpack(c, 2, "kv_num_heads");
	k.length = v.length = call_equal(c, k.length, v.length, "number of keys and values");
	k.heads = v.heads = call_equal(c, k.heads, v.heads, "number of heads");
	heads all_k = after_past(c, k, 4), all_v = after_past(c, v, 5);
	all_k.length = all_v.length = call_equal(c, all_k.length, all_v.length, "length of the cache");
	dim batch = call_equal(c, q.batch, all_k.batch, "batch size");
	batch = call_equal(c, batch, all_v.batch, "batch size");

	if (!q.t.ranked && (k.t.ranked || v.t.ranked)) {
		q.t.ranked = true;
		q.packed = k.t.ranked ? k.packed : v.packed;
	}
	if (!q.t.ranked)
		call_unranked(c, 0, q.t.element);
	else if (q.packed)
		call_tensor(c, 0, q.t.element, 3, (dim[]){batch, q.length, packed_size(c, &q, &all_v)});
	else
		call_tensor(c, 0, q.t.element, 4, (dim[]){batch, q.heads, q.length, all_v.size});
	if (c->n_out > 1)
		say_heads(c, 1, k.t.element ? k.t.element : q.t.element, batch, &all_k);
	if (c->n_out > 2)
		say_heads(c, 2, v.t.element, batch, &all_v);
	if (c->n_out > 3)
		call_tensor(c, 3, q.t.element, 4, (dim[]){batch, q.heads, q.length, all_k.length});
}

/* Always packed; the state is [B, Hkv, D, Dv], whatever came before. */
void rule_linear_attention(call *c)
{
	heads q = unpack(c, 0, "q_num_heads");
	heads k = unpack(c, 1, "kv_num_heads");
	heads v = unpack(c, 2, "kv_num_heads");
	infer_type past = call_in(c, 3);
	dim state[4] = {k.batch, k.heads, k.size, v.size};
	for (size_t i = 0; i < 4 && past.ranked && past.n == 4; i++)
		state[i] = call_equal(c, state[i], past.at[i], "dimension of the state");
	state[0] = call_equal(c, q.batch, state[0], "batch size");
	dim length = call_equal(c, q.length, k.length, "number of tokens");
	v.heads = state[1];
	v.size = state[3];
	call_tensor(c, 0, q.t.element, 3, (dim[]){state[0], length, packed_size(c, &q, &v)});
	call_tensor(c, 1, call_has(c, 3) ? past.element : q.t.element, 4, state);
}

/* Input [B,C,L], weight [C,1,k]: an output like the input, and the last k-1 positions. */
void rule_causal_conv_with_state(call *c)
{
	infer_type x = call_in(c, 0), w = call_in(c, 1), past = call_in(c, 3);
	dim out[3] = {DIM_LOST, DIM_LOST, DIM_LOST}, state[3] = {DIM_LOST, DIM_LOST, DIM_LOST};
	for (size_t i = 0; i < 3 && x.ranked && x.n == 3; i++)
		out[i] = x.at[i];
	if (w.ranked && w.n == 3) {
		out[1] = call_equal(c, out[1], w.at[0], "number of channels");
		state[2] = dim_sub(c->d, w.at[2], DIM(1));
	}
	state[0] = out[0];
	state[1] = out[1];
	for (size_t i = 0; i < 3 && past.ranked && past.n == 3; i++)
		state[i] = call_equal(c, state[i], past.at[i], "dimension of the state");
	out[0] = state[0];
	out[1] = state[1];
	call_tensor(c, 0, x.element, 3, out);
	call_tensor(c, 1, x.element, 3, state);
}

/* Both inputs and the output have one shape. */
void rule_swiglu(call *c)
{
	infer_type a = call_in(c, 0), b = call_in(c, 1);
	dim out[RANK_MOST];
	if (!a.ranked || !b.ranked || a.n != b.n) {
		if (a.ranked && b.ranked)
			call_complain(c, "rank", "a gate of rank %u for values of rank %u", a.n, b.n);
		call_same_shape(c, 0, a.ranked ? 0 : 1, a.element);
		return;
	}
	for (size_t i = 0; i < a.n; i++)
		out[i] = call_equal(c, a.at[i], b.at[i], "dimension of gate and values");
	call_tensor(c, 0, a.element, a.n, out);
}
