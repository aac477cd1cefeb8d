/* SPDX-License-Identifier: Apache-2.0 */
#include "picture/pic_words.h"

#include <stdio.h>
#include <string.h>

#include "words/clean.h"
#include "words/describe.h"
#include "words/numbers.h"

#define MOST_FORMAL 28 /* characters */
#define MOST_DIMS   8
#define MOST_SYMBOL 24
#define MOST_DIGITS 7

/* ------------------------------------------------------------------------------- shapes -- */

void pic_number(int64_t number, buf *out)
{
	char digits[24];
	size_t at = sizeof digits;
	uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
	do
		digits[--at] = (char)('0' + rest % 10);
	while (rest /= 10);
	if (number < 0)
		digits[--at] = '-';
	buf_add(out, digits + at, sizeof digits - at);
}

void pic_real(double number, int32_t type, buf *out)
{
	char text[NUMBER_SIZE], rounded[NUMBER_SIZE];
	size_t size = number_float(number, type, text);
	if (size > MOST_DIGITS && (memchr(text, '.', size) || memchr(text, 'e', size))) {
		int n = snprintf(rounded, sizeof rounded, "%.4e", number);
		for (int i = 0; i < n; i++)
			rounded[i] = rounded[i] == ',' ? '.' : rounded[i]; /* of the locale */
		size = number_float64(number_read(rounded, (size_t)n), text);
	}
	buf_add(out, text, size);
}

static void left_out(size_t n, buf *out)
{
	buf_str(out, "×… (");
	pic_number((int64_t)n, out);
	buf_str(out, " dims)");
}

void pic_dims(const int64_t *dims, size_t n, buf *out)
{
	if (!n)
		buf_str(out, "scalar");
	for (size_t i = 0; i < n && i < MOST_DIMS; i++) {
		if (i)
			buf_add(out, "×", 2);
		pic_number(dims[i], out);
	}
	if (n > MOST_DIMS)
		left_out(n, out);
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
			pic_number(dim.value, out);
		else if (dim.kind == ORAY_DIM_SYMBOL && dim.symbol.size)
			clean_text(out, dim.symbol.data, dim.symbol.size, MOST_SYMBOL);
		else
			buf_char(out, '?');
	}
	if (n > MOST_DIMS)
		left_out(n, out);
}

size_t pic_type(const oray_model *model, oray_id value, buf *out)
{
	known_type t = known_type_of(model, value);
	if (!known_type_is_known(&t))
		return out->n;
	buf type = {0};
	known_type_text(&type, model, &t);
	clean_text(out, buf_text(&type), type.n, MOST_DIMS * MOST_SYMBOL);
	out->failed |= !buf_ok(&type);
	buf_free(&type);
	size_t before = out->n;
	buf_char(out, ' ');
	pic_shape(model, value, out);
	if (out->n > before + 1)
		return before + 1;
	out->n = before;
	return before;
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

void pic_formal(const oray_model *model, const oray_node *n, const ops_row *row, bool output,
                size_t index, buf *out)
{
	const oray_function *f = oray_model_function(model, n->function);
	ops_formal found;
	if (f && formal_of_function(model, f, output, index, out))
		return;
	bool known = row && (output ? ops_output(row, index, &found) : ops_input(row, index, &found));
	if (known)
		clean_text(out, found.name, found.name_size, MOST_FORMAL);
	else
		buf_str(out, output ? "output" : "input");
	if (known && !found.variadic)
		return;
	buf_char(out, '[');
	pic_number((int64_t)index, out);
	buf_char(out, ']');
}
