/* SPDX-License-Identifier: Apache-2.0 */
/*
 * statistics_bytes.c - elements of at most eight bits. How often each pattern is there says
 * everything, exactly; where counting is slower than reading, large tensors are summed up instead.
 */
#include <math.h>

#include "base/error.h"
#include "measure/statistics.h"

/* ---------------------------------------------------------------------------------- counts -- */

static void count_bytes(measuring *m, const uint8_t *p, size_t n)
{
	/* Four tables, so that equal neighbours do not wait for each other. */
	size_t i = 0;
	for (; i + 8 <= n; i += 8) {
		uint64_t word = reals_load(p + i, 8);
		for (size_t k = 0; k < 8; k++)
			m->counts[k % 4][word >> 8 * k & 255]++;
	}
	for (; i < n; i++)
		m->counts[0][p[i]]++;
}

static void count_sixes(measuring *m, const uint8_t *p, size_t n)
{
	size_t i = 0;
	for (; i + 4 <= n; i += 4, p += 3) {
		uint32_t v = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16;
		for (size_t k = 0; k < 4; k++)
			m->counts[k][v >> 6 * k & 63]++;
	}
	for (unsigned bit = 0; i < n; i++, bit += 6) {
		unsigned v = p[bit / 8];
		if (bit % 8 > 2)
			v |= (unsigned)p[bit / 8 + 1] << 8;
		m->counts[0][v >> bit % 8 & 63]++;
	}
}

/* Any byte but 0 is true. */
static void count_bools(const measuring *m, const uint8_t *p, size_t n, uint64_t counts[256])
{
	uint64_t zeros = m->with->zeros(p, n);
	counts[0] += zeros;
	counts[1] += n - zeros;
}

/* Patterns that an element can have. */
static unsigned n_codes(const measuring *m)
{
	return 1u << m->type.bits;
}

/* Counts of elements from counts of bytes. Elements of 6 bits were counted as such. */
static void split_bytes(const measuring *m, uint64_t counts[256])
{
	unsigned bits = m->type.bits, mask = n_codes(m) - 1;
	for (unsigned v = 0; v < 256; v++) {
		uint64_t n = m->counts[0][v] + m->counts[1][v] + m->counts[2][v] + m->counts[3][v];
		for (unsigned shift = 0; n && shift + bits <= 8; shift += bits)
			counts[bits == 6 ? v : v >> shift & mask] += n;
	}
}

static void finish_counts(measuring *m, const uint64_t counts[256])
{
	oray_statistics *s = m->out;
	double sum = 0;
	for (unsigned v = 0; v < n_codes(m); v++) {
		double x = m->type.table[v];
		s->nans += isnan(x) ? counts[v] : 0;
		s->infinities += isinf(x) ? counts[v] : 0;
		if (!counts[v] || !isfinite(x))
			continue;
		measuring_widen(m, x + 0.0, x + 0.0); /* -0 is 0 */
		m->n += counts[v];
		sum += x * (double)counts[v];
		s->zeros += x == m->zero ? counts[v] : 0;
		s->lowest += x == m->low ? counts[v] : 0;
		s->highest += x == m->high ? counts[v] : 0;
	}
	m->mean = sum / (double)m->n;
	for (unsigned v = 0; v < n_codes(m); v++) {
		double x = m->type.table[v], d = x - m->mean;
		if (!counts[v] || !isfinite(x))
			continue;
		m->m2 += d * d * (double)counts[v];
	}
	measuring_bins(m, m->type.table, counts, n_codes(m));
}

oray_status measure_counts(measuring *m, tensor_bytes *bytes, oray_error *err)
{
	uint64_t left = m->out->elements, counts[256] = {0};
	unsigned last = 0, bits = m->type.bits;
	const bool quick = m->with->codes && bits <= m->with->codes_most;
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
		if (m->type.type == ORAY_BOOL && m->with->zeros)
			count_bools(m, p, n, counts);
		else if (quick)
			m->with->codes(bits, p, n, counts);
		else
			count_bytes(m, p, n);
		last = p[n - 1];
		tensor_bytes_take(bytes, n);
		left = here < left ? left - here : 0;
	}
	uint64_t per_byte = bits == 6 ? 1 : 8 / bits, over = m->out->elements % per_byte;
	if (bits >= 6 || !m->with->codes)
		split_bytes(m, counts);
	for (uint64_t i = over; over && i < per_byte; i++) /* what the last byte lacks */
		counts[last >> bits * i & (n_codes(m) - 1)]--;
	finish_counts(m, counts);
	return ORAY_OK;
}

/* ----------------------------------------------------------------------------------- bytes -- */

/* What takes in some of a tensor's elements, at most KERNEL_BYTES. */
typedef void add_some(measuring *m, void *sums, const uint8_t *p, size_t n);

/*
 * Elements of large tensors: sums are faster than counting, which is left to some of the blocks.
 * All sums are whole numbers, so nothing is lost.
 */
