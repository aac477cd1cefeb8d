/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_load.c - a model with some of everything: whatever is taken away from it or done to it,
 * there is an answer. Memory that is too little, bytes that are missing or wrong, pipes,
 * compression.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <sys/wait.h>
#include <time.h>
#include <zlib.h>

#include "rich_model.h"

static place here;

static void some_of_all_is_there(void **state)
{
	(void)state;
	bytes model = make_rich_model();
	oray_model *m;
	oray_node node;
	assert_int_equal(load_bytes(&here, &model, NULL, &m, NULL), ORAY_OK);
	const oray_model_info *info = oray_model_describe(m);
	assert_int_equal(info->n_graphs, 5);
	assert_int_equal(info->n_nodes, 6);
	assert_int_equal(info->n_tensors, 5);
	assert_int_equal(info->n_functions, 1);
	assert_int_equal(info->n_training, 1);
	assert_int_equal(info->n_configurations, 1);
	assert_int_equal(info->unknown_fields, 0);
	assert_true(oray_model_node(m, 1, &node));
	assert_int_equal(node.function, 0);
	look_at_everything(m);
	oray_model_free(m);
}

static void put_branch(bytes *node, const char *name, const char *reads, const char *makes)
{
	bytes body = {0}, inner = make_node("Neg", reads, makes);
	put_message(&body, 1, &inner);
	put_attribute(node, name, ORAY_ATTR_GRAPH, 6, &body);
}

/* What a body defines is unknown beside it and after it; what it hides is back. */
static void names_end_with_their_graph(void **state)
{
	(void)state;
	bytes graph = {0}, value = make_value("x"), node = make_node("If", "x", "y");
	put_message(&graph, 11, &value);
	put_branch(&node, "then_branch", "x", "inner");
	put_branch(&node, "else_branch", "inner", "x"); /* hides the input */
	put_message(&graph, 1, &node);
	node = make_node("Neg", "inner", "z");
	put_message(&graph, 1, &node);
	node = make_node("Neg", "x", "u");
	put_message(&graph, 1, &node);
	bytes model = make_model(&graph);
	oray_model *m;
	oray_node nodes[5];
	oray_value v;
	assert_int_equal(load_bytes(&here, &model, NULL, &m, NULL), ORAY_OK);
	for (oray_id i = 0; i < 5; i++)
		assert_true(oray_model_node(m, i, &nodes[i]));
	oray_id x = oray_model_graph(m, 0)->inputs[0];
	assert_int_equal(nodes[0].inputs[0], x);
	assert_int_equal(nodes[2].inputs[0], x); /* after the If */
	assert_int_equal(nodes[3].inputs[0], x); /* in the first body */
	assert_int_not_equal(nodes[4].outputs[0], x);
	assert_int_not_equal(nodes[4].inputs[0], nodes[3].outputs[0]);
	assert_int_not_equal(nodes[1].inputs[0], nodes[3].outputs[0]);
	assert_true(oray_model_value(m, nodes[4].inputs[0], &v) && v.is_undefined);
	assert_true(oray_model_value(m, nodes[1].inputs[0], &v) && v.is_undefined && v.graph == 0);
	oray_model_free(m);
}

/* ---------------------------------------------------------------------------------- limits -- */

static void every_limit_on_memory_ends_well(void **state)
{
	(void)state;
	bytes model = make_rich_model();
	const char *path = place_write(&here, "rich.onnx", model.at, model.n);
	uint64_t needed = 0;
	free(model.at);
	for (uint64_t limit = 1; limit < 4000000; limit += limit < 200000 ? 67 : limit / 20) {
		oray_load_options opts = oray_load_defaults();
		oray_model *m = (oray_model *)&here;
		oray_error err;
		opts.max_memory = limit;
		oray_status status = oray_model_load(path, &opts, &m, &err);
		if (status == ORAY_OK) {
			needed = needed ? needed : limit;
			look_at_everything(m);
		} else {
			if (status != ORAY_ERR_LIMIT || err.code != status || !strstr(err.message, "memory"))
				fail_msg("%llu bytes: %s", (unsigned long long)limit, err.message);
			assert_null(m);
			assert_true(!needed || limit < 2 * needed); /* arrays grow in steps of their own */
		}
		oray_model_free(m);
	}
	assert_true(needed > 10000 && needed < 1000000);
}

