/* SPDX-License-Identifier: Apache-2.0 */
#include "load/floats.h"

#include <math.h>
#include <string.h>

/* How the values of a small format are coded. */
typedef struct small_float {
	uint8_t exponent, mantissa; /* bits */
	int8_t bias;
	enum {
		IEEE,  /* all-ones exponent: infinity, NaN */
		FN,    /* finite: only all ones is NaN, no infinity */
		FNUZ,  /* finite, unsigned zero: only "minus zero" is NaN */
		FINITE /* every pattern is a number */
	} special;
} small_float;

static const small_float formats[ORAY_N_TYPES] = {
    [ORAY_FLOAT16] = {5, 10, 15, IEEE},    [ORAY_BFLOAT16] = {8, 7, 127, IEEE},
    [ORAY_FLOAT8E4M3FN] = {4, 3, 7, FN},   [ORAY_FLOAT8E4M3FNUZ] = {4, 3, 8, FNUZ},
    [ORAY_FLOAT8E5M2] = {5, 2, 15, IEEE},  [ORAY_FLOAT8E5M2FNUZ] = {5, 2, 16, FNUZ},
    [ORAY_FLOAT4E2M1] = {2, 1, 1, FINITE}, [ORAY_FLOAT6E2M3] = {2, 3, 1, FINITE},
    [ORAY_FLOAT6E3M2] = {3, 2, 3, FINITE},
};

static double small_value(const small_float *f, uint32_t bits)
{
	uint32_t mantissa = bits & ((1u << f->mantissa) - 1);
	uint32_t exponent = bits >> f->mantissa & ((1u << f->exponent) - 1);
	bool negative = bits >> (f->mantissa + f->exponent) & 1;
	uint32_t top = (1u << f->exponent) - 1;
	if (f->special == IEEE && exponent == top)
		return mantissa ? NAN : negative ? -INFINITY : INFINITY;
	if (f->special == FN && exponent == top && mantissa == (1u << f->mantissa) - 1)
		return NAN;
	if (f->special == FNUZ && negative && !exponent && !mantissa)
		return NAN;
	uint32_t whole = exponent ? mantissa | 1u << f->mantissa : mantissa;
	double value = ldexp(whole, (exponent ? (int)exponent : 1) - f->bias - f->mantissa);
	return negative ? -value : value;
}

static int64_t sign_extend(uint64_t bits, unsigned width)
{
	uint64_t sign = UINT64_C(1) << (width - 1);
	bits &= width < 64 ? (UINT64_C(1) << width) - 1 : UINT64_MAX;
	return (int64_t)((bits ^ sign) - sign);
}

oray_element element_of_bits(int32_t type, uint64_t bits)
{
	oray_element e = {.u = 0};
	uint32_t low = (uint32_t)bits;
	float single;
	unsigned width = oray_type_bits(type);
	switch (type) {
	case ORAY_FLOAT32:
		memcpy(&single, &low, sizeof single);
		e.f = (double)single;
		return e;
	case ORAY_FLOAT64:
		memcpy(&e.f, &bits, sizeof e.f);
		return e;
	case ORAY_FLOAT8E8M0: /* a power of two; all ones is NaN */
		e.f = (low & 0xff) == 0xff ? (double)NAN : ldexp(1.0, (int)(low & 0xff) - 127);
		return e;
	case ORAY_INT2:
	case ORAY_INT4:
	case ORAY_INT8:
	case ORAY_INT16:
	case ORAY_INT32:
	case ORAY_INT64:
		e.i = sign_extend(bits, width);
		return e;
	default:
		break;
	}
	if (type > 0 && type < ORAY_N_TYPES && formats[type].exponent)
		e.f = small_value(&formats[type], low);
	else
		e.u = width && width < 64 ? bits & ((UINT64_C(1) << width) - 1) : bits;
	if (type == ORAY_BOOL)
		e.u = e.u != 0;
	return e;
}
