/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_constant.c - Constant, ConstantOfShape, and their forerunners ConstantFill, GivenTensorFill.
 *
 * Contents that are in the model are read when they are few; a file beside the model is never
 * opened for them.
 */
#include <inttypes.h>
#include <string.h>

#include "rules/elements.h"
#include "rules/fold.h"
#include "rules/move.h"

enum { PART = 64 /**< elements read at a time */ };

/* ------------------------------------------------------------------------------ reading -- */

static dim element_read(dims *d, int32_t element, const oray_element *e)
{
	int64_t least, most;
	if (type_is_float(element))
		return dim_real(d, e->f);
	if (!fold_range(element, &least, &most))
		return DIM_LOST;
	if (least < 0)
		return dim_number(d, e->i);
	return e->u <= (uint64_t)most ? dim_number(d, (int64_t)e->u) : DIM_LOST;
}

/* Elements of a tensor in the model. @return false when they are not all there, or not numbers. */
static bool tensor_elements(call *c, oray_id tensor, const oray_tensor *t, size_t n, dim *at)
{
	oray_element part[PART];
	oray_error err;
	int64_t least, most;
	if (t->storage == ORAY_STORAGE_EXTERNAL || !t->elements.exact || t->elements.value != n ||
	    (!type_is_float(t->type) && !fold_range(t->type, &least, &most)))
		return false;
	for (size_t i = 0; i < n;) {
		size_t want = n - i < PART ? n - i : PART, got = 0;
		if (oray_tensor_read(c->model, tensor, i, want, part, &got, &err) != ORAY_OK || !got)
			return false;
		for (size_t k = 0; k < got; k++)
			at[i++] = element_read(c->d, t->type, &part[k]);
	}
	return true;
}

/* ----------------------------------------------------------------------------- Constant -- */

/* Output 0 has these plain dims. @return false when they are none. */
static bool plain_shape(call *c, int32_t element, size_t n, const int64_t *size)
{
	dim out[RANK_MOST];
	for (size_t i = 0; i < n; i++) {
		if (size[i] < 0) {
			call_complain(c, "bad-shape", "a constant has a dimension of %" PRId64, size[i]);
			call_unranked(c, 0, element);
			return false;
		}
		if (i < RANK_MOST)
			out[i] = dim_number(c->d, size[i]);
	}
	call_tensor(c, 0, element, n, out);
	return n <= RANK_MOST;
}

static void constant_tensor(call *c, const oray_attribute *a)
{
	oray_tensor t;
	size_t n;
	if (!oray_model_tensor(c->model, a->v.id, &t) || !plain_shape(c, t.type, t.n_dims, t.dims))
		return;
	infer_type out = call_said(c, 0);
	if (!call_can_hold(c, &out, &n))
		return;
	dim *at = fold_room(c, n);
	if (at && tensor_elements(c, a->v.id, &t, n, at))
		call_set_values(c, 0, n, at);
}

/* Place of the i-th element of a sparse tensor, whose indices are [NNZ] or [NNZ, rank]. */
static bool sparse_place(const oray_sparse *s, const int64_t *index, size_t width, size_t n,
                         size_t *place)
{
	int64_t at = width == 1 ? index[0] : 0;
	for (size_t k = 0; width > 1 && k < width; k++) {
		if (index[k] < 0 || index[k] >= s->dims[k])
			return false;
		at = at * s->dims[k] + index[k];
	}
	*place = (size_t)at;
	return at >= 0 && (uint64_t)at < n;
}

