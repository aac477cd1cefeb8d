/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_view.h - the parts of the writer of checks.
 */
#ifndef EXPORT_CHECK_VIEW_H
#define EXPORT_CHECK_VIEW_H

#include "export/page.h"

/** Text and Markdown: repeated findings of a rule folded, infos counted only, unless verbose. */
void check_page(emit *e, const oray_check_report *r, const oray_style *style);

/** JSON, and one object for each finding. */
void check_json(emit *e, const oray_check_report *r, const oray_style *style);
void check_ndjson(emit *e, const oray_check_report *r, const oray_style *style);

/** One row for each finding. */
void check_csv(emit *e, const oray_check_report *r, const oray_style *style);

/** A document of SARIF 2.1.0, or with `no_header` its results only. */
void check_sarif(emit *e, const oray_check_report *r, const oray_style *style);

/** The table of rules. */
void check_rules_page(emit *e, const oray_style *style);
void check_rules_json(emit *e, const oray_style *style);
void check_rules_csv(emit *e, const oray_style *style);
void check_rules_sarif(emit *e, const oray_style *style);

/** Findings that are shown to programs: the first so many, since the worst come first. */
size_t check_shown(const oray_check_report *r, const oray_style *style);

/** "info", "warning", "error". */
const char *check_severity_name(oray_severity severity);

#endif
