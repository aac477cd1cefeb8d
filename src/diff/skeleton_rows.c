/* SPDX-License-Identifier: Apache-2.0 */
/*
 * skeleton_rows.c - the stored tensors of a model, with how their numbers are to be read.
 */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/heap.h"
#include "diff/skeleton.h"

/* Other constants with fewer elements are told as changes of the nodes that read them. */
enum { CONSTANT_MOST = 16, RANK_MOST = 64 };

/* Numbers of a sample, fewer where there are many weights. */
enum { SAMPLE = 256, SAMPLE_OF_MANY = 64, MANY = 8192 };

static bool is_number(int32_t type)
{
	return oray_type_bits(type) != 0 && type != ORAY_BOOL && type != ORAY_COMPLEX64 &&
	       type != ORAY_COMPLEX128;
}

static bool is_compared(const weight_row *row)
{
	switch (row->role) {
	case ORAY_ROLE_WEIGHT:
	case ORAY_ROLE_BIAS:
	case ORAY_ROLE_NORM:
	case ORAY_ROLE_NORM_STATISTIC:
	case ORAY_ROLE_EMBEDDING:
		return is_number(row->parameter->type);
	case ORAY_ROLE_OTHER:
		return is_number(row->parameter->type) && row->elements.value > CONSTANT_MOST;
	default:
		return false;
	}
}

static int ascending(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static uint64_t shape_hash(size_t n_dims, const int64_t *dims)
{
	int64_t sorted[RANK_MOST];
	size_t n = 0;
	uint64_t hash = 29;

	for (size_t i = 0; i < n_dims && n < RANK_MOST; i++)
		if (dims[i] != 1)
			sorted[n++] = dims[i];
	if (n)
		qsort(sorted, n, sizeof *sorted, ascending);
	for (size_t i = 0; i < n; i++)
		hash = hash_mix(hash, (uint64_t)sorted[i]);
	return hash;
}

static void fill_row(skeleton *s, weight_row *row, const oray_parameter *p,
                     const oray_encoding *encoding)
{
	*row = (weight_row){
	    .parameter = p,
	    .type = p->type,
	    .n_dims = p->n_dims,
	    .dims = p->dims,
	    .elements = p->elements,
	    .role = p->role,
	    .reader = ORAY_NONE,
	};
	if (encoding) {
		row->encoding = encoding;
		row->type = encoding->type ? encoding->type : p->type;
		row->n_dims = encoding->n_dims;
		row->dims = encoding->dims;
		row->elements = encoding->elements;
	}
	row->shape = shape_hash(row->n_dims, row->dims);
	row->is_compared = is_compared(row);
	row->name = name_of_value(s->words, p->name);
	row->wanted = s->n_rows > MANY ? SAMPLE_OF_MANY : SAMPLE;
}

/* By tensor: which encoding says how to read it, and 1; or NULL. */
static uint32_t *encodings_by_tensor(const skeleton *s)
{
	uint32_t *by = mem_zeroed(NULL, s->info->n_tensors + 1, sizeof *by);

	for (size_t i = 0; by && s->quantization && i < s->quantization->n_encodings; i++) {
		oray_id tensor = s->quantization->encodings[i].tensor;
		if (tensor < s->info->n_tensors && !by[tensor] && i < UINT32_MAX)
			by[tensor] = (uint32_t)i + 1;
	}
	return by;
}

bool skeleton_rows(skeleton *s, oray_error *err)
{
	uint32_t *by;

	for (size_t i = 0; i < s->n_values; i++)
		s->row_of[i] = ORAY_NONE;
	if (oray_list_parameters(s->model, &s->parameters, err) != ORAY_OK ||
	    oray_explain_quantization(s->model, &s->quantization, err) != ORAY_OK)
		return false;
	s->n_rows = s->parameters->n;
	s->rows = mem_zeroed(NULL, s->n_rows + 1, sizeof *s->rows);
	by = encodings_by_tensor(s);
	for (size_t i = 0; s->rows && by && i < s->n_rows; i++) {
		const oray_parameter *p = &s->parameters->tensors[i];
		uint32_t encoding = p->tensor < s->info->n_tensors ? by[p->tensor] : 0;
		fill_row(s, &s->rows[i], p, encoding ? &s->quantization->encodings[encoding - 1] : NULL);
		if (p->value < s->n_values)
			s->row_of[p->value] = (oray_id)i;
	}
	if (!s->rows || !by) {
		heap_free(by);
		return error_memory(err), false;
	}
	heap_free(by);
	return true;
}
