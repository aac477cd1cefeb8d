/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Operators that carry a state from step to step: linear attention, and causal convolutions. With a
 * state_window of W > 0 the state has a leading axis of W slots.
 */
#include <string.h>

#include "rules/ms.h"

/** Says a state, with the leading axis of its window. */
static void say_state(call *c, size_t i, int32_t element, size_t n, const dim *at)
{
	dim out[RANK_MOST];
	int64_t window = call_int(c, "state_window", 0);
	size_t lead = window > 0;
	if (n + lead > RANK_MOST) {
		call_unranked(c, i, element);
		return;
	}
	out[0] = dim_number(c->d, window);
	memcpy(out + lead, at, n * sizeof *out);
	ms_say(c, i, element, n + lead, out);
}

/**
 * LinearAttention (query, key, value: (B, T, heads * size); past_state): output (B, T,
 * max(Hq, Hkv) * dv), state (B, Hkv, dk, dv).
 */
void rule_ms_linear_attention(call *c)
{
	ms_input q = ms_get(c, 0, 3), k = ms_get(c, 1, 3), v = ms_get(c, 2, 3);
	dim heads = ms_count(c, "q_num_heads"), kept = ms_count(c, "kv_num_heads");
	dim size_k = ms_either(c, ms_part(c, k.at[2], kept), ms_part(c, q.at[2], heads), "key size");
	dim size_v = ms_part(c, v.at[2], kept);
	MS_SAY(c, 0, q.element, q.at[0], q.at[1], dim_mul(c->d, dim_max(c->d, heads, kept), size_v));
	int32_t element = call_has(c, 3) ? ms_element(c, 3) : 0;
	dim state[4] = {q.at[0], kept, size_k, size_v};
	if (call_wants(c, 1))
		say_state(c, 1, element ? element : q.element, 4, state);
}

/** LinearAttentionGate (a, dt_bias, decay_scale, b). */
void rule_ms_linear_attention_gate(call *c)
{
	call_same(c, 0, 0);
	if (call_wants(c, 1))
		call_same(c, 1, call_has(c, 3) ? 3 : 0);
}

/**
 * GatedDeltaNet: query (..., Hq, dk), value (..., Hv, dv), or both with the key in one; the state
 * (B, Hv, dv, dk) then tells heads and sizes. B is the state's, or one less than cu_seqlens, or of
 * a query with rank 4 its first dim.
 */
void rule_ms_gated_delta_net(call *c)
{
	infer_type q = call_in(c, 0), v = call_in(c, 2);
	bool packed = !call_has(c, 1);
	ms_input state = ms_get(c, 6, 4);
	int32_t element = ms_element(c, 0);
	dim batch = state.at[0], heads = state.at[1], size_v = state.at[2], size_k = state.at[3];
	dim heads_q = packed ? DIM_LOST : ms_dim(c, 0, -2);
	if (!dim_is_known(batch) && call_has(c, 3))
		batch = dim_sub(c->d, ms_dim(c, 3, 0), DIM(1));
	if (!packed) {
		heads = ms_either(c, heads, v.ranked ? ms_dim(c, 2, -2) : DIM_LOST, "heads of the value");
		size_v = ms_either(c, size_v, ms_dim(c, 2, -1), "size of a value head");
		size_k = ms_either(c, size_k, ms_dim(c, 0, -1), "size of a query head");
	} else {
		dim rest = dim_sub(c->d, ms_dim(c, 0, -1), dim_mul(c->d, heads, size_v));
		heads_q = ms_part(c, rest, dim_mul(c->d, DIM(2), size_k));
	}
	if (!q.ranked || q.n + packed < 3 || q.n > 4) {
		call_unranked(c, 0, element);
	} else {
		size_t lead = q.n - (packed ? 1 : 2);
		dim out[RANK_MOST];
		memcpy(out, q.at, lead * sizeof *out);
		out[lead] = dim_max(c->d, heads, heads_q);
		out[lead + 1] = size_v;
		call_tensor(c, 0, element, lead + 2, out);
	}
	MS_SAY(c, 1, ORAY_FLOAT32, batch, heads, size_v, size_k);
	dim width = dim_add(
	    c->d, heads, dim_add(c->d, dim_mul(c->d, heads_q, size_k), dim_mul(c->d, heads, size_v)));
	MS_SAY(c, 2, ORAY_FLOAT32, batch,
	       dim_mul(c->d, ms_length(c, "state_update_capacity", 0), width));
}

