/* SPDX-License-Identifier: Apache-2.0 */
/*
 * elements.h - arithmetic on the elements of small tensors, for rules that compute contents.
 */
#ifndef INFER_ELEMENTS_H
#define INFER_ELEMENTS_H

#include "infer/rule.h"

/** A number that doubles hold exactly, for comparing; false for symbols, NaN and large integers. */
bool element_key(const dims *p, dim v, double *key);

/** Keys of n elements. @return false when one has none. */
bool element_keys(const dims *p, size_t n, const dim *at, double *key);

/**
 * Stable sort: order[0] becomes the index of the first in order.
 * @param before  True when element `a` must come before `b`.
 * @param spare   n numbers of scratch.
 */
void element_sort(size_t n, uint32_t *order, uint32_t *spare,
                  bool (*before)(const void *context, uint32_t a, uint32_t b), const void *context);

/** A tensor seen from one axis: `outer` blocks of `size` slices of `inner` elements. */
typedef struct slab {
	size_t outer, size, inner;
} slab;

/** @return false unless all dims are numbers and the elements few enough to follow. */
bool slab_of(const dims *p, const infer_type *t, size_t axis, slab *out);

/** The value of an attribute `dtype`; 0, after a complaint, when there is no such type. */
int32_t element_type_attribute(call *c, const char *name, int32_t fallback);

/** A dim that a list or attribute gives; lost, after a complaint, when it is negative. */
dim element_size(call *c, dim size);

#endif
