/* SPDX-License-Identifier: Apache-2.0 */
/*
 * num.h - 64-bit arithmetic that says when it does not fit.
 */
#ifndef BASE_NUM_H
#define BASE_NUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** *out = a + b; false on overflow, *out is then unspecified. */
static inline bool num_add(uint64_t a, uint64_t b, uint64_t *out)
{
	return !__builtin_add_overflow(a, b, out);
}

/** *out = a * b; false on overflow, *out is then unspecified. */
static inline bool num_mul(uint64_t a, uint64_t b, uint64_t *out)
{
	return !__builtin_mul_overflow(a, b, out);
}

/**
 * Product of dimensions, 1 for none. Any zero makes it zero, however large the others are.
 * @return false when one is negative or the product of non-zero ones exceeds 64 bits.
 */
bool num_product(const int64_t *dims, size_t n, uint64_t *out);

/**
 * A strict decimal number: digits only, no sign, no blank, no more than fits.
 * @return false otherwise.
 */
bool num_parse(const char *text, size_t size, uint64_t *out);

#endif
