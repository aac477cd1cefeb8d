/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_check.c - the frame of checks: table, report, budgets, assertions, baselines. What each rule
 * finds is held to the official checker by tests/truth/checker_truth.py.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <math.h>

#include "check/check_expression.h"
#include "model_writer.h"

static place here;

/* ------------------------------------------------------------------------------ expressions -- */

/* Figures by their names: params 100, bytes 0, opset 17 and opset("x") 3; all else is not known. */
static check_number answer(void *context, unsigned figure, check_word argument)
{
	const char *name = check_figure_name(figure);
	check_number n = {.known = true};
	(void)context;
	if (!strcmp(name, "params"))
		n.value = 100;
	else if (!strcmp(name, "bytes"))
		n.value = 0;
	else if (!strcmp(name, "opset"))
		n.value = argument.text ? 3 : 17;
	else
		n.known = false;
	return n;
}

static check_truth truth_of(const char *text)
{
	check_expression e;
	buf problem = {0};
	bool fine = check_expression_read(text, &e, &problem);
	if (!fine)
		print_message("%s: %s\n", text, buf_text(&problem));
	assert_true(fine);
	assert_int_equal(problem.n, 0);
	buf_free(&problem);
	return check_expression_holds(&e, answer, NULL);
}

static void test_expressions(void **state)
{
	static const struct {
		const char *text;
		check_truth truth;
	} cases[] = {
	    {"1", CHECK_TRUE},
	    {"0", CHECK_FALSE},
	    {"params", CHECK_TRUE},
	    {"bytes", CHECK_FALSE},
	    {"macs", CHECK_UNKNOWN},
	    {"not macs", CHECK_UNKNOWN},
	    {"not bytes", CHECK_TRUE},
	    {"!bytes && !bytes", CHECK_TRUE},
	    {"params == 100", CHECK_TRUE},
	    {"params != 100", CHECK_FALSE},
	    {"params<=100 and params>=100 and params<101 and params>99", CHECK_TRUE},
	    {"params < 100 or params > 100", CHECK_FALSE},
	    /* what is not known */
	    {"macs < 5", CHECK_UNKNOWN},
	    {"macs < 5 or params", CHECK_TRUE},
	    {"params or macs < 5", CHECK_TRUE},
	    {"macs < 5 and bytes", CHECK_FALSE},
	    {"bytes and macs < 5", CHECK_FALSE},
	    {"macs < 5 and params", CHECK_UNKNOWN},
	    {"macs < 5 or bytes", CHECK_UNKNOWN},
	    {"macs == macs", CHECK_UNKNOWN},
	    {"1 / bytes > 0", CHECK_UNKNOWN},
	    {"bytes / bytes == 0", CHECK_UNKNOWN},
	    {"1e300 * 1e300 > 1", CHECK_UNKNOWN},
	    /* precedence: as in Python */
	    {"1 + 2 * 3 == 7", CHECK_TRUE},
	    {"(1 + 2) * 3 == 9", CHECK_TRUE},
	    {"10 - 3 - 2 == 5", CHECK_TRUE},
	    {"100 / 10 / 2 == 5", CHECK_TRUE},
	    {"2 * -3 == -6", CHECK_TRUE},
	    {"- 3 + 5 == 2", CHECK_TRUE},
	    {"- - 3 == 3", CHECK_TRUE},
	    {"1 or 0 and 0", CHECK_TRUE},
	    {"(1 or 0) and 0", CHECK_FALSE},
	    {"not 0 and 0", CHECK_FALSE},
	    {"not (0 and 0)", CHECK_TRUE},
	    {"not 1 == 2", CHECK_TRUE},
	    {"not not 1", CHECK_TRUE},
	    {"not 0 or 1", CHECK_TRUE},
	    /* arguments and units */
	    {"opset == 17 and opset(\"x\") == 3 and opset('x') == 3", CHECK_TRUE},
	    {"opset ( \"a:b(c)\" ) == 3", CHECK_TRUE},
	    {"1k == 1000 and 1K == 1kB and 1KiB == 1024", CHECK_TRUE},
	    {"5M == 5e6 and 5MB == 5m and 5MiB == 5242880", CHECK_TRUE},
	    {"2G == 2000000000 and 2GiB == 2147483648 and 1T == 1e12", CHECK_TRUE},
	    {"1.5G == 1500M and 0.25k == 250", CHECK_TRUE},
	    {"50% == 0.5 and 100B == 100", CHECK_TRUE},
	    {"1e3 == 1000 and 1e-1 == 0.1 and 1E+2 == 100", CHECK_TRUE},
	    {" \t params\n == 100 ", CHECK_TRUE},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		check_truth is = truth_of(cases[i].text);
		if (is != cases[i].truth)
			print_message("%s is %d\n", cases[i].text, (int)is);
		assert_int_equal(is, cases[i].truth);
	}
}

