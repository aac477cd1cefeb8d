/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernels_x86_read.c - stored elements as floats, for x86-64 with AVX2.
 *
 * What a half byte stands for fits a byte, looked up sixteen or thirty-two at a time, for integers
 * of four and two bits. Floats of eight bits are halves with a shorter fraction, or a smaller
 * exponent, so shifting makes halves of them, but for a factor; what is no number of them is seen
 * to afterwards.
 */
#include "measure/kernels_x86.h"

#if defined(__x86_64__)

#include "measure/kernels_lanes.h"
#include "measure/singles.h"

AVX2_INLINE __m256 float8(__m128i bytes)
{
	return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(bytes));
}

/* Sixteen signed bytes. */
AVX2_INLINE void store16(__m128i v, float *out)
{
	_mm256_storeu_ps(out, float8(v));
	_mm256_storeu_ps(out + 8, float8(_mm_srli_si128(v, 8)));
}

AVX2 static size_t nibbles(const uint8_t *p, size_t n, int flip, float *out)
{
	const __m128i low = _mm_set1_epi8(15), turn = _mm_set1_epi8((char)flip);
	size_t i = 0;
	for (; i + 32 <= n; i += 32) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i / 2));
		__m128i a = _mm_and_si128(v, low), b = _mm_and_si128(_mm_srli_epi16(v, 4), low);
		a = _mm_sub_epi8(_mm_xor_si128(a, turn), turn);
		b = _mm_sub_epi8(_mm_xor_si128(b, turn), turn);
		store16(_mm_unpacklo_epi8(a, b), out + i);
		store16(_mm_unpackhi_epi8(a, b), out + i + 16);
	}
	return i;
}

/* A half byte holds two of them: one table says the first, another the second. */
AVX2 static size_t quarters(const reals *r, const uint8_t *p, size_t n, float *out)
{
	int8_t first[16], second[16];
	for (unsigned v = 0; v < 16; v++) {
		first[v] = (int8_t)r->singles[v & 3];
		second[v] = (int8_t)r->singles[v >> 2];
	}
	const __m128i low = _mm_set1_epi8(15);
	const __m128i one = _mm_loadu_si128((const __m128i *)(const void *)first);
	const __m128i two = _mm_loadu_si128((const __m128i *)(const void *)second);
	size_t i = 0;
	for (; i + 64 <= n; i += 64) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i / 4));
		__m128i a = _mm_and_si128(v, low), b = _mm_and_si128(_mm_srli_epi16(v, 4), low);
		__m128i half[2] = {_mm_unpacklo_epi8(a, b), _mm_unpackhi_epi8(a, b)};
		for (size_t h = 0; h < 2; h++) {
			__m128i x = _mm_shuffle_epi8(one, half[h]), y = _mm_shuffle_epi8(two, half[h]);
			store16(_mm_unpacklo_epi8(x, y), out + i + h * 32);
			store16(_mm_unpackhi_epi8(x, y), out + i + h * 32 + 16);
		}
	}
	return i;
}

/* @param up  Bits that fractions lack. @param odd  From this pattern on, signs left out, or exactly
 * this pattern, with `alone`, there is no number. @return how many were done, 0 if there was one.
 */
AVX2_INLINE size_t eights(const uint8_t *p, size_t n, int up, float factor, int odd, bool alone,
                          float *out)
{
	const __m128i body = _mm_set1_epi16(0x7f), sign = _mm_set1_epi16((short)0x8000);
	const __m128i end = _mm_set1_epi16((short)(alone ? odd : odd - 1));
	const __m256 by = _mm256_set1_ps(factor);
	__m128i found = _mm_setzero_si128();
	size_t i = 0;
	for (; i + 8 <= n; i += 8) {
		__m128i v = _mm_cvtepu8_epi16(_mm_loadl_epi64((const __m128i *)(const void *)(p + i)));
		__m128i size = _mm_and_si128(v, body);
		found = _mm_or_si128(found, alone ? _mm_cmpeq_epi16(v, end) : _mm_cmpgt_epi16(size, end));
		size = _mm_slli_epi16(size, up);
		size = _mm_or_si128(size, _mm_and_si128(_mm_slli_epi16(v, 8), sign));
		_mm256_storeu_ps(out + i, _mm256_mul_ps(_mm256_cvtph_ps(size), by));
	}
	return _mm_testz_si128(found, found) ? i : 0;
}

AVX2 static size_t halves(const uint8_t *p, size_t n, float *out)
{
	size_t i = 0;
	for (; i + 8 <= n; i += 8)
		_mm256_storeu_ps(
		    out + i, _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(const void *)(p + i * 2))));
	return i;
}

/* Loops that compilers make what they should of, with these instructions. */
AVX2 static void rest(const reals *r, const uint8_t *p, size_t n, float *out)
{
	singles_decode(r, p, n, out);
}

AVX2 void kernels_avx2_singles(const reals *r, const uint8_t *p, size_t n, float *out)
{
	size_t done = 0;
	if (r->type == ORAY_FLOAT16)
		done = halves(p, n, out);
	else if (r->type == ORAY_INT4 || r->type == ORAY_UINT4)
		done = nibbles(p, n, r->type == ORAY_INT4 ? 8 : 0, out);
	else if (r->type == ORAY_INT2 || r->type == ORAY_UINT2)
		done = quarters(r, p, n, out);
	else if (r->type == ORAY_FLOAT8E4M3FN)
		done = eights(p, n, 7, 0x1p8f, 0x7f, false, out);
	else if (r->type == ORAY_FLOAT8E4M3FNUZ)
		done = eights(p, n, 7, 0x1p7f, 0x80, true, out);
	else if (r->type == ORAY_FLOAT8E5M2)
		done = eights(p, n, 8, 1, 0x7c, false, out);
	if (done < n)
		rest(r, p + done * r->bits / 8, n - done, out + done);
}

#endif
