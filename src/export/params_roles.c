/* SPDX-License-Identifier: Apache-2.0 */
/*
 * params_roles.c - sums by role and type, as a table and as JSON.
 */
#include <math.h>
#include <string.h>

#include "words/describe.h"
#include "words/numbers.h"
#include "export/params.h"

bool role_counts(oray_role role)
{
	return role == ORAY_ROLE_WEIGHT || role == ORAY_ROLE_BIAS || role == ORAY_ROLE_NORM ||
	       role == ORAY_ROLE_EMBEDDING;
}

void role_text(buf *b, oray_role role)
{
	for (const char *p = oray_role_name(role); *p; p++)
		buf_char(b, *p == '_' ? ' ' : *p);
}

/* ------------------------------------------------------------------------------- table -- */

static const grid_column columns[ROLE_COLUMNS] = {
    [ROLE_NAME] = {.title = "Role", .field = "role", .how = FIT_NAME, .min = 10, .want = 20},
    [ROLE_TENSORS] = {.title = "tensors", .field = "tensors", .right = true, .drop = 2},
    [ROLE_ELEMENTS] = {.title = "count", .field = "elements", .right = true},
    [ROLE_BYTES] = {.title = "bytes", .field = "bytes", .right = true},
    [ROLE_SHARE] = {.title = "share", .field = "share", .right = true, .drop = 3},
    [ROLE_BITS] = {.title = "bits each", .field = "bits", .right = true, .drop = 4},
};

/* Bits that one element takes: 32, 4.5; nothing for strings. */
static void bits_cell(grid *g, uint64_t elements, oray_count bytes)
{
	if (!bytes.exact || !elements)
		return;
	double bits = (double)bytes.value * 8 / (double)elements;
	uint64_t tenths = (uint64_t)(bits * 10 + 0.5);
	if (tenths % 10)
		grid_format(g, ROLE_BITS, "%u.%u", (unsigned)(tenths / 10), (unsigned)(tenths % 10));
	else
		grid_number(g, ROLE_BITS, tenths / 10, "");
}

static void share_row(grid *g, const role_table *t, uint64_t elements, oray_count bytes,
                      size_t tensors, bool part_of_total)
{
	if (tensors)
		grid_number(g, ROLE_TENSORS, tensors, "");
	grid_number(g, ROLE_ELEMENTS, elements, "");
	grid_holey(g, ROLE_BYTES, bytes, "B");
	if (part_of_total && t->p->total)
		number_percent(&g->cells[ROLE_SHARE].text, (double)elements / (double)t->p->total);
	bits_cell(g, elements, bytes);
}

static void fill(grid *g, size_t row)
{
	const role_table *t = g->context;
	const oray_parameters *p = t->p;
	int index = t->row[row].index;
	buf *name = &g->cells[ROLE_NAME].text;
	const oray_share *share;
	size_t tensors = 0;
	switch (t->row[row].kind) {
	case ROW_ROLE:
	case ROW_APART:
		share = &p->by_role[index];
		role_text(name, (oray_role)index);
		share_row(g, t, share->elements, share->bytes, share->tensors,
		          t->row[row].kind == ROW_ROLE);
		break;
	case ROW_TYPE:
		share = &p->by_type[index];
		buf_str(name, "  ");
		element_type_text(name, index);
		share_row(g, t, share->elements, share->bytes, share->tensors, true);
		break;
	case ROW_TOTAL:
		for (int r = 0; r < ORAY_N_ROLES; r++)
			tensors += role_counts((oray_role)r) ? p->by_role[r].tensors : 0;
		buf_str(name, tensors ? "total" : "none");
		if (tensors)
			share_row(g, t, p->total, p->bytes, tensors, true);
		else
			grid_paint(g, ROLE_NAME, PAINT_DIM);
		break;
	}
	if (t->row[row].kind == ROW_APART || t->row[row].kind == ROW_TYPE)
		for (size_t i = 0; i < ROLE_COLUMNS; i++)
			grid_paint(g, i, PAINT_DIM);
}

static void add_row(role_table *t, int kind, int index)
{
	t->row[t->n].kind = kind;
	t->row[t->n].index = index;
	t->n++;
}

void role_table_start(role_table *t, grid *g, const oray_parameters *p, const char *title)
{
	int types = 0;
	*t = (role_table){.p = p};
	for (int r = 0; r < ORAY_N_ROLES; r++)
		if (role_counts((oray_role)r) && p->by_role[r].tensors)
			add_row(t, ROW_ROLE, r);
	size_t total = t->n;
	add_row(t, ROW_TOTAL, 0);
	for (int i = 0; i < ORAY_N_TYPES; i++)
		types += p->by_type[i].tensors != 0;
	for (int i = 0; types > 1 && i < ORAY_N_TYPES; i++)
		if (p->by_type[i].tensors)
			add_row(t, ROW_TYPE, i);
	for (int r = 0; r < ORAY_N_ROLES; r++)
		if (!role_counts((oray_role)r) && p->by_role[r].tensors)
			add_row(t, ROW_APART, r);
	*g = (grid){
	    .columns = columns,
	    .n_columns = ROLE_COLUMNS,
	    .n_rows = t->n,
	    .fill = fill,
	    .context = t,
	    .title = title,
	    .rule_before = total,
	};
}

/* -------------------------------------------------------------------------------- JSON -- */

cJSON *json_parameters(emit *e, const oray_parameters *p)
{
	cJSON *object = cJSON_CreateObject();
	json_put(e, object, "total", json_u64(p->total));
	json_put(e, object, "initializer_elements", json_u64(p->initializer_elements));
	json_put_count(e, object, "bytes", p->bytes);
	cJSON *roles = cJSON_CreateObject(), *role_bytes = cJSON_CreateObject();
	for (int r = 0; r < ORAY_N_ROLES; r++) {
		const char *name = oray_role_name((oray_role)r);
		json_put(e, roles, name, json_u64(p->by_role[r].elements));
		json_put_count(e, role_bytes, name, p->by_role[r].bytes);
	}
	json_put(e, object, "by_role", roles);
	json_put(e, object, "by_role_bytes", role_bytes);
	cJSON *types = cJSON_CreateObject(), *type_bytes = cJSON_CreateObject();
	for (int t = 0; t < ORAY_N_TYPES; t++) {
		const char *name = t == ORAY_UNDEFINED ? "unknown" : oray_type_name(t);
		if (!p->by_type[t].tensors)
			continue;
		json_put(e, types, name, json_u64(p->by_type[t].elements));
		json_put_count(e, type_bytes, name, p->by_type[t].bytes);
	}
	json_put(e, object, "by_type", types);
	json_put(e, object, "by_type_bytes", type_bytes);
	json_put(e, object, "shared", json_u64(p->shared));
	json_put(e, object, "unused", json_u64(p->unused));
	json_put(e, object, "unused_tensors", json_u64(p->unused_tensors));
	json_put(e, object, "training", json_u64(p->training));
	json_put(e, object, "all_elements", json_u64(p->all_elements));
	json_put_count(e, object, "all_bytes", p->all_bytes);
	json_put(e, object, "overflow", cJSON_CreateBool(p->overflow));
	return object;
}
