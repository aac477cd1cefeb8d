/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tensors.h - tensors and sparse tensors: headers, where the data is, and the values themselves.
 */
#ifndef DIFFERENTIAL_TENSORS_H
#define DIFFERENTIAL_TENSORS_H

#include "elements.h"

enum { ELEMENTS_READ = 4096 };

/* Product of dims without overflow; false: negative or too large. */
static bool count_elements(const Onnx__TensorProto *t, uint64_t *out)
{
	bool zero = false, large = false;
	*out = 1;
	for (size_t i = 0; i < t->n_dims; i++) {
		uint64_t d = (uint64_t)t->dims[i];
		if (t->dims[i] < 0)
			return false;
		zero |= d == 0;
		large |= d && *out > UINT64_MAX / d;
		*out *= d && !large ? d : 1;
	}
	if (zero)
		*out = 0;
	return zero || !large;
}

/* Which of its fields hold data. */
static unsigned kinds_of_data(const Onnx__TensorProto *t)
{
	return (t->n_float_data != 0) + (t->n_int32_data != 0) + (t->n_string_data != 0) +
	       (t->n_int64_data != 0) + (t->n_double_data != 0) + (t->n_uint64_data != 0) +
	       (t->has_raw_data != 0);
}

/* Reads from `first` on and compares with the message. */
static void same_elements(check *c, oray_id id, const Onnx__TensorProto *t, uint64_t elements,
                          uint64_t first, size_t count)
{
	oray_element *out = must(calloc(count ? count : 1, sizeof *out));
	oray_error err;
	size_t n = 0;
	uint64_t expected = first >= elements ? 0 : elements - first < count ? elements - first : count;
	oray_status status = oray_tensor_read(c->m, id, first, count, out, &n, &err);
	if (status != ORAY_OK)
		differ(c, " (values)", "cannot be read: %s", err.message);
	else if (n != expected)
		differ(c, " (values)", "%zu read from %" PRIu64 " on, expected %" PRIu64, n, first,
		       expected);
	for (size_t i = 0; i < n && status == ORAY_OK; i++) {
		oray_element e = t->has_raw_data ? raw_value(t, first + i) : typed_value(t, first + i);
		if (!same_element(t->data_type, &out[i], &e)) {
			differ(c, " (values)", "element %" PRIu64 " is %016" PRIx64 " here, %016" PRIx64
			       " in the message", first + i, out[i].u, e.u);
			break;
		}
	}
	free(out);
}

/* Data of several kinds: no matter which is read, it has to be what that kind holds. */
static void same_kind_of_data(check *c, oray_id id, const Onnx__TensorProto *t, uint64_t elements)
{
	oray_element out[8];
	size_t n = 0;
	bool raw = true, typed = elements <= UINT32_MAX &&
	                         entries_needed(t->data_type, elements) <= typed_entries(t);
	if (oray_tensor_read(c->m, id, 0, 8, out, &n, NULL) != ORAY_OK)
		return;
	for (size_t i = 0; i < n; i++) {
		oray_element e;
		raw = raw && t->raw_data.len * 8 >= (i + 1) * element_bits(t->data_type);
		e = raw ? raw_value(t, i) : (oray_element){.u = 0};
		raw = raw && same_element(t->data_type, &e, &out[i]);
		e = typed ? typed_value(t, i) : e;
		typed = typed && same_element(t->data_type, &e, &out[i]);
	}
	if (!raw && !typed)
		differ(c, " (values)", "are in no field of the message");
}

static void same_data(check *c, oray_id id, const Onnx__TensorProto *t, const oray_tensor *ours)
{
	uint64_t elements, bits = element_bits(t->data_type);
	if (!count_elements(t, &elements))
		return;
	if (kinds_of_data(t) != 1) {
		same_kind_of_data(c, id, t, elements);
		return;
	}
	same_number(c, " (storage)", ours->storage,
	            t->has_raw_data ? ORAY_STORAGE_RAW : ORAY_STORAGE_TYPED);
	bool enough;
	if (t->has_raw_data) {
		same_number(c, ".raw_data (bytes)", (int64_t)ours->stored_bytes, (int64_t)t->raw_data.len);
		__extension__ unsigned __int128 needed = ((unsigned __int128)elements * bits + 7) / 8;
		same_number(c, " (size_mismatch)", ours->size_mismatch,
		            bits && needed != t->raw_data.len);
		enough = bits && needed <= t->raw_data.len;
	} else {
		enough = elements < UINT64_MAX / 4 &&
		         entries_needed(t->data_type, elements) <= typed_entries(t);
	}
	if (enough && elements) {
		size_t count = elements < ELEMENTS_READ ? (size_t)elements : ELEMENTS_READ;
		same_elements(c, id, t, elements, 0, count);
		same_elements(c, id, t, elements, elements / 2 + 1, 9);
		same_elements(c, id, t, elements, elements - 1, 3);
		same_elements(c, id, t, elements, elements, 1);
	} else if (elements) {
		oray_element e;
		size_t n;
		if (oray_tensor_read(c->m, id, elements - 1, 1, &e, &n, NULL) == ORAY_OK)
			differ(c, " (values)", "the last one can be read, but the message is too short for it");
	}
}

