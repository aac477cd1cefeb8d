/* SPDX-License-Identifier: Apache-2.0 */
/*
 * role_flow.h - what is known about every value of a model, as far as roles of parameters need it.
 *
 *     w ── Identity ── Transpose ──┐
 *                                  MatMul ── Add ── Softmax
 *     x ───────────────────────────┘          │
 *     b ──────────────────────────────────────┘
 *
 * Some nodes only change the guise of a value. What they make is the same thing for our purposes,
 * and the value where such a chain starts, `w`, is its *head*. All that readers ask for, anywhere
 * along the chain, is asked of the head; so chains cost nothing however long they are.
 *
 * Two walks over the nodes suffice. Forward: heads, what is constant, where activations come from.
 * Backward: what every node asks of its inputs, which may depend on what is asked of its outputs
 * (shape arithmetic, constant arithmetic, calls, bodies). The second walk is repeated a few times
 * if a model is written in an order in which answers come too late. Memory is ten bytes a value
 * and eight an initializer.
 *
 * Training graphs take no part.
 */
#ifndef ANALYZE_ROLE_FLOW_H
#define ANALYZE_ROLE_FLOW_H

#include "analyze/role_reading.h"

enum {
	FACT_STORED = 1 << 0,    /**< given by a tensor: initializer, sparse one, Constant */
	FACT_GENERATED = 1 << 1, /**< made by a ConstantOfShape whose shape is stored */
	FACT_CONSTANT = 1 << 2,  /**< computed from stored values only; these included */
	FACT_MEASURED = 1 << 3,  /**< role_is_vector() was asked */
	FACT_ARGUMENT = 1 << 4,  /**< input of a function: callers may pass a constant */
	FACT_USED = 1 << 5,      /**< a node reads it */
	FACT_OUTPUT = 1 << 6,    /**< of a graph */
	FACT_HEAD = 1 << 7,
	FACT_DEQUANTIZED = 1 << 8,  /**< its integers stand for real numbers */
	FACT_ANNOTATES = 1 << 9,    /**< named by a quantization annotation */
	FACT_SEVERAL = 1 << 10,     /**< measured, and of more than one element */
	FACT_INITIALIZER = 1 << 11, /**< given by a dense initializer */
	FACT_ORIGIN_SHIFT = 12      /**< reading_origin, in the top bits */
};

typedef uint16_t role_facts;

/** An initializer and its value. */
typedef struct role_initializer {
	oray_id value, tensor;
} role_initializer;

/** `role_flow.context` of graphs that belong to training. */
#define ROLE_TRAINING (ORAY_NONE - 1)

/** `role_flow.link` of a head that more than one node reads. */
#define ROLE_MANY (ORAY_NONE - 1)

typedef struct role_flow {
	const oray_model *model;
	size_t n_values, n_graphs;
	size_t n_training; /**< graphs that belong to training */
	role_asks *asks;   /**< by value; of heads */
	oray_id *link;     /**< heads that are stored: the one node that reads it, or ORAY_NONE or
	                        ROLE_MANY; other values: one step towards the head */
	role_facts *facts; /**< by value; but for USED and OUTPUT: of heads */
	oray_id *context;  /**< by graph: function it is part of, ORAY_NONE, or ROLE_TRAINING */
	VEC(role_initializer) initializers; /**< outside of training graphs */
	readings readings;
	size_t n_nodes;               /**< outside of training graphs */
	size_t quantized_activations; /**< QuantizeLinear of something that is not constant */
	size_t quantized_constants;   /**< QuantizeLinear of a constant of several elements */
	bool again;                   /**< an answer came too late in the current walk */
	bool failed;                  /**< memory ran out */
} role_flow;

/**
 * Finds everything out.
 * @param visit  Called for each value outside of training graphs, or NULL.
 * @return false when memory ran out; free it all the same.
 */
bool role_flow_build(role_flow *flow, const oray_model *model,
                     void (*visit)(void *context, const oray_value *value), void *context);

void role_flow_free(role_flow *flow);

/** The head of a value; not ORAY_NONE. */
oray_id role_head(role_flow *flow, oray_id value);

/** True for a constant of more than one element, as far as one can tell without calculating. */
bool role_is_vector(role_flow *flow, oray_id head);

/**
 * Calls `read` for each pair of a node and the head of something it reads. A node that only passes
 * its first input on does not read it, unless nobody reads the result, or it leaves the graph.
 */
void role_each_reading(role_flow *flow, oray_id node_id, const oray_node *node, const reading *r,
                       void (*read)(void *context, oray_id head, oray_id node), void *context);

/** Calls `read` for stored values that a body hands to the node that holds it. */
void role_each_result(role_flow *flow, oray_id graph_id, const oray_graph *graph,
                      void (*read)(void *context, oray_id head, oray_id node), void *context);

/**
 * The attribute that holds the value of a Constant node, in any of its forms.
 * @return false when there is none: inside functions it may stand for an attribute of the caller.
 */
bool role_constant(const oray_model *model, const oray_node *node, oray_attribute *out);

/** The backward walk: fills `asks` and the readers in `link`. For role_flow_build(). */
void role_flow_ask(role_flow *flow);

static inline reading_origin role_origin(const role_flow *flow, oray_id head)
{
	return (reading_origin)(flow->facts[head] >> FACT_ORIGIN_SHIFT);
}

#endif
