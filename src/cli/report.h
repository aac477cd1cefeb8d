/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report.h - one model, from its path to a report and messages.
 *
 * Every command that looks at models is a report_writer: it gets an open model and writes to
 * report_sink(). Loading, error messages in words and in JSON, the exit code, and what to do with a
 * file that was cut short are the same for all of them and live here. A report belongs to one
 * thread; several may be made at the same time.
 */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include "cli.h"
#include "draft.h"

#include <onnxray/onnxray.h>

typedef struct report {
	const cli *cli;
	const char *path;
	oray_style style;
	oray_sink sink; /**< where the report goes in the end; writers use report_sink() */
	void *context;
	draft messages;         /**< lines for standard error */
	draft errors;           /**< the error objects among the report, when the format is JSON */
	oray_failure *failures; /**< what was noted, when the format is SARIF */
	size_t n_failures;
	draft held;     /**< the end of a JSON document that an error may have to go into */
	bool wrote;     /**< something came through report_sink() */
	bool failed;    /**< a failure was noted */
	bool delivered; /**< all there was to write was written; that may be nothing, as no rows are */
	bool spoils;    /**< results would replace weights of the model: nothing may be put there */
	bool tells_cut; /**< set by a writer: it puts style.error into its own document */
	int exit_code;
} report;

/** Writes about `model`. Returning ORAY_ERR_WRITE is never turned into a message. */
typedef oray_status (*report_writer)(report *r, const oray_model *model, oray_error *err);

/** What the command line says about limits and permissions. */
oray_load_options report_limits(const options *o);

/** Fills a report from the command line; `sink` receives it. */
void report_start(report *r, const cli *c, const char *path, oray_sink sink, void *context);

/** Opens the model, lets `write` write, and notes every failure in the report. */
void report_run(report *r, report_writer write);

/** True, with a message, when results would replace weights that the model keeps in a file. */
bool report_spoils(report *r, const oray_model *model);

/** An oray_sink; `r` is a report. */
int report_sink(void *r, const char *data, size_t size);

/** Notes a failure that does not end the report: message, JSON object, exit code. */
void report_error(report *r, const oray_error *err);

void report_free(report *r);

/** The worse of two exit codes, when several models are looked at. */
int report_worse(int a, int b);

#endif
