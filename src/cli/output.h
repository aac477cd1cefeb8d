/* SPDX-License-Identifier: Apache-2.0 */
/*
 * output.h - where results and messages go.
 *
 * Results go to standard output, to a pager when they are longer than the terminal, or to a file.
 * A file is written beside its place and put there when it is complete, so a failure leaves what
 * was there before. Through a link the file it names is written, its permissions are kept; what is
 * not a regular file (a device, a pipe) is written directly.
 *
 * Writes are checked. A reader that goes away (`| head`) is not an error; a full disk is.
 */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "draft.h"
#include "options.h"
#include "term.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

typedef struct output {
	const char *name; /**< for messages */
	int fd;
	bool to_file;  /**< -o names a file */
	bool replaces; /**< there is such a file already; it is known by the next two */
	dev_t device;
	ino_t inode;
	char *target;       /**< regular files: the file to replace, links followed, else NULL */
	char *temporary;    /**< regular files: written now, else NULL */
	bool collecting;    /**< a terminal: `waiting` holds all so far, it may fit the screen */
	bool messages_join; /**< messages go where results go: both are the same terminal */
	size_t lines, height;
	pid_t pager;   /**< the process that is it, or waits to become it; or -1 */
	int to_pager;  /**< its pipe */
	draft waiting; /**< not written yet */
	bool closed;   /**< the reader went away */
	int problem;   /**< errno of the first failed write, or 0 */
} output;

/**
 * Opens the place for results.
 *
 * @param path    A file; NULL and "-" are standard output.
 * @param given   Options that may name files to be read, which `path` must not be; or NULL.
 * @param models  Models to be read, nor one of these.
 * @param t       From term_look().
 * @param trouble Receives what is wrong, file name included.
 * @return false when results cannot go there; nothing is left behind then.
 */
bool output_open(output *o, const char *path, const options *given, const char *const *models,
                 size_t n_models, const term *t, draft *trouble);

/** True when `path` is the file that is replaced, by whatever name. */
bool output_replaces(const output *o, const char *path);

/** An oray_sink for results. @return nonzero once nothing more can be written. */
int output_sink(void *o, const char *data, size_t size);

/** Lets a waiting reader see what is there so far. Output that may still fit a screen waits. */
void output_flush(output *o);

/** Prints whole lines on standard error, after the results so far. */
void output_message(output *o, const char *text);

/**
 * Writes what is left, puts a file in its place, waits for the pager.
 * @param keep  false: leave the file as it was.
 * @return false when results were lost; the reason was printed.
 */
bool output_close(output *o, bool keep);

/** Writes all of it, whatever the interrupts. @return false with errno set. */
bool output_write_all(int fd, const char *data, size_t size);

#endif
