/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernels_x86.h - the inner loops for x86-64.
 */
#ifndef MEASURE_KERNELS_X86_H
#define MEASURE_KERNELS_X86_H

#include "measure/kernels.h"

/** As kernels_at_most(); NULL on other machines, and for KERNELS_PLAIN. */
const kernels *kernels_x86(int level);

/** Adds pairs one by one, from the first of them that filled no register. */
void kernels_pairs(const kernel_pairs *pairs, size_t from, size_t n, kernel_sums *out);

/** As in struct kernels, in plain C; the second one adds to what is in `out`. */
void kernels_floats(const reals *r, const uint8_t *p, size_t n, float shift, kernel_floats *out);
void kernels_doubles(const reals *r, const uint8_t *p, size_t n, const kernel_asked *ask,
                     kernel_doubles *out);
void kernels_bins(const double *x, size_t n, double start, double factor, int32_t *bin);

/** Counts bytes one by one; less than 2^32. */
void kernels_count_bytes(const uint8_t *p, size_t n, uint64_t *counts);

/** As in struct kernels, for machines that have these instructions. */
void kernels_sse2_floats(const reals *r, const uint8_t *p, size_t n, float shift,
                         kernel_floats *out);
void kernels_avx2_floats(const reals *r, const uint8_t *p, size_t n, float shift,
                         kernel_floats *out);
void kernels_avx2_doubles(const reals *r, const uint8_t *p, size_t n, const kernel_asked *ask,
                          kernel_doubles *out);
void kernels_avx2_bytes(const uint8_t *p, size_t n, uint8_t flip, int8_t zero,
                        kernel_integers *out);
uint64_t kernels_avx2_zeros(const uint8_t *p, size_t n);
void kernels_avx2_shorts(const uint8_t *p, size_t n, uint16_t flip, int16_t zero,
                         kernel_integers *out);
void kernels_avx2_codes(unsigned bits, const uint8_t *p, size_t n, uint64_t *counts);
void kernels_avx512_codes(unsigned bits, const uint8_t *p, size_t n, uint64_t *counts);
void kernels_avx2_eights(const eights_type *e, const uint8_t *p, size_t n, eights_so_far *all);
void kernels_vbmi_codes(unsigned bits, const uint8_t *p, size_t n, uint64_t *counts);
void kernels_vnni_eights(const eights_type *e, const uint8_t *p, size_t n, eights_so_far *all);
/** @return false: they are of a kind that it does not do. */
bool kernels_avx512_compare(const kernel_pairs *p, size_t n, kernel_sums *out);
/** As kernels.turn, of multiples of 16 rows and columns. */
void kernels_avx512_turn(const float *in, size_t from, size_t rows, size_t columns, float *out,
                         size_t to);
void kernels_avx2_bins(const double *x, size_t n, double start, double factor, int32_t *bin);
void kernels_avx2_singles(const reals *r, const uint8_t *p, size_t n, float *out);

/** As kernels.add, in plain C. */
void kernels_add(const float *some, size_t n, float *restrict all);

#endif
