/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sniff.c - naming what is not an ONNX model.
 *
 * Magic numbers first: none of them can begin a ModelProto. Then the shape of the message itself: a
 * tensor or a graph without a model around it has fields that a ModelProto cannot have.
 */
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "load/schema.h"
#include "load/source.h"
#include "load/wire.h"

typedef struct magic {
	uint16_t offset;
	uint8_t size;
	const char *bytes;
	const char *name;
} magic;

static const magic magics[] = {
    {4, 4, "ORTM", "an ONNX Runtime .ort flatbuffer; convert the original .onnx instead"},
    {4, 4, "TFL3", "a TensorFlow Lite model"},
    {0, 4, "GGUF", "a GGUF model"},
    {0, 8, "\x89HDF\r\n\x1a\n", "an HDF5 file (Keras?)"},
    {0, 6, "\x93NUMPY", "a NumPy .npy array"},
    {0, 6, "7z\xbc\xaf\x27\x1c", "a 7-Zip archive; unpack it first"},
    {0, 6,
     "\xfd"
     "7zXZ\0",
     "xz-compressed; unpack it first"},
    {0, 4, "\x28\xb5\x2f\xfd", "zstd-compressed; unpack it first"},
    {0, 3, "BZh", "bzip2-compressed; unpack it first"},
    {0, 4, "Rar!", "a RAR archive; unpack it first"},
    {257, 5, "ustar", "a tar archive; unpack it first"},
    {0, 4,
     "\x7f"
     "ELF",
     "an ELF program or library"},
    {0, 8, "\x89PNG\r\n\x1a\n", "a PNG picture"},
    {0, 3, "\xff\xd8\xff", "a JPEG picture"},
    {0, 5, "%PDF-", "a PDF document"},
    {0, 4, "PK\x05\x06", "an empty zip archive"},
};

static bool contains(const uint8_t *bytes, size_t n, const char *text)
{
	size_t size = strlen(text);
	for (size_t i = 0; i + size <= n; i++)
		if (memcmp(bytes + i, text, size) == 0)
			return true;
	return false;
}

static bool begins(const uint8_t *bytes, size_t n, const char *text)
{
	return n >= strlen(text) && memcmp(bytes, text, strlen(text)) == 0;
}

static const char *human(uint64_t bytes, char out[32])
{
	static const char *const units[] = {"bytes", "kB", "MB", "GB", "TB"};
	double value = (double)bytes;
	size_t unit = 0;
	while (value >= 999.5 && unit < 4) {
		value /= 1000;
		unit++;
	}
	snprintf(out, 32, "%.*f %s", unit && value < 100 ? 1 : 0, value, units[unit]);
	return out;
}

static bool sniff_lfs(const uint8_t *bytes, size_t n, char *out, size_t size)
{
	if (!begins(bytes, n, "version https://git-lfs"))
		return false;
	uint64_t real = 0;
	char text[32];
	for (size_t i = 0; i + 6 < n; i++)
		if (memcmp(bytes + i, "\nsize ", 6) == 0)
			for (size_t j = i + 6; j < n && bytes[j] >= '0' && bytes[j] <= '9' && j < i + 22; j++)
				real = real * 10 + (uint64_t)(bytes[j] - '0');
	if (real)
		snprintf(out, size, "a Git LFS pointer (the real file has %s; run `git lfs pull`)",
		         human(real, text));
	else
		snprintf(out, size, "a Git LFS pointer (run `git lfs pull`)");
	return true;
}

static const char *sniff_archive(const uint8_t *bytes, size_t n)
{
	if (begins(bytes, n, "PK\x03\x04"))
		return contains(bytes, n, "data.pkl") ? "a PyTorch checkpoint; export it to ONNX first"
		                                      : "a zip archive; unpack it first";
	if (n > 2 && bytes[0] == 0x80 && bytes[1] >= 2 && bytes[1] <= 5)
		return "a Python pickle (an old PyTorch checkpoint?)";
	if (n > 9 && bytes[8] == '{' && bytes[7] == 0 && bytes[6] == 0 && bytes[5] == 0)
		return "a safetensors file: weights without a graph";
	return NULL;
}

