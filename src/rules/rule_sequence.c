/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_sequence.c - sequences: what their elements have in common, and as far as the graph tells how
 * many there are, the type of each.
 */
#include <inttypes.h>
#include <string.h>

#include "rules/move.h"

/* ------------------------------------------------------------------------------- types -- */

/* What two types have in common; of kind ORAY_KIND_UNKNOWN when that is nothing. */
static infer_type sequence_join(call *c, infer_type a, infer_type b)
{
	if (a.kind == ORAY_KIND_UNKNOWN || b.kind == ORAY_KIND_UNKNOWN || a.kind != b.kind)
		return (infer_type){0};
	if (a.kind != ORAY_KIND_TENSOR)
		return a.inner == b.inner ? a : (infer_type){0};
	int32_t element = a.element == b.element ? a.element : 0;
	if (!a.ranked || !b.ranked || a.n != b.n)
		return infer_tensor(element, false, 0, NULL);
	dim *at = call_scratch(c, (a.n + 1) * sizeof *at);
	for (size_t i = 0; at && i < a.n; i++)
		at[i] = a.at[i] == b.at[i] ? a.at[i] : DIM_LOST;
	return infer_tensor(element, at != NULL, a.n, at);
}

/* Output 0 is a sequence of this. */
static void sequence_of(call *c, infer_type inner)
{
	uint32_t id = inner.kind == ORAY_KIND_UNKNOWN ? 0 : call_type_id(c, inner);
	call_out(c, 0, (infer_type){.kind = ORAY_KIND_SEQUENCE, .inner = id});
}

/* Type of the elements of a sequence that arrives; unknown when it is none. */
static infer_type element_type(call *c, size_t i)
{
	infer_type t = call_in(c, i);
	return t.kind == ORAY_KIND_SEQUENCE && t.inner ? call_type(c, t.inner) : (infer_type){0};
}

/* A type as an element of a list of them. */
static dim element_id(call *c, infer_type t)
{
	return t.kind == ORAY_KIND_UNKNOWN ? DIM(0) : DIM(call_type_id(c, t));
}

void rule_sequence_construct(call *c)
{
	dim ids[ELEMENTS_MOST];
	infer_type t = call_in(c, 0);
	for (size_t i = 1; i < c->n_in && t.kind != ORAY_KIND_UNKNOWN; i++)
		t = sequence_join(c, t, call_in(c, i));
	sequence_of(c, t);
	if (c->n_in > ELEMENTS_MOST)
		return;
	for (size_t i = 0; i < c->n_in; i++)
		ids[i] = element_id(c, call_in(c, i));
	call_set_elements(c, 0, c->n_in, ids);
}

void rule_sequence_empty(call *c)
{
	int64_t element = call_int(c, "dtype", ORAY_FLOAT32);
	bool exists = element > ORAY_UNDEFINED && element < ORAY_N_TYPES;
	if (!exists)
		call_complain(c, "bad-attribute", "dtype is %" PRId64 ", which is no element type",
		              element);
	sequence_of(c, infer_tensor(exists ? (int32_t)element : 0, false, 0, NULL));
	call_set_elements(c, 0, 0, NULL);
}

/*
 * Place of an element among n, from the input that says it, else `otherwise`; the last place is
 * n - 1, or n where something is put in. @return false when it is not known or not there.
 */
static bool position(call *c, size_t input, int64_t n, int64_t otherwise, bool inserts, size_t *out)
{
	int64_t at = otherwise;
	if (call_has(c, input) && !dim_is_number(c->d, call_scalar(c, input), &at))
		return false;
	if (at < 0)
		at += n;
	*out = (size_t)at;
	return at >= 0 && at < n + inserts;
}

/* Where elements differ and the position is not known, the size depends on the position. */
void rule_sequence_at(call *c)
{
	infer_type t = element_type(c, 0);
	infer_values all;
	dim out[RANK_MOST];
	int64_t id;
	size_t at;
	if (call_elements(c, 0, &all) && position(c, 1, all.n, -1, false, &at) &&
	    dim_is_number(c->d, all.at[at], &id) && id)
		t = call_type(c, (uint32_t)id);
	if (t.kind == ORAY_KIND_TENSOR && t.ranked && t.n) {
		memcpy(out, t.at, t.n * sizeof *out);
		move_tensor(c, 0, t.element, t.n, out);
	} else if (t.kind != ORAY_KIND_UNKNOWN) {
		call_out(c, 0, t);
	}
}

void rule_sequence_erase(call *c)
{
	infer_values all;
	dim ids[ELEMENTS_MOST];
	size_t at = 0;
	call_same(c, 0, 0);
	if (!call_elements(c, 0, &all) || !all.n || all.n > ELEMENTS_MOST)
		return;
	bool known = position(c, 1, all.n, -1, false, &at);
	for (size_t i = 0; i + 1 < all.n; i++)
		ids[i] = known ? all.at[i + (i >= at)] : DIM(0);
	call_set_elements(c, 0, all.n - 1, ids);
}

/* The type of an empty sequence says nothing about what is put into it. */
void rule_sequence_insert(call *c)
{
	infer_type t = call_in(c, 1);
	infer_values all;
	dim ids[ELEMENTS_MOST];
	size_t at = 0;
	bool counted = call_elements(c, 0, &all) && all.n < ELEMENTS_MOST;
	int32_t held = element_type(c, 0).element;
	dim own = element_id(c, t);
	if (held && t.element && held != t.element)
		call_complain(c, "operator-type", "%s cannot be put into a sequence of %s",
		              oray_type_name(t.element) ? oray_type_name(t.element) : "an unknown type",
		              oray_type_name(held) ? oray_type_name(held) : "an unknown type");
	if (!counted || all.n)
		t = sequence_join(c, element_type(c, 0), t);
	sequence_of(c, t);
	if (!counted)
		return;
	bool known = position(c, 2, all.n, (int64_t)all.n, true, &at);
	for (size_t i = 0; i <= all.n; i++)
		ids[i] = !known ? DIM(0) : i == at ? own : all.at[i - (i > at)];
	call_set_elements(c, 0, all.n + 1, ids);
}

