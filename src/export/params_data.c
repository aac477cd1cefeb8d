/* SPDX-License-Identifier: Apache-2.0 */
/*
 * params_data.c - parameters for programs: JSON as the contract says, with "by" and "groups" added
 * when grouping was asked for; one row a line; CSV.
 */
#include <math.h>
#include <string.h>

#include "words/describe.h"
#include "export/json_model.h"
#include "words/numbers.h"
#include "export/params.h"
#include "export/stats.h"

static const char *const by_names[] = {
    [BY_ROLE] = "role",
    [BY_TYPE] = "type",
    [BY_OP] = "op",
    [BY_MODULE] = "module",
};

static bool grouped(const param_groups *groups)
{
	return groups->by != BY_NOTHING && groups->by != BY_TENSOR;
}

/* -------------------------------------------------------------------------------- JSON -- */

static cJSON *tensor_item(emit *e, const oray_parameter_list *list, size_t row)
{
	const oray_model *model = list->model;
	const oray_parameter *p = &list->tensors[row];
	cJSON *object = cJSON_CreateObject(), *users = cJSON_CreateArray();
	buf type = {0};
	element_type_text(&type, p->type);
	json_put(e, object, "name", json_text(p->name));
	json_put(e, object, "type", json_cstr(buf_text(&type)));
	json_put(e, object, "shape", json_dims(p->dims, p->n_dims));
	json_put_count(e, object, "elements", p->elements);
	json_put_count(e, object, "bytes", p->bytes);
	json_put(e, object, "role", json_cstr(oray_role_name(p->role)));
	json_put(e, object, "storage", json_cstr(oray_keeping_name(p->keeping)));
	json_put(e, object, "graph", json_graph_path(model, p->graph));
	json_put(e, object, "scope", json_text(p->scope));
	for (size_t i = 0; i < p->n_used_by && i < JSON_LIST; i++)
		json_push(e, users, json_node_label(model, p->used_by[i]));
	json_put(e, object, "used_by", users);
	if (p->n_used_by > JSON_LIST)
		json_put_length(e, object, "used_by", p->n_used_by);
	if (list->statistics)
		json_put(e, object, "stats", stats_item(e, &list->statistics[row], false));
	buf_free(&type);
	return object;
}

static cJSON *group_item(emit *e, const param_groups *groups, const param_group *g)
{
	cJSON *object = cJSON_CreateObject();
	if (groups->by == BY_ROLE)
		json_put(e, object, by_names[groups->by], json_cstr(oray_role_name((oray_role)g->index)));
	else if (groups->by == BY_TYPE)
		json_put(e, object, by_names[groups->by], json_cstr(oray_type_name(g->index)));
	else
		json_put(e, object, by_names[groups->by], json_text(g->key));
	json_put(e, object, "tensors", json_u64(g->tensors));
	json_put(e, object, "elements", json_u64(g->elements));
	json_put_count(e, object, "bytes", g->bytes);
	return object;
}

static void groups_json(emit *e, const param_groups *groups)
{
	emit_format(e, "\"by\":\"%s\",\"groups\":[", by_names[groups->by]);
	for (size_t i = 0; i < groups->n && emit_ok(e); i++) {
		emit_str(e, i ? ",\n" : "\n");
		json_write_row(e, group_item(e, groups, &groups->group[i]));
	}
	emit_str(e, "\n],");
}

static void whole_json(emit *e, const param_view *view, const param_groups *groups)
{
	const oray_parameter_list *list = view->list;
	emit_str(e, "{\"schema\":1,\"parameters\":");
	json_write_row(e, json_parameters(e, &list->sums));
	emit_str(e, ",\n");
	if (grouped(groups))
		groups_json(e, groups);
	emit_str(e, "\"tensors\":[");
	for (size_t i = 0; i < view->n && emit_ok(e); i++) {
		emit_str(e, i ? ",\n" : "\n");
		json_write_row(e, tensor_item(e, list, view->order[i]));
	}
	emit_str(e, "\n]}\n");
}

static void lines_json(emit *e, const param_view *view, const param_groups *groups)
{
	const oray_parameter_list *list = view->list;
	if (grouped(groups)) {
		for (size_t i = 0; i < groups->n && emit_ok(e); i++)
			json_write(e, group_item(e, groups, &groups->group[i]), false);
		return;
	}
	for (size_t i = 0; i < view->n && emit_ok(e); i++)
		json_write(e, tensor_item(e, list, view->order[i]), false);
}

/* --------------------------------------------------------------------------------- CSV -- */

enum { NAME, TYPE, SHAPE, ELEMENTS, BYTES, ROLE, STORAGE, GRAPH, SCOPE, USED_BY,
       MIN, MAX, MEAN, STD, ZEROS, NON_FINITE, N_COLUMNS };

