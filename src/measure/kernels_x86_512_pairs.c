/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernels_x86_512_pairs.c - comparing sixteen pairs at a time. A comparison is arithmetic through
 * and through, so twice the width is worth a kernel of its own.
 *
 * Elements of four bits are looked up in a register of sixteen floats, whatever they stand for.
 */
#include "measure/kernels_x86.h"

#if defined(__x86_64__)

#include <math.h>

#include "measure/kernels_lanes.h"

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512dq")))
#define AVX512_INLINE                                                                              \
	static inline __attribute__((always_inline, target("avx512f,avx512bw,avx512dq")))

/* How numbers are stored. */
enum kept { KEPT_FLOATS, KEPT_INT8, KEPT_UINT8, KEPT_CODES };

/* What a kernel is made for. */
typedef struct made {
	bool scaled, shifted, each, mirrored, runs;
	enum kept kept;
} made;

AVX512_INLINE double sum16(__m512 v)
{
	__m512d low = _mm512_cvtps_pd(_mm512_castps512_ps256(v));
	return _mm512_reduce_add_pd(_mm512_add_pd(low, _mm512_cvtps_pd(_mm512_extractf32x8_ps(v, 1))));
}

AVX512_INLINE double max16(__m512 v)
{
	__m256 half = _mm256_max_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps(v, 1));
	return max4(low_and_high(half, 1));
}

/* Sixteen numbers of a list: one each, or one for all. */
AVX512_INLINE __m512 list16(const float *list, size_t i, unsigned run, bool runs)
{
	return runs ? _mm512_set1_ps(list[i >> run]) : _mm512_loadu_ps(list + i);
}

/* Sixteen stored ones, the first of which is number `i` from p on. */
AVX512_INLINE __m512 stored16(const uint8_t *p, size_t i, enum kept kept, __m512 table)
{
	if (kept == KEPT_FLOATS)
		return _mm512_loadu_ps(p + i * 4);
	if (kept == KEPT_CODES) { /* of each byte once the lower half, once the upper one */
		__m512i v =
		    _mm512_cvtepu8_epi64(_mm_loadl_epi64((const __m128i *)(const void *)(p + i / 2)));
		return _mm512_permutexvar_ps(_mm512_or_si512(v, _mm512_slli_epi64(v, 28)), table);
	}
	__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
	return _mm512_cvtepi32_ps(kept == KEPT_INT8 ? _mm512_cvtepi8_epi32(v)
	                                            : _mm512_cvtepu8_epi32(v));
}

AVX512_INLINE void compare16(const kernel_pairs *p, size_t n, made m, kernel_sums *out)
{
	const __m512 none = _mm512_setzero_ps();
	const __m512i ones = _mm512_set1_epi32(-1);
	const __m512 table = m.kept == KEPT_CODES ? _mm512_loadu_ps(p->table) : none;
	const unsigned run = p->run;
	__m512 xx = none, yy = none, ee = none, mx = none, me = none;
	__m512i low = ones;
	size_t i = 0;
	for (; i + 16 <= n; i += 16) {
		__m512 squares = none, others = none, errors = none, large = none, other = none;
		__m512 s = m.scaled ? list16(p->scale, i, run, m.runs) : none;
		__m512 z = m.shifted ? list16(p->zero, i, run, m.runs) : none;
		const uint8_t *left = p->x + i * 4;
		for (size_t row = 0, at = i;; left += p->x_pitch * 4, at += p->stored_pitch) {
			__m512 a = _mm512_loadu_ps(left), y = stored16(p->stored, at, m.kept, table);
			if (m.shifted)
				y = _mm512_sub_ps(y, z);
			__m512 e = m.scaled ? _mm512_fnmadd_ps(y, s, a) : _mm512_sub_ps(a, y);
			if (m.scaled)
				y = _mm512_mul_ps(y, s);
			__m512 x = m.mirrored ? y : a;
			y = m.mirrored ? a : y;
			me = _mm512_max_ps(me, _mm512_abs_ps(e));
			if (!m.each) {
				mx = _mm512_max_ps(mx, _mm512_abs_ps(x));
				xx = _mm512_fmadd_ps(x, x, xx);
				yy = _mm512_fmadd_ps(y, y, yy);
				ee = _mm512_fmadd_ps(e, e, ee);
				break;
			}
			large = _mm512_max_ps(large, _mm512_abs_ps(x));
			other = _mm512_max_ps(other, _mm512_abs_ps(y));
			squares = _mm512_fmadd_ps(x, x, squares);
			others = _mm512_fmadd_ps(y, y, others);
			errors = _mm512_fmadd_ps(e, e, errors);
			if (++row >= p->rows)
				break;
		}
		if (!m.each)
			continue;
		/* Less one, zero is the largest. */
		__m512i one = _mm512_add_epi32(_mm512_castps_si512(large), ones);
		__m512i two = _mm512_add_epi32(_mm512_castps_si512(other), ones);
		low = _mm512_min_epu32(low, _mm512_min_epu32(one, two));
		mx = _mm512_max_ps(mx, large);
		xx = _mm512_add_ps(xx, squares);
		yy = _mm512_add_ps(yy, others);
		ee = _mm512_add_ps(ee, errors);
		_mm512_storeu_ps(p->squares + i, squares);
		_mm512_storeu_ps(p->errors + i, errors);
	}
	uint32_t lows[16], min = UINT32_MAX;
	_mm512_storeu_si512(lows, low);
	for (int k = 0; m.each && k < 16; k++)
		min = lows[k] < min ? lows[k] : min;
	out->sums = (channel_sums){sum16(xx), sum16(yy), sum16(ee), max16(mx), max16(me)};
	out->min_abs = min == UINT32_MAX ? (double)INFINITY : (double)reals_single(min + 1);
	kernels_pairs(p, i, n, out);
}

