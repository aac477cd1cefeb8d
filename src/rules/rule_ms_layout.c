/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Windows over tensors whose channels come last (N, spatial..., C), or in blocks
 * (com.microsoft.nchwc, where shapes are as usual but channels are rounded up to the block).
 * Weights stay (M, C/g, ...).
 */
#include <string.h>

#include "rules/ms.h"
#include "rules/window.h"

/** NhwcConv, NhwcFusedConv, com.ms.internal.nhwc Conv. */
void rule_ms_nhwc_conv(call *c)
{
	conv_shape(c, &(conv_form){.x = 0, .w = 1, .bias = 2, .channels_last = true}, ms_element(c, 0));
}

static bool channels_last(call *c)
{
	bool internal = c->row && strcmp(c->row->domain, "com.ms.internal.nhwc") == 0;
	return internal || call_int(c, "channels_last", 0) != 0;
}

/** QLinearConv of both domains; the type is the output's zero point's. */
void rule_ms_qlinear_conv(call *c)
{
	conv_form form = {.x = 0, .w = 3, .bias = 8, .channels_last = channels_last(c)};
	conv_shape(c, &form, ms_element(c, 7));
}

/** Says output `i` as input `x` with other spatial dims; `last`: channels last. */
static void say_spatial(call *c, size_t i, const infer_type *x, bool last, const dim *spatial,
                        dim channels, int32_t element)
{
	dim out[RANK_MOST];
	if (!call_wants(c, i))
		return;
	out[0] = x->at[0];
	out[last ? x->n - 1 : 1] = channels;
	for (size_t k = 0; k + 2 < x->n; k++)
		out[k + (last ? 1 : 2)] = spatial[k];
	call_tensor(c, i, element, x->n, out);
}

/** Data with at least one spatial dim; otherwise only the type is said. */
static bool spatial_input(call *c, infer_type *x, int32_t element)
{
	*x = call_in(c, 0);
	if (x->ranked && x->n >= 3)
		return true;
	if (x->ranked)
		call_complain(c, "rank", "the input has %u dims, and no spatial ones", x->n);
	call_unranked(c, 0, element);
	return false;
}

static dim channels_of(const infer_type *x, bool last)
{
	return x->at[last ? x->n - 1 : 1];
}

/** Pools with a window; `last`: where channels are. */
static void pool(call *c, bool last)
{
	infer_type x;
	int32_t element = ms_element(c, 0);
	if (!spatial_input(c, &x, element))
		return;
	window w;
	dim out[RANK_MOST];
	window_read(c, x.n - 2, NULL, &w);
	for (size_t i = 0; i < x.n - 2; i++)
		out[i] = w.sound ? window_slide(c, &w, i, x.at[i + (last ? 1 : 2)]) : DIM_LOST;
	say_spatial(c, 0, &x, last, out, channels_of(&x, last), element);
	say_spatial(c, 1, &x, last, out, channels_of(&x, last), ORAY_INT64);
}

/** NhwcMaxPool and the pools of com.ms.internal.nhwc. */
void rule_ms_nhwc_pool(call *c)
{
	pool(c, true);
}

/** QLinearAveragePool. */
void rule_ms_qlinear_pool(call *c)
{
	pool(c, channels_last(c));
}

static void global_pool(call *c, bool last)
{
	infer_type x;
	dim one[RANK_MOST];
	if (!spatial_input(c, &x, ms_element(c, 0)))
		return;
	for (size_t i = 0; i < x.n; i++)
		one[i] = DIM(1);
	say_spatial(c, 0, &x, last, one, channels_of(&x, last), x.element);
}

void rule_ms_nhwc_global_pool(call *c)
{
	global_pool(c, true);
}

void rule_ms_qlinear_global_pool(call *c)
{
	global_pool(c, channels_last(c));
}

/** The way back: (in - 1) * stride + extent + output_padding - pads; SAME_*: in * stride. */
static dim spread(call *c, const window *w, size_t i, dim in, int64_t extra, dim pads)
{
	dim stride = dim_number(c->d, w->stride[i]);
	if (w->pads == WINDOW_SAME)
		return dim_mul(c->d, in, stride);
	dim reach = dim_mul(c->d, dim_sub(c->d, in, DIM(1)), stride);
	reach = dim_add(c->d, reach, window_extent(c, w, i));
	reach = dim_add(c->d, reach, dim_number(c->d, extra));
	return ms_size(c, dim_sub(c->d, reach, w->pads == WINDOW_VALID ? DIM(0) : pads));
}

