/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_ops.c - lookups around version boundaries, the notation's corners, and a walk over every row
 * that must find it well formed. Whether the rows are true is the business of tests/truth.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ops/ops.h"

static const ops_row *find(const char *domain, const char *name, int64_t opset)
{
	return ops_find(domain, strlen(domain), name, strlen(name), opset);
}

static void assert_text(const char *s, size_t size, const char *expected)
{
	assert_int_equal(size, strlen(expected));
	assert_memory_equal(s, expected, size);
}

/* A row of our own, for notation that no operator happens to use. */
static ops_row made_up(const char *inputs, const char *attributes)
{
	return (ops_row){.inputs = inputs, .outputs = "", .attributes = attributes, .min_inputs = 1};
}

static void versions_bind_to_the_newest_not_above(void **state)
{
	(void)state;
	assert_int_equal(find("", "Add", 1)->since, 1);
	assert_int_equal(find("", "Add", 5)->since, 1);
	assert_int_equal(find("", "Add", 6)->since, 6);
	assert_int_equal(find("", "Add", 7)->since, 7);
	assert_int_equal(find("", "Add", 13)->since, 7);
	assert_string_equal(find("", "Add", 13)->versions, "7,13,14");
	assert_int_equal(find("", "Slice", 9)->since, 1);
	assert_int_equal(find("", "Slice", 10)->since, 10);
	assert_int_equal(find("", "BatchNormalization", 8)->since, 7);
	assert_int_equal(find("", "BatchNormalization", 9)->since, 9);
	assert_int_equal(find("ai.onnx.ml", "LabelEncoder", 3)->since, 2);
	assert_int_equal(find("", "Add", INT64_MAX)->since, 7);
}

static void no_import_means_the_newest(void **state)
{
	(void)state;
	assert_ptr_equal(find("", "Resize", 0), find("", "Resize", INT64_MAX));
	assert_ptr_equal(find("", "Resize", -3), find("", "Resize", INT64_MAX));
	assert_ptr_equal(find("", "Resize", INT64_MIN), find("", "Resize", INT64_MAX));
}

static void default_domain_has_two_spellings(void **state)
{
	(void)state;
	assert_ptr_equal(find("", "Conv", 13), find("ai.onnx", "Conv", 13));
	assert_ptr_equal(ops_find(NULL, 0, "Conv", 4, 13), find("", "Conv", 13));
	assert_string_equal(find("", "Conv", 13)->domain, "ai.onnx");
}

static void domains_do_not_mix(void **state)
{
	(void)state;
	assert_ptr_not_equal(find("", "Attention", 0), find("com.microsoft", "Attention", 0));
	assert_string_equal(find("com.microsoft", "Attention", 1)->domain, "com.microsoft");
	assert_null(find("ai.onnx.ml", "Conv", 0));
	assert_null(find("", "MatMulNBits", 0));
	assert_non_null(find("com.microsoft", "MatMulNBits", 1));
}

static void unknown_is_null(void **state)
{
	(void)state;
	assert_null(find("", "NoSuchOperator", 13));
	assert_null(find("", "", 13));
	assert_null(find("", "conv", 13));
	assert_null(find("", "Con", 13));
	assert_null(find("", "ConvX", 13));
	assert_null(find("nobody.knows", "Conv", 13));
	assert_null(find("ai.onn", "Conv", 13));
	assert_null(find("", "Gelu", 19));
	assert_int_equal(find("", "Gelu", 20)->since, 20);
	assert_null(ops_find("", 0, "Conv\0X", 6, 13));
	assert_null(ops_find("", 0, NULL, 0, 13));
	/* before the first row and behind the last */
	assert_null(find("\x01", "\x01", 1));
	assert_null(find("zzz", "zzz", 1));
}

static void names_need_no_terminator(void **state)
{
	(void)state;
	assert_ptr_equal(ops_find("ai.onnx.ml", 7, "Convolution", 4, 13), find("", "Conv", 13));
}

static void known_domains(void **state)
{
	(void)state;
	assert_true(ops_knows_domain("", 0));
	assert_true(ops_knows_domain(NULL, 0));
	assert_true(ops_knows_domain("ai.onnx", 7));
	assert_true(ops_knows_domain("ai.onnx.training", 16));
	assert_true(ops_knows_domain("com.microsoft", 13));
	assert_false(ops_knows_domain("ai.onn", 6));
	assert_false(ops_knows_domain("com.microsoft.extensions", 24));
	assert_false(ops_knows_domain("qonnx.custom_op.general", 23));
	assert_non_null(find("qonnx.custom_op.general", "Quant", 1));
}

