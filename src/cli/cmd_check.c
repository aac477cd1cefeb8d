/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_check.c - whether models are sound, and within their budgets.
 */
#include "jobs.h"

static oray_check_options options_of(const options *o)
{
	return (oray_check_options){
	    .n_only = o->rule.n,
	    .only = o->rule.items,
	    .n_without = o->no_rule.n,
	    .without = o->no_rule.items,
	};
}

static oray_status write_check(report *r, const oray_model *model, oray_error *err)
{
	oray_check_options wanted = options_of(&r->cli->options);
	oray_check_report *found;
	oray_status status = oray_check(model, &wanted, &found, err);
	if (status == ORAY_OK)
		status = oray_write_check(found, &r->style, report_sink, r, err);
	if (status == ORAY_OK && found->counts[ORAY_ERROR])
		r->exit_code = report_worse(r->exit_code, EXIT_FINDINGS);
	oray_check_report_free(found);
	return status;
}

int cmd_check(cli *c)
{
	oray_check_options wanted = options_of(&c->options);
	oray_error err;
	if (oray_check_verify(&wanted, &err) != ORAY_OK)
		return cli_misuse(c, err.message);
	return jobs_run(c, c->operands, c->n_operands, write_check);
}
