/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quick.c - blocks of both sides as floats, and one kernel for them.
 *
 * What is stored, its scales and its zero points become a list of floats each, so it does not
 * matter how long a scale lasts. x - x' of those is rounded once; sums within a block are in single
 * precision, and a block whose numbers that does not suit is done again in double precision.
 *
 * Crossed sides: the numbers that need no scale are turned, a tile at a time, to where those of the
 * other side are, which stay in the order that is theirs and their scales'. Where those are bytes
 * or less, a tile of them is kept as it is stored, and so few columns are turned at a time that
 * both stay in the cache.
 */
#include "measure/quick.h"

#include <math.h>

#include "base/error.h"
#include "base/heap.h"

/* A tile: rows and columns of the side in whose order elements come; so many columns of it are
 * turned at a time; so many of those, which are rows of the side that is turned, are read before
 * they are written down. */
enum { HEIGHT = QUICK_HEIGHT, WIDTH = QUICK_WIDTH, NARROW = 256, STRIP = QUICK_STRIP };
/* From row to row, not a power of two: those would all want the same place in the cache. In the
 * tile, too. */
enum { STRIP_PITCH = HEIGHT + 16 };

/* Pairs that are worth a kernel; fewer are done in double precision. */
enum { FEW = 64 };

/* Rows of columns that are added up before they go to the sums of channels, a few columns each. */
enum { BAND = 4, BAND_WIDTH = KERNEL_BLOCK / BAND };

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
	/* HEIGHT rows, and STRIP rows that are to be turned; NULL unless sides are crossed */
	float *tile, *strip;
	/* The same: what of the other side belongs to a tile; raw: as it is stored, from whole bytes
	 * on, otherwise floats */
	uint8_t *kept;
	bool raw, is_narrow; /* is_narrow: all rows are kept, and few columns turned */
	size_t pitch;        /* from row to row of the tile */
} quick;

bool quick_fits(const side *a, const side *b)
{
	return (side_is_plain(a) || side_is_scaled(a)) && (side_is_plain(b) || side_is_scaled(b)) &&
	       (side_is_plain(a) || side_is_plain(b));
}

const side *quick_order(const side *a, const side *b)
{
	if (a->scaled != b->scaled)
		return a->scaled ? a : b;
	/* Of two plain ones the same one, whichever comes first: sums of a pair are those of its mirror
	 * image. */
	if (a->flipped != b->flipped)
		return a->flipped ? a : b;
	if (a->type.bits != b->type.bits)
		return a->type.bits < b->type.bits ? a : b;
	return a->type.type < b->type.type ? a : b;
}

static bool is_trustworthy(const kernel_sums *k, bool each)
{
	const channel_sums *s = &k->sums;
	bool nothing = s->max_abs == 0 && s->max_abs_error == 0;
	return isfinite(s->xx + s->yy + s->ee) && s->max_abs < ABS_MOST &&
	       s->max_abs_error < ABS_MOST && (nothing || (s->xx > 1e-24 && s->yy > 1e-24)) &&
	       (s->ee > 1e-30 || s->max_abs_error == 0) && (!each || k->min_abs >= ABS_LEAST);
}

/* A row of pairs again, with care. */
static void add_exactly(quick *q, uint64_t index, size_t n, const kernel_pairs *p, size_t row)
{
	double *plain = q->wide[0], *other = q->wide[1];
	const uint8_t *x = p->x + row * p->x_pitch * sizeof(float);
	const size_t bits = p->bytes ? q->other->type.bits : 8 * sizeof(float);
	const uint8_t *stored = p->stored + row * p->stored_pitch * bits / 8;
	float decoded[KERNEL_BLOCK];
	if (p->bytes)
		q->with->singles(&q->other->type, stored, n, decoded);
	else
		memcpy(decoded, stored, n * sizeof *decoded);
	for (size_t i = 0; i < n; i++) {
		float one, two = decoded[i];
		memcpy(&one, x + i * sizeof one, sizeof one);
		plain[i] = (double)one;
		other[i] = (double)two;
		if (p->zero)
			other[i] -= (double)p->zero[i >> p->run];
		if (p->scale)
			other[i] *= (double)p->scale[i >> p->run];
	}
	channels_add(q->sums, index, q->mirrored ? other : plain, q->mirrored ? plain : other, n);
}

