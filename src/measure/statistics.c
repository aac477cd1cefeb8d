/* SPDX-License-Identifier: Apache-2.0 */
/*
 * statistics.c - what the elements of a tensor are like.
 *
 * Three ways. Types of up to eight bits are counted by byte: 256 counts say everything, exactly,
 * and those of less than a byte fall out of the bytes they share. Floats of 16 and 32 bits go
 * through the kernels in blocks; sums are taken of x - shift, the mean so far, so that nothing
 * cancels when the mean is far from zero. Everything else goes through doubles.
 *
 * The range is known only at the end, so the histogram of these is made from numbers that
 * were kept: all of a small tensor, an even sample of a large one, each from a random place of its
 * share so that no rhythm of rows is hit.
 */
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "load/tensor_bytes.h"
#include "measure/kernels.h"
#include "measure/measure_as.h"
#include "measure/reals.h"

/* Elements of a tensor whose histogram is exact, and of the sample of a larger one. */
enum { SMALL = 64 * 1024, SAMPLE = 16 * 1024 };

/* Where random numbers start: the same tensor has the same histogram every time. */
#define DICE UINT64_C(0x9e3779b97f4a7c15)

/* Sums of squares below this have lost digits to the lower end of float. */
#define SQUARES_LEAST 1e-30

typedef struct measuring {
	oray_statistics *out;
	reals type;
	const kernels *with;
	double zero, low, high; /* ends of an integer type; NAN of others */
	uint64_t n;             /* finite ones so far */
	double mean, m2;
	uint64_t counts[4][256];
	uint64_t at;           /* elements so far */
	uint64_t share, next;  /* elements for one that is kept; which is the next */
	uint64_t shares, dice; /* shares begun; state of the random numbers */
	size_t n_kept, room;
	double *kept;
} measuring;

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

static void widen(measuring *m, double min, double max)
{
	oray_statistics *s = m->out;
	s->min = s->min <= min ? s->min : min; /* NAN at first */
	s->max = s->max >= max ? s->max : max;
}

/* ------------------------------------------------------------------------------------ kept -- */

/* A place in the next share. xorshift64*: no need to be better. */
static void next_kept(measuring *m)
{
	m->dice ^= m->dice >> 12;
	m->dice ^= m->dice << 25;
	m->dice ^= m->dice >> 27;
	uint64_t random = m->dice * UINT64_C(0x2545f4914f6cdd1d) >> 40; /* 24 bits, as a fraction */
	m->next = m->shares++ * m->share + (m->share * random >> 24);
}

static bool open_kept(measuring *m, uint64_t elements)
{
	m->room = elements <= SMALL ? (size_t)elements : SAMPLE;
	m->share = elements <= SMALL ? 1 : (elements + SAMPLE - 1) / SAMPLE;
	m->dice = DICE;
	m->out->sampled = m->share > 1;
	m->kept = malloc((m->room + 1) * sizeof *m->kept);
	next_kept(m);
	return m->kept != NULL;
}

static float single_at(const uint8_t *p, size_t i)
{
	float x;
	memcpy(&x, p + i * sizeof x, sizeof x);
	return x;
}

/* Keeps what is to be kept of `n` elements, and counts them. Exactly one list is there. */
static void keep(measuring *m, const uint8_t *singles, const double *doubles, size_t n)
{
	while (m->next < m->at + n) {
		size_t i = (size_t)(m->next - m->at);
		double x = singles ? (double)single_at(singles, i) : doubles[i];
		if (isfinite(x) && m->n_kept < m->room)
			m->kept[m->n_kept++] = x;
		next_kept(m);
	}
	m->at += n;
}

static void add_bins(oray_statistics *s, const double *x, const uint64_t *counts, size_t n)
{
	/* Halves, since the width of the range of doubles is more than a double. */
	double start = s->min / 2, factor = ORAY_BINS / (s->max / 2 - start);
	for (size_t i = 0; i < n; i++) {
		double place = (x[i] / 2 - start) * factor;
		size_t bin = place > 0 ? place < ORAY_BINS ? (size_t)place : ORAY_BINS - 1 : 0;
		if (isfinite(x[i]))
			s->bins[bin] += counts ? counts[i] : 1;
	}
}

/* ---------------------------------------------------------------------------------- counts -- */

static void count_bytes(measuring *m, const uint8_t *p, size_t n)
{
	/* Four tables, so that equal neighbours do not wait for each other. */
	size_t i = 0;
	for (; i + 4 <= n; i += 4)
		for (size_t k = 0; k < 4; k++)
			m->counts[k][p[i + k]]++;
	for (; i < n; i++)
		m->counts[0][p[i]]++;
}

static void count_sixes(measuring *m, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t bit = i * 6, byte = bit / 8;
		unsigned v = p[byte];
		if (bit % 8 > 2)
			v |= (unsigned)p[byte + 1] << 8;
		m->counts[0][v >> bit % 8 & 63]++;
	}
}

