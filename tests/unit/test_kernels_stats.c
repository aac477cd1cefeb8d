/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_kernels_stats.c - the inner loops of statistics, each set called as it is, against plain
 * loops in double precision.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <math.h>

#include "kernels_dice.h"

static void numbers(const kernels *k)
{
	static const int32_t types[] = {ORAY_FLOAT32, ORAY_FLOAT16, ORAY_BFLOAT16, ORAY_INT32,
	                                ORAY_UINT32,  ORAY_INT64,   ORAY_UINT64,   ORAY_FLOAT64};
	for (size_t t = 0; t < sizeof types / sizeof *types; t++)
		for (size_t n = 1; n < 140; n++) {
			reals r;
			uint8_t raw[140 * 8 + 1];
			double x[140], sum = 0, squares = 0, size = 0, min = (double)INFINITY, max = -min;
			size_t zeros = 0, width, odd = n % 2;
			reals_prepare(&r, types[t]);
			width = r.bits / 8;
			fill(raw, sizeof raw);
			for (size_t i = 0; i < n; i++) {
				uint8_t *p = raw + odd + i * width;
				if (i % 5 == 4)
					memset(p, 0, width);
				else if (t == 0 || t == 2 || t == 7) /* about 1 wide, for sums in any order */
					p[width - 1] = (p[width - 1] & 0x80) | 0x3f, p[width - 2] = 0x80 | p[width - 2];
				else if (t == 1)
					p[1] = (p[1] & 0x80) | 0x30 | (p[1] & 0xf);
				else if (i % 7 == 3) /* the ends of the type */
					memset(p, i % 2 ? 0xff : 0, width), p[width - 1] = i % 2 ? 0x7f : 0x80;
			}
			reals_decode(&r, raw + odd, 0, n, x);
			double shift = t < 3 ? 0.25 : t == 7 ? 0.5 : 12345, low = (double)NAN, high = low;
			size_t lowest = 0, highest = 0;
			reals_range(types[t], &low, &high);
			for (size_t i = 0; i < n; i++) {
				double d = x[i] - shift;
				sum += d;
				size += fabs(d);
				squares += d * d;
				min = x[i] < min ? x[i] : min;
				max = x[i] > max ? x[i] : max;
				zeros += x[i] == 0;
				lowest += x[i] == low;
				highest += x[i] == high;
			}
			kernel_doubles got;
			kernel_asked ask = {shift, 0, low, high};
			if (t < 3) {
				kernel_floats f;
				k->floats(&r, raw + odd, n, (float)shift, &f);
				got = (kernel_doubles){f.min, f.max, f.sum, f.squares, f.zeros, 0, 0};
			} else {
				k->doubles(&r, raw + odd, n, &ask, &got);
			}
			assert_true(got.min == min && got.max == max);
			assert_true(fabs(got.sum - sum) <= (t < 3 ? 1e-5 : 1e-13) * size);
			assert_near(got.squares, squares, t < 3 ? 1e-5 : 1e-13);
			assert_int_equal(got.zeros, zeros);
			assert_int_equal(got.lowest, lowest);
			assert_int_equal(got.highest, highest);
		}
}

/* Many floats of 16 bits: of one sign, of both, and zeros with a sign. */
static void halves(const kernels *k)
{
	static uint8_t p[KERNEL_WIDE * 2 + 1];
	for (int kind = 0; kind < 10; kind++) {
		reals r;
		reals_prepare(&r, kind % 2 ? ORAY_FLOAT16 : ORAY_BFLOAT16);
		fill(p, sizeof p);
		size_t n = KERNEL_WIDE - roll() % 40, at = kind % 3 % 2;
		double sum = 0, squares = 0, size = 0, min = (double)INFINITY, max = -min;
		size_t zeros = 0;
		for (size_t i = 0; i < n; i++) {
			uint8_t *high = p + at + i * 2 + 1;
			*high = (uint8_t)((kind % 2 ? 0x30 : 0x3e) | (*high & 0x81));
			*high = kind / 2 == 1 ? *high & 0x7f : kind / 2 == 2 ? *high | 0x80 : *high;
			if (kind / 2 > 2 && i % 3 == 0) /* of one sign but for zeros of the other */
				*high = kind / 2 == 3 ? 0x80 : 0, high[-1] = 0;
			else if (kind / 2 > 2)
				*high = kind / 2 == 3 ? *high & 0x7f : *high | 0x80;
			double x, d;
			reals_decode(&r, high - 1, 0, 1, &x);
			d = x - (kind < 5 ? 0.25 : 0);
			sum += d;
			size += fabs(d);
			squares += d * d;
			zeros += x == 0;
			min = x < min ? x : min;
			max = x > max ? x : max;
		}
		kernel_floats got;
		k->floats(&r, p + at, n, kind < 5 ? 0.25f : 0, &got);
		assert_true(got.min == min && got.max == max && got.zeros == zeros);
		assert_true(fabs(got.sum - sum) <= 1e-6 * size);
		assert_near(got.squares, squares, 1e-6);
	}
}

