/* SPDX-License-Identifier: Apache-2.0 */
/*
 * types.c - types by number.
 */
#include <string.h>

#include "infer/engine.h"

static uint32_t mix(uint32_t h, uint64_t v)
{
	v = (v ^ h) * UINT64_C(0x9e3779b97f4a7c15);
	return (uint32_t)(v >> 32) ^ (uint32_t)v;
}

static uint32_t hash_of(const infer_type *t)
{
	uint32_t h = mix(t->kind * 2u + t->ranked, (uint64_t)(uint32_t)t->element << 32 | t->n);
	h = mix(h, (uint64_t)(uint32_t)t->key << 32 | t->inner);
	for (uint32_t i = 0; i < t->n; i++)
		h = mix(h, t->at[i]);
	return h;
}

bool type_equal(const infer_type *a, const infer_type *b)
{
	return a->kind == b->kind && a->ranked == b->ranked && a->n == b->n &&
	       a->element == b->element && a->key == b->key && a->inner == b->inner &&
	       (!a->n || a->at == b->at || !memcmp(a->at, b->at, a->n * sizeof *a->at));
}

/* ------------------------------------------------------------------------------ records -- */

static bool grow_slots(infer *x)
{
	size_t wanted = x->n_slots ? x->n_slots * 2 : 256;
	uint32_t *slots = mem_resize(x->budget, NULL, 0, wanted * sizeof *slots);
	if (!slots)
		return false;
	memset(slots, 0, wanted * sizeof *slots);
	for (size_t i = 0; i < x->types.n; i++) {
		size_t at = x->types.at[i].hash & (wanted - 1);
		while (slots[at])
			at = (at + 1) & (wanted - 1);
		slots[at] = (uint32_t)i + 1;
	}
	mem_free(x->budget, x->slots, x->n_slots * sizeof *x->slots);
	x->slots = slots;
	x->n_slots = wanted;
	return true;
}

static bool copy_dims(infer *x, infer_type *t)
{
	dim *at = arena_alloc(&x->arena, (t->n ? t->n : 1) * sizeof *at);
	if (!at)
		return false;
	if (t->n)
		memcpy(at, t->at, t->n * sizeof *at);
	t->at = at;
	return true;
}

uint32_t type_add(infer *x, const infer_type *t)
{
	uint32_t h = hash_of(t);
	if ((x->types.n + 1) * 2 > x->n_slots && !grow_slots(x)) {
		x->failed = true;
		return 0;
	}
	size_t at = h & (x->n_slots - 1);
	for (; x->slots[at]; at = (at + 1) & (x->n_slots - 1)) {
		const type_record *r = &x->types.at[x->slots[at] - 1];
		if (r->hash == h && type_equal(&r->type, t))
			return x->n_declared + x->slots[at];
	}
	infer_type copy = *t;
	if (!copy_dims(x, &copy) || x->types.n + x->n_declared >= UINT32_MAX - 2) {
		x->failed = true;
		return 0;
	}
	type_record *r = vec_push(x->budget, &x->types);
	if (!r) {
		x->failed = true;
		return 0;
	}
	*r = (type_record){copy, h, (uint32_t)dims_bound(x->d)};
	x->slots[at] = (uint32_t)x->types.n;
	return x->n_declared + (uint32_t)x->types.n;
}

/* The record keeps its place in the table: equal types may then have two ids, which is allowed. */
static void resolve_record(infer *x, type_record *r, uint32_t bound)
{
	r->resolved = bound;
	for (uint32_t i = 0; i < r->type.n; i++) {
		dim now = dim_resolve(x->d, r->type.at[i]);
		if (now == r->type.at[i])
			continue;
		if (!copy_dims(x, &r->type)) {
			x->failed = true;
			return;
		}
		dim *at = (dim *)(uintptr_t)r->type.at;
		for (; i < r->type.n; i++)
			at[i] = dim_resolve(x->d, at[i]);
	}
}

infer_type type_of_record(infer *x, uint32_t id)
{
	if (!id)
		return (infer_type){0};
	type_record *r = &x->types.at[id - x->n_declared - 1];
	uint32_t bound = (uint32_t)dims_bound(x->d);
	if (r->resolved != bound)
		resolve_record(x, r, bound);
	return r->type;
}

