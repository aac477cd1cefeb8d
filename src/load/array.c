/* SPDX-License-Identifier: Apache-2.0 */
/*
 * array.c - an array from a file of its own: .npy, or a TensorProto as the ONNX test sets have them.
 *
 * Both are read whole, with a limit: they are contents of inputs, which steer shapes when they are
 * small. Of larger ones type and shape are kept. The .npy format: NumPy Enhancement Proposal 1.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/heap.h"
#include "base/num.h"
#include "load/floats.h"
#include "onnx.pb-c.h"

enum {
	DIMS_MOST = 64,
	ELEMENTS_MOST = 65536,
	HEADER_MOST = 65536,
};
#define FILE_MOST (UINT64_C(64) << 20)

typedef struct array_book {
	oray_array public;
	int64_t dims[DIMS_MOST];
	oray_element *elements;
} array_book;

static uint64_t little(const uint8_t *p, size_t width)
{
	uint64_t v = 0;
	for (size_t i = 0; i < width; i++)
		v |= (uint64_t)p[i] << 8 * i;
	return v;
}

static uint64_t big(const uint8_t *p, size_t width)
{
	uint64_t v = 0;
	for (size_t i = 0; i < width; i++)
		v = v << 8 | p[i];
	return v;
}

static oray_status broken(oray_error *err, uint64_t offset, const char *what)
{
	return error_set(err, ORAY_ERR_MALFORMED, offset, NULL, "%s", what);
}

/* Room for the elements, unless there are many. */
static oray_status make_elements(array_book *b, oray_error *err)
{
	uint64_t n;
	if (!num_product(b->dims, b->public.n_dims, &n))
		return broken(err, ORAY_NO_OFFSET, "its dimensions are negative or too large");
	if (n > ELEMENTS_MOST)
		return ORAY_OK;
	b->elements = heap_zeroed(n ? (size_t)n : 1, sizeof *b->elements);
	if (!b->elements)
		return error_memory(err);
	b->public.n = (size_t)n;
	b->public.at = b->elements;
	return ORAY_OK;
}

/* ---------------------------------------------------------------------------------- npy -- */

/* What stands behind 'key': in the header, which is a Python dictionary. NULL when absent. */
static const char *field(const char *header, const char *key)
{
	const char *at = strstr(header, key);
	if (!at)
		return NULL;
	at += strlen(key);
	while (*at == ' ' || *at == ':')
		at++;
	return at;
}

static int32_t npy_type(const char *descr, bool *swapped)
{
	static const struct {
		const char *code;
		int32_t type;
	} types[] = {
	    {"b1", ORAY_BOOL},    {"i1", ORAY_INT8},    {"i2", ORAY_INT16},   {"i4", ORAY_INT32},
	    {"i8", ORAY_INT64},   {"u1", ORAY_UINT8},   {"u2", ORAY_UINT16},  {"u4", ORAY_UINT32},
	    {"u8", ORAY_UINT64},  {"f2", ORAY_FLOAT16}, {"f4", ORAY_FLOAT32}, {"f8", ORAY_FLOAT64},
	};
	if (*descr != '\'' && *descr != '"')
		return 0;
	char order = *++descr;
	if (!order || !strchr("<>|=", order))
		return 0;
	*swapped = order == '>';
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (!strncmp(descr + 1, types[i].code, 2) && (descr[3] == '\'' || descr[3] == '"'))
			return types[i].type;
	return 0;
}

static bool npy_shape(const char *at, array_book *b)
{
	if (*at++ != '(')
		return false;
	for (;;) {
		while (*at == ' ' || *at == ',')
			at++;
		if (*at == ')')
			return true;
		size_t digits = strspn(at, "0123456789");
		uint64_t value;
		if (!digits || b->public.n_dims == DIMS_MOST || !num_parse(at, digits, &value) ||
		    value > INT64_MAX)
			return false;
		b->dims[b->public.n_dims++] = (int64_t)value;
		at += digits;
	}
}

