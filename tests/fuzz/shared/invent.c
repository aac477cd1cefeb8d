/* SPDX-License-Identifier: Apache-2.0 */
#include "invent.h"

#include <onnxray/onnxray.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) ((uint32_t)(sizeof(a) / sizeof *(a)))

uint32_t roll(inventor *v, uint32_t n)
{
	v->state ^= v->state << 13;
	v->state ^= v->state >> 7;
	v->state ^= v->state << 17;
	return n ? (uint32_t)(v->state >> 32) % n : 0;
}

int64_t invent_number(inventor *v)
{
	static const int64_t odd[] = {
	    0,         1,          2,         3,         4,         5,         7,         8,
	    10,        12,         16,        20,        28,        31,        32,        64,
	    100,       127,        128,       224,       255,       256,       4096,      65535,
	    65536,     1 << 20,    INT32_MAX, INT32_MIN, 1LL << 31, 1LL << 32, 1LL << 40, 1LL << 53,
	    1LL << 61, 1LL << 62,  INT64_MAX, INT64_MIN, -1,        -2,        -3,        -4,
	    -32,       3037000500, -1000000,  1000000007};
	if (roll(v, 3))
		return odd[roll(v, roll(v, 2) ? 9 : COUNT(odd))];
	return (int64_t)roll(v, 40);
}

uint32_t invent_float(inventor *v)
{
	static const uint32_t odd[] = {0,          0x3F800000, 0x80000000, 0xBF800000,
	                               0x3F000000, 0x40000000, 0x3DCCCCCD, 0x7F800000,
	                               0xFF800000, 0x7FC00000, 0x00000001, 0x7F7FFFFF,
	                               0x5F000000, 0xDF000000, 0x4F800000, 0x41200000};
	return odd[roll(v, COUNT(odd))];
}

/* ---- words ---- */

static void say(bytes *out, const char *text)
{
	bytes_add(out, text, strlen(text));
}

static const char *const hostile[] = {
    "",
    "x",
    "\x1b[31mred",
    "a\nb\tc",
    "\xff\xfe",
    "\xc3",
    "</script><script>alert(1)</script>",
    "<b>&amp;\"'`${x}",
    "]]>",
    "<!--",
    "-->",
    "\\N\\G\\\"",
    "\xe2\x80\xae"
    "desrever",
    "\xef\xbb\xbf"
    "bom",
    "\xed\xa0\x80",
    "\xf4\x90\x80\x80",
    "%s%n%d",
    "=cmd|' /C calc'!A0",
    "a|b",
    "a\"b,c",
    "layer1.0/conv1/Conv",
    "model/layers.3/attn/q_proj/MatMul",
    "/a//b/",
    "_zero_point",
    "x_QuantizeLinear_Output",
    "w.bin",
    "../w.bin",
    "/etc/hostname",
    "N",
    "batch",
    "2*seq + 1",
    "floor((h-1)/2)+1",
    "max(a,b)//3",
    "9223372036854775807",
    "-1",
    "0",
    "4096",
    "location",
    "offset",
    "length",
    "SCALE_TENSOR",
    "ZERO_POINT_TENSOR",
    "pkg.torch.onnx.namespace",
    "pkg.torch.onnx.name_scopes",
    "ai.onnx.ml",
    "com.microsoft",
};

/* Values of string attributes that rules know. */
static const char *const values[] = {
    "NOTSET",   "SAME_UPPER", "SAME_LOWER",    "VALID",         "linear",     "nearest",
    "constant", "edge",       "reflect",       "wrap",          "none",       "mean",
    "sum",      "mul",        "add",           "forward",       "reverse",    "DCR",
    "CRD",      "ij,jk->ik",  "...i,...j->ij", "bidirectional", "INT64",      "FLOAT",
    "cubic",    "floor",      "half_pixel",    "align_corners", "not_larger", "asymmetric",
    "Tanh",     "Sigmoid",    "b,hij->",       "bij,bjk->bik"};

