/* SPDX-License-Identifier: Apache-2.0 */
#include "export/cells.h"

void cells_mark(grid *g, size_t column, const known_type *t)
{
	if (!t->contradicts)
		return;
	grid_text(g, column, " !");
	grid_paint(g, column, PAINT_WARN);
}

void cells_type(grid *g, size_t type_column, size_t shape_column, const oray_model *model,
                const known_type *t)
{
	bool type = known_type_is_known(t), rank = known_rank(t);
	known_type_text(grid_printable(g, type_column), model, t);
	if (type || rank)
		known_shape_text(grid_printable(g, shape_column), model, t, g->e->glyphs);
	cells_mark(g, shape_column, t);
	if (!type)
		grid_paint(g, type_column, PAINT_DIM);
	if (!rank)
		grid_paint(g, shape_column, PAINT_DIM);
}

void cells_operator(grid *g, size_t column, const oray_model *model, const oray_node *node)
{
	node_operator_text(grid_printable(g, column), model, node, g->e->glyphs);
	grid_paint(g, column, PAINT_CATEGORY + node_category(model, node));
}
