/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_slice.c - Slice, in the form with attributes and the one with inputs.
 *
 * For a size n and a start and an end that are numbers, what numpy does:
 *
 *     negative positions count from n, then all is clamped to [0, n] (backwards: [-1, n-1]);
 *     length = ceil((end - start) / step)
 *
 * With symbols nothing can be clamped by comparing, so positions are taken at their word unless it
 * can be seen that they are not:
 *
 *     [s:]        n - s           a start is inside
 *     [:e]        min(e, n)       an end may lie behind the end
 *     [:-e]       n - e
 *     [-k:]       min(k, n)       and 1 for [-1:]
 *     [s:s+1]     1               one element: it is there
 *
 * What is cut from a table of fixed size, min(seq, 512), is seq again where it meets seq.
 */
#include "rules/move.h"

enum { FAR = INT32_MAX /**< positions from here on mean "to the end": INT_MAX, INT64_MAX */ };

/** What is cut out along one axis, and what is left of it. */
typedef struct cut {
	dim start, end, step;
	bool used;  /**< otherwise the axis stays as it is */
	bool exact; /**< `from` and `by` are known */
	int64_t from, by;
} cut;

/* ------------------------------------------------------------------------------- numbers -- */

static int64_t clamp(int64_t v, int64_t least, int64_t most)
{
	return v < least ? least : v > most ? most : v;
}

/** Length for numbers only; n > 0, step is not 0. Sets `from` and `by`. */
static int64_t cut_numbers(cut *k, int64_t n, int64_t start, int64_t end, int64_t step)
{
	int64_t back = step < 0, span;
	start = clamp(start < 0 ? start + n : start, 0, n - back);
	end = clamp(end < 0 ? end + n : end, -back, n - back);
	step = clamp(step, -INT64_MAX, INT64_MAX);
	span = back ? start - end : end - start;
	k->exact = true;
	k->from = start;
	k->by = step;
	return span <= 0 ? 0 : (span - 1) / (back ? -step : step) + 1;
}

/* ------------------------------------------------------------------------------- symbols -- */

static bool usual_size(void *context, oray_str name, int64_t *value)
{
	(void)context;
	(void)name;
	*value = 1000;
	return true;
}

/** True for positions that count from the end: never more than 0, or so for usual sizes. */
static bool is_negative(call *c, dim at)
{
	int64_t number;
	double usual;
	if (dim_is_number(c->d, at, &number))
		return number < 0;
	switch (dim_compare(c->d, at, DIM(0))) {
	case DIM_LESS:
	case DIM_NOT_MORE:
		return true;
	case DIM_UNORDERED:
		return dim_evaluate(c->d, at, usual_size, NULL, &usual) && usual < 0;
	default:
		return false;
	}
}

/** min(count, n) for a count of elements; a single one is there. */
static dim cut_at_most(call *c, dim count, dim n)
{
	return count == DIM(1) ? count : dim_min(c->d, count, n);
}

static bool is_far(call *c, dim at)
{
	int64_t number;
	return dim_is_number(c->d, at, &number) && (number >= FAR || number <= -FAR);
}

/** Where a forward slice starts; `last`: where it ends. */
static dim forward_place(call *c, dim n, dim at, bool last)
{
	if (is_far(c, at))
		return is_negative(c, at) ? DIM(0) : n;
	if (!is_negative(c, at))
		return last ? cut_at_most(c, at, n) : at;
	return last ? dim_add(c->d, n, at) : dim_sub(c->d, n, cut_at_most(c, dim_neg(c->d, at), n));
}

/** Where a backward slice starts, or, exclusively, ends. */
static dim backward_place(call *c, dim n, dim at)
{
	if (is_far(c, at))
		return is_negative(c, at) ? DIM(-1) : dim_add(c->d, n, DIM(-1));
	return is_negative(c, at) ? dim_add(c->d, n, at) : at;
}

/** Length when the size, or what is cut, has symbols; step is not 0. */
static dim cut_symbols(call *c, dim n, dim start, dim end, int64_t step)
{
	dim length;
	int64_t span;
	bool back = step < 0;
	if (start == DIM_LOST || end == DIM_LOST)
		return DIM_LOST;
	if (!back && is_far(c, start) && !is_negative(c, start))
		return DIM(0);
	if (!back && !is_far(c, start) && is_negative(c, start) == is_negative(c, end) &&
	    dim_is_number(c->d, dim_sub(c->d, end, start), &span) && span <= 1)
		return DIM(span > 0);
	if (!back && start == DIM(-1) && dim_is_number(c->d, end, &span) && span >= FAR)
		return DIM(1);
	if (back)
		length = dim_sub(c->d, backward_place(c, n, start), backward_place(c, n, end));
	else
		length = dim_sub(c->d, forward_place(c, n, end, true), forward_place(c, n, start, false));
	switch (dim_compare(c->d, length, DIM(0))) {
	case DIM_LESS:
	case DIM_NOT_MORE:
	case DIM_EQUAL:
		return DIM(0);
	default:
		break;
	}
	/* Steps beyond these are larger than any size. */
	step = clamp(step, -INT32_MAX, INT32_MAX);
	return dim_ceil_div(c->d, length, DIM(back ? -step : step));
}

