/* SPDX-License-Identifier: Apache-2.0 */
#include "measure/side.h"

#include <math.h>

#include "base/error.h"
#include "base/heap.h"
#include "base/num.h"

static oray_status refuse(oray_error *err, const char *why)
{
	return error_set(err, ORAY_ERR_USAGE, ORAY_NO_OFFSET, NULL, "%s", why);
}

uint64_t side_inner(const side *s, size_t axis)
{
	uint64_t n = 1;
	for (size_t i = axis + 1; i < s->n_dims; i++)
		n *= (uint64_t)s->dims[i];
	return n;
}

/* Shape, type and padding of what is stored. */
static oray_status lay_out(side *s, const oray_tensor *t, oray_error *err)
{
	const oray_encoding *e = s->weight->encoding;
	int32_t type = t->type;
	uint64_t stored = t->elements.value, per_byte = 1;
	s->n_dims = t->n_dims;
	s->dims = t->dims;
	s->flipped = s->weight->transposed;
	s->elements = stored;
	if (e && e->packing == ORAY_PACK_UNSUPPORTED)
		return refuse(err, "this packing is not decoded");
	bool has_table = e && reals_prepare_table(&s->type, e->packing);
	if (e && e->packing != ORAY_PACK_PLAIN) {
		bool nbits = e->packing == ORAY_PACK_NBITS || has_table;
		uint32_t bits = has_table ? s->type.bits : oray_type_bits(e->type);
		type = e->type;
		if (t->type != ORAY_UINT8 || (nbits && (e->n_dims != 2 || e->block_size <= 0)) ||
		    e->n_dims < 1 || !num_product(e->dims, e->n_dims, &s->elements) || bits > 8 || !bits ||
		    8 % bits)
			return refuse(err, "the packed weight is not what its encoding says");
		s->n_dims = e->n_dims;
		s->dims = e->dims;
		if (nbits) {
			s->own_dims[0] = e->dims[1];
			s->own_dims[1] = e->dims[0];
			s->dims = s->own_dims;
			s->flipped = !s->flipped;
		}
		per_byte = 8 / bits;
		if (!num_mul(stored, per_byte, &stored))
			return refuse(err, "the packed weight is not what its encoding says");
	}
	if (s->flipped && s->n_dims != 2)
		return refuse(err, "only two dimensions can be swapped");
	if (!has_table && !reals_prepare(&s->type, type))
		return refuse(err, "elements of this type are no real numbers");
	s->row = s->stride = UINT64_MAX;
	if (per_byte > 1 || (e && e->packing != ORAY_PACK_PLAIN)) {
		s->row = (uint64_t)s->dims[s->n_dims - 1];
		s->stride = has_table ? s->row : (s->row + per_byte - 1) / per_byte * per_byte;
		if (e->packing == ORAY_PACK_NBITS) {
			uint64_t block = (uint64_t)e->block_size;
			if (!num_mul(s->row / block + (s->row % block != 0), block, &s->stride))
				return refuse(err, "the packed weight is not what its encoding says");
		}
		uint64_t needed;
		uint64_t rows = s->row ? s->elements / s->row : 0;
		if (!num_mul(rows, s->stride, &needed) || needed > stored || s->stride % per_byte)
			return refuse(err, "the packed weight is not what its encoding says");
		if (s->stride == s->row)
			s->row = s->stride = UINT64_MAX;
	}
	return ORAY_OK;
}

