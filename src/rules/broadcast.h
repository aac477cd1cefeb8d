/* SPDX-License-Identifier: Apache-2.0 */
/*
 * broadcast.h - walking over the elements of a small operand in the order of a larger output.
 *
 *     broadcast_walk w;
 *     if (!broadcast_start(&w, d, &out, &in, out.n - in.n, values.n))   // numpy: aligned at the
 * end return; for (size_t i = 0; i < n; i++, broadcast_next(&w)) at[i] = values.at[w.at];
 *
 * Only axes of the output that are longer than 1 are kept, and of these a tensor whose contents are
 * followed has few: 2^12 is VALUES_MOST.
 */
#ifndef INFER_BROADCAST_H
#define INFER_BROADCAST_H

#include "infer/rule.h"

enum { BROADCAST_AXES = 12 };

/** Innermost axis first. */
typedef struct broadcast_walk {
	uint32_t at; /**< element of the operand that is due */
	uint32_t n;  /**< axes of the output longer than 1 */
	uint32_t size[BROADCAST_AXES], count[BROADCAST_AXES];
	uint32_t step[BROADCAST_AXES]; /**< elements of the operand; 0 where it is stretched */
} broadcast_walk;

/**
 * Stands at the first element.
 * @param to     The output: a shape of which call_can_hold() is true.
 * @param from   The operand; its axis 0 is under axis `first` of the output.
 * @param n      Elements of the operand as counted elsewhere.
 * @return false when the operand is not n elements, or cannot be stretched to the output.
 */
static inline bool broadcast_start(broadcast_walk *w, const dims *d, const infer_type *to,
                                   const infer_type *from, size_t first, size_t n)
{
	uint64_t product = 1;
	int64_t size, own;
	*w = (broadcast_walk){0};
	if (!from->ranked || first > to->n || from->n > to->n - first)
		return false;
	for (size_t i = to->n; i-- > 0; product *= (uint64_t)own) {
		own = 1;
		if (!dim_is_number(d, to->at[i], &size) || size < 0 || size > VALUES_MOST ||
		    product > VALUES_MOST)
			return false;
		if (i >= first && i - first < from->n &&
		    (!dim_is_number(d, from->at[i - first], &own) || (own != 1 && own != size)))
			return false;
		if (size <= 1)
			continue;
		if (w->n == BROADCAST_AXES)
			return false;
		w->size[w->n] = (uint32_t)size;
		w->step[w->n++] = own == 1 ? 0 : (uint32_t)product;
	}
	return product == n;
}

static inline void broadcast_next(broadcast_walk *w)
{
	for (uint32_t i = 0; i < w->n; i++) {
		w->at += w->step[i];
		if (++w->count[i] < w->size[i])
			return;
		w->at -= w->size[i] * w->step[i];
		w->count[i] = 0;
	}
}

#endif
