/* SPDX-License-Identifier: Apache-2.0 */
/*
 * baseline.c - the file of findings that are known.
 *
 * Lines are sorted, so that a baseline in version control changes where findings do, whatever the
 * order in which models were looked at.
 */
#include "baseline.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BASELINE_MOST = 256 << 20 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

const char *baseline_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash && slash[1] ? slash + 1 : path;
}

/* ----------------------------------------------------------------------------------- reading -- */

static bool refuse(oray_error *err, const char *path, const char *why)
{
	draft text = {0};
	*err = (oray_error){.code = ORAY_ERR_USAGE, .offset = ORAY_NO_OFFSET};
	draft_str(&text, "--baseline: ");
	draft_printable(&text, path);
	snprintf(err->message, sizeof err->message, "%.400s: %s", draft_text(&text), why);
	draft_free(&text);
	return false;
}

bool baseline_read(baseline *b, const char *path, oray_error *err)
{
	char block[1 << 14];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	ssize_t n = fd < 0 ? -1 : 1;

	while (n > 0 && b->text.n < BASELINE_MOST && !b->text.failed) {
		n = read(fd, block, sizeof block);
		if (n > 0)
			draft_add(&b->text, block, (size_t)n);
		if (n < 0 && errno == EINTR)
			n = 1;
	}
	int reason = errno;
	if (fd >= 0)
		close(fd);
	if (n < 0)
		return refuse(err, path, strerror(reason));
	if (b->text.failed || n > 0)
		return refuse(err, path, "it is too large");
	return true;
}

/* ----------------------------------------------------------------------------------- writing -- */

oray_status baseline_add(baseline *b, const oray_check_report *found, const char *path,
                         oray_error *err)
{
	pthread_mutex_lock(&lock);
	oray_status status = oray_write_baseline(found, baseline_name(path), draft_sink, &b->text, err);
	pthread_mutex_unlock(&lock);
	return status;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The lines, each cut off by a NUL, in order. */
static const char **sorted_lines(draft *text, size_t *n)
{
	size_t count = 0;
	for (size_t i = 0; i < text->n; i++)
		count += text->data[i] == '\n';
	const char **lines = malloc((count + 1) * sizeof *lines);
	*n = 0;
	if (!lines)
		return NULL;
	for (char *at = text->data; at && *n < count; at++) {
		char *end = strchr(at, '\n');
		*end = '\0';
		lines[(*n)++] = at;
		at = end;
	}
	qsort(lines, *n, sizeof *lines, by_text);
	return lines;
}

static bool write_lines(output *out, const char *const *lines, size_t n)
{
	static const char head[] = "# findings that onnxray check --baseline leaves out\n";
	bool fine = !output_sink(out, head, sizeof head - 1);
	for (size_t i = 0; i < n && fine; i++)
		fine = !output_sink(out, lines[i], strlen(lines[i])) && !output_sink(out, "\n", 1);
	return fine;
}

int baseline_open(cli *c)
{
	draft trouble = {0};
	int code = EXIT_FINE;
	if (!output_open(&c->known, c->options.write_baseline, &c->options, c->operands, c->n_operands,
	                 &c->term, &trouble))
		code = cli_fail(c, ORAY_ERR_WRITE, draft_text(&trouble));
	draft_free(&trouble);
	return code;
}

int baseline_write(baseline *b, cli *c, bool keep)
{
	size_t n;
	const char **lines = keep && !b->text.failed ? sorted_lines(&b->text, &n) : NULL;
	bool fine = lines && write_lines(&c->known, lines, n);
	int code = EXIT_FINE;
	if (!output_close(&c->known, fine))
		code = EXIT_NOT_WRITTEN;
	else if (keep && !lines)
		code = cli_fail(c, ORAY_ERR_WRITE, "out of memory");
	free((void *)lines);
	return code;
}

void baseline_free(baseline *b)
{
	draft_free(&b->text);
}
