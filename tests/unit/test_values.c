/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_values.c - elements of every type, from every storage, against values written down here.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <math.h>

#include "model_writer.h"

static place here;

/* What one tensor is expected to hold. */
typedef struct expected {
	int32_t type;
	size_t n;            /* elements */
	const char *raw;     /* bytes of raw_data, in hexadecimal */
	const char *entries; /* int32_data or uint64_data, decimal; NULL: another field */
	enum { SIGNED, UNSIGNED, FLOATING } member;
	double values[8];
} expected;

/*
 * Bit patterns and the numbers they stand for, from the definitions of the formats: FN has no
 * infinities and one NaN a sign, FNUZ a single NaN where minus zero would be.
 */
static const expected cases[] = {
    {ORAY_UINT8, 4, "00017fff", "0 1 127 255", UNSIGNED, {0, 1, 127, 255}},
    {ORAY_INT8, 4, "00017fff", "0 1 127 -1", SIGNED, {0, 1, 127, -1}},
    {ORAY_INT8, 2, "80fe", "-128 254", SIGNED, {-128, -2}},
    {ORAY_UINT16, 3, "0100ff7fffff", "1 32767 65535", UNSIGNED, {1, 32767, 65535}},
    {ORAY_INT16, 3, "0100ff7f0080", "1 32767 -32768", SIGNED, {1, 32767, -32768}},
    {ORAY_INT32,
     3,
     "01000000ffffff7f00000080",
     "1 2147483647 -2147483648",
     SIGNED,
     {1, 2147483647, -2147483648.0}},
    {ORAY_UINT32, 2, "01000000ffffffff", "1 4294967295", UNSIGNED, {1, 4294967295.0}},
    {ORAY_INT64, 2, "0100000000000000ffffffffffffffff", NULL, SIGNED, {1, -1}},
    {ORAY_UINT64,
     2,
     "00000000000000800100000000000000",
     "9223372036854775808 1",
     UNSIGNED,
     {9223372036854775808.0, 1}},
    {ORAY_BOOL, 4, "000102ff", "0 1 2 255", UNSIGNED, {0, 1, 1, 1}},
    {ORAY_FLOAT16,
     6,
     "003c00c0ff7b0100007c00fe",
     "15360 49152 31743 1 31744 65024",
     FLOATING,
     {1, -2, 65504, 1.0 / 16777216, INFINITY, NAN}},
    {ORAY_FLOAT16,
     4,
     "00000080003800fc",
     "0 32768 14336 64512",
     FLOATING,
     {0, -0.0, 0.5, -INFINITY}},
    {ORAY_BFLOAT16,
     6,
     "803f00c0807f80ffc07f7f7f",
     "16256 49152 32640 65408 32704 32639",
     FLOATING,
     {1, -2, INFINITY, -INFINITY, NAN, 0x1.fep+127}},
    {ORAY_BFLOAT16, 2, "01000080", "1 32768", FLOATING, {0x1p-133, -0.0}},
    {ORAY_FLOAT8E4M3FN,
     8,
     "003880c07e7f0108",
     "0 56 128 192 126 127 1 8",
     FLOATING,
     {0, 1, -0.0, -2, 448, NAN, 1.0 / 512, 1.0 / 64}},
    {ORAY_FLOAT8E4M3FN, 2, "fffe", "255 254", FLOATING, {NAN, -448}},
    {ORAY_FLOAT8E4M3FNUZ,
     6,
     "00408001c87f",
     "0 64 128 1 200 127",
     FLOATING,
     {0, 1, NAN, 1.0 / 1024, -2, 240}},
    {ORAY_FLOAT8E5M2,
     8,
     "003c80c07b7c7e01",
     "0 60 128 192 123 124 126 1",
     FLOATING,
     {0, 1, -0.0, -2, 57344, INFINITY, NAN, 1.0 / 65536}},
    {ORAY_FLOAT8E5M2FNUZ,
     6,
     "00408001c47f",
     "0 64 128 1 196 127",
     FLOATING,
     {0, 1, NAN, 1.0 / 131072, -2, 57344}},
    {ORAY_FLOAT8E8M0,
     5,
     "7f8000feff",
     "127 128 0 254 255",
     FLOATING,
     {1, 2, 0x1p-127, 0x1p127, NAN}},
    {ORAY_UINT4, 5, "10320f", "16 50 15", UNSIGNED, {0, 1, 2, 3, 15}},
    {ORAY_INT4, 5, "1f780a", "31 120 10", SIGNED, {-1, 1, -8, 7, -6}},
    {ORAY_UINT2, 5, "e402", "228 2", UNSIGNED, {0, 1, 2, 3, 2}},
    {ORAY_INT2, 5, "e402", "228 2", SIGNED, {0, 1, -2, -1, -2}},
    {ORAY_FLOAT4E2M1, 8, "10325476", "16 50 84 118", FLOATING, {0, 0.5, 1, 1.5, 2, 3, 4, 6}},
    {ORAY_FLOAT4E2M1, 3, "980f", "152 15", FLOATING, {-0.0, -0.5, -6}},
    /* Four values in three bytes, lowest bits first: 1 | 8 << 6 | 31 << 12 | 33 << 18. */
    {ORAY_FLOAT6E2M3, 4, "01f285", "1 8 31 33", FLOATING, {0.125, 1, 7.5, -0.125}},
    {ORAY_FLOAT6E3M2, 4, "01f285", "1 8 31 33", FLOATING, {0.0625, 0.5, 28, -0.0625}},
    {ORAY_FLOAT32, 3, "0000803f000000c00000807f", NULL, FLOATING, {1, -2, INFINITY}},
    {ORAY_FLOAT64, 2, "000000000000f03f9a9999999999b9bf", NULL, FLOATING, {1, -0.1}},
};

