/* SPDX-License-Identifier: Apache-2.0 */
/* tensor_walk.c - the elements of a tensor from front to back. */
#include "base/error.h"
#include "load/floats.h"
#include "load/tensor_bytes.h"
#include "model/model.h"

enum { PIECE = 512 }; /* elements that are handed on at once; a multiple of 8 */

/* So many elements as the bytes hold, at most a piece. Less than a byte: lowest bits first. */
static size_t decode(int32_t type, unsigned bits, const uint8_t *p, size_t bytes, oray_element *out)
{
	size_t n = bytes >= PIECE * bits / 8 ? PIECE : bytes * 8 / bits;
	for (size_t i = 0, bit = 0; i < n; i++, bit += bits) {
		uint64_t pattern = 0;
		for (size_t k = bit / 8, shift = 0; k <= (bit + bits - 1) / 8; k++, shift += 8)
			pattern |= (uint64_t)p[k] << shift;
		out[i] = element_of_bits(type, pattern >> bit % 8);
	}
	return n;
}

oray_status oray_tensor_walk(const oray_model *m, oray_id tensor, oray_visit visit, void *context,
                             oray_error *err)
{
	oray_element piece[PIECE] = {0};
	oray_tensor t;
	tensor_bytes *bytes = NULL;
	if (!oray_model_tensor(m, tensor, &t))
		return error_set(err, ORAY_ERR_NOT_FOUND, ORAY_NO_OFFSET, NULL, "no such tensor");
	unsigned bits = oray_type_bits(t.type);
	if (!bits || bits > 64 || t.type == ORAY_COMPLEX64)
		return error_set(err, ORAY_ERR_USAGE, t.file_offset, NULL,
		                 "elements of this type cannot be walked through");
	oray_status status = tensor_bytes_open(m, tensor, &bytes, err);
	uint64_t left = status == ORAY_OK ? t.elements.value : 0;
	while (left) {
		const uint8_t *p;
		size_t n = 0, want = 24; /* whole bytes of eight elements of six bits, and of any other */
		status = tensor_bytes_peek(bytes, want, &p, &n, err);
		if (status != ORAY_OK || !n)
			break;
		size_t whole = n >= want ? n - n % 3 : n; /* elements of six bits end with a byte then */
		size_t some = decode(t.type, bits, p, bits < 8 ? whole : n, piece);
		some = some < left ? some : (size_t)left;
		left -= some;
		if (!some || visit(context, piece, some) != 0)
			break;
		tensor_bytes_take(bytes, (some * bits + 7) / 8);
	}
	tensor_bytes_close(bytes);
	return status;
}
