/* SPDX-License-Identifier: Apache-2.0 */
/*
 * isolate_files.c - which files stay in reach, by Landlock.
 *
 * The numbers are those of the kernel's interface (Documentation/userspace-api/landlock.rst), said
 * here because the headers of a system may be older than its kernel. A kernel tells the version of
 * its interface; only what that version knows is asked for.
 */
#ifdef __linux__

#define _GNU_SOURCE

#include "isolate.h"

#include <fcntl.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The same on all architectures, as all calls since 5.2 are. */
enum { CALL_CREATE = 444, CALL_ADD = 445, CALL_RESTRICT = 446 };
enum { ASK_VERSION = 1, RULE_BELOW = 1 };

#define RUN         (UINT64_C(1) << 0)
#define WRITE_FILE  (UINT64_C(1) << 1)
#define READ_FILE   (UINT64_C(1) << 2)
#define READ_FOLDER (UINT64_C(1) << 3)
#define REMOVE_FILE (UINT64_C(1) << 5)
#define MAKE_FILE   (UINT64_C(1) << 8)
#define TRUNCATE    (UINT64_C(1) << 14)

/* What each version of the interface can forbid: by the highest bit. */
static const unsigned known_bits[] = {0, 13, 14, 15, 15, 16};

enum { NETWORK_SINCE = 4, SCOPES_SINCE = 6 };

typedef struct rules {
	uint64_t files, network, scopes;
} rules;

typedef struct __attribute__((packed)) below {
	uint64_t allowed;
	int32_t folder;
} below;

static uint64_t handled(int abi)
{
	size_t last = sizeof known_bits / sizeof *known_bits - 1;
	return (UINT64_C(1) << known_bits[(size_t)abi < last ? (size_t)abi : last]) - 1;
}

void isolate_files_start(isolate_files *f)
{
	long abi = syscall(CALL_CREATE, NULL, (size_t)0, ASK_VERSION);
	*f = (isolate_files){.set = -1, .abi = abi > 0 ? (int)abi : 0};
	if (!f->abi)
		return;
	/* binding and connecting; abstract sockets and signals of others */
	rules all = {handled(f->abi), f->abi >= NETWORK_SINCE ? 3 : 0, f->abi >= SCOPES_SINCE ? 3 : 0};
	size_t size = f->abi >= SCOPES_SINCE ? sizeof all : f->abi >= NETWORK_SINCE ? 16 : 8;
	f->set = (int)syscall(CALL_CREATE, &all, size, 0);
}

void isolate_files_keep(isolate_files *f, const char *path, isolate_right right)
{
	static const uint64_t rights[] = {
	    [ISOLATE_READ] = READ_FILE | READ_FOLDER,
	    [ISOLATE_RUN] = READ_FILE | READ_FOLDER | RUN,
	    [ISOLATE_PLACE] = MAKE_FILE | REMOVE_FILE,
	    [ISOLATE_SCRATCH] = MAKE_FILE | REMOVE_FILE | READ_FILE | WRITE_FILE | TRUNCATE,
	};
	struct stat s;
	int fd = f->set < 0 ? -1 : open(path, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return;
	below rule = {rights[right] & handled(f->abi), fd};
	if (fstat(fd, &s) == 0 && !S_ISDIR(s.st_mode))
		rule.allowed &= READ_FILE | WRITE_FILE | RUN | TRUNCATE;
	syscall(CALL_ADD, f->set, RULE_BELOW, &rule, 0);
	close(fd);
}

int isolate_files_end(isolate_files *f)
{
	bool done = f->set >= 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	            syscall(CALL_RESTRICT, f->set, 0) == 0;
	if (f->set >= 0)
		close(f->set);
	f->set = -1;
	return done ? f->abi : 0;
}

#else

/* Other systems: isolate.c does without. */
typedef int isolate_files_of_nobody;

#endif