static void deprecation(void **state)
{
	(void)state;
	assert_false(find("", "Upsample", 9)->deprecated);
	assert_true(find("", "Upsample", 10)->deprecated);
	assert_false(find("", "Scatter", 10)->deprecated);
	assert_true(find("", "Scatter", 11)->deprecated);
}

static void roles_of_inputs(void **state)
{
	static const struct {
		const char *domain, *name;
		ops_role roles[10]; /* of the first `n` inputs */
		size_t n;
	} cases[] = {
	    {"", "Conv", {OPS_DATA, OPS_WEIGHT, OPS_BIAS}, 3},
	    {"", "Gemm", {OPS_DATA, OPS_WEIGHT, OPS_BIAS}, 3},
	    {"", "MatMul", {OPS_WEIGHT, OPS_WEIGHT}, 2},
	    {"", "Add", {OPS_DATA, OPS_DATA}, 2},
	    {"",
	     "BatchNormalization",
	     {OPS_DATA, OPS_NORM, OPS_NORM, OPS_NORM_STATISTIC, OPS_NORM_STATISTIC},
	     5},
	    {"", "Gather", {OPS_EMBEDDING, OPS_SHAPE_CONSTANT}, 2},
	    {"", "LSTM", {OPS_DATA, OPS_WEIGHT, OPS_WEIGHT, OPS_BIAS, OPS_DATA}, 5},
	    {"", "Reshape", {OPS_DATA, OPS_SHAPE_CONSTANT}, 2},
	    {"", "Clip", {OPS_DATA, OPS_DATA, OPS_DATA}, 3},
	    {"",
	     "QLinearConv",
	     {OPS_DATA, OPS_SCALE, OPS_ZERO_POINT, OPS_WEIGHT, OPS_SCALE, OPS_ZERO_POINT, OPS_SCALE,
	      OPS_ZERO_POINT, OPS_BIAS},
	     9},
	    {"com.microsoft",
	     "MatMulNBits",
	     {OPS_DATA, OPS_WEIGHT, OPS_SCALE, OPS_ZERO_POINT, OPS_DATA, OPS_BIAS},
	     6},
	    {"com.microsoft",
	     "EmbedLayerNormalization",
	     {OPS_DATA, OPS_DATA, OPS_EMBEDDING, OPS_EMBEDDING, OPS_EMBEDDING, OPS_NORM, OPS_NORM},
	     7},
	    {"com.microsoft",
	     "QLinearConcat",
	     {OPS_SCALE, OPS_ZERO_POINT, OPS_DATA, OPS_SCALE, OPS_ZERO_POINT, OPS_DATA, OPS_SCALE,
	      OPS_ZERO_POINT},
	     8},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const ops_row *row = find(cases[i].domain, cases[i].name, 0);

		assert_non_null(row);
		for (size_t j = 0; j < cases[i].n; j++) {
			ops_formal f;

			assert_true(ops_input(row, j, &f));
			if (f.role != cases[i].roles[j])
				fail_msg("%s: input %zu has role %d", row->name, j, (int)f.role);
		}
	}
}

static void formals_of_known_operators(void **state)
{
	const ops_row *conv = find("", "Conv", 11), *concat = find("", "Concat", 13);
	const ops_row *loop = find("", "Loop", 16), *lstm = find("", "LSTM", 14);
	ops_formal f;

	(void)state;
	assert_true(ops_input(conv, 0, &f));
	assert_text(f.name, f.name_size, "X");
	assert_false(f.optional || f.variadic);
	assert_true(ops_input(conv, 2, &f));
	assert_text(f.name, f.name_size, "B");
	assert_true(f.optional);
	assert_false(ops_input(conv, 3, &f));
	assert_false(ops_input(conv, SIZE_MAX, &f));
	assert_true(ops_output(conv, 0, &f));
	assert_text(f.name, f.name_size, "Y");
	assert_false(ops_output(conv, 1, &f));

	assert_true(ops_input(concat, 1000000, &f));
	assert_text(f.name, f.name_size, "inputs");
	assert_true(f.variadic);
	assert_false(f.optional);

	/* Loop may go without anything that it carries */
	assert_true(ops_input(loop, 2, &f));
	assert_text(f.name, f.name_size, "v_initial");
	assert_true(f.variadic && f.optional);
	assert_int_equal(loop->max_inputs, UINT16_MAX);

	assert_true(ops_output(lstm, 0, &f));
	assert_true(f.optional);
	assert_false(ops_input(find("", "Constant", 13), 0, &f));
}

