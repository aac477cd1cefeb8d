/* SPDX-License-Identifier: Apache-2.0 */
#include "load/tensor_bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/heap.h"
#include "load/entries.h"
#include "load/external.h"
#include "model/model.h"

/* How far ahead the kernel is asked to read: enough for a disk to be busy while we compute. */
enum { AHEAD = 4 * 1024 * 1024 };

struct tensor_bytes {
	const oray_model *m;
	int fd; /* of the model, or own: external */
	uint32_t bits;
	uint64_t elements;
	uint64_t size, fetched; /* bytes as raw data: all, and those that went through `bytes` */
	uint64_t offset;        /* direct: of the data in the file */
	uint64_t advised;       /* direct: up to where reading ahead was asked for */
	entries *typed;         /* NULL: direct */
	const model_segment *segments;
	model_segment one;
	size_t n_segments;
	uint64_t message; /* offset of the tensor in the model file, for errors */
	size_t next, n;   /* unread part of bytes */
	/* What was left of the last piece is moved to before the next one, which stays aligned. Room for
	 * all of a small tensor; for a chunk of all others, so that their blocks are alike. */
	uint8_t bytes[];
};

/* From so many bytes on the memory of a tensor serves for the next one. */
enum { WORTH_KEEPING = 16 * 1024 };

/* Bytes of a chunk, and what packing entries may write behind the last one. */
enum { ROOM = TENSOR_BYTES_MOST + TENSOR_BYTES_CHUNK, OVER = 8 };

static oray_status refuse(const oray_tensor *t, oray_status code, oray_error *err, const char *why)
{
	return error_set(err, code, t->file_offset, NULL, "%s", why);
}

/* Fixed numbers in one packed piece lie there as raw data would. */
static bool lies_raw(const tensor_bytes *b, unsigned width)
{
	return width && b->n_segments == 1 && b->segments->packed && b->segments->size >= b->size;
}

static oray_status open_typed(tensor_bytes *b, const oray_tensor *t, oray_error *err)
{
	uint8_t field = entries_field(t->type);
	unsigned width = field == FIELD_FLOAT ? 4 : field == FIELD_DOUBLE ? 8 : 0;
	if (!b->n_segments || b->segments->field != field)
		return refuse(t, ORAY_ERR_MALFORMED, err,
		              "the values are in a field that does not belong to the type");
	b->offset = b->segments->offset;
	if (lies_raw(b, width))
		return ORAY_OK;
	b->typed = entries_new();
	if (!b->typed)
		return error_memory(err);
	b->typed->segments = b->segments;
	b->typed->n_segments = b->n_segments;
	b->typed->field = field;
	b->typed->width = width;
	return ORAY_OK;
}

static oray_status open_data(tensor_bytes *b, oray_id tensor, const oray_tensor *t, oray_error *err)
{
	if (t->storage == ORAY_STORAGE_EXTERNAL)
		return external_open(b->m, t, b->size, &b->fd, &b->offset, err);
	b->segments = model_segments(b->m, tensor, &b->one, &b->n_segments);
	if (t->storage == ORAY_STORAGE_TYPED)
		return open_typed(b, t, err);
	while (b->n_segments > 1 && b->segments->field != FIELD_RAW)
		b->segments++, b->n_segments--;
	b->offset = b->segments->offset;
	if (t->stored_bytes < b->size)
		return refuse(t, ORAY_ERR_MALFORMED, err, "fewer bytes of data than are needed");
	return ORAY_OK;
}

/* ---------------------------------------------------------------------------------- memory -- */

static tensor_bytes *get_memory(const oray_model *m, uint64_t size)
{
	tensor_bytes *b = NULL;
	if (size < WORTH_KEEPING)
		return heap_get(sizeof *b + TENSOR_BYTES_MOST + (size_t)size + OVER);
	for (size_t i = 0; !b && i < MODEL_SPARES; i++)
		b = atomic_exchange(&m->spares->at[i], NULL);
	return b ? b : heap_get(sizeof *b + ROOM + OVER);
}

static void give_back(tensor_bytes *b)
{
	void *p = b;
	const oray_model *m = b->m;
	bool is_spare = b->size >= WORTH_KEEPING;
	for (size_t i = 0; is_spare && p && i < MODEL_SPARES; i++)
		p = atomic_exchange(&m->spares->at[i], p);
	heap_free(p);
}

oray_status tensor_bytes_open(const oray_model *m, oray_id tensor, tensor_bytes **out,
                              oray_error *err)
{
	oray_tensor t;
	*out = NULL;
	if (!oray_model_tensor(m, tensor, &t))
		return error_set(err, ORAY_ERR_NOT_FOUND, ORAY_NO_OFFSET, NULL, "no such tensor");
	if (!t.elements.exact)
		return refuse(&t, ORAY_ERR_MALFORMED, err, "the dimensions are negative or too large");
	if (!oray_type_bits(t.type) || !t.bytes.exact)
		return refuse(&t, ORAY_ERR_USAGE, err, "elements of this type are no numbers");
	if (t.storage == ORAY_STORAGE_NONE && t.elements.value)
		return refuse(&t, ORAY_ERR_MALFORMED, err, "the tensor has no data");
	tensor_bytes *b = get_memory(m, t.bytes.value);
	if (!b)
		return error_memory(err);
	memset(b, 0, sizeof *b);
	b->m = m;
	b->fd = m->source.fd;
	b->bits = oray_type_bits(t.type);
	b->elements = t.elements.value;
	b->size = t.bytes.value;
	b->message = t.file_offset;
	oray_status status = b->size ? open_data(b, tensor, &t, err) : ORAY_OK;
	if (status != ORAY_OK) {
		tensor_bytes_close(b);
		return status;
	}
	if (!b->typed && b->size > TENSOR_BYTES_CHUNK)
		posix_fadvise(b->fd, (off_t)b->offset, (off_t)b->size, POSIX_FADV_SEQUENTIAL);
	*out = b;
	return ORAY_OK;
}

