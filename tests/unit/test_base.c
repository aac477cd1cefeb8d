/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_base.c - the ground everything stands on: memory with a budget, strings by number, text that
 * may not be text, numbers that may not fit.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/strings.h"
#include "base/utf8.h"

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
	assert_null(mem_resize(&b, p, 100, 101));
	assert_true(b.exceeded);
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
	assert_true(b.exceeded);
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
	assert_true(a.failed && b.exceeded);
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

/* --------------------------------------------------------------------------------- UTF-8 -- */

static void every_character_comes_back(void **state)
{
	(void)state;
	for (uint32_t code = 0; code <= 0x10ffff; code++) {
		char text[4];
		uint32_t back = 0;
		if (code == 0xd800)
			code = 0xe000;
		size_t n = utf8_encode(code, text);
		if (n != (code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4) ||
		    utf8_decode(text, n, &back) != n || back != code || !utf8_valid(text, n))
			fail_msg("U+%04X", (unsigned)code);
		for (size_t cut = 1; cut < n; cut++)
			if (utf8_decode(text, cut, &back) != 0 || back != (unsigned char)text[0])
				fail_msg("U+%04X cut after %zu", (unsigned)code, cut);
	}
}

static void what_is_no_character_is_refused(void **state)
{
	(void)state;
	static const char *const wrong[] = {
	    "\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xf0\x80\x80\x80",
	    "\xf0\x8f\xbf\xbf", "\xed\xa0\x80", "\xed\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
	    "\xf8\x88\x80\x80\x80", "\xfe", "\xff", "\xc3(", "\xe2\x82(", "\xe2(\xa1", "\xf0\x9f\x98(",
	};
	uint32_t code;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		assert_int_equal(utf8_decode(wrong[i], strlen(wrong[i]), &code), 0);
		assert_int_equal(code, (unsigned char)wrong[i][0]);
		assert_false(utf8_valid(wrong[i], strlen(wrong[i])));
	}
	assert_int_equal(utf8_decode("", 0, &code), 0);
	assert_true(utf8_valid("", 0));
	assert_true(utf8_valid("a\0b", 3));
	assert_false(utf8_valid("abc\xe2\x82", 5));
}

static void what_commands_a_terminal_is_unsafe(void **state)
{
	(void)state;
	static const uint32_t unsafe[] = {0,      7,      '\n',   0x1b,   0x7f,   0x80,   0x9b,
	                                  0x9f,   0x61c,  0x200b, 0x200e, 0x2028, 0x202e, 0x2060,
	                                  0x2066, 0x2069, 0xfeff, 0xe0041};
	static const uint32_t safe[] = {' ',    'a',    '~',    0xa0,   0xe9,    0x3b1,
	                                0x2010, 0x2030, 0x4e2d, 0xac00, 0x1f600, 0xfffd};
	for (size_t i = 0; i < sizeof unsafe / sizeof *unsafe; i++)
		assert_true(utf8_is_unsafe(unsafe[i]));
	for (size_t i = 0; i < sizeof safe / sizeof *safe; i++)
		assert_false(utf8_is_unsafe(safe[i]));
	for (uint32_t code = 0; code < 0x20; code++)
		assert_true(utf8_is_unsafe(code));
}

static void width_is_in_columns(void **state)
{
	(void)state;
	assert_int_equal(utf8_width('a'), 1);
	assert_int_equal(utf8_width(0xe9), 1);
	assert_int_equal(utf8_width(0x300), 0);  /* combining grave */
	assert_int_equal(utf8_width(0x4e2d), 2); /* middle */
	assert_int_equal(utf8_width(0xac00), 2);
	assert_int_equal(utf8_width(0xff21), 2); /* full-width A */
	assert_int_equal(utf8_width(0x1f600), 2);
	assert_int_equal(utf8_width(0x2502), 1); /* box drawing */
}

/* ------------------------------------------------------------------------------- numbers -- */

