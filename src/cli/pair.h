/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pair.h - a command over two models and what changed between them.
 */
#ifndef CLI_PAIR_H
#define CLI_PAIR_H

#include "report.h"

/** Writes about a difference. `r->path` is that of b. ORAY_ERR_WRITE never becomes a message. */
typedef oray_status (*pair_writer)(report *r, const oray_difference *d, void *context,
                                   oray_error *err);

/**
 * Opens the output, both models, infers their shapes, compares them with a bar on standard error
 * while that takes long, lets `write` write, and closes the output. When a model cannot be read,
 * or only in part, there is no report; both are tried, so that both are named.
 *
 * @return the exit code.
 */
int pair_run(cli *c, const char *a, const char *b, pair_writer write, void *context);

#endif
