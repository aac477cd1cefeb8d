/* SPDX-License-Identifier: Apache-2.0 */
/*
 * progress.h - one line on standard error that says how far the work is, and goes away.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "cli.h"

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

typedef struct progress {
	const cli *cli;
	bool wanted; /**< somebody watches, and sees nothing else */
	bool shown;
	size_t total;
	struct timespec start;
	long last; /**< milliseconds after `start` when progress_share() wrote last */
} progress;

/** Wanted on a terminal whose reports are not on the screen yet, unless --quiet. */
progress progress_start(const cli *c, size_t total);

/** Shows "[3/12] name"; only after a moment, so that quick work does not flicker. */
void progress_show(progress *p, size_t done, const char *name);

/**
 * Shows "[=====     ] 43 % what", for work that tells what share of it is done, 0..1. As with
 * progress_show() quick work does not flicker; the line changes a few times a second at most.
 */
void progress_share(progress *p, double done, const char *what);

/** To be called before anything else is written. */
void progress_erase(progress *p);

#endif