void rule_sequence_length(call *c)
{
	infer_values all;
	call_tensor(c, 0, ORAY_INT64, 0, NULL);
	if (call_elements(c, 0, &all))
		call_set_values(c, 0, 1, &(dim){DIM(all.n)});
}

/* ------------------------------------------------------------------- SplitToSequence -- */

/* Size of all parts along the axis; lost when they differ. */
static dim part_size(call *c, dim size)
{
	infer_type split = call_in(c, 1);
	infer_values at = call_values(c, 1);
	int64_t n;
	if (!at.known || !at.n)
		return DIM_LOST;
	for (size_t i = 1; i < at.n; i++)
		if (at.at[i] != at.at[0])
			return DIM_LOST;
	if (split.ranked && split.n == 1)
		return at.at[0];
	if (!split.ranked || !dim_is_number(c->d, at.at[0], &n) || n <= 0)
		return DIM_LOST;
	/* One number: the last part may be smaller. */
	dim_order order = dim_compare(c->d, at.at[0], size);
	if (order == DIM_EQUAL || order == DIM_MORE || order == DIM_NOT_LESS)
		return size;
	return dim_mod(c->d, size, at.at[0]) == DIM(0) ? at.at[0] : DIM_LOST;
}

/* Sizes of the parts, from a list of them or from one size; false when they are not known. */
static bool list_parts(call *c, dim size, dim *parts, size_t *n)
{
	infer_type split = call_in(c, 1);
	infer_values at = call_values(c, 1);
	int64_t whole, chunk = 1;
	bool given = call_has(c, 1);
	if (given && split.ranked && split.n == 1 && at.known && at.n <= ELEMENTS_MOST) {
		memcpy(parts, at.at, at.n * sizeof *parts);
		*n = at.n;
		return true;
	}
	if (!dim_is_number(c->d, size, &whole) || whole < 0 ||
	    (given && (!split.ranked || split.n || !dim_is_number(c->d, call_scalar(c, 1), &chunk))) ||
	    chunk <= 0 || whole / chunk >= ELEMENTS_MOST)
		return false;
	for (*n = 0; whole > 0; whole -= chunk)
		parts[(*n)++] = dim_number(c->d, whole < chunk ? whole : chunk);
	return true;
}

/* Each part has the shape `t`, but for its size along the axis; without, if `keep` is false. */
static void set_parts(call *c, infer_type x, size_t axis, bool keep)
{
	dim parts[ELEMENTS_MOST], out[RANK_MOST];
	size_t n_parts;
	if (!list_parts(c, x.at[axis], parts, &n_parts))
		return;
	for (size_t k = 0; k < n_parts; k++) {
		size_t n = 0;
		for (size_t i = 0; i < x.n; i++)
			if (i != axis || keep)
				out[n++] = i == axis ? parts[k] : x.at[i];
		parts[k] = element_id(c, infer_tensor(x.element, true, n, out));
	}
	call_set_elements(c, 0, n_parts, parts);
}

void rule_split_to_sequence(call *c)
{
	infer_type x = call_in(c, 0);
	dim out[RANK_MOST];
	size_t axis, n = 0;
	bool keep = call_has(c, 1) || call_int(c, "keepdims", 1) != 0;
	if (!x.ranked) {
		sequence_of(c, infer_tensor(x.element, false, 0, NULL));
		return;
	}
	bool known = call_axis(c, call_int(c, "axis", 0), x.n, &axis);
	for (size_t i = 0; i < x.n; i++)
		if (!known)
			out[n++] = DIM_LOST;
		else if (i != axis)
			out[n++] = x.at[i];
		else if (keep)
			out[n++] = call_has(c, 1) ? part_size(c, x.at[i]) : DIM(1);
	if (!known && !keep && n)
		n--;
	sequence_of(c, infer_tensor(x.element, true, n, out));
	if (known)
		set_parts(c, x, axis, keep);
}

/* ---------------------------------------------------------------- ConcatFromSequence -- */

/* Size along the axis that is joined: how many there are, or what they have there together. */
static dim joined_size(call *c, size_t axis, bool is_new)
{
	infer_values all;
	dim sum = DIM_LOST;
	if (call_elements(c, 0, &all)) {
		sum = is_new ? DIM(all.n) : DIM(0);
		for (size_t i = 0; i < all.n && !is_new; i++) {
			int64_t id;
			infer_type t = {0};
			if (dim_is_number(c->d, all.at[i], &id))
				t = call_type(c, (uint32_t)id);
			sum = dim_add(c->d, sum, t.ranked && axis < t.n ? t.at[axis] : DIM_LOST);
		}
	}
	return sum == DIM_LOST ? call_fresh(c, 0, axis) : sum;
}

void rule_concat_from_sequence(call *c)
{
	infer_type t = element_type(c, 0);
	bool is_new = call_int(c, "new_axis", 0) != 0;
	size_t rank = (size_t)t.n + is_new, axis, n = 0;
	dim out[RANK_MOST];
	if (!t.ranked || rank > RANK_MOST || !call_axis(c, call_int(c, "axis", 0), rank, &axis)) {
		call_unranked(c, 0, t.element);
		return;
	}
	for (size_t i = 0; i < rank; i++) {
		out[i] = i == axis ? joined_size(c, axis, is_new) : t.at[n];
		n += i != axis || !is_new;
	}
	move_tensor(c, 0, t.element, rank, out);
}
