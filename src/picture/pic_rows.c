/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_rows.c - the lines of a box: what it is given, and how it is set.
 *
 * First the inputs that no wire shows, in order; then the attributes, by name. A value of few
 * elements is written out, since "axes = 1" says more than "axes 1".
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "picture/pic_marks.h"
#include "picture/pic_words.h"
#include "words/clean.h"
#include "words/describe.h"
#include "words/numbers.h"

#define MOST_NAME  26 /* characters of a row's name */
#define MOST_VALUE 34 /* and of its value */
#define MOST_SHOWN 6  /* elements that are written out */

static void muted(buf *b, const char *text)
{
	buf_char(b, ' ');
	buf_char(b, PIC_MUTED);
	buf_str(b, text);
	buf_char(b, PIC_PLAIN);
}

/* -------------------------------------------------------------------------------- texts -- */

static void element_text(buf *out, int32_t type, const oray_element *e)
{
	if (type == ORAY_STRING)
		clean_text(out, e->s.data, e->s.size, MOST_VALUE);
	else
		number_element(out, type, e);
}

static bool is_small(const oray_tensor *t)
{
	if (!t->elements.exact || !t->elements.value || t->elements.value > MOST_SHOWN ||
	    t->storage == ORAY_STORAGE_NONE || t->size_mismatch || t->incomplete)
		return false;
	return t->elements.value == 1 || !number_is_float(t->type);
}

/* The elements, or false and nothing. A picture does not ask for values: no other file is opened.
 */
static bool add_elements(pic_look *look, oray_id id, const oray_tensor *t, buf *out)
{
	oray_element elements[MOST_SHOWN];
	size_t before = out->n, count = (size_t)t->elements.value, n;
	if (!is_small(t) || t->storage == ORAY_STORAGE_EXTERNAL)
		return false;
	if (oray_tensor_read(look->plan->model, id, 0, count, elements, &n, NULL) != ORAY_OK ||
	    n != count)
		return false;
	buf_str(out, "= ");
	for (size_t i = 0; i < n; i++) {
		buf_str(out, i ? "," : "");
		element_text(out, t->type, &elements[i]);
	}
	if (out->n - before <= 2 * MOST_VALUE)
		return true;
	out->n = before;
	return false;
}

/* "= 0.02", "64×3×7×7", "64×3×7×7 int8" */
static void add_tensor(pic_look *look, oray_id id, buf *out)
{
	oray_tensor t;
	if (!oray_model_tensor(look->plan->model, id, &t) || add_elements(look, id, &t, out))
		return;
	pic_dims(t.dims, t.n_dims, out);
	if (t.type != ORAY_FLOAT32) {
		const char *name = oray_type_name(t.type);
		muted(out, name ? name : "unknown type");
	}
}

static void add_sparse(pic_look *look, oray_id id, buf *out)
{
	oray_sparse s;
	if (!oray_model_sparse(look->plan->model, id, &s))
		return;
	pic_dims(s.dims, s.n_dims, out);
	muted(out, "sparse");
}

/* --------------------------------------------------------------------------- attributes -- */

/* Attributes whose integers are element types. */
static bool is_type_number(const oray_attribute *a)
{
	static const char *const names[] = {"to",         "dtype",           "output_dtype",
	                                    "stash_type", "output_datatype", "softmax_precision"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_is(a->name, names[i]))
			return oray_type_name((int32_t)a->v.i) && a->v.i > 0 && a->v.i < ORAY_N_TYPES;
	return false;
}

static void add_number(buf *out, float f)
{
	char text[NUMBER_SIZE];
	buf_add(out, text, number_float32(f, text));
}

static void add_list(const pic_look *look, const oray_attribute *a, buf *out)
{
	size_t start = out->n;
	for (size_t i = 0; i < a->count; i++) {
		buf_str(out, i ? "," : "");
		if (out->n - start > MOST_VALUE) {
			buf_format(out, "… (%zu)", a->count);
			return;
		}
		if (a->type == ORAY_ATTR_INTS) {
			buf_format(out, "%" PRId64, a->v.ints[i]);
		} else if (a->type == ORAY_ATTR_FLOATS) {
			add_number(out, a->v.floats[i]);
		} else {
			oray_str s = oray_model_string(look->plan->model, a->v.ids[i]);
			clean_text(out, s.data, s.size, MOST_VALUE);
		}
	}
	if (!a->count)
		buf_str(out, "none");
}

