/* SPDX-License-Identifier: Apache-2.0 */
/*
 * side_singles.c - blocks of one side as the kernels like them: stored numbers, scales and zero
 * points, each as a list of floats.
 *
 * A scale is written out for each of its elements. That costs a store where the comparison costs
 * ten times as much, and there is one kernel for whatever a scale is for.
 */
#include <math.h>

#include "base/error.h"
#include "measure/side.h"
#include "measure/singles.h"

bool side_is_plain(const side *s)
{
	return !s->scaled && !s->factors && singles_hold(s->type.type);
}

static bool list_holds(const scales *s)
{
	return s->bytes ? singles_hold(s->type.type)
	                : !isfinite(s->only) || (double)(float)s->only == s->only;
}

bool side_is_scaled(const side *s)
{
	return s->scaled && !s->fake && !s->factors && s->factor == 1 && singles_hold(s->type.type) &&
	       list_holds(&s->scale) && list_holds(&s->zero);
}

/* ---------------------------------------------------------------------------------- scales -- */

static void fill(float *to, size_t n, float x)
{
	for (size_t i = 0; i < n; i++)
		to[i] = x;
}

/* One number for all of a block: most of it may still be there from the block before. */
static void fill_all(float *to, size_t n, float x, size_t *same)
{
	size_t from = *same && memcmp(to, &x, sizeof x) == 0 ? *same : 0;
	if (from < n) {
		fill(to + from, n - from, x);
		*same = n;
	}
}

/* Where the number of an element is stored, and what it is for. */
typedef struct spot {
	uint64_t at;    /* in the list of scales */
	uint64_t first; /* elements until the next number, or of a list of numbers, one an element */
	uint64_t each;  /* elements of the numbers after it; 0: it is a list */
	uint64_t more;  /* numbers in a row, the first one counted */
} spot;

static spot find(const side *s, uint64_t index)
{
	uint64_t in = index % s->inner, line = index / s->inner, k = line % s->along;
	if (s->weight->encoding->granularity == ORAY_PER_AXIS)
		return s->inner == 1 ? (spot){k, s->along - k, 0, 1}
		                     : (spot){k, s->inner - in, s->inner, s->along - k};
	uint64_t blocks = s->along / s->block + (s->along % s->block != 0), b = k / s->block;
	uint64_t at = line / s->along * blocks + b, left = s->block - k % s->block;
	if (s->inner > 1)
		return (spot){at * s->inner + in, s->inner - in, 0, 1};
	return (spot){at, left < s->along - k ? left : s->along - k, s->block, blocks - b};
}

/* Elements that the numbers of a spot are for, at most `n`; the last block may be a short one. */
static oray_status expand_spot(scales *list, const spot *p, uint64_t left, size_t n, float *to,
                               size_t *done, oray_error *err)
{
	const float *x;
	size_t count =
	    p->each ? (size_t)(p->more < n ? p->more : n) : (size_t)(p->first < n ? p->first : n);
	oray_status status = scales_singles(list, p->at, &count, &x, err);
	*done = 0;
	if (status != ORAY_OK)
		return status;
	if (!p->each) {
		memcpy(to, x, count * sizeof *x);
		*done = count;
		return ORAY_OK;
	}
	n = left < n ? (size_t)left : n;
	uint64_t run = p->first;
	for (size_t i = 0; i < count && *done < n; i++, run = p->each) {
		size_t some = run < n - *done ? (size_t)run : n - *done;
		fill(to + *done, some, x[i]);
		*done += some;
	}
	return ORAY_OK;
}

static oray_status expand(const side *s, scales *list, uint64_t index, size_t n, float *to,
                          size_t *same, oray_error *err)
{
	if (!list->bytes) {
		fill_all(to, n, (float)list->only, same);
		return ORAY_OK;
	}
	for (size_t i = 0, done; i < n; i += done) {
		spot p = find(s, index + i);
		const float *x;
		size_t one = 1;
		if (i == 0 && p.each && p.first >= n) {
			oray_status status = scales_singles(list, p.at, &one, &x, err);
			if (status == ORAY_OK)
				fill_all(to, n, *x, same);
			return status;
		}
		/* Elements until the line of numbers ends. */
		uint64_t line = s->along * s->inner, left = line - (index + i) % line;
		oray_status status = expand_spot(list, &p, left, n - i, to + i, &done, err);
		if (status != ORAY_OK)
			return status;
	}
	*same = 0;
	return ORAY_OK;
}

/* Blocks of 8, 16, ... elements along rows, from the start of one on: a number of the list each.
 * @return false: something is in the way; lists have to be written out. */
static bool take_runs(side *s, uint64_t index, size_t n, oray_error *err)
{
	unsigned run = 3;
	while (run < 10 && s->block >> run > 1)
		run++;
	if (s->inner != 1 || s->block != UINT64_C(1) << run || s->along % s->block ||
	    index % s->block || !s->scale.bytes)
		return false;
	const size_t count = (n + ((size_t)1 << run) - 1) >> run;
	const uint64_t at = index / s->block;
	size_t have = count;
	if (scales_singles(&s->scale, at, &have, &s->scale_list, err) != ORAY_OK || have < count)
		return false;
	s->zero_list = s->zero_of;
	if (!s->zero.bytes)
		fill_all(s->zero_of, count, (float)s->zero.only, &s->zero_same);
	else if (scales_singles(&s->zero, at, &have, &s->zero_list, err) != ORAY_OK || have < count)
		return false;
	s->run = run;
	return true;
}

