/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_budget.c - what the user demands of a model.
 */
#include "check/check.h"

oray_status check_budgets_verify(const oray_check_options *options, oray_error *err)
{
	(void)options;
	(void)err;
	return ORAY_OK;
}

void check_budgets(check_pass *pass)
{
	(void)pass;
}