/* The part after the name, "= 3,3". */
static void add_value(pic_look *look, const oray_attribute *a, buf *out)
{
	const oray_graph *g;
	if (a->type == ORAY_ATTR_TENSOR) {
		add_tensor(look, a->v.id, out);
		return;
	}
	if (a->type == ORAY_ATTR_SPARSE_TENSOR) {
		add_sparse(look, a->v.id, out);
		return;
	}
	buf_str(out, "= ");
	if (a->reference.size) {
		buf_char(out, '@');
		clean_text(out, a->reference.data, a->reference.size, MOST_NAME);
		return;
	}
	if (a->on_disk) {
		if (a->type == ORAY_ATTR_STRING)
			buf_format(out, "%" PRIu64 " bytes of text", a->stored_bytes);
		else
			buf_format(out, "%zu values", a->count);
		return;
	}
	switch (a->type) {
	case ORAY_ATTR_FLOAT:
		add_number(out, a->v.f);
		break;
	case ORAY_ATTR_INT:
		if (is_type_number(a))
			buf_str(out, oray_type_name((int32_t)a->v.i));
		else
			buf_format(out, "%" PRId64, a->v.i);
		break;
	case ORAY_ATTR_STRING:
		clean_text(out, a->v.s.data, a->v.s.size, MOST_VALUE);
		break;
	case ORAY_ATTR_INTS:
	case ORAY_ATTR_FLOATS:
	case ORAY_ATTR_STRINGS:
		add_list(look, a, out);
		break;
	case ORAY_ATTR_GRAPH:
		g = oray_model_graph(look->plan->model, a->v.id);
		buf_format(out, "%zu node%s", g ? g->n_nodes : 0, g && g->n_nodes == 1 ? "" : "s");
		break;
	case ORAY_ATTR_TYPE_PROTO:
		buf_str(out, "a type");
		break;
	default:
		buf_format(out, "%zu items", a->count);
	}
}

/* Numbers of the operator table, whatever the locale: "1", "0.01", "-1e-05". */
static double number_in_table(const char *text, size_t size)
{
	double value = 0, sign = 1;
	int scale = 0, exponent = 0, exponent_sign = 1;
	size_t i = 0;
	if (i < size && text[i] == '-') {
		sign = -1;
		i++;
	}
	for (bool point = false; i < size && text[i] != 'e'; i++) {
		if (text[i] == '.') {
			point = true;
		} else {
			value = value * 10 + (text[i] - '0');
			scale -= point;
		}
	}
	for (i++; i < size; i++) {
		if (text[i] == '-')
			exponent_sign = -1;
		else if (text[i] != '+' && exponent < 400)
			exponent = exponent * 10 + (text[i] - '0');
	}
	for (scale += exponent * exponent_sign; scale > 0; scale--)
		value *= 10;
	for (; scale < 0; scale++)
		value /= 10;
	return sign * value;
}

static bool is_number(double x, const char *text, size_t size)
{
	double y = number_in_table(text, size), tolerance = 1e-6 * (y < 0 ? -y : y);
	return x >= y - tolerance && x <= y + tolerance;
}

static bool is_list(const oray_attribute *a, const char *text, size_t size)
{
	const char *end = text + size;
	for (size_t i = 0; i < a->count; i++) {
		const char *comma = text < end ? memchr(text, ',', (size_t)(end - text)) : NULL;
		size_t n = (size_t)((comma ? comma : end) - text);
		double x = a->type == ORAY_ATTR_INTS ? (double)a->v.ints[i] : (double)a->v.floats[i];
		if (!n || !is_number(x, text, n))
			return false;
		text = comma ? comma + 1 : end;
	}
	return text == end;
}

static bool all_are(const oray_attribute *a, int64_t wanted)
{
	for (size_t i = 0; i < a->count; i++)
		if (a->v.ints[i] != wanted)
			return false;
	return true;
}

/* Lists whose default is "1 (or 0) along each axis", which the table cannot say. */
static bool is_neutral(const oray_attribute *a)
{
	if (a->type != ORAY_ATTR_INTS || a->on_disk)
		return false;
	if (str_is(a->name, "strides") || str_is(a->name, "dilations"))
		return all_are(a, 1);
	return (str_is(a->name, "pads") || str_is(a->name, "output_padding")) && all_are(a, 0);
}