/* Sets the elements that are there, among zeros. */
static bool sparse_elements(call *c, const oray_sparse *s, size_t n, dim *at)
{
	oray_tensor values, indices;
	if (!oray_model_tensor(c->model, s->values, &values) ||
	    !oray_model_tensor(c->model, s->indices, &indices) || indices.type != ORAY_INT64 ||
	    values.n_dims != 1 || values.dims[0] < 0 || values.dims[0] > VALUES_MOST ||
	    indices.n_dims < 1 || indices.n_dims > 2 || indices.dims[0] != values.dims[0])
		return false;
	size_t many = (size_t)values.dims[0], width = indices.n_dims == 2 ? s->n_dims : 1;
	if ((indices.n_dims == 2 && indices.dims[1] != (int64_t)s->n_dims) || (!n && many))
		return false;
	dim *value = fold_room(c, many), *index = fold_room(c, many * width);
	if (!value || !index || !tensor_elements(c, s->values, &values, many, value) ||
	    !tensor_elements(c, s->indices, &indices, many * width, index))
		return false;
	for (size_t i = 0; i < n; i++)
		at[i] = DIM(0);
	for (size_t i = 0; i < many && width; i++) {
		int64_t tuple[RANK_MOST] = {0};
		size_t place;
		for (size_t k = 0; k < width; k++)
			if (!dim_is_number(c->d, index[i * width + k], &tuple[k]))
				return false;
		if (!sparse_place(s, tuple, width, n, &place))
			return false;
		at[place] = value[i];
	}
	return true;
}

static void constant_sparse(call *c, const oray_attribute *a)
{
	oray_sparse s;
	oray_tensor values = {.type = ORAY_UNDEFINED};
	size_t n;
	if (!oray_model_sparse(c->model, a->v.id, &s))
		return;
	bool typed = oray_model_tensor(c->model, s.values, &values);
	if (!plain_shape(c, typed ? values.type : ORAY_UNDEFINED, s.n_dims, s.dims) || !typed)
		return;
	infer_type out = call_said(c, 0);
	if (!call_can_hold(c, &out, &n))
		return;
	dim *at = fold_room(c, n);
	if (at && sparse_elements(c, &s, n, at))
		call_set_values(c, 0, n, at);
}

/* A list, or a single thing, in the attribute itself. */
static void constant_list(call *c, const oray_attribute *a, int32_t element, bool single)
{
	dim size = a->count <= INT64_MAX ? dim_number(c->d, (int64_t)a->count) : DIM_LOST;
	call_tensor(c, 0, element, single ? 0 : 1, &size);
	if (element == ORAY_STRING || a->on_disk || a->count > VALUES_MOST)
		return;
	dim *at = fold_room(c, a->count);
	for (size_t i = 0; at && i < a->count; i++)
		if (element == ORAY_INT64)
			at[i] = dim_number(c->d, single ? a->v.i : a->v.ints[i]);
		else
			at[i] = dim_real(c->d, (double)(single ? a->v.f : a->v.floats[i]));
	if (at)
		call_set_values(c, 0, a->count, at);
}

void rule_constant(call *c)
{
	static const struct {
		const char *name;
		oray_attribute_type type;
		int32_t element;
		bool single;
	} forms[] = {{"value_int", ORAY_ATTR_INT, ORAY_INT64, true},
	             {"value_ints", ORAY_ATTR_INTS, ORAY_INT64, false},
	             {"value_float", ORAY_ATTR_FLOAT, ORAY_FLOAT32, true},
	             {"value_floats", ORAY_ATTR_FLOATS, ORAY_FLOAT32, false},
	             {"value_string", ORAY_ATTR_STRING, ORAY_STRING, true},
	             {"value_strings", ORAY_ATTR_STRINGS, ORAY_STRING, false}};
	oray_attribute a;
	size_t given = call_attribute(c, "value", &a) + call_attribute(c, "sparse_value", &a);
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		given += call_attribute(c, forms[i].name, &a);
	if (given > 1)
		call_complain(c, "bad-attribute", "a constant with %zu values", given);
	if (call_attribute(c, "value", &a) && a.type == ORAY_ATTR_TENSOR) {
		constant_tensor(c, &a);
		return;
	}
	if (call_attribute(c, "sparse_value", &a) && a.type == ORAY_ATTR_SPARSE_TENSOR) {
		constant_sparse(c, &a);
		return;
	}
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		if (call_attribute(c, forms[i].name, &a) && a.type == forms[i].type) {
			constant_list(c, &a, forms[i].element, forms[i].single);
			return;
		}
	call_complain(c, "bad-attribute", "a constant without a value");
}

/* ------------------------------------------------------------------------ tensors filled -- */

