/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_diffout.c - the writers of differences, over differences that are filled in by hand: numbers
 * that no real pair has, texts that mean something in a format, and many rows.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

#include "base/buf.h"
#include "export/diff_view.h"
#include "export/fit.h"
#include "model_writer.h"

#define MANY 60

static int append(void *context, const char *data, size_t size)
{
	buf_add(context, data, size);
	return 0;
}

/* `n` MatMuls in a row, each with a weight; "|", "<" and "=" are in their names. */
static oray_model *make_chain(const place *p, const char *file, const char *op, size_t n)
{
	bytes graph = {0}, value = make_value("x");
	char name[48], from[32] = "x", to[32], weight[32];
	oray_model *model;
	oray_error err;
	const int64_t dims[] = {2, 2};
	put_text(&graph, 2, "chain");
	put_message(&graph, 11, &value);
	for (size_t i = 0; i < n; i++) {
		snprintf(to, sizeof to, "t%zu", i);
		snprintf(weight, sizeof weight, "=w|%zu<b>", i);
		snprintf(name, sizeof name, "layers.%zu/a|b*c*", i);
		bytes node = make_node(op, from, to), tensor = make_tensor(weight, ORAY_FLOAT32, 2, dims);
		put_text(&node, 1, weight);
		put_text(&node, 3, name);
		put_data(&tensor, 9, "\0\0\200?\0\0\200?\0\0\200?\0\0\200?", 16);
		put_message(&graph, 1, &node);
		put_message(&graph, 5, &tensor);
		memcpy(from, to, sizeof from);
	}
	value = make_value(from);
	put_message(&graph, 12, &value);
	bytes m = make_model(&graph);
	const char *path = place_write(p, file, m.at, m.n);
	assert_int_equal(oray_model_load(path, NULL, &model, &err), ORAY_OK);
	free(m.at);
	return model;
}

typedef struct made {
	place place;
	oray_model *a, *b;
	oray_difference d;
	oray_weight_pair weights[MANY];
	oray_layer_pair layers[MANY];
	size_t own[MANY];
	oray_change change, header[2], operators[2];
} made;

static oray_id value_named(const oray_model *model, oray_str name)
{
	oray_ref ref;
	assert_true(oray_model_find(model, name, &ref, 1) >= 1);
	return ref.id;
}

static void fill_weight(made *m, size_t i)
{
	oray_weight_pair *w = &m->weights[i];
	oray_node node;
	oray_value v;
	assert_true(oray_model_node(m->a, (oray_id)i, &node));
	assert_true(oray_model_value(m->a, node.inputs[1], &v));
	*w = (oray_weight_pair){
	    .name_a = v.name,
	    .name_b = v.name,
	    .value_a = node.inputs[1],
	    .value_b = value_named(m->b, v.name),
	    .type_a = ORAY_FLOAT32,
	    .type_b = i % 7 == 6 ? ORAY_FLOAT32 : ORAY_INT8,
	    .bytes_a = {16, true},
	    .bytes_b = {4, true},
	    .role = ORAY_ROLE_WEIGHT,
	    .matched_by = i % 5 ? ORAY_MATCH_NAME : ORAY_MATCH_STRUCTURE,
	    .reader_a = (oray_id)i,
	    .reader_b = (oray_id)i,
	    .measured = true,
	    .fidelity = {.elements = 4,
	                 .sqnr_db = 8.5 + (double)i,
	                 .mse = 1e-9,
	                 .max_abs_error = 0.00297,
	                 .max_abs = 1,
	                 .cosine = 0.99997,
	                 .relative_l2 = 0.01,
	                 .axis = i % 2 ? 0 : -1,
	                 .worst_channel = 1,
	                 .worst_sqnr_db = 7.25},
	};
}

