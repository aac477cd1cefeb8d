/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernels_x86_eights.c - floats of eight bits, for x86-64 with AVX-512 VBMI, whose tables have 64
 * entries, and VNNI, which adds up products of bytes. The way is told in eights.h.
 */
#include "measure/kernels_x86.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define VNNI __attribute__((target("avx512f,avx512bw,avx512vbmi,avx512vnni,popcnt")))
#define VNNI_INLINE                                                                                \
	static inline                                                                                  \
	    __attribute__((always_inline, target("avx512f,avx512bw,avx512vbmi,avx512vnni,popcnt")))

/* Bytes that are looked at again, where some of them are odd. */
enum { CHUNK = 2048 };

typedef struct eights_lanes {
	__m512i sums[EIGHTS_HALVES][EIGHTS_SUMS], squares[EIGHTS_HALVES][EIGHTS_SQUARES];
	__m512i min, max;
	uint64_t zeros, nans, infinities;
} eights_lanes;

VNNI_INLINE __m512i table64(const void *table)
{
	return _mm512_loadu_si512(table);
}

/* Whatever the type, `shape` is a constant here. */
VNNI_INLINE void add_sums(const eights_type *e, __m512i v, const eights_shape *shape,
                          eights_lanes *l)
{
	/* The upper two bits are not looked at. */
	const __m512i high = shape->bits == 8 ? _mm512_srli_epi16(v, 2) : v;
	for (int h = 0; h < (shape->bits == 8 ? 2 : 1); h++) {
		__m512i low = _mm512_permutexvar_epi8(v, table64(e->sum_low[h]));
		for (int k = 0; k < shape->sums; k++) {
			__m512i by = _mm512_permutexvar_epi8(high, table64(e->sum_high[h][k]));
			l->sums[h][k] = _mm512_dpbusd_epi32(l->sums[h][k], low, by);
		}
		low = _mm512_permutexvar_epi8(v, table64(e->square_low[h]));
		for (int k = 0; k < shape->squares[h]; k++) {
			__m512i by = _mm512_permutexvar_epi8(high, table64(e->square_high[h][k]));
			l->squares[h][k] = _mm512_dpbusd_epi32(l->squares[h][k], low, by);
		}
	}
}

/* ----------------------------------------------------------------------------------- eight -- */

/* As eights_order(). */
VNNI_INLINE __m512i order64(__m512i v)
{
	const __m512i body = _mm512_set1_epi8(0x7f);
	return _mm512_mask_blend_epi8(_mm512_movepi8_mask(v), v, _mm512_xor_si512(v, body));
}

/* The ends of some elements that are not finite, or of one sign; and how many are not finite, but
 * for minus zero. */
VNNI static void add_odd(const eights_type *e, const uint8_t *p, size_t n, bool unsigned_zero,
                         eights_lanes *l)
{
	const __m512i body = _mm512_set1_epi8(0x7f), top = _mm512_set1_epi8((char)e->top);
	const __m512i infinite = _mm512_set1_epi8((char)(e->infinite ? e->top + 1 : 0x80));
	const __m512i nan = _mm512_set1_epi8((char)(unsigned_zero ? 0x80 : 0x7f));
	for (size_t i = 0; i < n; i += 64) {
		__m512i v = _mm512_loadu_si512(p + i), size = _mm512_and_si512(v, body);
		__mmask64 finite = _mm512_cmple_epu8_mask(size, top);
		uint64_t infinities = (uint64_t)_mm_popcnt_u64(_mm512_cmpeq_epi8_mask(size, infinite));
		l->infinities += infinities;
		l->nans += 64 - (uint64_t)_mm_popcnt_u64(finite) - infinities;
		if (unsigned_zero)
			finite = _mm512_cmpneq_epi8_mask(v, nan);
		l->min = _mm512_mask_min_epi8(l->min, finite, l->min, order64(v));
		l->max = _mm512_mask_max_epi8(l->max, finite, l->max, order64(v));
	}
}

/* Where there are numbers of both signs, the ends are the largest bytes: as signed ones, and as
 * others. */
VNNI_INLINE void add_chunk(const eights_type *e, const uint8_t *p, size_t n,
                           const eights_shape *shape, eights_lanes *l)
{
	const __m512i body = _mm512_set1_epi8(0x7f), sign = _mm512_set1_epi8(-128);
	const __m512i top = _mm512_set1_epi8((char)e->top), bottom = _mm512_or_si512(top, sign);
	const __m512i none = _mm512_setzero_si512();
	__m512i plus = sign, minus = none;
	uint64_t zeros = 0, nans = 0;
	for (size_t i = 0; i < n; i += 64) {
		__m512i v = _mm512_loadu_si512(p + i);
		add_sums(e, v, shape, l);
		zeros += (uint64_t)_mm_popcnt_u64(_mm512_testn_epi8_mask(v, body));
		if (shape->unsigned_zero)
			nans += (uint64_t)_mm_popcnt_u64(_mm512_cmpeq_epi8_mask(v, sign));
		plus = _mm512_max_epi8(plus, v);
		minus = _mm512_max_epu8(minus, v);
	}
	l->zeros += zeros - nans;
	l->nans += nans;
	if (_mm512_cmpgt_epi8_mask(plus, top) || _mm512_cmpgt_epu8_mask(minus, bottom) ||
	    !_mm512_cmpge_epi8_mask(plus, none) || !_mm512_cmpgt_epu8_mask(minus, sign)) {
		add_odd(e, p, n, shape->unsigned_zero, l);
		return;
	}
	/* What has the other sign is in between. */
	l->min = _mm512_min_epi8(l->min, order64(minus));
	l->max = _mm512_max_epi8(l->max, plus);
}