/* Finds the axis of scales as stored, and opens them. */
static oray_status open_scales(side *s, oray_error *err)
{
	const oray_encoding *e = s->weight->encoding;
	const oray_model *m = s->weight->model;
	bool has_table = e->packing == ORAY_PACK_NF4 || e->packing == ORAY_PACK_FP4;
	bool nbits = e->packing == ORAY_PACK_NBITS || has_table;
	if (e->scale == ORAY_NONE)
		return refuse(err, "the scale is not stored");
	s->scaled = true;
	s->along = s->block = 1;
	s->inner = UINT64_MAX;
	uint64_t n = 1, row = 0;
	if (e->granularity != ORAY_PER_TENSOR && s->elements) {
		int64_t axis = nbits ? 1 - e->axis : e->axis;
		if (axis < 0 || (uint64_t)axis >= s->n_dims)
			return refuse(err, "the axis of the scales is outside of the shape");
		s->along = (uint64_t)s->dims[axis];
		s->inner = side_inner(s, (size_t)axis);
		if (e->granularity == ORAY_PER_BLOCK) {
			if (e->block_size <= 0)
				return refuse(err, "the size of blocks is not known");
			s->block = (uint64_t)e->block_size;
		}
		uint64_t per_line = s->along / s->block + (s->along % s->block != 0);
		n = per_line;
		if (e->granularity == ORAY_PER_BLOCK)
			n = s->elements / s->along * per_line; /* no larger than elements */
		if (e->zero_point_packed)
			row = s->inner == 1 ? per_line : (uint64_t)s->dims[s->n_dims - 1];
		oray_tensor zero; /* without an axis of blocks those of all rows lie in one */
		if (e->zero_point_packed && per_line == 1 && s->n_dims > 1 &&
		    oray_model_tensor(m, e->zero_point, &zero) && zero.n_dims + 1 == s->n_dims)
			row = (uint64_t)s->dims[s->n_dims - 2];
	}
	s->factor = e->scale_factor != 0 ? e->scale_factor : 1;
	oray_status status = scales_open(&s->scale, m, e->scale, n, 0, 0, 1, err);
	bool middle = e->packing != ORAY_PACK_PLAIN && !has_table && e->zero_point == ORAY_NONE;
	double none = middle ? ldexp(1, (int)s->type.bits - 1) : 0;
	if (status == ORAY_OK)
		status = scales_open(&s->zero, m, e->zero_point, n, row,
		                     e->zero_point_packed ? s->type.type : 0, none, err);
	if (e->is_fake) {
		s->fake = true;
		s->low = e->lowest;
		s->high = e->highest;
		if (!(s->low < s->high) && !reals_range(e->type, &s->low, &s->high))
			return refuse(err, "the range of the integers is not known");
	}
	return status;
}

static oray_status open_factors(side *s, oray_error *err)
{
	const oray_weight *w = s->weight;
	if (!w->n_factors)
		return ORAY_OK;
	if (w->factor_axis >= s->n_dims)
		return refuse(err, "the axis of the factors is outside of the shape");
	size_t axis = s->flipped ? 1 - w->factor_axis : w->factor_axis;
	if ((uint64_t)s->dims[axis] != w->n_factors)
		return refuse(err, "the number of factors does not fit the shape");
	s->factors = w->n_factors;
	s->factor_inner = side_inner(s, axis);
	return ORAY_OK;
}

oray_status side_open(side *s, const oray_weight *weight, oray_error *err)
{
	oray_tensor t;
	memset(s, 0, sizeof *s);
	s->weight = weight;
	if (!oray_model_tensor(weight->model, weight->tensor, &t))
		return error_set(err, ORAY_ERR_NOT_FOUND, ORAY_NO_OFFSET, NULL, "no such tensor");
	if (!t.elements.exact)
		return error_set(err, ORAY_ERR_MALFORMED, t.file_offset, NULL,
		                 "the dimensions are negative or too large");
	oray_status status = lay_out(s, &t, err);
	if (status == ORAY_OK && weight->encoding)
		status = open_scales(s, err);
	if (status == ORAY_OK)
		status = open_factors(s, err);
	if (status == ORAY_OK)
		status = tensor_bytes_open(weight->model, weight->tensor, &s->bytes, err);
	return status;
}

void side_close(side *s)
{
	tensor_bytes_close(s->bytes);
	scales_close(&s->scale);
	scales_close(&s->zero);
	heap_free(s->scratch);
	s->bytes = NULL;
	s->scratch = NULL;
}

/* Where the scale of an element is, and how many elements it, or a list from it on, is for. */
static uint64_t scale_index(const side *s, uint64_t index, size_t *n, bool *list)
{
	*list = false;
	if (s->inner == UINT64_MAX)
		return 0;
	uint64_t in = index % s->inner, k = index / s->inner % s->along;
	uint64_t outer = index / s->inner / s->along, left;
	if (s->weight->encoding->granularity == ORAY_PER_AXIS) {
		*list = s->inner == 1;
		left = *list ? s->along - k : s->inner - in;
		*n = left < *n ? (size_t)left : *n;
		return k;
	}
	uint64_t per_line = s->along / s->block + (s->along % s->block != 0);
	*list = s->inner > 1;
	left = s->block - k % s->block;
	left = *list ? s->inner - in : left < s->along - k ? left : s->along - k;
	*n = left < *n ? (size_t)left : *n;
	return (outer * per_line + k / s->block) * s->inner + in;
}

static double rounded(const side *s, double x, double scale, double zero)
{
	double q = nearbyint(x / scale) + zero;
	return isnan(q) ? x : (q < s->low ? s->low : q > s->high ? s->high : q) - zero;
}

