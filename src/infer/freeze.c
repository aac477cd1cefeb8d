/* SPDX-License-Identifier: Apache-2.0 */
/*
 * freeze.c - what was inferred, written into the model: types beside those it declares, and costs.
 */
#include <stdlib.h>
#include <string.h>

#include "base/heap.h"
#include "infer/engine.h"

/* What freezing needs at hand. */
typedef struct freezer {
	infer *x;
	oray_id *map; /* by record of ours: the id in the model + 1 */
	buf text;
	VEC(frozen_dim) dims;
} freezer;

/* A size; one beyond the bits of a dimension is kept apart. */
static model_dim freeze_number(oray_model *m, int64_t n)
{
	if (n >= 0 && n < INT64_MAX >> 1)
		return MODEL_DIM(DIM_NUMBER, n);
	oray_dim *rare = n < 0 ? NULL : vec_push(&m->budget, &m->rare_dims);
	if (!rare)
		return MODEL_DIM(DIM_UNKNOWN, 0);
	*rare =
	    (oray_dim){.kind = ORAY_DIM_VALUE, .value = n, .symbol = {"", 0}, .denotation = {"", 0}};
	return MODEL_DIM(DIM_RARE, m->rare_dims.n - 1);
}

static model_dim freeze_dim(freezer *k, dim d)
{
	infer *x = k->x;
	buf *text = &k->text;
	int64_t n;
	if (dim_is_number(x->d, d, &n))
		return freeze_number(x->m, n);
	if (d == DIM_LOST)
		return MODEL_DIM(DIM_UNKNOWN, 0);
	buf_clear(text);
	dim_text(x->d, d, true, text);
	oray_id id = buf_ok(text) ? strings_add(&x->m->strings, buf_text(text), text->n) : ORAY_NONE;
	frozen_dim *f = id == ORAY_NONE ? NULL : vec_push(NULL, &k->dims);
	if (!f)
		return MODEL_DIM(DIM_UNKNOWN, 0);
	*f = (frozen_dim){id, d};
	return MODEL_DIM(DIM_SYMBOL, id);
}

static oray_id add_type(freezer *k, const infer_type *t, oray_id inner)
{
	oray_model *m = k->x->m;
	uint32_t first = (uint32_t)m->type_dims.n;
	oray_id extra = ORAY_NONE;
	for (uint32_t i = 0; i < t->n; i++) {
		model_dim *d = vec_push(&m->budget, &m->type_dims);
		if (!d)
			return ORAY_NONE;
		*d = freeze_dim(k, t->at[i]);
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

static oray_id freeze_type(freezer *k, uint32_t id, unsigned depth)
{
	if (!id || depth > 8)
		return ORAY_NONE;
	if (id <= k->x->n_declared)
		return id - 1;
	oray_id *known = &k->map[id - k->x->n_declared - 1];
	if (*known)
		return *known - 1;
	infer_type t = type_get(k->x, id);
	if (t.kind == ORAY_KIND_UNKNOWN)
		return ORAY_NONE;
	oray_id out = add_type(k, &t, freeze_type(k, t.inner, depth + 1));
	if (out != ORAY_NONE)
		*known = out + 1;
	return out;
}

/* Types that were imported as they are stay what the model says, with their denotations. */
static void keep_declared(infer *x, oray_id *map)
{
	bool bound = dims_bound(x->d) != 0;
	for (uint32_t i = 0; i < x->n_declared; i++)
		if (x->imported[i] > x->n_declared &&
		    (!bound || x->m->types.at[i].kind == ORAY_KIND_OPAQUE))
			map[x->imported[i] - x->n_declared - 1] = i + 1;
}

static int by_text(const void *a, const void *b)
{
	const frozen_dim *x = a, *y = b;
	return (x->text > y->text) - (x->text < y->text);
}

/* True for operators that cost something, 0 included. */
static bool is_counted(const oray_model *m, const model_op *op)
{
	oray_str domain = strings_get(&m->strings, op->domain),
	         name = strings_get(&m->strings, op->name);
	if (op->function != ORAY_NONE)
		return true;
	if (!domain.size)
		domain = (oray_str){"ai.onnx", 7};
	const ops_row *row = ops_find(domain.data, domain.size, name.data, name.size, 0);
	return row && (row->cost != OPS_COST_none || row->category == OPS_CONTROL);
}

/* The pool and the dims, for amounts. */
static bool keep_state(freezer *k)
{
	const oray_model *m = k->x->m;
	frozen_state *s = mem_zeroed(NULL, 1, sizeof *s);
	size_t n = 0;
	bool *counted = mem_zeroed(NULL, m->ops.n, sizeof *counted);
	if (!s || !counted) {
		heap_free(s);
		heap_free(counted);
		return false;
	}
	for (size_t i = 0; i < m->ops.n; i++)
		counted[i] = is_counted(m, &m->ops.at[i]);
	if (k->dims.n)
		qsort(k->dims.at, k->dims.n, sizeof *k->dims.at, by_text);
	for (size_t i = 0; i < k->dims.n; i++)
		if (!n || k->dims.at[n - 1].text != k->dims.at[i].text)
			k->dims.at[n++] = k->dims.at[i];
	s->d = k->x->d;
	s->dims = k->dims.at;
	s->n_dims = n;
	s->counted = counted;
	k->dims.at = NULL;
	k->x->d = NULL;
	k->x->m->inference.state = s;
	k->x->m->inference.free_state = frozen_free;
	return true;
}

void frozen_free(void *state)
{
	frozen_state *s = state;
	dims_free(s->d);
	heap_free(s->dims);
	heap_free(s->counted);
	heap_free(s->bytes);
	heap_free(s);
}

dim frozen_find(const frozen_state *s, oray_id text)
{
	frozen_dim key = {text, 0}, *found = NULL;
	if (s->n_dims)
		found = bsearch(&key, s->dims, s->n_dims, sizeof *s->dims, by_text);
	return found ? found->d : DIM_LOST;
}

bool engine_freeze(infer *x)
{
	oray_model *m = x->m;
	model_inference *out = &m->inference;
	size_t n = m->values.n, n_map = x->types.n + 1;
	freezer k = {.x = x, .map = mem_zeroed(x->budget, n_map, sizeof *k.map)};
	if (!k.map)
		return false;
	keep_declared(x, k.map);
	for (size_t v = 0; v < n; v++)
		x->of_value[v] = freeze_type(&k, x->shown[v] ? x->shown[v] : x->of_value[v], 0);
	mem_free(x->budget, k.map, n_map * sizeof *k.map);
	buf_free(&k.text);
	for (size_t i = 0; i < m->nodes.n; i++)
		if (x->macs[i])
			x->macs[i] = dim_resolve(x->d, x->macs[i]);
	bool ok = keep_state(&k);
	heap_free(k.dims.at);
	if (!ok)
		return false;
	out->types = x->of_value;
	out->n_types = n;
	out->costs = x->macs;
	out->n_costs = m->nodes.n;
	x->of_value = NULL;
	x->macs = NULL;
	return true;
}