void tensor_bytes_close(tensor_bytes *b)
{
	if (!b)
		return;
	if (b->fd >= 0 && b->fd != b->m->source.fd)
		close(b->fd);
	heap_free(b->typed);
	give_back(b);
}

uint64_t tensor_bytes_size(const tensor_bytes *b)
{
	return b->size;
}

bool tensor_bytes_is_direct(const tensor_bytes *b)
{
	return !b->typed;
}

oray_status tensor_bytes_at(const tensor_bytes *b, uint64_t offset, size_t n, uint8_t *to,
                            oray_error *err)
{
	for (size_t done = 0; done < n;) {
		uint64_t at = b->offset + offset + done;
		ssize_t got = pread(b->fd, to + done, n - done, (off_t)at);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return error_set(err, ORAY_ERR_IO, at, NULL, "values cannot be read");
		done += (size_t)got;
	}
	return ORAY_OK;
}

static void read_ahead(tensor_bytes *b)
{
	if (b->size <= TENSOR_BYTES_CHUNK || b->fetched + AHEAD / 2 < b->advised)
		return;
	uint64_t from = b->advised > b->fetched ? b->advised : b->fetched;
	uint64_t to = b->fetched + AHEAD < b->size ? b->fetched + AHEAD : b->size;
	if (to > from)
		posix_fadvise(b->fd, (off_t)(b->offset + from), (off_t)(to - from), POSIX_FADV_WILLNEED);
	b->advised = to;
}

/* The bytes of four 6-bit elements, of which `n` are there. */
static size_t pack_six(const uint64_t bits[4], unsigned n, uint8_t *to)
{
	uint32_t all = 0;
	for (unsigned i = 0; i < n; i++)
		all |= (uint32_t)(bits[i] & 63) << (6 * i);
	for (unsigned i = 0; i < 3; i++)
		to[i] = (uint8_t)(all >> (8 * i));
	return (n * 6 + 7) / 8;
}

/* Turns entries into raw bytes, at most `room`, as many as belong together. 0: none are left. */
static size_t take_typed(tensor_bytes *b, uint8_t *to, size_t room)
{
	entries *e = b->typed;
	unsigned unit = e->width ? e->width : b->bits == 6 ? 3 : b->bits < 8 ? 1 : b->bits / 8;
	size_t n = 0;
	while (room - n >= unit && b->fetched + n < b->size) {
		uint64_t bits[4];
		unsigned got = 0, group = 1;
		if (b->bits == 6) {
			uint64_t left = b->elements - (b->fetched + n) / 3 * 4;
			group = left < 4 ? (unsigned)left : 4;
		}
		while (got < group && entry_bits(e, b->m->source.fd, &bits[got]))
			got++;
		if (got < group)
			break;
		if (b->bits == 6) {
			n += pack_six(bits, group, to + n);
			continue;
		}
		for (unsigned i = 0; i < unit; i++)
			to[n + i] = (uint8_t)(bits[0] >> (8 * i));
		n += unit;
	}
	return n;
}

oray_status tensor_bytes_peek(tensor_bytes *b, size_t want, const uint8_t **p, size_t *n,
                              oray_error *err)
{
	size_t held = b->n - b->next;
	if (held < want && b->fetched < b->size) {
		uint8_t *start = b->bytes + TENSOR_BYTES_MOST;
		size_t got, room = TENSOR_BYTES_CHUNK;
		memmove(start - held, b->bytes + b->next, held);
		if (b->typed) {
			got = take_typed(b, start, room);
			if (!got)
				return error_set(err, ORAY_ERR_MALFORMED, b->message, NULL,
				                 "fewer values than the dimensions ask for");
		} else {
			got = b->size - b->fetched < room ? (size_t)(b->size - b->fetched) : room;
			read_ahead(b);
			oray_status status = tensor_bytes_at(b, b->fetched, got, start, err);
			if (status != ORAY_OK)
				return status;
		}
		b->fetched += got;
		b->next = TENSOR_BYTES_MOST - held;
		b->n = TENSOR_BYTES_MOST + got;
	}
	*p = b->bytes + b->next;
	*n = b->n - b->next;
	return ORAY_OK;
}

void tensor_bytes_take(tensor_bytes *b, size_t n)
{
	b->next += n;
}

void tensor_bytes_rewind(tensor_bytes *b)
{
	b->fetched = b->advised = 0;
	b->next = b->n = 0;
	if (b->typed) {
		b->typed->segment = 0;
		stream_open(&b->typed->s, -1, 0, 0, NULL);
	}
}
