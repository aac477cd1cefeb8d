/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_external_layout.c - how external data lie in their files: tensors that overlap, that cannot be
 * mapped, and bytes that nobody reads. No file is opened.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/summary_external.h"
#include "check/check_ask.h"

enum {
	PAGE = 4096,       /* bytes that a mapping begins at */
	WORTH = 64 << 10,  /* bytes of a tensor from which on that matters */
	PADDING = 64 << 10 /* bytes between tensors that alignment explains: pages of some systems */
};

typedef struct stretch {
	oray_str file;
	uint64_t from, to;
	oray_id tensor;
} stretch;

static int in_order(const void *a, const void *b)
{
	const stretch *x = a, *y = b;
	size_t n = x->file.size < y->file.size ? x->file.size : y->file.size;
	int names = n ? memcmp(x->file.data, y->file.data, n) : 0;
	if (!names)
		names = (x->file.size > y->file.size) - (x->file.size < y->file.size);
	if (names)
		return names;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->to != y->to)
		return x->to < y->to ? -1 : 1;
	return (x->tensor > y->tensor) - (x->tensor < y->tensor);
}

/* The stretches of one file, in order. */
static void check_file(check_pass *pass, const stretch *at, size_t n)
{
	uint64_t end = at[0].to, gaps = at[0].from, unaligned = 0;
	for (size_t i = 0; i < n; i++) {
		const stretch *s = &at[i];
		unaligned += s->from % PAGE != 0 && s->to - s->from >= WORTH;
		bool same = i && s->from == at[i - 1].from && s->to == at[i - 1].to;
		if (i && s->from < end && !same)
			check_report(pass, CHECK_external_overlap, check_at_tensor(s->tensor),
			             "bytes %" PRIu64 " to %" PRIu64 " of \"%.*s\" are also another tensor's",
			             s->from, s->to < end ? s->to : end, CHECK_NAME(s->file));
		if (s->from > end && s->from - end > PADDING)
			gaps += s->from - end;
		end = s->to > end ? s->to : end;
	}
	if (unaligned)
		check_report(pass, CHECK_external_unaligned, check_at_tensor(at[0].tensor),
		             "%" PRIu64 " large tensors of \"%.*s\" do not begin at a multiple of %d bytes",
		             unaligned, CHECK_NAME(at[0].file), PAGE);
	if (gaps > PADDING)
		check_report(pass, CHECK_external_gap, check_at_tensor(at[0].tensor),
		             "%" PRIu64 " bytes of \"%.*s\" lie between tensors and belong to none", gaps,
		             CHECK_NAME(at[0].file));
}

void check_external_layout(check_pass *pass)
{
	VEC(stretch) all = {0};
	oray_tensor t;
	for (oray_id i = 0; oray_model_tensor(pass->model, i, &t); i++) {
		if (t.storage != ORAY_STORAGE_EXTERNAL)
			continue;
		uint64_t from = t.has_offset ? t.offset : 0, length = external_length(&t);
		if (!length || length > UINT64_MAX - from)
			continue;
		stretch *s = vec_push(NULL, &all);
		if (s)
			*s = (stretch){t.location, from, from + length, i};
		pass->book->failed |= !s;
	}
	if (all.n)
		qsort(all.at, all.n, sizeof *all.at, in_order);
	for (size_t i = 0, next; i < all.n; i = next) {
		oray_str file = all.at[i].file;
		for (next = i + 1; next < all.n; next++)
			if (all.at[next].file.size != file.size ||
			    memcmp(all.at[next].file.data, file.data, file.size) != 0)
				break;
		check_file(pass, all.at + i, next - i);
	}
	vec_free(NULL, &all);
}
