/* SPDX-License-Identifier: Apache-2.0 */
/*
 * walk.c - one message, field by field, through the window.
 *
 * The walker owns all limits and all diagnoses. A length is compared with what its parent has left
 * (never added up first); a message that ends with the file although its length promised more is a
 * truncated download, everything else that does not fit is broken.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "load/loader.h"
#include "load/wire.h"

/* A length that a real file may have: anything above is garbage rather than a cut download. */
#define PLAUSIBLE (UINT64_C(1) << 44)

bool fail(loader *l, oray_status status, uint64_t offset, const char *format, ...)
{
	if (l->status != ORAY_OK)
		return false;
	l->status = status;
	l->error_offset = offset;
	va_list args;
	va_start(args, format);
	vsnprintf(l->error, sizeof l->error, format, args);
	va_end(args);
	return false;
}

bool fail_memory(loader *l, uint64_t offset)
{
	char text[sizeof l->error];
	oray_status status = error_of_memory(text, sizeof text);
	return fail(l, status, offset, "%s", text);
}

static int fail_read(loader *l, uint64_t offset)
{
	if (l->window.error == ENOMEM)
		return fail_memory(l, offset);
	if (l->window.error == -1)
		return fail(l, ORAY_ERR_IO, offset, "the file became shorter while it was read");
	return fail(l, ORAY_ERR_IO, offset, "read failed: %s", strerror(l->window.error));
}

const char *wire_complaint(wire_status status)
{
	static const char *const complaints[] = {
	    [WIRE_OK] = "fine",
	    [WIRE_SHORT] = "a field ends in the middle",
	    [WIRE_BAD_TAG] = "a field tag is longer than 5 bytes",
	    [WIRE_BAD_NUMBER] = "a field has number 0",
	    [WIRE_BAD_TYPE] = "a field has wire type 6 or 7, which do not exist",
	    [WIRE_BAD_VARINT] = "a varint is longer than 10 bytes",
	    [WIRE_BAD_LENGTH] = "a length is padded to more than 5 bytes",
	};
	return complaints[status];
}

/* The message being walked. */
typedef struct walker {
	loader *l;
	const schema_message *message;
	uint32_t depth;
	const walk_handler *handler;
	uint64_t end;  /* where its length says it ends */
	uint64_t stop; /* where its bytes end: that, or the end of the file */
	bool is_root;  /* knows no length of its own */
} walker;

static void promise(loader *l, uint64_t end)
{
	l->truncated = true;
	if (end > l->declared_end)
		l->declared_end = end;
}

bool is_cut(loader *l, range at)
{
	if (at.size <= l->window.size - at.offset)
		return false;
	promise(l, at.offset + at.size);
	return true;
}

/* Why a header could not be read; 0: the file ends here, -1: failed. */
static int no_head(walker *k, uint64_t at, const uint8_t *p, wire_status status)
{
	if (!p)
		return fail_read(k->l, at) - 1;
	if (status == WIRE_SHORT && (k->is_root || k->stop < k->end)) {
		promise(k->l, k->is_root ? k->stop + 1 : k->end);
		return 0;
	}
	return fail(k->l, ORAY_ERR_MALFORMED, at, "%s", wire_complaint(status)) - 1;
}

/* Reads a header; 1: fine, 0: the file ends here, -1: failed. */
static inline int next(walker *k, uint64_t at, wire_head *h)
{
	uint64_t left = k->stop - at;
	size_t look = left < WIRE_HEAD_MOST ? (size_t)left : WIRE_HEAD_MOST;
	const uint8_t *p = window_at(&k->l->window, at, look);
	wire_status status = p ? wire_read(p, look, h) : WIRE_SHORT;
	return status == WIRE_OK ? 1 : no_head(k, at, p, status);
}

/* Skips group `number`, whose start was just read; at: after the start. 0: the file ends in it. */
static int skip_group(walker *k, uint32_t number, uint64_t *at)
{
	uint32_t open[LOADER_DEPTH_MOST] = {number}, depth = 1;
	uint64_t start = *at;
	while (depth) {
		wire_head h = {0};
		if (*at >= k->stop) {
			if (k->stop < k->end) {
				promise(k->l, k->end);
				return 0;
			}
			fail(k->l, ORAY_ERR_MALFORMED, start, "a group is not closed");
			return -1;
		}
		int more = next(k, *at, &h);
		if (more <= 0)
			return more;
		uint64_t body = *at + h.size;
		if (h.payload > k->end - body) {
			fail(k->l, ORAY_ERR_MALFORMED, *at, "a field in a group runs past its parent's end");
			return -1;
		}
		if (h.payload > k->stop - body) {
			promise(k->l, k->end);
			return 0;
		}
		if (h.wire == WIRE_END_GROUP && h.number != open[--depth]) {
			fail(k->l, ORAY_ERR_MALFORMED, *at, "group %u ends where group %u is open",
			     (unsigned)h.number, (unsigned)open[depth]);
			return -1;
		}
		if (h.wire == WIRE_GROUP && depth + k->depth >= k->l->max_depth) {
			fail(k->l, ORAY_ERR_LIMIT, *at, "groups nest more than %u deep; --max-depth raises the limit",
			     (unsigned)k->l->max_depth);
			return -1;
		}
		if (h.wire == WIRE_GROUP)
			open[depth++] = h.number;
		*at = body + h.payload;
	}
	return 1;
}

