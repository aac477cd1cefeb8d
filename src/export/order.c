/* SPDX-License-Identifier: Apache-2.0 */
#include "export/order.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/heap.h"
#include "export/emit.h"
#include "words/describe.h"

const order_column *order_find(const order_column *columns, size_t n, const char *name,
                               oray_error *err)
{
	buf known = {0};
	for (size_t i = 0; i < n; i++) {
		const order_column *c = &columns[i];
		if (!strcmp(c->name, name) || (c->alias && !strcmp(c->alias, name)))
			return c;
	}
	for (size_t i = 0; i < n; i++)
		buf_format(&known, "%s%s", i ? ", " : "", columns[i].name);
	error_set(err, ORAY_ERR_USAGE, ORAY_NO_OFFSET, NULL, "cannot sort by '%s'; columns are %s",
	          name, buf_text(&known));
	buf_free(&known);
	return NULL;
}

static int compare_numbers(const void *a, const void *b)
{
	const order_key *x = a, *y = b;
	if (x->unknown != y->unknown)
		return x->unknown ? 1 : -1;
	if (x->number != y->number)
		return x->number < y->number ? 1 : -1;
	return (x->row > y->row) - (x->row < y->row);
}

static int compare_texts(const void *a, const void *b)
{
	const order_key *x = a, *y = b;
	int order = str_compare(x->text, y->text);
	return order ? order : (x->row > y->row) - (x->row < y->row);
}

size_t *order_rows(const order_column *column, const void *rows, size_t n)
{
	size_t *order = heap_get((n ? n : 1) * sizeof *order);
	order_key *keys = column && n ? heap_get(n * sizeof *keys) : NULL;
	if (!order || (column && n && !keys)) {
		heap_free(order);
		heap_free(keys);
		return NULL;
	}
	for (size_t i = 0; keys && i < n; i++) {
		keys[i] = (order_key){.text = {"", 0}};
		column->key(rows, i, &keys[i]);
		keys[i].row = i;
	}
	if (keys)
		qsort(keys, n, sizeof *keys, column->is_text ? compare_texts : compare_numbers);
	for (size_t i = 0; i < n; i++)
		order[i] = keys ? keys[i].row : i;
	heap_free(keys);
	return order;
}

oray_status order_begin(order_view *view, const oray_style *style, const order_column *columns,
                        size_t n_columns, const void *rows, size_t n, oray_error *err)
{
	const order_column *column = NULL;
	oray_status status = emit_style(style, &view->style, err);
	if (status != ORAY_OK)
		return status;
	if (view->style.sort) {
		column = order_find(columns, n_columns, view->style.sort, err);
		if (!column)
			return ORAY_ERR_USAGE;
	}
	view->order = order_rows(column, rows, n);
	view->n = view->style.top && view->style.top < n ? view->style.top : n;
	return view->order ? ORAY_OK : error_memory(err);
}
