/* SPDX-License-Identifier: Apache-2.0 */
/*
 * summary_external.c - how much of a model lives in which other files.
 */
#include "analyze/summary_external.h"

#include <stdlib.h>
#include <string.h>

#include "base/num.h"

static size_t met_bytes(const externals *x)
{
	return x->n_tensors / 8 + 1;
}

bool externals_start(externals *x, const oray_model *model)
{
	*x = (externals){.model = model, .n_tensors = oray_model_describe(model)->n_tensors};
	strings_init(&x->locations, NULL);
	x->met = mem_resize(NULL, NULL, 0, met_bytes(x));
	if (x->met)
		memset(x->met, 0, met_bytes(x));
	return x->met != NULL;
}

void externals_free(externals *x)
{
	mem_free(NULL, x->met, met_bytes(x));
	strings_free(&x->locations);
	vec_free(NULL, &x->files);
}

uint64_t external_length(const oray_tensor *t)
{
	if (t->has_length)
		return t->length;
	return t->bytes.exact ? t->bytes.value : 0;
}

static bool meet_location(externals *x, oray_str location, oray_id tensor)
{
	oray_id id = strings_add(&x->locations, location.data, location.size);
	external_file *file;

	if (id == ORAY_NONE)
		return false;
	if (id == x->files.n) {
		file = vec_push(NULL, &x->files);
		if (!file)
			return false;
		*file = (external_file){location, tensor};
	}
	file = &x->files.at[id];
	if (tensor < file->first)
		file->first = tensor;
	return true;
}

bool externals_meet(externals *x, oray_id tensor, bool is_external, oray_str location,
                    uint64_t bytes)
{
	if (tensor >= x->n_tensors)
		return true;
	x->met[tensor / 8] |= (unsigned char)(1u << tensor % 8);
	if (!is_external)
		return true;
	if (!num_add(x->bytes, bytes, &x->bytes))
		x->bytes = UINT64_MAX;
	return meet_location(x, location, tensor);
}

static int by_first(const void *a, const void *b)
{
	const external_file *x = a, *y = b;

	return (x->first > y->first) - (x->first < y->first);
}

bool externals_finish(externals *x)
{
	oray_tensor t;

	for (oray_id id = 0; id < x->n_tensors; id++) {
		if (x->met[id / 8] & 1u << id % 8 || !oray_model_tensor(x->model, id, &t))
			continue;
		if (!externals_meet(x, id, t.storage == ORAY_STORAGE_EXTERNAL, t.location,
		                    external_length(&t)))
			return false;
	}
	if (x->files.n)
		qsort(x->files.at, x->files.n, sizeof *x->files.at, by_first);
	return true;
}
