/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz.h - what the fuzz targets share: inputs taken apart, models opened from memory, sinks that
 * look at what is written.
 *
 * An input of the targets that take models is eight bytes and the model:
 *
 *     uint32_t choices   options of the target, a few bits each; little endian
 *     uint32_t first     bytes of the first of two models; 0: there is one
 *     model, [model]
 *
 * The mutator (mutate.c) keeps to this. Targets run in one process for hours: nothing may stay
 * behind, and whatever is large is static and used again.
 */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <onnxray/onnxray.h>

enum { FUZZ_HEAD = 8 };

/** Takes an input of libFuzzer. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/** Ends the process with a message and a stack, when something does not hold. */
_Noreturn void fuzz_fail(const char *file, int line, const char *what, const char *more);

#define REQUIRE(holds, more)                                                                       \
	do {                                                                                           \
		if (!(holds))                                                                              \
			fuzz_fail(__FILE__, __LINE__, #holds, more);                                           \
	} while (0)

/** A part of an input. */
typedef struct fuzz_part {
	const uint8_t *at;
	size_t n;
} fuzz_part;

/** An input, taken apart. */
typedef struct fuzz_input {
	uint32_t choices; /**< what is left of them: see fuzz_choose() */
	fuzz_part a, b;   /**< b.at is NULL: there is none */
} fuzz_input;

/** Set by targets that take two models, so that the mutator makes some. */
extern bool fuzz_two_models;

/** @return false when there is nothing but the head. */
bool fuzz_split(const uint8_t *data, size_t size, fuzz_input *out);

/** The next choice, below `n`. Takes it out of the choices; 0 when they are used up. */
uint32_t fuzz_choose(uint32_t *choices, uint32_t n);

/**
 * Writes bytes into the file of a slot, 0 to 3, in a folder of this process. Beside it lies
 * "w.bin" of 4096 bytes, for external data.
 * @return its path.
 */
const char *fuzz_file(unsigned slot, fuzz_part bytes);

/**
 * Loads a model from memory. NULL: refused, and the error was looked at: its texts are printable
 * and its code is not ORAY_OK.
 * @param opts  NULL: small limits, so that no input takes long.
 */
oray_model *fuzz_load(unsigned slot, fuzz_part bytes, const oray_load_options *opts);

/** Small limits. */
oray_load_options fuzz_limits(void);

/** Holds an error that was reported to its promises. */
void fuzz_check_error(oray_status status, const oray_error *err);

/* ---- what is written ---- */

/** Collects; static memory, one at a time. */
typedef struct fuzz_sink {
	char *data;
	size_t n;
	size_t refuse_after; /**< bytes after which it refuses; SIZE_MAX: never */
	bool refused;
} fuzz_sink;

/** An empty sink over static memory. From `choices`: now and then one that refuses. */
fuzz_sink fuzz_sink_new(uint32_t *choices);

/** An oray_sink. */
int fuzz_take(void *sink, const char *data, size_t size);

/**
 * Holds a writer to what it returned: complete output passes `fault`, which says what is wrong with
 * a text or NULL; a refusal is ORAY_ERR_WRITE.
 */
void fuzz_check_output(const fuzz_sink *sink, oray_status status, const oray_error *err,
                       const char *(*fault)(const char *data, size_t size));

/** A style with everything drawn from choices but the format, which the caller gives. */
oray_style fuzz_style(uint32_t *choices, oray_format format);

/** What checks a format; see sound.h. `color` is that of the style. */
const char *(*fuzz_fault_of(oray_format format, bool color))(const char *data, size_t size);

/** Infers as choices say: with sizes for the model's symbols, shapes for its inputs, or as is. */
void fuzz_infer(uint32_t *choices, oray_model *model);

/** What to draw; lives until the next call. */
oray_drawing fuzz_drawing(uint32_t *choices, const oray_model *model);

#endif
