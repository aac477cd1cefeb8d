/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_reading.c - the first look at a file: how little of it is read, what the wire format allows,
 * and what is recognised as something else.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <sys/syscall.h>

#include "load/source.h"
#include "load/window.h"
#include "load/wire.h"
#include "model_writer.h"

static place here;

/* ------------------------------------------------------------------------ bytes that are read --
 */

static struct {
	size_t calls;
	uint64_t bytes;
} reads;

long syscall(long number, ...);

/* Takes the place of the C library's, and counts. */
ssize_t pread(int fd, void *buf, size_t n, off_t at)
{
	ssize_t got = syscall(SYS_pread64, fd, buf, n, at);
	reads.calls++;
	reads.bytes += got > 0 ? (uint64_t)got : 0;
	return got;
}

static int open_sized(const char *name, uint64_t size)
{
	int fd = open(place_file(&here, name), O_RDWR | O_CREAT | O_TRUNC, 0644);
	assert_true(fd >= 0);
	if (ftruncate(fd, (off_t)size) != 0) {
		close(fd);
		skip(); /* a file system without holes */
	}
	return fd;
}

static void window_reads_on_in_growing_pieces(void **state)
{
	(void)state;
	enum { SIZE = 3000000 };
	int fd = open_sized("window", SIZE);
	mem_budget budget = {.limit = UINT64_MAX};
	window w;
	for (uint64_t at = 0; at < SIZE; at += 1000)
		assert_int_equal(pwrite(fd, &at, sizeof at, (off_t)at), sizeof at);
	window_open(&w, fd, SIZE, &budget);
	reads.calls = reads.bytes = 0;
	for (uint64_t at = 0; at < SIZE; at += 1000) {
		uint64_t seen;
		const uint8_t *p = window_at(&w, at, 1000);
		assert_non_null(p);
		memcpy(&seen, p, sizeof seen);
		assert_int_equal(seen, at);
	}
	assert_int_equal(reads.bytes, SIZE); /* each byte once */
	assert_true(reads.calls <= SIZE / WINDOW_MOST + 8);
	assert_true(budget.used <= 4 * WINDOW_MOST);
	window_close(&w);
	assert_int_equal(budget.used, 0);
	close(fd);
}

static void window_jumps_cost_a_page(void **state)
{
	(void)state;
	enum { JUMPS = 100 };
	int fd = open_sized("window", (uint64_t)JUMPS << 20);
	mem_budget budget = {.limit = UINT64_MAX};
	window w;
	window_open(&w, fd, (uint64_t)JUMPS << 20, &budget);
	reads.calls = reads.bytes = 0;
	for (uint64_t i = 0; i < JUMPS; i++)
		assert_non_null(window_at(&w, (i << 20) + i * 37, 15));
	assert_true(reads.calls <= JUMPS);
	assert_true(reads.bytes <= (uint64_t)JUMPS * 4096);
	/* Back and forth between two places: both are kept. */
	reads.calls = 0;
	for (int i = 0; i < 50; i++) {
		assert_non_null(window_at(&w, 5000, 15));
		assert_non_null(window_at(&w, 50 << 20, 15));
	}
	assert_true(reads.calls <= 3);
	window_close(&w);
	close(fd);
}

static void window_says_why_it_failed(void **state)
{
	(void)state;
	int fd = open_sized("window", 100000);
	mem_budget budget = {.limit = 100};
	window w;
	window_open(&w, fd, 100000, &budget);
	assert_null(window_at(&w, 0, 10));
	assert_int_equal(w.error, ENOMEM);
	window_close(&w);
	budget.limit = UINT64_MAX;
	window_open(&w, fd, 100000, &budget);
	assert_non_null(window_at(&w, 0, 10));
	assert_int_equal(ftruncate(fd, 50000), 0); /* cut while it is open */
	assert_non_null(window_at(&w, 40000, 10));
	assert_null(window_at(&w, 99990, 10));
	assert_int_equal(w.error, -1);
	window_close(&w);
	close(fd);
	window_open(&w, fd, 100000, &budget);
	assert_null(window_at(&w, 0, 10));
	assert_int_equal(w.error, EBADF);
	window_close(&w);
}

/* Writes a message and leaves a hole of raw_data behind each of its parts. */
static void write_holes(int fd, const bytes *parts, size_t n, uint64_t hole)
{
	off_t at = 0;
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(pwrite(fd, parts[i].at, parts[i].n, at), parts[i].n);
		at += (off_t)(parts[i].n + (i + 1 < n ? hole : 0));
		free(parts[i].at);
	}
	if (ftruncate(fd, at) != 0)
		skip();
	close(fd);
}

