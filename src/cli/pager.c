/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pager.c - running less, or what the user likes better, as git does.
 */
#include "pager.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/** Is there such a program in $PATH? */
static bool installed(const char *program)
{
	const char *path = getenv("PATH");
	while (path && *path) {
		char file[4096];
		size_t size = strcspn(path, ":");
		int n = snprintf(file, sizeof file, "%.*s/%s", (int)size, path, program);
		if (n > 0 && (size_t)n < sizeof file && access(file, X_OK) == 0)
			return true;
		path += size + (path[size] == ':');
	}
	return false;
}

const char *pager_choose(void)
{
	const char *program = getenv("ONNXRAY_PAGER");
	if (!program)
		program = getenv("PAGER");
	if (!program)
		program = installed("less") ? "less -FRX" : "";
	return *program && strcmp(program, "cat") != 0 ? program : NULL;
}

void pager_prepare(void)
{
	setenv("LESS", "FRX", 0);
	setenv("LV", "-c", 0);
}

/** In the child: becomes the pager when there is something to show, else ends. */
static void become(const char *program, int from)
{
	struct pollfd wait = {.fd = from, .events = POLLIN};
	while (poll(&wait, 1, -1) < 0 && errno == EINTR)
		;
	if (!(wait.revents & POLLIN))
		_exit(0);
	dup2(from, STDIN_FILENO);
	close(from);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	execl("/bin/sh", "sh", "-c", program, (char *)NULL);
	_exit(127);
}

pid_t pager_start(const char *program, int *fd)
{
	int ends[2];
	if (pipe(ends) != 0)
		return -1;
	pid_t child = fork();
	if (child == 0) {
		close(ends[1]);
		become(program, ends[0]);
	}
	close(ends[0]);
	if (child < 0) {
		close(ends[1]);
		return -1;
	}
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	*fd = ends[1];
	return child;
}

void pager_take_over(void)
{
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
}

bool pager_wait(pid_t pager)
{
	int status;
	while (waitpid(pager, &status, 0) < 0)
		if (errno != EINTR)
			return true;
	return !(WIFEXITED(status) && WEXITSTATUS(status) >= 126);
}
