/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dim_fraction.c - elements of float tensors: reals, and symbolic dims over a number.
 *
 * Reals meet reals in double arithmetic. A real meets a symbolic dim only when it is an exact small
 * binary fraction; then the result is an exact ratio.
 */
#include <math.h>
#include <string.h>

#include "dim/dim_pool.h"

#define EXACT_DOUBLE 9007199254740992.0 /* 2^53 */

dim dim_real(dims *p, double v)
{
	if (isnan(v))
		return DIM_LOST;
	if (fabs(v) <= EXACT_DOUBLE && v == floor(v))
		return DIM((int64_t)v);
	uint64_t word;
	memcpy(&word, &v, sizeof word);
	return dim_intern(p, DIM_REAL, &word, 1);
}

bool dim_is_real(const dims *p, dim d, double *out)
{
	int64_t number;
	if (dim_is_number(p, d, &number)) {
		*out = (double)number;
		return true;
	}
	if (!dim_is_type(p, d, DIM_REAL))
		return false;
	memcpy(out, dim_words(p, d), sizeof *out);
	return true;
}

/** A dim as an exact fraction: numerator and positive denominator. */
static bool split_ratio(dims *p, dim d, dim *numerator, int64_t *denominator)
{
	*numerator = d;
	*denominator = 1;
	if (dim_is_type(p, d, DIM_RATIO)) {
		*numerator = dim_words(p, d)[0];
		*denominator = (int64_t)dim_words(p, d)[1];
		return true;
	}
	double v;
	if (!dim_is_type(p, d, DIM_REAL) || !dim_is_real(p, d, &v))
		return d != DIM_LOST;
	while (v != floor(v) && *denominator < 1 << 20) {
		v *= 2;
		*denominator *= 2;
	}
	if (v != floor(v) || fabs(v) > EXACT_DOUBLE)
		return false;
	*numerator = DIM((int64_t)v);
	return true;
}

/** numerator / denominator in lowest terms, for a denominator that is not 0. */
static dim make_ratio(dims *p, dim numerator, int64_t denominator)
{
	dim_poly x;
	int64_t number;
	if (denominator == INT64_MIN || !dim_poly_of(p, numerator, &x))
		return DIM_LOST;
	if (denominator < 0) {
		denominator = -denominator;
		if (!dim_poly_negate(&x))
			return DIM_LOST;
	}
	if (dim_poly_is_number(&x, &number)) {
		if (number % denominator == 0)
			return dim_number(p, number / denominator);
		return dim_real(p, (double)number / (double)denominator);
	}
	int64_t common = denominator;
	for (unsigned i = 0; i < x.n && common > 1; i++)
		common = (int64_t)dim_gcd(common, x.at[i].c);
	for (unsigned i = 0; i < x.n; i++)
		x.at[i].c /= common;
	denominator /= common;
	dim d = dim_of_poly(p, &x);
	if (denominator == 1 || d == DIM_LOST)
		return d;
	uint64_t words[] = {d, (uint64_t)denominator};
	return dim_intern(p, DIM_RATIO, words, 2);
}

dim dim_fraction_add(dims *p, dim a, dim b)
{
	double x, y;
	if (dim_is_real(p, a, &x) && dim_is_real(p, b, &y))
		return dim_real(p, x + y);
	dim m, n;
	int64_t q, r, product;
	if (!split_ratio(p, a, &m, &q) || !split_ratio(p, b, &n, &r))
		return DIM_LOST;
	int64_t common = (int64_t)dim_gcd(q, r);
	if (__builtin_mul_overflow(q / common, r, &product))
		return DIM_LOST;
	m = dim_mul(p, m, dim_number(p, r / common));
	n = dim_mul(p, n, dim_number(p, q / common));
	return make_ratio(p, dim_add(p, m, n), product);
}

dim dim_fraction_mul(dims *p, dim a, dim b)
{
	double x, y;
	if (dim_is_real(p, a, &x) && dim_is_real(p, b, &y))
		return dim_real(p, x * y);
	dim m, n;
	int64_t q, r, product;
	if (!split_ratio(p, a, &m, &q) || !split_ratio(p, b, &n, &r) ||
	    __builtin_mul_overflow(q, r, &product))
		return DIM_LOST;
	return make_ratio(p, dim_mul(p, m, n), product);
}

dim dim_real_div(dims *p, dim a, dim b)
{
	int64_t i, j;
	double x, y;
	if (b == DIM(0) || a == DIM_LOST || b == DIM_LOST)
		return DIM_LOST;
	if (b == DIM(-1))
		return dim_neg(p, a);
	if (dim_is_number(p, a, &i) && dim_is_number(p, b, &j))
		return i % j == 0 ? dim_number(p, i / j) : dim_real(p, (double)i / (double)j);
	if (dim_is_real(p, a, &x) && dim_is_real(p, b, &y))
		return dim_real(p, x / y);
	if (a == b)
		return DIM(1);
	dim m, n;
	int64_t q, r;
	if (!split_ratio(p, a, &m, &q) || !split_ratio(p, b, &n, &r))
		return DIM_LOST;
	/* (m / q) / (n / r), where n is a number times a polynomial that divides m, or lost. */
	dim_poly over, under, out;
	if (!dim_poly_of(p, m, &over) || !dim_poly_of(p, n, &under) || under.n == 0)
		return DIM_LOST;
	int64_t content = 0;
	for (unsigned k = 0; k < under.n; k++)
		content = (int64_t)dim_gcd(content, under.at[k].c);
	if (content <= 0)
		return DIM_LOST;
	for (unsigned k = 0; k < under.n; k++)
		under.at[k].c /= content;
	if (!dim_poly_exact(p, &over, &under, &out))
		return DIM_LOST;
	int64_t common = (int64_t)dim_gcd(content, r), product;
	if (__builtin_mul_overflow(content / common, q, &product))
		return DIM_LOST;
	return make_ratio(p, dim_mul(p, dim_of_poly(p, &out), dim_number(p, r / common)), product);
}

dim dim_floor(dims *p, dim a)
{
	double v;
	if (dim_is_type(p, a, DIM_REAL) && dim_is_real(p, a, &v))
		return dim_real(p, floor(v));
	if (!dim_is_type(p, a, DIM_RATIO))
		return a;
	dim numerator = dim_words(p, a)[0];
	int64_t denominator = (int64_t)dim_words(p, a)[1];
	return dim_floor_div(p, numerator, dim_number(p, denominator));
}

dim dim_ceil(dims *p, dim a)
{
	double v;
	if (dim_is_type(p, a, DIM_REAL) && dim_is_real(p, a, &v))
		return dim_real(p, ceil(v));
	if (!dim_is_type(p, a, DIM_RATIO))
		return a;
	dim numerator = dim_words(p, a)[0];
	int64_t denominator = (int64_t)dim_words(p, a)[1];
	return dim_ceil_div(p, numerator, dim_number(p, denominator));
}

dim_order dim_fraction_compare(dims *p, dim a, dim b)
{
	double x, y;
	if (dim_is_real(p, a, &x) && dim_is_real(p, b, &y))
		return x < y ? DIM_LESS : x > y ? DIM_MORE : DIM_EQUAL;
	dim m, n;
	int64_t q, r;
	if (!split_ratio(p, a, &m, &q) || !split_ratio(p, b, &n, &r))
		return DIM_UNORDERED;
	m = dim_mul(p, m, dim_number(p, r));
	n = dim_mul(p, n, dim_number(p, q));
	return m == DIM_LOST || n == DIM_LOST ? DIM_UNORDERED : dim_compare(p, m, n);
}
