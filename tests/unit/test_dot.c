/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_dot.c - drawing: colours one can read and tell apart, text that stays text, and plans.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <cgraph.h>
#include <math.h>
#include <time.h>

#include "base/utf8.h"
#include "export/dot_escape.h"
#include "export/dot_effort.h"
#include "picture/pic_plan.h"
#include "picture/theme.h"
#include "model_writer.h"

static int collect(void *context, const char *data, size_t size)
{
	buf_add(context, data, size);
	return 0;
}

/* -------------------------------------------------------------------------------- colours -- */

static void check_readable(const theme_paint *p)
{
	assert_true(theme_contrast(p->fill, p->text) >= 4.5);
	assert_true(theme_contrast(p->fill, p->muted) >= 4.5);
}

static void test_contrast(void **unused)
{
	(void)unused;
	static const char *const names[] = {"light", "dark"};
	assert_true(fabs(theme_contrast(0xffffff, 0) - 21) < 0.01);
	for (size_t i = 0; i < 2; i++) {
		const theme *t = theme_find(names[i]);
		assert_non_null(t);
		for (int c = 0; c < OPS_N_CATEGORIES; c++) {
			check_readable(&t->category[c]);
			assert_int_equal(t->category[c].text, 0xffffff);
			assert_true(theme_contrast(t->category[c].fill, 0) > 1.5); /* nobody is black */
		}
		check_readable(&t->body);
		check_readable(&t->pill);
		check_readable(&t->stub);
		check_readable(&t->missing);
		check_readable(&t->nested);
		check_readable(&t->quantized);
		for (int s = THEME_KEPT; s < THEME_N_STATES; s++)
			check_readable(&t->state[s]);
		assert_true(theme_contrast(t->page, t->wire_text) >= 4.5);
		assert_true(theme_contrast(t->page, t->wire) >= 3);
		assert_true(theme_contrast(t->page, t->captured) >= 3);
	}
	assert_string_equal(theme_find(NULL)->name, "light");
	assert_null(theme_find("purple"));
}