/** An attribute of one number a spatial axis, zeros where it is absent. @return false: unsound. */
static bool per_axis(call *c, const char *name, size_t n, int64_t at[RANK_MOST], bool *given)
{
	oray_attribute a;
	size_t found = 0;
	memset(at, 0, RANK_MOST * sizeof *at);
	*given = call_attribute(c, name, &a);
	if (!*given)
		return true;
	if (!call_ints(c, name, at, RANK_MOST, &found))
		return false;
	*given = found != 0;
	return found == 0 || found == n;
}

/** Pads of the n axes of `w` as they are given: an input of 2n numbers, or the attribute. */
static void read_pads(call *c, int input, const window *w, size_t n, dim pads[RANK_MOST])
{
	dim at[2 * RANK_MOST];
	size_t given;
	list_state state = input < 0 ? LIST_ABSENT : call_list(c, input, NULL, at, 2 * n, &given);
	for (size_t i = 0; i < n; i++) {
		if (state == LIST_ABSENT)
			pads[i] = dim_add(c->d, dim_number(c->d, w->pad[i]), dim_number(c->d, w->pad[i + n]));
		else if (state == LIST_KNOWN && given == 2 * n)
			pads[i] = dim_add(c->d, at[i], at[i + n]);
		else
			pads[i] = DIM_LOST;
	}
}

/** A transposed convolution. `pads`: input with the pads, -1: there is only the attribute. */
static void transposed(call *c, size_t w_at, int pads_at, bool last, int32_t element)
{
	infer_type x, weight = call_in(c, w_at);
	int64_t extra[RANK_MOST], fixed[RANK_MOST], group = call_int(c, "group", 1);
	bool has_extra, has_fixed;
	if (!spatial_input(c, &x, element))
		return;
	window w;
	size_t n = x.n - 2;
	bool agree = weight.ranked && weight.n == x.n;
	if (weight.ranked && !agree)
		call_complain(c, "rank", "the weight has %u dims, the input %u", weight.n, x.n);
	window_read(c, n, agree ? weight.at + 2 : NULL, &w);
	bool sound = per_axis(c, "output_padding", n, extra, &has_extra) && w.sound;
	sound = per_axis(c, "output_shape", n, fixed, &has_fixed) && sound;
	dim out[RANK_MOST], pads[RANK_MOST];
	if (sound)
		read_pads(c, pads_at, &w, n, pads);
	for (size_t i = 0; i < n; i++) {
		out[i] = DIM_LOST;
		if (sound && has_fixed)
			out[i] = ms_size(c, dim_number(c->d, fixed[i]));
		else if (sound)
			out[i] = spread(c, &w, i, x.at[i + (last ? 1 : 2)], extra[i], pads[i]);
	}
	dim channels =
	    agree && group > 0 ? dim_mul(c->d, weight.at[1], dim_number(c->d, group)) : DIM_LOST;
	say_spatial(c, 0, &x, last, out, channels, element);
}

void rule_ms_nhwc_conv_transpose(call *c)
{
	transposed(c, 1, -1, true, ms_element(c, 0));
}

void rule_ms_nhwc_qlinear_conv_transpose(call *c)
{
	transposed(c, 3, -1, true, ms_element(c, 7));
}

/** ConvTransposeWithDynamicPads: the pads are input 2. */
void rule_ms_conv_transpose_pads(call *c)
{
	transposed(c, 1, call_has(c, 2) ? 2 : -1, false, ms_element(c, 0));
}

/** MaxUnpool, channels last; an output_shape that is given is not followed. */
void rule_ms_nhwc_unpool(call *c)
{
	infer_type x;
	int32_t element = ms_element(c, 0);
	if (!spatial_input(c, &x, element))
		return;
	window w;
	dim out[RANK_MOST], pads[RANK_MOST];
	size_t n = x.n - 2;
	window_read(c, n, NULL, &w);
	bool sound = w.sound && !call_has(c, 2);
	if (sound)
		read_pads(c, -1, &w, n, pads);
	for (size_t i = 0; i < n; i++)
		out[i] = sound ? spread(c, &w, i, x.at[i + 1], 0, pads[i]) : DIM_LOST;
	say_spatial(c, 0, &x, true, out, channels_of(&x, true), element);
}

