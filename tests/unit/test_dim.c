/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_dim.c - symbolic integers: laws against plain arithmetic, one form for equal things, text.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dim/dim.h"

static dims *p;

static int start(void **state)
{
	(void)state;
	p = dims_new(NULL);
	return p ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	dims_free(p);
	p = NULL;
	return 0;
}

static dim sym(const char *name)
{
	return dim_symbol(p, name, strlen(name), DIM_NAMED);
}

static dim parse(const char *text)
{
	return dim_parse(p, text, strlen(text), DIM_NAMED);
}

static void check_text(dim d, bool tight, const char *expected)
{
	buf out = {0};
	dim_text(p, d, tight, &out);
	assert_string_equal(buf_text(&out), expected);
	buf_free(&out);
}

/** Fails unless both are the same, or one is lost. */
static void check_same(const char *law, dim x, dim y)
{
	if (x == y || x == DIM_LOST || y == DIM_LOST)
		return;
	buf a = {0}, b = {0};
	dim_text(p, x, false, &a);
	dim_text(p, y, false, &b);
	fail_msg("%s: '%s' and '%s'", law, buf_text(&a), buf_text(&b));
}

/** Both texts are expressions of the same dim. */
static void same(const char *a, const char *b)
{
	if (parse(a) != parse(b))
		fail_msg("'%s' and '%s' differ", a, b);
}

static uint64_t seed;

static unsigned roll(unsigned below)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(seed >> 33) % below;
}

/* ------------------------------------------------------------------------------- numbers -- */

static void numbers_are_numbers(void **state)
{
	(void)state;
	const int64_t numbers[] = {0,  1,         -1,
	                           5,  -7,        (INT64_C(1) << 61) - 1,
	                           -6, 123456789, -(INT64_C(1) << 61),
	                           64, INT64_MAX, INT64_C(1) << 61,
	                           -2, INT64_MIN, -(INT64_C(1) << 61) - 1};
	const size_t n = sizeof numbers / sizeof *numbers;
	for (size_t i = 0; i < n; i++) {
		int64_t out, x = numbers[i];
		dim a = dim_number(p, x);
		assert_true(dim_is_number(p, a, &out));
		assert_true(out == x);
		assert_true(a == dim_number(p, x));
		for (size_t k = 0; k < n; k++) {
			int64_t y = numbers[k], sum, product;
			dim b = dim_number(p, y);
			dim d = dim_add(p, a, b);
			if (__builtin_add_overflow(x, y, &sum))
				assert_true(d == DIM_LOST);
			else
				assert_true(d == dim_number(p, sum));
			d = dim_mul(p, a, b);
			if (__builtin_mul_overflow(x, y, &product))
				assert_true(d == DIM_LOST);
			else
				assert_true(d == dim_number(p, product));
			assert_int_equal(dim_compare(p, a, b), x < y ? DIM_LESS : x > y ? DIM_MORE : DIM_EQUAL);
			assert_true(dim_max(p, a, b) == dim_number(p, x > y ? x : y));
			assert_true(dim_min(p, a, b) == dim_number(p, x < y ? x : y));
		}
	}
	assert_true(DIM(-3) == dim_number(p, -3));
}

static void numbers_divide(void **state)
{
	(void)state;
	for (int x = -20; x <= 20; x++)
		for (int y = -6; y <= 6; y++) {
			dim a = DIM(x), b = DIM(y);
			if (y == 0) {
				assert_true(dim_floor_div(p, a, b) == DIM_LOST);
				assert_true(dim_ceil_div(p, a, b) == DIM_LOST);
				assert_true(dim_int_div(p, a, b) == DIM_LOST);
				assert_true(dim_real_div(p, a, b) == DIM_LOST);
				assert_true(dim_exact_div(p, a, b) == DIM_LOST);
				assert_true(dim_mod(p, a, b) == DIM_LOST);
				continue;
			}
			double real = (double)x / y;
			int down = (int)floor(real);
			assert_true(dim_floor_div(p, a, b) == DIM(down));
			assert_true(dim_ceil_div(p, a, b) == DIM((int)ceil(real)));
			assert_true(dim_int_div(p, a, b) == DIM(x / y));
			assert_true(dim_mod(p, a, b) == DIM(x - y * down));
			assert_true(dim_real_div(p, a, b) == dim_real(p, real));
			assert_true(dim_floor(p, dim_real_div(p, a, b)) == DIM(down));
			assert_true(dim_ceil(p, dim_real_div(p, a, b)) == DIM((int)ceil(real)));
		}
	assert_true(dim_int_div(p, dim_number(p, INT64_MIN), DIM(-1)) == DIM_LOST);
	assert_true(dim_floor_div(p, dim_number(p, INT64_MIN), DIM(-1)) == DIM_LOST);
	assert_true(dim_neg(p, dim_number(p, INT64_MIN)) == DIM_LOST);
}

