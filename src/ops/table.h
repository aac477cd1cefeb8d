/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table.h - how the operator table is written down.
 *
 * The rows live in the table_*.inc files, which table.c joins into one array sorted by domain, name
 * and first version. A row is
 *
 *     ROW(name, since, versions, category, shape rule, cost rule,
 *         least and most inputs, least and most outputs, inputs, outputs, attributes)
 *
 * or OLD(...) with the same columns for a version that is marked deprecated. An operator gets a new
 * row when its interface changed: names, arity, optional inputs, attributes, defaults, deprecation.
 * Versions that changed less are listed in `versions` of the row before. ANY stands for "no limit".
 *
 * Inputs and outputs are words separated by one blank:
 *
 *     X                 must be there
 *     B?                may be left out
 *     inputs*           takes all tensors from here on; only the last word
 *     W:weight B?:bias  what a parameter is that arrives here; without a colon: data
 *     inputs*:data,scale,zero
 *                       roles in turn, for tensors that come in threes
 *
 *     weight bias embed scale   as the ops_role of that name
 *     norm stat                 scale and shift of a normalization; its running mean and variance
 *     zero                      zero point
 *     shape                     a number that steers the computation instead of taking part in it
 *
 * Attributes are words too, in alphabetical order of the names:
 *
 *     axis:i            name and type
 *     axis:i!           required
 *     axis:i=1          default
 *     mode:s='a b'      a default with blanks, or an empty one (''), stands between single quotes
 *     pads:I=0,0        elements of lists are separated by commas
 *
 *     f i s t g p y     float, int, string, tensor, graph, sparse tensor, type
 *     F I S T G P Y     lists of these
 */
#ifndef OPS_TABLE_H
#define OPS_TABLE_H

#include "ops/ops.h"

/** Sorted by domain, name, since; all three compared as bytes or numbers. */
extern const ops_row ops_table[];
extern const size_t ops_table_size;

#endif
