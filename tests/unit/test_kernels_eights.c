/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_kernels_eights.c - sums of floats of eight and of six bits, element by element and by each
 * set of inner loops, against whole numbers made of what each pattern stands for.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <limits.h>
#include <math.h>

#include "kernels_dice.h"

__extension__ typedef __int128 whole;

static const int32_t types[] = {ORAY_FLOAT8E4M3FN,   ORAY_FLOAT8E4M3FNUZ, ORAY_FLOAT8E5M2,
                                ORAY_FLOAT8E5M2FNUZ, ORAY_FLOAT6E2M3,     ORAY_FLOAT6E3M2};
#define N_TYPES (sizeof types / sizeof *types)

typedef struct truth {
	whole sum, squares; /* of multiples of 2^unit */
	uint64_t n, zeros, nans, infinities;
	double min, max;
} truth;

static unsigned code_at(const uint8_t *p, size_t i, unsigned bits)
{
	unsigned v = 0;
	for (unsigned k = 0; k < bits; k++)
		v |= (p[(i * bits + k) / 8] >> (i * bits + k) % 8 & 1u) << k;
	return v;
}

static truth tell(const reals *r, int unit, const uint8_t *p, size_t n)
{
	truth t = {.min = (double)INFINITY, .max = -(double)INFINITY};
	for (size_t i = 0; i < n; i++) {
		const double x = r->table[code_at(p, i, r->bits)];
		t.nans += isnan(x) != 0;
		t.infinities += isinf(x) != 0;
		if (!isfinite(x))
			continue;
		const int64_t v = (int64_t)ldexp(x, -unit);
		assert_true(ldexp((double)v, unit) == x);
		t.n++;
		t.sum += v;
		t.squares += (whole)v * v;
		t.zeros += x == 0;
		t.min = x < t.min ? x : t.min;
		t.max = x > t.max ? x : t.max;
	}
	return t;
}

static whole shifted(int64_t v, int by)
{
	whole w = v;
	while (by-- > 0)
		w *= 2;
	return w;
}

static void compare(const eights_type *e, const reals *r, const eights_so_far *got, const truth *t)
{
	whole sum = 0, squares = 0;
	for (int h = 0; h < EIGHTS_HALVES; h++) {
		for (int k = 0; k < EIGHTS_SUMS; k++)
			sum += shifted(got->sums[h][k], h * e->upper + 8 * k);
		for (int k = 0; k < EIGHTS_SQUARES; k++)
			squares += shifted(got->squares[h][k], 2 * h * e->upper + e->step * k);
	}
	assert_true(sum == t->sum && squares == t->squares);
	assert_int_equal(got->zeros, t->zeros);
	assert_int_equal(got->nans, t->nans);
	assert_int_equal(got->infinities, t->infinities);
	if (!t->n) {
		assert_true(got->min > got->max);
		return;
	}
	assert_true(r->table[eights_pattern(e, got->min)] == t->min);
	assert_true(r->table[eights_pattern(e, got->max)] == t->max);
	/* Distances from the mean, of all n times as far. */
	eights_total total = eights_finish(e, got, t->n);
	double mean = ldexp((double)t->sum / (double)t->n, e->unit);
	assert_near(total.mean, mean, 1e-15);
	if (t->n < 1 << 18) {
		double m2 = (double)((whole)t->n * t->squares - t->sum * t->sum) / (double)t->n;
		assert_near(total.m2, ldexp(m2, 2 * e->unit), 1e-14);
	}
}

static void check(const kernels *k, const eights_type *e, const reals *r, const uint8_t *p,
                  size_t n)
{
	const truth t = tell(r, e->unit, p, n);
	eights_so_far one = eights_start(), many = eights_start();
	eights_add(e, p, n, &one);
	compare(e, r, &one, &t);
	if (!k->eights)
		return;
	k->eights(e, p, n, &many);
	compare(e, r, &many, &t);
}

