/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tensors.c - headers of tensors; their data is only noted.
 */
#include <string.h>

#include "base/num.h"
#include "load/loader.h"

enum { TENSOR_RAW = 9, TENSOR_EXTERNAL = 13, TENSOR_METADATA = 16 };
enum { SPARSE_VALUES = 1, SPARSE_INDICES = 2 };
enum { LOCATION_EXTERNAL = 1 };

/* Nobody needs more dimensions; a file that has them is after our memory. */
enum { MOST_DIMS = 1 << 16 };

static bool tensor_bulk(loader *l, void *context, const model_segment *s)
{
	size_t mark = *(const size_t *)context;
	model_segment *last = l->segments.n > mark ? &l->segments.at[l->segments.n - 1] : NULL;
	/* raw_data is singular: the last one counts. */
	if (s->field == TENSOR_RAW) {
		for (size_t i = mark; i < l->segments.n; i++) {
			if (l->segments.at[i].field == TENSOR_RAW) {
				l->segments.at[i] = *s;
				return true;
			}
		}
	}
	if (last && last->field == s->field && !last->packed && !s->packed &&
	    last->offset + last->size == s->offset) {
		last->size += s->size;
		last->cut |= s->cut;
		return true;
	}
	last = vec_push(&l->m->budget, &l->segments);
	if (!last)
		return fail_memory(l, s->offset);
	*last = *s;
	return true;
}

static bool read_dims(loader *l, const Onnx__TensorProto *p, model_tensor *t, uint64_t offset)
{
	if (p->n_dims > MOST_DIMS)
		return fail(l, ORAY_ERR_LIMIT, offset, "a tensor has %llu dimensions",
		            (unsigned long long)p->n_dims);
	t->n_dims = (uint32_t)p->n_dims;
	t->dims = (uint32_t)l->m->dims.n;
	if (!vec_reserve(&l->m->budget, &l->m->dims, p->n_dims))
		return fail_memory(l, offset);
	if (p->n_dims)
		memcpy(l->m->dims.at + t->dims, p->dims, p->n_dims * sizeof *p->dims);
	l->m->dims.n += p->n_dims;
	return true;
}

/* What few tensors have: an owner node, another file, data in pieces. */
static bool keep_extra(loader *l, model_tensor *t, oray_id node, size_t pairs, bool external,
                       size_t mark)
{
	oray_model *m = l->m;
	size_t n_segments = l->segments.n - mark;
	model_tensor_extra x = {.node = node, .is_external = external};
	if (node == ORAY_NONE && l->pairs.n == pairs && !external && n_segments <= 1)
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

static bool keep_tensor_note(loader *l, oray_str doc, size_t pairs)
{
	model_note note = {.owner = (oray_id)l->m->tensors.n, .scale = {"", 0}, .zero_point = {"", 0}};
	if (!doc.size && l->pairs.n == pairs)
		return true;
	note.doc = doc;
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

typedef struct tensor_walk {
	size_t segments; /* first, so that tensor_bulk() finds it */
} tensor_walk;

bool load_tensor(loader *l, oray_id graph, oray_id node, uint32_t depth, const range *pieces,
                 size_t n, oray_id *out)
{
	oray_model *m = l->m;
	tensor_walk w = {l->segments.n};
	size_t children = l->children.n, pairs = l->pairs.n;
	walk_handler handler = {.child = walk_collect, .bulk = tensor_bulk, .context = &w};
	model_tensor t = {.graph = graph, .extra = ORAY_NONE, .offset = n ? pieces[0].offset : 0};
	Onnx__TensorProto *p = walk(l, KIND_TENSOR, depth, pieces, n, &handler);
	if (!p)
		return false;
	t.name = loader_name(l, p->name);
	t.type = p->has_data_type ? p->data_type : 0;
	oray_str doc = loader_text(l, p->doc_string);
	bool external = p->has_data_location && (int)p->data_location == LOCATION_EXTERNAL;
	if (l->status != ORAY_OK || !read_dims(l, p, &t, t.offset))
		return false;
	loader_done(l);
	if (l->segments.n > w.segments) {
		const model_segment *s = &l->segments.at[w.segments];
		t.data = s->offset;
		t.data_size = s->size;
		t.data_field = s->field;
		t.data_packed = s->packed;
		t.data_cut = s->cut;
	}
	if (!load_pairs(l, depth, children, TENSOR_METADATA) || !keep_tensor_note(l, doc, pairs) ||
	    !load_pairs(l, depth, children, TENSOR_EXTERNAL) ||
	    !keep_extra(l, &t, node, pairs, external, w.segments))
		return false;
	l->children.n = children;
	l->segments.n = w.segments;
	model_tensor *kept = vec_push(&m->budget, &m->tensors);
	if (!kept)
		return fail_memory(l, t.offset);
	*kept = t;
	*out = (oray_id)(m->tensors.n - 1);
	return true;
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
