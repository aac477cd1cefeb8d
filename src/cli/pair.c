/* SPDX-License-Identifier: Apache-2.0 */
#include "pair.h"

#include "given.h"
#include "isolate.h"
#include "progress.h"

#include <unistd.h>

/** Opens a model; NULL with messages and an exit code in the report. */
static oray_model *open_model(report *r, const char *path)
{
	oray_load_options load = report_limits(&r->cli->options);
	oray_model *model = NULL;
	oray_error err = {.offset = ORAY_NO_OFFSET};
	if (oray_model_load(path, &load, &model, &err) == ORAY_OK)
		return model;
	/* what is missing would look like a difference */
	oray_model_free(model);
	r->path = path;
	report_error(r, &err);
	return NULL;
}

static int show_progress(void *context, double done)
{
	progress_share(context, done, "comparing weights");
	return 0;
}

static oray_status compare(report *r, oray_model *a, oray_model *b, oray_difference **d,
                           oray_error *err)
{
	const options *o = &r->cli->options;
	const oray_difference_options how = {.no_weights = o->no_weights};
	progress p = progress_start(r->cli, 2);
	oray_status status = given_infer_pair(o, a, b, err);
	if (status == ORAY_OK)
		status = oray_compare(a, b, &how, show_progress, &p, d, err);
	progress_erase(&p);
	return status;
}

static bool spoils(report *r, const char *path, const oray_model *model)
{
	r->path = path;
	return report_spoils(r, model);
}

static void report_both(report *r, const char *path_a, const char *path_b, pair_writer write,
                        void *context)
{
	oray_error err = {.offset = ORAY_NO_OFFSET};
	/* one document: JSON says what is wrong with the first, and no more */
	oray_model *a = open_model(r, path_a);
	oray_model *b = a || r->style.format != ORAY_JSON ? open_model(r, path_b) : NULL;
	oray_difference *d = NULL;
	if (a && b && !spoils(r, path_a, a) && !spoils(r, path_b, b)) {
		oray_status status = compare(r, a, b, &d, &err);
		if (status == ORAY_ERR_USAGE && !oray_model_is_inferred(a))
			r->path = path_a;
		if (status == ORAY_OK)
			status = write(r, d, context, &err);
		if (status == ORAY_OK)
			r->delivered = r->wrote || !r->failed;
		else if (status != ORAY_ERR_WRITE)
			report_error(r, &err);
	}
	oray_difference_free(d);
	oray_model_free(a);
	oray_model_free(b);
}

int pair_run(cli *c, const char *a, const char *b, pair_writer write, void *context)
{
	const char *const paths[] = {a, b};
	draft trouble = {0};
	report r;
	if (!output_open(&c->out, c->options.output, &c->options, paths, 2, &c->term, &trouble)) {
		int code = cli_fail(c, ORAY_ERR_WRITE, draft_text(&trouble));
		draft_free(&trouble);
		return code;
	}
	isolate(c, paths, 2);
	report_start(&r, c, a, output_sink, &c->out);
	report_both(&r, a, b, write, context);
	output_message(&c->out, draft_text(&r.messages));
	/* No report, no file; then the error objects are what is left to say. */
	bool keep = (r.delivered && !r.spoils) || !c->out.temporary;
	bool lost = !keep && !output_write_all(STDOUT_FILENO, draft_text(&r.errors), r.errors.n);
	int code = r.exit_code;
	if (!output_close(&c->out, keep) || lost)
		code = EXIT_NOT_WRITTEN;
	report_free(&r);
	return code;
}
