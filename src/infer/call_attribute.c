/* SPDX-License-Identifier: Apache-2.0 */
/*
 * call_attribute.c - attributes of the node that a rule looks at, seen through calls of functions.
 */
#include <string.h>

#include "infer/engine.h"

/* Id of a name in the model, or ORAY_NONE. Rules name attributes by literals: once looked up, a
 * name is known by its address. */
static oray_id name_id(infer *x, const char *name)
{
	name_slot *s = &x->names[((uintptr_t)name ^ (uintptr_t)name >> 8) % NAMES];
	if (s->name != name)
		*s = (name_slot){name, strings_find(&x->m->strings, name, strlen(name))};
	return s->id;
}

/* An attribute among a run, or NULL. */
static const model_attribute *find(const infer *x, uint32_t first, size_t n, oray_id name)
{
	const model_attribute *a = x->m->attributes.at + first;
	for (size_t i = 0; i < n; i++)
		if (a[i].name == name)
			return &a[i];
	return NULL;
}

/* Follows references outwards, from the body of a function to the node that calls it. */
static const model_attribute *follow(const infer *x, const model_attribute *a)
{
	for (const frame *f = x->frame; a; f = f->up) {
		oray_id name = a->note == ORAY_NONE ? ORAY_NONE : x->m->attribute_notes.at[a->note].reference;
		if (!strings_get(&x->m->strings, name).size)
			return a;
		if (!f)
			return NULL;
		a = NULL; /* a function that nobody calls has its defaults only */
		if (f->node != ORAY_NONE) {
			const model_node *node = &x->m->nodes.at[f->node];
			a = find(x, node->attributes, node->n_attributes, name);
		}
		if (!a) {
			const oray_function *called = &x->m->functions.at[f->function];
			return find(x, called->first_default, called->n_defaults, name);
		}
	}
	return NULL;
}

const model_attribute *call_attribute_record(const call *c, const char *name)
{
	const model_node *node = &c->model->nodes.at[c->node];
	if (!node->n_attributes)
		return NULL;
	oray_id id = name_id(c->x, name);
	if (id == ORAY_NONE)
		return NULL;
	const model_attribute *a = find(c->x, node->attributes, node->n_attributes, id);
	return a && a->note != ORAY_NONE ? follow(c->x, a) : a;
}

bool call_attribute(call *c, const char *name, oray_attribute *out)
{
	const model_attribute *a = call_attribute_record(c, name);
	return a && oray_model_attribute(c->model, (oray_id)(a - c->model->attributes.at), out);
}

int64_t call_int(call *c, const char *name, int64_t fallback)
{
	const model_attribute *a = call_attribute_record(c, name);
	return a && a->type == ORAY_ATTR_INT ? a->v.i : fallback;
}

double call_float(call *c, const char *name, double fallback)
{
	const model_attribute *a = call_attribute_record(c, name);
	return a && a->type == ORAY_ATTR_FLOAT ? (double)a->v.f : fallback;
}

oray_str call_str(call *c, const char *name, const char *fallback)
{
	const model_attribute *a = call_attribute_record(c, name);
	if (a && a->type == ORAY_ATTR_STRING && !a->on_disk)
		return strings_get(&c->model->strings, a->v.id);
	return (oray_str){fallback, strlen(fallback)};
}

bool call_str_is(call *c, const char *name, const char *fallback, const char *text)
{
	oray_str s = call_str(c, name, fallback);
	return s.size == strlen(text) && !memcmp(s.data, text, s.size);
}

oray_id call_graph(call *c, const char *name)
{
	const model_attribute *a = call_attribute_record(c, name);
	return a && a->type == ORAY_ATTR_GRAPH ? a->v.id : ORAY_NONE;
}

bool call_ints(call *c, const char *name, int64_t *at, size_t most, size_t *n)
{
	const model_attribute *a = call_attribute_record(c, name);
	*n = 0;
	if (!a || a->type != ORAY_ATTR_INTS || a->on_disk || a->count > most)
		return false;
	*n = a->count;
	if (a->count)
		memcpy(at, a->v.ints, a->count * sizeof *at);
	return true;
}

static bool normalize(call *c, int64_t axis, int64_t rank, int64_t last, size_t *out)
{
	int64_t at = axis < 0 ? axis + (last + 1) : axis;
	if (axis < -last - 1 || at > last || at < 0) {
		call_complain(c, "bad-axis", "axis %lld does not fit rank %lld", (long long)axis,
		              (long long)rank);
		return false;
	}
	*out = (size_t)at;
	return true;
}

bool call_axis(call *c, int64_t axis, size_t rank, size_t *out)
{
	return normalize(c, axis, (int64_t)rank, (int64_t)rank - 1, out);
}

/* -1 is the position before the last axis here, as in Flatten: [-rank, rank]. */
bool call_axis_up_to(call *c, int64_t axis, size_t rank, size_t *out)
{
	int64_t n = (int64_t)rank;
	int64_t at = axis < 0 ? axis + n : axis;
	if (axis < -n || axis > n) {
		call_complain(c, "bad-axis", "axis %lld does not fit rank %lld", (long long)axis,
		              (long long)rank);
		return false;
	}
	*out = (size_t)at;
	return true;
}
