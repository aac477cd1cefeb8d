/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernels_x86_codes.c - counting bytes that are exponents, for x86-64 with AVX-512 VBMI, which
 * looks up 64 bytes at once. The way is told in kernels_x86_adders.h.
 *
 * Sixteen patterns are two tables, and a walk over some kilobytes in the nearest cache. There could
 * be 256, but of scales most are not.
 */
#include "measure/kernels_x86.h"

#if defined(__x86_64__)

#include "measure/kernels_x86_adders.h"

#define VBMI __attribute__((target("avx512f,avx512bw,avx512vbmi,popcnt")))
#define VBMI_INLINE                                                                                \
	static inline __attribute__((always_inline, target("avx512f,avx512bw,avx512vbmi,popcnt")))

/* Codes of a turn of the adders: each of 32 inputs is a register. So many codes are looked at
 * together, and one by one unless they are of few groups of eight. */
enum { TURN = 32 * 64, SOME = 16 * TURN, GROUPS = 256 / 8, FEW = 12 };

/* What is looked up: the codes from `base` on, a multiple of 64; of all others only the lower six
 * bits count if there are none (`alone`). */
typedef struct window {
	__m512i base;
	bool alone;
} window;

VBMI_INLINE two_of look_up(const adders *a, const window *w, const uint8_t *p)
{
	__m512i v = _mm512_loadu_si512(p);
	if (w->alone)
		return (two_of){{_mm512_permutexvar_epi8(v, a->table.of[0]),
		                 _mm512_permutexvar_epi8(v, a->table.of[1])}};
	__mmask64 in = _mm512_cmplt_epu8_mask(_mm512_xor_si512(v, w->base), _mm512_set1_epi8(64));
	return (two_of){{_mm512_maskz_permutexvar_epi8(in, v, a->table.of[0]),
	                 _mm512_maskz_permutexvar_epi8(in, v, a->table.of[1])}};
}

/* What the adders carry when two registers, four and more went in. */
VBMI_INLINE two_of carry_1(adders *a, const window *w, const uint8_t *p)
{
	two_of first = look_up(a, w, p);
	return add_both(&a->ones, first, look_up(a, w, p + 64));
}

VBMI_INLINE two_of carry_2(adders *a, const window *w, const uint8_t *p)
{
	two_of first = carry_1(a, w, p);
	return add_both(&a->twos, first, carry_1(a, w, p + 128));
}

VBMI_INLINE two_of carry_4(adders *a, const window *w, const uint8_t *p)
{
	two_of first = carry_2(a, w, p);
	return add_both(&a->fours, first, carry_2(a, w, p + 256));
}

VBMI_INLINE two_of carry_8(adders *a, const window *w, const uint8_t *p)
{
	two_of first = carry_4(a, w, p);
	return add_both(&a->eights, first, carry_4(a, w, p + 512));
}

VBMI_INLINE two_of carry_16(adders *a, const window *w, const uint8_t *p)
{
	two_of first = carry_8(a, w, p);
	return add_both(&a->sixteens, first, carry_8(a, w, p + 1024));
}

/* Counts two groups of eight codes, which are in the same window.
 * @param n  A multiple of TURN. */
VBMI_INLINE void count_two(const uint8_t *p, size_t n, const unsigned group[2], bool alone,
                           uint64_t *counts)
{
	const __m512i none = _mm512_setzero_si512();
	const int64_t bits = (int64_t)UINT64_C(0x8040201008040201); /* bytes 1, 2, 4 ... 128 */
	const two_of zero = {{none, none}};
	const window w = {_mm512_set1_epi8((char)(group[0] / 8 * 64)), alone};
	adders a = {{{none, none}}, zero, zero, zero, zero, zero};
	uint64_t both[16] = {0};
	for (unsigned k = 0; k < 2; k++)
		a.table.of[k] = _mm512_maskz_set1_epi64((__mmask8)(1u << group[k] % 8), bits);
	for (size_t i = 0; i < n; i += TURN)
		count_both(carry_16(&a, &w, p + i), 32, both);
	count_rest(&a, both);
	for (unsigned k = 0; k < 2; k++)
		for (unsigned c = 0; c < 8; c++)
			counts[group[k] * 8 + c] += both[k * 8 + c];
}

VBMI static void count_alone(const uint8_t *p, size_t n, const unsigned group[2], uint64_t *counts)
{
	count_two(p, n, group, true, counts);
}

VBMI static void count_among(const uint8_t *p, size_t n, const unsigned group[2], uint64_t *counts)
{
	count_two(p, n, group, false, counts);
}

/* Which groups of eight codes are there, a bit each. */
VBMI static uint32_t groups_of(const uint8_t *p, size_t n)
{
	const __m512i bits = _mm512_set1_epi64((int64_t)UINT64_C(0x8040201008040201));
	/* By the upper five bits of a byte, below whatever is beside it. */
	__m512i table[4], seen[4];
	uint32_t groups = 0;
	for (unsigned k = 0; k < 4; k++) {
		table[k] = _mm512_maskz_mov_epi64((__mmask8)(0x11u << k), bits);
		seen[k] = _mm512_setzero_si512();
	}
	for (size_t i = 0; i < n; i += 64) {
		__m512i v = _mm512_srli_epi16(_mm512_loadu_si512(p + i), 3);
		for (unsigned k = 0; k < 4; k++)
			seen[k] = _mm512_or_si512(seen[k], _mm512_permutexvar_epi8(v, table[k]));
	}
	for (unsigned k = 0; k < 4; k++)
		for (unsigned bit = 0; bit < 8; bit++)
			if (_mm512_test_epi8_mask(seen[k], _mm512_set1_epi8((char)(1u << bit))))
				groups |= UINT32_C(1) << (k * 8 + bit);
	return groups;
}

/* Groups by twos, which are in the same window of 64 codes. */
VBMI static void count_groups(const uint8_t *p, size_t n, uint32_t groups, uint64_t *counts)
{
	for (unsigned w = 0; w < GROUPS; w += 8) {
		const uint32_t mine = groups >> w & 255;
		unsigned two[2], have = 0;
		for (unsigned g = 0; g < 8; g++) {
			if (mine >> g & 1)
				two[have++] = w + g;
			if (have == 1 && g == 7) /* an odd number of them: another one is not there */
				two[have++] = w + (unsigned)__builtin_ctz(~mine);
			if (have == 2 && groups == mine << w)
				count_alone(p, n, two, counts);
			else if (have == 2)
				count_among(p, n, two, counts);
			have %= 2;
		}
	}
}

VBMI void kernels_vbmi_codes(unsigned bits, const uint8_t *p, size_t n, uint64_t *counts)
{
	if (bits < 8) {
		kernels_avx512_codes(bits, p, n, counts);
		return;
	}
	const size_t whole = n / TURN * TURN;
	for (size_t i = 0, some; i < whole; i += some) {
		some = whole - i < SOME ? whole - i : SOME;
		uint32_t groups = groups_of(p + i, some);
		if (__builtin_popcount(groups) <= FEW)
			count_groups(p + i, some, groups, counts);
		else
			kernels_count_bytes(p + i, some, counts);
	}
	kernels_count_bytes(p + whole, n - whole, counts);
}

#endif
