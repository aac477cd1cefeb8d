/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dot_picture.c - pictures through the `dot` program, for those who ask for it.
 *
 * dot places boxes on ranks and improves their positions step by step, with a point for every rank
 * that a wire passes. On graphs of neural networks that means: a few hundred boxes take no time,
 * and some thousand take minutes, when a mask is read by every block. What keeps it quick here, in
 * the order in which it is applied as graphs grow:
 *
 *   1. shapes move from the middle of the wires, where they double the ranks, to their tails;
 *   2. wires that span many ranks are cut into two ends with a name on them;
 *   3. the steps are limited so that steps x points stays within a budget;
 *   4. what is still too large is refused before dot is started.
 *
 * dot itself runs as a bounded child: the worst that a graph can do is to waste that time.
 */
#include <onnxray/onnxray.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "export/child.h"
#include "export/dot.h"
#include "export/dot_effort.h"
#include "export/dot_picture.h"
#include "words/numbers.h"

/*
 * Measured with Graphviz 2.43 on one core: 1,200 boxes of a transformer take 1 s, 2,400 take 4 s,
 * 3,900 take 16 s to 22 s; without the cuts the last one was not ready after 13 minutes. Every
 * tensor being read by dozens of others, as in DenseNet written with Concat, is the worst: 600
 * boxes take 18 s.
 */
#define STEP_BUDGET     100000000.0
#define CROSSING_BUDGET 4000000.0
#define MOST_BOXES      4000
#define MOST_WIRES      10000

#define WAY_OUT "draw a part (--around, --scope) or leave dot out"

static const child_limits limits = {
    .wall_seconds = 180,
    .cpu_seconds = 60,
    .memory_bytes = (uint64_t)2 << 30,
    .output_bytes = (uint64_t)512 << 20,
};

typedef struct picture_type {
	const char *name, *option;
	const char *end; /**< a finished picture ends with it, but for blanks */
	size_t end_size;
} picture_type;

static const picture_type types[] = {
    {"svg", "-Tsvg", "</svg>", 6},
    {"png", "-Tpng", "IEND\xae\x42\x60\x82", 8},
    {"pdf", "-Tpdf", "%%EOF", 5},
};

/* -------------------------------------------------------------------------------- size -- */

static oray_status too_large(const char *what, uint64_t n, uint64_t most, oray_error *err)
{
	buf count = {0}, limit = {0};
	number_exact(&count, n);
	number_exact(&limit, most);
	error_set(err, ORAY_ERR_TOOL, ORAY_NO_OFFSET, NULL,
	          "graph too large for dot: %s %s, limit %s; " WAY_OUT, buf_text(&count), what,
	          buf_text(&limit));
	buf_free(&count);
	buf_free(&limit);
	return ORAY_ERR_TOOL;
}

/* Says when dot could not handle a plan. */
static oray_status check_plan(const pic_plan *plan, dot_effort *e, oray_error *err)
{
	if (plan->items.n > MOST_BOXES)
		return too_large("boxes", plan->items.n, MOST_BOXES, err);
	if (plan->wires.n > MOST_WIRES)
		return too_large("wires", plan->wires.n, MOST_WIRES, err);
	return dot_plan_effort(plan, e) ? ORAY_OK : error_memory(err);
}

/* Thousandths without a radix character that depends on the locale. */
static void thousandths(char out[24], double x)
{
	unsigned n = x > 1000 ? 1000000 : (unsigned)(x * 1000);
	snprintf(out, 24, "%u.%03u", n / 1000, n % 1000);
}

static double at_most(double x, double most)
{
	return x < most ? x : most;
}

/* ---------------------------------------------------------------------------- the child -- */

static oray_status tool_error(oray_error *err, const child_result *r, const picture_type *type,
                              const dot_effort *e)
{
	buf boxes = {0};
	const char *message = buf_text(&r->messages);
	int size = (int)strcspn(message, "\r\n");
	number_exact(&boxes, e->boxes);
	switch (r->end) {
	case CHILD_NO_TIME:
		error_set(err, ORAY_ERR_TOOL, ORAY_NO_OFFSET, NULL,
		          "dot was stopped: no picture of %s boxes in %u seconds; " WAY_OUT,
		          buf_text(&boxes), limits.cpu_seconds);
		break;
	case CHILD_TOO_MUCH:
		error_set(err, ORAY_ERR_TOOL, ORAY_NO_OFFSET, NULL,
		          "dot was stopped: the picture is larger than %u MB",
		          (unsigned)(limits.output_bytes >> 20));
		break;
	case CHILD_NOT_STARTED:
		error_errno(err, ORAY_ERR_TOOL, "cannot start dot", r->code);
		break;
	case CHILD_SIGNALLED:
		error_set(err, ORAY_ERR_TOOL, ORAY_NO_OFFSET, NULL,
		          "dot crashed on %s boxes (signal %d)%s%.*s; %s" WAY_OUT, buf_text(&boxes),
		          r->code, size ? ": " : "", size, message,
		          strcmp(type->name, "png") == 0 ? "write .svg, " : "");
		break;
	default:
		error_set(err, ORAY_ERR_TOOL, ORAY_NO_OFFSET, NULL, "dot failed (status %d)%s%.*s", r->code,
		          size ? ": " : ", and said nothing", size, message);
	}
	buf_free(&boxes);
	return ORAY_ERR_TOOL;
}

