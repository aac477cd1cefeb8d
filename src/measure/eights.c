/* SPDX-License-Identifier: Apache-2.0 */
#include "measure/eights.h"

#include <limits.h>
#include <math.h>

#include <onnxray/onnxray.h>

/* Whole numbers that hold every sum. */
__extension__ typedef __int128 whole;

typedef struct format {
	int32_t type;
	eights_kind kind;
	unsigned fraction, exponent; /* bits */
	int bias;
	uint8_t top;
	bool infinite;
} format;

static const format formats[] = {
    {ORAY_FLOAT8E4M3FN, EIGHTS_E4M3, 3, 4, 7, 0x7e, false},
    {ORAY_FLOAT8E4M3FNUZ, EIGHTS_E4M3_UNSIGNED_ZERO, 3, 4, 8, 0x7f, false},
    {ORAY_FLOAT8E5M2, EIGHTS_E5M2, 2, 5, 15, 0x7b, true},
    {ORAY_FLOAT8E5M2FNUZ, EIGHTS_E5M2_UNSIGNED_ZERO, 2, 5, 16, 0x7f, false},
    {ORAY_FLOAT6E2M3, EIGHTS_E2M3, 3, 2, 1, 0x1f, false},
    {ORAY_FLOAT6E3M2, EIGHTS_E3M2, 2, 3, 3, 0x1f, false},
};

/* What tables say of a pattern; NaN and infinities count as 0. */
static void fill_tables(eights_type *e, const format *f, unsigned pattern)
{
	const unsigned sign = 1u << (f->fraction + f->exponent), body = pattern & (sign - 1);
	const unsigned exponent = body >> f->fraction, ones = (1u << f->fraction) - 1;
	const unsigned m = (body & ones) | (exponent ? ones + 1 : 0), t = exponent ? exponent - 1 : 0;
	const bool eight = eights_shapes[e->kind].bits == 8, first = eight && pattern & 64;
	const unsigned in = t - (first ? (unsigned)e->upper : 0);
	const unsigned low = pattern & 63, high = eight ? pattern >> 2 : pattern;
	const bool finite = body <= f->top;
	/* Squares have to stay below 2^8: of four bits they are not moved, of three by one place. */
	const unsigned each = (unsigned)e->step / 2, places = in % each,
	               moved = f->fraction == 2 && places;
	e->sum_low[first][low] = (uint8_t)(finite ? m << in % 4 : 0);
	e->square_low[first][low] = (uint8_t)(finite ? m * m << 2 * moved : 0);
	const int weight = in / 4 % 2 ? 16 : 1;
	e->sum_high[first][in / 8][high] = (int8_t)(pattern & sign ? -weight : weight);
	e->square_high[first][in / each][high] = (int8_t)(1 << 2 * (places - moved));
	e->order[low] = (int8_t)(pattern & sign ? -1 - (int)body : (int)body);
}

static const format *format_of(int32_t type)
{
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (formats[i].type == type)
			return &formats[i];
	return NULL;
}

bool eights_fit(int32_t type)
{
	return format_of(type) != NULL;
}

bool eights_prepare(eights_type *e, int32_t type)
{
	const format *f = format_of(type);
	if (!f)
		return false;
	const unsigned bits = eights_shapes[f->kind].bits;
	*e = (eights_type){.kind = f->kind,
	                   .unit = 1 - f->bias - (int)f->fraction,
	                   .upper = bits == 8 ? (1 << (f->exponent - 1)) - 1 : 0,
	                   .step = f->fraction == 2 ? 10 : 8,
	                   .top = f->top,
	                   .infinite = f->infinite};
	for (unsigned pattern = 0; pattern < 1u << bits; pattern++)
		fill_tables(e, f, pattern);
	return true;
}

eights_so_far eights_start(void)
{
	return (eights_so_far){.min = INT_MAX, .max = INT_MIN};
}

uint8_t eights_pattern(const eights_type *e, int order)
{
	const unsigned sign = 1u << (eights_shapes[e->kind].bits - 1);
	return (uint8_t)(order < 0 ? (unsigned)(-1 - order) | sign : (unsigned)order);
}

static void add_one(const eights_type *e, uint8_t v, eights_so_far *all)
{
	const eights_shape *shape = &eights_shapes[e->kind];
	const uint8_t sign = (uint8_t)(1u << (shape->bits - 1)), body = v & (sign - 1), low = v & 63;
	const uint8_t high = shape->bits == 8 ? v >> 2 : v;
	if (body > e->top || (shape->unsigned_zero && v == sign)) {
		bool infinite = e->infinite && body == e->top + 1;
		all->infinities += infinite;
		all->nans += !infinite;
		return;
	}
	for (int h = 0; h < EIGHTS_HALVES; h++) {
		for (int k = 0; k < EIGHTS_SUMS; k++)
			all->sums[h][k] += e->sum_low[h][low] * e->sum_high[h][k][high];
		for (int k = 0; k < EIGHTS_SQUARES; k++)
			all->squares[h][k] += e->square_low[h][low] * e->square_high[h][k][high];
	}
	const int place = v & sign ? -1 - body : body;
	all->zeros += body == 0;
	all->min = place < all->min ? place : all->min;
	all->max = place > all->max ? place : all->max;
}

void eights_add(const eights_type *e, const uint8_t *p, size_t n, eights_so_far *all)
{
	const bool six = eights_shapes[e->kind].bits == 6;
	for (size_t i = 0; i < n; i++) {
		const size_t bit = i * 6;
		unsigned v = six ? p[bit / 8] >> bit % 8 : p[i];
		if (six && bit % 8 > 2)
			v |= (unsigned)p[bit / 8 + 1] << (8 - bit % 8);
		add_one(e, (uint8_t)(six ? v & 63 : v), all);
	}
}

/* Two to the power of bits: shifts would not do for negative ones. */
static whole power(int bits)
{
	whole p = 1;
	while (bits-- > 0)
		p *= 2;
	return p;
}

eights_total eights_finish(const eights_type *e, const eights_so_far *all, uint64_t n)
{
	whole sum = 0, squares = 0, count = (whole)n;
	for (int h = 0; h < EIGHTS_HALVES; h++) {
		for (int k = 0; k < EIGHTS_SUMS; k++)
			sum += all->sums[h][k] * power(h * e->upper + 8 * k);
		for (int k = 0; k < EIGHTS_SQUARES; k++)
			squares += all->squares[h][k] * power(2 * h * e->upper + e->step * k);
	}
	/* From a whole number near the mean, so that nothing cancels. */
	whole near = sum / count, left = sum - near * count;
	whole away = squares - 2 * near * sum + near * near * count;
	double share = (double)left / (double)n, m2 = (double)away - (double)left * share;
	return (eights_total){.mean = ldexp((double)near + share, e->unit),
	                      .m2 = ldexp(m2 > 0 ? m2 : 0, 2 * e->unit)};
}
