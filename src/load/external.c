/* SPDX-License-Identifier: Apache-2.0 */
#include "load/external.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/heap.h"
#include "base/num.h"
#include "model/model.h"

static oray_status refuse(const oray_tensor *t, oray_error *err, const char *why)
{
	return error_set(err, ORAY_ERR_EXTERNAL, ORAY_NO_OFFSET, NULL, "external data '%.*s': %s",
	                 (int)(t->location.size < 200 ? t->location.size : 200), t->location.data, why);
}

/* What no honest location is, wherever it leads. */
static const char *complaint(oray_str s)
{
	if (!s.size)
		return "no location is given";
	if (memchr(s.data, 0, s.size))
		return "the location holds a NUL byte";
	if (strstr(s.data, "_ORT_MEM_ADDR_"))
		return "refused: an address in another program's memory, not a file";
	return NULL;
}

static const char *escape_complaint(oray_str s)
{
	if (s.data[0] == '/')
		return "refused: an absolute path (allow with --unsafe-external)";
	if (memchr(s.data, '\\', s.size) || (s.size > 1 && s.data[1] == ':'))
		return "refused: not a portable relative path (allow with --unsafe-external)";
	for (const char *p = s.data; p;) {
		const char *slash = strchr(p, '/');
		size_t n = slash ? (size_t)(slash - p) : strlen(p);
		if (n == 2 && p[0] == '.' && p[1] == '.')
			return "refused: leads out of the model's directory (allow with --unsafe-external)";
		p = slash ? slash + 1 : NULL;
	}
	return NULL;
}

static oray_status refuse_errno(const oray_tensor *t, oray_error *err, int number)
{
	if (number == ELOOP || number == ENOTDIR)
		return refuse(t, err, "refused: a symbolic link on the way (allow with --unsafe-external)");
	if (number == ENOENT)
		return refuse(t, err, "no such file beside the model");
	return refuse(t, err, number == EACCES ? "permission denied" : "cannot be opened");
}

/* Component by component, following no link. */
static int open_below(const char *directory, const char *path)
{
	enum { DIRECTORY = O_RDONLY | O_DIRECTORY | O_CLOEXEC };
	char *copy = heap_copy(path, strlen(path)), *rest = NULL;
	int at = copy ? open(directory, DIRECTORY) : -1;
	for (char *part = copy ? strtok_r(copy, "/", &rest) : NULL; part && at >= 0;) {
		char *next = strtok_r(NULL, "/", &rest);
		int flags = next ? DIRECTORY | O_NOFOLLOW
		                 : O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
		int fd = openat(at, part, flags);
		int failure = errno;
		close(at);
		errno = failure;
		at = fd;
		part = next;
	}
	heap_free(copy);
	return at;
}

static int open_anywhere(const char *directory, const char *path)
{
	buf full = {0};
	if (path[0] != '/')
		buf_format(&full, "%s/", directory);
	buf_str(&full, path);
	int fd = buf_ok(&full) ? open(full.data, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) : -1;
	buf_free(&full);
	return fd;
}

/* The strict number of a key; 0 when the key is absent. false: present and wrong. */
static bool number_of(const oray_tensor *t, const char *key, uint64_t *out, bool *given)
{
	*out = 0;
	*given = false;
	for (size_t i = 0; i < t->n_external; i++) {
		oray_str k = t->external[i].key, v = t->external[i].value;
		if (k.size != strlen(key) || memcmp(k.data, key, k.size) != 0)
			continue;
		*given = true;
		return num_parse(v.data, v.size, out);
	}
	return true;
}

static oray_status check_extent(const oray_tensor *t, int fd, uint64_t needed, uint64_t *offset,
                                oray_error *err)
{
	struct stat st;
	uint64_t length;
	bool has_offset, has_length;
	if (!number_of(t, "offset", offset, &has_offset))
		return refuse(t, err, "the offset is not a plain decimal number");
	if (!number_of(t, "length", &length, &has_length))
		return refuse(t, err, "the length is not a plain decimal number");
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return refuse(t, err, "refused: not a regular file");
	uint64_t size = (uint64_t)st.st_size;
	if (*offset > size)
		return refuse(t, err, "the offset lies behind the end of the file");
	if (has_length && length > size - *offset)
		return refuse(t, err, "offset and length run past the end of the file");
	if (needed > (has_length ? length : size - *offset))
		return refuse(t, err, "fewer bytes than type and dimensions ask for");
	return ORAY_OK;
}

oray_status external_open(const oray_model *m, const oray_tensor *t, uint64_t needed, int *fd,
                          uint64_t *offset, oray_error *err)
{
	const char *why = complaint(t->location);
	*fd = -1;
	if (!why && !m->source.unsafe_external)
		why = escape_complaint(t->location);
	if (why)
		return refuse(t, err, why);
	int opened = m->source.unsafe_external ? open_anywhere(m->source.directory, t->location.data)
	                                       : open_below(m->source.directory, t->location.data);
	if (opened < 0)
		return refuse_errno(t, err, errno);
	oray_status status = check_extent(t, opened, needed, offset, err);
	if (status != ORAY_OK) {
		close(opened);
		return status;
	}
	*fd = opened;
	return ORAY_OK;
}

uint64_t external_links(const oray_model *m, const oray_tensor *t)
{
	struct stat st;
	uint64_t offset;
	int fd;
	if (m->source.unsafe_external || external_open(m, t, 0, &fd, &offset, NULL) != ORAY_OK)
		return 0;
	uint64_t links = fstat(fd, &st) == 0 ? (uint64_t)st.st_nlink : 0;
	close(fd);
	return links;
}
