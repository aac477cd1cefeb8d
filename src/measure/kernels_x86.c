/* SPDX-License-Identifier: Apache-2.0 */
#include "measure/kernels_x86.h"

#if !defined(__x86_64__)

const kernels *kernels_x86(int level)
{
	(void)level;
	return NULL;
}

#else

#include <float.h>
#include <immintrin.h>
#include <math.h>

#include "measure/reals.h"

#define AVX2 __attribute__((target("avx2,fma,f16c")))

static float single_at(const uint8_t *p, size_t i)
{
	float x;
	memcpy(&x, p + i * 4, sizeof x);
	return x;
}

/* The last elements of a block, which fill no register. */
static void last_floats(const uint8_t *p, size_t from, size_t n, float shift, kernel_floats *out)
{
	for (size_t i = from; i < n; i++) {
		float x = single_at(p, i), d = x - shift;
		out->sum += (double)d;
		out->squares += (double)d * (double)d;
		out->min = (double)x < out->min ? (double)x : out->min;
		out->max = (double)x > out->max ? (double)x : out->max;
		out->zeros += x == 0;
	}
}

static void last_pairs(const uint8_t *x, const uint8_t *q, size_t from, size_t n,
                       const kernel_scale *s, channel_sums *out)
{
	for (size_t i = from; i < n; i++) {
		double a = (double)single_at(x, i);
		double b = ((double)(int8_t)(q[i] ^ s->flip) - (double)s->zero) * (double)s->scale;
		double e = a - b;
		out->xx += a * a;
		out->yy += b * b;
		out->ee += e * e;
		out->max_abs = fabs(a) > out->max_abs ? fabs(a) : out->max_abs;
		out->max_abs_error = fabs(e) > out->max_abs_error ? fabs(e) : out->max_abs_error;
	}
}

/* ------------------------------------------------------------------------------------ SSE2 -- */

static double sum4(__m128 v)
{
	float f[4];
	_mm_storeu_ps(f, v);
	return ((double)f[0] + (double)f[1]) + ((double)f[2] + (double)f[3]);
}

static double min4(__m128 v)
{
	v = _mm_min_ps(v, _mm_movehl_ps(v, v));
	return (double)_mm_cvtss_f32(_mm_min_ss(v, _mm_shuffle_ps(v, v, 1)));
}

static double max4(__m128 v)
{
	v = _mm_max_ps(v, _mm_movehl_ps(v, v));
	return (double)_mm_cvtss_f32(_mm_max_ss(v, _mm_shuffle_ps(v, v, 1)));
}

/* Number of lanes, each of which was counted down once for every hit. */
static uint64_t count4(__m128i v)
{
	int32_t n[4];
	_mm_storeu_si128((__m128i *)(void *)n, v);
	return (uint64_t) - ((int64_t)n[0] + n[1] + n[2] + n[3]);
}

static void sse2_floats(const uint8_t *p, size_t n, float shift, kernel_floats *out)
{
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
	last_floats(p, i, n, shift, out);
}

static void sse2_halves(const uint8_t *p, size_t n, float *out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = reals_half((uint16_t)reals_load(p + i * 2, 2));
}

/* The scale in two parts, so that a product with nine bits is exact: without FMA the rounding of
 * x' would be seen in x - x'. */
static void split(float scale, float *high, float *low)
{
	uint32_t bits;
	memcpy(&bits, &scale, sizeof bits);
	*high = reals_single(bits & 0xffffe000u);
	*low = scale - *high;
}

static void sse2_compare(const uint8_t *x, const uint8_t *q, size_t n, const kernel_scale *s,
                         channel_sums *out)
{
	float top, rest;
	split(s->scale, &top, &rest);
	const __m128 high = _mm_set1_ps(top), low = _mm_set1_ps(rest), none = _mm_setzero_ps();
	const __m128 offset = _mm_set1_ps(s->zero), sign = _mm_set1_ps(-0.0f);
	const __m128i flip = _mm_set1_epi8((char)s->flip);
	__m128 xx[2] = {none, none}, qq[2] = {none, none}, ee[2] = {none, none};
	__m128 mx = none, me = none;
	size_t i = 0;
	for (; i + 8 <= n; i += 8) {
		__m128i bytes = _mm_loadl_epi64((const __m128i *)(const void *)(q + i));
		bytes = _mm_xor_si128(bytes, flip);
		/* The byte goes to the top of 16, then 32 bits, and comes down again with its sign. */
		__m128i words = _mm_srai_epi16(_mm_unpacklo_epi8(bytes, bytes), 8);
		__m128i part[2] = {_mm_srai_epi32(_mm_unpacklo_epi16(words, words), 16),
		                   _mm_srai_epi32(_mm_unpackhi_epi16(words, words), 16)};
		for (int h = 0; h < 2; h++) {
			__m128 a = _mm_loadu_ps((const float *)(const void *)(x + (i + 4 * (size_t)h) * 4));
			__m128 r = _mm_sub_ps(_mm_cvtepi32_ps(part[h]), offset);
			__m128 e = _mm_sub_ps(_mm_sub_ps(a, _mm_mul_ps(r, high)), _mm_mul_ps(r, low));
			xx[h] = _mm_add_ps(xx[h], _mm_mul_ps(a, a));
			qq[h] = _mm_add_ps(qq[h], _mm_mul_ps(r, r));
			ee[h] = _mm_add_ps(ee[h], _mm_mul_ps(e, e));
			mx = _mm_max_ps(mx, _mm_andnot_ps(sign, a));
			me = _mm_max_ps(me, _mm_andnot_ps(sign, e));
		}
	}
	out->xx = sum4(xx[0]) + sum4(xx[1]);
	out->yy = (sum4(qq[0]) + sum4(qq[1])) * (double)s->scale * (double)s->scale;
	out->ee = sum4(ee[0]) + sum4(ee[1]);
	out->max_abs = max4(mx);
	out->max_abs_error = max4(me);
	last_pairs(x, q, i, n, s, out);
}

