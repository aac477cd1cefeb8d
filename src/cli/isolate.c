/* SPDX-License-Identifier: Apache-2.0 */
/*
 * isolate.c - what a command needs, from its command line.
 */
#include "isolate.h"

#include "drawing.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||                         \
    __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#ifdef __linux__

static bool is_word(const char *given, const char *word)
{
	return given && strcmp(given, word) == 0;
}

static void keep_folder_of(isolate_files *f, const char *path, isolate_right right)
{
	const char *slash = strrchr(path, '/');
	draft folder = {0};
	draft_add(&folder, path, slash ? (size_t)(slash - path) + (slash == path) : 0);
	isolate_files_keep(f, slash ? draft_text(&folder) : ".", right);
	draft_free(&folder);
}

/** Compressed models and pipes are spread out into a file without a name. */
static bool is_spread_out(const char *path, const struct stat *s)
{
	unsigned char head[2] = {0};
	bool is_stdin = strcmp(path, "-") == 0;
	if (!S_ISREG(s->st_mode)) /* whoever writes a pipe must not see us come and go */
		return true;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && !is_stdin) /* two bytes, not half a megabyte ahead of them */
		(void)posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM);
	bool spread = fd >= 0 && pread(fd, head, 2, 0) == 2 && head[0] == 0x1f && head[1] == 0x8b;
	if (fd >= 0 && !is_stdin)
		close(fd);
	return spread;
}

/** The model itself, wherever links lead, and what it may name: external data beside it. */
static void keep_model(isolate_files *f, const options *o, const char *path)
{
	bool is_stdin = strcmp(path, "-") == 0;
	struct stat s;
	if ((is_stdin ? fstat(STDIN_FILENO, &s) : lstat(path, &s)) != 0)
		return;
	if (o->unsafe_external) {
		isolate_files_keep(f, "/", ISOLATE_READ);
	} else if (!is_stdin) {
		keep_folder_of(f, path, ISOLATE_READ);
		if (S_ISLNK(s.st_mode))
			isolate_files_keep(f, path, ISOLATE_READ);
	}
	if (S_ISLNK(s.st_mode) && stat(path, &s) != 0)
		return;
	if (is_spread_out(path, &s)) {
		const char *scratch = getenv("TMPDIR");
		isolate_files_keep(f, scratch && *scratch ? scratch : "/tmp", ISOLATE_SCRATCH);
	}
}

/** Where cairo and the libraries below it are, and look for fonts. */
static void keep_fonts(isolate_files *f)
{
	static const char *const folders[] = {"/usr",
	                                      "/lib",
	                                      "/lib64",
	                                      "/etc",
	                                      "/var/cache/fontconfig",
	                                      "/opt",
	                                      "/nix",
	                                      "/gnu",
	                                      "/run/current-system"};
	static const char *const at_home[] = {".fonts", ".fontconfig", ".local/share/fonts",
	                                      ".cache/fontconfig", ".config/fontconfig"};
	static const char *const named[] = {"ONNXRAY_CAIRO", "FONTCONFIG_PATH", "FONTCONFIG_FILE"};
	const char *home = getenv("HOME"), *libraries = getenv("LD_LIBRARY_PATH");
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		isolate_files_keep(f, folders[i], ISOLATE_READ);
	for (size_t i = 0; home && i < sizeof at_home / sizeof *at_home; i++) {
		draft path = {0};
		draft_format(&path, "%s/%s", home, at_home[i]);
		isolate_files_keep(f, draft_text(&path), ISOLATE_READ);
		draft_free(&path);
	}
	for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
		const char *path = getenv(named[i]);
		if (path && *path)
			isolate_files_keep(f, path, ISOLATE_READ);
	}
	while (libraries && *libraries) {
		size_t n = strcspn(libraries, ":");
		draft path = {0};
		draft_add(&path, libraries, n);
		isolate_files_keep(f, draft_text(&path), ISOLATE_READ);
		draft_free(&path);
		libraries += n + (libraries[n] == ':');
	}
}

/** Files that options name: tables, arrays, baselines, a second model. */
static void keep_named(isolate_files *f, const cli *c)
{
	const options *o = &c->options;
	for (const option *row = option_table; row->name; row++) {
		if (row->kind != OPTION_FILE || !(row->commands & 1u << c->command->id) ||
		    row->member == offsetof(options, output))
			continue;
		const char *path = *(const char *const *)(const void *)((const char *)o + row->member);
		if (path)
			isolate_files_keep(f, path, ISOLATE_READ);
	}
	for (size_t i = 0; i < o->bind.n; i++) {
		const char *equals = strchr(o->bind.items[i], '=');
		if (equals)
			isolate_files_keep(f, equals + 1, ISOLATE_READ);
	}
	if (drawing_file(o))
		isolate_files_keep(f, drawing_file(o), ISOLATE_READ);
}

static bool draws_with_cairo(const cli *c)
{
	const char *format = c->command->id == COMMAND_GRAPH ? drawing_format(&c->options) : NULL;
	return is_word(format, "png") || is_word(format, "pdf");
}

static int keep_files(const cli *c, const char *const *paths, size_t n_paths, bool dot)
{
	isolate_files f;
	isolate_files_start(&f);
	for (size_t i = 0; i < n_paths && f.set >= 0; i++)
		keep_model(&f, &c->options, paths[i]);
	if (f.set >= 0)
		keep_named(&f, c);
	if (draws_with_cairo(c))
		keep_fonts(&f);
	if (dot)
		isolate_files_keep(&f, "/", ISOLATE_RUN);
	if (c->out.target)
		keep_folder_of(&f, c->out.target, ISOLATE_PLACE);
	if (c->known.target)
		keep_folder_of(&f, c->known.target, ISOLATE_PLACE);
#ifdef ORAY_COVERAGE /* counts are written when the program ends, beside its objects */
	isolate_files_keep(&f, "/", ISOLATE_SCRATCH);
#endif
	return isolate_files_end(&f);
}

static void tell(const cli *c, int abi, bool calls)
{
	draft line = {0};
	if (!c->options.verbose)
		return;
	draft_str(&line, "onnxray: ");
	if (abi)
		draft_format(&line, "isolated: files (Landlock %d)%s\n", abi,
		             calls ? ", system calls (seccomp)" : "; the kernel has no seccomp filters");
	else
		draft_str(&line, calls ? "isolated: system calls (seccomp); the kernel has no Landlock\n"
		                       : "not isolated: the kernel has neither Landlock nor seccomp "
		                         "filters\n");
	output_write_all(STDERR_FILENO, draft_text(&line), line.n);
	draft_free(&line);
}

void isolate(const cli *c, const char *const *paths, size_t n_paths)
{
	static const char off[] = "onnxray: not isolated: --no-isolation was given\n";
	static const char sanitized[] =
	    "onnxray: not isolated: sanitizers need what would be given up\n";
	if (SANITIZED || c->options.no_isolation) {
		const char *why = c->options.no_isolation ? off : sanitized;
		if (c->options.verbose)
			output_write_all(STDERR_FILENO, why, strlen(why));
		return;
	}
	bool dot = is_word(c->options.engine, "dot");
	int abi = keep_files(c, paths, n_paths, dot);
	tell(c, abi, isolate_calls(dot, dot || draws_with_cairo(c)));
}

#else

void isolate(const cli *c, const char *const *paths, size_t n_paths)
{
	static const char none[] = "onnxray: not isolated: only Linux is known to do it\n";
	(void)paths;
	(void)n_paths;
	if (c->options.verbose)
		output_write_all(STDERR_FILENO, none, strlen(none));
}

#endif