static void make(made *m, size_t n)
{
	memset(m, 0, sizeof *m);
	place_make(&m->place);
	m->a = make_chain(&m->place, "a.onnx", "MatMul", n);
	m->b = make_chain(&m->place, "b|_x_.onnx", "QLinearMatMul", n);
	m->change = (oray_change){"operator", "MatMul", "QLinearMatMul"};
	m->header[0] = (oray_change){"opset ai.onnx", "13", "17"};
	m->header[1] = (oray_change){"metadata <k|ey>", NULL, "*v*"};
	m->operators[0] = (oray_change){"QLinearMatMul", NULL, "60"};
	m->operators[1] = (oray_change){"MatMul", "60", NULL};
	for (size_t i = 0; i < n; i++) {
		fill_weight(m, i);
		m->own[i] = i;
		m->layers[i] = (oray_layer_pair){.a = (oray_id)i,
		                                 .b = (oray_id)i,
		                                 .n_changes = 1,
		                                 .changes = &m->change,
		                                 .n_weights = 1,
		                                 .weights = &m->own[i]};
	}
	m->d = (oray_difference){
	    .a = m->a,
	    .b = m->b,
	    .relation = ORAY_QUANTIZED,
	    .verdict = "the same network in int8, weights per tensor",
	    .n_header = 2,
	    .header = m->header,
	    .n_operators = 2,
	    .operators = m->operators,
	    .n_layers = n,
	    .layers = m->layers,
	    .n_equal = 3,
	    .n_weights = n,
	    .weights = m->weights,
	    .weights_a = n,
	    .weights_b = n + 1,
	    .parameters_a = 4 * n,
	    .parameters_b = 4 * n,
	    .bytes_a = {16 * n, true},
	    .bytes_b = {4 * n, true},
	    .file_a = 1000,
	    .file_b = 420,
	    .macs_a = {0, 0, false},
	    .macs_b = {0, 0, false},
	};
}

static void unmake(made *m)
{
	oray_model_free(m->a);
	oray_model_free(m->b);
	place_remove(&m->place);
}

static buf written(const made *m, oray_style style)
{
	buf text = {0};
	oray_error err = {.code = ORAY_OK};
	assert_int_equal(oray_write_difference(&m->d, &style, append, &text, &err), ORAY_OK);
	assert_true(buf_ok(&text));
	if (getenv("DIFFOUT"))
		fputs(buf_text(&text), stderr);
	return text;
}

static bool has(const buf *text, const char *what)
{
	return strstr(buf_text(text), what) != NULL;
}

/* -------------------------------------------------------------------------------- words -- */

static void growth_is(double a, double b, const char *want)
{
	buf text = {0};
	diff_growth(&text, a, b);
	assert_string_equal(buf_text(&text), want);
	buf_free(&text);
}

static void test_growth(void **unused)
{
	(void)unused;
	growth_is(5, 5, "=");
	growth_is(0, 0, "=");
	growth_is(100, 42, "-58 %");
	growth_is(100, 101, "+1.0 %");
	growth_is(1000000, 1000001, "+0.000 %");
	growth_is(100000, 100010, "+0.010 %");
	growth_is(10, 250, "25.0 times");
	growth_is(1, 2000, "2000 times");
	growth_is(0, 7, "new");
	growth_is(7, 0, "gone");
	growth_is(1000, 4, "-99.6 %");
}

static void test_numbers(void **unused)
{
	(void)unused;
	buf b = {0};
	diff_fixed(&b, INFINITY, 1);
	buf_char(&b, ' ');
	diff_fixed(&b, (double)NAN, 1);
	buf_char(&b, ' ');
	diff_fixed(&b, -12.345, 2);
	buf_char(&b, ' ');
	diff_fixed(&b, 1e300, 1);
	buf_char(&b, ' ');
	diff_three(&b, 0.0029731);
	buf_char(&b, ' ');
	diff_three(&b, 1.2e-5);
	assert_string_equal(buf_text(&b), "inf nan -12.35 1e+300 0.00297 1.2e-05");
	buf_free(&b);
}

/* --------------------------------------------------------------------------------- text -- */

static void test_text(void **unused)
{
	(void)unused;
	static const unsigned widths[] = {40, 60, 80, 120, 200};
	made m;
	make(&m, 9);
	for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
		oray_style style = oray_style_defaults();
		style.width = widths[i];
		buf text = written(&m, style);
		for (const char *line = buf_text(&text); *line; line += strcspn(line, "\n") + 1)
			assert_true(fit_width(line, strcspn(line, "\n")) <= (widths[i] < 60 ? 80 : widths[i]));
		assert_true(has(&text, "the same network in int8"));
		assert_true(has(&text, "-58 %"));
		assert_true(has(&text, "3 equal layers"));
		assert_true(has(&text, "8.5"));
		buf_free(&text);
	}
	unmake(&m);
}

