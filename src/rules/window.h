/* SPDX-License-Identifier: Apache-2.0 */
/*
 * window.h - a window that slides over the spatial axes of a tensor: what convolutions and pools
 * have in common.
 *
 * With in the input size, k the kernel, s the stride, d the dilation, b and e the pads:
 *
 *     extent  = (k - 1) * d + 1
 *     slide   = floor((in + b + e - extent) / s) + 1            explicit pads, VALID with b = e = 0
 *             = ceil(in / s)                                    SAME_UPPER, SAME_LOWER
 *     spread  = (in - 1) * s + extent + output_padding - b - e  the way back: ConvTranspose
 *             = in * s                                          SAME_*
 *
 * ceil_mode takes the ceiling instead of the floor, and then drops a window that would start in the
 * padding after the input. Only the pools since 22 say so in their text; PyTorch, which most of
 * these models come from, and ONNX Runtime drop it in all versions, so this does as well (the
 * reference's inference does not before 22). A window is dropped when
 * (out - 1) * s >= in + b. As extent - e > 0, at most one is, and the minimum of both counts has a
 * closed form without a minimum:
 *
 *     extent - e >= s:  ceil((in + b + e - extent) / s) + 1     the last window starts before in +
 * b otherwise:        ceil((in + b) / s)
 *
 * Attributes are checked when they are read. What makes no sense costs the spatial dims, not the
 * rank.
 */
#ifndef INFER_WINDOW_H
#define INFER_WINDOW_H

#include "infer/rule.h"

typedef enum window_pads {
	WINDOW_EXPLICIT, /**< the attribute pads */
	WINDOW_VALID,    /**< none */
	WINDOW_SAME      /**< as many as make out = ceil(in / stride) */
} window_pads;

/** The attributes of a node with a window, absent ones replaced by their defaults. */
typedef struct window {
	size_t n;   /**< spatial axes, at most RANK_MOST */
	bool sound; /**< false: a list is of the wrong length, or holds numbers that cannot be; the lists
	                 below mean nothing then */
	bool ceil;
	window_pads pads;
	dim kernel[RANK_MOST];
	int64_t stride[RANK_MOST];   /**< 1 or more */
	int64_t dilation[RANK_MOST]; /**< 1 or more */
	int64_t pad[2 * RANK_MOST];  /**< n before, then n after */
} window;

/**
 * Reads strides, dilations, pads, auto_pad, ceil_mode and kernel_shape.
 * @param n       Spatial axes.
 * @param weight  Kernel sizes as the weight says, n dims; NULL: there is no weight, or it is
 *                unknown. Both must agree if both are there.
 */
void window_read(call *c, size_t n, const dim *weight, window *out);

/**
 * Spatial axes when only the attribute kernel_shape can tell. @return false when it is absent.
 */
bool window_axes(call *c, size_t *n);

/** (kernel - 1) * dilation + 1. */
dim window_extent(const call *c, const window *w, size_t axis);

/** Windows along an axis: Conv, pools. */
dim window_slide(call *c, const window *w, size_t axis, dim in);

/** Which inputs a convolution has where, and how its data lies. */
typedef struct conv_form {
	uint8_t x, w;
	uint8_t bias;       /**< 0: none */
	bool channels_last; /**< data and output [N, spatial..., C]; the weight stays [M, C/g, ...] */
} conv_form;

/** Output 0 of a convolution, with this element type. */
void conv_shape(call *c, const conv_form *form, int32_t element);

#endif
