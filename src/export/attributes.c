/* SPDX-License-Identifier: Apache-2.0 */
#include "export/attributes.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/heap.h"
#include "words/describe.h"
#include "words/numbers.h"
#include "export/values_text.h"

#define ITEMS       32
#define ITEMS_WHOLE 4096
#define BYTES       400
#define BYTES_WHOLE 65536
#define LINES_MOST  200
#define MOST_TEXT   (1u << 20) /* bytes of a text that is read from the file to be shown */
#define CHUNK       64

const char *attribute_type_name(oray_attribute_type type)
{
	static const char *const names[] = {
	    [ORAY_ATTR_UNDEFINED] = "undefined",
	    [ORAY_ATTR_FLOAT] = "float",
	    [ORAY_ATTR_INT] = "int",
	    [ORAY_ATTR_STRING] = "string",
	    [ORAY_ATTR_TENSOR] = "tensor",
	    [ORAY_ATTR_GRAPH] = "graph",
	    [ORAY_ATTR_FLOATS] = "floats",
	    [ORAY_ATTR_INTS] = "ints",
	    [ORAY_ATTR_STRINGS] = "strings",
	    [ORAY_ATTR_TENSORS] = "tensors",
	    [ORAY_ATTR_GRAPHS] = "graphs",
	    [ORAY_ATTR_SPARSE_TENSOR] = "sparse tensor",
	    [ORAY_ATTR_SPARSE_TENSORS] = "sparse tensors",
	    [ORAY_ATTR_TYPE_PROTO] = "type",
	    [ORAY_ATTR_TYPE_PROTOS] = "types",
	};
	return (size_t)type < sizeof names / sizeof *names ? names[type] : "unknown";
}

/* ------------------------------------------------------------------------------ values -- */

/* Attributes whose numbers are those of TensorProto.DataType. */
static bool is_data_type(oray_str name)
{
	static const char *const names[] = {
	    "to",         "dtype",     "output_dtype",      "output_datatype",
	    "stash_type", "precision", "softmax_precision",
	};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_is(name, names[i]))
			return true;
	return false;
}

static void int_text(buf *b, oray_str name, int64_t value)
{
	const char *type = value > 0 && value < ORAY_N_TYPES ? oray_type_name((int32_t)value) : NULL;
	if (type && is_data_type(name))
		buf_format(b, "%s (%" PRId64 ")", type, value);
	else
		buf_format(b, "%" PRId64, value);
}

static void string_text(buf *b, oray_str s, bool whole, const glyphs *g)
{
	size_t most = whole ? BYTES_WHOLE : BYTES;
	oray_element shown = {.s = {s.data, s.size < most ? s.size : most}};
	number_element(b, ORAY_STRING, &shown);
	if (s.size > most) {
		buf_format(b, " %s ", g->cut);
		number_exact(b, s.size);
		buf_str(b, " bytes in all");
	}
}

static void list_text(buf *b, const oray_model *model, oray_id id, const oray_attribute *a,
                      bool whole, const glyphs *g)
{
	static const int32_t types[] = {
	    [ORAY_ATTR_FLOATS] = ORAY_FLOAT32,
	    [ORAY_ATTR_INTS] = ORAY_INT64,
	    [ORAY_ATTR_STRINGS] = ORAY_STRING,
	};
	oray_element chunk[CHUNK];
	oray_error err;
	size_t most = whole ? ITEMS_WHOLE : ITEMS, shown = a->count < most ? a->count : most;
	if (!a->count)
		buf_str(b, "empty");
	for (size_t i = 0; i < shown;) {
		size_t n = 0, wanted = shown - i < CHUNK ? shown - i : CHUNK;
		if (oray_attribute_read(model, id, i, wanted, chunk, &n, &err) != ORAY_OK || !n) {
			buf_str(b, err.message);
			return;
		}
		for (size_t k = 0; k < n; k++) {
			buf_str(b, i + k ? ", " : "");
			number_element(b, types[a->type], &chunk[k]);
		}
		i += n;
	}
	if (shown < a->count) {
		buf_format(b, ", %s ", g->cut);
		number_exact(b, a->count);
		buf_str(b, " in all");
	}
}

static void tensor_text(buf *b, const oray_model *model, oray_id id, const glyphs *g)
{
	oray_tensor t;
	if (!oray_model_tensor(model, id, &t))
		return;
	element_type_text(b, t.type);
	buf_char(b, ' ');
	shape_of_dims(b, t.dims, t.n_dims, g);
	values_inline(b, " = ", model, id, 16);
}

