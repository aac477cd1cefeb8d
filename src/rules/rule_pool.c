/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_pool.c - pools: X [N, C, spatial...] becomes [N, C, fewer...]. The formulas of those with a
 * window are in window.h.
 */
#include "rules/window.h"

/** Output `i` of a pool: N and C of X, and a size for each axis from `size`. */
static void pool_outputs(call *c, int32_t element, size_t n, const dim *at)
{
	call_tensor(c, 0, element, n, at);
	if (call_wants(c, 1))
		call_tensor(c, 1, ORAY_INT64, n, at);
}

/** Dims when only kernel_shape tells the rank, or nothing does. */
static void pool_of_unknown(call *c, int32_t element)
{
	size_t n;
	dim lost[RANK_MOST];
	if (window_axes(c, &n)) {
		for (size_t i = 0; i < n + 2; i++)
			lost[i] = DIM_LOST;
		pool_outputs(c, element, n + 2, lost);
		return;
	}
	call_unranked(c, 0, element);
	if (call_wants(c, 1))
		call_unranked(c, 1, ORAY_INT64);
}

/** A pool needs N and C at least. */
static bool pool_ranked(call *c, const infer_type *x)
{
	if (x->ranked && x->n < 2)
		call_complain(c, "rank-mismatch", "a pool takes 3 dims or more, not %u", x->n);
	return x->ranked && x->n >= 2;
}

/* MaxPool with Indices (8 and later), AveragePool, LpPool. */
void rule_pool(call *c)
{
	infer_type x = call_in(c, 0);
	if (!pool_ranked(c, &x)) {
		pool_of_unknown(c, x.element);
		return;
	}
	window w;
	dim out[RANK_MOST] = {x.at[0], x.at[1]};
	window_read(c, x.n - 2, NULL, &w);
	for (size_t i = 0; i < w.n; i++)
		out[2 + i] = window_slide(c, &w, i, x.at[2 + i]);
	pool_outputs(c, x.element, x.n, out);
}

void rule_max_pool(call *c)
{
	rule_pool(c);
}

void rule_global_pool(call *c)
{
	infer_type x = call_in(c, 0);
	if (!pool_ranked(c, &x)) {
		call_unranked(c, 0, x.element);
		return;
	}
	dim out[RANK_MOST] = {x.at[0], x.at[1]};
	for (size_t i = 2; i < x.n; i++)
		out[i] = DIM(1);
	call_tensor(c, 0, x.element, x.n, out);
}

/* ---------------------------------------------------------------------------- MaxUnpool -- */

/** (in - 1) * stride + kernel - pads; there is no dilation. */
static dim unpool_size(call *c, const window *w, size_t axis, dim in)
{
	if (!w->sound)
		return DIM_LOST;
	dim full =
	    dim_add(c->d, dim_mul(c->d, dim_sub(c->d, in, DIM(1)), dim_number(c->d, w->stride[axis])),
	            w->kernel[axis]);
	dim pads = dim_add(c->d, dim_number(c->d, w->pad[axis]), dim_number(c->d, w->pad[w->n + axis]));
	dim out = dim_sub(c->d, full, pads);
	int64_t n;
	return dim_is_number(c->d, out, &n) && n < 0 ? DIM_LOST : out;
}

void rule_max_unpool(call *c)
{
	infer_type x = call_in(c, 0);
	infer_type indices = call_in(c, 1);
	if (!x.ranked && indices.ranked) {
		indices.element = x.element;
		x = indices;
	}
	dim out[RANK_MOST];
	size_t n = 0;
	list_state told = call_list(c, 2, NULL, out, RANK_MOST, &n);
	if (told == LIST_KNOWN) {
		call_tensor(c, 0, x.element, n, out);
		return;
	}
	if (!pool_ranked(c, &x)) {
		if (told == LIST_LENGTH)
			call_tensor(c, 0, x.element, n, out);
		else
			call_unranked(c, 0, x.element);
		return;
	}
	window w;
	window_read(c, x.n - 2, NULL, &w);
	out[0] = x.at[0];
	out[1] = x.at[1];
	for (size_t i = 0; i < w.n; i++)
		out[2 + i] =
		    told == LIST_ABSENT ? unpool_size(c, &w, i, x.at[2 + i]) : call_fresh(c, 0, 2 + i);
	call_tensor(c, 0, x.element, x.n, out);
}

/* ------------------------------------------------------------------- regions of interest -- */

/** [regions, channels of X, height, width]. */
static void roi_output(call *c, dim regions, dim height, dim width)
{
	infer_type x = call_in(c, 0);
	dim out[4] = {regions, x.ranked && x.n > 1 ? x.at[1] : DIM_LOST, height, width};
	call_tensor(c, 0, x.element, 4, out);
}

/** A size that an attribute says; lost when it cannot be one. */
static dim roi_size(call *c, const char *name, int64_t size)
{
	if (size >= 1)
		return dim_number(c->d, size);
	call_complain(c, "attribute-range", "%s is %lld", name, (long long)size);
	return DIM_LOST;
}

static dim first_dim(call *c, size_t input)
{
	infer_type t = call_in(c, input);
	return t.ranked && t.n ? t.at[0] : DIM_LOST;
}

void rule_max_roi_pool(call *c)
{
	int64_t size[2];
	size_t n = 0;
	bool known = call_numbers(c, -1, "pooled_shape", size, 2, &n) == LIST_KNOWN && n == 2;
	if (!known)
		call_complain(c, "attribute-length", "pooled_shape does not have 2 numbers");
	roi_output(c, first_dim(c, 1), known ? roi_size(c, "pooled_shape", size[0]) : DIM_LOST,
	           known ? roi_size(c, "pooled_shape", size[1]) : DIM_LOST);
}

void rule_roi_align(call *c)
{
	dim regions = call_equal(c, first_dim(c, 1), first_dim(c, 2), "regions and their images");
	roi_output(c, regions, roi_size(c, "output_height", call_int(c, "output_height", 1)),
	           roi_size(c, "output_width", call_int(c, "output_width", 1)));
}
