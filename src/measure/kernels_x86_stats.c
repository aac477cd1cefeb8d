/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernels_x86_stats.c - what blocks of numbers are like, for x86-64.
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

/* Bytes of all ones were subtracted, once for every hit. */
AVX2 static uint64_t count32(__m256i v)
{
	uint64_t n[4];
	_mm256_storeu_si256((__m256i *)(void *)n, _mm256_sad_epu8(v, _mm256_setzero_si256()));
	return n[0] + n[1] + n[2] + n[3];
}

AVX2 void kernels_avx2_bytes(const uint8_t *p, size_t n, uint8_t flip, int8_t zero,
                             kernel_integers *out)
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
	*out = (kernel_integers){.min = 127, .max = -128};
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

/* ---------------------------------------------------------------------------------- shorts -- */

AVX2 static int64_t sum_of_16(__m256i v)
{
	int16_t n[16];
	int64_t sum = 0;
	_mm256_storeu_si256((__m256i *)(void *)n, v);
	for (int k = 0; k < 16; k++)
		sum += n[k];
	return sum;
}

AVX2 void kernels_avx2_shorts(const uint8_t *p, size_t n, uint16_t flip, int16_t zero,
                              kernel_integers *out)
{
	const __m256i turn = _mm256_set1_epi16((short)flip), one = _mm256_set1_epi16(1);
	const __m256i low = _mm256_set1_epi16(INT16_MIN), high = _mm256_set1_epi16(INT16_MAX);
	const __m256i hit = _mm256_set1_epi16(zero), half = _mm256_set1_epi64x(UINT32_MAX);
	__m256i min = high, max = low, sum = _mm256_setzero_si256(), squares = sum, rest = sum;
	__m256i zeros = sum, lows = sum, highs = sum;
	size_t i = 0;
	for (; i + 16 <= n; i += 16) {
		__m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(p + i * 2));
		v = _mm256_xor_si256(v, turn);
		min = _mm256_min_epi16(min, v);
		max = _mm256_max_epi16(max, v);
		zeros = _mm256_sub_epi16(zeros, _mm256_cmpeq_epi16(v, hit));
		lows = _mm256_sub_epi16(lows, _mm256_cmpeq_epi16(v, low));
		highs = _mm256_sub_epi16(highs, _mm256_cmpeq_epi16(v, high));
		sum = _mm256_add_epi32(sum, _mm256_madd_epi16(v, one));
		__m256i two = _mm256_madd_epi16(v, v); /* 2^31 at most: without a sign */
		squares = _mm256_add_epi64(squares, _mm256_and_si256(two, half));
		rest = _mm256_add_epi64(rest, _mm256_srli_epi64(two, 32));
	}
	int16_t mins[16], maxs[16];
	int32_t sums[8];
	int64_t fours[4];
	_mm256_storeu_si256((__m256i *)(void *)mins, min);
	_mm256_storeu_si256((__m256i *)(void *)maxs, max);
	_mm256_storeu_si256((__m256i *)(void *)sums, sum);
	_mm256_storeu_si256((__m256i *)(void *)fours, _mm256_add_epi64(squares, rest));
	*out = (kernel_integers){.min = INT16_MAX,
	                         .max = INT16_MIN,
	                         .zeros = (uint64_t)sum_of_16(zeros),
	                         .lowest = (uint64_t)sum_of_16(lows),
	                         .highest = (uint64_t)sum_of_16(highs)};
	for (int k = 0; k < 16; k++) {
		out->min = mins[k] < out->min ? mins[k] : out->min;
		out->max = maxs[k] > out->max ? maxs[k] : out->max;
	}
	for (int k = 0; k < 8; k++)
		out->sum += sums[k];
	for (int k = 0; k < 4; k++)
		out->squares += fours[k];
	for (; i < n; i++) {
		int v = (int16_t)((uint16_t)reals_load(p + i * 2, 2) ^ flip);
		out->min = v < out->min ? v : out->min;
		out->max = v > out->max ? v : out->max;
		out->sum += v;
		out->squares += (int64_t)v * v;
		out->zeros += v == zero;
		out->lowest += v == INT16_MIN;
		out->highest += v == INT16_MAX;
	}
}