static const char *sniff_text(const uint8_t *bytes, size_t n)
{
	static const uint8_t bom[] = {0xef, 0xbb, 0xbf};
	if (n >= 3 && memcmp(bytes, bom, 3) == 0) {
		bytes += 3;
		n -= 3;
	}
	for (size_t i = 0; i < n; i++)
		if ((bytes[i] < 0x20 && !strchr("\t\n\r\f", bytes[i])) || bytes[i] == 0x7f || !bytes[i])
			return NULL;
	size_t i = 0;
	while (i < n && strchr(" \t\r\n", bytes[i]))
		i++;
	bytes += i;
	n -= i;
	if (begins(bytes, n, "<!DOCTYPE") || begins(bytes, n, "<!doctype") ||
	    begins(bytes, n, "<html") || begins(bytes, n, "<HTML"))
		return "an HTML page (a failed download?)";
	if (begins(bytes, n, "<?xml"))
		return "an XML file";
	if (contains(bytes, n, "ir_version:") || contains(bytes, n, "graph {"))
		return "a model in protobuf text format; compile it to binary with protoc --encode";
	if (begins(bytes, n, "<") && contains(bytes, n, "ir_version"))
		return "a model in ONNX text syntax; compile it to binary first";
	if (n && (bytes[0] == '{' || bytes[0] == '['))
		return "a JSON file";
	return n ? "a text file" : "blank text";
}

/* Which fields a message shows at its beginning. */
typedef struct look {
	uint32_t seen;    /* bit n: field n */
	uint64_t field_2; /* value of field 2, when it is a varint: TensorProto.data_type */
} look;

/* True when every field that can be seen is one of this message, with the right wire type. */
static bool fits(schema_kind kind, const uint8_t *bytes, size_t n, uint64_t file_size, look *out)
{
	const schema_message *m = &schema_get()->messages[kind];
	size_t at = 0, fields = 0;
	*out = (look){0};
	while (at < n) {
		wire_head h = {0};
		if (wire_read(bytes + at, n - at, &h) != WIRE_OK)
			return n < file_size && fields > 0 && n - at < WIRE_HEAD_MOST;
		const schema_field *f = h.number < SCHEMA_FIELDS ? &m->fields[h.number] : NULL;
		if (!f || !f->name || (f->wire != h.wire && !(f->repeated && h.wire == WIRE_BYTES)))
			return false;
		if (h.payload > file_size - (at + h.size))
			return false;
		out->seen |= UINT32_C(1) << h.number;
		if (h.number == 2 && h.wire == WIRE_VARINT)
			out->field_2 = h.value;
		fields++;
		if (h.payload > n - at - h.size)
			return true;
		at += h.size + h.payload;
	}
	return fields > 0;
}

/* A tensor says its element type, and keeps int64_data (as a model keeps its graph, in field 7)
 * only when that is int64. */
static bool is_tensor(const look *t)
{
	enum { DATA_TYPE = 2, INT64_DATA = 7 };
	return (t->seen >> DATA_TYPE & 1) && t->field_2 < ORAY_N_TYPES &&
	       (!(t->seen >> INT64_DATA & 1) || t->field_2 == ORAY_INT64);
}

static const char *sniff_message(const uint8_t *bytes, size_t n, uint64_t file_size)
{
	enum { NODE = 1 };
	look l;
	if (fits(KIND_MODEL, bytes, n, file_size, &l))
		return NULL;
	if (fits(KIND_TENSOR, bytes, n, file_size, &l) && is_tensor(&l))
		return "a single tensor (TensorProto), such as test data, not a model";
	if (fits(KIND_GRAPH, bytes, n, file_size, &l) && (l.seen >> NODE & 1))
		return "a bare graph (GraphProto) without a model around it";
	return NULL;
}

bool sniff(const uint8_t *bytes, size_t n, uint64_t file_size, char *out, size_t size)
{
	const char *name = NULL;
	if (size)
		out[0] = '\0';
	if (sniff_lfs(bytes, n, out, size))
		return true;
	for (size_t i = 0; i < sizeof magics / sizeof *magics && !name; i++) {
		const magic *m = &magics[i];
		if (n >= (size_t)m->offset + m->size && memcmp(bytes + m->offset, m->bytes, m->size) == 0)
			name = m->name;
	}
	size_t zeros = 0;
	while (zeros < n && bytes[zeros] == 0)
		zeros++;
	if (!name && n && zeros == n)
		name = "nothing but zero bytes (an interrupted download?)";
	if (!name)
		name = sniff_archive(bytes, n);
	if (!name)
		name = sniff_text(bytes, n);
	if (!name)
		name = sniff_message(bytes, n, file_size);
	if (name)
		snprintf(out, size, "%s", name);
	return name != NULL;
}