/* The same over whatever samples there are. */
static void samples_survive_every_limit(void **state)
{
	(void)state;
	static const char *const names[] = {"transformer", "control_nested", "functions",
	                                    "training",    "value_types",    "sparse",
	                                    "devices",     "odd_repeats"};
	const char *folder = getenv("ORAY_SAMPLES");
	size_t found = 0;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char path[600];
		snprintf(path, sizeof path, "%s/%s.onnx", folder ? folder : "build/samples", names[i]);
		if (access(path, R_OK) != 0)
			continue;
		found++;
		for (uint64_t limit = 1; limit < 4000000; limit += limit / 9 + 997) {
			oray_load_options opts = oray_load_defaults();
			oray_model *m;
			opts.max_memory = limit;
			oray_status status = oray_model_load(path, &opts, &m, NULL);
			assert_true(status == ORAY_OK || status == ORAY_ERR_LIMIT);
			assert_true((m != NULL) == (status == ORAY_OK));
			oray_model_free(m);
		}
	}
	if (!found)
		skip();
}

static void nesting_has_a_limit_of_ones_own(void **state)
{
	(void)state;
	static const uint32_t limits[] = {10, 0, 500, 1000, 5000};
	static const uint32_t meant[] = {10, 100, 500, 1000, 1000};
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
		for (uint32_t levels = meant[i] / 2 - 3; levels <= meant[i] / 2 + 3; levels++) {
			bytes type = {0}, inner = {0}, value = {0}, graph = {0};
			for (uint32_t k = 0; k < levels; k++) { /* two messages each */
				put_message(&inner, 1, &type);
				put_message(&type, 9, &inner);
			}
			put_text(&value, 1, "v");
			put_message(&value, 2, &type);
			put_message(&graph, 11, &value);
			bytes model = make_model(&graph);
			oray_load_options opts = oray_load_defaults();
			oray_model *m;
			opts.max_depth = limits[i];
			/* graph, value info, type, then the levels */
			oray_status wanted = 3 + 2 * levels <= meant[i] ? ORAY_OK : ORAY_ERR_LIMIT;
			oray_status status = load_bytes(&here, &model, &opts, &m, NULL);
			if (status != wanted)
				fail_msg("limit %u, %u levels: %s", meant[i], levels, oray_status_name(status));
			oray_model_free(m);
		}
	}
}

/* ------------------------------------------------------------------------------ broken files -- */

static void every_cut_is_noticed(void **state)
{
	(void)state;
	bytes model = make_rich_model();
	const char *path = place_write(&here, "cut.onnx", model.at, model.n);
	size_t nodes = 2;
	for (size_t n = model.n; --n > 0;) {
		oray_model *m;
		oray_error err;
		assert_int_equal(truncate(path, (off_t)n), 0);
		oray_status status = oray_model_load(path, NULL, &m, &err);
		if (status != ORAY_OK && status != ORAY_ERR_TRUNCATED && status != ORAY_ERR_NOT_ONNX)
			fail_msg("after %zu of %zu bytes: %s", n, model.n, err.message);
		assert_true(m || status != ORAY_OK);
		if (status == ORAY_ERR_TRUNCATED) {
			assert_true(err.offset == n);
			assert_true(!m || oray_model_describe(m)->truncated);
			assert_true(!m || oray_model_describe(m)->missing_bytes > 0);
		}
		if (m) {
			/* Shorter files never show more of a graph. */
			assert_true(oray_model_graph(m, 0)->n_nodes <= nodes);
			nodes = oray_model_graph(m, 0)->n_nodes;
			look_at_everything(m);
		}
		oray_model_free(m);
	}
	assert_int_equal(nodes, 0);
	free(model.at);
}