static oray_status measure_sums(measuring *m, tensor_bytes *bytes, add_some *add, void *sums,
                                oray_error *err)
{
	enum { BLOCK = 4096, SHARE = 4, SHARE_OF_MANY = 32, MANY = 400 * 1024 };
	const bool six = m->type.bits == 6;
	uint64_t left = m->out->elements, block = 0;
	m->share = left < MANY ? SHARE : SHARE_OF_MANY;
	m->out->sampled = true;
	measuring_next(m);
	while (left) {
		const uint8_t *p;
		size_t have;
		oray_status status = tensor_bytes_peek(bytes, six ? 3 : 1, &p, &have, err);
		if (status != ORAY_OK)
			return status;
		size_t n = !six ? have : have < 3 ? have * 8 / 6 : have / 3 * 4;
		if (!n)
			return error_set(err, ORAY_ERR_MALFORMED, ORAY_NO_OFFSET, NULL, "too few values");
		n = n < left ? n : (size_t)left;
		for (size_t i = 0; i < n; i += KERNEL_BYTES)
			add(m, sums, p + (six ? i / 4 * 3 : i), n - i < KERNEL_BYTES ? n - i : KERNEL_BYTES);
		for (size_t i = 0; i < n; i += BLOCK, block++) {
			if (block != m->next)
				continue;
			if (six)
				count_sixes(m, p + i / 4 * 3, n - i < BLOCK ? n - i : BLOCK);
			else
				count_bytes(m, p + i, n - i < BLOCK ? n - i : BLOCK);
			measuring_next(m);
		}
		tensor_bytes_take(bytes, six && have >= 3 ? have / 3 * 3 : have);
		left -= n;
	}
	return ORAY_OK;
}

/* The histogram, of the blocks that were counted. The range is known. */
static void bin_blocks(measuring *m)
{
	uint64_t counts[256] = {0};
	split_bytes(m, counts);
	measuring_bins(m, m->type.table, counts, n_codes(m));
}

typedef struct integer_sums {
	uint8_t flip;
	bool has_zero;
	int8_t zero;
	kernel_integers all;
} integer_sums;

static void add_integers(measuring *m, void *sums, const uint8_t *p, size_t n)
{
	integer_sums *s = sums;
	kernel_integers b;
	m->with->bytes(p, n, s->flip, s->zero, &b);
	s->all.min = b.min < s->all.min ? b.min : s->all.min;
	s->all.max = b.max > s->all.max ? b.max : s->all.max;
	s->all.sum += b.sum;
	s->all.squares += b.squares;
	m->out->zeros += s->has_zero ? b.zeros : 0;
	m->out->lowest += b.lowest;
	m->out->highest += b.highest;
}

oray_status measure_bytes(measuring *m, tensor_bytes *bytes, oray_error *err)
{
	oray_statistics *s = m->out;
	integer_sums sums = {.flip = m->type.type == ORAY_UINT8 ? 0x80 : 0,
	                     .all = {.min = 127, .max = -128}};
	const int offset = sums.flip ? 128 : 0;
	const double zero = m->zero - offset;
	sums.has_zero = zero == rint(zero) && zero >= -128 && zero <= 127;
	sums.zero = sums.has_zero ? (int8_t)zero : 0;
	oray_status status = measure_sums(m, bytes, add_integers, &sums, err);
	if (status != ORAY_OK)
		return status;
	double mean = (double)sums.all.sum / (double)s->elements;
	m->n = s->elements;
	m->mean = mean + offset;
	m->m2 = fmax((double)sums.all.squares - mean * (double)sums.all.sum, 0);
	s->min = sums.all.min + offset;
	s->max = sums.all.max + offset;
	bin_blocks(m);
	return ORAY_OK;
}

/* ---------------------------------------------------------------------------------- floats -- */

typedef struct eights_sums {
	eights_type type;
	eights_so_far all;
} eights_sums;

static void add_eights(measuring *m, void *sums, const uint8_t *p, size_t n)
{
	eights_sums *s = sums;
	m->with->eights(&s->type, p, n, &s->all);
}

bool measure_fits_eights(const measuring *m)
{
	if (!m->with->eights || !eights_fit(m->type.type))
		return false;
	bool is_number = false;
	for (unsigned v = 0; v < n_codes(m); v++)
		is_number = is_number || m->type.table[v] == m->zero;
	return m->zero == 0 || !is_number;
}

oray_status measure_eights(measuring *m, tensor_bytes *bytes, oray_error *err)
{
	oray_statistics *s = m->out;
	eights_sums sums = {.all = eights_start()};
	if (!eights_prepare(&sums.type, m->type.type))
		return ORAY_OK;
	oray_status status = measure_sums(m, bytes, add_eights, &sums, err);
	if (status != ORAY_OK)
		return status;
	s->nans = sums.all.nans;
	s->infinities = sums.all.infinities;
	s->zeros = m->zero == 0 ? sums.all.zeros : 0;
	m->n = s->elements - s->nans - s->infinities;
	if (!m->n)
		return ORAY_OK;
	eights_total total = eights_finish(&sums.type, &sums.all, m->n);
	m->mean = total.mean;
	m->m2 = total.m2;
	/* The smaller zero comes first: it is written as the other one. */
	s->min = m->type.table[eights_pattern(&sums.type, sums.all.min)] + 0.0;
	s->max = m->type.table[eights_pattern(&sums.type, sums.all.max)] + 0.0;
	bin_blocks(m);
	return ORAY_OK;
}
