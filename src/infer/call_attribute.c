/* SPDX-License-Identifier: Apache-2.0 */
/*
 * call_attribute.c - attributes of the node that a rule looks at, seen through calls of functions.
 */
#include <string.h>

#include "infer/engine.h"

static bool name_is(const infer *x, oray_id id, const char *name, size_t size)
{
	oray_str s = strings_get(&x->m->strings, id);
	return s.size == size && !memcmp(s.data, name, size);
}

/* Index of an attribute among a run, or ORAY_NONE. */
static oray_id find(const infer *x, uint32_t first, size_t n, const char *name, size_t size)
{
	for (size_t i = 0; i < n; i++)
		if (name_is(x, x->m->attributes.at[first + i].name, name, size))
			return (oray_id)(first + i);
	return ORAY_NONE;
}

/* Follows references outwards, from the body of a function to the node that calls it. */
static oray_id follow(const infer *x, oray_id attribute)
{
	for (const frame *f = x->frame; attribute != ORAY_NONE; f = f->up) {
		const model_attribute *a = &x->m->attributes.at[attribute];
		oray_id note = a->note;
		oray_str name = strings_get(
		    &x->m->strings, note == ORAY_NONE ? ORAY_NONE : x->m->attribute_notes.at[note].reference);
		if (!name.size)
			return attribute;
		if (!f)
			return ORAY_NONE;
		attribute = ORAY_NONE; /* a function that nobody calls has its defaults only */
		if (f->node != ORAY_NONE) {
			const model_node *node = &x->m->nodes.at[f->node];
			attribute = find(x, node->attributes, node->n_attributes, name.data, name.size);
		}
		if (attribute == ORAY_NONE) {
			const oray_function *called = &x->m->functions.at[f->function];
			return find(x, called->first_default, called->n_defaults, name.data, name.size);
		}
	}
	return ORAY_NONE;
}

bool call_attribute(call *c, const char *name, oray_attribute *out)
{
	const model_node *node = &c->model->nodes.at[c->node];
	if (!node->n_attributes)
		return false;
	oray_id at = find(c->x, node->attributes, node->n_attributes, name, strlen(name));
	if (at != ORAY_NONE && c->model->attributes.at[at].note != ORAY_NONE)
		at = follow(c->x, at);
	return at != ORAY_NONE && oray_model_attribute(c->model, at, out);
}

int64_t call_int(call *c, const char *name, int64_t fallback)
{
	oray_attribute a;
	return call_attribute(c, name, &a) && a.type == ORAY_ATTR_INT ? a.v.i : fallback;
}

double call_float(call *c, const char *name, double fallback)
{
	oray_attribute a;
	return call_attribute(c, name, &a) && a.type == ORAY_ATTR_FLOAT ? (double)a.v.f : fallback;
}

oray_str call_str(call *c, const char *name, const char *fallback)
{
	oray_attribute a;
	if (call_attribute(c, name, &a) && a.type == ORAY_ATTR_STRING && !a.on_disk)
		return a.v.s;
	return (oray_str){fallback, strlen(fallback)};
}

bool call_str_is(call *c, const char *name, const char *fallback, const char *text)
{
	oray_str s = call_str(c, name, fallback);
	return s.size == strlen(text) && !memcmp(s.data, text, s.size);
}

oray_id call_graph(call *c, const char *name)
{
	oray_attribute a;
	return call_attribute(c, name, &a) && a.type == ORAY_ATTR_GRAPH ? a.v.id : ORAY_NONE;
}

bool call_ints(call *c, const char *name, int64_t *at, size_t most, size_t *n)
{
	oray_attribute a;
	*n = 0;
	if (!call_attribute(c, name, &a) || a.type != ORAY_ATTR_INTS || a.on_disk || a.count > most)
		return false;
	*n = a.count;
	if (a.count)
		memcpy(at, a.v.ints, a.count * sizeof *at);
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