static void test_broken_expressions(void **state)
{
	static const struct {
		const char *text, *problem; /* a part of what is said */
	} cases[] = {
	    {"", "empty"},
	    {"  ", "empty"},
	    {"()", "missing before ')'"},
	    {"params <", "missing at the end"},
	    {"< params", "missing before '<'"},
	    {"* 3", "missing before '*'"},
	    {"3 * / 4", "missing before '/'"},
	    {"not", "missing at the end"},
	    {"3 not 4", "operator is missing before 'not'"},
	    {"(params", "not closed"},
	    {"params)", "too many"},
	    {"1 2", "operator is missing before '2'"},
	    {"params bytes", "operator is missing before 'bytes'"},
	    {"3 (4)", "operator is missing before '('"},
	    {"parms", "no figure called 'parms'"},
	    {"params(3)", "text in quotes"},
	    {"params(\"x\"", "not closed"},
	    {"params(\"x)", "quote is not closed"},
	    {"macs(\"x\")", "no argument belongs to 'macs'"},
	    {"1 < 2 < 3", "'and' between"},
	    {"(1 < 2) + 1", "no number to count with"},
	    {"-(1 < 2)", "no number to count with"},
	    {"5x", "no number: '5x'"},
	    {"5.", "no number"},
	    {"0x10", "no number"},
	    {"1e999", "no number"},
	    {"5 MBs", "no figure"},
	    {"params = 3", "means nothing: '= 3'"},
	    {"params; 3", "means nothing"},
	    {"params == 3\x01", "means nothing: '\\x01'"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		check_expression e;
		buf problem = {0};
		assert_false(check_expression_read(cases[i].text, &e, &problem));
		if (!strstr(buf_text(&problem), cases[i].problem))
			print_message("%s: %s\n", cases[i].text, buf_text(&problem));
		assert_non_null(strstr(buf_text(&problem), cases[i].problem));
		buf_free(&problem);
	}
}

/* However deep or long: refused, not crashed. */
static void test_large_expressions(void **state)
{
	static const char *const units[] = {"(", "not ", "-", "1+", "1 or (", "params("};
	(void)state;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		check_expression e;
		buf text = {0}, problem = {0};
		buf_repeat(&text, units[i], 100000);
		buf_str(&text, "1");
		assert_false(check_expression_read(buf_text(&text), &e, &problem));
		assert_true(problem.n > 0 && problem.n < 500);
		buf_free(&text);
		buf_free(&problem);
	}
}

static uint32_t seed = 1;

