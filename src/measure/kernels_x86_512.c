/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernels_x86_512.c - what AVX-512 does much better than AVX2: counting elements of four bits. The
 * way is told in kernels_x86_adders.h.
 */
#include "measure/kernels_x86.h"

#if defined(__x86_64__)

#include "measure/kernels_x86_adders.h"

/* Bytes of a turn: sixteen registers, each of which holds two inputs of each table. */
enum { TURN_BYTES = 16 * 64 };

AVX512_INLINE two_of look_up(const adders *a, __m512i halves)
{
	return (two_of){
	    {_mm512_shuffle_epi8(a->table.of[0], halves), _mm512_shuffle_epi8(a->table.of[1], halves)}};
}

/* What the adders carry when one register, two, four and more went in: in this order few are in use
 * at any time. */
AVX512_INLINE two_of carry_1(adders *a, const uint8_t *p)
{
	const __m512i half = _mm512_set1_epi8(15);
	__m512i v = _mm512_loadu_si512(p);
	return add_both(&a->ones, look_up(a, _mm512_and_si512(v, half)),
	                look_up(a, _mm512_and_si512(_mm512_srli_epi16(v, 4), half)));
}

AVX512_INLINE two_of carry_2(adders *a, const uint8_t *p)
{
	two_of first = carry_1(a, p);
	return add_both(&a->twos, first, carry_1(a, p + 64));
}

AVX512_INLINE two_of carry_4(adders *a, const uint8_t *p)
{
	two_of first = carry_2(a, p);
	return add_both(&a->fours, first, carry_2(a, p + 128));
}

AVX512_INLINE two_of carry_8(adders *a, const uint8_t *p)
{
	two_of first = carry_4(a, p);
	return add_both(&a->eights, first, carry_4(a, p + 256));
}

AVX512_INLINE two_of carry_16(adders *a, const uint8_t *p)
{
	two_of first = carry_8(a, p);
	return add_both(&a->sixteens, first, carry_8(a, p + 512));
}

/* @param n  A multiple of TURN_BYTES. */
AVX512 static void count_nibbles(const uint8_t *p, size_t n, uint64_t counts[16])
{
	const __m512i none = _mm512_setzero_si512();
	/* Bytes 1, 2, 4 ... 128, of 16 that each lane has the first or the last eight. */
	const __m512i low = _mm512_maskz_set1_epi64(0x55, (int64_t)UINT64_C(0x8040201008040201));
	const __m512i high = _mm512_maskz_set1_epi64(0xaa, (int64_t)UINT64_C(0x8040201008040201));
	const two_of zero = {{none, none}};
	adders a = {{{low, high}}, zero, zero, zero, zero, zero};
	for (size_t i = 0; i < n; i += TURN_BYTES)
		count_both(carry_16(&a, p + i), 32, counts);
	count_rest(&a, counts);
}

AVX512 void kernels_avx512_codes(unsigned bits, const uint8_t *p, size_t n, uint64_t *counts)
{
	size_t whole = bits == 4 ? n / TURN_BYTES * TURN_BYTES : 0;
	if (whole)
		count_nibbles(p, whole, counts);
	kernels_avx2_codes(bits, p + whole, n - whole, counts);
}

#endif
