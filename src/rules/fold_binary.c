/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fold_binary.c - what the operators of two inputs do to a pair of elements.
 */
#include "rules/fold.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* ---------------------------------------------------------------------------- arithmetic -- */

dim fold_add(dims *d, int32_t element, dim a, dim b)
{
	return fold_settle(d, element, dim_add(d, a, b));
}

dim fold_mul(dims *d, int32_t element, dim a, dim b)
{
	return fold_settle(d, element, dim_mul(d, a, b));
}

static dim op_add(dims *d, int32_t element, int64_t mode, dim a, dim b)
{
	(void)mode;
	return fold_add(d, element, a, b);
}

static dim op_sub(dims *d, int32_t element, int64_t mode, dim a, dim b)
{
	(void)mode;
	return fold_settle(d, element, dim_sub(d, a, b));
}

static dim op_mul(dims *d, int32_t element, int64_t mode, dim a, dim b)
{
	(void)mode;
	return fold_mul(d, element, a, b);
}

/** Towards zero: what is negative is divided as its opposite. */
static dim truncated_div(dims *d, dim a, dim b)
{
	int64_t n;
	bool minus = dim_is_number(d, b, &n) && n < 0;
	dim_order order = dim_compare(d, a, DIM(0));
	if (dim_is_number(d, a, &n) && dim_is_number(d, b, &n))
		return dim_int_div(d, a, b);
	b = minus ? dim_neg(d, b) : b;
	if (order == DIM_LESS || order == DIM_NOT_MORE) {
		a = dim_neg(d, a);
		minus = !minus;
	}
	a = dim_int_div(d, a, b);
	return minus ? dim_neg(d, a) : a;
}

static dim op_div(dims *d, int32_t element, int64_t mode, dim a, dim b)
{
	(void)mode;
	return fold_settle(d, element,
	                   type_is_float(element) ? dim_real_div(d, a, b) : truncated_div(d, a, b));
}

/** Remainder of numbers: with the sign of the divisor, or of the dividend (`fmod`). */
static double remainder_of(double x, double y, bool towards_zero)
{
	double rest = fmod(x, y);
	return !towards_zero && rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest;
}

static bool is_at_least(dims *d, dim a, int64_t n)
{
	dim_order order = dim_compare(d, a, DIM(n));
	return order == DIM_MORE || order == DIM_NOT_LESS || order == DIM_EQUAL;
}

static dim op_mod(dims *d, int32_t element, int64_t mode, dim a, dim b)
{
	int64_t m, n;
	double x, y;
	if (b == DIM(0))
		return DIM_LOST;
	if (dim_is_number(d, a, &m) && dim_is_number(d, b, &n)) {
		if (!mode)
			return dim_mod(d, a, b);
		return n == -1 ? DIM(0) : fold_settle(d, element, dim_number(d, m % n));
	}
	if (dim_is_real(d, a, &x) && dim_is_real(d, b, &y))
		return fold_settle(d, element, dim_real(d, remainder_of(x, y, mode != 0)));
	if (mode && !(is_at_least(d, a, 0) && is_at_least(d, b, 1)))
		return DIM_LOST;
	return dim_mod(d, a, b);
}

/**
 * Small whole exponents multiply, so that symbols go through. Beyond 2^53 a double no longer says
 * what an integer is.
 */
static dim op_pow(dims *d, int32_t element, int64_t mode, dim a, dim b)
{
	int64_t n;
	double x, y;
	(void)mode;
	if (dim_is_number(d, b, &n) && n >= 0 && n <= 64) {
		dim power = DIM(1);
		for (; n > 0; n--)
			power = dim_mul(d, power, a);
		return fold_settle(d, element, power);
	}
	if (!dim_is_real(d, a, &x) || !dim_is_real(d, b, &y))
		return DIM_LOST;
	double power = pow(x, y);
	if (!type_is_float(element)) {
		if (!(fabs(power) < 0x1p53))
			return DIM_LOST;
		power = trunc(power);
	}
	return fold_settle(d, element, dim_real(d, power));
}

/** True when all numbers of the type are at most (or, for sign -1, at least) `bound`. */
static bool is_no_bound(dims *d, int32_t element, dim bound, int sign)
{
	int64_t least, most, number;
	double real;
	if (fold_range(element, &least, &most))
		return dim_is_number(d, bound, &number) && (sign > 0 ? number >= most : number <= least);
	return dim_is_real(d, bound, &real) && real * sign >= (double)FLT_MAX;
}

dim fold_max(dims *d, int32_t element, dim a, dim b)
{
	if (a == DIM_LOST || b == DIM_LOST)
		return DIM_LOST;
	if (is_no_bound(d, element, b, -1))
		return a;
	return is_no_bound(d, element, a, -1) ? b : dim_max(d, a, b);
}

dim fold_min(dims *d, int32_t element, dim a, dim b)
{
	if (a == DIM_LOST || b == DIM_LOST)
		return DIM_LOST;
	if (is_no_bound(d, element, b, 1))
		return a;
	return is_no_bound(d, element, a, 1) ? b : dim_min(d, a, b);
}

static dim op_max(dims *d, int32_t element, int64_t mode, dim a, dim b)
{
	(void)mode;
	return fold_max(d, element, a, b);
}

static dim op_min(dims *d, int32_t element, int64_t mode, dim a, dim b)
{
	(void)mode;
	return fold_min(d, element, a, b);
}

/* ---------------------------------------------------------------------------------- bits -- */

