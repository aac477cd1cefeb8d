/* SPDX-License-Identifier: Apache-2.0 */
#include "measure/kernels_x86.h"

#if !defined(__x86_64__)

const kernels *kernels_x86(int level)
{
	(void)level;
	return NULL;
}

#else

#include <cpuid.h>
#include <float.h>
#include <math.h>
#include <stdatomic.h>

#include "measure/kernels_lanes.h"
#include "measure/singles.h"

/* ------------------------------------------------------------------------------------ SSE2 -- */

/* x - y in double precision, two at a time: there is no other way to round once. */
static __m128 difference(__m128 a, __m128 q, __m128 z, __m128 s)
{
	__m128d y = _mm_mul_pd(_mm_sub_pd(_mm_cvtps_pd(q), _mm_cvtps_pd(z)), _mm_cvtps_pd(s));
	return _mm_cvtpd_ps(_mm_sub_pd(_mm_cvtps_pd(a), y));
}

static __m128 least_but_0(__m128 low, __m128 size)
{
	__m128 zero = _mm_cmpeq_ps(size, _mm_setzero_ps());
	return _mm_min_ps(low,
	                  _mm_or_ps(_mm_and_ps(zero, _mm_set1_ps(FLT_MAX)), _mm_andnot_ps(zero, size)));
}

static __m128 of_each(const float *list, size_t i, unsigned run)
{
	return run ? _mm_set1_ps(list[i >> run]) : _mm_loadu_ps(list + i);
}

