/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_label.h - what boxes, pills, frames and wires say, before any format.
 *
 *     +------------------------------+
 *     | Conv                         |   title: operator, in its category's colour
 *     | /features/0/Conv             |   name, shortened in the middle; where names are asked for
 *     |------------------------------|
 *     | W 64x3x7x7                   |   rows: what is quantized, initializers and folded
 *     | strides = 2,2                |   constants by formal name, attributes that are no defaults
 *     +------------------------------+
 *
 * A label is plain text with marks: lines end in '\n' and begin with their role, a letter; inside a
 * line a byte below ' ' changes the face. Text of a model passes clean_text() and so holds neither.
 * Equal labels are kept once, which is what makes a hundred thousand boxes cheap: repeated layers
 * say the same.
 */
#ifndef PICTURE_PIC_LABEL_H
#define PICTURE_PIC_LABEL_H

#include "base/buf.h"
#include "picture/pic_known.h"
#include "picture/pic_plan.h"

/** What a line is: its first byte. */
typedef enum pic_role {
	PIC_TITLE = 'T',
	PIC_NAME = 'N',
	PIC_LINE = 'L', /**< a row below the head */
} pic_role;

/** How the text after such a byte looks; a line begins plain. */
typedef enum pic_face { PIC_PLAIN = 1, PIC_BOLD = 2, PIC_MUTED = 3 } pic_face;

/** Rows of a box; those that do not fit are counted in the last one. */
#define PIC_MOST_ROWS 12

/** Sizes of text in pixels of a picture. */
enum {
	PIC_TITLE_SIZE = 12,
	PIC_NAME_SIZE = 9,
	PIC_ROW_SIZE = 10,
	PIC_TAG_SIZE = 10, /**< shapes beside wires, ends of references */
};

/** Heights and distances in pixels. A writer needs no others: see pic_line_at(). */
enum {
	PIC_TITLE_HEIGHT = 22, /**< of a head that is a title alone */
	PIC_NAME_HEIGHT = 12,  /**< what a name adds to it */
	PIC_ROW_HEIGHT = 14,
	PIC_ROWS_ABOVE = 4, /**< between head and first row */
	PIC_ROWS_BELOW = 5,
	PIC_SIDE = 9, /**< blank at the left and right of text */
	PIC_RADIUS = 5,
};

/** One label; its width and height are those of the box around it. */
typedef struct pic_label {
	uint32_t text, size; /**< among pic_labels.text */
	int32_t width, height;
	int32_t head;  /**< height of the coloured part; equal to `height` without rows */
	uint32_t rows; /**< lines of role PIC_LINE */
} pic_label;

/** All different labels of a picture. */
typedef struct pic_labels {
	buf text;
	VEC(pic_label) all;
	uint32_t *table; /**< open addressing: index in `all` plus 1 */
	size_t table_size;
	bool failed;
} pic_labels;

/** A label in work, and what all labels of one picture share. */
typedef struct pic_look {
	const pic_plan *plan;
	bool names;            /**< node names below operators */
	bool rows;             /**< lines below the head: what a box is given */
	bool attributes_shown; /**< and how it is set */
	buf text;              /**< of the label in work; the functions below append to it */
	size_t n_rows;         /**< lines of role PIC_LINE in it */
	size_t left_out;       /**< rows that found no room */
	size_t last_row;       /**< where the last one begins */
	buf words;             /**< for whoever needs it */
	pic_known known;
	VEC(oray_attribute) attributes; /**< for a moment: those of one node */
	struct pic_look *gone;          /**< looks at the other plan, for PIC_GONE; or NULL */
} pic_look;

/** Empties the label in work. */
void pic_begin(pic_look *look);

/** Begins a line; for rows false when there is no room for one more. */
bool pic_line_begin(pic_look *look, pic_role role);
void pic_line_end(pic_look *look);
void pic_face_set(pic_look *look, pic_face face);

/** Ends the label in work and keeps it once. @return its index; 0 and labels->failed without
 * memory. */
uint32_t pic_keep(pic_labels *labels, pic_look *look);

/** Writes the label of an item into look->text: title, name, rows. */
void pic_label_item(pic_look *look, const pic_item *item);

/** Title of the frame around a graph: "then_branch", a function's name. */
void pic_label_frame(pic_look *look, oray_id graph);

/** Tooltip of an item, plain text of some lines: whole name, operator, and where `edges` is set
 * inputs and outputs. */
void pic_tip_item(pic_look *look, const pic_item *item, bool edges, buf *tip);

/** Tooltip of a wire: name, type and shape of the value. */
void pic_tip_wire(pic_look *look, const pic_wire *wire, buf *tip);

/** What an item is, in a word: a category's name, "stub", "input", "output", "undefined", or the
 * state in a difference. */
const char *pic_class_of(const pic_look *look, const pic_item *item);

/** Collects the rows of a node: its marks first. */
void pic_rows_collect(pic_look *look, oray_id id, const oray_node *node);

/* ------------------------------------------------------------------------ reading labels -- */

/** A line of a label while it is read. */
typedef struct pic_line {
	const char *data;
	size_t size; /**< role and newline left out, faces in it */
	pic_role role;
	int32_t baseline; /**< below the top of the box */
	uint32_t font;    /**< size of its text in pixels */
} pic_line;

/** Steps through the lines of a label; start with *at = 0. @return false at the end. */
bool pic_line_next(const pic_labels *labels, const pic_label *label, size_t *at, pic_line *line);

/** Steps through the pieces of one face in a line; start with *at = 0. @return false at the end. */
bool pic_piece_next(const pic_line *line, size_t *at, pic_face *face, const char **data,
                    size_t *size);

void pic_labels_free(pic_labels *labels);
void pic_look_free(pic_look *look);

#endif