/** A shift by all bits or more is not defined before opset 28. */
static dim op_bit_shift(dims *d, int32_t element, int64_t left, dim a, dim b)
{
	int64_t n, number;
	if (!dim_is_number(d, b, &n) || n < 0 || n > 60 || n >= (int64_t)oray_type_bits(element))
		return DIM_LOST;
	if (!left)
		return dim_floor_div(d, a, DIM(INT64_C(1) << n));
	if (dim_is_number(d, a, &number))
		return fold_wrap(d, element, (int64_t)((uint64_t)number << n));
	return dim_mul(d, a, DIM(INT64_C(1) << n));
}

static dim op_bitwise_and(dims *d, int32_t element, int64_t mode, dim a, dim b)
{
	int64_t m, n;
	(void)mode;
	if (dim_is_number(d, a, &m) && dim_is_number(d, b, &n))
		return fold_settle(d, element, dim_number(d, m & n));
	return DIM_LOST;
}

static dim op_bitwise_or(dims *d, int32_t element, int64_t mode, dim a, dim b)
{
	int64_t m, n;
	(void)mode;
	if (dim_is_number(d, a, &m) && dim_is_number(d, b, &n))
		return fold_settle(d, element, dim_number(d, m | n));
	return DIM_LOST;
}

static dim op_bitwise_xor(dims *d, int32_t element, int64_t mode, dim a, dim b)
{
	int64_t m, n;
	(void)mode;
	if (dim_is_number(d, a, &m) && dim_is_number(d, b, &n))
		return fold_settle(d, element, dim_number(d, m ^ n));
	return DIM_LOST;
}

/* --------------------------------------------------------------------------------- logic -- */

static dim op_and(dims *d, int32_t element, int64_t mode, dim a, dim b)
{
	(void)d, (void)element, (void)mode;
	if (a == DIM(0) || b == DIM(0))
		return DIM(0);
	return a == DIM(1) && b == DIM(1) ? DIM(1) : DIM_LOST;
}

static dim op_or(dims *d, int32_t element, int64_t mode, dim a, dim b)
{
	(void)d, (void)element, (void)mode;
	if (a == DIM(1) || b == DIM(1))
		return DIM(1);
	return a == DIM(0) && b == DIM(0) ? DIM(0) : DIM_LOST;
}

static dim op_xor(dims *d, int32_t element, int64_t mode, dim a, dim b)
{
	(void)d, (void)element, (void)mode;
	if ((a != DIM(0) && a != DIM(1)) || (b != DIM(0) && b != DIM(1)))
		return DIM_LOST;
	return DIM(a != b);
}

/** 1 if the order is one of `yes`, 0 if it is one of `no`; masks of 1 << dim_order. */
static dim decide(dims *d, dim a, dim b, unsigned yes, unsigned no)
{
	unsigned order = 1U << dim_compare(d, a, b);
	if (a == DIM_LOST || b == DIM_LOST)
		return DIM_LOST;
	return order & yes ? DIM(1) : order & no ? DIM(0) : DIM_LOST;
}

enum {
	LESS = 1 << DIM_LESS,
	NOT_MORE = 1 << DIM_NOT_MORE,
	EQUAL = 1 << DIM_EQUAL,
	NOT_LESS = 1 << DIM_NOT_LESS,
	MORE = 1 << DIM_MORE
};

static dim op_equal(dims *d, int32_t element, int64_t mode, dim a, dim b)
{
	(void)element, (void)mode;
	return decide(d, a, b, EQUAL, LESS | MORE);
}

static dim op_less(dims *d, int32_t element, int64_t mode, dim a, dim b)
{
	(void)element, (void)mode;
	return decide(d, a, b, LESS, EQUAL | NOT_LESS | MORE);
}

static dim op_less_or_equal(dims *d, int32_t element, int64_t mode, dim a, dim b)
{
	(void)element, (void)mode;
	return decide(d, a, b, LESS | NOT_MORE | EQUAL, MORE);
}

static dim op_greater(dims *d, int32_t element, int64_t mode, dim a, dim b)
{
	return op_less(d, element, mode, b, a);
}

static dim op_greater_or_equal(dims *d, int32_t element, int64_t mode, dim a, dim b)
{
	return op_less_or_equal(d, element, mode, b, a);
}

/* --------------------------------------------------------------------------------- names -- */

static const fold_pair pairs[] = {
    {"Add", op_add, false, false},
    {"Sub", op_sub, false, false},
    {"Mul", op_mul, false, false},
    {"Div", op_div, false, false},
    {"Mod", op_mod, false, false},
    {"Pow", op_pow, true, false},
    {"Max", op_max, false, false},
    {"Min", op_min, false, false},
    {"Sum", op_add, false, false},
    {"Mean", op_add, false, false},
    {"BitShift", op_bit_shift, false, false},
    {"BitwiseAnd", op_bitwise_and, false, false},
    {"BitwiseOr", op_bitwise_or, false, false},
    {"BitwiseXor", op_bitwise_xor, false, false},
    {"And", op_and, false, true},
    {"Or", op_or, false, true},
    {"Xor", op_xor, false, false},
    {"Equal", op_equal, false, false},
    {"Less", op_less, false, false},
    {"LessOrEqual", op_less_or_equal, false, false},
    {"Greater", op_greater, false, false},
    {"GreaterOrEqual", op_greater_or_equal, false, false},
};

const fold_pair *fold_pair_of(const char *name)
{
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		if (!strcmp(pairs[i].name, name))
			return &pairs[i];
	return NULL;
}