/** Positions a causal convolution looks back: (k - 1) * dilation, of the last kernel dim. */
static dim looks_back(call *c)
{
	int64_t dilation = call_int(c, "dilation", 1);
	dim taps = dim_sub(c->d, ms_dim(c, 1, -1), DIM(1));
	if (dilation < 1) {
		call_complain(c, "attribute", "a dilation of %lld", (long long)dilation);
		return DIM_LOST;
	}
	return dim_mul(c->d, taps, dim_number(c->d, dilation));
}

/**
 * CausalConvWithState: the state is the input with the causal axis, the last or with channels_last
 * the one after the batch, cut to what the kernel looks back.
 */
void rule_ms_causal_conv(call *c)
{
	infer_type x = call_in(c, 0);
	bool channels_last = call_int(c, "channels_last", 0) != 0;
	int32_t element = ms_element(c, 0);
	call_same(c, 0, 0);
	if (!call_wants(c, 1))
		return;
	if (!x.ranked || x.n < 3) {
		call_unranked(c, 1, element);
		return;
	}
	dim state[RANK_MOST];
	memcpy(state, x.at, x.n * sizeof *state);
	state[channels_last ? 1 : x.n - 1] = looks_back(c);
	say_state(c, 1, element, x.n, state);
}

/** VarlenCausalConvWithState: tokens below each other; one state for each request. */
void rule_ms_varlen_causal_conv(call *c)
{
	ms_input x = ms_get(c, 0, 2);
	dim batch = ms_either(c, ms_dim(c, 4, 0), dim_sub(c->d, ms_dim(c, 2, 0), DIM(1)), "batch");
	call_same(c, 0, 0);
	MS_SAY(c, 1, x.element, batch, x.at[1], looks_back(c));
	MS_SAY(c, 2, x.element, batch, ms_length(c, "state_update_capacity", 0), x.at[1]);
}

/** Ids of the n-grams that end at each token: (n - 1) * heads for every token. */
static dim hashes(call *c)
{
	dim n = ms_count(c, "max_ngram_size"), heads = ms_count(c, "n_head_per_ngram");
	return dim_mul(c->d, dim_sub(c->d, n, DIM(1)), heads);
}

/** NGramHashMapping: ids (B, S). */
void rule_ms_ngram_hash(call *c)
{
	ms_input x = ms_get(c, 0, 2);
	dim past = dim_sub(c->d, ms_count(c, "max_ngram_size"), DIM(1));
	MS_SAY(c, 0, x.element, x.at[0], x.at[1], hashes(c));
	MS_SAY(c, 1, x.element, x.at[0], past);
}

/** VarlenNGramHashMapping: ids of all requests below each other. */
void rule_ms_varlen_ngram_hash(call *c)
{
	ms_input x = ms_get(c, 0, 1);
	dim past = dim_sub(c->d, ms_count(c, "max_ngram_size"), DIM(1));
	dim batch = dim_sub(c->d, ms_dim(c, 3, 0), DIM(1));
	MS_SAY(c, 0, x.element, x.at[0], hashes(c));
	MS_SAY(c, 1, x.element, batch, past);
	MS_SAY(c, 2, ms_element(c, 3), batch, past);
	MS_SAY(c, 3, x.element, batch, ms_length(c, "state_update_capacity", 0), past);
}