/* One number for a whole block. @return  As take_runs(). */
static bool take_one(side *s, uint64_t index, size_t n, oray_error *err)
{
	if (!s->single || !s->scale.bytes)
		return false;
	const spot p = find(s, index);
	size_t one = 1;
	if (!p.each || p.first < n ||
	    scales_singles(&s->scale, p.at, &one, &s->scale_list, err) != ORAY_OK)
		return false;
	s->zero_list = s->zero_of;
	if (!s->zero.bytes)
		fill_all(s->zero_of, 1, (float)s->zero.only, &s->zero_same);
	else if (scales_singles(&s->zero, p.at, &one, &s->zero_list, err) != ORAY_OK)
		return false;
	s->run = 10; /* KERNEL_BLOCK */
	return true;
}

oray_status side_scales(side *s, uint64_t index, size_t n, oray_error *err)
{
	if (take_runs(s, index, n, err) || take_one(s, index, n, err))
		return ORAY_OK;
	s->run = 0;
	s->scale_list = s->scale_of;
	s->zero_list = s->zero_of;
	oray_status status = expand(s, &s->scale, index, n, s->scale_of, &s->scale_same, err);
	if (status == ORAY_OK)
		status = side_zero_is_0(s) ? ORAY_OK
		                           : expand(s, &s->zero, index, n, s->zero_of, &s->zero_same, err);
	return status;
}

uint64_t side_scales_alike(const side *s, uint64_t index, uint64_t period)
{
	if (!s->scaled || s->inner == UINT64_MAX)
		return UINT64_MAX;
	if (s->weight->encoding->granularity == ORAY_PER_AXIS)
		return period % (s->along * s->inner) == 0 ? UINT64_MAX : 0;
	uint64_t k = index / s->inner % s->along, left = s->block - k % s->block;
	return period != s->inner ? 0 : left < s->along - k ? left : s->along - k;
}

/* --------------------------------------------------------------------------------- singles -- */

/* Elements that may begin inside a byte. */
static void decode(const side *s, const kernels *with, const uint8_t *p, unsigned phase, size_t n,
                   float *out)
{
	unsigned bits = s->type.bits;
	for (; phase && n; n--) {
		double first;
		reals_decode(&s->type, p, phase, 1, &first);
		*out++ = (float)first;
		phase += bits;
		p += phase / 8;
		phase %= 8;
	}
	if (n)
		with->singles(&s->type, p, n, out);
}

oray_status side_singles(side *s, const kernels *with, size_t n, float *space, const uint8_t **out,
                         int32_t *bytes_of, oray_error *err)
{
	const bool as_stored = REALS_AS_STORED && s->type.type == ORAY_FLOAT32;
	*out = (const uint8_t *)space;
	if (bytes_of)
		*bytes_of = 0;
	for (size_t done = 0; done < n;) {
		const uint8_t *p;
		size_t bytes, want = n - done;
		uint64_t in_row = s->row == UINT64_MAX ? 0 : s->at % s->row;
		if (want > s->row - in_row)
			want = (size_t)(s->row - in_row);
		oray_status status =
		    tensor_bytes_peek(s->bytes, s->type.bits < 8 ? 2 : s->type.bits / 8, &p, &bytes, err);
		if (status != ORAY_OK)
			return status;
		size_t have = bytes ? (bytes * 8 - s->phase) / s->type.bits : 0;
		want = want < have ? want : have;
		if (!want)
			return error_set(err, ORAY_ERR_MALFORMED, ORAY_NO_OFFSET, NULL, "too few values");
		if (as_stored && want == n)
			*out = p;
		else if (bytes_of && want == n && !s->phase)
			*out = p, *bytes_of = s->type.type;
		else
			decode(s, with, p, s->phase, want, space + done);
		size_t used = s->phase + want * s->type.bits;
		tensor_bytes_take(s->bytes, used / 8);
		s->phase = (unsigned)(used % 8);
		s->at += want;
		done += want;
		if (s->row != UINT64_MAX && s->at % s->row == 0)
			status = side_skip(s, err);
		if (status != ORAY_OK)
			return status;
	}
	return ORAY_OK;
}

oray_status side_bytes_at(side *s, uint64_t index, size_t n, uint8_t *to, oray_error *err)
{
	const uint64_t bits = s->type.bits, at = index / s->row * s->stride + index % s->row;
	return tensor_bytes_at(s->bytes, at / 8 * bits + at % 8 * bits / 8,
	                       (size_t)((n * bits + 7) / 8), to, err);
}

oray_status side_singles_at(side *s, const kernels *with, uint64_t index, size_t n, float *space,
                            oray_error *err)
{
	unsigned phase;
	if (REALS_AS_STORED && s->type.type == ORAY_FLOAT32)
		return tensor_bytes_at(s->bytes, index * 4, n * 4, (uint8_t *)space, err);
	oray_status status = side_fetch(s, index, n, &phase, err);
	if (status == ORAY_OK)
		decode(s, with, s->scratch, phase, n, space);
	return status;
}
