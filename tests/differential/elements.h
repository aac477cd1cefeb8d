/* SPDX-License-Identifier: Apache-2.0 */
/*
 * elements.h - the elements of a TensorProto, taken from the decoded message by other means than
 * the library's: bit by bit, and with floating formats spelled out one by one.
 */
#ifndef DIFFERENTIAL_ELEMENTS_H
#define DIFFERENTIAL_ELEMENTS_H

#include <math.h>

#include "check.h"

/* Bits of an element, from the standard's table. */
static unsigned element_bits(int32_t type)
{
	switch (type) {
	case 25: case 26:
		return 2;
	case 21: case 22: case 23:
		return 4;
	case 27: case 28:
		return 6;
	case 2: case 3: case 9: case 17: case 18: case 19: case 20: case 24:
		return 8;
	case 4: case 5: case 10: case 16:
		return 16;
	case 1: case 6: case 12:
		return 32;
	case 7: case 11: case 13: case 14:
		return 64;
	case 15:
		return 128;
	default:
		return 0;
	}
}

static double from_float_bits(uint32_t bits)
{
	float f;
	memcpy(&f, &bits, sizeof f);
	return (double)f;
}

/* IEEE half precision by way of single precision. */
static double from_half(uint32_t h)
{
	uint32_t sign = (h & 0x8000) << 16, rest = h & 0x7fff;
	if (rest >= 0x7c00)
		return from_float_bits(sign | 0x7f800000 | (rest & 0x3ff) << 13);
	if (rest >= 0x400)
		return from_float_bits(sign | ((rest << 13) + ((127 - 15) << 23)));
	double d = rest / 16777216.0; /* 2^-24 is the unit of subnormal numbers */
	return sign ? -d : d;
}

/* A small float without infinities: sign, exponent, mantissa; unit: the smallest positive value. */
static double from_small(uint32_t bits, unsigned exponent, unsigned mantissa, double unit)
{
	uint32_t m = bits & ((1u << mantissa) - 1);
	uint32_t e = bits >> mantissa & ((1u << exponent) - 1);
	double d = unit * (e ? m + (1u << mantissa) : m);
	for (; e > 1; e--)
		d *= 2;
	return bits >> (exponent + mantissa) & 1 ? -d : d;
}

static double as_float(int32_t type, uint64_t bits)
{
	uint32_t b = (uint32_t)bits & 0xff;
	double d;
	switch (type) {
	case 1:
		return from_float_bits((uint32_t)bits);
	case 11:
		memcpy(&d, &bits, sizeof d);
		return d;
	case 10:
		return from_half((uint32_t)bits & 0xffff);
	case 16:
		return from_float_bits((uint32_t)bits << 16);
	case 17:
		return (b & 0x7f) == 0x7f ? NAN : from_small(b, 4, 3, 1.0 / 512);
	case 18:
		return b == 0x80 ? NAN : from_small(b, 4, 3, 1.0 / 1024);
	case 19:
		return from_half(b << 8);
	case 20:
		return b == 0x80 ? NAN : from_small(b, 5, 2, 1.0 / 131072);
	case 23:
		return from_small(b & 0xf, 2, 1, 0.5);
	case 24:
		if (b == 0xff)
			return NAN;
		return b ? from_float_bits(b << 23) : from_float_bits(1u << 22);
	case 27:
		return from_small(b & 0x3f, 2, 3, 0.125);
	default:
		return from_small(b & 0x3f, 3, 2, 0.0625);
	}
}

static bool is_float(int32_t type)
{
	return type == 1 || type == 10 || type == 11 || (type >= 16 && type <= 20) || type == 23 ||
	       type == 24 || type == 27 || type == 28;
}

static bool is_signed(int32_t type)
{
	return type == 3 || type == 5 || type == 6 || type == 7 || type == 22 || type == 26;
}

