/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pager.c - running less, or what the user likes better, as git does.
 */
#include "pager.h"

#include <errno.h>
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

pid_t pager_start(const char *program, int *fd)
{
	int ends[2];
	if (pipe(ends) != 0)
		return -1;
	pid_t child = fork();
	if (child == 0) {
		dup2(ends[0], STDIN_FILENO);
		close(ends[0]);
		close(ends[1]);
		signal(SIGPIPE, SIG_DFL);
		execl("/bin/sh", "sh", "-c", program, (char *)NULL);
		_exit(127);
	}
	close(ends[0]);
	if (child < 0) {
		close(ends[1]);
		return -1;
	}
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	*fd = ends[1];
	return child;
}

bool pager_wait(pid_t pager)
{
	int status;
	while (waitpid(pager, &status, 0) < 0)
		if (errno != EINTR)
			return true;
	return !(WIFEXITED(status) && WEXITSTATUS(status) >= 126);
}
