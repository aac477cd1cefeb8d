/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attention of query, key and value that come in many layouts. Letters as in rule_ms_attention.c:
 *
 *     (B, S, hidden), (B, L, hidden), (B, L, v_hidden)     each
 *     (B, S, hidden), (B, N, L, D), (B, N, L, D)           heads apart: cross-attention
 *     (B, S, hidden), (B, L, N, 2, D)                      key and value in one
 *     (B, S, N, 3, D)                                      all in one
 */
#include "rules/ms.h"

/** PackedMultiHeadAttention: (tokens, hidden) each, or (tokens, N, 3, D) together. */
void rule_ms_packed_multi_head(call *c)
{
	infer_type q = call_in(c, 0);
	dim hidden = DIM_LOST;
	if (call_has(c, 2))
		hidden = ms_get(c, 2, 2).at[1];
	else if (q.ranked && q.n == 4)
		hidden = dim_mul(c->d, q.at[1], q.at[3]);
	MS_SAY(c, 0, ms_element(c, 0), ms_dim(c, 0, 0), hidden);
}

/** What query, key and value of MultiHeadAttention say, in each of their layouts. */
typedef struct heads {
	dim batch, query;         /**< B, S */
	dim key;                  /**< L */
	dim hidden;               /**< of the output */
	dim head_key, head_value; /**< D */
	bool apart;               /**< key and value come with heads apart */
} heads;

/** Query (B,S,N,3,D): all three in one. */
static heads heads_packed(call *c, infer_type q)
{
	return (heads){.batch = q.at[0],
	               .query = q.at[1],
	               .key = q.at[1],
	               .hidden = dim_mul(c->d, q.at[2], q.at[4]),
	               .head_key = q.at[4],
	               .head_value = q.at[4]};
}

/** Query (B,S,hidden); key and value (B,L,hidden), (B,N,L,D), or key (B,L,N,2,D) for both. */
static heads heads_apart(call *c, infer_type q, dim n)
{
	infer_type k = call_in(c, 1), v = call_in(c, 2);
	heads h = {.batch = q.ranked ? q.at[0] : DIM_LOST,
	           .query = q.ranked ? q.at[1] : DIM_LOST,
	           .key = DIM_LOST,
	           .hidden = DIM_LOST,
	           .head_key = q.ranked ? ms_part(c, q.at[2], n) : DIM_LOST,
	           .head_value = DIM_LOST};
	if (k.ranked && k.n == 5) {
		h.key = k.at[1];
		h.head_value = k.at[4];
		h.hidden = dim_mul(c->d, k.at[2], k.at[4]);
	} else if (v.ranked && v.n == 4) {
		h.key = v.at[2];
		h.head_value = v.at[3];
		h.hidden = dim_mul(c->d, v.at[1], v.at[3]);
		h.apart = true;
	} else if (v.ranked && v.n == 3) {
		h.key = ms_either(c, v.at[1], k.ranked && k.n == 3 ? k.at[1] : DIM_LOST, "length of key");
		h.hidden = v.at[2];
		h.head_value = ms_part(c, v.at[2], n);
	}
	return h;
}

/** DecoderMaskedMultiHeadAttention with query, key and value side by side in the last dim. */
static heads heads_beside(call *c, infer_type q, dim n)
{
	dim third = q.ranked ? ms_part(c, q.at[2], DIM(3)) : DIM_LOST;
	return (heads){.batch = q.ranked ? q.at[0] : DIM_LOST,
	               .query = q.ranked ? q.at[1] : DIM_LOST,
	               .key = q.ranked ? q.at[1] : DIM_LOST,
	               .hidden = third,
	               .head_key = ms_part(c, third, n),
	               .head_value = ms_part(c, third, n)};
}

/** Where an operator of the family has the past. */
typedef struct past_form {
	size_t past, length; /**< inputs: key of the past, and its length where the buffer is longer */
	bool shared;         /**< past and present are one buffer */
} past_form;

static bool decodes(const call *c)
{
	return ms_is(c, "DecoderMaskedMultiHeadAttention");
}

static past_form past_of(call *c)
{
	if (decodes(c))
		return (past_form){5, 7, call_int(c, "past_present_share_buffer", 0) != 0};
	return (past_form){6, 8, call_has(c, 8)};
}

/** What the inputs say. @return false when the query is of another rank than it can be. */
static bool read_heads(call *c, heads *h)
{
	infer_type q = call_in(c, 0);
	dim n = ms_count(c, "num_heads");
	if (q.ranked && q.n != 3 && (q.n != 5 || decodes(c)))
		return false;
	if (q.ranked && q.n == 5)
		*h = heads_packed(c, q);
	else if (decodes(c) && !call_has(c, 1))
		*h = heads_beside(c, q, n);
	else
		*h = heads_apart(c, q, n);
	return true;
}

/** True when the past is added. The decoder takes keys with heads apart for all there are. */
static bool adds_past(call *c, const heads *h, const past_form *f)
{
	return call_has(c, f->past) && !(h->apart && decodes(c));
}

/** T: positions that are attended to. */
static dim total_length(call *c, const heads *h, const past_form *f)
{
	if (!adds_past(c, h, f))
		return h->key;
	dim past = f->shared ? ms_size(c, call_scalar(c, f->length)) : ms_dim(c, f->past, 2);
	return dim_add(c->d, past, h->key);
}

/** MultiHeadAttention, DecoderMaskedMultiHeadAttention. */
void rule_ms_multi_head_attention(call *c)
{
	int32_t element = ms_element(c, 0);
	past_form f = past_of(c);
	heads h;
	if (!read_heads(c, &h)) {
		call_complain(c, "rank", "a query of %u dims", call_in(c, 0).n);
		call_unranked(c, 0, element);
		return;
	}
	dim n = ms_count(c, "num_heads"), total = total_length(c, &h, &f), stored = total;
	if (f.shared && adds_past(c, &h, &f))
		stored = ms_get(c, f.past, 4).at[2];
	MS_SAY(c, 0, element, h.batch, h.query, h.hidden);
	MS_SAY(c, 1, element, h.batch, n, stored, h.head_key);
	MS_SAY(c, 2, element, h.batch, n, stored, h.head_value);
	/* The scores may be kept in another type than the rest, but not where that is float. */
	MS_SAY(c, 3, element == ORAY_FLOAT32 ? element : 0, h.batch, n, h.query, total);
}

/* B * S * T for each position of a head of the query, and of the value. */
dim cost_ms_multi_head_attention(call *c)
{
	past_form f = past_of(c);
	heads h;
	if (!read_heads(c, &h))
		return DIM_LOST;
	dim keys = dim_mul(c->d, ms_count(c, "num_heads"), h.head_key);
	dim factors[] = {h.batch, h.query, total_length(c, &h, &f), dim_add(c->d, keys, h.hidden)};
	return dim_product(c->d, factors, 4);
}

/* Each sequence attends to itself. */
dim cost_ms_packed_multi_head(call *c)
{
	infer_type q = call_in(c, 0), y = call_said(c, 0);
	dim hidden = y.ranked && y.n == 2 ? y.at[1] : DIM_LOST;
	dim keys = q.ranked && q.n == 2 ? q.at[1] : hidden;
	return dim_mul(c->d, ms_squares(c, 5, -1), dim_add(c->d, keys, hidden));
}