static void products_say_when_they_do_not_fit(void **state)
{
	(void)state;
	static const struct {
		int64_t dims[4];
		size_t n;
		bool fits;
		uint64_t product;
	} cases[] = {
	    {{0}, 0, true, 1},
	    {{7}, 1, true, 7},
	    {{2, 3, 5}, 3, true, 30},
	    {{INT64_MAX}, 1, true, INT64_MAX},
	    {{INT64_MAX, 2}, 2, true, UINT64_MAX - 1},
	    {{INT64_C(1) << 32, INT64_C(1) << 32}, 2, false, 0},
	    {{INT64_MAX, 3}, 2, false, 0},
	    {{INT64_MAX, INT64_MAX, 0}, 3, true, 0},
	    {{0, INT64_MAX, INT64_MAX}, 3, true, 0},
	    {{-1}, 1, false, 0},
	    {{0, -1}, 2, false, 0},
	    {{-1, 0}, 2, false, 0},
	    {{INT64_MIN, INT64_MIN}, 2, false, 0},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint64_t product = 12345;
		assert_int_equal(num_product(cases[i].dims, cases[i].n, &product), cases[i].fits);
		if (cases[i].fits)
			assert_int_equal(product, cases[i].product);
	}
	uint64_t sum;
	assert_true(num_add(UINT64_MAX - 1, 1, &sum));
	assert_false(num_add(UINT64_MAX, 1, &sum));
	assert_true(num_mul(UINT64_C(1) << 32, (UINT64_C(1) << 32) - 1, &sum));
	assert_false(num_mul(UINT64_C(1) << 32, UINT64_C(1) << 32, &sum));
}

static void only_plain_decimals_are_numbers(void **state)
{
	(void)state;
	static const char *const wrong[] = {"",    " 5",  "5 ",  "+5",   "-5", "0x10", "1e3", "1.0",
	                                    "5a",  "\t5", "1_0", "५",    "18446744073709551616",
	                                    "99999999999999999999999"};
	uint64_t value = 0;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_false(num_parse(wrong[i], strlen(wrong[i]), &value));
	assert_false(num_parse("0\0", 2, &value));
	assert_true(num_parse("0", 1, &value) && value == 0);
	assert_true(num_parse("000123", 6, &value) && value == 123);
	assert_true(num_parse("18446744073709551615", 20, &value) && value == UINT64_MAX);
	assert_true(num_parse("42!", 2, &value) && value == 42); /* the size counts */
}

/* -------------------------------------------------------------------------------- texts -- */

static void buf_grows_and_is_always_terminated(void **state)
{
	(void)state;
	buf b = {0};
	assert_string_equal(buf_text(&b), "");
	assert_true(buf_ok(&b));
	buf_str(&b, "");
	assert_string_equal(buf_text(&b), "");
	for (int i = 0; i < 1000; i++)
		buf_format(&b, "%d,", i);
	buf_char(&b, '!');
	buf_repeat(&b, "ab", 3);
	buf_add(&b, "x\0y", 3);
	assert_int_equal(b.n, 10 * 2 + 90 * 3 + 900 * 4 + 1 + 6 + 3);
	assert_memory_equal(b.data + b.n - 10, "!abababx\0y", 11);
	assert_true(buf_ok(&b));
	buf_clear(&b);
	assert_string_equal(buf_text(&b), "");
	buf_free(&b);
	assert_null(b.data);
}

static void buf_failure_sticks(void **state)
{
	(void)state;
	buf b = {0};
	buf_str(&b, "before");
	buf_add(&b, "x", SIZE_MAX / 2);
	assert_false(buf_ok(&b));
	buf_str(&b, "behind");
	assert_false(buf_ok(&b));
	assert_string_equal(buf_text(&b), "before");
	buf_free(&b);
	assert_true(buf_ok(&b));
}

