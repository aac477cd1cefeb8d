/* SPDX-License-Identifier: Apache-2.0 */
/*
 * access.c - the public way to walk a model: compact records unfolded into generous structs.
 */
#include "base/num.h"
#include "model/model.h"

enum { FIELD_RAW = 9 }; /* TensorProto.raw_data */

const oray_model_info *oray_model_describe(const oray_model *m)
{
	return &m->info;
}

oray_str oray_model_string(const oray_model *m, oray_id string)
{
	return strings_get(&m->strings, string);
}

const oray_graph *oray_model_graph(const oray_model *m, oray_id graph)
{
	return graph < m->graphs.n ? &m->graphs.at[graph] : NULL;
}

const oray_function *oray_model_function(const oray_model *m, oray_id function)
{
	return function < m->functions.n ? &m->functions.at[function] : NULL;
}

bool oray_model_type(const oray_model *m, oray_id type, oray_type *out)
{
	static const model_type_extra none = {ORAY_NONE, ORAY_NONE, ORAY_NONE, ORAY_NONE, 0};
	if (type >= m->types.n)
		return false;
	const model_type *t = &m->types.at[type];
	const model_type_extra *x = t->extra == ORAY_NONE ? &none : &m->type_extras.at[t->extra];
	*out = (oray_type){
	    .id = type,
	    .kind = (oray_kind)t->kind,
	    .element = t->element,
	    .key = x->key,
	    .inner = x->inner,
	    .has_shape = t->has_shape,
	    .n_dims = t->n_dims,
	    .denotation = strings_get(&m->strings, x->denotation),
	    .domain = strings_get(&m->strings, x->domain),
	    .name = strings_get(&m->strings, x->name),
	};
	return true;
}

oray_dim oray_model_dim(const oray_model *m, oray_id type, size_t index)
{
	oray_dim out = {.kind = ORAY_DIM_UNKNOWN, .symbol = {"", 0}, .denotation = {"", 0}};
	if (type >= m->types.n || index >= m->types.at[type].n_dims)
		return out;
	model_dim dim = m->type_dims.at[m->types.at[type].dims + index];
	switch (MODEL_DIM_KIND(dim)) {
	case DIM_NUMBER:
		out.kind = ORAY_DIM_VALUE;
		out.value = (int64_t)MODEL_DIM_BITS(dim);
		break;
	case DIM_SYMBOL:
		out.kind = ORAY_DIM_SYMBOL;
		out.symbol = strings_get(&m->strings, (oray_id)MODEL_DIM_BITS(dim));
		break;
	case DIM_RARE:
		return m->rare_dims.at[MODEL_DIM_BITS(dim)];
	}
	return out;
}

static oray_str domain_name(const oray_model *m, oray_id id)
{
	oray_str s = strings_get(&m->strings, id);
	return s.size ? s : (oray_str){"ai.onnx", 7};
}

bool oray_model_node(const oray_model *m, oray_id node, oray_node *out)
{
	if (node >= m->nodes.n)
		return false;
	const model_node *n = &m->nodes.at[node];
	const model_op *op = &m->ops.at[n->op];
	const model_note *note = model_note_find(&m->node_notes, node);
	const oray_id *edges = m->edges.at ? m->edges.at + n->edges : NULL;
	uint32_t n_outputs = model_n_outputs(m, node);
	*out = (oray_node){
	    .name = strings_get(&m->strings, n->name),
	    .op = strings_get(&m->strings, op->name),
	    .domain = domain_name(m, op->domain),
	    .overload = strings_get(&m->strings, op->overload),
	    .doc = note ? note->doc : (oray_str){"", 0},
	    .op_type = n->op,
	    .graph = n->graph,
	    .function = op->function,
	    .n_inputs = n->n_inputs,
	    .inputs = edges,
	    .n_outputs = n_outputs,
	    .outputs = n_outputs ? edges + n->n_inputs : edges,
	    .first_attribute = n->attributes,
	    .n_attributes = n->n_attributes,
	    .n_metadata = note ? note->n_metadata : 0,
	    .metadata = note ? note->metadata : NULL,
	    .n_shardings = note ? note->n_shardings : 0,
	    .shardings = note ? note->shardings : NULL,
	    .offset = n->offset,
	    .size = n->size,
	};
	return true;
}

