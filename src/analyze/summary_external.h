/* SPDX-License-Identifier: Apache-2.0 */
/*
 * summary_external.h - how much of a model lives in which other files.
 *
 * Initializers are met on the way when parameters are summed up, everything else (tensors in
 * attributes, indices of sparse ones, training graphs) is looked for afterwards: a bit a tensor
 * remembers which were met.
 */
#ifndef ANALYZE_SUMMARY_EXTERNAL_H
#define ANALYZE_SUMMARY_EXTERNAL_H

#include <onnxray/onnxray.h>

#include "base/mem.h"
#include "base/strings.h"

typedef struct external_file {
	oray_str location;
	oray_id first; /**< tensor */
} external_file;

typedef struct externals {
	const oray_model *model;
	size_t n_tensors;
	unsigned char *met; /**< a bit a tensor */
	strings locations;
	VEC(external_file) files; /**< same numbers as in `locations` */
	uint64_t bytes;           /**< UINT64_MAX: that or more */
} externals;

/** @return false when memory ran out; free it all the same. */
bool externals_start(externals *x, const oray_model *model);

/** Counts a tensor. @param is_external false: it is only marked as met. */
bool externals_meet(externals *x, oray_id tensor, bool is_external, oray_str location,
                    uint64_t bytes);

/** Counts all tensors that were not met; then files are in order of their first tensor. */
bool externals_finish(externals *x);

void externals_free(externals *x);

/** Bytes that a tensor takes of its file: the length it gives, or what its dims want. */
uint64_t external_length(const oray_tensor *t);

#endif
