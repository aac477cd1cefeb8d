/* SPDX-License-Identifier: Apache-2.0 */
/*
 * facts.c - what is known about values: their types, and the contents of small ones.
 */
#include <string.h>

#include "infer/engine.h"

#define ASKED_IN_VAIN UINT32_MAX

/* -------------------------------------------------------------------------------- types -- */

/* Dims of tensors are int64; those that are no sizes make the whole thing unranked. */
static infer_type stored_type(int32_t element, size_t n, const int64_t *at)
{
	for (size_t i = 0; i < n; i++)
		if ((uint64_t)at[i] >> 61)
			return infer_tensor(element, false, 0, NULL);
	return infer_tensor(element, true, n, (const dim *)(const void *)at);
}

infer_type fact_type(infer *x, oray_id value)
{
	if (value >= x->m->values.n)
		return (infer_type){0};
	if (x->of_value[value])
		return type_get(x, x->of_value[value]);
	const model_value *v = &x->m->values.at[value];
	if (v->flags & VALUE_FROM_TENSOR) {
		const model_tensor *t = &x->m->tensors.at[v->source];
		return stored_type(t->type, t->n_dims, x->m->dims.at + t->dims);
	}
	if (v->flags & VALUE_FROM_SPARSE) {
		const oray_sparse *s = &x->m->sparse.at[v->source];
		oray_tensor values;
		int32_t element = oray_model_tensor(x->m, s->values, &values) ? values.type : 0;
		infer_type t = stored_type(element, s->n_dims, s->dims);
		return t;
	}
	return (infer_type){0};
}

uint32_t fact_type_id(infer *x, oray_id value)
{
	if (value >= x->m->values.n)
		return 0;
	if (x->of_value[value])
		return x->of_value[value];
	infer_type t = fact_type(x, value);
	return t.kind == ORAY_KIND_UNKNOWN ? 0 : type_add(x, &t);
}

void fact_set(infer *x, oray_id value, uint32_t type, uint32_t contents)
{
	if (value >= x->m->values.n)
		return;
	x->of_value[value] = type;
	if (contents || x->holds[value])
		x->holds[value] = contents;
	if (!x->joining || !x->counting)
		return;
	if (!x->shown[value])
		x->shown[value] = type;
	else
		x->shown[value] = type_join_shown(x, x->shown[value], type);
}

/* ----------------------------------------------------------------------------- contents -- */

uint32_t contents_add(infer *x, size_t n, const dim *at, bool owned)
{
	if (n > VALUES_MOST || x->work > x->most_work)
		return 0;
	x->work += n + 8;
	if (!owned) {
		dim *copy = arena_alloc(&x->arena, (n ? n : 1) * sizeof *copy);
		if (!copy) {
			x->failed = true;
			return 0;
		}
		if (n)
			memcpy(copy, at, n * sizeof *copy);
		at = copy;
	}
	infer_values *c = vec_push(x->budget, &x->contents);
	if (!c) {
		x->failed = true;
		return 0;
	}
	*c = (infer_values){true, (uint32_t)n, at};
	return (uint32_t)x->contents.n;
}

dim contents_element(infer *x, int32_t type, const oray_element *e)
{
	switch (type) {
	case ORAY_INT8:
	case ORAY_INT16:
	case ORAY_INT32:
	case ORAY_INT64:
	case ORAY_INT4:
	case ORAY_INT2:
		return dim_number(x->d, e->i);
	case ORAY_UINT8:
	case ORAY_UINT16:
	case ORAY_UINT32:
	case ORAY_UINT64:
	case ORAY_UINT4:
	case ORAY_UINT2:
	case ORAY_BOOL:
		return e->u <= INT64_MAX ? dim_number(x->d, (int64_t)e->u) : DIM_LOST;
	default:
		return dim_real(x->d, e->f);
	}
}

uint32_t contents_read(infer *x, oray_id tensor)
{
	oray_element part[256];
	oray_tensor t;
	size_t got;
	if (!oray_model_tensor(x->m, tensor, &t) || !t.elements.exact ||
	    t.storage == ORAY_STORAGE_EXTERNAL || t.type == ORAY_STRING || t.type == ORAY_COMPLEX64 ||
	    t.type == ORAY_COMPLEX128 || !oray_type_bits(t.type) ||
	    t.elements.value > (type_is_float(t.type) ? (uint64_t)FLOATS_MOST : VALUES_MOST))
		return 0;
	size_t n = (size_t)t.elements.value;
	dim *at = arena_alloc(&x->arena, (n ? n : 1) * sizeof *at);
	for (size_t i = 0; at && i < n; i += got) {
		size_t wanted = n - i < 256 ? n - i : 256;
		if (oray_tensor_read(x->m, tensor, i, wanted, part, &got, NULL) != ORAY_OK || !got)
			return 0;
		for (size_t k = 0; k < got; k++)
			at[i + k] = contents_element(x, t.type, &part[k]);
	}
	return at ? contents_add(x, n, at, true) : 0;
}

uint32_t fact_contents(infer *x, oray_id value)
{
	if (value >= x->m->values.n)
		return 0;
	uint32_t held = x->holds[value];
	const model_value *v = &x->m->values.at[value];
	if (held)
		return held == ASKED_IN_VAIN ? 0 : held;
	if (!(v->flags & VALUE_FROM_TENSOR))
		return 0;
	held = contents_read(x, v->source);
	x->holds[value] = held ? held : ASKED_IN_VAIN;
	return held;
}

infer_values fact_values(infer *x, oray_id value)
{
	uint32_t held = fact_contents(x, value);
	if (!held)
		return (infer_values){0};
	infer_values out = x->contents.at[held - 1];
	if (!dims_bound(x->d))
		return out;
	dim *now = NULL;
	for (uint32_t i = 0; i < out.n; i++) {
		dim d = dim_resolve(x->d, out.at[i]);
		if (d == out.at[i])
			continue;
		if (!now) {
			now = arena_alloc(&x->arena, out.n * sizeof *now);
			if (!now)
				return (infer_values){0};
			memcpy(now, out.at, out.n * sizeof *now);
		}
		now[i] = d;
	}
	if (now)
		x->contents.at[held - 1].at = out.at = now;
	return out;
}
