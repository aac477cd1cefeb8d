/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/rule.h"

void rule_gather(call *c)
{
	(void)c;
}

void rule_gather_elements(call *c)
{
	(void)c;
}

void rule_gather_nd(call *c)
{
	(void)c;
}

void rule_scatter_elements(call *c)
{
	(void)c;
}

void rule_scatter_nd(call *c)
{
	(void)c;
}
