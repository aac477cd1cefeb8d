/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes and costs, with and without sizes and shapes from the user. */
#include <math.h>

#include "shared/fuzz.h"

static void look_at_amount(const oray_model *m, oray_amount a)
{
	char text[128];
	size_t n = oray_amount_text(m, a, text, sizeof text);
	REQUIRE(n && !text[n < sizeof text ? n : sizeof text - 1], "the end of a formula");
	REQUIRE(!isnan(oray_amount_at(m, a, 8)), text); /* negative where a size would be */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_input in;
	oray_model *m;
	if (!fuzz_split(data, size, &in) || !(m = fuzz_load(0, in.a, NULL)))
		return 0;
	fuzz_infer(&in.choices, m);
	const oray_model_info *info = oray_model_describe(m);
	oray_amount sum = {.exact = true}, cost;
	oray_value v;
	oray_type t;
	for (oray_id i = 0; i < info->n_values; i++) {
		REQUIRE(oray_model_value(m, i, &v), "a value");
		for (oray_id id = v.inferred; oray_model_type(m, id, &t); id = t.inner)
			for (size_t k = 0; k < t.n_dims && k < 64; k++)
				oray_model_dim(m, t.id, k);
		oray_amount bytes = oray_value_bytes(m, i);
		if (i < 64)
			look_at_amount(m, bytes);
		sum = oray_amount_add(m, sum, bytes);
	}
	for (oray_id i = 0; i < info->n_nodes; i++)
		if (oray_node_cost(m, i, &cost)) {
			look_at_amount(m, cost);
			sum = oray_amount_add(m, sum, oray_amount_times(m, cost, 3));
		}
	look_at_amount(m, sum);
	oray_model_free(m);
	return 0;
}
