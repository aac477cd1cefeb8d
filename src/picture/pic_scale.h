/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_scale.h - numbers of nodes as steps of a scale of colours.
 *
 * Sizes of weights and costs of layers lie orders of magnitude apart, decibels and percentages do
 * not: where the largest is a hundred times the smallest that is not zero, steps are equal ratios,
 * else equal differences. Only sums, products and quotients are used, so that every machine finds
 * the same steps.
 */
#ifndef PICTURE_PIC_SCALE_H
#define PICTURE_PIC_SCALE_H

#include <stdbool.h>
#include <stddef.h>

#include "picture/theme.h"

typedef struct pic_scale {
	double low, high; /**< of what is finite and known; low > high: nothing is */
	double least;     /**< smallest above zero, with ratios */
	bool ratios;      /**< steps are equal ratios; negative numbers never are on such a scale */
	bool zeros;       /**< with ratios: the first step is zero alone */
	size_t unknown;   /**< numbers that are NAN */
} pic_scale;

/** The step of unknown numbers. */
#define PIC_STEP_NONE (THEME_SCALE - 1)

/** Starts a scale on which nothing is. */
void pic_scale_begin(pic_scale *s);

/** Takes in a number. NAN is unknown; the infinite are at the ends, wherever these come to be. */
void pic_scale_add(pic_scale *s, double x);

/**
 * Decides on ratios or differences, when all numbers are in.
 * @param ratios  Ratios in any case where there is no negative number: for sizes.
 */
void pic_scale_end(pic_scale *s, bool ratios);

/** Step of a number that was taken in: 0 to THEME_SCALE - 2, or PIC_STEP_NONE. */
unsigned pic_scale_step(const pic_scale *s, double x);

#endif
