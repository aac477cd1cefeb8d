/* SPDX-License-Identifier: Apache-2.0 */
/* Checks: every rule over any model, with budgets and without, written in every format. */
#include <string.h>

#include "shared/fuzz.h"
#include "shared/sound.h"

static const oray_budget budgets[] = {
    {.what = ORAY_BUDGET_MOST, .figure = "params", .limit = 100},
    {.what = ORAY_BUDGET_MOST, .figure = "macs", .limit = 1000},
    {.what = ORAY_BUDGET_LEAST, .figure = "opset", .limit = 13},
    {.what = ORAY_BUDGET_MOST, .figure = "activation", .limit = 1 << 20},
    {.what = ORAY_BUDGET_DENY, .text = "com.microsoft:*"},
    {.what = ORAY_BUDGET_DENY, .text = "*a*"},
    {.what = ORAY_BUDGET_ALLOW, .text = "Conv*"},
    {.what = ORAY_BUDGET_STATIC},
    {.what = ORAY_BUDGET_ASSERT, .text = "macs / params < 100"},
    {.what = ORAY_BUDGET_ASSERT, .text = "bytes < 1000"},
};

static void look_at(const oray_check_report *r)
{
	uint64_t kept = 0, counted = 0;
	for (size_t i = 0; i < r->n; i++) {
		const oray_finding *f = &r->findings[i];
		REQUIRE(f->severity <= ORAY_ERROR && oray_rule_find(f->rule), f->rule);
		REQUIRE(!text_fault(f->where, strlen(f->where)), f->where);
		REQUIRE(*f->message && !text_fault(f->message, strlen(f->message)), f->message);
		REQUIRE(!i || f->severity <= r->findings[i - 1].severity, "worst first");
	}
	for (size_t i = 0; i < r->n_rules; i++) {
		REQUIRE(r->rules[i].kept <= r->rules[i].count, r->rules[i].rule->name);
		kept += r->rules[i].kept;
		counted += r->rules[i].count;
	}
	REQUIRE(kept == r->n, "findings that are kept");
	REQUIRE(counted == r->counts[0] + r->counts[1] + r->counts[2], "findings that are counted");
	REQUIRE(counted == kept + r->dropped, "findings that are dropped");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const groups[] = {"graph", "types", "advice"};
	static oray_error err;
	fuzz_input in;
	if (!fuzz_split(data, size, &in))
		return 0;
	oray_load_options limits = fuzz_limits();
	limits.thorough = fuzz_choose(&in.choices, 4) != 1;
	oray_model *m = fuzz_load(0, in.a, &limits);
	if (!m)
		return 0;
	if (fuzz_choose(&in.choices, 4) != 1)
		fuzz_infer(&in.choices, m);
	size_t n = sizeof budgets / sizeof *budgets, first = fuzz_choose(&in.choices, (uint32_t)n);
	oray_check_options o = {.budgets = budgets + first, .n_budgets = n - first};
	o.only = groups + fuzz_choose(&in.choices, 3);
	o.n_only = fuzz_choose(&in.choices, 8) == 1;
	o.without = groups;
	o.n_without = fuzz_choose(&in.choices, 8) == 1;
	o.most = fuzz_choose(&in.choices, 4) == 1 ? 2 : 0;
	o.no_weights = fuzz_choose(&in.choices, 4) == 1;
	oray_check_report *r;
	oray_status status = oray_check(m, &o, &r, &err);
	if (status != ORAY_OK)
		fuzz_check_error(status, &err);
	REQUIRE(status == ORAY_OK || status == ORAY_ERR_MEMORY || status == ORAY_ERR_LIMIT,
	        err.message);
	if (r) {
		look_at(r);
		fuzz_sink sink = fuzz_sink_new(&in.choices);
		oray_style style =
		    fuzz_style(&in.choices, (oray_format)fuzz_choose(&in.choices, ORAY_N_FORMATS));
		status = oray_write_check(r, &style, fuzz_take, &sink, &err);
		fuzz_check_output(&sink, status, &err, fuzz_fault_of(style.format, style.color));
	}
	oray_check_report_free(r);
	oray_model_free(m);
	return 0;
}
