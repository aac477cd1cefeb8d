/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dim_poly.c - sums and products: polynomials with checked 64-bit coefficients.
 *
 * Monomials are ordered by degree, then lexicographically with the atoms of smaller index first.
 * That order agrees with multiplication, so division may take the leading terms one by one.
 */
#include <string.h>

#include "dim/dim_pool.h"

#define UNIT DIM(1)

/* ----------------------------------------------------------------------------- monomials -- */

unsigned dim_mono_degree(const dims *p, dim m)
{
	if (m == UNIT)
		return 0;
	return dim_is_type(p, m, DIM_MONOMIAL) ? dim_record_of(p, m)->n : 1;
}

unsigned dim_mono_atoms(const dims *p, dim m, dim *at)
{
	if (m == UNIT)
		return 0;
	if (!dim_is_type(p, m, DIM_MONOMIAL)) {
		at[0] = m;
		return 1;
	}
	unsigned n = dim_record_of(p, m)->n;
	memcpy(at, dim_words(p, m), n * sizeof *at);
	return n;
}

/** The monomial of sorted atoms. */
static dim mono_of_atoms(dims *p, const dim *at, unsigned n)
{
	if (n <= 1)
		return n ? at[0] : UNIT;
	return n > DIM_DEGREE ? DIM_LOST : dim_intern(p, DIM_MONOMIAL, at, n);
}

int dim_mono_compare(const dims *p, dim a, dim b)
{
	if (a == b)
		return 0;
	dim x[DIM_DEGREE], y[DIM_DEGREE];
	unsigned n = dim_mono_atoms(p, a, x), m = dim_mono_atoms(p, b, y);
	if (n != m)
		return n > m ? 1 : -1;
	for (unsigned i = 0; i < n; i++)
		if (x[i] != y[i])
			return x[i] < y[i] ? 1 : -1;
	return 0;
}

dim dim_mono_mul(dims *p, dim a, dim b)
{
	if (a == UNIT)
		return b;
	if (b == UNIT)
		return a;
	dim x[DIM_DEGREE], y[DIM_DEGREE], out[2 * DIM_DEGREE];
	unsigned n = dim_mono_atoms(p, a, x), m = dim_mono_atoms(p, b, y);
	unsigned i = 0, j = 0;
	while (i < n || j < m)
		if (j == m || (i < n && x[i] <= y[j]))
			out[i + j] = x[i], i++;
		else
			out[i + j] = y[j], j++;
	return mono_of_atoms(p, out, n + m);
}

bool dim_mono_div(dims *p, dim a, dim b, dim *out)
{
	dim x[DIM_DEGREE], y[DIM_DEGREE];
	unsigned n = dim_mono_atoms(p, a, x), m = dim_mono_atoms(p, b, y);
	unsigned i, j = 0, left = 0;
	for (i = 0; i < n; i++)
		if (j < m && x[i] == y[j])
			j++;
		else
			x[left++] = x[i];
	if (j < m)
		return false;
	*out = mono_of_atoms(p, x, left);
	return *out != DIM_LOST;
}

dim dim_mono_gcd(dims *p, dim a, dim b)
{
	dim x[DIM_DEGREE], y[DIM_DEGREE];
	unsigned n = dim_mono_atoms(p, a, x), m = dim_mono_atoms(p, b, y);
	unsigned i = 0, j = 0, common = 0;
	while (i < n && j < m)
		if (x[i] == y[j])
			x[common++] = x[i], i++, j++;
		else if (x[i] < y[j])
			i++;
		else
			j++;
	return mono_of_atoms(p, x, common);
}

/* --------------------------------------------------------------------------- polynomials -- */

bool dim_poly_of(const dims *p, dim d, dim_poly *out)
{
	int64_t number;
	out->n = 1;
	if (dim_is_number(p, d, &number)) {
		out->n = number != 0;
		out->at[0] = (dim_term){number, UNIT};
	} else if (d == DIM_LOST || dim_is_fraction(p, d)) {
		return false;
	} else if (dim_is_type(p, d, DIM_POLY)) {
		const uint64_t *words = dim_words(p, d);
		out->n = dim_record_of(p, d)->n / 2;
		for (unsigned i = 0; i < out->n; i++)
			out->at[i] = (dim_term){(int64_t)words[2 * i], words[2 * i + 1]};
	} else {
		out->at[0] = (dim_term){1, d};
	}
	return true;
}

dim dim_of_poly(dims *p, const dim_poly *x)
{
	int64_t number;
	if (dim_poly_is_number(x, &number))
		return dim_number(p, number);
	if (x->n == 1 && x->at[0].c == 1 && !dim_is_type(p, x->at[0].m, DIM_MONOMIAL))
		return x->at[0].m;
	uint64_t words[2 * DIM_TERMS];
	for (unsigned i = 0; i < x->n; i++) {
		words[2 * i] = (uint64_t)x->at[i].c;
		words[2 * i + 1] = x->at[i].m;
	}
	return dim_intern(p, DIM_POLY, words, 2 * x->n);
}

bool dim_poly_is_number(const dim_poly *x, int64_t *out)
{
	*out = x->n ? x->at[0].c : 0;
	return x->n == 0 || (x->n == 1 && x->at[0].m == UNIT);
}

int64_t dim_poly_constant(const dim_poly *x)
{
	return x->n && x->at[x->n - 1].m == UNIT ? x->at[x->n - 1].c : 0;
}