static void formals_in_odd_notation(void **state)
{
	ops_row row = made_up("A?:weight more*:scale,zero", "");
	ops_row dots = made_up("dots...*", "");
	ops_row none = made_up("", "");
	ops_formal f;

	(void)state;
	assert_true(ops_input(&row, 0, &f));
	assert_text(f.name, f.name_size, "A");
	assert_true(f.optional && f.role == OPS_WEIGHT);
	for (size_t i = 1; i < 6; i++) {
		assert_true(ops_input(&row, i, &f));
		assert_text(f.name, f.name_size, "more");
		assert_int_equal(f.role, i % 2 ? OPS_SCALE : OPS_ZERO_POINT);
		assert_true(f.variadic && f.optional);
	}
	assert_true(ops_input(&dots, 7, &f));
	assert_text(f.name, f.name_size, "dots...");
	assert_false(f.optional);
	assert_false(ops_input(&none, 0, &f));
	assert_false(ops_output(&none, 0, &f));
}

static void attributes_of_known_operators(void **state)
{
	const ops_row *conv = find("", "Conv", 11);
	ops_attr a;

	(void)state;
	assert_true(ops_attribute(conv, 0, &a));
	assert_text(a.name, a.name_size, "auto_pad");
	assert_text(a.value, a.value_size, "NOTSET");
	assert_int_equal(a.type, OPS_ATTR_STRING);
	assert_true(ops_attribute(conv, 5, &a));
	assert_text(a.name, a.name_size, "strides");
	assert_int_equal(a.type, OPS_ATTR_INTS);
	assert_null(a.value);
	assert_false(ops_attribute(conv, 6, &a));

	assert_true(ops_attribute_named(conv, "group", 5, &a));
	assert_text(a.value, a.value_size, "1");
	assert_false(ops_attribute_named(conv, "grou", 4, &a));
	assert_false(ops_attribute_named(conv, "groups", 6, &a));
	assert_false(ops_attribute_named(conv, "", 0, &a));

	assert_true(ops_attribute_named(find("", "Concat", 4), "axis", 4, &a));
	assert_true(a.required);
	assert_true(ops_attribute_named(find("", "Loop", 11), "body", 4, &a));
	assert_int_equal(a.type, OPS_ATTR_GRAPH);
	assert_true(ops_attribute_named(find("", "Constant", 13), "sparse_value", 12, &a));
	assert_int_equal(a.type, OPS_ATTR_SPARSE_TENSOR);
	assert_true(ops_attribute_named(find("", "RNN", 14), "activations", 11, &a));
	assert_text(a.value, a.value_size, "Tanh,Tanh");
	assert_true(ops_attribute_named(find("", "BatchNormalization", 9), "epsilon", 7, &a));
	assert_float_equal(strtof(a.value, NULL), 1e-5f, 0);
	assert_true(
	    ops_attribute_named(find("com.microsoft", "PagedAttention", 1), "k_cache_dtype", 13, &a));
	assert_non_null(a.value);
	assert_int_equal(a.value_size, 0);
	assert_false(ops_attribute(find("", "Relu", 14), 0, &a));
}

