/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attention with the projection in it, and with separate query, key and value. Letters as in the
 * documentation of ONNX Runtime:
 *
 *     B batch   S length of the query   L length of key and value   P past   T = P + L total
 *     N heads   D size of a head        hidden = N * D
 *
 * `present` holds T positions; where past and present share one buffer, as many as the past does.
 */
#include "rules/ms.h"

/** Hidden sizes of query (and key), and of value. */
typedef struct hidden_sizes {
	dim q, v;
} hidden_sizes;

/** From qkv_hidden_sizes, or thirds of the width of the weight or the bias. */
static hidden_sizes hidden_of(call *c, dim width)
{
	int64_t sizes[3];
	size_t n;
	if (call_ints(c, "qkv_hidden_sizes", sizes, 3, &n) && n > 0) {
		if (n == 3 && sizes[0] > 0 && sizes[2] > 0)
			return (hidden_sizes){dim_number(c->d, sizes[0]), dim_number(c->d, sizes[2])};
		call_complain(c, "attribute", "qkv_hidden_sizes are not three sizes");
		return (hidden_sizes){DIM_LOST, DIM_LOST};
	}
	dim third = ms_part(c, width, DIM(3));
	return (hidden_sizes){third, third};
}

/** Attention, DecoderMaskedSelfAttention, QAttention: input, weight, bias, ..., past. */
static void projected(call *c, size_t past_at, int32_t element)
{
	ms_input x = ms_get(c, 0, 3);
	bool past_given = call_has(c, past_at);
	dim width = ms_either(c, ms_dim(c, 1, 1), ms_dim(c, 2, 0), "width of weight and bias");
	dim heads = ms_count(c, "num_heads");
	hidden_sizes hidden = hidden_of(c, width);
	call_equal(c, x.at[2], ms_dim(c, 1, 0), "hidden size of the input");
	MS_SAY(c, 0, element, x.at[0], x.at[1], hidden.v);
	if (!call_wants(c, 1))
		return;
	dim head = ms_part(c, hidden.v, heads), total = x.at[1];
	if (past_given) {
		ms_input past = ms_get(c, past_at, 5);
		head = ms_either(c, head, past.at[4], "size of a head");
		total = call_int(c, "past_present_share_buffer", 0) ? past.at[3]
		                                                    : dim_add(c->d, past.at[3], x.at[1]);
	}
	MS_SAY(c, 1, element, DIM(2), x.at[0], heads, total, head);
}

void rule_ms_attention(call *c)
{
	projected(c, 4, ms_element(c, 0));
}

/** QAttention: the input is quantized; bias and scales have the type of the output. */
void rule_ms_qattention(call *c)
{
	int32_t element = ms_element(c, 2);
	projected(c, 8, element ? element : ms_element(c, 3));
}

/** QOrderedAttention: three weights, int8 throughout. */
void rule_ms_qordered_attention(call *c)
{
	ms_input x = ms_get(c, 0, 3), v = ms_get(c, 7, 2);
	MS_SAY(c, 0, x.element, x.at[0], x.at[1], v.at[1]);
}

/** PackedAttention: tokens of all sequences below each other. */
void rule_ms_packed_attention(call *c)
{
	ms_input x = ms_get(c, 0, 2);
	dim width = ms_either(c, ms_dim(c, 1, 1), ms_dim(c, 2, 0), "width of weight and bias");
	hidden_sizes hidden = hidden_of(c, width);
	MS_SAY(c, 0, x.element, x.at[0], hidden.v);
}

/**
 * DecoderAttention (query, key, q_weight, kv_weight, bias, mask, key_cache, value_cache, static_kv,
 * use_past, has_layer_state, ...): sequence first. The caches grow by the query in self-attention,
 * and stay in cross-attention; what it is arrives as booleans.
 */
void rule_ms_decoder_attention(call *c)
{
	ms_input q = ms_get(c, 0, 3);
	dim n = ms_count(c, "num_heads"), length = DIM_LOST;
	int64_t cross, use, state;
	call_same(c, 0, 0);
	if (dim_is_number(c->d, call_scalar(c, 8), &cross) &&
	    dim_is_number(c->d, call_scalar(c, 9), &use) &&
	    dim_is_number(c->d, call_scalar(c, 10), &state)) {
		bool cached = use && state;
		dim start = cached ? ms_dim(c, 6, 2) : DIM(0), more = cross ? ms_dim(c, 1, 0) : q.at[0];
		length = cached && cross ? start : dim_add(c->d, start, more);
	}
	for (size_t i = 1; i < 3; i++)
		MS_SAY(c, i, q.element, q.at[1], n, length, ms_part(c, q.at[2], n));
}

/** RelativePositionBias (table, query length, key length): (1, N, S, T). */
void rule_ms_relative_position(call *c)
{
	ms_input table = ms_get(c, 0, 2);
	MS_SAY(c, 0, table.element, DIM(1), table.at[1], ms_size(c, call_scalar(c, 1)),
	       ms_size(c, call_scalar(c, 2)));
}

