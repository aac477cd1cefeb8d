/* SPDX-License-Identifier: Apache-2.0 */
/*
 * amounts.h - costs and sizes that may depend on symbols, for people and for programs.
 *
 *     people      4.09 G     ≥ 5.71 M     ?     7.08 M·batch·seq² + 12.3 k·batch     3.07 kB·batch
 *     programs    4089184256 or null, and beside it "7077888*batch*seq^2+12288*batch"
 */
#ifndef EXPORT_AMOUNTS_H
#define EXPORT_AMOUNTS_H

#include "export/grid.h"
#include "export/json.h"

/** True when something is known of it. */
bool amount_is_told(oray_amount a);

/** For people, all of it; `unit` is "" or "B". */
void amount_text(buf *b, const oray_model *model, oray_amount a, const char *unit, bool exact,
                 const glyphs *g);

/** The same in at most `columns` if it is a formula: first terms of it, "7.08 M·batch·seq² + …". */
void amount_short(buf *b, const oray_model *model, oray_amount a, const char *unit, size_t columns,
                  const glyphs *g);

/** The formula for programs, "12*batch*seq^2+400", of what is known; nothing for a number. */
void amount_expression(buf *b, const oray_model *model, oray_amount a);

/** The same as a cell, printable. */
void amount_cell_expression(grid *g, size_t column, const oray_model *model, oray_amount a);

/** A cell: as people read it; in CSV only a plain number. */
void amount_cell(grid *g, size_t column, const oray_model *model, oray_amount a, const char *unit);

/**
 * "KEY": a number, or null. Then "KEY_known" is the part that is known and a number, and
 * "STEM_expression" the formula; when there are holes besides, "STEM_known_expression".
 */
void amount_put(emit *e, cJSON *object, const oray_model *model, const char *key, const char *stem,
                oray_amount a);

/** What a cost is called: "MACs", "FLOPs". */
const char *counting_unit(oray_counting counting);

/** Floating point operations for each byte that a layer moves; NAN unless both are numbers. */
double layer_intensity(const oray_layer *layer, oray_counting counting);

#endif