bool oray_model_value(const oray_model *m, oray_id value, oray_value *out)
{
	if (value >= m->values.n)
		return false;
	const model_value *v = &m->values.at[value];
	const model_note *note = model_note_find(&m->value_notes, value);
	uint32_t n_uses = model_n_uses(m, value);
	*out = (oray_value){
	    .name = strings_get(&m->strings, v->name),
	    .graph = v->graph,
	    .producer = v->flags & VALUE_FROM_NODE ? v->source : ORAY_NONE,
	    .producer_output = v->output,
	    .initializer = v->flags & VALUE_FROM_TENSOR ? v->source : ORAY_NONE,
	    .sparse = v->flags & VALUE_FROM_SPARSE ? v->source : ORAY_NONE,
	    .is_input = (v->flags & VALUE_INPUT) != 0,
	    .is_output = (v->flags & VALUE_OUTPUT) != 0,
	    .is_undefined = (v->flags & VALUE_UNDEFINED) != 0,
	    .type = v->type,
	    .inferred = value < m->inference.n_types && m->inference.types[value] != ORAY_NONE
	                    ? m->inference.types[value]
	                    : v->type,
	    .n_uses = n_uses,
	    .uses = n_uses ? m->uses.at + v->uses : NULL,
	    .doc = note ? note->doc : (oray_str){"", 0},
	    .n_metadata = note ? note->n_metadata : 0,
	    .metadata = note ? note->metadata : NULL,
	    .scale = note ? note->scale : (oray_str){"", 0},
	    .zero_point = note ? note->zero_point : (oray_str){"", 0},
	};
	return true;
}

oray_count model_bytes(int32_t type, oray_count elements)
{
	uint64_t bytes = 0;
	bool exact = elements.exact && oray_type_bytes(type, elements.value, &bytes);
	return (oray_count){exact ? bytes : 0, exact};
}

/* The first entry of a key counts, and only a strict decimal number. */
static bool external_number(const oray_pair *pairs, size_t n, const char *key, size_t size,
                            uint64_t *out)
{
	for (size_t i = 0; i < n; i++)
		if (pairs[i].key.size == size && __builtin_memcmp(pairs[i].key.data, key, size) == 0)
			return num_parse(pairs[i].value.data, pairs[i].value.size, out);
	return false;
}

static void describe_external(const model_tensor_extra *x, oray_tensor *out)
{
	out->storage = ORAY_STORAGE_EXTERNAL;
	out->external = x->external;
	out->n_external = x->n_external;
	for (size_t i = 0; i < x->n_external; i++)
		if (x->external[i].key.size == 8 &&
		    __builtin_memcmp(x->external[i].key.data, "location", 8) == 0) {
			out->location = x->external[i].value;
			break;
		}
	out->has_offset = external_number(x->external, x->n_external, "offset", 6, &out->offset);
	out->has_length = external_number(x->external, x->n_external, "length", 6, &out->length);
}

/* Lists of fixed width and raw data can be measured without reading them; varints cannot. */
static bool is_mismatch(const oray_tensor *t, uint8_t field, const model_segment *s, size_t n)
{
	enum { FLOAT_DATA = 4, DOUBLE_DATA = 10 };
	bool complex = t->type == ORAY_COMPLEX64 || t->type == ORAY_COMPLEX128;
	uint64_t wanted, entries = 0, width = field == FLOAT_DATA ? 4 : 8;
	if (!t->elements.exact)
		return false;
	if (field == 0)
		return t->elements.value != 0;
	if (field == FIELD_RAW)
		return oray_type_bits(t->type) && (!t->bytes.exact || t->stored_bytes != t->bytes.value);
	if (field != FLOAT_DATA && field != DOUBLE_DATA)
		return false;
	for (size_t i = 0; i < n; i++) {
		uint64_t each = s[i].packed ? width : width + 1; /* a tag before it */
		if (s[i].field == field && s[i].size % each)
			return false; /* padded tags */
		entries += s[i].field == field ? s[i].size / each : 0;
	}
	return !num_mul(t->elements.value, complex ? 2 : 1, &wanted) || entries != wanted;
}

