/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/rule.h"

void rule_attention(call *c)
{
	(void)c;
}

void rule_linear_attention(call *c)
{
	(void)c;
}

void rule_causal_conv_with_state(call *c)
{
	(void)c;
}

void rule_swiglu(call *c)
{
	(void)c;
}
