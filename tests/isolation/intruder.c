/* SPDX-License-Identifier: Apache-2.0 */
/*
 * intruder.c - somebody who got into the process: preloaded, it waits for the first result to be
 * written, and then tries what a reader of models has no use for. Each attempt is a line in the
 * file $INTRUDER_LOG: its name, and "done" or the error.
 *
 * $INTRUDER_SECRET is a file the command line does not name, $INTRUDER_MODEL one that it does.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int log_fd = -1;
static const char *secret, *model;

static ssize_t real_write(int fd, const void *data, size_t size)
{
	return syscall(SYS_write, fd, data, size);
}

__attribute__((constructor)) static void begin(void)
{
	const char *log = getenv("INTRUDER_LOG");
	secret = getenv("INTRUDER_SECRET");
	model = getenv("INTRUDER_MODEL");
	if (log && secret && model)
		log_fd = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
}

static void tell(const char *what, long result)
{
	char line[128];
	int n =
	    snprintf(line, sizeof line, "%s %s\n", what, result >= 0 ? "done" : strerrorname_np(errno));
	real_write(log_fd, line, (size_t)n);
}

static void *nothing(void *context)
{
	return context;
}

static void intrude(void)
{
	char beside[4096];
	char *const argv[] = {(char *)"true", NULL};
	pthread_t thread;
	tell("read-model", open(model, O_RDONLY));
	tell("write-model", open(model, O_WRONLY));
	tell("read-secret", open(secret, O_RDONLY));
	tell("write-secret", open(secret, O_WRONLY));
	tell("truncate-secret", truncate(secret, 0));
	tell("remove-secret", unlink(secret));
	tell("chmod-secret", chmod(secret, 0777));
	snprintf(beside, sizeof beside, "%s.new", model);
	tell("create-beside", open(beside, O_WRONLY | O_CREAT, 0644));
	tell("link-beside", symlink("/", beside));
	tell("socket-inet", socket(AF_INET, SOCK_STREAM, 0));
	tell("socket-unix", socket(AF_UNIX, SOCK_STREAM, 0));
	tell("signal-parent", kill(getppid(), 0));
	tell("trace", ptrace(PTRACE_SEIZE, getppid(), NULL, NULL));
	tell("terminal-input", ioctl(0, TIOCSTI, "x"));
	tell("io-uring", syscall(425, 1, NULL));
	tell("unshare", unshare(CLONE_FILES));
	tell("new-code",
	     mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED
	         ? -1
	         : 0);
	errno = pthread_create(&thread, NULL, nothing, NULL);
	bool started = errno == 0;
	tell("thread", started ? 0 : -1);
	if (started)
		pthread_join(thread, NULL);
	pid_t child = fork();
	if (child == 0)
		_exit(0);
	tell("fork", child);
	if (child > 0)
		waitpid(child, NULL, 0);
	tell("run", execve("/bin/true", argv, argv + 1));
}

ssize_t write(int fd, const void *data, size_t size)
{
	int at = log_fd;
	/* Results go to standard output, or to the file that has its name later. */
	if (at >= 0 && fd != STDERR_FILENO && fd != at) {
		intrude();
		log_fd = -1;
		close(at);
	}
	return real_write(fd, data, size);
}
