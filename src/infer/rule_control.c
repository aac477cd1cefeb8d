/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/rule.h"

void rule_if(call *c)
{
	(void)c;
}

void rule_loop(call *c)
{
	(void)c;
}

void rule_scan(call *c)
{
	(void)c;
}

void rule_sequence_map(call *c)
{
	(void)c;
}
