/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_page.c - findings for people: worst first, rule by rule.
 */
#include <inttypes.h>
#include <string.h>

#include "export/check_view.h"
#include "words/numbers.h"

enum { SAME_MOST = 5 };

static const struct {
	oray_severity severity;
	paint paint;
	const char *one, *many;
} kinds[] = {
    {ORAY_ERROR, PAINT_BAD, "error", "errors"},
    {ORAY_WARNING, PAINT_WARN, "warning", "warnings"},
    {ORAY_INFO, PAINT_NOTE, "info", "infos"},
};

static void rule_findings(page *p, const oray_check_report *r, const char *rule, size_t kind)
{
	size_t n = 0, all = 0;
	for (size_t i = 0; i < r->n; i++)
		all +=
		    r->findings[i].severity == kinds[kind].severity && !strcmp(r->findings[i].rule, rule);
	for (size_t i = 0; i < r->n; i++) {
		const oray_finding *f = &r->findings[i];
		buf text = {0};
		if (f->severity != kinds[kind].severity || strcmp(f->rule, rule) != 0)
			continue;
		if (!p->verbose && n++ >= SAME_MOST && all > SAME_MOST + 1)
			continue;
		buf_format(&text, "%s: %s [%s]", f->where, f->message, f->rule);
		page_fact(p, kinds[kind].one, kinds[kind].paint, buf_text(&text), text.n);
		buf_free(&text);
	}
}

void check_page(emit *e, const oray_check_report *r, const oray_style *style)
{
	facts counts = {.n = 0};
	page p;

	page_start(&p, e, style);
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
		for (size_t i = 0; i < r->n_rules; i++)
			rule_findings(&p, r, r->rules[i].rule->name, k);
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		uint64_t n = r->counts[kinds[k].severity];
		facts_add(&counts, "%" PRIu64 " %s", n, n == 1 ? kinds[k].one : kinds[k].many);
	}
	page_facts(&p, NULL, &counts);
}