static void no_changed_byte_does_harm(void **state)
{
	(void)state;
	bytes model = make_rich_model();
	const char *path = place_write(&here, "changed.onnx", model.at, model.n);
	int fd = open(path, O_WRONLY);
	size_t opened = 0, refused = 0;
	for (size_t at = 0; at < model.n; at++) {
		for (int way = 0; way < 3; way++) {
			uint8_t was = model.at[at];
			uint8_t changed = way == 0 ? was ^ 1 : way == 1 ? was ^ 0x80 : 0xff;
			oray_model *m;
			oray_error err = {.message = ""};
			assert_int_equal(pwrite(fd, &changed, 1, (off_t)at), 1);
			oray_status status = oray_model_load(path, NULL, &m, &err);
			assert_true(m || (status != ORAY_OK && err.message[0]));
			if (m)
				look_at_everything(m);
			opened += m != NULL;
			refused += m == NULL;
			oray_model_free(m);
		}
		assert_int_equal(pwrite(fd, model.at + at, 1, (off_t)at), 1);
	}
	assert_true(opened > 100 && refused > 100);
	close(fd);
	free(model.at);
}

/* -------------------------------------------------------------------------- ways to a model -- */

static void compressed_models_are_the_same(void **state)
{
	(void)state;
	bytes model = make_rich_model();
	const char *path = place_file(&here, "m.onnx.gz");
	oray_model *m;
	oray_error err;
	for (int members = 1; members <= 2; members++) { /* one after the other is one */
		unlink(path);
		for (int i = 0; i < members; i++) {
			gzFile gz = gzopen(path, "ab");
			size_t from = (size_t)i * model.n / (size_t)members;
			size_t until = (size_t)(i + 1) * model.n / (size_t)members;
			gzwrite(gz, model.at + from, (unsigned)(until - from));
			gzclose(gz);
		}
		assert_int_equal(oray_model_load(path, NULL, &m, &err), ORAY_OK);
		assert_true(oray_model_describe(m)->compressed);
		assert_int_equal(oray_model_describe(m)->model_bytes, model.n);
		struct stat st;
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(oray_model_describe(m)->file_bytes, st.st_size);
		look_at_everything(m);
		oray_model_free(m);
	}
	oray_load_options opts = oray_load_defaults();
	opts.max_spool = model.n - 1;
	assert_int_equal(oray_model_load(path, &opts, &m, &err), ORAY_ERR_LIMIT);
	opts.max_spool = model.n;
	assert_int_equal(oray_model_load(path, &opts, &m, &err), ORAY_OK);
	oray_model_free(m);
	assert_int_equal(truncate(path, 600), 0);
	assert_int_equal(oray_model_load(path, NULL, &m, &err), ORAY_ERR_TRUNCATED);
	oray_model_free(m);
	free(model.at);
}

