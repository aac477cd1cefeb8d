/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cells.h - cells that several tables have in common.
 */
#ifndef EXPORT_CELLS_H
#define EXPORT_CELLS_H

#include "words/describe.h"
#include "export/grid.h"

/** Type and shape of a value; where both are unknown that is said once, in the first. */
void cells_type(grid *g, size_t type_column, size_t shape_column, const oray_model *model,
                const known_type *t);

/** Marks a shape that is not what the model declares: "1×10 !". */
void cells_mark(grid *g, size_t column, const known_type *t);

/** The operator of a node, in the colour of its category. */
void cells_operator(grid *g, size_t column, const oray_model *model, const oray_node *node);

#endif
