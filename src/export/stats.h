/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stats.h - statistics of a tensor, written.
 */
#ifndef EXPORT_STATS_H
#define EXPORT_STATS_H

#include "export/json.h"
#include "export/page.h"

/** A number with four significant digits, short enough for a column; a dash for NAN. */
void stats_number(buf *b, double x, const glyphs *g);

/** The object "stats" of the contract with more added; null where nothing was read. */
cJSON *stats_item(emit *e, const oray_statistics *s, bool histogram);

/** The histogram as a row of blocks, a character a bin. */
void stats_histogram(buf *b, const oray_statistics *s, bool utf8);

/** Measures a tensor; false when it has no numbers that can be read. */
bool stats_measure(const oray_model *model, oray_id tensor, oray_statistics *out);

/** A section about it; nothing where there is nothing to say. */
void stats_write(page *p, const oray_model *model, oray_id tensor);

#endif