/* A model of weights that are holes: as initializers, or as tensors of Constant nodes. */
static uint64_t write_weights(const char *name, size_t n, uint64_t hole, bool constants)
{
	bytes parts[200] = {{0}}, children[200] = {{0}}, model = {0};
	uint64_t graph = 0, meta = 0;
	for (size_t i = 0; i < n; i++) {
		char label[40];
		int64_t dim = (int64_t)(hole / 4);
		snprintf(label, sizeof label, "layer%zu.weight", i);
		bytes t = make_tensor(label, ORAY_FLOAT32, 1, &dim), c = {0};
		put_tag(&t, 9, 2);
		put_varint(&t, hole, 0);
		if (constants) { /* node { output attribute { name type t { } } } */
			bytes node = {0}, attribute = {0};
			put_text(&attribute, 1, "value");
			put_number(&attribute, 20, ORAY_ATTR_TENSOR);
			put_tag(&attribute, 5, 2);
			put_varint(&attribute, t.n + hole, 0);
			put_text(&node, 4, "Constant");
			put_text(&node, 2, label);
			put_tag(&node, 5, 2);
			put_varint(&node, attribute.n + t.n + hole, 0);
			put_tag(&c, 1, 2);
			put_varint(&c, node.n + attribute.n + t.n + hole, 0);
			put(&c, node.at, node.n);
			put(&c, attribute.at, attribute.n);
			free(node.at);
			free(attribute.at);
		} else {
			put_tag(&c, 5, 2);
			put_varint(&c, t.n + hole, 0);
		}
		put(&c, t.at, t.n);
		free(t.at);
		children[i] = c;
		graph += c.n + hole;
		meta += c.n;
	}
	put_number(&model, 1, 8);
	put_tag(&model, 7, 2);
	put_varint(&model, graph, 0);
	put(&model, children[0].at, children[0].n);
	free(children[0].at);
	parts[0] = model;
	memcpy(parts + 1, children + 1, (n - 1) * sizeof *parts);
	write_holes(open_sized(name, 0), parts, n + 1, hole);
	return meta;
}

static void weights_are_not_read(void **state)
{
	(void)state;
	enum { WEIGHTS = 100 };
	for (int constants = 0; constants < 2; constants++) {
		uint64_t meta = write_weights("weights.onnx", WEIGHTS, 1 << 20, constants);
		oray_model *m;
		oray_error err = {.message = ""};
		reads.calls = reads.bytes = 0;
		oray_status status = oray_model_load(place_file(&here, "weights.onnx"), NULL, &m, &err);
		assert_string_equal(err.message, "");
		assert_int_equal(status, ORAY_OK);
		assert_int_equal(oray_model_describe(m)->n_tensors, WEIGHTS);
		/* A page for each, and what is around them. */
		assert_true(reads.bytes <= meta + 4096 * (WEIGHTS + 16));
		assert_true(reads.calls <= WEIGHTS + WEIGHTS / 10 + meta / 131072 + 8);
		oray_model_free(m);
	}
}

static void more_than_two_gigabytes(void **state)
{
	(void)state;
	write_weights("huge.onnx", 1, UINT64_C(3) << 30, false);
	oray_model *m;
	oray_tensor t;
	oray_element e[2];
	size_t n;
	reads.bytes = 0;
	assert_int_equal(oray_model_load(place_file(&here, "huge.onnx"), NULL, &m, NULL), ORAY_OK);
	assert_true(reads.bytes < 64 * 1024);
	assert_true(oray_model_tensor(m, 0, &t));
	assert_true(t.bytes.value == UINT64_C(3) << 30 && !t.size_mismatch);
	assert_int_equal(oray_tensor_read(m, 0, t.elements.value - 1, 2, e, &n, NULL), ORAY_OK);
	assert_int_equal(n, 1);
	assert_true(e[0].f == 0);
	assert_true(reads.bytes < 128 * 1024);
	oray_model_free(m);
	unlink(place_file(&here, "huge.onnx"));
}

static void a_long_graph_is_read_once(void **state)
{
	(void)state;
	bytes graph = {0};
	for (int i = 0; i < 20000; i++) {
		char in[16], out[16];
		snprintf(in, sizeof in, "v%d", i);
		snprintf(out, sizeof out, "v%d", i + 1);
		bytes n = make_node("Relu", in, out);
		put_message(&graph, 1, &n);
	}
	bytes model = make_model(&graph);
	size_t size = model.n;
	oray_model *m;
	reads.calls = reads.bytes = 0;
	assert_int_equal(load_bytes(&here, &model, NULL, &m, NULL), ORAY_OK);
	assert_int_equal(oray_model_describe(m)->n_nodes, 20000);
	assert_true(reads.bytes <= size + 4 * 4096);
	assert_true(reads.calls <= size / WINDOW_MOST + 16);
	oray_model_free(m);
}

