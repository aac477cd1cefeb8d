/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cost.c - multiply-accumulates of the operators of ai.onnx that have some. Padding is counted, so
 * is the batch; biases, normalizations and activations are not (see count.h for tools that do).
 *
 *     Conv, DeformConv, ConvInteger, QLinearConv    |Y| * (C / group) * |kernel|
 *     ConvTranspose                                 |X| * (M / group) * |kernel|
 *     Gemm, MatMul, MatMulInteger, QLinearMatMul    |Y| * K
 *     Einsum of two                                 product of the sizes of all indices
 *     Einsum of more                                two at a time from the left, an intermediate
 *                                                   keeping the indices that are still needed
 *     RNN, GRU, LSTM     D * S * B * gates * H * (I + H); peepholes and gate products are not MACs
 *     Attention          |Q| * T + |Y| * T over T keys, past ones included; masks, causal or not,
 *                        save nothing
 *     LinearAttention    B * T * d_k * d_v * (heads of K/V for each product with the state they
 *                        hold, + heads of Q for the output)
 *     CausalConvWithState    |Y| * k
 *
 * What is missing makes the cost unknown, never zero. Polynomials in the symbols where dims are.
 */
#include "rules/einsum.h"
#include "rules/recurrent.h"

/** Elements of a tensor; lost when it has no rank or a dim is lost. */
static dim elements(call *c, const infer_type *t)
{
	return t->ranked ? dim_product(c->d, t->at, t->n) : DIM_LOST;
}

static dim dim_of(const infer_type *t, size_t i)
{
	return t->ranked && i < t->n ? t->at[i] : DIM_LOST;
}

/** Product of the dims of a weight after the first: channels of one group, and the kernel. */
static dim per_filter(call *c, size_t weight)
{
	infer_type w = call_in(c, weight);
	return w.ranked && w.n > 1 ? dim_product(c->d, w.at + 1, w.n - 1) : DIM_LOST;
}

static dim said_elements(call *c)
{
	infer_type y = call_said(c, 0);
	return elements(c, &y);
}

/* --------------------------------------------------------------------------- convolutions -- */

dim cost_conv(call *c)
{
	return dim_mul(c->d, said_elements(c), per_filter(c, 1));
}

dim cost_qlinear_conv(call *c)
{
	return dim_mul(c->d, said_elements(c), per_filter(c, 3));
}

dim cost_conv_transpose(call *c)
{
	infer_type x = call_in(c, 0);
	return dim_mul(c->d, elements(c, &x), per_filter(c, 1));
}

/* Depthwise, weight [C, 1, k]. */
dim cost_causal_conv_with_state(call *c)
{
	infer_type x = call_in(c, 0);
	return dim_mul(c->d, elements(c, &x), per_filter(c, 1));
}

/* ------------------------------------------------------------------------------- products -- */

/** The better known of the inner sizes of two operands. */
static dim either(dim a, dim b)
{
	return dim_is_known(a) ? a : b;
}

dim cost_gemm(call *c)
{
	infer_type a = call_in(c, 0);
	infer_type b = call_in(c, 1);
	dim k = either(dim_of(&a, call_int(c, "transA", 0) ? 0 : 1),
	               dim_of(&b, call_int(c, "transB", 0) ? 1 : 0));
	return dim_mul(c->d, said_elements(c), k);
}

static dim cost_product(call *c, size_t left, size_t right)
{
	infer_type a = call_in(c, left);
	infer_type b = call_in(c, right);
	dim k = either(a.ranked && a.n ? a.at[a.n - 1] : DIM_LOST,
	               b.ranked && b.n ? b.at[b.n > 1 ? b.n - 2 : 0] : DIM_LOST);
	return dim_mul(c->d, said_elements(c), k);
}

dim cost_matmul(call *c)
{
	return cost_product(c, 0, 1);
}

dim cost_qlinear_matmul(call *c)
{
	return cost_product(c, 0, 3);
}

/** Product of the sizes of a set of indices. */
static dim index_product(call *c, const einsum *e, uint64_t set)
{
	dim out = DIM(1);
	for (unsigned i = 0; i < EINSUM_LETTERS; i++)
		if (set >> i & 1)
			out = dim_mul(c->d, out, e->size[i]);
	if (!(set >> EINSUM_ELLIPSIS & 1))
		return out;
	if (!e->ellipsis_known)
		return DIM_LOST;
	return dim_mul(c->d, out, dim_product(c->d, e->ellipsis, e->n_ellipsis));
}

