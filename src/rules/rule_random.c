/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_random.c - RandomNormal, RandomUniform, their *Like forms, Bernoulli, Multinomial: what they
 * hold is chance, their shapes are not.
 */
#include "rules/elements.h"

void rule_random(call *c)
{
	dim out[RANK_MOST];
	size_t n;
	int32_t element = element_type_attribute(c, "dtype", ORAY_FLOAT32);
	if (call_list(c, -1, "shape", out, RANK_MOST, &n) != LIST_KNOWN) {
		call_unranked(c, 0, element);
		return;
	}
	for (size_t i = 0; i < n; i++)
		out[i] = element_size(c, out[i]);
	call_tensor(c, 0, element, n, out);
}

void rule_random_like(call *c)
{
	call_same_shape(c, 0, 0, element_type_attribute(c, "dtype", call_in(c, 0).element));
}

void rule_multinomial(call *c)
{
	infer_type x = call_in(c, 0);
	int32_t element = element_type_attribute(c, "dtype", ORAY_INT32);
	dim samples = element_size(c, dim_number(c->d, call_int(c, "sample_size", 1)));
	dim out[2] = {DIM_LOST, samples};
	if (x.ranked && x.n == 2)
		out[0] = x.at[0];
	else if (x.ranked)
		call_complain(c, "bad-shape", "probabilities are not a matrix");
	call_tensor(c, 0, element, 2, out);
}