/* Position in row-major order of the k-th element of an array in column-major order. */
static size_t transposed(const array_book *b, size_t k)
{
	size_t at = 0, stride = 1, index[DIMS_MOST];
	for (size_t i = 0; i < b->public.n_dims; i++) {
		index[i] = k % (size_t)b->dims[i];
		k /= (size_t)b->dims[i];
	}
	for (size_t i = b->public.n_dims; i-- > 0;) {
		at += index[i] * stride;
		stride *= (size_t)b->dims[i];
	}
	return at;
}

static oray_status read_npy(array_book *b, const uint8_t *data, size_t size, oray_error *err)
{
	size_t wide = data[6] >= 2 ? 4 : 2, length = (size_t)little(data + 8, wide), start = 8 + wide;
	char header[HEADER_MOST + 1];
	bool swapped = false;
	if (data[6] < 1 || data[6] > 3 || length > HEADER_MOST || length > size - start)
		return broken(err, 6, "its .npy header is damaged");
	memcpy(header, data + start, length);
	header[length] = 0;
	const char *descr = field(header, "'descr'"), *shape = field(header, "'shape'");
	const char *order = field(header, "'fortran_order'");
	b->public.type = descr ? npy_type(descr, &swapped) : 0;
	if (!b->public.type || !shape || !order || !npy_shape(shape, b))
		return broken(err, start, "its .npy header is damaged, or of a type that tensors have not");
	bool columns = !strncmp(order, "True", 4);
	size_t width = oray_type_bits(b->public.type) < 8 ? 1 : oray_type_bits(b->public.type) / 8;
	uint64_t n, bytes;
	start += length;
	if (!num_product(b->dims, b->public.n_dims, &n) || !num_mul(n, width, &bytes) ||
	    bytes != size - start)
		return broken(err, start, "its size is not what its .npy header says");
	oray_status status = make_elements(b, err);
	for (size_t i = 0; status == ORAY_OK && i < b->public.n; i++) {
		const uint8_t *p = data + start + i * width;
		uint64_t bits = swapped ? big(p, width) : little(p, width);
		b->elements[columns ? transposed(b, i) : i] = element_of_bits(b->public.type, bits);
	}
	return status;
}

/* -------------------------------------------------------------------------- TensorProto -- */

/* Bits of entry `i` in whichever typed field there is. */
static bool typed_bits(const Onnx__TensorProto *t, size_t i, uint64_t *bits)
{
	uint32_t single;
	if (i < t->n_int64_data) {
		*bits = (uint64_t)t->int64_data[i];
	} else if (i < t->n_int32_data) {
		*bits = (uint64_t)(int64_t)t->int32_data[i];
	} else if (i < t->n_float_data) {
		memcpy(&single, &t->float_data[i], sizeof single);
		*bits = single;
	} else if (i < t->n_double_data) {
		memcpy(bits, &t->double_data[i], sizeof *bits);
	} else if (i < t->n_uint64_data) {
		*bits = t->uint64_data[i];
	} else {
		return false;
	}
	return true;
}

/* Bits of element `i`, lowest first. Small ones are packed into bytes, which int32_data may hold. */
static bool element_bits(const Onnx__TensorProto *t, size_t width, size_t i, uint64_t *bits)
{
	size_t bit = i * width, byte = bit / 8, last = (bit + width + 7) / 8;
	if (t->raw_data.len) {
		if (last > t->raw_data.len)
			return false;
		*bits = little(t->raw_data.data + byte, last - byte > 8 ? 8 : last - byte) >> bit % 8;
		return true;
	}
	if (width >= 8)
		return typed_bits(t, i, bits);
	if (last > t->n_int32_data)
		return false;
	*bits = 0;
	for (size_t k = byte; k < last; k++)
		*bits |= (uint64_t)((uint32_t)t->int32_data[k] & 0xff) << 8 * (k - byte);
	*bits >>= bit % 8;
	return true;
}

