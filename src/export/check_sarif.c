/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_sarif.c - findings as SARIF 2.1.0, which code hosts show beside what was changed.
 *
 * One run about all models: rules, results model by model, and at the end, when it is known, which
 * models could not be checked. Where results are in a file is a byte; a line is there as well,
 * always the first, since GitHub does not show results without one.
 */
#include <inttypes.h>
#include <string.h>

#include "export/check_view.h"
#include "export/json.h"

static const char *level(oray_severity severity)
{
	static const char *const names[] = {"note", "warning", "error"};
	return names[severity <= ORAY_ERROR ? severity : 0];
}

/* {"text": ...} */
static cJSON *text_item(emit *e, const char *text)
{
	cJSON *object = cJSON_CreateObject();
	json_put(e, object, "text", json_cstr(text));
	return object;
}

/* ------------------------------------------------------------------------------------ rules -- */

static cJSON *rule_item(emit *e, const oray_rule *rule)
{
	cJSON *object = cJSON_CreateObject(), *properties = cJSON_CreateObject();
	cJSON *configuration = cJSON_CreateObject(), *tags = cJSON_CreateArray();

	json_put(e, object, "id", json_cstr(rule->name));
	json_put(e, object, "shortDescription", text_item(e, rule->sentence));
	json_put(e, object, "fullDescription", text_item(e, rule->sentence));
	json_put(e, object, "help", text_item(e, rule->hint ? rule->hint : rule->sentence));
	json_put(e, configuration, "level", json_cstr(level(rule->severity)));
	json_put(e, object, "defaultConfiguration", configuration);
	json_push(e, tags, json_cstr(rule->group));
	json_put(e, properties, "tags", tags);
	json_put(e, object, "properties", properties);
	return object;
}

static void begin(emit *e)
{
	size_t n;
	const oray_rule *rules = oray_rules(&n);

	emit_str(e, "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\n"
	            "\"version\":\"2.1.0\",\n"
	            "\"runs\":[{\n"
	            "\"tool\":{\"driver\":{\"name\":\"onnxray\",\"semanticVersion\":");
	json_write_row(e, json_cstr(oray_version()));
	emit_str(e, ",\"rules\":[\n");
	for (size_t i = 0; i < n && emit_ok(e); i++) {
		json_write_row(e, rule_item(e, &rules[i]));
		emit_str(e, i + 1 < n ? ",\n" : "\n");
	}
	emit_str(e, "]}},\n\"results\":[\n");
}

/* ---------------------------------------------------------------------------------- results -- */

/* A path as a URI: relative ones stay so, absolute ones are files. */
static void uri(buf *out, oray_str path)
{
	static const char plain[] = "-._~/";
	static const char hex[] = "0123456789ABCDEF";

	if (path.size == 1 && path.data[0] == '-') {
		buf_str(out, "stdin");
		return;
	}
	if (path.size && path.data[0] == '/')
		buf_str(out, "file://");
	while (path.size > 2 && path.data[0] == '.' && path.data[1] == '/') {
		path.data += 2;
		path.size -= 2;
	}
	for (size_t i = 0; i < path.size; i++) {
		unsigned char c = (unsigned char)path.data[i], low = c | 0x20;
		if ((low >= 'a' && low <= 'z') || (c >= '0' && c <= '9') || (c && strchr(plain, c))) {
			buf_char(out, (char)c);
			continue;
		}
		buf_char(out, '%');
		buf_char(out, hex[c >> 4]);
		buf_char(out, hex[c & 15]);
	}
}

static cJSON *file_item(emit *e, oray_str path)
{
	cJSON *object = cJSON_CreateObject();
	buf text = {0};

	uri(&text, path);
	json_put(e, object, "uri", json_cstr(buf_text(&text)));
	buf_free(&text);
	return object;
}

static cJSON *physical_item(emit *e, oray_str path, uint64_t offset)
{
	cJSON *object = cJSON_CreateObject(), *region = cJSON_CreateObject();

	json_put(e, region, "startLine", json_u64(1));
	if (offset != ORAY_NO_OFFSET)
		json_put(e, region, "byteOffset", json_u64(offset));
	json_put(e, object, "artifactLocation", file_item(e, path));
	json_put(e, object, "region", region);
	return object;
}

static cJSON *logical_item(emit *e, const oray_finding *f)
{
	static const char *const kinds[] = {
	    [ORAY_PLACE_MODEL] = "model",       [ORAY_PLACE_GRAPH] = "graph",
	    [ORAY_PLACE_FUNCTION] = "function", [ORAY_PLACE_NODE] = "node",
	    [ORAY_PLACE_VALUE] = "value",       [ORAY_PLACE_TENSOR] = "tensor",
	};
	cJSON *array = cJSON_CreateArray(), *object = cJSON_CreateObject();

	json_put(e, object, "fullyQualifiedName", json_cstr(f->where));
	json_put(e, object, "kind", json_cstr(kinds[f->place.what]));
	json_push(e, array, object);
	return array;
}

