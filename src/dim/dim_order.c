/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dim_order.c - which of two dims is larger; max and min.
 *
 * A polynomial is at least 0 when no term can be negative. Where one can, a max, a min or a
 * quotient in it is replaced by a polynomial on the safe side of it, and the question asked again.
 * Quotients are whole, so the question is asked of a multiple: scale * x > -scale means x >= 0.
 */
#include "dim/dim_pool.h"

#define UNIT DIM(1)

enum {
	PROOF_DEPTH = 6, /**< replacements after each other */
	PROOF_STEPS = 32 /**< replacements tried */
};

typedef struct proof {
	dims *p;
	unsigned steps;
} proof;

static bool mono_nonneg(const dims *p, dim m)
{
	dim at[DIM_DEGREE];
	unsigned n = dim_mono_atoms(p, m, at);
	for (unsigned i = 0; i < n; i++)
		if (!dim_plainly_nonneg(p, at[i]))
			return false;
	return true;
}

/** True when no term but the constant can be negative, and the constant is above -scale. */
static bool plainly_above(const dims *p, const dim_poly *x, int64_t scale)
{
	for (unsigned i = 0; i < x->n; i++)
		if (x->at[i].m == UNIT ? x->at[i].c <= -scale
		                       : x->at[i].c < 0 || !mono_nonneg(p, x->at[i].m))
			return false;
	return true;
}

static bool prove(proof *f, const dim_poly *x, int64_t scale, unsigned depth);

/** x * factor, where term i is replaced by c * rest * bound. */
static bool prove_with(proof *f, const dim_poly *x, int64_t scale, unsigned depth, unsigned i,
                       dim rest, const dim_poly *bound, int64_t factor)
{
	dim_poly y;
	y.n = 0;
	if (factor < 1 || __builtin_mul_overflow(scale, factor, &scale))
		return false;
	for (unsigned k = 0; k < x->n; k++) {
		int64_t c;
		if (k != i && (__builtin_mul_overflow(x->at[k].c, factor, &c) ||
		               !dim_poly_add_term(f->p, &y, c, x->at[k].m)))
			return false;
	}
	return dim_poly_add(f->p, &y, bound, x->at[i].c, rest) && prove(f, &y, scale, depth - 1);
}

/** Tries what bounds `atom` from below (for c > 0) or above. */
static bool prove_bounds(proof *f, const dim_poly *x, int64_t scale, unsigned depth, unsigned i,
                         dim atom, dim rest)
{
	dims *p = f->p;
	bool below = x->at[i].c > 0;
	const dim_record *r = dim_record_of(p, atom);
	unsigned n = r->n;
	dim_poly bound, q;
	int64_t number;
	if (r->type == DIM_QUOTIENT) {
		if (!dim_poly_of(p, dim_words(p, atom)[0], &bound) ||
		    !dim_poly_of(p, dim_words(p, atom)[1], &q))
			return false;
		if (!dim_poly_is_number(&q, &number))
			return !below && dim_plainly_nonneg(p, dim_words(p, atom)[0]) &&
			       prove_with(f, x, scale, depth, i, rest, &bound, 1);
		if (below && !dim_poly_add_term(p, &bound, 1 - number, UNIT))
			return false;
		return prove_with(f, x, scale, depth, i, rest, &bound, number);
	}
	if (r->type == (below ? DIM_MAX : DIM_MIN)) {
		for (unsigned k = 0; k < n; k++)
			if (dim_poly_of(p, dim_words(p, atom)[k], &bound) &&
			    prove_with(f, x, scale, depth, i, rest, &bound, 1))
				return true;
		return false;
	}
	if (below || r->type != DIM_MAX)
		return false;
	bound.n = 0; /* the sum is above the max, if none is negative */
	for (unsigned k = 0; k < n; k++)
		if (!dim_plainly_nonneg(p, dim_words(p, atom)[k]) ||
		    !dim_poly_of(p, dim_words(p, atom)[k], &q) || !dim_poly_add(p, &bound, &q, 1, UNIT))
			return false;
	return prove_with(f, x, scale, depth, i, rest, &bound, 1);
}

/** True when scale * (what is asked) = x is above -scale. */
static bool prove(proof *f, const dim_poly *x, int64_t scale, unsigned depth)
{
	if (plainly_above(f->p, x, scale))
		return true;
	for (unsigned i = 0; i < x->n && depth > 0; i++) {
		dim at[DIM_DEGREE], rest;
		unsigned n = dim_mono_atoms(f->p, x->at[i].m, at);
		for (unsigned k = 0; k < n; k++)
			if (DIM_KIND(at[k]) == DIM_IS_RECORD && (k == 0 || at[k] != at[k - 1]) &&
			    dim_mono_div(f->p, x->at[i].m, at[k], &rest) && mono_nonneg(f->p, rest) &&
			    f->steps++ < PROOF_STEPS && prove_bounds(f, x, scale, depth, i, at[k], rest))
				return true;
	}
	return false;
}