static kernel_pairs make_pairs(quick *q, const uint8_t *x, const uint8_t *stored, int32_t bytes)
{
	const side *s = q->other;
	const bool each = channels_each(q->sums);
	return (kernel_pairs){.x = x,
	                      .stored = stored,
	                      .bytes = bytes,
	                      .table = bytes && s->type.bits == 4 ? s->type.singles : NULL,
	                      .scale = s->scaled ? s->scale_list : NULL,
	                      .zero = s->scaled && !side_zero_is_0(s) ? s->zero_list : NULL,
	                      .run = s->scaled ? s->run : 0,
	                      .squares = each ? q->squares : NULL,
	                      .errors = each ? q->errors : NULL,
	                      .mirrored = q->mirrored};
}

/* The pairs of a block, and of those a `period` and more later if it has rows. */
static void compare_pairs(quick *q, uint64_t index, size_t n, const kernel_pairs *p,
                          uint64_t period)
{
	kernel_sums k;
	if (n >= FEW)
		q->with->compare(p, n, &k);
	if (n >= FEW && is_trustworthy(&k, p->squares != NULL)) {
		channels_add_block(q->sums, index, n, &k.sums, q->squares, q->errors, q->with->add);
		return;
	}
	size_t row = 0;
	do
		add_exactly(q, index + row * period, n, p, row);
	while (++row < p->rows);
}

/* Scales are what side_scales() said last. @param bytes  As in kernel_pairs. */
static void compare_block(quick *q, uint64_t index, size_t n, const uint8_t *x,
                          const uint8_t *stored, int32_t bytes)
{
	kernel_pairs pairs = make_pairs(q, x, stored, bytes);
	compare_pairs(q, index, n, &pairs, 0);
}

/* Whether elements may go to the kernel as they are. */
static bool takes_bytes(const quick *q)
{
	const side *s = q->other;
	const unsigned least = q->with->compares_bits;
	const bool runs = s->inner == 1 && s->block > 1; /* perhaps not written out */
	return s->scaled && !q->mirrored && (!runs || (least == 4 && s->block > 8)) &&
	       (s->type.bits == 4 ? least == 4
	                          : least && (s->type.type == ORAY_INT8 || s->type.type == ORAY_UINT8));
}

/* ----------------------------------------------------------------------------------- bands -- */

/* Some rows of `period` elements, where whole ones are at hand on both sides. @param n  Receives
 * how many elements were compared, 0: the next ones have to be taken as they come. */
static oray_status compare_band(quick *q, uint64_t index, size_t period, size_t *n, oray_error *err)
{
	side *a = q->plain, *b = q->other;
	const uint8_t *x, *stored;
	const uint8_t *space = (const uint8_t *)q->y;
	const bool raw = takes_bytes(q);
	size_t have = 0, bytes = 0, step = period * b->type.bits / 8;
	*n = 0;
	oray_status status = tensor_bytes_peek(a->bytes, sizeof(float), &x, &have, err);
	if (status == ORAY_OK)
		status = tensor_bytes_peek(b->bytes, b->type.bits < 8 ? 1 : b->type.bits / 8, &stored,
		                           &bytes, err);
	size_t rows =
	    have / sizeof(float) / period < bytes / step ? have / sizeof(float) / period : bytes / step;
	rows = rows < BAND ? rows : BAND;
	uint64_t alike = side_scales_alike(b, index, period), left = (a->elements - index) / period;
	rows = rows < alike ? rows : (size_t)alike;
	if (status != ORAY_OK || rows < 2 || left < rows)
		return status;
	for (size_t at = 0, some; at < period && status == ORAY_OK; at += some) {
		some = period - at < BAND_WIDTH ? period - at : BAND_WIDTH;
		if (b->scaled)
			status = side_scales(b, index + at, some, err);
		kernel_pairs p =
		    make_pairs(q, x + at * sizeof(float), raw ? stored + at * b->type.bits / 8 : space,
		               raw ? b->type.type : 0);
		p.rows = rows;
		p.x_pitch = period;
		p.stored_pitch = raw ? period : some;
		for (size_t r = 0; r < rows && !raw; r++)
			q->with->singles(&b->type, stored + r * step + at * b->type.bits / 8, some,
			                 q->y + r * some);
		if (status == ORAY_OK)
			compare_pairs(q, index + at, some, &p, period);
	}
	tensor_bytes_take(a->bytes, rows * period * sizeof(float));
	tensor_bytes_take(b->bytes, rows * step);
	a->at += rows * period;
	b->at += rows * period;
	*n = rows * period;
	return status;
}

