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

AVX2_INLINE __m256i load_bits(const uint8_t *p)
{
	return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

AVX2 static void floats8(const reals *r, const uint8_t *p, size_t n, float shift,
                         kernel_floats *out)
{
	const __m256 k = _mm256_set1_ps(shift), none = _mm256_setzero_ps();
	__m256 min[2] = {_mm256_set1_ps(INFINITY), _mm256_set1_ps(INFINITY)};
	__m256 max[2] = {_mm256_set1_ps(-INFINITY), _mm256_set1_ps(-INFINITY)};
	__m256 sum[2] = {none, none}, square[2] = {none, none};
	__m256i zeros[2] = {_mm256_setzero_si256(), _mm256_setzero_si256()};
	size_t i = 0;
	for (; i + 16 <= n; i += 16)
		for (size_t h = 0; h < 2; h++) {
			__m256 a = _mm256_loadu_ps((const float *)(const void *)(p + (i + h * 8) * 4));
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

/* ---------------------------------------------------------------------------------- halves -- */

/* What some floats of 16 bits are like so far. As signed integers the largest one is the largest
 * of those without a sign, if there is one; as unsigned ones it is the least of those with a sign.
 */
typedef struct halves_so_far {
	__m256i up, down;    /* those two */
	__m256i zeros;       /* four of 64 bits */
	__m256d sum, square; /* of x - shift */
} halves_so_far;

AVX2_INLINE __m256d doubles_of(__m256 v)
{
	return _mm256_add_pd(_mm256_cvtps_pd(_mm256_castps256_ps128(v)),
	                     _mm256_cvtps_pd(_mm256_extractf128_ps(v, 1)));
}

/* Whole registers, at most KERNEL_BLOCK elements. */
AVX2_INLINE void add_halves(int32_t type, const uint8_t *p, size_t n, bool shifted, __m256 k,
                            halves_so_far *all)
{
	const __m256i none = _mm256_setzero_si256(), upper = _mm256_set1_epi32((int)0xffff0000);
	__m256 sum[2] = {_mm256_setzero_ps(), _mm256_setzero_ps()}, square[2] = {sum[0], sum[0]};
	__m256i up = all->up, down = all->down, zeros = none;
	for (size_t i = 0; i < n; i += 16) {
		__m256i v = load_bits(p + i * 2);
		__m256 x[2];
		if (type == ORAY_FLOAT16) {
			x[0] = _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(const void *)(p + i * 2)));
			x[1] =
			    _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(const void *)(p + i * 2 + 16)));
		} else { /* every other one: their order does not matter */
			x[0] = _mm256_castsi256_ps(_mm256_slli_epi32(v, 16));
			x[1] = _mm256_castsi256_ps(_mm256_and_si256(v, upper));
		}
		up = _mm256_max_epi16(up, v);
		down = _mm256_max_epu16(down, v);
		zeros = _mm256_sub_epi16(zeros, _mm256_cmpeq_epi16(_mm256_add_epi16(v, v), none));
		for (size_t h = 0; h < 2; h++) {
			x[h] = shifted ? _mm256_sub_ps(x[h], k) : x[h];
			sum[h] = _mm256_add_ps(sum[h], x[h]);
			square[h] = _mm256_fmadd_ps(x[h], x[h], square[h]);
		}
	}
	all->up = up;
	all->down = down;
	all->zeros = _mm256_add_epi64(all->zeros, _mm256_sad_epu8(zeros, none)); /* 64 at most */
	all->sum = _mm256_add_pd(all->sum, _mm256_add_pd(doubles_of(sum[0]), doubles_of(sum[1])));
	all->square =
	    _mm256_add_pd(all->square, _mm256_add_pd(doubles_of(square[0]), doubles_of(square[1])));
}

AVX2 static uint16_t largest_of(__m256i v)
{
	uint16_t each[16], most = 0;
	_mm256_storeu_si256((__m256i *)(void *)each, v);
	for (int k = 0; k < 16; k++)
		most = each[k] > most ? each[k] : most;
	return most;
}

/* The number next to 0 where all have the same sign. */
AVX2 static uint16_t smallest(const uint8_t *p, size_t n)
{
	const __m256i ones = _mm256_set1_epi16(-1);
	__m256i least = ones;
	for (size_t i = 0; i < n; i += 16)
		least = _mm256_min_epu16(least, load_bits(p + i * 2));
	return (uint16_t)~largest_of(_mm256_xor_si256(least, ones));
}

static double half_of(const reals *r, uint16_t bits)
{
	const uint8_t raw[2] = {(uint8_t)bits, (uint8_t)(bits >> 8)};
	double x;
	reals_decode(r, raw, 0, 1, &x);
	return x + 0; /* no -0 */
}

AVX2_INLINE void halves16(int32_t type, const reals *r, const uint8_t *p, size_t n, bool shifted,
                          float shift, kernel_floats *out)
{
	const __m256i none = _mm256_setzero_si256(), sign = _mm256_set1_epi16(INT16_MIN);
	const __m256 k = _mm256_set1_ps(shift);
	const size_t whole = n / 16 * 16;
	halves_so_far all = {sign, none, none, _mm256_setzero_pd(), _mm256_setzero_pd()};
	double sums[4], squares[4];
	uint64_t zeros[4];
	for (size_t i = 0; i < whole; i += KERNEL_BLOCK)
		add_halves(type, p + i * 2, whole - i < KERNEL_BLOCK ? whole - i : KERNEL_BLOCK, shifted, k,
		           &all);
	_mm256_storeu_pd(sums, all.sum);
	_mm256_storeu_pd(squares, all.square);
	_mm256_storeu_si256((__m256i *)(void *)zeros, all.zeros);
	*out = (kernel_floats){.min = (double)INFINITY,
	                       .max = -(double)INFINITY,
	                       .sum = sums[0] + sums[1] + sums[2] + sums[3],
	                       .squares = squares[0] + squares[1] + squares[2] + squares[3],
	                       .zeros = zeros[0] + zeros[1] + zeros[2] + zeros[3]};
	if (whole) {
		/* With the other sign, signed ones are in the order of unsigned ones. */
		uint16_t up = largest_of(_mm256_xor_si256(all.up, sign)) ^ 0x8000;
		uint16_t down = largest_of(all.down);
		bool alike = up & 0x8000 || !(down & 0x8000);
		uint16_t other = alike ? smallest(p, whole) : 0;
		out->max = half_of(r, up & 0x8000 ? other : up);
		out->min = half_of(r, down & 0x8000 ? down : other);
	}
	last_floats(r, p, whole, n, shift, out);
}

AVX2 void kernels_avx2_floats(const reals *r, const uint8_t *p, size_t n, float shift,
                              kernel_floats *out)
{
	if (r->type == ORAY_FLOAT32)
		floats8(r, p, n, shift, out);
	else if (r->type == ORAY_FLOAT16 && shift == 0)
		halves16(ORAY_FLOAT16, r, p, n, false, 0, out);
	else if (r->type == ORAY_FLOAT16)
		halves16(ORAY_FLOAT16, r, p, n, true, shift, out);
	else if (shift == 0)
		halves16(ORAY_BFLOAT16, r, p, n, false, 0, out);
	else
		halves16(ORAY_BFLOAT16, r, p, n, true, shift, out);
}

#endif
