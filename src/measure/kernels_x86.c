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

#include "measure/singles.h"

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

/* x - y in double precision, two at a time: there is no other way to round once. */
static __m128 difference(__m128 a, __m128 q, __m128 z, __m128 s)
{
	__m128d y = _mm_mul_pd(_mm_sub_pd(_mm_cvtps_pd(q), _mm_cvtps_pd(z)), _mm_cvtps_pd(s));
	return _mm_cvtpd_ps(_mm_sub_pd(_mm_cvtps_pd(a), y));
}

static void sse2_pairs(const kernel_pairs *p, size_t n, kernel_sums *out)
{
	const __m128 none = _mm_setzero_ps(), sign = _mm_set1_ps(-0.0f);
	const __m128 least = _mm_set1_ps(FLT_MAX);
	__m128 xx = none, yy = none, ee = none, mx = none, me = none, low = least;
	size_t i = 0;
	for (; i + 4 <= n; i += 4) {
		__m128 squares = none, errors = none;
		size_t row = 0;
		do {
			const uint8_t *left = p->x + (row * p->x_pitch + i) * 4;
			const uint8_t *right = p->stored + (row * p->stored_pitch + i) * 4;
			__m128 a = _mm_loadu_ps((const float *)(const void *)left), e;
			__m128 y = _mm_loadu_ps((const float *)(const void *)right);
			if (p->scale) {
				__m128 s = _mm_loadu_ps(p->scale + i),
				       z = p->zero ? _mm_loadu_ps(p->zero + i) : none;
				e = _mm_movelh_ps(difference(a, y, z, s),
				                  difference(_mm_movehl_ps(a, a), _mm_movehl_ps(y, y),
				                             _mm_movehl_ps(z, z), _mm_movehl_ps(s, s)));
				y = _mm_mul_ps(_mm_sub_ps(y, z), s);
			} else {
				e = _mm_sub_ps(a, y);
			}
			__m128 x = p->mirrored ? y : a, size = _mm_andnot_ps(sign, x);
			y = p->mirrored ? a : y;
			squares = _mm_add_ps(squares, _mm_mul_ps(x, x));
			errors = _mm_add_ps(errors, _mm_mul_ps(e, e));
			yy = _mm_add_ps(yy, _mm_mul_ps(y, y));
			mx = _mm_max_ps(mx, size);
			me = _mm_max_ps(me, _mm_andnot_ps(sign, e));
			__m128 zero = _mm_cmpeq_ps(size, none);
			low = _mm_min_ps(low, _mm_or_ps(_mm_and_ps(zero, least), _mm_andnot_ps(zero, size)));
		} while (++row < p->rows);
		xx = _mm_add_ps(xx, squares);
		ee = _mm_add_ps(ee, errors);
		if (p->squares) {
			_mm_storeu_ps(p->squares + i, squares);
			_mm_storeu_ps(p->errors + i, errors);
		}
	}
	double min_abs = min4(low);
	*out = (kernel_sums){{sum4(xx), sum4(yy), sum4(ee), max4(mx), max4(me)},
	                     min_abs < (double)FLT_MAX ? min_abs : (double)INFINITY};
	kernels_pairs(p, i, n, out);
}

/* In parts, since four sums of a long block would lose digits. */
static void sse2_compare(const kernel_pairs *p, size_t n, kernel_sums *out)
{
	enum { PART = 128 };
	*out = (kernel_sums){.min_abs = (double)INFINITY};
	for (size_t i = 0; i < n; i += PART) {
		kernel_sums part;
		kernel_pairs some = *p;
		some.x += i * 4;
		some.stored += i * 4;
		if (p->scale)
			some.scale += i;
		if (p->zero)
			some.zero += i;
		if (p->squares)
			some.squares += i, some.errors += i;
		sse2_pairs(&some, n - i < PART ? n - i : PART, &part);
		channels_join(&out->sums, &part.sums);
		out->min_abs = part.min_abs < out->min_abs ? part.min_abs : out->min_abs;
	}
}

static void sse2_turn(const float *in, size_t from, size_t rows, size_t columns, float *out,
                      size_t to)
{
	size_t i = 0;
	for (; i + 4 <= columns; i += 4)
		for (size_t k = 0; k < rows; k += 4) {
			__m128 a = _mm_loadu_ps(in + k * from + i), b = _mm_loadu_ps(in + (k + 1) * from + i);
			__m128 c = _mm_loadu_ps(in + (k + 2) * from + i);
			__m128 d = _mm_loadu_ps(in + (k + 3) * from + i);
			_MM_TRANSPOSE4_PS(a, b, c, d);
			_mm_storeu_ps(out + i * to + k, a);
			_mm_storeu_ps(out + (i + 1) * to + k, b);
			_mm_storeu_ps(out + (i + 2) * to + k, c);
			_mm_storeu_ps(out + (i + 3) * to + k, d);
		}
	for (; i < columns; i++)
		for (size_t k = 0; k < rows; k++)
			out[i * to + k] = in[k * from + i];
}

static const kernels sse2 = {"sse2",        sse2_floats,  NULL,        sse2_halves,
                             singles_plain, sse2_compare, kernels_add, sse2_turn};

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

/* Made anew for each kind of block, without what it does not ask for. */
#define AVX2_INLINE static inline __attribute__((always_inline, target("avx2,fma,f16c")))