static void bins(const kernels *k)
{
	enum { MOST = 70 };
	const double ends[][2] = {{-1, 1}, {0, 0}, {3, 3}, {-0x1p1023, 0x1.8p1023}, {1e-310, 2e-310}};
	for (size_t e = 0; e < sizeof ends / sizeof *ends; e++)
		for (size_t n = 0; n < MOST; n++) {
			double x[MOST], low = ends[e][0], high = ends[e][1];
			double start = low / 2, factor = ORAY_BINS / (high / 2 - start);
			int32_t got[MOST + 1];
			for (size_t i = 0; i < n; i++) {
				double share = (double)(i % 9) / 8; /* edges of bins among them */
				x[i] = i % 11 == 10 ? (i % 2 ? (double)NAN : -(double)INFINITY)
				                    : low * (1 - share) + high * share;
			}
			got[n] = -7;
			k->bins(x, n, start, factor, got);
			for (size_t i = 0; i < n; i++) {
				double place = floor((x[i] / 2 - start) * factor);
				int32_t want = !isfinite(x[i])      ? ORAY_BINS
				               : !(place > 0)       ? 0
				               : place >= ORAY_BINS ? ORAY_BINS - 1
				                                    : (int32_t)place;
				assert_int_equal(got[i], want);
			}
			assert_int_equal(got[n], -7);
		}
}

static void test_numbers(void **state)
{
	(void)state;
	each_level(numbers);
	each_level(halves);
	each_level(bins);
}

/* Integers: `width` bytes each. */
static void check_integers(const kernels *k, const uint8_t *p, size_t n, size_t width, bool flipped,
                           int zero)
{
	const int low = width == 1 ? INT8_MIN : INT16_MIN, high = -1 - low;
	kernel_integers want = {.min = high, .max = low}, got;
	for (size_t i = 0; i < n; i++) {
		unsigned bits = width == 1 ? p[i] : (unsigned)p[i * 2] | (unsigned)p[i * 2 + 1] << 8;
		bits ^= flipped ? width == 1 ? 0x80 : 0x8000 : 0;
		int v = width == 1 ? (int)(int8_t)(uint8_t)bits : (int)(int16_t)(uint16_t)bits;
		want.min = v < want.min ? v : want.min;
		want.max = v > want.max ? v : want.max;
		want.sum += v;
		want.squares += (int64_t)v * v;
		want.zeros += v == zero;
		want.lowest += v == low;
		want.highest += v == high;
	}
	if (width == 1 && !flipped) {
		uint64_t zeros = 0;
		for (size_t i = 0; i < n; i++)
			zeros += p[i] == 0;
		assert_true(k->zeros(p, n) == zeros);
	}
	if (width == 1)
		k->bytes(p, n, flipped ? 0x80 : 0, (int8_t)zero, &got);
	else
		k->shorts(p, n, flipped ? 0x8000 : 0, (int16_t)zero, &got);
	assert_int_equal(got.min, want.min);
	assert_int_equal(got.max, want.max);
	assert_true(got.sum == want.sum && got.squares == want.squares);
	assert_int_equal(got.zeros, want.zeros);
	assert_int_equal(got.lowest, want.lowest);
	assert_int_equal(got.highest, want.highest);
}

static void integers(const kernels *k)
{
	static uint8_t p[KERNEL_BYTES + 1];
	for (size_t width = 1; k->bytes && k->shorts && width <= 2; width++)
		for (int kind = 0; kind < 4; kind++) {
			fill(p, sizeof p);
			for (size_t i = 0; kind && i < sizeof p; i++) /* all the same: the largest sums */
				p[i] = kind == 1 ? 0 : kind == 2 ? 0xff : (i + 1) % width ? 0 : 0x80;
			for (size_t n = 1; n < 100; n++)
				check_integers(k, p + n % 2, n, width, kind % 2, 3);
			const size_t most = width == 1 ? KERNEL_BYTES : KERNEL_INTEGERS;
			check_integers(k, p + 1, most, width, false, 0);
			check_integers(k, p, most - 5, width, true, -7);
			check_integers(k, p + 1, most / 3, width, true, 0);
		}
}

static void test_integers(void **state)
{
	(void)state;
	each_level(integers);
}

static void codes(const kernels *k)
{
	static uint8_t p[10000];
	for (unsigned bits = 2; k->codes && bits <= 4; bits += 2)
		for (int kind = 0; kind < 3; kind++) {
			fill(p, sizeof p);
			if (kind)
				memset(p, kind == 1 ? 0xff : 0x11 * (int)(roll() % 16), sizeof p);
			for (size_t n = 0; n < sizeof p; n += n < 500 ? 1 : 977) {
				uint64_t want[16] = {0}, got[16] = {0};
				for (size_t i = 0; i < n * 8 / bits; i++)
					want[p[1 + i * bits / 8] >> i * bits % 8 & ((1u << bits) - 1)]++;
				k->codes(bits, p + 1, n == sizeof p ? n - 1 : n, got);
				assert_memory_equal(got, want, sizeof want);
			}
		}
}

/* Few patterns, in one place and in two, and many. */
static void bytes(const kernels *k)
{
	static uint8_t p[70001];
	static const uint8_t masks[][2] = {{0x0f, 0x70}, {0x07, 0x38}, {0xb7, 0}, {0xff, 0},
	                                   {0x3f, 0xc0}, {0x81, 0x7e}, {0, 0xff}, {0xe0, 0x11}};
	for (size_t m = 0; k->codes && k->codes_most == 8 && m < sizeof masks / sizeof *masks; m++) {
		fill(p, sizeof p);
		for (size_t i = 0; i < sizeof p; i++)
			p[i] = (p[i] & masks[m][0]) | masks[m][1];
		for (size_t n = 0; n < sizeof p; n += n < 70 ? 1 : 2017) {
			uint64_t want[256] = {0}, got[256] = {0};
			for (size_t i = 0; i < n; i++)
				want[p[i + n % 2]]++;
			k->codes(8, p + n % 2, n, got);
			assert_memory_equal(got, want, sizeof want);
		}
	}
}

static void test_codes(void **state)
{
	(void)state;
	each_level(codes);
	each_level(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_numbers),
	    cmocka_unit_test(test_integers),
	    cmocka_unit_test(test_codes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