static void lost_stays_lost(void **state)
{
	(void)state;
	const dim others[] = {DIM(0), DIM(3), sym("h"), dim_real(p, 0.5), DIM_LOST};
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		for (unsigned swap = 0; swap < 2; swap++) {
			dim a = swap ? others[i] : DIM_LOST, b = swap ? DIM_LOST : others[i];
			assert_true(dim_add(p, a, b) == DIM_LOST);
			assert_true(dim_sub(p, a, b) == DIM_LOST);
			assert_true(dim_mul(p, a, b) == DIM_LOST);
			assert_true(dim_floor_div(p, a, b) == DIM_LOST);
			assert_true(dim_ceil_div(p, a, b) == DIM_LOST);
			assert_true(dim_exact_div(p, a, b) == DIM_LOST);
			assert_true(dim_int_div(p, a, b) == DIM_LOST);
			assert_true(dim_real_div(p, a, b) == DIM_LOST);
			assert_true(dim_mod(p, a, b) == DIM_LOST);
			assert_true(dim_max(p, a, b) == DIM_LOST);
			assert_true(dim_min(p, a, b) == DIM_LOST);
			assert_int_equal(dim_compare(p, a, b), DIM_UNORDERED);
		}
	assert_true(dim_floor(p, DIM_LOST) == DIM_LOST);
	assert_true(dim_product(p, (dim[]){DIM_LOST, DIM(0)}, 2) == DIM(0));
	assert_true(dim_product(p, (dim[]){DIM_LOST, DIM(2)}, 2) == DIM_LOST);
	assert_true(dim_product(p, NULL, 0) == DIM(1));
	assert_true(dim_quotient(p, (dim[]){DIM(4)}, 1, (dim[]){DIM_LOST}, 1) == DIM_LOST);
	check_text(DIM_LOST, false, "?");
}

/* ------------------------------------------------------------------------------- symbols -- */

static void symbols_are_names(void **state)
{
	(void)state;
	dim u1 = sym("u1"), a = dim_fresh(p, DIM_DATA), b = dim_fresh(p, DIM_UNNAMED);
	assert_true(u1 == dim_symbol(p, "u1", 2, DIM_DATA));
	assert_int_equal(dim_symbol_origin(p, u1), DIM_NAMED);
	assert_int_equal(dim_symbol_origin(p, a), DIM_DATA);
	check_text(a, true, "u0");
	check_text(b, true, "u2");
	/* A name of the model is never the same as a made-up one, even when it comes later. */
	assert_true(sym("u0") != a);
	check_text(sym("u0"), true, "u0");
	check_text(a, true, "u3");
	assert_true(sym("") == dim_symbol(p, NULL, 0, DIM_NAMED));
	assert_true(dim_symbol(p, "a\0b", 3, DIM_NAMED) != dim_symbol(p, "a\0c", 3, DIM_NAMED));
}

/* ---------------------------------------------------------------- equal things are equal -- */

static void equal_things_have_one_form(void **state)
{
	(void)state;
	same("seq + past", "past+seq");
	same("(a+b)*(a - b)", "a*a - b^2");
	same("(4*h + 6)//2", "2*h+3");
	same("floor((h - 1)/2) + 1", "ceil(h/2)");
	same("floor(floor(h/2)/2)", "floor(h/4)");
	same("ceil(ceil(h/2)/2)", "ceil(h/4)");
	same("floor((floor(h/3) + 2)/5)", "floor((h+6)/15)");
	same("floor((floor(h/2) + w)/2)", "floor((h + 2*w)/4)");
	same("floor((4*h+3)/6)", "floor((2*h+1)/3)");
	same("floor((6*h + 7)/2)", "3*h+3");
	same("max(min(a, b), b)", "1*b");
	same("min(max(a, b), b)", "1*b");
	same("max(a, max(b, c))", "max(max(c, b), a, b)");
	same("max(h, h + 1)", "h + 1");
	same("min(h, 2*h)", "1*h");
	same("max(h, 0)", "1*h");
	same("min(h, floor(h/2))", "floor(h/2)");
	same("max(floor(h/2), ceil(h/2))", "ceil(h/2)");
	same("max(a, 3, 5)", "max(5, a)");
	same("floor((h*w + 3*w)/w)", "h + 3");
	same("floor((h*w + 1*w - 1)/w)", "h");
	same("floor((a^2 - b^2)/(a + b))", "a - b");
	same("floor((2*a*c)/(4*b*c))", "floor(a/(2*b))");
	same("floor(floor(h/w)/3)", "floor(h/(3*w))");
	same("floor((h - 1)/w) + 1", "ceil(h/w)");
	same("floor((h - 1)/(w + 1)) + 1", "ceil(h/(w + 1))");
	same("ceil(1/w)", "1 + 0*w");
	same("mod(h, 2)", "h - 2*floor(h/2)");
	same("mod(2*h, 2)", "0*h");
	same("FloorDiv(h, 2)", "h//2");
	same("floor(h*0.5)", "h/2");
	same("ceil(1.5*h)", "ceil(3*h/2)");
	assert_true(sym("h") == parse("0+h"));
	assert_true(parse("h*w") != parse("h+w"));
	assert_true(parse("floor(h/2)") != parse("ceil(h/2)"));
}

