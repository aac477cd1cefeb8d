/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_svg.c - SVG to the letter: numbers in paths, escaping, themes, what occurs, refusing sinks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "export/svg_draft.h"
#include "model_writer.h"

static int collect(void *context, const char *data, size_t size)
{
	buf_add(context, data, size);
	return 0;
}

static void test_numbers(void **unused)
{
	(void)unused;
	buf b = {0};
	const int64_t numbers[] = {0, 7, -3, 10, INT32_MAX, INT32_MIN, INT64_MIN};
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		svg_number(&b, numbers[i]);
	assert_string_equal(buf_text(&b), "0 7-3 10 2147483647-2147483648-9223372036854775808");
	buf_clear(&b);
	svg_lit(&b, "M");
	svg_number(&b, 1);
	svg_attribute(&b, " x=\"", 5);
	assert_string_equal(buf_text(&b), "M1 x=\"5\"");
	buf_free(&b);
}

/* Every place in a step of eight bytes, and every byte, against a plain loop. */
static void test_escaping(void **unused)
{
	(void)unused;
	for (unsigned c = ' '; c < 256; c++)
		for (size_t size = 1; size < 20; size++)
			for (size_t at = 0; at < size; at++) {
				char text[20], one[2] = {(char)c, 0};
				buf b = {0}, want = {0};
				memset(text, 'x', size);
				text[at] = (char)c;
				text[size - 1] = at == size - 1 ? text[at] : '"';
				svg_text(&b, text, size);
				for (size_t i = 0; i < size; i++) {
					one[0] = text[i];
					buf_str(&want, text[i] == '<'   ? "&lt;"
					               : text[i] == '>' ? "&gt;"
					               : text[i] == '&' ? "&amp;"
					               : text[i] == '"' ? "&quot;"
					                                : one);
				}
				assert_int_equal(b.n, want.n);
				assert_memory_equal(b.data, want.data, b.n);
				buf_free(&b);
				buf_free(&want);
			}
}

/* --------------------------------------------------------------------------------- pictures -- */

static oray_model *make_small(const place *p)
{
	bytes graph = {0}, x = make_value("x<&"), z = make_value("z");
	bytes relu = make_node("Relu", "x<&", "y"), add = make_node("Sigmoid", "y", "z");
	oray_model *model;
	oray_error err;
	put_message(&graph, 1, &relu);
	put_message(&graph, 1, &add);
	put_message(&graph, 11, &x);
	put_message(&graph, 12, &z);
	bytes m = make_model(&graph);
	assert_int_equal(load_bytes(p, &m, NULL, &model, &err), ORAY_OK);
	return model;
}

static buf draw(const oray_model *model, const oray_drawing *drawing)
{
	buf b = {0};
	oray_error err;
	assert_int_equal(oray_write_picture(model, drawing, "svg", collect, &b, &err), ORAY_OK);
	assert_true(buf_ok(&b));
	return b;
}

static size_t times(const buf *b, const char *text)
{
	size_t n = 0;
	for (const char *at = buf_text(b); (at = strstr(at, text)); at++)
		n++;
	return n;
}

static void test_small(void **unused)
{
	(void)unused;
	place p;
	place_make(&p);
	oray_model *model = make_small(&p);
	buf b = draw(model, NULL), again = draw(model, NULL);
	assert_int_equal(b.n, again.n);
	assert_memory_equal(b.data, again.data, b.n);
	static const struct {
		const char *text;
		size_t times;
	} holds[] = {
	    {"<svg ", 1},
	    {"<style>", 1},
	    {"role=\"img\"", 1},
	    {"<desc>", 1},
	    {"class=\"page\"", 1},
	    {"@media (prefers-color-scheme:dark)", 1},
	    {"id=\"n0\"", 1},
	    {"id=\"n1\"", 1},
	    {"id=\"v0\"", 1},
	    {"id=\"g0o0\"", 1},
	    {"class=\"activation\"", 2},
	    {"class=\"pill\"", 2},
	    {"x&lt;&amp;", 4}, /* the pill and its tooltip, the wire's, that of its reader */
	    {"x<&", 0},
	    {".layer", 0},
	    {".quant", 0},
	    {".frame", 0},
	    {".dashed", 0},
	    {"var(", 0},
	    {"href", 0},
	    {"id=\"e", 3},
	    {"z\"/>", 1},
	    {".activation{", 2},
	};
	for (size_t i = 0; i < sizeof holds / sizeof *holds; i++)
		if (times(&b, holds[i].text) != holds[i].times)
			fail_msg("%s: %zu times, not %zu", holds[i].text, times(&b, holds[i].text),
			         holds[i].times);
	buf_free(&b);
	buf_free(&again);
	oray_model_free(model);
	place_remove(&p);
}

