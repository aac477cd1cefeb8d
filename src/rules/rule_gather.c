/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_gather.c - Gather, GatherElements, GatherND: elements picked by position.
 *
 *     Gather          data[:axis] + indices + data[axis+1:]
 *     GatherElements  indices
 *     GatherND        indices[:-1] + data[b + indices[-1]:]       b: batch_dims
 *
 * Contents are followed element by element: what is picked at a known position is known, be it a
 * symbol, and whatever else is lost. This is how exporters take a dimension out of a Shape.
 */
#include <inttypes.h>

#include "rules/elements.h"
#include "rules/index.h"

/* Position that an index means on an axis; -1 when it is not a number, or outside. */
static int64_t position_of(const dims *p, dim index, int64_t size)
{
	int64_t at;
	if (!dim_is_number(p, index, &at) || at < -size || at >= size)
		return -1;
	return at < 0 ? at + size : at;
}

/* ------------------------------------------------------------------------------- Gather -- */

static void gather_contents(call *c, const infer_type *data, size_t axis)
{
	infer_values from = call_values(c, 0), index = call_values(c, 1);
	infer_type out = call_said(c, 0);
	slab s;
	size_t n, k = 0;
	if (!from.known || !index.known || !call_can_hold(c, &out, &n) ||
	    !slab_of(c->d, data, axis, &s) || n != s.outer * index.n * s.inner)
		return;
	dim *to = call_scratch(c, n * sizeof *to);
	for (size_t o = 0; to && o < s.outer; o++)
		for (size_t j = 0; j < index.n; j++) {
			int64_t at = position_of(c->d, index.at[j], (int64_t)s.size);
			for (size_t i = 0; i < s.inner; i++)
				to[k++] = at < 0 ? DIM_LOST : from.at[(o * s.size + (size_t)at) * s.inner + i];
		}
	if (to)
		call_set_values(c, 0, n, to);
}

/* What is known of the rank makes a tensor of lost dims. */
static void gather_lost(call *c, int32_t element, size_t rank)
{
	dim out[RANK_MOST];
	for (size_t i = 0; i < rank && i < RANK_MOST; i++)
		out[i] = DIM_LOST;
	call_tensor(c, 0, element, rank, out);
}

void rule_gather(call *c)
{
	infer_type data = call_in(c, 0), index = call_in(c, 1);
	dim out[RANK_MOST];
	size_t axis, n = 0;
	if (!data.ranked || !index.ranked) {
		call_unranked(c, 0, data.element);
		return;
	}
	size_t rank = (size_t)data.n + index.n - 1;
	if (!call_axis(c, call_int(c, "axis", 0), data.n, &axis)) {
		if (data.n)
			gather_lost(c, data.element, rank);
		else
			call_unranked(c, 0, data.element);
		return;
	}
	if (rank > RANK_MOST) {
		call_unranked(c, 0, data.element);
		return;
	}
	for (size_t i = 0; i < axis; i++)
		out[n++] = data.at[i];
	for (size_t i = 0; i < index.n; i++)
		out[n++] = index.at[i];
	for (size_t i = axis + 1; i < data.n; i++)
		out[n++] = data.at[i];
	call_tensor(c, 0, data.element, n, out);
	gather_contents(c, &data, axis);
}

/* ----------------------------------------------------------------------- GatherElements -- */

static void gather_elements_contents(call *c, const infer_type *data, const infer_type *index,
                                     size_t axis)
{
	infer_values from = call_values(c, 0), position = call_values(c, 1);
	int64_t size[RANK_MOST], in_size[RANK_MOST], stride[RANK_MOST];
	size_t n, total, k = 0;
	index_walk w;
	if (!from.known || !position.known || !index_sizes(c->d, index, size, &n) ||
	    !index_sizes(c->d, data, in_size, &total) || position.n != n || from.n != total)
		return;
	for (size_t i = 0; i < data->n; i++)
		if (i != axis && size[i] > in_size[i])
			return;
	dim *to = call_scratch(c, n * sizeof *to);
	if (!to)
		return;
	index_begin(&w, index->n, size);
	index_strides(data->n, in_size, stride);
	memcpy(w.step, stride, data->n * sizeof *stride);
	w.step[axis] = 0;
	if (n)
		do {
			int64_t at = position_of(c->d, position.at[k], in_size[axis]);
			to[k++] = at < 0 ? DIM_LOST : from.at[w.from + at * stride[axis]];
		} while (index_next(&w));
	call_set_values(c, 0, n, to);
}

