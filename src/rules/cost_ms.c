/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cost_ms.c - multiply-accumulates of contributed operators, as in cost.c. Attention is counted
 * where its layouts are known, in rule_ms_*.c.
 *
 *     matrix products, of packed weights too    |Y| * K
 *     MoE, QMoE       k * tokens * (elements of fc1 + fc2 + fc3 of one expert); the router that
 *                     chooses the k experts is another node
 *     LSTM            D * S * B * 4H * (I + H)
 *     linear attention    tokens * dk * dv * (heads of the state for each product with it, and
 *                         heads of the output)
 */
#include "rules/ms.h"

/* Depends on contents, or on what is inside a graph or a blob. */
dim cost_unknown(call *c)
{
	(void)c;
	return DIM_LOST;
}

/* ------------------------------------------------------------------------------- products -- */

dim cost_ms_fused_matmul(call *c)
{
	ms_product p = ms_fused_product(c);
	return dim_mul(c->d, ms_said(c), ms_inner(c, &p));
}

/* The weight is packed: K is the last dim of A, or an attribute. */
dim cost_ms_matmul_packed(call *c)
{
	dim inner = ms_dim(c, 0, -1);
	if (!dim_is_known(inner))
		inner = ms_count(c, ms_is(c, "MatMulBnb4") && !call_int(c, "transB", 1) ? "N" : "K");
	return dim_mul(c->d, ms_said(c), inner);
}

dim cost_ms_matmul_mlp(call *c)
{
	return dim_mul(c->d, DIM(2), cost_ms_matmul_packed(c));
}

dim cost_ms_matmul_qkv(call *c)
{
	dim q = ms_count(c, "Nq"), kv = ms_count(c, "Nkv");
	dim columns = dim_add(c->d, q, dim_mul(c->d, DIM(2), kv));
	return dim_mul(c->d, ms_rows(c, 0), dim_mul(c->d, ms_count(c, "K"), columns));
}

dim cost_ms_qgemm(call *c)
{
	dim inner = ms_dim(c, 0, call_int(c, "transA", 0) ? 0 : 1);
	if (!dim_is_known(inner))
		inner = ms_dim(c, 3, call_int(c, "transB", 0) ? 1 : 0);
	return dim_mul(c->d, ms_said(c), inner);
}

/* CDist is computed as a product with B transposed. FC has W (N, K). */
dim cost_ms_columns(call *c)
{
	return dim_mul(c->d, ms_said(c), ms_dim(c, 1, 1));
}

/* ------------------------------------------------------------------------ mixture of experts -- */

/** Elements of one expert's matrix: (experts, rows, columns), of 8 / bits elements a byte. */
static dim expert(call *c, size_t input, int64_t bits)
{
	infer_type w = call_in(c, input);
	if (!w.ranked || w.n != 3)
		return DIM_LOST;
	dim n = dim_mul(c->d, w.at[1], w.at[2]);
	if (bits == 8 || w.element != ORAY_UINT8)
		return w.element ? n : DIM_LOST;
	return bits == 2 || bits == 4 ? dim_mul(c->d, n, DIM(8 / bits)) : DIM_LOST;
}

static dim experts(call *c, const size_t inputs[3], const int64_t bits[3])
{
	int64_t k = call_int(c, "k", 1);
	dim sum = DIM(0);
	for (size_t i = 0; i < 3; i++)
		if (i < 2 || call_has(c, inputs[i]))
			sum = dim_add(c->d, sum, expert(c, inputs[i], bits[i]));
	dim tokens = dim_mul(c->d, ms_rows(c, 0), k > 0 ? dim_number(c->d, k) : DIM_LOST);
	return dim_mul(c->d, tokens, sum);
}

dim cost_ms_moe(call *c)
{
	return experts(c, (size_t[]){2, 4, 6}, (int64_t[]){8, 8, 8});
}