static double linear(uint32_t color, unsigned shift)
{
	double c = (color >> shift & 255) / 255.0;
	return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

/* OKLab after a matrix that takes colours away as Machado et al. (2009) found for human eyes. */
static void perceive(uint32_t color, const double eye[9], double lab[3])
{
	static const double lms[9] = {0.4122214708, 0.5363325363, 0.0514459929,
	                              0.2119034982, 0.6806995451, 0.1073969566,
	                              0.0883024619, 0.2817188376, 0.6299787005};
	static const double mix[9] = {0.2104542553, 0.7936177850,  -0.0040720468,
	                              1.9779984951, -2.4285922050, 0.4505937099,
	                              0.0259040371, 0.7827717662,  -0.8086757660};
	double rgb[3] = {linear(color, 16), linear(color, 8), linear(color, 0)}, seen[3], cone[3];
	for (int i = 0; i < 3; i++)
		seen[i] = fmax(0, eye[3 * i] * rgb[0] + eye[3 * i + 1] * rgb[1] + eye[3 * i + 2] * rgb[2]);
	for (int i = 0; i < 3; i++)
		cone[i] = cbrt(lms[3 * i] * seen[0] + lms[3 * i + 1] * seen[1] + lms[3 * i + 2] * seen[2]);
	for (int i = 0; i < 3; i++)
		lab[i] = mix[3 * i] * cone[0] + mix[3 * i + 1] * cone[1] + mix[3 * i + 2] * cone[2];
}

static double distance(uint32_t a, uint32_t b, const double eye[9])
{
	double x[3], y[3];
	perceive(a, eye, x);
	perceive(b, eye, y);
	return sqrt((x[0] - y[0]) * (x[0] - y[0]) + (x[1] - y[1]) * (x[1] - y[1]) +
	            (x[2] - y[2]) * (x[2] - y[2]));
}

static double least_distance(const theme_paint *paints, int n, const double eye[9])
{
	double least = 1;
	for (int a = 0; a < n; a++)
		for (int b = 0; b < a; b++)
			least = fmin(least, distance(paints[a].fill, paints[b].fill, eye));
	return least;
}

static const double eyes[3][9] = {
    {1, 0, 0, 0, 1, 0, 0, 0, 1},
    /* no green, no red */
    {0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881},
    {0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998}};

/* 0.02 is about the smallest difference that is seen side by side. */
static void test_distance(void **unused)
{
	(void)unused;
	static const char *const names[] = {"light", "dark"};
	for (size_t i = 0; i < 2; i++) {
		const theme *t = theme_find(names[i]);
		for (size_t eye = 0; eye < 3; eye++) {
			assert_true(least_distance(t->category, OPS_N_CATEGORIES, eyes[eye]) >
			            (eye ? 0.02 : 0.06));
			assert_true(least_distance(t->type, THEME_N_TYPES, eyes[eye]) > 0.06);
		}
	}
}

/* Steps are even, go one way, and lie apart, for every eye; little is near the paper. */
static void test_scale(void **unused)
{
	(void)unused;
	static const char *const names[] = {"light", "dark"};
	for (size_t i = 0; i < 2; i++) {
		const theme *t = theme_find(names[i]);
		for (int s = 0; s < THEME_SCALE; s++)
			check_readable(&t->scale[s]);
		for (int s = 0; s < THEME_N_TYPES; s++)
			check_readable(&t->type[s]);
		for (size_t eye = 0; eye < 3; eye++)
			for (int s = 1; s < THEME_SCALE - 1; s++) {
				double a[3], b[3], d;
				perceive(t->scale[s - 1].fill, eyes[eye], a);
				perceive(t->scale[s].fill, eyes[eye], b);
				d = distance(t->scale[s - 1].fill, t->scale[s].fill, eyes[eye]);
				assert_true(d > 0.055 && d < 0.12);
				assert_true(i ? b[0] > a[0] + 0.05 : b[0] < a[0] - 0.05);
			}
		assert_true(theme_contrast(t->page, t->scale[0].fill) <
		            theme_contrast(t->page, t->scale[THEME_SCALE - 2].fill));
	}
}

/* -------------------------------------------------------------------------------- escaping -- */

static void test_escapes(void **unused)
{
	(void)unused;
	static const struct {
		const char *in;
		size_t size;
		const char *html, *tip;
	} cases[] = {
	    {"conv1/Conv_0", 12, "conv1/Conv_0", "conv1/Conv_0"},
	    {"\"];node[shape=none];", 20, "&quot;&#93;;node&#91;shape=none&#93;;",
	     "&quot;&#93;;node&#91;shape=none&#93;;"},
	    {"\\N\\G\\l", 6, "\\\\N\\\\G\\\\l", "\\\\\\\\N\\\\\\\\G\\\\\\\\l"},
	    {"end\\", 4, "end\\\\", "end\\\\\\\\"},
	    {"<b>x</b>", 8, "&lt;b&gt;x&lt;/b&gt;", "&lt;b&gt;x&lt;/b&gt;"},
	    {"]]>", 3, "&#93;&#93;&gt;", "&#93;&#93;&gt;"},
	    {"&#x3c;&lt;&#0;", 14, "\uff06#x3c;\uff06lt;\uff06#0;", "\uff06#x3c;\uff06lt;\uff06#0;"},
	    {"R&D; a & b", 10, "R\uff06D; a &amp; b", "R\uff06D; a &amp; b"},
	    {"R&D & b;", 8, "R&amp;D &amp; b;", "R&amp;D &amp; b;"},
	    {"a\nb\tc\rd", 7, "a b c d", "a b c d"},
	    {"a\0b", 3, "a\ufffdb", "a\ufffdb"},
	    {"\x1b[2J\x7f", 5, "\ufffd&#91;2J\ufffd", "\ufffd&#91;2J\ufffd"},
	    {"\xff\xc0\x80\xed\xa0\x80", 6, "\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd",
	     "\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd"},
	    {"\xe2\x80\xae\xef\xbf\xbe\xef\xbf\xbf", 9, "\ufffd\ufffd\ufffd", "\ufffd\ufffd\ufffd"},
	    {"\xe5\x9b\xbe 'x'", 7, "\u56fe &#39;x&#39;", "\u56fe &#39;x&#39;"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		buf b = {0};
		dot_html(&b, cases[i].in, cases[i].size, 100);
		assert_string_equal(buf_text(&b), cases[i].html);
		buf_clear(&b);
		dot_tip(&b, cases[i].in, cases[i].size, 100);
		assert_string_equal(buf_text(&b), cases[i].tip);
		buf_free(&b);
	}
}

static void check_shortened(const char *in, size_t size, size_t most, const char *want)
{
	buf b = {0};
	dot_html(&b, in, size, most);
	assert_string_equal(buf_text(&b), want);
	buf_free(&b);
}

static void test_shortening(void **unused)
{
	(void)unused;
	check_shortened("", 0, 9, "");
	check_shortened("abcdefghi", 9, 9, "abcdefghi");
	check_shortened("abcdefghij", 10, 9, "abcd\u2026ghij");
	check_shortened("abcdefghij", 10, 8, "abcd\u2026hij");
	check_shortened("\xe5\x9b\xbe\xe5\x9b\xbe\xe5\x9b\xbe\xe5\x9b\xbe\xe5\x9b\xbe\xe5\x9b\xbe", 18,
	                5, "\u56fe\u56fe\u2026\u56fe\u56fe");
	check_shortened("ab\x80\x80\x80\x80\x80\x80yz", 10, 5, "ab\u2026yz");
	check_shortened("ab&xxxxxxxxlt;", 14, 7, "ab&amp;\u2026lt;");
}

static void check_harmless(const char *in, size_t size, size_t most)
{
	buf b = {0};
	size_t characters = 0;
	dot_html(&b, in, size, most);
	assert_true(buf_ok(&b) && utf8_valid(buf_text(&b), b.n));
	for (size_t i = 0; i < b.n; i++) {
		unsigned char c = (unsigned char)b.data[i];
		assert_true(c >= ' ' && !strchr("<>\"'[]\x7f", c));
		characters += (c & 0xc0) != 0x80;
		if (c == '&')
			i += strcspn(b.data + i, ";");
		if (c == '\\')
			assert_true(b.data[++i] == '\\');
	}
	assert_true(characters <= most);
	buf_free(&b);
}

static void test_noise(void **unused)
{
	(void)unused;
	static const char bits[] = "&<>\"'[]\\;#x0lt\n\xe2\x80\xae\xff\xf0\x9f\x98\x80 ";
	char text[200];
	uint32_t seed = 1;
	for (int round = 0; round < 20000; round++) {
		size_t size = (seed >> 16) % sizeof text;
		for (size_t i = 0; i < size; i++) {
			seed = seed * 1664525 + 1013904223;
			text[i] = seed >> 31 ? (char)(seed >> 20) : bits[(seed >> 16) % (sizeof bits - 1)];
		}
		check_harmless(text, size, 3 + round % 60);
	}
}

static void test_long_names(void **unused)
{
	(void)unused;
	size_t size = (size_t)64 << 20;
	char *name = malloc(size);
	assert_non_null(name);
	memset(name, '<', size);
	clock_t start = clock();
	for (int i = 0; i < 10000; i++)
		check_harmless(name, size, 28);
	assert_true(clock() - start < 2 * CLOCKS_PER_SEC);
	free(name);
}

/* ------------------------------------------------------------------------------- documents -- */

static const struct {
	const char *at;
	size_t size;
} hostile[] = {
    {"\"];node[shape=none];", 20},
    {"\\N \\G \\E \\l", 11},
    {"<b>bold</b>", 11},
    {"two\nlines", 9},
    {"backslash\\", 10},
    {"graph", 5},
    {"digraph", 7},
    {"strict", 6},
    {"nul\0nul", 7},
    {"\xff\xfe\xc0\x80", 4},
    {"]]>", 3},
    {"&#x3c;", 6},
    {"javascript:alert(1)", 19},
    {"/* x */ // y", 12},
    {"#line 1", 7},
    {"<TABLE><TR><TD>x</TD>", 21},
    {"\" -> v1 [x=\"", 12},
    {"&#0;", 4},
};
enum { N_HOSTILE = sizeof hostile / sizeof *hostile };

/* A chain of nodes, each with a bad name as operator, domain, name, value, attribute and text. */
static oray_model *make_hostile(const place *p)
{
	bytes graph = {0};
	const char *big = memset(calloc(1, (1 << 20) + 1), '"', 1 << 20);
	bytes value = make_value("x");
	oray_model *model;
	oray_error err;
	put_message(&graph, 11, &value);
	for (size_t i = 0; i < N_HOSTILE; i++) {
		bytes node = {0}, attribute = {0};
		put_data(&node, 1, i ? hostile[i - 1].at : "x", i ? hostile[i - 1].size : 1);
		put_data(&node, 2, hostile[i].at, hostile[i].size);
		put_data(&node, 3, hostile[i].at, hostile[i].size);
		put_data(&node, 4, hostile[i].at, hostile[i].size);
		put_data(&attribute, 1, hostile[i].at, hostile[i].size);
		put_data(&attribute, 4, hostile[i].at, hostile[i].size);
		put_number(&attribute, 20, 3);
		put_message(&node, 5, &attribute);
		put_data(&node, 7, hostile[i].at, hostile[i].size);
		put_message(&graph, 1, &node);
	}
	bytes last = make_node("Relu", hostile[N_HOSTILE - 1].at, big);
	put_text(&last, 3, big);
	put_message(&graph, 1, &last);
	free((void *)(uintptr_t)big);
	bytes m = make_model(&graph);
	assert_int_equal(load_bytes(p, &m, NULL, &model, &err), ORAY_OK);
	return model;
}

static void test_hostile_document(void **unused)
{
	(void)unused;
	place p;
	place_make(&p);
	oray_model *model = make_hostile(&p);
	buf text = {0};
	oray_error err;
	assert_int_equal(oray_write_dot(model, NULL, collect, &text, &err), ORAY_OK);
	assert_true(utf8_valid(buf_text(&text), text.n));
	assert_true(text.n < 64 << 10);
	Agraph_t *g = agmemread(buf_text(&text));
	assert_non_null(g);
	assert_int_equal(agnnodes(g), N_HOSTILE + 2);
	assert_int_equal(agnedges(g), N_HOSTILE + 1);
	assert_string_equal(agnameof(g), "onnxray");
	for (Agnode_t *n = agfstnode(g); n; n = agnxtnode(g, n)) {
		char *name = agnameof(n), label[] = "label", shape[] = "shape", tip[] = "tooltip";
		assert_true((*name == 'n' || *name == 'v') &&
		            strspn(name + 1, "0123456789") + 1 == strlen(name));
		assert_true(aghtmlstr(agget(n, label)) && !aghtmlstr(agget(n, tip)));
		assert_memory_equal(agget(n, label), "<TABLE ", 7);
		assert_string_equal(agget(n, shape), "plain");
	}
	agclose(g);
	buf_free(&text);
	oray_model_free(model);
	place_remove(&p);
}

/* An If with two branches, a node each, that read the same outer value. */
static bytes make_if(const char *output)
{
	bytes node = make_node("If", "x", output);
	static const char *const names[] = {"then_branch", "else_branch"};
	for (int i = 0; i < 2; i++) {
		bytes body = {0}, inner = make_node("Relu", "x", "z"), z = make_value("z"), attribute = {0};
		put_message(&body, 1, &inner);
		put_message(&body, 12, &z);
		put_text(&attribute, 1, names[i]);
		put_message(&attribute, 6, &body);
		put_number(&attribute, 20, 5);
		put_message(&node, 5, &attribute);
	}
	return node;
}

/* The order of frames must not depend on where something is in memory. */
static void test_same_bytes(void **unused)
{
	(void)unused;
	static const char *const outputs[] = {"a", "b", "c", "d", "e"};
	place p;
	bytes graph = {0}, x = make_value("x");
	oray_model *model;
	oray_drawing all = {.all = true};
	buf first = {0}, again = {0};
	oray_error err;
	place_make(&p);
	put_message(&graph, 11, &x);
	for (size_t i = 0; i < 5; i++) {
		bytes node = make_if(outputs[i]);
		put_message(&graph, 1, &node);
	}
	bytes m = make_model(&graph);
	assert_int_equal(load_bytes(&p, &m, NULL, &model, &err), ORAY_OK);
	assert_int_equal(oray_write_dot(model, &all, collect, &first, &err), ORAY_OK);
	assert_non_null(strstr(buf_text(&first), "subgraph cluster_g10"));
	for (int i = 0; i < 5; i++) {
		buf_clear(&again);
		assert_int_equal(oray_write_dot(model, &all, collect, &again, &err), ORAY_OK);
		assert_string_equal(buf_text(&again), buf_text(&first));
	}
	buf_free(&first);
	buf_free(&again);
	oray_model_free(model);
	place_remove(&p);
}

/* ----------------------------------------------------------------------------------- plans -- */

/* x -> 200 Relu, the first one read again by the last; a Constant beside each end. */
static oray_model *make_chain(const place *p)
{
	bytes graph = {0};
	bytes value = make_value("x");
	char from[16] = "x", to[16];
	oray_model *model;
	oray_error err;
	put_message(&graph, 11, &value);
	for (int i = 0; i < 200; i++) {
		snprintf(to, sizeof to, "t%d", i);
		bytes node = make_node("Relu", from, to);
		put_message(&graph, 1, &node);
		memcpy(from, to, sizeof from);
	}
	bytes constant = {0}, attribute = {0};
	put_text(&constant, 2, "c");
	put_text(&constant, 4, "Constant");
	put_text(&attribute, 1, "value_float");
	put_tag(&attribute, 2, 5);
	put(&attribute, "\0\0\0\x3f", 4);
	put_number(&attribute, 20, 1);
	put_message(&constant, 5, &attribute);
	put_message(&graph, 1, &constant);
	bytes add = make_node("Sum", "t199", "y");
	put_text(&add, 1, "t0");
	put_text(&add, 1, "c");
	put_message(&graph, 1, &add);
	value = make_value("y");
	put_message(&graph, 12, &value);
	bytes m = make_model(&graph);
	assert_int_equal(load_bytes(p, &m, NULL, &model, &err), ORAY_OK);
	return model;
}

static void test_plan(void **unused)
{
	(void)unused;
	place p;
	place_make(&p);
	oray_model *model = make_chain(&p);
	oray_id only[] = {0, 100};
	oray_drawing part = {.only = only, .n_only = 2}, nothing = {.only = only};
	dot_effort e;
	pic_plan plan;

	assert_int_equal(pic_plan_make(&plan, model, NULL, NULL), ORAY_OK);
	assert_int_equal(plan.items.n, 1 + 201 + 1); /* x, boxes without the constant, y */
	assert_int_equal(plan.wires.n, 203);
	assert_int_equal(plan.fate[200], PIC_ROW);
	assert_true(dot_plan_effort(&plan, &e));
	assert_int_equal(e.ranks, 202 + 200);
	pic_plan_free(&plan);

	/* t0's readers and t100's: a box each, what they touch as stubs */
	assert_int_equal(pic_plan_make(&plan, model, &part, NULL), ORAY_OK);
	assert_int_equal(plan.items.n, 2 + 1 + 4);
	assert_int_equal(plan.wires.n, 5);
	assert_int_equal(plan.fate[99], PIC_STUB);
	pic_plan_free(&plan);
	assert_int_equal(pic_plan_make(&plan, model, &nothing, NULL), ORAY_OK);
	assert_int_equal(plan.items.n, 0);
	pic_plan_free(&plan);
	oray_model_free(model);
	place_remove(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_contrast),   cmocka_unit_test(test_distance),
	    cmocka_unit_test(test_scale),      cmocka_unit_test(test_escapes),
	    cmocka_unit_test(test_shortening), cmocka_unit_test(test_noise),
	    cmocka_unit_test(test_long_names), cmocka_unit_test(test_hostile_document),
	    cmocka_unit_test(test_same_bytes), cmocka_unit_test(test_plan),

	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
