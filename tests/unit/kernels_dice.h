/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernels_dice.h - for the tests of inner loops: random bytes, numbers that have to be near, and
 * each set of loops in turn. Behind cmocka.h.
 */
#ifndef TESTS_KERNELS_DICE_H
#define TESTS_KERNELS_DICE_H

#include <math.h>

#include "measure/kernels.h"

static uint64_t dice = 88172645463325252u;

static inline uint64_t roll(void)
{
	dice ^= dice << 13;
	dice ^= dice >> 7;
	dice ^= dice << 17;
	return dice;
}

static inline void fill(uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(roll() >> 33);
}

static inline void assert_near(double got, double want, double share)
{
	if (isnan(want) ? !isnan(got) : got != want && !(fabs(got - want) <= share * fabs(want)))
		fail_msg("%.17g instead of %.17g", got, want);
}

static inline void each_level(void (*check)(const kernels *))
{
	for (int level = 0; level < KERNELS_LEVELS; level++)
		check(kernels_at_most(level));
}

#endif