/* -------------------------------------------------------------------------------- wire format --
 */

static wire_status head_of(const bytes *b, wire_head *h)
{
	return wire_read(b->at, b->n, h);
}

static void numbers_may_be_padded_so_far(void **state)
{
	(void)state;
	for (int size = 1; size <= 12; size++) {
		wire_head h;
		bytes b = {0};
		put_varint(&b, 3 << 3 | 0, size); /* a tag, at most 5 bytes */
		put_varint(&b, 7, 0);
		assert_int_equal(head_of(&b, &h), size <= 5 ? WIRE_OK : WIRE_BAD_TAG);
		if (size <= 5)
			assert_true(h.number == 3 && h.wire == WIRE_VARINT && h.value == 7 && h.size == size);
		b.n = 0;
		put_tag(&b, 3, 2); /* a length, at most 5 bytes */
		put_varint(&b, 7, size);
		assert_int_equal(head_of(&b, &h), size <= 5 ? WIRE_OK : WIRE_BAD_LENGTH);
		if (size <= 5)
			assert_true(h.payload == 7 && h.size == 1 + size);
		b.n = 0;
		put_tag(&b, 3, 0); /* a value, at most 10 bytes */
		put_varint(&b, 7, size);
		assert_int_equal(head_of(&b, &h), size <= 10 ? WIRE_OK : WIRE_BAD_VARINT);
		if (size <= 10)
			assert_true(h.value == 7 && h.payload == (uint64_t)size && h.size == 1);
		free(b.at);
	}
}

