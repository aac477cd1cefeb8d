/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_attrs.c - attributes of nodes, those included that were left out; equal lists once.
 */
#include <stdlib.h>
#include <string.h>

#include "base/heap.h"
#include "export/attributes.h"
#include "export/html_draft.h"

/* How an attribute comes to its value. */
enum { WRITTEN, WRITTEN_DEFAULT, DEFAULT, MISSING };

static void add_number(buf *b, uint32_t n)
{
	char text[12], *end = text + sizeof text, *at = end;
	do
		*--at = (char)('0' + n % 10);
	while (n /= 10);
	if (b->n > 1)
		buf_char(b, ',');
	buf_add(b, at, (size_t)(end - at));
}

void html_formals(html_draft *d, html_op *op)
{
	ops_attr is;
	op->formals = (uint32_t)d->formals.n;
	for (size_t i = 0; op->row && ops_attribute(op->row, i, &is); i++) {
		html_formal *f = vec_push(NULL, &d->formals);
		if (!f) {
			d->failed = true;
			return;
		}
		/* types of formal attributes are those of written ones */
		const char *type = attribute_type_name((oray_attribute_type)is.type);
		buf_clear(&d->word);
		if (is.value)
			attribute_default_text(&d->word, &is);
		*f = (html_formal){is, html_keep(d, is.name, is.name_size),
		                   html_keep(d, buf_text(&d->word), d->word.n),
		                   html_keep(d, type, strlen(type))};
		op->n_formals++;
	}
	const oray_node nothing = {.n_attributes = 0};
	op->defaults = html_attributes_of(d, &nothing, op);
}

/* One attribute of a node. */
typedef struct line {
	oray_str name;
	size_t order;
	uint32_t numbers[4]; /* name, text, type, how */
} line;

static int by_name(const void *a, const void *b)
{
	const line *x = a, *y = b;
	size_t n = x->name.size < y->name.size ? x->name.size : y->name.size;
	int order = n ? memcmp(x->name.data, y->name.data, n) : 0;
	if (order || x->name.size != y->name.size)
		return order ? order : x->name.size < y->name.size ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

static line written(html_draft *d, oray_id id, const html_op *op, bool *is_there)
{
	line x = {.order = id};
	oray_attribute a;
	const html_formal *formal = NULL;
	if (!oray_model_attribute(d->model, id, &a))
		return x;
	for (uint32_t i = 0; op && i < op->n_formals && !formal; i++) {
		const html_formal *f = &d->formals.at[op->formals + i];
		if (f->is.name_size != a.name.size || memcmp(f->is.name, a.name.data, a.name.size) != 0)
			continue;
		formal = f;
		is_there[i] = true;
	}
	buf_clear(&d->word);
	attribute_text(&d->word, d->model, id, true, glyphs_of(true));
	const char *type = attribute_type_name(a.type);
	x.name = a.name;
	x.numbers[0] = html_keep(d, a.name.data, a.name.size);
	x.numbers[1] = html_keep(d, buf_text(&d->word), d->word.n);
	x.numbers[2] = html_keep(d, type, strlen(type));
	bool same = formal && formal->is.value && formal->text == x.numbers[1] && !a.reference.size;
	x.numbers[3] = same ? WRITTEN_DEFAULT : WRITTEN;
	return x;
}

uint32_t html_attributes_of(html_draft *d, const oray_node *node, const html_op *op)
{
	size_t n = 0, n_formals = op ? op->n_formals : 0;
	if (op && !node->n_attributes && op->defaults)
		return op->defaults;
	line *lines = heap_zeroed(node->n_attributes + n_formals + 1, sizeof *lines);
	bool *is_there = heap_zeroed(n_formals + 1, sizeof *is_there);
	buf *list = &d->more;
	oray_id id = 0;
	buf_clear(list);
	buf_char(list, '[');
	if (lines && is_there) {
		for (size_t i = 0; i < node->n_attributes; i++)
			lines[n++] = written(d, node->first_attribute + (oray_id)i, op, is_there);
		for (size_t i = 0; i < n_formals; i++) {
			const html_formal *f = &d->formals.at[op->formals + i];
			if (is_there[i] || (!f->is.value && !f->is.required))
				continue;
			lines[n] = (line){.name = {f->is.name, f->is.name_size}, .order = SIZE_MAX};
			const uint32_t numbers[4] = {f->name, f->text, f->type,
			                             f->is.value ? DEFAULT : MISSING};
			memcpy(lines[n++].numbers, numbers, sizeof numbers);
		}
		qsort(lines, n, sizeof *lines, by_name);
	}
	for (size_t i = 0; i < n; i++)
		for (unsigned k = 0; k < 4; k++)
			add_number(list, lines[i].numbers[k]);
	buf_char(list, ']');
	if (n)
		id = strings_add(&d->attributes, buf_text(list), list->n);
	d->failed |= !lines || !is_there || id == ORAY_NONE || !buf_ok(list);
	heap_free(lines);
	heap_free(is_there);
	return id == ORAY_NONE ? 0 : id;
}

void html_attributes(html_draft *d)
{
	html_key(d, "attrs");
	html_open(d, '[');
	for (size_t i = 0; i < strings_count(&d->attributes) && html_turn(d); i++) {
		oray_str list = strings_get(&d->attributes, (oray_id)i);
		html_raw(d, list.data, list.size);
	}
	html_close(d, ']');
}
