/* SPDX-License-Identifier: Apache-2.0 */
/*
 * real.c - one element of a weight as a real number, however it is stored.
 *
 * For samples and short vectors; whole weights are compared by oray_compare_weights().
 */
#include <math.h>

#include "base/heap.h"
#include "diff/skeleton.h"

enum { CHUNK = 1024, SCALES_MOST = 1 << 22 };

static bool number_of(int32_t type, const oray_element *e, double *out)
{
	switch (type) {
	case ORAY_INT8:
	case ORAY_INT16:
	case ORAY_INT32:
	case ORAY_INT64:
	case ORAY_INT4:
	case ORAY_INT2:
		*out = (double)e->i;
		return true;
	case ORAY_UINT8:
	case ORAY_UINT16:
	case ORAY_UINT32:
	case ORAY_UINT64:
	case ORAY_UINT4:
	case ORAY_UINT2:
	case ORAY_BOOL:
		*out = (double)e->u;
		return true;
	case ORAY_STRING:
	case ORAY_COMPLEX64:
	case ORAY_COMPLEX128:
		return false;
	default:
		*out = e->f;
		return true;
	}
}

static bool read_number(const oray_model *model, oray_id tensor, uint64_t at, double *out)
{
	oray_element e;
	oray_tensor t;
	size_t n = 0;

	return oray_model_tensor(model, tensor, &t) &&
	       oray_tensor_read(model, tensor, at, 1, &e, &n, NULL) == ORAY_OK && n == 1 &&
	       number_of(t.type, &e, out);
}

/* Of numbers packed into bytes, `row` of `length` each starting a byte. */
static bool read_packed(const oray_model *model, oray_id tensor, uint64_t row, uint64_t length,
                        uint64_t at, unsigned bits, double *out)
{
	uint64_t bytes = (length * bits + 7) / 8;
	double byte;

	if (!bits || bits > 8 || !read_number(model, tensor, row * bytes + at * bits / 8, &byte))
		return false;
	*out = (double)(((unsigned)byte >> (at * bits % 8)) & ((1u << bits) - 1));
	return true;
}

/* Where the scale of an element is. */
static uint64_t scale_place(const oray_encoding *e, uint64_t at)
{
	uint64_t inner = 1, size, c, blocks;

	if (e->granularity == ORAY_PER_TENSOR || e->axis < 0 || (size_t)e->axis >= e->n_dims)
		return 0;
	for (size_t i = (size_t)e->axis + 1; i < e->n_dims; i++)
		inner *= (uint64_t)e->dims[i];
	size = (uint64_t)e->dims[e->axis];
	if (!inner || !size)
		return 0;
	c = at / inner % size;
	if (e->granularity == ORAY_PER_AXIS || e->block_size <= 0)
		return c;
	blocks = (size + (uint64_t)e->block_size - 1) / (uint64_t)e->block_size;
	return at / (inner * size) * blocks * inner + c / (uint64_t)e->block_size * inner + at % inner;
}

static bool read_nbits(const oray_model *model, const oray_encoding *e, uint64_t at, double *q,
                       uint64_t *scale, double *zero)
{
	unsigned bits = oray_type_bits(e->type);
	uint64_t columns, k, n, blocks, size = (uint64_t)e->block_size;

	if (e->n_dims != 2 || e->block_size <= 0 || e->dims[1] <= 0 || !bits || bits > 8)
		return false;
	columns = (uint64_t)e->dims[1];
	k = at / columns;
	n = at % columns;
	blocks = ((uint64_t)e->dims[0] + size - 1) / size;
	*scale = n * blocks + k / size;
	*zero = (double)(1u << (bits - 1));
	if (!read_packed(model, e->tensor, *scale, size, k % size, bits, q))
		return false;
	if (e->zero_point == ORAY_NONE)
		return true;
	return e->zero_point_packed ? read_packed(model, e->zero_point, n, blocks, k / size, bits, zero)
	                            : read_number(model, e->zero_point, *scale, zero);
}

/*
 * A bias of integers that says no scale: it is that of the data times that of the weight, inputs 1
 * and 4 of QLinearConv and QGemm alike.
 */
static bool product_scale(const oray_model *model, const oray_encoding *e, uint64_t at, double *out)
{
	enum { DATA = 1, WEIGHT = 4 };
	oray_node n;
	oray_value x, w;
	double s, t;

	if (e->role != ORAY_QUANTIZED_BIAS || !oray_model_node(model, e->node, &n) ||
	    n.n_inputs <= WEIGHT || !oray_model_value(model, n.inputs[DATA], &x) ||
	    !oray_model_value(model, n.inputs[WEIGHT], &w) ||
	    !read_number(model, x.initializer, 0, &s) ||
	    (!read_number(model, w.initializer, at, &t) && !read_number(model, w.initializer, 0, &t)))
		return false;
	*out = s * t;
	return true;
}