static uint32_t pick(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

/*
 * Writes a random expression without parentheses that it does not need, and says what it is: the
 * tree is known here, the reader has to find it again. `least`: looser operators need parentheses.
 */
static double grow(buf *text, unsigned depth, int least)
{
	static const struct {
		const char *sign;
		int binds;
	} kinds[] = {{" + ", 5}, {" - ", 5}, {"*", 6}, {" - -", 5}};
	if (depth == 0 || pick(4) == 0) {
		uint32_t n = pick(50);
		buf_format(text, pick(2) ? "%u" : "%u.0", n);
		return n;
	}
	unsigned kind = pick(4);
	bool paren = kinds[kind].binds < least;
	buf_str(text, paren ? "(" : "");
	double a = grow(text, depth - 1, kinds[kind].binds);
	buf_str(text, kinds[kind].sign);
	double b = grow(text, depth - 1, kind == 3 ? 7 : kinds[kind].binds + 1);
	buf_str(text, paren ? ")" : "");
	return kind == 0 ? a + b : kind == 1 ? a - b : kind == 2 ? a * b : a + b;
}

static void test_random_expressions(void **state)
{
	(void)state;
	for (int i = 0; i < 2000; i++) {
		buf text = {0};
		double value = grow(&text, 5, 0);
		buf_format(&text, " == %s%.0f", value < 0 ? "-" : "", fabs(value));
		assert_int_equal(truth_of(buf_text(&text)), CHECK_TRUE);
		buf_str(&text, " + 1");
		assert_int_equal(truth_of(buf_text(&text)), CHECK_FALSE);
		buf_free(&text);
	}
}

/* Any heap of words is read or refused. */
static void test_heaps_of_words(void **state)
{
	static const char *const words[] = {
	    "(", ")",   "not ", "and ",  "or ", "<",  "==",   "+",    "-", "*",  "/",
	    "1", "5M ", "!",    "macs ", " ",   "\"", "ops(", "'x')", "%", "1e", "opset(\"\")"};
	size_t fine = 0;
	(void)state;
	for (int i = 0; i < 20000; i++) {
		check_expression e;
		buf text = {0}, problem = {0};
		for (uint32_t n = 1 + pick(9); n; n--)
			buf_str(&text, words[pick(sizeof words / sizeof *words)]);
		if (check_expression_read(buf_text(&text), &e, &problem)) {
			check_expression_holds(&e, answer, NULL);
			fine++;
		} else {
			assert_true(problem.n > 0);
		}
		buf_free(&text);
		buf_free(&problem);
	}
	assert_true(fine > 100);
}

/* ------------------------------------------------------------------------------------ table -- */

static void test_table(void **state)
{
	static const char groups[] =
	    " format graph types weights quantization security portability advice budget ";
	size_t n;
	const oray_rule *rules = oray_rules(&n);
	(void)state;
	assert_true(n > 50);
	for (size_t i = 0; i < n; i++) {
		char group[32];
		snprintf(group, sizeof group, " %s ", rules[i].group);
		assert_non_null(strstr(groups, group));
		assert_ptr_equal(oray_rule_find(rules[i].name), &rules[i]); /* so there is one only */
		assert_int_equal(strspn(rules[i].name, "abcdefghijklmnopqrstuvwxyz0123456789-"),
		                 strlen(rules[i].name));
		assert_true(rules[i].severity <= ORAY_ERROR);
		for (int k = 0; k < 2; k++) {
			const char *text = k ? rules[i].hint : rules[i].sentence;
			if (k && !text)
				continue;
			size_t size = strlen(text);
			if (size < 5 || text[size - 1] == '.')
				print_message("%s: %s\n", rules[i].name, text);
			assert_true(size >= 5 && text[size - 1] != '.');
		}
		for (size_t k = 0; k < ORAY_REQUIRES && rules[i].requires[k]; k++) {
			assert_non_null(oray_rule_find(rules[i].requires[k]));
			assert_string_not_equal(rules[i].requires[k], rules[i].name);
		}
	}
	assert_null(oray_rule_find("no-such-rule"));
}

/* ----------------------------------------------------------------------------------- report -- */

/* `before` Relus on the way of nothing, then nodes that read what nobody makes; each of a name or
 * without, as `names` says. */
static oray_model *undefined(unsigned before, unsigned n, bool names)
{
	bytes graph = {0}, value, model, node;
	oray_load_options opts = oray_load_defaults();
	oray_model *m;
	char in[32], out[32];
	for (unsigned i = 0; i < before + n; i++) {
		snprintf(in, sizeof in, i < before ? "x" : "missing%u", i - before);
		snprintf(out, sizeof out, i < before ? "more%u" : "made%u", i < before ? i : i - before);
		node = make_node(i < before ? "Relu" : "Sigmoid", in, out);
		if (names)
			put_text(&node, 3, out);
		put_message(&graph, 1, &node);
	}
	put_text(&graph, 2, "g");
	value = make_value("x");
	put_message(&graph, 11, &value);
	model = make_model(&graph);
	opts.thorough = true;
	assert_int_equal(load_bytes(&here, &model, &opts, &m, NULL), ORAY_OK);
	assert_int_equal(oray_model_infer(m, NULL, NULL), ORAY_OK);
	return m;
}

static oray_check_report *check(const oray_model *m, const oray_check_options *opts)
{
	oray_check_report *r;
	oray_error err;
	oray_status status = oray_check(m, opts, &r, &err);
	if (status != ORAY_OK)
		print_message("%s\n", err.message);
	assert_int_equal(status, ORAY_OK);
	return r;
}

static uint64_t count_of(const oray_check_report *r, const char *rule)
{
	for (size_t i = 0; i < r->n_rules; i++)
		if (!strcmp(r->rules[i].rule->name, rule))
			return r->rules[i].count;
	return 0;
}

/* Findings are in order, counts add up, everything is said that ought to be. */
static void assert_sound(const oray_check_report *r)
{
	uint64_t all = 0, by_rule = 0, kept = 0;
	for (size_t i = 0; i < r->n; i++) {
		const oray_finding *f = &r->findings[i], *last = &r->findings[i ? i - 1 : 0];
		assert_non_null(f->fingerprint);
		assert_null(strchr(f->fingerprint, '\t'));
		assert_true(*f->where && *f->message);
		assert_true(f->severity <= last->severity);
		assert_true(f->severity >= oray_rule_find(f->rule)->severity);
		assert_true(f->severity < last->severity || f->offset + 1 >= last->offset + 1);
	}
	for (int s = 0; s < 3; s++)
		all += r->counts[s];
	for (size_t i = 0; i < r->n_rules; i++) {
		by_rule += r->rules[i].count;
		kept += r->rules[i].kept;
	}
	assert_int_equal(all, by_rule);
	assert_int_equal(kept, r->n);
	assert_int_equal(all, r->n + r->dropped);
}

static void test_report(void **state)
{
	const char *only[] = {"undefined-input"}, *group[] = {"graph"}, *none[] = {"no-such"};
	oray_check_options opts = {.n_only = 1, .only = only};
	oray_model *m = undefined(3, 50, true);
	oray_check_report *r = check(m, NULL);
	(void)state;
	assert_sound(r);
	assert_int_equal(count_of(r, "undefined-input"), 50);
	oray_check_report_free(r);

	r = check(m, &opts);
	assert_sound(r);
	assert_int_equal(r->n, 50);
	assert_int_equal(r->counts[ORAY_ERROR], 50);
	assert_string_equal(r->findings[0].where, "graph/value missing0");
	assert_string_equal(r->findings[0].message, "'missing0' is read but never defined");
	assert_string_equal(r->findings[0].fingerprint, "undefined-input missing0");
	assert_string_equal(r->findings[0].hint, oray_rule_find("undefined-input")->hint);
	oray_node reader;
	assert_true(oray_model_node(m, 3, &reader));
	assert_int_equal(r->findings[0].offset, reader.offset);
	oray_check_report_free(r);

	opts.most = 10;
	r = check(m, &opts);
	assert_sound(r);
	assert_int_equal(r->n, 10);
	assert_int_equal(r->dropped, 40);
	assert_int_equal(r->counts[ORAY_ERROR], 50);
	oray_check_report_free(r);

	opts = (oray_check_options){.n_only = 1, .only = group, .n_without = 1, .without = only};
	r = check(m, &opts);
	assert_int_equal(count_of(r, "undefined-input"), 0);
	for (size_t i = 0; i < r->n; i++)
		assert_string_equal(oray_rule_find(r->findings[i].rule)->group, "graph");
	oray_check_report_free(r);

	opts = (oray_check_options){.n_only = 1, .only = none};
	oray_error err;
	assert_int_equal(oray_check(m, &opts, &r, &err), ORAY_ERR_USAGE);
	assert_null(r);
	assert_non_null(strstr(err.message, "no-such"));
	assert_int_equal(oray_check_verify(&opts, NULL), ORAY_ERR_USAGE);
	assert_int_equal(oray_check_verify(NULL, NULL), ORAY_OK);
	oray_model_free(m);
}

/* Of a rule as many are kept as is said, whoever found them: the loader keeps ten thousand. */
static void test_many(void **state)
{
	const char *only[] = {"undefined-input"};
	oray_check_options opts = {.n_only = 1, .only = only};
	oray_model *m = undefined(0, 12000, false);
	oray_check_report *r = check(m, &opts);
	(void)state;
	assert_sound(r);
	assert_int_equal(r->counts[ORAY_ERROR], 12000);
	assert_int_equal(r->n, 10000);
	oray_check_report_free(r);
	oray_model_free(m);
}

/* A model without a graph has nothing else to say about its graph. */
static void test_prerequisites(void **state)
{
	bytes model = {0}, opset = {0};
	oray_model *m;
	(void)state;
	put_number(&model, 1, 8);
	put_number(&opset, 2, 17);
	put_message(&model, 8, &opset);
	assert_int_equal(load_bytes(&here, &model, NULL, &m, NULL), ORAY_OK);
	oray_check_report *r = check(m, NULL);
	assert_sound(r);
	assert_int_equal(count_of(r, "no-graph"), 1);
	for (size_t i = 0; i < r->n; i++) {
		const oray_rule *rule = oray_rule_find(r->findings[i].rule);
		for (size_t k = 0; k < ORAY_REQUIRES && rule->requires[k]; k++)
			assert_string_not_equal(rule->requires[k], "no-graph");
	}
	oray_check_report_free(r);
	oray_model_free(m);
}

/* ---------------------------------------------------------------------------------- budgets -- */

/* Conv-like: one Gemm with 6 + 3 parameters, input [2, n]. */
static oray_model *gemm(void)
{
	bytes graph = {0}, node = {0}, value, tensor, model;
	const int64_t w[] = {2, 3}, b[] = {3};
	static const float zeros[6];
	oray_model *m;
	put_text(&node, 1, "x");
	put_text(&node, 1, "w");
	put_text(&node, 1, "b");
	put_text(&node, 2, "y");
	put_text(&node, 4, "Gemm");
	put_text(&node, 3, "fc");
	put_message(&graph, 1, &node);
	put_text(&graph, 2, "g");
	tensor = make_tensor("w", ORAY_FLOAT32, 2, w);
	put_data(&tensor, 9, zeros, sizeof zeros);
	put_message(&graph, 5, &tensor);
	tensor = make_tensor("b", ORAY_FLOAT32, 1, b);
	put_data(&tensor, 9, zeros, 12);
	put_message(&graph, 5, &tensor);
	value = make_value("x");
	put_message(&graph, 11, &value);
	model = make_model(&graph);
	assert_int_equal(load_bytes(&here, &model, NULL, &m, NULL), ORAY_OK);
	return m;
}

static void test_budgets(void **state)
{
	const struct {
		oray_budget budget;
		const char *rule, *message; /* NULL: it is met */
	} cases[] = {
	    {{.what = ORAY_BUDGET_MOST, .figure = "params", .limit = 9}, NULL, NULL},
	    {{.what = ORAY_BUDGET_MOST, .figure = "params", .limit = 4},
	     "budget-params",
	     "params: 9 > 4 (2.2x)"},
	    {{.what = ORAY_BUDGET_LEAST, .figure = "params", .limit = 10},
	     "budget-params",
	     "params: 9 < 10"},
	    {{.what = ORAY_BUDGET_MOST, .figure = "opset", .limit = 17}, NULL, NULL},
	    {{.what = ORAY_BUDGET_MOST, .figure = "opset", .limit = 13},
	     "budget-opset",
	     "opset: 17 > 13"},
	    {{.what = ORAY_BUDGET_LEAST, .figure = "opset", .limit = 18},
	     "budget-opset",
	     "opset: 17 < 18"},
	    {{.what = ORAY_BUDGET_MOST, .figure = "ir_version", .limit = 7},
	     "budget-ir-version",
	     "ir_version: 8 > 7"},
	    /* nothing was inferred: what is not known is not met */
	    {{.what = ORAY_BUDGET_MOST, .figure = "macs", .limit = UINT64_MAX},
	     "budget-macs",
	     "macs: not known, allowed are 18,446,744,073,709,551,615"},
	    {{.what = ORAY_BUDGET_DENY, .text = "Loop"}, NULL, NULL},
	    {{.what = ORAY_BUDGET_DENY, .text = "G*"}, "budget-op", "ai.onnx:Gemm is not allowed"},
	    {{.what = ORAY_BUDGET_DENY, .text = "ai.onnx:*"},
	     "budget-op",
	     "ai.onnx:Gemm is not allowed"},
	    {{.what = ORAY_BUDGET_DENY, .text = "com.microsoft:*"}, NULL, NULL},
	    {{.what = ORAY_BUDGET_ALLOW, .text = "Gemm"}, NULL, NULL},
	    {{.what = ORAY_BUDGET_ALLOW, .text = "Conv"}, "budget-op", "ai.onnx:Gemm is not allowed"},
	    {{.what = ORAY_BUDGET_ASSERT, .text = "params == 9 and ops(\"Gemm\") == 1"}, NULL, NULL},
	    {{.what = ORAY_BUDGET_ASSERT, .text = "params < 9"},
	     "budget-assert",
	     "params < 9 does not hold; params is 9"},
	    {{.what = ORAY_BUDGET_ASSERT, .text = "macs < 9 or params < 2 or params < 3"},
	     "budget-assert",
	     "whether macs < 9 or params < 2 or params < 3 is not known; macs is not known, params is "
	     "9"},
	    {{.what = ORAY_BUDGET_ASSERT, .text = "params(\"weight\") > 6"},
	     "budget-assert",
	     "params(\"weight\") > 6 does not hold; params(\"weight\") is 6"},
	};
	oray_model *m = gemm();
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *only[] = {"budget"};
		oray_check_options opts = {
		    .n_only = 1, .only = only, .n_budgets = 1, .budgets = &cases[i].budget};
		oray_check_report *r = check(m, &opts);
		assert_sound(r);
		assert_int_equal(r->n, cases[i].rule ? 1 : 0);
		if (r->n) {
			assert_string_equal(r->findings[0].rule, cases[i].rule);
			assert_string_equal(r->findings[0].message, cases[i].message);
			assert_int_equal(r->findings[0].severity, ORAY_ERROR);
		}
		oray_check_report_free(r);
	}
	oray_model_free(m);
}

