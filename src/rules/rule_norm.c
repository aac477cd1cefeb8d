/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_norm.c - normalizations and losses. The first output is as the first input; what makes them
 * worth a rule is that the shapes of weights tell dims of the data: one number per channel
 * (dim 1), or numbers that broadcast to the last dims.
 */
#include "infer/rule.h"

#include <string.h>

/* The dims of a ranked type, to be refined. */
static void copy_dims(const infer_type *t, dim out[RANK_MOST])
{
	if (t->n)
		memcpy(out, t->at, t->n * sizeof *out);
}

/* ------------------------------------------------------------------------------ channels -- */

/*
 * Inputs `first` .. `last` are vectors of one number a channel, and dim 1 of the data is the
 * channel. Data of one dim has one channel.
 * @param out  Dims of the data, refined.
 * @return the number of channels, lost when nobody knows it.
 */
static dim bind_channels(call *c, const infer_type *x, size_t first, size_t last,
                         dim out[RANK_MOST])
{
	dim channels = DIM_LOST;
	if (x->ranked)
		channels = x->n > 1 ? x->at[1] : DIM(1);
	for (size_t i = first; i <= last; i++) {
		infer_type w = call_in(c, i);
		if (w.ranked && w.n == 1)
			channels = call_equal(c, channels, w.at[0], "number of channels");
	}
	if (x->ranked && x->n > 1)
		out[1] = channels;
	return channels;
}

/*
 * Y as X. Running and saved statistics are vectors of C, of the type of the ones that arrive. Up to
 * version 7, spatial = 0 asks for statistics of each single activation: [C,D1,...,Dn].
 */
void rule_batch_normalization(call *c)
{
	infer_type x = call_in(c, 0);
	dim out[RANK_MOST];
	copy_dims(&x, out);
	if (c->opset >= 14 && !call_int(c, "training_mode", 0) && c->n_out > 1)
		call_complain(c, "arity", "there are %zu outputs, without training_mode there is one",
		              c->n_out);
	bool spatial = c->opset >= 9 || call_int(c, "spatial", 1) != 0;
	dim channels = spatial ? bind_channels(c, &x, 1, 4, out) : DIM_LOST;
	call_out(c, 0, infer_tensor(x.element, x.ranked, x.n, out));
	for (size_t i = 1; i < 5 && i < c->n_out; i++) {
		infer_type given = call_in(c, i % 2 ? 3 : 4);
		if (spatial)
			call_tensor(c, i, given.element, 1, &channels);
		else
			call_same(c, i, i % 2 ? 3 : 4);
	}
}

/* InstanceNormalization, GroupNormalization. Version 18 of the latter scales groups, not channels.
 */
void rule_channel_normalization(call *c)
{
	infer_type x = call_in(c, 0);
	dim out[RANK_MOST];
	copy_dims(&x, out);
	oray_attribute groups;
	if (c->opset >= 21 || !call_attribute(c, "num_groups", &groups))
		bind_channels(c, &x, 1, 2, out);
	call_out(c, 0, infer_tensor(x.element, x.ranked, x.n, out));
}

/* -------------------------------------------------------------------------- last dims on -- */

/* Input `i` broadcasts to the data, and only it does: a dim of it that is not 1 is the data's. */
static void bind_last_dims(call *c, size_t i, size_t rank, dim out[RANK_MOST])
{
	infer_type w = call_in(c, i);
	if (!w.ranked || w.n > rank)
		return;
	for (size_t k = 0; k < w.n; k++) {
		int64_t number;
		dim *mine = &out[rank - w.n + k];
		if (dim_is_number(c->d, w.at[k], &number) && number > 1)
			*mine = call_equal(c, *mine, w.at[k], "dimension of the scale");
	}
}

/*
 * LayerNormalization, RMSNormalization, SimplifiedLayerNormalization. Y has the type of the scale,
 * where that may be another than that of X. Mean and inverse deviation have 1 from `axis` on, and
 * the type that stash_type says.
 */
void rule_layer_normalization(call *c)
{
	infer_type x = call_in(c, 0);
	int32_t given = call_in(c, 1).element;
	if (!given)
		given = x.element;
	int64_t stash = call_int(c, "stash_type", ORAY_FLOAT32);
	int32_t element = stash > 0 && stash < ORAY_N_TYPES ? (int32_t)stash : 0;
	size_t axis;
	if (!x.ranked || !call_axis(c, call_int(c, "axis", -1), x.n, &axis)) {
		call_same_shape(c, 0, 0, given);
		for (size_t i = 1; i < 3 && i < c->n_out; i++) {
			dim lost[RANK_MOST];
			for (size_t k = 0; k < x.n; k++)
				lost[k] = DIM_LOST;
			call_out(c, i, infer_tensor(element, x.ranked, x.n, lost));
		}
		return;
	}
	dim out[RANK_MOST];
	copy_dims(&x, out);
	bind_last_dims(c, 1, x.n, out);
	bind_last_dims(c, 2, x.n, out);
	call_tensor(c, 0, given, x.n, out);
	for (size_t k = axis; k < x.n; k++)
		out[k] = DIM(1);
	for (size_t i = 1; i < 3 && i < c->n_out; i++)
		call_tensor(c, i, element, x.n, out);
}

/* -------------------------------------------------------------------------------- losses -- */

/*
 * The loss of scores [N,C,D1,...,Dk] and labels [N,D1,...,Dk]: of the labels' shape, or a scalar
 * when it is reduced. Weights are a vector of C.
 */
static void say_loss(call *c)
{
	infer_type x = call_in(c, 0), labels = call_in(c, 1);
	dim out[RANK_MOST];
	copy_dims(&labels, out);
	if (x.ranked && x.n > 1) {
		infer_type weight = call_in(c, 2);
		if (weight.ranked && weight.n == 1)
			call_equal(c, x.at[1], weight.at[0], "number of classes");
	}
	size_t n = labels.n;
	if (x.ranked && labels.ranked && x.n == labels.n + 1) {
		for (size_t i = 0; i < n; i++)
			out[i] = call_equal(c, x.at[i ? i + 1 : 0], out[i], "dimension of the labels");
	} else if (x.ranked && labels.ranked) {
		call_complain(c, "rank", "labels of rank %u do not fit scores of rank %u", labels.n, x.n);
	} else if (x.ranked && x.n > 1) {
		n = x.n - 1;
		for (size_t i = 0; i < n; i++)
			out[i] = x.at[i ? i + 1 : 0];
	}
	if (!call_str_is(c, "reduction", "mean", "none"))
		call_tensor(c, 0, x.element, 0, NULL);
	else
		call_out(c, 0, infer_tensor(x.element, labels.ranked || (x.ranked && x.n > 1), n, out));
}

void rule_nll_loss(call *c)
{
	say_loss(c);
}

/* The logarithms of the probabilities come as well, shaped like the scores. */
void rule_softmax_cross_entropy(call *c)
{
	infer_type x = call_in(c, 0), labels = call_in(c, 1);
	say_loss(c);
	if (x.ranked || !labels.ranked || !labels.n || labels.n == RANK_MOST) {
		call_same(c, 1, 0);
		return;
	}
	dim out[RANK_MOST] = {labels.at[0], DIM_LOST};
	for (size_t i = 1; i < labels.n; i++)
		out[i + 1] = labels.at[i];
	call_tensor(c, 1, x.element, labels.n + 1, out);
}
