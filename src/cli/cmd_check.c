/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_check.c - whether models are sound, and within their budgets.
 */
#include "baseline.h"
#include "help.h"
#include "jobs.h"
#include "nearest.h"

#include <stdlib.h>
#include <string.h>

/* What the command line asks for; the same for every model. */
typedef struct demands {
	oray_check_options check;
	oray_budget *budgets;
	baseline known; /* what --baseline holds */
	baseline found; /* what --write-baseline gets */
} demands;

/* Reports are written by several threads, and only they know their findings. */
static demands wanted;

/* ---------------------------------------------------------------------------------- demands -- */

static void demand(demands *d, oray_budget b)
{
	d->budgets[d->check.n_budgets++] = b;
}

static void demand_limits(demands *d, const options *o)
{
	const struct {
		const char *figure;
		uint64_t most, least;
	} limits[] = {
	    {"params", o->max_params, 0},
	    {"bytes", o->max_bytes, 0},
	    {"macs", o->max_macs, 0},
	    {"activation", o->max_activation, 0},
	    {"opset", o->max_opset, o->min_opset},
	};
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
		oray_budget b = {.what = ORAY_BUDGET_MOST, .figure = limits[i].figure};
		b.limit = limits[i].most;
		if (b.limit)
			demand(d, b);
		b.what = ORAY_BUDGET_LEAST;
		b.limit = limits[i].least;
		if (b.limit)
			demand(d, b);
	}
}

static bool demand_all(demands *d, const options *o)
{
	size_t most = 16 + o->deny_op.n + o->allow_op.n + o->assertion.n;

	d->check = (oray_check_options){
	    .n_only = o->rule.n,
	    .only = o->rule.items,
	    .n_without = o->no_rule.n,
	    .without = o->no_rule.items,
	    .no_weights = o->no_weights,
	};
	d->budgets = calloc(most, sizeof *d->budgets);
	d->check.budgets = d->budgets;
	if (!d->budgets)
		return false;
	demand_limits(d, o);
	for (size_t i = 0; i < o->deny_op.n; i++)
		demand(d, (oray_budget){.what = ORAY_BUDGET_DENY, .text = o->deny_op.items[i]});
	for (size_t i = 0; i < o->allow_op.n; i++)
		demand(d, (oray_budget){.what = ORAY_BUDGET_ALLOW, .text = o->allow_op.items[i]});
	if (o->require_static)
		demand(d, (oray_budget){.what = ORAY_BUDGET_STATIC});
	for (size_t i = 0; i < o->assertion.n; i++)
		demand(d, (oray_budget){.what = ORAY_BUDGET_ASSERT, .text = o->assertion.items[i]});
	return true;
}

/** Names that are none of a rule or a group, and what was probably meant. @return false for one. */
static bool check_names(const option_list *names, draft *problem)
{
	size_t n;
	const oray_rule *rules = oray_rules(&n);
	for (size_t i = 0; i < names->n; i++) {
		nearest near;
		bool known = false;
		nearest_start(&near, names->items[i], 1);
		for (size_t k = 0; k < n && !known; k++) {
			known =
			    !strcmp(rules[k].name, names->items[i]) || !strcmp(rules[k].group, names->items[i]);
			nearest_offer(&near, rules[k].name);
			nearest_offer(&near, rules[k].group);
		}
		if (known)
			continue;
		draft_str(problem, "no rule and no group of rules is called '");
		draft_printable(problem, names->items[i]);
		draft_str(problem, near.n ? "'; did you mean '" : "'; --list-rules lists them");
		if (near.n)
			draft_format(problem, "%s'?", near.best[0].name);
		return false;
	}
	return true;
}

/* ---------------------------------------------------------------------------------- reports -- */

static bool fails(const options *o, const oray_check_report *found)
{
	size_t least = o->fail_on ? option_severity(o->fail_on) : ORAY_ERROR;
	if (o->write_baseline)
		return false;
	for (size_t s = least; s <= ORAY_ERROR; s++)
		if (found->counts[s])
			return true;
	return false;
}

static oray_status write_check(report *r, const oray_model *model, oray_error *err)
{
	oray_check_options check = wanted.check;
	oray_check_report *found;

	check.baseline = r->cli->options.baseline ? draft_text(&wanted.known.text) : NULL;
	check.baseline_size = wanted.known.text.n;
	check.baseline_name = baseline_name(r->path);
	oray_status status = oray_check(model, &check, &found, err);
	if (status == ORAY_OK && r->cli->options.write_baseline)
		status = baseline_add(&wanted.found, found, r->path, err);
	if (status == ORAY_OK)
		status = oray_write_check(found, &r->style, report_sink, r, err);
	if (status == ORAY_OK && fails(&r->cli->options, found))
		r->exit_code = report_worse(r->exit_code, EXIT_FINDINGS);
	r->wrote |= status == ORAY_OK;
	oray_check_report_free(found);
	return status;
}

static int list_rules(cli *c)
{
	oray_style style = oray_style_defaults();
	oray_error err;
	draft text = {0};

	style.format = option_format(&c->options);
	style.width = c->term.width;
	style.color = c->term.color;
	style.utf8 = c->term.utf8;
	style.verbose = c->options.verbose;
	if (oray_write_rules(&style, draft_sink, &text, &err) == ORAY_OK)
		return help_print(c, &text);
	draft_free(&text);
	return cli_misuse(c, err.message);
}

/* ---------------------------------------------------------------------------------- command -- */

static int run(cli *c)
{
	draft problem = {0};
	oray_error err;
	int code;

	if (!check_names(&c->options.rule, &problem) || !check_names(&c->options.no_rule, &problem)) {
		code = cli_misuse(c, draft_text(&problem));
		draft_free(&problem);
		return code;
	}
	if (!demand_all(&wanted, &c->options))
		return cli_fail(c, ORAY_ERR_USAGE, "out of memory");
	if (oray_check_verify(&wanted.check, &err) != ORAY_OK)
		return cli_misuse(c, err.message);
	if (c->options.baseline && !baseline_read(&wanted.known, c->options.baseline, &err))
		return cli_fail(c, ORAY_ERR_USAGE, err.message);
	if (c->options.write_baseline && (code = baseline_open(c)) != EXIT_FINE)
		return code;
	code = jobs_run(c, c->operands, c->n_operands, write_check);
	bool keep = code != EXIT_WRONG_USAGE && code != EXIT_NOT_WRITTEN;
	if (c->options.write_baseline)
		code = report_worse(code, baseline_write(&wanted.found, c, keep));
	return code;
}

int cmd_check(cli *c)
{
	int code = c->options.list_rules ? list_rules(c) : run(c);
	free(wanted.budgets);
	baseline_free(&wanted.known);
	baseline_free(&wanted.found);
	return code;
}
