/* SPDX-License-Identifier: Apache-2.0 */
/*
 * baseline.h - the file of findings that are known.
 */
#ifndef CLI_BASELINE_H
#define CLI_BASELINE_H

#include "cli.h"
#include "draft.h"

typedef struct baseline {
	draft text; /**< lines; an empty file is a baseline too */
} baseline;

/** What a model is called in a baseline: its file without the folder, which may move. */
const char *baseline_name(const char *path);

/** Reads a baseline. @return false with a message when that cannot be. */
bool baseline_read(baseline *b, const char *path, oray_error *err);

/** Adds the findings of a model; any thread may. */
oray_status baseline_add(baseline *b, const oray_check_report *found, const char *path,
                         oray_error *err);

/** Opens --write-baseline, before the program gives up opening files. @return the exit code. */
int baseline_open(cli *c);

/** Writes what was added to it, in order, or leaves it as it was. @return the exit code. */
int baseline_write(baseline *b, cli *c, bool keep);

void baseline_free(baseline *b);

#endif
