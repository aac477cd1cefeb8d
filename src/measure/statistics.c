/* SPDX-License-Identifier: Apache-2.0 */
/*
 * statistics.c - what the elements of a tensor are like.
 *
 * Types of up to eight bits are counted by bit pattern, which says everything, exactly; bytes of
 * large tensors are summed up instead, which is exact as well. Integers of 16 bits are summed
 * exactly, a block at a time. Wider ones and wider floats go through the kernels in blocks as floats
 * or doubles; sums are taken of x - shift, the mean so far, so that nothing cancels when the mean is
 * far from zero.
 *
 * The range is known only at the end, so the histogram of these is made from numbers that were kept: all of a small tensor, an even sample of a large one, each from a random place of its
 * share so that no rhythm of rows is hit.
 */
#include <math.h>

#include "base/error.h"
#include "base/heap.h"
#include "load/tensor_bytes.h"
#include "measure/kernels.h"
#include "measure/measure_as.h"
#include "measure/reals.h"
#include "measure/statistics.h"

/* Elements of a tensor whose histogram is exact, and of the sample of a larger one. */
enum { SMALL = 64 * 1024, SAMPLE = 16 * 1024 };

/* Of the hash that makes random numbers: the same tensor has the same histogram every time. */
#define DICE UINT64_C(0x9e3779b97f4a7c15)

/* Sums of squares below this have lost digits to the lower end of float. */
#define SQUARES_LEAST 1e-30

/* Chan's rule: mean and sum of squared distances of two parts together. */
static void merge(measuring *m, uint64_t n, double mean, double m2)
{
	if (!n)
		return;
	double all = (double)(m->n + n), apart = mean - m->mean;
	m->mean += apart * ((double)n / all);
	m->m2 += m2 + apart * apart * ((double)m->n * ((double)n / all));
	m->n += n;
}

void measuring_widen(measuring *m, double min, double max)
{
	oray_statistics *s = m->out;
	s->min = s->min <= min ? s->min : min; /* NAN at first */
	s->max = s->max >= max ? s->max : max;
}

/* ------------------------------------------------------------------------------------ kept -- */

/* A place in a share: its number, hashed, so that places need not wait for each other. */
static inline uint64_t place_in(uint64_t share, uint64_t size)
{
	uint64_t dice = (share + 1) * DICE;
	dice = (dice ^ dice >> 32) * UINT64_C(0x2545f4914f6cdd1d);
	return share * size + (size * (dice >> 40) >> 24); /* 24 bits, a fraction */
}

void measuring_next(measuring *m)
{
	m->next = place_in(m->shares++, m->share);
}

static bool open_kept(measuring *m, uint64_t elements)
{
	m->room = elements <= SMALL ? (size_t)elements : SAMPLE;
	m->share = elements <= SMALL ? 1 : (elements + SAMPLE - 1) / SAMPLE;
	m->out->sampled = m->share > 1;
	m->kept = heap_get((m->room + 1) * (m->type.bits / 8));
	measuring_next(m);
	return m->kept != NULL;
}

static inline void keep_some(measuring *m, const uint8_t *p, size_t n, size_t width)
{
	if (m->share == 1) {
		size_t some = m->room - m->n_kept < n ? m->room - m->n_kept : n;
		memcpy(m->kept + m->n_kept * width, p, some * width);
		m->n_kept += some;
		return;
	}
	/* Apart from what bytes might be stored to. */
	const uint64_t at = m->at, size = m->share;
	uint64_t next = m->next, shares = m->shares;
	uint8_t *to = m->kept + m->n_kept * width, *end = m->kept + m->room * width;
	while (next < at + n && to < end) {
		memcpy(to, p + (size_t)(next - at) * width, width);
		to += width;
		next = place_in(shares++, size);
	}
	m->n_kept = (size_t)(to - m->kept) / width;
	m->next = next;
	m->shares = shares;
	m->at += n;
}

/* Keeps what is to be kept of `n` elements, as it is stored, and counts them. */
static void keep(measuring *m, const uint8_t *p, size_t n)
{
	if (m->type.bits == 16)
		keep_some(m, p, n, 2);
	else if (m->type.bits == 32)
		keep_some(m, p, n, 4);
	else
		keep_some(m, p, n, 8);
}

void measuring_bins(measuring *m, const double *x, const uint64_t *counts, size_t n)
{
	enum { SOME = 256 };
	oray_statistics *s = m->out;
	/* Halves, since the width of the range of doubles is more than a double. */
	double start = s->min / 2, factor = ORAY_BINS / (s->max / 2 - start);
	uint64_t bins[4][ORAY_BINS + 1] = {{0}}; /* the last one is for what is not finite */
	for (size_t at = 0; at < n; at += SOME) {
		int32_t bin[SOME];
		size_t i = 0, some = n - at < SOME ? n - at : SOME;
		m->with->bins(x + at, some, start, factor, bin);
		for (; !counts && i + 4 <= some; i += 4)
			for (size_t k = 0; k < 4; k++)
				bins[k][bin[i + k]]++;
		for (; i < some; i++)
			bins[0][bin[i]] += counts ? counts[at + i] : 1;
	}
	for (size_t i = 0; i < ORAY_BINS; i++)
		s->bins[i] += bins[0][i] + bins[1][i] + bins[2][i] + bins[3][i];
}

