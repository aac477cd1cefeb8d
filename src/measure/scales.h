/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scales.h - looking at a long list of numbers, such as the scales of blocks, through a small
 * window.
 */
#ifndef MEASURE_SCALES_H
#define MEASURE_SCALES_H

#include "load/tensor_bytes.h"
#include "measure/reals.h"

/** Numbers that a window holds at most. */
enum { SCALES_WINDOW = 64 * 1024 };

typedef struct scales {
	tensor_bytes *bytes; /**< NULL: `only` counts */
	reals type;
	uint64_t row, stride; /**< rows of so many elements, so many apart: packed ones have gaps */
	uint64_t at;          /**< element after those that went by, where they are counted through */
	double *window;       /**< NULL: not needed so far */
	float *singles;       /**< the same as floats; one of the two holds something */
	bool as_singles;
	size_t capacity;
	uint64_t first; /**< element, gaps counted, that the window begins with */
	size_t n;
	double only; /**< one number for all, and where none are stored */
} scales;

/**
 * Opens a list.
 * @param n       Elements that are needed. A tensor of one element serves for all.
 * @param row     Elements of a row; rows start at whole bytes. 0: no rows.
 * @param packed  Type that a uint8 tensor holds in fact; 0: its own.
 * @param none    The number when there is no tensor.
 */
oray_status scales_open(scales *s, const oray_model *m, oray_id tensor, uint64_t n, uint64_t row,
                        int32_t packed, double none, oray_error *err);
void scales_close(scales *s);

/**
 * Numbers from `index` on.
 * @param n  How many are wanted; receives how many there are in one piece, at least 1.
 * @param step  Receives 1, or 0 when one number stands for all.
 */
oray_status scales_at(scales *s, uint64_t index, size_t *n, const double **out, unsigned *step,
                      oray_error *err);

/** The same as floats, only where `bytes` is not NULL and singles_hold() what is stored. */
oray_status scales_singles(scales *s, uint64_t index, size_t *n, const float **out,
                           oray_error *err);

#endif
