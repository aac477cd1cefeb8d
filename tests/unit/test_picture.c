/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_picture.c - helper programs that fail, hang, flood and go away, and what is said about it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <signal.h>
#include <sys/wait.h>

#include "export/child.h"
#include "model_writer.h"

static int collect(void *context, const char *data, size_t size)
{
	buf_add(context, data, size);
	return 0;
}

static oray_model *make_small(const place *p)
{
	bytes graph = {0}, x = make_value("x"), node = make_node("Relu", "x", "y");
	oray_model *model;
	oray_error err;
	put_message(&graph, 1, &node);
	put_message(&graph, 11, &x);
	bytes m = make_model(&graph);
	assert_int_equal(load_bytes(p, &m, NULL, &model, &err), ORAY_OK);
	return model;
}

/* -------------------------------------------------------------------------------- children -- */

static const child_limits small = {1, 5, (uint64_t)1 << 30, 1 << 20};

static child_result shell(const char *script, const char *input, size_t size)
{
	char name[] = "sh", option[] = "-c", text[200];
	char *argv[] = {name, option, text, NULL};
	snprintf(text, sizeof text, "%s", script);
	return child_run("/bin/sh", argv, input, size, &small);
}

static void check_child(const char *script, size_t input, child_end end, int code, size_t output)
{
	char *text = calloc(1, input + 1);
	assert_non_null(text);
	child_result r = shell(script, text, input);
	assert_int_equal(r.end, end);
	assert_int_equal(r.code, code);
	assert_int_equal(r.output.n, output);
	child_result_free(&r);
	free(text);
	/* no zombie is left */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void test_children(void **unused)
{
	(void)unused;
	check_child("exit 3", 0, CHILD_EXITED, 3, 0);
	check_child("cat", 1000000, CHILD_EXITED, 0, 1000000);
	/* reads nothing, and goes: no SIGPIPE, whatever its disposition */
	check_child("exec true", 4000000, CHILD_EXITED, 0, 0);
	check_child("echo one; cat > /dev/null", 3000000, CHILD_EXITED, 0, 4);
	check_child("kill -SEGV $$", 0, CHILD_SIGNALLED, SIGSEGV, 0);
	check_child("yes", 0, CHILD_TOO_MUCH, 0, 1 << 20);
	check_child("sleep 30 & sleep 30", 10, CHILD_NO_TIME, 0, 0);
	check_child("exec > /dev/null 2>&1; exec sleep 30", 0, CHILD_NO_TIME, 0, 0);

	child_result r = shell("echo because >&2; echo lost; exit 1", NULL, 0);
	assert_string_equal(buf_text(&r.messages), "because\n");
	child_result_free(&r);
	buf path = {0};
	assert_true(child_find("sh", &path));
	assert_true(buf_text(&path)[0] == '/');
	assert_false(child_find("no-such-program-here", &path));
	assert_false(child_find("/etc", &path));
	assert_false(child_find("", &path));
	buf_free(&path);
}

static const oray_drawing by_dot = {.by_dot = true};

static void check_picture(const oray_model *model, const char *dot, const char *type,
                          oray_status want, const char *message)
{
	buf picture = {0};
	oray_error err = {0};
	setenv("ONNXRAY_DOT", dot, 1);
	assert_int_equal(oray_write_picture(model, &by_dot, type, collect, &picture, &err), want);
	assert_non_null(strstr(err.message, message));
	assert_int_equal(picture.n, 0);
	buf_free(&picture);
	unsetenv("ONNXRAY_DOT");
}

static void test_bad_tools(void **unused)
{
	(void)unused;
	place p;
	place_make(&p);
	oray_model *model = make_small(&p);
	static const char fails[] = "#!/bin/sh\necho 'no fonts here' >&2\nexit 7\n";
	static const char stops[] = "#!/bin/sh\necho '<svg>'\n";
	char file[300];
	snprintf(file, sizeof file, "%s", place_write(&p, "fails", fails, sizeof fails - 1));
	chmod(file, 0755);
	check_picture(model, file, "svg", ORAY_ERR_TOOL, "dot failed (status 7): no fonts here");
	snprintf(file, sizeof file, "%s", place_write(&p, "stops", stops, sizeof stops - 1));
	chmod(file, 0755);
	check_picture(model, file, "svg", ORAY_ERR_TOOL, "dot failed (status 0)");
	check_picture(model, "/nowhere/dot", "png", ORAY_ERR_TOOL, "/nowhere/dot");
	check_picture(model, file, "gif", ORAY_ERR_USAGE, "svg, png and pdf");
	oray_model_free(model);
	place_remove(&p);
}

static int count(void *context, const char *data, size_t size)
{
	(void)data;
	*(size_t *)context += size;
	return 0;
}

/* Far more than dot is given; that is told before anything is started. */
static void test_too_large(void **unused)
{
	(void)unused;
	place p;
	bytes graph = {0}, x = make_value("x");
	oray_model *model;
	oray_error err;
	size_t size = 0;
	char name[16];
	place_make(&p);
	put_message(&graph, 11, &x);
	for (int i = 0; i < 12344; i++) {
		snprintf(name, sizeof name, "y%d", i);
		bytes node = make_node("Relu", "x", name);
		put_message(&graph, 1, &node);
	}
	bytes m = make_model(&graph);
	assert_int_equal(load_bytes(&p, &m, NULL, &model, &err), ORAY_OK);
	setenv("ONNXRAY_DOT", "/bin/sh", 1);
	assert_int_equal(oray_write_picture(model, &by_dot, "svg", count, &size, &err), ORAY_ERR_TOOL);
	unsetenv("ONNXRAY_DOT");
	assert_string_equal(err.message, "graph too large for dot: 12,345 boxes, limit 4,000; draw a "
	                                 "part (--around, --scope) or leave dot out");
	assert_int_equal(size, 0);
	assert_int_equal(oray_write_dot(model, NULL, count, &size, &err), ORAY_OK);
	assert_true(size > 1000000);
	oray_model_free(model);
	place_remove(&p);
}

/* With a real dot, where there is one. */
static void test_pictures(void **unused)
{
	(void)unused;
	static const char *const types[][2] = {{"svg", "<?xml"}, {"png", "\x89PNG"}, {"pdf", "%PDF"}};
	place p;
	buf path = {0}, picture = {0};
	oray_error err;
	if (!child_find("dot", &path))
		skip();
	place_make(&p);
	oray_model *model = make_small(&p);
	for (size_t i = 0; i < 3; i++) {
		buf_clear(&picture);
		assert_int_equal(oray_write_picture(model, &by_dot, types[i][0], collect, &picture, &err),
		                 ORAY_OK);
		assert_memory_equal(picture.data, types[i][1], strlen(types[i][1]));
	}
	buf_free(&picture);
	buf_free(&path);
	oray_model_free(model);
	place_remove(&p);
}

#ifdef ORAY_CAIRO
/* Without cairo, and with a library that is none; then with the real one. */
static void test_cairo(void **unused)
{
	(void)unused;
	static const char *const types[][2] = {{"png", "\x89PNG"}, {"pdf", "%PDF"}};
	place p;
	buf picture = {0};
	oray_error err;
	place_make(&p);
	oray_model *model = make_small(&p);
	setenv("ONNXRAY_DOT", "/nowhere/dot", 1); /* never asked for */
	for (size_t i = 0; i < 2; i++) {
		buf_clear(&picture);
		setenv("ONNXRAY_CAIRO", "/nowhere/libcairo.so.2", 1);
		assert_int_equal(oray_write_picture(model, NULL, types[i][0], collect, &picture, &err),
		                 ORAY_ERR_TOOL);
		assert_string_equal(err.message,
		                    "ONNXRAY_CAIRO names no library: /nowhere/libcairo.so.2");
		setenv("ONNXRAY_CAIRO", "libc.so.6", 1);
		assert_int_equal(oray_write_picture(model, NULL, types[i][0], collect, &picture, &err),
		                 ORAY_ERR_TOOL);
		assert_non_null(strstr(err.message, "libc.so.6 is no cairo 1.16 or newer"));
		assert_int_equal(picture.n, 0);
		unsetenv("ONNXRAY_CAIRO");
		oray_status status =
		    oray_write_picture(model, NULL, types[i][0], collect, &picture, &err);
		if (status == ORAY_ERR_TOOL) { /* not on this machine */
			assert_non_null(strstr(err.message, "install cairo"));
			continue;
		}
		assert_int_equal(status, ORAY_OK);
		assert_memory_equal(picture.data, types[i][1], strlen(types[i][1]));
	}
	unsetenv("ONNXRAY_DOT");
	buf_free(&picture);
	oray_model_free(model);
	place_remove(&p);
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_children),
	    cmocka_unit_test(test_bad_tools),
	    cmocka_unit_test(test_too_large),
	    cmocka_unit_test(test_pictures),
#ifdef ORAY_CAIRO
	    cmocka_unit_test(test_cairo),
#endif
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