/* ---------------------------------------------------------------------------------- blocks -- */

/* One by one, where some are not finite. */
static void add_doubles(measuring *m, const double *x, size_t n)
{
	oray_statistics *s = m->out;
	double sum = 0, squares = 0, min = INFINITY, max = -INFINITY, shift = m->mean;
	uint64_t finite = 0;
	for (size_t i = 0; i < n; i++) {
		if (!isfinite(x[i])) {
			s->nans += isnan(x[i]) != 0;
			s->infinities += isinf(x[i]) != 0;
			continue;
		}
		double d = x[i] - shift;
		finite++;
		sum += d;
		squares += d * d;
		min = x[i] < min ? x[i] : min;
		max = x[i] > max ? x[i] : max;
		s->zeros += x[i] == m->zero;
	}
	if (!finite)
		return;
	measuring_widen(m, min, max);
	double away = sum / (double)finite, m2 = squares - sum * away;
	merge(m, finite, shift + away, m2 > 0 ? m2 : 0);
}

/* False where it takes care: something is not finite, or all but zero. */
static bool add_quickly(measuring *m, const uint8_t *p, size_t n)
{
	kernel_floats block;
	/* Where the mean is small beside the rest nothing would cancel. */
	bool small = m->type.bits == 16 && m->mean * m->mean * (double)m->n < m->m2;
	float shift = small ? 0 : (float)m->mean;
	m->with->floats(&m->type, p, n, shift, &block);
	bool lost = block.squares < SQUARES_LEAST && block.min < block.max;
	if (!isfinite(block.squares) || lost)
		return false;
	m->out->zeros += block.zeros;
	measuring_widen(m, block.min, block.max);
	double away = block.sum / (double)n, m2 = block.squares - block.sum * away;
	merge(m, n, (double)shift + away, m2 > 0 ? m2 : 0);
	return true;
}

static void add_carefully(measuring *m, const uint8_t *p, size_t n)
{
	double wide[KERNEL_BLOCK];
	double sum = 0;
	size_t finite = 0;
	reals_decode(&m->type, p, 0, n, wide);
	for (size_t i = 0; i < n && !m->n; i++) {
		if (isfinite(wide[i])) {
			sum += wide[i];
			finite++;
		}
	}
	if (finite)
		m->mean = sum / (double)finite;
	add_doubles(m, wide, n);
}

static void add_floats(measuring *m, const uint8_t *p, size_t n)
{
	if (n > KERNEL_BLOCK && m->n && add_quickly(m, p, n))
		return;
	for (size_t i = 0; i < n; i += KERNEL_BLOCK) {
		const uint8_t *from = p + i * (m->type.bits / 8);
		size_t some = n - i < KERNEL_BLOCK ? n - i : KERNEL_BLOCK;
		if (!m->n || !add_quickly(m, from, some)) /* the first ones say what to take away */
			add_carefully(m, from, some);
	}
}

/* Integers, which are all finite, and float64. */
static void add_wide(measuring *m, const uint8_t *p, size_t n)
{
	kernel_doubles block;
	if (!m->n) {
		reals_decode(&m->type, p, 0, 1, &m->mean);
		m->mean = isfinite(m->mean) ? m->mean : 0;
	}
	kernel_asked ask = {m->mean, m->zero, m->low, m->high};
	m->with->doubles(&m->type, p, n, &ask, &block);
	if (isfinite(block.squares)) {
		m->out->zeros += block.zeros;
		m->out->lowest += block.lowest;
		m->out->highest += block.highest;
		measuring_widen(m, block.min, block.max);
		double away = block.sum / (double)n, m2 = block.squares - block.sum * away;
		merge(m, n, ask.shift + away, m2 > 0 ? m2 : 0);
		return;
	}
	for (size_t i = 0; i < n; i += KERNEL_BLOCK) {
		double wide[KERNEL_BLOCK];
		size_t some = n - i < KERNEL_BLOCK ? n - i : KERNEL_BLOCK;
		reals_decode(&m->type, p + i * (m->type.bits / 8), 0, some, wide);
		add_doubles(m, wide, some);
	}
}

static void add_shorts(measuring *m, const uint8_t *p, size_t n)
{
	kernel_integers block;
	const bool is_signed = m->type.type == ORAY_INT16;
	const double offset = is_signed ? 0 : 32768, zero = m->zero - offset;
	const bool has_zero = zero == rint(zero) && zero >= INT16_MIN && zero <= INT16_MAX;
	m->with->shorts(p, n, is_signed ? 0 : 0x8000, has_zero ? (int16_t)zero : 0, &block);
	m->out->zeros += has_zero ? block.zeros : 0;
	m->out->lowest += block.lowest;
	m->out->highest += block.highest;
	measuring_widen(m, block.min + offset, block.max + offset);
	/* 2^12 numbers below 2^15: all of this is less than 2^54. */
	int64_t m2 = (int64_t)n * block.squares - block.sum * block.sum;
	merge(m, n, (double)block.sum / (double)n + offset, (double)m2 / (double)n);
}

