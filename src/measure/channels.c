/* SPDX-License-Identifier: Apache-2.0 */
#include "measure/channels.h"

#include <math.h>
#include <string.h>

#include "base/heap.h"

enum {
	LONG = 256, /* elements of a channel that are worth a block of their own */
	WIDE = 256, /* columns at least: runs of a few are slow to add */
	DEEP = 32   /* squares that are added to one column in single precision */
};

/* Columns for channels that come again and again, a few elements each time. */
static bool open_columns(channels *c, uint64_t outer)
{
	uint64_t period = c->n * c->inner; /* no more than elements */
	if (outer == 1 || !channels_each(c) || period > CHANNELS_MOST)
		return true;
	c->period = (size_t)(period < WIDE ? (WIDE + period - 1) / period * period : period);
	c->columns = heap_zeroed(c->period, 2 * sizeof *c->columns);
	return c->columns != NULL;
}

bool channels_open(channels *c, uint64_t n, uint64_t outer, uint64_t inner, bool shuffled)
{
	memset(c, 0, sizeof *c);
	c->worst_share = -1;
	c->in_order = outer == 1 && !shuffled;
	c->inner = inner;
	if (!n || (!c->in_order && n > CHANNELS_MOST))
		return true;
	c->n = n;
	if (c->in_order)
		return true;
	c->sums = heap_zeroed((size_t)n, 2 * sizeof *c->sums);
	return c->sums != NULL && open_columns(c, outer);
}

void channels_close(channels *c)
{
	heap_free(c->sums);
	heap_free(c->columns);
	c->sums = NULL;
	c->columns = NULL;
}

static void judge(channels *c, uint64_t channel, double xx, double ee)
{
	double share = ee / xx;
	if (xx > 0 && share > c->worst_share) {
		c->worst = channel;
		c->worst_share = share;
	}
}

static void add_channel(channels *c, uint64_t channel, double xx, double ee)
{
	if (c->sums) {
		c->sums[channel] += xx;
		c->sums[c->n + channel] += ee;
		return;
	}
	if (channel != c->now) {
		judge(c, c->now, c->xx, c->ee);
		c->now = channel;
		c->xx = c->ee = 0;
	}
	c->xx += xx;
	c->ee += ee;
}

static double larger(double a, double b)
{
	return a > b ? a : b;
}

void channels_add_sums(channels *c, uint64_t index, const channel_sums *s)
{
	channels_join(&c->all, s);
	if (c->n)
		add_channel(c, index / c->inner % c->n, s->xx, s->ee);
}

size_t channels_run(const channels *c, uint64_t index, size_t n)
{
	if (!c->n)
		return n;
	uint64_t left = c->inner - index % c->inner;
	return left < n ? (size_t)left : n;
}

/* Where some are not finite. */
static void add_odd(const double *x, const double *y, size_t n, channel_sums *s)
{
	memset(s, 0, sizeof *s);
	for (size_t i = 0; i < n; i++) {
		if (isfinite(x[i]) && isfinite(y[i])) {
			double e = x[i] - y[i];
			s->xx += x[i] * x[i];
			s->yy += y[i] * y[i];
			s->ee += e * e;
			s->max_abs = larger(s->max_abs, fabs(x[i]));
			s->max_abs_error = larger(s->max_abs_error, fabs(e));
		} else if (x[i] != y[i] && !(isnan(x[i]) && isnan(y[i]))) {
			s->ee = s->max_abs_error = INFINITY;
			s->xx += isfinite(x[i]) ? x[i] * x[i] : 0;
		}
	}
}

