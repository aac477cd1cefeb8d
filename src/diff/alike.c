/* SPDX-License-Identifier: Apache-2.0 */
/*
 * alike.c - samples of weights, and who resembles whom.
 *
 * Places of a sample are runs of eight, one in each of equal parts of the elements, shifted by a
 * hash, so that they do not fall on one column. A second sample, taken when it is asked for, reads
 * the same places with the last two dims swapped.
 */
#include "diff/alike.h"

#include <math.h>
#include <stdlib.h>

#include "base/heap.h"

enum {
	RUN = 8,
	LEAST = 8, /* numbers that tell a weight from another */
	SHORT = 64,
	PAIRS_MOST = 65536, /* compared in a group of one shape; in larger ones, near neighbours */
	WINDOW = 64
};

/* A cosine this much nearer to 1 than the next best one is no coincidence. */
#define CLEARLY 4.0
#define SLACK   1e-9

static uint64_t place(uint64_t elements, size_t wanted, size_t k)
{
	uint64_t runs = wanted / RUN, part = elements / runs, run = k / RUN;

	return run * part + hash_mix(41, run) % (part - RUN + 1) + k % RUN;
}

static void take_sample(const skeleton *s, weight_row *row, bool swapped)
{
	uint64_t elements = row->elements.value;
	size_t n;
	float *sample;

	if (row->tried[swapped])
		return;
	row->tried[swapped] = true;
	if (!row->elements.exact || !elements || row->parameter->tensor == ORAY_NONE)
		return;
	n = elements <= (uint64_t)row->wanted * 2 ? (size_t)elements : row->wanted;
	sample = mem_zeroed(NULL, n, sizeof *sample);
	for (size_t k = 0; sample && k < n; k++) {
		uint64_t at = n == elements ? k : place(elements, n, k);
		double x;
		if (!real_number(s->model, row, swapped ? real_swapped(row, at) : at, &x)) {
			heap_free(sample);
			return;
		}
		sample[k] = isfinite(x) ? (float)x : 0;
	}
	row->sample[swapped] = sample;
	row->n_sample = (uint32_t)n;
}

static double cosine(const float *x, const float *y, size_t n)
{
	double xx = 0, yy = 0, xy = 0;

	for (size_t i = 0; i < n; i++) {
		xx += (double)x[i] * x[i];
		yy += (double)y[i] * y[i];
		xy += (double)x[i] * y[i];
	}
	if (xx == 0 || yy == 0)
		return xx == yy ? 1 : 0;
	return xy / sqrt(xx * yy);
}

double alike_rows(const skeleton *s, uint32_t a, const skeleton *t, uint32_t b)
{
	weight_row *x = &s->rows[a], *y = &t->rows[b];
	bool plain, swapped;
	double best = -1;

	real_dims(x, y, &plain, &swapped);
	if (!plain && !swapped)
		return 0;
	take_sample(s, x, false);
	if (plain)
		take_sample(t, y, false);
	if (swapped)
		take_sample(t, y, true);
	if (!x->sample[0] || (plain && !y->sample[0]) || (swapped && !y->sample[1]))
		return 1;
	if (plain)
		best = cosine(x->sample[0], y->sample[0], x->n_sample);
	if (swapped) {
		double other = cosine(x->sample[0], y->sample[1], x->n_sample);
		best = other > best ? other : best;
	}
	return best;
}

bool alike_swapped(const skeleton *s, uint32_t a, const skeleton *t, uint32_t b)
{
	weight_row *x = &s->rows[a], *y = &t->rows[b];
	double swapped;

	take_sample(s, x, false);
	take_sample(t, y, false);
	take_sample(t, y, true);
	if (!x->sample[0] || !y->sample[0] || !y->sample[1])
		return false;
	swapped = cosine(x->sample[0], y->sample[1], x->n_sample);
	return swapped >= ALIKE_ENOUGH && swapped > cosine(x->sample[0], y->sample[0], x->n_sample);
}

/* ---- who resembles whom ---- */

typedef struct member {
	uint64_t shape;
	uint32_t row;
	uint32_t side;
} member;