/* Long lists end with a line that counts the rest, unless all of it is wanted. */
static void test_folding(void **unused)
{
	(void)unused;
	made m;
	make(&m, MANY);
	oray_style style = oray_style_defaults();
	buf text = written(&m, style);
	assert_true(has(&text, "40 others"));
	assert_true(has(&text, "≥ 28.5"));
	buf_free(&text);
	style.top = 3;
	text = written(&m, style);
	assert_true(has(&text, "57 others"));
	buf_free(&text);
	style.top = 0;
	style.verbose = true;
	text = written(&m, style);
	assert_false(has(&text, "others"));
	assert_true(has(&text, "67.50"));
	buf_free(&text);
	unmake(&m);
}

static void test_sort(void **unused)
{
	(void)unused;
	made m;
	make(&m, 9);
	oray_style style = oray_style_defaults();
	buf text = {0};
	oray_error err;
	style.sort = "cheese";
	assert_int_equal(oray_write_difference(&m.d, &style, append, &text, &err), ORAY_ERR_USAGE);
	assert_non_null(strstr(err.message, "sqnr"));
	m.weights[4].fidelity.sqnr_db = -3;
	m.weights[5].measured = false;
	m.weights[5].why = "shapes differ: 2x2 and 4";
	style.sort = "sqnr";
	style.format = ORAY_CSV;
	text = written(&m, style);
	const char *second = strchr(buf_text(&text), '\n') + 1;
	assert_non_null(strstr(second, "layers.4/"));
	assert_true(strstr(second, "layers.4/") < strchr(second, '\n'));
	buf_free(&text);
	unmake(&m);
}

/* Numbers that JSON has no words for, and weights that nothing is known of. */
static void test_json(void **unused)
{
	(void)unused;
	made m;
	make(&m, 4);
	m.weights[0].fidelity = (oray_fidelity){
	    .elements = 4, .sqnr_db = INFINITY, .cosine = NAN, .axis = -1, .identical = true};
	m.weights[1].measured = false;
	m.weights[1].why = "not read";
	m.layers[2].b = ORAY_NONE;
	m.layers[2].fate = "removed";
	m.layers[3].a = ORAY_NONE;
	m.layers[3].fate = "quantization";
	oray_style style = oray_style_defaults();
	style.format = ORAY_JSON;
	buf text = written(&m, style);
	cJSON *json = cJSON_Parse(buf_text(&text));
	assert_non_null(json);
	static const char *const members[] = {"schema",    "a",         "b",     "same", "header",
	                                      "interface", "operators", "bytes", "macs", "parameters",
	                                      "layers",    "only_a",    "only_b"};
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		assert_non_null(cJSON_GetObjectItemCaseSensitive(json, members[i]));
	const cJSON *layers = cJSON_GetObjectItem(json, "layers");
	assert_int_equal(cJSON_GetArraySize(layers), 2);
	assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(json, "only_a")), 1);
	assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(json, "only_b")), 1);
	const cJSON *w =
	    cJSON_GetArrayItem(cJSON_GetObjectItem(cJSON_GetArrayItem(layers, 0), "weights"), 0);
	assert_string_equal(cJSON_GetObjectItem(w, "sqnr_db")->valuestring, "inf");
	assert_string_equal(cJSON_GetObjectItem(w, "cosine")->valuestring, "nan");
	assert_true(cJSON_IsNull(cJSON_GetObjectItem(w, "worst_channel")));
	w = cJSON_GetArrayItem(cJSON_GetObjectItem(cJSON_GetArrayItem(layers, 1), "weights"), 0);
	assert_true(cJSON_IsNull(cJSON_GetObjectItem(w, "sqnr_db")));
	assert_string_equal(cJSON_GetObjectItem(w, "why")->valuestring, "not read");
	/* weights of layers without a partner are told as well */
	assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(json, "other_weights")), 2);
	const cJSON *op = cJSON_GetArrayItem(cJSON_GetObjectItem(json, "operators"), 0);
	assert_int_equal(cJSON_GetObjectItem(op, "a")->valueint, 0);
	assert_int_equal(cJSON_GetObjectItem(op, "b")->valueint, 60);
	cJSON_Delete(json);
	buf_free(&text);
	style.format = ORAY_NDJSON;
	text = written(&m, style);
	size_t lines = 0;
	for (const char *s = buf_text(&text); *s; s++)
		lines += *s == '\n';
	assert_int_equal(lines, 4);
	buf_free(&text);
	unmake(&m);
}

