/* SPDX-License-Identifier: Apache-2.0 */
/*
 * params_groups.c - parameters summed over tensors that have something in common.
 */
#include <stdlib.h>
#include <string.h>

#include "base/heap.h"
#include "base/num.h"
#include "words/describe.h"
#include "export/params.h"

static void group_add(param_group *g, uint64_t elements, oray_count bytes, size_t tensors)
{
	g->elements = elements > UINT64_MAX - g->elements ? UINT64_MAX : g->elements + elements;
	g->bytes.value += bytes.value;
	g->bytes.exact = g->bytes.exact && bytes.exact;
	g->tensors += tensors;
}

/* Largest first; ties by key, so that the order is always the same. */
static int compare_groups(const void *a, const void *b)
{
	const param_group *x = a, *y = b;
	if (x->elements != y->elements)
		return x->elements < y->elements ? 1 : -1;
	if (x->index != y->index)
		return x->index < y->index ? -1 : 1;
	return str_compare(x->key, y->key);
}

static int compare_keys(const void *a, const void *b)
{
	return str_compare(((const param_group *)a)->key, ((const param_group *)b)->key);
}

/* Sums that the analysis has made already. */
static bool from_shares(param_groups *out, const oray_share *shares, int n, bool roles)
{
	out->group = heap_zeroed((size_t)n, sizeof *out->group);
	if (!out->group)
		return false;
	for (int i = 0; i < n; i++) {
		if (!shares[i].tensors || (roles && !role_counts((oray_role)i)))
			continue;
		param_group *g = &out->group[out->n++];
		*g = (param_group){.key = {"", 0}, .index = i, .bytes = {0, true}};
		group_add(g, shares[i].elements, shares[i].bytes, shares[i].tensors);
	}
	return true;
}

static oray_str cut_scope(oray_str scope, unsigned depth)
{
	for (size_t i = 0; depth && i < scope.size; i++)
		if (scope.data[i] == '/' && --depth == 0)
			return (oray_str){scope.data, i};
	return scope;
}

static oray_str key_of(const oray_parameter_list *list, const oray_parameter *p, param_by by,
                       unsigned depth)
{
	oray_node node;
	if (by == BY_MODULE)
		return cut_scope(p->scope, depth);
	if (p->n_used_by && oray_model_node(list->model, p->used_by[0], &node))
		return node.op;
	return (oray_str){"", 0};
}

/* One group a tensor, sorted by key, then equal neighbours become one. */
static bool from_tensors(param_groups *out, const oray_parameter_list *list, param_by by,
                         unsigned depth)
{
	size_t n = 0;
	out->group = heap_get((list->n ? list->n : 1) * sizeof *out->group);
	if (!out->group)
		return false;
	for (size_t i = 0; i < list->n; i++) {
		const oray_parameter *p = &list->tensors[i];
		if (!role_counts(p->role))
			continue;
		out->group[n++] = (param_group){
		    .key = key_of(list, p, by, depth),
		    .index = -1,
		    .elements = p->elements.exact ? p->elements.value : 0,
		    .bytes = p->bytes,
		    .tensors = 1,
		};
	}
	qsort(out->group, n, sizeof *out->group, compare_keys);
	for (size_t i = 0; i < n; i++) {
		param_group *last = out->n ? &out->group[out->n - 1] : NULL;
		const param_group *g = &out->group[i];
		if (last && str_compare(last->key, g->key) == 0)
			group_add(last, g->elements, g->bytes, g->tensors);
		else
			out->group[out->n++] = *g;
	}
	return true;
}

bool param_groups_make(param_groups *out, const oray_parameter_list *list, param_by by,
                       unsigned depth)
{
	bool ok = true;
	*out = (param_groups){.by = by, .apart = {.bytes = {0, true}, .index = -1}};
	for (int r = 0; r < ORAY_N_ROLES; r++) {
		const oray_share *share = &list->sums.by_role[r];
		if (!role_counts((oray_role)r))
			group_add(&out->apart, share->elements, share->bytes, share->tensors);
	}
	if (by == BY_ROLE)
		ok = from_shares(out, list->sums.by_role, ORAY_N_ROLES, true);
	else if (by == BY_TYPE)
		ok = from_shares(out, list->sums.by_type, ORAY_N_TYPES, false);
	else if (by == BY_OP || by == BY_MODULE)
		ok = from_tensors(out, list, by, depth);
	if (ok && out->n)
		qsort(out->group, out->n, sizeof *out->group, compare_groups);
	out->n_groups = out->n;
	return ok;
}

void param_group_text(buf *b, const param_groups *groups, const param_group *group)
{
	if (groups->by == BY_ROLE)
		role_text(b, (oray_role)group->index);
	else if (groups->by == BY_TYPE)
		element_type_text(b, group->index);
	else if (group->key.size)
		buf_printable(b, group->key.data, group->key.size);
	else
		buf_str(b, groups->by == BY_MODULE ? "no module" : "read by nobody");
}
