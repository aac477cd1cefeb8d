/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mem.h - memory with a budget: growing arrays and an arena.
 *
 * Everything that a hostile file can make large is allocated through a budget, or counted by heap.h,
 * so that "too much" is an ordinary failure. A call that fails leaves its arguments as they were.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** How much may be allocated, and how much is. Not thread safe: one a model, used while loading. */
typedef struct mem_budget {
	uint64_t used;
	uint64_t limit; /**< UINT64_MAX: no limit */
} mem_budget;

/**
 * Grows or shrinks a block, counting the difference. heap_refused() tells why it was refused.
 * @param budget  NULL: counted as heap.h does.
 * @param p       NULL with old_size 0 for a new block.
 * @return the block, not zeroed; NULL on refusal, `p` is then still valid.
 */
void *mem_resize(mem_budget *budget, void *p, size_t old_size, size_t new_size);

/**
 * `n` zeroed things of `size` bytes; pages that are never written cost nothing. NULL on refusal.
 * Freed with mem_free(budget, p, n * size).
 */
void *mem_zeroed(mem_budget *budget, size_t n, size_t size);

/** Frees a block of `size` bytes. */
void mem_free(mem_budget *budget, void *p, size_t size);

/**
 * A growing array of T: `VEC(uint32_t) ids = {0};`. Elements are `ids.at[i]`, their number `ids.n`.
 * Growth doubles; pages that are not used cost nothing.
 */
#define VEC(T)                                                                                     \
	struct {                                                                                       \
		T *at;                                                                                     \
		size_t n, capacity;                                                                        \
	}

/** Makes room for `extra` more elements, evaluated twice; true on success. */
#define vec_reserve(budget, v, extra)                                                              \
	((extra) <= (v)->capacity - (v)->n ||                                                          \
	 vec_grow_((budget), (void **)&(v)->at, &(v)->capacity, (v)->n, (extra), sizeof *(v)->at))

/** Appends one element, not zeroed: a pointer to it, or NULL. */
#define vec_push(budget, v) (vec_reserve((budget), (v), 1) ? &(v)->at[(v)->n++] : NULL)

/** Gives unused capacity back. */
#define vec_shrink(budget, v)                                                                      \
	vec_shrink_((budget), (void **)&(v)->at, &(v)->capacity, (v)->n, sizeof *(v)->at)

/** Frees the elements and empties the array. */
#define vec_free(budget, v)                                                                        \
	(mem_free((budget), (v)->at, (v)->capacity * sizeof *(v)->at), (v)->at = NULL,                 \
	 (v)->n = (v)->capacity = 0)

bool vec_grow_(mem_budget *budget, void **at, size_t *capacity, size_t n, size_t extra,
               size_t size);
void vec_shrink_(mem_budget *budget, void **at, size_t *capacity, size_t n, size_t size);

/**
 * Memory that is freed all at once: a list of blocks. Zero it, set `budget`, use it.
 * arena_reset() keeps the first block for the next round, so steady use allocates nothing.
 */
typedef struct arena {
	mem_budget *budget;
	struct arena_block *first; /**< oldest; kept by arena_reset() */
	struct arena_block *last;  /**< the one being filled */
	bool failed;               /**< an allocation was refused since the last reset */
} arena;

/** `size` bytes aligned for anything, not zeroed; NULL on refusal. */
void *arena_alloc(arena *a, size_t size);

/** A terminated copy of `size` bytes. */
char *arena_copy(arena *a, const char *data, size_t size);

void arena_reset(arena *a);
void arena_free(arena *a);

/* Clang's analyzer does not look into mem.c. It is told: where there is room, there is memory. */
#ifdef __clang_analyzer__
#undef vec_reserve
#define vec_reserve(budget, v, extra)                                                              \
	(vec_grow_((budget), (void **)&(v)->at, &(v)->capacity, (v)->n, (extra), sizeof *(v)->at) &&   \
	 (v)->at)
#endif

#endif
