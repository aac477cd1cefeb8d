/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/rule.h"

void rule_reduce(call *c)
{
	(void)c;
}

void rule_arg_reduce(call *c)
{
	(void)c;
}

void rule_top_k(call *c)
{
	(void)c;
}