static void attributes_in_odd_notation(void **state)
{
	static const ops_attr_type types[] = {
	    OPS_ATTR_FLOATS,      OPS_ATTR_GRAPHS, OPS_ATTR_SPARSE_TENSORS, OPS_ATTR_TENSORS,
	    OPS_ATTR_TYPE_PROTOS, OPS_ATTR_TENSOR, OPS_ATTR_TYPE_PROTO,
	};
	ops_row row = made_up("", "a:s='one two' b:s='' c:s!='x=y:z!' d:S=a,b e:i=-1 f:f! g:s=' '");
	ops_row all = made_up("", "a:F b:G c:P d:T e:Y f:t g:y");
	ops_attr a;

	(void)state;
	assert_true(ops_attribute(&row, 0, &a));
	assert_text(a.value, a.value_size, "one two");
	assert_false(a.required);
	assert_true(ops_attribute(&row, 1, &a));
	assert_non_null(a.value);
	assert_int_equal(a.value_size, 0);
	assert_true(ops_attribute(&row, 2, &a));
	assert_text(a.value, a.value_size, "x=y:z!");
	assert_true(a.required);
	assert_true(ops_attribute(&row, 3, &a));
	assert_text(a.value, a.value_size, "a,b");
	assert_true(ops_attribute_named(&row, "e", 1, &a));
	assert_text(a.value, a.value_size, "-1");
	assert_true(ops_attribute_named(&row, "f", 1, &a));
	assert_true(a.required && !a.value);
	assert_true(ops_attribute_named(&row, "g", 1, &a));
	assert_text(a.value, a.value_size, " ");
	assert_false(ops_attribute(&row, 7, &a));
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		assert_true(ops_attribute(&all, i, &a));
		assert_int_equal(a.type, types[i]);
	}
}