static bool is_default(const ops_row *row, const oray_attribute *a)
{
	ops_attr formal;
	if (!row || a->reference.size || a->on_disk ||
	    !ops_attribute_named(row, a->name.data, a->name.size, &formal))
		return false;
	if (!formal.value || (int)formal.type != (int)a->type)
		return !formal.value && is_neutral(a);
	switch (a->type) {
	case ORAY_ATTR_INT:
		return is_number((double)a->v.i, formal.value, formal.value_size);
	case ORAY_ATTR_FLOAT:
		return is_number((double)a->v.f, formal.value, formal.value_size);
	case ORAY_ATTR_STRING:
		return a->v.s.size == formal.value_size &&
		       memcmp(a->v.s.data, formal.value, formal.value_size) == 0;
	case ORAY_ATTR_INTS:
	case ORAY_ATTR_FLOATS:
		return is_list(a, formal.value, formal.value_size);
	default:
		return false;
	}
}

static int by_name(const void *a, const void *b)
{
	const oray_attribute *x = a, *y = b;
	return str_compare(x->name, y->name);
}

static bool is_frame(const pic_look *look, const oray_attribute *a)
{
	oray_id graph = ORAY_NONE;
	if (a->type == ORAY_ATTR_GRAPH)
		graph = a->v.id;
	else if (a->type == ORAY_ATTR_GRAPHS && a->count)
		graph = a->v.ids[0];
	return graph != ORAY_NONE && look->plan->drawn[graph];
}

static void add_attributes(pic_look *look, const oray_node *n, const ops_row *row)
{
	VEC(oray_attribute) list = {0};
	for (size_t i = 0; i < n->n_attributes; i++) {
		oray_attribute a;
		if (!oray_model_attribute(look->plan->model, n->first_attribute + (oray_id)i, &a) ||
		    is_default(row, &a) || is_frame(look, &a))
			continue;
		oray_attribute *slot = vec_push(NULL, &list);
		if (!slot) {
			look->text.failed = true;
			break;
		}
		*slot = a;
	}
	if (list.n > 1)
		qsort(list.at, list.n, sizeof *list.at, by_name);
	for (size_t i = 0; i < list.n; i++) {
		if (!pic_line_begin(look, PIC_LINE))
			continue;
		clean_text(&look->text, list.at[i].name.data, list.at[i].name.size, MOST_NAME);
		buf_char(&look->text, ' ');
		add_value(look, &list.at[i], &look->text);
		pic_line_end(look);
	}
	vec_free(NULL, &list);
}

/* ------------------------------------------------------------------------------- inputs -- */

/* What a folded Constant holds, whichever attribute it is in. */
static void add_constant(pic_look *look, oray_id node, buf *out)
{
	oray_node n;
	oray_attribute a;
	if (oray_model_node(look->plan->model, node, &n) && n.n_attributes &&
	    oray_model_attribute(look->plan->model, n.first_attribute, &a))
		add_value(look, &a, out);
}

static void add_inputs(pic_look *look, const oray_node *n)
{
	for (size_t i = 0; i < n->n_inputs; i++) {
		buf *out = &look->text;
		oray_value v;
		if (!oray_model_value(look->plan->model, n->inputs[i], &v) || !pic_is_row(look->plan, &v) ||
		    !pic_line_begin(look, PIC_LINE))
			continue;
		pic_face_set(look, PIC_BOLD);
		pic_formal(look->plan->model, n, false, i, out);
		pic_face_set(look, PIC_PLAIN);
		buf_char(out, ' ');
		if (v.initializer != ORAY_NONE)
			add_tensor(look, v.initializer, out);
		else if (v.sparse != ORAY_NONE)
			add_sparse(look, v.sparse, out);
		else
			add_constant(look, v.producer, out);
		pic_line_end(look);
	}
}

void pic_rows_collect(pic_look *look, oray_id id, const oray_node *n)
{
	theme_state state = pic_mark_state(look->plan, id);
	pic_mark_rows(look, id);
	/* a picture of differences is about them; what came is new to everybody */
	if (state != THEME_PLAIN && state != THEME_ADDED)
		return;
	add_inputs(look, n);
	add_attributes(look, n, n->function == ORAY_NONE ? node_row(look->plan->model, n) : NULL);
}