/* ----------------------------------------------------------------------------------- codes -- */

AVX2_INLINE __m256i table16(const uint8_t t[16])
{
	return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)t));
}

/* Two elements of two bits a half byte: a table says how many of them are 1, 2 and 3. */
AVX2 static void count_quarters(const uint8_t *p, size_t n, uint64_t *counts)
{
	const __m256i low = _mm256_set1_epi8(15);
	__m256i table[3], all[3];
	for (unsigned c = 0; c < 3; c++) {
		uint8_t t[16];
		for (unsigned v = 0; v < 16; v++)
			t[v] = (uint8_t)(((v & 3) == c + 1) + (v >> 2 == c + 1));
		table[c] = table16(t);
	}
	while (n) {
		size_t some = n < 63 * 32 ? n : 63 * 32; /* a byte holds 63 times 4 */
		for (size_t c = 0; c < 3; c++)
			all[c] = _mm256_setzero_si256();
		for (size_t i = 0; i < some; i += 32) {
			__m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(p + i));
			__m256i a = _mm256_and_si256(v, low);
			__m256i b = _mm256_and_si256(_mm256_srli_epi16(v, 4), low);
			for (size_t c = 0; c < 3; c++)
				all[c] = _mm256_add_epi8(all[c], _mm256_add_epi8(_mm256_shuffle_epi8(table[c], a),
				                                                 _mm256_shuffle_epi8(table[c], b)));
		}
		counts[0] += some * 4;
		for (size_t c = 0; c < 3; c++) {
			uint64_t hits = count32(all[c]);
			counts[c + 1] += hits;
			counts[0] -= hits;
		}
		p += some;
		n -= some;
	}
}

/* Elements of four bits. Each of four tables holds a one for four of them, in a field of two bits;
 * three of those fit, then fields are spread over twice as many bits, twice. */
AVX2 static void count_nibbles(const uint8_t *p, size_t n, uint64_t *counts)
{
	const __m256i low = _mm256_set1_epi8(15), pairs = _mm256_set1_epi8(0x33);
	const __m256i none = _mm256_setzero_si256();
	__m256i table[4];
	for (unsigned k = 0; k < 4; k++) {
		uint8_t t[16] = {0};
		for (unsigned v = 0; v < 4; v++)
			t[k * 4 + v] = (uint8_t)(1u << 2 * v);
		table[k] = table16(t);
	}
	while (n) {
		__m256i all[16];
		size_t some = n < 21 * 192 ? n : 21 * 192; /* a byte holds 21 times 12 */
		for (size_t c = 0; c < 16; c++)
			all[c] = none;
		for (size_t i = 0; i < some; i += 192) {
			__m256i even[4] = {none, none, none, none}, odd[4] = {none, none, none, none};
			for (size_t j = 0; j < 192; j += 96) {
				__m256i v[6];
				for (size_t h = 0; h < 3; h++) {
					__m256i x =
					    _mm256_loadu_si256((const __m256i *)(const void *)(p + i + j + h * 32));
					v[h] = _mm256_and_si256(x, low);
					v[h + 3] = _mm256_and_si256(_mm256_srli_epi16(x, 4), low);
				}
				for (size_t k = 0; k < 4; k++)
					for (size_t h = 0; h < 6; h += 3) {
						__m256i a = _mm256_add_epi8(
						    _mm256_add_epi8(_mm256_shuffle_epi8(table[k], v[h]),
						                    _mm256_shuffle_epi8(table[k], v[h + 1])),
						    _mm256_shuffle_epi8(table[k], v[h + 2]));
						even[k] = _mm256_add_epi8(even[k], _mm256_and_si256(a, pairs));
						odd[k] = _mm256_add_epi8(odd[k],
						                         _mm256_and_si256(_mm256_srli_epi16(a, 2), pairs));
					}
			}
			for (size_t k = 0; k < 4; k++) {
				__m256i *to = all + k * 4;
				to[0] = _mm256_add_epi8(to[0], _mm256_and_si256(even[k], low));
				to[1] = _mm256_add_epi8(to[1], _mm256_and_si256(odd[k], low));
				to[2] =
				    _mm256_add_epi8(to[2], _mm256_and_si256(_mm256_srli_epi16(even[k], 4), low));
				to[3] = _mm256_add_epi8(to[3], _mm256_and_si256(_mm256_srli_epi16(odd[k], 4), low));
			}
		}
		for (size_t c = 0; c < 16; c++)
			counts[c] += count32(all[c]);
		p += some;
		n -= some;
	}
}