typedef void comparing(const kernel_pairs *, size_t, kernel_sums *);

#define ONE(name, ...)                                                                             \
	AVX512 static void name(const kernel_pairs *p, size_t n, kernel_sums *out)                     \
	{                                                                                              \
		compare16(p, n, (made){__VA_ARGS__}, out);                                                 \
	}
/* Sums only, squares of each, and both with a number for each run. */
#define FOUR(name, shifted, mirrored, kept)                                                        \
	ONE(name, true, shifted, false, mirrored, false, kept)                                         \
	ONE(name##_each, true, shifted, true, mirrored, false, kept)                                   \
	ONE(name##_runs, true, shifted, false, mirrored, true, kept)                                   \
	ONE(name##_each_runs, true, shifted, true, mirrored, true, kept)
#define NAMES(name)                                                                                \
	{                                                                                              \
		name, name##_each, name##_runs, name##_each_runs                                           \
	}
ONE(both, false, false, false, false, false, KEPT_FLOATS)
ONE(both_each, false, false, true, false, false, KEPT_FLOATS)
FOUR(floats, false, false, KEPT_FLOATS)
FOUR(floats_shifted, true, false, KEPT_FLOATS)
FOUR(mirrored, false, true, KEPT_FLOATS)
FOUR(mirrored_shifted, true, true, KEPT_FLOATS)
FOUR(int8, false, false, KEPT_INT8)
FOUR(int8_shifted, true, false, KEPT_INT8)
FOUR(uint8, false, false, KEPT_UINT8)
FOUR(uint8_shifted, true, false, KEPT_UINT8)
FOUR(codes, false, false, KEPT_CODES)
FOUR(codes_shifted, true, false, KEPT_CODES)

bool kernels_avx512_compare(const kernel_pairs *p, size_t n, kernel_sums *out)
{
	static comparing *const plain[] = {both, both_each};
	static comparing *const scaled[][2][4] = {
	    [KEPT_FLOATS] = {NAMES(floats), NAMES(floats_shifted)},
	    [KEPT_INT8] = {NAMES(int8), NAMES(int8_shifted)},
	    [KEPT_UINT8] = {NAMES(uint8), NAMES(uint8_shifted)},
	    [KEPT_CODES] = {NAMES(codes), NAMES(codes_shifted)},
	    {NAMES(mirrored), NAMES(mirrored_shifted)}};
	const size_t kept = p->mirrored              ? KEPT_CODES + 1
	                    : p->table               ? KEPT_CODES
	                    : p->bytes == ORAY_INT8  ? KEPT_INT8
	                    : p->bytes == ORAY_UINT8 ? KEPT_UINT8
	                                             : KEPT_FLOATS;
	const bool each = p->squares != NULL;
	kernel_pairs swapped = *p;
	if (p->run == 3)
		return false;
	if (p->scale) {
		scaled[kept][p->zero != NULL][each + 2 * (p->run != 0)](p, n, out);
		return true;
	}
	if (p->mirrored) {
		swapped.x = p->stored;
		swapped.x_pitch = p->stored_pitch;
		swapped.stored = p->x;
		swapped.stored_pitch = p->x_pitch;
		swapped.mirrored = false;
	}
	plain[each](&swapped, n, out);
	return true;
}

/* Sixteen by sixteen: whole lines of the cache are written. */
AVX512_INLINE void turn16(const float *in, size_t from, float *out, size_t to)
{
	__m512 some[16];
	for (size_t k = 0; k < 16; k += 4) { /* row by row four of each column */
		__m512 a = _mm512_loadu_ps(in + k * from), b = _mm512_loadu_ps(in + (k + 1) * from);
		__m512 c = _mm512_loadu_ps(in + (k + 2) * from), d = _mm512_loadu_ps(in + (k + 3) * from);
		__m512 ab = _mm512_unpacklo_ps(a, b), cd = _mm512_unpacklo_ps(c, d);
		some[k] = _mm512_shuffle_ps(ab, cd, 0x44);
		some[k + 1] = _mm512_shuffle_ps(ab, cd, 0xee);
		ab = _mm512_unpackhi_ps(a, b);
		cd = _mm512_unpackhi_ps(c, d);
		some[k + 2] = _mm512_shuffle_ps(ab, cd, 0x44);
		some[k + 3] = _mm512_shuffle_ps(ab, cd, 0xee);
	}
	for (size_t k = 0; k < 4; k++) { /* fours of columns k, k + 4, k + 8, k + 12 */
		__m512 a = _mm512_shuffle_f32x4(some[k], some[k + 4], 0x44);
		__m512 b = _mm512_shuffle_f32x4(some[k + 8], some[k + 12], 0x44);
		__m512 c = _mm512_shuffle_f32x4(some[k], some[k + 4], 0xee);
		__m512 d = _mm512_shuffle_f32x4(some[k + 8], some[k + 12], 0xee);
		_mm512_storeu_ps(out + k * to, _mm512_shuffle_f32x4(a, b, 0x88));
		_mm512_storeu_ps(out + (k + 4) * to, _mm512_shuffle_f32x4(a, b, 0xdd));
		_mm512_storeu_ps(out + (k + 8) * to, _mm512_shuffle_f32x4(c, d, 0x88));
		_mm512_storeu_ps(out + (k + 12) * to, _mm512_shuffle_f32x4(c, d, 0xdd));
	}
}

AVX512 void kernels_avx512_turn(const float *in, size_t from, size_t rows, size_t columns,
                                float *out, size_t to)
{
	for (size_t i = 0; i < columns; i += 16)
		for (size_t k = 0; k < rows; k += 16)
			turn16(in + k * from + i, from, out + i * to + k, to);
}

#endif