/* All elements of output 0 are the same. */
static void fill_contents(call *c, dim value)
{
	infer_type out = call_said(c, 0);
	size_t n;
	if (value == DIM_LOST || !call_can_hold(c, &out, &n))
		return;
	dim *at = fold_room(c, n);
	for (size_t i = 0; at && i < n; i++)
		at[i] = value;
	if (at)
		call_set_values(c, 0, n, at);
}

/* What to fill with: the one element of a tensor, a float 0 without. */
static dim fill_value(call *c, int32_t *element)
{
	oray_attribute a;
	oray_tensor t;
	dim value = DIM_LOST;
	*element = ORAY_FLOAT32;
	if (!call_attribute(c, "value", &a))
		return DIM(0);
	*element = ORAY_UNDEFINED;
	if (a.type != ORAY_ATTR_TENSOR || !oray_model_tensor(c->model, a.v.id, &t))
		return DIM_LOST;
	*element = t.type;
	return tensor_elements(c, a.v.id, &t, 1, &value) ? value : DIM_LOST;
}

/* The list of input or attribute as a shape. @return false when not even the rank is known. */
static bool shape_from(call *c, int input, const char *attribute, dim *out, size_t *n)
{
	list_state state = call_list(c, input, attribute, out, RANK_MOST, n);
	if (state != LIST_KNOWN && state != LIST_LENGTH)
		return false;
	for (size_t i = 0; i < *n; i++)
		out[i] = element_size(c, out[i]);
	return true;
}

void rule_constant_of_shape(call *c)
{
	dim out[RANK_MOST];
	size_t n;
	int32_t element;
	dim value = fill_value(c, &element);
	if (!shape_from(c, 0, NULL, out, &n)) {
		call_unranked(c, 0, element);
		return;
	}
	move_tensor(c, 0, element, n, out);
	fill_contents(c, value);
}

/*
 * The shape of a fill operator: that of the input, or what the input says (input_as_shape), with
 * extra_shape behind; without input the attribute.
 */
static bool fill_shape(call *c, dim *out, size_t *n)
{
	dim extra[RANK_MOST];
	size_t more;
	if (!call_has(c, 0))
		return shape_from(c, -1, "shape", out, n);
	if (call_int(c, "input_as_shape", 0)) {
		if (!shape_from(c, 0, NULL, out, n))
			return false;
	} else {
		infer_type like = call_in(c, 0);
		if (!like.ranked)
			return false;
		*n = like.n;
		if (like.n)
			memcpy(out, like.at, like.n * sizeof *out);
	}
	list_state state = call_list(c, -1, "extra_shape", extra, RANK_MOST, &more);
	if (state == LIST_UNKNOWN || more > RANK_MOST - *n)
		return false;
	for (size_t i = 0; i < more; i++)
		out[(*n)++] = element_size(c, extra[i]);
	return true;
}

void rule_constant_fill(call *c)
{
	dim out[RANK_MOST];
	size_t n;
	int32_t element = element_type_attribute(c, "dtype", ORAY_FLOAT32);
	if (!fill_shape(c, out, &n)) {
		call_unranked(c, 0, element);
		return;
	}
	move_tensor(c, 0, element, n, out);
	fill_contents(
	    c, fold_cast(c->d, ORAY_FLOAT32, element, dim_real(c->d, call_float(c, "value", 0))));
}

void rule_given_tensor_fill(call *c)
{
	dim out[RANK_MOST];
	oray_attribute a;
	size_t n;
	if (!fill_shape(c, out, &n)) {
		call_unranked(c, 0, ORAY_FLOAT32);
		return;
	}
	call_tensor(c, 0, ORAY_FLOAT32, n, out);
	if (!call_attribute(c, "values", &a) || a.type != ORAY_ATTR_FLOATS || a.on_disk ||
	    a.count > VALUES_MOST)
		return;
	dim *at = fold_room(c, a.count);
	for (size_t i = 0; at && i < a.count; i++)
		at[i] = dim_real(c->d, (double)a.v.floats[i]);
	if (at)
		call_set_values(c, 0, a.count, at);
}
