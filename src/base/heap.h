/* SPDX-License-Identifier: Apache-2.0 */
/*
 * heap.h - malloc() and its kin, counted: what analyses and writers take beside the open models.
 *
 * A model has a budget of its own (mem.h) while it is read. What is made of it afterwards, lists,
 * pictures, texts, comes from here, and all of it together may be no more than what the limits of
 * the open models leave over. So a limit that somebody sets for a model holds for all that is done
 * with it, and a process needs no more than the limits of its models together, its own code, and
 * what libraries take that are not asked to count (see heap_claim()).
 *
 * Blocks are malloc()'s: their sizes are its own, which is why nothing has to be remembered for
 * them. Where the C library does not tell sizes nothing is counted. Safe with threads.
 */
#ifndef BASE_HEAP_H
#define BASE_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** As malloc(), realloc() and calloc(); 0 bytes give a block too. NULL: see heap_refused(). */
void *heap_get(size_t size);
void *heap_resize(void *p, size_t size);
void *heap_zeroed(size_t n, size_t size);

/** `size` bytes that begin at a multiple of `alignment`, a power of 2. Freed as all others. */
void *heap_aligned(size_t alignment, size_t size);

/** A terminated copy of `size` bytes. */
char *heap_copy(const char *data, size_t size);

void heap_free(void *p);

/**
 * Counts what a library is about to allocate that does not take it well when there is none, and sees
 * whether it could be had; heap_return() when it is free again.
 * @return false: it is more than there may be, or than there is, and nothing was counted.
 */
bool heap_claim(uint64_t size);
void heap_return(uint64_t size);

/** The limit, in bytes, that the last failure in this thread ran into; 0 when the system failed. */
uint64_t heap_refused(void);

/** An allocation that failed elsewhere, for heap_refused(). */
void heap_fail(uint64_t limit);

/**
 * How many allocations have failed in this thread. A call that finds more at its end than at its
 * beginning has left something out, whoever looked away. heap_forgive() takes back failures since
 * then: what failed was had in another way.
 */
uint64_t heap_failures(void);
void heap_forgive(uint64_t failures);

/** A model that may take `limit` bytes is opened, and closed. UINT64_MAX: no limit. */
void heap_allow(uint64_t limit);
void heap_disallow(uint64_t limit);

/** A budget that belongs to an open model has taken (or given back) so much since the last call. */
void heap_note(int64_t more);

/** What is counted now. For tests. */
int64_t heap_used(void);

#endif
