/* SPDX-License-Identifier: Apache-2.0 */
/*
 * values.c - elements of tensors and long lists, wherever they are stored.
 *
 * Two ways in: raw bytes (raw_data, external files), where element n is found by arithmetic, and
 * typed fields, whose entries are varints or fixed numbers with or without tags and are counted
 * through. Both end in a bit pattern that element_of_bits() understands. Only pread() is used, so
 * threads may read at the same time.
 */
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/heap.h"
#include "base/num.h"
#include "load/entries.h"
#include "load/external.h"
#include "load/floats.h"
#include "model/model.h"

enum { ATTR_S = 4, ATTR_FLOATS = 7, ATTR_STRINGS = 9 };

/* Strings that were read last by this thread. */
static _Thread_local struct {
	char *data;
	size_t capacity;
} text;

/* ------------------------------------------------------------------- raw */

/* One element from the bytes it starts in. */
static oray_element raw_element(int32_t type, const uint8_t *p, size_t width, unsigned shift)
{
	oray_element e = {.u = 0};
	if (type != ORAY_COMPLEX64 && type != ORAY_COMPLEX128)
		return element_of_bits(type, little_endian(p, width) >> shift);
	int32_t real = type == ORAY_COMPLEX64 ? ORAY_FLOAT32 : ORAY_FLOAT64;
	e.c.re = element_of_bits(real, little_endian(p, width / 2)).f;
	e.c.im = element_of_bits(real, little_endian(p + width / 2, width / 2)).f;
	return e;
}

/* Where raw bytes are. */
typedef struct raw_part {
	int fd;
	uint64_t offset, size;
	const uint8_t *held; /* the bytes themselves, or NULL */
} raw_part;

/* Elements of less than a byte are packed without gaps, lowest bits first. */
static oray_status read_raw(const raw_part *from, const oray_tensor *t, uint64_t first, size_t count,
                            oray_element *out, oray_error *err)
{
	unsigned bits = oray_type_bits(t->type);
	uint64_t skipped = bits < 8 ? first / 8 * bits + first % 8 * bits / 8 : first * (bits / 8);
	unsigned shift = bits < 8 ? (unsigned)(first % 8 * bits % 8) : 0;
	if (from->held && bits >= 8) {
		for (size_t i = 0; i < count; i++)
			out[i] = raw_element(t->type, from->held + skipped + i * (bits / 8), bits / 8, 0);
		return ORAY_OK;
	}
	stream *s = heap_get(sizeof *s);
	if (!s)
		return error_memory(err);
	stream_open(s, from->fd, from->offset, from->size, from->held);
	stream_skip(s, skipped);
	bool ok = true;
	for (size_t i = 0; i < count; i++) {
		size_t width = (shift + bits + 7) / 8;
		ok = stream_fill(s, width);
		if (!ok)
			break;
		out[i] = raw_element(t->type, s->bytes + s->next, width, shift);
		shift += bits;
		s->next += shift / 8;
		shift %= 8;
	}
	heap_free(s);
	return ok ? ORAY_OK : error_set(err, ORAY_ERR_IO, from->offset, NULL, "values cannot be read");
}

/* ----------------------------------------------------------------- typed */

/* Strings of one call share a buffer, so they are copied first and pointed at afterwards. */
static bool read_texts(entries *e, int fd, size_t count, oray_element *out, size_t *n_read)
{
	size_t used = 0;
	for (*n_read = 0; *n_read < count; ++*n_read) {
		uint64_t payload;
		if (!entry_head(e, fd, &payload) || payload > stream_left(&e->s))
			break;
		if (used + payload + 1 > text.capacity) {
			size_t more = (used + (size_t)payload + 1) * 2;
			char *p = heap_resize(text.data, more);
			if (!p)
				return false;
			text.data = p;
			text.capacity = more;
		}
		char *to = text.data + used;
		out[*n_read].s.size = (size_t)payload;
		for (uint64_t left = payload; left;) {
			size_t piece = left < STREAM_CHUNK / 2 ? (size_t)left : STREAM_CHUNK / 2;
			if (!stream_fill(&e->s, piece))
				return false;
			memcpy(to, e->s.bytes + e->s.next, piece);
			e->s.next += piece;
			to += piece;
			left -= piece;
		}
		*to = '\0';
		used += (size_t)payload + 1;
	}
	const char *p = text.data;
	for (size_t i = 0; i < *n_read; i++) {
		out[i].s.data = p;
		p += out[i].s.size + 1;
	}
	return true;
}

