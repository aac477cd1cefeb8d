/* SPDX-License-Identifier: Apache-2.0 */
/*
 * types.c - value infos and types.
 *
 * A model says the same type thousands of times, so a type is looked up by its bytes and decoded
 * once, here: eight messages for a 4-D shape would make types the costliest thing in a graph.
 */
#include <string.h>

#include "load/loader.h"
#include "load/wire.h"

enum { VALUE_INFO_NAME = 1, VALUE_INFO_TYPE = 2, VALUE_INFO_DOC = 3, VALUE_INFO_METADATA = 4 };

/* Bytes of a message in memory, and where they are in the file. */
typedef struct slice {
	const uint8_t *p, *end;
	uint64_t offset; /* of p */
} slice;

typedef struct item {
	wire_head h;
	slice body;
} item;

/* 1: a field in *out, 0: the end, -1: failed. What is unknown is skipped. */
static int next_item(loader *l, schema_kind kind, slice *s, item *out)
{
	while (s->p < s->end) {
		size_t left = (size_t)(s->end - s->p);
		wire_status status = wire_read(s->p, left, &out->h);
		if (status != WIRE_OK) {
			fail(l, ORAY_ERR_MALFORMED, s->offset, "%s", wire_complaint(status));
			return -1;
		}
		left -= out->h.size;
		if (out->h.wire == WIRE_GROUP || out->h.wire == WIRE_END_GROUP) {
			fail(l, ORAY_ERR_MALFORMED, s->offset, "a group inside a type");
			return -1;
		}
		if (out->h.payload > left) {
			fail(l, ORAY_ERR_MALFORMED, s->offset, "length %llu runs past its parent's end by %llu",
			     (unsigned long long)out->h.payload, (unsigned long long)(out->h.payload - left));
			return -1;
		}
		out->body = (slice){s->p + out->h.size, s->p + out->h.size + out->h.payload,
		                    s->offset + out->h.size};
		s->p = out->body.end;
		s->offset += out->h.size + out->h.payload;
		const schema_field *f =
		    out->h.number < SCHEMA_FIELDS ? &l->schema->messages[kind].fields[out->h.number] : NULL;
		if (f && f->action != FIELD_UNKNOWN && f->wire == out->h.wire)
			return 1;
		l->unknown_fields++;
	}
	return 0;
}

static oray_id slice_name(loader *l, slice s)
{
	ProtobufCBinaryData text = {(size_t)(s.end - s.p), (uint8_t *)s.p};
	return loader_name(l, text);
}

/* A type under construction. */
typedef struct draft {
	model_type type;
	model_type_extra extra;
} draft;

static const model_type_extra nothing = {ORAY_NONE, ORAY_NONE, ORAY_NONE, ORAY_NONE, 0};

/* Numbers and symbols fit into eight bytes; what else a dimension may be is kept apart. */
static bool pack_dim(loader *l, const oray_dim *d, oray_id symbol, model_dim *out)
{
	bool plain = !d->denotation.size && d->value >= 0 && d->value < INT64_MAX >> 1;
	if (plain && d->kind == ORAY_DIM_VALUE) {
		*out = MODEL_DIM(DIM_NUMBER, d->value);
	} else if (!d->denotation.size && d->kind != ORAY_DIM_VALUE) {
		*out =
		    d->kind == ORAY_DIM_SYMBOL ? MODEL_DIM(DIM_SYMBOL, symbol) : MODEL_DIM(DIM_UNKNOWN, 0);
	} else {
		oray_dim *kept = vec_push(&l->m->budget, &l->m->rare_dims);
		if (!kept)
			return fail_memory(l, ORAY_NO_OFFSET);
		*kept = *d;
		*out = MODEL_DIM(DIM_RARE, l->m->rare_dims.n - 1);
	}
	return true;
}

enum { DIM_VALUE = 1, DIM_PARAM = 2, DIM_DENOTATION = 3 };