/** GridSample, channels last: X (N, spatial..., C), grid (N, spatial..., n). */
void rule_ms_nhwc_grid_sample(call *c)
{
	infer_type x, grid = call_in(c, 1);
	if (!spatial_input(c, &x, ms_element(c, 0)))
		return;
	dim out[RANK_MOST];
	for (size_t i = 0; i + 2 < x.n; i++)
		out[i] = grid.ranked && grid.n == x.n ? grid.at[i + 1] : DIM_LOST;
	say_spatial(c, 0, &x, true, out, channels_of(&x, true), x.element);
}

/** DepthToSpace and SpaceToDepth, channels last. */
static void rearrange(call *c, bool to_space)
{
	ms_input x = ms_get(c, 0, 4);
	dim b = ms_count(c, "blocksize"), square = dim_mul(c->d, b, b);
	if (to_space)
		MS_SAY(c, 0, x.element, x.at[0], dim_mul(c->d, x.at[1], b), dim_mul(c->d, x.at[2], b),
		       ms_part(c, x.at[3], square));
	else
		MS_SAY(c, 0, x.element, x.at[0], ms_part(c, x.at[1], b), ms_part(c, x.at[2], b),
		       dim_mul(c->d, x.at[3], square));
}

void rule_ms_nhwc_depth_to_space(call *c)
{
	rearrange(c, true);
}

void rule_ms_nhwc_space_to_depth(call *c)
{
	rearrange(c, false);
}

/** Resize, channels last: in which order sizes and scales come is not written down anywhere. */
void rule_ms_nhwc_resize(call *c)
{
	infer_type x = call_in(c, 0);
	dim lost[RANK_MOST];
	for (size_t i = 0; i < RANK_MOST; i++)
		lost[i] = DIM_LOST;
	if (x.ranked)
		call_tensor(c, 0, x.element, x.n, lost);
	else
		call_unranked(c, 0, ms_element(c, 0));
}

/**
 * ReorderInput: into blocks of 8 or 16 channels, depending on the machine; so a number of channels
 * that is not a multiple of 16 becomes one that is not known.
 */
void rule_ms_reorder_input(call *c)
{
	infer_type x = call_in(c, 0);
	bool last = call_int(c, "channels_last", 0) != 0;
	int64_t n;
	if (!x.ranked || x.n < 2) {
		call_unranked(c, 0, ms_element(c, 0));
		return;
	}
	dim channels = channels_of(&x, last);
	if (!dim_is_number(c->d, channels, &n) || n % 16 != 0)
		channels = DIM_LOST;
	say_spatial(c, 0, &x, false, x.at + (last ? 1 : 2), channels, x.element);
}

/** ReorderOutput: out of the blocks; how many channels are real is an attribute. */
void rule_ms_reorder_output(call *c)
{
	infer_type x = call_in(c, 0);
	bool last = call_int(c, "channels_last", 0) != 0;
	if (!x.ranked || x.n < 2)
		call_unranked(c, 0, ms_element(c, 0));
	else
		say_spatial(c, 0, &x, last, x.at + 2, ms_count(c, "channels"), x.element);
}

/** Upsample of com.microsoft.nchwc: integral scales, one a dim. */
void rule_ms_nchwc_upsample(call *c)
{
	infer_type x = call_in(c, 0);
	int64_t scales[RANK_MOST];
	size_t n = 0;
	if (!x.ranked) {
		call_unranked(c, 0, ms_element(c, 0));
		return;
	}
	dim out[RANK_MOST];
	bool given = call_ints(c, "scales", scales, RANK_MOST, &n) && n == x.n;
	for (size_t i = 0; i < x.n; i++)
		out[i] =
		    given && scales[i] > 0 ? dim_mul(c->d, x.at[i], dim_number(c->d, scales[i])) : DIM_LOST;
	call_tensor(c, 0, x.element, x.n, out);
}
