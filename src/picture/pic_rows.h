/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_rows.h - the pieces that rows are made of. Blanks stand in plain pieces alone: those at the
 * ends of others may be lost where pieces become elements of XML.
 */
#ifndef PICTURE_PIC_ROWS_H
#define PICTURE_PIC_ROWS_H

#include "picture/pic_label.h"

/** Elements of a tensor that are written out. */
#define PIC_MOST_SHOWN 6

/** Appends a blank and a muted word. */
void pic_muted(pic_look *look, const char *text);

/** Appends " = 0.02", " 64×3×7×7", " 64×3×7×7 int8": what comes after the name. */
void pic_add_tensor(pic_look *look, oray_id id, buf *out);
void pic_add_sparse(pic_look *look, oray_id id, buf *out);
void pic_add_value(pic_look *look, const oray_attribute *a, buf *out);

/** Adds the rows of what a node is given and no wire shows. */
void pic_add_inputs(pic_look *look, const oray_node *node);

#endif
