/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nodes.c - nodes and their attributes.
 */
#include <string.h>

#include "load/loader.h"

enum { NODE_ATTRIBUTE = 5, NODE_METADATA = 9, NODE_CONFIGURATION = 10 };
enum { ATTR_S = 4, ATTR_T = 5, ATTR_G = 6, ATTR_FLOATS = 7, ATTR_INTS = 8, ATTR_STRINGS = 9,
       ATTR_TENSORS = 10, ATTR_GRAPHS = 11, ATTR_TP = 14, ATTR_TYPES = 15, ATTR_SPARSE = 22,
       ATTR_SPARSES = 23 };

/* Lists of an attribute longer than this stay in the file. */
enum { SMALL_ATTRIBUTE = 1024 };

/* ------------------------------------------------------------- attributes */

/* Which field carries each attribute type, and which messages that field holds. */
static const struct {
	uint8_t field;
	uint8_t list; /* several of it */
} carriers[] = {
    [ORAY_ATTR_UNDEFINED] = {0, 0},
    [ORAY_ATTR_FLOAT] = {2, 0},
    [ORAY_ATTR_INT] = {3, 0},
    [ORAY_ATTR_STRING] = {ATTR_S, 0},
    [ORAY_ATTR_TENSOR] = {ATTR_T, 0},
    [ORAY_ATTR_GRAPH] = {ATTR_G, 0},
    [ORAY_ATTR_FLOATS] = {ATTR_FLOATS, 1},
    [ORAY_ATTR_INTS] = {ATTR_INTS, 1},
    [ORAY_ATTR_STRINGS] = {ATTR_STRINGS, 1},
    [ORAY_ATTR_TENSORS] = {ATTR_TENSORS, 1},
    [ORAY_ATTR_GRAPHS] = {ATTR_GRAPHS, 1},
    [ORAY_ATTR_SPARSE_TENSOR] = {ATTR_SPARSE, 0},
    [ORAY_ATTR_SPARSE_TENSORS] = {ATTR_SPARSES, 1},
    [ORAY_ATTR_TYPE_PROTO] = {ATTR_TP, 0},
    [ORAY_ATTR_TYPE_PROTOS] = {ATTR_TYPES, 1},
};

enum { N_CARRIERS = sizeof carriers / sizeof *carriers };

typedef struct attribute_walk {
	oray_id graph, node, id;
	uint32_t depth;
	size_t children, segments; /* marks */
	uint64_t count[16];        /* entries of bulk lists, by field */
} attribute_walk;

/* How many entries a piece of a list holds. Packed varints have to be looked at. */
static bool count_entries(loader *l, const model_segment *s, uint64_t *n)
{
	if (!s->packed || s->field == ATTR_S) {
		*n = 1;
		return true;
	}
	if (s->field == ATTR_FLOATS) {
		*n = s->size / 4;
		return true;
	}
	*n = 0;
	for (uint64_t at = s->offset, left = s->size; left;) {
		size_t piece = left < WINDOW_MOST / 2 ? (size_t)left : WINDOW_MOST / 2;
		const uint8_t *p = loader_bytes(l, (range){at, piece});
		if (!p)
			return false;
		for (size_t i = 0; i < piece; i++)
			*n += p[i] < 0x80;
		at += piece;
		left -= piece;
	}
	return true;
}

