/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quick.c - blocks of both sides as floats, and one kernel for them.
 *
 * What is stored, its scales and its zero points become a list of floats each, so it does not
 * matter how long a scale lasts. x - x' of those is rounded once; sums within a block are in single
 * precision, and a block whose numbers that does not suit is done again in double precision.
 *
 * Crossed sides: the numbers that need no scale are turned, a tile at a time, to where those of the
 * other side are, which stay in the order that is theirs and their scales'.
 */
#include "measure/quick.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"

/* A tile: rows and columns of the side in whose order elements come; so many of the columns, which
 * are rows of the side that is turned, are read before they are written down. */
enum { HEIGHT = 1024, WIDTH = KERNEL_BLOCK, STRIP = 16 };
/* From row to row, not a power of two: those would all want the same place in the cache. */
enum { PITCH = WIDTH + 16, STRIP_PITCH = HEIGHT + 16 };

/* Pairs that are worth a kernel; fewer are done in double precision. */
enum { FEW = 64 };

/* Squares of smaller numbers, unless they are 0, are lost among those that floats hold. */
#define ABS_LEAST 0x1p-40
/* Many squares of smaller numbers can be added up. */
#define ABS_MOST 1e17

typedef struct quick {
	side *plain, *other; /* other: scaled, or plain as well */
	bool mirrored;       /* plain is b */
	channels *sums;
	const kernels *with;
	float x[KERNEL_BLOCK], y[KERNEL_BLOCK], squares[KERNEL_BLOCK], errors[KERNEL_BLOCK];
	double wide[2][KERNEL_BLOCK];
	float strip[STRIP * STRIP_PITCH];
	float *tile; /* HEIGHT rows; NULL unless sides are crossed */
} quick;

bool quick_fits(const side *a, const side *b)
{
	return (side_is_plain(a) || side_is_scaled(a)) && (side_is_plain(b) || side_is_scaled(b)) &&
	       (side_is_plain(a) || side_is_plain(b));
}

const side *quick_order(const side *a, const side *b)
{
	return a->scaled ? a : b;
}

static bool is_trustworthy(const kernel_sums *k, bool each)
{
	const channel_sums *s = &k->sums;
	return isfinite(s->xx + s->yy + s->ee) && s->max_abs < ABS_MOST &&
	       s->max_abs_error < ABS_MOST && (s->xx > 1e-24 || s->max_abs == 0) &&
	       (s->ee > 1e-30 || s->max_abs_error == 0) && (!each || k->min_abs >= ABS_LEAST);
}

static void add_exactly(quick *q, uint64_t index, size_t n, const uint8_t *x, const uint8_t *stored)
{
	const side *s = q->other;
	double *plain = q->wide[0], *other = q->wide[1];
	for (size_t i = 0; i < n; i++) {
		float one, two;
		memcpy(&one, x + i * sizeof one, sizeof one);
		memcpy(&two, stored + i * sizeof two, sizeof two);
		plain[i] = (double)one;
		other[i] = (double)two;
		if (s->scaled)
			other[i] = (other[i] - (double)s->zero_of[i]) * (double)s->scale_of[i];
	}
	channels_add(q->sums, index, q->mirrored ? other : plain, q->mirrored ? plain : other, n);
}

/* The pairs of a block; scales are what side_scales() said last. */
static void compare_block(quick *q, uint64_t index, size_t n, const uint8_t *x,
                          const uint8_t *stored)
{
	const side *s = q->other;
	const bool each = channels_each(q->sums);
	kernel_pairs pairs = {.x = x,
	                      .stored = stored,
	                      .scale = s->scaled ? s->scale_of : NULL,
	                      .zero = s->scaled ? s->zero_of : NULL,
	                      .squares = each ? q->squares : NULL,
	                      .errors = each ? q->errors : NULL,
	                      .mirrored = q->mirrored};
	kernel_sums k;
	if (n >= FEW)
		q->with->compare(&pairs, n, &k);
	if (n >= FEW && is_trustworthy(&k, each))
		channels_add_block(q->sums, index, n, &k.sums, q->squares, q->errors, q->with->add);
	else
		add_exactly(q, index, n, x, stored);
}

