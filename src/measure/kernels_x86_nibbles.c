/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernels_x86_nibbles.c - floats of eight and of six bits, for x86-64 with AVX2, whose tables have
 * 16 entries. Much as eights.h tells, but the lower four bits are one index, the upper four another
 * one, and numbers are doubled, so that exponent 0 differs from what the lower bits say by less.
 */
#include "measure/kernels_x86.h"

#if defined(__x86_64__)

#include "measure/kernels_lanes.h"

enum {
	CHUNK = 2048, /* elements that are looked at first, then added up */
	TURN = 8,     /* registers whose sums 16 bits hold */
	SUMS = 4,     /* groups, each of which is worth 256 times the one before */
	SQUARES = 8
};

/* Of a type; a and s: by the lower four bits, a_fix and s_fix: what is to be added where the
 * exponent is 0, by the bits without the sign, b by the upper four bits, w by the bits from the
 * fourth on. */
typedef struct nibbles {
	uint8_t a[16], a_fix[16], s[16], s_fix[16];
	int8_t b[SUMS][16], w[SQUARES][16];
} nibbles;

typedef struct groups {
	__m256i sums[SUMS], squares[SQUARES]; /* eight of 32 bits each */
} groups;

static void make_nibbles(const eights_type *e, nibbles *t)
{
	const unsigned fraction = e->step == 10 ? 2 : 3, one = 1u << fraction;
	const unsigned eight = eights_shapes[e->kind].bits == 8;
	memset(t, 0, sizeof *t);
	for (unsigned i = 0; i < 16; i++) {
		const unsigned m = i % one, size = one + m, low = i >> fraction;
		t->a[i] = (uint8_t)(size << low);
		t->s[i] = (uint8_t)(size * size << (fraction == 2 ? 2 * (low & 1) : 0));
		t->a_fix[i] = (uint8_t)(i < one ? 2 * m - size : 0);
		t->s_fix[i] = (uint8_t)(i < one ? 4 * m * m - size * size : 0);
		/* A group holds four times 4 or two times 16. */
		const unsigned in = fraction == 2 ? 2 : 4, bits = fraction == 2 ? 4 : 2;
		const unsigned high = i & (eight ? 7 : 1), exponent = i & (eight ? 15 : 3);
		const int weight = 1 << bits * (high % in);
		t->b[high / in][i] = (int8_t)(i & (eight ? 8 : 2) ? -weight : weight);
		t->w[exponent / in][i] = (int8_t)(1 << bits * (exponent % in));
	}
}

AVX2_INLINE __m256i table16(const void *t)
{
	return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)t));
}