static bool keep(loader *l, uint64_t offset, uint64_t size)
{
	if (size > SIZE_MAX / 4 || !vec_reserve(&l->m->budget, &l->flat, (size_t)size))
		return fail_memory(l, offset);
	while (size) {
		size_t piece = size < WINDOW_MOST / 2 ? (size_t)size : WINDOW_MOST / 2;
		const uint8_t *p = window_at(&l->window, offset, piece);
		if (!p)
			return fail_read(l, offset);
		memcpy(l->flat.at + l->flat.n, p, piece);
		l->flat.n += piece;
		offset += piece;
		size -= piece;
	}
	return true;
}

/* Packed numbers must fill their field exactly. Varints are looked at, fixed ones only measured. */
static bool check_packed(walker *k, const schema_field *f, const wire_head *h, uint64_t body,
                         bool look)
{
	loader *l = k->l;
	if (f->width && h->payload % f->width)
		return fail(l, ORAY_ERR_MALFORMED, body, "packed %s has %llu bytes, not a multiple of %u",
		            f->name, (unsigned long long)h->payload, f->width);
	if (f->width || !look)
		return true;
	unsigned run = 0;
	for (uint64_t at = body, left = h->payload; left;) {
		size_t piece = left < WINDOW_MOST / 2 ? (size_t)left : WINDOW_MOST / 2;
		const uint8_t *p = window_at(&l->window, at, piece);
		if (!p)
			return fail_read(l, at);
		for (size_t i = 0; i < piece; i++) {
			run = p[i] < 0x80 ? 0 : run + 1;
			if (run >= 10)
				return fail(l, ORAY_ERR_MALFORMED, at + i, "a varint is longer than 10 bytes");
		}
		at += piece;
		left -= piece;
	}
	if (run)
		return fail(l, ORAY_ERR_MALFORMED, body, "packed %s ends in the middle of a number",
		            f->name);
	return true;
}

static bool visit_child(walker *k, const schema_field *f, const wire_head *h, range at)
{
	if (k->depth + 1 > k->l->max_depth)
		return fail(k->l, ORAY_ERR_LIMIT, at.offset, "messages nest more than %u deep; --max-depth raises the limit",
		            (unsigned)k->l->max_depth);
	if (!k->handler || !k->handler->child || f->child == KIND_NONE)
		return true;
	return k->handler->child(k->l, k->handler->context, h->number, at);
}

static bool visit_bulk(walker *k, const schema_field *f, const wire_head *h, uint64_t at)
{
	uint64_t body = at + h->size;
	bool packed = h->wire == WIRE_BYTES && (f->wire != WIRE_BYTES || !f->repeated);
	model_segment s = {.field = (uint8_t)h->number, .packed = packed};
	s.offset = packed ? body : at;
	s.size = packed ? h->payload : h->payload + h->size;
	if (s.size > k->l->window.size - s.offset) {
		s.size = k->l->window.size - s.offset;
		s.cut = true;
		promise(k->l, body + h->payload);
	} else if (h->wire == WIRE_BYTES && f->wire != WIRE_BYTES &&
	           !check_packed(k, f, h, body, false)) {
		return false;
	}
	return k->handler->bulk(k->l, k->handler->context, &s);
}

/* One known field. */
static bool visit(walker *k, const schema_field *f, const wire_head *h, uint64_t at)
{
	uint64_t body = at + h->size;
	k->l->is_model |= k->is_root;
	if (f->action == FIELD_CHILD)
		return visit_child(k, f, h, (range){body, h->payload});
	if (f->action == FIELD_BULK && k->handler && k->handler->bulk)
		return visit_bulk(k, f, h, at);
	if (is_cut(k->l, (range){body, h->payload}))
		return true;
	if (h->wire == WIRE_BYTES && f->wire != WIRE_BYTES && !check_packed(k, f, h, body, true))
		return false;
	if (k->handler && k->handler->field) {
		const uint8_t *bytes = loader_bytes(k->l, (range){body, h->payload});
		return bytes && k->handler->field(k->l, k->handler->context, h, bytes);
	}
	return keep(k->l, at, h->size + h->payload);
}

