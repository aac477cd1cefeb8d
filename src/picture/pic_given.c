/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_given.c - rows of what a box is given: initializers, constants, shapes that are not drawn.
 */
#include <string.h>

#include "picture/pic_fold.h"
#include "picture/pic_rows.h"
#include "picture/pic_words.h"

#define MOST_ALIKE 4 /* names in one row */

/* What a folded Constant holds, whichever attribute it is in. */
static void add_constant(pic_look *look, oray_id node, buf *out)
{
	oray_node n;
	oray_attribute a;
	if (!oray_model_node(look->plan->model, node, &n))
		return;
	if (n.n_inputs) { /* ConstantOfShape */
		buf_char(out, ' ');
		pic_shape(look->plan->model, n.outputs[0], out);
		pic_muted(look, "filled");
		return;
	}
	if (n.n_attributes && oray_model_attribute(look->plan->model, n.first_attribute, &a))
		pic_add_value(look, &a, out);
}

static void add_given(pic_look *look, const oray_value *v)
{
	pic_face_set(look, PIC_PLAIN);
	if (v->initializer != ORAY_NONE)
		pic_add_tensor(look, v->initializer, &look->text);
	else if (v->sparse != ORAY_NONE)
		pic_add_sparse(look, v->sparse, &look->text);
	else
		add_constant(look, v->producer, &look->text);
}

/* The value of input `index`, if it is one that is written into the box. */
static bool given(const pic_look *look, const oray_node *n, size_t index, oray_value *v)
{
	return index < n->n_inputs && oray_model_value(look->plan->model, n->inputs[index], v) &&
	       pic_is_row(look->plan, v);
}

/* Length of a name that ends in an ending and is more than that; 0: it is not. */
static size_t stem(const char *name, size_t size, const char *ending)
{
	size_t n = strlen(ending);
	return size > n && memcmp(name + size - n, ending, n) == 0 ? size - n : 0;
}

/* "scale = 0.0235" of a whole tensor, "64 scales" of its channels. */
static void add_counted(pic_look *look, const oray_value *v, const char *word)
{
	oray_tensor t;
	bool many = oray_model_tensor(look->plan->model, v->initializer, &t) &&
	            (!t.elements.exact || t.elements.value != 1);
	if (many) {
		pic_dims(t.dims, t.n_dims, &look->text);
		buf_char(&look->text, ' ');
	}
	buf_str(&look->text, word);
	if (many)
		buf_char(&look->text, 's');
	else
		add_given(look, v);
}

/* "x_scale", "x_zero_point" as one row: "scale = 0.0235 zero = 128 uint8", with "x" before it where
 * the operator has more of them. The name of the scale has been written at `at`. */
static bool add_zero_point(pic_look *look, const oray_node *n, size_t index, size_t at,
                           const oray_value *scale)
{
	buf *out = &look->text;
	oray_value zero;
	size_t end = out->n, size = stem(out->data + at, end - at, "_scale");
	if (!size || !given(look, n, index + 1, &zero))
		return false;
	pic_known_formal(&look->known, look->plan->model, n, false, index + 1, out);
	size_t other = stem(out->data + end, out->n - end, "_zero_point");
	bool pair = other == size && memcmp(out->data + at, out->data + end, size) == 0;
	out->n = pair ? at + size : end;
	if (!pair)
		return false;
	if (n->n_inputs == 3)
		out->n = at;
	else
		buf_char(out, ' ');
	add_counted(look, scale, "scale");
	pic_face_set(look, PIC_PLAIN); /* blanks at the end of a piece may be lost */
	buf_char(out, ' ');
	pic_face_set(look, PIC_BOLD);
	end = out->n;
	add_counted(look, &zero, "zero");
	oray_tensor t;
	if (buf_ok(out) && !memchr(out->data + end, PIC_MUTED, out->n - end) &&
	    oray_model_tensor(look->plan->model, zero.initializer, &t) && oray_type_name(t.type))
		pic_muted(look, oray_type_name(t.type));
	return true;
}

/* True for tensors of which a row says the same: type and shape of many numbers. */
static bool is_alike(const oray_model *model, const oray_value *a, const oray_value *b)
{
	oray_tensor x, y;
	return oray_model_tensor(model, a->initializer, &x) &&
	       oray_model_tensor(model, b->initializer, &y) && x.type == y.type &&
	       x.n_dims == y.n_dims && x.n_dims &&
	       memcmp(x.dims, y.dims, x.n_dims * sizeof *x.dims) == 0 && x.elements.exact &&
	       x.elements.value > PIC_MOST_SHOWN;
}

/* "scale, B, mean, var" of a normalization in one row. @return the last input that is in it. */
static size_t add_alike(pic_look *look, const oray_node *n, size_t i, const oray_value *first)
{
	oray_value v;
	for (size_t most = i + MOST_ALIKE; i + 1 < most && given(look, n, i + 1, &v); i++) {
		if (pic_source(look->plan, n->inputs[i]) != n->inputs[i] ||
		    pic_source(look->plan, n->inputs[i + 1]) != n->inputs[i + 1] ||
		    !is_alike(look->plan->model, first, &v))
			break;
		buf_add(&look->text, ", ", 2);
		pic_known_formal(&look->known, look->plan->model, n, false, i + 1, &look->text);
	}
	return i;
}

void pic_add_inputs(pic_look *look, const oray_node *n)
{
	for (size_t i = 0; i < n->n_inputs; i++) {
		oray_value v;
		if (!given(look, n, i, &v) || !pic_line_begin(look, PIC_LINE))
			continue;
		pic_face_set(look, PIC_BOLD);
		size_t at = look->text.n;
		pic_known_formal(&look->known, look->plan->model, n, false, i, &look->text);
		if (!buf_ok(&look->text))
			return;
		oray_model_value(look->plan->model, pic_source(look->plan, n->inputs[i]), &v);
		pic_face_set(look, PIC_PLAIN);
		if (pic_shape_row(look, n->inputs[i], &look->text)) {
			pic_line_end(look);
			continue;
		}
		look->text.n--;
		i = add_alike(look, n, i, &v);
		if (!buf_ok(&look->text))
			return;
		if (add_zero_point(look, n, i, at, &v))
			i++;
		else
			add_given(look, &v);
		pic_quantized_row(look->plan, n->inputs[i], &look->text);
		pic_line_end(look);
	}
}