static const ops_row *any_row(inventor *v)
{
	size_t n;
	const ops_row *rows = ops_rows(&n);
	return &rows[roll(v, (uint32_t)n)];
}

static bool any_attribute(inventor *v, ops_attr *out)
{
	const ops_row *row = v->row && roll(v, 8) ? v->row : any_row(v);
	uint32_t n = 0;
	while (ops_attribute(row, n, out))
		n++;
	return n && ops_attribute(row, roll(v, n), out);
}

static void name_of_model(inventor *v, bytes *out)
{
	const name *n =
	    v->model->n_names ? &v->model->names[roll(v, (uint32_t)v->model->n_names)] : NULL;
	if (n)
		bytes_add(out, v->model->data + n->at, n->n);
	else
		say(out, "x");
}

void invent_word(inventor *v, const form *f, uint32_t number, bytes *out)
{
	ops_attr attribute;
	bool node = f == &onnx__node_proto__descriptor;
	bool is_attribute = f == &onnx__attribute_proto__descriptor;
	if (!roll(v, 12)) {
		say(out, hostile[roll(v, COUNT(hostile))]);
	} else if (node && number == 4) {
		say(out, any_row(v)->name);
	} else if ((node && number == 7) || (f == &onnx__operator_set_id_proto__descriptor)) {
		say(out, any_row(v)->domain);
	} else if (is_attribute && number == 1 && any_attribute(v, &attribute)) {
		bytes_add(out, attribute.name, attribute.name_size);
	} else if (is_attribute && (number == 4 || number == 9)) {
		say(out, values[roll(v, COUNT(values))]);
	} else if (f == &onnx__string_string_entry_proto__descriptor ||
	           f == &onnx__tensor_shape_proto__dimension__descriptor || !roll(v, 6)) {
		say(out, hostile[roll(v, COUNT(hostile))]);
	} else {
		name_of_model(v, out);
	}
}

/* ---- messages ---- */

static void word_field(inventor *v, uint32_t number, bytes *out)
{
	bytes word = {0};
	name_of_model(v, &word);
	bytes_field(out, number, word.at, word.n);
	free(word.at);
}

static void new_name(inventor *v, uint32_t number, bytes *out)
{
	char text[16];
	if (!roll(v, 5)) {
		word_field(v, number, out);
		return;
	}
	snprintf(text, sizeof text, "t%u", roll(v, 1000));
	bytes_field(out, number, text, strlen(text));
}

static int64_t dim_number(inventor *v)
{
	return roll(v, 10) ? (int64_t)roll(v, 9) : invent_number(v);
}

static uint32_t any_type(inventor *v)
{
	static const uint8_t frequent[] = {1, 7, 2, 3, 6, 10};
	return roll(v, 3) ? frequent[roll(v, sizeof frequent)] : roll(v, ORAY_N_TYPES + 1);
}

/* A small tensor: numbers that steer, or bytes. */
static void tensor(inventor *v, bytes *out)
{
	uint32_t type = any_type(v), rank = roll(v, 5);
	uint64_t elements = 1, size = 0;
	for (uint32_t i = 0; i < rank; i++) {
		uint32_t d = roll(v, 5);
		elements *= d;
		bytes_number(out, 1, d);
	}
	bytes_number(out, 2, type);
	new_name(v, 8, out);
	if (!roll(v, 12)) {
		bytes_number(out, 14, 1);
		bytes_field(out, 13, "\n\x08location\x12\x05w.bin", 17);
		return;
	}
	if (type == ORAY_INT64) {
		int64_t data[625];
		for (uint64_t i = 0; i < elements; i++)
			data[i] = roll(v, 4) ? (int64_t)roll(v, 5) : invent_number(v);
		bytes_field(out, 9, data, elements * sizeof *data);
	} else if (type == ORAY_FLOAT32) {
		uint32_t data[625];
		for (uint64_t i = 0; i < elements; i++)
			data[i] = roll(v, 3) ? 0x3F000000 + roll(v, 0x2000000) : invent_float(v);
		bytes_field(out, 9, data, elements * sizeof *data);
	} else if (oray_type_bytes((int32_t)type, elements, &size) && size <= 10000) {
		uint8_t data[10000];
		for (uint64_t i = 0; i < size; i++)
			data[i] = (uint8_t)roll(v, roll(v, 2) ? 3 : 256);
		bytes_field(out, 9, data, size);
	}
}