/* Weights in bytes hold `expert_weight_bits` each, or 4 in the formats of floats with 4 bits. */
dim cost_ms_qmoe(call *c)
{
	bool integers = call_str_is(c, "quant_type", "int", "int");
	bool bytes = call_str_is(c, "quant_type", "int", "fp8");
	int64_t all = integers ? call_int(c, "expert_weight_bits", 4) : bytes ? 8 : 4;
	int64_t bits[3] = {all, all, all};
	static const char *const own[3] = {"fc1_expert_weight_bits", "fc2_expert_weight_bits",
	                                   "fc3_expert_weight_bits"};
	for (size_t i = 0; integers && i < 3; i++)
		bits[i] = call_int(c, own[i], all);
	return experts(c, (size_t[]){2, 5, 8}, bits);
}

/* -------------------------------------------------------------------------------- with state -- */

/* R is (D, H, 4H) where it is quantized, and (D, 4H, H) as in the standard otherwise. */
dim cost_ms_lstm(call *c)
{
	dim hidden = ms_dim(c, 2, ms_is(c, "DynamicQuantizeLSTM") ? 1 : 2);
	bool both = call_str_is(c, "direction", "forward", "bidirectional");
	dim factors[] = {DIM(both ? 8 : 4), ms_rows(c, 0), hidden,
	                 dim_add(c->d, ms_dim(c, 0, 2), hidden)};
	return dim_product(c->d, factors, sizeof factors / sizeof *factors);
}

/** Products with a state of dk x dv: update; what it says for k (delta); decay (gated). */
static dim linear(call *c, dim steps, dim state, dim kept, dim read)
{
	bool gated = call_str_is(c, "update_rule", "gated_delta", "gated");
	bool delta = call_str_is(c, "update_rule", "gated_delta", "delta");
	bool both = !gated && !delta && !call_str_is(c, "update_rule", "gated_delta", "linear");
	dim writes = dim_mul(c->d, kept, DIM(1 + (gated || both) + (delta || both)));
	return dim_mul(c->d, dim_mul(c->d, steps, state), dim_add(c->d, writes, read));
}

dim cost_ms_linear_attention(call *c)
{
	dim kept = ms_count(c, "kv_num_heads"), heads = ms_count(c, "q_num_heads");
	dim size_k = ms_part(c, ms_dim(c, 1, 2), kept), size_v = ms_part(c, ms_dim(c, 2, 2), kept);
	return linear(c, ms_rows(c, 0), dim_mul(c->d, size_k, size_v), kept,
	              dim_max(c->d, heads, kept));
}

dim cost_ms_gated_delta_net(call *c)
{
	infer_type y = call_said(c, 0), state = call_in(c, 6);
	dim size_k = call_has(c, 1) ? ms_dim(c, 0, -1) : DIM_LOST;
	if (!dim_is_known(size_k) && state.ranked && state.n == 4)
		size_k = state.at[3];
	if (!y.ranked || y.n < 3)
		return DIM_LOST;
	dim heads = y.at[y.n - 2];
	return linear(c, dim_product(c->d, y.at, y.n - 2), dim_mul(c->d, size_k, y.at[y.n - 1]), heads,
	              heads);
}

/* -------------------------------------------------------------------------------- windows -- */

/* QLinearConvTranspose: |X| * what one element of it is multiplied with. */
dim cost_ms_qlinear_conv_transpose(call *c)
{
	infer_type x = call_in(c, 0), w = call_in(c, 3);
	if (!x.ranked || !w.ranked || w.n < 2)
		return DIM_LOST;
	return dim_mul(c->d, dim_product(c->d, x.at, x.n), dim_product(c->d, w.at + 1, w.n - 1));
}

/* WordConvEmbedding: W (filters, 1, k, size) at each place of each word. */
dim cost_ms_word_embedding(call *c)
{
	infer_type w = call_in(c, 1);
	if (!w.ranked || w.n != 4)
		return DIM_LOST;
	dim places = dim_add(c->d, dim_sub(c->d, ms_dim(c, 0, 1), w.at[2]), DIM(1));
	dim words = dim_mul(c->d, ms_dim(c, 0, 0), ms_size(c, places));
	return dim_mul(c->d, words, dim_product(c->d, w.at, w.n));
}
