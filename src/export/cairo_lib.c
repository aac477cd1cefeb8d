/* SPDX-License-Identifier: Apache-2.0 */
#include "export/cairo_lib.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

#ifdef ORAY_CAIRO

#include <dlfcn.h>
#include <pthread.h>

#ifdef __APPLE__
#define USUAL_NAME "libcairo.2.dylib"
#else
#define USUAL_NAME "libcairo.so.2"
#endif

/* A library stays loaded: fontconfig and others keep things that would be lost with it. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static cairo_lib usual, other;
static bool have_usual;

static const struct {
	const char *name;
	size_t at; /* of the function's address in cairo_lib */
} functions[] = {
#define F(name) {"cairo_" #name, offsetof(cairo_lib, name)},
    CAIRO_FUNCTIONS(F)
#undef F
};

/* @return the name of what the library lacks, "" for all of it, NULL for nothing. */
static const char *load(const char *name, cairo_lib *lib)
{
	void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
	if (!library)
		return "";
	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
		void *address = dlsym(library, functions[i].name);
		if (!address)
			return functions[i].name;
		memcpy((char *)lib + functions[i].at, &address, sizeof address);
	}
	return NULL;
}

const cairo_lib *cairo_lib_get(oray_error *err)
{
	const char *chosen = getenv("ONNXRAY_CAIRO"), *lacks = NULL;
	bool is_usual = !chosen || !*chosen;
	cairo_lib *lib = is_usual ? &usual : &other;
	pthread_mutex_lock(&lock);
	if (!is_usual || !have_usual)
		lacks = load(is_usual ? USUAL_NAME : chosen, lib);
	have_usual |= is_usual && !lacks;
	pthread_mutex_unlock(&lock);
	if (!lacks)
		return lib;
	if (*lacks)
		error_set(err, ORAY_ERR_TOOL, ORAY_NO_OFFSET, NULL,
		          "%s is no cairo 1.16 or newer: it has no %s()", is_usual ? USUAL_NAME : chosen,
		          lacks);
	else if (is_usual)
		error_set(err, ORAY_ERR_TOOL, ORAY_NO_OFFSET, NULL,
		          USUAL_NAME " was not found, which draws PNG and PDF; install cairo (Debian: "
		                     "libcairo2), or write .svg");
	else
		error_set(err, ORAY_ERR_TOOL, ORAY_NO_OFFSET, NULL, "ONNXRAY_CAIRO names no library: %s",
		          chosen);
	return NULL;
}

oray_status cairo_lib_failed(const cairo_lib *lib, cairo_status_t status, oray_error *err)
{
	if (status == CAIRO_STATUS_NO_MEMORY)
		return error_memory(err);
	return error_set(err, ORAY_ERR_TOOL, ORAY_NO_OFFSET, NULL, "cairo failed: %s",
	                 lib->status_to_string(status));
}

#else

const cairo_lib *cairo_lib_get(oray_error *err)
{
	error_set(err, ORAY_ERR_TOOL, ORAY_NO_OFFSET, NULL,
	          "this onnxray was built without cairo, which draws PNG and PDF; write .svg");
	return NULL;
}

#endif
