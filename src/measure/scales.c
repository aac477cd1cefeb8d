/* SPDX-License-Identifier: Apache-2.0 */
#include "measure/scales.h"


#include "base/error.h"
#include "base/heap.h"
#include "base/num.h"
#include "measure/singles.h"

static oray_status refuse(oray_error *err, const char *why)
{
	return error_set(err, ORAY_ERR_USAGE, ORAY_NO_OFFSET, NULL, "%s", why);
}

oray_status scales_open(scales *s, const oray_model *m, oray_id tensor, uint64_t n, uint64_t row,
                        int32_t packed, double none, oray_error *err)
{
	oray_tensor t;
	*s = (scales){.only = none};
	if (tensor == ORAY_NONE)
		return ORAY_OK;
	if (!oray_model_tensor(m, tensor, &t) || !t.elements.exact)
		return refuse(err, "scales or zero points have no known size");
	int32_t type = packed ? packed : t.type;
	if (!reals_prepare(&s->type, type) || (packed && t.type != ORAY_UINT8))
		return refuse(err, "scales or zero points of a type that cannot be read");
	uint64_t per_byte = packed && s->type.bits < 8 ? 8 / s->type.bits : 1, have;
	s->row = row ? row : UINT64_MAX;
	s->stride = row ? (row + per_byte - 1) / per_byte * per_byte : UINT64_MAX;
	if (!num_mul(t.elements.value, per_byte, &have))
		return refuse(err, "scales or zero points have no known size");
	uint64_t rows = row ? n / row + (n % row != 0) : 0;
	bool one = n == 1 || (!packed && have == 1);
	uint64_t needed = one ? 1 : row ? rows * s->stride : n;
	if (row && rows && needed / rows != s->stride)
		return refuse(err, "scales or zero points have no known size");
	if (have < needed || (!packed && have != needed))
		return refuse(err, "the number of scales or zero points does not fit the weight");
	oray_status status = tensor_bytes_open(m, tensor, &s->bytes, err);
	if (status != ORAY_OK)
		return status;
	s->capacity = needed < SCALES_WINDOW ? (size_t)needed + 8 : SCALES_WINDOW;
	if (!one)
		return ORAY_OK;
	const double *p;
	size_t count = 1;
	unsigned step;
	status = scales_at(s, 0, &count, &p, &step, err);
	if (status == ORAY_OK)
		s->only = *p;
	tensor_bytes_close(s->bytes);
	s->bytes = NULL;
	return status;
}

void scales_close(scales *s)
{
	tensor_bytes_close(s->bytes);
	heap_free(s->window);
	heap_free(s->singles);
	s->bytes = NULL;
	s->window = NULL;
	s->singles = NULL;
}

/* Goes to a byte of a list that can only be counted through. */
static oray_status forward(scales *s, uint64_t byte, oray_error *err)
{
	if (byte < s->at) {
		tensor_bytes_rewind(s->bytes);
		s->at = 0;
	}
	while (s->at < byte) {
		const uint8_t *p;
		size_t n;
		oray_status status = tensor_bytes_peek(s->bytes, 1, &p, &n, err);
		if (status != ORAY_OK)
			return status;
		if (n > byte - s->at)
			n = (size_t)(byte - s->at);
		tensor_bytes_take(s->bytes, n);
		s->at += n;
	}
	return ORAY_OK;
}

static oray_status fetch(scales *s, uint64_t byte, size_t bytes, uint8_t *to, oray_error *err)
{
	if (tensor_bytes_is_direct(s->bytes))
		return tensor_bytes_at(s->bytes, byte, bytes, to, err);
	oray_status status = forward(s, byte, err);
	for (size_t got = 0; got < bytes && status == ORAY_OK;) {
		const uint8_t *p;
		size_t n;
		status = tensor_bytes_peek(s->bytes, 1, &p, &n, err);
		if (status != ORAY_OK)
			break;
		n = n < bytes - got ? n : bytes - got;
		memcpy(to + got, p, n);
		tensor_bytes_take(s->bytes, n);
		s->at += n;
		got += n;
	}
	return status;
}