static oray_element as_element(int32_t type, uint64_t bits)
{
	oray_element e = {.u = 0};
	unsigned n = element_bits(type);
	if (n && n < 64)
		bits &= (UINT64_C(1) << n) - 1;
	if (is_float(type))
		e.f = as_float(type, bits);
	else if (type == 9)
		e.u = bits ? 1 : 0;
	else if (is_signed(type) && n < 64 && bits >> (n - 1))
		e.i = (int64_t)bits - (INT64_C(1) << n);
	else
		e.u = bits;
	return e;
}

/* `n` bits from bit `at` on, lowest first. */
static uint64_t take_bits(bin raw, uint64_t at, unsigned n)
{
	uint64_t bits = 0;
	for (unsigned i = 0; i < n; i++, at++)
		bits |= (uint64_t)(raw.data[at / 8] >> (at % 8) & 1) << i;
	return bits;
}

static oray_element raw_value(const Onnx__TensorProto *t, uint64_t i)
{
	unsigned n = element_bits(t->data_type);
	oray_element e;
	if (t->data_type == 14 || t->data_type == 15) {
		e.c.re = as_float(n == 64 ? 1 : 11, take_bits(t->raw_data, i * n, n / 2));
		e.c.im = as_float(n == 64 ? 1 : 11, take_bits(t->raw_data, i * n + n / 2, n / 2));
		return e;
	}
	return as_element(t->data_type, take_bits(t->raw_data, i * n, n));
}

/* Entries in the typed field that belongs to a tensor's type. */
static uint64_t typed_entries(const Onnx__TensorProto *t)
{
	switch (t->data_type) {
	case 1: case 14:
		return t->n_float_data;
	case 11: case 15:
		return t->n_double_data;
	case 7:
		return t->n_int64_data;
	case 12: case 13:
		return t->n_uint64_data;
	case 8:
		return t->n_string_data;
	default:
		return t->n_int32_data;
	}
}

static uint64_t entries_needed(int32_t type, uint64_t elements)
{
	unsigned n = element_bits(type);
	if (type == 14 || type == 15)
		return elements * 2;
	return n == 2 ? elements / 4 + (elements % 4 != 0) : n == 4 ? elements / 2 + elements % 2
	                                                            : elements;
}

static oray_element typed_value(const Onnx__TensorProto *t, uint64_t i)
{
	oray_element e = {.u = 0};
	unsigned n = element_bits(t->data_type);
	switch (t->data_type) {
	case 1:
		e.f = (double)t->float_data[i];
		return e;
	case 14:
		e.c.re = (double)t->float_data[2 * i];
		e.c.im = (double)t->float_data[2 * i + 1];
		return e;
	case 11:
		e.f = t->double_data[i];
		return e;
	case 15:
		e.c.re = t->double_data[2 * i];
		e.c.im = t->double_data[2 * i + 1];
		return e;
	case 7:
		e.i = t->int64_data[i];
		return e;
	case 12:
		e.u = (uint32_t)t->uint64_data[i];
		return e;
	case 13:
		e.u = t->uint64_data[i];
		return e;
	case 8:
		e.s = (oray_str){(const char *)t->string_data[i].data, t->string_data[i].len};
		return e;
	default:
		break;
	}
	if (n == 4)
		return as_element(t->data_type, (uint32_t)t->int32_data[i / 2] >> (i % 2 * 4));
	if (n == 2)
		return as_element(t->data_type, (uint32_t)t->int32_data[i / 4] >> (i % 4 * 2));
	return as_element(t->data_type, (uint64_t)(int64_t)t->int32_data[i]);
}

static bool same_double(double a, double b)
{
	if (a != a || b != b)
		return a != a && b != b;
	return memcmp(&a, &b, sizeof a) == 0;
}

static bool same_element(int32_t type, const oray_element *a, const oray_element *b)
{
	if (type == 8)
		return str_is(a->s, b->s.data, b->s.size);
	if (type == 14 || type == 15)
		return same_double(a->c.re, b->c.re) && same_double(a->c.im, b->c.im);
	return is_float(type) ? same_double(a->f, b->f) : a->u == b->u;
}

#endif
