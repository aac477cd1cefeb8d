/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_resize.c - Resize and Upsample.
 *
 *     scales                    out = floor(in * scale)         in float32, as runtimes compute it
 *     sizes                     out = size
 *     sizes, not_larger         scale = min(size / in), out = round(in * scale)
 *     sizes, not_smaller        the same with max
 *
 * The region of tf_crop_and_resize chooses what is looked at; the formula of the specification has
 * it in the size as well, but neither ONNX Runtime nor the reference does that.
 *
 * For a symbol the product must be exact whatever the symbol stands for, or floor() could be off by
 * one: scales that are fractions of a small power of two (0.5, 1.75, 2).
 */
#include "rules/fresh.h"

#include <math.h>
#include <string.h>

/** Which dims of the data a list of sizes or scales is about. */
typedef struct resized {
	infer_type x;
	bool known; /**< false: some dims, nobody knows which */
	size_t n;
	size_t axes[RANK_MOST];
	dim out[RANK_MOST]; /**< dims of the output; to begin with, those of the data */
} resized;

/* --------------------------------------------------------------------------- one dimension -- */

/* True when in * scale is exact in float32 for all sizes up to 2^16: 8 significant bits. */
static bool is_small_fraction(double scale)
{
	int exponent;
	double bits = frexp(scale, &exponent) * 256;
	return bits > 0 && bits == floor(bits) && exponent >= -10 && exponent <= 10;
}

static dim scaled(call *c, dim in, dim scale)
{
	int64_t n;
	double s;
	if (!dim_is_real(c->d, scale, &s))
		return DIM_LOST;
	if (!(s >= 0) || s > 0x1p60) {
		call_complain(c, "value", "a scale of %g", s);
		return DIM_LOST;
	}
	if (s == 1)
		return in;
	if (dim_is_number(c->d, in, &n)) {
		float product = (float)n * (float)s;
		return product >= 0 && product < 0x1p60F ? dim_number(c->d, (int64_t)product) : DIM_LOST;
	}
	if (!is_small_fraction(s))
		return DIM_LOST;
	return dim_floor(c->d, dim_mul(c->d, in, scale));
}

static dim sized(call *c, dim size)
{
	int64_t n;
	if (!dim_is_number(c->d, size, &n) || n >= 0)
		return size;
	call_complain(c, "value", "a size of %lld", (long long)n);
	return DIM_LOST;
}

/* -------------------------------------------------------------------------------- all dims -- */

static void lose_dims(resized *r)
{
	if (r->known)
		for (size_t i = 0; i < r->n; i++)
			r->out[r->axes[i]] = DIM_LOST;
	else
		for (size_t i = 0; i < r->x.n; i++)
			r->out[i] = DIM_LOST;
}

/* A list must have one entry for each axis. */
static bool fits(call *c, const resized *r, size_t n, const char *what)
{
	if (r->known && n == r->n)
		return true;
	if (r->known)
		call_complain(c, "length", "%zu %s for %zu dimensions", n, what, r->n);
	return false;
}

static void by_scales(call *c, resized *r, list_state state, const dim *scales, size_t n)
{
	if (state != LIST_KNOWN || !fits(c, r, n, "scales")) {
		lose_dims(r);
		return;
	}
	for (size_t i = 0; i < n; i++)
		r->out[r->axes[i]] = scaled(c, r->x.at[r->axes[i]], scales[i]);
}

/* One scale for all axes, so that none gets larger, or smaller, than asked for. */
static void keep_aspect(call *c, resized *r, const dim *sizes, bool larger)
{
	float scale = 0;
	for (size_t i = 0; i < r->n; i++) {
		int64_t size, in;
		if (!dim_is_number(c->d, sizes[i], &size) ||
		    !dim_is_number(c->d, r->x.at[r->axes[i]], &in) || size < 0 || in <= 0) {
			lose_dims(r);
			return;
		}
		float s = (float)size / (float)in;
		if (!i || (larger ? s > scale : s < scale))
			scale = s;
	}
	for (size_t i = 0; i < r->n; i++) {
		int64_t in = 0;
		dim_is_number(c->d, r->x.at[r->axes[i]], &in);
		float out = roundf(scale * (float)in);
		r->out[r->axes[i]] = out < 0x1p60F ? dim_number(c->d, (int64_t)out) : DIM_LOST;
	}
}

static void by_sizes(call *c, resized *r, list_state state, const dim *sizes, size_t n)
{
	if (state != LIST_KNOWN || !fits(c, r, n, "sizes")) {
		lose_dims(r);
		return;
	}
	bool larger = call_str_is(c, "keep_aspect_ratio_policy", "stretch", "not_smaller");
	bool stretch = !larger && !call_str_is(c, "keep_aspect_ratio_policy", "stretch", "not_larger");
	if (!stretch && n > 1) {
		keep_aspect(c, r, sizes, larger);
		return;
	}
	for (size_t i = 0; i < n; i++)
		r->out[r->axes[i]] = sized(c, sizes[i]);
}

