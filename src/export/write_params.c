/* SPDX-License-Identifier: Apache-2.0 */
/*
 * write_params.c - the way into the parameter writer: grouping, order of rows, choice of format.
 */
#include <string.h>

#include "base/error.h"
#include "base/heap.h"
#include "export/order.h"
#include "export/params.h"

/* ------------------------------------------------------------------- order of tensors -- */

static const oray_parameter *tensor_of(const void *rows, size_t row)
{
	return &((const oray_parameter_list *)rows)->tensors[row];
}

static void by_name(const void *rows, size_t row, order_key *out)
{
	out->text = tensor_of(rows, row)->name;
}

static void by_elements(const void *rows, size_t row, order_key *out)
{
	out->number = tensor_of(rows, row)->elements.value;
	out->unknown = !tensor_of(rows, row)->elements.exact;
}

static void by_bytes(const void *rows, size_t row, order_key *out)
{
	out->number = tensor_of(rows, row)->bytes.value;
	out->unknown = !tensor_of(rows, row)->bytes.exact;
}

static void by_role(const void *rows, size_t row, order_key *out)
{
	out->number = (uint64_t)(ORAY_N_ROLES - (int)tensor_of(rows, row)->role);
}

static void by_type(const void *rows, size_t row, order_key *out)
{
	const char *name = oray_type_name(tensor_of(rows, row)->type);
	out->text = name ? (oray_str){name, strlen(name)} : (oray_str){"", 0};
}

static void by_scope(const void *rows, size_t row, order_key *out)
{
	out->text = tensor_of(rows, row)->scope;
}

static void by_users(const void *rows, size_t row, order_key *out)
{
	out->number = tensor_of(rows, row)->n_used_by;
}

static const order_column columns[] = {
    {"name", "tensor", true, by_name},       {"elements", "parameters", false, by_elements},
    {"count", "params", false, by_elements}, {"bytes", NULL, false, by_bytes},
    {"role", NULL, false, by_role},          {"type", NULL, true, by_type},
    {"scope", "module", true, by_scope},     {"used_by", NULL, false, by_users},
};

/* -------------------------------------------------------------------- order of groups -- */

static const param_group *group_of(const void *rows, size_t row)
{
	return &((const param_groups *)rows)->group[row];
}

static void group_by_elements(const void *rows, size_t row, order_key *out)
{
	out->number = group_of(rows, row)->elements;
}

static void group_by_bytes(const void *rows, size_t row, order_key *out)
{
	out->number = group_of(rows, row)->bytes.value;
}

static void group_by_tensors(const void *rows, size_t row, order_key *out)
{
	out->number = group_of(rows, row)->tensors;
}

static void group_by_name(const void *rows, size_t row, order_key *out)
{
	const param_groups *groups = rows;
	const param_group *group = group_of(rows, row);
	const char *name = groups->by == BY_ROLE   ? oray_role_name((oray_role)group->index)
	                   : groups->by == BY_TYPE ? oray_type_name(group->index)
	                                           : NULL;
	out->text = name ? (oray_str){name, strlen(name)} : group->key;
}

static const order_column group_columns[] = {
    {"name", NULL, true, group_by_name},
    {"elements", "parameters", false, group_by_elements},
    {"count", "params", false, group_by_elements},
    {"bytes", NULL, false, group_by_bytes},
    {"tensors", NULL, false, group_by_tensors},
};

/* ------------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	param_by by;
} groupings[] = {
    {"role", BY_ROLE},     {"type", BY_TYPE},     {"op", BY_OP},
    {"module", BY_MODULE}, {"tensor", BY_TENSOR},
};

static oray_status find_grouping(const char *name, param_by *by, oray_error *err)
{
	*by = BY_NOTHING;
	if (!name)
		return ORAY_OK;
	for (size_t i = 0; i < sizeof groupings / sizeof *groupings; i++) {
		if (!strcmp(groupings[i].name, name)) {
			*by = groupings[i].by;
			return ORAY_OK;
		}
	}
	return error_set(err, ORAY_ERR_USAGE, ORAY_NO_OFFSET, NULL,
	                 "cannot group by '%s'; groups are role, type, op, module, tensor", name);
}

static bool is_grouped(param_by by)
{
	return by != BY_NOTHING && by != BY_TENSOR;
}

/* Groups in the order of a column. */
static bool sort_groups(param_groups *groups, const order_column *column)
{
	size_t *order = column ? order_rows(column, groups, groups->n) : NULL;
	param_group *sorted = order ? heap_get((groups->n ? groups->n : 1) * sizeof *sorted) : NULL;
	if (!column)
		return true;
	for (size_t i = 0; sorted && i < groups->n; i++)
		sorted[i] = groups->group[order[i]];
	if (sorted) {
		heap_free(groups->group);
		groups->group = sorted;
	}
	heap_free(order);
	return sorted != NULL;
}

oray_status oray_write_parameters(const oray_parameter_list *list, const oray_style *style,
                                  oray_sink sink, void *context, oray_error *err)
{
	oray_style s;
	const order_column *column = NULL, *group_column = NULL;
	param_groups groups = {.by = BY_NOTHING};
	param_by by;
	oray_status status = emit_style(style, &s, err);
	if (status == ORAY_OK)
		status = find_grouping(s.by, &by, err);
	if (status == ORAY_OK && s.sort && is_grouped(by)) {
		group_column =
		    order_find(group_columns, sizeof group_columns / sizeof *group_columns, s.sort, err);
		status = group_column ? ORAY_OK : ORAY_ERR_USAGE;
	} else if (status == ORAY_OK && s.sort) {
		column = order_find(columns, sizeof columns / sizeof *columns, s.sort, err);
		status = column ? ORAY_OK : ORAY_ERR_USAGE;
	}
	if (status != ORAY_OK)
		return status;
	param_view view = {.list = list, .n = list->n, .order = order_rows(column, list, list->n)};
	if (!view.order || !param_groups_make(&groups, list, by, s.depth) ||
	    !sort_groups(&groups, group_column)) {
		heap_free(view.order);
		heap_free(groups.group);
		return error_memory(err);
	}
	if (s.top && is_grouped(by) && s.top < groups.n)
		groups.n = s.top;
	else if (s.top && s.top < view.n)
		view.n = s.top;
	emit e;
	emit_init(&e, &s, sink, context);
	if (s.format == ORAY_TEXT || s.format == ORAY_MARKDOWN)
		params_page(&e, &view, &groups, &s);
	else
		params_data(&e, &view, &groups, &s);
	heap_free(view.order);
	heap_free(groups.group);
	return emit_end(&e, err);
}