static void sse2_pairs(const kernel_pairs *p, size_t n, kernel_sums *out)
{
	const __m128 none = _mm_setzero_ps(), sign = _mm_set1_ps(-0.0f);
	__m128 xx = none, yy = none, ee = none, mx = none, me = none, low = _mm_set1_ps(FLT_MAX);
	size_t i = 0;
	for (; i + 4 <= n; i += 4) {
		__m128 squares = none, others = none, errors = none, large = none, other = none;
		size_t row = 0;
		do {
			const uint8_t *left = p->x + (row * p->x_pitch + i) * 4;
			const uint8_t *right = p->stored + (row * p->stored_pitch + i) * 4;
			__m128 a = _mm_loadu_ps((const float *)(const void *)left), e;
			__m128 y = _mm_loadu_ps((const float *)(const void *)right);
			if (p->scale) {
				__m128 s = of_each(p->scale, i, p->run);
				__m128 z = p->zero ? of_each(p->zero, i, p->run) : none;
				e = _mm_movelh_ps(difference(a, y, z, s),
				                  difference(_mm_movehl_ps(a, a), _mm_movehl_ps(y, y),
				                             _mm_movehl_ps(z, z), _mm_movehl_ps(s, s)));
				y = _mm_mul_ps(_mm_sub_ps(y, z), s);
			} else {
				e = _mm_sub_ps(a, y);
			}
			__m128 x = p->mirrored ? y : a;
			y = p->mirrored ? a : y;
			squares = _mm_add_ps(squares, _mm_mul_ps(x, x));
			errors = _mm_add_ps(errors, _mm_mul_ps(e, e));
			others = _mm_add_ps(others, _mm_mul_ps(y, y));
			large = _mm_max_ps(large, _mm_andnot_ps(sign, x));
			other = _mm_max_ps(other, _mm_andnot_ps(sign, y));
			me = _mm_max_ps(me, _mm_andnot_ps(sign, e));
		} while (++row < p->rows);
		xx = _mm_add_ps(xx, squares);
		yy = _mm_add_ps(yy, others);
		ee = _mm_add_ps(ee, errors);
		mx = _mm_max_ps(mx, large);
		low = least_but_0(least_but_0(low, large), other);
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
			some.scale += i >> p->run;
		if (p->zero)
			some.zero += i >> p->run;
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

static void sse2_doubles(const reals *r, const uint8_t *p, size_t n, const kernel_asked *ask,
                         kernel_doubles *out)
{
	*out = (kernel_doubles){.min = (double)INFINITY, .max = -(double)INFINITY};
	kernels_doubles(r, p, n, ask, out);
}

static const kernels sse2 = {.name = "sse2",
                             .floats = kernels_sse2_floats,
                             .doubles = sse2_doubles,
                             .bins = kernels_bins,
                             .singles = singles_plain,
                             .compare = sse2_compare,
                             .add = kernels_add,
                             .turn = sse2_turn};

/* ------------------------------------------------------------------------------------ AVX2 -- */

/* Eight numbers of a list: one each, or one for all. */
AVX2_INLINE __m256 list8(const float *list, size_t i, unsigned run, bool runs)
{
	return runs ? _mm256_broadcast_ss(list + (i >> run)) : _mm256_loadu_ps(list + i);
}

/* Eight stored numbers: floats, or bytes. */
AVX2_INLINE __m256 stored8(const uint8_t *p, int32_t bytes)
{
	if (!bytes)
		return _mm256_loadu_ps((const float *)(const void *)p);
	__m128i v = _mm_loadl_epi64((const __m128i *)(const void *)p);
	return _mm256_cvtepi32_ps(bytes == ORAY_INT8 ? _mm256_cvtepi8_epi32(v)
	                                             : _mm256_cvtepu8_epi32(v));
}

AVX2_INLINE void avx2_pairs(const kernel_pairs *p, size_t n, bool scaled, bool shifted, bool each,
                            bool mirrored, bool runs, int32_t bytes, kernel_sums *out)
{
	const __m256 none = _mm256_setzero_ps(), sign = _mm256_set1_ps(-0.0f);
	const __m256i ones = _mm256_set1_epi32(-1);
	__m256 xx[2] = {none, none}, yy[2] = {none, none}, ee[2] = {none, none};
	__m256 mx[2] = {none, none}, me[2] = {none, none};
	__m256i low = ones;
	const unsigned run = p->run;
	const size_t width = bytes ? 1 : 4;
	size_t i = 0;
	for (; i + 16 <= n; i += 16) {
		const uint8_t *left = p->x + i * 4, *right = p->stored + i * width;
		__m256 squares[2] = {none, none}, others[2] = {none, none}, errors[2] = {none, none};
		__m256 large[2] = {none, none}, other[2] = {none, none};
		for (size_t row = 0;; left += p->x_pitch * 4, right += p->stored_pitch * width) {
			for (size_t h = 0; h < 2; h++) {
				__m256 a = _mm256_loadu_ps((const float *)(const void *)(left + h * 32)), e;
				__m256 y = stored8(right + h * 8 * width, bytes);
				__m256 s = scaled ? list8(p->scale, i + h * 8, run, runs) : none;
				if (shifted)
					y = _mm256_sub_ps(y, list8(p->zero, i + h * 8, run, runs));
				e = scaled ? _mm256_fnmadd_ps(y, s, a) : _mm256_sub_ps(a, y);
				if (scaled)
					y = _mm256_mul_ps(y, s);
				__m256 x = mirrored ? y : a;
				y = mirrored ? a : y;
				me[h] = _mm256_max_ps(me[h], _mm256_andnot_ps(sign, e));
				if (!each) {
					mx[h] = _mm256_max_ps(mx[h], _mm256_andnot_ps(sign, x));
					xx[h] = _mm256_fmadd_ps(x, x, xx[h]);
					yy[h] = _mm256_fmadd_ps(y, y, yy[h]);
					ee[h] = _mm256_fmadd_ps(e, e, ee[h]);
					continue;
				}
				large[h] = _mm256_max_ps(large[h], _mm256_andnot_ps(sign, x));
				other[h] = _mm256_max_ps(other[h], _mm256_andnot_ps(sign, y));
				squares[h] = _mm256_fmadd_ps(x, x, squares[h]);
				others[h] = _mm256_fmadd_ps(y, y, others[h]);
				errors[h] = _mm256_fmadd_ps(e, e, errors[h]);
			}
			if (!each || ++row >= p->rows)
				break;
		}
		for (size_t h = 0; each && h < 2; h++) {
			/* Less one, zero is the largest. */
			__m256i one = _mm256_add_epi32(_mm256_castps_si256(large[h]), ones);
			__m256i two = _mm256_add_epi32(_mm256_castps_si256(other[h]), ones);
			low = _mm256_min_epu32(low, _mm256_min_epu32(one, two));
			mx[h] = _mm256_max_ps(mx[h], large[h]);
			xx[h] = _mm256_add_ps(xx[h], squares[h]);
			yy[h] = _mm256_add_ps(yy[h], others[h]);
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

#define PAIRS(name, scaled, shifted, mirrored)                                                     \
	AVX2 static void name(const kernel_pairs *p, size_t n, kernel_sums *out)                       \
	{                                                                                              \
		avx2_pairs(p, n, scaled, shifted, false, mirrored, false, 0, out);                         \
	}                                                                                              \
	AVX2 static void name##_each(const kernel_pairs *p, size_t n, kernel_sums *out)                \
	{                                                                                              \
		avx2_pairs(p, n, scaled, shifted, true, mirrored, false, 0, out);                          \
	}                                                                                              \
	AVX2 static void name##_runs(const kernel_pairs *p, size_t n, kernel_sums *out)                \
	{                                                                                              \
		avx2_pairs(p, n, scaled, shifted, false, mirrored, scaled, 0, out);                        \
	}                                                                                              \
	AVX2 static void name##_each_runs(const kernel_pairs *p, size_t n, kernel_sums *out)           \
	{                                                                                              \
		avx2_pairs(p, n, scaled, shifted, true, mirrored, scaled, 0, out);                         \
	}
#define BYTES(name, shifted, type)                                                                 \
	AVX2 static void name(const kernel_pairs *p, size_t n, kernel_sums *out)                       \
	{                                                                                              \
		avx2_pairs(p, n, true, shifted, false, false, false, type, out);                           \
	}                                                                                              \
	AVX2 static void name##_each(const kernel_pairs *p, size_t n, kernel_sums *out)                \
	{                                                                                              \
		avx2_pairs(p, n, true, shifted, true, false, false, type, out);                            \
	}
#define NAMES(name)                                                                                \
	{                                                                                              \
		name, name##_each, name##_runs, name##_each_runs                                           \
	}
PAIRS(avx2_both, false, false, false)
PAIRS(avx2_scaled, true, false, false)
PAIRS(avx2_shifted, true, true, false)
PAIRS(avx2_mirrored, true, true, true)
BYTES(avx2_int8, false, ORAY_INT8)
BYTES(avx2_int8_shifted, true, ORAY_INT8)
BYTES(avx2_uint8, false, ORAY_UINT8)
BYTES(avx2_uint8_shifted, true, ORAY_UINT8)

AVX2 static void avx2_compare(const kernel_pairs *p, size_t n, kernel_sums *out)
{
	static const float zero[KERNEL_BLOCK];
	static void (*const all[4][4])(const kernel_pairs *, size_t, kernel_sums *) = {
	    NAMES(avx2_both), NAMES(avx2_scaled), NAMES(avx2_shifted), NAMES(avx2_mirrored)};
	static void (*const of_bytes[2][2][2])(const kernel_pairs *, size_t, kernel_sums *) = {
	    {{avx2_int8, avx2_int8_each}, {avx2_int8_shifted, avx2_int8_shifted_each}},
	    {{avx2_uint8, avx2_uint8_each}, {avx2_uint8_shifted, avx2_uint8_shifted_each}}};
	kernel_pairs pairs = *p;
	if (p->bytes) {
		of_bytes[p->bytes == ORAY_UINT8][p->zero != NULL][p->squares != NULL](p, n, out);
		return;
	}
	if (p->mirrored && !p->scale) {
		pairs.x = p->stored;
		pairs.x_pitch = p->stored_pitch;
		pairs.stored = p->x;
		pairs.stored_pitch = p->x_pitch;
		pairs.mirrored = false;
	} else if (p->mirrored && !p->zero) {
		pairs.zero = zero;
	}
	all[!p->scale     ? 0
	    : p->mirrored ? 3
	    : p->zero     ? 2
	                  : 1][(p->squares != NULL) + 2 * (p->run != 0)](&pairs, n, out);
}

/* Eight by eight. */
AVX2_INLINE void turn8(const float *in, size_t from, float *out, size_t to)
{
	__m256 a[8], b[8];
	for (size_t k = 0; k < 4; k++) { /* rows k and k + 4 side by side, halves of eight columns */
		__m256 top = _mm256_loadu_ps(in + k * from), down = _mm256_loadu_ps(in + (k + 4) * from);
		a[k] = _mm256_permute2f128_ps(top, down, 0x20);
		a[k + 4] = _mm256_permute2f128_ps(top, down, 0x31);
	}
	for (size_t k = 0; k < 8; k += 4) {
		b[k] = _mm256_unpacklo_ps(a[k], a[k + 1]);
		b[k + 1] = _mm256_unpackhi_ps(a[k], a[k + 1]);
		b[k + 2] = _mm256_unpacklo_ps(a[k + 2], a[k + 3]);
		b[k + 3] = _mm256_unpackhi_ps(a[k + 2], a[k + 3]);
		_mm256_storeu_ps(out + k * to, _mm256_shuffle_ps(b[k], b[k + 2], 0x44));
		_mm256_storeu_ps(out + (k + 1) * to, _mm256_shuffle_ps(b[k], b[k + 2], 0xee));
		_mm256_storeu_ps(out + (k + 2) * to, _mm256_shuffle_ps(b[k + 1], b[k + 3], 0x44));
		_mm256_storeu_ps(out + (k + 3) * to, _mm256_shuffle_ps(b[k + 1], b[k + 3], 0xee));
	}
}

AVX2 static void avx2_turn(const float *in, size_t from, size_t rows, size_t columns, float *out,
                           size_t to)
{
	size_t i = 0, whole = rows / 8 * 8;
	for (; i + 8 <= columns; i += 8)
		for (size_t k = 0; k < whole; k += 8)
			turn8(in + k * from + i, from, out + i * to + k, to);
	sse2_turn(in + i, from, whole, columns - i, out + i * to, to);
	sse2_turn(in + whole * from, from, rows - whole, columns, out + whole, to);
}

AVX2 static void avx2_add(const float *some, size_t n, float *restrict all)
{
	for (size_t i = 0; i < n; i++)
		all[i] += some[i];
}

static void avx512_compare(const kernel_pairs *p, size_t n, kernel_sums *out)
{
	if (!kernels_avx512_compare(p, n, out))
		avx2_compare(p, n, out);
}

static void avx512_turn(const float *in, size_t from, size_t rows, size_t columns, float *out,
                        size_t to)
{
	const size_t down = rows / 16 * 16, across = columns / 16 * 16;
	kernels_avx512_turn(in, from, down, across, out, to);
	avx2_turn(in + across, from, down, columns - across, out + across * to, to);
	avx2_turn(in + down * from, from, rows - down, columns, out + down, to);
}

/* What is better with 512 bits is named for that. */
#define AVX2_BUT(called, best_codes, most_codes, best_eights, best_compare, bits, best_turn)       \
	{                                                                                              \
		.name = (called), .floats = kernels_avx2_floats, .doubles = kernels_avx2_doubles,          \
		.bytes = kernels_avx2_bytes, .zeros = kernels_avx2_zeros, .shorts = kernels_avx2_shorts,   \
		.codes = (best_codes), .codes_most = (most_codes), .eights = (best_eights),                \
		.bins = kernels_avx2_bins, .singles = kernels_avx2_singles, .compare = (best_compare),     \
		.compares_bits = (bits), .add = avx2_add, .turn = (best_turn)                              \
	}
static const kernels avx2 =
    AVX2_BUT("avx2", kernels_avx2_codes, 4, kernels_avx2_eights, avx2_compare, 8, avx2_turn);
static const kernels avx512 = AVX2_BUT("avx512", kernels_avx512_codes, 4, kernels_avx2_eights,
                                       avx512_compare, 4, avx512_turn);
static const kernels vbmi =
    AVX2_BUT("vbmi", kernels_vbmi_codes, 8, kernels_vnni_eights, avx512_compare, 4, avx512_turn);

/* What the system saves of registers when it switches threads; of no use is what it does not. */
static uint64_t saved_registers(void)
{
	uint32_t low, high;
	__asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	return (uint64_t)high << 32 | low;
}

/*
 * The best level of this machine. Asked here, and not by __builtin_cpu_supports(), which asks when
 * any program with it starts: on a virtual machine that costs a fiftieth of a short report.
 */
static int level_here(void)
{
	const uint64_t ymm = 6, zmm = 0xe6;
	uint32_t a, b, c, d;
	if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE) || !(c & bit_FMA))
		return KERNELS_SSE2;
	uint64_t saved = saved_registers();
	if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || !(b & bit_AVX2) || (saved & ymm) != ymm)
		return KERNELS_SSE2;
	bool wide = b & bit_AVX512F && b & bit_AVX512BW && b & bit_AVX512DQ && (saved & zmm) == zmm;
	bool tables = c & bit_AVX512VBMI && c & bit_AVX512VNNI;
	return !wide ? KERNELS_AVX2 : tables ? KERNELS_VBMI : KERNELS_AVX512;
}

const kernels *kernels_x86(int level)
{
	static atomic_int known = -1;
	int here = atomic_load_explicit(&known, memory_order_relaxed);
	if (here < 0) {
		here = level_here();
		atomic_store_explicit(&known, here, memory_order_relaxed);
	}
	if (level >= KERNELS_VBMI && here >= KERNELS_VBMI)
		return &vbmi;
	if (level >= KERNELS_AVX512 && here >= KERNELS_AVX512)
		return &avx512;
	if (level >= KERNELS_AVX2 && here >= KERNELS_AVX2)
		return &avx2;
	return level >= KERNELS_SSE2 ? &sse2 : NULL;
}

#endif