static bool is_name(const char *s, size_t size)
{
	static const char letters[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.";

	return size && strspn(s, letters) >= size;
}

/* Every default reads as its type says. */
static bool is_value(const ops_attr *a)
{
	char text[256], *word, *end;

	if (a->type == OPS_ATTR_STRING || a->type == OPS_ATTR_STRINGS)
		return true;
	if (!a->value_size || a->value_size >= sizeof(text))
		return false;
	memcpy(text, a->value, a->value_size);
	text[a->value_size] = '\0';
	for (word = text;; word = end + 1) {
		if (a->type == OPS_ATTR_INT || a->type == OPS_ATTR_INTS)
			strtoll(word, &end, 10);
		else if (a->type == OPS_ATTR_FLOAT || a->type == OPS_ATTR_FLOATS)
			strtof(word, &end);
		else
			return false;
		if (end == word)
			return false;
		if (!*end)
			return true;
		if (*end != ',' || a->type == OPS_ATTR_INT || a->type == OPS_ATTR_FLOAT)
			return false;
	}
}

/*
 * Reads the formals and writes them down again: what comes out must be what the row says. Roles are
 * spelled by the table's words, taking turns where they do.
 */
static void check_formals(const ops_row *row, const char *text, unsigned least, unsigned most,
                          bool (*get)(const ops_row *, size_t, ops_formal *))
{
	static const char *const words[OPS_N_ROLES] = {"",      "weight", "bias", "norm", "stat",
	                                               "embed", "scale",  "zero", "shape"};
	size_t n = 0, required = 0;
	ops_formal f = {0};
	char again[1024] = "";

	while (!f.variadic && get(row, n, &f)) {
		char word[128];

		if (!is_name(f.name, f.name_size) || f.role >= OPS_N_ROLES)
			fail_msg("%s-%d: odd formal '%.*s'", row->name, row->since, (int)f.name_size, f.name);
		n++;
		if (!f.optional)
			required = n;
		snprintf(word, sizeof(word), "%s%.*s%s%s%s", n > 1 ? " " : "", (int)f.name_size, f.name,
		         f.variadic   ? "*"
		         : f.optional ? "?"
		                      : "",
		         f.role ? ":" : "", words[f.role]);
		strcat(again, word);
	}
	if (!strstr(text, "*:data,") && strcmp(again, text))
		fail_msg("%s-%d: '%s' reads as '%s'", row->name, row->since, text, again);
	if (most == UINT16_MAX ? !f.variadic : f.variadic || most != n)
		fail_msg("%s-%d: at most %u of '%s'", row->name, row->since, most, text);
	if (least > most || required > least)
		fail_msg("%s-%d: at least %u of '%s'", row->name, row->since, least, text);
}

static void check_attributes(const ops_row *row)
{
	const char *end = row->attributes;
	ops_attr a, before = {0}, named;

	for (size_t i = 0; ops_attribute(row, i, &a); i++, before = a) {
		size_t common = a.name_size < before.name_size ? a.name_size : before.name_size;
		int order = i ? memcmp(before.name, a.name, common) : -1;

		if (a.name != end || !is_name(a.name, a.name_size) || a.type == OPS_ATTR_UNDEFINED)
			fail_msg("%s-%d: odd attribute at '%s'", row->name, row->since, end);
		if (order > 0 || (!order && before.name_size >= a.name_size))
			fail_msg("%s-%d: attributes not in order at '%s'", row->name, row->since, end);
		if (a.value && !is_value(&a))
			fail_msg("%s-%d: odd default at '%s'", row->name, row->since, end);
		if (!ops_attribute_named(row, a.name, a.name_size, &named) || named.name != a.name)
			fail_msg("%s-%d: cannot find '%s'", row->name, row->since, end);
		end = a.name + a.name_size + 2;
		end += *end == '!';
		if (a.value) {
			bool quoted = end[1] == '\'';

			assert_ptr_equal(a.value, end + 1 + quoted);
			end = a.value + a.value_size + quoted;
		}
		if (*end == ' ')
			end++;
		else
			assert_int_equal(*end, '\0');
	}
	if (*end)
		fail_msg("%s-%d: attributes end early at '%s'", row->name, row->since, end);
}

static void check_versions(const ops_row *row)
{
	long before = 0, version;
	const char *s = row->versions;
	char *end;

	assert_int_equal(strtol(s, NULL, 10), row->since);
	for (;; s = end + 1, before = version) {
		version = strtol(s, &end, 10);
		if (end == s || version <= before)
			fail_msg("%s: odd versions '%s'", row->name, row->versions);
		/* each of them leads to this very row */
		assert_ptr_equal(find(row->domain, row->name, version), row);
		if (!*end)
			break;
		assert_int_equal(*end, ',');
	}
}

static void every_row_is_well_formed(void **state)
{
	size_t n;
	const ops_row *rows = ops_rows(&n);

	(void)state;
	assert_true(n > 500);
	for (size_t i = 0; i < n; i++) {
		const ops_row *row = &rows[i];

		assert_true(is_name(row->domain, strlen(row->domain)));
		assert_true(is_name(row->name, strlen(row->name)));
		assert_true(row->deprecated <= 1);
		if (row->category == OPS_CUSTOM || row->category == OPS_FUNCTION ||
		    row->category >= OPS_N_CATEGORIES)
			fail_msg("%s-%d: category %d", row->name, row->since, row->category);
		if (i) {
			const ops_row *before = row - 1;
			int order = strcmp(before->domain, row->domain);

			if (!order)
				order = strcmp(before->name, row->name);
			if (order > 0 || (!order && before->since >= row->since))
				fail_msg("%s-%d: out of order", row->name, row->since);
		}
		check_versions(row);
		check_formals(row, row->inputs, row->min_inputs, row->max_inputs, ops_input);
		check_formals(row, row->outputs, row->min_outputs, row->max_outputs, ops_output);
		check_attributes(row);
	}
}

static void categories_have_names(void **state)
{
	(void)state;
	for (int i = 0; i < OPS_N_CATEGORIES; i++) {
		assert_non_null(ops_category_name((ops_category)i));
		for (int j = 0; j < i; j++)
			assert_string_not_equal(ops_category_name((ops_category)i),
			                        ops_category_name((ops_category)j));
	}
	assert_string_equal(ops_category_name(OPS_LAYER), "layer");
	assert_string_equal(ops_category_name(OPS_N_CATEGORIES), "custom");
	assert_int_equal(find("", "Conv", 0)->category, OPS_LAYER);
	assert_int_equal(find("", "Relu", 0)->category, OPS_ACTIVATION);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(versions_bind_to_the_newest_not_above),
	    cmocka_unit_test(no_import_means_the_newest),
	    cmocka_unit_test(default_domain_has_two_spellings),
	    cmocka_unit_test(domains_do_not_mix),
	    cmocka_unit_test(unknown_is_null),
	    cmocka_unit_test(names_need_no_terminator),
	    cmocka_unit_test(known_domains),
	    cmocka_unit_test(deprecation),
	    cmocka_unit_test(roles_of_inputs),
	    cmocka_unit_test(formals_of_known_operators),
	    cmocka_unit_test(formals_in_odd_notation),
	    cmocka_unit_test(attributes_of_known_operators),
	    cmocka_unit_test(attributes_in_odd_notation),
	    cmocka_unit_test(every_row_is_well_formed),
	    cmocka_unit_test(categories_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
