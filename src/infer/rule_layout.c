/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/rule.h"

void rule_shape(call *c)
{
	(void)c;
}

void rule_size(call *c)
{
	(void)c;
}

void rule_reshape(call *c)
{
	(void)c;
}

void rule_flatten(call *c)
{
	(void)c;
}

void rule_squeeze(call *c)
{
	(void)c;
}

void rule_unsqueeze(call *c)
{
	(void)c;
}

void rule_expand(call *c)
{
	(void)c;
}

void rule_tile(call *c)
{
	(void)c;
}

void rule_transpose(call *c)
{
	(void)c;
}
