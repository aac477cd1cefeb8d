/* SPDX-License-Identifier: Apache-2.0 */
#include "load/source.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/error.h"

enum {
	CHUNK = 64 * 1024,
	WRITER_MS = 1000, /* how long a pipe with a name may be without anybody who writes into it */
};

/* What compressed models grow to without being suspected of being a bomb. */
#define GROWTH_FREE  (UINT64_C(1) << 30)
#define GROWTH_RATIO 200

static oray_status refuse(oray_error *err, const char *what)
{
	return error_set(err, ORAY_ERR_IO, ORAY_NO_OFFSET, NULL, "%s", what);
}

/* A file without a name: gone when closed, whatever happens to us. */
static int open_spool(oray_error *err)
{
	const char *dir = getenv("TMPDIR");
	buf name = {0};
	buf_format(&name, "%s/onnxray-XXXXXX", dir && *dir ? dir : "/tmp");
	int fd = buf_ok(&name) ? mkstemp(name.data) : -1;
	if (fd >= 0) {
		unlink(name.data);
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	} else {
		error_errno(err, ORAY_ERR_IO, "cannot create a temporary file", errno);
	}
	buf_free(&name);
	return fd;
}

static bool write_all(int fd, const uint8_t *p, size_t n)
{
	while (n) {
		ssize_t done = write(fd, p, n);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		p += done;
		n -= (size_t)done;
	}
	return true;
}

/* read() that waits for a pipe that is not ready. */
static ssize_t read_some(int fd, uint8_t *p, size_t n)
{
	for (;;) {
		ssize_t got = read(fd, p, n);
		if (got >= 0 || (errno != EINTR && errno != EAGAIN))
			return got;
		if (errno == EAGAIN) {
			struct pollfd wait = {.fd = fd, .events = POLLIN};
			poll(&wait, 1, -1);
		}
	}
}

/*
 * Waits for what is written first into a pipe that was just opened. Who is to write may still be on
 * the way: a shell starts both sides at once. Without a writer reading would tell of an empty pipe.
 */
static void await_writer(int fd)
{
	struct pollfd wait = {.fd = fd, .events = POLLIN};
	while (poll(&wait, 1, WRITER_MS) < 0 && errno == EINTR)
		continue;
}

typedef struct spool {
	int in, out;
	uint64_t taken, given; /* bytes read and written */
	uint64_t limit;
	bool compressed;
	oray_error *err;
} spool;

static oray_status spool_write(spool *s, const uint8_t *p, size_t n)
{
	s->given += n;
	if (s->given > s->limit)
		return error_set(s->err, ORAY_ERR_LIMIT, ORAY_NO_OFFSET, NULL,
		                 "larger than %llu MB, the limit for piped and compressed models",
		                 (unsigned long long)(s->limit / 1000000));
	if (s->compressed && s->given > GROWTH_FREE && s->given / GROWTH_RATIO > s->taken)
		return error_set(s->err, ORAY_ERR_LIMIT, s->taken, NULL,
		                 "expands to more than %d times its size: looks like a decompression bomb",
		                 GROWTH_RATIO);
	if (!write_all(s->out, p, n))
		return error_errno(s->err, ORAY_ERR_IO, "cannot write the temporary file", errno);
	return ORAY_OK;
}

static oray_status copy(spool *s)
{
	uint8_t chunk[CHUNK];
	for (;;) {
		ssize_t n = read_some(s->in, chunk, sizeof chunk);
		if (n < 0)
			return error_errno(s->err, ORAY_ERR_IO, "read failed", errno);
		if (n == 0)
			return ORAY_OK;
		s->taken += (uint64_t)n;
		oray_status status = spool_write(s, chunk, (size_t)n);
		if (status != ORAY_OK)
			return status;
	}
}