static void put_hex(bytes *b, const char *hex)
{
	for (unsigned byte; sscanf(hex, "%2x", &byte) == 1; hex += 2)
		put(b, (uint8_t[]){(uint8_t)byte}, 1);
}

static bool is_value(const expected *x, const oray_element *e, size_t i)
{
	double wanted = x->values[i];
	if (x->member == SIGNED)
		return e->i == (int64_t)wanted;
	if (x->member == UNSIGNED)
		return e->u == (uint64_t)wanted;
	if (isnan(wanted))
		return isnan(e->f);
	return e->f == wanted && signbit(e->f) == signbit(wanted);
}

/* Reads all values, then every part of them. */
static void assert_values(const oray_model *m, const expected *x, const char *how)
{
	for (size_t first = 0; first <= x->n; first++) {
		for (size_t count = 0; count <= x->n - first + 1; count++) {
			oray_element e[12];
			oray_error err = {.message = ""};
			size_t n = 99, wanted = count < x->n - first ? count : x->n - first;
			if (oray_tensor_read(m, 0, first, count, e, &n, &err) != ORAY_OK || n != wanted)
				fail_msg("%s, %s: %zu of %zu from %zu on: %s", oray_type_name(x->type), how, n,
				         count, first, err.message);
			for (size_t i = 0; i < n; i++)
				if (!is_value(x, &e[i], first + i))
					fail_msg("%s, %s: value %zu, read from %zu on, is %g or %lld",
					         oray_type_name(x->type), how, first + i, first, e[i].f,
					         (long long)e[i].i);
		}
	}
}

/* A tensor of a case, its data in one of several ways. */
static void check_stored(const expected *x, bytes *data, oray_storage storage, const char *how)
{
	oray_model *m;
	oray_error err;
	oray_tensor tensor;
	int64_t dim = (int64_t)x->n;
	bytes t = make_tensor("w", x->type, 1, &dim);
	put(&t, data->at, data->n);
	free(data->at);
	bytes model = make_model_of(&t);
	if (load_bytes(&here, &model, NULL, &m, &err) != ORAY_OK)
		fail_msg("%s, %s: %s", oray_type_name(x->type), how, err.message);
	assert_true(oray_model_tensor(m, 0, &tensor));
	assert_int_equal(tensor.storage, storage);
	assert_int_equal(tensor.elements.value, x->n);
	assert_false(tensor.size_mismatch);
	assert_values(m, x, how);
	oray_model_free(m);
}

