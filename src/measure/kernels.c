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

static void plain_floats(const uint8_t *p, size_t n, float shift, kernel_floats *out)
{
	float sum[LANES] = {0}, squares[LANES] = {0}, min = INFINITY, max = -INFINITY;
	uint64_t zeros = 0;
	for (size_t i = 0; i < n; i++) {
		float x = single_at(p, i), d = x - shift;
		sum[i % LANES] += d;
		squares[i % LANES] += d * d;
		min = x < min ? x : min;
		max = x > max ? x : max;
		zeros += x == 0;
	}
	*out = (kernel_floats){.min = (double)min, .max = (double)max, .zeros = zeros};
	for (size_t i = 0; i < LANES; i++) {
		out->sum += (double)sum[i];
		out->squares += (double)squares[i];
	}
}

static void plain_halves(const uint8_t *p, size_t n, float *out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = reals_half((uint16_t)reals_load(p + i * 2, 2));
}

static void add_pair(const kernel_pairs *p, size_t row, size_t i, double *squares, double *errors,
                     kernel_sums *out)
{
	channel_sums *all = &out->sums;
	double a = (double)single_at(p->x, row * p->x_pitch + i);
	double b = (double)single_at(p->stored, row * p->stored_pitch + i);
	if (p->scale)
		b = (b - (p->zero ? (double)p->zero[i] : 0)) * (double)p->scale[i];
	double e = (double)(float)(a - b), x = p->mirrored ? b : a, y = p->mirrored ? a : b;
	double size = fabs(x);
	all->yy += y * y;
	all->max_abs = size > all->max_abs ? size : all->max_abs;
	all->max_abs_error = fabs(e) > all->max_abs_error ? fabs(e) : all->max_abs_error;
	out->min_abs = size > 0 && size < out->min_abs ? size : out->min_abs;
	*squares += x * x;
	*errors += e * e;
}

void kernels_pairs(const kernel_pairs *p, size_t from, size_t n, kernel_sums *out)
{
	for (size_t i = from; i < n; i++) {
		double squares = 0, errors = 0;
		size_t row = 0;
		do
			add_pair(p, row, i, &squares, &errors, out);
		while (++row < p->rows);
		out->sums.xx += squares;
		out->sums.ee += errors;
		if (p->squares) {
			p->squares[i] = (float)squares;
			p->errors[i] = (float)errors;
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

static const kernels plain = {"plain",       plain_floats,  NULL,        plain_halves,
                              singles_plain, plain_compare, kernels_add, plain_turn};

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
