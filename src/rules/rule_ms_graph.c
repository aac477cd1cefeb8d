/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Contributed operators around whole graphs: the loops that generate text, and what training adds
 * to a graph. Then some that were in the standard before it was one.
 */
#include <string.h>

#include "rules/elements.h"
#include "rules/ms.h"

/**
 * BeamSearch, WhisperBeamSearch (ids, max length, min length, beams, returned, penalty, ...). The
 * scores start after the prompt only in models without encoder.
 */
void rule_ms_beam_search(call *c)
{
	bool encoder = ms_is(c, "WhisperBeamSearch") || call_int(c, "model_type", 0) != 0;
	int32_t element = ms_element(c, 5);
	dim batch = ms_dim(c, 0, 0), longest = ms_size(c, call_scalar(c, 1));
	dim beams = ms_size(c, call_scalar(c, 3)), returned = ms_size(c, call_scalar(c, 4));
	dim scored = encoder ? DIM_LOST : ms_size(c, dim_sub(c->d, longest, ms_dim(c, 0, 1)));
	MS_SAY(c, 0, ORAY_INT32, batch, returned, longest);
	MS_SAY(c, 1, element, batch, returned);
	MS_SAY(c, 2, element, scored, batch, beams, ms_count(c, "vocab_size"));
	MS_SAY(c, 3, 0, batch, returned, call_has(c, 12) ? ms_dim(c, 12, 0) : DIM_LOST, DIM_LOST,
	       DIM_LOST);
	MS_SAY(c, 4, element, batch);
}

/** GreedySearch, Sampling (ids, max length, ...). */
void rule_ms_greedy_search(call *c)
{
	dim batch = ms_dim(c, 0, 0);
	MS_SAY(c, 0, ORAY_INT32, batch, ms_size(c, call_scalar(c, 1)));
	MS_SAY(c, 1, ms_element(c, 3), batch, ms_count(c, "vocab_size"));
}

/** SoftmaxCrossEntropyLossInternal (scores, labels, ...): loss, log probabilities. */
void rule_ms_loss(call *c)
{
	int32_t element = element_type_attribute(c, "output_type", ms_element(c, 0));
	if (call_str_is(c, "reduction", "mean", "none"))
		call_same_shape(c, 0, 1, element);
	else
		call_tensor(c, 0, element, 0, NULL);
	if (call_wants(c, 1))
		call_same_shape(c, 1, 0, element);
}

/** ConcatTraining: Concat, and the length of each input along the axis. */
void rule_ms_concat_training(call *c)
{
	infer_type first = call_in(c, 0);
	int32_t element = ms_element(c, 0);
	dim *lengths = call_scratch(c, (c->n_in + 1) * sizeof *lengths);
	size_t axis;
	MS_SAY(c, 1, ORAY_INT64, dim_number(c->d, (int64_t)c->n_in));
	if (!lengths || !first.ranked || first.n == 0 ||
	    !call_axis(c, call_int(c, "axis", 0), first.n, &axis)) {
		call_unranked(c, 0, element);
		return;
	}
	dim out[RANK_MOST], sum = DIM(0);
	memcpy(out, first.at, first.n * sizeof *out);
	for (size_t i = 0; i < c->n_in; i++) {
		infer_type x = call_in(c, i);
		bool same = x.ranked && x.n == first.n;
		for (size_t k = 0; same && k < first.n; k++)
			if (k != axis)
				out[k] = ms_either(c, out[k], x.at[k], "dims that are not joined");
		lengths[i] = same ? x.at[axis] : DIM_LOST;
		sum = dim_add(c->d, sum, lengths[i]);
	}
	out[axis] = sum;
	call_tensor(c, 0, element, first.n, out);
	if (call_wants(c, 1))
		call_set_values(c, 1, c->n_in, lengths);
}

/** SplitTraining: sizes are input 1. */
void rule_ms_split_training(call *c)
{
	infer_type x = call_in(c, 0);
	infer_values sizes = call_values(c, 1);
	size_t axis;
	bool sound = x.ranked && call_axis(c, call_int(c, "axis", 0), x.n, &axis);
	for (size_t i = 0; i < c->n_out; i++) {
		dim out[RANK_MOST];
		if (!call_wants(c, i))
			continue;
		if (!sound) {
			call_unranked(c, i, ms_element(c, 0));
			continue;
		}
		memcpy(out, x.at, x.n * sizeof *out);
		out[axis] = sizes.known && i < sizes.n ? ms_size(c, sizes.at[i]) : DIM_LOST;
		call_tensor(c, i, x.element, x.n, out);
	}
}

/** YieldOp: the gradients of those module outputs that have one. */
void rule_ms_yield(call *c)
{
	int64_t without[64];
	size_t n = 0, to = 0;
	oray_attribute a;
	if (!call_ints(c, "non_differentiable_outputs", without, 64, &n)) {
		n = 0;
		if (call_attribute(c, "non_differentiable_outputs", &a))
			return;
	}
	for (size_t i = 0; i < c->n_in && to < c->n_out; i++) {
		bool skip = false;
		for (size_t k = 0; k < n; k++)
			skip = skip || without[k] == (int64_t)i;
		if (!skip)
			ms_copy(c, to++, i);
	}
}

/** EfficientNMS_TRT: room for the most boxes that are asked for. */
void rule_efficient_nms(call *c)
{
	dim batch = ms_dim(c, 0, 0), most = ms_count(c, "max_output_boxes");
	int32_t element = ms_element(c, 0);
	MS_SAY(c, 0, ORAY_INT32, batch, DIM(1));
	MS_SAY(c, 1, element, batch, most, DIM(4));
	MS_SAY(c, 2, element, batch, most);
	MS_SAY(c, 3, ORAY_INT32, batch, most);
}

/** PyramidROIAlign_TRT, MultilevelCropAndResize_TRT: boxes (B, R, 4), maps (B, C, H, W). */
void rule_roi_align_trt(call *c)
{
	dim size = ms_count(c, "pooled_size");
	MS_SAY(c, 0, ms_element(c, 1), ms_dim(c, 0, 0), ms_dim(c, 0, 1), ms_dim(c, 1, 1), size, size);
}

/** Crop: border (left, top, right, bottom) off the image, or a size from the corner on. */
void rule_crop(call *c)
{
	ms_input x = ms_get(c, 0, 4);
	dim h = DIM_LOST, w = DIM_LOST, border[4], scale[2];
	size_t n_border, n_scale;
	list_state state = call_list(c, -1, "scale", scale, 2, &n_scale);
	if (state == LIST_KNOWN && n_scale == 2) {
		h = scale[0];
		w = scale[1];
	} else if ((state == LIST_ABSENT || (state == LIST_KNOWN && n_scale == 0)) &&
	           call_list(c, -1, "border", border, 4, &n_border) == LIST_KNOWN && n_border == 4) {
		h = dim_sub(c->d, x.at[2], dim_add(c->d, border[1], border[3]));
		w = dim_sub(c->d, x.at[3], dim_add(c->d, border[0], border[2]));
	}
	MS_SAY(c, 0, x.element, x.at[0], x.at[1], ms_size(c, h), ms_size(c, w));
}
