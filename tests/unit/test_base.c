/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_base.c - the ground everything stands on: memory with a budget, and strings by number.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/heap.h"
#include "base/mem.h"
#include "base/strings.h"

/* -------------------------------------------------------------------------------- memory -- */

static void budget_counts_what_is_held(void **state)
{
	(void)state;
	mem_budget b = {.limit = 1000};
	char *p = mem_resize(&b, NULL, 0, 600);
	assert_non_null(p);
	assert_int_equal(b.used, 600);
	memset(p, 7, 600);
	p = mem_resize(&b, p, 600, 1000); /* to the last byte */
	assert_non_null(p);
	assert_int_equal(b.used, 1000);
	assert_int_equal(p[599], 7);
	p = mem_resize(&b, p, 1000, 10);
	assert_int_equal(b.used, 10);
	mem_free(&b, p, 10);
	assert_int_equal(b.used, 0);
	mem_free(&b, NULL, 10);
	assert_int_equal(b.used, 0);
}

static void refusal_changes_nothing(void **state)
{
	(void)state;
	mem_budget b = {.limit = 100};
	char *p = mem_resize(&b, NULL, 0, 100);
	memset(p, 7, 100);
	heap_fail(0);
	assert_null(mem_resize(&b, p, 100, 101));
	assert_int_equal(heap_refused(), 100);
	assert_int_equal(b.used, 100);
	assert_int_equal(p[99], 7);
	assert_null(mem_resize(&b, NULL, 0, 1));
	assert_null(mem_resize(&b, NULL, 0, SIZE_MAX)); /* used + more would wrap around */
	mem_free(&b, p, 100);
	assert_int_equal(b.used, 0);
}

static void no_budget_is_no_limit(void **state)
{
	(void)state;
	char *p = mem_resize(NULL, NULL, 0, 10);
	assert_non_null(p);
	p = mem_resize(NULL, p, 10, 100000);
	assert_non_null(p);
	mem_free(NULL, p, 100000);
}

static void vec_keeps_its_elements_while_it_grows(void **state)
{
	(void)state;
	mem_budget b = {.limit = UINT64_MAX};
	VEC(uint64_t) v = {0};
	size_t moves = 0;
	for (uint64_t i = 0; i < 100000; i++) {
		size_t before = v.capacity;
		uint64_t *p = vec_push(&b, &v);
		assert_non_null(p);
		*p = i * 3;
		moves += v.capacity != before;
		assert_int_equal(b.used, v.capacity * sizeof *v.at);
	}
	assert_int_equal(v.n, 100000);
	assert_true(moves < 20); /* geometric */
	for (uint64_t i = 0; i < v.n; i++)
		assert_int_equal(v.at[i], i * 3);
	vec_shrink(&b, &v);
	assert_int_equal(v.capacity, v.n);
	assert_int_equal(b.used, v.n * sizeof *v.at);
	assert_int_equal(v.at[99999], 99999 * 3);
	vec_free(&b, &v);
	assert_int_equal(b.used, 0);
	assert_null(v.at);
	vec_shrink(&b, &v);
	vec_free(&b, &v);
}

static void vec_uses_up_its_budget(void **state)
{
	(void)state;
	mem_budget b = {.limit = 4000};
	VEC(uint32_t) v = {0};
	uint32_t *p;
	while ((p = vec_push(&b, &v)))
		*p = (uint32_t)v.n;
	assert_int_equal(heap_refused(), 4000);
	assert_true(v.n > 800); /* of 1000: near the end it grows in small steps */
	assert_true(b.used <= b.limit);
	for (uint32_t i = 0; i < v.n; i++)
		assert_int_equal(v.at[i], i + 1);
	vec_free(&b, &v);
	assert_int_equal(b.used, 0);
}