static int by_shape(const void *x, const void *y)
{
	const member *a = x, *b = y;

	if (a->shape != b->shape)
		return a->shape < b->shape ? -1 : 1;
	if (a->side != b->side)
		return a->side < b->side ? -1 : 1;
	return (a->row > b->row) - (a->row < b->row);
}

/* The two best of the others. */
typedef struct favourite {
	uint32_t who;
	double best, second; /* 1 - cosine */
} favourite;

static void consider(favourite *f, uint32_t who, double distance)
{
	if (distance < f->best) {
		f->second = f->best;
		f->best = distance;
		f->who = who;
	} else if (distance < f->second) {
		f->second = distance;
	}
}

static bool is_clear(const favourite *f, double limit)
{
	return f->who != UINT32_MAX && f->best <= limit && f->second > (f->best + SLACK) * CLEARLY;
}

/*
 * How far from each other two weights may be. Short vectors resemble each other by chance, and all
 * that are positive do anyway; but nobody stores biases and normalizations in few bits.
 */
static double limit_of(const weight_row *x, const weight_row *y)
{
	if (!row_is_main(x) || !row_is_main(y))
		return x->role == y->role ? 1e-3 : 0;
	return x->n_sample < SHORT ? 0.02 : 1 - ALIKE_ENOUGH;
}

static void find_in_group(pairing *p, const member *a, size_t n_a, const member *b, size_t n_b)
{
	favourite *of_a = mem_zeroed(NULL, n_a + 1, sizeof *of_a);
	favourite *of_b = mem_zeroed(NULL, n_b + 1, sizeof *of_b);
	bool all = n_a <= PAIRS_MOST / n_b;

	if (!of_a || !of_b) {
		p->failed = true;
		heap_free(of_a);
		heap_free(of_b);
		return;
	}
	for (size_t i = 0; i < n_a; i++)
		of_a[i] = (favourite){UINT32_MAX, 3, 3};
	for (size_t j = 0; j < n_b; j++)
		of_b[j] = (favourite){UINT32_MAX, 3, 3};
	for (size_t i = 0; i < n_a; i++) {
		size_t middle = (size_t)((double)i * (double)n_b / (double)n_a);
		size_t from = all || middle < WINDOW ? 0 : middle - WINDOW;
		size_t end = all || middle + WINDOW > n_b ? n_b : middle + WINDOW;
		for (size_t j = from; j < end; j++) {
			double distance = 1 - alike_rows(p->side[0], a[i].row, p->side[1], b[j].row);
			if (!p->side[0]->rows[a[i].row].sample[0])
				break;
			consider(&of_a[i], (uint32_t)j, distance);
			consider(&of_b[j], (uint32_t)i, distance);
		}
	}
	for (size_t i = 0; i < n_a; i++) {
		uint32_t j = of_a[i].who;
		const weight_row *x = &p->side[0]->rows[a[i].row];
		double limit;
		if (j == UINT32_MAX || x->n_sample < LEAST)
			continue;
		limit = limit_of(x, &p->side[1]->rows[b[j].row]);
		if (is_clear(&of_a[i], limit) && is_clear(&of_b[j], limit) && of_b[j].who == i)
			pairing_take_rows(p, a[i].row, b[j].row, ORAY_MATCH_WEIGHTS, true);
	}
	heap_free(of_a);
	heap_free(of_b);
}

void alike_find(pairing *p)
{
	VEC(member) all = {0};

	for (unsigned side = 0; side < 2; side++)
		for (uint32_t i = 0; i < p->side[side]->n_rows && !p->failed; i++) {
			const weight_row *row = &p->side[side]->rows[i];
			member *m;
			if (!row->is_compared || p->row[side][i] != ORAY_NONE)
				continue;
			m = vec_push(NULL, &all);
			if (m)
				*m = (member){row->shape, i, side};
			else
				p->failed = true;
		}
	if (all.n)
		qsort(all.at, all.n, sizeof *all.at, by_shape);
	for (size_t i = 0, end, middle; i < all.n && !p->failed; i = end) {
		for (end = i + 1; end < all.n && all.at[end].shape == all.at[i].shape; end++)
			;
		for (middle = i; middle < end && all.at[middle].side == 0; middle++)
			;
		if (middle > i && middle < end)
			find_in_group(p, &all.at[i], middle - i, &all.at[middle], end - middle);
	}
	vec_free(NULL, &all);
}
