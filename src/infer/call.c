/* SPDX-License-Identifier: Apache-2.0 */
/*
 * call.c - inputs and outputs of the node that a rule looks at.
 */
#include <stdio.h>
#include <string.h>

#include "infer/engine.h"

/* ------------------------------------------------------------------------------- inputs -- */

oray_id call_value_id(const call *c, size_t i)
{
	return i < c->n_in ? active_of(c)->in[i] : ORAY_NONE;
}

bool call_has(const call *c, size_t i)
{
	return call_value_id(c, i) != ORAY_NONE;
}

infer_type call_in(call *c, size_t i)
{
	return fact_type(c->x, call_value_id(c, i));
}

infer_values call_values(call *c, size_t i)
{
	return fact_values(c->x, call_value_id(c, i));
}

dim call_scalar(call *c, size_t i)
{
	infer_values v = call_values(c, i);
	return v.known && v.n == 1 ? v.at[0] : DIM_LOST;
}

static list_state list_of_input(call *c, size_t input, dim *at, size_t most, size_t *n)
{
	infer_values v = call_values(c, input);
	infer_type t;
	int64_t length;
	if (v.known) {
		if (v.n > most)
			return LIST_UNKNOWN;
		if (v.n)
			memcpy(at, v.at, v.n * sizeof *at);
		*n = v.n;
		return LIST_KNOWN;
	}
	t = call_in(c, input);
	if (!t.ranked || t.n > 1 || (t.n == 1 && !dim_is_number(c->d, t.at[0], &length)))
		return LIST_UNKNOWN;
	if (t.n == 0)
		length = 1;
	if (length < 0 || (uint64_t)length > most)
		return LIST_UNKNOWN;
	*n = (size_t)length;
	for (size_t i = 0; i < *n; i++)
		at[i] = DIM_LOST;
	return LIST_LENGTH;
}

static list_state list_of_attribute(call *c, const char *name, dim *at, size_t most, size_t *n)
{
	const model_attribute *a = name ? call_attribute_record(c, name) : NULL;
	if (!a)
		return LIST_ABSENT;
	if (a->type == ORAY_ATTR_INT || a->type == ORAY_ATTR_FLOAT) {
		if (!most)
			return LIST_UNKNOWN;
		at[0] =
		    a->type == ORAY_ATTR_INT ? dim_number(c->d, a->v.i) : dim_real(c->d, (double)a->v.f);
		*n = 1;
		return LIST_KNOWN;
	}
	if ((a->type != ORAY_ATTR_INTS && a->type != ORAY_ATTR_FLOATS) || a->on_disk || a->count > most)
		return LIST_UNKNOWN;
	*n = a->count;
	for (size_t i = 0; i < a->count; i++)
		at[i] = a->type == ORAY_ATTR_INTS ? dim_number(c->d, a->v.ints[i])
		                                  : dim_real(c->d, (double)a->v.floats[i]);
	return LIST_KNOWN;
}

list_state call_list(call *c, int input, const char *attribute, dim *at, size_t most, size_t *n)
{
	*n = 0;
	if (input >= 0 && call_has(c, (size_t)input))
		return list_of_input(c, (size_t)input, at, most, n);
	return list_of_attribute(c, attribute, at, most, n);
}

list_state call_numbers(call *c, int input, const char *attribute, int64_t *at, size_t most,
                        size_t *n)
{
	dim part[RANK_MOST];
	bool large = most > RANK_MOST;
	if (input < 0 || !call_has(c, (size_t)input)) {
		const model_attribute *a = attribute ? call_attribute_record(c, attribute) : NULL;
		*n = 0;
		if (!a)
			return LIST_ABSENT;
		if (a->type == ORAY_ATTR_INTS && !a->on_disk && a->count <= most) {
			*n = a->count;
			for (size_t i = 0; i < *n; i++)
				at[i] = a->v.ints[i];
			return LIST_KNOWN;
		}
	}
	dim *list = large ? call_scratch(c, most * sizeof *list) : part;
	if (!list)
		return LIST_UNKNOWN;
	list_state state = call_list(c, input, attribute, list, most, n);
	for (size_t i = 0; i < *n && state == LIST_KNOWN; i++)
		if (!dim_is_number(c->d, list[i], &at[i]))
			state = LIST_LENGTH;
	return state;
}

/* ------------------------------------------------------------------------------ outputs -- */

bool call_wants(const call *c, size_t i)
{
	return i < c->n_out && active_of(c)->out[i] != ORAY_NONE;
}