/* Elements of the rows of bands, 0: there are none. */
static size_t band_period(const quick *q)
{
	const side *b = q->other;
	size_t period = q->sums->columns ? q->sums->period : 0;
	bool fits = REALS_AS_STORED && q->plain->type.type == ORAY_FLOAT32 && b->row == UINT64_MAX &&
	            period * b->type.bits % 8 == 0 && 8 % (b->type.bits < 8 ? b->type.bits : 8) == 0;
	return fits ? period : 0;
}

static oray_status compare_straight(quick *q, oray_error *err)
{
	oray_status status = ORAY_OK;
	const size_t period = band_period(q);
	const bool raw = takes_bytes(q);
	uint64_t all = q->plain->elements;
	size_t n;
	for (uint64_t i = 0; i < all && status == ORAY_OK; i += n) {
		const uint8_t *x, *stored;
		int32_t bytes = 0;
		n = 0;
		if (period && i % period == 0)
			status = compare_band(q, i, period, &n, err);
		if (n || status != ORAY_OK)
			continue;
		n = all - i < KERNEL_BLOCK ? (size_t)(all - i) : KERNEL_BLOCK;
		n = channels_block(q->sums, i, n);
		if (period && n > period - i % period)
			n = (size_t)(period - i % period);
		if (q->other->scaled)
			status = side_scales(q->other, i, n, err);
		if (status == ORAY_OK)
			status = side_singles(q->plain, q->with, n, q->x, &x, NULL, err);
		if (status == ORAY_OK)
			status = side_singles(q->other, q->with, n, q->y, &stored, raw ? &bytes : NULL, err);
		if (status == ORAY_OK)
			compare_block(q, i, n, x, stored, bytes);
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
		q->with->turn(q->strip, pitch, STRIP, t->rows, q->tile + j, q->pitch);
	}
	return ORAY_OK;
}

/* Bytes from row to row of what is kept. */
static size_t kept_pitch(const quick *q, size_t columns)
{
	return q->raw ? (columns * q->other->type.bits + 7) / 8 : columns * sizeof(float);
}

/* Reads rows of a tile from the other side, whose rows are `length` elements. */
static oray_status keep(quick *q, const tile *t, size_t first, size_t rows, uint64_t length,
                        oray_error *err)
{
	side *s = q->other;
	const bool whole = t->columns == length && s->row == UINT64_MAX;
	const size_t pitch = kept_pitch(q, t->columns), at_once = whole ? rows : 1;
	for (size_t i = 0; i < rows; i += at_once) {
		uint64_t at = (t->row + first + i) * length + t->column;
		uint8_t *to = q->kept + i * pitch;
		size_t n = at_once * t->columns;
		oray_status status = q->raw ? side_bytes_at(s, at, n, to, err)
		                            : side_singles_at(s, q->with, at, n, (float *)(void *)to, err);
		if (status != ORAY_OK)
			return status;
	}
	return ORAY_OK;
}

/* Compares a row of what was turned with one that was kept. */
static oray_status compare_row(quick *q, const float *turned, const uint8_t *stored, uint64_t at,
                               size_t n, oray_error *err)
{
	const reals *type = &q->other->type;
	const bool floats = !q->raw || type->type == ORAY_FLOAT32;
	const bool bytes = !floats && takes_bytes(q);
	oray_status status = q->other->scaled ? side_scales(q->other, at, n, err) : ORAY_OK;
	if (status != ORAY_OK)
		return status;
	if (!floats && !bytes)
		q->with->singles(type, stored, n, q->y);
	compare_block(q, at, n, (const uint8_t *)turned,
	              floats || bytes ? stored : (const uint8_t *)q->y, bytes ? type->type : 0);
	return ORAY_OK;
}