/* Counts of elements from counts of bytes; `unused` are the elements that the last byte lacks. */
static void split_bytes(const measuring *m, unsigned last, uint64_t unused, uint64_t counts[256])
{
	unsigned bits = m->type.bits, mask = (1u << bits) - 1;
	for (unsigned v = 0; v < 256; v++) {
		uint64_t n = m->counts[0][v] + m->counts[1][v] + m->counts[2][v] + m->counts[3][v];
		for (unsigned shift = 0; shift + bits <= 8; shift += bits)
			counts[v >> shift & mask] += n;
	}
	for (uint64_t i = 0; i < unused; i++)
		counts[last >> (8 - bits * (i + 1)) & mask]--;
}

static void finish_counts(measuring *m, const uint64_t counts[256])
{
	oray_statistics *s = m->out;
	double sum = 0;
	for (unsigned v = 0; v < 256; v++) {
		double x = m->type.table[v];
		s->nans += isnan(x) ? counts[v] : 0;
		s->infinities += isinf(x) ? counts[v] : 0;
		if (!counts[v] || !isfinite(x))
			continue;
		widen(m, x, x);
		m->n += counts[v];
		sum += x * (double)counts[v];
		s->zeros += x == m->zero ? counts[v] : 0;
		s->lowest += x == m->low ? counts[v] : 0;
		s->highest += x == m->high ? counts[v] : 0;
	}
	m->mean = sum / (double)m->n;
	for (unsigned v = 0; v < 256; v++) {
		double x = m->type.table[v], d = x - m->mean;
		if (!counts[v] || !isfinite(x))
			continue;
		m->m2 += d * d * (double)counts[v];
	}
	add_bins(s, m->type.table, counts, 256);
}

static oray_status measure_counts(measuring *m, tensor_bytes *bytes, oray_error *err)
{
	uint64_t left = m->out->elements, counts[256] = {0};
	unsigned last = 0, bits = m->type.bits;
	while (left) {
		const uint8_t *p;
		size_t n;
		oray_status status = tensor_bytes_peek(bytes, bits == 6 ? 3 : 1, &p, &n, err);
		if (status != ORAY_OK)
			return status;
		if (!n)
			return error_set(err, ORAY_ERR_MALFORMED, ORAY_NO_OFFSET, NULL, "too few values");
		if (bits == 6) {
			uint64_t here = n < 3 ? n * 8 / 6 : n / 3 * 4;
			here = here < left ? here : left;
			count_sixes(m, p, (size_t)here);
			tensor_bytes_take(bytes, n < 3 ? n : n / 3 * 3);
			left -= here;
			continue;
		}
		uint64_t here = (uint64_t)n * (8 / bits);
		count_bytes(m, p, n);
		last = p[n - 1];
		tensor_bytes_take(bytes, n);
		left = here < left ? left - here : 0;
	}
	uint64_t per_byte = bits == 6 ? 1 : 8 / bits, over = m->out->elements % per_byte;
	if (bits == 6)
		memcpy(counts, m->counts[0], sizeof counts);
	else
		split_bytes(m, last, over ? per_byte - over : 0, counts);
	finish_counts(m, counts);
	return ORAY_OK;
}

/* ----------------------------------------------------------------------------------- bytes -- */

/*
 * Bytes of large tensors: sums are faster than counting, which is left to some of the blocks. All
 * sums are whole numbers, so nothing is lost.
 */
static oray_status measure_bytes(measuring *m, tensor_bytes *bytes, oray_error *err)
{
	enum { SHARE = 4, SHARE_OF_MANY = 32, MANY = 400 * 1024 };
	oray_statistics *s = m->out;
	const uint8_t flip = m->type.type == ORAY_UINT8 ? 0x80 : 0;
	const int offset = flip ? 128 : 0;
	const bool has_zero =
	    m->zero == rint(m->zero) && m->zero - offset >= -128 && m->zero - offset <= 127;
	const int8_t zero = has_zero ? (int8_t)(m->zero - offset) : 0;
	int64_t sum = 0, squares = 0;
	uint64_t left = s->elements, block = 0;
	int min = 127, max = -128;
	m->share = s->elements < MANY ? SHARE : SHARE_OF_MANY;
	m->dice = DICE;
	s->sampled = true;
	next_kept(m);
	while (left) {
		const uint8_t *p;
		size_t n;
		oray_status status = tensor_bytes_peek(bytes, 1, &p, &n, err);
		if (status != ORAY_OK)
			return status;
		n = n < left ? n : (size_t)left;
		if (!n)
			return error_set(err, ORAY_ERR_MALFORMED, ORAY_NO_OFFSET, NULL, "too few values");
		for (size_t i = 0; i < n; i += KERNEL_BYTES, block++) {
			kernel_bytes b;
			size_t some = n - i < KERNEL_BYTES ? n - i : KERNEL_BYTES;
			m->with->bytes(p + i, some, flip, zero, &b);
			min = b.min < min ? b.min : min;
			max = b.max > max ? b.max : max;
			sum += b.sum;
			squares += b.squares;
			s->zeros += has_zero ? b.zeros : 0;
			s->lowest += b.lowest;
			s->highest += b.highest;
			if (block != m->next)
				continue;
			count_bytes(m, p + i, some);
			next_kept(m);
		}
		tensor_bytes_take(bytes, n);
		left -= n;
	}
	double mean = (double)sum / (double)s->elements;
	m->n = s->elements;
	m->mean = mean + offset;
	m->m2 = fmax((double)squares - mean * (double)sum, 0);
	s->min = min + offset;
	s->max = max + offset;
	uint64_t counts[256] = {0};
	split_bytes(m, 0, 0, counts);
	add_bins(s, m->type.table, counts, 256);
	return ORAY_OK;
}