static const kernels sse2 = {"sse2", sse2_floats, NULL, sse2_halves, sse2_compare};

/* ------------------------------------------------------------------------------------ AVX2 -- */

AVX2 static __m128 low_and_high(__m256 v, int how)
{
	__m128 a = _mm256_castps256_ps128(v), b = _mm256_extractf128_ps(v, 1);
	return how < 0 ? _mm_min_ps(a, b) : _mm_max_ps(a, b);
}

AVX2 static double sum8(__m256 v)
{
	return sum4(_mm256_castps256_ps128(v)) + sum4(_mm256_extractf128_ps(v, 1));
}

AVX2 static void avx2_floats(const uint8_t *p, size_t n, float shift, kernel_floats *out)
{
	const __m256 k = _mm256_set1_ps(shift), zero = _mm256_setzero_ps();
	__m256 min0 = _mm256_set1_ps(INFINITY), min1 = min0;
	__m256 max0 = _mm256_set1_ps(-INFINITY), max1 = max0;
	__m256 sum0 = zero, sum1 = zero, square0 = zero, square1 = zero;
	__m256i zeros = _mm256_setzero_si256();
	size_t i = 0;
	for (; i + 16 <= n; i += 16) {
		__m256 a = _mm256_loadu_ps((const float *)(const void *)(p + i * 4));
		__m256 b = _mm256_loadu_ps((const float *)(const void *)(p + i * 4 + 32));
		min0 = _mm256_min_ps(min0, a);
		min1 = _mm256_min_ps(min1, b);
		max0 = _mm256_max_ps(max0, a);
		max1 = _mm256_max_ps(max1, b);
		__m256i hit0 = _mm256_castps_si256(_mm256_cmp_ps(a, zero, _CMP_EQ_OQ));
		__m256i hit1 = _mm256_castps_si256(_mm256_cmp_ps(b, zero, _CMP_EQ_OQ));
		zeros = _mm256_add_epi32(zeros, _mm256_add_epi32(hit0, hit1));
		a = _mm256_sub_ps(a, k);
		b = _mm256_sub_ps(b, k);
		sum0 = _mm256_add_ps(sum0, a);
		sum1 = _mm256_add_ps(sum1, b);
		square0 = _mm256_fmadd_ps(a, a, square0);
		square1 = _mm256_fmadd_ps(b, b, square1);
	}
	out->min = min4(low_and_high(_mm256_min_ps(min0, min1), -1));
	out->max = max4(low_and_high(_mm256_max_ps(max0, max1), 1));
	out->sum = sum8(sum0) + sum8(sum1);
	out->squares = sum8(square0) + sum8(square1);
	out->zeros = count4(_mm256_castsi256_si128(zeros)) + count4(_mm256_extracti128_si256(zeros, 1));
	last_floats(p, i, n, shift, out);
}

/* Bytes of all ones were subtracted, once for every hit. */
AVX2 static uint64_t count32(__m256i v)
{
	uint64_t n[4];
	_mm256_storeu_si256((__m256i *)(void *)n, _mm256_sad_epu8(v, _mm256_setzero_si256()));
	return n[0] + n[1] + n[2] + n[3];
}