dim cost_einsum(call *c)
{
	einsum e;
	if (!einsum_read(c, true, &e) || e.n_terms > EINSUM_TERMS)
		return DIM_LOST;
	/* Indices that something after operand i still needs. */
	uint64_t needed[EINSUM_TERMS];
	uint64_t later = e.output;
	for (size_t i = e.n_terms; i-- > 0;) {
		needed[i] = later;
		later |= e.term[i];
	}
	dim total = DIM(0);
	uint64_t have = e.term[0];
	for (size_t i = 1; i < e.n_terms; i++) {
		have |= e.term[i];
		total = dim_add(c->d, total, index_product(c, &e, have));
		have &= needed[i];
	}
	return total;
}

/* ------------------------------------------------------------------------------ recurrent -- */

dim cost_rnn(call *c)
{
	recurrent r;
	recurrent_read(c, true, &r);
	dim factors[] = {r.directions, r.sequence,
	                 r.batch,      dim_number(c->d, r.gates),
	                 r.hidden,     dim_add(c->d, r.input, r.hidden)};
	return dim_product(c->d, factors, sizeof factors / sizeof *factors);
}

/* ------------------------------------------------------------------------------ attention -- */

/** Keys that are attended to: those of the past, and the new ones. */
static dim attention_keys(call *c)
{
	infer_type present = call_said(c, 1);
	infer_type k = call_in(c, 1);
	infer_type past = call_in(c, 4);
	if (present.ranked && present.n == 4 && dim_is_known(present.at[2]))
		return present.at[2];
	dim keys = k.ranked && k.n >= 3 ? k.at[k.n - 2] : DIM_LOST;
	return call_has(c, 4) ? dim_add(c->d, keys, dim_of(&past, 2)) : keys;
}

/** Elements of Y where nothing was said about it: those of Q with the head size of V. */
static dim attention_output(call *c)
{
	infer_type q = call_in(c, 0);
	infer_type v = call_in(c, 2);
	if (!q.ranked || !v.ranked || q.n != v.n || q.n < 3)
		return DIM_LOST;
	dim last = v.at[v.n - 1];
	if (q.n == 3) {
		dim all = dim_mul(c->d, last, dim_number(c->d, call_int(c, "q_num_heads", 1)));
		last = dim_exact_div(c->d, all, dim_number(c->d, call_int(c, "kv_num_heads", 1)));
	}
	return dim_mul(c->d, dim_product(c->d, q.at, q.n - 1), last);
}

/* Q [B, heads, S, d] or [B, S, heads*d] times K: |Q| * T. Softmax of it times V: |Y| * T. Groups of
 * heads that share a K and V change nothing. */
dim cost_attention(call *c)
{
	infer_type q = call_in(c, 0);
	dim keys = attention_keys(c);
	dim y = either(said_elements(c), attention_output(c));
	return dim_add(c->d, dim_mul(c->d, elements(c, &q), keys), dim_mul(c->d, y, keys));
}

/*
 * Each step of each sequence, with a state of d_k x d_v for each head of K and V:
 *     update of the state by the outer product of k and v     d_k * d_v
 *     what the state says for k (delta rules)                 d_k * d_v
 * and for each head of Q: the state times q                   d_k * d_v
 * The decay of gated rules multiplies element by element. So the function body of the standard
 * counts the same.
 */
dim cost_linear_attention(call *c)
{
	infer_type k = call_in(c, 1);
	infer_type v = call_in(c, 2);
	int64_t q_heads = call_int(c, "q_num_heads", 0);
	int64_t heads = call_int(c, "kv_num_heads", 0);
	if (!k.ranked || !v.ranked || k.n != 3 || v.n != 3 || q_heads < 1 || heads < 1)
		return DIM_LOST;
	bool delta = !call_str_is(c, "update_rule", "gated_delta", "linear") &&
	             !call_str_is(c, "update_rule", "gated_delta", "gated");
	dim n = dim_number(c->d, heads);
	dim state = dim_mul(c->d, dim_exact_div(c->d, k.at[2], n), dim_exact_div(c->d, v.at[2], n));
	dim steps = dim_mul(c->d, dim_of(&k, 0), dim_of(&k, 1));
	dim uses = dim_add(c->d, dim_mul(c->d, n, DIM(1 + delta)), dim_number(c->d, q_heads));
	return dim_mul(c->d, dim_mul(c->d, steps, state), uses);
}
