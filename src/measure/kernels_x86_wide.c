/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernels_x86_wide.c - what blocks of numbers of 32 and 64 bits are like, for x86-64 with AVX2.
 */
#include "measure/kernels_x86.h"

#if defined(__x86_64__)

#include <math.h>

#include "measure/kernels_lanes.h"

/* Four elements as doubles, rounded once. */
AVX2_INLINE __m256d load4(const uint8_t *p, int32_t type)
{
	if (type == ORAY_FLOAT64)
		return _mm256_loadu_pd((const double *)(const void *)p);
	/* 64 bits: the upper and the lower half are put into fractions of doubles whose last bits are
	 * 2^32 and 1; what those add is taken away again without loss, so that only the last addition
	 * rounds. With 2^63 added a signed one is none. */
	const double bias = type == ORAY_INT64 ? 0x1p63 : 0;
	__m256i v = _mm256_loadu_si256((const __m256i *)(const void *)p);
	__m256i upper = _mm256_xor_si256(_mm256_srli_epi64(v, 32),
	                                 _mm256_castpd_si256(_mm256_set1_pd(0x1p84 + bias)));
	__m256i lower = _mm256_blend_epi32(v, _mm256_castpd_si256(_mm256_set1_pd(0x1p52)), 0xaa);
	__m256d large = _mm256_set1_pd(0x1p84 + bias + 0x1p52);
	return _mm256_add_pd(_mm256_sub_pd(_mm256_castsi256_pd(upper), large),
	                     _mm256_castsi256_pd(lower));
}

/* Ends of the type, of four at a time: asked for only where some may be there. */
AVX2_INLINE void ends4(int32_t type, const uint8_t *p, size_t n, const kernel_asked *ask,
                       kernel_doubles *out)
{
	const __m256d low = _mm256_set1_pd(ask->low), high = _mm256_set1_pd(ask->high);
	__m256i lows = _mm256_setzero_si256(), highs = lows;
	for (size_t i = 0; i < n; i += 4) {
		__m256d x = load4(p + i * 8, type);
		lows = _mm256_sub_epi64(lows, _mm256_castpd_si256(_mm256_cmp_pd(x, low, _CMP_EQ_OQ)));
		highs = _mm256_sub_epi64(highs, _mm256_castpd_si256(_mm256_cmp_pd(x, high, _CMP_EQ_OQ)));
	}
	uint64_t hits[2][4];
	_mm256_storeu_si256((__m256i *)(void *)hits[0], lows);
	_mm256_storeu_si256((__m256i *)(void *)hits[1], highs);
	for (int k = 0; k < 4; k++) {
		out->lowest += hits[0][k];
		out->highest += hits[1][k];
	}
}

AVX2_INLINE void doubles4(int32_t type, const reals *r, const uint8_t *p, size_t n,
                          const kernel_asked *ask, kernel_doubles *out)
{
	const __m256d shift = _mm256_set1_pd(ask->shift), zero = _mm256_set1_pd(ask->zero);
	const __m256d most = _mm256_set1_pd(INFINITY), least = _mm256_set1_pd(-INFINITY);
	__m256d min[2] = {most, most}, max[2] = {least, least};
	__m256d sum[2] = {_mm256_setzero_pd(), _mm256_setzero_pd()}, square[2] = {sum[0], sum[0]};
	__m256i zeros = _mm256_setzero_si256();
	size_t i = 0;
	for (; i + 8 <= n; i += 8)
		for (size_t h = 0; h < 2; h++) {
			__m256d x = load4(p + (i + h * 4) * 8, type);
			min[h] = _mm256_min_pd(min[h], x);
			max[h] = _mm256_max_pd(max[h], x);
			zeros =
			    _mm256_sub_epi64(zeros, _mm256_castpd_si256(_mm256_cmp_pd(x, zero, _CMP_EQ_OQ)));
			x = _mm256_sub_pd(x, shift);
			sum[h] = _mm256_add_pd(sum[h], x);
			square[h] = _mm256_fmadd_pd(x, x, square[h]);
		}
	double ends[2][4], sums[2][4];
	uint64_t hits[4];
	_mm256_storeu_pd(ends[0], _mm256_min_pd(min[0], min[1]));
	_mm256_storeu_pd(ends[1], _mm256_max_pd(max[0], max[1]));
	_mm256_storeu_pd(sums[0], _mm256_add_pd(sum[0], sum[1]));
	_mm256_storeu_pd(sums[1], _mm256_add_pd(square[0], square[1]));
	_mm256_storeu_si256((__m256i *)(void *)hits, zeros);
	*out = (kernel_doubles){.min = INFINITY, .max = -INFINITY};
	for (int k = 0; k < 4; k++) {
		out->min = ends[0][k] < out->min ? ends[0][k] : out->min;
		out->max = ends[1][k] > out->max ? ends[1][k] : out->max;
		out->sum += sums[0][k];
		out->squares += sums[1][k];
		out->zeros += hits[k];
	}
	if (type != ORAY_FLOAT64 && (out->min <= ask->low || out->max >= ask->high))
		ends4(type, p, i, ask, out);
	kernels_doubles(r, p + i * 8, n - i, ask, out);
}

static bool is_among(double x, double offset)
{
	return x == rint(x) && x - offset >= INT32_MIN && x - offset <= INT32_MAX;
}