static void raw_values_of_every_type(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		bytes raw = {0}, data = {0};
		put_hex(&raw, cases[i].raw);
		uint64_t size;
		assert_true(oray_type_bytes(cases[i].type, cases[i].n, &size));
		assert_int_equal(raw.n, size);
		put_message(&data, 9, &raw);
		check_stored(&cases[i], &data, ORAY_STORAGE_RAW, "raw");
	}
}

/* Entries of a typed field: packed, one by one, or in chunks of either kind. */
static bytes typed(const expected *x, int way)
{
	bytes data = {0}, packed = {0};
	uint32_t field = x->type == ORAY_UINT32 || x->type == ORAY_UINT64 ? 11 : 5;
	const char *p = x->entries;
	char *end;
	for (int i = 0; *p; i++, p = end + (*end == ' ')) {
		uint64_t entry = *p == '-' ? (uint64_t)strtoll(p, &end, 10) : strtoull(p, &end, 10);
		if (way == 1 || (way == 2 && i % 2)) {
			if (packed.n)
				put_message(&data, field, &packed);
			put_tag(&data, field, 0);
			put_varint(&data, entry, way == 2 ? 10 : 0);
		} else {
			put_varint(&packed, entry, way == 3 ? 10 : 0);
		}
	}
	if (packed.n || way == 2)
		put_message(&data, field, &packed);
	free(packed.at);
	return data;
}

static void typed_values_of_every_type(void **state)
{
	(void)state;
	static const char *const ways[] = {"packed", "one by one", "in chunks", "padded"};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		for (int way = 0; cases[i].entries && way < 4; way++) {
			bytes data = typed(&cases[i], way);
			check_stored(&cases[i], &data, ORAY_STORAGE_TYPED, ways[way]);
		}
	}
}

static void fixed_values_of_every_width(void **state)
{
	(void)state;
	static const float f[] = {1.5f, -2.25f, INFINITY, 3e-45f, 0.1f};
	static const double d[] = {1.5, -0.1, 4.9e-324, 1e308, -INFINITY};
	expected floats = {ORAY_FLOAT32, 5, NULL, NULL, FLOATING, {1.5, -2.25, INFINITY, 0, 0}};
	expected doubles = {ORAY_FLOAT64, 5,        NULL,
	                    NULL,         FLOATING, {1.5, -0.1, 4.9e-324, 1e308, -INFINITY}};
	floats.values[3] = (double)3e-45f;
	floats.values[4] = (double)0.1f;
	for (int way = 0; way < 3; way++) {
		bytes a = {0}, b = {0};
		for (int i = 0; i < 5; i++) {
			if (way == 1 || (way == 2 && i != 2 && i != 3)) {
				put_tag(&a, 4, 5);
				put(&a, &f[i], 4);
				put_tag(&b, 10, 1);
				put(&b, &d[i], 8);
			} else if (way == 0 ? i == 0 : i == 2) {
				put_data(&a, 4, f + i, way == 0 ? 20 : 8);
				put_data(&b, 10, d + i, way == 0 ? 40 : 16);
			}
		}
		check_stored(&floats, &a, ORAY_STORAGE_TYPED, way == 0 ? "packed" : "otherwise");
		check_stored(&doubles, &b, ORAY_STORAGE_TYPED, way == 0 ? "packed" : "otherwise");
	}
}

static void int64_values_keep_all_bits(void **state)
{
	(void)state;
	static const int64_t values[] = {0, -1, INT64_MAX, INT64_MIN, 9007199254740993};
	int64_t dim = 5;
	bytes t = make_tensor("w", ORAY_INT64, 1, &dim), packed = {0};
	for (int i = 0; i < 5; i++)
		put_varint(&packed, (uint64_t)values[i], 0);
	put_message(&t, 7, &packed);
	bytes model = make_model_of(&t);
	oray_model *m;
	oray_element e[5];
	size_t n;
	assert_int_equal(load_bytes(&here, &model, NULL, &m, NULL), ORAY_OK);
	assert_int_equal(oray_tensor_read(m, 0, 0, 5, e, &n, NULL), ORAY_OK);
	for (int i = 0; i < 5; i++)
		assert_true(e[i].i == values[i]);
	oray_model_free(m);
}

