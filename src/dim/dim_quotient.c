/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dim_quotient.c - division that leaves a whole number.
 *
 * floor(x / y) becomes whole + floor(x' / y') with as much in `whole` and as little in x' as can be
 * seen: multiples of y are taken out, common factors divided away, and a quotient in x goes up into
 * the fraction, since floor((floor(a/b) + c) / d) = floor((a + b*c) / (b*d)).
 */
#include <math.h>

#include "dim/dim_pool.h"

#define UNIT DIM(1)

/** A floor being simplified: whole + floor(x / y), y positive. */
typedef struct split {
	dim_poly whole, x, y;
} split;

/** floor(a / b) for b other than 0; INT64_MIN when that does not fit. */
static int64_t floor_ratio(int64_t a, int64_t b)
{
	if (b < 0 && (a == INT64_MIN || b == INT64_MIN))
		return INT64_MIN;
	return b < 0 ? dim_floor_int(-a, -b) : dim_floor_int(a, b);
}

/**
 * Takes multiples of y out of x; false when lost. What is left has, at the leading monomial of y, a
 * coefficient between 0 and that of y, exclusive. Other terms leave when they are multiples
 * themselves.
 */
static bool take_multiples(dims *p, split *s)
{
	dim_poly rest, q;
	if (dim_poly_exact(p, &s->x, &s->y, &q)) {
		s->x.n = 0;
		return dim_poly_add(p, &s->whole, &q, 1, UNIT);
	}
	const dim_term lead = s->y.at[0];
	rest.n = 0;
	int64_t times = 0;
	for (unsigned i = 0; i < s->x.n; i++) {
		dim_term t = s->x.at[i];
		dim m;
		if (t.m == lead.m)
			times = floor_ratio(t.c, lead.c);
		else if (s->y.n > 1 || lead.c < 0 || t.c % lead.c != 0 || !dim_mono_div(p, t.m, lead.m, &m))
			rest.at[rest.n++] = t;
		else if (!dim_poly_add_term(p, &s->whole, t.c / lead.c, m))
			return false;
		if (t.m == lead.m)
			rest.at[rest.n++] = t;
	}
	dim_poly_copy(&s->x, &rest);
	return times == 0 || (times > -INT64_MAX && dim_poly_add_term(p, &s->whole, times, UNIT) &&
	                      dim_poly_add(p, &s->x, &s->y, -times, UNIT));
}

/** The factors of a monomial that cannot be negative: those that leave the sign of y alone. */
static dim nonneg_part(dims *p, dim m)
{
	dim at[DIM_DEGREE], part = UNIT;
	unsigned n = dim_mono_atoms(p, m, at);
	for (unsigned i = 0; i < n && part != DIM_LOST; i++)
		if (dim_plainly_nonneg(p, at[i]))
			part = dim_mono_mul(p, part, at[i]);
	return part;
}

/** Divides x and y by their common number and monomial; true when there was one. */
static bool cancel(dims *p, split *s)
{
	int64_t common = 0;
	dim m = nonneg_part(p, s->y.at[0].m);
	for (unsigned i = 0; i < s->y.n; i++) {
		common = (int64_t)dim_gcd(common, s->y.at[i].c);
		m = dim_mono_gcd(p, m, s->y.at[i].m);
	}
	for (unsigned i = 0; i < s->x.n; i++) {
		if (s->x.at[i].m != UNIT) /* the constant is floored */
			common = (int64_t)dim_gcd(common, s->x.at[i].c);
		m = m == DIM_LOST ? m : dim_mono_gcd(p, m, s->x.at[i].m);
	}
	if (common < 1 || m == DIM_LOST || (common == 1 && m == UNIT))
		return false;
	dim_poly x, y;
	x.n = y.n = 0;
	for (unsigned i = 0; i < s->x.n + s->y.n; i++) {
		bool over = i < s->x.n;
		dim_term t = over ? s->x.at[i] : s->y.at[i - s->x.n];
		dim left;
		if (!dim_mono_div(p, t.m, m, &left) ||
		    !dim_poly_add_term(p, over ? &x : &y, dim_floor_int(t.c, common), left))
			return false;
	}
	dim_poly_copy(&s->x, &x);
	dim_poly_copy(&s->y, &y);
	return true;
}

