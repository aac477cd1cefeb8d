/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_diff.c - what changed from one model to another, and whether that is allowed.
 */
#include "cli.h"

#include "given.h"
#include "progress.h"
#include "report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#pragma weak oray_compare
#pragma weak oray_difference_free

/* What the command line allows. */
typedef struct budget {
	bool has_sqnr, has_growth;
	double sqnr;   /* dB */
	double growth; /* percent of file bytes */
} budget;

/* ------------------------------------------------------------------------------- budgets -- */

/** Reads "20", "-1.5", and with `unit` behind it if you like: "1%", "20dB", "20 dB". */
static bool read_amount(const char *text, const char *unit, double *out)
{
	char *end;
	size_t n = strspn(text, "+-.0123456789");
	if (n == 0 || n > 30)
		return false;
	*out = strtod(text, &end);
	while (*end == ' ')
		end++;
	return (!*end || strcmp(end, unit) == 0) && isfinite(*out) && end >= text + n;
}

static bool read_budget(const options *o, budget *b, draft *problem)
{
	const struct {
		const char *text, *name, *unit, *example;
		double *out;
		bool *has;
	} amounts[] = {
	    {o->min_sqnr, "--min-sqnr", "dB", "20", &b->sqnr, &b->has_sqnr},
	    {o->max_growth, "--max-growth", "%", "1%", &b->growth, &b->has_growth},
	};
	for (size_t i = 0; i < sizeof amounts / sizeof *amounts; i++) {
		if (!amounts[i].text)
			continue;
		*amounts[i].has = true;
		if (read_amount(amounts[i].text, amounts[i].unit, amounts[i].out))
			continue;
		draft_format(problem, "%s: '", amounts[i].name);
		draft_printable(problem, amounts[i].text);
		draft_format(problem, "' is not a number, such as %s", amounts[i].example);
		return false;
	}
	if (b->has_sqnr && o->no_weights) {
		draft_str(problem, "--min-sqnr needs the weights; leave --no-weights out");
		return false;
	}
	return true;
}

static void say(report *r, const char *path, const draft *sentence)
{
	draft_str(&r->messages, "onnxray: ");
	draft_printable(&r->messages, path);
	draft_format(&r->messages, ": %s\n", draft_text(sentence));
	r->exit_code = report_worse(r->exit_code, EXIT_FINDINGS);
}

/* An element that was zero everywhere and is not any more has no SQNR: it is the worst of all. */
static double sqnr_of(const oray_fidelity *f)
{
	if (isnan(f->sqnr_db))
		return f->identical || f->max_abs_error == 0 ? (double)INFINITY : (double)-INFINITY;
	return f->sqnr_db;
}

static void hold_to_sqnr(report *r, const oray_difference *d, double least, const char *path)
{
	size_t below = 0, not_measured = 0;
	const oray_weight_pair *worst = NULL;
	draft text = {0};
	for (size_t i = 0; i < d->n_weights; i++) {
		const oray_weight_pair *w = &d->weights[i];
		not_measured += !w->measured;
		if (!w->measured || sqnr_of(&w->fidelity) >= least)
			continue;
		below++;
		if (!worst || sqnr_of(&w->fidelity) < sqnr_of(&worst->fidelity))
			worst = w;
	}
	if (worst) {
		draft_format(&text, "%zu weight%s below %g dB, %s", below, below == 1 ? "" : "s", least,
		             below == 1 ? "" : "the worst is ");
		draft_printable(&text, worst->name_a.data);
		draft_format(&text, " with %.1f dB", sqnr_of(&worst->fidelity));
	} else if (not_measured) {
		draft_format(&text, "%zu weight%s could not be held to %g dB", not_measured,
		             not_measured == 1 ? "" : "s", least);
	} else if (d->n_weights == 0 && d->weights_a > 0) {
		draft_format(&text, "no weight has a partner, so none could be held to %g dB", least);
	}
	if (text.n > 0)
		say(r, path, &text);
	draft_free(&text);
}

static void hold_to_growth(report *r, const oray_difference *d, double most, const char *path)
{
	double growth = d->file_a ? ((double)d->file_b / (double)d->file_a - 1) * 100
	                          : (d->file_b ? (double)INFINITY : 0);
	if (growth <= most)
		return;
	draft text = {0};
	draft_format(&text, "%.3g %% larger, allowed is %g %%", growth, most);
	say(r, path, &text);
	draft_free(&text);
}

/* ------------------------------------------------------------------------------ one report -- */

/** Opens a model; NULL with messages and an exit code in the report. */
static oray_model *open_model(report *r, const char *path)
{
	oray_load_options load = oray_load_defaults();
	oray_model *model = NULL;
	oray_error err = {.offset = ORAY_NO_OFFSET};
	load.max_memory = r->cli->options.max_memory;
	load.unsafe_external = r->cli->options.unsafe_external;
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

static oray_status compare(report *r, oray_model *a, oray_model *b, const budget *allowed,
                           oray_error *err)
{
	const options *o = &r->cli->options;
	const oray_difference_options how = {.no_weights = o->no_weights};
	oray_difference *d = NULL;
	progress p = progress_start(r->cli, 2);
	oray_status status = given_infer_pair(o, a, b, err);
	if (status == ORAY_OK)
		status = oray_compare(a, b, &how, show_progress, &p, &d, err);
	progress_erase(&p);
	if (status == ORAY_OK)
		status = oray_write_difference(d, &r->style, report_sink, r, err);
	if (status == ORAY_OK && o->exit_code && !d->same)
		r->exit_code = report_worse(r->exit_code, EXIT_FINDINGS);
	if (status == ORAY_OK && allowed->has_sqnr)
		hold_to_sqnr(r, d, allowed->sqnr, r->cli->operands[1]);
	if (status == ORAY_OK && allowed->has_growth)
		hold_to_growth(r, d, allowed->growth, r->cli->operands[1]);
	oray_difference_free(d);
	return status;
}

static void report_both(report *r, const budget *allowed)
{
	const char *const *paths = r->cli->operands;
	oray_error err = {.offset = ORAY_NO_OFFSET};
	oray_model *a = open_model(r, paths[0]);
	oray_model *b = open_model(r, paths[1]);
	if (a && b) {
		r->path = paths[1];
		oray_status status = compare(r, a, b, allowed, &err);
		if (status == ORAY_OK)
			r->delivered = r->wrote;
		else if (status != ORAY_ERR_WRITE)
			report_error(r, &err);
	}
	oray_model_free(a);
	oray_model_free(b);
}

int cmd_diff(cli *c)
{
	budget allowed = {0};
	draft problem = {0};
	report r;
	int code;
	if (!read_budget(&c->options, &allowed, &problem)) {
		code = cli_misuse(c, draft_text(&problem));
		draft_free(&problem);
		return code;
	}
	if (!output_open(&c->out, c->options.output, c->operands, 2, &c->term, &problem)) {
		code = cli_fail(c, ORAY_ERR_WRITE, draft_text(&problem));
		draft_free(&problem);
		return code;
	}
	report_start(&r, c, c->operands[0], output_sink, &c->out);
	report_both(&r, &allowed);
	output_message(&c->out, draft_text(&r.messages));
	/* No report, no file; then the error objects are what is left to say. */
	bool keep = r.delivered || !c->out.temporary;
	bool lost = !keep && !output_write_all(STDOUT_FILENO, draft_text(&r.errors), r.errors.n);
	code = r.exit_code;
	if (!output_close(&c->out, keep) || lost)
		code = EXIT_NOT_WRITTEN;
	report_free(&r);
	return code;
}
