/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keep.c - what a message said, moved to where the model keeps it.
 */
#include <string.h>

#include "load/loader.h"

oray_id loader_name(loader *l, ProtobufCBinaryData text)
{
	if (!text.len)
		return l->no_name;
	oray_id id = strings_add(&l->m->strings, (const char *)text.data, text.len);
	if (id == ORAY_NONE)
		fail_memory(l, ORAY_NO_OFFSET);
	return id;
}

oray_str loader_text(loader *l, ProtobufCBinaryData text)
{
	return text.len ? strings_get(&l->m->strings, loader_name(l, text)) : (oray_str){"", 0};
}

bool loader_keep_pairs(loader *l, size_t mark, const oray_pair **out, size_t *n)
{
	*n = l->pairs.n - mark;
	*out = NULL;
	if (*n == 0)
		return true;
	oray_pair *copy = arena_alloc(&l->m->arena, *n * sizeof *copy);
	if (!copy)
		return fail_memory(l, ORAY_NO_OFFSET);
	memcpy(copy, l->pairs.at + mark, *n * sizeof *copy);
	l->pairs.n = mark;
	*out = copy;
	return true;
}

bool loader_keep_list(loader *l, const void *data, size_t n, size_t size, const void **out)
{
	void *copy = arena_alloc(&l->m->arena, n * size);
	if (!copy)
		return fail_memory(l, ORAY_NO_OFFSET);
	if (n)
		memcpy(copy, data, n * size);
	*out = copy;
	return true;
}

bool loader_add_segment(loader *l, size_t mark, const model_segment *s)
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
