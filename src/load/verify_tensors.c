/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify_tensors.c - whether the data of a tensor is where, and as much, as its type asks for.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/heap.h"
#include "base/num.h"
#include "load/entries.h"
#include "load/external.h"
#include "load/verify.h"

static void tensor_note(oray_model *m, const char *rule, oray_id tensor, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void tensor_note(oray_model *m, const char *rule, oray_id tensor, const char *format, ...)
{
	char text[256];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	model_finding(m, ORAY_ERROR, rule, (oray_place){ORAY_PLACE_TENSOR, tensor}, "model", "%s",
	              text);
}

static const char *field_name(uint8_t field)
{
	static const char *const names[] = {
	    [FIELD_FLOAT] = "float_data",   [FIELD_INT32] = "int32_data",
	    [FIELD_STRING] = "string_data", [FIELD_INT64] = "int64_data",
	    [FIELD_RAW] = "raw_data",       [FIELD_DOUBLE] = "double_data",
	    [FIELD_UINT64] = "uint64_data",
	};
	return field < sizeof names / sizeof *names && names[field] ? names[field] : "no field";
}

/* What a tensor's data is, put together. */
typedef struct data {
	const model_segment *segments;
	size_t n_segments, n_fields;
	uint8_t field; /* with data in it; the first, if there are several */
	bool cut;
} data;

static data data_of(const oray_model *m, oray_id tensor, model_segment *one)
{
	data d = {0};
	uint32_t seen = 0;
	d.segments = model_segments(m, tensor, one, &d.n_segments);
	for (size_t i = 0; i < d.n_segments; i++) {
		const model_segment *s = &d.segments[i];
		d.cut |= s->cut;
		if (!s->size || s->field >= 32 || seen >> s->field & 1)
			continue;
		seen |= UINT32_C(1) << s->field;
		d.field = d.n_fields++ ? d.field : s->field;
	}
	return d;
}

/* @return false when the shape makes no sense, after a finding. */
static bool count_elements(oray_model *m, oray_id tensor, uint64_t *elements)
{
	const model_tensor *t = &m->tensors.at[tensor];
	const int64_t *dims = m->dims.at + t->dims;
	for (size_t i = 0; i < t->n_dims; i++)
		if (dims[i] < 0) {
			tensor_note(m, "tensor-dims", tensor, "dimension %zu is %" PRId64, i, dims[i]);
			return false;
		}
	if (num_product(dims, t->n_dims, elements) && *elements <= INT64_MAX)
		return true;
	tensor_note(m, "tensor-dims", tensor, "the dimensions make more elements than 63 bits count");
	return false;
}

/* Entries that a typed field needs at least; packed integers are as many as an entry takes in. */
static bool entries_needed(int32_t type, uint64_t elements, uint64_t *needed)
{
	unsigned bits = oray_type_bits(type);
	unsigned each = bits == 4 ? 8 : bits == 2 ? 16 : 1;
	bool complex = type == ORAY_COMPLEX64 || type == ORAY_COMPLEX128;
	*needed = elements / each + (elements % each != 0);
	return num_mul(*needed, complex ? 2 : 1, needed) && *needed <= INT64_MAX;
}

/* Walks the entries of a field: how many there are, up to `most`, and all their bits. */
static bool count_entries(const oray_model *m, const data *d, uint64_t most, uint64_t *n,
                          uint64_t *bits)
{
	entries *e = entries_new();
	if (!e)
		return false;
	e->segments = d->segments;
	e->n_segments = d->n_segments;
	e->field = d->field;
	e->width = d->field == FIELD_FLOAT ? 4 : d->field == FIELD_DOUBLE ? 8 : 0;
	e->is_text = d->field == FIELD_STRING;
	*n = *bits = 0;
	for (uint64_t one; *n < most; ++*n) {
		if (!e->width && !e->is_text) {
			if (!entry_bits(e, m->source.fd, &one))
				break;
			*bits |= one;
		} else if (!entry_skip(e, m->source.fd, 1)) {
			break;
		}
	}
	heap_free(e);
	return true;
}

static bool is_float6(int32_t type)
{
	return type == ORAY_FLOAT6E2M3 || type == ORAY_FLOAT6E3M2;
}

static void verify_raw(oray_model *m, oray_id tensor, const data *d, uint64_t elements)
{
	int32_t type = m->tensors.at[tensor].type;
	uint64_t size = 0, needed, bits;
	const model_segment *last = NULL;
	uint8_t byte;
	for (size_t i = 0; i < d->n_segments; i++)
		if (d->segments[i].field == FIELD_RAW) {
			last = &d->segments[i];
			size += last->size;
		}
	if (type == ORAY_STRING) {
		tensor_note(m, "tensor-data", tensor, "texts cannot be in raw_data, only in string_data");
		return;
	}
	if (!oray_type_bytes(type, elements, &needed) || needed > INT64_MAX) {
		tensor_note(m, "tensor-dims", tensor, "the dimensions make more bytes than 63 bits count");
		return;
	}
	if (size != needed)
		tensor_note(m, "tensor-size", tensor,
		            "raw_data has %" PRIu64 " bytes, type and dimensions ask for %" PRIu64, size,
		            needed);
	else if (is_float6(type) && num_mul(elements, 6, &bits) && bits % 8 && last &&
	         pread(m->source.fd, &byte, 1, (off_t)(last->offset + last->size - 1)) == 1 &&
	         byte >> bits % 8)
		tensor_note(m, "tensor-data", tensor, "the last byte has bits set behind the last element");
}

static void verify_typed(oray_model *m, oray_id tensor, const data *d, uint64_t elements)
{
	int32_t type = m->tensors.at[tensor].type;
	uint8_t field = entries_field(type);
	uint64_t needed, found, bits;
	if (d->field != field) {
		tensor_note(m, "tensor-data", tensor, "%s is stored in %s, it should be in %s",
		            oray_type_name(type), field_name(d->field), field_name(field));
		return;
	}
	if (!entries_needed(type, elements, &needed)) {
		tensor_note(m, "tensor-dims", tensor,
		            "the dimensions make more entries than 63 bits count");
		return;
	}
	/* How packed integers lie in entries is told in two ways, so surplus ones are no fault. */
	bool exact = oray_type_bits(type) >= 8 || type == ORAY_STRING;
	if (!count_entries(m, d, needed + exact, &found, &bits))
		return;
	if (found > needed)
		tensor_note(m, "tensor-size", tensor,
		            "%s has more than the %" PRIu64 " entries that type and dimensions ask for",
		            field_name(field), needed);
	else if (found < needed)
		tensor_note(m, "tensor-size", tensor,
		            "%s has %" PRIu64 " entries, type and dimensions ask for %" PRIu64,
		            field_name(field), found, needed);
	else if (is_float6(type) && bits > 0x3f)
		tensor_note(m, "tensor-data", tensor, "an entry has more than the 6 bits of its type");
}

static void verify_data(oray_model *m, oray_id tensor, const data *d)
{
	uint64_t elements;
	if (!count_elements(m, tensor, &elements) || d->cut)
		return;
	if (!elements && d->n_fields)
		tensor_note(m, "tensor-data", tensor, "there are data in %s, for no elements",
		            field_name(d->field));
	else if (elements && !d->n_fields)
		tensor_note(m, "tensor-data", tensor, "there are no data for %" PRIu64 " elements",
		            elements);
	else if (d->n_fields > 1)
		tensor_note(m, "tensor-data", tensor, "data are in %zu fields, of which %s is one",
		            d->n_fields, field_name(d->field));
	else if (elements && d->field == FIELD_RAW)
		verify_raw(m, tensor, d, elements);
	else if (elements)
		verify_typed(m, tensor, d, elements);
}

static bool same(oray_str a, oray_str b)
{
	return a.size == b.size && memcmp(a.data, b.data, a.size) == 0;
}

/* Tensors of one file stand in a row: it is looked at for the first of them. */
static void verify_links(oray_model *m, oray_id id, oray_str *last)
{
	oray_tensor t;
	if (!oray_model_tensor(m, id, &t) || same(t.location, *last))
		return;
	*last = t.location;
	uint64_t links = external_links(m, &t);
	if (links > 1)
		tensor_note(m, "external-data", id,
		            "the file '%.*s' has %" PRIu64
		            " names: under one of them it may be any file of this machine",
		            (int)(t.location.size < 80 ? t.location.size : 80), t.location.data, links);
}

void verify_tensors(oray_model *m)
{
	oray_str last = {"", 0};
	for (oray_id id = 0; id < m->tensors.n; id++) {
		const model_tensor *t = &m->tensors.at[id];
		bool external = t->extra != ORAY_NONE && m->extras.at[t->extra].is_external;
		model_segment one;
		data d = data_of(m, id, &one);
		if (!t->type)
			tensor_note(m, "tensor-type", id, "the tensor has no element type");
		else if (!oray_type_name(t->type))
			tensor_note(m, "tensor-type", id, "element type %d is none of the standard",
			            (int)t->type);
		else if (!external)
			verify_data(m, id, &d);
		if (external)
			verify_links(m, id, &last);
		if (external && d.n_fields)
			tensor_note(m, "external-data", id,
			            "the data are said to be in another file, but %s has some as well",
			            field_name(d.field));
	}
}