static void item_text(buf *b, const oray_model *model, oray_attribute_type type, oray_id id,
                      const glyphs *g)
{
	const oray_graph *graph;
	oray_sparse sparse;
	switch (type) {
	case ORAY_ATTR_TENSOR:
	case ORAY_ATTR_TENSORS:
		tensor_text(b, model, id, g);
		return;
	case ORAY_ATTR_GRAPH:
	case ORAY_ATTR_GRAPHS:
		graph = oray_model_graph(model, id);
		buf_str(b, "graph ");
		graph_path_text(b, model, id);
		if (graph)
			buf_format(b, ", %zu node%s", graph->n_nodes, graph->n_nodes == 1 ? "" : "s");
		return;
	case ORAY_ATTR_SPARSE_TENSOR:
	case ORAY_ATTR_SPARSE_TENSORS:
		if (!oray_model_sparse(model, id, &sparse))
			return;
		buf_str(b, "sparse ");
		shape_of_dims(b, sparse.dims, sparse.n_dims, g);
		buf_str(b, " from ");
		tensor_text(b, model, sparse.values, g);
		return;
	default:
		type_text(b, model, id, g);
	}
}

void attribute_text(buf *b, const oray_model *model, oray_id attribute, bool whole, const glyphs *g)
{
	oray_attribute a;
	char text[NUMBER_SIZE];
	size_t most = whole ? ITEMS_WHOLE : ITEMS;
	if (!oray_model_attribute(model, attribute, &a))
		return;
	if (a.reference.size) {
		buf_str(b, "as attribute ");
		buf_printable(b, a.reference.data, a.reference.size);
		buf_str(b, " of the function");
		return;
	}
	switch (a.type) {
	case ORAY_ATTR_FLOAT:
		buf_add(b, text, number_float32(a.v.f, text));
		return;
	case ORAY_ATTR_INT:
		int_text(b, a.name, a.v.i);
		return;
	case ORAY_ATTR_STRING:
		if (attribute_fetch(model, attribute, &a, MOST_TEXT))
			string_text(b, a.v.s, whole, g);
		else
			buf_format(b, "%" PRIu64 " bytes of text", a.stored_bytes);
		return;
	case ORAY_ATTR_FLOATS:
	case ORAY_ATTR_INTS:
	case ORAY_ATTR_STRINGS:
		list_text(b, model, attribute, &a, whole, g);
		return;
	case ORAY_ATTR_TENSOR:
	case ORAY_ATTR_GRAPH:
	case ORAY_ATTR_SPARSE_TENSOR:
	case ORAY_ATTR_TYPE_PROTO:
		item_text(b, model, a.type, a.v.id, g);
		return;
	case ORAY_ATTR_UNDEFINED:
		buf_str(b, "undefined");
		return;
	default:
		for (size_t i = 0; i < a.count && i < most; i++) {
			buf_str(b, i ? "; " : "");
			item_text(b, model, a.type, a.v.ids[i], g);
		}
		if (a.count > most)
			buf_format(b, "; %s %zu in all", g->cut, a.count);
	}
}

/* ------------------------------------------------------------------------------- lines -- */

static int compare_lines(const void *a, const void *b)
{
	const attribute_line *x = a, *y = b;
	int order = str_compare(x->name, y->name);
	return order ? order : (x->order > y->order) - (x->order < y->order);
}

static bool is_written(const attribute_line *lines, size_t n, const ops_attr *formal)
{
	oray_str name = {formal->name, formal->name_size};
	for (size_t i = 0; i < n; i++)
		if (str_compare(lines[i].name, name) == 0)
			return true;
	return false;
}

attribute_line *attribute_lines(const oray_model *model, const oray_node *node, const ops_row *row,
                                size_t *n)
{
	ops_attr formal;
	size_t written = node->n_attributes, n_formal = 0;
	*n = 0;
	while (row && ops_attribute(row, n_formal, &formal))
		n_formal++;
	attribute_line *lines = heap_zeroed(written + n_formal + 1, sizeof *lines);
	if (!lines)
		return NULL;
	for (size_t i = 0; i < written; i++) {
		oray_attribute a;
		attribute_line *l = &lines[*n];
		if (!oray_model_attribute(model, node->first_attribute + (oray_id)i, &a))
			continue;
		l->name = a.name;
		l->id = node->first_attribute + (oray_id)i;
		if (row && !ops_attribute_named(row, a.name.data, a.name.size, &l->formal))
			l->formal.name = NULL;
		l->order = (*n)++;
	}
	size_t present = *n;
	for (size_t i = 0; i < n_formal; i++) {
		ops_attribute(row, i, &formal);
		if ((!formal.value && !formal.required) || is_written(lines, present, &formal))
			continue;
		lines[*n] = (attribute_line){{formal.name, formal.name_size}, ORAY_NONE, formal, *n};
		(*n)++;
	}
	qsort(lines, *n, sizeof *lines, compare_lines);
	return lines;
}