static void test_static(void **state)
{
	const oray_budget budget = {.what = ORAY_BUDGET_STATIC};
	const char *only[] = {"budget"};
	oray_check_options opts = {.n_only = 1, .only = only, .n_budgets = 1, .budgets = &budget};
	(void)state;

	oray_model *m = undefined(1, 0, true); /* Relu of [2, n] */
	oray_check_report *r = check(m, &opts);
	assert_int_equal(r->n, 2);
	assert_string_equal(r->findings[0].where, "model");
	assert_string_equal(r->findings[0].message,
	                    "1 of 1 shapes are not known in numbers: 1 in part, 0 not at all");
	assert_string_equal(r->findings[1].where, "graph/input x");
	oray_check_report_free(r);
	oray_model_free(m);

	m = gemm(); /* the weight says what n is, once somebody asks */
	for (int i = 0; i < 2; i++) {
		r = check(m, &opts);
		assert_int_equal(r->n, i ? 0 : 2);
		oray_check_report_free(r);
		assert_int_equal(oray_model_infer(m, NULL, NULL), ORAY_OK);
	}
	oray_model_free(m);
}

static void test_wrong_budgets(void **state)
{
	static const oray_budget wrong[] = {
	    {.what = ORAY_BUDGET_MOST, .figure = "beauty", .limit = 1},
	    {.what = ORAY_BUDGET_MOST},
	    {.what = ORAY_BUDGET_ASSERT, .text = "params <"},
	    {.what = ORAY_BUDGET_ASSERT},
	    {.what = ORAY_BUDGET_DENY},
	};
	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		oray_check_options opts = {.n_budgets = 1, .budgets = &wrong[i]};
		oray_error err;
		assert_int_equal(oray_check_verify(&opts, &err), ORAY_ERR_USAGE);
		assert_true(err.message[0]);
	}
}

