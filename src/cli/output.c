/* SPDX-License-Identifier: Apache-2.0 */
/*
 * output.c - results out, checked.
 */
#define _XOPEN_SOURCE 700 /* realpath */

#include "output.h"

#include "pager.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Written at once; and no screen holds more than that. */
enum { BLOCK = 1 << 16, SCREENFUL = 1 << 20 };

/* --------------------------------------------------------------------- the temporary file -- */

/* What to remove when a signal ends us. A signal handler can read nothing but this. */
static char *volatile unfinished[2];

static void clean_up(int number)
{
	for (size_t i = 0; i < 2; i++)
		if (unfinished[i])
			unlink(unfinished[i]);
	signal(number, SIG_DFL);
	raise(number);
}

static void guard(char *temporary)
{
	static const int signals[] = {SIGHUP, SIGINT, SIGTERM};
	unfinished[unfinished[0] != NULL] = temporary;
	for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
		struct sigaction now;
		if (sigaction(signals[i], NULL, &now) == 0 && now.sa_handler == SIG_DFL)
			signal(signals[i], clean_up);
	}
}

static bool refuse(draft *trouble, const char *path, const char *why)
{
	draft_printable(trouble, path);
	draft_format(trouble, ": %s", why);
	return false;
}

/** Creates a file beside `target`; its name is short, whatever the other's length. */
static int create_beside(const char *target, char **temporary)
{
	const char *slash = strrchr(target, '/');
	int directory = slash ? (int)(slash - target) + 1 : 0;
	size_t size = (size_t)directory + 64;
	char *name = malloc(size);
	if (!name)
		return -1;
	for (unsigned i = 0; i < 1000; i++) {
		snprintf(name, size, "%.*s.onnxray-%ld-%u.tmp", directory, target, (long)getpid(), i);
		int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		if (fd >= 0) {
			*temporary = name;
			return fd;
		}
		if (errno != EEXIST)
			break;
	}
	int reason = errno;
	free(name);
	errno = reason;
	return -1;
}

static bool is_same(const struct stat *there, const char *path)
{
	struct stat input;
	bool known =
	    strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, &input) == 0 : stat(path, &input) == 0;
	return known && input.st_dev == there->st_dev && input.st_ino == there->st_ino;
}

static bool is_model(const struct stat *there, const char *const *models, size_t n_models)
{
	for (size_t i = 0; i < n_models; i++)
		if (is_same(there, models[i]))
			return true;
	return false;
}

/** The files that options name, which are small and hand-made, more often than not. */
static bool is_read(const struct stat *there, const options *given)
{
	for (size_t i = 0; i < given->bind.n; i++) {
		const char *equals = strchr(given->bind.items[i], '=');
		if (equals && is_same(there, equals + 1))
			return true;
	}
	return given->color_by && is_same(there, given->color_by);
}

static bool open_file(output *o, const char *path, const options *given, const char *const *models,
                      size_t n_models, draft *trouble)
{
	struct stat there, link;
	bool exists = stat(path, &there) == 0;

	if (exists && S_ISREG(there.st_mode) && is_model(&there, models, n_models))
		return refuse(trouble, path, "is the model itself, and is not overwritten");
	if (exists && S_ISREG(there.st_mode) && given && is_read(&there, given))
		return refuse(trouble, path, "is read as well, and is not overwritten");
	if (exists && S_ISDIR(there.st_mode))
		return refuse(trouble, path, strerror(EISDIR));
	if (exists && !S_ISREG(there.st_mode)) {
		o->fd = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
		return o->fd >= 0 || refuse(trouble, path, strerror(errno));
	}
	if (!exists && lstat(path, &link) == 0)
		return refuse(trouble, path, "a link that leads nowhere");
	if (exists && access(path, W_OK) != 0)
		return refuse(trouble, path, strerror(errno));

	o->replaces = exists;
	if (exists) {
		o->device = there.st_dev;
		o->inode = there.st_ino;
	}
	o->target = exists ? realpath(path, NULL) : strdup(path);
	o->fd = o->target ? create_beside(o->target, &o->temporary) : -1;
	if (o->fd < 0) {
		int reason = errno;
		free(o->target);
		o->target = NULL;
		return refuse(trouble, path, strerror(reason));
	}
	guard(o->temporary);
	/* Who owns the file matters less than having it: a refusal is no error. */
	if (exists && (fchmod(o->fd, there.st_mode & 0777) != 0 ||
	               fchown(o->fd, there.st_uid, there.st_gid) != 0))
		errno = 0;
	return true;
}

