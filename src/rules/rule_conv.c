/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_conv.c - convolutions: X [N, C, spatial...], W [M, C/group, kernel...], Y [N, M,
 * spatial...]. ConvTranspose has W [C, M/group, kernel...]. The spatial formulas are in window.h.
 *
 * What does not arrive with X still follows from W: the rank, and the channels of Y. And the other
 * way round: the channels that W asks for bind a symbol in X.
 */
#include "rules/window.h"

/** Number of spatial axes, from whatever is known. @return false when nothing is. */
static bool conv_axes(call *c, const infer_type *x, const infer_type *w, size_t *n)
{
	if (x->ranked && w->ranked && x->n != w->n) {
		call_complain(c, "rank-mismatch", "the data has %u dims and the weight %u", x->n, w->n);
		return false;
	}
	if (!x->ranked && !w->ranked)
		return window_axes(c, n);
	uint32_t rank = x->ranked ? x->n : w->n;
	if (rank < 2) {
		call_complain(c, "rank-mismatch", "a convolution takes 3 dims or more, not %u", rank);
		return false;
	}
	*n = rank - 2;
	return true;
}

static dim dim_at(const infer_type *t, size_t i)
{
	return t->ranked && i < t->n ? t->at[i] : DIM_LOST;
}

/** The attribute group; 0, after a complaint, when it makes no sense. */
static int64_t conv_group(call *c)
{
	int64_t group = call_int(c, "group", 1);
	if (group >= 1)
		return group;
	call_complain(c, "attribute-range", "group is %lld", (long long)group);
	return 0;
}

static dim times_group(call *c, dim d, int64_t group)
{
	return group ? dim_mul(c->d, d, dim_number(c->d, group)) : DIM_LOST;
}

/** The bias is one number for each channel of the output. */
static dim with_bias(call *c, size_t bias, dim channels)
{
	infer_type b = call_in(c, bias);
	return b.ranked && b.n == 1 ? call_equal(c, channels, b.at[0], "channels and bias") : channels;
}

void conv_shape(call *c, const conv_form *form, int32_t element)
{
	infer_type x = call_in(c, form->x);
	infer_type w = call_in(c, form->w);
	size_t n;
	if (!conv_axes(c, &x, &w, &n)) {
		call_unranked(c, 0, element);
		return;
	}
	size_t channel = form->channels_last ? n + 1 : 1;
	size_t first = form->channels_last ? 1 : 2;
	window win;
	window_read(c, n, w.ranked ? w.at + 2 : NULL, &win);
	call_equal(c, dim_at(&x, channel), times_group(c, dim_at(&w, 1), conv_group(c)),
	           "channels of data and weight");
	dim out[RANK_MOST];
	out[0] = dim_at(&x, 0);
	out[channel] = dim_at(&w, 0);
	if (form->bias)
		out[channel] = with_bias(c, form->bias, out[channel]);
	for (size_t i = 0; i < n; i++)
		out[first + i] = window_slide(c, &win, i, dim_at(&x, first + i));
	call_tensor(c, 0, element, n + 2, out);
}

/** Element type of the first of two inputs that has one. */
static int32_t element_of(call *c, size_t a, size_t b)
{
	int32_t element = call_in(c, a).element;
	return element ? element : call_in(c, b).element;
}

void rule_conv(call *c)
{
	conv_shape(c, &(conv_form){.x = 0, .w = 1, .bias = 2}, element_of(c, 0, 1));
}

void rule_conv_integer(call *c)
{
	conv_shape(c, &(conv_form){.x = 0, .w = 1}, ORAY_INT32);
}

void rule_qlinear_conv(call *c)
{
	conv_shape(c, &(conv_form){.x = 0, .w = 3, .bias = 8}, call_in(c, 7).element);
}

/* The offsets are given for each position of the output: [N, ..., spatial of Y]. So is the mask. */
void rule_deform_conv(call *c)
{
	conv_shape(c, &(conv_form){.x = 0, .w = 1, .bias = 3}, element_of(c, 0, 1));
	infer_type y = call_said(c, 0);
	if (!y.ranked || y.n < 2)
		return;
	dim out[RANK_MOST];
	for (uint32_t i = 0; i < y.n; i++)
		out[i] = y.at[i];
	for (size_t input = 2; input <= 4; input += 2) {
		infer_type t = call_in(c, input);
		if (!t.ranked || t.n != y.n)
			continue;
		out[0] = call_equal(c, out[0], t.at[0], "batch of data and offset");
		for (uint32_t i = 2; i < y.n; i++)
			out[i] = call_equal(c, out[i], t.at[i], "size of output and offset");
	}
	call_tensor(c, 0, y.element, y.n, out);
}

