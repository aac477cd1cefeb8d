/* SPDX-License-Identifier: Apache-2.0 */
/*
 * model_writer.h - models byte by byte, for tests of the loader: the wire format by hand, and a
 * folder to put them in.
 */
#ifndef UNIT_MODEL_WRITER_H
#define UNIT_MODEL_WRITER_H

#include <onnxray/onnxray.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/** Bytes under construction. Zero it; free `at`. */
typedef struct bytes {
	uint8_t *at;
	size_t n, capacity;
} bytes;

static inline void put(bytes *b, const void *data, size_t size)
{
	if (b->capacity - b->n < size) {
		b->capacity = (b->n + size) * 2 + 64;
		b->at = realloc(b->at, b->capacity);
		if (!b->at)
			abort();
	}
	if (size)
		memcpy(b->at + b->n, data, size);
	b->n += size;
}

/** A number in groups of seven bits, padded to `most` bytes when that is more. */
static inline void put_varint(bytes *b, uint64_t value, int most)
{
	for (int i = 1; value >= 0x80 || i < most; i++, value >>= 7)
		put(b, (uint8_t[]){(uint8_t)(value | 0x80)}, 1);
	put(b, (uint8_t[]){(uint8_t)value}, 1);
}

static inline void put_tag(bytes *b, uint32_t field, unsigned wire)
{
	put_varint(b, (uint64_t)field << 3 | wire, 0);
}

static inline void put_number(bytes *b, uint32_t field, int64_t value)
{
	put_tag(b, field, 0);
	put_varint(b, (uint64_t)value, 0);
}

static inline void put_data(bytes *b, uint32_t field, const void *data, size_t size)
{
	put_tag(b, field, 2);
	put_varint(b, size, 0);
	put(b, data, size);
}

static inline void put_text(bytes *b, uint32_t field, const char *text)
{
	put_data(b, field, text, strlen(text));
}

/** Puts a finished message into another, and frees it. */
static inline void put_message(bytes *b, uint32_t field, bytes *inner)
{
	put_data(b, field, inner->at, inner->n);
	free(inner->at);
	*inner = (bytes){0};
}

static inline void put_pair(bytes *b, uint32_t field, const char *key, const char *value)
{
	bytes pair = {0};
	put_text(&pair, 1, key);
	put_text(&pair, 2, value);
	put_message(b, field, &pair);
}

/** Header of a TensorProto; its data is up to the caller. */
static inline bytes make_tensor(const char *name, int32_t type, size_t n_dims, const int64_t *dims)
{
	bytes t = {0};
	for (size_t i = 0; i < n_dims; i++)
		put_number(&t, 1, dims[i]);
	put_number(&t, 2, type);
	put_text(&t, 8, name);
	return t;
}

/** ValueInfoProto of a float tensor of shape [2, "n"]. */
static inline bytes make_value(const char *name)
{
	bytes v = {0}, type = {0}, tensor = {0}, shape = {0}, dim = {0};
	put_number(&dim, 1, 2);
	put_message(&shape, 1, &dim);
	put_text(&dim, 2, "n");
	put_message(&shape, 1, &dim);
	put_number(&tensor, 1, 1);
	put_message(&tensor, 2, &shape);
	put_message(&type, 1, &tensor);
	put_text(&v, 1, name);
	put_message(&v, 2, &type);
	return v;
}

static inline bytes make_node(const char *op, const char *input, const char *output)
{
	bytes n = {0};
	put_text(&n, 1, input);
	put_text(&n, 2, output);
	put_text(&n, 4, op);
	return n;
}

/** A ModelProto around a finished graph, which is freed. */
static inline bytes make_model(bytes *graph)
{
	bytes m = {0}, opset = {0};
	put_number(&m, 1, 8);
	put_number(&opset, 2, 17);
	put_message(&m, 8, &opset);
	put_message(&m, 7, graph);
	return m;
}

/** A model with one initializer, which is freed. */
static inline bytes make_model_of(bytes *tensor)
{
	bytes graph = {0};
	put_message(&graph, 5, tensor);
	return make_model(&graph);
}

/* -------------------------------------------------------------------------------- files -- */

/** A folder that is removed with everything in it. */
typedef struct place {
	char path[64];
} place;

static inline void place_make(place *p)
{
	snprintf(p->path, sizeof p->path, "/tmp/oray-unit-XXXXXX");
	if (!mkdtemp(p->path))
		abort();
}

/** Path of a file in it; valid until the call after the next three. */
static inline const char *place_file(const place *p, const char *name)
{
	static char paths[4][300];
	static unsigned next;
	char *path = paths[next++ % 4];
	snprintf(path, sizeof *paths, "%s/%s", p->path, name);
	return path;
}

static inline const char *place_write(const place *p, const char *name, const void *data, size_t n)
{
	const char *path = place_file(p, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (fd < 0 || write(fd, data, n) != (ssize_t)n || close(fd) < 0)
		abort();
	return path;
}

static inline void place_remove(place *p)
{
	char command[100];
	snprintf(command, sizeof command, "rm -rf '%s'", p->path);
	if (system(command) != 0)
		abort();
}

/** Writes a model as "m.onnx", frees it, loads it. */
static inline oray_status load_bytes(const place *p, bytes *model, const oray_load_options *opts,
                                     oray_model **out, oray_error *err)
{
	const char *path = place_write(p, "m.onnx", model->at, model->n);
	free(model->at);
	*model = (bytes){0};
	return oray_model_load(path, opts, out, err);
}

#endif
