/* SPDX-License-Identifier: Apache-2.0 */
/*
 * statistics_bytes.c - elements of at most eight bits. How often each pattern is there says
 * everything, exactly.
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
		measuring_widen(m, x, x);
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
		if (bits < 8 && m->with->codes)
			m->with->codes(bits, p, n, counts);
		else if (m->type.type == ORAY_BOOL && m->with->zeros)
			count_bools(m, p, n, counts);
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

/*
 * Bytes of large tensors: sums are faster than counting, which is left to some of the blocks. All
 * sums are whole numbers, so nothing is lost.
 */
oray_status measure_bytes(measuring *m, tensor_bytes *bytes, oray_error *err)
{
	enum { BLOCK = 4096, SHARE = 4, SHARE_OF_MANY = 32, MANY = 400 * 1024 };
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
	s->sampled = true;
	measuring_next(m);
	while (left) {
		const uint8_t *p;
		size_t n;
		oray_status status = tensor_bytes_peek(bytes, 1, &p, &n, err);
		if (status != ORAY_OK)
			return status;
		n = n < left ? n : (size_t)left;
		if (!n)
			return error_set(err, ORAY_ERR_MALFORMED, ORAY_NO_OFFSET, NULL, "too few values");
		for (size_t i = 0; i < n; i += KERNEL_BYTES) {
			kernel_integers b;
			size_t some = n - i < KERNEL_BYTES ? n - i : KERNEL_BYTES;
			m->with->bytes(p + i, some, flip, zero, &b);
			min = b.min < min ? b.min : min;
			max = b.max > max ? b.max : max;
			sum += b.sum;
			squares += b.squares;
			s->zeros += has_zero ? b.zeros : 0;
			s->lowest += b.lowest;
			s->highest += b.highest;
		}
		for (size_t i = 0; i < n; i += BLOCK, block++) {
			if (block != m->next)
				continue;
			count_bytes(m, p + i, n - i < BLOCK ? n - i : BLOCK);
			measuring_next(m);
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
	split_bytes(m, counts);
	measuring_bins(m, m->type.table, counts, 256);
	return ORAY_OK;
}