/* Nearly all dimensions are a small number and nothing else. @return false for the others. */
static bool plain_dim(loader *l, slice s, bool *kept)
{
	uint64_t value;
	if (s.end - s.p < 2 || s.p[0] != (DIM_VALUE << 3 | WIRE_VARINT) ||
	    wire_varint(s.p + 1, (size_t)(s.end - s.p - 1), 4, &value) != s.end - s.p - 1)
		return false;
	model_dim *d = vec_push(&l->m->budget, &l->dims);
	*kept = d || fail_memory(l, s.offset);
	if (d)
		*d = MODEL_DIM(DIM_NUMBER, value);
	return true;
}

static bool decode_dim(loader *l, slice s)
{
	oray_dim d = {.symbol = {"", 0}, .denotation = {"", 0}};
	oray_id symbol = ORAY_NONE;
	item i;
	int more;
	bool kept_plain;
	if (plain_dim(l, s, &kept_plain))
		return kept_plain;
	while ((more = next_item(l, KIND_DIMENSION, &s, &i)) > 0) {
		if (i.h.number == DIM_VALUE) {
			d.kind = ORAY_DIM_VALUE;
			d.value = (int64_t)i.h.value;
		} else if (i.h.number == DIM_PARAM) {
			symbol = slice_name(l, i.body);
			d.symbol = strings_get(&l->m->strings, symbol);
			/* An empty symbol says as little as none. */
			d.kind = d.symbol.size ? ORAY_DIM_SYMBOL : ORAY_DIM_UNKNOWN;
		} else if (i.h.number == DIM_DENOTATION) {
			d.denotation = strings_get(&l->m->strings, slice_name(l, i.body));
		}
	}
	model_dim *kept = vec_push(&l->m->budget, &l->dims);
	if (!kept)
		return fail_memory(l, s.offset);
	return more == 0 && l->status == ORAY_OK && pack_dim(l, &d, symbol, kept);
}

static bool decode_shape(loader *l, slice s)
{
	enum { SHAPE_DIM = 1 };
	item i;
	int more;
	bool kept;
	while (s.end - s.p > 2 && s.p[0] == (SHAPE_DIM << 3 | WIRE_BYTES) && s.p[1] <= s.end - s.p - 2) {
		slice dim = {s.p + 2, s.p + 2 + s.p[1], s.offset + 2};
		if (!plain_dim(l, dim, &kept))
			break;
		if (!kept)
			return false;
		s = (slice){dim.end, s.end, dim.offset + s.p[1]};
	}
	while ((more = next_item(l, KIND_SHAPE, &s, &i)) > 0)
		if (i.h.number == SHAPE_DIM && !decode_dim(l, i.body))
			return false;
	return more == 0;
}

static bool type_of(loader *l, uint32_t depth, slice s, oray_id *out);

static bool decode_tensor_type(loader *l, schema_kind kind, slice s, draft *t)
{
	enum { ELEM_TYPE = 1, SHAPE = 2 };
	item i;
	int more;
	while ((more = next_item(l, kind, &s, &i)) > 0) {
		if (i.h.number == ELEM_TYPE) {
			t->type.element = (int32_t)i.h.value;
		} else if (i.h.number == SHAPE) {
			t->type.has_shape = true;
			if (!decode_shape(l, i.body))
				return false;
		}
	}
	return more == 0;
}

/* An inner type in pieces: their concatenation means their merge. */
static bool join_pieces(loader *l, schema_kind kind, uint32_t number, slice s, slice *out)
{
	uint64_t unknown = l->unknown_fields;
	size_t size = 0, all = (size_t)(s.end - s.p);
	uint8_t *joined = arena_alloc(&l->arena, all);
	item i;
	if (!joined)
		return fail_memory(l, s.offset);
	out->offset = s.offset;
	while (next_item(l, kind, &s, &i) > 0) {
		if (i.h.number != number)
			continue;
		memcpy(joined + size, i.body.p, (size_t)(i.body.end - i.body.p));
		size += (size_t)(i.body.end - i.body.p);
	}
	l->unknown_fields = unknown; /* were counted before */
	out->p = joined;
	out->end = joined + size;
	return true;
}