AVX2 static void avx2_bytes(const uint8_t *p, size_t n, uint8_t flip, int8_t zero,
                            kernel_bytes *out)
{
	const __m256i turn = _mm256_set1_epi8((char)flip), none = _mm256_setzero_si256();
	const __m256i low = _mm256_set1_epi8(-128), high = _mm256_set1_epi8(127);
	const __m256i hit = _mm256_set1_epi8(zero);
	__m256i min = high, max = low, sum = none, square0 = none, square1 = none;
	__m256i zeros = none, lows = none, highs = none;
	size_t i = 0;
	for (; i + 32 <= n; i += 32) {
		__m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(p + i));
		v = _mm256_xor_si256(v, turn);
		min = _mm256_min_epi8(min, v);
		max = _mm256_max_epi8(max, v);
		zeros = _mm256_sub_epi8(zeros, _mm256_cmpeq_epi8(v, hit));
		lows = _mm256_sub_epi8(lows, _mm256_cmpeq_epi8(v, low));
		highs = _mm256_sub_epi8(highs, _mm256_cmpeq_epi8(v, high));
		/* With 128 added they are unsigned. */
		sum = _mm256_add_epi64(sum, _mm256_sad_epu8(_mm256_xor_si256(v, low), none));
		__m256i a = _mm256_cvtepi8_epi16(_mm256_castsi256_si128(v));
		__m256i b = _mm256_cvtepi8_epi16(_mm256_extracti128_si256(v, 1));
		square0 = _mm256_add_epi32(square0, _mm256_madd_epi16(a, a));
		square1 = _mm256_add_epi32(square1, _mm256_madd_epi16(b, b));
	}
	int8_t mins[32], maxs[32];
	int64_t sums[4];
	int32_t squares[8];
	_mm256_storeu_si256((__m256i *)(void *)mins, min);
	_mm256_storeu_si256((__m256i *)(void *)maxs, max);
	_mm256_storeu_si256((__m256i *)(void *)sums, sum);
	_mm256_storeu_si256((__m256i *)(void *)squares, _mm256_add_epi32(square0, square1));
	*out = (kernel_bytes){.min = 127, .max = -128};
	for (int k = 0; k < 32; k++) {
		out->min = mins[k] < out->min ? mins[k] : out->min;
		out->max = maxs[k] > out->max ? maxs[k] : out->max;
	}
	out->sum = sums[0] + sums[1] + sums[2] + sums[3] - 128 * (int64_t)i;
	for (int k = 0; k < 8; k++)
		out->squares += squares[k];
	out->zeros = count32(zeros);
	out->lowest = count32(lows);
	out->highest = count32(highs);
	for (; i < n; i++) {
		int v = (int8_t)(p[i] ^ flip);
		out->min = v < out->min ? v : out->min;
		out->max = v > out->max ? v : out->max;
		out->sum += v;
		out->squares += v * v;
		out->zeros += v == zero;
		out->lowest += v == -128;
		out->highest += v == 127;
	}
}

AVX2 static void avx2_halves(const uint8_t *p, size_t n, float *out)
{
	size_t i = 0;
	for (; i + 8 <= n; i += 8)
		_mm256_storeu_ps(
		    out + i, _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(const void *)(p + i * 2))));
	sse2_halves(p + i * 2, n - i, out + i);
}

AVX2 static void avx2_compare(const uint8_t *x, const uint8_t *q, size_t n, const kernel_scale *s,
                              channel_sums *out)
{
	const __m256 scale = _mm256_set1_ps(s->scale), none = _mm256_setzero_ps();
	const __m256 offset = _mm256_set1_ps(s->zero), sign = _mm256_set1_ps(-0.0f);
	const __m128i flip = _mm_set1_epi8((char)s->flip);
	__m256 xx[2] = {none, none}, qq[2] = {none, none}, ee[2] = {none, none};
	__m256 mx[2] = {none, none}, me[2] = {none, none};
	size_t i = 0;
	for (; i + 16 <= n; i += 16) {
		__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(q + i));
		bytes = _mm_xor_si128(bytes, flip);
		__m256i part[2] = {_mm256_cvtepi8_epi32(bytes),
		                   _mm256_cvtepi8_epi32(_mm_unpackhi_epi64(bytes, bytes))};
		for (int h = 0; h < 2; h++) {
			__m256 a = _mm256_loadu_ps((const float *)(const void *)(x + (i + 8 * (size_t)h) * 4));
			__m256 r = _mm256_sub_ps(_mm256_cvtepi32_ps(part[h]), offset);
			__m256 e = _mm256_fnmadd_ps(r, scale, a);
			xx[h] = _mm256_fmadd_ps(a, a, xx[h]);
			qq[h] = _mm256_fmadd_ps(r, r, qq[h]);
			ee[h] = _mm256_fmadd_ps(e, e, ee[h]);
			mx[h] = _mm256_max_ps(mx[h], _mm256_andnot_ps(sign, a));
			me[h] = _mm256_max_ps(me[h], _mm256_andnot_ps(sign, e));
		}
	}
	out->xx = sum8(xx[0]) + sum8(xx[1]);
	out->yy = (sum8(qq[0]) + sum8(qq[1])) * (double)s->scale * (double)s->scale;
	out->ee = sum8(ee[0]) + sum8(ee[1]);
	out->max_abs = max4(low_and_high(_mm256_max_ps(mx[0], mx[1]), 1));
	out->max_abs_error = max4(low_and_high(_mm256_max_ps(me[0], me[1]), 1));
	last_pairs(x, q, i, n, s, out);
}

static const kernels avx2 = {"avx2", avx2_floats, avx2_bytes, avx2_halves, avx2_compare};

const kernels *kernels_x86(int level)
{
	/* Whatever has AVX2 and FMA has F16C, which older compilers cannot ask for. */
	if (level >= KERNELS_AVX2 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
		return &avx2;
	return level >= KERNELS_SSE2 ? &sse2 : NULL;
}

#endif
