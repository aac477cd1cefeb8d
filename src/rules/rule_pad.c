/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_pad.c - Pad and CenterCropPad: so many elements more, or fewer, at each end of each axis.
 *
 *     out = begin + n + end        both may be negative
 *
 * The element at index i comes from i - begin, if that is inside; otherwise it depends on the mode:
 * a constant, or the nearest, mirrored or wrapped element.
 */
#include "rules/move.h"

/** Pads of each axis of the input. */
typedef struct padding {
	dim begin[RANK_MOST], end[RANK_MOST];
} padding;

typedef enum pad_mode { PAD_CONSTANT, PAD_EDGE, PAD_REFLECT, PAD_WRAP, PAD_OTHER } pad_mode;

static pad_mode pad_mode_of(call *c)
{
	static const char *const names[] = {"constant", "edge", "reflect", "wrap"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (call_str_is(c, "mode", "constant", names[i]))
			return (pad_mode)i;
	call_complain(c, "bad-attribute", "the mode is none that is known");
	return PAD_OTHER;
}

/** Index in the input, or -1 for the constant. `at` counts from the first element that is kept. */
static int64_t pad_source(pad_mode mode, int64_t at, int64_t n)
{
	int64_t period = 2 * (n - 1);
	if (at >= 0 && at < n)
		return at;
	switch (mode) {
	case PAD_EDGE:
		return at < 0 ? 0 : n - 1;
	case PAD_REFLECT:
		at = (at % period + period) % period;
		return at < n ? at : period - at;
	case PAD_WRAP:
		return (at % n + n) % n;
	default:
		return -1;
	}
}

/** Runtimes differ in modes other than constant where pads are negative, or mirror too much. */
static bool pad_is_plain(pad_mode mode, const int64_t *begin, const move *m)
{
	if (mode == PAD_CONSTANT)
		return true;
	for (size_t i = 0; i < m->rank; i++) {
		int64_t end = m->w.size[i] - m->size[i] - begin[i];
		if (mode == PAD_OTHER || begin[i] < 0 || end < 0 || m->size[i] == 0 ||
		    (mode == PAD_REFLECT && (begin[i] >= m->size[i] || end >= m->size[i])))
			return false;
	}
	return true;
}

static void pad_values(call *c, size_t rank, const padding *p, pad_mode mode, dim fill)
{
	int64_t begin[RANK_MOST];
	move m;
	if (!move_begin(c, 0, 0, &m) || m.rank != rank)
		return;
	for (size_t i = 0; i < m.rank; i++)
		if (!dim_is_number(c->d, p->begin[i], &begin[i]) || begin[i] < -VALUES_MOST ||
		    begin[i] > VALUES_MOST)
			return;
	if (!pad_is_plain(mode, begin, &m))
		return;
	for (size_t k = 0; k < m.n; k++) {
		int64_t from = 0;
		for (size_t i = 0; i < m.rank && from >= 0; i++) {
			int64_t source = pad_source(mode, m.w.at[i] - begin[i], m.size[i]);
			from = source < 0 ? -1 : from + source * m.stride[i];
		}
		m.to[k] = from < 0 ? fill : m.from[from];
		index_next(&m.w);
	}
	call_set_values(c, 0, m.n, m.to);
}

/* ---------------------------------------------------------------------------------- pad -- */

/** Begins, then ends, of the axes. @return false when it is not known which axes are padded. */
static bool pad_lists(call *c, const infer_type *x, padding *p)
{
	dim pads[2 * RANK_MOST];
	int64_t axes[RANK_MOST];
	size_t n, n_axes;
	bool seen[RANK_MOST] = {false}, any;
	list_state state = call_list(c, 1, "pads", pads, 2 * RANK_MOST, &n);
	list_state which = call_numbers(c, 3, NULL, axes, RANK_MOST, &n_axes);
	if (state == LIST_ABSENT)
		state = call_list(c, -1, "paddings", pads, 2 * RANK_MOST, &n);
	if (which != LIST_ABSENT && which != LIST_KNOWN)
		return false;
	if (which == LIST_ABSENT)
		n_axes = x->n;
	any = state == LIST_KNOWN || state == LIST_LENGTH;
	if (any && n != 2 * n_axes)
		call_complain(c, "bad-pads", "there are %zu pads for %zu axes", n, n_axes);
	any &= n == 2 * n_axes;
	for (size_t i = 0; i < n_axes; i++) {
		size_t axis = i;
		if (which == LIST_KNOWN && !call_axis(c, axes[i], x->n, &axis))
			return false;
		any &= !seen[axis];
		seen[axis] = true;
		p->begin[axis] = any ? pads[i] : DIM_LOST;
		p->end[axis] = any ? pads[i + n_axes] : DIM_LOST;
	}
	return true;
}

/** The constant: input 2, or the attribute, or 0. */
static dim pad_value(call *c)
{
	if (call_has(c, 2))
		return call_scalar(c, 2);
	return dim_real(c->d, call_float(c, "value", 0));
}

static dim pad_dim(call *c, dim n, dim begin, dim end)
{
	dim out = dim_add(c->d, dim_add(c->d, n, begin), end);
	int64_t size;
	if (!dim_is_number(c->d, out, &size) || size >= 0)
		return out;
	call_complain(c, "bad-pads", "the padded size is %lld", (long long)size);
	return DIM_LOST;
}

/** With the rank of the input unknown, the number of pads tells it. */
static void pad_unranked(call *c, int32_t element)
{
	dim pads[2 * RANK_MOST];
	size_t n = 0;
	list_state state = LIST_UNKNOWN;
	if (!call_has(c, 3))
		state = call_list(c, 1, "pads", pads, 2 * RANK_MOST, &n);
	if (state == LIST_ABSENT)
		state = call_list(c, -1, "paddings", pads, 2 * RANK_MOST, &n);
	if ((state == LIST_KNOWN || state == LIST_LENGTH) && n % 2 == 0)
		move_lost(c, 0, element, n / 2);
	else
		call_unranked(c, 0, element);
}

void rule_pad(call *c)
{
	infer_type x = call_in(c, 0);
	dim out[RANK_MOST];
	padding p;
	if (!x.ranked) {
		pad_unranked(c, x.element);
		return;
	}
	for (size_t i = 0; i < x.n; i++)
		p.begin[i] = p.end[i] = DIM(0);
	if (!pad_lists(c, &x, &p)) {
		move_lost(c, 0, x.element, x.n);
		return;
	}
	for (size_t i = 0; i < x.n; i++)
		out[i] = pad_dim(c, x.at[i], p.begin[i], p.end[i]);
	move_tensor(c, 0, x.element, x.n, out);
	pad_values(c, x.n, &p, pad_mode_of(c), pad_value(c));
}

/* ---------------------------------------------------------------------- center crop pad -- */

/** What a crop or pad to `target` adds before an axis; half of it, rounded towards zero. */
static dim center_begin(call *c, dim n, dim target)
{
	int64_t m, t;
	if (!dim_is_number(c->d, n, &m) || !dim_is_number(c->d, target, &t))
		return DIM_LOST;
	return dim_int_div(c->d, dim_sub(c->d, target, n), DIM(2));
}

void rule_center_crop_pad(call *c)
{
	infer_type x = call_in(c, 0);
	dim target[RANK_MOST], out[RANK_MOST];
	int64_t axes[RANK_MOST];
	size_t n, n_axes;
	padding p;
	list_state state = call_list(c, 1, NULL, target, RANK_MOST, &n);
	list_state which = call_numbers(c, -1, "axes", axes, RANK_MOST, &n_axes);
	bool known = state == LIST_KNOWN || state == LIST_LENGTH;
	if (!x.ranked) {
		if (which == LIST_ABSENT && known)
			move_tensor(c, 0, x.element, n, target);
		else
			call_unranked(c, 0, x.element);
		return;
	}
	if (which == LIST_LENGTH || which == LIST_UNKNOWN) {
		move_lost(c, 0, x.element, x.n);
		return;
	}
	if (which == LIST_ABSENT)
		n_axes = x.n;
	if (known && n != n_axes)
		call_complain(c, "bad-shape", "there are %zu sizes for %zu axes", n, n_axes);
	known &= n == n_axes;
	for (size_t i = 0; i < x.n; i++) {
		out[i] = x.at[i];
		p.begin[i] = p.end[i] = DIM(0);
	}
	for (size_t i = 0; i < n_axes; i++) {
		size_t axis = i;
		int64_t size;
		if (which == LIST_KNOWN && !call_axis(c, axes[i], x.n, &axis)) {
			move_lost(c, 0, x.element, x.n);
			return;
		}
		bool negative = known && dim_is_number(c->d, target[i], &size) && size < 0;
		if (negative)
			call_complain(c, "bad-shape", "the new size of axis %zu is %lld", axis,
			              (long long)size);
		out[axis] = known && !negative ? target[i] : DIM_LOST;
		p.begin[axis] = center_begin(c, x.at[axis], out[axis]);
	}
	move_tensor(c, 0, x.element, x.n, out);
	pad_values(c, x.n, &p, PAD_CONSTANT, DIM(0));
}