/* ------------------------------------------------------------------- what a model declares -- */

/* Words that exporters write where they have none. */
static bool is_nameless(oray_str s)
{
	static const char *const words[] = {"?", "None", "none", "-1", "*", "unk", "dynamic"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (s.size == strlen(words[i]) && !memcmp(s.data, words[i], s.size))
			return true;
	return s.size == 0;
}

static dim import_dim(infer *x, const model_type *t, uint32_t i, bool input)
{
	oray_dim d = oray_model_dim(x->m, (oray_id)(t - x->m->types.at), i);
	if (d.kind == ORAY_DIM_VALUE && d.value >= 0)
		return dim_number(x->d, d.value);
	if (d.kind == ORAY_DIM_SYMBOL && !is_nameless(d.symbol))
		return dim_parse(x->d, d.symbol.data, d.symbol.size, input ? DIM_NAMED : DIM_DECLARED);
	return input ? dim_fresh(x->d, DIM_UNNAMED) : DIM_LOST;
}

/* Numbers are written the same way there and here. */
static bool is_plain(const infer *x, const model_type *t)
{
	if (t->n_dims > RANK_MOST || t->kind != ORAY_KIND_TENSOR)
		return false;
	for (uint32_t i = 0; i < t->n_dims; i++)
		if (x->m->type_dims.at[t->dims + i] >> 61)
			return false;
	return true;
}

static uint32_t import(infer *x, oray_id declared, bool input, unsigned depth)
{
	if (declared >= x->n_declared || depth > 8)
		return 0;
	const model_type *t = &x->m->types.at[declared];
	input &= t->kind != ORAY_KIND_OPAQUE && t->kind != ORAY_KIND_MAP;
	if (is_plain(x, t))
		return declared + 1;
	if (!input && x->imported[declared])
		return x->imported[declared];
	dim at[RANK_MOST];
	infer_type out = {.kind = t->kind, .element = t->element, .at = at};
	if (t->has_shape && t->n_dims <= RANK_MOST) {
		out.ranked = true;
		out.n = t->n_dims;
		for (uint32_t i = 0; i < t->n_dims; i++)
			at[i] = import_dim(x, t, i, input);
	}
	if (t->extra != ORAY_NONE) {
		const model_type_extra *e = &x->m->type_extras.at[t->extra];
		out.key = e->key;
		out.inner = import(x, e->inner, input, depth + 1);
	}
	uint32_t id = type_add(x, &out);
	if (!input)
		x->imported[declared] = id;
	return id;
}

uint32_t type_import(infer *x, oray_id declared)
{
	return import(x, declared, false, 0);
}

uint32_t type_import_input(infer *x, oray_id declared)
{
	return import(x, declared, true, 0);
}

/* --------------------------------------------------------------------------------- join -- */

/* A size that depends on contents, whatever its symbol. */
static bool is_data(const infer *x, dim d)
{
	return DIM_KIND(d) == DIM_IS_SYMBOL && dim_symbol_origin(x->d, d) == DIM_DATA;
}

static uint32_t join(infer *x, uint32_t a, uint32_t b, bool shown, unsigned depth)
{
	if (a == b)
		return a;
	infer_type s = type_get(x, a), t = type_get(x, b);
	dim at[RANK_MOST];
	if (s.kind != t.kind || s.key != t.key || depth > 8)
		return 0;
	infer_type out = s;
	out.at = at;
	if (s.element != t.element)
		out.element = 0;
	out.ranked = s.ranked && t.ranked && s.n == t.n;
	out.n = out.ranked ? s.n : 0;
	for (uint32_t i = 0; i < out.n; i++)
		at[i] = s.at[i] == t.at[i] || (shown && is_data(x, s.at[i]) && is_data(x, t.at[i]))
		            ? s.at[i]
		            : DIM_LOST;
	out.inner = join(x, s.inner, t.inner, shown, depth + 1);
	return type_add(x, &out);
}

uint32_t type_join(infer *x, uint32_t a, uint32_t b)
{
	return join(x, a, b, false, 0);
}

uint32_t type_join_shown(infer *x, uint32_t a, uint32_t b)
{
	return join(x, a, b, true, 0);
}
