/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jobs.h - a command over its models.
 */
#ifndef CLI_JOBS_H
#define CLI_JOBS_H

#include "cli.h"
#include "report.h"

/**
 * Opens the output, reports on each model in order, and closes the output. A model that cannot be
 * read does not stop the others. Several are read at the same time when --jobs allows.
 *
 * One model's report goes out as it is written. With several, each is complete before its first
 * byte goes out; text reports are kept apart by an empty line, CSV reports share one header line,
 * JSON documents follow one another.
 *
 * @return the worst exit code.
 */
int jobs_run(cli *c, const char *const *paths, size_t n_paths, report_writer write);

#endif