static void same_external(check *c, const Onnx__TensorProto *t, const oray_tensor *ours)
{
	bool external = t->has_data_location && (int)t->data_location == 1;
	same_number(c, " (external)", ours->storage == ORAY_STORAGE_EXTERNAL, external);
	if (!external)
		return;
	same_pairs(c, "external_data", ours->external, ours->n_external, t->external_data,
	           t->n_external_data);
	static const char *const keys[] = {"location", "offset", "length"};
	for (size_t k = 0; k < 3; k++) {
		bin text = {0, NULL};
		for (size_t i = t->n_external_data; i-- > 0;)
			if (t->external_data[i]->key.len == strlen(keys[k]) &&
			    memcmp(t->external_data[i]->key.data, keys[k], strlen(keys[k])) == 0)
				text = t->external_data[i]->value;
		if (k == 0) {
			same_text(c, ".location", ours->location, text);
			continue;
		}
		uint64_t number = 0;
		bool valid = text.len != 0;
		for (size_t i = 0; i < text.len && valid; i++) {
			unsigned digit = text.data[i] - (unsigned)'0';
			valid = digit < 10 && number <= (UINT64_MAX - digit) / 10;
			number = number * 10 + digit;
		}
		same_number(c, k == 1 ? ".offset (valid)" : ".length (valid)",
		            k == 1 ? ours->has_offset : ours->has_length, valid);
		if (valid)
			same_number(c, k == 1 ? ".offset" : ".length",
			            (int64_t)(k == 1 ? ours->offset : ours->length), (int64_t)number);
	}
}

static void same_dims(check *c, const int64_t *ours, size_t n, const int64_t *theirs,
                      size_t n_theirs)
{
	size_t mark = down(c, ".dims");
	if (same_number(c, " (number)", (int64_t)n, (int64_t)n_theirs))
		for (size_t i = 0; i < n; i++)
			if (!same_number(c, "", ours[i], theirs[i]))
				break;
	up(c, mark);
}

/* NULL: the message has no such tensor. */
static void same_tensor(check *c, oray_id id, const Onnx__TensorProto *t, oray_id graph,
                        oray_id node)
{
	oray_tensor ours;
	bool here = oray_model_tensor(c->m, id, &ours);
	if (!same_number(c, " (present)", here, t != NULL) || !t)
		return;
	c->tensors++;
	same_text(c, ".name", ours.name, t->name);
	same_text(c, ".doc_string", ours.doc, t->doc_string);
	same_number(c, ".data_type", ours.type, t->has_data_type ? t->data_type : 0);
	same_number(c, " (graph)", ours.graph, graph);
	same_number(c, " (node)", ours.node, node);
	same_pairs(c, "metadata_props", ours.metadata, ours.n_metadata, t->metadata_props,
	           t->n_metadata_props);
	same_dims(c, ours.dims, ours.n_dims, t->dims, t->n_dims);
	uint64_t elements;
	bool exact = count_elements(t, &elements);
	same_number(c, " (elements known)", ours.elements.exact, exact);
	if (exact)
		same_number(c, " (elements)", (int64_t)ours.elements.value, (int64_t)elements);
	same_external(c, t, &ours);
	if (ours.storage != ORAY_STORAGE_EXTERNAL)
		same_data(c, id, t, &ours);
}

static void same_sparse(check *c, oray_id id, const Onnx__SparseTensorProto *s, oray_id graph,
                        oray_id node)
{
	oray_sparse ours;
	if (!same_number(c, " (present)", oray_model_sparse(c->m, id, &ours), s != NULL) || !s)
		return;
	same_dims(c, ours.dims, ours.n_dims, s->dims, s->n_dims);
	size_t mark = down(c, ".values");
	same_tensor(c, ours.values, s->values, graph, node);
	up(c, mark);
	mark = down(c, ".indices");
	same_tensor(c, ours.indices, s->indices, graph, node);
	up(c, mark);
}

#endif
