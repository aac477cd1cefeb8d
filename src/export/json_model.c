/* SPDX-License-Identifier: Apache-2.0 */
#include "export/json_model.h"

#include <inttypes.h>
#include <string.h>

#include "base/heap.h"
#include "words/describe.h"
#include "export/escape.h"
#include "words/numbers.h"

#define CHUNK 256

/* Makes a string item of what `b` holds, and frees it. */
static cJSON *take_string(buf *b)
{
	cJSON *item = buf_ok(b) ? json_text((oray_str){buf_text(b), b->n}) : NULL;
	buf_free(b);
	return item;
}

/* Makes an item of JSON text, and frees it. */
static cJSON *take_raw(buf *b)
{
	cJSON *item = json_raw(b);
	buf_free(b);
	return item;
}

/* ------------------------------------------------------------------- types and shapes -- */

cJSON *json_dims(const int64_t *dims, size_t n)
{
	buf b = {0};
	buf_char(&b, '[');
	for (size_t i = 0; i < n; i++)
		buf_format(&b, "%s%" PRId64, i ? "," : "", dims[i]);
	buf_char(&b, ']');
	return take_raw(&b);
}

/* With `as_declared`, dimensions that the model leaves without a name have none. */
static cJSON *type_shape(const oray_model *model, const known_type *t, bool as_declared)
{
	if (!known_rank(t) || t->kind >= ORAY_KIND_SEQUENCE)
		return cJSON_CreateNull();
	buf b = {0};
	buf_char(&b, '[');
	as_declared &= t->has_said && t->said.n_dims == t->type.n_dims;
	for (size_t i = 0; i < known_n_dims(t); i++) {
		oray_dim dim = known_dim(model, t, i);
		if (as_declared && dim.kind == ORAY_DIM_SYMBOL)
			dim = oray_model_dim(model, t->said.id, i);
		buf_str(&b, i ? "," : "");
		if (dim.kind == ORAY_DIM_VALUE)
			buf_format(&b, "%" PRId64, dim.value);
		else if (dim.kind == ORAY_DIM_SYMBOL && dim.symbol.size)
			escape_json(&b, dim.symbol.data, dim.symbol.size);
		else
			buf_str(&b, "null");
	}
	buf_char(&b, ']');
	return take_raw(&b);
}

/* What the model declares, where it is not so. */
static cJSON *said_item(emit *e, const oray_model *model, const known_type *t)
{
	known_type said = {.declared = true, .type = t->said};
	said.kind = said.type.kind;
	said.element = said.type.element;
	buf b = {0};
	known_type_text(&b, model, &said);
	cJSON *object = cJSON_CreateObject();
	json_put(e, object, "type", take_string(&b));
	json_put(e, object, "shape", type_shape(model, &said, false));
	return object;
}

static void put_type(emit *e, cJSON *object, const oray_model *model, const known_type *t,
                     bool as_declared)
{
	buf b = {0};
	known_type_text(&b, model, t);
	json_put(e, object, "type", known_type_is_known(t) ? take_string(&b) : cJSON_CreateNull());
	buf_free(&b);
	json_put(e, object, "shape", type_shape(model, t, as_declared));
	if (t->contradicts)
		json_put(e, object, "declared", said_item(e, model, t));
	known_type inside = {.declared = true};
	if (!t->declared || !oray_model_type(model, t->type.inner, &inside.type))
		return;
	/* one level: what is nested deeper is in the name of the type */
	cJSON *element = cJSON_CreateObject();
	inside.kind = inside.type.kind;
	inside.element = inside.type.element;
	buf name = {0};
	known_type_text(&name, model, &inside);
	json_put(e, element, "type", take_string(&name));
	json_put(e, element, "shape", type_shape(model, &inside, false));
	json_put(e, object, "element", element);
}

