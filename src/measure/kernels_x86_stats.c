/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernels_x86_stats.c - what blocks of floats are like, for x86-64.
 */
#include "measure/kernels_x86.h"

#if defined(__x86_64__)

#include <math.h>

#include "measure/kernels_lanes.h"

/* The last elements of a block, which fill no register. */
static void last_floats(const reals *r, const uint8_t *p, size_t from, size_t n, float shift,
                        kernel_floats *out)
{
	for (size_t i = from; i < n; i++) {
		double wide;
		reals_decode(r, p + i * (r->bits / 8), 0, 1, &wide);
		float x = (float)wide, d = x - shift;
		out->sum += (double)d;
		out->squares += (double)d * (double)d;
		out->min = (double)x < out->min ? (double)x : out->min;
		out->max = (double)x > out->max ? (double)x : out->max;
		out->zeros += x == 0;
	}
}

/* ---------------------------------------------------------------------------------- floats -- */

/* Number of lanes, each of which was counted down once for every hit. */
static uint64_t count4(__m128i v)
{
	int32_t n[4];
	_mm_storeu_si128((__m128i *)(void *)n, v);
	return (uint64_t) - ((int64_t)n[0] + n[1] + n[2] + n[3]);
}

void kernels_sse2_floats(const reals *r, const uint8_t *p, size_t n, float shift,
                         kernel_floats *out)
{
	if (r->type != ORAY_FLOAT32) {
		kernels_floats(r, p, n, shift, out);
		return;
	}
	const __m128 k = _mm_set1_ps(shift), zero = _mm_setzero_ps();
	__m128 min0 = _mm_set1_ps(INFINITY), min1 = min0, max0 = _mm_set1_ps(-INFINITY), max1 = max0;
	__m128 sum0 = zero, sum1 = zero, square0 = zero, square1 = zero;
	__m128i zeros = _mm_setzero_si128();
	size_t i = 0;
	for (; i + 8 <= n; i += 8) {
		__m128 a = _mm_loadu_ps((const float *)(const void *)(p + i * 4));
		__m128 b = _mm_loadu_ps((const float *)(const void *)(p + i * 4 + 16));
		min0 = _mm_min_ps(min0, a);
		min1 = _mm_min_ps(min1, b);
		max0 = _mm_max_ps(max0, a);
		max1 = _mm_max_ps(max1, b);
		zeros = _mm_add_epi32(zeros, _mm_castps_si128(_mm_cmpeq_ps(a, zero)));
		zeros = _mm_add_epi32(zeros, _mm_castps_si128(_mm_cmpeq_ps(b, zero)));
		a = _mm_sub_ps(a, k);
		b = _mm_sub_ps(b, k);
		sum0 = _mm_add_ps(sum0, a);
		sum1 = _mm_add_ps(sum1, b);
		square0 = _mm_add_ps(square0, _mm_mul_ps(a, a));
		square1 = _mm_add_ps(square1, _mm_mul_ps(b, b));
	}
	out->min = min4(_mm_min_ps(min0, min1));
	out->max = max4(_mm_max_ps(max0, max1));
	out->sum = sum4(sum0) + sum4(sum1);
	out->squares = sum4(square0) + sum4(square1);
	out->zeros = count4(zeros);
	last_floats(r, p, i, n, shift, out);
}

/* Eight elements of a type. */
AVX2_INLINE __m256 load8(const uint8_t *p, int32_t type)
{
	if (type == ORAY_FLOAT32)
		return _mm256_loadu_ps((const float *)(const void *)p);
	__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
	if (type == ORAY_FLOAT16)
		return _mm256_cvtph_ps(v);
	return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(v), 16));
}

AVX2_INLINE void floats8(int32_t type, const reals *r, const uint8_t *p, size_t n, float shift,
                         kernel_floats *out)
{
	const __m256 k = _mm256_set1_ps(shift), none = _mm256_setzero_ps();
	const size_t width = type == ORAY_FLOAT32 ? 4 : 2;
	__m256 min[2] = {_mm256_set1_ps(INFINITY), _mm256_set1_ps(INFINITY)};
	__m256 max[2] = {_mm256_set1_ps(-INFINITY), _mm256_set1_ps(-INFINITY)};
	__m256 sum[2] = {none, none}, square[2] = {none, none};
	__m256i zeros[2] = {_mm256_setzero_si256(), _mm256_setzero_si256()};
	size_t i = 0;
	for (; i + 16 <= n; i += 16)
		for (size_t h = 0; h < 2; h++) {
			__m256 a = load8(p + (i + h * 8) * width, type);
			min[h] = _mm256_min_ps(min[h], a);
			max[h] = _mm256_max_ps(max[h], a);
			zeros[h] =
			    _mm256_sub_epi32(zeros[h], _mm256_castps_si256(_mm256_cmp_ps(a, none, _CMP_EQ_OQ)));
			a = _mm256_sub_ps(a, k);
			sum[h] = _mm256_add_ps(sum[h], a);
			square[h] = _mm256_fmadd_ps(a, a, square[h]);
		}
	int32_t hits[8];
	_mm256_storeu_si256((__m256i *)(void *)hits, _mm256_add_epi32(zeros[0], zeros[1]));
	*out = (kernel_floats){.min = min4(low_and_high(_mm256_min_ps(min[0], min[1]), -1)),
	                       .max = max4(low_and_high(_mm256_max_ps(max[0], max[1]), 1))};
	for (size_t h = 0; h < 8; h++)
		out->zeros += (uint64_t)hits[h];
	for (size_t h = 0; h < 2; h++) {
		out->sum += sum8(sum[h]);
		out->squares += sum8(square[h]);
	}
	last_floats(r, p, i, n, shift, out);
}

AVX2 void kernels_avx2_floats(const reals *r, const uint8_t *p, size_t n, float shift,
                              kernel_floats *out)
{
	if (r->type == ORAY_FLOAT32)
		floats8(ORAY_FLOAT32, r, p, n, shift, out);
	else if (r->type == ORAY_FLOAT16)
		floats8(ORAY_FLOAT16, r, p, n, shift, out);
	else
		floats8(ORAY_BFLOAT16, r, p, n, shift, out);
}

#endif
