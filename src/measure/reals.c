/* SPDX-License-Identifier: Apache-2.0 */
#include "measure/reals.h"

#include <math.h>

#include "load/floats.h"

enum kind { KIND_NONE, KIND_FLOATING, KIND_SIGNED, KIND_UNSIGNED };

static enum kind kind_of(int32_t type)
{
	switch (type) {
	case ORAY_INT2:
	case ORAY_INT4:
	case ORAY_INT8:
	case ORAY_INT16:
	case ORAY_INT32:
	case ORAY_INT64:
		return KIND_SIGNED;
	case ORAY_BOOL:
	case ORAY_UINT2:
	case ORAY_UINT4:
	case ORAY_UINT8:
	case ORAY_UINT16:
	case ORAY_UINT32:
	case ORAY_UINT64:
		return KIND_UNSIGNED;
	case ORAY_COMPLEX64:
	case ORAY_COMPLEX128:
		return KIND_NONE;
	default:
		return oray_type_bits(type) ? KIND_FLOATING : KIND_NONE;
	}
}

bool reals_range(int32_t type, double *low, double *high)
{
	enum kind kind = kind_of(type);
	int bits = (int)oray_type_bits(type);
	if (type == ORAY_BOOL || (kind != KIND_SIGNED && kind != KIND_UNSIGNED))
		return false;
	*low = kind == KIND_SIGNED ? -ldexp(1, bits - 1) : 0;
	*high = ldexp(1, kind == KIND_SIGNED ? bits - 1 : bits) - 1;
	return true;
}

bool reals_prepare(reals *r, int32_t type)
{
	enum kind kind = kind_of(type);
	r->type = type;
	r->swap = 0;
	r->bits = oray_type_bits(type);
	if (kind == KIND_NONE)
		return false;
	for (unsigned i = 0; r->bits <= 8 && i < 1u << r->bits; i++) {
		oray_element e = element_of_bits(type, i);
		r->table[i] = kind == KIND_FLOATING ? e.f : kind == KIND_SIGNED ? (double)e.i : (double)e.u;
		r->singles[i] = (float)r->table[i];
	}
	return true;
}

bool reals_prepare_table(reals *r, oray_packing packing)
{
	/* Of bitsandbytes: quantiles of a normal distribution, and a float of four bits whose largest
	 * number is 1. MatMulBnb4 has the same. */
	static const double nf4[16] = {
	    -1.0,
	    -0.6961928009986877,
	    -0.5250730514526367,
	    -0.39491748809814453,
	    -0.28444138169288635,
	    -0.18477343022823334,
	    -0.09105003625154495,
	    0.0,
	    0.07958029955625534,
	    0.16093020141124725,
	    0.24611230194568634,
	    0.33791524171829224,
	    0.44070982933044434,
	    0.5626170039176941,
	    0.7229568362236023,
	    1.0,
	};
	static const double fp4[8] = {0, 1 / 192.0, 2 / 3.0, 1, 1 / 3.0, 0.5, 1 / 6.0, 0.25};

	if (packing != ORAY_PACK_NF4 && packing != ORAY_PACK_FP4)
		return false;
	*r = (reals){.type = ORAY_COMPLEX128, .bits = 4, .swap = 4}; /* a type of nobody else */
	for (unsigned i = 0; i < 16; i++)
		r->table[i] = packing == ORAY_PACK_NF4 ? nf4[i] : i < 8 ? fp4[i] : -fp4[i - 8];
	return true;
}

static void decode_small(const reals *r, const uint8_t *p, unsigned phase, size_t n, double *out)
{
	unsigned bits = r->bits, mask = (1u << bits) - 1;
	for (size_t i = 0; i < n; i++) {
		unsigned v = *p;
		if (phase + bits > 8)
			v |= (unsigned)p[1] << 8;
		out[i] = r->table[v >> (phase ^ r->swap) & mask];
		phase += bits;
		p += phase / 8;
		phase %= 8;
	}
}

/* A loop a type, so that each can be done on many at a time. */
#define EACH(bytes, value)                                                                         \
	for (size_t i = 0; i < n; i++) {                                                               \
		uint64_t v = reals_load(p + i * (bytes), (bytes));                                         \
		out[i] = (value);                                                                          \
	}                                                                                              \
	return

void reals_decode(const reals *r, const uint8_t *p, unsigned phase, size_t n, double *out)
{
	switch (r->type) {
	case ORAY_FLOAT32:
		EACH(4, (double)reals_single((uint32_t)v));
	case ORAY_FLOAT16:
		EACH(2, (double)reals_half((uint16_t)v));
	case ORAY_BFLOAT16:
		EACH(2, (double)reals_single((uint32_t)v << 16));
	case ORAY_FLOAT64:
		EACH(8, element_of_bits(ORAY_FLOAT64, v).f);
	case ORAY_INT16:
		EACH(2, (double)(int16_t)(uint16_t)v);
	case ORAY_UINT16:
		EACH(2, (double)v);
	case ORAY_INT32:
		EACH(4, (double)(int32_t)(uint32_t)v);
	case ORAY_UINT32:
		EACH(4, (double)v);
	case ORAY_INT64:
		EACH(8, (double)(int64_t)v);
	case ORAY_UINT64:
		EACH(8, (double)v);
	default:
		break;
	}
	if (r->bits < 8) {
		decode_small(r, p, phase, n, out);
		return;
	}
	for (size_t i = 0; i < n; i++)
		out[i] = r->table[p[i]];
}
