/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fidelity.c - how far one weight is from another.
 *
 * Both are read front to back, a few thousand elements at a time. Where one is stored the other way
 * round, squares of both are read instead, so that neither has to be kept: rows of a few hundred
 * elements are long enough for pread(). quick.h does the same in single precision for nearly every
 * pair that is met; what is here does the rest.
 */
#include <math.h>

#include "base/error.h"
#include "base/heap.h"
#include "base/num.h"
#include "measure/channels.h"
#include "measure/quick.h"

enum { PIECE = 2048, TILE = 512, STRIP = 8 };

typedef struct comparison {
	side a, b;
	channels sums;
	uint64_t rows, columns; /* of a as stored, dimensions of 1 left out; crossed ones only */
	double *x, *y;          /* PIECE elements; or a row of a tile, and a tile the other way round */
} comparison;

static oray_status refuse(oray_error *err, const char *why)
{
	return error_set(err, ORAY_ERR_USAGE, ORAY_NO_OFFSET, NULL, "%s", why);
}

/* The next dimension that is not 1, as read; 0 dimensions are left: false. */
static bool next_dim(const side *s, size_t *i, int64_t *dim)
{
	while (*i < s->n_dims) {
		*dim = s->dims[s->flipped ? 1 - *i : *i];
		++*i;
		if (*dim != 1)
			return true;
	}
	return false;
}

/* Dimensions of 1 do not matter: [64] is [1, 64, 1, 1]. */
static bool same_shape(const side *a, const side *b)
{
	size_t i = 0, j = 0;
	int64_t m = 0, n = 0;
	for (;;) {
		bool more_a = next_dim(a, &i, &m), more_b = next_dim(b, &j, &n);
		if (!more_a || !more_b)
			return more_a == more_b;
		if (m != n)
			return false;
	}
}

/* Whether elements come in another order: a single row or column does not. */
static bool crossed(const side *a, const side *b)
{
	const side *s = a->n_dims == 2 ? a : b;
	return a->flipped != b->flipped && s->n_dims == 2 && s->dims[0] > 1 && s->dims[1] > 1;
}

/* --------------------------------------------------------------------------------- general -- */

static oray_status compare_straight(comparison *c, oray_error *err)
{
	oray_status status = ORAY_OK;
	for (uint64_t i = 0; i < c->a.elements && status == ORAY_OK;) {
		size_t n = c->a.elements - i < PIECE ? (size_t)(c->a.elements - i) : PIECE;
		status = side_read(&c->a, n, c->x, err);
		if (status == ORAY_OK)
			status = side_read(&c->b, n, c->y, err);
		if (status == ORAY_OK)
			channels_add(&c->sums, i, c->x, c->y, n);
		i += n;
	}
	return status;
}

/* Rows [row, row + rows) and columns [column, column + columns) of a, from b: to y[row][column]. */
static oray_status turn(comparison *c, uint64_t row, size_t rows, uint64_t column, size_t columns,
                        oray_error *err)
{
	for (size_t j = 0; j < columns; j += STRIP) {
		double strip[STRIP][TILE];
		size_t some = columns - j < STRIP ? columns - j : STRIP;
		for (size_t k = 0; k < some; k++) {
			oray_status status =
			    side_at(&c->b, (column + j + k) * c->rows + row, rows, strip[k], err);
			if (status != ORAY_OK)
				return status;
		}
		for (size_t i = 0; i < rows; i++)
			for (size_t k = 0; k < some; k++)
				c->y[i * TILE + j + k] = strip[k][i];
	}
	return ORAY_OK;
}

static oray_status compare_tile(comparison *c, uint64_t row, uint64_t column, oray_error *err)
{
	size_t rows = c->rows - row < TILE ? (size_t)(c->rows - row) : TILE;
	size_t columns = c->columns - column < TILE ? (size_t)(c->columns - column) : TILE;
	oray_status status = turn(c, row, rows, column, columns, err);
	for (size_t i = 0; i < rows && status == ORAY_OK; i++) {
		uint64_t at = (row + i) * c->columns + column;
		status = side_at(&c->a, at, columns, c->x, err);
		if (status == ORAY_OK)
			channels_add(&c->sums, at, c->x, c->y + i * TILE, columns);
	}
	return status;
}