static bool is_finished(const picture_type *type, const buf *image)
{
	size_t n = image->n;
	while (n && memchr(" \r\n", image->data[n - 1], 3))
		n--;
	return n >= type->end_size &&
	       memcmp(image->data + n - type->end_size, type->end, type->end_size) == 0;
}

static oray_status hand_over(const buf *image, oray_sink sink, void *context, oray_error *err)
{
	static const size_t piece = (size_t)1 << 20;
	for (size_t at = 0; at < image->n; at += piece) {
		size_t n = image->n - at < piece ? image->n - at : piece;
		if (sink(context, image->data + at, n) != 0)
			return error_set(err, ORAY_ERR_WRITE, ORAY_NO_OFFSET, NULL,
			                 "the output could not be written");
	}
	return ORAY_OK;
}

static oray_status find_dot(buf *path, oray_error *err)
{
	const char *chosen = getenv("ONNXRAY_DOT");
	const char *name = chosen && *chosen ? chosen : "dot";
	if (child_find(name, path))
		return ORAY_OK;
	if (name == chosen)
		return error_set(err, ORAY_ERR_TOOL, ORAY_NO_OFFSET, NULL,
		                 "ONNXRAY_DOT names no program: %s", name);
	return error_set(
	    err, ORAY_ERR_TOOL, ORAY_NO_OFFSET, NULL,
	    "dot was not found; install Graphviz, name it in ONNXRAY_DOT, or draw without it");
}

static int append(void *context, const char *data, size_t size)
{
	buf *b = context;
	buf_add(b, data, size);
	return !buf_ok(b);
}

static oray_status run(const char *path, const picture_type *type, const buf *text,
                       const dot_effort *e, oray_sink sink, void *context, oray_error *err)
{
	char name[] = "dot", option[16];
	char *const argv[] = {name, option, NULL};
	snprintf(option, sizeof option, "%s", type->option);
	child_result r = child_run(path, argv, buf_text(text), text->n, &limits);
	oray_status status;
	bool ended = (r.end == CHILD_EXITED && r.code == 0) || r.end == CHILD_UNKNOWN;
	if (!buf_ok(&r.output) || !buf_ok(&r.messages))
		status = error_memory(err);
	else if (ended && is_finished(type, &r.output))
		status = hand_over(&r.output, sink, context, err);
	else
		status = tool_error(err, &r, type, e);
	child_result_free(&r);
	return status;
}

static oray_status draw(picture *pic, const char *colors, const picture_type *type, oray_sink sink,
                        void *context, oray_error *err)
{
	buf path = {0}, text = {0};
	dot_effort e;
	oray_status status = find_dot(&path, err);
	if (status == ORAY_OK)
		status = check_plan(&pic->plan, &e, err);
	if (status == ORAY_OK) {
		char steps[24], sweeps[24];
		double points = (double)(e.boxes + e.wires + e.ranks + 1);
		thousandths(steps, at_most(STEP_BUDGET / points / (double)(e.boxes + 1), 4));
		thousandths(sweeps, at_most(CROSSING_BUDGET / (double)(e.crossings + 1), 1));
		/* only pixels need a density; a name ends the list */
		bool pixels = strcmp(type->name, "png") == 0;
		const dot_setting extra[] = {
		    {"nslimit", steps},  {"nslimit1", "2"},
		    {"mclimit", sweeps}, {pixels ? "dpi" : NULL, "144"},
		    {NULL, NULL},
		};
		dot_manner manner = {.theme = colors, .extra = extra, .places = false};
		status = dot_write(pic, &manner, append, &text, err);
		if (!buf_ok(&text))
			status = error_memory(err);
	}
	if (status == ORAY_OK)
		status = run(buf_text(&path), type, &text, &e, sink, context, err);
	buf_free(&path);
	buf_free(&text);
	return status;
}

oray_status dot_picture(picture *pic, const char *colors, const char *type, oray_sink sink,
                        void *context, oray_error *err)
{
	size_t i = 0;
	while (i + 1 < sizeof types / sizeof *types && strcmp(types[i].name, type) != 0)
		i++;
	return draw(pic, colors, &types[i], sink, context, err);
}