bool output_replaces(const output *o, const char *path)
{
	struct stat there;
	return o->replaces && stat(path, &there) == 0 && there.st_dev == o->device &&
	       there.st_ino == o->inode;
}

bool output_open(output *o, const char *path, const options *given, const char *const *models,
                 size_t n_models, const term *t, draft *trouble)
{
	*o = (output){.name = "standard output", .fd = STDOUT_FILENO, .pager = -1};
	if (path && strcmp(path, "-") != 0) {
		o->name = path;
		o->to_file = true;
		return open_file(o, path, given, models, n_models, trouble);
	}
	if (t->is_terminal && pager_choose()) {
		pager_prepare();
		o->pager = pager_start(pager_choose(), &o->to_pager);
		o->collecting = true;
		o->height = t->height;
		o->messages_join = t->errors_too;
	}
	return true;
}

/* -------------------------------------------------------------------------------- writing -- */

bool output_write_all(int fd, const char *data, size_t size)
{
	while (size > 0) {
		ssize_t n = write(fd, data, size < SSIZE_MAX ? size : SSIZE_MAX);
		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0) {
			data += n;
			size -= (size_t)n;
		}
	}
	return true;
}

static void put(output *o, const char *data, size_t size)
{
	if (o->closed || o->problem || output_write_all(o->fd, data, size))
		return;
	if (errno == EPIPE)
		o->closed = true;
	else
		o->problem = errno;
}

static void empty(output *o)
{
	if (o->waiting.n > 0)
		put(o, o->waiting.data, o->waiting.n);
	o->waiting.n = 0;
}

/** It is more than a screen: what was collected, and all that follows, goes to the pager. */
static void start_paging(output *o)
{
	o->collecting = false;
	if (o->pager < 0) {
		o->messages_join = false;
		return;
	}
	pager_take_over();
	o->fd = o->to_pager;
}

int output_sink(void *context, const char *data, size_t size)
{
	output *o = context;
	if (o->collecting) {
		for (size_t i = 0; i < size && o->lines < o->height; i++)
			o->lines += data[i] == '\n';
		if (o->lines >= o->height || o->waiting.n + size > SCREENFUL)
			start_paging(o);
	}
	if (!o->collecting && size >= BLOCK) {
		empty(o);
		put(o, data, size);
	} else {
		draft_add(&o->waiting, data, size);
		if (o->waiting.failed && !o->problem)
			o->problem = ENOMEM;
		if (!o->collecting && o->waiting.n >= BLOCK)
			empty(o);
	}
	return o->closed || o->problem;
}

void output_flush(output *o)
{
	if (!o->collecting)
		empty(o);
}

void output_message(output *o, const char *text)
{
	if (!*text)
		return;
	if (o->messages_join && !o->closed) {
		output_sink(o, text, strlen(text));
		return;
	}
	output_flush(o);
	output_write_all(STDERR_FILENO, text, strlen(text));
}

/* -------------------------------------------------------------------------------- closing -- */

/** The end of a file: into its place, or gone. */
static void finish_file(output *o, bool keep)
{
	if (close(o->fd) != 0 && !o->problem)
		o->problem = errno;
	if (o->temporary) {
		bool placed = keep && !o->problem && rename(o->temporary, o->target) == 0;
		if (keep && !o->problem && !placed)
			o->problem = errno;
		if (!placed)
			unlink(o->temporary);
		unfinished[unfinished[0] != o->temporary] = NULL;
	}
	free(o->temporary);
	free(o->target);
	o->temporary = o->target = NULL;
}

bool output_close(output *o, bool keep)
{
	bool paged = true;

	if (keep || !o->temporary)
		empty(o);
	if (o->to_file)
		finish_file(o, keep);
	if (o->pager >= 0) {
		close(o->to_pager);
		paged = pager_wait(o->pager);
	}
	draft_free(&o->waiting);

	draft message = {0};
	if (!paged) {
		draft_str(&message, "onnxray: the pager '");
		draft_printable(&message, pager_choose());
		draft_str(&message, "' did not start; ONNXRAY_PAGER=cat does without\n");
	} else if (o->problem) {
		draft_str(&message, "onnxray: ");
		draft_printable(&message, o->name);
		draft_format(&message, ": %s\n", strerror(o->problem));
	}
	bool fine = paged && !o->problem;
	if (!output_write_all(STDERR_FILENO, draft_text(&message), message.n))
		fine = false;
	draft_free(&message);
	return fine;
}