AVX2 void kernels_avx2_codes(unsigned bits, const uint8_t *p, size_t n, uint64_t *counts)
{
	size_t whole = bits == 4 ? n / 192 * 192 : n / 32 * 32;
	if (bits == 4)
		count_nibbles(p, whole, counts);
	else
		count_quarters(p, whole, counts);
	for (; whole < n; whole++)
		for (unsigned shift = 0; shift < 8; shift += bits)
			counts[p[whole] >> shift & ((1u << bits) - 1)]++;
}

/* ----------------------------------------------------------------------------------- wide -- */

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

AVX2_INLINE void doubles4(int32_t type, const reals *r, const uint8_t *p, size_t n,
                          const kernel_asked *ask, kernel_doubles *out)
{
	const __m256d shift = _mm256_set1_pd(ask->shift), zero = _mm256_set1_pd(ask->zero);
	const __m256d low = _mm256_set1_pd(ask->low), high = _mm256_set1_pd(ask->high);
	const size_t width = 8;
	const __m256d most = _mm256_set1_pd(INFINITY), least = _mm256_set1_pd(-INFINITY);
	__m256d min[2] = {most, most}, max[2] = {least, least};
	__m256d sum[2] = {_mm256_setzero_pd(), _mm256_setzero_pd()}, square[2] = {sum[0], sum[0]};
	__m256i zeros = _mm256_setzero_si256(), lows = zeros, highs = zeros;
	size_t i = 0;
	for (; i + 8 <= n; i += 8)
		for (size_t h = 0; h < 2; h++) {
			__m256d x = load4(p + (i + h * 4) * width, type);
			min[h] = _mm256_min_pd(min[h], x);
			max[h] = _mm256_max_pd(max[h], x);
			zeros =
			    _mm256_sub_epi64(zeros, _mm256_castpd_si256(_mm256_cmp_pd(x, zero, _CMP_EQ_OQ)));
			if (type != ORAY_FLOAT64) {
				lows =
				    _mm256_sub_epi64(lows, _mm256_castpd_si256(_mm256_cmp_pd(x, low, _CMP_EQ_OQ)));
				highs = _mm256_sub_epi64(highs,
				                         _mm256_castpd_si256(_mm256_cmp_pd(x, high, _CMP_EQ_OQ)));
			}
			x = _mm256_sub_pd(x, shift);
			sum[h] = _mm256_add_pd(sum[h], x);
			square[h] = _mm256_fmadd_pd(x, x, square[h]);
		}
	double ends[2][4], sums[2][4];
	uint64_t hits[3][4];
	_mm256_storeu_pd(ends[0], _mm256_min_pd(min[0], min[1]));
	_mm256_storeu_pd(ends[1], _mm256_max_pd(max[0], max[1]));
	_mm256_storeu_pd(sums[0], _mm256_add_pd(sum[0], sum[1]));
	_mm256_storeu_pd(sums[1], _mm256_add_pd(square[0], square[1]));
	_mm256_storeu_si256((__m256i *)(void *)hits[0], zeros);
	_mm256_storeu_si256((__m256i *)(void *)hits[1], lows);
	_mm256_storeu_si256((__m256i *)(void *)hits[2], highs);
	*out = (kernel_doubles){.min = INFINITY, .max = -INFINITY};
	for (int k = 0; k < 4; k++) {
		out->min = ends[0][k] < out->min ? ends[0][k] : out->min;
		out->max = ends[1][k] > out->max ? ends[1][k] : out->max;
		out->sum += sums[0][k];
		out->squares += sums[1][k];
		out->zeros += hits[0][k];
		out->lowest += hits[1][k];
		out->highest += hits[2][k];
	}
	kernels_doubles(r, p + i * width, n - i, ask, out);
}

