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

#include "kernels_dice.h"
#include "measure/singles.h"

static float noise(void)
{
	return (float)((double)(roll() >> 11) * 0x1p-53 - 0.5);
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
			if (p->table)
				b = p->table[p->stored[at / 2] >> at % 2 * 4 & 15];
			else if (p->bytes == ORAY_INT8)
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

/* Every kind of block: `way` counts through scales, zero points, runs, mirrors, rows, bytes, codes.
 */
static void each_way(const kernels *k, pairs *q, size_t n)
{
	static const float table[16] = {0,  1,  2,  3,     4.5f, 6,  7,  -8,
	                                -7, -6, -5, 0.25f, -3,   -2, -1, -0.0f};
	for (unsigned way = 0; way < 256; way++) {
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
		if (way & 128) {
			p.bytes = ORAY_INT4;
			p.table = table;
			p.stored = q->bytes;
		}
		bool asks = (way & 2 && !p.scale) || (p.rows && !p.squares) || (p.run && !p.scale) ||
		            (p.bytes && (p.mirrored || !p.scale || !k->compares_bits)) ||
		            (p.bytes && k->compares_bits == 8 && (p.run || p.table)) ||
		            (p.bytes && p.run == 3) || (way & 64 && way & 128);
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
	    cmocka_unit_test(test_singles),
	    cmocka_unit_test(test_turn),
	    cmocka_unit_test(test_compare),
	    cmocka_unit_test(test_mirror),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
