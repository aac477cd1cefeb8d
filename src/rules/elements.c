/* SPDX-License-Identifier: Apache-2.0 */
/*
 * elements.c - arithmetic on the elements of small tensors.
 */
#include <inttypes.h>
#include <math.h>

#include "rules/elements.h"
#include "rules/index.h"

/* Integers below this are doubles, and floats, exactly. */
#define EXACT_DOUBLE INT64_C(9007199254740992)

bool element_key(const dims *p, dim v, double *key)
{
	int64_t number;
	if (dim_is_number(p, v, &number) && (number > EXACT_DOUBLE || number < -EXACT_DOUBLE))
		return false;
	return dim_is_real(p, v, key) && !isnan(*key);
}

bool element_keys(const dims *p, size_t n, const dim *at, double *key)
{
	for (size_t i = 0; i < n; i++)
		if (!element_key(p, at[i], &key[i]))
			return false;
	return true;
}

/* Merges sorted runs of `width` into runs twice as long. */
static void merge_runs(size_t n, size_t width, const uint32_t *from, uint32_t *to,
                       bool (*before)(const void *context, uint32_t a, uint32_t b),
                       const void *context)
{
	for (size_t start = 0; start < n; start += 2 * width) {
		size_t middle = n - start < width ? n : start + width;
		size_t end = n - middle < width ? n : middle + width;
		size_t a = start, b = middle;
		for (size_t i = start; i < end; i++) {
			bool second = a >= middle || (b < end && before(context, from[b], from[a]));
			to[i] = second ? from[b++] : from[a++];
		}
	}
}

void element_sort(size_t n, uint32_t *order, uint32_t *spare,
                  bool (*before)(const void *context, uint32_t a, uint32_t b), const void *context)
{
	uint32_t *from = order, *to = spare;
	for (size_t i = 0; i < n; i++)
		order[i] = (uint32_t)i;
	for (size_t width = 1; width < n; width *= 2) {
		merge_runs(n, width, from, to, before, context);
		uint32_t *swap = from;
		from = to;
		to = swap;
	}
	if (from != order)
		memcpy(order, from, n * sizeof(*order));
}

bool slab_of(const dims *p, const infer_type *t, size_t axis, slab *out)
{
	int64_t size[RANK_MOST];
	if (!index_sizes(p, t, size, NULL) || axis >= t->n)
		return false;
	*out = (slab){1, (size_t)size[axis], 1};
	for (size_t i = 0; i < axis; i++)
		out->outer *= (size_t)size[i];
	for (size_t i = axis + 1; i < t->n; i++)
		out->inner *= (size_t)size[i];
	return true;
}

int32_t element_type_attribute(call *c, const char *name, int32_t fallback)
{
	int64_t type = call_int(c, name, fallback);
	if (type == fallback || (type > ORAY_UNDEFINED && type < ORAY_N_TYPES))
		return (int32_t)type;
	call_complain(c, "bad-attribute", "%s is %" PRId64 ", which is no element type", name, type);
	return ORAY_UNDEFINED;
}

dim element_size(call *c, dim size)
{
	int64_t number;
	if (!dim_is_number(c->d, size, &number))
		return size;
	if (number >= 0)
		return size;
	call_complain(c, "bad-shape", "a dimension is to be %" PRId64, number);
	return DIM_LOST;
}