bool real_number(const oray_model *model, const weight_row *row, uint64_t at, double *out)
{
	const oray_encoding *e = row->encoding;
	uint64_t scale;
	double q, zero = 0, s = 1;

	if (!e || e->is_fake)
		return read_number(model, row->parameter->tensor, at, out);
	if (e->packing == ORAY_PACK_NBITS) {
		if (!read_nbits(model, e, at, &q, &scale, &zero))
			return false;
	} else {
		uint64_t last = e->n_dims ? (uint64_t)e->dims[e->n_dims - 1] : 1;
		scale = scale_place(e, at);
		if ((e->packing != ORAY_PACK_PLAIN && e->packing != ORAY_PACK_ROWS) || !last)
			return false;
		if (e->packing == ORAY_PACK_ROWS ? !read_packed(model, e->tensor, at / last, last,
		                                                at % last, oray_type_bits(e->type), &q)
		                                 : !read_number(model, e->tensor, at, &q))
			return false;
		if (e->zero_point == ORAY_NONE && e->packing == ORAY_PACK_ROWS)
			zero = isfinite(e->zero_point_min) ? e->zero_point_min : 0;
		else if (e->zero_point != ORAY_NONE && !e->zero_point_packed &&
		         !read_number(model, e->zero_point, scale, &zero) &&
		         !read_number(model, e->zero_point, 0, &zero))
			return false;
	}
	if (e->scale != ORAY_NONE && !read_number(model, e->scale, scale, &s))
		return false;
	if (e->scale == ORAY_NONE && isfinite(e->scale_min) && e->scale_min == e->scale_max)
		s = e->scale_min;
	else if (e->scale == ORAY_NONE && !product_scale(model, e, scale, &s) &&
	         e->role == ORAY_QUANTIZED_BIAS)
		return false;
	else if (e->scale_factor != 0)
		s *= e->scale_factor;
	*out = (q - zero) * s;
	return true;
}

/* A run of stored numbers. */
static bool read_run(const oray_model *model, oray_id tensor, uint64_t first, size_t n, double *out)
{
	oray_element e[CHUNK];
	oray_tensor t;
	size_t got = 0;

	if (!oray_model_tensor(model, tensor, &t))
		return false;
	for (size_t done = 0; done < n; done += got) {
		size_t want = n - done < CHUNK ? n - done : CHUNK;
		if (oray_tensor_read(model, tensor, first + done, want, e, &got, NULL) != ORAY_OK || !got)
			return false;
		for (size_t i = 0; i < got; i++)
			if (!number_of(t.type, &e[i], &out[done + i]))
				return false;
	}
	return true;
}

/* Scales or zero points, all of them; those that are not stored are `otherwise`. */
static double *read_scales(const oray_model *model, oray_id tensor, double otherwise, size_t *n)
{
	oray_tensor t;
	double *at;

	*n = 1;
	if (tensor != ORAY_NONE && (!oray_model_tensor(model, tensor, &t) || !t.elements.exact ||
	                            !t.elements.value || t.elements.value > SCALES_MOST))
		return NULL;
	if (tensor != ORAY_NONE)
		*n = (size_t)t.elements.value;
	at = mem_zeroed(NULL, *n, sizeof *at);
	if (!at || tensor == ORAY_NONE) {
		if (at)
			at[0] = otherwise;
		return at;
	}
	if (read_run(model, tensor, 0, *n, at))
		return at;
	heap_free(at);
	return NULL;
}

bool real_numbers(const oray_model *model, const weight_row *row, size_t n, double *out)
{
	const oray_encoding *e = row->encoding;
	double *scale, *zero;
	double factor = e && e->scale_factor != 0 ? e->scale_factor : 1;
	size_t n_scale, n_zero;
	bool ok;

	if (!e || e->is_fake)
		return read_run(model, row->parameter->tensor, 0, n, out);
	if (e->packing != ORAY_PACK_PLAIN ||
	    (e->scale == ORAY_NONE && e->role == ORAY_QUANTIZED_BIAS)) {
		for (size_t i = 0; i < n; i++)
			if (!real_number(model, row, i, &out[i]))
				return false;
		return true;
	}
	scale = read_scales(model, e->scale, isfinite(e->scale_min) ? e->scale_min : 1, &n_scale);
	zero = read_scales(model, e->zero_point, 0, &n_zero);
	ok = scale && zero && read_run(model, e->tensor, 0, n, out);
	for (size_t i = 0; ok && i < n; i++) {
		uint64_t at = scale_place(e, i);
		ok = at < n_scale && (at < n_zero || n_zero == 1);
		if (ok)
			out[i] = (out[i] - zero[n_zero == 1 ? 0 : at]) * scale[at] * factor;
	}
	heap_free(scale);
	heap_free(zero);
	return ok;
}

/* ---- shapes ---- */

void real_dims(const weight_row *x, const weight_row *y, bool *plain, bool *swapped)
{
	int64_t a[8], b[8];
	size_t n = 0, m = 0;

	*plain = *swapped = false;
	for (size_t i = 0; i < x->n_dims; i++)
		if (x->dims[i] != 1 && n < 8)
			a[n++] = x->dims[i];
	for (size_t i = 0; i < y->n_dims; i++)
		if (y->dims[i] != 1 && m < 8)
			b[m++] = y->dims[i];
	if (n != m)
		return;
	*plain = *swapped = true;
	for (size_t i = 0; i < n; i++) {
		size_t other = n < 2 || i + 2 < n ? i : i + 1 == n ? n - 2 : n - 1;
		*plain &= a[i] == b[i];
		*swapped &= a[i] == b[other];
	}
	*swapped &= n >= 2;
}

uint64_t real_swapped(const weight_row *row, uint64_t at)
{
	uint64_t last = 1, second = 1, rest;

	for (size_t i = row->n_dims; i-- > 0;) {
		if (row->dims[i] == 1)
			continue;
		if (last == 1) {
			last = (uint64_t)row->dims[i];
		} else {
			second = (uint64_t)row->dims[i];
			break;
		}
	}
	rest = at % (last * second);
	/* place (i, j) of [last, second] is element (j, i) */
	return at - rest + rest % second * last + rest / second;
}
