/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_values.c - values of all graphs as columns, their types, and what only some nodes, values
 * and tensors have: documentation, metadata, annotations, shardings.
 */
#include <string.h>

#include "export/html_draft.h"
#include "export/show.h"
#include "words/describe.h"

/* Bits of "flags". */
enum {
	IS_INPUT = 1,
	IS_OUTPUT = 2,
	IS_UNDEFINED = 4,
	IS_INFERRED = 8,  /* the model does not declare its type */
	IS_CONSTANT = 16, /* "init" is that of the Constant that makes it */
	IS_SPARSE = 32,   /* "init" holds the values that are not zero */
};

/* ------------------------------------------------------------------------------- types -- */

/* What depends on the type alone: not the words that a model's face has for its dimensions. */
static uint32_t *place_of(html_draft *d, const oray_value *v)
{
	bool own = v->is_input || v->is_output || v->producer == ORAY_NONE;
	return !own && v->inferred < d->n_type_of ? &d->type_of[v->inferred] : NULL;
}

static uint32_t type_number(html_draft *d, oray_id id, const oray_value *v)
{
	uint32_t *place = place_of(d, v);
	if (place && *place)
		return *place - 1;
	bool face = v->graph == 0 && (v->is_input || v->is_output);
	known_type t = face ? known_face_of(d->model, id) : known_type_of(d->model, id);
	buf_clear(&d->word);
	if (known_type_is_known(&t)) {
		known_type_text(&d->word, d->model, &t);
		buf_char(&d->word, '\n');
		if (known_rank(&t))
			known_shape_text(&d->word, d->model, &t, glyphs_of(true));
	}
	oray_id n = strings_add(&d->types, buf_text(&d->word), d->word.n);
	d->failed |= n == ORAY_NONE || !buf_ok(&d->word);
	if (n == ORAY_NONE)
		return 0;
	if (n >= d->type_values.n) {
		oray_id *value = vec_push(NULL, &d->type_values);
		d->failed |= !value;
		if (value)
			*value = id;
	}
	if (place)
		*place = n + 1;
	return n;
}

void html_types(html_draft *d)
{
	html_key(d, "types");
	html_open(d, '[');
	for (size_t i = 0; i < strings_count(&d->types) && html_turn(d); i++) {
		oray_str text = strings_get(&d->types, (oray_id)i);
		const char *end = memchr(text.data, '\n', text.size);
		size_t n = end ? (size_t)(end - text.data) : text.size;
		html_open(d, '[');
		html_count(d, html_keep(d, text.data, n));
		html_count(d, end ? html_keep(d, end + 1, text.size - n - 1) : 0);
		if (i && i < d->type_values.n)
			html_amount(d, oray_value_bytes(d->model, d->type_values.at[i]));
		else
			html_null(d);
		html_close(d, ']');
	}
	html_close(d, ']');
}

/* ------------------------------------------------------------------------------ columns -- */

/* A number of a row. */
typedef int64_t column(html_draft *d, oray_id id, const oray_value *v);

static int64_t number_of(oray_id id)
{
	return id == ORAY_NONE ? -1 : (int64_t)id;
}

static int64_t name(html_draft *d, oray_id id, const oray_value *v)
{
	(void)id;
	return html_keep(d, v->name.data, v->name.size);
}

static int64_t type(html_draft *d, oray_id id, const oray_value *v)
{
	return type_number(d, id, v);
}

static int64_t from(html_draft *d, oray_id id, const oray_value *v)
{
	(void)d;
	(void)id;
	return number_of(v->producer);
}

/* 0 for none, or the step from the last one, made one less where it is not above 0. */
static int64_t tensor(html_draft *d, oray_id id, const oray_value *v)
{
	oray_id found = show_tensor_of(d->model, v);
	(void)id;
	if (found == ORAY_NONE)
		return 0;
	int64_t step = (int64_t)found - d->last_tensor;
	d->last_tensor = found;
	return step > 0 ? step : step - 1;
}

static int64_t flags(html_draft *d, oray_id id, const oray_value *v)
{
	bool given = v->initializer != ORAY_NONE || v->sparse != ORAY_NONE;
	(void)id;
	return (v->is_input ? IS_INPUT : 0) | (v->is_output ? IS_OUTPUT : 0) |
	       (v->is_undefined ? IS_UNDEFINED : 0) |
	       (v->type == ORAY_NONE && v->inferred != ORAY_NONE && !given ? IS_INFERRED : 0) |
	       (!given && show_tensor_of(d->model, v) != ORAY_NONE ? IS_CONSTANT : 0) |
	       (v->sparse != ORAY_NONE ? IS_SPARSE : 0);
}

static int64_t graph(html_draft *d, oray_id id, const oray_value *v)
{
	(void)d;
	(void)id;
	return v->graph;
}

static const struct {
	const char *name;
	column *of;
	bool delta;
} columns[] = {
    {"name", name, true},    {"type", type, false},   {"from", from, true},
    {"init", tensor, false}, {"flags", flags, false}, {"graph", graph, false},
};

