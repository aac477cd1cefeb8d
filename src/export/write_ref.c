/* SPDX-License-Identifier: Apache-2.0 */
/*
 * write_ref.c - the way into the writer of one thing.
 */
#include "base/error.h"
#include "export/show.h"

static const struct {
	const char *kind;
	void (*page)(page *, const oray_model *, oray_id);
	void (*json)(emit *, cJSON *, const oray_model *, oray_id);
} kinds[] = {
    [ORAY_REF_NODE] = {"node", show_node, show_node_json},
    [ORAY_REF_VALUE] = {"value", show_value, show_value_json},
    [ORAY_REF_FUNCTION] = {"function", show_function, show_function_json},
    [ORAY_REF_GRAPH] = {"graph", show_graph, show_graph_json},
};

static bool exists(const oray_model *model, oray_ref ref)
{
	oray_node node;
	oray_value value;
	switch (ref.what) {
	case ORAY_REF_NODE:
		return oray_model_node(model, ref.id, &node);
	case ORAY_REF_VALUE:
		return oray_model_value(model, ref.id, &value);
	case ORAY_REF_FUNCTION:
		return oray_model_function(model, ref.id) != NULL;
	case ORAY_REF_GRAPH:
		return oray_model_graph(model, ref.id) != NULL;
	}
	return false;
}

oray_status oray_write_ref(const oray_model *model, oray_ref ref, const oray_style *style,
                           oray_sink sink, void *context, oray_error *err)
{
	oray_style s;
	emit e;
	page p;
	oray_status status = emit_style(style, &s, err);
	if (status != ORAY_OK)
		return status;
	if (!exists(model, ref))
		return error_set(err, ORAY_ERR_NOT_FOUND, ORAY_NO_OFFSET, NULL, "there is no such thing");
	emit_init(&e, &s, sink, context);
	if (s.format == ORAY_JSON || s.format == ORAY_NDJSON) {
		cJSON *document = json_document(&e);
		json_put(&e, document, "kind", json_cstr(kinds[ref.what].kind));
		kinds[ref.what].json(&e, document, model, ref.id);
		json_write(&e, document, s.format == ORAY_JSON);
	} else {
		page_start(&p, &e, &s);
		if (p.width > 120)
			p.width = 120;
		kinds[ref.what].page(&p, model, ref.id);
	}
	return emit_end(&e, err);
}