/* Random ones, all the same, of one sign, and with few or many that are not finite. */
static void fill_kind(uint8_t *p, size_t n, int kind)
{
	fill(p, n);
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(kind == 1   ? p[i] & 0x77
		                 : kind == 2 ? p[i] | 0x80
		                 : kind == 3 ? p[i] & 0xb7
		                 : kind == 4 ? (i % 4099 == 77 ? p[i] | 0x7c : p[i] & 0xb7)
		                 : kind == 5 ? p[i] | 0x7c
		                 : kind == 6 ? p[i] & 0x80
		                 : kind == 7 ? (int)(i * 5 / 3)
		                             : p[i]);
}

static void eights(const kernels *k)
{
	enum { SIZE = 9000 };
	static uint8_t p[SIZE + 1];
	for (size_t t = 0; t < N_TYPES; t++) {
		reals r;
		eights_type e;
		assert_true(reals_prepare(&r, types[t]) && eights_prepare(&e, types[t]));
		for (int kind = 0; kind < 8; kind++) {
			fill_kind(p, sizeof p, kind);
			for (size_t n = 0; n <= 200; n++)
				check(k, &e, &r, p + n % 2, n);
			check(k, &e, &r, p, 4096);
			check(k, &e, &r, p + 1, SIZE);
		}
		for (unsigned v = 0; v < 256; v++) {
			memset(p, (int)v, sizeof p);
			check(k, &e, &r, p + v % 2, 100 + v);
		}
	}
}

static void test_eights(void **state)
{
	(void)state;
	each_level(eights);
}

/* Where an allocation ends, nothing is read beyond. */
static void ends(const kernels *k)
{
	for (size_t t = 0; t < N_TYPES; t++)
		for (size_t n = 1; n < 200; n++) {
			reals r;
			eights_type e;
			reals_prepare(&r, types[t]);
			eights_prepare(&e, types[t]);
			const size_t size = (n * r.bits + 7) / 8;
			uint8_t *p = test_malloc(size);
			fill(p, size);
			check(k, &e, &r, p, n);
			test_free(p);
		}
}

static void test_ends(void **state)
{
	(void)state;
	each_level(ends);
}

/* As much as a kernel takes, and more than that, of each pattern alone. */
static void large(const kernels *k)
{
	static uint8_t p[KERNEL_BYTES];
	for (size_t t = 0; k->eights && t < N_TYPES; t++) {
		reals r;
		eights_type e;
		reals_prepare(&r, types[t]);
		eights_prepare(&e, types[t]);
		for (unsigned v = 0; v < 256; v += v < 0x78 || v > 0x80 ? 8 - v % 8 % 7 : 1) {
			memset(p, (int)v, sizeof p);
			const truth once = tell(&r, e.unit, p, 12);
			eights_so_far got = eights_start();
			for (int i = 0; i < 64; i++)
				k->eights(&e, p, KERNEL_BYTES - 4, &got);
			const uint64_t times = (uint64_t)(KERNEL_BYTES - 4) / 12 * 64;
			assert_true(KERNEL_BYTES % 12 == 4);
			truth all = {once.sum * (whole)times,
			             once.squares * (whole)times,
			             once.n * times,
			             once.zeros * times,
			             once.nans * times,
			             once.infinities * times,
			             once.min,
			             once.max};
			compare(&e, &r, &got, &all);
		}
	}
}

static void test_large(void **state)
{
	(void)state;
	each_level(large);
}

static void test_types(void **state)
{
	(void)state;
	for (int32_t type = 0; type < ORAY_N_TYPES; type++) {
		eights_type e;
		bool among = false;
		for (size_t t = 0; t < N_TYPES; t++)
			among = among || types[t] == type;
		assert_int_equal(eights_prepare(&e, type), among);
	}
	for (int v = 0; v < 256; v++) {
		eights_type e;
		eights_prepare(&e, ORAY_FLOAT8E5M2);
		assert_int_equal(eights_pattern(&e, eights_order((uint8_t)v)), v);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_types),
	    cmocka_unit_test(test_eights),
	    cmocka_unit_test(test_ends),
	    cmocka_unit_test(test_large),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
