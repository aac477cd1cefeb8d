/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_attrs.c - attributes of nodes, those included that were left out; equal lists once.
 */
#include <stdlib.h>
#include <string.h>

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

/* True when the text in `word` is that of the default. */
static bool is_default(buf *word, const ops_attr *formal)
{
	size_t n = word->n;
	if (!formal->name || !formal->value || !n)
		return false;
	attribute_default_text(word, formal);
	return buf_ok(word) && word->n == 2 * n && memcmp(word->data, word->data + n, n) == 0;
}

static void add_line(html_draft *d, const attribute_line *line, buf *list)
{
	buf *word = &d->word;
	oray_attribute a;
	/* types of formal attributes are those of written ones */
	oray_attribute_type type = (oray_attribute_type)line->formal.type;
	unsigned how = line->formal.value ? DEFAULT : MISSING;
	buf_clear(word);
	if (line->id != ORAY_NONE)
		attribute_text(word, d->model, line->id, true, glyphs_of(true));
	else if (line->formal.value)
		attribute_default_text(word, &line->formal);
	size_t size = word->n;
	if (line->id != ORAY_NONE) {
		how = is_default(word, &line->formal) ? WRITTEN_DEFAULT : WRITTEN;
		if (oray_model_attribute(d->model, line->id, &a))
			type = a.type;
	}
	add_number(list, html_keep(d, line->name.data, line->name.size));
	add_number(list, html_keep(d, buf_text(word), size));
	const char *name = attribute_type_name(type);
	add_number(list, html_keep(d, name, strlen(name)));
	add_number(list, how);
}

uint32_t html_attributes_of(html_draft *d, const oray_node *node, const ops_row *row)
{
	size_t n;
	attribute_line *lines = attribute_lines(d->model, node, row, &n);
	buf *list = &d->more;
	oray_id id = 0;
	buf_clear(list);
	buf_char(list, '[');
	for (size_t i = 0; lines && i < n; i++)
		add_line(d, &lines[i], list);
	buf_char(list, ']');
	if (lines && n)
		id = strings_add(&d->attributes, buf_text(list), list->n);
	d->failed |= !lines || id == ORAY_NONE || !buf_ok(list);
	free(lines);
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
