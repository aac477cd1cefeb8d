/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_header.c - what the model says about itself.
 */
#include <inttypes.h>

#include "check/check.h"

void check_header(check_pass *pass)
{
	int64_t ir = pass->info->ir_version;

	if (ir == 0)
		check_report(pass, CHECK_ir_version_missing, check_at_model(),
		             "ir_version is not there, or 0");
	if (ir > ORAY_NEWEST_IR)
		check_report(pass, CHECK_ir_version_unknown, check_at_model(),
		             "IR version %" PRId64 ", known is up to %d", ir, ORAY_NEWEST_IR);
}
