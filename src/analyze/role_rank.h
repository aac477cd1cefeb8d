/* SPDX-License-Identifier: Apache-2.0 */
/*
 * role_rank.h - the last word on what a parameter is for.
 */
#ifndef ANALYZE_ROLE_RANK_H
#define ANALYZE_ROLE_RANK_H

#include "analyze/role_flow.h"

/** What is known about one stored tensor. */
typedef struct role_evidence {
	role_asks asks;   /**< of its value */
	role_facts facts; /**< of its value */
	int32_t type;
	size_t n_dims;
	const int64_t *dims;
	oray_count elements;
	oray_str name;
} role_evidence;

/**
 * The strongest role that somebody asks for and that the tensor can have:
 *
 *     weight > embedding > norm > norm_statistic > bias > quantization > shape_constant > other
 *
 * What the operator table asks for counts as it is. What arithmetic suggests counts only for real
 * numbers (floats, or integers that are dequantized) of a fitting shape:
 *
 *     a factor, or the addend of such a product      one axis of several elements: norm
 *     an addend                                      one axis of several elements: bias
 *     an addend right after a layer                  the same, or one element with an axis: bias
 *     an addend of more axes, not before a Softmax   embedding if it is called so, otherwise other:
 *                                                    masks, anchors, tables of positions
 *     joined with an activation                      embedding if it is called a token or a query
 *     read by an unknown operator that sounds like a layer
 *                                                    one axis: bias; more: weight
 *
 * Embeddings are tables of real numbers: one of int64 indices is not, nor are those of rotary
 * positions, which nobody learned. Floats that only steer a
 * shape through arithmetic are shape constants while they are few.
 */
oray_role role_rank(const role_evidence *e);

#endif