static void graph(inventor *v, int depth, bytes *out);

static void attribute_value(inventor *v, unsigned type, int depth, bytes *out)
{
	bytes part = {0};
	uint32_t n = roll(v, 6), f;
	switch (type) {
	case OPS_ATTR_FLOAT:
		f = invent_float(v);
		bytes_tag(out, 2, 5);
		bytes_add(out, &f, 4);
		break;
	case OPS_ATTR_INT:
		bytes_number(out, 3, (uint64_t)invent_number(v));
		break;
	case OPS_ATTR_STRING:
		say(&part, values[roll(v, COUNT(values))]);
		bytes_field(out, 4, part.at, part.n);
		break;
	case OPS_ATTR_TENSOR:
		tensor(v, &part);
		bytes_field(out, 5, part.at, part.n);
		break;
	case OPS_ATTR_GRAPH:
		if (depth > 0)
			graph(v, depth - 1, &part);
		bytes_field(out, 6, part.at, part.n);
		break;
	case OPS_ATTR_FLOATS:
		for (; n; n--) {
			f = invent_float(v);
			bytes_add(&part, &f, 4);
		}
		bytes_field(out, 7, part.at, part.n);
		break;
	case OPS_ATTR_INTS:
		for (; n; n--)
			bytes_number(out, 8, (uint64_t)invent_number(v));
		break;
	default:
		for (; n; n--)
			bytes_field(out, 9, values[n], strlen(values[n]));
		break;
	}
	free(part.at);
}

static void attribute(inventor *v, int depth, bytes *out)
{
	ops_attr a;
	if (!any_attribute(v, &a)) {
		bytes_field(out, 1, "axis", 4);
		bytes_number(out, 3, (uint64_t)invent_number(v));
		bytes_number(out, 20, 2);
		return;
	}
	unsigned type = roll(v, 20) ? a.type : roll(v, 16);
	bytes_field(out, 1, a.name, a.name_size);
	bytes_number(out, 20, type);
	attribute_value(v, type, depth, out);
}

static void node(inventor *v, int depth, bytes *out)
{
	const ops_row *row = any_row(v);
	uint32_t most = row->max_inputs == UINT16_MAX ? row->min_inputs + 3u : row->max_inputs;
	uint32_t inputs = row->min_inputs + roll(v, most - row->min_inputs + 1);
	uint32_t outputs = row->min_outputs + (row->max_outputs > row->min_outputs ? roll(v, 2) : 0);
	for (uint32_t i = 0; i < inputs; i++)
		if (roll(v, 12))
			word_field(v, 1, out);
		else
			bytes_field(out, 1, "", 0);
	for (uint32_t i = 0; i < (outputs ? outputs : 1); i++)
		new_name(v, 2, out);
	bytes_field(out, 4, row->name, strlen(row->name));
	if (strcmp(row->domain, "ai.onnx") != 0)
		bytes_field(out, 7, row->domain, strlen(row->domain));
	const ops_row *around = v->row;
	v->row = row;
	for (uint32_t n = roll(v, 4); n; n--) {
		bytes part = {0};
		attribute(v, depth, &part);
		bytes_field(out, 5, part.at, part.n);
		free(part.at);
	}
	v->row = around;
}

