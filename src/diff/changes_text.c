/* SPDX-License-Identifier: Apache-2.0 */
/*
 * changes_text.c - types, shapes, attributes and small tensors as texts.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "diff/comparison.h"

enum { NESTED_MOST = 8, LIST_MOST = 16, TEXT_MOST = 80 };

bool text_of_shape(buf *b, const oray_model *model, oray_id type)
{
	oray_type t;

	if (!oray_model_type(model, type, &t) || !t.has_shape)
		return false;
	buf_char(b, '[');
	for (size_t i = 0; i < t.n_dims; i++) {
		oray_dim dim = oray_model_dim(model, type, i);
		buf_str(b, i ? "," : "");
		if (dim.kind == ORAY_DIM_VALUE)
			buf_format(b, "%" PRId64, dim.value);
		else if (dim.kind == ORAY_DIM_SYMBOL && dim.symbol.size)
			buf_printable(b, dim.symbol.data, dim.symbol.size);
		else
			buf_char(b, '?');
	}
	buf_char(b, ']');
	return true;
}

static void element_name(buf *b, int32_t element)
{
	const char *name = oray_type_name(element);

	if (name)
		buf_str(b, name);
	else
		buf_format(b, "type %" PRId32, element);
}

void text_of_type(buf *b, const oray_model *model, oray_id type)
{
	static const char *const kinds[] = {
	    [ORAY_KIND_UNKNOWN] = "unknown",       [ORAY_KIND_TENSOR] = "",
	    [ORAY_KIND_SPARSE_TENSOR] = "sparse ", [ORAY_KIND_SEQUENCE] = "sequence of ",
	    [ORAY_KIND_OPTIONAL] = "optional ",    [ORAY_KIND_MAP] = "map of ",
	    [ORAY_KIND_OPAQUE] = "opaque",
	};
	oray_type t;

	for (unsigned depth = 0; depth < NESTED_MOST && oray_model_type(model, type, &t); depth++) {
		buf_str(b, kinds[t.kind]);
		if (t.kind == ORAY_KIND_TENSOR || t.kind == ORAY_KIND_SPARSE_TENSOR) {
			element_name(b, t.element);
			buf_char(b, ' ');
			if (!text_of_shape(b, model, type))
				buf_char(b, '?');
			return;
		}
		type = t.inner;
	}
}

/* ---- numbers ---- */

static void add_double(buf *b, double x)
{
	if (isfinite(x)) {
		size_t from = b->n;
		buf_format(b, "%.9g", x);
		for (size_t i = from; i < b->n; i++)
			if (b->data[i] == ',')
				b->data[i] = '.';
	} else {
		buf_str(b, isnan(x) ? "nan" : x > 0 ? "inf" : "-inf");
	}
}

static void add_string(buf *b, oray_str s)
{
	buf_char(b, '"');
	buf_printable(b, s.data, s.size < TEXT_MOST ? s.size : TEXT_MOST);
	buf_str(b, s.size > TEXT_MOST ? "...\"" : "\"");
}

static void add_element(buf *b, int32_t type, const oray_element *e)
{
	switch (type) {
	case ORAY_STRING:
		add_string(b, e->s);
		break;
	case ORAY_INT8:
	case ORAY_INT16:
	case ORAY_INT32:
	case ORAY_INT64:
	case ORAY_INT4:
	case ORAY_INT2:
		buf_format(b, "%" PRId64, e->i);
		break;
	case ORAY_UINT8:
	case ORAY_UINT16:
	case ORAY_UINT32:
	case ORAY_UINT64:
	case ORAY_UINT4:
	case ORAY_UINT2:
	case ORAY_BOOL:
		buf_format(b, "%" PRIu64, e->u);
		break;
	case ORAY_COMPLEX64:
	case ORAY_COMPLEX128:
		add_double(b, e->c.re);
		buf_char(b, '+');
		add_double(b, e->c.im);
		buf_char(b, 'i');
		break;
	default:
		add_double(b, e->f);
	}
}

bool text_of_tensor(buf *b, const oray_model *model, oray_id tensor)
{
	oray_tensor t;
	oray_element e[LIST_MOST];
	size_t n = 0;

	if (!oray_model_tensor(model, tensor, &t) || !t.elements.exact)
		return false;
	if (t.elements.value > LIST_MOST) {
		element_name(b, t.type);
		buf_format(b, ", %" PRIu64 " elements", t.elements.value);
		return true;
	}
	if (oray_tensor_read(model, tensor, 0, LIST_MOST, e, &n, NULL) != ORAY_OK ||
	    n != t.elements.value)
		return false;
	if (t.n_dims)
		buf_char(b, '[');
	for (size_t i = 0; i < n; i++) {
		buf_str(b, i ? "," : "");
		add_element(b, t.type, &e[i]);
	}
	if (t.n_dims)
		buf_char(b, ']');
	return true;
}

/* ---- attributes ---- */

static void list(buf *b, const oray_model *model, oray_id id, const oray_attribute *a)
{
	oray_element e[LIST_MOST];
	size_t n = 0;
	int32_t type = a->type == ORAY_ATTR_INTS     ? ORAY_INT64
	               : a->type == ORAY_ATTR_FLOATS ? ORAY_FLOAT32
	                                             : ORAY_STRING;

	if (a->count > LIST_MOST ||
	    oray_attribute_read(model, id, 0, LIST_MOST, e, &n, NULL) != ORAY_OK) {
		buf_format(b, "%zu values", a->count);
		return;
	}
	buf_char(b, '[');
	for (size_t i = 0; i < n; i++) {
		buf_str(b, i ? "," : "");
		add_element(b, type, &e[i]);
	}
	buf_char(b, ']');
}

void text_of_attribute(buf *b, const oray_model *model, oray_id id)
{
	oray_attribute a;

	if (!oray_model_attribute(model, id, &a))
		return;
	if (a.reference.size) {
		buf_char(b, '@');
		buf_printable(b, a.reference.data, a.reference.size);
		return;
	}
	switch (a.type) {
	case ORAY_ATTR_FLOAT:
		add_double(b, (double)a.v.f);
		break;
	case ORAY_ATTR_INT:
		buf_format(b, "%" PRId64, a.v.i);
		break;
	case ORAY_ATTR_STRING:
		if (a.on_disk)
			buf_format(b, "%" PRIu64 " bytes", a.stored_bytes);
		else
			add_string(b, a.v.s);
		break;
	case ORAY_ATTR_FLOATS:
	case ORAY_ATTR_INTS:
	case ORAY_ATTR_STRINGS:
		list(b, model, id, &a);
		break;
	case ORAY_ATTR_TENSOR:
		if (!text_of_tensor(b, model, a.v.id))
			buf_str(b, "a tensor");
		break;
	case ORAY_ATTR_TYPE_PROTO:
		text_of_type(b, model, a.v.id);
		break;
	default:
		buf_format(b, "%zu of them", a.count);
	}
}