/* The page has the colour of the theme that is asked for, and of no other. */
static void test_themes(void **unused)
{
	(void)unused;
	static const struct {
		const char *theme;
		size_t light, dark, media;
	} cases[] = {{NULL, 1, 1, 1}, {"auto", 1, 1, 1}, {"light", 1, 0, 0}, {"dark", 0, 1, 0}};
	place p;
	oray_error err;
	place_make(&p);
	oray_model *model = make_small(&p);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		oray_drawing drawing = {.theme = cases[i].theme};
		buf b = draw(model, &drawing);
		assert_int_equal(times(&b, ".page{fill:#fff}"), cases[i].light);
		assert_int_equal(times(&b, ".page{fill:#1b1c1f}"), cases[i].dark);
		assert_int_equal(times(&b, "@media"), cases[i].media);
		buf_free(&b);
	}
	buf none = {0};
	oray_drawing purple = {.theme = "purple"};
	assert_int_equal(oray_write_picture(model, &purple, "svg", collect, &none, &err),
	                 ORAY_ERR_USAGE);
	assert_int_equal(none.n, 0);
	oray_model_free(model);
	place_remove(&p);
}

static int refuse(void *context, const char *data, size_t size)
{
	(void)data;
	(void)size;
	++*(int *)context;
	return 1;
}

static void test_refused(void **unused)
{
	(void)unused;
	place p;
	oray_error err;
	int calls = 0;
	place_make(&p);
	oray_model *model = make_small(&p);
	assert_int_equal(oray_write_picture(model, NULL, "svg", refuse, &calls, &err), ORAY_ERR_WRITE);
	assert_int_equal(calls, 1);
	oray_model_free(model);
	place_remove(&p);
}

/* A fan: one trunk with one tooltip, as many heads as readers, one size for all that are equal. */
static void test_fan(void **unused)
{
	(void)unused;
	enum { READERS = 300 };
	place p;
	bytes graph = {0}, x = make_value("x");
	oray_model *model;
	oray_error err;
	char name[16];
	place_make(&p);
	put_message(&graph, 11, &x);
	for (int i = 0; i < READERS; i++) {
		snprintf(name, sizeof name, "y%d", i);
		bytes node = make_node("Relu", "x", name);
		put_message(&graph, 1, &node);
	}
	bytes m = make_model(&graph);
	assert_int_equal(load_bytes(&p, &m, NULL, &model, &err), ORAY_OK);
	buf b = draw(model, NULL);
	assert_int_equal(times(&b, "id=\"e"), 1);
	assert_int_equal(times(&b, "id=\"n"), READERS);
	size_t heads = 0;
	for (const char *at = buf_text(&b); (at = strstr(at, "class=\"head\"")); at++)
		for (const char *c = at; *c != '>'; c++)
			heads += *c == 'z';
	assert_int_equal(heads, READERS);
	assert_int_equal(times(&b, "</title><rect class=\"h\""), READERS + 1);
	buf_free(&b);
	oray_model_free(model);
	place_remove(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_numbers), cmocka_unit_test(test_escaping),
	    cmocka_unit_test(test_small),   cmocka_unit_test(test_themes),
	    cmocka_unit_test(test_refused), cmocka_unit_test(test_fan),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