static void pipes_are_read_to_their_end(void **state)
{
	(void)state;
	bytes model = make_rich_model();
	oray_model *m;
	oray_error err = {.message = ""};
	int ends[2], kept = dup(0);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], model.at, model.n), model.n);
	close(ends[1]);
	assert_int_equal(dup2(ends[0], 0), 0);
	close(ends[0]);
	oray_status status = oray_model_load("-", NULL, &m, &err);
	dup2(kept, 0);
	close(kept);
	assert_string_equal(err.message, "");
	assert_int_equal(status, ORAY_OK);
	assert_int_equal(oray_model_describe(m)->model_bytes, model.n);
	assert_string_equal(oray_model_describe(m)->path.data, "-");
	look_at_everything(m);
	oray_model_free(m);

	const char *path = place_file(&here, "fifo.onnx");
	assert_int_equal(mkfifo(path, 0600), 0);
	int fd = open(path, O_RDWR); /* so that neither side waits for the other */
	assert_int_equal(write(fd, model.at, model.n), model.n);
	pid_t child = fork();
	if (child == 0) {
		nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
		_exit(0); /* the last writer but us goes away */
	}
	int reader = open(path, O_RDONLY | O_NONBLOCK);
	close(fd);
	status = oray_model_load(path, NULL, &m, &err);
	close(reader);
	waitpid(child, NULL, 0);
	assert_int_equal(status, ORAY_OK);
	oray_model_free(m);

	child = fork();
	if (child == 0) { /* a writer that comes late, and takes its time */
		nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL);
		fd = open(path, O_WRONLY);
		ssize_t first = write(fd, model.at, 3);
		nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
		_exit(first == 3 && write(fd, model.at + 3, model.n - 3) == (ssize_t)model.n - 3 ? 0 : 1);
	}
	status = oray_model_load(path, NULL, &m, &err);
	int ended = 1;
	waitpid(child, &ended, 0);
	assert_int_equal(ended, 0);
	assert_string_equal(err.message, "");
	assert_int_equal(status, ORAY_OK);
	oray_model_free(m);
	free(model.at);
}

/* Nodes of all graphs count. */
static void nodes_are_limited(void **state)
{
	(void)state;
	const char *samples = getenv("ORAY_SAMPLES");
	char path[4096];
	oray_load_options opts = oray_load_defaults();
	oray_model *m;
	oray_error err;
	if (!samples)
		skip();
	snprintf(path, sizeof path, "%s/control_loop.onnx", samples);
	assert_int_equal(oray_model_load(path, NULL, &m, &err), ORAY_OK);
	size_t n = oray_model_describe(m)->n_nodes, main_nodes = oray_model_graph(m, 0)->n_nodes;
	oray_model_free(m);
	assert_true(n > main_nodes);
	opts.max_nodes = (uint32_t)n;
	assert_int_equal(oray_model_load(path, &opts, &m, &err), ORAY_OK);
	oray_model_free(m);
	opts.max_nodes = (uint32_t)n - 1;
	assert_int_equal(oray_model_load(path, &opts, &m, &err), ORAY_ERR_LIMIT);
	assert_null(m);
	assert_non_null(strstr(err.message, "--max-nodes"));
}

static void what_is_no_file_is_refused(void **state)
{
	(void)state;
	oray_model *m = (oray_model *)&here;
	oray_error err;
	assert_int_equal(oray_model_load(place_file(&here, "none"), NULL, &m, &err), ORAY_ERR_IO);
	assert_null(m);
	assert_int_equal(oray_model_load(here.path, NULL, &m, &err), ORAY_ERR_IO);
	assert_non_null(strstr(err.message, "directory"));
	assert_int_equal(oray_model_load("/dev/null", NULL, &m, &err), ORAY_ERR_IO);
	assert_int_equal(oray_model_load("", NULL, &m, NULL), ORAY_ERR_IO);
	oray_model_free(NULL);
}

static int make_here(void **state)
{
	(void)state;
	place_make(&here);
	return 0;
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
	    cmocka_unit_test(some_of_all_is_there),
	    cmocka_unit_test(names_end_with_their_graph),
	    cmocka_unit_test(every_limit_on_memory_ends_well),
	    cmocka_unit_test(samples_survive_every_limit),
	    cmocka_unit_test(nesting_has_a_limit_of_ones_own),
	    cmocka_unit_test(every_cut_is_noticed),
	    cmocka_unit_test(no_changed_byte_does_harm),
	    cmocka_unit_test(compressed_models_are_the_same),
	    cmocka_unit_test(pipes_are_read_to_their_end),
	    cmocka_unit_test(nodes_are_limited),
	    cmocka_unit_test(what_is_no_file_is_refused),
	};
	return cmocka_run_group_tests(tests, make_here, remove_here);
}
