/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fold.c - elements in the types they are kept in: ranges, rounding, conversion.
 *
 * Arithmetic is done in doubles and rounded after each step. For + - * / and sqrt of float32 that
 * gives the very result of float32 arithmetic, since a double has more than twice its digits
 * (Figueroa, When is double rounding innocuous?).
 */
#include "rules/fold.h"

#include <float.h>
#include <math.h>

/* ------------------------------------------------------------------------------- numbers -- */

bool fold_range(int32_t element, int64_t *least, int64_t *most)
{
	unsigned bits = oray_type_bits(element);
	switch (element) {
	case ORAY_BOOL:
		*least = 0;
		*most = 1;
		return true;
	case ORAY_INT2:
	case ORAY_INT4:
	case ORAY_INT8:
	case ORAY_INT16:
	case ORAY_INT32:
	case ORAY_INT64:
		*most = (int64_t)(UINT64_MAX >> (65 - bits));
		*least = -*most - 1;
		return true;
	case ORAY_UINT2:
	case ORAY_UINT4:
	case ORAY_UINT8:
	case ORAY_UINT16:
	case ORAY_UINT32:
	case ORAY_UINT64:
		*least = 0;
		*most = bits == 64 ? INT64_MAX : (int64_t)(UINT64_MAX >> (64 - bits));
		return true;
	default:
		return false;
	}
}

dim fold_wrap(dims *d, int32_t element, int64_t v)
{
	int64_t least, most;
	if (!fold_range(element, &least, &most))
		return DIM_LOST;
	if (element == ORAY_BOOL)
		return DIM(v != 0);
	if (v >= least && v <= most)
		return dim_number(d, v);
	if (most == INT64_MAX)
		return DIM_LOST;
	/* The range is a power of two, and no wider than 32 bits. */
	uint64_t size = (uint64_t)(most - least) + 1;
	int64_t low = (int64_t)((uint64_t)v & (size - 1));
	return dim_number(d, low > most ? low - (int64_t)size : low);
}

/** A binary floating type: bits of the mantissa, exponent of the smallest number, largest number.
 */
typedef struct precision {
	int32_t element;
	int digits, lowest;
	double most;
} precision;

static const precision precisions[] = {
    {ORAY_FLOAT32, 24, -149, (double)FLT_MAX},
    {ORAY_FLOAT64, 53, -1074, DBL_MAX},
    {ORAY_FLOAT16, 11, -24, 65504.0},
    {ORAY_BFLOAT16, 8, -133, 0x1.fep127},
};

/** The nearest number of a floating type, ties to even; NaN for types that are not followed. */
static double round_to(int32_t element, double v)
{
	const precision *p = precisions;
	while (p->element != element)
		if (++p == precisions + sizeof precisions / sizeof *precisions)
			return (double)NAN;
	if (v == 0 || !isfinite(v))
		return v;
	int exponent;
	frexp(v, &exponent);
	int unit = exponent - p->digits > p->lowest ? exponent - p->digits : p->lowest;
	double rounded = ldexp(rint(ldexp(v, -unit)), unit);
	return fabs(rounded) > p->most ? copysign((double)INFINITY, v) : rounded;
}

dim fold_settle(dims *d, int32_t element, dim v)
{
	int64_t number, least, most;
	double real;
	if (v == DIM_LOST)
		return v;
	if (type_is_float(element))
		return dim_is_real(d, v, &real) ? dim_real(d, round_to(element, real)) : v;
	if (!fold_range(element, &least, &most))
		return DIM_LOST;
	if (dim_is_number(d, v, &number))
		return number >= least && number <= most ? v : DIM_LOST;
	return dim_is_real(d, v, &real) ? DIM_LOST : v;
}

/* ---------------------------------------------------------------------------- conversion -- */

static dim cast_to_bool(dims *d, dim v)
{
	double real;
	if (dim_is_real(d, v, &real))
		return DIM(real != 0);
	switch (dim_compare(d, v, DIM(0))) {
	case DIM_LESS:
	case DIM_MORE:
		return DIM(1);
	case DIM_EQUAL:
		return DIM(0);
	default:
		return DIM_LOST;
	}
}

/** Towards zero; what is beyond the range is undefined. Quotients of sizes are not negative. */
static dim truncate_to(dims *d, int32_t to, dim v)
{
	double real;
	if (!dim_is_real(d, v, &real)) {
		dim_order order = dim_compare(d, v, DIM(0));
		return order == DIM_LESS || order == DIM_NOT_MORE ? dim_ceil(d, v) : dim_floor(d, v);
	}
	real = trunc(real);
	if (!(real >= -0x1p63 && real < 0x1p63))
		return DIM_LOST;
	return fold_settle(d, to, dim_number(d, (int64_t)real));
}

dim fold_cast(dims *d, int32_t from, int32_t to, dim v)
{
	int64_t number, least, most;
	if (v == DIM_LOST || from == to)
		return v;
	if (to == ORAY_BOOL)
		return cast_to_bool(d, v);
	if (!fold_range(to, &least, &most))
		return fold_settle(d, to, v);
	if (type_is_float(from))
		return truncate_to(d, to, v);
	return dim_is_number(d, v, &number) ? fold_wrap(d, to, number) : v;
}

/* ------------------------------------------------------------------------------- results -- */

void fold_give(call *c, size_t n, const dim *at)
{
	size_t i = 0;
	while (i < n && at[i] == DIM_LOST)
		i++;
	if (i < n || n == 0)
		call_set_values(c, 0, n, at);
}
