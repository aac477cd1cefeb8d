/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_signal.c - windows and Fourier transforms. With n the length of a transform, a one-sided
 * spectrum has floor(n/2) + 1 bins; real and imaginary part are the last dim.
 */
#include "rules/fresh.h"

#include <string.h>

/* A type named by an attribute; 0 when it is none. */
static int32_t type_attribute(call *c, const char *name)
{
	int64_t t = call_int(c, name, ORAY_FLOAT32);
	return t > 0 && t < ORAY_N_TYPES ? (int32_t)t : 0;
}

/* A scalar input that is a size: unknown, after a complaint, when it is below `least`. */
static dim size_input(call *c, size_t i, int64_t least, const char *what)
{
	dim d = call_scalar(c, i);
	int64_t n;
	if (!dim_is_number(c->d, d, &n) || n >= least)
		return d;
	call_complain(c, "value", "%s of %lld", what, (long long)n);
	return DIM_LOST;
}

static dim one_sided(call *c, dim length)
{
	return dim_add(c->d, dim_floor_div(c->d, length, DIM(2)), DIM(1));
}

/* HannWindow, HammingWindow, BlackmanWindow. */
void rule_window(call *c)
{
	dim size = dim_or_fresh(c, size_input(c, 0, 0, "window size"), 0, 0);
	call_tensor(c, 0, type_attribute(c, "output_datatype"), 1, &size);
}

void rule_mel_weight_matrix(call *c)
{
	dim bins = size_input(c, 0, 0, "number of mel bins");
	dim length = size_input(c, 1, 0, "DFT length");
	dim out[2] = {one_sided(c, length), bins};
	name_lost_dims(c, 2, out);
	call_tensor(c, 0, type_attribute(c, "output_datatype"), 2, out);
}

/* The axis: attribute, 1 by default (17); input, -2 by default (20). False when it is unknown. */
static bool dft_axis(call *c, size_t rank, size_t *out)
{
	int64_t axis = c->opset < 20 ? call_int(c, "axis", 1) : -2;
	if (c->opset >= 20 && call_has(c, 2) && !dim_is_number(c->d, call_scalar(c, 2), &axis))
		return false;
	if (!call_axis(c, axis, rank, out))
		return false;
	if (*out + 1 < rank)
		return true;
	call_complain(c, "axis", "the last axis holds the parts of complex numbers");
	return false;
}

/*
 * The axis becomes dft_length long, or its one-sided half. One-sided and inverse makes real numbers
 * from half a spectrum: 2*(n-1) of them.
 */
void rule_dft(call *c)
{
	infer_type x = call_in(c, 0);
	if (!x.ranked || !x.n) {
		call_unranked(c, 0, x.element);
		return;
	}
	bool inverse = call_int(c, "inverse", 0) != 0, onesided = call_int(c, "onesided", 0) != 0;
	bool resized = onesided || call_has(c, 1);
	dim out[RANK_MOST];
	memcpy(out, x.at, x.n * sizeof *out);
	size_t axis;
	if (dft_axis(c, x.n, &axis)) {
		dim length = out[axis];
		if (call_has(c, 1))
			length = size_input(c, 1, 1, "DFT length");
		else if (onesided && inverse)
			length = dim_mul(c->d, DIM(2), dim_sub(c->d, length, DIM(1)));
		out[axis] = onesided && !inverse ? one_sided(c, length) : length;
	} else if (resized) {
		for (size_t i = 0; i + 1 < x.n; i++)
			out[i] = DIM_LOST;
	}
	out[x.n - 1] = DIM(onesided && inverse ? 1 : 2);
	name_lost_dims(c, x.n, out);
	call_tensor(c, 0, x.element, x.n, out);
}

/* Length of a frame: the last input, or that of the window, or all of the signal. */
static dim frame_length(call *c, const infer_type *signal)
{
	infer_type window = call_in(c, 2);
	dim of_window = window.ranked && window.n == 1 ? window.at[0] : DIM_LOST;
	if (call_has(c, 3))
		return call_equal(c, size_input(c, 3, 1, "frame length"), of_window, "frame length");
	if (call_has(c, 2))
		return of_window;
	return signal->ranked && signal->n > 1 ? signal->at[1] : DIM_LOST;
}

/* floor((signal - frame) / step) + 1 frames. */
void rule_stft(call *c)
{
	infer_type x = call_in(c, 0);
	dim batch = x.ranked && x.n > 1 ? x.at[0] : DIM_LOST;
	dim signal = x.ranked && x.n > 1 ? x.at[1] : DIM_LOST;
	dim length = frame_length(c, &x), step = size_input(c, 1, 1, "frame step");
	dim frames = dim_floor_div(c->d, dim_sub(c->d, signal, length), step);
	frames = dim_add(c->d, frames, DIM(1));
	int64_t n;
	if (dim_is_number(c->d, frames, &n) && n < 0) {
		call_complain(c, "value", "frames are longer than the signal");
		frames = DIM_LOST;
	}
	dim bins = call_int(c, "onesided", 1) ? one_sided(c, length) : length;
	dim out[4] = {batch, frames, bins, DIM(2)};
	name_lost_dims(c, 4, out);
	call_tensor(c, 0, x.element, 4, out);
}
