/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/rule.h"

void rule_non_zero(call *c)
{
	(void)c;
}

void rule_unique(call *c)
{
	(void)c;
}

void rule_compress(call *c)
{
	(void)c;
}

void rule_non_max_suppression(call *c)
{
	(void)c;
}