static size_t read_numbers(entries *e, int fd, int32_t type, uint64_t first, size_t count,
                           oray_element *out)
{
	unsigned bits = oray_type_bits(type);
	bool complex = type == ORAY_COMPLEX64 || type == ORAY_COMPLEX128;
	uint64_t per_entry = bits == 4 || bits == 2 ? 8 / bits : 1, entry = 0;
	int32_t real = e->width == 4 ? ORAY_FLOAT32 : ORAY_FLOAT64;
	size_t i = 0;
	if (!entry_skip(e, fd, complex ? first * 2 : first / per_entry))
		return 0;
	for (; i < count; i++) {
		unsigned part = (unsigned)((first + i) % per_entry);
		if (complex) {
			uint64_t re, im;
			if (!entry_bits(e, fd, &re) || !entry_bits(e, fd, &im))
				break;
			out[i].c.re = element_of_bits(real, re).f;
			out[i].c.im = element_of_bits(real, im).f;
			continue;
		}
		if ((part == 0 || i == 0) && !entry_bits(e, fd, &entry))
			break;
		out[i] = element_of_bits(type, entry >> (part * bits));
	}
	return i;
}

static oray_status read_typed(const oray_model *m, oray_id tensor, const oray_tensor *t,
                              uint64_t first, size_t count, oray_element *out, size_t *n_read,
                              oray_error *err)
{
	model_segment one;
	uint8_t field = entries_field(t->type);
	entries *e = entries_new();
	if (!e)
		return error_memory(err);
	e->segments = model_segments(m, tensor, &one, &e->n_segments);
	e->held = model_small_data(m, tensor);
	e->field = field;
	e->width = field == FIELD_FLOAT ? 4 : field == FIELD_DOUBLE ? 8 : 0;
	e->is_text = field == FIELD_STRING;
	bool right = e->n_segments && e->segments[0].field == field, ok = true;
	if (right && e->is_text)
		ok = entry_skip(e, m->source.fd, first) && read_texts(e, m->source.fd, count, out, n_read);
	else if (right)
		*n_read = read_numbers(e, m->source.fd, t->type, first, count, out);
	heap_free(e);
	if (!right)
		return error_set(err, ORAY_ERR_MALFORMED, t->file_offset, NULL,
		                 "the values are in a field that does not belong to type %s",
		                 oray_type_name(t->type) ? oray_type_name(t->type) : "?");
	if (!ok || *n_read < count)
		return error_set(err, ORAY_ERR_MALFORMED, t->file_offset, NULL,
		                 "fewer values than the dimensions ask for");
	return ORAY_OK;
}

static oray_status read_stored(const oray_model *m, oray_id tensor, const oray_tensor *t,
                               uint64_t first, size_t count, oray_element *out, oray_error *err)
{
	if (!t->bytes.exact)
		return error_set(err, ORAY_ERR_MALFORMED, t->file_offset, NULL,
		                 "raw bytes of a type without a fixed size");
	raw_part from = {m->source.fd, 0, t->stored_bytes, NULL};
	oray_status status = ORAY_OK;
	if (t->storage == ORAY_STORAGE_EXTERNAL) {
		status = external_open(m, t, t->bytes.value, &from.fd, &from.offset, err);
		from.size = t->bytes.value;
	} else {
		model_segment one;
		size_t n;
		const model_segment *s = model_segments(m, tensor, &one, &n);
		while (n > 1 && s->field != FIELD_RAW)
			s++, n--;
		from.offset = s->offset;
		from.held = model_small_data(m, tensor);
	}
	if (status == ORAY_OK && from.size < t->bytes.value)
		status = error_set(err, ORAY_ERR_MALFORMED, t->file_offset, NULL,
		                   "%llu bytes of data, %llu are needed", (unsigned long long)from.size,
		                   (unsigned long long)t->bytes.value);
	if (status == ORAY_OK)
		status = read_raw(&from, t, first, count, out, err);
	if (from.fd >= 0 && from.fd != m->source.fd)
		close(from.fd);
	return status;
}

