/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tensors.c - headers of tensors; their data is only noted.
 */
#include <string.h>

#include "base/num.h"
#include "load/loader.h"

enum {
	TENSOR_DIMS = 1,
	TENSOR_TYPE = 2,
	TENSOR_NAME = 8,
	TENSOR_RAW = 9,
	TENSOR_DOC = 12,
	TENSOR_EXTERNAL = 13,
	TENSOR_LOCATION = 14,
	TENSOR_METADATA = 16
};
enum { SPARSE_VALUES = 1, SPARSE_INDICES = 2 };
enum { LOCATION_EXTERNAL = 1 };

/* Nobody needs more dimensions; a file that has them is after our memory. */
enum { MOST_DIMS = UINT16_MAX };

typedef struct tensor_walk {
	model_tensor t;
	oray_str doc;
	bool external;
	size_t segments; /* mark */
} tensor_walk;

static bool add_dim(loader *l, tensor_walk *w, uint64_t value)
{
	if (w->t.n_dims >= MOST_DIMS)
		return fail(l, ORAY_ERR_LIMIT, w->t.offset, "a tensor has more than %u dimensions",
		            (unsigned)MOST_DIMS);
	int64_t *dim = vec_push(&l->m->budget, &l->m->dims);
	if (!dim)
		return fail_memory(l, w->t.offset);
	*dim = (int64_t)value;
	w->t.n_dims++;
	return true;
}

static bool add_packed_dims(loader *l, tensor_walk *w, const uint8_t *p, size_t size)
{
	for (size_t at = 0; at < size;) {
		uint64_t value = 0;
		at += (size_t)wire_varint(p + at, size - at, 10, &value); /* known to be whole ones */
		if (!add_dim(l, w, value))
			return false;
	}
	return true;
}

static bool tensor_field(loader *l, void *context, const wire_head *h, const uint8_t *bytes)
{
	tensor_walk *w = context;
	switch (h->number) {
	case TENSOR_DIMS:
		return h->wire == WIRE_VARINT ? add_dim(l, w, h->value)
		                              : add_packed_dims(l, w, bytes, (size_t)h->payload);
	case TENSOR_TYPE:
		w->t.type = (int32_t)h->value;
		return true;
	case TENSOR_NAME:
		w->t.name = loader_name(l, wire_text(h, bytes));
		return l->status == ORAY_OK;
	case TENSOR_DOC:
		w->doc = loader_text(l, wire_text(h, bytes));
		return l->status == ORAY_OK;
	case TENSOR_LOCATION:
		w->external = (int32_t)h->value == LOCATION_EXTERNAL;
		return true;
	default:
		return true;
	}
}

static bool tensor_bulk(loader *l, void *context, const model_segment *s)
{
	size_t mark = ((const tensor_walk *)context)->segments;
	/* raw_data is singular: the last one counts. */
	if (s->field == TENSOR_RAW) {
		for (size_t i = mark; i < l->segments.n; i++) {
			if (l->segments.at[i].field == TENSOR_RAW) {
				l->segments.at[i] = *s;
				return true;
			}
		}
	}
	return loader_add_segment(l, mark, s);
}

/* What few tensors have: another file, data in pieces. */
static bool keep_extra(loader *l, model_tensor *t, size_t pairs, bool external, size_t mark)
{
	oray_model *m = l->m;
	size_t n_segments = l->segments.n - mark;
	model_tensor_extra x = {.is_external = external};
	if (l->pairs.n == pairs && !external && n_segments <= 1)
		return true;
	if (!loader_keep_pairs(l, pairs, &x.external, &x.n_external))
		return false;
	if (n_segments > 1) {
		model_segment *copy = arena_alloc(&m->arena, n_segments * sizeof *copy);
		if (!copy)
			return fail_memory(l, t->offset);
		memcpy(copy, l->segments.at + mark, n_segments * sizeof *copy);
		x.segments = copy;
		x.n_segments = n_segments;
	}
	model_tensor_extra *kept = vec_push(&m->budget, &m->extras);
	if (!kept)
		return fail_memory(l, t->offset);
	*kept = x;
	t->extra = (uint32_t)(m->extras.n - 1);
	return true;
}

/*
 * Numbers that a shape may be made of are asked for one by one later on: those that are few and
 * were just read are kept. Never costs a read.
 */
static bool keep_small(loader *l, const model_tensor *t)
{
	enum { INTEGERS_MOST = 64, FLOATS_MOST = 8 }; /* bytes */
	oray_model *m = l->m;
	bool floats = t->type == ORAY_FLOAT32 || t->type == ORAY_FLOAT64;
	bool integers = t->type == ORAY_INT64 || t->type == ORAY_INT32 || t->type == ORAY_BOOL;
	if (t->extra != ORAY_NONE || !t->data_field || !t->data_size || t->data_cut ||
	    (!integers && !floats) ||
	    t->data_size > (floats ? FLOATS_MOST : INTEGERS_MOST))
		return true;
	const pane *p = &l->window.now;
	if (!pane_holds(p, t->data, (size_t)t->data_size))
		return true;
	model_small *kept = vec_push(&m->budget, &m->small);
	if (!kept || !vec_reserve(&m->budget, &m->small_bytes, (size_t)t->data_size))
		return fail_memory(l, t->offset);
	*kept = (model_small){(oray_id)(m->tensors.n - 1), (uint32_t)m->small_bytes.n};
	memcpy(m->small_bytes.at + m->small_bytes.n, p->bytes + (t->data - p->start),
	       (size_t)t->data_size);
	m->small_bytes.n += (size_t)t->data_size;
	return true;
}

