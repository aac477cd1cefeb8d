/* SPDX-License-Identifier: Apache-2.0 */
/* What a check may be asked: expressions of --assert, patterns of operators, names of rules. */
#include <string.h>

#include "../unit/model_writer.h"
#include "shared/fuzz.h"
#include "shared/sound.h"

static oray_model *get_model(void)
{
	static oray_model *m;
	if (m)
		return m;
	bytes graph = {0}, a = make_node("Relu", "x", "t"), b = make_node("Conv", "t", "y"),
	      x = make_value("x");
	put_message(&graph, 1, &a);
	put_message(&graph, 1, &b);
	put_message(&graph, 11, &x);
	bytes model = make_model(&graph);
	m = fuzz_load(1, (fuzz_part){model.at, model.n}, NULL);
	free(model.at);
	REQUIRE(m && oray_model_infer(m, NULL, NULL) == ORAY_OK, "the model");
	return m;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char text[2001];
	static oray_error err;
	if (!size || size >= sizeof text)
		return 0;
	memcpy(text, data + 1, size - 1);
	text[size - 1] = 0;
	const char *name = text;
	oray_budget budget = {.what = ORAY_BUDGET_ASSERT, .text = text};
	oray_check_options o = {.budgets = &budget, .n_budgets = 1, .no_weights = true};
	switch (*data % 8) {
	case 1:
		budget.what = ORAY_BUDGET_DENY;
		break;
	case 2:
		budget.what = ORAY_BUDGET_ALLOW;
		break;
	case 3:
		o = (oray_check_options){.only = &name, .n_only = 1};
		break;
	case 4:
		budget = (oray_budget){.what = ORAY_BUDGET_MOST, .figure = text, .limit = 7};
		break;
	}
	oray_status status = oray_check_verify(&o, &err);
	if (status != ORAY_OK) {
		fuzz_check_error(status, &err);
		return 0;
	}
	oray_check_report *r;
	status = oray_check(get_model(), &o, &r, &err);
	REQUIRE(status == ORAY_OK, "what was verified works");
	for (size_t i = 0; i < r->n; i++)
		REQUIRE(!text_fault(r->findings[i].message, strlen(r->findings[i].message)),
		        r->findings[i].message);
	oray_check_report_free(r);
	return 0;
}
