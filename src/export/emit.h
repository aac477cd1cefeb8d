/* SPDX-License-Identifier: Apache-2.0 */
/*
 * emit.h - the pipe between the writers and the caller's sink.
 *
 * Output is collected in a buffer and handed over in large pieces. The first thing that goes wrong
 * (the sink refuses, memory is out) sticks: later calls do nothing and emit_end() reports it once,
 * so writers need not look at every call.
 *
 * Colour lives here as well: a writer names what a piece of text means, and this file knows the
 * escape sequence, or that there is none.
 */
#ifndef EXPORT_EMIT_H
#define EXPORT_EMIT_H

#include <onnxray/onnxray.h>

#include "base/buf.h"
#include "base/heap.h"
#include "words/glyphs.h"

/** What a piece of text means. PAINT_CATEGORY + an ops_category is the colour of an operator. */
typedef enum paint {
	PAINT_PLAIN,
	PAINT_TITLE, /**< what everything else is about */
	PAINT_DIM,   /**< headers, rules, things that matter less */
	PAINT_GOOD,
	PAINT_NOTE,
	PAINT_WARN,
	PAINT_BAD,
	PAINT_CATEGORY
} paint;

typedef struct emit {
	oray_sink sink;
	void *context;
	uint64_t failures; /**< heap_failures() when it began: what failed since is missing */
	buf pending;
	oray_status status;
	unsigned width; /**< columns, never 0 */
	bool color, utf8;
	oray_counting counting; /**< what costs are called */
	const glyphs *glyphs;
} emit;

/** Narrowest page that is laid out; asking for less gives this. */
#define EMIT_MIN_WIDTH 40

/** Gives the style that holds: `style`, or the defaults for NULL. ORAY_ERR_USAGE for no format. */
oray_status emit_style(const oray_style *style, oray_style *out, oray_error *err);

/** Starts output; `style` NULL means the defaults. JSON, CSV and Markdown are always UTF-8. */
void emit_init(emit *e, const oray_style *style, oray_sink sink, void *context);

/** Starts output that looks like that of `like`, but is appended to `text` instead. */
void emit_into(emit *e, const emit *like, buf *text, unsigned width);

void emit_add(emit *e, const char *data, size_t size);
void emit_str(emit *e, const char *text);
void emit_repeat(emit *e, const char *text, size_t times);
void emit_format(emit *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Text in its colour; `data` holds no newline. */
void emit_painted(emit *e, paint p, const char *data, size_t size);
void emit_paint_str(emit *e, paint p, const char *text);

/** Remembers a failure, unless there is one already. */
void emit_fail(emit *e, oray_status status);

/** True while it makes sense to go on. */
bool emit_ok(const emit *e);

/** Hands over what is left, frees the buffer, reports the first failure. */
oray_status emit_end(emit *e, oray_error *err);

#endif