AVX2_INLINE void avx2_pairs(const kernel_pairs *p, size_t n, bool scaled, bool shifted, bool each,
                            bool mirrored, kernel_sums *out)
{
	const __m256 none = _mm256_setzero_ps(), sign = _mm256_set1_ps(-0.0f);
	const __m256i ones = _mm256_set1_epi32(-1);
	__m256 xx[2] = {none, none}, yy[2] = {none, none}, ee[2] = {none, none};
	__m256 mx[2] = {none, none}, me[2] = {none, none};
	__m256i low = ones;
	size_t i = 0;
	for (; i + 16 <= n; i += 16) {
		__m256 squares[2] = {none, none}, errors[2] = {none, none};
		const uint8_t *left = p->x + i * 4, *right = p->stored + i * 4;
		const float *scale = scaled ? p->scale + i : NULL, *zero = shifted ? p->zero + i : NULL;
		for (size_t row = 0;; left += p->x_pitch * 4, right += p->stored_pitch * 4) {
			for (size_t h = 0; h < 2; h++) {
				__m256 a = _mm256_loadu_ps((const float *)(const void *)(left + h * 32));
				__m256 y = _mm256_loadu_ps((const float *)(const void *)(right + h * 32)), e;
				if (scaled) {
					__m256 s = _mm256_loadu_ps(scale + h * 8);
					if (shifted)
						y = _mm256_sub_ps(y, _mm256_loadu_ps(zero + h * 8));
					e = _mm256_fnmadd_ps(y, s, a);
					y = _mm256_mul_ps(y, s);
				} else {
					e = _mm256_sub_ps(a, y);
				}
				__m256 x = mirrored ? y : a, size = _mm256_andnot_ps(sign, x);
				y = mirrored ? a : y;
				mx[h] = _mm256_max_ps(mx[h], size);
				me[h] = _mm256_max_ps(me[h], _mm256_andnot_ps(sign, e));
				yy[h] = _mm256_fmadd_ps(y, y, yy[h]);
				if (each) {
					squares[h] = _mm256_fmadd_ps(x, x, squares[h]);
					errors[h] = _mm256_fmadd_ps(e, e, errors[h]);
					/* Less one and without a sign, zero is the largest. */
					low = _mm256_min_epu32(low, _mm256_add_epi32(_mm256_castps_si256(size), ones));
				} else {
					xx[h] = _mm256_fmadd_ps(x, x, xx[h]);
					ee[h] = _mm256_fmadd_ps(e, e, ee[h]);
				}
			}
			if (!each || ++row >= p->rows)
				break;
		}
		for (size_t h = 0; each && h < 2; h++) {
			xx[h] = _mm256_add_ps(xx[h], squares[h]);
			ee[h] = _mm256_add_ps(ee[h], errors[h]);
			_mm256_storeu_ps(p->squares + i + h * 8, squares[h]);
			_mm256_storeu_ps(p->errors + i + h * 8, errors[h]);
		}
	}
	uint32_t lows[8], min = UINT32_MAX;
	_mm256_storeu_si256((__m256i *)(void *)lows, low);
	for (int k = 0; k < 8; k++)
		min = lows[k] < min ? lows[k] : min;
	out->sums = (channel_sums){sum8(xx[0]) + sum8(xx[1]), sum8(yy[0]) + sum8(yy[1]),
	                           sum8(ee[0]) + sum8(ee[1]),
	                           max4(low_and_high(_mm256_max_ps(mx[0], mx[1]), 1)),
	                           max4(low_and_high(_mm256_max_ps(me[0], me[1]), 1))};
	out->min_abs = min == UINT32_MAX ? (double)INFINITY : (double)reals_single(min + 1);
	kernels_pairs(p, i, n, out);
}

#define PAIRS(name, scaled, shifted, each, mirrored)                                               \
	AVX2 static void name(const kernel_pairs *p, size_t n, kernel_sums *out)                       \
	{                                                                                              \
		avx2_pairs(p, n, scaled, shifted, each, mirrored, out);                                    \
	}
PAIRS(avx2_both, false, false, false, false)
PAIRS(avx2_both_each, false, false, true, false)
PAIRS(avx2_scaled, true, false, false, false)
PAIRS(avx2_scaled_each, true, false, true, false)
PAIRS(avx2_shifted, true, true, false, false)
PAIRS(avx2_shifted_each, true, true, true, false)
PAIRS(avx2_mirrored, true, true, false, true)
PAIRS(avx2_mirrored_each, true, true, true, true)

AVX2 static void avx2_compare(const kernel_pairs *p, size_t n, kernel_sums *out)
{
	static const float zero[KERNEL_BLOCK];
	static void (*const all[4][2])(const kernel_pairs *, size_t,
	                               kernel_sums *) = {{avx2_both, avx2_both_each},
	                                                 {avx2_scaled, avx2_scaled_each},
	                                                 {avx2_shifted, avx2_shifted_each},
	                                                 {avx2_mirrored, avx2_mirrored_each}};
	kernel_pairs pairs = *p;
	if (p->mirrored && !p->zero)
		pairs.zero = zero;
	all[!p->scale ? 0 : p->mirrored ? 3 : p->zero ? 2 : 1][p->squares != NULL](&pairs, n, out);
}

AVX2 static void avx2_add(const float *some, size_t n, float *restrict all)
{
	for (size_t i = 0; i < n; i++)
		all[i] += some[i];
}

AVX2 static void avx2_singles(const reals *r, const uint8_t *p, size_t n, float *out)
{
	if (r->type == ORAY_FLOAT16)
		avx2_halves(p, n, out);
	else
		singles_decode(r, p, n, out);
}

static const kernels avx2 = {"avx2",       avx2_floats,  avx2_bytes, avx2_halves,
                             avx2_singles, avx2_compare, avx2_add,   sse2_turn};

const kernels *kernels_x86(int level)
{
	/* Whatever has AVX2 and FMA has F16C, which older compilers cannot ask for. */
	if (level >= KERNELS_AVX2 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
		return &avx2;
	return level >= KERNELS_SSE2 ? &sse2 : NULL;
}

#endif