/* Four of each, so that one addition need not wait for the other. */
static void add_even(const double *x, const double *y, size_t n, channel_sums *s)
{
	double xx[4] = {0}, yy[4] = {0}, ee[4] = {0}, mx[4] = {0}, me[4] = {0};
	size_t i = 0;
	for (; i + 4 <= n; i += 4)
		for (int k = 0; k < 4; k++) {
			double a = x[i + k], b = y[i + k], e = a - b;
			xx[k] += a * a;
			yy[k] += b * b;
			ee[k] += e * e;
			a = fabs(a);
			e = fabs(e);
			mx[k] = mx[k] > a ? mx[k] : a;
			me[k] = me[k] > e ? me[k] : e;
		}
	for (; i < n; i++) {
		double e = x[i] - y[i];
		xx[0] += x[i] * x[i];
		yy[0] += y[i] * y[i];
		ee[0] += e * e;
		mx[0] = larger(mx[0], fabs(x[i]));
		me[0] = larger(me[0], fabs(e));
	}
	*s = (channel_sums){(xx[0] + xx[1]) + (xx[2] + xx[3]), (yy[0] + yy[1]) + (yy[2] + yy[3]),
	                    (ee[0] + ee[1]) + (ee[2] + ee[3]),
	                    larger(larger(mx[0], mx[1]), larger(mx[2], mx[3])),
	                    larger(larger(me[0], me[1]), larger(me[2], me[3]))};
}

void channels_sum(const double *x, const double *y, size_t n, channel_sums *s)
{
	add_even(x, y, n, s);
	if (!isfinite(s->xx + s->yy + s->ee))
		add_odd(x, y, n, s);
}

/* Whether all are; 0 times anything else is NAN. */
static bool is_finite(const double *x, size_t n)
{
	double sum[4] = {0};
	size_t i = 0;
	for (; i + 4 <= n; i += 4)
		for (int k = 0; k < 4; k++)
			sum[k] += x[i + k] * 0;
	for (; i < n; i++)
		sum[0] += x[i] * 0;
	return (sum[0] + sum[1]) + (sum[2] + sum[3]) == 0;
}

/* Every element is of another channel than the one before. */
static void add_mixed(channels *c, uint64_t index, const double *x, const double *y, size_t n,
                      bool finite)
{
	while (n) {
		uint64_t channel = index % c->n;
		size_t run = c->n - channel < n ? (size_t)(c->n - channel) : n;
		double *restrict xx = c->sums + channel, *restrict ee = xx + c->n;
		for (size_t i = 0; finite && i < run; i++) {
			double e = x[i] - y[i];
			xx[i] += x[i] * x[i];
			ee[i] += e * e;
		}
		for (size_t i = 0; !finite && i < run; i++) {
			channel_sums one;
			channels_sum(x + i, y + i, 1, &one);
			xx[i] += one.xx;
			ee[i] += one.ee;
		}
		x += run;
		y += run;
		index += run;
		n -= run;
	}
}

void channels_add(channels *c, uint64_t index, const double *x, const double *y, size_t n)
{
	channel_sums s;
	if (c->n && c->inner == 1 && c->sums) {
		channels_sum(x, y, n, &s);
		channels_join(&c->all, &s);
		/* Numbers that are not finite leave a trace even where both are the same. */
		add_mixed(c, index, x, y, n, is_finite(x, n) && is_finite(y, n));
		return;
	}
	while (n) {
		size_t run = channels_run(c, index, n);
		channels_sum(x, y, run, &s);
		channels_add_sums(c, index, &s);
		x += run;
		y += run;
		index += run;
		n -= run;
	}
}

/* -------------------------------------------------------------------------- blocks of squares --
 */

bool channels_each(const channels *c)
{
	return c->n > 1 && c->inner < LONG;
}

size_t channels_block(const channels *c, uint64_t index, size_t n)
{
	return channels_each(c) ? n : channels_run(c, index, n);
}

