/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_hash.c - what a box does, as a number.
 */
#include <string.h>

#include "picture/pic_repeats.h"

#define MOST_READ 8 /* elements of a small constant that matter */

static uint64_t mix(uint64_t h, uint64_t x)
{
	h = (h ^ x) * 0x9E3779B97F4A7C15u;
	return h ^ h >> 29;
}

static uint64_t mix_bytes(uint64_t h, const void *data, size_t size)
{
	const unsigned char *at = data;
	for (size_t i = 0; i < size; i++)
		h = (h ^ at[i]) * 0x100000001B3u;
	return mix(h, size);
}

static uint64_t hash_elements(const pic_plan *p, oray_id id, const oray_tensor *t, uint64_t h)
{
	oray_element elements[MOST_READ];
	size_t n = 0;
	bool integers = t->type == ORAY_INT64 || t->type == ORAY_INT32;
	if (!integers || !t->elements.exact || t->elements.value > MOST_READ ||
	    t->storage == ORAY_STORAGE_EXTERNAL || t->storage == ORAY_STORAGE_NONE ||
	    oray_tensor_read(p->model, id, 0, (size_t)t->elements.value, elements, &n, NULL) != ORAY_OK)
		return h;
	for (size_t i = 0; i < n; i++)
		h = mix(h, (uint64_t)elements[i].i);
	return h;
}

static uint64_t hash_tensor(const pic_plan *p, oray_id id, uint64_t h)
{
	oray_tensor t;
	if (!oray_model_tensor(p->model, id, &t))
		return mix(h, 1);
	h = mix_bytes(mix(h, (uint64_t)t.type), t.dims, t.n_dims * sizeof *t.dims);
	return hash_elements(p, id, &t, h);
}

static uint64_t hash_attribute(const pic_plan *p, oray_id id, uint64_t h)
{
	oray_attribute a;
	const oray_graph *g;
	if (!oray_model_attribute(p->model, id, &a))
		return h;
	h = mix(mix_bytes(h, a.name.data, a.name.size), (uint64_t)a.type);
	if (a.on_disk)
		return mix(h, a.count);
	switch (a.type) {
	case ORAY_ATTR_INT:
		return mix(h, (uint64_t)a.v.i);
	case ORAY_ATTR_FLOAT:
		return mix_bytes(h, &a.v.f, sizeof a.v.f);
	case ORAY_ATTR_STRING:
		return mix_bytes(h, a.v.s.data, a.v.s.size);
	case ORAY_ATTR_INTS:
		return mix_bytes(h, a.v.ints, a.count * sizeof *a.v.ints);
	case ORAY_ATTR_FLOATS:
		return mix_bytes(h, a.v.floats, a.count * sizeof *a.v.floats);
	case ORAY_ATTR_TENSOR:
		return hash_tensor(p, a.v.id, h);
	case ORAY_ATTR_GRAPH:
		g = oray_model_graph(p->model, a.v.id);
		return mix(h, g ? g->n_nodes : 0);
	default:
		return mix(h, a.count);
	}
}

static uint64_t hash_attributes(const pic_plan *p, const oray_node *n)
{
	uint64_t sum = n->n_attributes; /* in whatever order they stand */
	for (size_t i = 0; i < n->n_attributes; i++)
		sum += hash_attribute(p, n->first_attribute + (oray_id)i, 3);
	return sum;
}

static uint64_t hash_input(const pic_plan *p, oray_id value, uint64_t h)
{
	oray_value v, source;
	oray_node n;
	if (!oray_model_value(p->model, value, &v))
		return mix(h, 1);
	if (!pic_is_row(p, &v))
		return mix(h, 2);
	if (!oray_model_value(p->model, pic_source(p, value), &source))
		return mix(h, 3);
	if (source.initializer != ORAY_NONE)
		return hash_tensor(p, source.initializer, mix(h, 4));
	if (source.producer != ORAY_NONE && p->fate[source.producer] == PIC_ROW &&
	    oray_model_node(p->model, source.producer, &n)) {
		h = mix(h, hash_attributes(p, &n));
		bool of_shape = n.n_inputs && oray_model_value(p->model, n.inputs[0], &v);
		return of_shape && v.initializer != ORAY_NONE ? hash_tensor(p, v.initializer, h) : h;
	}
	return mix(h, 5);
}

static uint64_t hash_node(const pic_plan *p, oray_id id)
{
	oray_node n;
	if (!oray_model_node(p->model, id, &n))
		return 0;
	uint64_t h = mix(mix(7, n.op_type), n.n_outputs);
	h = mix(h, hash_attributes(p, &n));
	for (size_t i = 0; i < n.n_inputs; i++)
		h = hash_input(p, n.inputs[i], h);
	return h;
}

void pic_hash_items(const pic_plan *p, uint64_t *hash)
{
	memset(hash, 0, p->items.n * sizeof *hash);
	for (size_t i = 0; i < p->info->n_nodes; i++)
		if (p->node_item[i] != ORAY_NONE && (p->fate[i] == PIC_BOX || p->fate[i] == PIC_INSIDE))
			hash[p->node_item[i]] += mix(hash_node(p, (oray_id)i), 11);
}
