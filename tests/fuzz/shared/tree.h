/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tree.h - a model on the wire as the mutator sees it: which messages there are, what is in one of
 * them, and how one is replaced.
 *
 * The format's own description (protobuf-c's descriptors) says what is a message. Broken bytes are
 * no failure: what cannot be taken apart is one piece to the end of its message.
 */
#ifndef FUZZ_TREE_H
#define FUZZ_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "onnx.pb-c.h"

enum { TREE_MESSAGES = 2048, TREE_NAMES = 512, TREE_FIELDS = 4096, TREE_BROKEN = 7 };

/** Bytes under construction in static or growing memory; `failed` sticks. */
typedef struct bytes {
	uint8_t *at;
	size_t n, capacity;
	bool failed;
} bytes;

void bytes_add(bytes *b, const void *data, size_t size);
void bytes_varint(bytes *b, uint64_t value);
void bytes_tag(bytes *b, uint32_t number, unsigned wire);

/** Tag, length, data. */
void bytes_field(bytes *b, uint32_t number, const void *data, size_t size);
void bytes_number(bytes *b, uint32_t number, uint64_t value);

typedef ProtobufCMessageDescriptor form;

/** A field: from its tag to its end. */
typedef struct field {
	uint32_t number;
	uint8_t wire;           /**< or TREE_BROKEN */
	uint32_t at, body, end; /**< offsets: tag, payload, behind it */
} field;

/** A message of a model; the first is the model. */
typedef struct message {
	const form *form;
	uint32_t parent; /**< among the messages; of the first 0 */
	uint32_t number; /**< its field there */
	uint32_t at, body, end;
} message;

typedef struct name {
	uint32_t at, n;
} name;

/** All messages of a model, and the names in it. Large: static. */
typedef struct tree {
	const uint8_t *data;
	size_t size;
	message messages[TREE_MESSAGES];
	size_t n_messages;
	name names[TREE_NAMES];
	size_t n_names;
} tree;

/** Takes a model apart, as far as there is room. */
void tree_read(tree *t, const uint8_t *data, size_t size);

/** Fields of the bytes from `at` to `end`, at most `most`. @return how many. */
size_t tree_fields(const uint8_t *data, uint32_t at, uint32_t end, field *out, size_t most);

/** What the form says of a field; NULL: nothing. */
const ProtobufCFieldDescriptor *tree_field(const form *f, uint32_t number);

/** Writes the model with the body of one message replaced, and all lengths around it made right. */
void tree_replace(const tree *t, size_t message, const bytes *body, bytes *out);

#endif
