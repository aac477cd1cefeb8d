/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_text.c - text that may not be text, numbers that may not fit, and how both are written down.
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
#include "base/num.h"
#include "base/utf8.h"

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
		if (n != (code < 0x80      ? 1
		          : code < 0x800   ? 2
		          : code < 0x10000 ? 3
		                           : 4) ||
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
	    "\x80",
	    "\xbf",
	    "\xc0\x80",
	    "\xc1\xbf",
	    "\xe0\x80\x80",
	    "\xe0\x9f\xbf",
	    "\xf0\x80\x80\x80",
	    "\xf0\x8f\xbf\xbf",
	    "\xed\xa0\x80",
	    "\xed\xbf\xbf",
	    "\xf4\x90\x80\x80",
	    "\xf5\x80\x80\x80",
	    "\xf8\x88\x80\x80\x80",
	    "\xfe",
	    "\xff",
	    "\xc3(",
	    "\xe2\x82(",
	    "\xe2(\xa1",
	    "\xf0\x9f\x98(",
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
	static const uint32_t unsafe[] = {0,      7,      '\n',   0x1b,   0x7f,   0x80,
	                                  0x9b,   0x9f,   0x61c,  0x200b, 0x200e, 0x2028,
	                                  0x202e, 0x2060, 0x2066, 0x2069, 0xfeff, 0xe0041};
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
	static const char *const wrong[] = {"",
	                                    " 5",
	                                    "5 ",
	                                    "+5",
	                                    "-5",
	                                    "0x10",
	                                    "1e3",
	                                    "1.0",
	                                    "5a",
	                                    "\t5",
	                                    "1_0",
	                                    "५",
	                                    "18446744073709551616",
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
	volatile size_t huge = SIZE_MAX / 2; /* volatile: compilers see that it is too much */
	buf_add(&b, "x", huge);
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
		char out[32];
		assert_int_equal(oray_printable(cases[i].in, cases[i].size, out, sizeof out),
		                 strlen(cases[i].out));
		assert_string_equal(out, cases[i].out);
	}
}

/* Nothing is cut in two: no character and no escape. */
static void printable_text_is_cut_between_characters(void **state)
{
	(void)state;
	static const char in[] = "a\xd8\x9c\xe4\xb8\xad!";
	static const char *const kept[] = {"",
	                                   "a",
	                                   "a",
	                                   "a",
	                                   "a",
	                                   "a",
	                                   "a",
	                                   "a",
	                                   "a\\u{61c}",
	                                   "a\\u{61c}",
	                                   "a\\u{61c}",
	                                   "a\\u{61c}\xe4\xb8\xad",
	                                   "a\\u{61c}\xe4\xb8\xad!"};
	assert_int_equal(oray_printable(in, sizeof in - 1, NULL, 0), 12);
	for (size_t room = 1; room <= sizeof kept / sizeof *kept; room++) {
		char out[16];
		memset(out, '#', sizeof out);
		assert_int_equal(oray_printable(in, sizeof in - 1, out, room), 12);
		assert_string_equal(out, kept[room - 1]);
		assert_int_equal(out[room], '#');
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
	name[sizeof name - 1] = '\0';
	assert_int_equal(error_set(NULL, ORAY_ERR_IO, 7, "where", "text"), ORAY_ERR_IO);
	error_set(&err, ORAY_ERR_MALFORMED, 7, "graph.node[1]", "bad \x1b name '%s'", "\xff");
	assert_int_equal(err.code, ORAY_ERR_MALFORMED);
	assert_int_equal(err.offset, 7);
	assert_string_equal(err.where, "graph.node[1]");
	assert_string_equal(err.message, "bad \\x1b name '\\xff'");
	error_set(&err, ORAY_ERR_IO, ORAY_NO_OFFSET, name, "%s", name);
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
	    cmocka_unit_test(every_character_comes_back),
	    cmocka_unit_test(what_is_no_character_is_refused),
	    cmocka_unit_test(what_commands_a_terminal_is_unsafe),
	    cmocka_unit_test(width_is_in_columns),
	    cmocka_unit_test(products_say_when_they_do_not_fit),
	    cmocka_unit_test(only_plain_decimals_are_numbers),
	    cmocka_unit_test(buf_grows_and_is_always_terminated),
	    cmocka_unit_test(buf_failure_sticks),
	    cmocka_unit_test(printable_text_is_safe_and_readable),
	    cmocka_unit_test(printable_text_is_cut_between_characters),
	    cmocka_unit_test(different_texts_print_differently),
	    cmocka_unit_test(errors_fit_and_are_printable),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
