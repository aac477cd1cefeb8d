/* SPDX-License-Identifier: Apache-2.0 */
/*
 * names.h - things of a model by the name that a user typed.
 */
#ifndef CLI_NAMES_H
#define CLI_NAMES_H

#include "nearest.h"

#include <onnxray/onnxray.h>

/**
 * Finds all things of a name.
 * @param refs  Receives an array to be freed with free(); at least one.
 * @return ORAY_ERR_NOT_FOUND with similar names in the message when there is none.
 */
oray_status names_find(const oray_model *model, const char *name, oray_ref **refs, size_t *n,
                       oray_error *err);

/**
 * Fills `err` with "<what> 'name'; did you mean 'a' or 'b'?".
 * @return ORAY_ERR_NOT_FOUND.
 */
oray_status names_not_found(const char *what, const char *name, const nearest *near,
                            oray_error *err);

#endif
