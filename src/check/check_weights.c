/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_weights.c - what the weights hold: each byte is read once, and a second time where two
 * tensors look the same.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/heap.h"
#include "check/check_ask.h"

enum { LEAST_BYTES = 256, LEAST_ELEMENTS = 16 }; /* of tensors that are worth a remark */

static bool is_learned(oray_role role)
{
	return role == ORAY_ROLE_WEIGHT || role == ORAY_ROLE_BIAS || role == ORAY_ROLE_NORM ||
	       role == ORAY_ROLE_NORM_STATISTIC || role == ORAY_ROLE_EMBEDDING;
}

static void check_contents(check_pass *pass, const oray_parameter *p, const oray_statistics *s)
{
	if (s->unread || !is_learned(p->role) || p->tensor == ORAY_NONE)
		return;
	if (s->nans || s->infinities)
		check_report(pass, CHECK_non_finite_weight, check_at_tensor(p->tensor),
		             "%" PRIu64 " of %" PRIu64 " elements are NaN, %" PRIu64 " infinite", s->nans,
		             s->elements, s->infinities);
	bool is_weight = p->role == ORAY_ROLE_WEIGHT || p->role == ORAY_ROLE_EMBEDDING;
	if (is_weight && s->elements >= LEAST_ELEMENTS && s->zeros == s->elements)
		check_report(pass, CHECK_zero_weight, check_at_tensor(p->tensor),
		             "all %" PRIu64 " elements are zero", s->elements);
	bool is_float = p->type == ORAY_FLOAT32 || p->type == ORAY_FLOAT64;
	if (is_float && s->max_abs > 0 && s->max_abs < 0x1p-126)
		check_report(pass, CHECK_denormal_weight, check_at_tensor(p->tensor),
		             "no element is larger than %g", s->max_abs);
}

/* The variances of a BatchNormalization. */
static void check_variances(check_pass *pass, const oray_parameter *p, const oray_statistics *s)
{
	oray_node node;
	if (s->unread || p->role != ORAY_ROLE_NORM_STATISTIC || !(s->min < 0))
		return;
	for (size_t i = 0; i < p->n_used_by; i++)
		if (oray_model_node(pass->model, p->used_by[i], &node) &&
		    check_is(&node, "BatchNormalization") && check_input(&node, 4) == p->value) {
			check_report(pass, CHECK_negative_variance, check_at_tensor(p->tensor),
			             "the smallest variance is %g", s->min);
			return;
		}
}

/* ------------------------------------------------------------------------------ duplicates -- */

typedef struct candidate {
	const oray_parameter *p;
	const oray_statistics *s;
} candidate;

static int compare_numbers(double a, double b)
{
	return memcmp(&a, &b, sizeof a); /* any order will do, and NAN is one number here */
}

/* 0: they may well be the same. */
static int in_order(const void *a, const void *b)
{
	const candidate *x = a, *y = b;
	if (x->p->type != y->p->type)
		return x->p->type < y->p->type ? -1 : 1;
	if (x->p->n_dims != y->p->n_dims)
		return x->p->n_dims < y->p->n_dims ? -1 : 1;
	int order =
	    x->p->n_dims ? memcmp(x->p->dims, y->p->dims, x->p->n_dims * sizeof *x->p->dims) : 0;
	order = order ? order : compare_numbers(x->s->mean, y->s->mean);
	order = order ? order : compare_numbers(x->s->std, y->s->std);
	order = order ? order : compare_numbers(x->s->min, y->s->min);
	order = order ? order : compare_numbers(x->s->max, y->s->max);
	if (!order && x->s->zeros != y->s->zeros)
		order = x->s->zeros < y->s->zeros ? -1 : 1;
	return order;
}

static int in_full_order(const void *a, const void *b)
{
	const candidate *x = a, *y = b;
	int order = in_order(a, b);
	return order ? order : (x->p->tensor > y->p->tensor) - (x->p->tensor < y->p->tensor);
}

static bool same_place(const oray_tensor *a, const oray_tensor *b)
{
	return a->storage == ORAY_STORAGE_EXTERNAL && b->storage == ORAY_STORAGE_EXTERNAL &&
	       a->location.size == b->location.size &&
	       memcmp(a->location.data, b->location.data, a->location.size) == 0 &&
	       (a->has_offset ? a->offset : 0) == (b->has_offset ? b->offset : 0);
}

static bool are_same(const check_pass *pass, oray_id a, oray_id b)
{
	const oray_weight x = {.model = pass->model, .tensor = a},
	                  y = {.model = pass->model, .tensor = b};
	oray_tensor s, t;
	oray_fidelity f;
	oray_error err;
	return oray_model_tensor(pass->model, a, &s) && oray_model_tensor(pass->model, b, &t) &&
	       !same_place(&s, &t) && oray_compare_weights(&x, &y, -1, &f, &err) == ORAY_OK &&
	       f.identical;
}

/* Tensors that look alike, in order of the file: each is compared with the first, and with others
 * only where it differs from that one. */
static void check_alike(check_pass *pass, candidate *at, size_t n)
{
	enum { MOST_KINDS = 8 };
	size_t kinds[MOST_KINDS], n_kinds = 0;
	oray_tensor first;
	for (size_t i = 0; i < n; i++) {
		size_t k = 0;
		while (k < n_kinds && !are_same(pass, at[kinds[k]].p->tensor, at[i].p->tensor))
			k++;
		if (k < n_kinds && oray_model_tensor(pass->model, at[kinds[k]].p->tensor, &first))
			check_report(pass, CHECK_duplicate_initializer, check_at_tensor(at[i].p->tensor),
			             "the same %" PRIu64 " bytes as \"%.*s\"", at[i].p->bytes.value,
			             CHECK_NAME(at[kinds[k]].p->name));
		else if (n_kinds < MOST_KINDS)
			kinds[n_kinds++] = i;
	}
}

static void check_duplicates(check_pass *pass, const oray_parameter_list *list)
{
	candidate *all = heap_get((list->n + 1) * sizeof *all);
	size_t n = 0;
	if (!all) {
		pass->book->failed = true;
		return;
	}
	for (size_t i = 0; i < list->n; i++) {
		const oray_parameter *p = &list->tensors[i];
		if (p->tensor != ORAY_NONE && p->keeping != ORAY_KEPT_SPARSE && p->bytes.exact &&
		    p->bytes.value >= LEAST_BYTES && !list->statistics[i].unread)
			all[n++] = (candidate){p, &list->statistics[i]};
	}
	qsort(all, n, sizeof *all, in_full_order);
	for (size_t i = 0, next; i < n; i = next) {
		for (next = i + 1; next < n && in_order(&all[i], &all[next]) == 0;)
			next++;
		if (next - i > 1)
			check_alike(pass, all + i, next - i);
	}
	heap_free(all);
}

void check_weights(check_pass *pass)
{
	oray_parameter_list *list = NULL;
	oray_error err;
	if (pass->options->no_weights)
		return;
	oray_status status = oray_list_parameters(pass->model, &list, &err);
	if (status == ORAY_OK)
		status = oray_measure_parameters(list, NULL, NULL, &err);
	if (status == ORAY_OK && list->statistics) {
		for (size_t i = 0; i < list->n; i++) {
			check_contents(pass, &list->tensors[i], &list->statistics[i]);
			check_variances(pass, &list->tensors[i], &list->statistics[i]);
		}
		if (check_wants(pass, CHECK_duplicate_initializer))
			check_duplicates(pass, list);
	}
	pass->book->failed |= status != ORAY_OK;
	oray_parameter_list_free(list);
}