/* -------------------------------------------------------------------------------- baselines -- */

static int gather(void *context, const char *data, size_t size)
{
	buf_add(context, data, size);
	return 0;
}

static void write_baseline(const oray_check_report *r, const char *name, buf *out)
{
	assert_int_equal(oray_write_baseline(r, name, gather, out, NULL), ORAY_OK);
}

static uint64_t errors_with(const oray_model *m, const buf *baseline, const char *name,
                            uint64_t *known)
{
	const char *only[] = {"undefined-input"};
	oray_check_options opts = {.n_only = 1,
	                           .only = only,
	                           .baseline = buf_text(baseline),
	                           .baseline_size = baseline->n,
	                           .baseline_name = name};
	oray_check_report *r = check(m, &opts);
	assert_sound(r);
	uint64_t n = r->counts[ORAY_ERROR];
	*known = r->known;
	oray_check_report_free(r);
	return n;
}

static void test_baselines(void **state)
{
	buf baseline = {0};
	uint64_t known, all;
	(void)state;
	for (int names = 0; names < 2; names++) {
		const char *only[] = {"undefined-input"};
		oray_check_options opts = {.n_only = 1, .only = only};
		oray_model *m = undefined(0, 5, names);
		oray_check_report *r = check(m, &opts);
		buf_clear(&baseline);
		write_baseline(r, "m\todel.onnx", &baseline);
		all = r->n;
		oray_check_report_free(r);
		assert_int_equal(errors_with(m, &baseline, "m\todel.onnx", &known), 0);
		assert_int_equal(known, all);
		assert_int_equal(errors_with(m, &baseline, "other.onnx", &known), all);
		assert_int_equal(known, 0);
		oray_model_free(m);

		/* nodes that are put in before move every index, but are no new findings */
		m = undefined(7, 5, names);
		assert_int_equal(errors_with(m, &baseline, "m\todel.onnx", &known), 0);
		assert_int_equal(known, all);
		oray_model_free(m);

		/* one more is one more */
		m = undefined(7, 6, names);
		assert_int_equal(errors_with(m, &baseline, "m\todel.onnx", &known), all / 5);
		oray_model_free(m);
	}
	buf_free(&baseline);
}

