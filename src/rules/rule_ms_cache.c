/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attention with fewer heads for key and value than for the query, and a cache that is given in and
 * comes out again. N heads of the query, G of key and value, D size of a head. A query without key
 * holds all three side by side: (N + 2G) * D.
 *
 * A cache is grown, or is a buffer of the longest length, and the model does not say which:
 * present = max(length of past, total length). Where the total is an input of the model, the length
 * of present is a new symbol.
 */
#include "rules/ms.h"

/** Where an operator of the family has what. */
typedef struct cache_form {
	const char *name;
	size_t total;    /**< input: the total length */
	bool keeps_size; /**< present is as long as past, always */
} cache_form;

static const cache_form CACHE_FORMS[] = {
    {"GroupQueryAttention", 6, false},
    {"SparseAttention", 7, true},
    {"DynamicSparseAttention", 10, false},
};

static const cache_form *form_of(const call *c)
{
	for (size_t i = 0; i < sizeof CACHE_FORMS / sizeof *CACHE_FORMS; i++)
		if (ms_is(c, CACHE_FORMS[i].name))
			return &CACHE_FORMS[i];
	return &CACHE_FORMS[0];
}

/** Size of a head: from the hidden size of the query, packed or not. */
static dim head_size(call *c, dim hidden)
{
	dim n = ms_count(c, "num_heads"), g = ms_count(c, "kv_num_heads");
	if (call_has(c, 1))
		return ms_part(c, hidden, n);
	return ms_part(c, hidden, dim_add(c->d, n, dim_add(c->d, g, g)));
}

/** Length of present; `past` is lost unless past is given and known. */
static dim present_length(call *c, const cache_form *f, dim past, dim query)
{
	int64_t n;
	dim total = ms_size(c, call_scalar(c, f->total));
	if (f->keeps_size || call_int(c, "sliding_window_cache", 0) == 1)
		return past;
	if (!call_has(c, 3))
		return dim_is_known(total) ? total : query;
	if (dim_is_known(total))
		return dim_max(c->d, past, total);
	if (dim_is_number(c->d, past, &n) && n == 0)
		return query;
	return call_fresh(c, 1, 2);
}

void rule_ms_group_query_attention(call *c)
{
	const cache_form *f = form_of(c);
	ms_input q = ms_get(c, 0, 3);
	bool past_given = call_has(c, 3);
	ms_input past = past_given ? ms_get(c, 3, 4) : (ms_input){0};
	dim n = ms_count(c, "num_heads"), g = ms_count(c, "kv_num_heads");
	dim head = head_size(c, q.at[2]);
	dim hidden = call_has(c, 1) ? q.at[2] : dim_mul(c->d, n, head);
	MS_SAY(c, 0, q.element, q.at[0], q.at[1], hidden);
	if (call_wants(c, 1) || call_wants(c, 2)) {
		dim length = present_length(c, f, past_given ? past.at[2] : DIM_LOST, q.at[1]);
		for (size_t i = 1; i < 3; i++)
			MS_SAY(c, i, past_given ? ms_element(c, i + 2) : q.element, q.at[0],
			       ms_either(c, past_given ? past.at[1] : DIM_LOST, g, "heads of the cache"),
			       length, past_given ? past.at[3] : head);
	}
	MS_SAY(c, 3, q.element, q.at[0], n, q.at[1], ms_size(c, call_scalar(c, f->total)));
}

/** PagedAttention, SparsePagedAttention: tokens below each other, caches in blocks. */
void rule_ms_paged_attention(call *c)
{
	ms_input q = ms_get(c, 0, 2);
	dim n = ms_count(c, "num_heads"), hidden = q.at[1];
	if (call_str_is(c, "kv_cache_layout", "SEPARATE", "LATENT")) {
		dim head = ms_count(c, "v_head_size");
		if (call_int(c, "v_head_size", 0) == 0)
			head = ms_part(c, q.at[1], n);
		hidden = dim_mul(c->d, n, head);
	} else if (!call_has(c, 1)) {
		hidden = dim_mul(c->d, n, head_size(c, q.at[1]));
	}
	MS_SAY(c, 0, q.element, q.at[0], hidden);
	ms_copy(c, 1, 3);
	ms_copy(c, 2, 4);
}