static void put_value(emit *e, cJSON *object, const oray_model *model, oray_id value,
                      bool as_declared)
{
	oray_value v = {.name = {"", 0}, .type = ORAY_NONE};
	oray_model_value(model, value, &v);
	known_type t = known_type_of(model, value);
	json_put(e, object, "name", json_text(v.name));
	put_type(e, object, model, &t, as_declared);
}

void json_put_value(emit *e, cJSON *object, const oray_model *model, oray_id value)
{
	put_value(e, object, model, value, false);
}

cJSON *json_value(emit *e, const oray_model *model, oray_id value)
{
	cJSON *object = cJSON_CreateObject();
	json_put_value(e, object, model, value);
	return object;
}

void json_put_outputs(emit *e, cJSON *object, const oray_model *model, const oray_id *values,
                      size_t n)
{
	cJSON *array = cJSON_CreateArray();
	for (size_t i = 0; i < n && i < JSON_VALUES && emit_ok(e); i++) {
		cJSON *item = cJSON_CreateObject();
		oray_value v = {.name = {"", 0}};
		oray_model_value(model, values[i], &v);
		known_type t = known_face_of(model, values[i]);
		json_put(e, item, "name", json_text(v.name));
		put_type(e, item, model, &t, false);
		json_push(e, array, item);
	}
	json_put(e, object, "outputs", array);
	if (n > JSON_VALUES)
		json_put_length(e, object, "outputs", n);
}

void json_put_inputs(emit *e, cJSON *object, const oray_model *model, const oray_id *values,
                     size_t n)
{
	cJSON *array = cJSON_CreateArray();
	for (size_t i = 0; i < n && i < JSON_VALUES && emit_ok(e); i++) {
		cJSON *item = cJSON_CreateObject();
		put_value(e, item, model, values[i], true);
		json_push(e, array, item);
	}
	json_put(e, object, "inputs", array);
	if (n > JSON_VALUES)
		json_put_length(e, object, "inputs", n);
}

void json_put_values(emit *e, cJSON *object, const char *key, const oray_model *model,
                     const oray_id *values, size_t n)
{
	cJSON *array = cJSON_CreateArray();
	for (size_t i = 0; i < n && i < JSON_VALUES && emit_ok(e); i++)
		json_push(e, array, json_value(e, model, values[i]));
	json_put(e, object, key, array);
	if (n > JSON_VALUES)
		json_put_length(e, object, key, n);
}

cJSON *json_graph_path(const oray_model *model, oray_id graph)
{
	buf b = {0};
	graph_path_text(&b, model, graph);
	return take_string(&b);
}

cJSON *json_node_label(const oray_model *model, oray_id node)
{
	buf b = {0};
	node_label_text(&b, model, node);
	return take_string(&b);
}

cJSON *json_opsets(emit *e, const oray_opset *opsets, size_t n)
{
	json_entry *entries = n ? heap_zeroed(n, sizeof *entries) : NULL;
	if (n && !entries)
		return NULL;
	for (size_t i = 0; i < n; i++)
		entries[i] = (json_entry){opsets[i].domain, json_i64(opsets[i].version)};
	cJSON *object = json_map(e, entries, n);
	heap_free(entries);
	return object;
}

/* ----------------------------------------------------------------------------- tensors -- */

static void add_element(buf *b, int32_t type, const oray_element *x)
{
	switch (type) {
	case ORAY_STRING:
		escape_json(b, x->s.data, x->s.size);
		return;
	case ORAY_COMPLEX64:
	case ORAY_COMPLEX128:
		buf_char(b, '[');
		json_add_float(b, x->c.re, type);
		buf_char(b, ',');
		json_add_float(b, x->c.im, type);
		buf_char(b, ']');
		return;
	default:
		if (number_is_float(type))
			json_add_float(b, x->f, type);
		else
			number_element(b, type, x);
	}
}

/* Appends elements of a tensor or a list attribute in chunks; false when they cannot be read. */
typedef oray_status (*reader)(const oray_model *, oray_id, uint64_t, size_t, oray_element *,
                              size_t *, oray_error *);

