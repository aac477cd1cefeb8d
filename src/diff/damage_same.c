/* SPDX-License-Identifier: Apache-2.0 */
/*
 * damage_same.c - weights that are equal without a look at their numbers, or at few of them.
 */
#include <math.h>
#include <string.h>

#include "diff/damage.h"

static oray_str folder_of(const oray_model_info *info)
{
	oray_str path = info->path;

	while (path.size && path.data[path.size - 1] != '/')
		path.size--;
	return path;
}

static bool same(oray_str a, oray_str b)
{
	return a.size == b.size && !memcmp(a.data, b.data, a.size);
}

bool damage_same_dims(const weight_row *x, const weight_row *y)
{
	return x->n_dims == y->n_dims &&
	       (!x->n_dims || !memcmp(x->dims, y->dims, x->n_dims * sizeof *x->dims));
}

/* Both name the same bytes of one file beside them. */
static bool is_same_storage(const comparison *c, const weight_row *x, const weight_row *y)
{
	oray_tensor s, t;

	return oray_model_tensor(c->model[0], x->parameter->tensor, &s) &&
	       oray_model_tensor(c->model[1], y->parameter->tensor, &t) &&
	       s.storage == ORAY_STORAGE_EXTERNAL && t.storage == ORAY_STORAGE_EXTERNAL &&
	       s.type == t.type && s.elements.exact && t.elements.exact &&
	       s.elements.value == t.elements.value && s.n_dims == t.n_dims &&
	       (!s.n_dims || !memcmp(s.dims, t.dims, s.n_dims * sizeof *s.dims)) &&
	       same(s.location, t.location) && s.has_offset == t.has_offset && s.offset == t.offset &&
	       s.has_length == t.has_length && s.length == t.length && !x->encoding && !y->encoding &&
	       same(folder_of(c->skeleton[0].info), folder_of(c->skeleton[1].info));
}

void damage_none(const weight_row *x, oray_fidelity *f)
{
	*f = (oray_fidelity){
	    .elements = x->elements.value,
	    .sqnr_db = INFINITY,
	    .max_abs = NAN,
	    .cosine = 1,
	    .axis = -1,
	    .worst_sqnr_db = INFINITY,
	    .identical = true,
	};
}

bool damage_equal_tensors(const comparison *c, oray_id a, oray_id b)
{
	oray_weight x = {.model = c->model[0], .tensor = a}, y = {.model = c->model[1], .tensor = b};
	oray_fidelity f;

	return oray_compare_weights(&x, &y, -1, &f, NULL) == ORAY_OK && f.identical;
}

/* Sparse ones: the same numbers in the same places. */
static bool is_same_sparse(const comparison *c, const weight_row *x, const weight_row *y)
{
	oray_value v, w;
	oray_sparse s, t;

	return oray_model_value(c->model[0], x->parameter->value, &v) &&
	       oray_model_value(c->model[1], y->parameter->value, &w) &&
	       oray_model_sparse(c->model[0], v.sparse, &s) &&
	       oray_model_sparse(c->model[1], w.sparse, &t) && damage_same_dims(x, y) &&
	       damage_equal_tensors(c, s.values, t.values) &&
	       damage_equal_tensors(c, s.indices, t.indices);
}

/* Made by a ConstantOfShape: of one shape, and of one number. */
static bool is_same_generated(comparison *c, const weight_row *x, const weight_row *y)
{
	const weight_row *rows[2] = {x, y};
	buf *texts[2] = {&c->text, &c->text_b};

	if (x->parameter->keeping != ORAY_KEPT_GENERATED ||
	    y->parameter->keeping != ORAY_KEPT_GENERATED || !damage_same_dims(x, y))
		return false;
	for (unsigned of = 0; of < 2; of++) {
		oray_value v;
		oray_node n;
		buf_clear(texts[of]);
		if (!oray_model_value(c->model[of], rows[of]->parameter->value, &v) ||
		    !oray_model_node(c->model[of], v.producer, &n))
			return false;
		for (size_t i = 0; i < n.n_attributes; i++)
			text_of_attribute(texts[of], c->model[of], (oray_id)(n.first_attribute + i));
	}
	return !strcmp(buf_text(texts[0]), buf_text(texts[1]));
}

bool damage_is_none(comparison *c, const weight_row *x, const weight_row *y)
{
	return is_same_storage(c, x, y) || is_same_sparse(c, x, y) || is_same_generated(c, x, y);
}