static oray_status fill_elements(array_book *b, const Onnx__TensorProto *t, oray_error *err)
{
	uint64_t bits;
	for (size_t i = 0; i < b->public.n; i++) {
		if (!element_bits(t, oray_type_bits(b->public.type), i, &bits))
			return broken(err, ORAY_NO_OFFSET, "it has less data than its dimensions ask for");
		b->elements[i] = element_of_bits(b->public.type, bits);
	}
	return ORAY_OK;
}

static oray_status read_proto(array_book *b, const uint8_t *data, size_t size, oray_error *err)
{
	Onnx__TensorProto *t = onnx__tensor_proto__unpack(NULL, size, data);
	oray_status status;
	if (!t || !t->has_data_type || t->n_dims > DIMS_MOST) {
		status = broken(err, ORAY_NO_OFFSET, "it is neither a .npy file nor a TensorProto");
	} else {
		b->public.type = t->data_type;
		b->public.n_dims = t->n_dims;
		for (size_t i = 0; i < t->n_dims; i++)
			b->dims[i] = t->dims[i];
		bool external = t->data_location == ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL;
		bool numbers = oray_type_bits(t->data_type) && t->data_type != ORAY_COMPLEX64 &&
		               t->data_type != ORAY_COMPLEX128;
		uint64_t n;
		if (!num_product(b->dims, b->public.n_dims, &n))
			status = broken(err, ORAY_NO_OFFSET, "its dimensions are negative or too large");
		else
			status = numbers && !external ? make_elements(b, err) : ORAY_OK;
		if (status == ORAY_OK && b->elements)
			status = fill_elements(b, t, err);
	}
	if (t)
		onnx__tensor_proto__free_unpacked(t, NULL);
	return status;
}

/* ------------------------------------------------------------------------------ the file -- */

static oray_status slurp(const char *path, uint8_t **out, size_t *n, oray_error *err)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	oray_status status = ORAY_OK;
	if (fd < 0)
		return error_errno(err, ORAY_ERR_IO, "cannot open it", errno);
	*out = NULL;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		status = error_set(err, ORAY_ERR_IO, ORAY_NO_OFFSET, NULL, "it is not a regular file");
	else if ((uint64_t)st.st_size > FILE_MOST)
		status = error_set(err, ORAY_ERR_LIMIT, ORAY_NO_OFFSET, NULL, "it is larger than 64 MiB");
	else if (!(*out = heap_get((size_t)st.st_size + 1)))
		status = error_memory(err);
	for (*n = 0; status == ORAY_OK && *n < (size_t)st.st_size;) {
		ssize_t got = read(fd, *out + *n, (size_t)st.st_size - *n);
		if (got <= 0)
			status = error_errno(err, ORAY_ERR_IO, "read failed", got ? errno : EIO);
		else
			*n += (size_t)got;
	}
	close(fd);
	return status;
}

oray_status oray_array_load(const char *path, oray_array **out, oray_error *err)
{
	array_book *b = heap_zeroed(1, sizeof *b);
	uint8_t *data = NULL;
	size_t size = 0;
	*out = NULL;
	if (err)
		*err = (oray_error){.offset = ORAY_NO_OFFSET};
	if (!b)
		return error_memory(err);
	oray_status status = slurp(path, &data, &size, err);
	bool npy = data && size >= 12 && !memcmp(data, "\x93NUMPY", 6);
	if (status == ORAY_OK && npy)
		status = read_npy(b, data, size, err);
	else if (status == ORAY_OK)
		status = read_proto(b, data, size, err);
	heap_free(data);
	if (status != ORAY_OK) {
		oray_array_free(&b->public);
		return status;
	}
	b->public.dims = b->dims;
	*out = &b->public;
	return ORAY_OK;
}

void oray_array_free(oray_array *array)
{
	if (!array)
		return;
	heap_free(((array_book *)array)->elements);
	heap_free(array);
}