static bool add_elements(buf *b, const oray_model *model, oray_id id, reader read, int32_t type,
                         uint64_t count, oray_error *err)
{
	oray_element chunk[CHUNK];
	buf_char(b, '[');
	for (uint64_t first = 0; first < count;) {
		size_t wanted = count - first < CHUNK ? (size_t)(count - first) : CHUNK, n = 0;
		if (read(model, id, first, wanted, chunk, &n, err) != ORAY_OK)
			return false;
		for (size_t i = 0; i < n; i++) {
			buf_str(b, first + i ? "," : "");
			add_element(b, type, &chunk[i]);
		}
		if (n < wanted)
			break;
		first += n;
	}
	buf_char(b, ']');
	return true;
}

void json_put_elements(emit *e, cJSON *object, const oray_model *model, oray_id tensor,
                       uint64_t count)
{
	oray_tensor t;
	oray_error err;
	buf b = {0};
	if (!oray_model_tensor(model, tensor, &t))
		return;
	if (add_elements(&b, model, tensor, oray_tensor_read, t.type, count, &err))
		json_put(e, object, "values", json_raw(&b));
	else
		json_put(e, object, "values_error", json_cstr(err.message));
	buf_free(&b);
}

static void put_tensor_type(emit *e, cJSON *object, int32_t type)
{
	buf b = {0};
	element_type_text(&b, type);
	json_put(e, object, "type", take_string(&b));
}

cJSON *json_tensor(emit *e, const oray_model *model, oray_id tensor, uint64_t max_elements)
{
	oray_tensor t;
	if (!oray_model_tensor(model, tensor, &t))
		return cJSON_CreateNull();
	cJSON *object = cJSON_CreateObject();
	put_tensor_type(e, object, t.type);
	json_put(e, object, "shape", json_dims(t.dims, t.n_dims));
	if (t.storage != ORAY_STORAGE_EXTERNAL && t.elements.exact && t.elements.value <= max_elements)
		json_put_elements(e, object, model, tensor, t.elements.value);
	return object;
}

static cJSON *sparse_item(emit *e, const oray_model *model, oray_id sparse)
{
	oray_sparse s;
	oray_tensor values;
	if (!oray_model_sparse(model, sparse, &s))
		return cJSON_CreateNull();
	cJSON *object = cJSON_CreateObject();
	if (oray_model_tensor(model, s.values, &values)) {
		put_tensor_type(e, object, values.type);
		json_put_count(e, object, "nnz", values.elements);
	}
	json_put(e, object, "shape", json_dims(s.dims, s.n_dims));
	return object;
}

/* -------------------------------------------------------------------------- attributes -- */

static cJSON *type_item(emit *e, const oray_model *model, oray_id type)
{
	cJSON *object = cJSON_CreateObject();
	known_type known = {0};
	known.declared = oray_model_type(model, type, &known.type);
	if (known.declared) {
		known.kind = known.type.kind;
		known.element = known.type.element;
	}
	put_type(e, object, model, &known, false);
	return object;
}

static cJSON *graph_item(emit *e, const oray_model *model, oray_id graph)
{
	cJSON *object = cJSON_CreateObject();
	json_put(e, object, "graph", json_graph_path(model, graph));
	return object;
}

static cJSON *one_of(emit *e, const oray_model *model, oray_attribute_type type, oray_id id,
                     uint64_t max_elements)
{
	switch (type) {
	case ORAY_ATTR_TENSOR:
	case ORAY_ATTR_TENSORS:
		return json_tensor(e, model, id, max_elements);
	case ORAY_ATTR_GRAPH:
	case ORAY_ATTR_GRAPHS:
		return graph_item(e, model, id);
	case ORAY_ATTR_SPARSE_TENSOR:
	case ORAY_ATTR_SPARSE_TENSORS:
		return sparse_item(e, model, id);
	case ORAY_ATTR_TYPE_PROTO:
	case ORAY_ATTR_TYPE_PROTOS:
		return type_item(e, model, id);
	default:
		return json_text(oray_model_string(model, id));
	}
}

