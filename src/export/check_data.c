/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_data.c - findings for programs: JSON, NDJSON and CSV.
 */
#include <inttypes.h>

#include "export/check_view.h"
#include "export/json.h"

static cJSON *finding_item(emit *e, const oray_finding *f)
{
	cJSON *object = cJSON_CreateObject();

	json_put(e, object, "rule", json_cstr(f->rule));
	json_put(e, object, "severity", json_cstr(check_severity_name(f->severity)));
	json_put(e, object, "where", json_cstr(f->where));
	json_put(e, object, "message", json_cstr(f->message));
	json_put(e, object, "hint", json_cstr(f->hint));
	json_put(e, object, "offset",
	         f->offset == ORAY_NO_OFFSET ? cJSON_CreateNull() : json_u64(f->offset));
	json_put(e, object, "fingerprint", json_cstr(f->fingerprint));
	return object;
}

static cJSON *counts_item(emit *e, const oray_check_report *r)
{
	cJSON *object = cJSON_CreateObject();

	for (int s = ORAY_ERROR; s >= ORAY_INFO; s--)
		json_put(e, object, check_severity_name((oray_severity)s), json_u64(r->counts[s]));
	json_put(e, object, "known", json_u64(r->known));
	json_put(e, object, "dropped", json_u64(r->dropped));
	return object;
}

void check_json(emit *e, const oray_check_report *r, const oray_style *style)
{
	(void)style;
	emit_str(e, "{\"schema\":1,\n\"findings\":[");
	for (size_t i = 0; i < r->n && emit_ok(e); i++) {
		emit_str(e, i ? ",\n" : "\n");
		json_write_row(e, finding_item(e, &r->findings[i]));
	}
	emit_str(e, "],\n\"counts\":");
	json_write_row(e, counts_item(e, r));
	emit_str(e, "}\n");
}

void check_ndjson(emit *e, const oray_check_report *r, const oray_style *style)
{
	(void)style;
	for (size_t i = 0; i < r->n && emit_ok(e); i++) {
		json_write_row(e, finding_item(e, &r->findings[i]));
		emit_str(e, "\n");
	}
}

/* ---------------------------------------------------------------------------------- CSV -- */

enum { RULE_NAME, SEVERITY, WHERE, MESSAGE, HINT, OFFSET, N_COLUMNS };

static const grid_column columns[N_COLUMNS] = {
    [RULE_NAME] = {.title = "rule", .field = "rule"},
    [SEVERITY] = {.title = "severity", .field = "severity"},
    [WHERE] = {.title = "where", .field = "where"},
    [MESSAGE] = {.title = "message", .field = "message"},
    [HINT] = {.title = "hint", .field = "hint"},
    [OFFSET] = {.title = "offset", .field = "offset", .right = true},
};

static void fill(grid *g, size_t row)
{
	const oray_finding *f = &((const oray_check_report *)g->context)->findings[row];

	grid_text(g, RULE_NAME, f->rule);
	grid_text(g, SEVERITY, check_severity_name(f->severity));
	buf_str(grid_printable(g, WHERE), f->where);
	buf_str(grid_printable(g, MESSAGE), f->message);
	grid_text(g, HINT, f->hint ? f->hint : "");
	if (f->offset != ORAY_NO_OFFSET)
		grid_number(g, OFFSET, f->offset, "");
}

void check_csv(emit *e, const oray_check_report *r, const oray_style *style)
{
	grid g = {
	    .columns = columns,
	    .n_columns = N_COLUMNS,
	    .n_rows = r->n,
	    .fill = fill,
	    .context = r,
	    .format = ORAY_CSV,
	    .exact = true,
	    .no_header = style->no_header,
	};

	grid_write(&g, e);
}
