/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_choose.h - which nodes are boxes, and what stands for those in bodies that are not drawn.
 */
#ifndef PICTURE_PIC_CHOOSE_H
#define PICTURE_PIC_CHOOSE_H

#include "picture/pic_plan.h"

/** Fills `fate` and `drawn` from what was asked for. */
void pic_choose(pic_plan *plan, const oray_drawing *drawing);

/** The node that stands for `node`: itself, or what holds the body it is in; ORAY_NONE: nothing. */
oray_id pic_place_of(const pic_plan *plan, oray_id node);

/** True for a graph inside of a node that is a box. */
bool pic_is_held(const pic_plan *plan, oray_id graph);

#endif
