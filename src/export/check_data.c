/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_data.c - findings and rules for programs: JSON, NDJSON and CSV.
 */
#include <inttypes.h>
#include <string.h>

#include "export/check_view.h"
#include "export/json.h"

/* ------------------------------------------------------------------------------------- JSON -- */

static cJSON *finding_item(emit *e, const oray_finding *f, const oray_str *file)
{
	cJSON *object = cJSON_CreateObject();

	if (file)
		json_put(e, object, "file", json_text(*file));
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

static cJSON *rules_item(emit *e, const oray_check_report *r)
{
	cJSON *object = cJSON_CreateObject();

	for (size_t i = 0; i < r->n_rules; i++)
		json_put(e, object, r->rules[i].rule->name, json_u64(r->rules[i].count));
	return object;
}

static void put_member(emit *e, const char *key, cJSON *item)
{
	emit_format(e, ",\n\"%s\":", key);
	json_write_row(e, item);
}

void check_json(emit *e, const oray_check_report *r, const oray_style *style)
{
	const oray_str path = oray_model_describe(r->model)->path;

	emit_str(e, "{\"schema\":1");
	put_member(e, "file", json_text(path));
	emit_str(e, ",\n\"findings\":[");
	for (size_t i = 0; i < check_shown(r, style) && emit_ok(e); i++) {
		emit_str(e, i ? ",\n" : "\n");
		json_write_row(e, finding_item(e, &r->findings[i], NULL));
	}
	emit_str(e, "]");
	put_member(e, "counts", counts_item(e, r));
	put_member(e, "rules", rules_item(e, r));
	emit_str(e, "}\n");
}

void check_ndjson(emit *e, const oray_check_report *r, const oray_style *style)
{
	const oray_str path = oray_model_describe(r->model)->path;

	for (size_t i = 0; i < check_shown(r, style) && emit_ok(e); i++) {
		json_write_row(e, finding_item(e, &r->findings[i], &path));
		emit_str(e, "\n");
	}
}

/* -------------------------------------------------------------------------------------- CSV -- */

enum { SEVERITY, RULE_NAME, WHERE, MESSAGE, HINT, OFFSET, PATH, N_COLUMNS };

static const grid_column columns[N_COLUMNS] = {
    [SEVERITY] = {.title = "severity", .field = "severity"},
    [RULE_NAME] = {.title = "rule", .field = "rule"},
    [WHERE] = {.title = "where", .field = "where"},
    [MESSAGE] = {.title = "message", .field = "message"},
    [HINT] = {.title = "hint", .field = "hint"},
    [OFFSET] = {.title = "offset", .field = "offset", .right = true},
    [PATH] = {.title = "file", .field = "file"},
};

static void fill(grid *g, size_t row)
{
	const oray_check_report *r = g->context;
	const oray_finding *f = &r->findings[row];

	grid_text(g, SEVERITY, check_severity_name(f->severity));
	grid_text(g, RULE_NAME, f->rule);
	buf_str(grid_printable(g, WHERE), f->where);
	buf_str(grid_printable(g, MESSAGE), f->message);
	grid_text(g, HINT, f->hint ? f->hint : "");
	if (f->offset != ORAY_NO_OFFSET)
		grid_number(g, OFFSET, f->offset, "");
	grid_model(g, PATH, oray_model_describe(r->model)->path);
}

void check_csv(emit *e, const oray_check_report *r, const oray_style *style)
{
	grid g = {
	    .columns = columns,
	    .n_columns = N_COLUMNS,
	    .n_rows = check_shown(r, style),
	    .fill = fill,
	    .context = r,
	    .format = ORAY_CSV,
	    .exact = true,
	    .no_header = style->no_header,
	};

	grid_write(&g, e);
}

/* ------------------------------------------------------------------------------------ rules -- */

static cJSON *rule_item(emit *e, const oray_rule *rule)
{
	cJSON *object = cJSON_CreateObject(), *requires = cJSON_CreateArray();

	json_put(e, object, "name", json_cstr(rule->name));
	json_put(e, object, "group", json_cstr(rule->group));
	json_put(e, object, "severity", json_cstr(check_severity_name(rule->severity)));
	json_put(e, object, "sentence", json_cstr(rule->sentence));
	json_put(e, object, "hint", json_cstr(rule->hint));
	for (size_t i = 0; i < ORAY_REQUIRES && rule->requires[i]; i++)
		json_push(e, requires, json_cstr(rule->requires[i]));
	json_put(e, object, "requires", requires);
	return object;
}

void check_rules_json(emit *e, const oray_style *style)
{
	size_t n;
	const oray_rule *rules = oray_rules(&n);
	bool rows = style->format == ORAY_NDJSON;

	emit_str(e, rows ? "" : "{\"schema\":1,\n\"rules\":[\n");
	for (size_t i = 0; i < n && emit_ok(e); i++) {
		json_write_row(e, rule_item(e, &rules[i]));
		emit_str(e, rows || i + 1 == n ? "\n" : ",\n");
	}
	emit_str(e, rows ? "" : "]}\n");
}

static const grid_column rule_columns[] = {
    {.title = "rule", .field = "rule"},         {.title = "group", .field = "group"},
    {.title = "severity", .field = "severity"}, {.title = "sentence", .field = "sentence"},
    {.title = "hint", .field = "hint"},
};

static void fill_rule(grid *g, size_t row)
{
	const oray_rule *rule = &oray_rules(NULL)[row];

	grid_text(g, 0, rule->name);
	grid_text(g, 1, rule->group);
	grid_text(g, 2, check_severity_name(rule->severity));
	grid_text(g, 3, rule->sentence);
	grid_text(g, 4, rule->hint ? rule->hint : "");
}

void check_rules_csv(emit *e, const oray_style *style)
{
	grid g = {
	    .columns = rule_columns,
	    .n_columns = sizeof rule_columns / sizeof *rule_columns,
	    .fill = fill_rule,
	    .format = ORAY_CSV,
	    .no_header = style->no_header,
	};

	oray_rules(&g.n_rows);
	grid_write(&g, e);
}
