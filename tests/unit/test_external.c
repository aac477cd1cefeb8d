/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_external.c - weights beside the model: which files are opened, which part of them is read,
 * and what no model gets to see.
 *
 *     here/model/m.onnx, good.data, sub/good.data     what a model may read
 *     here/secret.data                                what it may not
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "model_writer.h"

static place here;

static const float good[] = {1.5f, 2.5f, 3.5f, 4.5f, 5.5f, 6.5f};
static const float secret[] = {-1, -2, -3, -4, -5, -6};

typedef struct answer {
	oray_status status;
	oray_error err;
	oray_tensor tensor; /* as described; its texts are gone */
	oray_element values[4];
	size_t n;
} answer;

/* Reads a tensor of four floats whose data is elsewhere; NULL leaves a key out. */
static answer read_external(const char *location, size_t size, const char *offset,
                            const char *length, const oray_load_options *opts)
{
	int64_t dim = 4;
	answer a = {.n = 99};
	bytes t = make_tensor("w", ORAY_FLOAT32, 1, &dim), pair = {0};
	oray_model *m;
	if (location) {
		put_text(&pair, 1, "location");
		put_data(&pair, 2, location, size);
		put_message(&t, 13, &pair);
	}
	if (offset)
		put_pair(&t, 13, "offset", offset);
	if (length)
		put_pair(&t, 13, "length", length);
	put_number(&t, 14, 1);
	bytes model = make_model_of(&t);
	const char *path = place_write(&here, "model/m.onnx", model.at, model.n);
	free(model.at);
	assert_int_equal(oray_model_load(path, opts, &m, NULL), ORAY_OK); /* opens no other file */
	assert_true(oray_model_tensor(m, 0, &a.tensor));
	assert_int_equal(a.tensor.storage, ORAY_STORAGE_EXTERNAL);
	assert_int_equal(a.tensor.stored_bytes, 0);
	assert_false(a.tensor.size_mismatch);
	a.status = oray_tensor_read(m, 0, 0, 4, a.values, &a.n, &a.err);
	oray_model_free(m);
	return a;
}

static answer read_file(const char *location)
{
	return read_external(location, strlen(location), NULL, NULL, NULL);
}

static bool is_good(const answer *a, size_t from)
{
	if (a->status != ORAY_OK || a->n != 4)
		return false;
	for (size_t i = 0; i < 4; i++)
		if (a->values[i].f != (double)good[from + i])
			return false;
	return true;
}

static bool is_refused(const answer *a)
{
	return a->status == ORAY_ERR_EXTERNAL && a->n == 0 && a->err.message[0];
}

static void files_beside_the_model_are_read(void **state)
{
	(void)state;
	static const char *const names[] = {"good.data", "./good.data", "sub/good.data",
	                                    "sub//good.data", "./sub/./good.data"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		answer a = read_file(names[i]);
		if (!is_good(&a, 0))
			fail_msg("%s: %s", names[i], a.err.message);
	}
}

static void the_folder_is_that_of_the_model(void **state)
{
	(void)state;
	answer a = read_file("good.data"); /* writes the model */
	char before[4096];
	oray_model *m;
	assert_true(is_good(&a, 0));
	assert_non_null(getcwd(before, sizeof before));
	assert_int_equal(chdir(place_file(&here, "model")), 0);
	assert_int_equal(oray_model_load("m.onnx", NULL, &m, NULL), ORAY_OK);
	assert_int_equal(oray_tensor_read(m, 0, 0, 4, a.values, &a.n, NULL), ORAY_OK);
	oray_model_free(m);
	assert_int_equal(chdir(here.path), 0);
	assert_int_equal(oray_model_load("model/m.onnx", NULL, &m, NULL), ORAY_OK);
	assert_int_equal(oray_tensor_read(m, 0, 0, 4, a.values, &a.n, NULL), ORAY_OK);
	oray_model_free(m);
	assert_int_equal(chdir(before), 0);
	/* A model behind a link has its data beside the link, as caches keep it. */
	assert_int_equal(symlink("model/m.onnx", place_file(&here, "link.onnx")), 0);
	assert_int_equal(oray_model_load(place_file(&here, "link.onnx"), NULL, &m, NULL), ORAY_OK);
	assert_int_equal(oray_tensor_read(m, 0, 0, 4, a.values, &a.n, NULL), ORAY_ERR_EXTERNAL);
	oray_model_free(m);
}

