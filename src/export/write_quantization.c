/* SPDX-License-Identifier: Apache-2.0 */
/*
 * write_quantization.c - the way into the writer of quantization: order of rows, choice of format.
 */
#include <math.h>

#include "base/error.h"
#include "base/heap.h"
#include "words/describe.h"
#include "export/order.h"
#include "export/quant_view.h"

static const oray_quantized_layer *row_of(const void *rows, size_t row)
{
	return &((const oray_quantization *)rows)->layers[row];
}

static void by_index(const void *rows, size_t row, order_key *out)
{
	(void)rows;
	out->number = UINT64_MAX - row; /* the order of the graph */
}

static void by_name(const void *rows, size_t row, order_key *out)
{
	oray_node node;
	if (oray_model_node(((const oray_quantization *)rows)->model, row_of(rows, row)->node, &node))
		out->text = node.name;
}

static void by_op(const void *rows, size_t row, order_key *out)
{
	oray_node node;
	if (oray_model_node(((const oray_quantization *)rows)->model, row_of(rows, row)->node, &node))
		out->text = node.op;
}

static void by_parameters(const void *rows, size_t row, order_key *out)
{
	out->number = row_of(rows, row)->parameters.value;
}

/* Formulas by their size where every symbol stands for 1024. */
static void by_macs(const void *rows, size_t row, order_key *out)
{
	oray_amount a = row_of(rows, row)->macs;
	double size = a.formula ? oray_amount_at(((const oray_quantization *)rows)->model, a, 1024) : 0;
	out->number = !a.formula ? a.value : size < 1.8e19 ? (uint64_t)size : UINT64_MAX;
	out->unknown = !a.exact;
}

/* The largest first: a positive float's bits are in the order of floats. */
static void by_scale(const void *rows, size_t row, order_key *out)
{
	const oray_quantization *q = rows;
	size_t w = row_of(rows, row)->weight;
	double scale = w == SIZE_MAX ? (double)NAN : fabs(q->encodings[w].scale_max);
	out->unknown = isnan(scale);
	out->number = isnan(scale) ? 0 : scale > 1e9 ? UINT64_MAX : (uint64_t)(scale * 1e9);
}

static const order_column columns[] = {
    {"index", "#", false, by_index}, {"name", "layer", true, by_name},
    {"op", "operator", true, by_op}, {"parameters", "params", false, by_parameters},
    {"macs", NULL, false, by_macs},  {"scale", NULL, false, by_scale},
};

oray_status oray_write_quantization(const oray_quantization *quantization, const oray_style *style,
                                    oray_sink sink, void *context, oray_error *err)
{
	static void (*const writers[ORAY_N_FORMATS])(emit *, quant_view *, const oray_style *) = {
	    [ORAY_TEXT] = quant_page, [ORAY_JSON] = quant_json,     [ORAY_NDJSON] = quant_ndjson,
	    [ORAY_CSV] = quant_csv,   [ORAY_MARKDOWN] = quant_page,
	};
	order_view o;
	oray_status status = order_begin(&o, style, columns, sizeof columns / sizeof *columns,
	                                 quantization, quantization->n_layers, err);
	if (status != ORAY_OK)
		return status;
	quant_view v = {.q = quantization, .n = o.n, .order = o.order};
	emit e;
	emit_init(&e, &o.style, sink, context);
	writers[o.style.format](&e, &v, &o.style);
	heap_free(o.order);
	return emit_end(&e, err);
}