/** GatedRelativePositionBias: (B, N, S, S); without padding B and S are those of token_offset. */
void rule_ms_gated_relative_position(call *c)
{
	dim n = ms_count(c, "num_heads");
	size_t from = call_has(c, 6) ? 6 : 0;
	dim s = ms_dim(c, from, 1);
	MS_SAY(c, 0, ms_element(c, 0), ms_dim(c, from, 0), n, s, s);
}

/** RemovePadding (input, token counts): how many tokens are left depends on the counts. */
void rule_ms_remove_padding(call *c)
{
	ms_input x = ms_get(c, 0, 3);
	int32_t count = ms_element(c, 1);
	MS_SAY(c, 0, x.element, call_fresh(c, 0, 0), x.at[2]);
	MS_SAY(c, 1, count, x.at[0], x.at[1]);
	MS_SAY(c, 2, count, dim_add(c->d, x.at[0], DIM(1)));
	MS_SAY(c, 3, count, DIM(1));
}

/** RestorePadding (tokens, token_offset). */
void rule_ms_restore_padding(call *c)
{
	ms_input x = ms_get(c, 0, 2), offset = ms_get(c, 1, 2);
	MS_SAY(c, 0, x.element, offset.at[0], offset.at[1], x.at[1]);
}

/* --------------------------------------------------------------------------------- costs -- */

/** The projection, and B * S * T for each position of a head of query and value. */
static dim cost_projected(call *c, size_t past_at)
{
	dim width = ms_either(c, ms_dim(c, 1, 1), ms_dim(c, 2, 0), "width of weight and bias");
	hidden_sizes hidden = hidden_of(c, width);
	dim rows = ms_rows(c, 0), s = ms_dim(c, 0, 1), total = s;
	dim inner = ms_either(c, ms_dim(c, 0, 2), ms_dim(c, 1, 0), "hidden size of the input");
	if (call_has(c, past_at)) {
		bool shared = call_int(c, "past_present_share_buffer", 0) != 0;
		dim past = shared ? ms_size(c, call_scalar(c, 6)) : ms_dim(c, past_at, 3);
		total = dim_add(c->d, past, s);
	}
	dim positions = dim_mul(c->d, total, dim_add(c->d, hidden.q, hidden.v));
	return dim_mul(c->d, rows, dim_add(c->d, dim_mul(c->d, inner, width), positions));
}

dim cost_ms_attention(call *c)
{
	return cost_projected(c, 4);
}

dim cost_ms_qattention(call *c)
{
	return cost_projected(c, 8);
}

dim cost_ms_qordered_attention(call *c)
{
	dim q = ms_dim(c, 5, 1), v = ms_dim(c, 7, 1), width = dim_add(c->d, q, ms_dim(c, 6, 1));
	dim projection = dim_mul(c->d, ms_dim(c, 0, 2), dim_add(c->d, width, v));
	dim positions = dim_mul(c->d, ms_dim(c, 0, 1), dim_add(c->d, q, v));
	return dim_mul(c->d, ms_rows(c, 0), dim_add(c->d, projection, positions));
}

/* Each sequence attends to itself. */
dim cost_ms_packed_attention(call *c)
{
	dim width = ms_either(c, ms_dim(c, 1, 1), ms_dim(c, 2, 0), "width of weight and bias");
	hidden_sizes hidden = hidden_of(c, width);
	dim projection = dim_mul(c->d, ms_rows(c, 0), dim_mul(c->d, ms_dim(c, 0, 1), width));
	dim positions = dim_mul(c->d, ms_squares(c, 4, -1), dim_add(c->d, hidden.q, hidden.v));
	return dim_add(c->d, projection, positions);
}

/* Query S * B rows; key and value are projected unless they come from the cache. */
dim cost_ms_decoder_attention(call *c)
{
	int64_t cross, use, state;
	if (!dim_is_number(c->d, call_scalar(c, 8), &cross) ||
	    !dim_is_number(c->d, call_scalar(c, 9), &use) ||
	    !dim_is_number(c->d, call_scalar(c, 10), &state))
		return DIM_LOST;
	bool cached = use && state;
	dim s = ms_dim(c, 0, 0), h = ms_dim(c, 0, 2), source = cross ? ms_dim(c, 1, 0) : s;
	dim projected_rows = cached && cross ? DIM(0) : source;
	dim total = cached ? dim_add(c->d, ms_dim(c, 6, 2), cross ? DIM(0) : s) : source;
	dim rows = dim_add(c->d, s, dim_mul(c->d, DIM(2), projected_rows));
	dim positions = dim_mul(c->d, DIM(2), dim_mul(c->d, s, total));
	dim both = dim_add(c->d, dim_mul(c->d, rows, h), positions);
	return dim_mul(c->d, dim_mul(c->d, ms_dim(c, 0, 1), h), both);
}

/* GatedRelativePositionBias: each head of each token times the weight (D, columns). */
dim cost_ms_gated_relative_position(call *c)
{
	infer_type q = call_in(c, 0);
	dim elements = q.ranked ? dim_product(c->d, q.at, q.n) : DIM_LOST;
	return dim_mul(c->d, elements, ms_dim(c, 3, 1));
}
