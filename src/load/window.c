/* SPDX-License-Identifier: Apache-2.0 */
#include "load/window.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { SECTOR = 512, PAGE = 4096, FIRST = 2 * PAGE };
enum { GLANCE = SECTOR + SECTOR / 2 }; /* after a jump: a sector, or nearly two */

void window_open(window *w, int fd, uint64_t size, mem_budget *budget)
{
	*w = (window){.fd = fd, .size = size, .budget = budget};
	posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM);
}

void window_close(window *w)
{
	mem_free(w->budget, w->now.bytes, w->now.capacity);
	mem_free(w->budget, w->before.bytes, w->before.capacity);
	w->now = w->before = (pane){0};
}

static bool make_room(window *w, size_t size)
{
	pane *now = &w->now;
	if (size <= now->capacity)
		return true;
	size_t wanted = now->capacity ? now->capacity : FIRST;
	while (wanted < size)
		wanted *= 2;
	uint8_t *p = mem_resize(w->budget, now->bytes, now->capacity, wanted);
	if (!p) {
		w->error = ENOMEM;
		return false;
	}
	now->bytes = p;
	now->capacity = wanted;
	return true;
}

static bool is_ahead(const pane *now, uint64_t offset)
{
	uint64_t end = now->start + now->n;
	return now->n && offset >= now->start && offset <= end && end - offset < WINDOW_MOST;
}

/* In a long run of small things, a gap of less than a page is no reason to read in small pieces. */
static bool is_gap(const pane *now, uint64_t offset)
{
	uint64_t end = now->start + now->n;
	return now->n && offset > end && offset - end < PAGE && now->next == WINDOW_MOST;
}

static void swap_panes(window *w)
{
	pane now = w->now;
	w->now = w->before;
	w->before = now;
}

const uint8_t *window_move(window *w, uint64_t offset, size_t want)
{
	pane *now = &w->now;
	size_t kept = 0;
	if (is_ahead(now, offset)) {
		kept = (size_t)(now->start + now->n - offset);
	} else if (!is_gap(now, offset)) {
		swap_panes(w);
		if (pane_holds(now, offset, want))
			return now->bytes + (offset - now->start);
		now->next = GLANCE;
	}
	/* What is read ends on a boundary, at the least after what is wanted. */
	const size_t unit = now->next < PAGE ? SECTOR : PAGE;
	uint64_t from = offset + kept;
	uint64_t until = (from + now->next) / unit * unit;
	uint64_t needed = (offset + want + unit - 1) / unit * unit;
	if (until < needed)
		until = needed;
	if (until > w->size)
		until = w->size;
	if (!make_room(w, (size_t)(until - offset)))
		return NULL;
	if (kept)
		memmove(now->bytes, now->bytes + (offset - now->start), kept);
	now->start = offset;
	now->n = kept;
	while (from < until) {
		ssize_t n = pread(w->fd, now->bytes + now->n, (size_t)(until - from), (off_t)from);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			w->error = n < 0 ? errno : -1;
			return NULL;
		}
		now->n += (size_t)n;
		from += (uint64_t)n;
	}
	if (now->next < WINDOW_MOST)
		now->next = now->next < PAGE ? PAGE : 4 * now->next;
	return now->bytes;
}