/* Fills the window from a byte on. The raw bytes go to its end first, where they are in no way. */
static oray_status fill(scales *s, uint64_t byte, size_t count, size_t bytes, oray_error *err)
{
	uint8_t *end = s->as_singles ? (uint8_t *)(s->singles + s->capacity)
	                             : (uint8_t *)(s->window + s->capacity);
	if (s->as_singles && REALS_AS_STORED && s->type.type == ORAY_FLOAT32)
		return fetch(s, byte, bytes, (uint8_t *)s->singles, err);
	uint8_t *raw = end - bytes;
	oray_status status = fetch(s, byte, bytes, raw, err);
	const size_t most = s->type.bits < 64 ? 256 : 1; /* in pieces: reading stays ahead of writing */
	for (size_t i = 0; i < count && status == ORAY_OK; i += most) {
		uint8_t piece[256 * 4 + 8] = {0};
		size_t n = count - i < most ? count - i : most;
		size_t from = i * s->type.bits / 8, length = (n * s->type.bits + 7) / 8;
		memcpy(piece, raw + from, length);
		if (s->as_singles)
			singles_plain(&s->type, piece, n, s->singles + i);
		else
			reals_decode(&s->type, piece, 0, n, s->window + i);
	}
	return status;
}

/* Makes the window hold the other kind of numbers, if it does not yet. */
static oray_status hold(scales *s, bool as_singles, oray_error *err)
{
	if (s->as_singles != as_singles)
		s->n = 0;
	s->as_singles = as_singles;
	if (as_singles && !s->singles)
		s->singles = heap_get(s->capacity * sizeof *s->singles);
	else if (!as_singles && !s->window)
		s->window = heap_get(s->capacity * sizeof *s->window);
	return (as_singles ? (void *)s->singles : (void *)s->window) ? ORAY_OK : error_memory(err);
}

/* Where an element is in the window; `n` as in scales_at(). */
static oray_status look(scales *s, uint64_t index, size_t *n, size_t *place, oray_error *err)
{
	uint64_t in_row = index % s->row, at = index / s->row * s->stride + in_row;
	if (*n > s->row - in_row)
		*n = (size_t)(s->row - in_row);
	if (at < s->first || at - s->first >= s->n) {
		/* Eight elements are whole bytes, whatever their width. */
		uint64_t first = at / 8 * 8, bits = s->type.bits, total = tensor_bytes_size(s->bytes);
		uint64_t byte = first * bits / 8;
		size_t count = s->capacity / 8 * 8;
		if (!count || byte >= total)
			return error_set(err, ORAY_ERR_USAGE, ORAY_NO_OFFSET, NULL, "too few scales");
		uint64_t left = (total - byte) * 8 / bits;
		count = left < count ? (size_t)left : count;
		s->n = 0;
		oray_status status = fill(s, byte, count, (size_t)((count * bits + 7) / 8), err);
		if (status != ORAY_OK)
			return status;
		s->first = first;
		s->n = count;
	}
	size_t have = s->n - (size_t)(at - s->first);
	if (*n > have)
		*n = have;
	*place = (size_t)(at - s->first);
	return ORAY_OK;
}

oray_status scales_at(scales *s, uint64_t index, size_t *n, const double **out, unsigned *step,
                      oray_error *err)
{
	size_t place = 0;
	*step = s->bytes != NULL;
	*out = &s->only;
	if (!s->bytes)
		return ORAY_OK;
	oray_status status = hold(s, false, err);
	if (status == ORAY_OK)
		status = look(s, index, n, &place, err);
	if (status == ORAY_OK)
		*out = s->window + place;
	return status;
}

oray_status scales_singles(scales *s, uint64_t index, size_t *n, const float **out, oray_error *err)
{
	size_t place = 0;
	oray_status status = hold(s, true, err);
	if (status == ORAY_OK)
		status = look(s, index, n, &place, err);
	if (status == ORAY_OK)
		*out = s->singles + place;
	return status;
}