static void vec_refuses_what_overflows(void **state)
{
	(void)state;
	VEC(uint64_t) v = {0};
	assert_false(vec_reserve(NULL, &v, SIZE_MAX));
	assert_false(vec_reserve(NULL, &v, SIZE_MAX / 8));
	assert_false(vec_reserve(NULL, &v, SIZE_MAX / 16 + 1));
	assert_non_null(vec_push(NULL, &v));
	assert_false(vec_reserve(NULL, &v, SIZE_MAX));
	assert_false(vec_reserve(NULL, &v, SIZE_MAX - 1));
	assert_int_equal(v.n, 1);
	vec_free(NULL, &v);
}

static void arena_gives_aligned_places_of_their_own(void **state)
{
	(void)state;
	mem_budget b = {.limit = UINT64_MAX};
	arena a = {.budget = &b};
	enum { N = 3000 };
	unsigned char *places[N];
	for (size_t i = 0; i < N; i++) {
		size_t size = i * 7 % 300 + (i % 500 == 0 ? 300000 : 0);
		places[i] = arena_alloc(&a, size);
		assert_non_null(places[i]);
		assert_int_equal((uintptr_t)places[i] % _Alignof(max_align_t), 0);
		memset(places[i], (int)(i & 0xff), size);
	}
	for (size_t i = 0; i < N; i++) {
		size_t size = i * 7 % 300 + (i % 500 == 0 ? 300000 : 0);
		for (size_t k = 0; k < size; k++)
			assert_int_equal(places[i][k], i & 0xff);
	}
	arena_free(&a);
	assert_int_equal(b.used, 0);
}

static void arena_works_again_after_reset(void **state)
{
	(void)state;
	mem_budget b = {.limit = UINT64_MAX};
	arena a = {.budget = &b};
	arena_reset(&a); /* an empty one */
	void *first = arena_alloc(&a, 100);
	uint64_t held = b.used;
	for (int round = 0; round < 50; round++) {
		for (int i = 0; i < 1000; i++)
			assert_non_null(arena_alloc(&a, 100));
		arena_reset(&a);
		assert_int_equal(b.used, held); /* only the first block stays */
		assert_ptr_equal(arena_alloc(&a, 100), first);
		arena_reset(&a);
	}
	arena_free(&a);
	assert_int_equal(b.used, 0);
}

static void arena_says_when_it_failed(void **state)
{
	(void)state;
	mem_budget b = {.limit = 100000};
	arena a = {.budget = &b};
	assert_null(arena_alloc(&a, SIZE_MAX));
	assert_true(a.failed);
	arena_reset(&a);
	assert_false(a.failed);
	assert_null(arena_alloc(&a, SIZE_MAX / 2));
	assert_true(a.failed);
	assert_null(arena_copy(&a, "x", SIZE_MAX));
	arena_reset(&a);
	while (arena_alloc(&a, 1000))
		assert_true(b.used <= b.limit);
	assert_true(a.failed);
	assert_int_equal(heap_refused(), 100000);
	arena_reset(&a);
	assert_non_null(arena_alloc(&a, 1000));
	assert_false(a.failed);
	arena_free(&a);
	assert_int_equal(b.used, 0);
}

static void arena_copies_are_terminated(void **state)
{
	(void)state;
	arena a = {0};
	char *p = arena_copy(&a, "a\0bc", 3);
	assert_memory_equal(p, "a\0b", 4);
	p = arena_copy(&a, NULL, 0);
	assert_string_equal(p, "");
	arena_free(&a);
}

/* ------------------------------------------------------------------------------- strings -- */

static void equal_strings_have_one_number(void **state)
{
	(void)state;
	strings s = {0};
	strings_init(&s, NULL);
	assert_int_equal(strings_find(&s, "x", 1), ORAY_NONE);
	assert_int_equal(strings_add(&s, "x", 1), 0);
	assert_int_equal(strings_add(&s, "", 0), 1);
	assert_int_equal(strings_add(&s, "y", 1), 2);
	assert_int_equal(strings_add(&s, "x", 1), 0);
	assert_int_equal(strings_find(&s, "y", 1), 2);
	assert_int_equal(strings_find(&s, "z", 1), ORAY_NONE);
	assert_int_equal(strings_count(&s), 3);
	assert_string_equal(strings_get(&s, 2).data, "y");
	assert_int_equal(strings_get(&s, ORAY_NONE).size, 0);
	assert_string_equal(strings_get(&s, ORAY_NONE).data, "");
	assert_string_equal(strings_get(&s, 3).data, "");
	strings_free(&s);
}

