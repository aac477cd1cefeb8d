/* SPDX-License-Identifier: Apache-2.0 */
#include "measure/kernels.h"

#include <math.h>
#include <stdatomic.h>

#include "measure/kernels_x86.h"
#include "measure/singles.h"

enum { LANES = 8 };

static float single_at(const uint8_t *p, size_t i)
{
	float x;
	memcpy(&x, p + i * 4, sizeof x);
	return x;
}

void kernels_floats(const reals *r, const uint8_t *p, size_t n, float shift, kernel_floats *out)
{
	*out = (kernel_floats){.min = INFINITY, .max = -INFINITY};
	for (size_t at = 0; at < n; at += KERNEL_BLOCK) {
		float all[KERNEL_BLOCK], sum[LANES] = {0}, squares[LANES] = {0};
		float min = INFINITY, max = -INFINITY;
		size_t some = n - at < KERNEL_BLOCK ? n - at : KERNEL_BLOCK;
		singles_decode(r, p + at * (r->bits / 8), some, all);
		for (size_t i = 0; i < some; i++) {
			float x = all[i], d = x - shift;
			sum[i % LANES] += d;
			squares[i % LANES] += d * d;
			min = x < min ? x : min;
			max = x > max ? x : max;
			out->zeros += x == 0;
		}
		out->min = (double)min < out->min ? (double)min : out->min;
		out->max = (double)max > out->max ? (double)max : out->max;
		for (size_t i = 0; i < LANES; i++) {
			out->sum += (double)sum[i];
			out->squares += (double)squares[i];
		}
	}
}

void kernels_doubles(const reals *r, const uint8_t *p, size_t n, const kernel_asked *ask,
                     kernel_doubles *out)
{
	enum { SOME = 256 };
	double all[SOME];
	for (size_t start = 0; start < n; start += SOME) {
		size_t some = n - start < SOME ? n - start : SOME;
		reals_decode(r, p + start * (r->bits / 8), 0, some, all);
		for (size_t i = 0; i < some; i++) {
			double x = all[i], d = x - ask->shift;
			out->sum += d;
			out->squares += d * d;
			out->min = x < out->min ? x : out->min;
			out->max = x > out->max ? x : out->max;
			out->zeros += x == ask->zero;
			out->lowest += x == ask->low;
			out->highest += x == ask->high;
		}
	}
}

static void plain_doubles(const reals *r, const uint8_t *p, size_t n, const kernel_asked *ask,
                          kernel_doubles *out)
{
	*out = (kernel_doubles){.min = INFINITY, .max = -INFINITY};
	kernels_doubles(r, p, n, ask, out);
}

void kernels_bins(const double *x, size_t n, double start, double factor, int32_t *bin)
{
	for (size_t i = 0; i < n; i++) {
		double place = (x[i] / 2 - start) * factor;
		place = place > 0 ? place : 0;
		place = place < ORAY_BINS - 1 ? place : ORAY_BINS - 1;
		bin[i] = (int32_t)(fabs(x[i]) < INFINITY ? place : ORAY_BINS);
	}
}

void kernels_count_bytes(const uint8_t *p, size_t n, uint64_t *counts)
{
	/* Four tables, so that equal neighbours do not wait for each other. */
	uint32_t some[4][256] = {{0}};
	size_t i = 0;
	for (; i + 8 <= n; i += 8) {
		uint64_t word = reals_load(p + i, 8);
		for (size_t k = 0; k < 8; k++)
			some[k % 4][word >> 8 * k & 255]++;
	}
	for (; i < n; i++)
		some[0][p[i]]++;
	for (size_t v = 0; v < 256; v++)
		counts[v] += (uint64_t)some[0][v] + some[1][v] + some[2][v] + some[3][v];
}

/* What a column adds: squares of x, of y, of x - y, and the largest of x and of y. */
typedef struct column {
	double xx, yy, ee, x, y;
} column;

static void add_pair(const kernel_pairs *p, size_t row, size_t i, column *c, channel_sums *all)
{
	double a = (double)single_at(p->x, row * p->x_pitch + i);
	const size_t at = row * p->stored_pitch + i;
	double b = p->table                 ? (double)p->table[p->stored[at / 2] >> at % 2 * 4 & 15]
	           : !p->bytes              ? (double)single_at(p->stored, at)
	           : p->bytes == ORAY_UINT8 ? (double)p->stored[at]
	                                    : (double)(int8_t)p->stored[at];
	size_t k = i >> p->run;
	if (p->scale)
		b = (b - (p->zero ? (double)p->zero[k] : 0)) * (double)p->scale[k];
	double e = (double)(float)(a - b), x = p->mirrored ? b : a, y = p->mirrored ? a : b;
	c->xx += x * x;
	c->yy += y * y;
	c->ee += e * e;
	c->x = fabs(x) > c->x ? fabs(x) : c->x;
	c->y = fabs(y) > c->y ? fabs(y) : c->y;
	all->max_abs_error = fabs(e) > all->max_abs_error ? fabs(e) : all->max_abs_error;
}

void kernels_pairs(const kernel_pairs *p, size_t from, size_t n, kernel_sums *out)
{
	channel_sums *all = &out->sums;
	for (size_t i = from; i < n; i++) {
		column c = {0};
		size_t row = 0;
		do
			add_pair(p, row, i, &c, all);
		while (++row < p->rows);
		all->xx += c.xx;
		all->yy += c.yy;
		all->ee += c.ee;
		all->max_abs = c.x > all->max_abs ? c.x : all->max_abs;
		out->min_abs = c.x > 0 && c.x < out->min_abs ? c.x : out->min_abs;
		out->min_abs = c.y > 0 && c.y < out->min_abs ? c.y : out->min_abs;
		if (p->squares) {
			p->squares[i] = (float)c.xx;
			p->errors[i] = (float)c.ee;
		}
	}
}

static void plain_compare(const kernel_pairs *p, size_t n, kernel_sums *out)
{
	*out = (kernel_sums){.min_abs = INFINITY};
	kernels_pairs(p, 0, n, out);
}

void kernels_add(const float *some, size_t n, float *restrict all)
{
	for (size_t i = 0; i < n; i++)
		all[i] += some[i];
}

void singles_plain(const reals *r, const uint8_t *p, size_t n, float *out)
{
	singles_decode(r, p, n, out);
}

static void plain_turn(const float *in, size_t from, size_t rows, size_t columns, float *out,
                       size_t to)
{
	for (size_t i = 0; i < columns; i++)
		for (size_t k = 0; k < rows; k++)
			out[i * to + k] = in[k * from + i];
}

static const kernels plain = {.name = "plain",
                              .floats = kernels_floats,
                              .doubles = plain_doubles,
                              .bins = kernels_bins,
                              .singles = singles_plain,
                              .compare = plain_compare,
                              .add = kernels_add,
                              .turn = plain_turn};

static atomic_int most = KERNELS_LEVELS;

void kernels_limit(int level)
{
	atomic_store(&most, level);
}

const kernels *kernels_at_most(int level)
{
	const kernels *best = kernels_x86(level);
	return best ? best : &plain;
}

const kernels *kernels_best(void)
{
	return kernels_at_most(atomic_load(&most));
}
