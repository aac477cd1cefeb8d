/* SPDX-License-Identifier: Apache-2.0 */
/*
 * channels.h - sums of a comparison, of everything and of each channel.
 *
 * Three sums of squares say it all: of x, of x' and of x - x'. The product of x and x' follows from
 * them, |x|^2 + |x'|^2 - |x - x'|^2 = 2 x.x', without loss where the two are close.
 */
#ifndef MEASURE_CHANNELS_H
#define MEASURE_CHANNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <onnxray/onnxray.h>

/** Channels that are told apart when they come mixed. */
enum { CHANNELS_MOST = 1024 * 1024 };

/** What some elements add. */
typedef struct channel_sums {
	double xx, yy, ee;             /**< of squares: x, x', x - x' */
	double max_abs, max_abs_error; /**< of x, of x - x' */
} channel_sums;

/** Adds `more` to `all`. */
static inline void channels_join(channel_sums *all, const channel_sums *more)
{
	all->xx += more->xx;
	all->yy += more->yy;
	all->ee += more->ee;
	if (more->max_abs > all->max_abs)
		all->max_abs = more->max_abs;
	if (more->max_abs_error > all->max_abs_error)
		all->max_abs_error = more->max_abs_error;
}

typedef struct channels {
	channel_sums all;
	uint64_t n;     /**< channels; 0: not told apart */
	uint64_t inner; /**< elements of one that lie together */
	bool in_order;  /**< each is done before the next begins */
	uint64_t now;   /**< in_order: which */
	double xx, ee;  /**< of it */
	double *sums;   /**< otherwise: xx of every one, then ee of every one */
	size_t period; /**< elements after which channels come again, or a multiple; 0: does not help */
	float *columns;   /**< xx of each element of a period, then ee: what is not in sums yet */
	size_t from, to;  /**< columns that are not 0 */
	uint64_t waiting; /**< elements that are in them */
	uint64_t worst;
	double worst_share; /**< ee / xx of it, -1: none yet */
} channels;

/**
 * @param n         Channels, 0 for none.
 * @param outer     Elements above, @param inner elements below the axis.
 * @param shuffled  Elements do not come in order.
 * @return false when memory ran out. More than CHANNELS_MOST mixed ones are not told apart.
 */
bool channels_open(channels *c, uint64_t n, uint64_t outer, uint64_t inner, bool shuffled);
void channels_close(channels *c);

/** Adds pairs: elements `index` and on of x, in the order of x. */
void channels_add(channels *c, uint64_t index, const double *x, const double *y, size_t n);

/** The sums of some pairs. Of numbers that are not finite, equal ones are passed over, and others
 * are infinitely far apart. */
void channels_sum(const double *x, const double *y, size_t n, channel_sums *out);

/** Adds sums of elements from `index` on, all of one channel. */
void channels_add_sums(channels *c, uint64_t index, const channel_sums *sums);

/** Elements from `index` on that are of one channel, at most `n`. */
size_t channels_run(const channels *c, uint64_t index, size_t n);

/** Elements from `index` on that a block should take: at most `n`, all of one channel if those are
 * long. */
size_t channels_block(const channels *c, uint64_t index, size_t n);

/** True when channels_add_block() needs the squares of each element. */
bool channels_each(const channels *c);

/**
 * Adds a block that begins at element `index`.
 * @param squares  Of each x, @param errors  of each x - x'; NULL unless channels_each().
 * @param add      Adds one list to another.
 */
void channels_add_block(channels *c, uint64_t index, size_t n, const channel_sums *sums,
                        const float *squares, const float *errors,
                        void (*add)(const float *some, size_t n, float *all));

/** Says what came out. `axis` is only copied. */
void channels_finish(channels *c, uint64_t elements, int64_t axis, oray_fidelity *out);

#endif
