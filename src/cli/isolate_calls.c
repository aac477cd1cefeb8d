/* SPDX-License-Identifier: Apache-2.0 */
/*
 * isolate_calls.c - which system calls are given up, by a seccomp filter.
 *
 * A list of what is denied, not of what is allowed: which calls a C library makes for memory, files
 * and threads differs between libraries and changes with their versions, and a list of those would
 * break where nobody looked. What is denied is what would be of use to somebody who has taken the
 * process over, and of none to a reader of files: other programs, other processes, the network, the
 * rights of files, the kernel itself, keys typed into the terminal, memory that becomes code. All
 * of them fail with EPERM, as if rights were missing. What only a superuser may do goes with his
 * capabilities.
 *
 * A kernel that does not know a call has no use for its denial, so a header without its number is
 * no loss. Newer calls have the same numbers everywhere and are given as such.
 */
#ifdef __linux__

#define _GNU_SOURCE

#include "isolate.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__) && !defined(__ILP32__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__) && defined(__AARCH64EL__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCHITECTURE AUDIT_ARCH_RISCV64
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#define ARCHITECTURE AUDIT_ARCH_PPC64LE
#endif

#ifdef ARCHITECTURE

enum {
	CALL_IO_URING_SETUP = 425,
	CALL_PIDFD_OPEN = 434,
	CALL_CLONE3 = 435,
	CALL_FCHMODAT2 = 452,
};

/* Of no use to any of us. Where a family of calls needs a first one, that one is enough. */
static const uint16_t never[] = {
    /* other processes */
    SYS_ptrace,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    CALL_PIDFD_OPEN,
    SYS_kcmp,
    SYS_shmget,
    SYS_shmat,
    SYS_msgget,
    SYS_semget,
    SYS_mq_open,
    /* the rights of files, which Landlock leaves alone */
    SYS_fchmod,
    SYS_fchmodat,
    CALL_FCHMODAT2,
    SYS_fchown,
    SYS_fchownat,
    SYS_setxattr,
    SYS_lsetxattr,
    SYS_fsetxattr,
    SYS_removexattr,
    SYS_lremovexattr,
    SYS_fremovexattr,
#ifdef SYS_chmod
    SYS_chmod,
    SYS_chown,
    SYS_lchown,
#endif
    /* doors that were often left open */
    SYS_bpf,
    SYS_perf_event_open,
    SYS_userfaultfd,
    CALL_IO_URING_SETUP,
    SYS_keyctl,
    SYS_add_key,
    SYS_request_key,
    SYS_unshare,
    SYS_setns,
    SYS_personality,
#ifdef SYS_modify_ldt
    SYS_modify_ldt,
#endif
};

/* Of use to whoever starts programs and talks to them. */
static const uint16_t for_children[] = {
    SYS_execve,  SYS_execveat, SYS_kill,   SYS_rt_sigqueueinfo,
    SYS_setpgid, SYS_setsid,   SYS_socket, SYS_socketpair,
#ifdef SYS_fork
    SYS_fork,    SYS_vfork,
#endif
};

enum {
	MOST_CALLS = 128,
	MOST = 256,
	BLOCK = 8,
	ALLOW = SECCOMP_RET_ALLOW,
	DENY = SECCOMP_RET_ERRNO | EPERM
};

typedef struct call_list {
	uint16_t at[MOST_CALLS];
	size_t n;
} call_list;

#define LIST(list, calls) put(list, calls, sizeof(calls) / sizeof *(calls))

static void put(call_list *list, const uint16_t *calls, size_t n)
{
	for (size_t i = 0; i < n && list->n < MOST_CALLS; i++)
		list->at[list->n++] = calls[i];
}

typedef struct program {
	struct sock_filter at[MOST];
	unsigned n;
} program;

static void add(program *p, uint16_t code, uint32_t k, unsigned yes, unsigned no)
{
	if (p->n < MOST)
		p->at[p->n++] = (struct sock_filter){code, (uint8_t)yes, (uint8_t)no, k};
}

