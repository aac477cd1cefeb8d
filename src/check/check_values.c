/* SPDX-License-Identifier: Apache-2.0 */
#include "check/check_values.h"

#include <inttypes.h>

#include "base/buf.h"

static check_known of_type(const oray_model *model, oray_id id)
{
	check_known out = {.model = model, .type = id};
	oray_type t;
	if (!oray_model_type(model, id, &t))
		return out;
	out.kind = t.kind;
	if (t.kind != ORAY_KIND_TENSOR && t.kind != ORAY_KIND_SPARSE_TENSOR)
		return out;
	out.element = t.element;
	out.is_ranked = t.has_shape;
	out.n = t.has_shape ? t.n_dims : 0;
	return out;
}

check_known check_value_known(const oray_model *model, oray_id value)
{
	oray_value v;
	oray_tensor t;
	if (!oray_model_value(model, value, &v))
		return (check_known){0};
	if (v.initializer == ORAY_NONE || !oray_model_tensor(model, v.initializer, &t))
		return of_type(model, v.inferred);
	return (check_known){
	    .kind = ORAY_KIND_TENSOR,
	    .element = t.type,
	    .is_ranked = true,
	    .n = t.n_dims,
	    .dims = t.dims,
	};
}

check_known check_value_declared(const oray_model *model, oray_id value)
{
	oray_value v;
	return oray_model_value(model, value, &v) ? of_type(model, v.type) : (check_known){0};
}

int64_t check_dim(const check_known *known, size_t i)
{
	if (!known->is_ranked || i >= known->n)
		return -1;
	if (known->dims)
		return known->dims[i];
	oray_dim d = oray_model_dim(known->model, known->type, i);
	return d.kind == ORAY_DIM_VALUE && d.value >= 0 ? d.value : -1;
}

bool check_known_differ(const check_known *a, const check_known *b)
{
	if (!a->kind || !b->kind)
		return false;
	if (a->kind != b->kind || (a->element && b->element && a->element != b->element))
		return true;
	if (!a->is_ranked || !b->is_ranked)
		return false;
	bool differ = a->n != b->n;
	for (size_t i = 0; i < a->n && !differ; i++) {
		int64_t x = check_dim(a, i), y = check_dim(b, i);
		differ = x >= 0 && y >= 0 && x != y;
	}
	return differ;
}

void check_known_text(const check_known *known, buf *out)
{
	static const char *const kinds[] = {
	    [ORAY_KIND_UNKNOWN] = "not known",   [ORAY_KIND_SPARSE_TENSOR] = "a sparse tensor",
	    [ORAY_KIND_SEQUENCE] = "a sequence", [ORAY_KIND_OPTIONAL] = "an optional",
	    [ORAY_KIND_MAP] = "a map",           [ORAY_KIND_OPAQUE] = "opaque",
	};
	const char *element = oray_type_name(known->element);
	if (known->kind != ORAY_KIND_TENSOR) {
		buf_str(out, kinds[known->kind]);
		return;
	}
	buf_str(out, element ? element : "a tensor");
	if (!known->is_ranked)
		return;
	buf_str(out, " [");
	for (size_t i = 0; i < known->n && i < 16; i++) {
		int64_t size = check_dim(known, i);
		buf_str(out, i ? "," : "");
		if (size >= 0)
			buf_format(out, "%" PRId64, size);
		else
			buf_char(out, '?');
	}
	buf_str(out, known->n > 16 ? ",...]" : "]");
}