/* A body of one node. */
static void graph(inventor *v, int depth, bytes *out)
{
	bytes part = {0};
	node(v, depth, &part);
	bytes_field(out, 1, part.at, part.n);
	for (int number = 11; number <= 12; number++)
		for (uint32_t n = roll(v, 3); n; n--) {
			part.n = 0;
			new_name(v, 1, &part);
			bytes_field(out, (uint32_t)number, part.at, part.n);
		}
	free(part.at);
}

static void type(inventor *v, bytes *out)
{
	bytes shape = {0}, tensor_type = {0};
	for (uint32_t n = roll(v, 5); n; n--) {
		bytes d = {0}, word = {0};
		if (roll(v, 3)) {
			bytes_number(&d, 1, (uint64_t)dim_number(v));
		} else {
			invent_word(v, &onnx__tensor_shape_proto__dimension__descriptor, 2, &word);
			bytes_field(&d, 2, word.at, word.n);
		}
		bytes_field(&shape, 1, d.at, d.n);
		free(d.at);
		free(word.at);
	}
	bytes_number(&tensor_type, 1, any_type(v));
	bytes_field(&tensor_type, 2, shape.at, shape.n);
	bytes_field(out, roll(v, 10) ? 1 : 8, tensor_type.at, tensor_type.n);
	free(shape.at);
	free(tensor_type.at);
}

static void any_message(inventor *v, const form *f, int depth, bytes *out)
{
	if (f == &onnx__node_proto__descriptor) {
		node(v, depth, out);
	} else if (f == &onnx__attribute_proto__descriptor) {
		attribute(v, depth, out);
	} else if (f == &onnx__tensor_proto__descriptor) {
		tensor(v, out);
	} else if (f == &onnx__graph_proto__descriptor) {
		graph(v, depth, out);
	} else if (f == &onnx__type_proto__descriptor && roll(v, 4)) {
		type(v, out);
	} else {
		for (uint32_t n = 1 + roll(v, 3); n; n--)
			invent_field(v, f, &f->fields[roll(v, f->n_fields)], depth - 1, out);
	}
}

void invent_field(inventor *v, const form *f, const ProtobufCFieldDescriptor *d, int depth,
                  bytes *out)
{
	bytes part = {0};
	uint32_t bits = invent_float(v);
	uint64_t number = (uint64_t)invent_number(v);
	switch (d->type) {
	case PROTOBUF_C_TYPE_MESSAGE:
		if (depth > 0)
			any_message(v, d->descriptor, depth - 1, &part);
		bytes_field(out, d->id, part.at, part.n);
		break;
	case PROTOBUF_C_TYPE_BYTES:
	case PROTOBUF_C_TYPE_STRING:
		invent_word(v, f, d->id, &part);
		bytes_field(out, d->id, part.at, part.n);
		break;
	case PROTOBUF_C_TYPE_FLOAT:
		bytes_tag(out, d->id, 5);
		bytes_add(out, &bits, 4);
		break;
	case PROTOBUF_C_TYPE_DOUBLE:
		bytes_tag(out, d->id, 1);
		bytes_add(out, &number, 8);
		break;
	case PROTOBUF_C_TYPE_ENUM:
		bytes_number(out, d->id, roll(v, 30));
		break;
	default:
		bytes_number(out, d->id, number);
		break;
	}
	free(part.at);
}

const ops_row *invent_row_of(const uint8_t *data, const field *fields, size_t n)
{
	const field *op = NULL, *domain = NULL;
	for (size_t i = 0; i < n; i++) {
		op = fields[i].number == 4 && fields[i].wire == 2 ? &fields[i] : op;
		domain = fields[i].number == 7 && fields[i].wire == 2 ? &fields[i] : domain;
	}
	if (!op)
		return NULL;
	return ops_find(domain ? (const char *)data + domain->body : "",
	                domain ? domain->end - domain->body : 0, (const char *)data + op->body,
	                op->end - op->body, 0);
}
