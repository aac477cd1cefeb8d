/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Contributed operators that are like no others: embeddings, hyper connections, signals, text, and
 * what training adds.
 */
#include <string.h>

#include "rules/ms.h"

/** An operator each of whose outputs has the type of an input. */
typedef struct copied {
	const char *name;
	int8_t from[6]; /**< by output; -1 ends the list */
} copied;

/** By name. Where shapes are equal by definition, types are too. */
static const copied COPIED[] = {
    {"AdamOptimizer", {1, 4, 5, 2, 3, 6}},
    {"BatchNormalization", {0, 3, 4, 3, 4, -1}},
    {"BatchNormalizationGrad", {1, 2, 2, -1}},
    {"DivGrad", {1, 2, -1}},
    {"EngramGate", {0, 0, -1}},
    {"GemmaRotaryEmbedding", {1, 3, -1}},
    {"LayerNormalizationGrad", {1, 2, 2, -1}},
    {"NGramRepeatBlock", {1, -1}},
    {"SGDOptimizer", {1, 2, -1}},
    {"SimplifiedLayerNormalizationGrad", {1, 2, -1}},
    {"SkipGroupNorm", {0, 0, -1}},
    {"SoftmaxCrossEntropyLossGrad", {1, -1}},
    {"SoftmaxCrossEntropyLossInternalGrad", {1, -1}},
};

void rule_ms_copied(call *c)
{
	for (size_t i = 0; i < sizeof COPIED / sizeof *COPIED; i++)
		for (size_t k = 0; ms_is(c, COPIED[i].name) && k < 6 && COPIED[i].from[k] >= 0; k++)
			ms_copy(c, k, (size_t)COPIED[i].from[k]);
}

/** SkipLayerNormalization and its simplified form; mean and deviation are kept in float. */
void rule_ms_skip_layer_normalization(call *c)
{
	ms_copy(c, 0, 0);
	ms_same_but_last(c, 1, 0, ORAY_FLOAT32, DIM(1));
	ms_same_but_last(c, 2, 0, ORAY_FLOAT32, DIM(1));
	ms_copy(c, 3, 0);
}

/** EmbedLayerNormalization (ids, segments, words, ...), also quantized. */
void rule_ms_embed_layer_normalization(call *c)
{
	ms_input ids = ms_get(c, 0, 2), words = ms_get(c, 2, 2);
	int32_t element = ms_is(c, "QEmbedLayerNormalization") ? ms_element(c, 8) : words.element;
	MS_SAY(c, 0, element, ids.at[0], ids.at[1], words.at[1]);
	MS_SAY(c, 1, ids.element, ids.at[0]);
	MS_SAY(c, 2, element, ids.at[0], ids.at[1], words.at[1]);
}

/** TorchEmbedding (weight, indices). */
void rule_ms_embedding(call *c)
{
	infer_type indices = call_in(c, 1);
	int32_t element = ms_element(c, 0);
	if (!indices.ranked || indices.n >= RANK_MOST) {
		call_unranked(c, 0, element);
		return;
	}
	dim out[RANK_MOST];
	for (size_t i = 0; i < indices.n; i++)
		out[i] = indices.at[i];
	out[indices.n] = ms_dim(c, 0, 1);
	call_tensor(c, 0, element, indices.n + 1, out);
}

/** WordConvEmbedding (words as characters, W, ...): a row of filters a word. */
void rule_ms_word_embedding(call *c)
{
	ms_input words = ms_get(c, 0, 2);
	MS_SAY(c, 0, ms_element(c, 1), words.at[0], ms_dim(c, 1, 0));
}

/** BiasSplitGelu: one half of the last dim gates the other. */
void rule_ms_split_gelu(call *c)
{
	ms_same_but_last(c, 0, 0, ms_element(c, 0), ms_part(c, ms_dim(c, 0, -1), DIM(2)));
}

/** BiasDropout, and with masks of one bit an element in words of 32. */
void rule_ms_dropout(call *c)
{
	infer_type x = call_in(c, 0);
	ms_copy(c, 0, 0);
	if (!call_wants(c, 1))
		return;
	if (ms_is(c, "BiasDropout")) {
		call_same_shape(c, 1, 0, ORAY_BOOL);
		return;
	}
	dim bits = x.ranked ? dim_product(c->d, x.at, x.n) : DIM_LOST;
	MS_SAY(c, 1, ORAY_UINT32, dim_ceil_div(c->d, bits, DIM(32)));
}

/** BifurcationDetector: tokens are added until source and prediction part. */
void rule_ms_bifurcation(call *c)
{
	int32_t element = ms_element(c, 0);
	MS_SAY(c, 0, element, call_fresh(c, 0, 0));
	MS_SAY(c, 1, element, DIM(1));
}

