/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report.c - one model, from its path to a report and messages.
 *
 * A file that was cut short gives a report and an error. A JSON document is still one: the error is
 * its last member. The summary puts it there itself; for the others the closing brace is held back.
 * Among lines of JSON the error is a line of its own.
 */
#include "report.h"

#include "given.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
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

int report_worse(int a, int b)
{
	return a > b ? a : b;
}

void report_start(report *r, const cli *c, const char *path, oray_sink sink, void *context)
{
	const options *o = &c->options;
	*r = (report){.cli = c, .path = path, .sink = sink, .context = context};
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
	r->style.counting = given_counting(o);
	r->style.severity = o->severity;
	r->style.no_header = r->style.format == ORAY_SARIF; /* jobs.c writes what is around */
}

static bool is_json(const report *r)
{
	return r->style.format == ORAY_JSON || r->style.format == ORAY_NDJSON;
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

static void add_failure(report *r, const oray_error *err)
{
	oray_failure *all = realloc(r->failures, (r->n_failures + 1) * sizeof *all);
	if (!all)
		return;
	all[r->n_failures++] = (oray_failure){r->path, *err};
	r->failures = all;
}

/** Lets out what is held back, all of it or up to the last brace. */
static int let_out(report *r, bool all)
{
	size_t n = r->held.n;
	for (size_t i = n; i-- > 0 && !all;)
		if (r->held.data[i] == '}') {
			n = i;
			break;
		}
	int stop = n > 0 ? r->sink(r->context, r->held.data, n) : 0;
	r->held.n -= n;
	if (r->held.n > 0)
		memmove(r->held.data, r->held.data + n, r->held.n);
	return stop;
}

void report_error(report *r, const oray_error *err)
{
	r->failed = true;
	add_message(r, err);
	if (r->style.format == ORAY_SARIF)
		add_failure(r, err);
	let_out(r, true);
	if (!is_json(r))
		return;
	size_t before = r->errors.n;
	oray_status status = oray_write_error(err, r->path, &r->style, draft_sink, &r->errors);
	if (status == ORAY_OK)
		r->sink(r->context, r->errors.data + before, r->errors.n - before);
}

int report_sink(void *context, const char *data, size_t size)
{
	report *r = context;
	r->wrote |= size > 0;
	if (!r->style.error || r->tells_cut || r->style.format != ORAY_JSON || size == 0)
		return r->sink(r->context, data, size);
	draft_add(&r->held, data, size);
	return r->held.failed || let_out(r, false);
}

/** The document ends with the error as its last member. */
static void end_with_error(report *r, const oray_error *err)
{
	static const char start[] = "{\"schema\":1,";
	oray_style line = r->style;
	draft text = {0};
	line.format = ORAY_NDJSON;
	add_message(r, err);
	if (oray_write_error(err, r->path, &line, draft_sink, &text) == ORAY_OK &&
	    strncmp(draft_text(&text), start, sizeof start - 1) == 0) {
		r->sink(r->context, ",", 1);
		r->sink(r->context, text.data + sizeof start - 1, text.n - (sizeof start - 1));
	} else {
		let_out(r, true);
	}
	draft_free(&text);
}

/** Lets the command write, and notes what went wrong. */
static void write_report(report *r, report_writer write, const oray_model *model)
{
	oray_error err = {.offset = ORAY_NO_OFFSET};
	oray_status status = write(r, model, &err);
	if (status == ORAY_OK) {
		r->delivered = r->wrote || !r->failed;
	} else if (status != ORAY_ERR_WRITE) {
		report_error(r, &err);
	}
}

/** Whether a file that a model names is one that results replace: beside the model, or anywhere
 * where the user allows it. */
static bool is_replaced(const report *r, oray_str location)
{
	const cli *c = r->cli;
	const char *slash = strrchr(r->path, '/');
	bool anywhere = c->options.unsafe_external && location.size && location.data[0] == '/';
	draft path = {0};
	if (slash && !anywhere)
		draft_add(&path, r->path, (size_t)(slash + 1 - r->path));
	draft_add(&path, location.data, location.size);
	bool yes = !path.failed && (output_replaces(&c->out, draft_text(&path)) ||
	                            output_replaces(&c->known, draft_text(&path)));
	draft_free(&path);
	return yes;
}

bool report_spoils(report *r, const oray_model *model)
{
	const oray_model_info *info = oray_model_describe(model);
	oray_str last = {"", 0};
	oray_tensor t;
	bool any = r->cli->out.replaces || r->cli->known.replaces;
	for (oray_id i = 0; any && i < info->n_tensors; i++) {
		if (!oray_model_tensor(model, i, &t) || t.storage != ORAY_STORAGE_EXTERNAL ||
		    (t.location.size == last.size && !memcmp(t.location.data, last.data, last.size)))
			continue;
		last = t.location;
		if (!is_replaced(r, last))
			continue;
		oray_error err = {.code = ORAY_ERR_WRITE, .offset = ORAY_NO_OFFSET};
		snprintf(err.message, sizeof err.message,
		         "its weights are in the file that results would go to, which is not overwritten");
		report_error(r, &err);
		return r->spoils = true;
	}
	return false;
}

static uint32_t at_most_32_bits(size_t n)
{
	return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

oray_load_options report_limits(const options *o)
{
	oray_load_options load = oray_load_defaults();
	load.max_memory = o->max_memory;
	load.max_nodes = at_most_32_bits(o->max_nodes);
	load.max_depth = at_most_32_bits(o->max_depth);
	load.unsafe_external = o->unsafe_external;
	return load;
}

void report_run(report *r, report_writer write)
{
	oray_load_options load = report_limits(&r->cli->options);
	load.thorough = r->cli->command->id == COMMAND_CHECK;
	oray_model *model = NULL;
	oray_error err = {.offset = ORAY_NO_OFFSET};
	oray_status status = oray_model_load(r->path, &load, &model, &err);
	if (model) {
		oray_error trouble = {.offset = ORAY_NO_OFFSET};
		r->style.error = status != ORAY_OK ? &err : NULL;
		if (!report_spoils(r, model) && given_infer(&r->cli->options, model, &trouble) == ORAY_OK)
			write_report(r, write, model);
		else if (!r->spoils)
			report_error(r, &trouble);
		r->style.error = NULL;
	}
	if (status != ORAY_OK && r->delivered && r->tells_cut)
		add_message(r, &err);
	else if (status != ORAY_OK && r->delivered && r->held.n > 0)
		end_with_error(r, &err);
	else if (status != ORAY_OK)
		report_error(r, &err);
	oray_model_free(model);
}

void report_free(report *r)
{
	draft_free(&r->messages);
	draft_free(&r->errors);
	free(r->failures);
	r->failures = NULL;
	draft_free(&r->held);
}