static void chains_of_strides_read_well(void **state)
{
	(void)state;
	static const char *ceils[] = {"ceil(h/2)", "ceil(h/4)", "ceil(h/8)", "ceil(h/16)"};
	static const char *floors[] = {"floor(h/2)", "floor(h/4)", "floor(h/8)", "floor(h/16)"};
	dim a = sym("h"), b = a;
	for (int i = 0; i < 4; i++) { /* kernel 3, pad 1, stride 2; kernel 2, stride 2 */
		a = dim_add(p, dim_floor_div(p, dim_add(p, a, DIM(2 - 3)), DIM(2)), DIM(1));
		b = dim_add(p, dim_floor_div(p, dim_sub(p, b, DIM(2)), DIM(2)), DIM(1));
		check_text(a, true, ceils[i]);
		check_text(b, true, floors[i]);
	}
	/* and up again, as a decoder does */
	check_text(dim_mul(p, a, DIM(16)), true, "16*ceil(h/16)");
}

static void products_leave_quotients(void **state)
{
	(void)state;
	dim b = sym("b"), s = sym("s"), h = sym("h"), w = sym("w");
	assert_true(dim_quotient(p, (dim[]){b, s, DIM(768)}, 3, (dim[]){b, DIM(12), DIM(64)}, 3) == s);
	assert_true(dim_quotient(p, (dim[]){b, s}, 2, (dim[]){s, b}, 2) == DIM(1));
	assert_true(dim_quotient(p, NULL, 0, NULL, 0) == DIM(1));
	check_text(dim_quotient(p, (dim[]){b, s, DIM(768)}, 3, (dim[]){s, h}, 2), true,
	           "floor(768*b/h)");
	dim both = dim_mul(p, dim_sub(p, h, DIM(2)), dim_add(p, w, DIM(1)));
	dim side = dim_sub(p, h, DIM(2));
	assert_true(dim_quotient(p, &both, 1, &side, 1) == dim_add(p, w, DIM(1)));
	check_text(dim_quotient(p, &w, 1, &side, 1), true, "floor(w/(h-2))");
	assert_true(dim_floor_div(p, w, side) == DIM_LOST); /* h - 2 may be negative */
	dim large = dim_number(p, INT64_C(1) << 60);
	assert_true(dim_quotient(p, (dim[]){large, DIM(6), b}, 3, (dim[]){large, DIM(4)}, 2) ==
	            parse("floor(3*b/2)"));
	large = dim_number(p, INT64_C(1) << 40);
	assert_true(dim_quotient(p, (dim[]){large, large}, 2, (dim[]){DIM(1 << 30), DIM(2)}, 2) ==
	            dim_number(p, INT64_C(1) << 49));
	assert_true(dim_quotient(p, (dim[]){b, DIM(0)}, 2, (dim[]){s}, 1) == DIM(0));
	assert_true(dim_quotient(p, (dim[]){b}, 1, (dim[]){s, DIM(0)}, 2) == DIM_LOST);
	check_text(dim_exact_div(p, b, DIM(4)), true, "floor(b/4)");
}

/* ----------------------------------------------------------------------------- fractions -- */

static void fractions_stay_exact(void **state)
{
	(void)state;
	dim h = sym("h"), w = sym("w");
	dim half = dim_mul(p, h, dim_real(p, 0.5));
	check_text(half, true, "h/2");
	assert_true(half == dim_real_div(p, h, DIM(2)));
	assert_true(dim_add(p, half, half) == h);
	assert_true(dim_mul(p, half, DIM(2)) == h);
	assert_true(dim_mul(p, dim_real(p, 2.0), h) == dim_mul(p, DIM(2), h));
	check_text(dim_floor(p, half), true, "floor(h/2)");
	check_text(dim_ceil(p, half), true, "ceil(h/2)");
	check_text(dim_floor(p, dim_add(p, half, dim_real(p, 0.5))), true, "ceil(h/2)");
	check_text(dim_mul(p, h, dim_real(p, 1.5)), true, "3*h/2");
	check_text(dim_mul(p, dim_add(p, h, DIM(3)), dim_real(p, 0.0625)), true, "(h+3)/16");
	assert_true(dim_mul(p, h, dim_real(p, 1.0 / 3)) == DIM_LOST);
	assert_true(dim_add(p, h, dim_real(p, 0.1)) == DIM_LOST);
	assert_true(dim_mul(p, h, dim_real(p, INFINITY)) == DIM_LOST);
	assert_true(dim_real(p, NAN) == DIM_LOST);
	assert_true(dim_real(p, -0.0) == DIM(0));
	assert_true(dim_mul(p, dim_real(p, 0.25), dim_real(p, 8)) == DIM(2));
	assert_true(dim_real_div(p, dim_mul(p, DIM(6), h), DIM(4)) == dim_mul(p, h, dim_real(p, 1.5)));
	assert_true(dim_real_div(p, dim_mul(p, DIM(2), h), h) == DIM(2));
	assert_true(dim_real_div(p, h, dim_mul(p, DIM(2), h)) == dim_real(p, 0.5));
	assert_true(dim_real_div(p, h, w) == DIM_LOST);
	assert_true(dim_real_div(p, h, dim_real(p, 0.5)) == dim_mul(p, DIM(2), h));
	assert_true(dim_floor(p, h) == h);
	assert_int_equal(dim_compare(p, half, h), DIM_NOT_MORE);
	assert_int_equal(dim_compare(p, dim_real(p, 0.5), DIM(1)), DIM_LESS);
	double v;
	assert_true(dim_is_real(p, dim_real(p, 0.1), &v) && v == 0.1);
	assert_true(dim_is_real(p, DIM(7), &v) && v == 7);
	assert_false(dim_is_real(p, h, &v));
	check_text(dim_real(p, 0.1), true, "0.1");
	check_text(dim_real(p, 1e300), true, "1e+300");
	check_text(dim_real(p, 1.0 / 3), true, "0.3333333333333333");
}

