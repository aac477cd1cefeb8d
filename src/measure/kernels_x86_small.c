/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernels_x86_small.c - what blocks of small integers are like, for x86-64 with AVX2.
 */
#include "measure/kernels_x86.h"

#if defined(__x86_64__)

#include "measure/kernels_lanes.h"

/* Bytes of all ones were subtracted, once for every hit. */
AVX2 static uint64_t count32(__m256i v)
{
	uint64_t n[4];
	_mm256_storeu_si256((__m256i *)(void *)n, _mm256_sad_epu8(v, _mm256_setzero_si256()));
	return n[0] + n[1] + n[2] + n[3];
}

/* What some bytes are like so far. */
typedef struct bytes_so_far {
	__m256i min, max;
	__m256i sums, squares; /* eight of 32 bits each */
	__m256i zeros;         /* four of 64 bits */
	uint64_t lowest, highest;
} bytes_so_far;

/* Whether any byte is all ones. */
AVX2_INLINE bool any(__m256i v)
{
	return _mm256_movemask_epi8(v) != 0;
}

/* The ends of the type: most blocks have none. */
AVX2 static void count_ends(const uint8_t *p, size_t n, uint8_t flip, bytes_so_far *all)
{
	const __m256i low = _mm256_set1_epi8((char)(flip ^ 0x80)), ones = _mm256_set1_epi8(-1);
	const __m256i high = _mm256_xor_si256(low, ones);
	__m256i lows = _mm256_setzero_si256(), highs = lows;
	for (size_t i = 0; i < n; i += 32) {
		__m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(p + i));
		lows = _mm256_sub_epi8(lows, _mm256_cmpeq_epi8(v, low));
		highs = _mm256_sub_epi8(highs, _mm256_cmpeq_epi8(v, high));
	}
	all->lowest += count32(lows);
	all->highest += count32(highs);
}

/* Whole registers, at most 64. Squares are products of a byte and its size, given the sign of the
 * size: right for all but -128, whose size has a sign, and whose square comes out negative. */
AVX2_INLINE void add_bytes(const uint8_t *p, size_t n, uint8_t flip, __m256i hit, bytes_so_far *all)
{
	const __m256i turn = _mm256_set1_epi8((char)flip), one = _mm256_set1_epi8(1);
	const __m256i low = _mm256_set1_epi8(-128), high = _mm256_set1_epi8(127);
	const __m256i ones = _mm256_set1_epi16(1), none = _mm256_setzero_si256();
	__m256i min = high, max = low, zeros = none, sums = none, squares = all->squares;
	for (size_t i = 0; i < n; i += 32) {
		__m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(p + i));
		v = flip ? _mm256_xor_si256(v, turn) : v;
		min = _mm256_min_epi8(min, v);
		max = _mm256_max_epi8(max, v);
		zeros = _mm256_sub_epi8(zeros, _mm256_cmpeq_epi8(v, hit));
		sums = _mm256_add_epi16(sums, _mm256_maddubs_epi16(one, v));
		v = _mm256_abs_epi8(v);
		v = _mm256_maddubs_epi16(v, v);
		squares = _mm256_add_epi32(squares, _mm256_madd_epi16(v, ones));
	}
	all->squares = squares;
	all->sums = _mm256_add_epi32(all->sums, _mm256_madd_epi16(sums, ones));
	all->zeros = _mm256_add_epi64(all->zeros, _mm256_sad_epu8(zeros, none));
	all->min = _mm256_min_epi8(all->min, min);
	all->max = _mm256_max_epi8(all->max, max);
	min = _mm256_or_si256(_mm256_cmpeq_epi8(min, low), _mm256_cmpeq_epi8(max, high));
	if (any(min))
		count_ends(p, n, flip, all);
}

AVX2_INLINE size_t whole_bytes(const uint8_t *p, size_t n, uint8_t flip, int8_t zero,
                               kernel_integers *out)
{
	enum { SOME = 64 * 32 };
	const __m256i none = _mm256_setzero_si256(), hit = _mm256_set1_epi8(zero);
	bytes_so_far all = {_mm256_set1_epi8(127), _mm256_set1_epi8(-128), none, none, none, 0, 0};
	size_t whole = n / 32 * 32;
	for (size_t i = 0; i < whole; i += SOME)
		add_bytes(p + i, whole - i < SOME ? whole - i : SOME, flip, hit, &all);
	int8_t mins[32], maxs[32];
	int32_t sums[8], squares[8];
	uint64_t zeros[4];
	_mm256_storeu_si256((__m256i *)(void *)mins, all.min);
	_mm256_storeu_si256((__m256i *)(void *)maxs, all.max);
	_mm256_storeu_si256((__m256i *)(void *)sums, all.sums);
	_mm256_storeu_si256((__m256i *)(void *)squares, all.squares);
	_mm256_storeu_si256((__m256i *)(void *)zeros, all.zeros);
	*out = (kernel_integers){.min = 127, .max = -128, .lowest = all.lowest, .highest = all.highest};
	for (int k = 0; k < 32; k++) {
		out->min = mins[k] < out->min ? mins[k] : out->min;
		out->max = maxs[k] > out->max ? maxs[k] : out->max;
	}
	for (int k = 0; k < 8; k++) {
		out->sum += sums[k];
		out->squares += squares[k];
	}
	out->squares += 2 * 128 * 128 * (int64_t)all.lowest;
	out->zeros = zeros[0] + zeros[1] + zeros[2] + zeros[3];
	return whole;
}

