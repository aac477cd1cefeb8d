/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_values.h - what is known of a value: by inference, by the model, or since it is stored.
 */
#ifndef CHECK_CHECK_VALUES_H
#define CHECK_CHECK_VALUES_H

#include "check/check.h"

/** Type and shape, as far as they are known. */
typedef struct check_known {
	oray_kind kind;  /**< ORAY_KIND_UNKNOWN: nothing is */
	int32_t element; /**< tensors: 0 when not known */
	bool is_ranked;
	size_t n;
	const oray_model *model;
	oray_id type;        /**< to ask for dims, unless: */
	const int64_t *dims; /**< of what is stored */
} check_known;

/** Of a value; nothing of ORAY_NONE. */
check_known check_value_known(const oray_model *model, oray_id value);

/** What the model declares of it, and nothing else. */
check_known check_value_declared(const oray_model *model, oray_id value);

/** A dimension as a number; -1: it is none, or not known. */
int64_t check_dim(const check_known *known, size_t i);

/** Whether two of them cannot be the same: in kind, element type, rank or a dimension. */
bool check_known_differ(const check_known *a, const check_known *b);

/** "float32 [2,n]" for a message. */
struct buf;
void check_known_text(const check_known *known, struct buf *out);

#endif