/* ---------------------------------------------------------------------------------- laws -- */

enum { SYMBOLS = 4, CASES = 8, TRIALS = 60, STEPS = 60 };

static const char *const names[SYMBOLS] = {"a", "b", "c", "d"};
static int64_t values[CASES][SYMBOLS];

static bool value_of(void *context, oray_str name, int64_t *value)
{
	const int64_t *at = context;
	for (unsigned i = 0; i < SYMBOLS; i++)
		if (name.size == 1 && name.data[0] == names[i][0]) {
			*value = at[i];
			return true;
		}
	return false;
}

typedef struct known {
	dim d;
	double at[CASES];
} known;

static dim apply(unsigned op, dim a, dim b)
{
	switch (op) {
	case 0:
		return dim_add(p, a, b);
	case 1:
		return dim_sub(p, a, b);
	case 2:
		return dim_mul(p, a, b);
	case 3:
		return dim_floor_div(p, a, b);
	case 4:
		return dim_ceil_div(p, a, b);
	case 5:
		return dim_max(p, a, b);
	case 6:
		return dim_min(p, a, b);
	case 7:
		return dim_mod(p, a, b);
	case 8:
		return dim_quotient(p, &a, 1, &b, 1);
	default:
		return dim_floor(p, dim_real_div(p, a, b));
	}
}

static double plain(unsigned op, double a, double b)
{
	switch (op) {
	case 0:
		return a + b;
	case 1:
		return a - b;
	case 2:
		return a * b;
	case 4:
		return ceil(a / b);
	case 5:
		return fmax(a, b);
	case 6:
		return fmin(a, b);
	case 7:
		return a - b * floor(a / b);
	default:
		return floor(a / b);
	}
}

static void check_order(const known *a, const known *b)
{
	dim_order order = dim_compare(p, a->d, b->d);
	for (unsigned i = 0; i < CASES; i++) {
		double x = a->at[i], y = b->at[i];
		bool holds = order == DIM_UNORDERED || (order == DIM_LESS && x < y) ||
		             (order == DIM_NOT_MORE && x <= y) || (order == DIM_EQUAL && x == y) ||
		             (order == DIM_NOT_LESS && x >= y) || (order == DIM_MORE && x > y);
		assert_true(holds);
	}
}

static void check_round_trip(dim d)
{
	buf out = {0};
	dim_text(p, d, false, &out);
	if (out.n <= 256 && DIM_KIND(d) == DIM_IS_RECORD) {
		dim again = dim_parse(p, out.data, out.n, DIM_NAMED);
		if (again != d) {
			buf other = {0};
			dim_text(p, again, false, &other);
			fail_msg("'%s' reads as '%s'", out.data, buf_text(&other));
		}
	}
	buf_free(&out);
}

/** Makes random dims of a few others, and returns how many. @param bound  as if a = 3, b = 2*c. */
static unsigned grow(known *at, bool bound)
{
	unsigned n = 0;
	for (unsigned i = 0; i < CASES; i++)
		for (unsigned k = 0; k < SYMBOLS; k++)
			values[i][k] = 1 + roll(i < 4 ? 6 : 200);
	for (unsigned i = 0; i < CASES && bound; i++) {
		values[i][0] = 3;
		values[i][1] = 2 * values[i][2];
	}
	for (unsigned k = 0; k < SYMBOLS + 4; k++, n++) {
		int64_t number = (int64_t)roll(12) - 3;
		at[n].d = k < SYMBOLS ? sym(names[k]) : DIM(number);
		for (unsigned i = 0; i < CASES; i++)
			at[n].at[i] = k < SYMBOLS ? (double)values[i][k] : (double)number;
	}
	for (unsigned step = 0; step < STEPS; step++) {
		const known *a = &at[roll(n)], *b = &at[roll(n)];
		unsigned op = roll(10);
		known *out = &at[n];
		bool fits = true;
		for (unsigned i = 0; i < CASES; i++) {
			out->at[i] = plain(op, a->at[i], b->at[i]);
			fits &= fabs(out->at[i]) < 1e12;
			fits &= (op != 3 && op != 4 && op < 7) || b->at[i] > 0;
		}
		if (fits && (out->d = apply(op, a->d, b->d)) != DIM_LOST)
			n++;
	}
	return n;
}