/* ---------------------------------------------------------------------------------- blocks -- */

/* Any numbers, one by one where some are not finite. */
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
		s->lowest += x[i] == m->low;
		s->highest += x[i] == m->high;
	}
	if (!finite)
		return;
	widen(m, min, max);
	double away = sum / (double)finite, m2 = squares - sum * away;
	merge(m, finite, shift + away, m2 > 0 ? m2 : 0);
}

/* Floats of this machine, at any address. */
static void add_singles(measuring *m, const uint8_t *x, size_t n)
{
	kernel_floats block;
	float shift = (float)m->mean;
	m->with->floats(x, n, shift, &block);
	bool lost = block.squares < SQUARES_LEAST && block.min < block.max;
	if (isfinite(block.squares) && !lost && m->n) {
		m->out->zeros += block.zeros;
		widen(m, block.min, block.max);
		double away = block.sum / (double)n, m2 = block.squares - block.sum * away;
		merge(m, n, (double)shift + away, m2 > 0 ? m2 : 0);
		return;
	}
	/* With care: something is not finite or all but zero, or this is the first block. */
	double wide[KERNEL_BLOCK];
	double sum = 0;
	size_t finite = 0;
	for (size_t i = 0; i < n; i++) {
		wide[i] = (double)single_at(x, i);
		if (isfinite(wide[i])) {
			sum += wide[i];
			finite++;
		}
	}
	if (!m->n && finite)
		m->mean = sum / (double)finite;
	add_doubles(m, wide, n);
}

/* 16 bits wide floats as those of this machine; 32 bits where they are not already. */
static const uint8_t *make_singles(const measuring *m, const uint8_t *p, size_t n, float *out)
{
	if (m->type.type == ORAY_FLOAT32 && REALS_AS_STORED)
		return p;
	m->with->singles(&m->type, p, n, out);
	return (const uint8_t *)out;
}

static void measure_block(measuring *m, const uint8_t *p, size_t n, bool single)
{
	if (single) {
		float singles[KERNEL_BLOCK];
		const uint8_t *x = make_singles(m, p, n, singles);
		add_singles(m, x, n);
		keep(m, x, NULL, n);
	} else {
		double wide[KERNEL_BLOCK];
		reals_decode(&m->type, p, 0, n, wide);
		if (!m->n)
			m->mean = isfinite(wide[0]) ? wide[0] : 0;
		add_doubles(m, wide, n);
		keep(m, NULL, wide, n);
	}
}

static oray_status measure_blocks(measuring *m, tensor_bytes *bytes, oray_error *err)
{
	const size_t width = m->type.bits / 8;
	const int32_t type = m->type.type;
	const bool single = type == ORAY_FLOAT32 || type == ORAY_FLOAT16 || type == ORAY_BFLOAT16;
	for (uint64_t left = m->out->elements; left;) {
		const uint8_t *p;
		size_t have;
		oray_status status = tensor_bytes_peek(bytes, width, &p, &have, err);
		if (status != ORAY_OK)
			return status;
		size_t n = have / width;
		if (!n)
			return error_set(err, ORAY_ERR_MALFORMED, ORAY_NO_OFFSET, NULL, "too few values");
		for (size_t i = 0; i < n; i += KERNEL_BLOCK)
			measure_block(m, p + i * width, n - i < KERNEL_BLOCK ? n - i : KERNEL_BLOCK, single);
		tensor_bytes_take(bytes, n * width);
		left -= n < left ? n : left;
	}
	add_bins(m->out, m->kept, NULL, m->n_kept);
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
	measuring *m = calloc(1, sizeof *m);
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
	free(m->kept);
	free(m);
	return status;
}

oray_status oray_measure(const oray_model *model, oray_id tensor, int64_t zero_point,
                         oray_statistics *out, oray_error *err)
{
	return measure_as(model, tensor, 0, (double)zero_point, out, err);
}