void html_values(html_draft *d)
{
	oray_value v;
	d->last_tensor = -1;
	html_key(d, "values");
	html_open(d, '{');
	for (size_t c = 0; c < sizeof columns / sizeof *columns; c++) {
		int64_t before = 0;
		html_key(d, columns[c].name);
		html_open(d, '[');
		for (oray_id i = 0; html_turn(d) && oray_model_value(d->model, i, &v); i++) {
			int64_t x = columns[c].of(d, i, &v);
			html_int(d, x - before);
			before = columns[c].delta ? x : 0;
		}
		html_close(d, ']');
	}
	html_key(d, "delta");
	html_open(d, '[');
	for (size_t c = 0; c < sizeof columns / sizeof *columns; c++)
		if (columns[c].delta)
			html_cstr(d, columns[c].name);
	html_close(d, ']');
	html_close(d, '}');
}

/* ------------------------------------------------------------------------------- notes -- */

/* What some things have, found by their number as a key. */
typedef struct note {
	oray_str doc;
	const oray_pair *pairs;
	size_t n_pairs;
} note;

static bool note_of_node(const oray_model *m, oray_id id, note *out)
{
	oray_node x;
	bool is = oray_model_node(m, id, &x);
	if (is)
		*out = (note){x.doc, x.metadata, x.n_metadata};
	return is;
}

static bool note_of_value(const oray_model *m, oray_id id, note *out)
{
	oray_value x;
	bool is = oray_model_value(m, id, &x);
	if (is)
		*out = (note){x.doc, x.metadata, x.n_metadata};
	return is;
}

static bool note_of_tensor(const oray_model *m, oray_id id, note *out)
{
	oray_tensor x;
	bool is = oray_model_tensor(m, id, &x);
	if (is)
		*out = (note){x.doc, x.metadata, x.n_metadata};
	return is;
}

static void number_key(html_draft *d, oray_id id)
{
	char text[12];
	char *at = text + sizeof text - 1;
	*at = '\0';
	do
		*--at = (char)('0' + id % 10);
	while (id /= 10);
	html_key(d, at);
}

static void notes_of_all(html_draft *d, const char *what, bool docs)
{
	static const struct {
		const char *name;
		bool (*find)(const oray_model *m, oray_id id, note *out);
	} all[] = {{"nodes", note_of_node}, {"values", note_of_value}, {"tensors", note_of_tensor}};
	html_key(d, what);
	html_open(d, '{');
	for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
		note x;
		html_key(d, all[k].name);
		html_open(d, '{');
		for (oray_id i = 0; html_turn(d) && all[k].find(d->model, i, &x); i++) {
			if (docs ? !x.doc.size : !x.n_pairs)
				continue;
			number_key(d, i);
			if (docs)
				html_ref(d, x.doc);
			else
				html_pairs(d, x.pairs, x.n_pairs);
		}
		html_close(d, '}');
	}
	html_close(d, '}');
}

static void annotations(html_draft *d)
{
	oray_value v;
	html_key(d, "annotations");
	html_open(d, '{');
	for (oray_id i = 0; html_turn(d) && oray_model_value(d->model, i, &v); i++) {
		if (!v.scale.size && !v.zero_point.size)
			continue;
		number_key(d, i);
		html_open(d, '[');
		html_ref(d, v.scale);
		html_ref(d, v.zero_point);
		html_close(d, ']');
	}
	html_close(d, '}');
}

/* One text for each tensor that is split: "4 [devices 0,1; axis 0 = 2 shards], stage 1". */
static void shardings(html_draft *d)
{
	oray_node node;
	html_key(d, "shard");
	html_open(d, '{');
	for (oray_id i = 0; html_turn(d) && oray_model_node(d->model, i, &node); i++) {
		if (!node.n_shardings)
			continue;
		number_key(d, i);
		html_open(d, '[');
		for (size_t k = 0; k < node.n_shardings && html_turn(d); k++) {
			const oray_sharding *s = &node.shardings[k];
			buf_clear(&d->word);
			buf_add(&d->word, s->configuration.data, s->configuration.size);
			if (s->has_stage)
				buf_format(&d->word, ", stage %d", s->pipeline_stage);
			if (s->tensor.size) {
				buf_str(&d->word, ": ");
				buf_add(&d->word, s->tensor.data, s->tensor.size);
				buf_str(&d->word, ", ");
				buf_add(&d->word, s->spec.data, s->spec.size);
			}
			html_count(d, html_keep(d, buf_text(&d->word), d->word.n));
		}
		html_close(d, ']');
	}
	html_close(d, '}');
}

static void sparse(html_draft *d)
{
	oray_value v;
	oray_sparse s;
	html_key(d, "sparse");
	html_open(d, '{');
	for (oray_id i = 0; html_turn(d) && oray_model_value(d->model, i, &v); i++) {
		if (!oray_model_sparse(d->model, v.sparse, &s))
			continue;
		number_key(d, i);
		html_open(d, '[');
		html_int(d, s.values == ORAY_NONE ? -1 : (int64_t)s.values);
		html_int(d, s.indices == ORAY_NONE ? -1 : (int64_t)s.indices);
		html_close(d, ']');
	}
	html_close(d, '}');
}

void html_notes(html_draft *d)
{
	notes_of_all(d, "docs", true);
	notes_of_all(d, "meta", false);
	annotations(d);
	shardings(d);
	sparse(d);
}