static void dims_agree_with_numbers(void **state)
{
	(void)state;
	known at[SYMBOLS + 4 + STEPS];
	for (unsigned trial = 0; trial < TRIALS; trial++) {
		seed = trial;
		unsigned n = grow(at, false);
		for (unsigned k = 0; k < n; k++) {
			for (unsigned i = 0; i < CASES; i++) {
				double v;
				assert_true(dim_evaluate(p, at[k].d, value_of, values[i], &v));
				if (v != at[k].at[i]) {
					buf text = {0};
					dim_text(p, at[k].d, false, &text);
					fail_msg("%s is %g, not %g", buf_text(&text), v, at[k].at[i]);
				}
			}
			check_round_trip(at[k].d);
			check_order(&at[k], &at[roll(n)]);
		}
	}
}

static void forms_do_not_depend_on_the_way(void **state)
{
	(void)state;
	known at[SYMBOLS + 4 + STEPS];
	for (unsigned trial = 0; trial < TRIALS; trial++) {
		seed = 1000 + trial;
		unsigned n = grow(at, false);
		for (unsigned k = 0; k < 100; k++) {
			dim a = at[roll(n)].d, b = at[roll(n)].d, c = at[roll(n)].d;
			dim q = DIM(1 + roll(6));
			check_same("a+b+c", dim_add(p, dim_add(p, a, b), c), dim_add(p, a, dim_add(p, b, c)));
			check_same("a*(b+c)", dim_mul(p, a, dim_add(p, b, c)),
			           dim_add(p, dim_mul(p, a, b), dim_mul(p, a, c)));
			check_same("a*b", dim_mul(p, a, b), dim_mul(p, b, a));
			check_same("max", dim_max(p, a, b), dim_max(p, b, a));
			check_same("min", dim_min(p, a, b), dim_min(p, b, a));
			dim r = DIM((int)roll(20) - 10);
			check_same("floor((a*q+n)/q)", dim_floor_div(p, dim_add(p, dim_mul(p, a, q), r), q),
			           dim_add(p, a, dim_floor_div(p, r, q)));
			dim s = dim_add(p, dim_mul(p, sym(names[roll(4)]), r), sym(names[roll(4)]));
			check_same("floor((floor(s/q)+r)/3)",
			           dim_floor_div(p, dim_add(p, dim_floor_div(p, s, q), r), DIM(3)),
			           dim_floor_div(p, dim_add(p, s, dim_mul(p, q, r)), dim_mul(p, q, DIM(3))));
			if (b != DIM(0))
				check_same("a*b/b", dim_quotient(p, (dim[]){a, b}, 2, &b, 1), a);
		}
	}
}

static void bindings_agree_with_numbers(void **state)
{
	(void)state;
	known at[SYMBOLS + 4 + STEPS];
	dims *all = p;
	for (unsigned trial = 0; trial < TRIALS; trial++) {
		seed = 2000 + trial;
		p = dims_new(NULL);
		unsigned n = grow(at, true), lost = 0;
		assert_true(dim_bind(p, "b", 1, dim_mul(p, DIM(2), sym("c"))));
		for (unsigned k = 0; k < n; k += 2)
			dim_resolve(p, at[k].d); /* some are older than the second binding */
		assert_true(dim_bind(p, "a", 1, DIM(3)));
		for (unsigned k = 0; k < n; k++) {
			dim d = dim_resolve(p, at[k].d);
			assert_true(dim_resolve(p, d) == d);
			lost += d == DIM_LOST;
			for (unsigned i = 0; i < CASES && d != DIM_LOST; i++) {
				int64_t left[SYMBOLS] = {1000, 1000, values[i][2], values[i][3]};
				double v;
				assert_true(dim_evaluate(p, at[k].d, value_of, left, &v));
				assert_true(v == at[k].at[i]);
			}
		}
		assert_true(lost <= n / 4);
		dims_free(p);
	}
	p = all;
}

/* --------------------------------------------------------------------------------- order -- */

static void order_is_seen(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		dim_order order;
	} cases[] = {
	    {"h+1", "1*h", DIM_MORE},
	    {"2*h", "1*h", DIM_NOT_LESS},
	    {"h", "w", DIM_UNORDERED},
	    {"h-1", "h+w", DIM_LESS},
	    {"h*w", "h*w + 3*h", DIM_NOT_MORE},
	    {"min(a,b)", "1*a", DIM_NOT_MORE},
	    {"max(a,b)", "min(a,b)", DIM_NOT_LESS},
	    {"max(a,b)+1", "min(a,b)", DIM_MORE},
	    {"max(a,b)", "a+b", DIM_NOT_MORE},
	    {"floor(h/2)", "1*h", DIM_NOT_MORE},
	    {"floor(h/2)", "h+1", DIM_LESS},
	    {"ceil(h/2)", "floor(h/2)", DIM_NOT_LESS},
	    {"ceil(h/2)", "floor(h/2)+1", DIM_NOT_MORE},
	    {"ceil(h/2)", "floor(h/2)+2", DIM_LESS},
	    {"w*floor(h/2)", "h*w", DIM_NOT_MORE},
	    {"floor(h/w)", "1*h", DIM_NOT_MORE},
	    {"h-2*floor(h/2)", "2+0*h", DIM_LESS},
	    {"h-2*floor(h/2)", "0*h", DIM_NOT_LESS},
	    {"floor(h/2)", "w", DIM_UNORDERED},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		dim a = parse(cases[i].a), b = parse(cases[i].b);
		if (dim_compare(p, a, b) != cases[i].order)
			fail_msg("%s : %s is %d", cases[i].a, cases[i].b, (int)dim_compare(p, a, b));
		dim_order back = cases[i].order;
		if (back != DIM_UNORDERED)
			back = (dim_order)(DIM_LESS + DIM_MORE - back);
		assert_int_equal(dim_compare(p, b, a), back);
	}
}

