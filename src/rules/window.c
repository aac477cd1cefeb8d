/* SPDX-License-Identifier: Apache-2.0 */
/* window.c - attributes of a sliding window, and how often it fits. The formulas are in window.h.
 */
#include "rules/window.h"

#include <string.h>

/**
 * A list of n numbers, none below `least`. Empty counts as absent, as runtimes see it.
 * @return false, after a complaint, when it cannot be used.
 */
static bool read_list(call *c, const char *name, size_t n, int64_t fallback, int64_t least,
                      int64_t *at)
{
	size_t given = 0;
	list_state state = call_numbers(c, -1, name, at, n, &given);
	if (state == LIST_ABSENT || (state == LIST_KNOWN && given == 0)) {
		if (state == LIST_KNOWN && n) /* runtimes take it for none */
			call_complain(c, "attribute-length", "%s is an empty list, not one of %zu numbers", name,
			              n);
		for (size_t i = 0; i < n; i++)
			at[i] = fallback;
		return true;
	}
	if (state != LIST_KNOWN || given != n) {
		call_complain(c, "attribute-length", "%s is not a list of %zu numbers", name, n);
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		if (at[i] < least) {
			call_complain(c, "attribute-range", "%s holds %lld", name, (long long)at[i]);
			return false;
		}
	}
	return true;
}

static bool read_pads(call *c, window *w)
{
	static const struct {
		const char *word;
		window_pads pads;
	} words[] = {{"", WINDOW_EXPLICIT},
	             {"NOTSET", WINDOW_EXPLICIT},
	             {"SAME_UPPER", WINDOW_SAME},
	             {"SAME_LOWER", WINDOW_SAME},
	             {"VALID", WINDOW_VALID}};
	oray_str given = call_str(c, "auto_pad", "");
	size_t i = 0, n = sizeof words / sizeof *words;
	while (i < n && (given.size != strlen(words[i].word) ||
	                 memcmp(given.data, words[i].word, given.size)))
		i++;
	if (i == n) {
		call_complain(c, "attribute-value", "auto_pad is none of the four that exist");
		return false;
	}
	w->pads = words[i].pads;
	/* Negative pads crop: outside the standard, but some exporters write them. */
	if (w->pads == WINDOW_EXPLICIT)
		return read_list(c, "pads", 2 * w->n, 0, INT64_MIN, w->pad);
	memset(w->pad, 0, 2 * w->n * sizeof *w->pad);
	return true;
}

static bool read_kernel(call *c, const dim *weight, window *w)
{
	int64_t k[RANK_MOST];
	size_t given = 0;
	list_state state = call_numbers(c, -1, "kernel_shape", k, RANK_MOST, &given);
	bool attribute = state == LIST_KNOWN && given > 0;
	if (state != LIST_ABSENT && (!attribute || given != w->n) && (attribute || !weight)) {
		call_complain(c, "attribute-length", "kernel_shape is not a list of %zu numbers", w->n);
		return false;
	}
	for (size_t i = 0; i < w->n; i++) {
		dim from_weight = weight ? weight[i] : DIM_LOST;
		w->kernel[i] = attribute ? call_equal(c, dim_number(c->d, k[i]), from_weight, "kernel size")
		                         : from_weight;
		int64_t size;
		if (dim_is_number(c->d, w->kernel[i], &size) && size < 1) {
			call_complain(c, "attribute-range", "the kernel has a size of %lld", (long long)size);
			return false;
		}
	}
	return true;
}

void window_read(call *c, size_t n, const dim *weight, window *out)
{
	out->n = n;
	out->ceil = call_int(c, "ceil_mode", 0) != 0;
	/* All of them, so that all complaints are heard. */
	bool strides = read_list(c, "strides", n, 1, 1, out->stride);
	bool dilations = read_list(c, "dilations", n, 1, 1, out->dilation);
	bool pads = read_pads(c, out);
	bool kernel = read_kernel(c, weight, out);
	out->sound = strides && dilations && pads && kernel;
}

bool window_axes(call *c, size_t *n)
{
	int64_t k[RANK_MOST];
	return call_numbers(c, -1, "kernel_shape", k, RANK_MOST, n) == LIST_KNOWN && *n > 0 &&
	       *n + 2 <= RANK_MOST;
}

dim window_extent(const call *c, const window *w, size_t axis)
{
	dim gaps = dim_sub(c->d, w->kernel[axis], DIM(1));
	return dim_add(c->d, dim_mul(c->d, gaps, dim_number(c->d, w->dilation[axis])), DIM(1));
}

static bool is_pool(const call *c)
{
	return c->row && c->row->category == OPS_POOL;
}

/**
 * The window is larger than what it slides over. Runtimes refuse convolutions like that, and let a
 * pool make of it what a division towards zero makes of it.
 */
static dim slide_too_small(call *c, const window *w, size_t axis, int64_t room)
{
	call_complain(c, "window-too-large", "the window is larger than the padded input of axis %zu",
	              axis + 2);
	int64_t steps = room / w->stride[axis];
	return is_pool(c) && !w->ceil && steps >= -1 ? DIM(1 + steps) : DIM_LOST;
}

/**
 * ceil(in / stride). ONNX Runtime pads a pool under SAME_* as if it were not dilated, and gets less
 * when it is; where the standard and the runtime disagree, nothing is said.
 */
static dim slide_same(call *c, const window *w, size_t axis, dim in)
{
	dim stride = dim_number(c->d, w->stride[axis]);
	dim out = dim_ceil_div(c->d, in, stride);
	if (!is_pool(c) || w->dilation[axis] == 1 || w->kernel[axis] == DIM(1))
		return out;
	dim covered = dim_mul(c->d, dim_sub(c->d, out, DIM(1)), stride);
	dim pads = dim_sub(c->d, dim_add(c->d, covered, w->kernel[axis]), in);
	dim room = dim_sub(c->d, dim_add(c->d, in, pads), window_extent(c, w, axis));
	dim of_runtime = dim_add(c->d, dim_floor_div(c->d, room, stride), DIM(1));
	return dim_compare(c->d, out, of_runtime) == DIM_EQUAL ? out : DIM_LOST;
}

dim window_slide(call *c, const window *w, size_t axis, dim in)
{
	if (!w->sound)
		return DIM_LOST;
	dim stride = dim_number(c->d, w->stride[axis]);
	if (w->pads == WINDOW_SAME)
		return slide_same(c, w, axis, in);
	dim before = dim_number(c->d, w->pad[axis]);
	dim after = dim_number(c->d, w->pad[w->n + axis]);
	dim reach = dim_add(c->d, in, before);
	dim overhang = dim_sub(c->d, window_extent(c, w, axis), after);
	dim room = dim_sub(c->d, reach, overhang);
	int64_t n;
	if (dim_is_number(c->d, room, &n) && n < 0)
		return slide_too_small(c, w, axis, n);
	if (!w->ceil)
		return dim_add(c->d, dim_floor_div(c->d, room, stride), DIM(1));
	if (!dim_is_number(c->d, overhang, &n))
		return DIM_LOST;
	if (n >= w->stride[axis])
		return dim_add(c->d, dim_ceil_div(c->d, room, stride), DIM(1));
	return dim_ceil_div(c->d, n > 0 ? reach : room, stride);
}
