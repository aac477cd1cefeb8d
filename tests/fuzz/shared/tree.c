/* SPDX-License-Identifier: Apache-2.0 */
#include "tree.h"

#include <stdlib.h>
#include <string.h>

enum { BYTES_MOST = 4 << 20 };

void bytes_add(bytes *b, const void *data, size_t size)
{
	if (size > BYTES_MOST - b->n) {
		b->failed = true;
		return;
	}
	if (b->n + size > b->capacity) {
		size_t capacity = (b->n + size) * 2 + 4096;
		uint8_t *more = realloc(b->at, capacity);
		if (!more) {
			b->failed = true;
			return;
		}
		b->at = more;
		b->capacity = capacity;
	}
	if (size)
		memcpy(b->at + b->n, data, size);
	b->n += size;
}

void bytes_varint(bytes *b, uint64_t value)
{
	uint8_t text[10];
	size_t n = 0;
	for (; value >= 0x80; value >>= 7)
		text[n++] = (uint8_t)(value | 0x80);
	text[n++] = (uint8_t)value;
	bytes_add(b, text, n);
}

void bytes_tag(bytes *b, uint32_t number, unsigned wire)
{
	bytes_varint(b, (uint64_t)number << 3 | wire);
}

void bytes_field(bytes *b, uint32_t number, const void *data, size_t size)
{
	bytes_tag(b, number, 2);
	bytes_varint(b, size);
	bytes_add(b, data, size);
}

void bytes_number(bytes *b, uint32_t number, uint64_t value)
{
	bytes_tag(b, number, 0);
	bytes_varint(b, value);
}

static bool read_varint(const uint8_t *data, uint32_t *at, uint32_t end, uint64_t *out)
{
	*out = 0;
	for (unsigned shift = 0; *at < end && shift < 64; shift += 7) {
		uint8_t b = data[(*at)++];
		*out |= (uint64_t)(b & 0x7F) << shift;
		if (!(b & 0x80))
			return true;
	}
	return false;
}

/* One field at *at, which is passed; false: broken. */
static bool read_field(const uint8_t *data, uint32_t *at, uint32_t end, field *f)
{
	uint64_t tag, n;
	f->at = *at;
	if (!read_varint(data, at, end, &tag) || tag >> 3 > UINT32_MAX)
		return false;
	f->number = (uint32_t)(tag >> 3);
	f->wire = tag & 7;
	f->body = *at;
	switch (f->wire) {
	case 0:
		if (!read_varint(data, at, end, &n))
			return false;
		break;
	case 1:
	case 5:
		n = f->wire == 1 ? 8 : 4;
		if (n > end - *at)
			return false;
		*at += (uint32_t)n;
		break;
	case 2:
		if (!read_varint(data, at, end, &n) || n > end - *at)
			return false;
		f->body = *at;
		*at += (uint32_t)n;
		break;
	default:
		return false;
	}
	f->end = *at;
	return true;
}

size_t tree_fields(const uint8_t *data, uint32_t at, uint32_t end, field *out, size_t most)
{
	size_t n = 0;
	while (at < end && n < most) {
		uint32_t from = at;
		if (n + 1 == most || !read_field(data, &at, end, &out[n])) {
			out[n++] = (field){.wire = TREE_BROKEN, .at = from, .body = from, .end = end};
			break;
		}
		n++;
	}
	return n;
}

const ProtobufCFieldDescriptor *tree_field(const form *f, uint32_t number)
{
	return protobuf_c_message_descriptor_get_field(f, number);
}

/* Where names are that other things refer to. */
static bool is_name(const form *f, uint32_t number)
{
	if (f == &onnx__node_proto__descriptor)
		return number <= 3;
	if (f == &onnx__tensor_proto__descriptor)
		return number == 8;
	return number == 1 &&
	       (f == &onnx__value_info_proto__descriptor || f == &onnx__function_proto__descriptor ||
	        f == &onnx__attribute_proto__descriptor || f == &onnx__tensor_annotation__descriptor);
}

void tree_read(tree *t, const uint8_t *data, size_t size)
{
	t->data = data;
	t->size = size;
	t->messages[0] = (message){.form = &onnx__model_proto__descriptor, .end = (uint32_t)size};
	t->n_messages = 1;
	t->n_names = 0;
	for (size_t i = 0; i < t->n_messages; i++) {
		const message *m = &t->messages[i];
		field f;
		for (uint32_t at = m->body; at < m->end && read_field(data, &at, m->end, &f);) {
			const ProtobufCFieldDescriptor *d = f.wire == 2 ? tree_field(m->form, f.number) : NULL;
			if (d && d->type == PROTOBUF_C_TYPE_MESSAGE && t->n_messages < TREE_MESSAGES)
				t->messages[t->n_messages++] =
				    (message){d->descriptor, (uint32_t)i, f.number, f.at, f.body, f.end};
			else if (d && t->n_names < TREE_NAMES && is_name(m->form, f.number))
				t->names[t->n_names++] = (name){f.body, f.end - f.body};
		}
	}
}

void tree_replace(const tree *t, size_t changed, const bytes *body, bytes *out)
{
	static bytes one, two;
	const message *m = &t->messages[changed];
	bytes *from = &one, *to = &two;
	one.n = two.n = 0;
	bytes_add(from, body->at, body->n);
	while (m != t->messages) {
		const message *parent = &t->messages[m->parent];
		to->n = 0;
		bytes_add(to, t->data + parent->body, m->at - parent->body);
		bytes_field(to, m->number, from->at, from->n);
		bytes_add(to, t->data + m->end, parent->end - m->end);
		bytes *swap = from;
		from = to;
		to = swap;
		m = parent;
	}
	out->n = 0;
	out->failed |= one.failed || two.failed || body->failed;
	one.failed = two.failed = false;
	bytes_add(out, from->at, from->n);
}
