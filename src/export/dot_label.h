/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dot_label.h - how boxes, pills and wires look in Graphviz' language.
 *
 * Boxes are HTML-like labels, since nothing else gives a coloured head, weights and attributes in
 * one box. Their markup is ours alone: everything that comes from a model passes dot_html(), which
 * leaves it no character that could be markup.
 *
 *     +------------------------------+
 *     | Conv                         |   operator, in its category's colour
 *     | /features/0/Conv             |   name, shortened in the middle
 *     |------------------------------|
 *     | W 64x3x7x7                   |   initializers and folded constants, by formal name
 *     | strides = 2,2                |   attributes that differ from their defaults
 *     +------------------------------+
 *
 * Head and body are one rounded table whose background is a two-colour gradient with a hard edge.
 * The edge is placed as a fraction of the height, so every line has a fixed height here: larger
 * than any text needs, the same with every font.
 */
#ifndef EXPORT_DOT_LABEL_H
#define EXPORT_DOT_LABEL_H

#include "base/buf.h"
#include "export/dot_plan.h"
#include "export/theme.h"

/** Rows of a box; those that do not fit are counted in the last one. */
#define DOT_MOST_ROWS 12

typedef struct dot_rows {
	buf text;                  /**< the insides of all rows, one after the other */
	size_t end[DOT_MOST_ROWS]; /**< of each, in `text` */
	size_t n;
	size_t left_out;
} dot_rows;

/** What all labels of one picture share. */
typedef struct dot_look {
	const dot_plan *plan;
	const theme *theme;
	dot_rows rows;         /**< of the box in work; kept for its memory */
	buf words;             /**< likewise */
	bool tails;            /**< labels of wires sit at their tails */
	struct dot_look *gone; /**< looks at the other plan, for DOT_GONE; or NULL */
} dot_look;

/** Label and tooltip of an item. Both buffers are emptied first. */
void dot_label_item(dot_look *look, const dot_item *item, buf *label, buf *tip);

/** What an item is, in a word: a category's name, "stub", "input", "output", "undefined". */
const char *dot_label_class(const dot_look *look, const dot_item *item);

/** Label and tooltip of a wire that carries a value; the label stays empty where no shape is known.
 */
void dot_label_wire(dot_look *look, const dot_wire *wire, buf *label, buf *tip);

/** Title of the frame around a graph, and its whole path. */
void dot_label_frame(dot_look *look, oray_id graph, buf *label, buf *tip);

/** Collects the rows of a node into look->rows: its marks first. */
void dot_rows_collect(dot_look *look, oray_id id, const oray_node *node);

/** A row between these is appended to rows->text; false when there is no room for one more. */
bool dot_row_begin(dot_rows *rows);
void dot_row_end(dot_rows *rows);

#endif
