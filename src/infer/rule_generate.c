/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/rule.h"

void rule_constant(call *c)
{
	(void)c;
}

void rule_constant_of_shape(call *c)
{
	(void)c;
}

void rule_range(call *c)
{
	(void)c;
}

void rule_eye_like(call *c)
{
	(void)c;
}

void rule_one_hot(call *c)
{
	(void)c;
}

void rule_random(call *c)
{
	(void)c;
}

void rule_random_like(call *c)
{
	(void)c;
}

void rule_multinomial(call *c)
{
	(void)c;
}
