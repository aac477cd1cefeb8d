/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernels_lanes.h - what the files of kernels for x86-64 share: the ends of reductions.
 */
#ifndef MEASURE_KERNELS_LANES_H
#define MEASURE_KERNELS_LANES_H

#include <immintrin.h>
#include <stdint.h>

/** Whatever has AVX2 and FMA has F16C, which older compilers cannot ask for. */
#define AVX2 __attribute__((target("avx2,fma,f16c")))

/** Made anew for each kind of block, without what it does not ask for. */
#define AVX2_INLINE static inline __attribute__((always_inline, target("avx2,fma,f16c")))

static inline double sum4(__m128 v)
{
	float f[4];
	_mm_storeu_ps(f, v);
	return ((double)f[0] + (double)f[1]) + ((double)f[2] + (double)f[3]);
}

static inline double min4(__m128 v)
{
	v = _mm_min_ps(v, _mm_movehl_ps(v, v));
	return (double)_mm_cvtss_f32(_mm_min_ss(v, _mm_shuffle_ps(v, v, 1)));
}

static inline double max4(__m128 v)
{
	v = _mm_max_ps(v, _mm_movehl_ps(v, v));
	return (double)_mm_cvtss_f32(_mm_max_ss(v, _mm_shuffle_ps(v, v, 1)));
}

AVX2 static inline __m128 low_and_high(__m256 v, int how)
{
	__m128 a = _mm256_castps256_ps128(v), b = _mm256_extractf128_ps(v, 1);
	return how < 0 ? _mm_min_ps(a, b) : _mm_max_ps(a, b);
}

AVX2 static inline double sum8(__m256 v)
{
	return sum4(_mm256_castps256_ps128(v)) + sum4(_mm256_extractf128_ps(v, 1));
}

#endif
