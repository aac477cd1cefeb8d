/* SPDX-License-Identifier: Apache-2.0 */
/*
 * progress.c - the line that comes and goes.
 */
#include "progress.h"

#include <string.h>
#include <unistd.h>

enum { PATIENCE_MS = 300, REFRESH_MS = 80, BAR_COLUMNS = 24 };

progress progress_start(const cli *c, size_t total)
{
	progress p = {.cli = c, .total = total};
	bool reports_seen = c->term.is_terminal && !c->out.collecting;
	p.wanted = c->term.errors_too && !reports_seen && !c->options.quiet && total > 1;
	clock_gettime(CLOCK_MONOTONIC, &p.start);
	return p;
}

static long elapsed_ms(const progress *p)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - p->start.tv_sec) * 1000 + (now.tv_nsec - p->start.tv_nsec) / 1000000;
}

void progress_show(progress *p, size_t done, const char *name)
{
	if (!p->wanted || p->cli->out.pager >= 0 || elapsed_ms(p) < PATIENCE_MS)
		return;
	draft line = {0};
	draft_format(&line, "\r\033[K[%zu/%zu] ", done + 1, p->total);
	const char *slash = strrchr(name, '/');
	draft_printable(&line, slash ? slash + 1 : name);
	size_t room = p->cli->term.width + strlen("\r\033[K") - 1;
	p->shown = output_write_all(STDERR_FILENO, draft_text(&line), line.n < room ? line.n : room);
	draft_free(&line);
}

void progress_share(progress *p, double done, const char *what)
{
	if (!p->wanted || p->cli->out.pager >= 0)
		return;
	long now = elapsed_ms(p);
	if (now < PATIENCE_MS || now - p->last < REFRESH_MS)
		return;
	p->last = now;
	done = done > 1 ? 1 : done >= 0 ? done : 0; /* NaN as well */
	int bars = (int)(done * BAR_COLUMNS);
	draft line = {0};
	draft_str(&line, "\r\033[K[");
	for (int i = 0; i < BAR_COLUMNS; i++)
		draft_str(&line, i < bars ? "=" : " ");
	draft_format(&line, "] %d %% %s", (int)(done * 100), what);
	size_t room = p->cli->term.width + strlen("\r\033[K") - 1;
	p->shown = output_write_all(STDERR_FILENO, draft_text(&line), line.n < room ? line.n : room);
	draft_free(&line);
}

void progress_erase(progress *p)
{
	static const char erase[] = "\r\033[K";
	if (p->shown)
		p->shown = !output_write_all(STDERR_FILENO, erase, sizeof erase - 1);
}
