/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sequence.h - what the rules for sequences and optionals share.
 */
#ifndef INFER_SEQUENCE_H
#define INFER_SEQUENCE_H

#include "infer/rule.h"

/** The node of the standard that a value comes from. @return false when there is none. */
bool sequence_origin(const call *c, oray_id value, oray_node *node);

/** What two types have in common; of kind ORAY_KIND_UNKNOWN when that is nothing. */
infer_type sequence_join(call *c, infer_type a, infer_type b);

#endif
