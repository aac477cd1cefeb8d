/* SPDX-License-Identifier: Apache-2.0 */
#include "picture/pic_scale.h"

#include <float.h>
#include <math.h>

#define STEPS       (THEME_SCALE - 1)
#define FAR_APART   100.0
#define SQRT_HALF   0.70710678118654752
#define TWO_BY_LN_2 2.8853900817779268 /* 2 / ln 2 */

void pic_scale_begin(pic_scale *s)
{
	*s = (pic_scale){.low = DBL_MAX, .high = -DBL_MAX, .least = DBL_MAX};
}

void pic_scale_add(pic_scale *s, double x)
{
	s->unknown += isnan(x) != 0;
	if (!isfinite(x))
		return;
	s->low = x < s->low ? x : s->low;
	s->high = x > s->high ? x : s->high;
	s->least = x > 0 && x < s->least ? x : s->least;
}

void pic_scale_end(pic_scale *s, bool ratios)
{
	s->ratios = s->low >= 0 && s->high > 0 && (ratios || s->high / FAR_APART >= s->least);
	s->zeros = s->ratios && s->low == 0;
}

/* The logarithm to base 2 of a positive number, by the series of the inverse hyperbolic tangent:
 * within 1e-9, and by arithmetic that is the same everywhere. */
static double log_2(double x)
{
	int exponent;
	double m = frexp(x, &exponent);
	if (m < SQRT_HALF) {
		m *= 2;
		exponent--;
	}
	double z = (m - 1) / (m + 1), square = z * z;
	double sum = 1.0 / 11;
	for (int odd = 9; odd > 0; odd -= 2)
		sum = 1.0 / odd + square * sum;
	return exponent + TWO_BY_LN_2 * z * sum;
}

static unsigned part(double share, unsigned steps)
{
	double at = share * steps;
	return !(at > 0) ? 0 : at >= steps ? steps - 1 : (unsigned)at;
}

unsigned pic_scale_step(const pic_scale *s, double x)
{
	if (isnan(x))
		return PIC_STEP_NONE;
	if (isinf(x))
		return x > 0 ? STEPS - 1 : 0;
	if (!s->ratios)
		/* halves, since the difference of two finite numbers may not be finite */
		return s->low < s->high ? part((x / 2 - s->low / 2) / (s->high / 2 - s->low / 2), STEPS)
		                        : STEPS / 2;
	if (!(x > 0))
		return 0;
	double share =
	    s->least == s->high ? 1 : (log_2(x) - log_2(s->least)) / (log_2(s->high) - log_2(s->least));
	return s->zeros ? 1 + part(share, STEPS - 1) : part(share, STEPS);
}
