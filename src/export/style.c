/* SPDX-License-Identifier: Apache-2.0 */
/*
 * style.c - the defaults of a style, and failures written down.
 */
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "export/emit.h"
#include "export/json_model.h"

oray_style oray_style_defaults(void)
{
	return (oray_style){.format = ORAY_TEXT, .width = 80, .utf8 = true};
}

oray_status emit_style(const oray_style *style, oray_style *out, oray_error *err)
{
	*out = style ? *style : oray_style_defaults();
	if ((unsigned)out->format < ORAY_N_FORMATS)
		return ORAY_OK;
	return error_set(err, ORAY_ERR_USAGE, ORAY_NO_OFFSET, NULL, "there is no format %d",
	                 (int)out->format);
}

cJSON *json_error(emit *e, const oray_error *error, oray_str file)
{
	cJSON *object = cJSON_CreateObject();
	json_put(e, object, "code", json_cstr(oray_status_name(error->code)));
	json_put(e, object, "message", json_cstr(error->message));
	json_put(e, object, "file", file.data ? json_text(file) : cJSON_CreateNull());
	json_put(e, object, "offset",
	         error->offset == ORAY_NO_OFFSET ? cJSON_CreateNull() : json_u64(error->offset));
	json_put(e, object, "where", json_cstr(error->where));
	return object;
}

oray_status oray_write_error(const oray_error *error, const char *file, const oray_style *style,
                             oray_sink sink, void *context)
{
	oray_style s;
	emit e;
	oray_status status = emit_style(style, &s, NULL);
	if (status != ORAY_OK)
		return status;
	emit_init(&e, &s, sink, context);
	if (s.format == ORAY_JSON || s.format == ORAY_NDJSON) {
		cJSON *document = json_document(&e);
		oray_str name = {file, file ? strlen(file) : 0};
		json_put(&e, document, "error", json_error(&e, error, name));
		json_write(&e, document, s.format == ORAY_JSON);
	} else {
		buf line = {0};
		if (file) {
			buf_printable(&line, file, strlen(file));
			buf_str(&line, ": ");
		}
		buf_str(&line, error->message);
		emit_add(&e, buf_text(&line), line.n);
		emit_str(&e, "\n");
		buf_free(&line);
	}
	return emit_end(&e, NULL);
}
