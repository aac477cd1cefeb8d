/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_scatter.c - Scatter, ScatterElements, ScatterND: a copy with some elements replaced.
 *
 * The type is that of the data. Contents are followed as long as all positions are known; updates
 * that are not make only the elements lost that they hit.
 */
#include <inttypes.h>

#include "rules/fold.h"
#include "rules/index.h"

/* How an element and its update become one; NULL: nobody knows. */
typedef dim (*scatter_step)(dims *d, int32_t element, dim old, dim update);

static dim take_update(dims *d, int32_t element, dim old, dim update)
{
	(void)d, (void)element, (void)old;
	return update;
}

static scatter_step scatter_reduction(call *c)
{
	static const struct {
		const char *name;
		scatter_step step;
	} steps[] = {{"none", take_update},
	             {"add", fold_add},
	             {"mul", fold_mul},
	             {"max", fold_max},
	             {"min", fold_min}};
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		if (call_str_is(c, "reduction", "none", steps[i].name))
			return steps[i].step;
	return NULL;
}

static bool scatter_position(const dims *p, dim index, int64_t size, int64_t *at)
{
	if (!dim_is_number(p, index, at) || *at < -size || *at >= size)
		return false;
	*at += *at < 0 ? size : 0;
	return true;
}

/* A copy of the data to write into; NULL when contents are not followed here. */
static dim *scatter_copy(call *c, const infer_type *data, int64_t *size, int64_t *stride, size_t *n)
{
	infer_values old = call_values(c, 0);
	if (!old.known || !call_values(c, 1).known || !index_sizes(c->d, data, size, n) || old.n != *n)
		return NULL;
	dim *to = call_scratch(c, *n * sizeof *to);
	if (to && *n)
		memcpy(to, old.at, *n * sizeof *to);
	index_strides(data->n, size, stride);
	return to;
}

static dim update_at(const infer_values *update, size_t i)
{
	return update->known && i < update->n ? update->at[i] : DIM_LOST;
}

static void scatter_elements_contents(call *c, const infer_type *data, const infer_type *index,
                                      size_t axis)
{
	infer_values position = call_values(c, 1), update = call_values(c, 2);
	int64_t size[RANK_MOST], stride[RANK_MOST], steps[RANK_MOST], at;
	size_t n, many, k = 0;
	index_walk w;
	if (!index_sizes(c->d, index, steps, &many) || position.n != many)
		return;
	dim *to = scatter_copy(c, data, size, stride, &n);
	scatter_step step = scatter_reduction(c);
	if (!to || !step)
		return;
	for (size_t i = 0; i < data->n; i++)
		if (i != axis && steps[i] > size[i])
			return;
	index_begin(&w, data->n, steps);
	memcpy(w.step, stride, data->n * sizeof *stride);
	w.step[axis] = 0;
	if (many)
		do {
			if (!scatter_position(c->d, position.at[k], size[axis], &at))
				return;
			dim *place = to + w.from + at * stride[axis];
			*place = step(c->d, data->element, *place, update_at(&update, k++));
		} while (index_next(&w));
	call_set_values(c, 0, n, to);
}

void rule_scatter_elements(call *c)
{
	infer_type data = call_in(c, 0), index = call_in(c, 1);
	size_t axis;
	call_same(c, 0, 0);
	if (!data.ranked || !index.ranked)
		return;
	if (data.n != index.n)
		call_complain(c, "bad-shape", "data have %" PRIu32 " dimensions and indices have %" PRIu32,
		              data.n, index.n);
	else if (call_axis(c, call_int(c, "axis", 0), data.n, &axis))
		scatter_elements_contents(c, &data, &index, axis);
}

static void scatter_nd_contents(call *c, const infer_type *data, size_t k)
{
	infer_values position = call_values(c, 1), update = call_values(c, 2);
	int64_t size[RANK_MOST] = {0}, stride[RANK_MOST] = {0}, at;
	size_t n, inner = 1;
	dim *to = scatter_copy(c, data, size, stride, &n);
	scatter_step step = scatter_reduction(c);
	if (!to || !step)
		return;
	for (size_t i = k; i < data->n; i++)
		inner *= (size_t)size[i];
	if (position.n / k * inner > VALUES_MOST)
		return;
	for (size_t t = 0; t < position.n / k; t++) {
		size_t start = 0;
		for (size_t i = 0; i < k; i++) {
			if (!scatter_position(c->d, position.at[t * k + i], size[i], &at))
				return;
			start += (size_t)(at * stride[i]);
		}
		for (size_t i = 0; i < inner; i++)
			to[start + i] =
			    step(c->d, data->element, to[start + i], update_at(&update, t * inner + i));
	}
	call_set_values(c, 0, n, to);
}

void rule_scatter_nd(call *c)
{
	infer_type data = call_in(c, 0), index = call_in(c, 1);
	int64_t k;
	call_same(c, 0, 0);
	if (!data.ranked || !index.ranked || !index.n ||
	    !dim_is_number(c->d, index.at[index.n - 1], &k))
		return;
	if (k < 1 || (uint64_t)k > data.n)
		call_complain(c, "bad-shape",
		              "tuples of %" PRId64 " indices do not fit data of %" PRIu32 " dimensions", k,
		              data.n);
	else
		scatter_nd_contents(c, &data, (size_t)k);
}
