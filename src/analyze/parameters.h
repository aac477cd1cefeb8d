/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parameters.h - every stored tensor of a model, one after the other.
 *
 * The summary only wants sums and keeps nothing; lists and tables keep what they need.
 */
#ifndef ANALYZE_PARAMETERS_H
#define ANALYZE_PARAMETERS_H

#include "analyze/role_flow.h"

enum { PARAMETER_SHAPE_MAX = 64 };

/** One stored tensor. Valid during the visit, `dims` included. */
typedef struct parameter {
	oray_id value;
	oray_id tensor; /**< or ORAY_NONE; of a sparse one: its values */
	oray_id node;   /**< the Constant or ConstantOfShape, else ORAY_NONE */
	oray_id graph;
	oray_str name;
	int32_t type;
	size_t n_dims;
	const int64_t *dims;
	oray_count plain;    /**< product of dims */
	oray_count elements; /**< logical */
	oray_count bytes;    /**< stored */
	oray_role role;
	oray_keeping keeping;
	bool is_initializer; /**< a dense one */
	bool in_training;    /**< of a training graph: only to be counted apart */
	bool is_shared;      /**< more than one node reads it */
	bool is_unused;
	bool is_quantized;   /**< stored in few bits, by type or by what is done with it */
	bool is_rounded;     /**< to few bits, when it is used */
	bool is_dequantized; /**< some node makes real numbers of it */
	uint64_t offset;     /**< in the file, to list in file order */
	bool is_external;    /**< then: */
	oray_str location;
	uint64_t external_bytes;            /**< length as given, or as dims want it */
	int64_t shape[PARAMETER_SHAPE_MAX]; /**< room for dims that stand nowhere else */
} parameter;

/**
 * Visits all stored tensors: initializers, then the others, each in the order of their values.
 * @param visit  Returns false to stop.
 * @return false when stopped.
 */
bool parameters_walk(role_flow *flow, bool (*visit)(void *context, const parameter *p),
                     void *context);

/** Sums, and what the question of quantization needs besides. */
typedef struct parameter_sums {
	oray_parameters public;
	uint64_t weight_elements;    /**< weights and embeddings */
	uint64_t quantized_elements; /**< of these, stored quantized, or rounded when used */
	size_t dequantized_weights;  /**< tensors of these that go through DequantizeLinear */
} parameter_sums;

void parameter_sums_init(parameter_sums *sums);
void parameter_sums_add(parameter_sums *sums, const parameter *p);

/** All tensors with their readers, to be freed like any list; NULL when memory ran out. */
oray_parameter_list *parameters_list(role_flow *flow);

/** True for the roles that make up the total. */
bool parameter_role_counts(oray_role role);

/**
 * Logical elements of a weight that holds several in each stored element, from the attributes of
 * the node that reads it.
 * @param stored  Elements as stored.
 * @return `stored` when nothing better is known or the attributes promise more than there is room.
 */
oray_count parameter_unpacked(role_flow *flow, oray_id value, int32_t type, oray_count stored);

#endif