void rule_gather_elements(call *c)
{
	infer_type data = call_in(c, 0), index = call_in(c, 1);
	size_t axis;
	if (!index.ranked) {
		if (data.ranked)
			gather_lost(c, data.element, data.n);
		else
			call_unranked(c, 0, data.element);
		return;
	}
	call_tensor(c, 0, data.element, index.n, index.at);
	if (!data.ranked)
		return;
	if (data.n != index.n)
		call_complain(c, "bad-shape", "data have %" PRIu32 " dimensions and indices have %" PRIu32,
		              data.n, index.n);
	else if (call_axis(c, call_int(c, "axis", 0), data.n, &axis))
		gather_elements_contents(c, &data, &index, axis);
}

/* ----------------------------------------------------------------------------- GatherND -- */

/* Start of the slice that a tuple of `k` indices names, -1 when one of them is not known. */
static int64_t tuple_position(const dims *p, const dim *tuple, size_t k, const int64_t *size,
                              const int64_t *stride)
{
	int64_t from = 0;
	for (size_t i = 0; i < k; i++) {
		int64_t at = position_of(p, tuple[i], size[i]);
		if (at < 0)
			return -1;
		from += at * stride[i];
	}
	return from;
}

/* Tuples of k indices; the first b axes of both are walked together. */
static void gather_nd_contents(call *c, const infer_type *data, size_t k, size_t b)
{
	infer_values from = call_values(c, 0), index = call_values(c, 1);
	infer_type out = call_said(c, 0);
	int64_t size[RANK_MOST] = {0}, stride[RANK_MOST] = {0};
	size_t n, total, batches = 1, inner = 1;
	if (!from.known || !index.known || !call_can_hold(c, &out, &n) ||
	    !index_sizes(c->d, data, size, &total) || from.n != total)
		return;
	index_strides(data->n, size, stride);
	for (size_t i = 0; i < b; i++)
		batches *= (size_t)size[i];
	for (size_t i = b + k; i < data->n; i++)
		inner *= (size_t)size[i];
	size_t tuples = index.n / k, per_batch = batches ? tuples / batches : 0;
	if (n != tuples * inner || per_batch * batches != tuples)
		return;
	dim *to = call_scratch(c, n * sizeof *to);
	for (size_t t = 0; to && t < tuples && inner; t++) {
		int64_t at = tuple_position(c->d, index.at + t * k, k, size + b, stride + b);
		int64_t start = (int64_t)(t / per_batch * (total / batches)) + at;
		for (size_t i = 0; i < inner; i++)
			to[t * inner + i] = at < 0 ? DIM_LOST : from.at[start + (int64_t)i];
	}
	if (to)
		call_set_values(c, 0, n, to);
}

/* Shape for tuples of k indices. @return false when there cannot be such. */
static bool gather_nd_shape(call *c, const infer_type *data, const infer_type *index, size_t b,
                            int64_t k)
{
	dim out[RANK_MOST];
	size_t n = 0;
	if (k < 1 || b >= data->n || b >= index->n || (uint64_t)k > data->n - b) {
		call_complain(c, "bad-shape",
		              "tuples of %" PRId64 " indices after %zu batch dimensions do not fit data of "
		              "%" PRIu32 " dimensions and indices of %" PRIu32,
		              k, b, data->n, index->n);
		return false;
	}
	if (index->n - 1 + data->n - b - (size_t)k > RANK_MOST)
		return false;
	for (size_t i = 0; i + 1 < index->n; i++)
		out[n++] = i < b ? call_equal(c, index->at[i], data->at[i], "batch size") : index->at[i];
	for (size_t i = b + (size_t)k; i < data->n; i++)
		out[n++] = data->at[i];
	call_tensor(c, 0, data->element, n, out);
	return true;
}

void rule_gather_nd(call *c)
{
	infer_type data = call_in(c, 0), index = call_in(c, 1);
	int64_t batch = call_int(c, "batch_dims", 0), k;
	call_unranked(c, 0, data.element);
	if (!data.ranked || !index.ranked || !index.n)
		return;
	if (batch < 0 || batch > RANK_MOST) {
		call_complain(c, "bad-attribute", "batch_dims is %" PRId64, batch);
		return;
	}
	size_t b = (size_t)batch;
	if (dim_is_number(c->d, index.at[index.n - 1], &k) && gather_nd_shape(c, &data, &index, b, k))
		gather_nd_contents(c, &data, (size_t)k, b);
}