static oray_status compare_straight(quick *q, oray_error *err)
{
	oray_status status = ORAY_OK;
	uint64_t all = q->plain->elements;
	for (uint64_t i = 0; i < all && status == ORAY_OK;) {
		const uint8_t *x, *stored;
		size_t n = all - i < KERNEL_BLOCK ? (size_t)(all - i) : KERNEL_BLOCK;
		n = channels_block(q->sums, i, n);
		if (q->other->scaled)
			status = side_scales(q->other, i, n, err);
		if (status == ORAY_OK)
			status = side_singles(q->plain, q->with, n, q->x, &x, err);
		if (status == ORAY_OK)
			status = side_singles(q->other, q->with, n, q->y, &stored, err);
		if (status == ORAY_OK)
			compare_block(q, i, n, x, stored);
		i += n;
	}
	return status;
}

/* --------------------------------------------------------------------------------- crossed -- */

typedef struct tile {
	uint64_t row, column;
	size_t rows, columns;
} tile;

/* Fills a tile from the plain side, whose rows are `length` elements. */
static oray_status turn(quick *q, const tile *t, uint64_t length, oray_error *err)
{
	for (size_t j = 0; j < t->columns; j += STRIP) {
		size_t some = t->columns - j < STRIP ? t->columns - j : STRIP;
		/* Whole rows lie one after the other: they are read together. */
		size_t at_once = t->rows == length ? some : 1, pitch = at_once > 1 ? t->rows : STRIP_PITCH;
		for (size_t k = 0; k < some; k += at_once) {
			uint64_t from = (t->column + j + k) * length + t->row;
			oray_status status = side_singles_at(q->plain, q->with, from, at_once * t->rows,
			                                     q->strip + k * pitch, err);
			if (status != ORAY_OK)
				return status;
		}
		q->with->turn(q->strip, pitch, STRIP, t->rows, q->tile + j, PITCH);
	}
	return ORAY_OK;
}

static oray_status compare_tile(quick *q, const tile *t, uint64_t length, oray_error *err)
{
	oray_status status = ORAY_OK;
	const bool whole = t->columns == length && q->other->row == UINT64_MAX;
	size_t got = 0; /* rows in strip that were not looked at */
	for (size_t i = 0; i < t->rows && status == ORAY_OK; i++) {
		uint64_t at = (t->row + i) * length + t->column;
		if (!got) {
			got = !whole ? 1 : t->rows - i < STRIP ? t->rows - i : STRIP;
			status = side_singles_at(q->other, q->with, at, got * t->columns, q->strip, err);
		}
		const float *y = q->strip + (whole ? i % STRIP * t->columns : 0);
		if (q->other->scaled && status == ORAY_OK)
			status = side_scales(q->other, at, t->columns, err);
		if (status == ORAY_OK)
			compare_block(q, at, t->columns, (const uint8_t *)(q->tile + i * PITCH),
			              (const uint8_t *)y);
		got--;
	}
	return status;
}

static oray_status compare_crossed(quick *q, uint64_t length, oray_error *err)
{
	uint64_t rows = q->plain->elements / length;
	tile t;
	q->tile = malloc(HEIGHT * PITCH * sizeof *q->tile);
	if (!q->tile)
		return error_memory(err);
	for (t.row = 0; t.row < rows; t.row += HEIGHT)
		for (t.column = 0; t.column < length; t.column += WIDTH) {
			t.rows = rows - t.row < HEIGHT ? (size_t)(rows - t.row) : HEIGHT;
			t.columns = length - t.column < WIDTH ? (size_t)(length - t.column) : WIDTH;
			oray_status status = turn(q, &t, rows, err);
			if (status == ORAY_OK)
				status = compare_tile(q, &t, length, err);
			if (status != ORAY_OK)
				return status;
		}
	return ORAY_OK;
}

oray_status quick_compare(side *a, side *b, uint64_t length, channels *sums, oray_error *err)
{
	quick *q = calloc(1, sizeof *q);
	if (!q)
		return error_memory(err);
	q->mirrored = a->scaled;
	q->plain = a->scaled ? b : a;
	q->other = a->scaled ? a : b;
	q->sums = sums;
	q->with = kernels_best();
	oray_status status = length ? compare_crossed(q, length, err) : compare_straight(q, err);
	free(q->tile);
	free(q);
	return status;
}