static void heads_are_what_they_are(void **state)
{
	(void)state;
	static const struct {
		const char *bytes;
		size_t size;
		wire_status status;
		uint32_t number;
		unsigned wire;
		uint64_t payload;
	} cases[] = {
	    {"\x08\x96\x01", 3, WIRE_OK, 1, 0, 2},
	    {"\x09", 1, WIRE_OK, 1, 1, 8},
	    {"\x12\x03", 2, WIRE_OK, 2, 2, 3},
	    {"\x13", 1, WIRE_OK, 2, 3, 0},
	    {"\x14", 1, WIRE_OK, 2, 4, 0},
	    {"\x15", 1, WIRE_OK, 2, 5, 4},
	    {"\xf8\xff\xff\xff\x0f\x00", 6, WIRE_OK, (1u << 29) - 1, 0, 1},
	    {"\x12\x80\x80\x80\x80\x10", 6, WIRE_OK, 2, 2, UINT64_C(1) << 32},
	    {"\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11, WIRE_OK, 2, 2, UINT64_MAX},
	    {"\xf8\xff\xff\xff\x1f\x00", 6, WIRE_BAD_TAG, 0, 0, 0},
	    {"\x00\x01", 2, WIRE_BAD_NUMBER, 0, 0, 0},
	    {"\x07\x01", 2, WIRE_BAD_NUMBER, 0, 0, 0},
	    {"\x80\x00\x01", 3, WIRE_BAD_NUMBER, 0, 0, 0},
	    {"\x0e\x01", 2, WIRE_BAD_TYPE, 0, 0, 0},
	    {"\x0f\x01", 2, WIRE_BAD_TYPE, 0, 0, 0},
	    {"", 0, WIRE_SHORT, 0, 0, 0},
	    {"\x80", 1, WIRE_SHORT, 0, 0, 0},
	    {"\x08", 1, WIRE_SHORT, 0, 0, 0},
	    {"\x08\x80\x80", 3, WIRE_SHORT, 0, 0, 0},
	    {"\x12", 1, WIRE_SHORT, 0, 0, 0},
	    {"\x12\x80", 2, WIRE_SHORT, 0, 0, 0},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		wire_head h = {0};
		wire_status status = wire_read((const uint8_t *)cases[i].bytes, cases[i].size, &h);
		if (status != cases[i].status)
			fail_msg("case %zu: status %d", i, status);
		if (status == WIRE_OK && (h.number != cases[i].number || h.wire != cases[i].wire ||
		                          h.payload != cases[i].payload))
			fail_msg("case %zu: field %u, type %u, payload %llu", i, h.number, h.wire,
			         (unsigned long long)h.payload);
		if (status > WIRE_SHORT)
			assert_true(strlen(wire_complaint(status)) > 10);
	}
}

/* ------------------------------------------------------------------------- something else -- */

static void what_is_no_model_is_named(void **state)
{
	(void)state;
#define TEXT(literal) literal, sizeof literal - 1
	static const struct {
		const char *bytes;
		size_t size;
		const char *name;
	} cases[] = {
	    {TEXT("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 51939328\n"),
	     "51.9 MB"},
	    {TEXT("version https://git-lfs.github.com/spec/v1\n"), "Git LFS"},
	    {TEXT("PK\x03\x04 archive/data.pkl "), "PyTorch"},
	    {TEXT("PK\x03\x04 something else   "), "zip"},
	    {TEXT("\x80\x02}q\0."), "pickle"},
	    {TEXT("\x89HDF\r\n\x1a\n...."), "HDF5"},
	    {TEXT("\x20\0\0\0TFL3...."), "TensorFlow Lite"},
	    {TEXT("\x20\0\0\0ORTM...."), ".ort"},
	    {TEXT("GGUF\x03\0\0\0"), "GGUF"},
	    {TEXT("\x93NUMPY\x01\0"), "NumPy"},
	    {TEXT("\x10\0\0\0\0\0\0\0{\"w\":{}}"), "safetensors"},
	    {TEXT("\x28\xb5\x2f\xfd...."), "zstd"},
	    {TEXT("BZh91AY&SY"), "bzip2"},
	    {TEXT("\xfd"
	          "7zXZ\0...."),
	     "xz"},
	    {TEXT("\x7f"
	          "ELF\x02\x01\x01"),
	     "ELF"},
	    {TEXT("\x89PNG\r\n\x1a\n"), "PNG"},
	    {TEXT("%PDF-1.7\n"), "PDF"},
	    {TEXT("<!DOCTYPE html><html></html>"), "HTML"},
	    {TEXT("\xef\xbb\xbf<html></html>"), "HTML"},
	    {TEXT("<?xml version=\"1.0\"?>"), "XML"},
	    {TEXT("{\"a\": 1}"), "JSON"},
	    {TEXT("ir_version: 8\ngraph {\n}\n"), "protobuf text"},
	    {TEXT("just some words\n"), "text"},
	    {TEXT("\0\0\0\0\0\0\0\0"), "zero bytes"},
	    {TEXT(""), "empty"},
	};
#undef TEXT
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char what[256];
		oray_model *m = (oray_model *)&here;
		oray_error err;
		bool known =
		    sniff((const uint8_t *)cases[i].bytes, cases[i].size, cases[i].size, what, sizeof what);
		if (cases[i].size && (!known || !strstr(what, cases[i].name)))
			fail_msg("case %zu is '%s', not '%s'", i, what, cases[i].name);
		const char *path = place_write(&here, "other", cases[i].bytes, cases[i].size);
		assert_int_equal(oray_model_load(path, NULL, &m, &err), ORAY_ERR_NOT_ONNX);
		assert_null(m);
		if (!strstr(err.message, cases[i].name))
			fail_msg("case %zu is said to be '%s'", i, err.message);
	}
}

static void parts_of_models_are_no_models(void **state)
{
	(void)state;
	int64_t dims[] = {2, 3};
	float data[6] = {0};
	char what[256];
	bytes t = make_tensor("w", ORAY_FLOAT32, 2, dims), graph = {0};
	bytes node = make_node("Relu", "x", "y");
	put_data(&t, 9, data, sizeof data);
	assert_true(sniff(t.at, t.n, t.n, what, sizeof what));
	assert_non_null(strstr(what, "TensorProto"));
	put_message(&graph, 1, &node);
	put_message(&graph, 5, &t);
	assert_true(sniff(graph.at, graph.n, graph.n, what, sizeof what));
	assert_non_null(strstr(what, "GraphProto"));
	bytes model = make_model(&graph);
	assert_false(sniff(model.at, model.n, model.n, what, sizeof what));
	assert_string_equal(what, "");
	free(model.at);
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
	    cmocka_unit_test(window_reads_on_in_growing_pieces),
	    cmocka_unit_test(window_jumps_cost_a_page),
	    cmocka_unit_test(window_says_why_it_failed),
	    cmocka_unit_test(weights_are_not_read),
	    cmocka_unit_test(more_than_two_gigabytes),
	    cmocka_unit_test(a_long_graph_is_read_once),
	    cmocka_unit_test(numbers_may_be_padded_so_far),
	    cmocka_unit_test(heads_are_what_they_are),
	    cmocka_unit_test(what_is_no_model_is_named),
	    cmocka_unit_test(parts_of_models_are_no_models),
	};
	return cmocka_run_group_tests(tests, make_here, remove_here);
}
