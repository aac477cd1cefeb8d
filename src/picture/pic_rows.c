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

#include "picture/pic_defaults.h"
#include "picture/pic_fold.h"
#include "picture/pic_marks.h"
#include "picture/pic_rows.h"
#include "picture/pic_words.h"
#include "words/clean.h"
#include "words/describe.h"
#include "words/numbers.h"

#define MOST_NAME  24 /* characters of a row's name */
#define MOST_VALUE 28 /* and of its value */

/* -------------------------------------------------------------------------------- texts -- */

void pic_muted(pic_look *look, const char *text)
{
	pic_face_set(look, PIC_PLAIN);
	buf_char(&look->text, ' ');
	pic_face_set(look, PIC_MUTED);
	buf_str(&look->text, text);
}

static void element_text(buf *out, int32_t type, const oray_element *e)
{
	if (type == ORAY_STRING)
		clean_text(out, e->s.data, e->s.size, MOST_VALUE);
	else if (number_is_float(type))
		pic_real(e->f, type, out);
	else if (type == ORAY_INT64 && e->i == INT64_MAX)
		buf_str(out, "max"); /* Slice: to the end */
	else if (type == ORAY_INT64 && e->i <= -INT64_MAX)
		buf_str(out, "min"); /* Slice backwards: to the beginning */
	else
		number_element(out, type, e);
}

static bool is_small(const oray_tensor *t)
{
	if (!t->elements.exact || !t->elements.value || t->elements.value > PIC_MOST_SHOWN ||
	    t->storage == ORAY_STORAGE_NONE || t->size_mismatch || t->incomplete)
		return false;
	return t->elements.value == 1 || !number_is_float(t->type);
}

/* The elements, or false and nothing. A picture does not ask for values: no other file is opened.
 */
static bool add_elements(pic_look *look, oray_id id, const oray_tensor *t, buf *out)
{
	oray_element elements[PIC_MOST_SHOWN];
	size_t before = out->n, count = (size_t)t->elements.value, n;
	if (!is_small(t) || t->storage == ORAY_STORAGE_EXTERNAL)
		return false;
	if (oray_tensor_read(look->plan->model, id, 0, count, elements, &n, NULL) != ORAY_OK ||
	    n != count)
		return false;
	buf_str(out, " = ");
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_char(out, ',');
		element_text(out, t->type, &elements[i]);
	}
	if (out->n - before <= MOST_VALUE + 3 || n == 1)
		return true;
	out->n = before;
	return false;
}

/* " = 0.02", " 64×3×7×7", " 64×3×7×7 int8": what comes after the name. */
void pic_add_tensor(pic_look *look, oray_id id, buf *out)
{
	oray_tensor t;
	if (!oray_model_tensor(look->plan->model, id, &t) || add_elements(look, id, &t, out))
		return;
	buf_char(out, ' ');
	pic_dims(t.dims, t.n_dims, out);
	if (t.type != ORAY_FLOAT32) {
		const char *name = oray_type_name(t.type);
		pic_muted(look, name ? name : "unknown type");
	}
}

void pic_add_sparse(pic_look *look, oray_id id, buf *out)
{
	oray_sparse s;
	if (!oray_model_sparse(look->plan->model, id, &s))
		return;
	buf_char(out, ' ');
	pic_dims(s.dims, s.n_dims, out);
	pic_muted(look, "sparse");
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

/* Lists that are sizes along axes. */
static bool is_extent(const oray_attribute *a)
{
	return a->type == ORAY_ATTR_INTS &&
	       (str_is(a->name, "kernel_shape") || str_is(a->name, "strides") ||
	        str_is(a->name, "dilations"));
}

static void add_list(const pic_look *look, const oray_attribute *a, buf *out)
{
	const char *between = is_extent(a) ? "×" : ",";
	size_t start = out->n;
	for (size_t i = 0; i < a->count; i++) {
		if (i)
			buf_str(out, between);
		if (out->n - start > MOST_VALUE) {
			buf_str(out, "… (");
			pic_number((int64_t)a->count, out);
			buf_char(out, ')');
			return;
		}
		if (a->type == ORAY_ATTR_INTS) {
			pic_number(a->v.ints[i], out);
		} else if (a->type == ORAY_ATTR_FLOATS) {
			pic_real(a->v.floats[i], ORAY_FLOAT32, out);
		} else {
			oray_str s = oray_model_string(look->plan->model, a->v.ids[i]);
			clean_text(out, s.data, s.size, MOST_VALUE);
		}
	}
	if (!a->count)
		buf_str(out, "none");
}

/* The part after the name, " = 3,3". */
void pic_add_value(pic_look *look, const oray_attribute *a, buf *out)
{
	const oray_graph *g;
	pic_face_set(look, PIC_PLAIN);
	if (a->type != ORAY_ATTR_TENSOR && a->type != ORAY_ATTR_SPARSE_TENSOR)
		buf_str(out, " = ");
	if (a->type == ORAY_ATTR_TENSOR) {
		pic_add_tensor(look, a->v.id, out);
		return;
	}
	if (a->type == ORAY_ATTR_SPARSE_TENSOR) {
		pic_add_sparse(look, a->v.id, out);
		return;
	}
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
		pic_real(a->v.f, ORAY_FLOAT32, out);
		break;
	case ORAY_ATTR_INT:
		if (is_type_number(a))
			buf_str(out, oray_type_name((int32_t)a->v.i));
		else
			pic_number(a->v.i, out);
		break;
	case ORAY_ATTR_STRING:
		if (!a->v.s.size)
			buf_str(out, "(empty)");
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
	const oray_model *model = look->plan->model;
	size_t shown = 0;
	bool sorted = true;
	for (size_t i = 0; i < n->n_attributes; i++) {
		if (!vec_reserve(NULL, &look->attributes, shown + 1)) {
			look->text.failed = true;
			return;
		}
		oray_attribute *a = &look->attributes.at[shown];
		if (!oray_model_attribute(model, n->first_attribute + (oray_id)i, a) ||
		    pic_default_is(&look->known, row, a) || is_frame(look, a) ||
		    (row && pic_default_is_kernel(model, n, a)))
			continue;
		sorted = sorted && (!shown || by_name(a - 1, a) <= 0);
		shown++;
	}
	if (!sorted)
		qsort(look->attributes.at, shown, sizeof *look->attributes.at, by_name);
	for (size_t i = 0; i < shown; i++) {
		const oray_attribute *a = &look->attributes.at[i];
		if (!pic_line_begin(look, PIC_LINE))
			continue;
		pic_face_set(look, PIC_MUTED);
		clean_text(&look->text, a->name.data, a->name.size, MOST_NAME);
		pic_add_value(look, a, &look->text);
		pic_line_end(look);
	}
}

/* -------------------------------------------------------------------------------- whole -- */

void pic_rows_collect(pic_look *look, oray_id id, const oray_node *n)
{
	theme_state state = pic_mark_state(look->plan, id);
	pic_mark_rows(look, id);
	/* a picture of differences is about them; what came is new to everybody */
	if (state != THEME_PLAIN && state != THEME_ADDED)
		return;
	pic_add_inputs(look, n);
	if (look->attributes_shown && n->n_attributes)
		add_attributes(look, n, pic_known_op(&look->known, look->plan->model, n)->row);
}