/** Moves a quotient, if it is the only summand of its kind in x, up; true when there was one. */
static bool flatten(dims *p, split *s)
{
	dim inner = DIM_LOST;
	unsigned found[2] = {0, 0}; /* over a polynomial, over a number */
	for (unsigned i = 0; i < s->x.n; i++)
		if (s->x.at[i].c == 1 && dim_is_type(p, s->x.at[i].m, DIM_QUOTIENT)) {
			bool plain = DIM_KIND(dim_words(p, s->x.at[i].m)[1]) == DIM_IS_NUMBER;
			if (plain || !found[1])
				inner = s->x.at[i].m;
			found[plain]++;
		}
	if (found[1] > 1 || (found[1] == 0 && found[0] > 1))
		return false;
	bool symbolic = s->y.at[0].m != UNIT;
	dim_poly x, y, b;
	if (inner == DIM_LOST || !dim_poly_of(p, dim_words(p, inner)[0], &x) ||
	    !dim_poly_of(p, dim_words(p, inner)[1], &b))
		return false;
	symbolic |= b.at[0].m != UNIT;
	y.n = 0;
	for (unsigned i = 0; i < s->x.n; i++) {
		dim_term t = s->x.at[i];
		if (t.m == inner)
			continue;
		if ((symbolic && t.m != UNIT) || !dim_poly_add(p, &x, &b, t.c, t.m))
			return false;
	}
	for (unsigned i = 0; i < b.n; i++)
		if (!dim_poly_add(p, &y, &s->y, b.at[i].c, b.at[i].m))
			return false;
	dim_poly_copy(&s->x, &x);
	dim_poly_copy(&s->y, &y);
	return true;
}

/** True when x < y is proved. */
static bool is_below(dims *p, const dim_poly *x, const dim_poly *y)
{
	dim_poly gap;
	dim_poly_copy(&gap, y);
	return dim_poly_add(p, &gap, x, -1, UNIT) && dim_poly_add_term(p, &gap, -1, UNIT) &&
	       dim_poly_nonneg(p, &gap);
}

/** floor(x / y) for y > 0 that is no number, or x that is none; lost where y is seen to be below. */
static dim simplify(dims *p, split *s)
{
	bool changed = true;
	int64_t number;
	for (unsigned round = 0; changed && round < 2 * DIM_DEPTH; round++) {
		if (dim_poly_is_number(&s->y, &number) && number < 0)
			return DIM_LOST; /* what was taken for positive is not */
		if (!take_multiples(p, s))
			return DIM_LOST;
		if (s->x.n == 0 || (dim_poly_is_number(&s->x, &number) && s->y.at[0].m == UNIT))
			return dim_of_poly(p, &s->whole);
		changed = cancel(p, s) || flatten(p, s);
	}
	if (s->y.at[0].m != UNIT && dim_poly_constant(&s->x) < 0) {
		/* floor((x - 1) / y) + 1 is ceil(x / y), which is floor((x + y - 1) / y) */
		bool below = dim_poly_is_number(&s->x, &number) && number == -1;
		if (!dim_poly_add_term(p, &s->whole, -1, UNIT))
			return DIM_LOST;
		if (below) /* (y - 1) / y */
			return dim_of_poly(p, &s->whole);
		if (!dim_poly_add(p, &s->x, &s->y, 1, UNIT))
			return DIM_LOST;
	}
	bool nonneg = dim_poly_nonneg(p, &s->x);
	if (nonneg && is_below(p, &s->x, &s->y))
		return dim_of_poly(p, &s->whole);
	uint64_t words[] = {dim_of_poly(p, &s->x), dim_of_poly(p, &s->y)};
	if (words[0] == DIM_LOST || words[1] == DIM_LOST)
		return DIM_LOST;
	dim atom = dim_intern(p, DIM_QUOTIENT, words, 2);
	if (atom == DIM_LOST)
		return DIM_LOST;
	if (nonneg)
		p->records.at[dim_index(atom)].nonneg = true;
	return dim_poly_add_term(p, &s->whole, 1, atom) ? dim_of_poly(p, &s->whole) : DIM_LOST;
}

/** @param trusted  b is taken for positive; otherwise that must be seen. */
static dim floor_div(dims *p, dim a, dim b, bool trusted)
{
	int64_t i, j;
	bool number = dim_is_number(p, b, &j);
	if ((number && j == 0) || a == DIM_LOST || b == DIM_LOST)
		return DIM_LOST;
	if (b == DIM(1) || (a == DIM(0) && DIM_KIND(b) == DIM_IS_NUMBER))
		return a;
	if (number && dim_is_number(p, a, &i)) {
		if (j < 0) {
			if (i == INT64_MIN || j == INT64_MIN)
				return DIM_LOST;
			i = -i;
			j = -j;
		}
		return dim_number(p, dim_floor_int(i, j));
	}
	if (dim_is_fraction(p, a) || dim_is_fraction(p, b))
		return dim_floor(p, dim_real_div(p, a, b));
	split s;
	s.whole.n = 0;
	if (!dim_poly_of(p, a, &s.x) || !dim_poly_of(p, b, &s.y))
		return DIM_LOST;
	if (dim_poly_exact(p, &s.x, &s.y, &s.whole))
		return dim_of_poly(p, &s.whole);
	s.whole.n = 0;
	if (number && j < 0 && (!dim_poly_negate(&s.x) || !dim_poly_negate(&s.y)))
		return DIM_LOST;
	if (!number && !trusted && !dim_poly_nonneg(p, &s.y))
		return DIM_LOST;
	return simplify(p, &s);
}