AVX2 void kernels_avx2_bytes(const uint8_t *p, size_t n, uint8_t flip, int8_t zero,
                             kernel_integers *out)
{
	size_t i = flip ? whole_bytes(p, n, 0x80, zero, out) : whole_bytes(p, n, 0, zero, out);
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

AVX2 uint64_t kernels_avx2_zeros(const uint8_t *p, size_t n)
{
	enum { SOME = 255 * 32 };
	const __m256i none = _mm256_setzero_si256();
	uint64_t zeros = 0;
	size_t i = 0;
	while (i + 32 <= n) {
		__m256i hits = none;
		size_t end = n - i < SOME ? i + (n - i) / 32 * 32 : i + SOME;
		for (; i < end; i += 32) {
			__m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(p + i));
			hits = _mm256_sub_epi8(hits, _mm256_cmpeq_epi8(v, none));
		}
		zeros += count32(hits);
	}
	for (; i < n; i++)
		zeros += p[i] == 0;
	return zeros;
}

/* ---------------------------------------------------------------------------------- shorts -- */

AVX2 static int64_t sum_of_8(__m256i v)
{
	int32_t n[8];
	int64_t sum = 0;
	_mm256_storeu_si256((__m256i *)(void *)n, v);
	for (int k = 0; k < 8; k++)
		sum += n[k];
	return sum;
}

/* The ends of the type. At most KERNEL_INTEGERS: 256 in each of 16 bits. */
AVX2 static void count_short_ends(const uint8_t *p, size_t n, uint16_t flip, kernel_integers *out)
{
	const __m256i low = _mm256_set1_epi16((short)(flip ^ 0x8000)), one = _mm256_set1_epi16(1);
	const __m256i high = _mm256_xor_si256(low, _mm256_set1_epi16(-1));
	__m256i lows = _mm256_setzero_si256(), highs = lows;
	for (size_t i = 0; i < n; i += 16) {
		__m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(p + i * 2));
		lows = _mm256_sub_epi16(lows, _mm256_cmpeq_epi16(v, low));
		highs = _mm256_sub_epi16(highs, _mm256_cmpeq_epi16(v, high));
	}
	out->lowest += (uint64_t)sum_of_8(_mm256_madd_epi16(lows, one));
	out->highest += (uint64_t)sum_of_8(_mm256_madd_epi16(highs, one));
}

/* Squares are added up in 32 bits, where they overflow, and their upper halves apart, where they do
 * not: what the lower halves are together is less than 2^32, so the 32 bits tell. */
AVX2_INLINE size_t whole_shorts(const uint8_t *p, size_t n, uint16_t flip, int16_t zero,
                                kernel_integers *out)
{
	const __m256i turn = _mm256_set1_epi16((short)flip), one = _mm256_set1_epi16(1);
	const __m256i hit = _mm256_set1_epi16(zero), none = _mm256_setzero_si256();
	__m256i min = _mm256_set1_epi16(INT16_MAX), max = _mm256_set1_epi16(INT16_MIN);
	__m256i sum = none, zeros = none, squares = none, upper = none;
	size_t whole = n / 16 * 16;
	for (size_t i = 0; i < whole; i += 16) {
		__m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(p + i * 2));
		v = flip ? _mm256_xor_si256(v, turn) : v;
		min = _mm256_min_epi16(min, v);
		max = _mm256_max_epi16(max, v);
		zeros = _mm256_sub_epi16(zeros, _mm256_cmpeq_epi16(v, hit));
		sum = _mm256_add_epi32(sum, _mm256_madd_epi16(v, one));
		__m256i two = _mm256_madd_epi16(v, v); /* 2^31 at most: without a sign */
		squares = _mm256_add_epi32(squares, two);
		upper = _mm256_add_epi32(upper, _mm256_srli_epi32(two, 16));
	}
	int16_t mins[16], maxs[16];
	uint32_t all[8], uppers[8];
	_mm256_storeu_si256((__m256i *)(void *)mins, min);
	_mm256_storeu_si256((__m256i *)(void *)maxs, max);
	_mm256_storeu_si256((__m256i *)(void *)all, squares);
	_mm256_storeu_si256((__m256i *)(void *)uppers, upper);
	*out = (kernel_integers){.min = INT16_MAX,
	                         .max = INT16_MIN,
	                         .sum = sum_of_8(sum),
	                         .zeros = (uint64_t)sum_of_8(_mm256_madd_epi16(zeros, one))};
	for (int k = 0; k < 16; k++) {
		out->min = mins[k] < out->min ? mins[k] : out->min;
		out->max = maxs[k] > out->max ? maxs[k] : out->max;
	}
	for (int k = 0; k < 8; k++)
		out->squares += ((int64_t)uppers[k] << 16) + (uint32_t)(all[k] - (uppers[k] << 16));
	if (out->min == INT16_MIN || out->max == INT16_MAX)
		count_short_ends(p, whole, flip, out);
	return whole;
}

AVX2 void kernels_avx2_shorts(const uint8_t *p, size_t n, uint16_t flip, int16_t zero,
                              kernel_integers *out)
{
	size_t i = flip ? whole_shorts(p, n, 0x8000, zero, out) : whole_shorts(p, n, 0, zero, out);
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

#endif
