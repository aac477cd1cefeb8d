/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quant_view.h - the parts of the writer of quantization.
 *
 * For people: the scheme in a sentence, coverage, one row a layer, what stayed float, what looks
 * wrong. Programs get every encoding.
 */
#ifndef EXPORT_QUANT_VIEW_H
#define EXPORT_QUANT_VIEW_H

#include "export/page.h"

/** A quantization with its layers in the order that is asked for. */
typedef struct quant_view {
	const oray_quantization *q;
	size_t n;      /**< layers that are shown: all, or the first `top` */
	size_t *order; /**< indices into q->layers; to be freed */
	page p;        /**< text and Markdown */
} quant_view;

/** Text and Markdown. */
void quant_page(emit *e, quant_view *v, const oray_style *style);

/** The table of layers, and those that stayed float. */
void quant_layers_table(quant_view *v);

/** JSON, in full whatever `top` says. */
void quant_json(emit *e, quant_view *v, const oray_style *style);

/** One object for each encoding. */
void quant_ndjson(emit *e, quant_view *v, const oray_style *style);

/** One row for each encoding. */
void quant_csv(emit *e, quant_view *v, const oray_style *style);

/* -------------------------------------------------------------------------------- words -- */

/** "int8", "uint4", "int3" where fewer bits are used, "bipolar", "bfp16", "?". */
void quant_type_text(buf *b, const oray_model *model, const oray_encoding *e);

/** "tensor", "axis", "block", as in JSON. */
const char *quant_granularity_name(oray_granularity granularity);

/** "weight", "activation", "bias". */
const char *quant_role_name(oray_quantized_role role);

/** "per tensor", "per channel", "in blocks of 32". */
void quant_granularity_text(buf *b, const oray_encoding *e);

/** 0.00226, or 0.0019..0.043; "?" when it is not known, "computed" when it is while running. */
void quant_span_text(buf *b, double low, double high, bool dynamic, const glyphs *g);

/** Three significant digits: 0.00297, 1.2e-05; nan, inf. */
void quant_three(buf *b, double x);

/** True for types that are not quantized: float32, float16, ... */
bool quant_is_float(int32_t type);

/* --------------------------------------------------------------------------------- show -- */

/**
 * The encodings that a value carries, or that a node reads or makes, in real numbers: facts under
 * the heading "Quantization". Nothing when there are none.
 * @param node, value  One of them is ORAY_NONE.
 */
void quant_show(page *p, const oray_model *model, oray_id node, oray_id value);

#endif
