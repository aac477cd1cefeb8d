/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quantization_read.c - scales and zero points as numbers, and what they span.
 *
 *     real = (stored - zero point) * scale
 *
 * A pair of scale and zero point lets real numbers from (lowest - zero) * scale to
 * (highest - zero) * scale be told apart; an encoding spans the union over its pairs.
 */
#include <math.h>

#include "analyze/quantization_numbers.h"

/* ---------------------------------------------------------------------------- granularity -- */

static int64_t normal_axis(const oray_encoding *e, quant_facts *f, int64_t axis)
{
	int64_t rank = (int64_t)e->n_dims;

	f->axis_said = true;
	f->axis_value = axis;
	if (!rank)
		return axis >= 0 ? axis : -1;
	if (axis < -rank || axis >= rank) {
		f->axis_bad = true;
		return -1;
	}
	return axis < 0 ? axis + rank : axis;
}

static void set_axis(quant_book *book, oray_encoding *e, int64_t axis, uint64_t n)
{
	quant_facts *f = quant_facts_of(book, e);

	e->granularity = ORAY_PER_AXIS;
	e->axis = normal_axis(e, f, axis);
	if (e->axis >= 0 && (size_t)e->axis < e->n_dims && e->dims[e->axis] >= 0 &&
	    (uint64_t)e->dims[e->axis] != n)
		f->length_wanted = (uint64_t)e->dims[e->axis];
}

/* As many scales along the axis as there are blocks, and along the others as there are elements. */
static void compare_blocks(const oray_encoding *e, quant_facts *f, const oray_tensor *scale)
{
	uint64_t wanted = 1;
	bool differs = scale->n_dims != e->n_dims;

	for (size_t i = 0; i < e->n_dims; i++) {
		int64_t n = e->dims[i];
		if (n <= 0)
			return;
		if ((int64_t)i == e->axis)
			n = (n - 1) / e->block_size + 1;
		differs |= i < scale->n_dims && scale->dims[i] != n;
		wanted *= (uint64_t)n; /* no more than elements */
	}
	f->laid_out_otherwise = differs;
	f->length_wanted = differs ? wanted : 0;
}

/* Scales of as many axes as the data: one that varies is an axis, several are blocks. */
static void of_same_rank(quant_book *book, oray_encoding *e, const oray_tensor *scale, int64_t axis,
                         int64_t block)
{
	size_t varying = 0, which = 0;
	quant_facts *f = quant_facts_of(book, e);

	for (size_t i = 0; i < scale->n_dims; i++)
		if (scale->dims[i] != 1) {
			varying++;
			which = i;
		}
	if (!block && varying == 1) {
		set_axis(book, e, (int64_t)which, (uint64_t)scale->dims[which]);
		return;
	}
	e->granularity = ORAY_PER_BLOCK;
	e->axis = normal_axis(e, f, axis);
	if (e->axis < 0 || (size_t)e->axis >= scale->n_dims || (size_t)e->axis >= e->n_dims)
		return;
	int64_t blocks = scale->dims[e->axis], size = e->dims[e->axis];
	e->block_size = block;
	if (block > 0 && e->elements.exact)
		compare_blocks(e, f, scale);
	else if (!block && blocks > 0 && size > 0)
		e->block_size = (size - 1) / blocks + 1;
}

void quant_granularity(quant_book *book, oray_encoding *e, oray_id scale, int64_t axis,
                       int64_t block)
{
	oray_id stored = quant_stored(book, scale);
	oray_tensor t;

	e->granularity = ORAY_PER_TENSOR;
	e->axis = -1;
	if (!oray_model_tensor(book->public.model, stored, &t) || !t.elements.exact ||
	    t.elements.value == 1) {
		if (block > 0 && t.n_dims > 1 && stored != ORAY_NONE && t.n_dims == e->n_dims)
			e->block_size = 0;
		return;
	}
	if (t.n_dims == 1)
		set_axis(book, e, axis, t.elements.value);
	else if (t.n_dims == e->n_dims)
		of_same_rank(book, e, &t, axis, block > 0 ? block : 0);
	else if (t.n_dims == 2 && t.dims[0] == 1) /* [1, N] for a last axis */
		set_axis(book, e, axis, t.elements.value);
	else
		set_axis(book, e, axis, t.elements.value);
}

