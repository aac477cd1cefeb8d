/* SPDX-License-Identifier: Apache-2.0 */
#include "export/dot_words.h"

#include <inttypes.h>

#include "export/describe.h"
#include "export/dot_escape.h"
#include "export/numbers.h"

/* Characters that are shown. */
#define MOST_FORMAL  28
#define MOST_SYMBOL  16
#define MOST_DIMS    8
#define MOST_NESTING 6

/* ------------------------------------------------------------------------------- shapes -- */

void dot_dims(const int64_t *dims, size_t n, buf *out)
{
	shape_of_dims(out, dims, n, emit_glyphs(true));
}

static void add_dim(buf *b, const oray_dim *dim)
{
	if (dim->kind == ORAY_DIM_VALUE)
		buf_format(b, "%" PRId64, dim->value);
	else if (dim->kind == ORAY_DIM_SYMBOL && dim->symbol.size)
		dot_html(b, dim->symbol.data, dim->symbol.size, MOST_SYMBOL);
	else
		buf_char(b, '?');
}

/* As declared; where no shape is declared, that of the tensor which gives the value. */
static void add_shape(const oray_model *model, const oray_value *v, const oray_type *t, buf *b)
{
	oray_tensor tensor;
	oray_sparse sparse;
	if (t->kind > ORAY_KIND_SPARSE_TENSOR)
		return;
	if (!t->has_shape) {
		if (oray_model_tensor(model, v->initializer, &tensor))
			dot_dims(tensor.dims, tensor.n_dims, b);
		else if (oray_model_sparse(model, v->sparse, &sparse))
			dot_dims(sparse.dims, sparse.n_dims, b);
		return;
	}
	if (!t->n_dims)
		buf_str(b, "scalar");
	for (size_t i = 0; i < t->n_dims && i < MOST_DIMS; i++) {
		oray_dim dim = oray_model_dim(model, t->id, i);
		buf_str(b, i ? "×" : "");
		add_dim(b, &dim);
	}
	if (t->n_dims > MOST_DIMS)
		buf_format(b, "×… (%zu dims)", t->n_dims);
}

static void add_kind(const oray_model *model, const oray_type *t, unsigned depth, buf *out)
{
	static const char *const words[] = {
	    [ORAY_KIND_SPARSE_TENSOR] = "sparse_tensor(",
	    [ORAY_KIND_SEQUENCE] = "sequence(",
	    [ORAY_KIND_OPTIONAL] = "optional(",
	    [ORAY_KIND_MAP] = "map(",
	    [ORAY_KIND_OPAQUE] = "opaque(",
	};
	oray_type inner;
	if (t->kind == ORAY_KIND_TENSOR || t->kind == ORAY_KIND_UNKNOWN || depth == MOST_NESTING) {
		element_type_text(out, t->element);
		return;
	}
	buf_str(out, words[t->kind]);
	if (t->kind == ORAY_KIND_SPARSE_TENSOR)
		element_type_text(out, t->element);
	if (t->kind == ORAY_KIND_OPAQUE)
		dot_html(out, t->name.data, t->name.size, MOST_FORMAL);
	if (t->kind == ORAY_KIND_MAP) {
		element_type_text(out, t->key);
		buf_str(out, ", ");
	}
	if (oray_model_type(model, t->inner, &inner))
		add_kind(model, &inner, depth + 1, out);
	buf_char(out, ')');
}

/* The declared type, or what a tensor tells of one. */
static oray_type type_of(const oray_model *model, const oray_value *v)
{
	oray_type t = {.id = ORAY_NONE, .inner = ORAY_NONE};
	oray_tensor tensor;
	oray_sparse sparse;
	if (oray_model_type(model, v->inferred, &t) && t.kind != ORAY_KIND_UNKNOWN)
		return t;
	if (oray_model_tensor(model, v->initializer, &tensor) ||
	    (oray_model_sparse(model, v->sparse, &sparse) &&
	     oray_model_tensor(model, sparse.values, &tensor))) {
		t.kind = ORAY_KIND_TENSOR;
		t.element = tensor.type;
	}
	return t;
}

void dot_shape(const dot_look *look, oray_id value, buf *out)
{
	oray_value v;
	if (!oray_model_value(look->plan->model, value, &v))
		return;
	oray_type t = type_of(look->plan->model, &v);
	add_shape(look->plan->model, &v, &t, out);
}

void dot_type(const dot_look *look, oray_id value, buf *out)
{
	oray_value v;
	if (!oray_model_value(look->plan->model, value, &v))
		return;
	oray_type t = type_of(look->plan->model, &v);
	if (!t.element && t.kind <= ORAY_KIND_TENSOR)
		return;
	add_kind(look->plan->model, &t, 0, out);
	size_t before = out->n;
	buf_char(out, ' ');
	add_shape(look->plan->model, &v, &t, out);
	if (out->n == before + 1)
		out->n = before;
}

/* ------------------------------------------------------------------------------ formals -- */

/* The body of a function names what arrives and leaves. */
static bool formal_of_function(const oray_model *model, const oray_function *f, bool output,
                               size_t index, buf *out)
{
	const oray_graph *g = oray_model_graph(model, f->graph);
	oray_value v;
	if (!g || index >= (output ? g->n_outputs : g->n_inputs) ||
	    !oray_model_value(model, output ? g->outputs[index] : g->inputs[index], &v))
		return false;
	dot_html(out, v.name.data, v.name.size, MOST_FORMAL);
	return v.name.size;
}

void dot_formal(const dot_look *look, const oray_node *n, bool output, size_t index, buf *out)
{
	const oray_model *model = look->plan->model;
	const oray_function *f = oray_model_function(model, n->function);
	const ops_row *row = f ? NULL : node_row(model, n);
	ops_formal found;
	if (f && formal_of_function(model, f, output, index, out))
		return;
	bool known = row && (output ? ops_output(row, index, &found) : ops_input(row, index, &found));
	if (known)
		dot_html(out, found.name, found.name_size, MOST_FORMAL);
	else
		buf_str(out, output ? "output" : "input");
	if (!known || found.variadic)
		buf_format(out, "&#91;%zu&#93;", index);
}
