/* SPDX-License-Identifier: Apache-2.0 */
/*
 * statistics.h - a tensor while it is measured, shared by the ways of doing it.
 */
#ifndef MEASURE_STATISTICS_H
#define MEASURE_STATISTICS_H

#include "load/tensor_bytes.h"
#include "measure/kernels.h"
#include "measure/reals.h"

typedef struct measuring {
	oray_statistics *out;
	reals type;
	const kernels *with;
	double zero, low, high; /* ends of an integer type; NAN of others */
	uint64_t n;             /* finite ones so far */
	double mean, m2;
	uint64_t counts[4][256];
	uint64_t at;          /* elements so far */
	uint64_t share, next; /* elements for one that is kept; which is the next */
	uint64_t shares;      /* begun */
	size_t n_kept, room;
	uint8_t *kept;
} measuring;

/** Takes two numbers into the range. */
void measuring_widen(measuring *m, double min, double max);

/** Chooses which element, or block, of the next share is kept. */
void measuring_next(measuring *m);

/**
 * Adds numbers to the histogram; the range has to be known.
 * @param counts  How often each number is there; NULL: once.
 */
void measuring_bins(measuring *m, const double *x, const uint64_t *counts, size_t n);

/** statistics_bytes.c: elements of at most eight bits, from counts of their patterns. */
oray_status measure_counts(measuring *m, tensor_bytes *bytes, oray_error *err);

/** The same for int8 and uint8 of large tensors: exact sums, and a histogram of some blocks. */
oray_status measure_bytes(measuring *m, tensor_bytes *bytes, oray_error *err);

/** The same for floats of eight bits, where it measure_fits_eights(): they are of such a type, there
 * is a kernel, and only zero itself is to be counted. */
oray_status measure_eights(measuring *m, tensor_bytes *bytes, oray_error *err);
bool measure_fits_eights(const measuring *m);

#endif