/* Compares a tile, as many columns at a time as are turned. */
static oray_status compare_tile(quick *q, const tile *t, uint64_t length, uint64_t rows,
                                oray_error *err)
{
	const size_t pitch = kept_pitch(q, t->columns), some_rows = q->is_narrow ? HEIGHT : STRIP;
	const size_t most = q->is_narrow ? NARROW : WIDTH;
	oray_status status = q->is_narrow ? keep(q, t, 0, t->rows, length, err) : ORAY_OK;
	for (size_t i = 0; i < t->columns && status == ORAY_OK; i += most) {
		const uint8_t *kept = q->kept + i * (q->raw ? q->other->type.bits : 32) / 8;
		tile part = *t;
		part.column += i;
		part.columns = t->columns - i < most ? t->columns - i : most;
		status = turn(q, &part, rows, err);
		for (size_t k = 0; k < t->rows && status == ORAY_OK; k++) {
			size_t left = t->rows - k, in = k % some_rows;
			if (!q->is_narrow && in == 0)
				status = keep(q, t, k, left < STRIP ? left : STRIP, length, err);
			if (status == ORAY_OK)
				status = compare_row(q, q->tile + k * q->pitch, kept + in * pitch,
				                     (t->row + k) * length + part.column, part.columns, err);
		}
	}
	return status;
}

/* Whether rows of the other side begin with whole bytes, and floats need not be made of them. */
static bool rows_are_bytes(const side *s, uint64_t length)
{
	const uint64_t row = s->row == UINT64_MAX ? length : s->stride;
	return (s->row == UINT64_MAX || s->row == length) && row % 8 * s->type.bits % 8 == 0 &&
	       (REALS_AS_STORED || s->type.type != ORAY_FLOAT32);
}

static oray_status compare_crossed(quick *q, uint64_t length, oray_error *err)
{
	uint64_t rows = q->plain->elements / length;
	tile t;
	q->raw = rows_are_bytes(q->other, length);
	q->is_narrow = q->raw && q->other->type.bits <= 8;
	q->pitch = (q->is_narrow ? NARROW : WIDTH) + 16;
	/* Whole lines of the cache are written. */
	q->tile = heap_aligned(64, HEIGHT * q->pitch * sizeof *q->tile);
	q->strip = heap_zeroed(STRIP * STRIP_PITCH, sizeof *q->strip);
	q->kept = heap_aligned(64, (q->is_narrow ? HEIGHT : STRIP) * kept_pitch(q, WIDTH));
	if (!q->tile || !q->strip || !q->kept)
		return error_memory(err);
	for (t.row = 0; t.row < rows; t.row += HEIGHT)
		for (t.column = 0; t.column < length; t.column += WIDTH) {
			t.rows = rows - t.row < HEIGHT ? (size_t)(rows - t.row) : HEIGHT;
			t.columns = length - t.column < WIDTH ? (size_t)(length - t.column) : WIDTH;
			oray_status status = compare_tile(q, &t, length, rows, err);
			if (status != ORAY_OK)
				return status;
		}
	return ORAY_OK;
}

oray_status quick_compare(side *a, side *b, uint64_t length, channels *sums, oray_error *err)
{
	quick *q = heap_zeroed(1, sizeof *q);
	if (!q)
		return error_memory(err);
	q->mirrored = quick_order(a, b) == a;
	q->plain = q->mirrored ? b : a;
	q->other = q->mirrored ? a : b;
	q->sums = sums;
	q->with = kernels_best();
	q->other->single = q->with->compares_bits == 4;
	oray_status status = length ? compare_crossed(q, length, err) : compare_straight(q, err);
	heap_free(q->tile);
	heap_free(q->strip);
	heap_free(q->kept);
	heap_free(q);
	return status;
}
