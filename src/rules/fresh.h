/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fresh.h - sizes that depend on contents nobody knows get a name of their own: what comes later
 * may tell them, and what is of the same size is seen to be.
 */
#ifndef INFER_FRESH_H
#define INFER_FRESH_H

#include "infer/rule.h"

/** A dim of an output, or the symbol that stands for it when it is lost. */
static inline dim dim_or_fresh(call *c, dim d, size_t output, size_t axis)
{
	return dim_is_known(d) ? d : call_fresh(c, output, axis);
}

/** The same for all dims of output 0. */
static inline void name_lost_dims(call *c, size_t n, dim *at)
{
	for (size_t i = 0; i < n; i++)
		at[i] = dim_or_fresh(c, at[i], 0, i);
}

#endif
