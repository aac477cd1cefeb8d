/* SPDX-License-Identifier: Apache-2.0 */
/*
 * isolate.h - giving up what the program will not need, before it reads a stranger's file.
 *
 * A model is parsed by code that may be wrong. When it is, there should be little to gain: after
 * isolate() the process can open nothing but the models, what lies beside them and the files that
 * the command line names; it can write nothing but the output that is open already; it can start no
 * program, reach no network, trace no process, and (unless fonts are needed) get no new code.
 *
 * The kernel does it: Landlock for files (isolate_files.c), a seccomp filter for system calls
 * (isolate_calls.c). What a kernel has not is left out without a word, except under --verbose. On
 * other systems than Linux nothing happens.
 */
#ifndef CLI_ISOLATE_H
#define CLI_ISOLATE_H

#include "cli.h"

/**
 * Gives up what is not needed to report on these models. To be called once, when the output is open
 * and the pager waits, before there are threads and before a model is opened. Nothing that fails
 * here is an error. Under --verbose a line on standard error says what was given up.
 */
void isolate(const cli *c, const char *const *paths, size_t n_paths);

/* ------------------------------------------------------------------------------ the parts -- */

/** What may be done below a folder, or with a file. */
typedef enum isolate_right {
	ISOLATE_READ,   /**< files may be read */
	ISOLATE_RUN,    /**< and run as well */
	ISOLATE_PLACE,  /**< names may come and go: an open file gets its place, or is removed */
	ISOLATE_SCRATCH /**< temporary files: made, written, read, removed */
} isolate_right;

/** The set of files that stay in reach. */
typedef struct isolate_files {
	int set; /**< of the kernel; -1: none */
	int abi; /**< of Landlock; 0: the kernel has none */
} isolate_files;

/** Begins with nothing in reach. Nothing is given up yet. */
void isolate_files_start(isolate_files *f);

/** Keeps a file or a folder with all below; what does not exist is left out. */
void isolate_files_keep(isolate_files *f, const char *path, isolate_right right);

/** Gives all else up. @return the ABI of Landlock that holds now, 0 when none does. */
int isolate_files_end(isolate_files *f);

/**
 * Gives up system calls.
 * @param children  Programs may be started, and talked to.
 * @param code      Memory may become code: libraries are loaded.
 */
bool isolate_calls(bool children, bool code);

#endif
