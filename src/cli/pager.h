/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pager.h - the program that shows long output page by page.
 */
#ifndef CLI_PAGER_H
#define CLI_PAGER_H

#include <stdbool.h>
#include <sys/types.h>

/**
 * The pager to use: $ONNXRAY_PAGER, $PAGER, or less when it is installed. NULL: none, also when
 * one of them says "cat" or nothing.
 */
const char *pager_choose(void);

/** Gives less its options, unless the user did. Before any thread exists. */
void pager_prepare(void);

/**
 * Starts a process that waits, and becomes the pager with the first byte it gets; without one it
 * ends when the pipe is closed. So the program can give up starting others long before it knows
 * whether the result fits the screen.
 * @param fd  Receives where to write.
 * @return its process, or -1.
 */
pid_t pager_start(const char *program, int *fd);

/** From now on interrupts are the pager's alone, which ends us by closing the pipe. */
void pager_take_over(void);

/** Waits until the user leaves it. @return false when it could not be run at all. */
bool pager_wait(pid_t pager);

#endif