static void complex_values_are_pairs(void **state)
{
	(void)state;
	static const float f[] = {1, -2, 0.5f, INFINITY};
	static const double d[] = {1, -2, 0.5, INFINITY};
	int64_t dim = 2;
	for (int way = 0; way < 4; way++) {
		int32_t type = way % 2 ? ORAY_COMPLEX128 : ORAY_COMPLEX64;
		bytes t = make_tensor("w", type, 1, &dim);
		put_data(&t,
		         way < 2   ? 9
		         : way % 2 ? 10
		                   : 4,
		         way % 2 ? (const void *)d : f, way % 2 ? sizeof d : sizeof f);
		bytes model = make_model_of(&t);
		oray_model *m;
		oray_element e[3];
		size_t n;
		assert_int_equal(load_bytes(&here, &model, NULL, &m, NULL), ORAY_OK);
		assert_int_equal(oray_tensor_read(m, 0, 0, 3, e, &n, NULL), ORAY_OK);
		assert_int_equal(n, 2);
		assert_true(e[0].c.re == 1 && e[0].c.im == -2);
		assert_true(e[1].c.re == 0.5 && isinf(e[1].c.im));
		assert_int_equal(oray_tensor_read(m, 0, 1, 1, e, &n, NULL), ORAY_OK);
		assert_true(n == 1 && e[0].c.re == 0.5);
		oray_model_free(m);
	}
}

static void string_values_keep_every_byte(void **state)
{
	(void)state;
	static const char *const texts[] = {"", "plain", "a\0b", "\xff\xfe"};
	static const size_t sizes[] = {0, 5, 3, 2};
	char *huge = calloc(1, 100000);
	int64_t dim = 5;
	bytes t = make_tensor("w", ORAY_STRING, 1, &dim);
	memset(huge, 'h', 100000);
	for (int i = 0; i < 4; i++)
		put_data(&t, 6, texts[i], sizes[i]);
	put_data(&t, 6, huge, 100000);
	bytes model = make_model_of(&t);
	oray_model *m;
	oray_element e[6];
	size_t n;
	assert_int_equal(load_bytes(&here, &model, NULL, &m, NULL), ORAY_OK);
	assert_int_equal(oray_tensor_read(m, 0, 0, 6, e, &n, NULL), ORAY_OK);
	assert_int_equal(n, 5);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(e[i].s.size, sizes[i]);
		assert_memory_equal(e[i].s.data, texts[i], sizes[i] + 1);
	}
	assert_int_equal(e[4].s.size, 100000);
	assert_memory_equal(e[4].s.data, huge, 100000);
	assert_int_equal(oray_tensor_read(m, 0, 2, 2, e, &n, NULL), ORAY_OK);
	assert_true(n == 2 && e[0].s.size == 3 && e[1].s.size == 2);
	oray_model_free(m);
	free(huge);
}

/* Data that cannot be what dims and type say is an error, never a guess. */
static void data_that_does_not_fit_is_refused(void **state)
{
	(void)state;
	static const float two[] = {1, 2};
	static const struct {
		int32_t type;
		int64_t dim;
		uint32_t field;
		size_t size;
		bool readable;
	} wrong[] = {
	    {ORAY_FLOAT32, 3, 9, 8, false}, /* too short */
	    {ORAY_FLOAT32, 3, 4, 8, false},
	    {ORAY_FLOAT32, 1, 9, 8, true},   /* too long: what is asked for is there */
	    {ORAY_FLOAT32, 2, 7, 8, false},  /* another type's field */
	    {ORAY_STRING, 1, 9, 4, false},   /* text in raw_data */
	    {ORAY_FLOAT32, -1, 9, 8, false}, /* no such dimension */
	    {ORAY_FLOAT32, INT64_MAX, 9, 8, false},
	    {99, 2, 9, 8, false}, /* no such type */
	    {ORAY_FLOAT32, 0, 9, 8, true},
	    {ORAY_INT4, 17, 9, 8, false},
	    {ORAY_INT4, 16, 9, 8, true},
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		bytes t = make_tensor("w", wrong[i].type, 1, &wrong[i].dim);
		put_data(&t, wrong[i].field, two, wrong[i].size);
		bytes model = make_model_of(&t);
		oray_model *m;
		oray_tensor tensor;
		oray_element e[20];
		oray_error err;
		size_t n = 99;
		assert_int_equal(load_bytes(&here, &model, NULL, &m, NULL), ORAY_OK);
		oray_status status = oray_tensor_read(m, 0, 0, 20, e, &n, &err);
		if (status != (wrong[i].readable ? ORAY_OK : ORAY_ERR_MALFORMED))
			fail_msg("case %zu: %s", i, oray_status_name(status));
		assert_true(oray_model_tensor(m, 0, &tensor));
		if (status != ORAY_OK)
			assert_true(err.message[0] && n < 20);
		oray_model_free(m);
	}
}