/* --------------------------------------------------------------------------------- unify -- */

static dim named(const char *name, dim_origin origin)
{
	return dim_symbol(p, name, strlen(name), origin);
}

/** Unifies and says what the better one is. */
static void check_unify(dim a, dim b, bool possible, dim better)
{
	dim out;
	assert_int_equal(dim_unify(p, a, b, &out), possible);
	assert_true(out == better);
}

static void numbers_bind_symbols(void **state)
{
	(void)state;
	dim a = sym("a"), b = sym("b"), c = sym("c");
	check_unify(DIM(3), DIM(3), true, DIM(3));
	check_unify(DIM(3), DIM(4), false, DIM(3));
	check_unify(DIM_LOST, a, true, a);
	check_unify(a, DIM_LOST, true, a);
	check_unify(a, a, true, a);
	assert_int_equal(dims_bound(p), 0);
	check_unify(DIM(8), dim_mul(p, DIM(2), a), true, DIM(8));
	assert_int_equal(dims_bound(p), 1);
	assert_true(dim_resolve(p, a) == DIM(4));
	assert_true(dim_resolve(p, dim_max(p, a, b)) == dim_max(p, DIM(4), b));
	check_unify(dim_add(p, b, DIM(2)), DIM(1), false, dim_add(p, b, DIM(2))); /* b = -1 */
	check_unify(dim_mul(p, b, DIM(2)), DIM(7), false, dim_mul(p, b, DIM(2)));
	check_unify(dim_add(p, dim_mul(p, b, DIM(3)), a), DIM(19), true, DIM(19));
	assert_true(dim_resolve(p, b) == DIM(5));
	check_unify(dim_mul(p, c, c), DIM(9), true, DIM(9)); /* kept; not solved */
	assert_true(dim_resolve(p, c) == c);
	check_unify(a, DIM(5), false, a == DIM(4) ? a : DIM(4));
	assert_int_equal(dims_bound(p), 2);
	assert_true(dim_unify(p, a, b, NULL) == false);
}

static void symbols_bind_symbols(void **state)
{
	(void)state;
	dim data = dim_fresh(p, DIM_DATA), declared = named("declared", DIM_DECLARED);
	dim a = sym("a"), b = sym("b"), c = sym("c"), d = sym("d");
	check_unify(declared, data, true, declared);
	assert_true(dim_resolve(p, data) == declared);
	check_unify(data, b, true, b);
	assert_true(dim_resolve(p, declared) == b);
	check_unify(a, b, true, a);
	assert_true(dim_resolve(p, data) == a);
	assert_int_equal(dims_bound(p), 3);
	check_unify(b, data, true, a);
	assert_int_equal(dims_bound(p), 3);
	/* never in a circle */
	check_unify(c, dim_add(p, c, DIM(1)), false, c);
	check_unify(c, dim_mul(p, c, DIM(2)), true, dim_mul(p, c, DIM(2)));
	check_unify(c, dim_add(p, d, b), true, dim_add(p, d, a));
	dim more = dim_add(p, c, d); /* a + 2d */
	check_unify(d, more, true, dim_resolve(p, more));
	assert_true(dim_resolve(p, d) == d);
}

static void symbols_bind_expressions(void **state)
{
	(void)state;
	dim a = sym("a"), b = sym("b"), total = sym("total");
	dim data = dim_fresh(p, DIM_DATA), other = dim_fresh(p, DIM_DATA);
	dim sum = dim_add(p, a, b), some = dim_add(p, data, DIM(1));
	check_unify(total, sum, true, sum);
	assert_true(dim_resolve(p, total) == sum);
	check_unify(a, some, true, some); /* a name of the model does not go for that */
	assert_true(dim_resolve(p, a) == a);
	check_unify(data, dim_add(p, a, DIM(2)), true, dim_add(p, a, DIM(2)));
	assert_true(dim_resolve(p, some) == dim_add(p, a, DIM(3)));
	/* within expressions */
	check_unify(dim_mul(p, other, DIM(4)), dim_mul(p, b, DIM(8)), true, dim_mul(p, b, DIM(8)));
	assert_true(dim_resolve(p, other) == dim_mul(p, b, DIM(2)));
	check_unify(dim_real(p, 0.5), dim_real(p, 0.25), false, dim_real(p, 0.5));
}