/** True in the policy that selects tokens ("qsa"), false where it selects blocks ("csa"). */
static bool selects_tokens(call *c)
{
	return call_str_is(c, "policy_mode", "", "qsa");
}

/** How many entries an indexer selects: attributes only. */
static dim capacity_of(call *c)
{
	dim most = ms_count(c, selects_tokens(c) ? "token_budget" : "index_topk");
	if (!selects_tokens(c))
		return most;
	return dim_sub(c->d, dim_add(c->d, most, ms_count(c, "compress_ratio")), DIM(1));
}

/** Lengths after the new tokens joined those that wait for a block of `ratio` to be complete. */
typedef struct block_lengths {
	dim closed; /**< blocks that became complete */
	dim kept;   /**< tokens in the buffer afterwards: the last block and what follows it */
} block_lengths;

static block_lengths close_blocks(call *c, dim buffered, dim added)
{
	int64_t buffer, more, ratio = call_int(c, "compress_ratio", 0);
	block_lengths out = {DIM_LOST, DIM_LOST};
	if (ratio <= 0 || !dim_is_number(c->d, buffered, &buffer) || buffer < 0 ||
	    !dim_is_number(c->d, added, &more) || more < 0 || more > INT64_MAX / 4 ||
	    buffer > INT64_MAX / 4)
		return out;
	int64_t waiting = buffer - (buffer >= ratio ? ratio : 0) + more;
	out.closed = dim_number(c->d, waiting / ratio);
	out.kept = dim_number(c->d, waiting >= ratio ? ratio + waiting % ratio : buffer + more);
	return out;
}

/** SparseAttentionIndexer: selected entries, cache of keys, tokens that wait. */
void rule_ms_sparse_indexer(call *c)
{
	ms_input q = ms_get(c, 0, 3), past = ms_get(c, 7, 3);
	dim head = ms_dim(c, 2, 0), waiting = ms_dim(c, 13, 2);
	block_lengths blocks = close_blocks(c, waiting, q.at[1]);
	MS_SAY(c, 0, ORAY_INT32, q.at[0], q.at[1], capacity_of(c));
	if (call_has(c, 12))
		ms_copy(c, 1, 7);
	else
		MS_SAY(c, 1, q.element, q.at[0],
		       dim_add(c->d, past.at[1], selects_tokens(c) ? q.at[1] : blocks.closed), head);
	MS_SAY(c, 2, q.element, DIM(2), q.at[0], blocks.kept, ms_dim(c, 13, 3));
}

/** PackedSparseAttentionIndexer: state of a fixed size that is replaced. */
void rule_ms_packed_sparse_indexer(call *c)
{
	dim tokens = ms_dim(c, 0, 0);
	MS_SAY(c, 0, ORAY_INT32, tokens, capacity_of(c));
	MS_SAY(c, 1, ORAY_INT32, tokens);
	for (size_t i = 2; i < 6; i++)
		ms_copy(c, i, i + 10);
	MS_SAY(c, 6, ms_element(c, 0), ms_dim(c, 12, 0), ms_length(c, "state_update_capacity", 0),
	       ms_dim(c, 12, 2));
}

/* --------------------------------------------------------------------------------- costs -- */

/* Twice B * S * T * N * D: with the keys, and with the values. Windows and masks save nothing. */
dim cost_ms_group_query_attention(call *c)
{
	dim total = ms_size(c, call_scalar(c, form_of(c)->total)), s = ms_dim(c, 0, 1);
	int64_t past;
	bool first = !call_has(c, 3) || (dim_is_number(c->d, ms_dim(c, 3, 2), &past) && past == 0);
	if (!dim_is_known(total) && first)
		total = s;
	return dim_mul(c->d, DIM(2), dim_mul(c->d, ms_said(c), total));
}

/* The same for each sequence, with its own past. */
dim cost_ms_paged_attention(call *c)
{
	dim keys = dim_mul(c->d, ms_count(c, "num_heads"), head_size(c, ms_dim(c, 0, 1)));
	if (call_str_is(c, "kv_cache_layout", "SEPARATE", "LATENT"))
		keys = ms_dim(c, 0, 1);
	infer_type y = call_said(c, 0);
	dim hidden = y.ranked && y.n == 2 ? y.at[1] : DIM_LOST;
	return dim_mul(c->d, ms_squares(c, 5, 6), dim_add(c->d, keys, hidden));
}
