/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node_attributes.c - attributes: numbers and texts at once, long lists as places in the file,
 * tensors and types at their turn, graphs into the queue.
 */
#include <string.h>

#include "load/loader.h"
#include "load/verify.h"

enum {
	ATTR_NAME = 1,
	ATTR_F = 2,
	ATTR_I = 3,
	ATTR_S = 4,
	ATTR_T = 5,
	ATTR_G = 6,
	ATTR_FLOATS = 7,
	ATTR_INTS = 8,
	ATTR_STRINGS = 9,
	ATTR_BULK, /* lists of numbers and texts have smaller ones */
	ATTR_TENSORS = 10,
	ATTR_GRAPHS = 11,
	ATTR_DOC = 13,
	ATTR_TP = 14,
	ATTR_TYPES = 15,
	ATTR_TYPE = 20,
	ATTR_REFERENCE = 21,
	ATTR_SPARSE = 22,
	ATTR_SPARSES = 23
};

/* Lists of an attribute longer than this stay in the file. */
enum { SMALL_ATTRIBUTE = 1024 };

/* Which field carries each attribute type, and which messages that field holds. */
static const struct {
	uint8_t field;
	uint8_t list; /* several of it */
} carriers[] = {
    [ORAY_ATTR_UNDEFINED] = {0, 0},
    [ORAY_ATTR_FLOAT] = {ATTR_F, 0},
    [ORAY_ATTR_INT] = {ATTR_I, 0},
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
	uint32_t seen;                  /* bit n: field n was there, and not as bulk */
	size_t children, segments, ids; /* marks */
	uint64_t count[ATTR_BULK];      /* entries of bulk lists, by field */
	oray_id name, s;
	model_attribute_note note;
	int32_t type;
	float f;
	int64_t i;
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
	return loader_add_segment(l, a->segments, s);
}

static bool add_float(loader *l, const uint8_t *bytes)
{
	float *f = vec_push(&l->m->budget, &l->floats);
	if (!f)
		return fail_memory(l, ORAY_NO_OFFSET);
	*f = wire_float(bytes);
	return true;
}

static bool add_int(loader *l, uint64_t value)
{
	int64_t *i = vec_push(&l->m->budget, &l->ints);
	if (!i)
		return fail_memory(l, ORAY_NO_OFFSET);
	*i = (int64_t)value;
	return true;
}

/* Numbers come one a field, or packed; the walker has seen to it that the bytes hold whole ones. */
static bool add_ints(loader *l, const wire_head *h, const uint8_t *bytes)
{
	if (h->wire == WIRE_VARINT)
		return add_int(l, h->value);
	for (size_t at = 0, size = (size_t)h->payload; at < size;) {
		uint64_t value = 0;
		at += (size_t)wire_varint(bytes + at, size - at, 10, &value);
		if (!add_int(l, value))
			return false;
	}
	return true;
}

static bool add_floats(loader *l, const wire_head *h, const uint8_t *bytes)
{
	for (size_t at = 0; at < h->payload; at += 4)
		if (!add_float(l, bytes + at))
			return false;
	return true;
}

static bool add_string(loader *l, oray_id name)
{
	oray_id *id = vec_push(&l->m->budget, &l->ids);
	if (!id)
		return fail_memory(l, ORAY_NO_OFFSET);
	*id = name;
	return l->status == ORAY_OK;
}

static bool attribute_field(loader *l, void *context, const wire_head *h, const uint8_t *bytes)
{
	attribute_walk *w = context;
	w->seen |= 1u << h->number;
	switch (h->number) {
	case ATTR_NAME:
		w->name = loader_name(l, wire_text(h, bytes));
		break;
	case ATTR_F:
		w->f = wire_float(bytes);
		break;
	case ATTR_I:
		w->i = (int64_t)h->value;
		break;
	case ATTR_S:
		w->s = loader_name(l, wire_text(h, bytes));
		break;
	case ATTR_FLOATS:
		return add_floats(l, h, bytes);
	case ATTR_INTS:
		return add_ints(l, h, bytes);
	case ATTR_STRINGS:
		return add_string(l, loader_name(l, wire_text(h, bytes)));
	case ATTR_DOC:
		w->note.doc = h->payload ? loader_name(l, wire_text(h, bytes)) : ORAY_NONE;
		break;
	case ATTR_TYPE:
		w->type = (int32_t)h->value;
		break;
	case ATTR_REFERENCE:
		w->note.reference = h->payload ? loader_name(l, wire_text(h, bytes)) : ORAY_NONE;
		break;
	}
	return l->status == ORAY_OK;
}

/* Files of IR 1 do not say which kind of value they hold. */
static oray_attribute_type guess_type(loader *l, const attribute_walk *w)
{
	for (int t = ORAY_ATTR_FLOAT; t < N_CARRIERS; t++) {
		uint8_t field = carriers[t].field;
		bool is_child = l->children.n > w->children && l->children.at[w->children].number == field;
		if (w->seen >> field & 1 || (field < ATTR_BULK && w->count[field]) || is_child)
			return (oray_attribute_type)t;
	}
	return ORAY_ATTR_UNDEFINED;
}

