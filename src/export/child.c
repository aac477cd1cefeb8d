/* SPDX-License-Identifier: Apache-2.0 */
#include "export/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#define MOST_MESSAGES ((size_t)16 << 10)
#define PIECE         ((size_t)64 << 10)

/* A deep graph is a deep recursion for some programs. */
#define STACK_BYTES ((rlim_t)128 << 20)

/* ------------------------------------------------------------------------------ finding -- */

static bool is_program(const char *path)
{
	struct stat s;
	return stat(path, &s) == 0 && S_ISREG(s.st_mode) && access(path, X_OK) == 0;
}

bool child_find(const char *name, buf *path)
{
	const char *dirs = getenv("PATH");
	buf_clear(path);
	if (strchr(name, '/')) {
		buf_str(path, name);
		return buf_ok(path) && is_program(buf_text(path));
	}
	if (!dirs || !*dirs)
		dirs = "/usr/local/bin:/usr/bin:/bin";
	while (*dirs && *name) {
		size_t n = strcspn(dirs, ":");
		buf_clear(path);
		buf_add(path, dirs, n);
		buf_char(path, '/');
		buf_str(path, name);
		if (*dirs == '/' && buf_ok(path) && is_program(buf_text(path)))
			return true;
		dirs += n + (dirs[n] == ':');
	}
	return false;
}

/* ----------------------------------------------------------------------------- starting -- */

/*
 * A channel is a pair of sockets rather than a pipe: writing to a socket can be told not to raise
 * SIGPIPE when the child has gone, and no handler needs to be touched.
 */
typedef struct channel {
	int ours, theirs;
} channel;

static bool channel_open(channel *c)
{
	int pair[2];
	*c = (channel){-1, -1};
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return false;
	c->ours = pair[0];
	/* out of the way of 0, 1 and 2, should the caller have closed those */
	c->theirs = fcntl(pair[1], F_DUPFD_CLOEXEC, 3);
	close(pair[1]);
	return c->theirs >= 0 && fcntl(c->ours, F_SETFL, O_NONBLOCK) == 0;
}

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void lower(int resource, rlim_t wanted)
{
	struct rlimit limit;
	if (getrlimit(resource, &limit) != 0)
		return;
	if (limit.rlim_max == RLIM_INFINITY || limit.rlim_max > wanted)
		limit.rlim_max = wanted;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(resource, &limit);
}

static void raise_stack(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
		return;
	rlim_t wanted = limit.rlim_max == RLIM_INFINITY || limit.rlim_max > STACK_BYTES
	                    ? STACK_BYTES
	                    : limit.rlim_max;
	if (wanted > limit.rlim_cur)
		limit.rlim_cur = wanted;
	setrlimit(RLIMIT_STACK, &limit);
}

/* In the child, between fork and exec: only what is safe after a fork of many threads. */
static void become(const char *path, char *const argv[], const channel channels[3],
                   const child_limits *limits)
{
	extern char **environ;
	sigset_t none;
	setpgid(0, 0);
#ifdef __linux__
	prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
	for (int fd = 0; fd < 3; fd++)
		if (dup2(channels[fd].theirs, fd) < 0)
			_exit(126);
	lower(RLIMIT_CORE, 0);
	lower(RLIMIT_CPU, limits->cpu_seconds);
	lower(RLIMIT_AS, (rlim_t)limits->memory_bytes);
	raise_stack();
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execve(path, argv, environ);
	_exit(127);
}