/* What is there twice is known twice, and not three times. */
static void test_repeated(void **state)
{
	buf baseline = {0};
	(void)state;
	for (unsigned n = 3; n <= 4; n++) {
		bytes graph = {0}, value, model;
		oray_model *m;
		put_text(&graph, 2, "g");
		for (unsigned i = 0; i < n; i++) {
			value = make_value("x");
			put_message(&graph, 11, &value);
		}
		model = make_model(&graph);
		assert_int_equal(load_bytes(&here, &model, NULL, &m, NULL), ORAY_OK);
		const char *only[] = {"duplicate-name"};
		oray_check_options opts = {.n_only = 1, .only = only};
		oray_check_report *r = check(m, &opts);
		assert_int_equal(r->n, n - 1);
		if (n == 3)
			write_baseline(r, "m", &baseline);
		oray_check_report_free(r);
		opts.baseline = buf_text(&baseline);
		opts.baseline_size = baseline.n;
		opts.baseline_name = "m";
		r = check(m, &opts);
		assert_int_equal(r->n, n - 3);
		assert_int_equal(r->known, 2);
		oray_check_report_free(r);
		oray_model_free(m);
	}
	buf_free(&baseline);
}

static void test_odd_baselines(void **state)
{
	static const struct {
		const char *text;
		bool fine;
	} cases[] = {{"", true},
	             {"# words\n\n", true},
	             {"m\tx y\r\nm\tz", true},
	             {"no tab\n", false},
	             {"m\tx\nsome", false}};
	oray_model *m = gemm();
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		oray_check_options opts = {.baseline = cases[i].text,
		                           .baseline_size = strlen(cases[i].text),
		                           .baseline_name = "m"};
		oray_check_report *r;
		assert_int_equal(oray_check(m, &opts, &r, NULL), cases[i].fine ? ORAY_OK : ORAY_ERR_USAGE);
		oray_check_report_free(r);
	}
	oray_model_free(m);
}

