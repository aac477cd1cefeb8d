/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quant_data.c - quantization for programs: JSON, NDJSON and CSV, one row an encoding. Rows are
 * made, written and freed one by one.
 */
#include <math.h>

#include "export/amounts.h"
#include "words/describe.h"
#include "export/json_model.h"
#include "words/numbers.h"
#include "export/quant_view.h"

#define VALUES_MOST 64 /* scales that are written out */

/* --------------------------------------------------------------------------------- JSON -- */

static cJSON *number(double x)
{
	return isnan(x) ? cJSON_CreateNull() : json_float64(x);
}

static cJSON *type_item(const oray_model *model, const oray_encoding *x)
{
	buf text = {0};
	cJSON *item;

	quant_type_text(&text, model, x);
	item = text.n && buf_text(&text)[0] != '?' ? json_cstr(buf_text(&text)) : cJSON_CreateNull();
	buf_free(&text);
	return item;
}

static double element_of(int32_t type, const oray_element *x)
{
	if (number_is_float(type))
		return x->f;
	return type == ORAY_INT8 || type == ORAY_INT4 || type == ORAY_INT2 || type == ORAY_INT16 ||
	               type == ORAY_INT32 || type == ORAY_INT64
	           ? (double)x->i
	           : (double)x->u;
}

/* The first values of a tensor, or the one value that is known, or null. */
static cJSON *values_item(emit *e, const oray_model *model, oray_id tensor, double low, double high,
                          double factor, bool packed)
{
	oray_element values[VALUES_MOST];
	oray_tensor t;
	size_t n;
	cJSON *array;

	if (packed || !oray_model_tensor(model, tensor, &t)) {
		if (isnan(low) || low != high)
			return cJSON_CreateNull();
		array = cJSON_CreateArray();
		json_push(e, array, json_float64(low));
		return array;
	}
	if (oray_tensor_read(model, tensor, 0, VALUES_MOST, values, &n, NULL) != ORAY_OK)
		return cJSON_CreateNull();
	array = cJSON_CreateArray();
	for (size_t i = 0; i < n; i++)
		json_push(e, array,
		          t.type == ORAY_FLOAT32 && factor == 1
		              ? json_float32((float)values[i].f)
		              : json_float64(element_of(t.type, &values[i]) * factor));
	return array;
}

static cJSON *span_item(emit *e, const oray_model *model, oray_id tensor, double low, double high,
                        double factor, bool packed)
{
	cJSON *object = cJSON_CreateObject();

	json_put(e, object, "min", number(low));
	json_put(e, object, "max", number(high));
	json_put(e, object, "values", values_item(e, model, tensor, low, high, factor, packed));
	return object;
}

static cJSON *range_item(emit *e, const oray_encoding *x)
{
	cJSON *array;

	if (isnan(x->low) || isnan(x->high))
		return cJSON_CreateNull();
	array = cJSON_CreateArray();
	json_push(e, array, json_float64(x->low));
	json_push(e, array, json_float64(x->high));
	return array;
}

static cJSON *label_item(const oray_model *model, oray_id node)
{
	return node == ORAY_NONE ? cJSON_CreateNull() : json_node_label(model, node);
}

static cJSON *encoding_item(emit *e, const oray_model *model, const oray_encoding *x)
{
	cJSON *object = cJSON_CreateObject();

	json_put(e, object, "name", json_text(x->name));
	json_put(e, object, "of", json_text(x->of));
	json_put(e, object, "role", json_cstr(quant_role_name(x->role)));
	json_put(e, object, "type", type_item(model, x));
	json_put(e, object, "bits", x->bits ? json_u64(x->bits) : cJSON_CreateNull());
	json_put(e, object, "shape", x->n_dims ? json_dims(x->dims, x->n_dims) : cJSON_CreateNull());
	json_put(e, object, "granularity", json_cstr(quant_granularity_name(x->granularity)));
	json_put(e, object, "axis", x->axis >= 0 ? json_i64(x->axis) : cJSON_CreateNull());
	json_put(e, object, "block_size",
	         x->block_size > 0 ? json_i64(x->block_size) : cJSON_CreateNull());
	json_put(e, object, "symmetric",
	         x->symmetric < 0 ? cJSON_CreateNull() : cJSON_CreateBool(x->symmetric));
	json_put(e, object, "dynamic", cJSON_CreateBool(x->is_dynamic));
	json_put(e, object, "fake", cJSON_CreateBool(x->is_fake));
	json_put(e, object, "scales", x->n_scales ? json_u64(x->n_scales) : cJSON_CreateNull());
	json_put(e, object, "scale",
	         span_item(e, model, x->scale, x->scale_min, x->scale_max,
	                   x->scale_factor != 0 ? x->scale_factor : 1, false));
	json_put(e, object, "zero_point",
	         span_item(e, model, x->zero_point, x->zero_point_min, x->zero_point_max, 1,
	                   x->zero_point_packed));
	json_put(e, object, "range", range_item(e, x));
	json_put(e, object, "saturated",
	         x->saturated.exact ? json_u64(x->saturated.value) : cJSON_CreateNull());
	json_put(e, object, "node", label_item(model, x->node));
	json_put(e, object, "reader", label_item(model, x->reader));
	return object;
}

