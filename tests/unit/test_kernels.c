/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_kernels.c - each set of inner loops, called as it is, against plain loops in double
 * precision: every length around the width of registers, every type, odd addresses, numbers that
 * are not finite.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "measure/kernels.h"
#include "measure/singles.h"

static uint64_t dice = 88172645463325252u;

static uint64_t roll(void)
{
	dice ^= dice << 13;
	dice ^= dice >> 7;
	dice ^= dice << 17;
	return dice;
}

static float noise(void)
{
	return (float)((double)(roll() >> 11) * 0x1p-53 - 0.5);
}

static void fill(uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(roll() >> 33);
}

static void assert_near(double got, double want, double share)
{
	if (isnan(want) ? !isnan(got) : got != want && !(fabs(got - want) <= share * fabs(want)))
		fail_msg("%.17g instead of %.17g", got, want);
}

static void each_level(void (*check)(const kernels *))
{
	for (int level = 0; level < KERNELS_LEVELS; level++)
		check(kernels_at_most(level));
}

/* ---------------------------------------------------------------------------------- reading -- */

static void singles(const kernels *k)
{
	for (int32_t type = 1; type < ORAY_N_TYPES; type++) {
		reals r;
		if (!singles_hold(type) || !reals_prepare(&r, type))
			continue;
		for (size_t n = 0; n < 300; n++) {
			enum { SPARE = 9 };
			uint8_t raw[4 * 300 + SPARE];
			double want[300];
			float got[300 + 1];
			size_t odd = n % 4, size = (n * r.bits + 7) / 8;
			fill(raw, sizeof raw);
			/* Both with and without patterns that are no numbers. */
			for (size_t i = 0; n % 2 && r.bits == 8 && i < sizeof raw; i++)
				raw[i] = (uint8_t)((raw[i] & 0xb7) | 1);
			uint8_t *p = malloc(size + odd + 1); /* the end is where it is */
			memcpy(p + odd, raw, size);
			uint8_t padded[4 * 300 + SPARE] = {0};
			memcpy(padded, raw, size);
			reals_decode(&r, padded, 0, n, want);
			got[n] = 42;
			k->singles(&r, p + odd, n, got);
			for (size_t i = 0; i < n; i++)
				assert_near((double)got[i], want[i], 0);
			assert_true(got[n] == 42);
			free(p);
		}
	}
}

static void test_singles(void **state)
{
	(void)state;
	each_level(singles);
}

static void turn(const kernels *k)
{
	enum { ROWS = 16, COLUMNS = 41, FROM = 45, TO = 19 };
	for (size_t rows = 4; rows <= ROWS; rows += 4)
		for (size_t columns = 1; columns <= COLUMNS; columns++) {
			float in[ROWS * FROM], out[COLUMNS * TO];
			for (size_t i = 0; i < ROWS * FROM; i++)
				in[i] = (float)i;
			for (size_t i = 0; i < COLUMNS * TO; i++)
				out[i] = -1;
			k->turn(in, FROM, rows, columns, out, TO);
			for (size_t i = 0; i < COLUMNS; i++)
				for (size_t r = 0; r < TO; r++)
					assert_true(out[i * TO + r] ==
					            (i < columns && r < rows ? in[r * FROM + i] : -1));
		}
}

static void test_turn(void **state)
{
	(void)state;
	each_level(turn);
}

/* -------------------------------------------------------------------------------- statistics -- */

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