static oray_status apply_scales(side *s, uint64_t index, size_t n, double *out, oray_error *err)
{
	while (n) {
		size_t run = n;
		bool list;
		uint64_t at = scale_index(s, index, &run, &list);
		const double *scale, *zero;
		unsigned a, b;
		size_t count = list ? run : 1;
		oray_status status = scales_at(&s->scale, at, &count, &scale, &a, err);
		if (status == ORAY_OK)
			status = scales_at(&s->zero, at, &count, &zero, &b, err);
		if (status != ORAY_OK)
			return status;
		if (!list)
			a = b = 0;
		else
			run = count;
		if (s->fake)
			for (size_t i = 0; i < run; i++)
				out[i] = rounded(s, out[i], scale[i * a], zero[i * b]) * scale[i * a];
		else if (!a && !b)
			for (size_t i = 0; i < run; i++)
				out[i] = (out[i] - *zero) * *scale;
		else
			for (size_t i = 0; i < run; i++)
				out[i] = (out[i] - zero[i * b]) * scale[i * a];
		out += run;
		index += run;
		n -= run;
	}
	return ORAY_OK;
}

static void apply_factors(const side *s, uint64_t index, size_t n, double *out)
{
	while (n) {
		uint64_t left = s->factor_inner - index % s->factor_inner;
		double factor = s->weight->factors[index / s->factor_inner % s->factors];
		size_t run = left < n ? (size_t)left : n;
		for (size_t i = 0; i < run; i++)
			out[i] *= factor;
		out += run;
		index += run;
		n -= run;
	}
}

static oray_status make_real(side *s, uint64_t index, size_t n, double *out, oray_error *err)
{
	oray_status status = s->scaled ? apply_scales(s, index, n, out, err) : ORAY_OK;
	for (size_t i = 0; s->scaled && s->factor != 1 && i < n; i++)
		out[i] *= s->factor;
	if (s->factors && status == ORAY_OK)
		apply_factors(s, index, n, out);
	return status;
}

oray_status side_skip(side *s, oray_error *err)
{
	uint64_t used = (s->row * s->type.bits + 7) / 8, skip = s->stride * s->type.bits / 8 - used;
	if (s->phase)
		skip++;
	s->phase = 0;
	while (skip) {
		const uint8_t *p;
		size_t n;
		oray_status status = tensor_bytes_peek(s->bytes, 1, &p, &n, err);
		if (status != ORAY_OK || !n)
			return status;
		n = n < skip ? n : (size_t)skip;
		tensor_bytes_take(s->bytes, n);
		skip -= n;
	}
	return ORAY_OK;
}

oray_status side_read(side *s, size_t n, double *out, oray_error *err)
{
	uint64_t start = s->at;
	for (size_t done = 0; done < n;) {
		const uint8_t *p;
		size_t bytes, want = n - done;
		uint64_t in_row = s->at % s->row;
		if (want > s->row - in_row)
			want = (size_t)(s->row - in_row);
		oray_status status =
		    tensor_bytes_peek(s->bytes, s->type.bits < 8 ? 2 : s->type.bits / 8, &p, &bytes, err);
		if (status != ORAY_OK)
			return status;
		size_t have = (bytes * 8 - s->phase) / s->type.bits;
		want = want < have ? want : have;
		if (!bytes || !want)
			return error_set(err, ORAY_ERR_MALFORMED, ORAY_NO_OFFSET, NULL, "too few values");
		reals_decode(&s->type, p, s->phase, want, out + done);
		size_t used = s->phase + want * s->type.bits;
		tensor_bytes_take(s->bytes, used / 8);
		s->phase = (unsigned)(used % 8);
		s->at += want;
		done += want;
		if (s->at % s->row == 0)
			status = side_skip(s, err);
		if (status != ORAY_OK)
			return status;
	}
	return make_real(s, start, n, out, err);
}

oray_status side_fetch(side *s, uint64_t index, size_t n, unsigned *phase, oray_error *err)
{
	uint64_t at = index / s->row * s->stride + index % s->row; /* n stays in one row */
	uint64_t first = at / 8 * s->type.bits + at % 8 * s->type.bits / 8;
	*phase = s->type.bits < 8 ? (unsigned)(at % 8 * s->type.bits % 8) : 0;
	size_t bytes = (*phase + n * s->type.bits + 7) / 8;
	if (bytes > s->scratch_size) {
		uint8_t *p = heap_resize(s->scratch, bytes);
		if (!p)
			return error_memory(err);
		s->scratch = p;
		s->scratch_size = bytes;
	}
	return tensor_bytes_at(s->bytes, first, bytes, s->scratch, err);
}

oray_status side_at(side *s, uint64_t index, size_t n, double *out, oray_error *err)
{
	unsigned phase;
	oray_status status = side_fetch(s, index, n, &phase, err);
	if (status != ORAY_OK)
		return status;
	reals_decode(&s->type, s->scratch, phase, n, out);
	return make_real(s, index, n, out, err);
}