/* ------------------------------------------------------------------------ ConvTranspose -- */

/** Sizes that ConvTranspose is told: the spatial ones, or all of them, as some exporters write. */
typedef struct transpose_sizes {
	bool given;  /**< output_shape is there */
	bool usable; /**< ... and long enough */
	int64_t size[RANK_MOST];
	int64_t padding[RANK_MOST]; /**< output_padding */
} transpose_sizes;

static void read_sizes(call *c, size_t n, transpose_sizes *out)
{
	int64_t at[RANK_MOST];
	size_t given = 0;
	*out = (transpose_sizes){.usable = true};
	list_state state = call_numbers(c, -1, "output_shape", at, RANK_MOST, &given);
	out->given = state != LIST_ABSENT && !(state == LIST_KNOWN && given == 0);
	if (out->given && (state != LIST_KNOWN || (given != n && given != n + 2))) {
		call_complain(c, "attribute-length", "output_shape has %zu numbers where %zu are expected",
		              given, n);
		out->usable = false;
	}
	for (size_t i = 0; out->given && out->usable && i < n; i++)
		out->size[i] = at[given - n + i];
	state = call_numbers(c, -1, "output_padding", at, RANK_MOST, &given);
	if (state == LIST_ABSENT || (state == LIST_KNOWN && given == 0))
		return;
	if (state != LIST_KNOWN || given != n) {
		call_complain(c, "attribute-length",
		              "output_padding has %zu numbers where %zu are expected", given, n);
		out->usable = false;
		return;
	}
	for (size_t i = 0; i < n; i++)
		out->padding[i] = at[i];
}

/**
 * The way back of window_slide(). SAME_* takes the padding off that is more than in * stride; where
 * there is none to take off, because the kernel is smaller than the stride, less comes out: so ONNX
 * Runtime does it, and so does the reference.
 */
static dim window_spread(call *c, const window *w, const transpose_sizes *sizes, size_t i, dim in)
{
	dim stride = dim_number(c->d, w->stride[i]);
	dim extent = dim_add(c->d, window_extent(c, w, i), dim_number(c->d, sizes->padding[i]));
	dim full = dim_add(c->d, dim_mul(c->d, dim_sub(c->d, in, DIM(1)), stride), extent);
	if (w->pads != WINDOW_SAME) {
		dim pads = dim_add(c->d, dim_number(c->d, w->pad[i]), dim_number(c->d, w->pad[w->n + i]));
		return dim_sub(c->d, full, pads);
	}
	switch (dim_compare(c->d, extent, stride)) {
	case DIM_EQUAL:
	case DIM_NOT_LESS:
	case DIM_MORE:
		return dim_mul(c->d, in, stride);
	case DIM_LESS:
	case DIM_NOT_MORE:
		return full;
	default:
		return DIM_LOST;
	}
}

static dim transpose_out(call *c, const window *w, const transpose_sizes *sizes, size_t i, dim in)
{
	if (!sizes->usable || (!sizes->given && !w->sound))
		return DIM_LOST;
	dim out = sizes->given ? dim_number(c->d, sizes->size[i]) : window_spread(c, w, sizes, i, in);
	int64_t n;
	if (!dim_is_number(c->d, out, &n) || n >= 0)
		return out;
	call_complain(c, "window-too-large", "axis %zu of the output has size %lld", i + 2,
	              (long long)n);
	return DIM_LOST;
}

void rule_conv_transpose(call *c)
{
	infer_type x = call_in(c, 0);
	infer_type w = call_in(c, 1);
	int32_t element = element_of(c, 0, 1);
	size_t n;
	if (!conv_axes(c, &x, &w, &n)) {
		call_unranked(c, 0, element);
		return;
	}
	window win;
	transpose_sizes sizes;
	window_read(c, n, w.ranked ? w.at + 2 : NULL, &win);
	read_sizes(c, n, &sizes);
	call_equal(c, dim_at(&x, 1), dim_at(&w, 0), "channels of data and weight");
	dim out[RANK_MOST];
	out[0] = dim_at(&x, 0);
	out[1] = with_bias(c, 2, times_group(c, dim_at(&w, 1), conv_group(c)));
	for (size_t i = 0; i < n; i++)
		out[2 + i] = transpose_out(c, &win, &sizes, i, dim_at(&x, 2 + i));
	call_tensor(c, 0, element, n + 2, out);
}