oray_status oray_tensor_read(const oray_model *m, oray_id tensor, uint64_t first, size_t count,
                             oray_element *out, size_t *n_read, oray_error *err)
{
	oray_tensor t;
	*n_read = 0;
	if (!oray_model_tensor(m, tensor, &t))
		return error_set(err, ORAY_ERR_NOT_FOUND, ORAY_NO_OFFSET, NULL, "no such tensor");
	if (!t.elements.exact)
		return error_set(err, ORAY_ERR_MALFORMED, t.file_offset, NULL,
		                 "the dimensions are negative or too large");
	if (first >= t.elements.value || !count)
		return ORAY_OK;
	if (count > t.elements.value - first)
		count = (size_t)(t.elements.value - first);
	if (t.storage == ORAY_STORAGE_NONE)
		return error_set(err, ORAY_ERR_MALFORMED, t.file_offset, NULL, "the tensor has no data");
	if (t.storage == ORAY_STORAGE_TYPED)
		return read_typed(m, tensor, &t, first, count, out, n_read, err);
	oray_status status = read_stored(m, tensor, &t, first, count, out, err);
	if (status == ORAY_OK)
		*n_read = count;
	return status;
}

static void read_memory(const oray_model *m, const model_attribute *a, uint64_t first, size_t count,
                        oray_element *out)
{
	for (size_t i = 0; i < count; i++) {
		size_t at = (size_t)first + i;
		if (a->type == ORAY_ATTR_FLOATS)
			out[i].f = (double)a->v.floats[at];
		else if (a->type == ORAY_ATTR_INTS)
			out[i].i = a->v.ints[at];
		else if (a->type == ORAY_ATTR_STRINGS)
			out[i].s = strings_get(&m->strings, a->v.ids[at]);
		else
			out[i].s = strings_get(&m->strings, a->v.id);
	}
}

oray_status oray_attribute_read(const oray_model *m, oray_id attribute, uint64_t first,
                                size_t count, oray_element *out, size_t *n_read, oray_error *err)
{
	*n_read = 0;
	if (attribute >= m->attributes.n)
		return error_set(err, ORAY_ERR_NOT_FOUND, ORAY_NO_OFFSET, NULL, "no such attribute");
	const model_attribute *a = &m->attributes.at[attribute];
	bool is_text = a->type == ORAY_ATTR_STRING || a->type == ORAY_ATTR_STRINGS;
	if (!is_text && a->type != ORAY_ATTR_FLOATS && a->type != ORAY_ATTR_INTS)
		return error_set(err, ORAY_ERR_USAGE, ORAY_NO_OFFSET, NULL, "not a list of values");
	if (first >= a->count)
		return ORAY_OK;
	if (count > a->count - first)
		count = (size_t)(a->count - first);
	if (!a->on_disk) {
		read_memory(m, a, first, count, out);
		*n_read = count;
		return ORAY_OK;
	}
	entries *e = entries_new();
	if (!e)
		return error_memory(err);
	e->segments = a->v.list->segments;
	e->n_segments = a->v.list->n_segments;
	e->field = e->n_segments ? e->segments[0].field : 0;
	e->width = a->type == ORAY_ATTR_FLOATS ? 4 : 0;
	e->is_text = is_text;
	bool ok = true;
	if (is_text)
		ok = entry_skip(e, m->source.fd, first) && read_texts(e, m->source.fd, count, out, n_read);
	else
		*n_read =
		    read_numbers(e, m->source.fd, a->type == ORAY_ATTR_FLOATS ? ORAY_FLOAT32 : ORAY_INT64,
		                 first, count, out);
	heap_free(e);
	if (!ok || *n_read < count)
		return error_set(err, ORAY_ERR_IO, ORAY_NO_OFFSET, NULL, "values cannot be read");
	return ORAY_OK;
}