static bool keep_tensor_note(loader *l, oray_str doc, size_t pairs)
{
	if (!doc.size && l->pairs.n == pairs)
		return true;
	model_note note = {
	    .owner = (oray_id)l->m->tensors.n, .doc = doc, .scale = {"", 0}, .zero_point = {"", 0}};
	if (!loader_keep_pairs(l, pairs, &note.metadata, &note.n_metadata))
		return false;
	model_note *kept = vec_push(&l->m->budget, &l->m->tensor_notes);
	if (!kept)
		return fail_memory(l, ORAY_NO_OFFSET);
	*kept = note;
	return true;
}

static bool load_pairs(loader *l, uint32_t depth, size_t mark, uint32_t number)
{
	for (size_t i = mark; i < l->children.n; i++)
		if (l->children.at[i].number == number && !is_cut(l, l->children.at[i].at) &&
		    !load_pair(l, depth + 1, l->children.at[i].at))
			return false;
	return true;
}

bool load_tensor(loader *l, oray_id graph, oray_id node, uint32_t depth, const range *pieces,
                 size_t n, oray_id *out)
{
	oray_model *m = l->m;
	tensor_walk w = {.t = {.name = l->no_name,
	                       .owner = node == ORAY_NONE ? graph : node,
	                       .of_node = node != ORAY_NONE,
	                       .dims = (uint32_t)m->dims.n,
	                       .extra = ORAY_NONE,
	                       .offset = n ? pieces[0].offset : 0},
	                 .doc = {"", 0},
	                 .segments = l->segments.n};
	model_tensor *t = &w.t;
	size_t children = l->children.n, pairs = l->pairs.n;
	walk_handler handler = {
	    .child = walk_collect, .bulk = tensor_bulk, .field = tensor_field, .context = &w};
	if (!walk(l, KIND_TENSOR, depth, pieces, n, &handler))
		return false;
	if (l->segments.n > w.segments) {
		const model_segment *s = &l->segments.at[w.segments];
		t->data = s->offset;
		t->data_size = s->size;
		t->data_field = s->field;
		t->data_packed = s->packed;
		t->data_cut = s->cut;
	}
	if (!load_pairs(l, depth, children, TENSOR_METADATA) || !keep_tensor_note(l, w.doc, pairs) ||
	    !load_pairs(l, depth, children, TENSOR_EXTERNAL) ||
	    !keep_extra(l, t, pairs, w.external, w.segments))
		return false;
	l->children.n = children;
	l->segments.n = w.segments;
	model_tensor *kept = vec_push(&m->budget, &m->tensors);
	if (!kept)
		return fail_memory(l, t->offset);
	*kept = *t;
	*out = (oray_id)(m->tensors.n - 1);
	return keep_small(l, t);
}

static bool load_sparse_part(loader *l, oray_id graph, oray_id node, uint32_t depth, size_t mark,
                             uint32_t number, oray_id *out)
{
	size_t ranges = l->ranges.n, first, n = walk_pieces(l, mark, number, &first);
	VEC(range) own = {0};
	*out = ORAY_NONE;
	if (l->status != ORAY_OK || !vec_reserve(&l->m->budget, &own, n + 1))
		return fail_memory(l, ORAY_NO_OFFSET);
	if (n)
		memcpy(own.at, l->ranges.at + first, n * sizeof *own.at);
	l->ranges.n = ranges;
	bool ok = !n || load_tensor(l, graph, node, depth, own.at, n, out);
	vec_free(&l->m->budget, &own);
	return ok;
}

bool load_sparse(loader *l, oray_id graph, oray_id node, uint32_t depth, const range *pieces,
                 size_t n, oray_id *out)
{
	oray_model *m = l->m;
	size_t children = l->children.n;
	walk_handler handler = {.child = walk_collect};
	oray_sparse s = {0};
	Onnx__SparseTensorProto *p = walk(l, KIND_SPARSE, depth, pieces, n, &handler);
	if (!p)
		return false;
	int64_t *dims = arena_alloc(&m->arena, p->n_dims * sizeof *dims);
	if (!dims)
		return fail_memory(l, n ? pieces[0].offset : 0);
	if (p->n_dims)
		memcpy(dims, p->dims, p->n_dims * sizeof *dims);
	s.dims = dims;
	s.n_dims = p->n_dims;
	loader_done(l);
	s.elements.exact = num_product(dims, s.n_dims, &s.elements.value);
	if (!s.elements.exact)
		s.elements.value = 0;
	if (!load_sparse_part(l, graph, node, depth + 1, children, SPARSE_VALUES, &s.values) ||
	    !load_sparse_part(l, graph, node, depth + 1, children, SPARSE_INDICES, &s.indices))
		return false;
	l->children.n = children;
	oray_sparse *kept = vec_push(&m->budget, &m->sparse);
	if (!kept)
		return fail_memory(l, ORAY_NO_OFFSET);
	*kept = s;
	*out = (oray_id)(m->sparse.n - 1);
	return true;
}
