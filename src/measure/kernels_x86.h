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

/** As kernels.add, in plain C. */
void kernels_add(const float *some, size_t n, float *restrict all);

#endif
