/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/rule.h"

void rule_conv(call *c)
{
	(void)c;
}

void rule_conv_transpose(call *c)
{
	(void)c;
}

void rule_deform_conv(call *c)
{
	(void)c;
}

void rule_conv_integer(call *c)
{
	(void)c;
}

void rule_qlinear_conv(call *c)
{
	(void)c;
}

void rule_pool(call *c)
{
	(void)c;
}

void rule_max_pool(call *c)
{
	(void)c;
}

void rule_max_unpool(call *c)
{
	(void)c;
}

void rule_global_pool(call *c)
{
	(void)c;
}

void rule_max_roi_pool(call *c)
{
	(void)c;
}

void rule_roi_align(call *c)
{
	(void)c;
}
