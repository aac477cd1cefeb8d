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
} progress;

/** Wanted on a terminal whose reports are not on the screen yet, unless --quiet. */
progress progress_start(const cli *c, size_t total);

/** Shows "[3/12] name"; only after a moment, so that quick work does not flicker. */
void progress_show(progress *p, size_t done, const char *name);

/** To be called before anything else is written. */
void progress_erase(progress *p);

#endif
