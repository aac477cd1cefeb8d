/* SPDX-License-Identifier: Apache-2.0 */
/*
 * measure.c - runs a command and says what it cost, one line of numbers a run.
 *
 *     measure [-n RUNS] [-d FILE] -- COMMAND...
 *
 *     exit wall_ns user_us sys_us peak_kib minor major read_calls read_bytes fetched_bytes
 *
 * Small on purpose. The peak of a child starts with what its parent occupies between fork and exec,
 * so measuring 1 MB from a script that itself needs 15 would only measure the script.
 *
 * -d drops the file's pages from the cache before each run. read_calls and read_bytes count what
 * went through read() and its kin, program loading included; fetched_bytes is what devices had to
 * deliver. The kernel adds these of a child to its parent when that waits for it. The command's
 * output goes to /dev/null. A signal counts as exit code 128 + its number.
 */
#define _DEFAULT_SOURCE /* wait4() */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

typedef struct counters {
	uint64_t calls, bytes, fetched;
} counters;

/* Fields that the kernel does not offer stay 0. */
static counters read_counters(void)
{
	counters c = {0};
	char text[1024];
	int fd = open("/proc/self/io", O_RDONLY);
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	for (char *line = text; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, "rchar: ", 7) == 0)
			c.bytes = strtoull(line + 7, NULL, 10);
		else if (strncmp(line, "syscr: ", 7) == 0)
			c.calls = strtoull(line + 7, NULL, 10);
		else if (strncmp(line, "read_bytes: ", 12) == 0)
			c.fetched = strtoull(line + 12, NULL, 10);
	}
	return c;
}

static bool drop(const char *path)
{
	int fd = open(path, O_RDONLY);
	if (fd < 0)
		return false;
	bool ok = fdatasync(fd) == 0 && posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) == 0;
	close(fd);
	return ok;
}

static uint64_t now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void run_child(char **command, int null)
{
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	execvp(command[0], command);
	_exit(127);
}

static uint64_t microseconds(struct timeval t)
{
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_usec;
}

static bool run(char **command, int null)
{
	struct rusage usage;
	int status;
	counters before = read_counters();
	uint64_t start = now();
	pid_t pid = fork();
	if (pid == 0)
		run_child(command, null);
	while (pid > 0 && wait4(pid, &status, 0, &usage) < 0)
		if (errno != EINTR)
			return false;
	if (pid < 0)
		return false;
	uint64_t wall = now() - start;
	counters after = read_counters();
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	printf("%d %" PRIu64 " %" PRIu64 " %" PRIu64 " %ld %ld %ld %" PRIu64 " %" PRIu64 " %" PRIu64
	       "\n",
	       code, wall, microseconds(usage.ru_utime), microseconds(usage.ru_stime), usage.ru_maxrss,
	       usage.ru_minflt, usage.ru_majflt, after.calls - before.calls, after.bytes - before.bytes,
	       after.fetched - before.fetched);
	fflush(stdout);
	return true;
}

int main(int argc, char **argv)
{
	const char *dropped = NULL;
	long runs = 1;
	int option;
	while ((option = getopt(argc, argv, "+n:d:")) != -1) {
		if (option == 'n')
			runs = strtol(optarg, NULL, 10);
		else if (option == 'd')
			dropped = optarg;
		else
			return 2;
	}
	int null = open("/dev/null", O_RDWR);
	if (optind == argc || null < 0) {
		fprintf(stderr, "usage: measure [-n RUNS] [-d FILE] -- COMMAND...\n");
		return 2;
	}
	dup2(null, STDIN_FILENO);
	while (runs-- > 0) {
		if (dropped && !drop(dropped))
			fprintf(stderr, "measure: %s: %s\n", dropped, strerror(errno));
		if (!run(argv + optind, null)) {
			fprintf(stderr, "measure: %s\n", strerror(errno));
			return 1;
		}
	}
	return 0;
}
