/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reals.h - stored elements of any numeric type as doubles, many at a time.
 */
#ifndef MEASURE_REALS_H
#define MEASURE_REALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <onnxray/onnxray.h>

/** How to read one type. */
typedef struct reals {
	int32_t type;
	uint32_t bits;
	unsigned swap;      /**< 4: of two in a byte the first one is in the high bits; otherwise 0 */
	double table[256];  /**< types of 8 bits and less: by bit pattern, as many as there are */
	float singles[256]; /**< the same, of reals_prepare() only */
} reals;

/** @return false for types that hold no real numbers: strings, complex ones, unknown ones. */
bool reals_prepare(reals *r, int32_t type);

/** The same for packings that have numbers of their own. @return false for others. */
bool reals_prepare_table(reals *r, oray_packing packing);

/**
 * Elements from raw bytes.
 * @param p      Where the first one starts; any alignment.
 * @param phase  Bits of *p that are to be passed over; 0 unless elements are of less than 8 bits.
 */
void reals_decode(const reals *r, const uint8_t *p, unsigned phase, size_t n, double *out);

/** Ends of the range of an integer type; false for floating types and bool. */
bool reals_range(int32_t type, double *low, double *high);

/** True where floats lie in memory as they do in files. */
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define REALS_AS_STORED 1
#else
#define REALS_AS_STORED 0
#endif

/** A little-endian number at any address. */
static inline uint64_t reals_load(const uint8_t *p, unsigned bytes)
{
#if REALS_AS_STORED
	uint64_t v = 0;
	memcpy(&v, p, bytes);
	return v;
#else
	uint64_t v = 0;
	for (unsigned i = 0; i < bytes; i++)
		v |= (uint64_t)p[i] << (8 * i);
	return v;
#endif
}

static inline float reals_single(uint32_t bits)
{
	float f;
	memcpy(&f, &bits, sizeof f);
	return f;
}

/** Exactly; an integer trick that the compiler can do on many at a time. */
static inline float reals_half(uint16_t h)
{
	/* Exponent and fraction in their places, then scaled from bias 15 to 127; denormals come right
	 * by themselves. Infinity and NaN get the exponent of all ones. */
	uint32_t body = (uint32_t)(h & 0x7fff) << 13, sign = (uint32_t)(h & 0x8000) << 16, bits;
	float f = reals_single(body) * 0x1p112f;
	memcpy(&bits, &f, sizeof bits);
	bits |= (h & 0x7c00) == 0x7c00 ? 0x7f800000u : 0;
	return reals_single(bits | sign);
}

#endif