/* Values that are in the message itself. */
static bool read_flat(loader *l, const attribute_walk *w, model_attribute *a)
{
	const void *list = NULL;
	size_t n_ids = l->ids.n - w->ids;
	a->count = 1;
	switch ((oray_attribute_type)a->type) {
	case ORAY_ATTR_FLOAT:
		a->v.f = w->f;
		return true;
	case ORAY_ATTR_INT:
		a->v.i = w->i;
		return true;
	case ORAY_ATTR_STRING:
		a->v.id = w->s;
		return true;
	case ORAY_ATTR_FLOATS:
		a->count = (uint32_t)l->floats.n;
		if (!loader_keep_list(l, l->floats.at, l->floats.n, sizeof *l->floats.at, &list))
			return false;
		a->v.floats = list;
		return true;
	case ORAY_ATTR_INTS:
		a->count = (uint32_t)l->ints.n;
		if (!loader_keep_list(l, l->ints.at, l->ints.n, sizeof *l->ints.at, &list))
			return false;
		a->v.ints = list;
		return true;
	case ORAY_ATTR_STRINGS:
		a->count = (uint32_t)n_ids;
		a->v.ids = model_ids(l->m, n_ids ? l->ids.at + w->ids : NULL, n_ids);
		return a->v.ids || fail_memory(l, ORAY_NO_OFFSET);
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
		range only = n ? l->ranges.at[first] : (range){0};
		VEC(range) own = {0};
		if (n == 1 && l->status == ORAY_OK) {
			l->ranges.n = ranges;
			return load_part(l, w, field, &only, 1, &a->v.id);
		}
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

static bool keep_note(loader *l, const attribute_walk *w, model_attribute *a)
{
	if (w->note.reference == ORAY_NONE && w->note.doc == ORAY_NONE)
		return true;
	model_attribute_note *note = vec_push(&l->m->budget, &l->m->attribute_notes);
	if (!note)
		return fail_memory(l, ORAY_NO_OFFSET);
	*note = w->note;
	a->note = (oray_id)(l->m->attribute_notes.n - 1);
	return true;
}

/* Tells which fields were there, for findings. */
static void verify(loader *l, const attribute_walk *w, range at)
{
	verify_fields f = {.seen = w->seen, .type = w->type, .name = w->name, .node = w->node,
	                   .offset = at.offset};
	const struct {
		uint32_t field;
		bool empty;
	} lists[] = {{ATTR_FLOATS, !l->floats.n && !w->count[ATTR_FLOATS]},
	             {ATTR_INTS, !l->ints.n && !w->count[ATTR_INTS]}};
	for (size_t i = w->children; i < l->children.n; i++)
		f.seen |= 1u << l->children.at[i].number;
	for (uint32_t field = 0; field < ATTR_BULK; field++)
		f.seen |= (uint32_t)(w->count[field] != 0) << field;
	for (size_t i = 0; i < 2; i++)
		if (lists[i].empty)
			f.seen &= ~(1u << lists[i].field);
	if (w->note.reference == ORAY_NONE)
		f.seen &= ~(1u << ATTR_REFERENCE);
	verify_attribute(l, &f);
}

bool load_attribute(loader *l, oray_id graph, oray_id node, uint32_t depth, range at)
{
	attribute_walk w = {.graph = graph,
	                    .node = node,
	                    .depth = depth,
	                    .children = l->children.n,
	                    .segments = l->segments.n,
	                    .ids = l->ids.n,
	                    .name = l->no_name,
	                    .s = l->no_name,
	                    .note = {ORAY_NONE, ORAY_NONE}};
	walk_handler handler = {.child = walk_collect,
	                        .bulk = at.size > SMALL_ATTRIBUTE ? attribute_bulk : NULL,
	                        .field = attribute_field,
	                        .context = &w};
	l->floats.n = l->ints.n = 0;
	if (!walk(l, KIND_ATTRIBUTE, depth, &at, 1, &handler))
		return false;
	if (l->m->thorough && node != ORAY_NONE)
		verify(l, &w, at);
	bool typed = w.type > 0 && w.type < N_CARRIERS;
	model_attribute a = {.name = w.name,
	                     .type = (uint8_t)(typed ? (oray_attribute_type)w.type : guess_type(l, &w)),
	                     .note = ORAY_NONE};
	uint8_t field = carriers[a.type].field;
	bool is_bulk = field < ATTR_BULK && w.count[field] != 0;
	if (!keep_note(l, &w, &a) || !(is_bulk ? read_bulk(l, &w, field, &a) : read_flat(l, &w, &a)))
		return false;
	l->ids.n = w.ids;
	model_attribute *kept = vec_push(&l->m->budget, &l->m->attributes);
	if (!kept)
		return fail_memory(l, at.offset);
	*kept = a;
	w.id = (oray_id)(l->m->attributes.n - 1);
	if (a.type != ORAY_ATTR_UNDEFINED && a.v.id == ORAY_NONE && !a.on_disk &&
	    (a.type == ORAY_ATTR_TENSOR || a.type == ORAY_ATTR_GRAPH || a.type >= ORAY_ATTR_TENSORS)) {
		if (!load_parts(l, &w, &a))
			return false;
		l->m->attributes.at[w.id] = a;
	}
	l->children.n = w.children;
	l->segments.n = w.segments;
	return true;
}