/* A budget is never known: what it is about is the figure. */
static void test_budget_and_baseline(void **state)
{
	const oray_budget budget = {.what = ORAY_BUDGET_MOST, .figure = "params", .limit = 1};
	const char *only[] = {"budget"}, *text = "m\tbudget-params model\n";
	oray_check_options opts = {.n_only = 1, .only = only, .n_budgets = 1, .budgets = &budget};
	oray_model *m = gemm();
	buf baseline = {0};
	(void)state;
	opts.baseline = text;
	opts.baseline_size = strlen(text);
	opts.baseline_name = "m";
	oray_check_report *r = check(m, &opts);
	assert_int_equal(r->n, 1);
	write_baseline(r, "m", &baseline);
	assert_int_equal(baseline.n, 0);
	oray_check_report_free(r);
	oray_model_free(m);
}

/* ------------------------------------------------------------------------------------------- */

static int prepare(void **state)
{
	(void)state;
	place_make(&here);
	return 0;
}

static int clean(void **state)
{
	(void)state;
	place_remove(&here);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_expressions),
	    cmocka_unit_test(test_broken_expressions),
	    cmocka_unit_test(test_large_expressions),
	    cmocka_unit_test(test_random_expressions),
	    cmocka_unit_test(test_heaps_of_words),
	    cmocka_unit_test(test_table),
	    cmocka_unit_test(test_report),
	    cmocka_unit_test(test_many),
	    cmocka_unit_test(test_prerequisites),
	    cmocka_unit_test(test_budgets),
	    cmocka_unit_test(test_static),
	    cmocka_unit_test(test_wrong_budgets),
	    cmocka_unit_test(test_baselines),
	    cmocka_unit_test(test_repeated),
	    cmocka_unit_test(test_odd_baselines),
	    cmocka_unit_test(test_budget_and_baseline),
	};
	return cmocka_run_group_tests(tests, prepare, clean);
}