/* Adjacent unpacked elements are one segment. */
static bool add_segment(loader *l, size_t mark, const model_segment *s)
{
	model_segment *last = l->segments.n > mark ? &l->segments.at[l->segments.n - 1] : NULL;
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

static bool attribute_bulk(loader *l, void *context, const model_segment *s)
{
	attribute_walk *a = context;
	uint64_t n;
	if (!count_entries(l, s, &n))
		return false;
	a->count[s->field] += n;
	if (s->field == ATTR_S) { /* the last one counts */
		a->count[ATTR_S] = 1;
		for (size_t i = a->segments; i < l->segments.n; i++)
			if (l->segments.at[i].field == ATTR_S)
				l->segments.at[i].field = 0;
	}
	return add_segment(l, a->segments, s);
}

static oray_attribute_type guess_type(loader *l, const Onnx__AttributeProto *p,
                                      const attribute_walk *a)
{
	if (p->has_f)
		return ORAY_ATTR_FLOAT;
	if (p->has_i)
		return ORAY_ATTR_INT;
	if (p->has_s || a->count[ATTR_S])
		return ORAY_ATTR_STRING;
	if (p->n_floats || a->count[ATTR_FLOATS])
		return ORAY_ATTR_FLOATS;
	if (p->n_ints || a->count[ATTR_INTS])
		return ORAY_ATTR_INTS;
	if (p->n_strings || a->count[ATTR_STRINGS])
		return ORAY_ATTR_STRINGS;
	for (int t = ORAY_ATTR_TENSOR; t < N_CARRIERS && l->children.n > a->children; t++)
		if (carriers[t].field == l->children.at[a->children].number)
			return (oray_attribute_type)t;
	return ORAY_ATTR_UNDEFINED;
}

static bool copy_list(loader *l, const void *data, size_t n, size_t size, const void **out)
{
	void *copy = arena_alloc(&l->m->arena, n * size);
	if (!copy)
		return fail_memory(l, ORAY_NO_OFFSET);
	if (n)
		memcpy(copy, data, n * size);
	*out = copy;
	return true;
}

static bool copy_strings(loader *l, const Onnx__AttributeProto *p, model_attribute *a)
{
	oray_id *ids = arena_alloc(&l->m->arena, p->n_strings * sizeof *ids);
	if (!ids)
		return fail_memory(l, ORAY_NO_OFFSET);
	for (size_t i = 0; i < p->n_strings; i++)
		ids[i] = loader_name(l, p->strings[i]);
	a->v.ids = ids;
	return l->status == ORAY_OK;
}

/* Values that are in the message itself. */
static bool read_flat(loader *l, const Onnx__AttributeProto *p, model_attribute *a)
{
	const void *list = NULL;
	a->count = 1;
	switch ((oray_attribute_type)a->type) {
	case ORAY_ATTR_FLOAT:
		a->v.f = p->f;
		return true;
	case ORAY_ATTR_INT:
		a->v.i = p->i;
		return true;
	case ORAY_ATTR_STRING:
		a->v.id = loader_name(l, p->s);
		return l->status == ORAY_OK;
	case ORAY_ATTR_FLOATS:
		a->count = (uint32_t)p->n_floats;
		if (!copy_list(l, p->floats, p->n_floats, sizeof *p->floats, &list))
			return false;
		a->v.floats = list;
		return true;
	case ORAY_ATTR_INTS:
		a->count = (uint32_t)p->n_ints;
		if (!copy_list(l, p->ints, p->n_ints, sizeof *p->ints, &list))
			return false;
		a->v.ints = list;
		return true;
	case ORAY_ATTR_STRINGS:
		a->count = (uint32_t)p->n_strings;
		return copy_strings(l, p, a);
	default:
		a->v.id = ORAY_NONE;
		return true;
	}
}

/* A long list: where its pieces are. */
static bool read_bulk(loader *l, const attribute_walk *w, uint8_t field, model_attribute *a)
{
	size_t n = 0;
	for (size_t i = w->segments; i < l->segments.n; i++)
		n += l->segments.at[i].field == field;
	model_list *list = arena_alloc(&l->m->arena, sizeof *list + n * sizeof *list->segments);
	if (!list)
		return fail_memory(l, ORAY_NO_OFFSET);
	list->n_segments = 0;
	for (size_t i = w->segments; i < l->segments.n; i++)
		if (l->segments.at[i].field == field)
			list->segments[list->n_segments++] = l->segments.at[i];
	a->on_disk = true;
	a->count = w->count[field] < UINT32_MAX ? (uint32_t)w->count[field] : UINT32_MAX;
	a->v.list = list;
	return true;
}

/* One message of an attribute: a tensor, a graph, a type. */
static bool load_part(loader *l, const attribute_walk *w, uint32_t number, const range *pieces,
                      size_t n, oray_id *out)
{
	uint32_t depth = w->depth + 1;
	uint32_t nesting = l->m->graphs.at[w->graph].depth + 1;
	*out = ORAY_NONE;
	switch (number) {
	case ATTR_T:
	case ATTR_TENSORS:
		return load_tensor(l, w->graph, w->node, depth, pieces, n, out);
	case ATTR_SPARSE:
	case ATTR_SPARSES:
		return load_sparse(l, w->graph, w->node, depth, pieces, n, out);
	case ATTR_TP:
	case ATTR_TYPES:
		return load_type(l, depth, pieces, n, out);
	default:
		return w->node == ORAY_NONE ||
		       queue_graph(l, ORAY_GRAPH_BODY, w->node, w->id, nesting, depth, pieces, n, out);
	}
}

static bool load_parts(loader *l, attribute_walk *w, model_attribute *a)
{
	uint8_t field = carriers[a->type].field;
	size_t mark = l->ids.n, end = l->children.n, ranges = l->ranges.n;
	if (!carriers[a->type].list) {
		size_t first, n = walk_pieces(l, w->children, field, &first);
		VEC(range) own = {0};
		if (l->status != ORAY_OK || !vec_reserve(&l->m->budget, &own, n + 1))
			return fail_memory(l, ORAY_NO_OFFSET);
		if (n)
			memcpy(own.at, l->ranges.at + first, n * sizeof *own.at);
		l->ranges.n = ranges;
		bool ok = !n || load_part(l, w, field, own.at, n, &a->v.id);
		vec_free(&l->m->budget, &own);
		return ok;
	}
	for (size_t i = w->children; i < end; i++) {
		child c = l->children.at[i];
		oray_id id;
		if (c.number != field)
			continue;
		if (!load_part(l, w, field, &c.at, 1, &id))
			return false;
		if (id == ORAY_NONE)
			continue;
		oray_id *kept = vec_push(&l->m->budget, &l->ids);
		if (!kept)
			return fail_memory(l, c.at.offset);
		*kept = id;
	}
	a->count = (uint32_t)(l->ids.n - mark);
	a->v.ids = model_ids(l->m, l->ids.at ? l->ids.at + mark : NULL, a->count);
	l->ids.n = mark;
	return a->v.ids || fail_memory(l, ORAY_NO_OFFSET);
}

static bool keep_note(loader *l, const Onnx__AttributeProto *p, model_attribute *a)
{
	a->note = ORAY_NONE;
	if (!p->ref_attr_name.len && !p->doc_string.len)
		return true;
	model_attribute_note *note = vec_push(&l->m->budget, &l->m->attribute_notes);
	if (!note)
		return fail_memory(l, ORAY_NO_OFFSET);
	a->note = (oray_id)(l->m->attribute_notes.n - 1);
	*note = (model_attribute_note){
	    p->ref_attr_name.len ? loader_name(l, p->ref_attr_name) : ORAY_NONE,
	    p->doc_string.len ? loader_name(l, p->doc_string) : ORAY_NONE};
	return l->status == ORAY_OK;
}

bool load_attribute(loader *l, oray_id graph, oray_id node, uint32_t depth, range at)
{
	attribute_walk w = {.graph = graph,
	                    .node = node,
	                    .depth = depth,
	                    .children = l->children.n,
	                    .segments = l->segments.n};
	walk_handler handler = {.child = walk_collect,
	                        .bulk = at.size > SMALL_ATTRIBUTE ? attribute_bulk : NULL,
	                        .context = &w};
	Onnx__AttributeProto *p = walk(l, KIND_ATTRIBUTE, depth, &at, 1, &handler);
	if (!p)
		return false;
	model_attribute a = {.name = loader_name(l, p->name)};
	bool typed = p->has_type && (int)p->type > 0 && (int)p->type < N_CARRIERS;
	a.type = (uint8_t)(typed ? (oray_attribute_type)p->type : guess_type(l, p, &w));
	uint8_t field = carriers[a.type].field;
	bool is_bulk = field < 16 && w.count[field] != 0;
	if (!keep_note(l, p, &a) || !(is_bulk ? read_bulk(l, &w, field, &a) : read_flat(l, p, &a)))
		return false;
	loader_done(l);
	model_attribute *kept = vec_push(&l->m->budget, &l->m->attributes);
	if (!kept)
		return fail_memory(l, at.offset);
	*kept = a;
	w.id = (oray_id)(l->m->attributes.n - 1);
	if (a.type != ORAY_ATTR_UNDEFINED && a.v.id == ORAY_NONE && !a.on_disk &&
	    (a.type == ORAY_ATTR_TENSOR || a.type == ORAY_ATTR_GRAPH ||
	     a.type >= ORAY_ATTR_TENSORS)) {
		if (!load_parts(l, &w, &a))
			return false;
		l->m->attributes.at[w.id] = a;
	}
	l->children.n = w.children;
	l->segments.n = w.segments;
	return true;
}

/* ------------------------------------------------------------------ nodes */

typedef struct node_walk {
	oray_id graph, id;
	uint32_t depth;
} node_walk;

static bool node_child(loader *l, void *context, uint32_t number, range at)
{
	node_walk *n = context;
	switch (number) {
	case NODE_ATTRIBUTE:
		return load_attribute(l, n->graph, n->id, n->depth + 1, at);
	case NODE_METADATA:
		return load_pair(l, n->depth + 1, at);
	case NODE_CONFIGURATION:
		return load_node_configuration(l, n->depth + 1, at);
	default:
		return true;
	}
}

static bool push_edges(loader *l, size_t n, const ProtobufCBinaryData *names)
{
	for (size_t i = 0; i < n; i++) {
		oray_id *edge = vec_push(&l->m->budget, &l->m->edges);
		if (!edge)
			return fail_memory(l, ORAY_NO_OFFSET);
		*edge = loader_name(l, names[i]);
	}
	return l->status == ORAY_OK;
}

static oray_id node_op(loader *l, const Onnx__NodeProto *p)
{
	static const char standard[] = "ai.onnx";
	ProtobufCBinaryData domain = p->domain;
	if (domain.len == sizeof standard - 1 && memcmp(domain.data, standard, domain.len) == 0)
		domain.len = 0;
	oray_id key[3] = {loader_name(l, domain), loader_name(l, p->op_type),
	                  loader_name(l, p->overload)};
	oray_id op = l->status == ORAY_OK ? model_op_id(l->m, key[0], key[1], key[2]) : ORAY_NONE;
	if (op == ORAY_NONE)
		fail_memory(l, ORAY_NO_OFFSET);
	return op;
}

static bool keep_node_note(loader *l, oray_id node, const Onnx__NodeProto *p, size_t pairs)
{
	model_note note = {.owner = node, .doc = {"", 0}, .scale = {"", 0}, .zero_point = {"", 0}};
	if (!p->doc_string.len && l->pairs.n == pairs && !l->shardings.n)
		return true;
	note.doc = loader_text(l, p->doc_string);
	if (!loader_keep_pairs(l, pairs, &note.metadata, &note.n_metadata))
		return false;
	note.n_shardings = l->shardings.n;
	const void *shardings = NULL;
	if (!copy_list(l, l->shardings.at, l->shardings.n, sizeof *l->shardings.at, &shardings))
		return false;
	note.shardings = shardings;
	l->shardings.n = 0;
	model_note *kept = vec_push(&l->m->budget, &l->m->node_notes);
	if (!kept)
		return fail_memory(l, ORAY_NO_OFFSET);
	*kept = note;
	return true;
}

bool load_node(loader *l, oray_id graph, uint32_t depth, range at)
{
	oray_model *m = l->m;
	node_walk w = {graph, (oray_id)m->nodes.n, depth};
	walk_handler handler = {.child = node_child, .context = &w};
	size_t pairs = l->pairs.n;
	model_node n = {.graph = graph,
	                .edges = (uint32_t)m->edges.n,
	                .attributes = (uint32_t)m->attributes.n,
	                .offset = at.offset,
	                .size = at.size < UINT32_MAX ? (uint32_t)at.size : UINT32_MAX};
	Onnx__NodeProto *p = walk(l, KIND_NODE, depth, &at, 1, &handler);
	if (!p)
		return false;
	n.name = loader_name(l, p->name);
	n.op = node_op(l, p);
	n.n_inputs = (uint32_t)p->n_input;
	n.n_outputs = (uint32_t)p->n_output;
	n.n_attributes = (uint32_t)(m->attributes.n - n.attributes);
	if (l->status != ORAY_OK || !push_edges(l, p->n_input, p->input) ||
	    !push_edges(l, p->n_output, p->output) || !keep_node_note(l, w.id, p, pairs))
		return false;
	loader_done(l);
	model_node *kept = vec_push(&m->budget, &m->nodes);
	if (!kept)
		return fail_memory(l, at.offset);
	*kept = n;
	return true;
}