AVX2_INLINE __m256i load32(const uint8_t *p)
{
	return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

/* Finite elements, a byte each, at most CHUNK and whole registers; how many groups there are is a
 * constant here. */
AVX2_INLINE void add_sums(const nibbles *t, const uint8_t *p, size_t n, unsigned bits, int sums,
                          int squares, groups *all)
{
	const __m256i low = _mm256_set1_epi8(15), ones = _mm256_set1_epi16(1);
	const __m256i body = _mm256_set1_epi8(bits == 8 ? 0x7f : 0x1f);
	const __m256i out = _mm256_set1_epi8(0x70); /* 16 and more are looked up as 0 */
	const __m256i a_table = table16(t->a), a_fix = table16(t->a_fix);
	const __m256i s_table = table16(t->s), s_fix = table16(t->s_fix);
	for (size_t i = 0; i < n; i += TURN * 32) {
		const size_t end = n - i < TURN * 32 ? n : i + TURN * 32;
		__m256i some[SUMS];
		for (int g = 0; g < sums; g++)
			some[g] = _mm256_setzero_si256();
		for (size_t j = i; j < end; j += 32) {
			__m256i v = load32(p + j), nibble = _mm256_and_si256(v, low);
			__m256i small = _mm256_adds_epu8(_mm256_and_si256(v, body), out);
			__m256i high = _mm256_and_si256(_mm256_srli_epi16(v, 4), low);
			__m256i exponent = _mm256_and_si256(_mm256_srli_epi16(v, 3), low);
			__m256i a = _mm256_add_epi8(_mm256_shuffle_epi8(a_table, nibble),
			                            _mm256_shuffle_epi8(a_fix, small));
			__m256i s = _mm256_add_epi8(_mm256_shuffle_epi8(s_table, nibble),
			                            _mm256_shuffle_epi8(s_fix, small));
			for (int g = 0; g < sums; g++) {
				__m256i b = _mm256_shuffle_epi8(table16(t->b[g]), high);
				some[g] = _mm256_add_epi16(some[g], _mm256_maddubs_epi16(a, b));
			}
			for (int g = 0; g < squares; g++) {
				__m256i w = _mm256_shuffle_epi8(table16(t->w[g]), exponent);
				w = _mm256_madd_epi16(_mm256_maddubs_epi16(s, w), ones);
				all->squares[g] = _mm256_add_epi32(all->squares[g], w);
			}
		}
		for (int g = 0; g < sums; g++)
			all->sums[g] = _mm256_add_epi32(all->sums[g], _mm256_madd_epi16(some[g], ones));
	}
}

AVX2 static void add_e4m3(const nibbles *t, const uint8_t *p, size_t n, groups *all)
{
	add_sums(t, p, n, 8, 2, 4, all);
}

AVX2 static void add_e5m2(const nibbles *t, const uint8_t *p, size_t n, groups *all)
{
	add_sums(t, p, n, 8, 4, 8, all);
}

AVX2 static void add_e2m3(const nibbles *t, const uint8_t *p, size_t n, groups *all)
{
	add_sums(t, p, n, 6, 1, 1, all);
}

AVX2 static void add_e3m2(const nibbles *t, const uint8_t *p, size_t n, groups *all)
{
	add_sums(t, p, n, 6, 1, 2, all);
}

/* Bytes of all ones were subtracted, once for every hit. */
AVX2_INLINE uint64_t count32(__m256i v)
{
	uint64_t n[4];
	_mm256_storeu_si256((__m256i *)(void *)n, _mm256_sad_epu8(v, _mm256_setzero_si256()));
	return n[0] + n[1] + n[2] + n[3];
}

AVX2_INLINE bool any(__m256i v)
{
	return _mm256_movemask_epi8(v) != 0;
}

AVX2_INLINE void take_ends(__m256i min, __m256i max, eights_so_far *all)
{
	int8_t least[32], most[32];
	_mm256_storeu_si256((__m256i *)(void *)least, min);
	_mm256_storeu_si256((__m256i *)(void *)most, max);
	for (int k = 0; k < 32; k++) {
		all->min = least[k] < all->min ? least[k] : all->min;
		all->max = most[k] > all->max ? most[k] : all->max;
	}
}

/* As eights_order(). */
AVX2_INLINE __m256i order32(__m256i v)
{
	const __m256i none = _mm256_setzero_si256(), body = _mm256_set1_epi8(0x7f);
	return _mm256_xor_si256(v, _mm256_and_si256(_mm256_cmpgt_epi8(none, v), body));
}

/* The ends of some elements that are not finite, or of one sign; how many are not finite, but for
 * minus zero. Writes all of them to `clean`, with 0 for those. */
AVX2 static void look_twice(const eights_type *e, const uint8_t *p, size_t n, uint8_t *clean,
                            eights_so_far *all)
{
	const bool unsigned_zero = eights_shapes[e->kind].unsigned_zero;
	const __m256i body = _mm256_set1_epi8(0x7f), top = _mm256_set1_epi8((char)e->top);
	const __m256i sign = _mm256_set1_epi8(-128), none = _mm256_setzero_si256();
	const __m256i infinity = _mm256_set1_epi8((char)(e->infinite ? e->top + 1 : 0x80));
	__m256i min = body, max = sign, odd = none, infinite = none;
	for (size_t i = 0; i < n; i += 32) {
		__m256i v = load32(p + i), size = _mm256_and_si256(v, body), order = order32(v);
		__m256i bad = unsigned_zero ? _mm256_cmpeq_epi8(v, sign) : _mm256_cmpgt_epi8(size, top);
		odd = _mm256_sub_epi8(odd, bad);
		infinite = _mm256_sub_epi8(infinite, _mm256_cmpeq_epi8(size, infinity));
		min = _mm256_min_epi8(min, _mm256_blendv_epi8(order, body, bad));
		max = _mm256_max_epi8(max, _mm256_blendv_epi8(order, sign, bad));
		_mm256_storeu_si256((__m256i *)(void *)(clean + i), _mm256_andnot_si256(bad, v));
	}
	take_ends(min, max, all);
	const uint64_t infinities = count32(infinite);
	all->infinities += infinities;
	all->nans += unsigned_zero ? 0 : count32(odd) - infinities;
}

/* Looks at elements of eight bits. Where there are numbers of both signs, the ends are the largest
 * bytes: as signed ones, and as others.
 * @return where all are finite: p, or `clean`. */
AVX2 static const uint8_t *look(const eights_type *e, const uint8_t *p, size_t n, uint8_t *clean,
                                eights_so_far *all)
{
	const bool unsigned_zero = eights_shapes[e->kind].unsigned_zero;
	const __m256i sign = _mm256_set1_epi8(-128), none = _mm256_setzero_si256();
	const __m256i top = _mm256_set1_epi8((char)e->top), ones = _mm256_set1_epi8(-1);
	__m256i plus = sign, minus = none, zeros = none, odd = none;
	for (size_t i = 0; i < n; i += 32) {
		__m256i v = load32(p + i);
		plus = _mm256_max_epi8(plus, v);
		minus = _mm256_max_epu8(minus, v);
		zeros = _mm256_sub_epi8(zeros, _mm256_cmpeq_epi8(v, none));
		odd = _mm256_sub_epi8(odd, _mm256_cmpeq_epi8(v, sign));
	}
	all->zeros += count32(zeros) + (unsigned_zero ? 0 : count32(odd));
	all->nans += unsigned_zero ? count32(odd) : 0;
	const __m256i size = _mm256_xor_si256(minus, sign); /* of those with a sign; others are less */
	if (any(_mm256_cmpgt_epi8(plus, top)) || any(_mm256_cmpgt_epi8(size, top)) ||
	    !any(_mm256_cmpgt_epi8(plus, ones)) || !any(_mm256_cmpgt_epi8(size, none))) {
		look_twice(e, p, n, clean, all);
		return clean;
	}
	take_ends(order32(minus), plus, all);
	return p;
}

/* The same of six bits; `codes` receives a byte each. */
AVX2 static void look_at_sixes(const uint8_t *p, size_t n, uint8_t *codes, eights_so_far *all)
{
	/* Three bytes to each four. The second half of the register starts eight bytes on. */
	const __m256i four = _mm256_setr_epi8(0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1, 4,
	                                      5, 6, -1, 7, 8, 9, -1, 10, 11, 12, -1, 13, 14, 15, -1);
	const __m256i one = _mm256_set1_epi32(63), two = _mm256_slli_epi32(one, 8);
	const __m256i body = _mm256_set1_epi8(31), none = _mm256_setzero_si256();
	__m256i min = _mm256_set1_epi8(127), max = _mm256_set1_epi8(-128), zeros = none;
	for (size_t i = 0; i < n; i += 32) {
		const uint8_t *from = p + i / 4 * 3;
		__m256i v = _mm256_inserti128_si256(
		    _mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)from)),
		    _mm_loadu_si128((const __m128i *)(const void *)(from + 8)), 1);
		v = _mm256_shuffle_epi8(v, four);
		__m256i a = _mm256_or_si256(_mm256_and_si256(v, one),
		                            _mm256_and_si256(_mm256_slli_epi32(v, 2), two));
		__m256i b =
		    _mm256_or_si256(_mm256_and_si256(_mm256_slli_epi32(v, 4), _mm256_slli_epi32(one, 16)),
		                    _mm256_and_si256(_mm256_slli_epi32(v, 6), _mm256_slli_epi32(one, 24)));
		v = _mm256_or_si256(a, b);
		_mm256_storeu_si256((__m256i *)(void *)(codes + i), v);
		__m256i size = _mm256_and_si256(v, body);
		zeros = _mm256_sub_epi8(zeros, _mm256_cmpeq_epi8(size, none));
		/* All ones but for the size, of those with a sign. */
		v = _mm256_xor_si256(size, _mm256_cmpgt_epi8(v, body));
		min = _mm256_min_epi8(min, v);
		max = _mm256_max_epi8(max, v);
	}
	take_ends(min, max, all);
	all->zeros += count32(zeros);
}

