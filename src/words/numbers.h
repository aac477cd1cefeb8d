/* SPDX-License-Identifier: Apache-2.0 */
/*
 * numbers.h - numbers and shapes as people read them.
 *
 * Counts have three significant digits and a decimal unit (27.1 k, 5.71 M, 113 kB), or all digits
 * with thousands apart where exactness is asked for. Floating numbers are the shortest decimals
 * that read back to the same bits of their own type, so that float32 0.02 is 0.02; the radix
 * character is a point in every locale.
 */
#ifndef WORDS_NUMBERS_H
#define WORDS_NUMBERS_H

#include <onnxray/onnxray.h>

#include "base/buf.h"
#include "words/glyphs.h"

/** 999, 1.00 k, 27.1 k, 5.71 M, ... up to E. */
void number_short(buf *b, uint64_t n);

/** 27,134. */
void number_exact(buf *b, uint64_t n);

/** number_short() or number_exact(). */
void number_count(buf *b, uint64_t n, bool exact);

/** 408 B, 113 kB; exactly: 113,402 B. */
void number_bytes(buf *b, uint64_t n, bool exact);

/** "at least 5.71 M" where it has holes, "?" where nothing is known. `unit` is "" or "B". */
void number_holey(buf *b, oray_count n, const char *unit, bool exact, const glyphs *g);

/** 99.6 %, 100 % and 0 % only when exact, "?" for NAN. */
void number_percent(buf *b, double share);

/** Room for any number below. */
#define NUMBER_SIZE 48

/**
 * Shortest decimal that reads back to the same float32: 0.02, 1e-5, -1e9, 16777216, nan, inf, -inf.
 * @return its length.
 */
size_t number_float32(float x, char out[NUMBER_SIZE]);

/** The same for float64. */
size_t number_float64(double x, char out[NUMBER_SIZE]);

/** The same for a value of any floating type of the standard, widened to double. */
size_t number_float(double x, int32_t type, char out[NUMBER_SIZE]);

/** Reads "-1.5e-3", with a point in every locale. */
double number_read(const char *text, size_t size);

/** An element of a tensor: a number, true, 1+2i, or a string in quotes, escaped for printing. */
void number_element(buf *b, int32_t type, const oray_element *element);

/** True when oray_tensor_read() gives strings, or floats (the member `f`). */
bool number_is_float(int32_t type);

/** 64×3×7×7, or "scalar". More than 16 dimensions are shortened. */
void shape_of_dims(buf *b, const int64_t *dims, size_t n, const glyphs *g);

/** The same for dimensions from anywhere. */
void shape_of(buf *b, size_t n, oray_dim (*dim)(const void *context, size_t index),
              const void *context, const glyphs *g);

/** One dimension: 224, its symbol, or "?". */
void shape_add_dim(buf *b, const oray_dim *dim);

/** 1×3×height×?, "scalar", or "unknown" where the rank is not known; from dimension `first` on. */
void shape_of_type(buf *b, const oray_model *model, const oray_type *type, size_t first,
                   const glyphs *g);

#endif