/* All members of a gzip file. *cut: the data ended before the last member did. */
static oray_status inflate_all(spool *s, bool *cut)
{
	uint8_t in[CHUNK], out[CHUNK];
	z_stream z = {0};
	oray_status status = ORAY_OK;
	bool between = true; /* members */
	if (inflateInit2(&z, 15 + 16) != Z_OK)
		return error_memory(s->err);
	while (status == ORAY_OK) {
		ssize_t n = read_some(s->in, in, sizeof in);
		if (n < 0)
			status = error_errno(s->err, ORAY_ERR_IO, "read failed", errno);
		if (n <= 0)
			break;
		s->taken += (uint64_t)n;
		z.next_in = in;
		z.avail_in = (uInt)n;
		while (z.avail_in && status == ORAY_OK) {
			if (between && s->given && z.next_in[0] == 0) { /* padding after the last member */
				z.next_in++;
				z.avail_in--;
				continue;
			}
			between = false;
			z.next_out = out;
			z.avail_out = sizeof out;
			int r = inflate(&z, Z_NO_FLUSH);
			status = spool_write(s, out, sizeof out - z.avail_out);
			if (r == Z_STREAM_END) {
				between = true;
				inflateReset(&z);
			} else if (r != Z_OK && r != Z_BUF_ERROR && status == ORAY_OK) {
				status = error_set(s->err, ORAY_ERR_MALFORMED, s->taken - z.avail_in, NULL,
				                   "broken gzip data: %s", z.msg ? z.msg : "cannot be inflated");
			}
		}
		/* What is left in the stream's window when the input chunk is used up. */
		while (!between && status == ORAY_OK && z.avail_out == 0) {
			z.next_out = out;
			z.avail_out = sizeof out;
			int r = inflate(&z, Z_NO_FLUSH);
			status = spool_write(s, out, sizeof out - z.avail_out);
			between = r == Z_STREAM_END;
		}
	}
	*cut = !between;
	inflateEnd(&z);
	return status;
}

/* Replaces out->fd by a temporary file with its (decompressed) content. */
static oray_status spool_into(source *out, const oray_load_options *opts, bool compressed,
                              oray_error *err)
{
	spool s = {.in = out->fd, .limit = opts->max_spool, .compressed = compressed, .err = err};
	s.out = open_spool(err);
	if (s.out < 0)
		return ORAY_ERR_IO;
	oray_status status = compressed ? inflate_all(&s, &out->cut) : copy(&s);
	if (status != ORAY_OK) {
		close(s.out);
		return status;
	}
	close(out->fd);
	out->fd = s.out;
	out->size = s.given;
	if (compressed)
		out->stored = s.taken;
	else
		out->stored = out->size;
	out->compressed = compressed;
	return ORAY_OK;
}

static oray_status open_path(const char *path, source *out, struct stat *st, oray_error *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	/* O_NONBLOCK: opening a pipe that nobody ever writes to must not hang. */
	out->fd = is_stdin ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
	                   : open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (out->fd < 0)
		return error_errno(err, ORAY_ERR_IO, is_stdin ? "standard input" : "cannot open", errno);
	if (fstat(out->fd, st) < 0)
		return error_errno(err, ORAY_ERR_IO, "cannot stat", errno);
	if (S_ISDIR(st->st_mode))
		return refuse(err, "is a directory, not a model");
	if (is_stdin && isatty(out->fd))
		return refuse(err, "standard input is a terminal; pipe a model into it");
	if (!S_ISREG(st->st_mode) && !S_ISFIFO(st->st_mode) && !S_ISSOCK(st->st_mode))
		return refuse(err, is_stdin ? "standard input is a device, not a model"
		                            : "is a device, not a model");
	return ORAY_OK;
}

static bool is_gzip(int fd)
{
	uint8_t magic[3];
	return pread(fd, magic, sizeof magic, 0) == sizeof magic && magic[0] == 0x1f &&
	       magic[1] == 0x8b && magic[2] == 8;
}

static oray_status open_source(const char *path, const oray_load_options *opts, source *out,
                               oray_error *err)
{
	struct stat st;
	oray_status status = open_path(path, out, &st, err);
	if (status != ORAY_OK)
		return status;
	if (S_ISREG(st.st_mode)) {
		out->size = out->stored = (uint64_t)st.st_size;
	} else {
		if (S_ISFIFO(st.st_mode))
			await_writer(out->fd);
		status = spool_into(out, opts, false, err);
		if (status != ORAY_OK)
			return status;
		if (!out->size)
			return error_set(err, ORAY_ERR_NOT_ONNX, ORAY_NO_OFFSET, NULL,
			                 "not an ONNX model: the pipe is empty, nothing was written into it");
	}
	/* Before the first byte is read: three of them would bring hundreds of kilobytes along. */
	posix_fadvise(out->fd, 0, 0, POSIX_FADV_RANDOM);
	if (is_gzip(out->fd)) {
		posix_fadvise(out->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
		uint64_t stored = out->size;
		lseek(out->fd, 0, SEEK_SET);
		status = spool_into(out, opts, true, err);
		out->stored = stored;
	}
	return status;
}

oray_status source_open(const char *path, const oray_load_options *opts, source *out,
                        oray_error *err)
{
	*out = (source){.fd = -1};
	oray_status status = open_source(path, opts, out, err);
	if (status != ORAY_OK && out->fd >= 0) {
		close(out->fd);
		out->fd = -1;
	}
	return status;
}