/* Nobody writes two kinds of data. raw_data counts, whatever stands beside it. */
static void data_of_two_kinds_is_not_mixed(void **state)
{
	(void)state;
	static const float a[] = {1, 2}, b[] = {3, 4};
	for (int way = 0; way < 3; way++) {
		int64_t dim = 2;
		bytes t = make_tensor("w", ORAY_FLOAT32, 1, &dim);
		put_data(&t, way == 1 ? 9 : 4, b, way == 2 ? 4 : 8);
		put_data(&t, way == 0 ? 9 : way == 1 ? 4 : 7, a, way == 2 ? 4 : 8);
		if (way == 2)
			put_data(&t, 4, b + 1, 4);
		bytes model = make_model_of(&t);
		oray_model *m;
		oray_tensor tensor;
		oray_element e[3];
		size_t n;
		assert_int_equal(load_bytes(&here, &model, NULL, &m, NULL), ORAY_OK);
		assert_true(oray_model_tensor(m, 0, &tensor));
		assert_true(tensor.size_mismatch);
		assert_int_equal(tensor.storage, way == 2 ? ORAY_STORAGE_TYPED : ORAY_STORAGE_RAW);
		assert_int_equal(oray_tensor_read(m, 0, 0, 3, e, &n, NULL), ORAY_OK);
		assert_int_equal(n, 2);
		assert_true(e[0].f == (way == 0 ? 1 : 3) && e[1].f == (way == 0 ? 2 : 4));
		oray_model_free(m);
	}
}

static void no_data_at_all(void **state)
{
	(void)state;
	for (int64_t dim = 0; dim < 2; dim++) {
		bytes t = make_tensor("w", ORAY_FLOAT32, 1, &dim);
		bytes model = make_model_of(&t);
		oray_model *m;
		oray_tensor tensor;
		oray_element e;
		size_t n = 99;
		assert_int_equal(load_bytes(&here, &model, NULL, &m, NULL), ORAY_OK);
		assert_true(oray_model_tensor(m, 0, &tensor));
		assert_int_equal(tensor.storage, ORAY_STORAGE_NONE);
		assert_int_equal(tensor.size_mismatch, dim != 0);
		assert_int_equal(oray_tensor_read(m, 0, 0, 1, &e, &n, NULL),
		                 dim ? ORAY_ERR_MALFORMED : ORAY_OK);
		assert_int_equal(n, 0);
		assert_int_equal(oray_tensor_read(m, 1, 0, 1, &e, &n, NULL), ORAY_ERR_NOT_FOUND);
		oray_model_free(m);
	}
}

/* ---------------------------------------------------------------------------- attributes -- */

/* A node with one attribute of a list, and a text of so many bytes beside it. */
static oray_model *load_attribute(bytes *list, int type, size_t padding)
{
	bytes a = {0}, n = make_node("Odd", "x", "y"), graph = {0};
	char *text = calloc(1, padding + 1);
	memset(text, 'p', padding);
	put_text(&a, 1, "list");
	put(&a, list->at, list->n);
	free(list->at);
	*list = (bytes){0};
	put_number(&a, 20, type);
	put_text(&a, 13, text);
	free(text);
	put_message(&n, 5, &a);
	put_message(&graph, 1, &n);
	bytes model = make_model(&graph);
	oray_model *m;
	oray_error err;
	if (load_bytes(&here, &model, NULL, &m, &err) != ORAY_OK)
		fail_msg("%s", err.message);
	return m;
}

