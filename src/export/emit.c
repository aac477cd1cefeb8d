/* SPDX-License-Identifier: Apache-2.0 */
#include "export/emit.h"

#include <string.h>

#include "base/error.h"
#include "base/heap.h"
#include "ops/ops.h"

#define FLUSH_BYTES ((size_t)1 << 15)

/* Middle tones of the 256-colour palette: readable on a light and on a dark background. */
static const char *const paints[] = {
    [PAINT_TITLE] = "1",
    [PAINT_DIM] = "2",
    [PAINT_GOOD] = "32",
    [PAINT_NOTE] = "36",
    [PAINT_WARN] = "33",
    [PAINT_BAD] = "31",
    [PAINT_CATEGORY + OPS_CUSTOM] = "38;5;170",
    [PAINT_CATEGORY + OPS_FUNCTION] = "38;5;170",
    [PAINT_CATEGORY + OPS_LAYER] = "38;5;33",
    [PAINT_CATEGORY + OPS_MATMUL] = "38;5;33",
    [PAINT_CATEGORY + OPS_ATTENTION] = "38;5;208",
    [PAINT_CATEGORY + OPS_ACTIVATION] = "38;5;167",
    [PAINT_CATEGORY + OPS_NORMALIZATION] = "38;5;30",
    [PAINT_CATEGORY + OPS_POOL] = "38;5;71",
    [PAINT_CATEGORY + OPS_ARITHMETIC] = NULL,
    [PAINT_CATEGORY + OPS_LOGIC] = NULL,
    [PAINT_CATEGORY + OPS_REDUCTION] = NULL,
    [PAINT_CATEGORY + OPS_SHAPE] = "38;5;137",
    [PAINT_CATEGORY + OPS_TENSOR] = "38;5;137",
    [PAINT_CATEGORY + OPS_CONSTANT] = "38;5;245",
    [PAINT_CATEGORY + OPS_QUANTIZATION] = "38;5;98",
    [PAINT_CATEGORY + OPS_CONTROL] = "38;5;172",
    [PAINT_CATEGORY + OPS_SEQUENCE] = "38;5;137",
    [PAINT_CATEGORY + OPS_CLASSICAL] = "38;5;64",
    [PAINT_CATEGORY + OPS_TEXT] = "38;5;64",
    [PAINT_CATEGORY + OPS_SIGNAL] = "38;5;64",
    [PAINT_CATEGORY + OPS_TRAINING] = "38;5;167",
};

void emit_init(emit *e, const oray_style *style, oray_sink sink, void *context)
{
	oray_style s = style ? *style : oray_style_defaults();
	bool text = s.format == ORAY_TEXT;
	*e = (emit){
	    .sink = sink,
	    .context = context,
	    .failures = heap_failures(),
	    .width = s.width ? s.width : 80,
	    .color = text && s.color,
	    .utf8 = !text || s.utf8,
	    .counting = s.counting,
	};
	if (e->width < EMIT_MIN_WIDTH)
		e->width = EMIT_MIN_WIDTH;
	e->glyphs = glyphs_of(e->utf8);
}

static int append(void *context, const char *data, size_t size)
{
	buf *b = context;
	buf_add(b, data, size);
	return !buf_ok(b);
}

void emit_into(emit *e, const emit *like, buf *text, unsigned width)
{
	*e = (emit){
	    .sink = append,
	    .context = text,
	    .failures = heap_failures(),
	    .width = width,
	    .color = like->color,
	    .utf8 = like->utf8,
	    .counting = like->counting,
	    .glyphs = like->glyphs,
	};
}

static void flush(emit *e)
{
	if (!buf_ok(&e->pending))
		emit_fail(e, ORAY_ERR_MEMORY);
	if (emit_ok(e) && e->pending.n && e->sink(e->context, e->pending.data, e->pending.n))
		emit_fail(e, e->sink == append ? ORAY_ERR_MEMORY : ORAY_ERR_WRITE);
	buf_clear(&e->pending);
}

void emit_add(emit *e, const char *data, size_t size)
{
	if (!emit_ok(e) || !size)
		return;
	buf_add(&e->pending, data, size);
	if (e->pending.n >= FLUSH_BYTES || !buf_ok(&e->pending))
		flush(e);
}

void emit_str(emit *e, const char *text)
{
	emit_add(e, text, strlen(text));
}

void emit_repeat(emit *e, const char *text, size_t times)
{
	while (times-- && emit_ok(e))
		emit_str(e, text);
}

void emit_format(emit *e, const char *format, ...)
{
	if (!emit_ok(e))
		return;
	va_list args;
	va_start(args, format);
	buf_vformat(&e->pending, format, args);
	va_end(args);
	if (e->pending.n >= FLUSH_BYTES || !buf_ok(&e->pending))
		flush(e);
}

void emit_painted(emit *e, paint p, const char *data, size_t size)
{
	const char *code = e->color && size && p < sizeof paints / sizeof *paints ? paints[p] : NULL;
	if (code)
		emit_format(e, "\033[%sm", code);
	emit_add(e, data, size);
	if (code)
		emit_str(e, "\033[0m");
}

void emit_paint_str(emit *e, paint p, const char *text)
{
	emit_painted(e, p, text, strlen(text));
}

void emit_fail(emit *e, oray_status status)
{
	if (e->status == ORAY_OK)
		e->status = status;
}

bool emit_ok(const emit *e)
{
	return e->status == ORAY_OK;
}

oray_status emit_end(emit *e, oray_error *err)
{
	flush(e);
	buf_free(&e->pending);
	/* A text without memory for it came out shorter, wherever that was not seen. */
	if (e->status == ORAY_ERR_MEMORY || (e->status == ORAY_OK && heap_failures() != e->failures))
		return error_memory(err);
	if (e->status == ORAY_ERR_WRITE)
		return error_set(err, ORAY_ERR_WRITE, ORAY_NO_OFFSET, NULL, "the output was refused");
	return e->status;
}
