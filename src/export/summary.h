/* SPDX-License-Identifier: Apache-2.0 */
/*
 * summary.h - the two halves of the summary writer: for people and for programs.
 */
#ifndef EXPORT_SUMMARY_H
#define EXPORT_SUMMARY_H

#include "export/page.h"

/** Text and Markdown. */
void summary_page(emit *e, const oray_summary *s, const oray_style *style);

/** JSON, on one line or indented. */
void summary_json(emit *e, const oray_summary *s, const oray_style *style);

/** One row of CSV. */
void summary_csv(emit *e, const oray_summary *s, const oray_style *style);

/* ---------------------------------------------------------- within text and Markdown -- */

typedef struct summary_view {
	const oray_summary *s;
	const oray_model_info *info;
	page p;
	size_t n_inputs, n_outputs; /**< shown */
	size_t n_operators;         /**< shown one by one */
} summary_view;

/** File, sizes, origin, metadata. */
void summary_head(summary_view *v);

#endif
