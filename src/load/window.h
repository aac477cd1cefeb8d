/* SPDX-License-Identifier: Apache-2.0 */
/*
 * window.h - looking at a file through a small buffer.
 *
 * Never maps and never reads the whole file. A look outside the buffer reads half a kilobyte;
 * while looks go on sequentially the reads grow: a page next, then fourfold up to 256 KiB. So a
 * skip over a weight costs little, and a graph is read in a few large pieces; so are many small
 * weights, once pieces are large: a gap of less than a page changes nothing then.
 *
 * What was seen before the last jump is kept: a tensor in an attribute is jumped over to see what
 * follows it, then looked at, then what follows is read on.
 */
#ifndef LOAD_WINDOW_H
#define LOAD_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"

enum { WINDOW_MOST = 256 * 1024 };

typedef struct pane {
	uint8_t *bytes;
	size_t capacity;
	uint64_t start; /**< offset of bytes[0] */
	size_t n;       /**< bytes held */
	size_t next;    /**< size of the next sequential read */
} pane;

typedef struct window {
	int fd;
	uint64_t size; /**< of the file, when it was opened */
	mem_budget *budget;
	pane now, before;
	int error; /**< errno of a failed read; -1: the file became shorter; 0: fine */
} window;

void window_open(window *w, int fd, uint64_t size, mem_budget *budget);
void window_close(window *w);

/** Slow path of window_at(). */
const uint8_t *window_move(window *w, uint64_t offset, size_t want);

/** True when the pane holds `want` bytes from `offset`. */
static inline bool pane_holds(const pane *p, uint64_t offset, size_t want)
{
	return offset >= p->start && offset - p->start <= p->n &&
	       want <= p->n - (size_t)(offset - p->start);
}

/**
 * `want` bytes from `offset`, valid until the next call.
 * @param want  At most WINDOW_MOST; offset + want must not exceed the size of the file.
 * @return NULL: the read failed, see `error`.
 */
static inline const uint8_t *window_at(window *w, uint64_t offset, size_t want)
{
	if (pane_holds(&w->now, offset, want))
		return w->now.bytes + (offset - w->now.start);
	return window_move(w, offset, want);
}

#endif
