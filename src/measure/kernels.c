/* SPDX-License-Identifier: Apache-2.0 */
#include "measure/kernels.h"

#include <math.h>
#include <stdatomic.h>

#include "measure/kernels_x86.h"
#include "measure/reals.h"

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

static void plain_compare(const uint8_t *x, const uint8_t *q, size_t n, const kernel_scale *s,
                          channel_sums *out)
{
	channel_sums all = {0};
	for (size_t i = 0; i < n; i++) {
		double a = (double)single_at(x, i);
		double b = ((double)(int8_t)(q[i] ^ s->flip) - (double)s->zero) * (double)s->scale;
		double e = a - b;
		all.xx += a * a;
		all.yy += b * b;
		all.ee += e * e;
		all.max_abs = fabs(a) > all.max_abs ? fabs(a) : all.max_abs;
		all.max_abs_error = fabs(e) > all.max_abs_error ? fabs(e) : all.max_abs_error;
	}
	*out = all;
}

static const kernels plain = {"plain", plain_floats, NULL, plain_halves, plain_compare};

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
