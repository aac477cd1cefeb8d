/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/rule.h"

dim cost_conv(call *c)
{
	(void)c;
	return DIM_LOST;
}

dim cost_conv_transpose(call *c)
{
	(void)c;
	return DIM_LOST;
}

dim cost_qlinear_conv(call *c)
{
	(void)c;
	return DIM_LOST;
}

dim cost_gemm(call *c)
{
	(void)c;
	return DIM_LOST;
}

dim cost_matmul(call *c)
{
	(void)c;
	return DIM_LOST;
}

dim cost_qlinear_matmul(call *c)
{
	(void)c;
	return DIM_LOST;
}

dim cost_einsum(call *c)
{
	(void)c;
	return DIM_LOST;
}

dim cost_rnn(call *c)
{
	(void)c;
	return DIM_LOST;
}

dim cost_attention(call *c)
{
	(void)c;
	return DIM_LOST;
}

dim cost_linear_attention(call *c)
{
	(void)c;
	return DIM_LOST;
}

dim cost_causal_conv_with_state(call *c)
{
	(void)c;
	return DIM_LOST;
}