void call_out(call *c, size_t i, infer_type t)
{
	infer_type first;
	if (!call_wants(c, i))
		return;
	active *a = active_of(c);
	if (t.n > RANK_MOST) {
		t.ranked = false;
		t.n = 0;
	}
	/* Most outputs have the type that is declared for them, or that of the first input. */
	if (a->declared[i]) {
		a->said[i] = a->declared[i];
		first = type_get(c->x, a->said[i]);
		if (type_equal(&first, &t))
			return;
	}
	if (c->n_in && a->in[0] != ORAY_NONE && c->x->of_value[a->in[0]]) {
		a->said[i] = c->x->of_value[a->in[0]];
		first = type_get(c->x, a->said[i]);
		if (type_equal(&first, &t))
			return;
	}
	a->said[i] = type_add(c->x, &t);
}

void call_tensor(call *c, size_t i, int32_t element, size_t n, const dim *at)
{
	call_out(c, i, infer_tensor(element, true, n, at));
}

void call_unranked(call *c, size_t i, int32_t element)
{
	call_out(c, i, infer_tensor(element, false, 0, NULL));
}

void call_same(call *c, size_t i, size_t j)
{
	oray_id value = call_value_id(c, j);
	if (call_wants(c, i) && value != ORAY_NONE)
		active_of(c)->said[i] = fact_type_id(c->x, value);
}

void call_same_shape(call *c, size_t i, size_t j, int32_t element)
{
	infer_type t = call_in(c, j);
	bool tensor = t.kind == ORAY_KIND_TENSOR;
	call_out(c, i, infer_tensor(element, tensor && t.ranked, t.n, t.at));
}

infer_type call_said(call *c, size_t i)
{
	return i < c->n_out ? type_get(c->x, active_of(c)->said[i]) : (infer_type){0};
}

bool call_can_hold(const call *c, const infer_type *t, size_t *n)
{
	uint64_t most = type_is_float(t->element) ? FLOATS_MOST : VALUES_MOST, product = 1;
	bool empty = false;
	if (t->kind != ORAY_KIND_TENSOR || !t->ranked || c->x->work > c->x->most_work ||
	    !oray_type_bits(t->element))
		return false;
	for (uint32_t i = 0; i < t->n; i++) {
		int64_t size;
		if (!dim_is_number(c->d, t->at[i], &size) || size < 0)
			return false;
		empty |= size == 0;
		if (product <= most && size)
			product = (uint64_t)size > most ? most + 1 : product * (uint64_t)size;
	}
	if (empty)
		product = 0;
	if (product > most)
		return false;
	*n = (size_t)product;
	return true;
}

void call_set_values(call *c, size_t i, size_t n, const dim *at)
{
	size_t room;
	if (!call_wants(c, i))
		return;
	infer_type t = call_said(c, i);
	if (call_can_hold(c, &t, &room) && room == n)
		active_of(c)->contents[i] = contents_add(c->x, n, at, false);
}

bool call_elements(call *c, size_t i, infer_values *out)
{
	infer_type t = call_in(c, i);
	if (t.kind != ORAY_KIND_SEQUENCE)
		return false;
	*out = call_values(c, i);
	return out->known;
}

void call_set_elements(call *c, size_t i, size_t n, const dim *ids)
{
	if (call_wants(c, i) && n <= ELEMENTS_MOST)
		active_of(c)->contents[i] = contents_add(c->x, n, ids, false);
}

void call_pass_values(call *c, size_t i, size_t j)
{
	oray_id value = call_value_id(c, j);
	size_t room;
	if (!call_wants(c, i) || value == ORAY_NONE)
		return;
	infer_type t = call_said(c, i);
	bool sequence = t.kind == ORAY_KIND_SEQUENCE;
	if (!sequence && !call_can_hold(c, &t, &room))
		return;
	uint32_t held = fact_contents(c->x, value);
	if (held && (sequence || c->x->contents.at[held - 1].n == room))
		active_of(c)->contents[i] = held;
}

/* -------------------------------------------------------------------------------- types -- */

infer_type call_type(const call *c, uint32_t id)
{
	return type_get(c->x, id);
}

uint32_t call_type_id(call *c, infer_type t)
{
	return type_add(c->x, &t);
}

/* --------------------------------------------------------------------- dims and trouble -- */

void *call_scratch(call *c, size_t size)
{
	return size > (size_t)1 << 24 ? NULL : arena_alloc(active_of(c)->scratch, size ? size : 1);
}

__attribute__((format(printf, 4, 0))) static void tell(call *c, oray_severity severity,
                                                       const char *rule, const char *format,
                                                       va_list args)
{
	char text[300], label[256], path[256];
	buf where = {0};
	if (!c->x->counting)
		return;
	vsnprintf(text, sizeof text, format, args);
	oray_node_label(c->model, c->node, label, sizeof label);
	oray_graph_path(c->model, c->model->nodes.at[c->node].graph, path, sizeof path);
	buf_format(&where, "%s%s%s", path, *path ? "/" : "", label);
	model_finding(c->x->m, severity, rule, (oray_place){ORAY_PLACE_NODE, c->node}, buf_text(&where),
	              "%s", text);
	buf_free(&where);
}