static void nothing_else_is_opened(void **state)
{
	(void)state;
	char absolute[200];
	snprintf(absolute, sizeof absolute, "%s", place_file(&here, "secret.data"));
	const char *const names[] = {
	    absolute,
	    "../secret.data",
	    "sub/../../secret.data",
	    "./../secret.data",
	    "..",
	    ".",
	    "sub",
	    "sub/",
	    "sub/..",
	    "/",
	    "/dev/zero",
	    "/proc/self/mem",
	    "..\\secret.data",
	    "C:\\secret.data",
	    "C:secret.data",
	    "file:///etc/passwd",
	    "link.data",
	    "loop.data",
	    "folder/good.data",
	    "inside.data",
	    "pipe",
	    "pipe/x",
	    "good.data/",
	    "good.data/x",
	    "none.data",
	    "",
	    "*/_ORT_MEM_ADDR_/*",
	    "x/*/_ORT_MEM_ADDR_/*",
	};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		answer a = read_file(names[i]);
		if (strcmp(names[i], "good.data/") == 0 && is_good(&a, 0))
			continue; /* harmless */
		if (!is_refused(&a))
			fail_msg("%s: %s, %zu values", names[i], oray_status_name(a.status), a.n);
	}
	answer a = read_external("good.data\0/../../secret.data", 28, NULL, NULL, NULL);
	assert_true(is_refused(&a));
	a = read_external("good.data\0", 10, NULL, NULL, NULL);
	assert_true(is_refused(&a));
	a = read_external(NULL, 0, "0", "16", NULL);
	assert_true(is_refused(&a));
}

static void permission_opens_more_but_no_pipes(void **state)
{
	(void)state;
	static const char *const names[] = {"../secret.data", "link.data", "sub/../../secret.data"};
	static const char *const never[] = {
	    "pipe", "sub", ".", "/dev/zero", "", "none.data", "*/_ORT_MEM_ADDR_/*"};
	oray_load_options opts = oray_load_defaults();
	opts.unsafe_external = true;
	answer a;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		a = read_external(names[i], strlen(names[i]), NULL, NULL, &opts);
		if (a.status != ORAY_OK || a.values[0].f != -1)
			fail_msg("%s: %s", names[i], a.err.message);
	}
	char absolute[200];
	snprintf(absolute, sizeof absolute, "%s", place_file(&here, "secret.data"));
	a = read_external(absolute, strlen(absolute), NULL, NULL, &opts);
	assert_true(a.status == ORAY_OK && a.values[3].f == -4);
	a = read_external("good.data", 9, NULL, NULL, &opts);
	assert_true(is_good(&a, 0));
	for (size_t i = 0; i < sizeof never / sizeof *never; i++) {
		a = read_external(never[i], strlen(never[i]), NULL, NULL, &opts);
		if (!is_refused(&a))
			fail_msg("%s: %s", never[i], oray_status_name(a.status));
	}
}

static void offset_and_length_are_kept(void **state)
{
	(void)state;
	static const struct {
		const char *offset, *length;
		int from; /* -1: refused */
	} cases[] = {
	    {"0", "24", 0},
	    {"0", "16", 0},
	    {"4", "16", 1},
	    {"8", NULL, 2},
	    {"8", "16", 2},
	    {"000", "24", 0},
	    {NULL, NULL, 0},
	    {NULL, "16", 0},
	    {"8", "15", -1},
	    {"12", NULL, -1},
	    {"9", "16", -1},
	    {"24", NULL, -1},
	    {"25", NULL, -1},
	    {"0", "25", -1},
	    {"0", "0", -1},
	    {"-4", NULL, -1},
	    {"+4", NULL, -1},
	    {" 4", NULL, -1},
	    {"4 ", NULL, -1},
	    {"0x4", NULL, -1},
	    {"4.0", NULL, -1},
	    {"", NULL, -1},
	    {NULL, "-16", -1},
	    {NULL, "16b", -1},
	    {NULL, "", -1},
	    {"18446744073709551615", NULL, -1},
	    {"18446744073709551616", NULL, -1},
	    {"9223372036854775807", "16", -1},
	    {"18446744073709551600", "16", -1},
	    {"4", "18446744073709551615", -1},
	    {"18446744073709551616", "16", -1},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		answer a = read_external("good.data", 9, cases[i].offset, cases[i].length, NULL);
		if (cases[i].from < 0 ? !is_refused(&a) : !is_good(&a, (size_t)cases[i].from))
			fail_msg("case %zu: %s", i, a.status == ORAY_OK ? "read" : a.err.message);
	}
	answer a = read_external("good.data", 9, "8", "16", NULL);
	assert_true(a.tensor.has_offset && a.tensor.offset == 8);
	assert_true(a.tensor.has_length && a.tensor.length == 16);
	a = read_external("good.data", 9, "8x", NULL, NULL);
	assert_false(a.tensor.has_offset || a.tensor.has_length);
}