static void users_bind_by_name(void **state)
{
	(void)state;
	dim a = sym("batch"), d = dim_mul(p, a, sym("seq"));
	assert_false(dim_bind(p, "bitch", 5, DIM(4)));
	assert_true(dim_bind(p, "batch", 5, DIM(4)));
	check_text(dim_resolve(p, d), true, "4*seq");
	assert_true(dim_bind(p, "batch", 5, DIM(4)));
	assert_false(dim_bind(p, "batch", 5, DIM(5)));
	assert_false(dim_bind(p, "seq", 3, dim_add(p, sym("seq"), DIM(1))));
	assert_true(dim_bind(p, "seq", 3, sym("seq")));
	check_text(dim_resolve(p, d), true, "4*seq");
}

static void long_chains_resolve(void **state)
{
	(void)state;
	enum { LINKS = 50000 };
	dim *chain = malloc((LINKS + 1) * sizeof *chain);
	for (int i = 0; i <= LINKS; i++)
		chain[i] = dim_fresh(p, DIM_DATA);
	for (int i = 0; i < LINKS; i++)
		assert_true(dim_unify(p, chain[i], dim_add(p, chain[i + 1], DIM(1)), NULL));
	assert_int_equal(dims_bound(p), LINKS);
	assert_true(dim_resolve(p, chain[0]) == dim_add(p, chain[LINKS], DIM(LINKS)));
	assert_true(dim_unify(p, chain[LINKS], DIM(2), NULL));
	assert_true(dim_resolve(p, chain[0]) == DIM(LINKS + 2));
	free(chain);
}

/* ---------------------------------------------------------------------------------- text -- */

static void texts_are_sorted(void **state)
{
	(void)state;
	dim batch = sym("batch"), seq = sym("seq");
	dim d =
	    dim_add(p, dim_product(p, (dim[]){DIM(12), batch, seq, seq}, 4), dim_mul(p, batch, DIM(4)));
	check_text(d, true, "12*batch*seq^2+4*batch");
	check_text(d, false, "12*batch*seq^2 + 4*batch");
	check_text(dim_sub(p, DIM(3), seq), true, "-seq+3");
	check_text(dim_sub(p, DIM(3), seq), false, "-seq + 3");
	check_text(dim_sub(p, dim_mul(p, seq, DIM(2)), DIM(1)), true, "2*seq-1");
	check_text(dim_add(p, seq, sym("past")), true, "past+seq");
	check_text(DIM(-12), true, "-12");
	check_text(dim_number(p, INT64_MIN), true, "-9223372036854775808");
	check_text(sym("a b"), true, "a b");
	check_text(dim_mul(p, sym("a b"), DIM(2)), true, "2*'a b'");
	check_text(dim_mul(p, sym("it's"), DIM(2)), true, "2*'it''s'");
	check_text(dim_mul(p, sym("7"), DIM(2)), true, "2*'7'");
	check_text(dim_mul(p, sym(""), DIM(2)), true, "2*''");
	check_text(parse("max(b,a+1)"), true, "max(b,a+1)");
	check_text(parse("floor((a+1)*w/(2*w*h))"), true, "floor((a+1)/(2*h))");
}

static void expressions_are_read(void **state)
{
	(void)state;
	static const struct {
		const char *text, *result; /* NULL: a symbol, as a whole */
	} cases[] = {
	    {"seq+1", "seq + 1"},
	    {"seq-1", "seq - 1"},
	    {"past - 1", "past - 1"},
	    {"past_sequence_length + sequence_length", "past_sequence_length + sequence_length"},
	    {" ( a+ b )*2 ", "2*a + 2*b"},
	    {"a/2", "floor(a/2)"},
	    {"a / b", "floor(a/b)"},
	    {"a//b", "floor(a/b)"},
	    {"(a)/(b)", "floor(a/b)"},
	    {"s0 // 2", "floor(s0/2)"},
	    {"Max(1, s0)", "max(1,s0)"},
	    {"FloorDiv(s0 + 3, 4)", "ceil(s0/4)"},
	    {"ceil(a/b)", "ceil(a/b)"},
	    {"x^2", "x^2"},
	    {"x**2", "x^2"},
	    {"2*3", "6"},
	    {"-x+3", "-x + 3"},
	    {"3 - -x", "x + 3"},
	    {"1 + 'a-b'", "'a-b' + 1"},
	    {"max_length + 1", "max_length + 1"},
	    {"max + min", "max + min"},
	    {"unk__12", NULL},
	    {"batch-size", NULL},
	    {"a/b", NULL},
	    {"encoder-12-layer", NULL},
	    {"4", NULL},
	    {"-1", NULL},
	    {"2 - 3", NULL},
	    {"", NULL},
	    {" ", NULL},
	    {"+", NULL},
	    {"a+", NULL},
	    {"(a", NULL},
	    {"a b", NULL},
	    {"a:0", NULL},
	    {"'a'", NULL},
	    {"'a' + 'b", NULL},
	    {"f(x)", NULL},
	    {"max(a", NULL},
	    {"floor(a,b)", NULL},
	    {"mod(a)", NULL},
	    {"a/0", NULL},
	    {"a*0.5", NULL},
	    {"x^99", NULL},
	    {"99999999999999999999*x", NULL},
	    {"?", NULL},
	    {"((((((((((((((((((((a+1))))))))))))))))))))", NULL},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		dim d = parse(cases[i].text);
		assert_true((DIM_KIND(d) == DIM_IS_SYMBOL) == !cases[i].result);
		check_text(d, false, cases[i].result ? cases[i].result : cases[i].text);
	}
	char large[400];
	memset(large, 'a', sizeof large);
	large[200] = '+';
	assert_int_equal(DIM_KIND(dim_parse(p, large, 256, DIM_NAMED)), DIM_IS_RECORD);
	assert_int_equal(DIM_KIND(dim_parse(p, large, 257, DIM_NAMED)), DIM_IS_SYMBOL);
	assert_int_equal(DIM_KIND(dim_parse(p, "a\0+1", 4, DIM_NAMED)), DIM_IS_SYMBOL);
}