static void test_numbers(void **state)
{
	(void)state;
	each_level(numbers);
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

static void test_codes(void **state)
{
	(void)state;
	each_level(codes);
}

/* -------------------------------------------------------------------------------- comparison -- */

enum { MOST = 150, ROWS = 4 };

typedef struct pairs {
	float x[ROWS * MOST], stored[ROWS * MOST], scale[MOST], zero[MOST];
	float squares[MOST], errors[MOST];
	uint8_t bytes[ROWS * MOST];
} pairs;

/* What the kernel should say: plain loops, columns apart. */
static void check_pairs(const kernels *k, const kernel_pairs *p, size_t n)
{
	kernel_sums got;
	channel_sums want = {0};
	double least = (double)INFINITY, xx[MOST] = {0}, ee[MOST] = {0};
	size_t rows = p->rows ? p->rows : 1;
	for (size_t i = 0; i < n; i++) {
		double most_x = 0, most_y = 0;
		for (size_t r = 0; r < rows; r++) {
			size_t at = r * p->stored_pitch + i;
			float a, b;
			memcpy(&a, p->x + (r * p->x_pitch + i) * 4, 4);
			if (p->bytes == ORAY_INT8)
				b = (float)(int8_t)p->stored[at];
			else if (p->bytes == ORAY_UINT8)
				b = (float)p->stored[at];
			else
				memcpy(&b, p->stored + at * 4, 4);
			double y = (double)b, x = (double)a;
			if (p->scale)
				y = (y - (p->zero ? (double)p->zero[i >> p->run] : 0)) *
				    (double)p->scale[i >> p->run];
			double e = x - y, swap = x;
			if (p->mirrored)
				x = y, y = swap;
			xx[i] += x * x;
			ee[i] += e * e;
			want.yy += y * y;
			want.max_abs = fmax(want.max_abs, fabs(x));
			want.max_abs_error = fmax(want.max_abs_error, fabs(e));
			most_x = fmax(most_x, fabs(x));
			most_y = fmax(most_y, fabs(y));
		}
		want.xx += xx[i];
		want.ee += ee[i];
		least = most_x > 0 ? fmin(least, most_x) : least;
		least = most_y > 0 ? fmin(least, most_y) : least;
	}
	k->compare(p, n, &got);
	if (!isfinite(want.xx + want.yy + want.ee)) { /* all that a caller relies on */
		assert_false(isfinite(got.sums.xx + got.sums.yy + got.sums.ee));
		return;
	}
	assert_near(got.sums.xx, want.xx, 2e-6);
	assert_near(got.sums.yy, want.yy, 2e-6);
	assert_near(got.sums.ee, want.ee, 2e-6);
	assert_near(got.sums.max_abs, want.max_abs, 2e-6);
	assert_near(got.sums.max_abs_error, want.max_abs_error, 2e-6);
	for (size_t i = 0; p->squares && i < n; i++) {
		assert_near((double)p->squares[i], xx[i], 2e-6);
		assert_near((double)p->errors[i], ee[i], 2e-6);
	}
	if (p->squares)
		assert_near(got.min_abs, least, 2e-6);
}

static void make(pairs *q)
{
	for (size_t i = 0; i < ROWS * MOST; i++) {
		q->x[i] = noise();
		q->stored[i] = (float)(int8_t)(roll() >> 40);
		q->bytes[i] = (uint8_t)(roll() >> 40);
	}
	for (size_t i = 0; i < MOST; i++) {
		q->scale[i] = 0.004f + noise() * 0.001f;
		q->zero[i] = (float)(roll() % 7);
		if (i % 11 == 5) /* columns of nothing */
			for (size_t r = 0; r < ROWS; r++)
				q->x[r * MOST + i] = r % 2 ? -0.0f : 0;
		if (i % 13 == 6)
			q->scale[i] = 0;
	}
}

/* Every kind of block: `way` counts through scales, zero points, runs, mirrors, rows, bytes. */
static void each_way(const kernels *k, pairs *q, size_t n)
{
	for (unsigned way = 0; way < 128; way++) {
		kernel_pairs p = {.x = (const uint8_t *)q->x, .stored = (const uint8_t *)q->stored};
		p.scale = way & 1 ? q->scale : NULL;
		p.zero = way & 2 ? q->zero : NULL;
		p.mirrored = way & 4;
		p.squares = way & 8 ? q->squares : NULL;
		p.errors = way & 8 ? q->errors : NULL;
		p.rows = way & 16 ? n % 4 + 1 : 0;
		p.x_pitch = p.stored_pitch = MOST;
		p.run = way & 32 ? 3 + n % 4 : 0;
		if (way & 64) {
			p.bytes = n % 2 ? ORAY_INT8 : ORAY_UINT8;
			p.stored = q->bytes;
		}
		bool asks = (way & 2 && !p.scale) || (p.rows && !p.squares) || (p.run && !p.scale) ||
		            (p.bytes && (!k->compares_bytes || p.mirrored || p.run || !p.scale));
		if (!asks)
			check_pairs(k, &p, n);
	}
}

static void compare(const kernels *k)
{
	static pairs q;
	for (size_t n = 1; n <= MOST; n++) {
		make(&q);
		each_way(k, &q, n);
	}
	static const float odd[] = {(float)NAN, (float)INFINITY, -(float)INFINITY};
	for (size_t n = 1; n <= 40; n++)
		for (size_t o = 0; o < sizeof odd / sizeof *odd; o++) {
			make(&q);
			for (size_t r = 0; r < ROWS; r++)
				q.x[r * MOST + n - 1] = odd[o];
			each_way(k, &q, n);
			make(&q);
			q.scale[0] = odd[o];
			each_way(k, &q, n);
		}
}

static void test_compare(void **state)
{
	(void)state;
	each_level(compare);
}

/* Whichever side is the original, sums are the same bits. */
static void mirror(const kernels *k)
{
	static pairs q;
	for (size_t n = 1; n <= MOST; n++)
		for (unsigned way = 0; way < 16; way++) {
			make(&q);
			kernel_pairs p = {.x = (const uint8_t *)q.x, .stored = (const uint8_t *)q.stored};
			p.scale = way & 1 ? q.scale : NULL;
			p.zero = way & 1 && way & 2 ? q.zero : NULL;
			p.squares = way & 4 ? q.squares : NULL;
			p.errors = way & 4 ? q.errors : NULL;
			p.rows = way & 4 && way & 8 ? ROWS : 0;
			p.x_pitch = p.stored_pitch = MOST;
			kernel_sums one, other;
			k->compare(&p, n, &one);
			p.mirrored = true;
			k->compare(&p, n, &other);
			assert_true(one.sums.xx == other.sums.yy && one.sums.yy == other.sums.xx);
			assert_true(one.sums.ee == other.sums.ee);
			assert_true(one.sums.max_abs_error == other.sums.max_abs_error);
			if (p.squares)
				assert_true(one.min_abs == other.min_abs);
		}
}

static void test_mirror(void **state)
{
	(void)state;
	each_level(mirror);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_singles), cmocka_unit_test(test_turn),
	    cmocka_unit_test(test_numbers), cmocka_unit_test(test_integers),
	    cmocka_unit_test(test_codes),   cmocka_unit_test(test_compare),
	    cmocka_unit_test(test_mirror),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
