/* SPDX-License-Identifier: Apache-2.0 */
/*
 * move.h - contents of operators that put elements of one input elsewhere.
 *
 *     move m;
 *     if (move_begin(c, 0, 0, &m)) {      // false: unknown, too many, or none at all
 *         m.w.step[k] = ...;              // see index.h
 *         move_by_steps(c, 0, &m);
 *     }
 */
#ifndef INFER_MOVE_H
#define INFER_MOVE_H

#include "rules/index.h"

/** Elements on their way from an input to an output. */
typedef struct move {
	index_walk w; /**< over the output; `from` is a position in the input */
	const dim *from;
	dim *to;
	size_t n;                  /**< elements of the output, not 0 */
	size_t rank;               /**< of the input */
	int64_t size[RANK_MOST];   /**< of the input */
	int64_t stride[RANK_MOST]; /**< of the input */
} move;

/**
 * Starts a move whose steps are all 0.
 * @return false when contents cannot be followed; an output without elements is said here.
 */
static inline bool move_begin(call *c, size_t output, size_t input, move *m)
{
	infer_type y = call_said(c, output), x = call_in(c, input);
	infer_values v;
	int64_t size[RANK_MOST];
	if (!call_wants(c, output) || !call_can_hold(c, &y, &m->n) ||
	    !index_sizes(c->d, &y, size, NULL))
		return false;
	if (m->n == 0) {
		call_set_values(c, output, 0, NULL);
		return false;
	}
	v = call_values(c, input);
	if (!v.known || !index_sizes(c->d, &x, m->size, NULL))
		return false;
	m->from = v.at;
	m->rank = x.n;
	m->to = call_scratch(c, m->n * sizeof *m->to);
	index_strides(x.n, m->size, m->stride);
	index_begin(&m->w, y.n, size);
	return m->to != NULL;
}

/** Takes each element from where the steps lead. */
static inline void move_by_steps(call *c, size_t output, move *m)
{
	dim *to = m->to;
	do
		*to++ = m->from[m->w.from];
	while (index_next(&m->w));
	call_set_values(c, output, m->n, m->to);
}

enum { OWN_SIZES_MOST = 8 /**< ranks whose unknown dims are worth a symbol */ };

/** Output whose dims may depend on contents: what is lost gets a symbol of its own in `at`. */
static inline void move_tensor(call *c, size_t output, int32_t element, size_t n, dim *at)
{
	for (size_t i = 0; i < n && n <= OWN_SIZES_MOST; i++)
		if (at[i] == DIM_LOST)
			at[i] = call_fresh(c, output, i);
	call_tensor(c, output, element, n, at);
}

/** A tensor of this rank whose dims are not known. */
static inline void move_lost(call *c, size_t output, int32_t element, size_t n)
{
	dim lost[RANK_MOST];
	for (size_t i = 0; i < n && i < RANK_MOST; i++)
		lost[i] = DIM_LOST;
	call_tensor(c, output, element, n, lost);
}

#endif