static void strings_hold_any_byte(void **state)
{
	(void)state;
	static const char *const twins[] = {"a\0b", "a\0c",         "a\0\0",
	                                    "\0ab", "\xff\xfe\x80", "\xff\xfe\0"};
	strings s = {0};
	strings_init(&s, NULL);
	assert_int_equal(strings_add(&s, "a", 1), 0);
	for (oray_id i = 0; i < 6; i++)
		assert_int_equal(strings_add(&s, twins[i], 3), i + 1);
	for (oray_id i = 0; i < 6; i++) {
		assert_int_equal(strings_find(&s, twins[i], 3), i + 1);
		assert_int_equal(strings_get(&s, i + 1).size, 3);
		assert_memory_equal(strings_get(&s, i + 1).data, twins[i], 4); /* and a NUL behind */
	}
	strings_free(&s);
}

static void huge_strings_stay_whole(void **state)
{
	(void)state;
	enum { HUGE_SIZE = 1000000 };
	mem_budget b = {.limit = UINT64_MAX};
	strings s = {0};
	strings_init(&s, &b);
	char *text = malloc(HUGE_SIZE);
	memset(text, 'h', HUGE_SIZE);
	const char *before = strings_get(&s, strings_add(&s, "before", 6)).data;
	oray_id id = strings_add(&s, text, HUGE_SIZE);
	oray_id shorter = strings_add(&s, text, HUGE_SIZE - 1);
	assert_int_not_equal(id, shorter);
	assert_int_equal(strings_add(&s, text, HUGE_SIZE), id);
	strings_add(&s, "behind", 6);
	assert_memory_equal(strings_get(&s, id).data, text, HUGE_SIZE);
	assert_int_equal(strings_get(&s, id).data[HUGE_SIZE], '\0');
	assert_ptr_equal(strings_get(&s, 0).data, before); /* nothing ever moves */
	assert_string_equal(strings_get(&s, 3).data, "behind");
	/* Longer than 4 GiB: refused by its size alone. */
	assert_int_equal(strings_add(&s, text, (size_t)UINT32_MAX), ORAY_NONE);
	assert_int_equal(strings_add(&s, text, (size_t)1 << 40), ORAY_NONE);
	free(text);
	strings_free(&s);
	assert_int_equal(b.used, 0);
}