/* The same, of eight at a time. */
AVX2 static void ends8(const uint8_t *p, size_t n, __m256i flip, kernel_doubles *out)
{
	const __m256i least = _mm256_set1_epi32(INT32_MIN), most = _mm256_set1_epi32(INT32_MAX);
	__m256i lows = _mm256_setzero_si256(), highs = lows;
	for (size_t i = 0; i < n; i += 8) {
		__m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(p + i * 4));
		v = _mm256_xor_si256(v, flip);
		lows = _mm256_sub_epi32(lows, _mm256_cmpeq_epi32(v, least));
		highs = _mm256_sub_epi32(highs, _mm256_cmpeq_epi32(v, most));
	}
	int32_t hits[2][8];
	_mm256_storeu_si256((__m256i *)(void *)hits[0], lows);
	_mm256_storeu_si256((__m256i *)(void *)hits[1], highs);
	for (int k = 0; k < 8; k++) {
		out->lowest += (uint64_t)hits[0][k];
		out->highest += (uint64_t)hits[1][k];
	}
}

/* Integers of 32 bits: only sums need doubles. Unsigned ones have 2^31 less meanwhile. */
AVX2_INLINE void integers8(const reals *r, const uint8_t *p, size_t n, double offset,
                           const kernel_asked *ask, kernel_doubles *out)
{
	const bool has_zero = is_among(ask->zero, offset);
	const __m256i flip = _mm256_set1_epi32(offset > 0 ? INT32_MIN : 0);
	const __m256i zero = _mm256_set1_epi32(has_zero ? (int32_t)(ask->zero - offset) : 0);
	const __m256i least = _mm256_set1_epi32(INT32_MIN), most = _mm256_set1_epi32(INT32_MAX);
	const __m256d shift = _mm256_set1_pd(ask->shift - offset);
	__m256i min = most, max = least, zeros = _mm256_setzero_si256();
	__m256d sum[2] = {_mm256_setzero_pd(), _mm256_setzero_pd()}, square[2] = {sum[0], sum[0]};
	size_t i = 0;
	for (; i + 8 <= n; i += 8) {
		__m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(p + i * 4));
		v = offset > 0 ? _mm256_xor_si256(v, flip) : v;
		min = _mm256_min_epi32(min, v);
		max = _mm256_max_epi32(max, v);
		zeros = _mm256_sub_epi32(zeros, _mm256_cmpeq_epi32(v, zero));
		__m256d half[2] = {_mm256_cvtepi32_pd(_mm256_castsi256_si128(v)),
		                   _mm256_cvtepi32_pd(_mm256_extracti128_si256(v, 1))};
		for (size_t h = 0; h < 2; h++) {
			__m256d x = _mm256_sub_pd(half[h], shift);
			sum[h] = _mm256_add_pd(sum[h], x);
			square[h] = _mm256_fmadd_pd(x, x, square[h]);
		}
	}
	int32_t ends[2][8], hits[8];
	double sums[2][4];
	_mm256_storeu_si256((__m256i *)(void *)ends[0], min);
	_mm256_storeu_si256((__m256i *)(void *)ends[1], max);
	_mm256_storeu_si256((__m256i *)(void *)hits, zeros);
	_mm256_storeu_pd(sums[0], _mm256_add_pd(sum[0], sum[1]));
	_mm256_storeu_pd(sums[1], _mm256_add_pd(square[0], square[1]));
	*out = (kernel_doubles){.min = INFINITY, .max = -INFINITY};
	for (int k = 0; i && k < 8; k++) {
		double low = ends[0][k] + offset, high = ends[1][k] + offset;
		out->min = low < out->min ? low : out->min;
		out->max = high > out->max ? high : out->max;
		out->zeros += has_zero ? (uint64_t)hits[k] : 0;
	}
	for (int k = 0; k < 4; k++) {
		out->sum += sums[0][k];
		out->squares += sums[1][k];
	}
	if (out->min <= INT32_MIN + offset || out->max >= INT32_MAX + offset)
		ends8(p, i, flip, out);
	kernels_doubles(r, p + i * 4, n - i, ask, out);
}

AVX2 void kernels_avx2_doubles(const reals *r, const uint8_t *p, size_t n, const kernel_asked *ask,
                               kernel_doubles *out)
{
	if (r->type == ORAY_INT32)
		integers8(r, p, n, 0, ask, out);
	else if (r->type == ORAY_UINT32)
		integers8(r, p, n, 0x1p31, ask, out);
	else if (r->type == ORAY_INT64)
		doubles4(ORAY_INT64, r, p, n, ask, out);
	else if (r->type == ORAY_UINT64)
		doubles4(ORAY_UINT64, r, p, n, ask, out);
	else
		doubles4(ORAY_FLOAT64, r, p, n, ask, out);
}

AVX2 void kernels_avx2_bins(const double *x, size_t n, double start, double factor, int32_t *bin)
{
	const __m256d half = _mm256_set1_pd(0.5), from = _mm256_set1_pd(start);
	const __m256d by = _mm256_set1_pd(factor), last = _mm256_set1_pd(ORAY_BINS - 1);
	const __m256d odd = _mm256_set1_pd(ORAY_BINS), end = _mm256_set1_pd(INFINITY);
	const __m256d body = _mm256_castsi256_pd(_mm256_set1_epi64x(INT64_MAX));
	size_t i = 0;
	for (; i + 4 <= n; i += 4) {
		__m256d v = _mm256_loadu_pd(x + i);
		__m256d place = _mm256_mul_pd(_mm256_sub_pd(_mm256_mul_pd(v, half), from), by);
		/* Of a number and NaN the second one is taken. */
		place = _mm256_min_pd(_mm256_max_pd(place, _mm256_setzero_pd()), last);
		__m256d finite = _mm256_cmp_pd(_mm256_and_pd(v, body), end, _CMP_LT_OQ);
		place = _mm256_blendv_pd(odd, place, finite);
		_mm_storeu_si128((__m128i *)(void *)(bin + i), _mm256_cvttpd_epi32(place));
	}
	kernels_bins(x + i, n - i, start, factor, bin + i);
}

#endif
