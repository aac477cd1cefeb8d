/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#include "base/heap.h"

/* Takes `more` bytes out of the budget, if there are so many; says so if not. */
static bool budget_take(mem_budget *budget, uint64_t more)
{
	if (more > budget->limit || budget->used > budget->limit - more) {
		heap_fail(budget->limit);
		return false;
	}
	budget->used += more;
	return true;
}

void *mem_resize(mem_budget *budget, void *p, size_t old_size, size_t new_size)
{
	if (!budget)
		return heap_resize(p, new_size);
	uint64_t more = new_size > old_size ? new_size - old_size : 0;
	if (more && !budget_take(budget, more))
		return NULL;
	void *q = realloc(p, new_size ? new_size : 1);
	if (!q) {
		heap_fail(0);
		budget->used -= more;
	} else if (new_size < old_size) {
		budget->used -= old_size - new_size;
	}
	return q;
}

void *mem_zeroed(mem_budget *budget, size_t n, size_t size)
{
	if (!budget)
		return heap_zeroed(n, size);
	if ((size && n > SIZE_MAX / size) || !budget_take(budget, n * size))
		return NULL;
	void *p = calloc(n ? n : 1, size ? size : 1);
	if (!p) {
		heap_fail(0);
		budget->used -= n * size;
	}
	return p;
}

void mem_free(mem_budget *budget, void *p, size_t size)
{
	if (!budget) {
		heap_free(p);
		return;
	}
	if (!p)
		return;
	free(p);
	budget->used -= size;
}

bool vec_grow_(mem_budget *budget, void **at, size_t *capacity, size_t n, size_t extra, size_t size)
{
	if (extra > SIZE_MAX / size / 2 - n)
		return false;
	size_t wanted = n + extra;
	size_t doubled = *capacity < 8 ? 8 : *capacity * 2;
	if (doubled < wanted)
		doubled = wanted;
	uint64_t failures = heap_failures();
	void *p = mem_resize(budget, *at, *capacity * size, doubled * size);
	if (!p && doubled > wanted + wanted / 8) { /* near the limit: smaller steps, still geometric */
		doubled = wanted + wanted / 8;
		p = mem_resize(budget, *at, *capacity * size, doubled * size);
	}
	if (!p)
		return false;
	heap_forgive(failures);
	*at = p;
	*capacity = doubled;
	return true;
}

void vec_shrink_(mem_budget *budget, void **at, size_t *capacity, size_t n, size_t size)
{
	if (n == *capacity)
		return;
	if (n == 0) {
		mem_free(budget, *at, *capacity * size);
		*at = NULL;
		*capacity = 0;
		return;
	}
	uint64_t failures = heap_failures();
	void *p = mem_resize(budget, *at, *capacity * size, n * size);
	if (p) {
		*at = p;
		*capacity = n;
	}
	heap_forgive(failures); /* it may as well stay as it is */
}

typedef struct arena_block {
	struct arena_block *next;
	size_t used, size;
	_Alignas(max_align_t) unsigned char bytes[];
} arena_block;

enum { ARENA_FIRST = 16 * 1024, ARENA_MOST = 256 * 1024 };

static arena_block *arena_more(arena *a, size_t size)
{
	size_t want = a->last ? a->last->size * 2 : ARENA_FIRST;
	if (want > ARENA_MOST)
		want = ARENA_MOST;
	if (want < size)
		want = size;
	arena_block *b = mem_resize(a->budget, NULL, 0, sizeof *b + want);
	if (!b)
		return NULL;
	*b = (arena_block){.size = want};
	if (a->last)
		a->last->next = b;
	else
		a->first = b;
	a->last = b;
	return b;
}

void *arena_alloc(arena *a, size_t size)
{
	enum { ALIGN = _Alignof(max_align_t) };
	if (size > SIZE_MAX / 2) {
		a->failed = true;
		return NULL;
	}
	size = (size + ALIGN - 1) / ALIGN * ALIGN;
	arena_block *b = a->last;
	if (!b || size > b->size - b->used) {
		b = arena_more(a, size);
		if (!b) {
			a->failed = true;
			return NULL;
		}
	}
	void *p = b->bytes + b->used;
	b->used += size;
	return p;
}

char *arena_copy(arena *a, const char *data, size_t size)
{
	char *p = size < SIZE_MAX ? arena_alloc(a, size + 1) : NULL;
	if (!p)
		return NULL;
	if (size)
		memcpy(p, data, size);
	p[size] = '\0';
	return p;
}

static void arena_drop(arena *a, arena_block *b)
{
	while (b) {
		arena_block *next = b->next;
		mem_free(a->budget, b, sizeof *b + b->size);
		b = next;
	}
}

void arena_reset(arena *a)
{
	a->failed = false;
	if (!a->first)
		return;
	arena_drop(a, a->first->next);
	a->first->next = NULL;
	a->first->used = 0;
	a->last = a->first;
}

void arena_free(arena *a)
{
	arena_drop(a, a->first);
	a->first = a->last = NULL;
}