/* -------------------------------------------------------------------------------- ranges -- */

static double least(double a, double b)
{
	return a < b || b != b ? a : b;
}

static double most(double a, double b)
{
	return a > b || b != b ? a : b;
}

static void judge_scale(quant_facts *f, int32_t type, double s)
{
	double tiny = type == ORAY_FLOAT16 ? 6.103515625e-5 : 1.1754943508222875e-38;

	f->zeros += s == 0;
	f->bad += !isfinite(s);
	f->negative += isfinite(s) && s < 0;
	f->denormal += s != 0 && fabs(s) < tiny && type != ORAY_FLOAT64;
}

static double middle_of(const oray_encoding *e, double low)
{
	return low < 0 ? 0 : ldexp(1, (int)e->bits - 1);
}

/* Bounds hold for finite scales only: what is broken has no range. */
static void take_pair(oray_encoding *e, double s, double z, const double limits[2])
{
	e->scale_min = least(s, e->scale_min);
	e->scale_max = most(s, e->scale_max);
	if (isnan(z) || !isfinite(s) || isnan(limits[0]))
		return;
	double a = (limits[0] - z) * s, b = (limits[1] - z) * s;
	e->low = least(least(a, b), e->low);
	e->high = most(most(a, b), e->high);
}

static void take_zero(oray_encoding *e, quant_facts *f, double z, const double limits[2],
                      bool is_real)
{
	f->zero_points++;
	f->nonzero += z != 0;
	e->zero_point_min = least(z, e->zero_point_min);
	e->zero_point_max = most(z, e->zero_point_max);
	if (isnan(limits[0]))
		return;
	f->out_of_range += !isnan(z) && (z < limits[0] || z > limits[1]);
	f->off_middle += !is_real && z != middle_of(e, limits[0]);
}

/* Of scales that can be read in part only nothing is known. */
static void forget(oray_encoding *e, quant_facts *f)
{
	e->scale_min = e->scale_max = e->zero_point_min = e->zero_point_max = e->low = e->high = NAN;
	f->zeros = f->bad = f->negative = f->denormal = 0;
	f->zero_points = f->out_of_range = f->off_middle = f->nonzero = 0;
	f->unreadable = true;
}

static void read_pairs(oray_encoding *e, quant_facts *f, numbers *scales, numbers *zeros,
                       const double limits[2], bool is_real)
{
	bool packed = e->zero_point_packed;
	uint64_t n_scales = numbers_count(scales), n_zeros = packed ? n_scales : numbers_count(zeros);
	uint64_t n = n_scales > n_zeros ? n_scales : n_zeros;
	double implied = f->zero != ORAY_NONE ? NAN
	                 : e->packing == ORAY_PACK_NBITS || e->packing == ORAY_PACK_ROWS
	                     ? middle_of(e, limits[0])
	                     : 0;

	for (uint64_t i = 0; i < n; i++) {
		double s = NAN, z = implied;
		if (n_scales == 1 || i < n_scales) {
			s = numbers_at(scales, i);
			if (i < n_scales)
				judge_scale(f, scales->of[0].t.type, s);
		}
		if (zeros->n && (n_zeros == 1 || i < n_zeros)) {
			z = numbers_at(zeros, i);
			if (i < n_zeros)
				take_zero(e, f, z, limits, is_real);
		}
		if (numbers_failed(scales) || numbers_failed(zeros)) {
			forget(e, f);
			return;
		}
		if (n_scales)
			take_pair(e, s, z, limits);
	}
	if (!zeros->n && f->zero == ORAY_NONE) {
		take_zero(e, f, implied, limits, is_real);
		f->zero_points = 0;
	}
	f->scale_read = n_scales > 0;
}