static dim cut_axis(call *c, cut *k, dim n)
{
	int64_t size, start, end, step;
	bool known = dim_is_number(c->d, k->step, &step);
	if (known && step == 0)
		call_complain(c, "bad-slice", "a step is 0");
	if (n == DIM(0))
		return n;
	if (!known || step == 0)
		return DIM_LOST;
	if (step < 0 && is_far(c, k->end) && !is_negative(c, k->end))
		return DIM_LOST; /* nothing to the standard, all of it to runtimes */
	if (dim_is_number(c->d, n, &size) && size > 0 && dim_is_number(c->d, k->start, &start) &&
	    dim_is_number(c->d, k->end, &end))
		return dim_number(c->d, cut_numbers(k, size, start, end, step));
	return cut_symbols(c, n, k->start, k->end, step);
}

/* ---------------------------------------------------------------------------------- lists -- */

/** The lists that steer a Slice; an element past the end of its list is not known. */
typedef struct slicing {
	dim starts[RANK_MOST], ends[RANK_MOST], steps[RANK_MOST];
	int64_t axes[RANK_MOST];
	size_t n_starts, n_ends, n_steps, n_axes;
	bool has_steps;
} slicing;

static bool has_length(list_state state)
{
	return state == LIST_LENGTH || state == LIST_KNOWN;
}

/** Reads the lists. @return how many axes are cut; SIZE_MAX: not known which. */
static size_t slice_lists(call *c, const infer_type *x, slicing *s)
{
	list_state starts = call_list(c, 1, "starts", s->starts, RANK_MOST, &s->n_starts);
	list_state ends = call_list(c, 2, "ends", s->ends, RANK_MOST, &s->n_ends);
	list_state axes = call_numbers(c, 3, "axes", s->axes, RANK_MOST, &s->n_axes);
	list_state steps = call_list(c, 4, NULL, s->steps, RANK_MOST, &s->n_steps);
	size_t n = has_length(starts) ? s->n_starts : s->n_ends;
	bool known = has_length(starts) || has_length(ends);
	s->has_steps = steps != LIST_ABSENT;
	if (axes == LIST_ABSENT && has_length(starts) && has_length(ends) && s->n_starts != s->n_ends)
		call_complain(c, "bad-slice", "there are %zu starts and %zu ends", s->n_starts, s->n_ends);
	if (axes == LIST_KNOWN) {
		if ((has_length(starts) && s->n_starts != s->n_axes) ||
		    (has_length(ends) && s->n_ends != s->n_axes))
			call_complain(c, "bad-slice", "starts, ends and axes are not equally long");
		return s->n_axes;
	}
	if (axes == LIST_ABSENT && known) {
		if (n > x->n)
			call_complain(c, "bad-slice", "there are %zu starts for rank %u", n, x->n);
		n = n > x->n ? x->n : n;
		for (size_t i = 0; i < n; i++)
			s->axes[i] = (int64_t)i;
		return n;
	}
	s->axes[0] = 0;
	return x->n == 1 && known && n == 1 ? 1 : SIZE_MAX;
}

/** @return false when an axis is out of range. */
static bool slice_cuts(call *c, const infer_type *x, const slicing *s, size_t n, cut *cuts)
{
	for (size_t i = 0; i < n; i++) {
		size_t axis;
		if (!call_axis(c, s->axes[i], x->n, &axis))
			return false;
		bool again = cuts[axis].used;
		if (again)
			call_complain(c, "bad-axis", "axis %zu is there twice", axis);
		cuts[axis] = (cut){
		    .start = i < s->n_starts && !again ? s->starts[i] : DIM_LOST,
		    .end = i < s->n_ends && !again ? s->ends[i] : DIM_LOST,
		    .step = !s->has_steps    ? DIM(1)
		            : i < s->n_steps ? s->steps[i]
		                             : DIM_LOST,
		    .used = true,
		};
	}
	return true;
}

static void slice_values(call *c, size_t rank, const cut *cuts)
{
	move m;
	if (!move_begin(c, 0, 0, &m) || m.rank != rank)
		return;
	for (size_t i = 0; i < m.rank; i++) {
		if (cuts[i].used && !cuts[i].exact)
			return;
		/* A step that is taken at least once is smaller than the axis. */
		bool steps = m.w.size[i] > 1;
		m.w.step[i] = cuts[i].used ? (steps ? cuts[i].by : 0) * m.stride[i] : m.stride[i];
		m.w.from += cuts[i].used ? cuts[i].from * m.stride[i] : 0;
	}
	move_by_steps(c, 0, &m);
}

void rule_slice(call *c)
{
	infer_type x = call_in(c, 0);
	cut cuts[RANK_MOST];
	slicing s;
	dim out[RANK_MOST];
	size_t n;
	if (!x.ranked) {
		call_unranked(c, 0, x.element);
		return;
	}
	for (size_t i = 0; i < x.n; i++)
		cuts[i] = (cut){.used = false};
	n = slice_lists(c, &x, &s);
	if (n == SIZE_MAX || !slice_cuts(c, &x, &s, n, cuts)) {
		move_lost(c, 0, x.element, x.n);
		return;
	}
	for (size_t i = 0; i < x.n; i++)
		out[i] = cuts[i].used ? cut_axis(c, &cuts[i], x.at[i]) : x.at[i];
	move_tensor(c, 0, x.element, x.n, out);
	slice_values(c, x.n, cuts);
}