/* FNV-1a: the same on every machine. */
static uint64_t hash(const char *text)
{
	uint64_t h = UINT64_C(14695981039346656037);
	for (; *text; text++)
		h = (h ^ (unsigned char)*text) * UINT64_C(1099511628211);
	return h;
}

static cJSON *fingerprints_item(emit *e, const oray_finding *f)
{
	cJSON *object = cJSON_CreateObject();
	buf text = {0};

	json_put(e, object, "onnxray/v1", json_cstr(f->fingerprint));
	buf_format(&text, "%016" PRIx64 ":1", hash(f->fingerprint));
	json_put(e, object, "primaryLocationLineHash", json_cstr(buf_text(&text)));
	buf_free(&text);
	return object;
}

static cJSON *result_item(emit *e, const oray_finding *f, oray_str path)
{
	cJSON *object = cJSON_CreateObject(), *location = cJSON_CreateObject();
	cJSON *locations = cJSON_CreateArray();
	buf text = {0};

	json_put(e, object, "ruleId", json_cstr(f->rule));
	json_put(e, object, "ruleIndex",
	         json_u64((uint64_t)(oray_rule_find(f->rule) - oray_rules(NULL))));
	json_put(e, object, "level", json_cstr(level(f->severity)));
	buf_format(&text, "%s: %s", f->where, f->message);
	json_put(e, object, "message", text_item(e, buf_text(&text)));
	buf_free(&text);
	json_put(e, location, "physicalLocation", physical_item(e, path, f->offset));
	json_put(e, location, "logicalLocations", logical_item(e, f));
	json_push(e, locations, location);
	json_put(e, object, "locations", locations);
	if (f->fingerprint)
		json_put(e, object, "partialFingerprints", fingerprints_item(e, f));
	return object;
}

/* -------------------------------------------------------------------------------------- end -- */

static cJSON *notification_item(emit *e, const oray_failure *f)
{
	cJSON *object = cJSON_CreateObject(), *location = cJSON_CreateObject();
	cJSON *locations = cJSON_CreateArray(), *descriptor = cJSON_CreateObject();

	json_put(e, descriptor, "id", json_cstr(oray_status_name(f->error.code)));
	json_put(e, object, "descriptor", descriptor);
	json_put(e, object, "level", json_cstr("error"));
	json_put(e, object, "message", text_item(e, f->error.message));
	json_put(e, location, "physicalLocation",
	         physical_item(e, (oray_str){f->file, strlen(f->file)}, f->error.offset));
	json_push(e, locations, location);
	json_put(e, object, "locations", locations);
	return object;
}

static void end(emit *e, const oray_failure *failures, size_t n)
{
	emit_format(e, "],\n\"invocations\":[{\"executionSuccessful\":%s", n ? "false" : "true");
	if (n)
		emit_str(e, ",\"toolExecutionNotifications\":[\n");
	for (size_t i = 0; i < n && emit_ok(e); i++) {
		json_write_row(e, notification_item(e, &failures[i]));
		emit_str(e, i + 1 < n ? ",\n" : "\n]");
	}
	emit_str(e, "}]}]}\n");
}

/* -------------------------------------------------------------------------------- documents -- */

void check_sarif(emit *e, const oray_check_report *r, const oray_style *style)
{
	const oray_str path = oray_model_describe(r->model)->path;
	size_t n = check_shown(r, style);

	if (!style->no_header)
		begin(e);
	for (size_t i = 0; i < n && emit_ok(e); i++) {
		json_write_row(e, result_item(e, &r->findings[i], path));
		emit_str(e, i + 1 < n ? ",\n" : "\n");
	}
	if (!style->no_header)
		end(e, NULL, 0);
}

void check_rules_sarif(emit *e, const oray_style *style)
{
	(void)style;
	begin(e);
	end(e, NULL, 0);
}

oray_status oray_write_sarif_begin(oray_sink sink, void *context, oray_error *err)
{
	emit e;
	emit_init(&e, NULL, sink, context);
	begin(&e);
	return emit_end(&e, err);
}

oray_status oray_write_sarif_end(const oray_failure *failures, size_t n, oray_sink sink,
                                 void *context, oray_error *err)
{
	emit e;
	emit_init(&e, NULL, sink, context);
	end(&e, failures, n);
	return emit_end(&e, err);
}