bool dim_poly_add_term(const dims *p, dim_poly *x, int64_t c, dim m)
{
	if (m == DIM_LOST)
		return false;
	if (c == 0)
		return true;
	unsigned i = x->n;
	int order = 1;
	while (i > 0 && (order = dim_mono_compare(p, x->at[i - 1].m, m)) < 0)
		i--;
	if (i > 0 && order == 0) {
		dim_term *t = &x->at[i - 1];
		if (__builtin_add_overflow(t->c, c, &t->c))
			return false;
		if (t->c == 0) {
			memmove(t, t + 1, (x->n - i) * sizeof *t);
			x->n--;
		}
		return true;
	}
	if (x->n == DIM_TERMS)
		return false;
	memmove(&x->at[i + 1], &x->at[i], (x->n - i) * sizeof x->at[0]);
	x->at[i] = (dim_term){c, m};
	x->n++;
	return true;
}

bool dim_poly_add(dims *p, dim_poly *x, const dim_poly *y, int64_t c, dim m)
{
	for (unsigned i = 0; i < y->n; i++) {
		int64_t product;
		if (__builtin_mul_overflow(y->at[i].c, c, &product) ||
		    !dim_poly_add_term(p, x, product, dim_mono_mul(p, y->at[i].m, m)))
			return false;
	}
	return true;
}

bool dim_poly_negate(dim_poly *x)
{
	for (unsigned i = 0; i < x->n; i++)
		if (__builtin_sub_overflow(0, x->at[i].c, &x->at[i].c))
			return false;
	return true;
}

bool dim_poly_exact(dims *p, const dim_poly *x, const dim_poly *y, dim_poly *out)
{
	dim_poly rest;
	dim_poly_copy(&rest, x);
	out->n = 0;
	if (y->n == 0)
		return false;
	const dim_term lead = y->at[0];
	for (unsigned step = 0; rest.n; step++) {
		dim m;
		dim_term t = rest.at[0];
		if (step == 2 * DIM_TERMS || (lead.c == -1 && t.c == INT64_MIN) || t.c % lead.c != 0 ||
		    !dim_mono_div(p, t.m, lead.m, &m))
			return false;
		int64_t c = t.c / lead.c;
		if (c == INT64_MIN || !dim_poly_add_term(p, out, c, m) || !dim_poly_add(p, &rest, y, -c, m))
			return false;
	}
	return true;
}

/* ---------------------------------------------------------------------------- arithmetic -- */

dim dim_add_any(dims *p, dim a, dim b)
{
	if (dim_both_small(a, b)) /* 62 bits each: the sum fits 64 */
		return dim_number(p, dim_small(a) + dim_small(b));
	if (a == DIM_LOST || b == DIM_LOST)
		return DIM_LOST;
	if (a == DIM(0))
		return b;
	if (b == DIM(0))
		return a;
	if (dim_is_fraction(p, a) || dim_is_fraction(p, b))
		return dim_fraction_add(p, a, b);
	dim_poly x, y;
	if (!dim_poly_of(p, a, &x) || !dim_poly_of(p, b, &y) || !dim_poly_add(p, &x, &y, 1, UNIT))
		return DIM_LOST;
	return dim_of_poly(p, &x);
}

dim dim_neg(dims *p, dim a)
{
	return dim_mul(p, a, DIM(-1));
}

dim dim_sub_any(dims *p, dim a, dim b)
{
	if (dim_both_small(a, b))
		return dim_number(p, dim_small(a) - dim_small(b));
	if (a == DIM_LOST || b == DIM_LOST)
		return DIM_LOST;
	if (b == DIM(0))
		return a;
	if (dim_is_fraction(p, a) || dim_is_fraction(p, b))
		return dim_add(p, a, dim_neg(p, b));
	dim_poly x, y;
	if (!dim_poly_of(p, a, &x) || !dim_poly_of(p, b, &y) || !dim_poly_add(p, &x, &y, -1, UNIT))
		return DIM_LOST;
	return dim_of_poly(p, &x);
}

dim dim_mul(dims *p, dim a, dim b)
{
	if (dim_both_small(a, b)) {
		int64_t product;
		if (__builtin_mul_overflow(dim_small(a), dim_small(b), &product))
			return DIM_LOST;
		return dim_number(p, product);
	}
	if (a == DIM_LOST || b == DIM_LOST)
		return DIM_LOST;
	if (a == DIM(1))
		return b;
	if (b == DIM(1))
		return a;
	if (dim_is_fraction(p, a) || dim_is_fraction(p, b))
		return dim_fraction_mul(p, a, b);
	dim_poly x, y, out;
	out.n = 0;
	if (!dim_poly_of(p, a, &x) || !dim_poly_of(p, b, &y))
		return DIM_LOST;
	for (unsigned i = 0; i < x.n; i++)
		if (!dim_poly_add(p, &out, &y, x.at[i].c, x.at[i].m))
			return DIM_LOST;
	return dim_of_poly(p, &out);
}

dim dim_product(dims *p, const dim *at, size_t n)
{
	int64_t whole = 1;
	size_t i = 0;
	for (size_t k = 0; k < n; k++)
		if (at[k] == DIM(0))
			return DIM(0);
	while (i < n && DIM_KIND(at[i]) == DIM_IS_NUMBER) {
		if (__builtin_mul_overflow(whole, dim_small(at[i]), &whole))
			return DIM_LOST;
		i++;
	}
	dim product = dim_number(p, whole);
	for (; i < n && product != DIM_LOST; i++)
		product = dim_mul(p, product, at[i]);
	return product;
}