static const grid_column columns[N_COLUMNS] = {
    [NAME] = {.field = "name"},         [TYPE] = {.field = "type"},   [SHAPE] = {.field = "shape"},
    [ELEMENTS] = {.field = "elements"}, [BYTES] = {.field = "bytes"}, [ROLE] = {.field = "role"},
    [STORAGE] = {.field = "storage"},   [GRAPH] = {.field = "graph"}, [SCOPE] = {.field = "scope"},
    [USED_BY] = {.field = "used_by"},
    [MIN] = {.field = "min"},           [MAX] = {.field = "max"},     [MEAN] = {.field = "mean"},
    [STD] = {.field = "std"},           [ZEROS] = {.field = "zeros"},
    [NON_FINITE] = {.field = "non_finite"},
};

/* Nothing where it is not known. */
static void fill_real(grid *g, size_t column, double x)
{
	char text[NUMBER_SIZE];
	if (isnan(x))
		return;
	number_float64(x, text);
	grid_text(g, column, text);
}

static void fill_statistics(grid *g, const oray_statistics *s)
{
	if (s->unread)
		return;
	fill_real(g, MIN, s->min);
	fill_real(g, MAX, s->max);
	fill_real(g, MEAN, s->mean);
	fill_real(g, STD, s->std);
	grid_number(g, ZEROS, s->zeros, "");
	grid_number(g, NON_FINITE, s->nans + s->infinities, "");
}

static void fill(grid *g, size_t row)
{
	const param_view *view = g->context;
	const oray_model *model = view->list->model;
	const oray_parameter *p = &view->list->tensors[view->order[row]];
	grid_model(g, NAME, p->name);
	element_type_text(grid_printable(g, TYPE), p->type);
	shape_of_dims(grid_printable(g, SHAPE), p->dims, p->n_dims, glyphs_of(false));
	grid_holey(g, ELEMENTS, p->elements, "");
	grid_holey(g, BYTES, p->bytes, "B");
	grid_text(g, ROLE, oray_role_name(p->role));
	grid_text(g, STORAGE, oray_keeping_name(p->keeping));
	graph_path_text(grid_printable(g, GRAPH), model, p->graph);
	grid_model(g, SCOPE, p->scope);
	buf *users = grid_printable(g, USED_BY);
	for (size_t i = 0; i < p->n_used_by && i < JSON_LIST; i++) {
		buf_str(users, i ? "; " : "");
		node_label_text(users, model, p->used_by[i]);
	}
	if (view->list->statistics)
		fill_statistics(g, &view->list->statistics[view->order[row]]);
}

enum { KEY, GROUP_TENSORS, GROUP_ELEMENTS, GROUP_BYTES, N_GROUP_COLUMNS };

static void fill_group(grid *g, size_t row)
{
	const param_groups *groups = g->context;
	const param_group *group = &groups->group[row];
	if (groups->by == BY_ROLE)
		grid_text(g, KEY, oray_role_name((oray_role)group->index));
	else if (groups->by == BY_TYPE)
		element_type_text(grid_printable(g, KEY), group->index);
	else
		grid_model(g, KEY, group->key);
	grid_number(g, GROUP_TENSORS, group->tensors, "");
	grid_number(g, GROUP_ELEMENTS, group->elements, "");
	grid_holey(g, GROUP_BYTES, group->bytes, "B");
}

static void write_csv(emit *e, const param_view *view, const param_groups *groups,
                      const oray_style *style)
{
	grid_column group_columns[N_GROUP_COLUMNS] = {
	    [KEY] = {.field = by_names[grouped(groups) ? groups->by : BY_ROLE]},
	    [GROUP_TENSORS] = {.field = "tensors"},
	    [GROUP_ELEMENTS] = {.field = "elements"},
	    [GROUP_BYTES] = {.field = "bytes"},
	};
	grid g = {
	    .columns = columns,
	    .n_columns = view->list->statistics ? N_COLUMNS : MIN,
	    .n_rows = view->n,
	    .fill = fill,
	    .context = view,
	    .format = ORAY_CSV,
	    .no_header = style->no_header,
	};
	if (grouped(groups)) {
		g.columns = group_columns;
		g.n_columns = N_GROUP_COLUMNS;
		g.n_rows = groups->n;
		g.fill = fill_group;
		g.context = groups;
	}
	grid_write(&g, e);
}

void params_data(emit *e, const param_view *view, const param_groups *groups,
                 const oray_style *style)
{
	if (style->format == ORAY_JSON)
		whole_json(e, view, groups);
	else if (style->format == ORAY_NDJSON)
		lines_json(e, view, groups);
	else
		write_csv(e, view, groups, style);
}
