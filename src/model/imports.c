/* SPDX-License-Identifier: Apache-2.0 */
#include "model/imports.h"

#include <string.h>

#include "base/buf.h"

enum { FEW = 32 };

/* The imports of one context. */
typedef struct list {
	const oray_opset *at;
	size_t n;
} list;

static list list_of(const oray_model *m, oray_id function)
{
	if (function >= m->functions.n)
		return (list){m->info.opsets, m->info.n_opsets};
	return (list){m->functions.at[function].opsets, m->functions.at[function].n_opsets};
}

/* "4 bytes of function, domain": one pool for all of them. */
static bool make_key(buf *key, oray_id function, oray_str domain)
{
	key->n = 0;
	buf_add(key, (const char *)&function, sizeof function);
	buf_add(key, domain.data, domain.size);
	return buf_ok(key);
}

static bool add(model_imports *im, oray_id function, mem_budget *budget)
{
	list all = list_of(im->model, function);
	buf key = {0};
	bool ok = true;
	for (size_t i = 0; i < all.n && ok; i++) {
		oray_id id = make_key(&key, function, all.at[i].domain)
		                 ? strings_add(&im->keys, buf_text(&key), key.n)
		                 : ORAY_NONE;
		int64_t *version = id < im->versions.n ? &im->versions.at[id]
		                   : id == ORAY_NONE   ? NULL
		                                       : vec_push(budget, &im->versions);
		ok = version != NULL;
		if (ok)
			*version = all.at[i].version;
	}
	buf_free(&key);
	return ok;
}

bool model_imports_open(model_imports *im, const oray_model *m, mem_budget *budget)
{
	*im = (model_imports){.model = m, .is_indexed = m->info.n_opsets > FEW};
	strings_init(&im->keys, budget);
	for (size_t f = 0; f < m->functions.n; f++)
		im->is_indexed |= m->functions.at[f].n_opsets > FEW;
	bool ok = !im->is_indexed || add(im, ORAY_NONE, budget);
	for (size_t f = 0; f < m->functions.n && ok && im->is_indexed; f++)
		ok = add(im, (oray_id)f, budget);
	return ok;
}

void model_imports_close(model_imports *im, mem_budget *budget)
{
	strings_free(&im->keys);
	vec_free(budget, &im->versions);
}

bool model_imported(const model_imports *im, oray_id function, oray_str domain, int64_t *version)
{
	*version = 0;
	if (im->is_indexed) {
		buf key = {0};
		oray_id id = make_key(&key, function, domain)
		                 ? strings_find(&im->keys, buf_text(&key), key.n)
		                 : ORAY_NONE;
		buf_free(&key);
		if (id < im->versions.n)
			*version = im->versions.at[id];
		return id < im->versions.n;
	}
	list all = list_of(im->model, function);
	bool found = false;
	for (size_t i = 0; i < all.n; i++)
		if (all.at[i].domain.size == domain.size &&
		    memcmp(all.at[i].domain.data, domain.data, domain.size) == 0) {
			*version = all.at[i].version;
			found = true;
		}
	return found;
}
