/* SPDX-License-Identifier: Apache-2.0 */
/*
 * error.h - filling an oray_error.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <onnxray/onnxray.h>

/**
 * Fills `err` (which may be NULL) and returns `code`, so that a failing function can end with
 * `return error_set(...)`. The message is cut at a character boundary when too long, and made
 * printable: it may quote names from a model.
 * @param where  A path in the model, or NULL.
 */
oray_status error_set(oray_error *err, oray_status code, uint64_t offset, const char *where,
                      const char *format, ...) __attribute__((format(printf, 5, 6)));

/** The common one: out of memory. */
oray_status error_memory(oray_error *err);

/** A failed call of the C library: "cannot open: No such file or directory". */
oray_status error_errno(oray_error *err, oray_status code, const char *what, int number);

#endif