static bool is_among(double x, double offset)
{
	return x == rint(x) && x - offset >= INT32_MIN && x - offset <= INT32_MAX;
}

/* Integers of 32 bits: only sums need doubles. Unsigned ones have 2^31 less meanwhile. */
AVX2 static void integers8(const reals *r, const uint8_t *p, size_t n, const kernel_asked *ask,
                           kernel_doubles *out)
{
	const double offset = r->type == ORAY_UINT32 ? 0x1p31 : 0;
	const bool has_zero = is_among(ask->zero, offset);
	const __m256i flip = _mm256_set1_epi32(offset > 0 ? INT32_MIN : 0);
	const __m256i zero = _mm256_set1_epi32(has_zero ? (int32_t)(ask->zero - offset) : 0);
	const __m256i least = _mm256_set1_epi32(INT32_MIN), most = _mm256_set1_epi32(INT32_MAX);
	const __m256d shift = _mm256_set1_pd(ask->shift - offset);
	__m256i min = most, max = least, zeros = _mm256_setzero_si256(), lows = zeros, highs = zeros;
	__m256d sum[2] = {_mm256_setzero_pd(), _mm256_setzero_pd()}, square[2] = {sum[0], sum[0]};
	size_t i = 0;
	for (; i + 8 <= n; i += 8) {
		__m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(p + i * 4));
		v = _mm256_xor_si256(v, flip);
		min = _mm256_min_epi32(min, v);
		max = _mm256_max_epi32(max, v);
		zeros = _mm256_sub_epi32(zeros, _mm256_cmpeq_epi32(v, zero));
		lows = _mm256_sub_epi32(lows, _mm256_cmpeq_epi32(v, least));
		highs = _mm256_sub_epi32(highs, _mm256_cmpeq_epi32(v, most));
		__m256d half[2] = {_mm256_cvtepi32_pd(_mm256_castsi256_si128(v)),
		                   _mm256_cvtepi32_pd(_mm256_extracti128_si256(v, 1))};
		for (size_t h = 0; h < 2; h++) {
			__m256d x = _mm256_sub_pd(half[h], shift);
			sum[h] = _mm256_add_pd(sum[h], x);
			square[h] = _mm256_fmadd_pd(x, x, square[h]);
		}
	}
	int32_t ends[2][8], hits[3][8];
	double sums[2][4];
	_mm256_storeu_si256((__m256i *)(void *)ends[0], min);
	_mm256_storeu_si256((__m256i *)(void *)ends[1], max);
	_mm256_storeu_si256((__m256i *)(void *)hits[0], zeros);
	_mm256_storeu_si256((__m256i *)(void *)hits[1], lows);
	_mm256_storeu_si256((__m256i *)(void *)hits[2], highs);
	_mm256_storeu_pd(sums[0], _mm256_add_pd(sum[0], sum[1]));
	_mm256_storeu_pd(sums[1], _mm256_add_pd(square[0], square[1]));
	*out = (kernel_doubles){.min = INFINITY, .max = -INFINITY};
	for (int k = 0; i && k < 8; k++) {
		double low = ends[0][k] + offset, high = ends[1][k] + offset;
		out->min = low < out->min ? low : out->min;
		out->max = high > out->max ? high : out->max;
		out->zeros += has_zero ? (uint64_t)hits[0][k] : 0;
		out->lowest += (uint64_t)hits[1][k];
		out->highest += (uint64_t)hits[2][k];
	}
	for (int k = 0; k < 4; k++) {
		out->sum += sums[0][k];
		out->squares += sums[1][k];
	}
	kernels_doubles(r, p + i * 4, n - i, ask, out);
}

AVX2 void kernels_avx2_doubles(const reals *r, const uint8_t *p, size_t n, const kernel_asked *ask,
                               kernel_doubles *out)
{
	if (r->type == ORAY_INT32 || r->type == ORAY_UINT32)
		integers8(r, p, n, ask, out);
	else if (r->type == ORAY_INT64)
		doubles4(ORAY_INT64, r, p, n, ask, out);
	else if (r->type == ORAY_UINT64)
		doubles4(ORAY_UINT64, r, p, n, ask, out);
	else
		doubles4(ORAY_FLOAT64, r, p, n, ask, out);
}

#endif