static void a_part_is_read_from_its_place(void **state)
{
	(void)state;
	answer a = read_external("good.data", 9, "4", "20", NULL);
	oray_model *m;
	assert_int_equal(a.status, ORAY_OK);
	assert_int_equal(oray_model_load(place_file(&here, "model/m.onnx"), NULL, &m, NULL), ORAY_OK);
	assert_int_equal(oray_tensor_read(m, 0, 2, 9, a.values, &a.n, NULL), ORAY_OK);
	assert_int_equal(a.n, 2);
	assert_true(a.values[0].f == (double)good[3] && a.values[1].f == (double)good[4]);
	assert_int_equal(oray_tensor_read(m, 0, 4, 1, a.values, &a.n, NULL), ORAY_OK);
	assert_int_equal(a.n, 0);
	oray_model_free(m);
}

static void a_file_that_shrinks_is_an_error(void **state)
{
	(void)state;
	place_write(&here, "model/shrinks.data", good, sizeof good);
	answer a = read_file("shrinks.data");
	assert_true(is_good(&a, 0));
	assert_int_equal(truncate(place_file(&here, "model/shrinks.data"), 15), 0);
	a = read_file("shrinks.data");
	assert_true(is_refused(&a));
}

static void what_may_not_be_read_is_said(void **state)
{
	(void)state;
	const char *path = place_write(&here, "model/locked.data", good, sizeof good);
	assert_int_equal(chmod(path, 0), 0);
	if (access(path, R_OK) == 0)
		skip(); /* nothing is locked for us */
	answer a = read_file("locked.data");
	assert_true(is_refused(&a));
	assert_non_null(strstr(a.err.message, "permission"));
}

/* The first of two entries counts, so that nobody checks one and opens the other. */
static void keys_count_once(void **state)
{
	(void)state;
	int64_t dim = 4;
	bytes t = make_tensor("w", ORAY_FLOAT32, 1, &dim);
	oray_model *m;
	answer a;
	put_pair(&t, 13, "location", "good.data");
	put_pair(&t, 13, "location", "../secret.data");
	put_pair(&t, 13, "offset", "4");
	put_pair(&t, 13, "offset", "8");
	put_pair(&t, 13, "checksum", "whatever");
	put_number(&t, 14, 1);
	bytes model = make_model_of(&t);
	place_write(&here, "model/m.onnx", model.at, model.n);
	free(model.at);
	assert_int_equal(oray_model_load(place_file(&here, "model/m.onnx"), NULL, &m, NULL), ORAY_OK);
	assert_true(oray_model_tensor(m, 0, &a.tensor));
	assert_int_equal(a.tensor.n_external, 5);
	assert_string_equal(a.tensor.location.data, "good.data");
	a.status = oray_tensor_read(m, 0, 0, 4, a.values, &a.n, &a.err);
	assert_true(is_good(&a, 1));
	oray_model_free(m);
}

static void entries_alone_do_not_make_it_external(void **state)
{
	(void)state;
	int64_t dim = 4;
	bytes t = make_tensor("w", ORAY_FLOAT32, 1, &dim);
	oray_model *m;
	answer a;
	put_pair(&t, 13, "location", "../secret.data");
	put_data(&t, 9, good, 16);
	bytes model = make_model_of(&t);
	assert_int_equal(load_bytes(&here, &model, NULL, &m, NULL), ORAY_OK);
	assert_true(oray_model_tensor(m, 0, &a.tensor));
	assert_int_equal(a.tensor.storage, ORAY_STORAGE_RAW);
	a.status = oray_tensor_read(m, 0, 0, 4, a.values, &a.n, &a.err);
	assert_true(is_good(&a, 0));
	oray_model_free(m);
}

static int make_here(void **state)
{
	(void)state;
	place_make(&here);
	mkdir(place_file(&here, "model"), 0755);
	mkdir(place_file(&here, "model/sub"), 0755);
	place_write(&here, "secret.data", secret, sizeof secret);
	place_write(&here, "model/good.data", good, sizeof good);
	place_write(&here, "model/sub/good.data", good, sizeof good);
	return symlink("../secret.data", place_file(&here, "model/link.data")) ||
	       symlink("loop.data", place_file(&here, "model/loop.data")) ||
	       symlink("good.data", place_file(&here, "model/inside.data")) ||
	       symlink("sub", place_file(&here, "model/folder")) ||
	       mkfifo(place_file(&here, "model/pipe"), 0600);
}

static int remove_here(void **state)
{
	(void)state;
	place_remove(&here);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(files_beside_the_model_are_read),
	    cmocka_unit_test(the_folder_is_that_of_the_model),
	    cmocka_unit_test(nothing_else_is_opened),
	    cmocka_unit_test(permission_opens_more_but_no_pipes),
	    cmocka_unit_test(offset_and_length_are_kept),
	    cmocka_unit_test(a_part_is_read_from_its_place),
	    cmocka_unit_test(a_file_that_shrinks_is_an_error),
	    cmocka_unit_test(what_may_not_be_read_is_said),
	    cmocka_unit_test(keys_count_once),
	    cmocka_unit_test(entries_alone_do_not_make_it_external),
	};
	return cmocka_run_group_tests(tests, make_here, remove_here);
}