static int by_hash(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

/* So many strings that some of them have all 32 bits of their hash in common. */
static void equal_hashes_are_told_apart(void **state)
{
	(void)state;
	enum { MANY = 300000 };
	strings s = {0};
	char name[32];
	size_t pairs = 0;
	strings_init(&s, NULL);
	s.seed = 1; /* the same ones at every run */
	for (int i = 0; i < MANY; i++) {
		int n = snprintf(name, sizeof name, "name_%d", i);
		assert_int_equal(strings_add(&s, name, (size_t)n), i);
	}
	uint32_t *sorted = malloc(MANY * sizeof *sorted);
	memcpy(sorted, s.hash.at, MANY * sizeof *sorted);
	qsort(sorted, MANY, sizeof *sorted, by_hash);
	for (int i = 1; i < MANY; i++)
		pairs += sorted[i] == sorted[i - 1];
	free(sorted);
	assert_true(pairs > 0); /* about ten */
	assert_true(pairs < 100);
	for (int i = 0; i < MANY; i++) {
		int n = snprintf(name, sizeof name, "name_%d", i);
		assert_int_equal(strings_find(&s, name, (size_t)n), i);
		assert_string_equal(strings_get(&s, (oray_id)i).data, name);
	}
	strings_free(&s);
}

static void pools_differ_in_their_hashes(void **state)
{
	(void)state;
	strings a = {0}, b = {0};
	strings_init(&a, NULL);
	strings_init(&b, NULL);
	assert_true(a.seed != b.seed);
	strings_free(&a);
	strings_free(&b);
}

/* With every budget, what is refused is refused cleanly and what was there stays. */
static void strings_survive_every_budget(void **state)
{
	(void)state;
	for (uint64_t limit = 0; limit < 40000; limit += 97) {
		mem_budget b = {.limit = limit};
		strings s = {0};
		char name[64];
		oray_id added = 0;
		strings_init(&s, &b);
		for (int i = 0; i < 1000; i++) {
			int n = snprintf(name, sizeof name, "a rather long name, number %d", i);
			oray_id id = strings_add(&s, name, (size_t)n);
			assert_true(id == added || id == ORAY_NONE);
			added += id != ORAY_NONE;
			if (id == ORAY_NONE)
				break;
		}
		assert_true(b.used <= limit);
		assert_int_equal(strings_count(&s), added);
		for (oray_id i = 0; i < added; i++) {
			oray_str text = strings_get(&s, i);
			assert_int_equal(strings_find(&s, text.data, text.size), i);
		}
		strings_free(&s);
		assert_int_equal(b.used, 0);
	}
}

/* What is open may take its limit, all together, and gets everything back. */
static void heap_holds_the_limit(void **state)
{
	(void)state;
	enum { LIMIT = 1 << 20, PIECE = 1 << 14 };
	void *held[LIMIT / PIECE + 1];
	int64_t before = heap_used();
	size_t n = 0;
	oray_error err;
	heap_allow(LIMIT + (uint64_t)before);
	while (n < sizeof held / sizeof *held && (held[n] = heap_get(PIECE)))
		n++;
	assert_true(n >= LIMIT / PIECE - 2 && n < LIMIT / PIECE + 1);
	assert_true(heap_used() - before <= LIMIT);
	assert_int_equal(heap_refused(), LIMIT + (uint64_t)before);
	assert_int_equal(error_memory(&err), ORAY_ERR_LIMIT);
	assert_non_null(strstr(err.message, "--max-memory"));
	assert_null(heap_zeroed(SIZE_MAX / 2, 3));
	assert_null(heap_get(SIZE_MAX));
	assert_null(heap_resize(held[0], LIMIT));
	assert_false(heap_claim(PIECE));
	heap_free(held[--n]);
	assert_true(heap_claim(PIECE));
	heap_return(PIECE);
	char *p = held[0];
	p[PIECE - 1] = 7;
	held[0] = p = heap_resize(p, PIECE + 100);
	assert_non_null(p);
	assert_int_equal(p[PIECE - 1], 7);
	while (n)
		heap_free(held[--n]);
	assert_int_equal(heap_used(), before);
	heap_disallow(LIMIT + (uint64_t)before);
	heap_fail(0);
	assert_int_equal(error_memory(&err), ORAY_ERR_MEMORY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(budget_counts_what_is_held),
	    cmocka_unit_test(refusal_changes_nothing),
	    cmocka_unit_test(no_budget_is_no_limit),
	    cmocka_unit_test(heap_holds_the_limit),
	    cmocka_unit_test(vec_keeps_its_elements_while_it_grows),
	    cmocka_unit_test(vec_uses_up_its_budget),
	    cmocka_unit_test(vec_refuses_what_overflows),
	    cmocka_unit_test(arena_gives_aligned_places_of_their_own),
	    cmocka_unit_test(arena_works_again_after_reset),
	    cmocka_unit_test(arena_says_when_it_failed),
	    cmocka_unit_test(arena_copies_are_terminated),
	    cmocka_unit_test(equal_strings_have_one_number),
	    cmocka_unit_test(strings_hold_any_byte),
	    cmocka_unit_test(huge_strings_stay_whole),
	    cmocka_unit_test(equal_hashes_are_told_apart),
	    cmocka_unit_test(pools_differ_in_their_hashes),
	    cmocka_unit_test(strings_survive_every_budget),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
