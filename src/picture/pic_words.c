/* SPDX-License-Identifier: Apache-2.0 */
#include "picture/pic_words.h"

#include <inttypes.h>

#include "words/clean.h"
#include "words/numbers.h"
#include "words/describe.h"

#define MOST_FORMAL 28 /* characters */
#define MOST_DIMS   8
#define MOST_SYMBOL 24

/* ------------------------------------------------------------------------------- shapes -- */

void pic_dims(const int64_t *dims, size_t n, buf *out)
{
	shape_of_dims(out, dims, n, glyphs_of(true));
}

void pic_shape(const oray_model *model, oray_id value, buf *out)
{
	known_type t = known_type_of(model, value);
	if (!known_rank(&t))
		return;
	size_t n = known_n_dims(&t);
	if (!n)
		buf_str(out, "scalar");
	for (size_t i = 0; i < n && i < MOST_DIMS; i++) {
		oray_dim dim = known_dim(model, &t, i);
		buf_str(out, i ? "×" : "");
		if (dim.kind == ORAY_DIM_VALUE)
			buf_format(out, "%" PRId64, dim.value);
		else if (dim.kind == ORAY_DIM_SYMBOL && dim.symbol.size)
			clean_text(out, dim.symbol.data, dim.symbol.size, MOST_SYMBOL);
		else
			buf_char(out, '?');
	}
	if (n > MOST_DIMS)
		buf_format(out, "×… (%zu dims)", n);
}

void pic_type(const oray_model *model, oray_id value, buf *out)
{
	known_type t = known_type_of(model, value);
	if (!known_type_is_known(&t))
		return;
	buf type = {0};
	known_type_text(&type, model, &t);
	clean_text(out, buf_text(&type), type.n, MOST_DIMS * MOST_SYMBOL);
	out->failed |= !buf_ok(&type);
	buf_free(&type);
	size_t before = out->n;
	buf_char(out, ' ');
	pic_shape(model, value, out);
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
	clean_text(out, v.name.data, v.name.size, MOST_FORMAL);
	return v.name.size;
}

void pic_formal(const oray_model *model, const oray_node *n, bool output, size_t index, buf *out)
{
	const oray_function *f = oray_model_function(model, n->function);
	const ops_row *row = f ? NULL : node_row(model, n);
	ops_formal found;
	if (f && formal_of_function(model, f, output, index, out))
		return;
	bool known = row && (output ? ops_output(row, index, &found) : ops_input(row, index, &found));
	if (known)
		clean_text(out, found.name, found.name_size, MOST_FORMAL);
	else
		buf_str(out, output ? "output" : "input");
	if (!known || found.variadic)
		buf_format(out, "[%zu]", index);
}