static bool is_zero_packed(const oray_encoding *e, const numbers *zeros)
{
	return (e->packing == ORAY_PACK_NBITS || e->packing == ORAY_PACK_ROWS) && zeros->n == 1 &&
	       zeros->of[0].tensor != ORAY_NONE && zeros->of[0].t.type == ORAY_UINT8 && e->bits &&
	       e->bits < 8;
}

static void open_packed(oray_encoding *e, numbers *zeros, uint64_t n_scales)
{
	number_source *z = &zeros->of[0];
	uint64_t per = 1;

	e->zero_point_packed = true;
	z->packed = e->bits;
	z->row = n_scales ? n_scales : 1;
	/* a row of blocks for each output; for rows the last axis of the scales */
	if (e->packing == ORAY_PACK_NBITS && e->n_dims == 2 && e->dims[1] > 0)
		per = n_scales / (uint64_t)e->dims[1];
	else if (z->t.n_dims && z->t.dims[z->t.n_dims - 1] > 0)
		per = (uint64_t)z->t.dims[z->t.n_dims - 1] * 8 / e->bits;
	if (per)
		z->row = per < z->row ? per : z->row;
}

/* Scales that are numbers times one number: quantized ones, or of an integer product. */
static void take_scale(oray_encoding *e, numbers *scales)
{
	size_t list = 0;
	double factor = 1;

	for (size_t i = 1; i < scales->n; i++)
		if (scales->of[i].n > scales->of[list].n)
			list = i;
	for (size_t i = 0; i < scales->n; i++) {
		double x = i == list ? 1 : numbers_factor(scales, i);
		factor = scales->divides[i] ? factor / x : factor * x;
		if (i != list && scales->of[i].n != 1)
			return;
	}
	if (!scales->n || scales->divides[list] || numbers_failed(scales) || !isfinite(factor) ||
	    factor == 0)
		return;
	e->scale = scales->of[list].tensor;
	e->scale_factor = scales->n > 1 ? factor : 0;
}

void quant_read(quant_book *book, oray_encoding *e, oray_id scale, oray_id zero)
{
	quant_facts *f = quant_facts_of(book, e);
	double limits[2] = {NAN, NAN};
	numbers scales, zeros;

	f->scale = scale;
	f->zero = zero;
	if (book->shallow)
		return;
	scales.n = zeros.n = 0;
	if (scale != ORAY_NONE && !numbers_open(book, scale, &scales))
		scales.n = 0;
	if (zero != ORAY_NONE) {
		f->zero_type = quant_type_of(book, zero);
		if (!numbers_open(book, zero, &zeros)) {
			zeros.n = 0;
			if (scales.n == 0 || e->is_dynamic)
				return;
		}
	}
	if (e->packing == ORAY_PACK_NF4 || e->packing == ORAY_PACK_FP4)
		limits[0] = -(limits[1] = 1);
	else if (!quant_limits(e->type, e->bits, &limits[0], &limits[1]))
		limits[0] = limits[1] = NAN;
	if (f->narrow && limits[0] < 0)
		limits[0] = -limits[1];
	e->lowest = limits[0];
	e->highest = limits[1];
	take_scale(e, &scales);
	if (zeros.n == 1)
		e->zero_point = zeros.of[0].tensor;
	e->n_scales = numbers_count(&scales);
	if (scales.n && is_zero_packed(e, &zeros))
		open_packed(e, &zeros, e->n_scales);
	read_pairs(e, f, &scales, &zeros, limits, numbers_are_real(e->type));
	if (f->unreadable || (zero != ORAY_NONE && !zeros.n))
		return;
	e->symmetric =
	    numbers_are_real(e->type) || isnan(limits[0]) ? (f->nonzero ? 0 : 1) : f->off_middle == 0;
}