void call_complain(call *c, const char *rule, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	tell(c, ORAY_ERROR, rule, format, args);
	va_end(args);
}

void call_warn(call *c, const char *rule, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	tell(c, ORAY_WARNING, rule, format, args);
	va_end(args);
}

static bool both_numbers(const dims *d, dim a, dim b)
{
	int64_t n;
	return dim_is_number(d, a, &n) && dim_is_number(d, b, &n);
}

dim call_equal(call *c, dim a, dim b, const char *what)
{
	dim out;
	int64_t n;
	if (a == b || b == DIM_LOST)
		return a;
	if (a == DIM_LOST)
		return b;
	if (c->x->unsure && !both_numbers(c->d, a, b))
		return dim_is_number(c->d, b, &n) ? b : a;
	if (!dim_unify(c->d, a, b, &out)) {
		buf left = {0}, right = {0};
		dim_text(c->d, a, true, &left);
		dim_text(c->d, b, true, &right);
		call_complain(c, "shape-mismatch", "%s: %s and %s should be equal", what, buf_text(&left),
		              buf_text(&right));
		buf_free(&left);
		buf_free(&right);
		return a;
	}
	return out;
}

dim call_broadcast_dim(call *c, dim a, dim b)
{
	int64_t m, n;
	if (a == b || b == DIM(1))
		return a;
	if (a == DIM(1))
		return b;
	bool is_m = dim_is_number(c->d, a, &m), is_n = dim_is_number(c->d, b, &n);
	if (is_m && is_n) {
		call_complain(c, "shape-mismatch", "sizes %lld and %lld cannot be broadcast", (long long)m,
		              (long long)n);
		return DIM_LOST;
	}
	if (is_m)
		return a;
	if (is_n)
		return b;
	return dim_max(c->d, a, b);
}

bool call_broadcast(call *c, const infer_type *types, size_t n, dim out[RANK_MOST], size_t *rank)
{
	size_t most = 0;
	for (size_t k = 0; k < n; k++) {
		if (!types[k].ranked || types[k].kind != ORAY_KIND_TENSOR)
			return *rank = 0, false;
		if (types[k].n > most)
			most = types[k].n;
	}
	for (size_t i = 0; i < most; i++)
		out[i] = DIM(1);
	for (size_t k = 0; k < n; k++) {
		const dim *at = types[k].at;
		dim *to = out + (most - types[k].n);
		for (size_t i = 0; i < types[k].n; i++)
			if (to[i] != at[i] && at[i] != DIM(1))
				to[i] = to[i] == DIM(1) ? at[i] : call_broadcast_dim(c, to[i], at[i]);
	}
	*rank = most;
	return true;
}

static size_t fresh_slot(const infer *x, uint64_t key, uint32_t serial)
{
	size_t at = (size_t)((key ^ (uint64_t)serial << 40) * UINT64_C(0x9e3779b97f4a7c15) >> 32) &
	            (x->n_fresh_slots - 1);
	while (x->fresh_slots[at] && (x->fresh.at[x->fresh_slots[at] - 1].key != key ||
	                              x->fresh.at[x->fresh_slots[at] - 1].serial != serial))
		at = (at + 1) & (x->n_fresh_slots - 1);
	return at;
}

static bool grow_fresh(infer *x)
{
	size_t wanted = x->n_fresh_slots ? x->n_fresh_slots * 2 : 64;
	uint32_t *slots = mem_resize(x->budget, NULL, 0, wanted * sizeof *slots);
	if (!slots)
		return false;
	memset(slots, 0, wanted * sizeof *slots);
	mem_free(x->budget, x->fresh_slots, x->n_fresh_slots * sizeof *slots);
	x->fresh_slots = slots;
	x->n_fresh_slots = wanted;
	for (size_t i = 0; i < x->fresh.n; i++)
		slots[fresh_slot(x, x->fresh.at[i].key, x->fresh.at[i].serial)] = (uint32_t)i + 1;
	return true;
}

dim call_fresh(call *c, size_t output, size_t axis)
{
	infer *x = c->x;
	uint64_t key;
	if (!call_wants(c, output) || axis >= 256)
		return DIM_LOST;
	key = (uint64_t)active_of(c)->out[output] << 8 | axis;
	uint32_t serial = x->context;
	if ((x->fresh.n + 1) * 2 > x->n_fresh_slots && !grow_fresh(x))
		return DIM_LOST;
	size_t at = fresh_slot(x, key, serial);
	if (!x->fresh_slots[at]) {
		fresh_size *f = vec_push(x->budget, &x->fresh);
		if (!f)
			return DIM_LOST;
		*f = (fresh_size){key, serial, dim_fresh(x->d, DIM_DATA)};
		x->fresh_slots[at] = (uint32_t)x->fresh.n;
	}
	return dim_resolve(x->d, x->fresh.at[x->fresh_slots[at] - 1].symbol);
}
