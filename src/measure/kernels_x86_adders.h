/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernels_x86_adders.h - counting with AVX-512, for codes of any width.
 *
 * Each element is looked up as a byte with one bit set, in tables of eight values each. How often
 * each bit is set is counted by full adders that work on all bits of a register at once: two inputs
 * and a carry in, a sum and a carry out, one instruction each. Thirty-two inputs leave one register
 * of carries whose bits have to be counted in fact. Two tables at a time, so that all of it stays
 * in registers.
 */
#ifndef MEASURE_KERNELS_X86_ADDERS_H
#define MEASURE_KERNELS_X86_ADDERS_H

#include <immintrin.h>
#include <stdint.h>

#define AVX512 __attribute__((target("avx512f,avx512bw,popcnt")))
#define AVX512_INLINE                                                                              \
	static inline __attribute__((always_inline, target("avx512f,avx512bw,popcnt")))

/** One for each table. */
typedef struct two_of {
	__m512i of[2];
} two_of;

/** What the adders hold: bits that count once, twice, ... */
typedef struct adders {
	two_of table, ones, twos, fours, eights, sixteens;
} adders;

/** a + b + *sum: the new sum, and what is carried. */
AVX512_INLINE __m512i add_bits(__m512i *sum, __m512i a, __m512i b)
{
	__m512i carry = _mm512_ternarylogic_epi64(a, b, *sum, 0xe8);
	*sum = _mm512_ternarylogic_epi64(a, b, *sum, 0x96);
	return carry;
}

AVX512_INLINE two_of add_both(two_of *sum, two_of a, two_of b)
{
	return (two_of){
	    {add_bits(&sum->of[0], a.of[0], b.of[0]), add_bits(&sum->of[1], a.of[1], b.of[1])}};
}

/** Adds to the counts of eight values how often their bits are set. */
AVX512_INLINE void count_bits(__m512i v, uint64_t weight, uint64_t counts[8])
{
	for (int bit = 0; bit < 8; bit++) {
		__mmask64 hits = _mm512_test_epi8_mask(v, _mm512_set1_epi8((char)(1u << bit)));
		counts[bit] += weight * (uint64_t)_mm_popcnt_u64(hits);
	}
}

AVX512_INLINE void count_both(two_of v, uint64_t weight, uint64_t counts[16])
{
	count_bits(v.of[0], weight, counts);
	count_bits(v.of[1], weight, counts + 8);
}

/** Adds what the adders still hold. */
AVX512_INLINE void count_rest(const adders *a, uint64_t counts[16])
{
	count_both(a->ones, 1, counts);
	count_both(a->twos, 2, counts);
	count_both(a->fours, 4, counts);
	count_both(a->eights, 8, counts);
	count_both(a->sixteens, 16, counts);
}

#endif