/* ------------------------------------------------------------------------------------- six -- */

/* Elements of six bits, a byte each; the upper two bits of it are of no use. */
VNNI_INLINE __m512i spread(const uint8_t *p)
{
	/* Six bytes to each eight, and of those eight bits from every sixth on. */
	static const uint8_t six[64] = {0,  1,  2,  3,  4,  5,  0, 0, 6,  7,  8,  9,  10, 11, 0, 0,
	                                12, 13, 14, 15, 16, 17, 0, 0, 18, 19, 20, 21, 22, 23, 0, 0,
	                                24, 25, 26, 27, 28, 29, 0, 0, 30, 31, 32, 33, 34, 35, 0, 0,
	                                36, 37, 38, 39, 40, 41, 0, 0, 42, 43, 44, 45, 46, 47, 0, 0};
	const __m512i from = _mm512_set1_epi64(0x2a241e18120c0600);
	__m512i v = _mm512_maskz_loadu_epi8((UINT64_C(1) << 48) - 1, p);
	return _mm512_multishift_epi64_epi8(from, _mm512_permutexvar_epi8(table64(six), v));
}

VNNI_INLINE void add_sixes(const eights_type *e, const uint8_t *p, size_t n,
                           const eights_shape *shape, eights_lanes *l)
{
	const __m512i body = _mm512_set1_epi8(0x1f);
	for (size_t i = 0; i < n; i += 64) {
		__m512i v = spread(p + i / 4 * 3);
		add_sums(e, v, shape, l);
		l->zeros += (uint64_t)_mm_popcnt_u64(_mm512_testn_epi8_mask(v, body));
		v = _mm512_permutexvar_epi8(v, table64(e->order));
		l->min = _mm512_min_epi8(l->min, v);
		l->max = _mm512_max_epi8(l->max, v);
	}
}

/* ------------------------------------------------------------------------------------- all -- */

VNNI_INLINE int64_t sum_of(__m512i v)
{
	int32_t x[16];
	int64_t sum = 0;
	_mm512_storeu_si512(x, v);
	for (int k = 0; k < 16; k++)
		sum += x[k];
	return sum;
}

VNNI static void take(const eights_lanes *l, eights_so_far *all)
{
	int8_t min[64], max[64];
	_mm512_storeu_si512(min, l->min);
	_mm512_storeu_si512(max, l->max);
	for (int k = 0; k < 64; k++) {
		all->min = min[k] < all->min ? min[k] : all->min;
		all->max = max[k] > all->max ? max[k] : all->max;
	}
	for (int h = 0; h < EIGHTS_HALVES; h++) {
		for (int k = 0; k < EIGHTS_SUMS; k++)
			all->sums[h][k] += sum_of(l->sums[h][k]);
		for (int k = 0; k < EIGHTS_SQUARES; k++)
			all->squares[h][k] += sum_of(l->squares[h][k]);
	}
	all->zeros += l->zeros;
	all->nans += l->nans;
	all->infinities += l->infinities;
}

/* @param n  A multiple of 64. */
VNNI_INLINE void add_whole(const eights_type *e, const uint8_t *p, size_t n, eights_kind kind,
                           eights_so_far *all)
{
	const __m512i none = _mm512_setzero_si512();
	const eights_shape *shape = &eights_shapes[kind];
	eights_lanes l = {.min = _mm512_set1_epi8(127), .max = _mm512_set1_epi8(-128)};
	for (int h = 0; h < EIGHTS_HALVES; h++) {
		for (int k = 0; k < EIGHTS_SUMS; k++)
			l.sums[h][k] = none;
		for (int k = 0; k < EIGHTS_SQUARES; k++)
			l.squares[h][k] = none;
	}
	if (shape->bits == 6)
		add_sixes(e, p, n, shape, &l);
	for (size_t i = 0; shape->bits == 8 && i < n; i += CHUNK)
		add_chunk(e, p + i, n - i < CHUNK ? n - i : CHUNK, shape, &l);
	take(&l, all);
}

#define KIND(name, kind)                                                                           \
	VNNI static void name(const eights_type *e, const uint8_t *p, size_t n, eights_so_far *all)    \
	{                                                                                              \
		add_whole(e, p, n, kind, all);                                                             \
	}
KIND(e4m3, EIGHTS_E4M3)
KIND(e4m3_unsigned_zero, EIGHTS_E4M3_UNSIGNED_ZERO)
KIND(e5m2, EIGHTS_E5M2)
KIND(e5m2_unsigned_zero, EIGHTS_E5M2_UNSIGNED_ZERO)
KIND(e2m3, EIGHTS_E2M3)
KIND(e3m2, EIGHTS_E3M2)

void kernels_vnni_eights(const eights_type *e, const uint8_t *p, size_t n, eights_so_far *all)
{
	/* 16 bits each, four of them a register: 32 bits hold what KERNEL_BYTES elements come to. */
	static void (*const of[])(const eights_type *, const uint8_t *, size_t, eights_so_far *) = {
	    e4m3, e4m3_unsigned_zero, e5m2, e5m2_unsigned_zero, e2m3, e3m2};
	const size_t whole = n / 64 * 64;
	if (whole)
		of[e->kind](e, p, whole, all);
	eights_add(e, p + whole * eights_shapes[e->kind].bits / 8, n - whole, all);
}

#endif
