/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_nms.c - NonMaxSuppression: triples [batch, class, box] of the boxes that are kept.
 *
 * When all inputs are small and known, the suppression is carried out: of each class the boxes are
 * taken by falling score, unless they overlap one that was taken before. What lies on a threshold
 * is left to the runtime, which rounds in its own way.
 */
#include <float.h>
#include <math.h>

#include "rules/elements.h"
#include "rules/fold.h"

#define CLOSE 1e-6

/** One class of one image, and what steers the suppression. */
typedef struct boxes {
	size_t n;
	const double *corner; /**< four numbers a box */
	const double *score;
	double iou, least; /**< thresholds */
	int64_t most;      /**< boxes to take of each class */
	bool is_center;    /**< boxes are [x, y, width, height], else two corners */
	bool is_close;     /**< something lay on a threshold */
} boxes;

/* Interval of a box along one axis (0 or 1), smaller end first. */
static void box_side(const boxes *b, size_t box, int axis, double *low, double *high)
{
	const double *p = b->corner + 4 * box;
	if (b->is_center) {
		*low = p[axis] - p[axis + 2] / 2;
		*high = p[axis] + p[axis + 2] / 2;
		return;
	}
	*low = p[axis] < p[axis + 2] ? p[axis] : p[axis + 2];
	*high = p[axis] < p[axis + 2] ? p[axis + 2] : p[axis];
}

static bool is_float(double v)
{
	return fabs(v) < (double)FLT_MAX && (double)(float)v == v;
}

/* Intersection over union of two boxes is above the threshold. */
static bool box_overlaps(boxes *b, size_t i, size_t k)
{
	double both = 1, first = 1, second = 1;
	for (int axis = 0; axis < 2; axis++) {
		double low_i, high_i, low_k, high_k;
		box_side(b, i, axis, &low_i, &high_i);
		box_side(b, k, axis, &low_k, &high_k);
		both *= fmax(fmin(high_i, high_k) - fmax(low_i, low_k), 0);
		first *= high_i - low_i;
		second *= high_k - low_k;
	}
	double either = first + second - both;
	if (!(first > 0 && second > 0 && either > 0 && both > 0))
		return false;
	/* Where no step is rounded but the last, the runtime's float arithmetic is known. */
	if (is_float(both) && is_float(first) && is_float(second) && is_float(either))
		return (float)(both / either) > (float)b->iou;
	b->is_close |= fabs(both / either - b->iou) < CLOSE;
	return both / either > b->iou;
}

static bool score_before(const void *context, uint32_t a, uint32_t b)
{
	const double *score = context;
	return score[a] > score[b];
}

/* Takes boxes of one class into `taken`. */
static size_t boxes_take(boxes *b, uint32_t *order, uint32_t *spare, uint32_t *taken)
{
	size_t n = 0;
	element_sort(b->n, order, spare, score_before, b->score);
	for (size_t i = 0; i < b->n && n < (size_t)b->most; i++) {
		double above = b->score[order[i]] - b->least;
		b->is_close |= fabs(above) < CLOSE;
		bool keep = above > 0;
		for (size_t k = 0; keep && k < n; k++)
			keep = !box_overlaps(b, order[i], taken[k]);
		if (keep)
			taken[n++] = order[i];
	}
	return n;
}

/* A number that an optional input of one element gives. @return false when it is not known. */
static bool scalar_input(call *c, size_t i, double fallback, double *out)
{
	*out = fallback;
	return !call_has(c, i) || element_key(c->d, call_scalar(c, i), out);
}

static double *input_keys(call *c, size_t i)
{
	infer_values v = call_values(c, i);
	double *key = v.known ? call_scratch(c, (v.n + 1) * sizeof *key) : NULL;
	return key && element_keys(c->d, v.n, v.at, key) ? key : NULL;
}

/* Sizes of boxes [batches, n, 4] and scores [batches, classes, n]. */
static bool nms_sizes(call *c, size_t *batches, size_t *classes, size_t *n)
{
	infer_type corner = call_in(c, 0), score = call_in(c, 1);
	slab by_class, by_box;
	if (corner.n != 3 || score.n != 3 || corner.at[2] != DIM(4) || corner.at[0] != score.at[0] ||
	    corner.at[1] != score.at[2] || !slab_of(c->d, &score, 1, &by_class) ||
	    !slab_of(c->d, &corner, 1, &by_box))
		return false;
	*batches = by_class.outer;
	*classes = by_class.size;
	*n = by_box.size;
	return true;
}

/* Carries it out. @return false when not all that is needed is known. */
static bool nms_run(call *c, boxes *b, dim **triples, size_t *n_triples)
{
	size_t batches, classes;
	double *corner = input_keys(c, 0), *score = input_keys(c, 1);
	if (!corner || !score || !nms_sizes(c, &batches, &classes, &b->n))
		return false;
	size_t all = batches * classes * b->n, k = 0;
	uint32_t *order = call_scratch(c, (3 * b->n + 1) * sizeof *order);
	dim *to = fold_room(c, 3 * all);
	if (!order || !to)
		return false;
	uint32_t *spare = order + b->n, *taken = spare + b->n;
	for (size_t i = 0; b->n && i < batches * classes; i++) {
		b->corner = corner + 4 * (i / classes) * b->n;
		b->score = score + i * b->n;
		size_t n = boxes_take(b, order, spare, taken);
		for (size_t j = 0; j < n; j++, k += 3) {
			to[k] = DIM(i / classes);
			to[k + 1] = DIM(i % classes);
			to[k + 2] = DIM(taken[j]);
		}
	}
	if (b->is_close)
		return false;
	*triples = to;
	*n_triples = k / 3;
	return true;
}

void rule_non_max_suppression(call *c)
{
	dim *triples = NULL, out[2] = {DIM_LOST, DIM(3)};
	double most;
	size_t n;
	boxes b = {.is_center = call_int(c, "center_point_box", 0) != 0};
	bool known = scalar_input(c, 2, 0, &most);
	if (known && most <= 0) {
		out[0] = DIM(0);
	} else if (known && scalar_input(c, 3, 0, &b.iou) &&
	           scalar_input(c, 4, (double)-INFINITY, &b.least)) {
		b.most = most < VALUES_MOST ? (int64_t)most : VALUES_MOST;
		if (nms_run(c, &b, &triples, &n))
			out[0] = DIM(n);
	}
	if (out[0] == DIM_LOST)
		out[0] = call_fresh(c, 0, 0);
	call_tensor(c, 0, ORAY_INT64, 2, out);
	if (triples)
		call_set_values(c, 0, 3 * n, triples);
}