dim dim_floor_of(dims *p, dim a, dim b)
{
	return floor_div(p, a, b, true);
}

dim dim_floor_div(dims *p, dim a, dim b)
{
	if (dim_both_small(a, b) && dim_small(b) > 0)
		return DIM(dim_floor_int(dim_small(a), dim_small(b)));
	return floor_div(p, a, b, false);
}

dim dim_ceil_div(dims *p, dim a, dim b)
{
	int64_t i, j;
	if (dim_is_fraction(p, a) || dim_is_fraction(p, b))
		return dim_ceil(p, dim_real_div(p, a, b));
	if (dim_is_number(p, b, &j) && j < 0)
		return dim_ceil_div(p, dim_neg(p, a), dim_neg(p, b));
	if (dim_is_number(p, b, &j) && dim_is_number(p, a, &i))
		return j == 0 ? DIM_LOST : dim_number(p, dim_floor_int(i, j) + (i % j != 0));
	dim_poly x, y, q;
	if (b == DIM(0) || !dim_poly_of(p, a, &x) || !dim_poly_of(p, b, &y))
		return DIM_LOST;
	if (dim_poly_exact(p, &x, &y, &q))
		return dim_of_poly(p, &q);
	if (DIM_KIND(b) != DIM_IS_NUMBER && !dim_poly_nonneg(p, &y))
		return DIM_LOST; /* the sum below may be a multiple of b, whatever its sign */
	return dim_floor_div(p, dim_add(p, a, dim_sub(p, b, DIM(1))), b);
}

dim dim_exact_div(dims *p, dim a, dim b)
{
	return dim_is_fraction(p, a) || dim_is_fraction(p, b) ? dim_real_div(p, a, b)
	                                                      : dim_floor_of(p, a, b);
}

dim dim_int_div(dims *p, dim a, dim b)
{
	int64_t i, j;
	if (dim_is_number(p, a, &i) && dim_is_number(p, b, &j)) {
		if (j == 0 || (i == INT64_MIN && j == -1))
			return DIM_LOST;
		return dim_number(p, i / j);
	}
	return dim_floor_div(p, a, b);
}

dim dim_mod(dims *p, dim a, dim b)
{
	double x, y;
	if ((dim_is_fraction(p, a) || dim_is_fraction(p, b)) && dim_is_real(p, a, &x) &&
	    dim_is_real(p, b, &y)) {
		double rest = fmod(x, y);
		return dim_real(p, rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest);
	}
	return dim_sub(p, a, dim_mul(p, b, dim_floor_div(p, a, b)));
}

/* ---------------------------------------------------------------------------- quotients -- */

enum { CANCELLED = 64 /**< factors that are looked at one by one */ };

/** Divides two factors by what they have in common, as far as that is seen at a glance. */
static void reduce_pair(dims *p, dim *a, dim *b)
{
	int64_t i, j;
	if (*a == *b) {
		*a = *b = DIM(1);
	} else if (dim_is_number(p, *a, &i) && dim_is_number(p, *b, &j) && j > 0 && i > 0) {
		int64_t common = (int64_t)dim_gcd(i, j);
		*a = dim_number(p, i / common);
		*b = dim_number(p, j / common);
	}
}

/** Product of small numbers above 0; false when there is another or it does not fit. */
static bool small_product(const dim *at, size_t n, int64_t *out)
{
	*out = 1;
	for (size_t i = 0; i < n; i++)
		if (DIM_KIND(at[i]) != DIM_IS_NUMBER || dim_small(at[i]) <= 0 ||
		    __builtin_mul_overflow(*out, dim_small(at[i]), out))
			return false;
	return true;
}

dim dim_quotient(dims *p, const dim *a, size_t n, const dim *b, size_t m)
{
	int64_t x, y;
	if (small_product(a, n, &x) && small_product(b, m, &y))
		return dim_number(p, x / y);
	dim over[CANCELLED], under[CANCELLED];
	for (size_t j = 0; j < m; j++)
		if (b[j] == DIM(0) || b[j] == DIM_LOST)
			return DIM_LOST;
	if (n > CANCELLED || m > CANCELLED)
		return dim_exact_div(p, dim_product(p, a, n), dim_product(p, b, m));
	for (size_t i = 0; i < n; i++)
		over[i] = a[i];
	for (size_t j = 0; j < m; j++)
		under[j] = b[j];
	for (unsigned equal = 2; equal-- > 0;) /* equal factors before others */
		for (size_t i = 0; i < n; i++)
			for (size_t j = 0; j < m; j++)
				if (!equal || over[i] == under[j])
					reduce_pair(p, &over[i], &under[j]);
	return dim_exact_div(p, dim_product(p, over, n), dim_product(p, under, m));
}