/* What comes from a model cannot become a cell border, markup, or a formula. */
static void test_escapes(void **unused)
{
	(void)unused;
	made m;
	make(&m, 9);
	oray_style style = oray_style_defaults();
	style.format = ORAY_MARKDOWN;
	buf text = written(&m, style);
	assert_false(has(&text, "w|0"));
	assert_false(has(&text, "<b>"));
	assert_false(has(&text, " *v*"));
	assert_true(has(&text, "## "));
	buf_free(&text);
	style.format = ORAY_CSV;
	text = written(&m, style);
	assert_true(has(&text, ",\"'=w|0<b>\","));
	buf_free(&text);
	unmake(&m);
}

/* The same file twice: nothing to tell but that. */
static void test_same(void **unused)
{
	(void)unused;
	made m;
	make(&m, 2);
	m.d.same = true;
	m.d.relation = ORAY_SAME_FILE;
	m.d.verdict = "the same file, byte for byte";
	m.d.n_header = m.d.n_operators = m.d.n_layers = m.d.n_weights = 0;
	m.d.weights_a = m.d.weights_b = 0;
	for (int f = 0; f < ORAY_N_FORMATS; f++) {
		oray_style style = oray_style_defaults();
		style.format = (oray_format)f;
		buf text = written(&m, style);
		buf_free(&text);
	}
	unmake(&m);
}

/* ------------------------------------------------------------------------------ pictures -- */

static size_t occurrences(const buf *text, const char *what)
{
	size_t n = 0;
	for (const char *s = buf_text(text); (s = strstr(s, what)); s++)
		n++;
	return n;
}

/* Both models in one graph: a node of a between two that stayed. */
static void test_picture(void **unused)
{
	(void)unused;
	made m;
	make(&m, 6);
	const oray_id partners[] = {0, ORAY_NONE, 2, ORAY_NONE, 4, 5};
	buf text = {0}, again = {0};
	m.layers[1].b = ORAY_NONE;
	m.layers[1].fate = "folded into =<x>|";
	m.layers[1].n_weights = m.layers[1].n_changes = 0;
	m.layers[2].n_weights = 0;
	m.layers[3].a = ORAY_NONE;
	m.layers[3].n_weights = m.layers[3].n_changes = 0;
	m.layers[3].fate = "inserted";
	m.d.partners = partners;
	oray_drawing drawing = {.difference = &m.d};
	assert_int_equal(oray_write_dot(m.b, &drawing, append, &text, NULL), ORAY_OK);
	assert_true(has(&text, "an1\t[class=removed"));
	assert_true(has(&text, "n0 -> an1"));
	assert_true(has(&text, "an1 -> n2"));
	assert_true(has(&text, "n0\t[class=\"sqnr-0\""));
	assert_true(has(&text, "class=changed"));
	assert_true(has(&text, "class=added"));
	assert_true(has(&text, "float32 → int8 · 8.5 dB"));
	assert_true(has(&text, "removed: 1"));
	assert_false(has(&text, "=<x>"));
	/* a part: nothing that was removed is beside it */
	const oray_id only[] = {5};
	drawing.only = only;
	drawing.n_only = 1;
	assert_int_equal(oray_write_dot(m.b, &drawing, append, &again, NULL), ORAY_OK);
	assert_int_equal(occurrences(&again, "an1"), 0);
	buf_free(&text);
	buf_free(&again);
	unmake(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_growth),  cmocka_unit_test(test_numbers),
	    cmocka_unit_test(test_text),    cmocka_unit_test(test_folding),
	    cmocka_unit_test(test_sort),    cmocka_unit_test(test_json),
	    cmocka_unit_test(test_escapes), cmocka_unit_test(test_same),
	    cmocka_unit_test(test_picture),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
