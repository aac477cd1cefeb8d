/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/rule.h"

void rule_same(call *c)
{
	(void)c;
}

void rule_unary(call *c)
{
	(void)c;
}

void rule_unary_bool(call *c)
{
	(void)c;
}

void rule_identity(call *c)
{
	(void)c;
}

void rule_cast(call *c)
{
	(void)c;
}

void rule_cast_like(call *c)
{
	(void)c;
}

void rule_bit_cast(call *c)
{
	(void)c;
}

void rule_binary(call *c)
{
	(void)c;
}

void rule_compare(call *c)
{
	(void)c;
}

void rule_pow(call *c)
{
	(void)c;
}

void rule_variadic(call *c)
{
	(void)c;
}

void rule_where(call *c)
{
	(void)c;
}

void rule_clip(call *c)
{
	(void)c;
}

void rule_dropout(call *c)
{
	(void)c;
}

void rule_cumulate(call *c)
{
	(void)c;
}

void rule_trilu(call *c)
{
	(void)c;
}