AVX2 static int64_t sum_of(__m256i v)
{
	int32_t x[8];
	int64_t sum = 0;
	_mm256_storeu_si256((__m256i *)(void *)x, v);
	for (int k = 0; k < 8; k++)
		sum += x[k];
	return sum;
}

/* Sums are twice, squares four times as large as they should be. They are shared among parts so
 * that each has as many as it could have by itself. */
AVX2 static void take(const eights_type *e, const groups *g, eights_so_far *all)
{
	int64_t sum = 0;
	__extension__ unsigned __int128 squares = 0;
	for (int k = SUMS - 1; k >= 0; k--)
		sum = sum * 256 + sum_of(g->sums[k]);
	for (int k = SQUARES - 1; k >= 0; k--)
		squares = (squares << 8) + (uint64_t)sum_of(g->squares[k]);
	const int64_t unit = (int64_t)1 << e->upper;
	sum /= 2;
	all->sums[1][0] += sum / unit;
	all->sums[0][0] += sum % unit;
	squares /= 4;
	const uint64_t upper = (uint64_t)(squares >> 2 * e->upper);
	all->squares[0][0] += (int64_t)(squares & (((uint64_t)1 << 2 * e->upper) - 1));
	all->squares[1][0] += (int64_t)(upper & (((uint64_t)1 << 2 * e->step) - 1));
	all->squares[1][2] += (int64_t)(upper >> 2 * e->step);
}

AVX2 void kernels_avx2_eights(const eights_type *e, const uint8_t *p, size_t n, eights_so_far *all)
{
	static void (*const of[])(const nibbles *, const uint8_t *, size_t, groups *) = {
	    add_e4m3, add_e4m3, add_e5m2, add_e5m2, add_e2m3, add_e3m2};
	const unsigned bits = eights_shapes[e->kind].bits;
	const size_t whole = n / 32 * 32;
	uint8_t space[CHUNK];
	nibbles tables;
	groups g;
	make_nibbles(e, &tables);
	for (int k = 0; k < SUMS; k++)
		g.sums[k] = _mm256_setzero_si256();
	for (int k = 0; k < SQUARES; k++)
		g.squares[k] = _mm256_setzero_si256();
	for (size_t i = 0; i < whole; i += CHUNK) {
		const size_t some = whole - i < CHUNK ? whole - i : CHUNK;
		const uint8_t *from = space;
		if (bits == 6)
			look_at_sixes(p + i / 4 * 3, some, space, all);
		else
			from = look(e, p + i, some, space, all);
		of[e->kind](&tables, from, some, &g);
	}
	take(e, &g, all);
	eights_add(e, p + whole * bits / 8, n - whole, all);
}

#endif