/**
 * Which of two dims that met were stretched. @return false when that depends on what symbols are.
 */
static bool stretched(call *c, dim a, dim b, bool *first, bool *second)
{
	int64_t x, y;
	*first = *second = false;
	if (dim_is_known(a) && a == b)
		return true;
	if (!dim_is_number(c->d, a, &x) || !dim_is_number(c->d, b, &y))
		return false;
	*first = x != y && x == 1;
	*second = x != y && y == 1 && x != 1;
	return true;
}

/**
 * BroadcastGradientArgs (shape of a, shape of b): the axes of the common shape along which each was
 * stretched, last first; along the leading ones the shorter was.
 */
void rule_ms_broadcast_axes(call *c)
{
	infer_values shape[2] = {call_values(c, 0), call_values(c, 1)};
	dim axes[2][RANK_MOST];
	size_t n[2] = {0, 0}, rank[2] = {shape[0].n, shape[1].n};
	bool known = shape[0].known && shape[1].known && rank[0] <= RANK_MOST && rank[1] <= RANK_MOST;
	size_t most = rank[0] > rank[1] ? rank[0] : rank[1];
	for (size_t k = 0; known && k < most; k++) {
		bool is[2] = {k >= rank[0], k >= rank[1]};
		if (!is[0] && !is[1])
			known = stretched(c, shape[0].at[rank[0] - 1 - k], shape[1].at[rank[1] - 1 - k], &is[0],
			                  &is[1]);
		for (size_t i = 0; i < 2; i++)
			if (is[i])
				axes[i][n[i]++] = DIM(most - 1 - k);
	}
	for (size_t i = 0; i < 2; i++) {
		if (!call_wants(c, i))
			continue;
		MS_SAY(c, i, ORAY_INT64, known ? DIM(n[i]) : call_fresh(c, i, 0));
		if (known)
			call_set_values(c, i, n[i], axes[i]);
	}
}

/** CropAndResize (X, rois, batch indices, size). */
void rule_ms_crop_and_resize(call *c)
{
	ms_input x = ms_get(c, 0, 4), rois = ms_get(c, 1, 2);
	dim size[2] = {DIM_LOST, DIM_LOST};
	size_t n;
	if (call_list(c, 3, NULL, size, 2, &n) != LIST_KNOWN || n != 2)
		size[0] = size[1] = DIM_LOST;
	MS_SAY(c, 0, x.element, ms_either(c, rois.at[0], ms_dim(c, 2, 0), "number of regions"), x.at[1],
	       ms_size(c, size[0]), ms_size(c, size[1]));
}

/** DynamicQuantizeLSTM: W (D, I, 4H), R (D, H, 4H). AttnLSTM: R (D, 4H, H). */
void rule_ms_lstm(call *c)
{
	ms_input x = ms_get(c, 0, 3), r = ms_get(c, 2, 3);
	int32_t element = x.element;
	dim directions = call_str_is(c, "direction", "forward", "bidirectional") ? DIM(2) : DIM(1);
	dim hidden =
	    ms_either(c, r.at[ms_is(c, "AttnLSTM") ? 2 : 1], ms_count(c, "hidden_size"), "hidden size");
	MS_SAY(c, 0, element, x.at[0], directions, x.at[1], hidden);
	MS_SAY(c, 1, element, directions, x.at[1], hidden);
	MS_SAY(c, 2, element, directions, x.at[1], hidden);
}

/** DynamicTimeWarping: a path whose length depends on the costs. */
void rule_ms_time_warping(call *c)
{
	MS_SAY(c, 0, ORAY_INT32, DIM(2), call_fresh(c, 0, 1));
}

/** ExpandDims: one axis, as an input. */
void rule_ms_expand_dims(call *c)
{
	infer_type x = call_in(c, 0);
	int64_t at;
	size_t axis;
	dim out[RANK_MOST];
	if (!x.ranked || x.n >= RANK_MOST) {
		call_unranked(c, 0, ms_element(c, 0));
		return;
	}
	for (size_t i = 0; i <= x.n; i++)
		out[i] = DIM_LOST;
	if (dim_is_number(c->d, call_scalar(c, 1), &at) && call_axis(c, at, x.n + 1, &axis))
		for (size_t i = 0; i <= x.n; i++)
			out[i] = i < axis ? x.at[i] : i == axis ? DIM(1) : x.at[i - 1];
	call_tensor(c, 0, x.element, x.n + 1, out);
	call_pass_values(c, 0, 0);
}

