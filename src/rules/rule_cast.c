/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_cast.c - operators that change the element type and keep the shape.
 */
#include "rules/fold.h"

#include <string.h>

/** As Cast-1 writes them: the names of TensorProto.DataType. */
static const char *const type_words[ORAY_N_TYPES] = {
    [ORAY_FLOAT32] = "FLOAT",     [ORAY_UINT8] = "UINT8",         [ORAY_INT8] = "INT8",
    [ORAY_UINT16] = "UINT16",     [ORAY_INT16] = "INT16",         [ORAY_INT32] = "INT32",
    [ORAY_INT64] = "INT64",       [ORAY_STRING] = "STRING",       [ORAY_BOOL] = "BOOL",
    [ORAY_FLOAT16] = "FLOAT16",   [ORAY_FLOAT64] = "DOUBLE",      [ORAY_UINT32] = "UINT32",
    [ORAY_UINT64] = "UINT64",     [ORAY_COMPLEX64] = "COMPLEX64", [ORAY_COMPLEX128] = "COMPLEX128",
    [ORAY_BFLOAT16] = "BFLOAT16",
};

/** The type that attribute `to` names, as a number or as a word; 0 when none, or unknown. */
static int32_t target_type(call *c)
{
	oray_attribute a;
	if (!call_attribute(c, "to", &a))
		return 0;
	for (int32_t i = 1; i < ORAY_N_TYPES && a.type == ORAY_ATTR_STRING; i++)
		if (type_words[i] && call_str_is(c, "to", "", type_words[i]))
			return i;
	if (a.type == ORAY_ATTR_INT && a.v.i > 0 && a.v.i < ORAY_N_TYPES)
		return (int32_t)a.v.i;
	call_complain(c, "bad-attribute", "'to' is no element type");
	return 0;
}

/** Contents of output 0 from input 0, each through `convert`. */
static void convert_values(call *c, dim (*convert)(dims *d, int32_t from, int32_t to, dim v))
{
	infer_type in = call_in(c, 0), out = call_said(c, 0);
	size_t n;
	if (!in.element || !call_can_hold(c, &out, &n))
		return;
	if (in.element == out.element) {
		call_pass_values(c, 0, 0);
		return;
	}
	infer_values from = call_values(c, 0);
	dim *at;
	if (!from.known || from.n != n || !(at = fold_room(c, n)))
		return;
	for (size_t i = 0; i < n; i++)
		at[i] = convert(c->d, in.element, out.element, from.at[i]);
	fold_give(c, n, at);
}

void rule_cast(call *c)
{
	call_same_shape(c, 0, 0, target_type(c));
	convert_values(c, fold_cast);
}

void rule_cast_like(call *c)
{
	call_same_shape(c, 0, 0, call_in(c, 1).element);
	convert_values(c, fold_cast);
}

/** The bits as they are: integers among themselves. */
static dim same_bits(dims *d, int32_t from, int32_t to, dim v)
{
	int64_t number, least, most;
	if (!fold_range(from, &least, &most) || !dim_is_number(d, v, &number))
		return DIM_LOST;
	return to == ORAY_BOOL ? fold_settle(d, to, v) : fold_wrap(d, to, number);
}

/** Bits do not come from nowhere: both types are of the same width (BitCast-26). */
void rule_bit_cast(call *c)
{
	infer_type in = call_in(c, 0);
	int32_t to = target_type(c);
	uint32_t was = oray_type_bits(in.element), is = oray_type_bits(to);
	if (!was || !is || was == is) {
		call_same_shape(c, 0, 0, to);
		convert_values(c, same_bits);
		return;
	}
	call_complain(c, "bad-attribute", "'to' asks for elements of %u bits, not of %u", is, was);
	call_unranked(c, 0, to);
}
