/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Operators on quantized tensors. Scales and zero points stand between the tensors, so these are
 * the standard rules with other positions; the output has the type of the data.
 */
#include <string.h>

#include "rules/elements.h"
#include "rules/ms.h"

/** Says output 0 as the broadcast of two or three inputs. */
static void broadcast(call *c, size_t n, const size_t *inputs, int32_t element)
{
	infer_type types[3];
	dim out[RANK_MOST];
	size_t rank;
	for (size_t i = 0; i < n; i++)
		types[i] = call_in(c, inputs[i]);
	if (call_broadcast(c, types, n, out, &rank))
		call_tensor(c, 0, element, rank, out);
	else
		call_unranked(c, 0, element);
}

/** Element type of the first of two inputs that has one. */
static int32_t either(call *c, size_t a, size_t b)
{
	int32_t element = ms_element(c, a);
	return element ? element : ms_element(c, b);
}

/** QLinearAdd, QLinearMul: A, scale, zero, B, scale, zero, scale, zero. */
void rule_ms_qlinear_binary(call *c)
{
	broadcast(c, 2, (size_t[]){0, 3}, either(c, 7, 0));
}

/** QLinearWhere: condition, X, scale, zero, Y, ... */
void rule_ms_qlinear_where(call *c)
{
	broadcast(c, 3, (size_t[]){0, 1, 4}, either(c, 8, 1));
}

/** MulInteger: A, zero, B, zero. */
void rule_ms_mul_integer(call *c)
{
	broadcast(c, 2, (size_t[]){0, 2}, ORAY_INT32);
}

/** ComplexMul, ComplexMulConj. */
void rule_ms_broadcast(call *c)
{
	broadcast(c, 2, (size_t[]){0, 1}, either(c, 0, 1));
}

/** QLinearConcat: scale, zero, and then X, scale, zero for every tensor. */
void rule_ms_qlinear_concat(call *c)
{
	int32_t element = either(c, 1, 2);
	infer_type first = call_in(c, 2);
	size_t axis;
	if (!first.ranked || first.n == 0 || c->n_in < 3 ||
	    !call_axis(c, call_int(c, "axis", 0), first.n, &axis)) {
		call_unranked(c, 0, element);
		return;
	}
	dim out[RANK_MOST];
	memcpy(out, first.at, first.n * sizeof *out);
	for (size_t i = 5; i < c->n_in; i += 3) {
		infer_type x = call_in(c, i);
		if (x.ranked && x.n != first.n)
			call_complain(c, "rank", "input %zu has %u dims, input 2 has %u", i, x.n, first.n);
		bool same = x.ranked && x.n == first.n;
		for (size_t k = 0; same && k < first.n; k++)
			if (k != axis)
				out[k] = ms_either(c, out[k], x.at[k], "dims that are not joined");
		out[axis] = dim_add(c->d, out[axis], same ? x.at[axis] : DIM_LOST);
	}
	call_tensor(c, 0, element, first.n, out);
}

/** Removes the axes of a list, or makes them 1. `all`: every axis. */
static void reduce(call *c, int32_t element, list_state state, const int64_t *axes, size_t n,
                   bool all, bool keep)
{
	infer_type x = call_in(c, 0);
	bool gone[RANK_MOST] = {false};
	dim out[RANK_MOST];
	size_t rank = 0, axis;
	if (!x.ranked || (state == LIST_UNKNOWN && !keep)) {
		call_unranked(c, 0, element);
		return;
	}
	bool known = all || state == LIST_KNOWN;
	for (size_t i = 0; !all && known && i < n; i++) {
		if (call_axis(c, axes[i], x.n, &axis))
			gone[axis] = true;
		else
			known = false;
	}
	if (!known && !keep) {
		call_unranked(c, 0, element);
		return;
	}
	for (size_t i = 0; i < x.n; i++) {
		if (!known)
			out[rank++] = DIM_LOST;
		else if (!all && !gone[i])
			out[rank++] = x.at[i];
		else if (keep)
			out[rank++] = DIM(1);
	}
	call_tensor(c, 0, element, rank, out);
}

/** QLinearReduceMean, ReduceSumInteger: axes are an attribute. */
static void reduce_listed(call *c, int32_t element)
{
	int64_t axes[RANK_MOST];
	size_t n = 0;
	list_state state = call_numbers(c, -1, "axes", axes, RANK_MOST, &n);
	if (state != LIST_ABSENT && state != LIST_KNOWN)
		state = LIST_UNKNOWN;
	reduce(c, element, state, axes, n, state == LIST_ABSENT || (state == LIST_KNOWN && n == 0),
	       call_int(c, "keepdims", 1) != 0);
}

void rule_ms_qlinear_reduce(call *c)
{
	reduce_listed(c, ms_element(c, 0));
}

