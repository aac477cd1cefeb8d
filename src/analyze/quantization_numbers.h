/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quantization_numbers.h - stored scales and zero points as real numbers, one after the other.
 */
#ifndef ANALYZE_QUANTIZATION_NUMBERS_H
#define ANALYZE_QUANTIZATION_NUMBERS_H

#include "analyze/quantization.h"

enum { NUMBER_CHUNK = 256, NUMBER_FACTORS = 4 };

/** Where numbers come from: a tensor, or one number. */
typedef struct number_source {
	const oray_model *model;
	oray_id tensor; /* ORAY_NONE: `number` */
	oray_tensor t;
	uint64_t n;
	double number;
	uint32_t packed; /* bits of an element, several to a byte; 0: as the type says */
	uint64_t row;    /* packed: elements of a row, which starts on a byte */
	oray_element chunk[NUMBER_CHUNK];
	uint64_t first;
	size_t filled;
	bool failed;
} number_source;

/** A product or quotient of such. */
typedef struct numbers {
	number_source of[NUMBER_FACTORS];
	bool divides[NUMBER_FACTORS];
	size_t n;
} numbers;

/** A stored value, or a product of stored ones: scales of integer products are written so.
 * @return false when it is no such thing. */
bool numbers_open(quant_book *book, oray_id value, numbers *s);

/** How many there are: as many as the longest factor has. */
uint64_t numbers_count(const numbers *s);

/** Number `index`; NAN when it could not be read. A factor of one element stands for all. */
double numbers_at(numbers *s, uint64_t index);

/** The one number of a factor. */
double numbers_factor(numbers *s, size_t factor);

/** Some could not be read. */
bool numbers_failed(const numbers *s);

/** Types with a fraction. */
bool numbers_are_real(int32_t type);

#endif
