/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_defaults.h - attributes that say nothing new.
 *
 * Exporters write most attributes whether they matter or not; a box shows those that make a node
 * differ from what its operator does by itself.
 */
#ifndef PICTURE_PIC_DEFAULTS_H
#define PICTURE_PIC_DEFAULTS_H

#include "picture/pic_known.h"

/**
 * True for an attribute with the value that the operator takes when it is absent: the default of
 * the standard, also where that is told in words ("1 along each axis").
 * @param row  NULL: the operator is unknown, and so are its defaults.
 */
bool pic_default_is(pic_known *k, const ops_row *row, const oray_attribute *a);

/** True for a kernel_shape that the weight of the node, an initializer, says as well. */
bool pic_default_is_kernel(const oray_model *model, const oray_node *node, const oray_attribute *a);

#endif