static bool is_short(int32_t type)
{
	return type == ORAY_INT16 || type == ORAY_UINT16;
}

static bool is_single(int32_t type)
{
	return type == ORAY_FLOAT32 || type == ORAY_FLOAT16 || type == ORAY_BFLOAT16;
}

/* The histogram, of what was kept. */
static void bin_kept(measuring *m)
{
	const size_t width = m->type.bits / 8;
	for (size_t i = 0; i < m->n_kept; i += KERNEL_BLOCK) {
		double wide[KERNEL_BLOCK];
		float singles[KERNEL_BLOCK];
		size_t some = m->n_kept - i < KERNEL_BLOCK ? m->n_kept - i : KERNEL_BLOCK;
		if (width == 2)
			m->with->singles(&m->type, m->kept + i * width, some, singles);
		else
			reals_decode(&m->type, m->kept + i * width, 0, some, wide);
		for (size_t k = 0; width == 2 && k < some; k++)
			wide[k] = (double)singles[k];
		measuring_bins(m, wide, NULL, some);
	}
}

static oray_status measure_blocks(measuring *m, tensor_bytes *bytes, oray_error *err)
{
	const size_t width = m->type.bits / 8;
	const bool shorts = is_short(m->type.type) && m->with->shorts;
	const size_t most = shorts                         ? KERNEL_INTEGERS
	                    : m->type.type == ORAY_FLOAT32 ? KERNEL_BLOCK
	                                                   : KERNEL_WIDE;
	void (*add)(measuring *, const uint8_t *, size_t) = shorts                    ? add_shorts
	                                                    : is_single(m->type.type) ? add_floats
	                                                                              : add_wide;
	for (uint64_t left = m->out->elements; left;) {
		const uint8_t *p;
		size_t have;
		oray_status status = tensor_bytes_peek(bytes, width, &p, &have, err);
		if (status != ORAY_OK)
			return status;
		size_t n = have / width;
		if (!n)
			return error_set(err, ORAY_ERR_MALFORMED, ORAY_NO_OFFSET, NULL, "too few values");
		for (size_t i = 0; i < n; i += most)
			add(m, p + i * width, n - i < most ? n - i : most);
		keep(m, p, n);
		tensor_bytes_take(bytes, n * width);
		left -= n < left ? n : left;
	}
	bin_kept(m);
	return ORAY_OK;
}

oray_status measure_as(const oray_model *model, oray_id tensor, int32_t packed, double zero,
                       oray_statistics *out, oray_error *err)
{
	oray_tensor t;
	tensor_bytes *bytes;
	memset(out, 0, sizeof *out);
	out->min = out->max = out->mean = out->std = out->max_abs = NAN;
	if (!oray_model_tensor(model, tensor, &t))
		return error_set(err, ORAY_ERR_NOT_FOUND, ORAY_NO_OFFSET, NULL, "no such tensor");
	measuring *m = heap_zeroed(1, sizeof *m);
	if (!m)
		return error_memory(err);
	m->out = out;
	m->with = kernels_best();
	m->zero = zero;
	m->low = m->high = NAN;
	oray_status status = tensor_bytes_open(model, tensor, &bytes, err);
	if (status == ORAY_OK && !reals_prepare(&m->type, packed ? packed : t.type))
		status = error_set(err, ORAY_ERR_USAGE, t.file_offset, NULL,
		                   "elements of this type are no real numbers");
	if (status == ORAY_OK) {
		out->elements = t.elements.value;
		if (packed)
			out->elements = tensor_bytes_size(bytes) * 8 / m->type.bits;
		reals_range(m->type.type, &m->low, &m->high);
		bool is_byte = m->type.type == ORAY_INT8 || m->type.type == ORAY_UINT8;
		if (is_byte && m->with->bytes && out->elements > SMALL)
			status = measure_bytes(m, bytes, err);
		else if (m->type.bits <= 8 && out->elements > SMALL && measure_fits_eights(m))
			status = measure_eights(m, bytes, err);
		else if (m->type.bits <= 8)
			status = measure_counts(m, bytes, err);
		else
			status =
			    open_kept(m, out->elements) ? measure_blocks(m, bytes, err) : error_memory(err);
	}
	if (status == ORAY_OK && m->n) {
		out->mean = m->mean;
		out->std = sqrt(m->m2 / (double)m->n);
		out->max_abs = fmax(fabs(out->min), fabs(out->max));
	}
	tensor_bytes_close(bytes);
	heap_free(m->kept);
	heap_free(m);
	return status;
}

oray_status oray_measure(const oray_model *model, oray_id tensor, int64_t zero_point,
                         oray_statistics *out, oray_error *err)
{
	return measure_as(model, tensor, 0, (double)zero_point, out, err);
}