/* Moves what is in columns to the sums. */
static void settle(channels *c)
{
	float *xx = c->columns, *ee = xx + c->period;
	uint64_t channel = c->from / c->inner % c->n, in = c->from % c->inner;
	for (size_t i = c->from; i < c->to; i++) {
		c->sums[channel] += (double)xx[i];
		c->sums[c->n + channel] += (double)ee[i];
		xx[i] = ee[i] = 0;
		if (++in < c->inner)
			continue;
		in = 0;
		channel = channel + 1 < c->n ? channel + 1 : 0;
	}
	c->from = c->to = 0;
	c->waiting = 0;
}

static void add_columns(channels *c, uint64_t index, const float *xx, const float *ee, size_t n,
                        void (*add)(const float *, size_t, float *))
{
	size_t at = (size_t)(index % c->period);
	while (n) {
		size_t some = c->period - at < n ? c->period - at : n;
		add(xx, some, c->columns + at);
		add(ee, some, c->columns + c->period + at);
		c->from = c->from == c->to || at < c->from ? at : c->from;
		c->to = at + some > c->to ? at + some : c->to;
		c->waiting += some;
		if (c->waiting / DEEP >= c->to - c->from)
			settle(c);
		xx += some;
		ee += some;
		n -= some;
		at = 0;
	}
}

/* Four of them, so that one addition need not wait for the other. */
static double sum_of(const float *x, size_t n)
{
	double sum[4] = {0};
	size_t i = 0;
	for (; i + 4 <= n; i += 4)
		for (size_t k = 0; k < 4; k++)
			sum[k] += (double)x[i + k];
	for (; i < n; i++)
		sum[0] += (double)x[i];
	return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

void channels_add_block(channels *c, uint64_t index, size_t n, const channel_sums *sums,
                        const float *squares, const float *errors,
                        void (*add)(const float *, size_t, float *))
{
	if (!channels_each(c)) {
		channels_add_sums(c, index, sums);
		return;
	}
	channels_join(&c->all, sums);
	if (c->columns) {
		add_columns(c, index, squares, errors, n, add);
		return;
	}
	uint64_t channel = index / c->inner % c->n;
	size_t left = (size_t)(c->inner - index % c->inner);
	for (size_t i = 0, run; i < n; i += run) {
		run = left < n - i ? left : n - i;
		add_channel(c, channel, sum_of(squares + i, run), sum_of(errors + i, run));
		left = (size_t)c->inner;
		channel = channel + 1 < c->n ? channel + 1 : 0;
	}
}

/* 10 log10(xx / ee), as oray_fidelity says. */
static double decibels(double xx, double ee)
{
	return ee == 0 ? INFINITY : xx == 0 ? NAN : 10 * log10(xx / ee);
}

void channels_finish(channels *c, uint64_t elements, int64_t axis, oray_fidelity *out)
{
	const channel_sums *s = &c->all;
	memset(out, 0, sizeof *out);
	out->elements = elements;
	out->sqnr_db = decibels(s->xx, s->ee);
	out->mse = elements ? s->ee / (double)elements : NAN;
	out->max_abs_error = s->max_abs_error;
	out->max_abs = s->max_abs;
	double both = sqrt(s->xx) * sqrt(s->yy), cosine = (s->xx + s->yy - s->ee) / (2 * both);
	out->cosine = !(both > 0) || isinf(s->ee) ? NAN : cosine > 1 ? 1 : cosine < -1 ? -1 : cosine;
	out->relative_l2 = s->xx > 0 ? sqrt(s->ee / s->xx) : NAN;
	out->identical = s->max_abs_error == 0;
	out->axis = c->n ? axis : -1;
	out->worst_sqnr_db = NAN;
	if (c->n && c->columns)
		settle(c);
	for (uint64_t i = 0; c->sums && i < c->n; i++)
		judge(c, i, c->sums[i], c->sums[c->n + i]);
	if (c->n && !c->sums)
		judge(c, c->now, c->xx, c->ee);
	if (c->n && c->worst_share >= 0) {
		out->worst_channel = c->worst;
		out->worst_sqnr_db = decibels(1, c->worst_share);
	}
}
