/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/rule.h"

void rule_matmul(call *c)
{
	(void)c;
}

void rule_gemm(call *c)
{
	(void)c;
}

void rule_einsum(call *c)
{
	(void)c;
}

void rule_det(call *c)
{
	(void)c;
}

void rule_matmul_integer(call *c)
{
	(void)c;
}

void rule_qlinear_matmul(call *c)
{
	(void)c;
}
