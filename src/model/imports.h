/* SPDX-License-Identifier: Apache-2.0 */
/*
 * imports.h - which version of a domain the model, or one of its functions, imports.
 *
 * Models import two or three domains; a hostile one imports a hundred thousand and asks for each of
 * them. Long lists are looked up by hash, short ones from the front.
 */
#ifndef MODEL_IMPORTS_H
#define MODEL_IMPORTS_H

#include "base/strings.h"
#include "model/model.h"

typedef struct model_imports {
	const oray_model *model;
	bool is_indexed;
	strings keys;          /**< function and domain */
	VEC(int64_t) versions; /**< by id in `keys` */
} model_imports;

/** @return false when memory ran out; closing is fine all the same. */
bool model_imports_open(model_imports *im, const oray_model *m, mem_budget *budget);
void model_imports_close(model_imports *im, mem_budget *budget);

/**
 * @param function  ORAY_NONE: the model itself.
 * @param version   Receives the version, the last if the domain is there several times; else 0.
 * @return false when the domain is not imported.
 */
bool model_imported(const model_imports *im, oray_id function, oray_str domain, int64_t *version);

#endif
