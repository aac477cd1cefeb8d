/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/rule.h"

void rule_resize(call *c)
{
	(void)c;
}

void rule_upsample(call *c)
{
	(void)c;
}

void rule_affine_grid(call *c)
{
	(void)c;
}

void rule_grid_sample(call *c)
{
	(void)c;
}

void rule_col2im(call *c)
{
	(void)c;
}

void rule_image_decoder(call *c)
{
	(void)c;
}
