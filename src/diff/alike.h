/* SPDX-License-Identifier: Apache-2.0 */
/*
 * alike.h - weights that look alike, whatever they are called and stored in.
 *
 * A sample of each weight, as real numbers at places that do not depend on how it is stored, is
 * enough to know a weight again that was rounded, and to tell it from all others. The angle between
 * two samples is what counts.
 */
#ifndef DIFF_ALIKE_H
#define DIFF_ALIKE_H

#include "diff/pairing.h"

/** Cosine from which on weights are the same ones: rounded to two bits they keep 0.9, others of one
 * shape rarely reach 0.5. */
#define ALIKE_ENOUGH 0.8

/**
 * Cosine between two weights' samples, -1..1; the better one of the two ways to lie where two dims
 * are swapped. 1 where neither could be read, so that names decide.
 */
double alike_rows(const skeleton *s, uint32_t a, const skeleton *t, uint32_t b);

/** True when the samples are nearer to each other with the last two dims of b swapped. */
bool alike_swapped(const skeleton *s, uint32_t a, const skeleton *t, uint32_t b);

/** Pairs free weights that are alike, and like no other. */
void alike_find(pairing *p);

#endif
