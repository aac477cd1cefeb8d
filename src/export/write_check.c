/* SPDX-License-Identifier: Apache-2.0 */
/*
 * write_check.c - the way into the writers of checks.
 */
#include "export/check_view.h"

const char *check_severity_name(oray_severity severity)
{
	static const char *const names[] = {"info", "warning", "error"};
	return names[severity <= ORAY_ERROR ? severity : 0];
}

oray_status oray_write_check(const oray_check_report *report, const oray_style *style,
                             oray_sink sink, void *context, oray_error *err)
{
	static void (*const writers[ORAY_N_FORMATS])(emit *, const oray_check_report *,
	                                             const oray_style *) = {
	    [ORAY_TEXT] = check_page, [ORAY_JSON] = check_json,     [ORAY_NDJSON] = check_ndjson,
	    [ORAY_CSV] = check_csv,   [ORAY_MARKDOWN] = check_page,
	};
	oray_style s;
	emit e;
	oray_status status = emit_style(style, &s, err);
	if (status != ORAY_OK)
		return status;
	emit_init(&e, &s, sink, context);
	writers[s.format](&e, report, &s);
	return emit_end(&e, err);
}

oray_status oray_write_rules(const oray_style *style, oray_sink sink, void *context,
                             oray_error *err)
{
	oray_style s;
	emit e;
	size_t n;
	const oray_rule *rules = oray_rules(&n);
	oray_status status = emit_style(style, &s, err);
	if (status != ORAY_OK)
		return status;
	emit_init(&e, &s, sink, context);
	for (size_t i = 0; i < n; i++)
		emit_format(&e, "%s: %s\n", rules[i].name, rules[i].sentence);
	return emit_end(&e, err);
}
