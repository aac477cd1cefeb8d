/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_fold.c - plans in which something is folded, where it is known what has to be left.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "picture/pic_fold.h"
#include "model_writer.h"

typedef struct row {
	const char *op, *name, *inputs[3], *output;
} row;

static oray_model *make(const place *p, const row *rows, const char *output)
{
	bytes graph = {0}, x = {0}, y = {0};
	oray_model *model;
	oray_error err;
	for (; rows->op; rows++) {
		bytes node = {0};
		for (size_t i = 0; i < 3 && rows->inputs[i]; i++)
			put_text(&node, 1, rows->inputs[i]);
		put_text(&node, 2, rows->output);
		put_text(&node, 3, rows->name);
		put_text(&node, 4, rows->op);
		put_message(&graph, 1, &node);
	}
	put_text(&x, 1, "x");
	put_message(&graph, 11, &x);
	put_text(&y, 1, output);
	put_message(&graph, 12, &y);
	bytes m = {0}, opset = {0};
	put_number(&m, 1, 8);
	put_message(&m, 7, &graph);
	put_number(&opset, 2, 17);
	put_message(&m, 8, &opset);
	assert_int_equal(load_bytes(p, &m, NULL, &model, &err), ORAY_OK);
	return model;
}

static void test_shapes(void **unused)
{
	static const row rows[] = {
	    {"Shape", "", {"x"}, "s"},        {"Gather", "", {"s", "s"}, "g"},
	    {"Reshape", "", {"x", "g"}, "r"}, {"Size", "", {"x"}, "n"},
	    {"Add", "", {"r", "n"}, "y"},     {NULL, NULL, {NULL}, NULL},
	};
	place p;
	pic_plan plan;
	const oray_drawing shapes = {.fold = ORAY_FOLD_SHAPES};
	(void)unused;
	place_make(&p);
	oray_model *model = make(&p, rows, "y");
	assert_int_equal(pic_plan_make(&plan, model, &shapes, NULL), ORAY_OK);
	assert_int_equal(plan.folding->shapes, 3); /* Reshape of data is none, nor what reads it */
	assert_int_equal(plan.fate[0], PIC_SHAPE);
	assert_int_equal(plan.fate[1], PIC_SHAPE);
	assert_int_equal(plan.fate[2], PIC_BOX);
	pic_plan_free(&plan);
	oray_model_free(model);
	place_remove(&p);
}

/* Nobody is ever known in a circle, and no walk along one goes on for ever. */
static void test_circle(void **unused)
{
	static const row rows[] = {
	    {"Add", "/m/a", {"x", "c"}, "a"}, {"Mul", "/n/b", {"a", "a"}, "b"},
	    {"Sub", "/m/c", {"b", "b"}, "c"}, {"Relu", "/m/d", {"c"}, "y"},
	    {NULL, NULL, {NULL}, NULL},
	};
	place p;
	pic_plan plan;
	const oray_drawing all = {.fold = ORAY_FOLD_SHAPES | ORAY_FOLD_QDQ | ORAY_FOLD_REPEATS,
	                          .depth = 1};
	(void)unused;
	place_make(&p);
	oray_model *model = make(&p, rows, "y");
	assert_int_equal(pic_plan_make(&plan, model, &all, NULL), ORAY_OK);
	assert_int_equal(plan.folding->shapes, 0);
	pic_plan_free(&plan);
	oray_model_free(model);
	place_remove(&p);
}

/* A chain of 40 equal nodes: the first, and one box for 39. */
static void test_repeats(void **unused)
{
	row rows[41] = {{NULL, NULL, {NULL}, NULL}};
	char names[41][8];
	place p;
	pic_plan plan;
	const oray_drawing repeats = {.fold = ORAY_FOLD_REPEATS};
	(void)unused;
	for (size_t i = 0; i < 40; i++) {
		snprintf(names[i], sizeof names[i], "t%zu", i);
		rows[i] = (row){"Relu", "", {i ? names[i - 1] : "x"}, names[i]};
	}
	place_make(&p);
	oray_model *model = make(&p, rows, "t39");
	assert_int_equal(pic_plan_make(&plan, model, &repeats, NULL), ORAY_OK);
	assert_int_equal(plan.items.n, 4);
	assert_int_equal(plan.wires.n, 3);
	assert_int_equal(plan.groups->all.n, 1);
	assert_int_equal(plan.groups->all.at[0].repeats, 39);
	assert_int_equal(plan.groups->all.at[0].n, 39);
	assert_int_equal(plan.fate[0], PIC_BOX);
	assert_int_equal(plan.fate[39], PIC_INSIDE);
	pic_plan_free(&plan);
	oray_model_free(model);
	place_remove(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_shapes),
	    cmocka_unit_test(test_circle),
	    cmocka_unit_test(test_repeats),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
