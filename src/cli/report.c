/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report.c - one model, from its path to a report and messages.
 *
 * A file that was cut short gives a report and an error. In JSON both must be one document, so the
 * end of the document is held back until it is complete, and the error is put in before its last
 * brace:
 *
 *     { "schema": 1, ... }          { "schema": 1, ... , "error": { ... } }
 */
#include "report.h"

#include <inttypes.h>
#include <string.h>

/* What a failure means for the exit code. */
static const int exit_of[] = {
	[ORAY_OK] = EXIT_FINE,
	[ORAY_ERR_MEMORY] = EXIT_UNREADABLE,
	[ORAY_ERR_LIMIT] = EXIT_UNREADABLE,
	[ORAY_ERR_IO] = EXIT_UNREADABLE,
	[ORAY_ERR_NOT_ONNX] = EXIT_UNREADABLE,
	[ORAY_ERR_MALFORMED] = EXIT_UNREADABLE,
	[ORAY_ERR_TRUNCATED] = EXIT_UNREADABLE,
	[ORAY_ERR_EXTERNAL] = EXIT_UNREADABLE,
	[ORAY_ERR_NOT_FOUND] = EXIT_FINDINGS,
	[ORAY_ERR_USAGE] = EXIT_WRONG_USAGE,
	[ORAY_ERR_WRITE] = EXIT_NOT_WRITTEN,
	[ORAY_ERR_TOOL] = EXIT_NOT_WRITTEN,
};

/* Closing brace and white space: more of a document's end is never needed. */
enum { TAIL = 64 };

int report_worse(int a, int b)
{
	return a > b ? a : b;
}

void report_start(report *r, const cli *c, const char *path, oray_sink sink, void *context)
{
	const options *o = &c->options;
	*r = (report){ .cli = c, .path = path, .sink = sink, .context = context };
	r->style = oray_style_defaults();
	r->style.format = option_format(o);
	r->style.width = c->term.width;
	r->style.color = c->term.color;
	r->style.utf8 = c->term.utf8;
	r->style.verbose = o->verbose;
	r->style.top = o->top;
	r->style.sort = o->sort;
	r->style.tree = o->tree || o->depth > 0;
	r->style.depth = (unsigned)o->depth;
	r->style.by = o->by;
}

static bool is_json(const report *r)
{
	return r->style.format == ORAY_JSON || r->style.format == ORAY_NDJSON;
}

/* --------------------------------------------------------------------------------- errors -- */

static void error_fields(draft *d, const char *path, const oray_error *err)
{
	draft_format(d, "{\"code\":\"%s\",\"message\":", oray_status_name(err->code));
	draft_json(d, err->message);
	draft_str(d, ",\"file\":");
	if (path)
		draft_json(d, path);
	else
		draft_str(d, "null");
	if (err->offset == ORAY_NO_OFFSET)
		draft_str(d, ",\"offset\":null");
	else
		draft_format(d, ",\"offset\":%" PRIu64, err->offset);
	if (err->where[0]) {
		draft_str(d, ",\"where\":");
		draft_json(d, err->where);
	}
	draft_str(d, "}");
}

void report_error_object(draft *d, const char *path, const oray_error *err)
{
	draft_str(d, "{\"schema\":1,\"error\":");
	error_fields(d, path, err);
	draft_str(d, "}\n");
}

static void add_message(report *r, const oray_error *err)
{
	draft_str(&r->messages, "onnxray: ");
	draft_printable(&r->messages, r->path);
	draft_format(&r->messages, ": %s", err->message);
	if (err->offset != ORAY_NO_OFFSET && !strstr(err->message, "offset"))
		draft_format(&r->messages, ", at offset %" PRIu64, err->offset);
	draft_str(&r->messages, "\n");
	r->exit_code = report_worse(r->exit_code, exit_of[err->code]);
}

void report_error(report *r, const oray_error *err)
{
	add_message(r, err);
	if (!is_json(r))
		return;
	size_t before = r->errors.n;
	report_error_object(&r->errors, r->path, err);
	if (!r->errors.failed)
		r->sink(r->context, r->errors.data + before, r->errors.n - before);
}

/* ------------------------------------------------------------------------------- the report -- */

int report_sink(void *context, const char *data, size_t size)
{
	report *r = context;
	r->wrote |= size > 0;
	if (!r->cut)
		return r->sink(r->context, data, size);

	draft_add(&r->tail, data, size);
	if (r->tail.failed)
		return 1;
	if (r->tail.n <= TAIL)
		return 0;
	size_t ready = r->tail.n - TAIL;
	int refused = r->sink(r->context, r->tail.data, ready);
	memmove(r->tail.data, r->tail.data + ready, TAIL + 1);
	r->tail.n = TAIL;
	return refused;
}

void report_end_document(report *r)
{
	if (r->tail.n == 0)
		return;
	size_t brace = r->tail.n;
	while (brace > 0 && r->tail.data[brace - 1] != '}')
		brace--;
	size_t end = brace > 0 ? brace - 1 : 0;
	while (end > 0 && strchr(" \t\n", r->tail.data[end - 1]))
		end--;

	draft whole = { 0 };
	draft_add(&whole, r->tail.data, end);
	if (brace > 0) {
		bool lines = r->tail.data[end] == '\n';
		draft_str(&whole, lines ? ",\n  \"error\": " : ",\"error\":");
		error_fields(&whole, r->path, r->cut);
		r->cut_told = true;
	}
	draft_add(&whole, r->tail.data + end, r->tail.n - end);
	r->sink(r->context, draft_text(&whole), whole.n);
	draft_free(&whole);
	r->tail.n = 0;
}

/** Lets the command write, and notes what went wrong. */
static void write_report(report *r, report_writer write, const oray_model *model)
{
	oray_error err = { .offset = ORAY_NO_OFFSET };
	oray_status status = write(r, model, &err);
	if (status == ORAY_OK) {
		r->delivered = r->wrote;
		report_end_document(r);
	} else if (status != ORAY_ERR_WRITE) {
		r->sink(r->context, draft_text(&r->tail), r->tail.n);
		report_error(r, &err);
	}
}

void report_run(report *r, report_writer write)
{
	oray_load_options load = oray_load_defaults();
	load.max_memory = r->cli->options.max_memory;
	load.unsafe_external = r->cli->options.unsafe_external;

	oray_model *model = NULL;
	oray_error err = { .offset = ORAY_NO_OFFSET };
	oray_status status = oray_model_load(r->path, &load, &model, &err);
	if (model) {
		/* Rows of a list have no place for an error; it gets a line of its own. */
		bool object = r->style.format == ORAY_JSON || r->cli->command->id == COMMAND_SUMMARY;
		r->cut = status != ORAY_OK && is_json(r) && object ? &err : NULL;
		write_report(r, write, model);
		r->cut = NULL;
	}
	if (r->cut_told)
		add_message(r, &err);
	else if (status != ORAY_OK)
		report_error(r, &err);
	oray_model_free(model);
}

void report_free(report *r)
{
	draft_free(&r->messages);
	draft_free(&r->errors);
	draft_free(&r->tail);
}