/* Long lists stay in the file; nobody should be able to tell by the values. */
static void lists_read_the_same_from_memory_and_file(void **state)
{
	(void)state;
	for (size_t padding = 0; padding <= 4000; padding += 4000) {
		bytes ints = {0}, packed = {0};
		for (int i = -50; i < 50; i++)
			put_varint(i % 3 ? &packed : &ints, (uint64_t)(int64_t)i, 0);
		bytes list = {0};
		put_message(&list, 8, &ints);
		put_message(&list, 8, &packed);
		put_number(&list, 8, -7);
		oray_model *m = load_attribute(&list, ORAY_ATTR_INTS, padding);
		oray_attribute a;
		oray_element e[200];
		size_t n;
		assert_true(oray_model_attribute(m, 0, &a));
		assert_int_equal(a.count, 101);
		assert_int_equal(a.on_disk, padding != 0);
		assert_int_equal(oray_attribute_read(m, 0, 0, 200, e, &n, NULL), ORAY_OK);
		assert_int_equal(n, 101);
		assert_int_equal(e[0].i, -48);
		assert_int_equal(e[33].i, -50);
		assert_int_equal(e[100].i, -7);
		assert_int_equal(oray_attribute_read(m, 0, 99, 5, e, &n, NULL), ORAY_OK);
		assert_int_equal(n, 2);
		assert_int_equal(e[0].i, 49);
		assert_int_equal(oray_attribute_read(m, 0, 101, 5, e, &n, NULL), ORAY_OK);
		assert_int_equal(n, 0);
		assert_int_equal(oray_attribute_read(m, 1, 0, 5, e, &n, NULL), ORAY_ERR_NOT_FOUND);
		oray_model_free(m);
	}
}

static void texts_read_the_same_from_memory_and_file(void **state)
{
	(void)state;
	static const char *const texts[] = {"one", "", "three", ""};
	for (size_t padding = 0; padding <= 4000; padding += 4000) {
		bytes list = {0};
		oray_element e[5];
		size_t n;
		for (int i = 0; i < 4; i++)
			put_text(&list, 9, texts[i]);
		oray_model *m = load_attribute(&list, ORAY_ATTR_STRINGS, padding);
		assert_int_equal(oray_attribute_read(m, 0, 0, 5, e, &n, NULL), ORAY_OK);
		assert_int_equal(n, 4);
		for (int i = 0; i < 4; i++)
			assert_string_equal(e[i].s.data, texts[i]);
		oray_model_free(m);
		for (int i = 0; i < 2; i++) { /* a single text, empty or not */
			put_text(&list, 4, texts[i]);
			m = load_attribute(&list, ORAY_ATTR_STRING, padding);
			n = 99;
			assert_int_equal(oray_attribute_read(m, 0, 0, 5, e, &n, NULL), ORAY_OK);
			assert_int_equal(n, 1);
			assert_string_equal(e[0].s.data, texts[i]);
			oray_model_free(m);
		}
	}
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
	    cmocka_unit_test(raw_values_of_every_type),
	    cmocka_unit_test(typed_values_of_every_type),
	    cmocka_unit_test(fixed_values_of_every_width),
	    cmocka_unit_test(int64_values_keep_all_bits),
	    cmocka_unit_test(complex_values_are_pairs),
	    cmocka_unit_test(string_values_keep_every_byte),
	    cmocka_unit_test(data_that_does_not_fit_is_refused),
	    cmocka_unit_test(data_of_two_kinds_is_not_mixed),
	    cmocka_unit_test(no_data_at_all),
	    cmocka_unit_test(lists_read_the_same_from_memory_and_file),
	    cmocka_unit_test(texts_read_the_same_from_memory_and_file),
	};
	return cmocka_run_group_tests(tests, make_here, remove_here);
}
