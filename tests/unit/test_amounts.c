/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Costs that depend on symbols, as people and programs read them; layers whose costs add up.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

#include "export/amounts.h"

static void fitted(const char *text, size_t columns, const char *expected)
{
	buf b = {0};
	size_t wide = fit_add(&b, FIT_FORMULA, text, strlen(text), columns, glyphs_of(true));
	assert_string_equal(buf_text(&b), expected);
	assert_int_equal(wide, fit_width(buf_text(&b), b.n));
	assert_true(wide <= columns);
	buf_free(&b);
}

static void test_fit(void **state)
{
	const char *two = "7.08 M·batch·seq² + 12.3 k·batch", *one = "560 B·feats_length";
	(void)state;
	fitted(two, 40, two);
	fitted(two, 24, "7.08 M·batch·seq² + …");
	fitted(two, 21, "7.08 M·batch·seq² + …");
	fitted(two, 20, "7.08 M·b…ch·seq² + …");
	fitted(one, 18, one);
	fitted(one, 12, "560 B·fe…gth");
	fitted(one, 6, "560 B…");
	fitted("4.09 G", 6, "4.09 G");
}

/* A model of the samples, inferred. */
static oray_model *sample(const char *name)
{
	const char *folder = getenv("ORAY_SAMPLES");
	char path[512];
	oray_model *model;
	if (!folder)
		skip();
	snprintf(path, sizeof path, "%s/%s", folder, name);
	assert_int_equal(oray_model_load(path, NULL, &model, NULL), ORAY_OK);
	assert_int_equal(oray_model_infer(model, NULL, NULL), ORAY_OK);
	return model;
}

static void told(const oray_model *model, oray_amount a, const char *unit, const char *people,
                 const char *programs)
{
	buf b = {0};
	amount_text(&b, model, a, unit, false, glyphs_of(true));
	assert_string_equal(buf_text(&b), people);
	buf_clear(&b);
	amount_expression(&b, model, a);
	assert_string_equal(buf_text(&b), programs);
	buf_free(&b);
}

static void test_text(void **state)
{
	(void)state;
	oray_model *model = sample("transformer.onnx");
	oray_summary *s;
	assert_int_equal(oray_summarize(model, &s, NULL), ORAY_OK);
	told(model, s->compute.macs, "", "32·batch·sequence² + 1.11 k·batch·sequence",
	     "32*batch*sequence^2+1112*batch*sequence");
	told(model, (oray_amount){4089184256, 0, true}, "", "4.09 G", "");
	told(model, (oray_amount){4096, 0, false}, "B", "≥ 4.10 kB", "");
	told(model, (oray_amount){0, 0, false}, "B", "?", "");
	assert_int_not_equal(s->compute.peak_node, ORAY_NONE);
	assert_true(s->compute.peak.exact);
	oray_summary_free(s);
	oray_model_free(model);
}

/* With and without bodies and functions, rows and totals agree with the summary. */
static void test_sums(void **state)
{
	static const char *const names[] = {"cnn.onnx",          "transformer.onnx", "functions.onnx",
	                                    "control_scan.onnx", "control_if.onnx",  "digits_qdq.onnx"};
	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		oray_model *model = sample(names[i]);
		oray_summary *s;
		assert_int_equal(oray_summarize(model, &s, NULL), ORAY_OK);
		for (int all = 0; all < 2; all++) {
			oray_layer_options options = {.all = all};
			oray_layers *layers;
			oray_amount sum = {0, 0, true};
			assert_int_equal(oray_list_layers(model, &options, &layers, NULL), ORAY_OK);
			for (size_t row = 0; row < layers->n; row++)
				sum = oray_amount_add(model, sum, layers->rows[row].macs);
			assert_int_equal(layers->macs.value, s->compute.macs.value);
			assert_int_equal(layers->macs.formula, s->compute.macs.formula);
			assert_int_equal(layers->peak.formula, s->compute.peak.formula);
			if (!layers->branches)
				assert_int_equal(sum.formula, s->compute.macs.formula);
			oray_layers_free(layers);
		}
		oray_summary_free(s);
		oray_model_free(model);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_fit),
	    cmocka_unit_test(test_text),
	    cmocka_unit_test(test_sums),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