static void load(program *p, size_t offset)
{
	add(p, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

/** A comparison with what was loaded, and how many instructions are left out after it. */
static void jump(program *p, uint16_t comparison, uint32_t with, unsigned yes, unsigned no)
{
	add(p, BPF_JMP | comparison | BPF_K, with, yes, no);
}

static void end(program *p, uint32_t with)
{
	add(p, BPF_RET | BPF_K, with, 0, 0);
}

static int ascending(const void *a, const void *b)
{
	const uint16_t *x = a, *y = b;
	return *x < *y ? -1 : *x > *y;
}

/** Denies the calls, and ends. In blocks, so that a call that is none of them is soon through. */
static void deny(program *p, uint16_t *calls, size_t n)
{
	qsort(calls, n, sizeof *calls, ascending);
	for (size_t i = 0; i < n; i += BLOCK) {
		unsigned size = n - i < BLOCK ? (unsigned)(n - i) : BLOCK;
		jump(p, BPF_JGT, calls[i + size - 1], size + 2, 0);
		for (unsigned k = 0; k < size; k++)
			jump(p, BPF_JEQ, calls[i + k], size - k, 0);
		end(p, ALLOW);
		end(p, DENY);
	}
	end(p, ALLOW);
}

/** Of a superuser's rights only those stay that let him read and replace files of others. */
static void drop_capabilities(void)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];
	const uint32_t kept = 1u << CAP_DAC_OVERRIDE | 1u << CAP_DAC_READ_SEARCH | 1u << CAP_FOWNER;
	if (syscall(SYS_capget, &head, sets) != 0 || !(sets[0].permitted | sets[1].permitted))
		return;
	memset(&sets[1], 0, sizeof sets[1]);
	sets[0].permitted &= kept;
	sets[0].effective &= kept;
	sets[0].inheritable = 0;
	syscall(SYS_capset, &head, sets);
}

/** Low halves of arguments: all that is looked at fits there. */
static size_t argument(unsigned i)
{
	return offsetof(struct seccomp_data, args) + i * sizeof(uint64_t);
}

/** Looks at an argument of a call, which is denied when it compares as `denied` says. */
static void look(program *p, uint32_t call, unsigned arg, uint16_t comparison, uint32_t with,
                 bool denied)
{
	jump(p, BPF_JEQ, call, 0, 4);
	load(p, argument(arg));
	jump(p, comparison, with, !denied, denied);
	end(p, DENY);
	end(p, ALLOW);
}

bool isolate_calls(bool children, bool code)
{
	call_list calls = {.n = 0};
	drop_capabilities();
	program p = {.n = 0};
	LIST(&calls, never);
	if (!children)
		LIST(&calls, for_children);
	/*
	 * Of filters that it can follow the kernel works out beforehand which calls they allow, for all
	 * calls that there are. That takes longer than a small report does; it cannot follow this.
	 */
	add(&p, BPF_LD | BPF_IMM, 0, 0, 0);
	load(&p, offsetof(struct seccomp_data, arch));
	jump(&p, BPF_JEQ, ARCHITECTURE, 1, 0);
	end(&p, DENY);
	load(&p, offsetof(struct seccomp_data, nr));
#ifdef __x86_64__ /* calls with 32-bit pointers have numbers of their own */
	jump(&p, BPF_JGE, 0x40000000, 0, 1);
	end(&p, DENY);
#endif
	look(&p, SYS_ioctl, 1, BPF_JEQ, TIOCSTI, true);
	if (!code) {
		look(&p, SYS_mmap, 2, BPF_JSET, PROT_EXEC, true);
		look(&p, SYS_mprotect, 2, BPF_JSET, PROT_EXEC, true);
	}
	if (!children) {
		/* its flags are out of sight; without it threads are started by clone() */
		jump(&p, BPF_JEQ, CALL_CLONE3, 0, 1);
		end(&p, SECCOMP_RET_ERRNO | ENOSYS);
		look(&p, SYS_clone, 0, BPF_JSET, CLONE_THREAD, false);
	}
	deny(&p, calls.at, calls.n);
	struct sock_fprog filter = {(unsigned short)p.n, p.at};
	return p.n < MOST && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

#else

bool isolate_calls(bool children, bool code)
{
	(void)children;
	(void)code;
	return false;
}

#endif

#else

typedef int isolate_calls_of_nobody;

#endif
