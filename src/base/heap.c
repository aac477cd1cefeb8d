/* SPDX-License-Identifier: Apache-2.0 */
#include "base/heap.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#if defined(__linux__)
#include <malloc.h>
#define SIZE_OF(p) malloc_usable_size(p)
#elif defined(__APPLE__)
#include <malloc/malloc.h>
#define SIZE_OF(p) malloc_size(p)
#else
#define SIZE_OF(p) 0
#endif

/* A limit above that is none; so many that their sum overflows cannot be open. */
#define NO_LIMIT ((int64_t)1 << 50)

static _Atomic int64_t used, allowed;
static _Thread_local uint64_t refused, failures;

static void count(int64_t more)
{
	atomic_fetch_add_explicit(&used, more, memory_order_relaxed);
}

/* Without an open model there is nothing hostile, and no limit. */
static bool fits(uint64_t size)
{
	int64_t most = atomic_load_explicit(&allowed, memory_order_relaxed);
	int64_t now = atomic_load_explicit(&used, memory_order_relaxed);
	return !most || (size < NO_LIMIT && (int64_t)size <= most - now);
}

static void *taken(void *p)
{
	if (p)
		count((int64_t)SIZE_OF(p));
	else
		heap_fail(0);
	return p;
}

/* UINT64_MAX where there is none: a size that cannot be. */
static uint64_t limit(void)
{
	int64_t most = atomic_load_explicit(&allowed, memory_order_relaxed);
	return most > 0 && most < NO_LIMIT ? (uint64_t)most : UINT64_MAX;
}

static void *refusal(void)
{
	heap_fail(limit());
	return NULL;
}

void *heap_get(size_t size)
{
	return fits(size) ? taken(malloc(size ? size : 1)) : refusal();
}

void *heap_zeroed(size_t n, size_t size)
{
	if (size && n > SIZE_MAX / size)
		return refusal();
	return fits(n * size) ? taken(calloc(n ? n : 1, size ? size : 1)) : refusal();
}

void *heap_resize(void *p, size_t size)
{
	size_t before = p ? SIZE_OF(p) : 0;
	if (size > before && !fits(size - before))
		return refusal();
	void *q = taken(realloc(p, size ? size : 1));
	if (q)
		count(-(int64_t)before);
	return q;
}

void *heap_aligned(size_t alignment, size_t size)
{
	void *p = NULL;
	if (!fits(size))
		return refusal();
	return taken(posix_memalign(&p, alignment, size ? size : 1) == 0 ? p : NULL);
}

char *heap_copy(const char *data, size_t size)
{
	char *p = size < SIZE_MAX ? heap_get(size + 1) : refusal();
	if (!p)
		return NULL;
	if (size)
		memcpy(p, data, size);
	p[size] = '\0';
	return p;
}

void heap_free(void *p)
{
	if (!p)
		return;
	count(-(int64_t)SIZE_OF(p));
	free(p);
}

bool heap_claim(uint64_t size)
{
	void *there = size < SIZE_MAX ? heap_get((size_t)size) : refusal();
	if (!there)
		return false;
	heap_free(there);
	count((int64_t)size);
	return true;
}

void heap_return(uint64_t size)
{
	count(-(int64_t)size);
}

uint64_t heap_refused(void)
{
	return refused;
}

void heap_fail(uint64_t at)
{
	refused = at;
	failures++;
}

uint64_t heap_failures(void)
{
	return failures;
}

void heap_forgive(uint64_t before)
{
	failures = before;
}

static int64_t clamped(uint64_t limit)
{
	return limit < NO_LIMIT ? (int64_t)limit : NO_LIMIT;
}

void heap_allow(uint64_t limit)
{
	atomic_fetch_add_explicit(&allowed, clamped(limit), memory_order_relaxed);
}

void heap_disallow(uint64_t limit)
{
	atomic_fetch_sub_explicit(&allowed, clamped(limit), memory_order_relaxed);
}

void heap_note(int64_t more)
{
	count(more);
}

int64_t heap_used(void)
{
	return atomic_load_explicit(&used, memory_order_relaxed);
}
