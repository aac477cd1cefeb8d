/* SPDX-License-Identifier: Apache-2.0 */
/*
 * child.h - running a helper program that may misbehave.
 *
 * The program reads its input from us and writes to us, both at once, so neither side waits for the
 * other. It has so much time, memory and output, and no more; when it exceeds them it is killed,
 * with whatever it started. Nothing of the calling process changes: no signal disposition, no
 * working directory, no file; and no zombie stays behind.
 */
#ifndef EXPORT_CHILD_H
#define EXPORT_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

typedef struct child_limits {
	unsigned wall_seconds;
	unsigned cpu_seconds;
	uint64_t memory_bytes; /**< address space */
	uint64_t output_bytes;
} child_limits;

typedef enum child_end {
	CHILD_EXITED,     /**< `code` is its exit status */
	CHILD_SIGNALLED,  /**< `code` is the signal that ended it */
	CHILD_UNKNOWN,    /**< somebody else in this process collected its status */
	CHILD_NO_TIME,    /**< killed: wall clock or processor time */
	CHILD_TOO_MUCH,   /**< killed: too much output */
	CHILD_NOT_STARTED /**< `code` is an errno */
} child_end;

typedef struct child_result {
	child_end end;
	int code;
	buf output;
	buf messages; /**< what it wrote to standard error, the first few kilobytes */
} child_result;

/**
 * Runs a program to its end.
 * @param path  An absolute path, as from child_find().
 * @param argv  Arguments, argv[0] included, ended by NULL.
 */
child_result child_run(const char *path, char *const argv[], const char *input, size_t input_size,
                       const child_limits *limits);

void child_result_free(child_result *result);

/**
 * Looks for a program in the directories of PATH; those that are not absolute are left out. A name
 * with a slash is taken as it is.
 * @return false when there is no such executable file, or memory is out.
 */
bool child_find(const char *name, buf *path);

#endif