static oray_status compare_crossed(comparison *c, oray_error *err)
{
	oray_status status = ORAY_OK;
	for (uint64_t row = 0; row < c->rows; row += TILE)
		for (uint64_t column = 0; column < c->columns; column += TILE) {
			status = compare_tile(c, row, column, err);
			if (status != ORAY_OK)
				return status;
		}
	return status;
}

/* `turned`: elements come in the order of b, which is crossed. */
static oray_status open_sums(comparison *c, int64_t axis, bool shuffled, bool turned,
                             oray_error *err)
{
	uint64_t n = 0, inner = 1, outer = 1;
	if (axis >= (int64_t)c->a.n_dims || axis < -1)
		return refuse(err, "the axis of the channels is outside of the shape");
	if (axis >= 0 && c->a.elements) {
		size_t stored = (size_t)(c->a.flipped ? 1 - axis : axis);
		n = (uint64_t)c->a.dims[stored];
		inner = side_inner(&c->a, stored);
		if (turned && n > 1)
			inner = inner == 1 ? c->rows : 1;
		if (n && inner) /* there are elements */
			outer = c->a.elements / n / inner;
	}
	return channels_open(&c->sums, n, outer, inner, shuffled) ? ORAY_OK : error_memory(err);
}

static oray_status compare(comparison *c, int64_t axis, oray_fidelity *out, oray_error *err)
{
	if (c->a.elements != c->b.elements || (c->a.elements && !same_shape(&c->a, &c->b)))
		return refuse(err, "the shapes differ");
	bool tiles = c->a.elements && crossed(&c->a, &c->b);
	for (size_t i = 0; tiles && i < c->a.n_dims; i++) /* two of them are not 1, as those of b */
		if (c->a.dims[i] != 1) {
			c->rows = c->columns;
			c->columns = (uint64_t)c->a.dims[i];
		}
	if (tiles && !(tensor_bytes_is_direct(c->a.bytes) && tensor_bytes_is_direct(c->b.bytes)))
		return refuse(err, "a list of numbers with a tag each cannot be read the other way round");
	bool quick = quick_fits(&c->a, &c->b);
	bool turned = tiles && quick && quick_order(&c->a, &c->b) == &c->b;
	oray_status status = open_sums(c, axis, tiles, turned, err);
	if (status != ORAY_OK)
		return status;
	if (quick) {
		status =
		    quick_compare(&c->a, &c->b, tiles ? turned ? c->rows : c->columns : 0, &c->sums, err);
	} else {
		c->x = heap_get(PIECE * sizeof *c->x);
		c->y = heap_get((tiles ? TILE * TILE : PIECE) * sizeof *c->y);
		if (!c->x || !c->y)
			return error_memory(err);
		status = tiles ? compare_crossed(c, err) : compare_straight(c, err);
	}
	if (status == ORAY_OK)
		channels_finish(&c->sums, c->a.elements, axis, out);
	return status;
}

oray_status oray_compare_weights(const oray_weight *a, const oray_weight *b, int64_t axis,
                                 oray_fidelity *out, oray_error *err)
{
	memset(out, 0, sizeof *out);
	comparison *c = heap_zeroed(1, sizeof *c);
	if (!c)
		return error_memory(err);
	oray_status status = side_open(&c->a, a, err);
	if (status == ORAY_OK)
		status = side_open(&c->b, b, err);
	else
		c->b.bytes = NULL;
	if (status == ORAY_OK)
		status = compare(c, axis, out, err);
	side_close(&c->a);
	side_close(&c->b);
	channels_close(&c->sums);
	heap_free(c->x);
	heap_free(c->y);
	heap_free(c);
	return status;
}