static void any_text_is_something(void **state)
{
	(void)state;
	static const char *const words[] = {"a",     "b",          "2", "+",  "-",  "*",    "/",
	                                    "//",    "^",          "(", ")",  ",",  "max(", "floor(",
	                                    "ceil(", "mod(",       "'", " ",  "%",  "0.5",  "0",
	                                    "-1",    "9999999999", ".", "\n", "**", "min("};
	seed = 7;
	for (unsigned trial = 0; trial < 50000; trial++) {
		char text[400] = "";
		unsigned n = roll(trial % 16 ? 8 : 60);
		for (unsigned i = 0; i < n; i++)
			strcat(text, words[roll(sizeof words / sizeof *words)]);
		dim d = parse(text);
		assert_true(dim_is_known(d));
		if (DIM_KIND(d) == DIM_IS_RECORD)
			check_round_trip(d);
	}
}

/* -------------------------------------------------------------------------------- limits -- */

static void limits_lose(void **state)
{
	(void)state;
	dim sum = DIM(0), product = DIM(1), nested = sym("h");
	unsigned terms = 0, degree = 0, depth = 0;
	for (; sum != DIM_LOST && terms < 1000; terms++)
		sum = dim_add(p, sum, dim_fresh(p, DIM_NAMED));
	for (; product != DIM_LOST && degree < 1000; degree++)
		product = dim_mul(p, product, sym("h"));
	for (; nested != DIM_LOST && depth < 1000; depth++)
		nested = dim_max(p, dim_mul(p, nested, nested), dim_fresh(p, DIM_NAMED));
	assert_int_equal(terms, 65);
	assert_int_equal(degree, 17);
	assert_in_range(depth, 5, 34); /* written out, each holds the one before twice */
	nested = sym("h");
	for (depth = 0; nested != DIM_LOST && depth < 1000; depth++)
		nested = dim_max(p, dim_sub(p, nested, DIM(1)), dim_fresh(p, DIM_NAMED));
	assert_int_equal(depth, 33);
	char *name = malloc(1 << 20);
	memset(name, 'n', 1 << 20);
	dim large = dim_symbol(p, name, 1 << 20, DIM_NAMED);
	assert_true(dim_is_known(large));
	assert_true(dim_add(p, large, DIM(1)) == DIM_LOST);
	free(name);
}

static void every_budget_is_enough_for_something(void **state)
{
	(void)state;
	dims *all = p;
	known at[SYMBOLS + 4 + STEPS];
	for (uint64_t limit = 0; limit < 60000; limit += limit < 3000 ? 16 : 512) {
		mem_budget b = {.limit = limit};
		p = dims_new(&b);
		if (p) {
			seed = limit;
			for (unsigned k = 0; k < SYMBOLS + 4 + STEPS; k++) {
				dim x = k < 4 ? DIM(k + 1) : at[roll(k)].d, y = k < 4 ? DIM(3) : at[roll(k)].d;
				at[k].d = k == 0  ? sym("a")
				          : k < 8 ? dim_fresh(p, DIM_DATA)
				                  : apply(roll(10), x, y);
				dim_unify(p, x, y, &x);
				dim_resolve(p, at[k].d);
			}
			parse("a + floor((b + 1)/2)");
			dims_free(p);
		}
		assert_int_equal(b.used, 0);
	}
	p = all;
}

#define WITH_POOL(test) cmocka_unit_test_setup_teardown(test, start, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_POOL(numbers_are_numbers),
	    WITH_POOL(numbers_divide),
	    WITH_POOL(lost_stays_lost),
	    WITH_POOL(symbols_are_names),
	    WITH_POOL(equal_things_have_one_form),
	    WITH_POOL(chains_of_strides_read_well),
	    WITH_POOL(products_leave_quotients),
	    WITH_POOL(fractions_stay_exact),
	    WITH_POOL(dims_agree_with_numbers),
	    WITH_POOL(forms_do_not_depend_on_the_way),
	    WITH_POOL(bindings_agree_with_numbers),
	    WITH_POOL(order_is_seen),
	    WITH_POOL(numbers_bind_symbols),
	    WITH_POOL(symbols_bind_symbols),
	    WITH_POOL(symbols_bind_expressions),
	    WITH_POOL(users_bind_by_name),
	    WITH_POOL(long_chains_resolve),
	    WITH_POOL(texts_are_sorted),
	    WITH_POOL(expressions_are_read),
	    WITH_POOL(any_text_is_something),
	    WITH_POOL(limits_lose),
	    WITH_POOL(every_budget_is_enough_for_something),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
