/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diff_view.h - the parts of the writer of differences.
 *
 * For people, what matters comes first: the verdict, sizes, then weights from the most damaged to
 * the best kept, then nodes. What is equal is counted on one line. Programs get everything.
 */
#ifndef EXPORT_DIFF_VIEW_H
#define EXPORT_DIFF_VIEW_H

#include "export/page.h"
#include "words/diff_words.h"

/** A difference in the order that is asked for, and what is known of it as a whole. */
typedef struct diff_view {
	const oray_difference *d;
	size_t n;      /**< weights that are shown: all, or the first `top` */
	size_t *order; /**< indices into d->weights; to be freed */
	size_t *owner; /**< by weight: the layer in d->layers that holds it, SIZE_MAX: none */
	bool *twice;   /**< by weight: a float in both, and the same weight is quantized as well */
	struct {
		size_t measured, identical; /**< pairs; the identical are measured as well */
		size_t weights;             /**< pairs that are weights, no biases */
		size_t quantized;           /**< of these, those that fewer bits stand for in b */
		size_t twice;               /**< quantized, and floats of them are read as well */
		size_t kept_float;          /**< weights (no biases) that are floats in both */
		uint64_t elements;          /**< of the weights and embeddings that have a pair */
		uint64_t quantized_elements;
		size_t by[4];         /**< pairs by oray_match */
		double worst, median; /**< SQNR in dB of the measured ones of these; NAN: none */
	} sum;
	page p; /**< text and Markdown */
} diff_view;

/** Text and Markdown. */
void diff_page(emit *e, diff_view *v, const oray_style *style);

/** The table of weights, and what is to say about it. */
void diff_weights(diff_view *v);

/** Nodes that changed, that are gone, and that came. */
void diff_nodes(diff_view *v);

/** JSON, in full whatever `top` says. */
void diff_json(emit *e, diff_view *v, const oray_style *style);

/** One object for each layer, those of one side as well. */
void diff_ndjson(emit *e, diff_view *v, const oray_style *style);

/** One row for each weight, then one for each layer without weights. */
void diff_csv(emit *e, diff_view *v, const oray_style *style);

#endif