static cJSON *coverage_item(emit *e, const oray_quantization *q)
{
	cJSON *object = cJSON_CreateObject();

	json_put(e, object, "nodes", number(q->node_coverage));
	json_put(e, object, "parameters", number(q->parameter_coverage));
	json_put(e, object, "macs", number(q->macs_coverage));
	return object;
}

static cJSON *type_name_item(const quant_view *v, size_t encoding, int32_t type)
{
	const char *name = oray_type_name(type);

	if (encoding != SIZE_MAX)
		return type_item(v->q->model, &v->q->encodings[encoding]);
	return type && name ? json_cstr(name) : cJSON_CreateNull();
}

static cJSON *layer_item(emit *e, const quant_view *v, const oray_quantized_layer *l)
{
	const oray_model *model = v->q->model;
	cJSON *object = cJSON_CreateObject();
	oray_node node;

	json_put(e, object, "name", json_node_label(model, l->node));
	if (oray_model_node(model, l->node, &node))
		json_put(e, object, "op", json_text(node.op));
	json_put(e, object, "weight_type", type_name_item(v, l->weight, l->weight_type));
	json_put(e, object, "activation_type", type_name_item(v, l->activation, l->activation_type));
	json_put(e, object, "quantized", cJSON_CreateBool(l->is_quantized));
	json_put(e, object, "weight", l->weight == SIZE_MAX ? cJSON_CreateNull() : json_u64(l->weight));
	json_put(e, object, "activation",
	         l->activation == SIZE_MAX ? cJSON_CreateNull() : json_u64(l->activation));
	json_put_count(e, object, "parameters", l->parameters);
	amount_put(e, object, model, "macs", "macs",
	           oray_model_is_inferred(model) ? l->macs : (oray_amount){0, 0, false});
	if (!l->is_quantized)
		json_put(e, object, "why", json_cstr(l->why));
	return object;
}

static cJSON *finding_item(emit *e, const oray_finding *f)
{
	static const char *const words[] = {"info", "warning", "error"};
	cJSON *object = cJSON_CreateObject();

	json_put(e, object, "rule", json_cstr(f->rule));
	json_put(e, object, "severity", json_cstr(words[f->severity <= ORAY_ERROR ? f->severity : 0]));
	json_put(e, object, "where", json_cstr(f->where));
	json_put(e, object, "message", json_cstr(f->message));
	return object;
}

static void put_member(emit *e, const char *key, cJSON *item)
{
	emit_format(e, ",\n\"%s\":", key);
	json_write_row(e, item);
}

static void put_layers(emit *e, const quant_view *v)
{
	emit_str(e, ",\n\"layers\":[");
	for (size_t i = 0; i < v->q->n_layers && emit_ok(e); i++) {
		emit_str(e, i ? ",\n" : "\n");
		json_write_row(e, layer_item(e, v, &v->q->layers[v->order[i]]));
	}
	emit_str(e, "],\n\"float_nodes\":[");
	bool first = true;
	for (size_t i = 0; i < v->q->n_layers && emit_ok(e); i++) {
		if (v->q->layers[i].is_quantized)
			continue;
		emit_str(e, first ? "" : ",");
		first = false;
		json_write_row(e, json_node_label(v->q->model, v->q->layers[i].node));
	}
	emit_str(e, "]");
}