static bool decode_container(loader *l, schema_kind kind, uint32_t depth, slice s, draft *t)
{
	uint32_t number = kind == KIND_TYPE_MAP ? 2 : 1, pieces = 0;
	slice all = s, inner = s;
	item i;
	int more;
	while ((more = next_item(l, kind, &s, &i)) > 0) {
		if (i.h.number == number) {
			inner = i.body;
			pieces++;
		} else if (kind == KIND_TYPE_MAP && i.h.number == 1) {
			t->extra.key = (int32_t)i.h.value;
		}
	}
	if (more < 0 || (pieces > 1 && !join_pieces(l, kind, number, all, &inner)))
		return false;
	return !pieces || type_of(l, depth + 1, inner, &t->extra.inner);
}

static bool decode_opaque(loader *l, slice s, draft *t)
{
	item i;
	int more;
	while ((more = next_item(l, KIND_TYPE_OPAQUE, &s, &i)) > 0)
		*(i.h.number == 1 ? &t->extra.domain : &t->extra.name) = slice_name(l, i.body);
	return more == 0 && l->status == ORAY_OK;
}

static const struct {
	oray_kind kind;
	schema_kind message;
} type_fields[] = {
    [1] = {ORAY_KIND_TENSOR, KIND_TYPE_TENSOR},
    [4] = {ORAY_KIND_SEQUENCE, KIND_TYPE_SEQUENCE},
    [5] = {ORAY_KIND_MAP, KIND_TYPE_MAP},
    [7] = {ORAY_KIND_OPAQUE, KIND_TYPE_OPAQUE},
    [8] = {ORAY_KIND_SPARSE_TENSOR, KIND_TYPE_SPARSE},
    [9] = {ORAY_KIND_OPTIONAL, KIND_TYPE_OPTIONAL},
};

/* Moves the dimensions since `mark`, and what only some types have, to the model. */
static bool keep_type(loader *l, size_t mark, draft *t)
{
	oray_model *m = l->m;
	size_t n = l->dims.n - mark;
	t->type.dims = (uint32_t)m->type_dims.n;
	t->type.n_dims = (uint32_t)n;
	if (!vec_reserve(&m->budget, &m->type_dims, n))
		return fail_memory(l, ORAY_NO_OFFSET);
	if (n)
		memcpy(m->type_dims.at + m->type_dims.n, l->dims.at + mark, n * sizeof *l->dims.at);
	m->type_dims.n += n;
	l->dims.n = mark;
	t->type.extra = ORAY_NONE;
	if (memcmp(&t->extra, &nothing, sizeof nothing) == 0)
		return true;
	model_type_extra *kept = vec_push(&m->budget, &m->type_extras);
	if (!kept)
		return fail_memory(l, ORAY_NO_OFFSET);
	*kept = t->extra;
	t->type.extra = (oray_id)(m->type_extras.n - 1);
	return true;
}

/* Alternatives of a oneof: the last kind counts; pieces of the same kind are merged. */
static bool decode_type(loader *l, uint32_t depth, slice s, draft *t)
{
	enum { DENOTATION = 6 };
	size_t mark = l->dims.n;
	item i;
	int more;
	while ((more = next_item(l, KIND_TYPE, &s, &i)) > 0) {
		if (i.h.number == DENOTATION) {
			t->extra.denotation = slice_name(l, i.body);
			continue;
		}
		oray_kind kind = type_fields[i.h.number].kind;
		schema_kind message = type_fields[i.h.number].message;
		if (t->type.kind != kind) {
			oray_id denotation = t->extra.denotation;
			l->dims.n = mark;
			*t = (draft){.type = {.kind = (uint8_t)kind}, .extra = nothing};
			t->extra.denotation = denotation;
		}
		bool tensor = kind == ORAY_KIND_TENSOR || kind == ORAY_KIND_SPARSE_TENSOR;
		if (!(tensor                     ? decode_tensor_type(l, message, i.body, t)
		      : kind == ORAY_KIND_OPAQUE ? decode_opaque(l, i.body, t)
		                                 : decode_container(l, message, depth + 1, i.body, t)))
			return false;
	}
	if (more < 0 || l->status != ORAY_OK)
		return false;
	return keep_type(l, mark, t);
}