static bool walk_piece(walker *k, range piece)
{
	static const schema_field unknown = {.action = FIELD_UNKNOWN};
	loader *l = k->l;
	bool (*take)(loader *, void *, const wire_head *, const uint8_t *) =
	    k->handler ? k->handler->field : NULL;
	uint64_t at = piece.offset;
	k->end = at + piece.size;
	k->stop = k->end < l->window.size ? k->end : l->window.size;
	while (at < k->stop) {
		wire_head h;
		int more = next(k, at, &h);
		if (more <= 0)
			return more == 0;
		uint64_t body = at + h.size;
		if (h.wire == WIRE_END_GROUP)
			return fail(l, ORAY_ERR_MALFORMED, at, "a group ends that never began");
		if (h.wire == WIRE_GROUP) {
			l->unknown_fields++;
			at = body;
			more = skip_group(k, h.number, &at);
			if (more <= 0)
				return more == 0;
			continue;
		}
		const schema_field *f = h.number < SCHEMA_FIELDS ? &k->message->fields[h.number] : &unknown;
		if (f->wire != h.wire && !(f->repeated && h.wire == WIRE_BYTES))
			f = &unknown;
		if (h.wire == WIRE_VARINT && f->action == FIELD_KEEP && take) { /* all of it was read */
			if (!take(l, k->handler->context, &h, NULL))
				return false;
			at = body + h.payload;
			continue;
		}
		if (h.payload > k->end - body || (k->is_root && h.payload > PLAUSIBLE)) {
			uint64_t left = k->stop - body;
			return fail(l, ORAY_ERR_MALFORMED, at,
			            "%s: length %llu runs past its parent's end by %llu",
			            f->name ? f->name : "unknown field", (unsigned long long)h.payload,
			            (unsigned long long)(h.payload - left));
		}
		if (f->action == FIELD_UNKNOWN) {
			l->unknown_fields++;
			is_cut(l, (range){body, h.payload});
		} else if (!visit(k, f, &h, at)) {
			return false;
		}
		if (h.payload > l->window.size - body)
			return true;
		at = body + h.payload;
	}
	if (k->stop < k->end && !k->is_root)
		promise(l, k->end);
	return true;
}

void *walk(loader *l, schema_kind kind, uint32_t depth, const range *pieces, size_t n,
           const walk_handler *handler)
{
	size_t mark = l->flat.n;
	walker k = {.l = l,
	            .message = &l->schema->messages[kind],
	            .depth = depth,
	            .handler = handler,
	            .is_root = kind == KIND_MODEL};
	for (size_t i = 0; i < n; i++)
		if (!walk_piece(&k, pieces[i]))
			return NULL;
	if (handler && handler->field)
		return l;
	static const uint8_t nothing;
	const uint8_t *bytes = l->flat.n > mark ? l->flat.at + mark : &nothing;
	void *message =
	    protobuf_c_message_unpack(k.message->descriptor, &l->allocator, l->flat.n - mark, bytes);
	l->flat.n = mark;
	if (message)
		return message;
	if (l->arena.failed)
		fail_memory(l, n ? pieces[0].offset : 0);
	else
		fail(l, ORAY_ERR_MALFORMED, n ? pieces[0].offset : 0, "%s cannot be decoded",
		     k.message->descriptor->short_name);
	return NULL;
}

void *walk_flat(loader *l, schema_kind kind, uint32_t depth, range at)
{
	return walk(l, kind, depth, &at, 1, NULL);
}

void loader_done(loader *l)
{
	arena_reset(&l->arena);
}

bool walk_collect(loader *l, void *context, uint32_t number, range at)
{
	(void)context;
	child *c = vec_push(&l->m->budget, &l->children);
	if (!c)
		return fail_memory(l, at.offset);
	*c = (child){number, at};
	return true;
}

size_t walk_pieces(loader *l, size_t mark, uint32_t number, size_t *first)
{
	*first = l->ranges.n;
	for (size_t i = mark; i < l->children.n; i++) {
		if (l->children.at[i].number != number)
			continue;
		range *r = vec_push(&l->m->budget, &l->ranges);
		if (!r) {
			fail_memory(l, l->children.at[i].at.offset);
			break;
		}
		*r = l->children.at[i].at;
	}
	return l->ranges.n - *first;
}

const uint8_t *loader_bytes(loader *l, range at)
{
	if (at.size <= WINDOW_MOST / 2) {
		const uint8_t *p = window_at(&l->window, at.offset, (size_t)at.size);
		if (!p)
			fail_read(l, at.offset);
		return p;
	}
	size_t mark = l->flat.n;
	bool ok = keep(l, at.offset, at.size);
	l->flat.n = mark;
	return ok ? l->flat.at + mark : NULL;
}
