/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sound.h"

/* Memory that was freed is kept back for a while to catch its use; less of it than usual, so that
 * what is left of the limit is the program's. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "quarantine_size_mb=16:malloc_context_size=12:detect_stack_use_after_return=0";
}

void fuzz_fail(const char *file, int line, const char *what, const char *more)
{
	fprintf(stderr, "\n%s:%d: does not hold: %s: %s\n", file, line, what, more ? more : "");
	abort();
}

/* ---- inputs ---- */

uint32_t fuzz_choose(uint32_t *choices, uint32_t n)
{
	uint32_t chosen = *choices % n;
	*choices /= n;
	return chosen;
}

/* ---- files ---- */

enum { SLOTS = 4, EXTERNAL = 4096 };

static char folder[64];
static struct {
	char path[96];
	int fd;
} slots[SLOTS];

static void remove_files(void)
{
	char path[96];
	for (int i = 0; i < SLOTS; i++)
		unlink(slots[i].path);
	snprintf(path, sizeof path, "%s/w.bin", folder);
	unlink(path);
	rmdir(folder);
}

static void make_files(void)
{
	static const char *const parents[] = {"/dev/shm", "/tmp"};
	for (int i = 0; i < 2; i++) {
		snprintf(folder, sizeof folder, "%s/onnxray-fuzz-XXXXXX", parents[i]);
		if (mkdtemp(folder))
			break;
	}
	for (int i = 0; i < SLOTS; i++) {
		snprintf(slots[i].path, sizeof slots[i].path, "%s/m%d.onnx", folder, i);
		slots[i].fd = open(slots[i].path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		REQUIRE(slots[i].fd >= 0, slots[i].path);
	}
	char path[96];
	uint8_t data[EXTERNAL];
	snprintf(path, sizeof path, "%s/w.bin", folder);
	for (int i = 0; i < EXTERNAL; i++)
		data[i] = (uint8_t)(i * 37 >> 2);
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	REQUIRE(write(fd, data, sizeof data) == sizeof data, path);
	close(fd);
	atexit(remove_files);
}

const char *fuzz_file(unsigned slot, fuzz_part bytes)
{
	static size_t sizes[SLOTS];
	if (!*folder)
		make_files();
	REQUIRE(pwrite(slots[slot].fd, bytes.at, bytes.n, 0) == (ssize_t)bytes.n, "tmpfs");
	if (bytes.n != sizes[slot])
		REQUIRE(ftruncate(slots[slot].fd, (off_t)bytes.n) == 0, "tmpfs");
	sizes[slot] = bytes.n;
	return slots[slot].path;
}

/* ---- models ---- */

oray_load_options fuzz_limits(void)
{
	oray_load_options o = oray_load_defaults();
	o.max_memory = 48 << 20;
	o.max_spool = 1 << 20;
	return o;
}

void fuzz_check_error(oray_status status, const oray_error *err)
{
	REQUIRE(status != ORAY_OK && err->code == status, oray_status_name(status));
	REQUIRE(memchr(err->message, 0, sizeof err->message), "message without an end");
	REQUIRE(memchr(err->where, 0, sizeof err->where), "place without an end");
	REQUIRE(*err->message, "no message");
	const char *fault = text_fault(err->message, strlen(err->message));
	REQUIRE(!fault, err->message);
	fault = text_fault(err->where, strlen(err->where));
	REQUIRE(!fault, err->where);
}

oray_model *fuzz_load(unsigned slot, fuzz_part bytes, const oray_load_options *opts)
{
	static oray_error err;
	oray_load_options limits = opts ? *opts : fuzz_limits();
	oray_model *model;
	oray_status status = oray_model_load(fuzz_file(slot, bytes), &limits, &model, &err);
	if (status != ORAY_OK)
		fuzz_check_error(status, &err);
	REQUIRE(model || status != ORAY_OK, "no model");
	REQUIRE(!model || status == ORAY_OK || status == ORAY_ERR_TRUNCATED, "a model after a failure");
	return model;
}

/* ---- sinks ---- */

enum { OUTPUT_MOST = 24 << 20 };

fuzz_sink fuzz_sink_new(uint32_t *choices)
{
	static char memory[OUTPUT_MOST];
	uint32_t some = fuzz_choose(choices, 32);
	return (fuzz_sink){.data = memory,
	                   .refuse_after = some == 31   ? 0
	                                   : some == 30 ? 700
	                                                : SIZE_MAX};
}

int fuzz_take(void *context, const char *data, size_t size)
{
	fuzz_sink *s = context;
	REQUIRE(!s->refused, "written to after it refused");
	s->refused = s->n + size > s->refuse_after;
	if (s->refused)
		return 1;
	REQUIRE(size <= OUTPUT_MOST - s->n, "output out of proportion");
	memcpy(s->data + s->n, data, size);
	s->n += size;
	return 0;
}

void fuzz_check_output(const fuzz_sink *sink, oray_status status, const oray_error *err,
                       const char *(*fault_of)(const char *data, size_t size))
{
	if (status != ORAY_OK)
		fuzz_check_error(status, err);
	REQUIRE(!sink->refused || status == ORAY_ERR_WRITE, oray_status_name(status));
	REQUIRE(sink->refused || status != ORAY_ERR_WRITE, "nothing refused");
	if (status != ORAY_OK)
		return;
	const char *fault = fault_of(sink->data, sink->n);
	if (fault && getenv("FUZZ_SHOW"))
		fwrite(sink->data, 1, sink->n, stderr);
	REQUIRE(!fault, fault);
}
