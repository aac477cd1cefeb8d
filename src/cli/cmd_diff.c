/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_diff.c - what changed from one model to another, and whether that is allowed.
 */
#include "pair.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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

static void say(report *r, const draft *sentence)
{
	draft_str(&r->messages, "onnxray: ");
	draft_printable(&r->messages, r->path);
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

static void hold_to_sqnr(report *r, const oray_difference *d, double least)
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
		say(r, &text);
	draft_free(&text);
}

static void hold_to_growth(report *r, const oray_difference *d, double most)
{
	double growth = d->file_a ? ((double)d->file_b / (double)d->file_a - 1) * 100
	                          : (d->file_b ? (double)INFINITY : 0);
	if (growth <= most)
		return;
	draft text = {0};
	draft_format(&text, "size %+.3g %%, allowed is %+g %%", growth, most);
	say(r, &text);
	draft_free(&text);
}

/* -------------------------------------------------------------------------------- report -- */

static oray_status write_difference(report *r, const oray_difference *d, void *context,
                                    oray_error *err)
{
	const options *o = &r->cli->options;
	const budget *allowed = context;
	oray_status status = oray_write_difference(d, &r->style, report_sink, r, err);
	if (status != ORAY_OK)
		return status;
	if (o->exit_code && !d->same)
		r->exit_code = report_worse(r->exit_code, EXIT_FINDINGS);
	if (allowed->has_sqnr)
		hold_to_sqnr(r, d, allowed->sqnr);
	if (allowed->has_growth)
		hold_to_growth(r, d, allowed->growth);
	return ORAY_OK;
}

int cmd_diff(cli *c)
{
	budget allowed = {0};
	draft problem = {0};
	if (read_budget(&c->options, &allowed, &problem))
		return pair_run(c, c->operands[0], c->operands[1], write_difference, &allowed);
	int code = cli_misuse(c, draft_text(&problem));
	draft_free(&problem);
	return code;
}
