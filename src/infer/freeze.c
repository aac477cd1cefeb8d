/* SPDX-License-Identifier: Apache-2.0 */
/*
 * freeze.c - what was inferred, written into the model: types beside those it declares, and costs.
 */
#include <string.h>

#include "infer/engine.h"

static model_dim freeze_dim(infer *x, dim d, buf *text)
{
	int64_t n;
	if (dim_is_number(x->d, d, &n))
		return n >= 0 ? MODEL_DIM(DIM_NUMBER, n) : MODEL_DIM(DIM_UNKNOWN, 0);
	if (d == DIM_LOST)
		return MODEL_DIM(DIM_UNKNOWN, 0);
	buf_clear(text);
	dim_text(x->d, d, true, text);
	oray_id id = buf_ok(text) ? strings_add(&x->m->strings, buf_text(text), text->n) : ORAY_NONE;
	return id == ORAY_NONE ? MODEL_DIM(DIM_UNKNOWN, 0) : MODEL_DIM(DIM_SYMBOL, id);
}

static oray_id add_type(infer *x, const infer_type *t, oray_id inner, buf *text)
{
	oray_model *m = x->m;
	uint32_t first = (uint32_t)m->type_dims.n;
	oray_id extra = ORAY_NONE;
	for (uint32_t i = 0; i < t->n; i++) {
		model_dim *d = vec_push(&m->budget, &m->type_dims);
		if (!d)
			return ORAY_NONE;
		*d = freeze_dim(x, t->at[i], text);
	}
	if (inner != ORAY_NONE || t->key) {
		model_type_extra *e = vec_push(&m->budget, &m->type_extras);
		if (!e)
			return ORAY_NONE;
		*e = (model_type_extra){inner, ORAY_NONE, ORAY_NONE, ORAY_NONE, t->key};
		extra = (oray_id)(m->type_extras.n - 1);
	}
	model_type *out = vec_push(&m->budget, &m->types);
	if (!out)
		return ORAY_NONE;
	*out = (model_type){.element = t->element,
	                    .dims = first,
	                    .n_dims = t->n,
	                    .extra = extra,
	                    .kind = t->kind,
	                    .has_shape = t->ranked};
	return (oray_id)(m->types.n - 1);
}

/* `map`: by record of ours, the id in the model + 1. */
static oray_id freeze_type(infer *x, uint32_t id, oray_id *map, unsigned depth, buf *text)
{
	if (!id || depth > 8)
		return ORAY_NONE;
	if (id <= x->n_declared)
		return id - 1;
	uint32_t at = id - x->n_declared - 1;
	if (map[at])
		return map[at] - 1;
	infer_type t = type_get(x, id);
	if (t.kind == ORAY_KIND_UNKNOWN)
		return ORAY_NONE;
	oray_id out = add_type(x, &t, freeze_type(x, t.inner, map, depth + 1, text), text);
	if (out != ORAY_NONE)
		map[at] = out + 1;
	return out;
}

/* Types that were imported as they are stay what the model says, with their denotations. */
static void keep_declared(infer *x, oray_id *map)
{
	if (dims_bound(x->d))
		return;
	for (uint32_t i = 0; i < x->n_declared; i++)
		if (x->imported[i] > x->n_declared)
			map[x->imported[i] - x->n_declared - 1] = i + 1;
}

bool engine_freeze(infer *x)
{
	oray_model *m = x->m;
	model_inference *out = &m->inference;
	size_t n = m->values.n, n_map = x->types.n + 1;
	oray_id *map = mem_resize(x->budget, NULL, 0, n_map * sizeof *map);
	buf text = {0};
	if (!map)
		return false;
	memset(map, 0, n_map * sizeof *map);
	keep_declared(x, map);
	for (size_t v = 0; v < n; v++) {
		uint32_t id = x->shown[v] ? x->shown[v] : x->of_value[v];
		x->of_value[v] = freeze_type(x, id, map, 0, &text);
	}
	mem_free(x->budget, map, n_map * sizeof *map);
	buf_free(&text);
	for (size_t i = 0; i < m->nodes.n; i++)
		x->macs[i] = dim_resolve(x->d, x->macs[i]);
	out->types = x->of_value;
	out->n_types = n;
	out->costs = x->macs;
	out->n_costs = m->nodes.n;
	x->of_value = NULL;
	x->macs = NULL;
	return true;
}