static void printable_text_is_safe_and_readable(void **state)
{
	(void)state;
	static const struct {
		const char *in;
		size_t size;
		const char *out;
	} cases[] = {
	    {"plain name/with:marks", 21, "plain name/with:marks"},
	    {"caf\xc3\xa9 \xe4\xb8\xad", 9, "caf\xc3\xa9 \xe4\xb8\xad"},
	    {"\x1b[2J", 4, "\\x1b[2J"},
	    {"a\0b", 3, "a\\x00b"},
	    {"one\ntwo\t\r", 9, "one\\x0atwo\\x09\\x0d"},
	    {"\x7f", 1, "\\x7f"},
	    {"\xff\xfe", 2, "\\xff\\xfe"},
	    {"\xe2\x82", 2, "\\xe2\\x82"},
	    {"\xc2\x9b", 2, "\\u{9b}"},
	    {"\xe2\x80\xae", 3, "\\u{202e}"},
	    {"\xf3\xa0\x81\x81", 4, "\\u{e0041}"},
	    {"C:\\temp\\new", 11, "C:\\temp\\new"},
	    {"\\x1b", 4, "\\\\x1b"},
	    {"\\u{9b}", 6, "\\\\u{9b}"},
	    {"\\", 1, "\\"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		buf b = {0};
		buf_printable(&b, cases[i].in, cases[i].size);
		assert_string_equal(buf_text(&b), cases[i].out);
		buf_free(&b);
	}
}

typedef struct pair {
	char in[8], out[64];
} pair;

static int by_out(const void *a, const void *b)
{
	return strcmp(((const pair *)a)->out, ((const pair *)b)->out);
}

/* Two names that differ must not look the same: all short texts of the bytes that matter. */
static void different_texts_print_differently(void **state)
{
	(void)state;
	static const char letters[] = "\\xu{1b}\x1b\x9b\x01\xc2";
	enum { LETTERS = sizeof letters - 1, LENGTH = 4 };
	size_t total = 1, n = 0;
	for (int i = 0; i < LENGTH; i++)
		total *= LETTERS + 1;
	pair *pairs = calloc(total, sizeof *pairs);
	for (size_t number = 0; number < total; number++) {
		pair *p = &pairs[n];
		size_t size = 0, rest = number;
		memset(p, 0, sizeof *p);
		for (; rest && rest % (LETTERS + 1); rest /= LETTERS + 1)
			p->in[size++] = letters[rest % (LETTERS + 1) - 1];
		if (rest) /* a gap: not a text */
			continue;
		buf b = {0};
		buf_printable(&b, p->in, size);
		assert_true(b.n < sizeof p->out);
		memcpy(p->out, buf_text(&b), b.n);
		buf_free(&b);
		n++;
	}
	qsort(pairs, n, sizeof *pairs, by_out);
	for (size_t i = 1; i < n; i++)
		if (strcmp(pairs[i].out, pairs[i - 1].out) == 0)
			fail_msg("two texts print as %s: lengths %zu and %zu", pairs[i].out,
			         strlen(pairs[i].in), strlen(pairs[i - 1].in));
	free(pairs);
}

static void errors_fit_and_are_printable(void **state)
{
	(void)state;
	oray_error err;
	char name[1200];
	memset(name, 'n', sizeof name);
	assert_int_equal(error_set(NULL, ORAY_ERR_IO, 7, "where", "text"), ORAY_ERR_IO);
	error_set(&err, ORAY_ERR_MALFORMED, 7, "graph.node[1]", "bad \x1b name '%s'", "\xff");
	assert_int_equal(err.code, ORAY_ERR_MALFORMED);
	assert_int_equal(err.offset, 7);
	assert_string_equal(err.where, "graph.node[1]");
	assert_string_equal(err.message, "bad \\x1b name '\\xff'");
	error_set(&err, ORAY_ERR_IO, ORAY_NO_OFFSET, name, "%.*s", (int)sizeof name, name);
	assert_int_equal(strlen(err.message), sizeof err.message - 1);
	for (size_t i = 500; i < sizeof err.message; i++) { /* a character across the end */
		char text[600] = {0};
		memset(text, 'x', i);
		memcpy(text + i, "\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80", 12);
		error_set(&err, ORAY_ERR_IO, 0, NULL, "%s", text);
		assert_true(utf8_valid(err.message, strlen(err.message)));
		assert_true(strlen(err.message) >= i);
	}
	error_memory(&err);
	assert_int_equal(err.code, ORAY_ERR_MEMORY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(budget_counts_what_is_held),
	    cmocka_unit_test(refusal_changes_nothing),
	    cmocka_unit_test(no_budget_is_no_limit),
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
	    cmocka_unit_test(every_character_comes_back),
	    cmocka_unit_test(what_is_no_character_is_refused),
	    cmocka_unit_test(what_commands_a_terminal_is_unsafe),
	    cmocka_unit_test(width_is_in_columns),
	    cmocka_unit_test(products_say_when_they_do_not_fit),
	    cmocka_unit_test(only_plain_decimals_are_numbers),
	    cmocka_unit_test(buf_grows_and_is_always_terminated),
	    cmocka_unit_test(buf_failure_sticks),
	    cmocka_unit_test(printable_text_is_safe_and_readable),
	    cmocka_unit_test(different_texts_print_differently),
	    cmocka_unit_test(errors_fit_and_are_printable),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
