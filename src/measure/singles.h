/* SPDX-License-Identifier: Apache-2.0 */
/*
 * singles.h - stored elements as floats, of the types whose every number a float holds.
 *
 * The loops are plain C that compilers do on many elements at a time, for the machine that the
 * function around them is made for: hence inline.
 */
#ifndef MEASURE_SINGLES_H
#define MEASURE_SINGLES_H

#include "measure/reals.h"

/** False for integers of more than 16 bits, and float64. */
static inline bool singles_hold(int32_t type)
{
	return type != ORAY_FLOAT64 && (oray_type_bits(type) <= 16 || type == ORAY_FLOAT32);
}

#define SINGLES_INLINE static inline __attribute__((always_inline))

/* Of one width each: that is what compilers see through. */
static inline uint16_t singles_load(const uint8_t *p)
{
#if REALS_AS_STORED
	uint16_t v;
	memcpy(&v, p, sizeof v);
	return v;
#else
	return (uint16_t)reals_load(p, 2);
#endif
}

#define SINGLES_EACH(load, value)                                                                  \
	for (size_t i = 0; i < n; i++) {                                                               \
		uint32_t v = (load);                                                                       \
		out[i] = (value);                                                                          \
	}                                                                                              \
	break

/* Two in each byte, the first in its low half: `flip` 8 of signed ones, 0 of others. */
SINGLES_INLINE void singles_halves(const uint8_t *p, size_t n, int flip, float *restrict out)
{
	enum { SOME = 256 };
	for (size_t start = 0; start < n; start += SOME) {
		int8_t apart[SOME];
		size_t some = n - start < SOME ? n - start : SOME;
		for (size_t i = 0; 2 * i < some; i++) {
			uint8_t v = p[start / 2 + i];
			apart[2 * i] = (int8_t)(((v & 15) ^ flip) - flip);
			apart[2 * i + 1] = (int8_t)((v >> 4 ^ flip) - flip);
		}
		for (size_t i = 0; i < some; i++)
			out[start + i] = (float)apart[i];
	}
}

/* By bit pattern, of 8 bits and less. */
static inline void singles_by_table(const reals *r, const uint8_t *p, size_t n, float *restrict out)
{
	unsigned bits = r->bits, mask = (1u << bits) - 1;
	size_t i = 0;
	for (; bits == 8 && i < n; i++)
		out[i] = r->singles[p[i]];
	for (; bits == 2 && i + 4 <= n; i += 4)
		for (size_t k = 0; k < 4; k++)
			out[i + k] = r->singles[p[i / 4] >> 2 * k & 3];
	for (; i < n; i++) {
		size_t bit = i * bits, byte = bit / 8;
		unsigned v = p[byte];
		if (bit % 8 + bits > 8)
			v |= (unsigned)p[byte + 1] << 8;
		out[i] = r->singles[v >> bit % 8 & mask];
	}
}

/** Elements from raw bytes; the first one starts a byte. */
SINGLES_INLINE void singles_decode(const reals *r, const uint8_t *p, size_t n, float *restrict out)
{
	switch (r->type) {
	case ORAY_FLOAT32:
		SINGLES_EACH((uint32_t)reals_load(p + i * 4, 4), reals_single(v));
	case ORAY_FLOAT16:
		SINGLES_EACH(singles_load(p + i * 2), reals_half((uint16_t)v));
	case ORAY_BFLOAT16:
		SINGLES_EACH(singles_load(p + i * 2), reals_single(v << 16));
	case ORAY_INT16:
		SINGLES_EACH(singles_load(p + i * 2), (float)(int16_t)(uint16_t)v);
	case ORAY_UINT16:
		SINGLES_EACH(singles_load(p + i * 2), (float)(int32_t)v);
	case ORAY_INT8:
		SINGLES_EACH(p[i], (float)(int8_t)(uint8_t)v);
	case ORAY_UINT8:
		SINGLES_EACH(p[i], (float)(int32_t)v);
	case ORAY_INT4:
		singles_halves(p, n, 8, out);
		break;
	case ORAY_UINT4:
		singles_halves(p, n, 0, out);
		break;
	default:
		singles_by_table(r, p, n, out);
	}
}

#undef SINGLES_EACH

/** singles_decode() for any machine. */
void singles_plain(const reals *r, const uint8_t *p, size_t n, float *out);

#endif