static void describe_data(const oray_model *m, oray_id tensor, oray_tensor *out)
{
	const model_tensor *t = &m->tensors.at[tensor];
	model_segment one;
	size_t n;
	if (t->extra == ORAY_NONE && t->data_field == FIELD_RAW) { /* nearly all */
		out->storage = ORAY_STORAGE_RAW;
		out->stored_bytes = t->data_size;
		out->incomplete = t->data_cut;
		out->size_mismatch = !t->data_cut && is_mismatch(out, FIELD_RAW, NULL, 0);
		return;
	}
	const model_segment *s = model_segments(m, tensor, &one, &n);
	if (out->storage == ORAY_STORAGE_EXTERNAL)
		return;
	uint8_t field = n ? s[0].field : 0;
	bool mixed = false;
	for (size_t i = 0; i < n; i++)
		if (s[i].field == FIELD_RAW)
			field = FIELD_RAW;
	for (size_t i = 0; i < n; i++) {
		if (s[i].field == field)
			out->stored_bytes += s[i].size;
		mixed |= s[i].field != field && s[i].size != 0;
		out->incomplete |= s[i].cut;
	}
	out->storage = !n                   ? ORAY_STORAGE_NONE
	               : field == FIELD_RAW ? ORAY_STORAGE_RAW
	                                    : ORAY_STORAGE_TYPED;
	out->size_mismatch = !out->incomplete && (mixed || is_mismatch(out, field, s, n));
}

bool oray_model_tensor(const oray_model *m, oray_id tensor, oray_tensor *out)
{
	if (tensor >= m->tensors.n)
		return false;
	const model_tensor *t = &m->tensors.at[tensor];
	const model_tensor_extra *x = t->extra == ORAY_NONE ? NULL : &m->extras.at[t->extra];
	const model_note *note = model_note_find(&m->tensor_notes, tensor);
	*out = (oray_tensor){
	    .name = strings_get(&m->strings, t->name),
	    .type = t->type,
	    .n_dims = t->n_dims,
	    .dims = t->n_dims ? m->dims.at + t->dims : NULL,
	    .graph = t->of_node ? m->nodes.at[t->owner].graph : t->owner,
	    .node = t->of_node ? t->owner : ORAY_NONE,
	    .location = {"", 0},
	    .doc = note ? note->doc : (oray_str){"", 0},
	    .n_metadata = note ? note->n_metadata : 0,
	    .metadata = note ? note->metadata : NULL,
	    .file_offset = t->offset,
	};
	uint64_t elements = 0;
	bool exact = num_product(out->dims, out->n_dims, &elements);
	out->elements = (oray_count){exact ? elements : 0, exact};
	out->bytes = model_bytes(out->type, out->elements);
	if (x && x->is_external)
		describe_external(x, out);
	describe_data(m, tensor, out);
	return true;
}

bool oray_model_sparse(const oray_model *m, oray_id sparse, oray_sparse *out)
{
	if (sparse >= m->sparse.n)
		return false;
	*out = m->sparse.at[sparse];
	return true;
}

bool oray_model_attribute(const oray_model *m, oray_id attribute, oray_attribute *out)
{
	if (attribute >= m->attributes.n)
		return false;
	const model_attribute *a = &m->attributes.at[attribute];
	const model_attribute_note *note =
	    a->note == ORAY_NONE ? NULL : &m->attribute_notes.at[a->note];
	*out = (oray_attribute){
	    .name = strings_get(&m->strings, a->name),
	    .type = (oray_attribute_type)a->type,
	    .reference = strings_get(&m->strings, note ? note->reference : ORAY_NONE),
	    .doc = strings_get(&m->strings, note ? note->doc : ORAY_NONE),
	    .count = a->count,
	    .on_disk = a->on_disk,
	};
	if (a->on_disk) {
		for (size_t i = 0; i < a->v.list->n_segments; i++)
			out->stored_bytes += a->v.list->segments[i].size;
		return true;
	}
	switch (out->type) {
	case ORAY_ATTR_FLOAT:
		out->v.f = a->v.f;
		break;
	case ORAY_ATTR_INT:
		out->v.i = a->v.i;
		break;
	case ORAY_ATTR_STRING:
		out->v.s = strings_get(&m->strings, a->v.id);
		break;
	case ORAY_ATTR_FLOATS:
		out->v.floats = a->v.floats;
		break;
	case ORAY_ATTR_INTS:
		out->v.ints = a->v.ints;
		break;
	case ORAY_ATTR_TENSOR:
	case ORAY_ATTR_GRAPH:
	case ORAY_ATTR_SPARSE_TENSOR:
	case ORAY_ATTR_TYPE_PROTO:
		out->v.id = a->v.id;
		break;
	default:
		out->v.ids = a->v.ids;
		break;
	}
	return true;
}