/* ------------------------------------------------------------------------------ talking -- */

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool is_transient(int error)
{
	return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

/* Sends what fits; closes when all is sent, or when nobody reads any more. */
static void feed(int *fd, const char *input, size_t size, size_t *sent)
{
	while (*sent < size) {
		ssize_t n = send(*fd, input + *sent, size - *sent, MSG_NOSIGNAL);
		if (n < 0 && is_transient(errno))
			return;
		if (n <= 0)
			break;
		*sent += (size_t)n;
	}
	close_end(fd);
}

/* Takes what is there into `out`, the first `most` bytes of it; closes at the end. */
static bool drain(int *fd, buf *out, uint64_t most)
{
	char piece[PIECE];
	ssize_t n = read(*fd, piece, sizeof piece);
	if (n < 0 && is_transient(errno))
		return true;
	if (n <= 0) {
		close_end(fd);
		return true;
	}
	uint64_t room = out->n < most ? most - out->n : 0;
	buf_add(out, piece, (uint64_t)n < room ? (size_t)n : (size_t)room);
	return (uint64_t)n <= room;
}

/* Talks until the child closes its outputs. @return false when it went too far. */
static bool converse(channel channels[3], const char *input, size_t size, int64_t deadline,
                     uint64_t most, child_result *result)
{
	size_t sent = 0;
	while (channels[1].ours >= 0 || channels[2].ours >= 0) {
		int64_t left = deadline - now_ms();
		struct pollfd fds[3];
		for (int i = 0; i < 3; i++)
			fds[i] = (struct pollfd){channels[i].ours, i ? POLLIN : POLLOUT, 0};
		if (left <= 0) {
			result->end = CHILD_NO_TIME;
			return false;
		}
		if (poll(fds, 3, left < 1000 ? (int)left : 1000) < 0 && errno != EINTR)
			return false;
		if (fds[0].fd >= 0 && fds[0].revents)
			feed(&channels[0].ours, input, size, &sent);
		if (fds[2].fd >= 0 && fds[2].revents)
			drain(&channels[2].ours, &result->messages, MOST_MESSAGES);
		if (fds[1].fd >= 0 && fds[1].revents && !drain(&channels[1].ours, &result->output, most)) {
			result->end = CHILD_TOO_MUCH;
			return false;
		}
	}
	return true;
}

/* A child that has closed its outputs ends soon; one that does not is killed at the deadline. */
static pid_t collect(pid_t child, int64_t deadline, int *status, bool *late)
{
	struct timespec nap = {0, 1000000};
	for (;;) {
		pid_t ended = waitpid(child, status, *late ? 0 : WNOHANG);
		if (ended == child || (ended < 0 && errno != EINTR))
			return ended;
		if (!*late && now_ms() >= deadline) {
			kill(child, SIGKILL);
			*late = true;
		}
		if (!*late)
			nanosleep(&nap, NULL);
		if (nap.tv_nsec < 50000000)
			nap.tv_nsec *= 2;
	}
}

static void judge(child_result *result, pid_t ended, pid_t child, int status)
{
	if (ended != child) {
		result->end = CHILD_UNKNOWN;
	} else if (WIFSIGNALED(status)) {
		result->code = WTERMSIG(status);
		result->end =
		    result->code == SIGXCPU || result->code == SIGKILL ? CHILD_NO_TIME : CHILD_SIGNALLED;
	} else {
		result->end = CHILD_EXITED;
		result->code = WEXITSTATUS(status);
	}
}

child_result child_run(const char *path, char *const argv[], const char *input, size_t input_size,
                       const child_limits *limits)
{
	child_result result = {.end = CHILD_NOT_STARTED};
	channel channels[3] = {{-1, -1}, {-1, -1}, {-1, -1}};
	int64_t deadline = now_ms() + (int64_t)limits->wall_seconds * 1000;
	bool ready = true;
	for (int i = 0; i < 3; i++)
		ready = ready && channel_open(&channels[i]);
	pid_t child = ready ? fork() : -1;
	if (child == 0)
		become(path, argv, channels, limits);
	result.code = errno;
	for (int i = 0; i < 3; i++)
		close_end(&channels[i].theirs);
	if (child > 0) {
		int status = 0;
		result.code = 0;
		result.end = CHILD_UNKNOWN;
		setpgid(child, child); /* both sides do it, whoever comes first */
		bool fine = converse(channels, input, input_size, deadline, limits->output_bytes, &result);
		bool late = !fine;
		if (late && kill(-child, SIGKILL) != 0)
			kill(child, SIGKILL);
		pid_t ended = collect(child, deadline, &status, &late);
		if (fine && late)
			result.end = CHILD_NO_TIME;
		else if (fine)
			judge(&result, ended, child, status);
	}
	for (int i = 0; i < 3; i++)
		close_end(&channels[i].ours);
	return result;
}

void child_result_free(child_result *result)
{
	buf_free(&result->output);
	buf_free(&result->messages);
}