void quant_json(emit *e, quant_view *v, const oray_style *style)
{
	const oray_quantization *q = v->q;

	(void)style;
	emit_str(e, "{\"schema\":1");
	put_member(e, "scheme", json_cstr(oray_scheme_name(q->scheme)));
	put_member(e, "toolchain", json_cstr(q->toolchain));
	put_member(e, "coverage", coverage_item(e, q));
	emit_str(e, ",\n\"tensors\":[");
	for (size_t i = 0; i < q->n_encodings && emit_ok(e); i++) {
		emit_str(e, i ? ",\n" : "\n");
		json_write_row(e, encoding_item(e, q->model, &q->encodings[i]));
	}
	emit_str(e, "]");
	put_layers(e, v);
	emit_str(e, ",\n\"findings\":[");
	for (size_t i = 0; i < q->n_findings && emit_ok(e); i++) {
		emit_str(e, i ? ",\n" : "\n");
		json_write_row(e, finding_item(e, &q->findings[i]));
	}
	emit_str(e, "]}\n");
}

void quant_ndjson(emit *e, quant_view *v, const oray_style *style)
{
	(void)style;
	for (size_t i = 0; i < v->q->n_encodings && emit_ok(e); i++)
		json_write(e, encoding_item(e, v->q->model, &v->q->encodings[i]), false);
}

/* ---------------------------------------------------------------------------------- CSV -- */

enum {
	NAME,
	OF,
	ROLE,
	TYPE,
	GRANULARITY,
	AXIS,
	BLOCK,
	SYMMETRIC,
	SCALES,
	SCALE_MIN,
	SCALE_MAX,
	ZERO_MIN,
	ZERO_MAX,
	LOW,
	HIGH,
	DYNAMIC,
	FAKE,
	NODE,
	READER,
	N_COLUMNS
};

static const grid_column columns[N_COLUMNS] = {
    [NAME] = {.field = "name"},
    [OF] = {.field = "of"},
    [ROLE] = {.field = "role"},
    [TYPE] = {.field = "type"},
    [GRANULARITY] = {.field = "granularity"},
    [AXIS] = {.field = "axis"},
    [BLOCK] = {.field = "block_size"},
    [SYMMETRIC] = {.field = "symmetric"},
    [SCALES] = {.field = "scales"},
    [SCALE_MIN] = {.field = "scale_min"},
    [SCALE_MAX] = {.field = "scale_max"},
    [ZERO_MIN] = {.field = "zero_point_min"},
    [ZERO_MAX] = {.field = "zero_point_max"},
    [LOW] = {.field = "range_low"},
    [HIGH] = {.field = "range_high"},
    [DYNAMIC] = {.field = "dynamic"},
    [FAKE] = {.field = "fake"},
    [NODE] = {.field = "node"},
    [READER] = {.field = "reader"},
};

static void real(grid *g, size_t column, double x)
{
	char text[NUMBER_SIZE];

	if (isnan(x))
		return;
	number_float64(x, text);
	grid_text(g, column, text);
}

static void whole(grid *g, size_t column, int64_t n, bool is)
{
	if (is)
		grid_format(g, column, "%lld", (long long)n);
}

static void fill(grid *g, size_t row)
{
	const quant_view *v = g->context;
	const oray_encoding *x = &v->q->encodings[row];

	grid_model(g, NAME, x->name);
	grid_model(g, OF, x->of);
	grid_text(g, ROLE, quant_role_name(x->role));
	quant_type_text(grid_printable(g, TYPE), v->q->model, x);
	grid_text(g, GRANULARITY, quant_granularity_name(x->granularity));
	whole(g, AXIS, x->axis, x->axis >= 0);
	whole(g, BLOCK, x->block_size, x->block_size > 0);
	if (x->symmetric >= 0)
		grid_text(g, SYMMETRIC, x->symmetric ? "true" : "false");
	whole(g, SCALES, (int64_t)x->n_scales, x->n_scales > 0);
	real(g, SCALE_MIN, x->scale_min);
	real(g, SCALE_MAX, x->scale_max);
	real(g, ZERO_MIN, x->zero_point_min);
	real(g, ZERO_MAX, x->zero_point_max);
	real(g, LOW, x->low);
	real(g, HIGH, x->high);
	grid_text(g, DYNAMIC, x->is_dynamic ? "true" : "false");
	grid_text(g, FAKE, x->is_fake ? "true" : "false");
	if (x->node != ORAY_NONE)
		node_label_text(grid_printable(g, NODE), v->q->model, x->node);
	if (x->reader != ORAY_NONE)
		node_label_text(grid_printable(g, READER), v->q->model, x->reader);
}

void quant_csv(emit *e, quant_view *v, const oray_style *style)
{
	grid g = {
	    .columns = columns,
	    .n_columns = N_COLUMNS,
	    .n_rows = v->q->n_encodings,
	    .fill = fill,
	    .context = v,
	    .format = ORAY_CSV,
	    .exact = true,
	    .no_header = style->no_header,
	};

	grid_write(&g, e);
}