void rule_ms_reduce_sum_integer(call *c)
{
	int32_t x = ms_element(c, 0);
	reduce_listed(c, x == ORAY_INT8 ? ORAY_INT32 : x == ORAY_UINT8 ? ORAY_UINT32 : 0);
}

/** ReduceSumTraining: axes are input 1. */
void rule_ms_reduce_sum_training(call *c)
{
	int64_t axes[RANK_MOST];
	size_t n = 0;
	bool keep = call_int(c, "keepdims", 1) != 0;
	list_state state = call_numbers(c, 1, NULL, axes, RANK_MOST, &n);
	bool empty = state == LIST_ABSENT || (state == LIST_KNOWN && n == 0);
	if (state == LIST_LENGTH)
		state = LIST_UNKNOWN;
	if (empty && call_int(c, "noop_with_empty_axes", 0) != 0)
		call_same(c, 0, 0);
	else
		reduce(c, ms_element(c, 0), state, axes, n, empty, keep);
}

/** DequantizeWithOrder: the type is an attribute. */
void rule_ms_dequantize_order(call *c)
{
	call_same_shape(c, 0, 0, element_type_attribute(c, "to", ORAY_FLOAT32));
}

/** QuantizeWithOrder. */
void rule_ms_quantize_order(call *c)
{
	call_same_shape(c, 0, 0, ORAY_INT8);
}

/** QuantizeBFP: bytes whose number depends on the format, and shape and strides of the input. */
void rule_ms_quantize_bfp(call *c)
{
	infer_type x = call_in(c, 0);
	dim n = x.ranked ? DIM(x.n) : DIM_LOST, strides[RANK_MOST], product = DIM(1);
	MS_SAY(c, 0, ORAY_UINT8, DIM_LOST);
	MS_SAY(c, 1, ORAY_INT64, n);
	MS_SAY(c, 2, ORAY_INT64, n);
	if (!x.ranked)
		return;
	for (size_t i = x.n; i-- > 0; product = dim_mul(c->d, product, x.at[i]))
		strides[i] = product;
	if (call_wants(c, 1))
		call_set_values(c, 1, x.n, x.at);
	if (call_wants(c, 2))
		call_set_values(c, 2, x.n, strides);
}

/** Says output 0 with a shape that an input holds. */
static void shaped_by(call *c, size_t input, int32_t element)
{
	dim at[RANK_MOST];
	size_t n;
	list_state state = call_list(c, (int)input, NULL, at, RANK_MOST, &n);
	if (state != LIST_KNOWN && state != LIST_LENGTH) {
		call_unranked(c, 0, element);
		return;
	}
	for (size_t i = 0; i < n; i++)
		at[i] = ms_size(c, at[i]);
	call_tensor(c, 0, element, n, at);
}

/** DequantizeBFP: bytes, shape, strides. */
void rule_ms_dequantize_bfp(call *c)
{
	shaped_by(c, 1, element_type_attribute(c, "dtype", ORAY_FLOAT32));
}

/** Gradients of Gather and the like: `shape` is what was gathered from. */
void rule_ms_shaped_gradient(call *c)
{
	bool first = ms_is(c, "GatherElementsGrad") || ms_is(c, "SliceGrad");
	shaped_by(c, first, ms_element(c, first ? 0 : 2));
}

/**
 * GatherBlockQuantized: Gather on data that is packed along its last dim when it is bytes of fewer
 * than 8 bits; the type is the scales'.
 */
void rule_ms_gather_block(call *c)
{
	infer_type data = call_in(c, 0), indices = call_in(c, 1);
	int32_t element = ms_element(c, 2);
	int64_t bits = call_int(c, "bits", 4);
	size_t axis;
	if (!data.ranked || !indices.ranked || data.n == 0 || data.n - 1 + indices.n > RANK_MOST ||
	    !call_axis(c, call_int(c, "gather_axis", 0), data.n, &axis)) {
		call_unranked(c, 0, element);
		return;
	}
	dim out[RANK_MOST];
	size_t n = indices.n;
	memcpy(out, data.at, axis * sizeof *out);
	if (n)
		memcpy(out + axis, indices.at, n * sizeof *out);
	memcpy(out + axis + n, data.at + axis + 1, (data.n - axis - 1) * sizeof *out);
	n += data.n - 1;
	if (data.element == 0 && axis + 1 < data.n)
		out[n - 1] = DIM_LOST;
	else if (data.element == ORAY_UINT8 && axis + 1 < data.n)
		out[n - 1] = bits == 2 || bits == 4 || bits == 8 ? dim_mul(c->d, out[n - 1], DIM(8 / bits))
		                                                 : DIM_LOST;
	call_tensor(c, 0, element, n, out);
}
