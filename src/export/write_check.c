/* SPDX-License-Identifier: Apache-2.0 */
/*
 * write_check.c - the way into the writers of checks, and baselines.
 */
#include <string.h>

#include "base/error.h"
#include "export/check_view.h"

static const char *const severities[] = {"info", "warning", "error"};

const char *check_severity_name(oray_severity severity)
{
	return severities[severity <= ORAY_ERROR ? severity : 0];
}

/* ORAY_ERROR + 1 when there is no such severity. */
static unsigned severity_named(const char *name)
{
	unsigned severity = ORAY_INFO;
	while (severity <= ORAY_ERROR && strcmp(severities[severity], name) != 0)
		severity++;
	return severity;
}

size_t check_shown(const oray_check_report *r, const oray_style *style)
{
	unsigned least = style->severity ? severity_named(style->severity) : ORAY_INFO;
	size_t n = r->n;
	while (n && r->findings[n - 1].severity < least)
		n--;
	return n;
}

/* The style that holds; SARIF is a format here. */
static oray_status style_of(const oray_style *style, oray_style *out, oray_error *err)
{
	bool sarif = style && style->format == ORAY_SARIF;
	oray_status status = ORAY_OK;

	if (sarif)
		*out = *style;
	else
		status = emit_style(style, out, err);
	if (status == ORAY_OK && out->severity && severity_named(out->severity) > ORAY_ERROR)
		return error_set(err, ORAY_ERR_USAGE, ORAY_NO_OFFSET, NULL,
		                 "'%s' is not one of info, warning or error", out->severity);
	return status;
}

oray_status oray_write_check(const oray_check_report *report, const oray_style *style,
                             oray_sink sink, void *context, oray_error *err)
{
	static void (*const writers[])(emit *, const oray_check_report *, const oray_style *) = {
	    [ORAY_TEXT] = check_page, [ORAY_JSON] = check_json,     [ORAY_NDJSON] = check_ndjson,
	    [ORAY_CSV] = check_csv,   [ORAY_MARKDOWN] = check_page, [ORAY_SARIF] = check_sarif,
	};
	oray_style s;
	emit e;
	oray_status status = style_of(style, &s, err);
	if (status != ORAY_OK)
		return status;
	emit_init(&e, &s, sink, context);
	writers[s.format](&e, report, &s);
	return emit_end(&e, err);
}

oray_status oray_write_rules(const oray_style *style, oray_sink sink, void *context,
                             oray_error *err)
{
	static void (*const writers[])(emit *, const oray_style *) = {
	    [ORAY_TEXT] = check_rules_page,     [ORAY_JSON] = check_rules_json,
	    [ORAY_NDJSON] = check_rules_json,   [ORAY_CSV] = check_rules_csv,
	    [ORAY_MARKDOWN] = check_rules_page, [ORAY_SARIF] = check_rules_sarif,
	};
	oray_style s;
	emit e;
	oray_status status = style_of(style, &s, err);
	if (status != ORAY_OK)
		return status;
	emit_init(&e, &s, sink, context);
	writers[s.format](&e, &s);
	return emit_end(&e, err);
}

oray_status oray_write_baseline(const oray_check_report *report, const char *name, oray_sink sink,
                                void *context, oray_error *err)
{
	buf safe = {0};
	emit e;

	emit_init(&e, NULL, sink, context);
	buf_printable(&safe, name, strlen(name));
	for (size_t i = 0; i < report->n && emit_ok(&e); i++) {
		const oray_finding *f = &report->findings[i];
		const oray_rule *rule = oray_rule_find(f->rule);
		if (f->fingerprint && rule && strcmp(rule->group, "budget") != 0)
			emit_format(&e, "%s\t%s\n", buf_text(&safe), f->fingerprint);
	}
	if (!buf_ok(&safe))
		emit_fail(&e, ORAY_ERR_MEMORY);
	buf_free(&safe);
	return emit_end(&e, err);
}
