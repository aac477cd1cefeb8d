/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/rule.h"

void rule_quantize_linear(call *c)
{
	(void)c;
}

void rule_dequantize_linear(call *c)
{
	(void)c;
}

void rule_dynamic_quantize_linear(call *c)
{
	(void)c;
}
