/* SPDX-License-Identifier: Apache-2.0 */
/*
 * index.h - walking over the elements of small tensors in row-major order.
 *
 * Operators that only move elements read their input at a position that is a sum over the axes of
 * the output: index times step. Transpose permutes the steps, Slice multiplies them, Expand makes
 * them 0. So one walk over the output, which carries the position in the input along, is enough:
 *
 *     index_walk w;
 *     index_begin(&w, n, out_size);
 *     index_strides(n, in_size, w.step);       // and change steps, and w.from
 *     do
 *         *to++ = from[w.from];
 *     while (index_next(&w));
 *
 * An array without elements must not be walked; index_sizes() says how many there are.
 */
#ifndef INFER_INDEX_H
#define INFER_INDEX_H

#include <string.h>

#include "infer/rule.h"

/** A place in an array of `n` axes, and the position in another array that belongs to it. */
typedef struct index_walk {
	size_t n;
	int64_t size[RANK_MOST]; /**< elements along each axis; all at least 1 */
	int64_t step[RANK_MOST]; /**< what `from` grows by when the index of an axis does */
	int64_t at[RANK_MOST];   /**< index along each axis */
	int64_t from;            /**< position in the other array */
} index_walk;

/**
 * Sizes as plain numbers.
 * @param total  Receives the number of elements; at most VALUES_MOST. May be NULL.
 * @return false unless all dims are numbers, none negative, and the elements few enough to follow.
 */
static inline bool index_sizes(const dims *d, const infer_type *t, int64_t *size, size_t *total)
{
	int64_t product = 1, others = 1;
	if (!t->ranked || t->n > RANK_MOST)
		return false;
	for (size_t i = 0; i < t->n; i++) {
		if (!dim_is_number(d, t->at[i], &size[i]) || size[i] < 0 || size[i] > VALUES_MOST)
			return false;
		product *= size[i];
		others *= size[i] ? size[i] : 1;
		if (others > VALUES_MOST)
			return false;
	}
	if (total)
		*total = (size_t)product;
	return true;
}

/** How far apart neighbours along each axis are in row-major order. */
static inline void index_strides(size_t n, const int64_t *size, int64_t *stride)
{
	int64_t product = 1;
	for (size_t i = n; i-- > 0; product *= size[i])
		stride[i] = product;
}

/** At the first element, all steps 0, `from` 0. */
static inline void index_begin(index_walk *w, size_t n, const int64_t *size)
{
	w->n = n;
	w->from = 0;
	if (n)
		memcpy(w->size, size, n * sizeof(*size));
	memset(w->step, 0, n * sizeof(*w->step));
	memset(w->at, 0, n * sizeof(*w->at));
}

/** To the next element. @return false after the last; the walk is at the first again then. */
static inline bool index_next(index_walk *w)
{
	for (size_t i = w->n; i-- > 0;) {
		w->from += w->step[i];
		if (++w->at[i] < w->size[i])
			return true;
		w->from -= w->size[i] * w->step[i];
		w->at[i] = 0;
	}
	return false;
}

#endif