/** HyperConnectionPreMix: C streams become one. Grouped (..., C, H), or flat (..., C * H). */
void rule_ms_hyper_premix(call *c)
{
	infer_type x = call_in(c, 0);
	int32_t element = ms_element(c, 0);
	if (call_int(c, "num_branches", 0) != 0) {
		ms_same_but_last(c, 0, 0, element,
		                 ms_part(c, ms_dim(c, 0, -1), ms_count(c, "num_branches")));
		return;
	}
	if (!x.ranked || x.n < 2) {
		call_unranked(c, 0, element);
		return;
	}
	dim out[RANK_MOST];
	memcpy(out, x.at, x.n * sizeof *out);
	out[x.n - 2] = x.at[x.n - 1];
	call_tensor(c, 0, element, x.n - 1, out);
}

/** IsAllFinite: one answer for all inputs. */
void rule_ms_all_finite(call *c)
{
	call_tensor(c, 0, ORAY_BOOL, 0, NULL);
}

/** InPlaceAccumulatorV2. */
void rule_ms_accumulate(call *c)
{
	MS_SAY(c, 0, ORAY_BOOL, DIM(1));
	ms_copy(c, 1, 0);
}

/** Rfft: n real numbers become n/2 + 1 pairs, or n. */
void rule_ms_rfft(call *c)
{
	infer_type x = call_in(c, 0);
	dim out[RANK_MOST];
	if (!x.ranked || x.n == 0 || x.n >= RANK_MOST) {
		call_unranked(c, 0, ms_element(c, 0));
		return;
	}
	memcpy(out, x.at, x.n * sizeof *out);
	if (call_int(c, "onesided", 1) != 0)
		out[x.n - 1] = dim_add(c->d, dim_floor_div(c->d, x.at[x.n - 1], DIM(2)), DIM(1));
	out[x.n] = DIM(2);
	call_tensor(c, 0, x.element, x.n + 1, out);
}

/** Irfft: the way back. */
void rule_ms_irfft(call *c)
{
	infer_type x = call_in(c, 0);
	dim out[RANK_MOST];
	if (!x.ranked || x.n < 2) {
		call_unranked(c, 0, ms_element(c, 0));
		return;
	}
	memcpy(out, x.at, x.n * sizeof *out);
	if (call_int(c, "onesided", 1) != 0)
		out[x.n - 2] = ms_size(c, dim_mul(c->d, dim_sub(c->d, x.at[x.n - 2], DIM(1)), DIM(2)));
	call_tensor(c, 0, x.element, x.n - 1, out);
}

/** MurmurHash3: 32 bits an element. */
void rule_ms_hash(call *c)
{
	call_same_shape(c, 0, 0, call_int(c, "positive", 1) != 0 ? ORAY_UINT32 : ORAY_INT32);
}

/** Tokenizer: every string becomes a row of tokens, as long as the longest. */
void rule_ms_tokenizer(call *c)
{
	infer_type x = call_in(c, 0);
	if (!x.ranked || x.n >= RANK_MOST) {
		call_unranked(c, 0, ORAY_STRING);
		return;
	}
	dim out[RANK_MOST];
	for (size_t i = 0; i < x.n; i++)
		out[i] = x.at[i];
	out[x.n] = call_fresh(c, 0, x.n);
	call_tensor(c, 0, ORAY_STRING, x.n + 1, out);
}

/** UnfoldTensor: windows along one axis, their contents in a new last one. */
void rule_ms_unfold(call *c)
{
	infer_type x = call_in(c, 0);
	dim size = ms_count(c, "size"),
	    step = call_int(c, "step", 1) > 0 ? dim_number(c->d, call_int(c, "step", 1)) : DIM_LOST;
	size_t axis;
	if (!x.ranked || x.n == 0 || x.n >= RANK_MOST ||
	    !call_axis(c, call_int(c, "dim", -1), x.n, &axis)) {
		call_unranked(c, 0, ms_element(c, 0));
		return;
	}
	dim out[RANK_MOST];
	memcpy(out, x.at, x.n * sizeof *out);
	dim rest = ms_size(c, dim_sub(c->d, x.at[axis], size));
	out[axis] = dim_add(c->d, dim_floor_div(c->d, rest, step), DIM(1));
	out[x.n] = size;
	call_tensor(c, 0, x.element, x.n + 1, out);
}

/** Unique of vectors: values, where each went, and how often each is there. */
void rule_ms_unique(call *c)
{
	ms_input x = ms_get(c, 0, 1);
	dim found = call_fresh(c, 0, 0);
	MS_SAY(c, 0, x.element, found);
	MS_SAY(c, 1, ORAY_INT64, x.at[0]);
	MS_SAY(c, 2, ORAY_INT64, found);
}
