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

/**
 * The common one: an allocation in this thread has just failed. It allocates nothing.
 * @return ORAY_ERR_LIMIT when it was a limit that refused, ORAY_ERR_MEMORY when it was the system.
 */
oray_status error_memory(oray_error *err);

/** True when `status` is one of those that error_memory() gives. */
static inline bool error_is_memory(oray_status status)
{
	return status == ORAY_ERR_MEMORY || status == ORAY_ERR_LIMIT;
}

/** As error_memory(), the sentence only. */
oray_status error_of_memory(char *text, size_t size);

/** A failed call of the C library: "cannot open: No such file or directory". */
oray_status error_errno(oray_error *err, oray_status code, const char *what, int number);

/* Clang's analyzer does not look into error.c. It is told: none of these gives ORAY_OK. */
#ifdef __clang_analyzer__
static inline oray_status error_told_(oray_status status)
{
	if (status == ORAY_OK)
		__builtin_unreachable();
	return status;
}
#define error_set(...) error_told_(error_set(__VA_ARGS__))
#define error_memory(err) error_told_(error_memory(err))
#define error_errno(...) error_told_(error_errno(__VA_ARGS__))
#endif

#endif