static cJSON *too_long(emit *e, const char *type, const char *measure, uint64_t n)
{
	cJSON *object = cJSON_CreateObject();
	json_put(e, object, "type", json_cstr(type));
	json_put(e, object, measure, json_u64(n));
	return object;
}

static cJSON *number_list(emit *e, const oray_model *model, oray_id attribute,
                          const oray_attribute *a)
{
	static const int32_t element[] = {
	    [ORAY_ATTR_FLOATS] = ORAY_FLOAT32,
	    [ORAY_ATTR_INTS] = ORAY_INT64,
	    [ORAY_ATTR_STRINGS] = ORAY_STRING,
	};
	static const char *const names[] = {
	    [ORAY_ATTR_FLOATS] = "floats",
	    [ORAY_ATTR_INTS] = "ints",
	    [ORAY_ATTR_STRINGS] = "strings",
	};
	oray_error err;
	buf b = {0};
	if (a->count <= JSON_LIST &&
	    add_elements(&b, model, attribute, oray_attribute_read, element[a->type], a->count, &err))
		return take_raw(&b);
	buf_free(&b);
	return too_long(e, names[a->type], "count", a->count);
}

static cJSON *attribute_item(emit *e, const oray_model *model, oray_id attribute,
                             const oray_attribute *a, uint64_t max_elements)
{
	oray_attribute text;
	if (a->reference.size) {
		cJSON *object = cJSON_CreateObject();
		json_put(e, object, "reference", json_text(a->reference));
		return object;
	}
	switch (a->type) {
	case ORAY_ATTR_FLOAT:
		return json_float32(a->v.f);
	case ORAY_ATTR_INT:
		return json_i64(a->v.i);
	case ORAY_ATTR_STRING:
		text = *a;
		return attribute_fetch(model, attribute, &text, JSON_STRING)
		           ? json_text(text.v.s)
		           : too_long(e, "string", "bytes", a->stored_bytes);
	case ORAY_ATTR_FLOATS:
	case ORAY_ATTR_INTS:
	case ORAY_ATTR_STRINGS:
		return number_list(e, model, attribute, a);
	case ORAY_ATTR_TENSOR:
	case ORAY_ATTR_GRAPH:
	case ORAY_ATTR_SPARSE_TENSOR:
	case ORAY_ATTR_TYPE_PROTO:
		return one_of(e, model, a->type, a->v.id, max_elements);
	case ORAY_ATTR_TENSORS:
	case ORAY_ATTR_GRAPHS:
	case ORAY_ATTR_SPARSE_TENSORS:
	case ORAY_ATTR_TYPE_PROTOS:
		break;
	default:
		return cJSON_CreateNull();
	}
	if (a->count > JSON_LIST)
		return too_long(e, "list", "count", a->count);
	cJSON *array = cJSON_CreateArray();
	for (size_t i = 0; i < a->count; i++)
		json_push(e, array, one_of(e, model, a->type, a->v.ids[i], max_elements));
	return array;
}

cJSON *json_attributes(emit *e, const oray_model *model, oray_id first, size_t n,
                       uint64_t max_elements)
{
	json_entry *entries = n ? heap_zeroed(n, sizeof *entries) : NULL;
	if (n && !entries)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		oray_attribute a = {.name = {"", 0}};
		oray_id id = first + (oray_id)i;
		if (oray_model_attribute(model, id, &a))
			entries[i].value = attribute_item(e, model, id, &a, max_elements);
		else
			entries[i].value = cJSON_CreateNull();
		entries[i].key = a.name;
	}
	cJSON *object = json_map(e, entries, n);
	heap_free(entries);
	return object;
}
