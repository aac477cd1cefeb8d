/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_sequence.c - sequences: their type, and their length where the graph tells it.
 *
 * A sequence has one type for all its elements: what they have in common. Its length is found by
 * going back from it: SequenceConstruct, SequenceInsert, SequenceErase, SplitToSequence.
 */
#include <inttypes.h>

#include "infer/move.h"
#include "infer/origin.h"

enum { BACK_MOST = 64 /**< nodes that are gone back over */ };

/* ------------------------------------------------------------------------------- the graph -- */

static size_t given(const oray_node *node)
{
	size_t n = 0;
	for (size_t i = 0; i < node->n_inputs; i++)
		n += node->inputs[i] != ORAY_NONE;
	return n;
}

/*
 * Length of a sequence, -1 when not known. Nodes are gone back over as they are written, so only
 * what does not depend on where a body is called from is looked at.
 */
static int64_t sequence_count(const call *c, oray_id value)
{
	static const struct {
		const char *op;
		int64_t more; /**< than its first input */
		bool ends;    /**< there is no such input */
	} steps[] = {{"Identity", 0, false},
	             {"SequenceInsert", 1, false},
	             {"SequenceErase", -1, false},
	             {"SequenceEmpty", 0, true},
	             {"SequenceConstruct", 0, true}};
	enum { STEPS = sizeof steps / sizeof *steps };
	int64_t length = 0;
	oray_node node;
	for (size_t back = 0; back < BACK_MOST && origin_node(c, value, &node); back++) {
		size_t k = 0;
		while (k < STEPS && !origin_is(&node, steps[k].op))
			k++;
		if (k == STEPS)
			return -1;
		length += steps[k].more;
		if (steps[k].ends) {
			length += (int64_t)given(&node);
			return length < 0 ? -1 : length;
		}
		if (!node.n_inputs)
			return -1;
		value = node.inputs[0];
	}
	return -1;
}

static bool is_empty(const call *c, oray_id value)
{
	return sequence_count(c, value) == 0;
}

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

void rule_sequence_construct(call *c)
{
	infer_type t = call_in(c, 0);
	for (size_t i = 1; i < c->n_in && t.kind != ORAY_KIND_UNKNOWN; i++)
		t = sequence_join(c, t, call_in(c, i));
	sequence_of(c, t);
}

void rule_sequence_empty(call *c)
{
	int64_t element = call_int(c, "dtype", ORAY_FLOAT32);
	bool exists = element > ORAY_UNDEFINED && element < ORAY_N_TYPES;
	if (!exists)
		call_complain(c, "bad-attribute", "dtype is %" PRId64 ", which is no element type",
		              element);
	sequence_of(c, infer_tensor(exists ? (int32_t)element : 0, false, 0, NULL));
}

/* Where elements differ, the size depends on the position. */
void rule_sequence_at(call *c)
{
	infer_type t = element_type(c, 0);
	dim out[RANK_MOST];
	if (t.kind == ORAY_KIND_TENSOR && t.ranked && t.n) {
		memcpy(out, t.at, t.n * sizeof *out);
		move_tensor(c, 0, t.element, t.n, out);
	} else if (t.kind != ORAY_KIND_UNKNOWN) {
		call_out(c, 0, t);
	}
}

void rule_sequence_erase(call *c)
{
	call_same(c, 0, 0);
}

/* The type of an empty sequence says nothing about what is put into it. */
void rule_sequence_insert(call *c)
{
	infer_type t = call_in(c, 1);
	if (!is_empty(c, call_value_id(c, 0)))
		t = sequence_join(c, element_type(c, 0), t);
	sequence_of(c, t);
}

void rule_sequence_length(call *c)
{
	int64_t n = sequence_count(c, call_value_id(c, 0));
	call_tensor(c, 0, ORAY_INT64, 0, NULL);
	if (n >= 0)
		call_set_values(c, 0, 1, &(dim){dim_number(c->d, n)});
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
}

/* ---------------------------------------------------------------- ConcatFromSequence -- */

/* Size along the axis that is joined; `part` is what each element has there. */
static dim joined_size(call *c, dim part, size_t axis)
{
	int64_t n = sequence_count(c, call_value_id(c, 0));
	dim size = n >= 0 ? dim_mul(c->d, dim_number(c->d, n), part) : DIM_LOST;
	return size == DIM_LOST ? call_fresh(c, 0, axis) : size;
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
	for (size_t i = 0; i < rank; i++)
		if (i == axis)
			out[i] = joined_size(c, is_new ? DIM(1) : t.at[n++], axis);
		else
			out[i] = t.at[n++];
	move_tensor(c, 0, t.element, rank, out);
}