static bool type_of(loader *l, uint32_t depth, slice s, oray_id *out)
{
	oray_model *m = l->m;
	if (depth > l->max_depth)
		return fail(l, ORAY_ERR_LIMIT, s.offset, "types nest more than %u deep; --max-depth raises the limit",
		            (unsigned)l->max_depth);
	oray_id id = strings_add(&m->type_keys, (const char *)s.p, (size_t)(s.end - s.p));
	if (id == ORAY_NONE)
		return fail_memory(l, s.offset);
	*out = id;
	if (id < m->types.n)
		return true;
	/* The place is taken before what is inside gets its own. */
	model_type *place = vec_push(&m->budget, &m->types);
	if (!place)
		return fail_memory(l, s.offset);
	*place = (model_type){.extra = ORAY_NONE};
	draft t = {.extra = nothing};
	if (!decode_type(l, depth, s, &t))
		return false;
	m->types.at[id] = t.type;
	return true;
}

bool load_type(loader *l, uint32_t depth, const range *pieces, size_t n, oray_id *out)
{
	*out = ORAY_NONE;
	if (!n || is_cut(l, pieces[n - 1]))
		return true;
	if (n == 1) {
		const uint8_t *p = loader_bytes(l, pieces[0]);
		return p && type_of(l, depth, (slice){p, p + pieces[0].size, pieces[0].offset}, out);
	}
	/* Pieces of a repeated singular message: their concatenation means their merge. */
	size_t mark = l->flat.n;
	for (size_t i = 0; i < n; i++) {
		const uint8_t *p = loader_bytes(l, pieces[i]);
		if (!p || !vec_reserve(&l->m->budget, &l->flat, (size_t)pieces[i].size))
			return p ? fail_memory(l, pieces[i].offset) : false;
		memcpy(l->flat.at + l->flat.n, p, (size_t)pieces[i].size);
		l->flat.n += (size_t)pieces[i].size;
	}
	slice all = {l->flat.at + mark, l->flat.at + l->flat.n, pieces[0].offset};
	bool ok = type_of(l, depth, all, out);
	l->flat.n = mark;
	return ok;
}

typedef struct value_walk {
	oray_id name;
	oray_str doc;
} value_walk;

static bool value_info_field(loader *l, void *context, const wire_head *h, const uint8_t *bytes)
{
	value_walk *w = context;
	if (h->number == VALUE_INFO_NAME)
		w->name = loader_name(l, wire_text(h, bytes));
	else if (h->number == VALUE_INFO_DOC)
		w->doc = loader_text(l, wire_text(h, bytes));
	return l->status == ORAY_OK;
}

bool load_value_info(loader *l, uint32_t depth, range at, model_declaration *out)
{
	size_t children = l->children.n, pairs = l->pairs.n, ranges = l->ranges.n, first;
	value_walk w = {l->no_name, {"", 0}};
	walk_handler handler = {.child = walk_collect, .field = value_info_field, .context = &w};
	if (!walk(l, KIND_VALUE_INFO, depth, &at, 1, &handler))
		return false;
	*out = (model_declaration){.name = w.name, .type = ORAY_NONE, .note = ORAY_NONE};
	size_t n = walk_pieces(l, children, VALUE_INFO_TYPE, &first);
	if (l->status != ORAY_OK || !load_type(l, depth + 1, l->ranges.at + first, n, &out->type))
		return false;
	l->ranges.n = ranges;
	for (size_t i = children; i < l->children.n; i++)
		if (l->children.at[i].number == VALUE_INFO_METADATA &&
		    !load_pair(l, depth + 1, l->children.at[i].at))
			return false;
	l->children.n = children;
	if (!w.doc.size && l->pairs.n == pairs)
		return true;
	model_note note = {.doc = w.doc, .scale = {"", 0}, .zero_point = {"", 0}};
	if (!loader_keep_pairs(l, pairs, &note.metadata, &note.n_metadata))
		return false;
	model_note *kept = vec_push(&l->m->budget, &l->names.notes);
	if (!kept)
		return fail_memory(l, at.offset);
	*kept = note;
	out->note = (oray_id)(l->names.notes.n - 1);
	return true;
}