/* A default is text in the operator table: "1", "1,1", "NOTSET". */
void attribute_default_text(buf *b, const ops_attr *formal)
{
	oray_str name = {formal->name, formal->name_size};
	if (formal->type == OPS_ATTR_STRING) {
		buf_char(b, '"');
		buf_add(b, formal->value, formal->value_size);
		buf_char(b, '"');
		return;
	}
	if (formal->type == OPS_ATTR_INT && formal->value_size && formal->value_size < 8) {
		int_text(b, name, strtoll(formal->value, NULL, 10));
		return;
	}
	if (formal->type == OPS_ATTR_FLOAT) {
		char text[NUMBER_SIZE];
		float x = (float)number_read(formal->value, formal->value_size);
		buf_add(b, text, number_float32(x, text));
		return;
	}
	for (size_t i = 0; i < formal->value_size; i++)
		buf_format(b, "%c%s", formal->value[i], formal->value[i] == ',' ? " " : "");
}

static bool equals_default(const oray_model *model, const attribute_line *line, const glyphs *g)
{
	buf written = {0}, formal = {0};
	if (line->id == ORAY_NONE || !line->formal.name || !line->formal.value)
		return false;
	attribute_text(&written, model, line->id, false, g);
	attribute_default_text(&formal, &line->formal);
	bool same = written.n && !strcmp(buf_text(&written), buf_text(&formal));
	buf_free(&written);
	buf_free(&formal);
	return same;
}

void attributes_page(page *p, const oray_model *model, const attribute_line *lines, size_t n)
{
	size_t shown = n < LINES_MOST || p->verbose ? n : LINES_MOST;
	for (size_t i = 0; i < shown; i++)
		page_label_room(p, lines[i].name);
	for (size_t i = 0; i < shown && emit_ok(p->e); i++) {
		const attribute_line *line = &lines[i];
		facts f = {.n = 0};
		buf name = {0};
		oray_attribute a;
		buf_printable(&name, line->name.data, line->name.size);
		if (line->id != ORAY_NONE) {
			attribute_text(&f.text, model, line->id, p->verbose, p->e->glyphs);
			facts_end(&f, PAINT_PLAIN);
			if (p->verbose && oray_model_attribute(model, line->id, &a)) {
				buf_str(&f.text, attribute_type_name(a.type));
				facts_end(&f, PAINT_DIM);
			}
			if (equals_default(model, line, p->e->glyphs))
				buf_str(&f.text, "as by default");
			facts_end(&f, PAINT_DIM);
		} else if (line->formal.value) {
			attribute_default_text(&f.text, &line->formal);
			facts_end(&f, PAINT_DIM);
			buf_str(&f.text, "default");
			facts_end(&f, PAINT_DIM);
		} else {
			buf_str(&f.text, "required, but missing");
			facts_end(&f, PAINT_WARN);
		}
		page_facts(p, buf_text(&name), &f);
		buf_free(&name);
	}
	if (shown < n) {
		facts f = {.n = 0};
		facts_add(&f, "%zu more; -v shows them", n - shown);
		page_facts(p, NULL, &f);
	}
}

/* -------------------------------------------------------------------------------- JSON -- */

static cJSON *default_item(const ops_attr *formal)
{
	buf b = {0};
	bool list = formal->type == OPS_ATTR_INTS || formal->type == OPS_ATTR_FLOATS;
	if (formal->type == OPS_ATTR_STRING)
		return json_text((oray_str){formal->value, formal->value_size});
	if (formal->type == OPS_ATTR_FLOAT)
		return json_float32((float)number_read(formal->value, formal->value_size));
	if (formal->type != OPS_ATTR_INT && !list)
		return json_text((oray_str){formal->value, formal->value_size});
	buf_str(&b, list ? "[" : "");
	buf_add(&b, formal->value, formal->value_size);
	buf_str(&b, list ? "]" : "");
	cJSON *item = json_raw(&b);
	buf_free(&b);
	return item;
}

cJSON *attributes_defaults_json(emit *e, const attribute_line *lines, size_t n)
{
	json_entry *entries = heap_zeroed(n + 1, sizeof *entries);
	size_t used = 0;
	if (!entries)
		return NULL;
	for (size_t i = 0; i < n; i++)
		if (lines[i].id == ORAY_NONE && lines[i].formal.value)
			entries[used++] = (json_entry){lines[i].name, default_item(&lines[i].formal)};
	cJSON *object = json_map(e, entries, used);
	heap_free(entries);
	return object;
}
