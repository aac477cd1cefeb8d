/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_quantize.c - QuantizeLinear, DequantizeLinear, DynamicQuantizeLinear: shapes stay, and the
 * element type is found where the version puts it.
 */
#include "infer/rule.h"

/* The attribute output_dtype, 0 when it is absent, 0, or no type. */
static int32_t asked_type(call *c)
{
	int64_t t = call_int(c, "output_dtype", 0);
	return t > 0 && t < ORAY_N_TYPES ? (int32_t)t : 0;
}

/* A zero point says the type; else output_dtype does (21), else it is uint8. */
void rule_quantize_linear(call *c)
{
	int32_t element = asked_type(c);
	if (call_has(c, 2))
		element = call_in(c, 2).element ? call_in(c, 2).element : element;
	else if (!element)
		element = ORAY_UINT8;
	call_same_shape(c, 0, 0, element);
}

/* output_dtype says the type (23), else the scale does: float32 up to version 18. */
void rule_dequantize_linear(call *c)
{
	int32_t element = asked_type(c);
	if (!element)
		element = call_in(c, 1).element;
	if (!element && c->opset < 19)
		element = ORAY_FLOAT32;
	call_same_shape(c, 0, 0, element);
}

void rule_dynamic_quantize_linear(call *c)
{
	call_same_shape(c, 0, 0, ORAY_UINT8);
	call_tensor(c, 1, ORAY_FLOAT32, 0, NULL);
	call_tensor(c, 2, ORAY_UINT8, 0, NULL);
}