/* All axes, or those of the attribute (18). */
static void read_axes(call *c, resized *r)
{
	oray_attribute a;
	int64_t axes[RANK_MOST];
	r->known = true;
	r->n = r->x.n;
	for (size_t i = 0; i < r->n; i++)
		r->axes[i] = i;
	if (c->opset < 18 || !call_attribute(c, "axes", &a) || !a.count)
		return;
	bool seen[RANK_MOST] = {false};
	r->known = call_ints(c, "axes", axes, RANK_MOST, &r->n);
	for (size_t i = 0; r->known && i < r->n; i++) {
		r->known = call_axis(c, axes[i], r->x.n, &r->axes[i]);
		if (r->known && seen[r->axes[i]]) {
			call_complain(c, "axis", "an axis is named twice");
			r->known = false;
		}
		if (r->known)
			seen[r->axes[i]] = true;
	}
}

/* Input `i` is there, and not the empty tensor that stands for nothing. */
static bool is_given(call *c, size_t i)
{
	if (!call_has(c, i))
		return false;
	infer_type t = call_in(c, i);
	return !(t.ranked && t.n == 1 && t.at[0] == DIM(0));
}

static void say_resized(call *c, resized *r)
{
	name_lost_dims(c, r->x.n, r->out);
	call_tensor(c, 0, r->x.element, r->x.n, r->out);
}

/* The rank is unknown; without axes it is the length of the list. */
static void say_unranked(call *c, list_state state, size_t n)
{
	oray_attribute axes;
	dim lost[RANK_MOST];
	for (size_t i = 0; i < RANK_MOST; i++)
		lost[i] = DIM_LOST;
	int32_t element = call_in(c, 0).element;
	if ((state == LIST_KNOWN || state == LIST_LENGTH) && n && n <= RANK_MOST &&
	    !call_attribute(c, "axes", &axes))
		call_tensor(c, 0, element, n, lost);
	else
		call_unranked(c, 0, element);
}

/* Version 10 has X and scales; since 11 it is X, roi, scales, sizes, one of the last two given. */
void rule_resize(call *c)
{
	bool sizes = c->opset >= 11 && is_given(c, 3);
	if (c->opset >= 13 && sizes == is_given(c, 2))
		call_complain(c, "bad-attribute", "%s of scales and sizes is given, it should be one",
		              sizes ? "each" : "neither");
	int input = c->opset < 11 ? 1 : sizes ? 3 : 2;
	resized r = {.x = call_in(c, 0)};
	dim list[RANK_MOST];
	size_t n = 0;
	list_state state = call_list(c, input, NULL, list, RANK_MOST, &n);
	if (!r.x.ranked) {
		say_unranked(c, state, n);
		return;
	}
	if (r.x.n)
		memcpy(r.out, r.x.at, r.x.n * sizeof *r.out);
	read_axes(c, &r);
	if (sizes)
		by_sizes(c, &r, state, list, n);
	else
		by_scales(c, &r, state, list, n);
	say_resized(c, &r);
}

/* Scales as an attribute: height_scale and width_scale of [N,C,H,W] (1), scales (7). */
static list_state scale_attribute(call *c, dim at[RANK_MOST], size_t *n)
{
	oray_attribute a;
	if (!call_attribute(c, "scales", &a)) {
		*n = 4;
		at[0] = at[1] = DIM(1);
		at[2] = dim_real(c->d, call_float(c, "height_scale", 1));
		at[3] = dim_real(c->d, call_float(c, "width_scale", 1));
		return LIST_KNOWN;
	}
	if (a.type != ORAY_ATTR_FLOATS || a.on_disk || a.count > RANK_MOST)
		return LIST_UNKNOWN;
	*n = a.count;
	for (size_t i = 0; i < a.count; i++)
		at[i] = dim_real(c->d, (double)a.v.floats[i]);
	return LIST_KNOWN;
}

void rule_upsample(call *c)
{
	resized r = {.x = call_in(c, 0)};
	dim list[RANK_MOST];
	size_t n = 0;
	list_state state = c->opset < 9 && !call_has(c, 1) ? scale_attribute(c, list, &n)
	                                                   : call_list(c, 1, NULL, list, RANK_MOST, &n);
	if (!r.x.ranked) {
		say_unranked(c, state, n);
		return;
	}
	if (r.x.n)
		memcpy(r.out, r.x.at, r.x.n * sizeof *r.out);
	r.known = true;
	r.n = r.x.n;
	for (size_t i = 0; i < r.n; i++)
		r.axes[i] = i;
	by_scales(c, &r, state, list, n);
	say_resized(c, &r);
}
