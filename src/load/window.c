/* SPDX-License-Identifier: Apache-2.0 */
#include "load/window.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { PAGE = 4096, FIRST = 2 * PAGE };

void window_open(window *w, int fd, uint64_t size, mem_budget *budget)
{
	*w = (window){.fd = fd, .size = size, .budget = budget, .next = PAGE};
	posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM);
}

void window_close(window *w)
{
	mem_free(w->budget, w->bytes, w->capacity);
	w->bytes = NULL;
	w->capacity = w->n = 0;
}

static bool make_room(window *w, size_t size)
{
	if (size <= w->capacity)
		return true;
	size_t wanted = w->capacity ? w->capacity : FIRST;
	while (wanted < size)
		wanted *= 2;
	uint8_t *p = mem_resize(w->budget, w->bytes, w->capacity, wanted);
	if (!p) {
		w->error = ENOMEM;
		return false;
	}
	w->bytes = p;
	w->capacity = wanted;
	return true;
}

const uint8_t *window_move(window *w, uint64_t offset, size_t want)
{
	uint64_t end = w->start + w->n;
	bool sequential = w->n && offset <= end && end - offset < WINDOW_MOST && offset >= w->start;
	size_t kept = sequential ? (size_t)(end - offset) : 0;
	if (!sequential)
		w->next = PAGE;
	/* What is read ends on a page boundary, at the least after what is wanted. */
	uint64_t from = offset + kept;
	uint64_t until = (from + w->next) / PAGE * PAGE;
	uint64_t needed = (offset + want + PAGE - 1) / PAGE * PAGE;
	if (until < needed)
		until = needed;
	if (until > w->size)
		until = w->size;
	if (!make_room(w, (size_t)(until - offset)))
		return NULL;
	if (kept)
		memmove(w->bytes, w->bytes + (offset - w->start), kept);
	w->start = offset;
	w->n = kept;
	while (from < until) {
		ssize_t n = pread(w->fd, w->bytes + w->n, (size_t)(until - from), (off_t)from);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			w->error = n < 0 ? errno : -1;
			return NULL;
		}
		w->n += (size_t)n;
		from += (uint64_t)n;
	}
	if (w->next < WINDOW_MOST)
		w->next *= 4;
	return w->bytes;
}
