/* SPDX-License-Identifier: Apache-2.0 */
/*
 * locate.c - which message a byte belongs to, for error messages.
 *
 * Nothing keeps track of paths while a model loads. When something is wrong, this walks down from
 * the root again, entering only the messages that cover the byte.
 */
#include <stdio.h>

#include "base/buf.h"
#include "load/loader.h"
#include "load/wire.h"

/* Enters the child of the message [at, end) that covers `target`; false: none does. */
static bool enter(loader *l, schema_kind *kind, uint64_t *at, uint64_t *end, uint64_t target,
                  buf *path)
{
	uint32_t count[SCHEMA_FIELDS] = {0};
	window *w = &l->window;
	while (*at < *end && *at < w->size) {
		uint64_t left = (*end < w->size ? *end : w->size) - *at;
		size_t look = left < WIRE_HEAD_MOST ? (size_t)left : WIRE_HEAD_MOST;
		const uint8_t *p = window_at(w, *at, look);
		wire_head h;
		if (!p || wire_read(p, look, &h) != WIRE_OK)
			return false;
		uint64_t body = *at + h.size;
		const schema_field *f =
		    h.number < SCHEMA_FIELDS ? &l->schema->messages[*kind].fields[h.number] : NULL;
		bool covers =
		    target < body || target - body < h.payload || (h.payload == 0 && target == body);
		if (!covers || target < *at) {
			if (h.number < SCHEMA_FIELDS)
				count[h.number]++;
			if (h.payload > UINT64_MAX - body)
				return false;
			*at = body + h.payload;
			continue;
		}
		if (!f || !f->name)
			return false;
		buf_format(path, "%s%s", path->n ? "." : "", f->name);
		if (f->repeated && f->action == FIELD_CHILD)
			buf_format(path, "[%u]", (unsigned)count[h.number]);
		if (f->action != FIELD_CHILD || h.wire != WIRE_BYTES || target < body)
			return false;
		*kind = (schema_kind)f->child;
		*at = body;
		*end = body + h.payload;
		return true;
	}
	return false;
}

void locate(loader *l, uint64_t offset, char *out, size_t size)
{
	buf path = {0};
	schema_kind kind = KIND_MODEL;
	uint64_t at = 0, end = l->window.size;
	for (uint32_t depth = 0; depth <= l->max_depth && kind != KIND_NONE; depth++)
		if (!enter(l, &kind, &at, &end, offset, &path))
			break;
	if (path.n >= size) /* the deep end is the interesting one */
		snprintf(out, size, "...%s", path.data + (path.n - size + 4));
	else
		snprintf(out, size, "%s", buf_text(&path));
	buf_free(&path);
}