bool dim_poly_nonneg(dims *p, const dim_poly *x)
{
	proof f = {.p = p};
	return prove(&f, x, 1, PROOF_DEPTH);
}

/** True when x - 1 is proved to be at least 0. */
static bool poly_positive(dims *p, const dim_poly *x)
{
	dim_poly y;
	dim_poly_copy(&y, x);
	return dim_poly_add_term(p, &y, -1, UNIT) && dim_poly_nonneg(p, &y);
}

dim_order dim_compare(dims *p, dim a, dim b)
{
	if (dim_both_small(a, b))
		return a == b ? DIM_EQUAL : dim_small(a) < dim_small(b) ? DIM_LESS : DIM_MORE;
	if (a == DIM_LOST || b == DIM_LOST)
		return DIM_UNORDERED;
	if (a == b)
		return DIM_EQUAL;
	if (dim_is_fraction(p, a) || dim_is_fraction(p, b))
		return dim_fraction_compare(p, a, b);
	dim_poly x, y;
	int64_t number;
	if (dim_is_number(p, a, &number) && dim_is_number(p, b, &number)) {
		int64_t m, n;
		dim_is_number(p, a, &m);
		dim_is_number(p, b, &n);
		return m < n ? DIM_LESS : m > n ? DIM_MORE : DIM_EQUAL;
	}
	if (!dim_poly_of(p, a, &x) || !dim_poly_of(p, b, &y) || !dim_poly_add(p, &x, &y, -1, UNIT))
		return DIM_UNORDERED;
	if (x.n == 0)
		return DIM_EQUAL;
	bool not_less = dim_poly_nonneg(p, &x);
	if (not_less && poly_positive(p, &x))
		return DIM_MORE;
	if (!dim_poly_negate(&x) || !dim_poly_nonneg(p, &x))
		return not_less ? DIM_NOT_LESS : DIM_UNORDERED;
	if (not_less)
		return DIM_EQUAL; /* in two forms */
	return poly_positive(p, &x) ? DIM_LESS : DIM_NOT_MORE;
}

/* --------------------------------------------------------------------------- max and min -- */

/** Keeps `d` among the candidates unless another makes it superfluous; false: too many. */
static bool add_candidate(dims *p, dim_type type, dim *at, unsigned *n, dim d)
{
	unsigned left = 0;
	bool less[DIM_ARGS];
	for (unsigned i = 0; i < *n; i++) {
		dim_order order = dim_compare(p, at[i], d);
		if (type == DIM_MIN && order != DIM_UNORDERED)
			order = (dim_order)(DIM_LESS + DIM_MORE - order);
		if (order == DIM_EQUAL && d < at[i])
			at[i] = d; /* of two forms always the same one */
		if (order >= DIM_EQUAL)
			return true;
		less[i] = order != DIM_UNORDERED;
	}
	for (unsigned i = 0; i < *n; i++)
		if (!less[i])
			at[left++] = at[i];
	if (left == DIM_ARGS)
		return false;
	at[left++] = d;
	*n = left;
	return true;
}

dim dim_extreme(dims *p, dim_type type, const dim *at, size_t n)
{
	dim kept[DIM_ARGS];
	unsigned count = 0;
	for (size_t i = 0; i < n; i++) {
		dim inner[DIM_ARGS] = {at[i]};
		unsigned m = 1;
		if (dim_is_type(p, at[i], type)) {
			m = dim_record_of(p, at[i])->n;
			for (unsigned k = 0; k < m; k++)
				inner[k] = dim_words(p, at[i])[k];
		}
		for (unsigned k = 0; k < m; k++)
			if (inner[k] == DIM_LOST || !add_candidate(p, type, kept, &count, inner[k]))
				return DIM_LOST;
	}
	if (count == 1)
		return kept[0];
	for (unsigned i = 0; i < count; i++)
		if (dim_is_fraction(p, kept[i]))
			return DIM_LOST;
	for (unsigned i = 1; i < count; i++)
		for (unsigned k = i; k > 0 && kept[k - 1] > kept[k]; k--) {
			dim d = kept[k];
			kept[k] = kept[k - 1];
			kept[k - 1] = d;
		}
	return dim_intern(p, type, kept, count);
}

dim dim_max(dims *p, dim a, dim b)
{
	if (dim_both_small(a, b))
		return dim_small(a) > dim_small(b) ? a : b;
	return dim_extreme(p, DIM_MAX, (dim[]){a, b}, 2);
}

dim dim_min(dims *p, dim a, dim b)
{
	if (dim_both_small(a, b))
		return dim_small(a) < dim_small(b) ? a : b;
	return dim_extreme(p, DIM_MIN, (dim[]){a, b}, 2);
}
