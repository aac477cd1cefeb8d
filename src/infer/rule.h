/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule.h - what a shape rule sees and says.
 *
 * A rule is a function that looks at one node: the types of its inputs, the contents of small ones,
 * its attributes; and says the types of its outputs, and their contents where these are small and
 * may steer a shape. A cost rule runs after it and says how many multiply-accumulates the node
 * takes. Which operator has which rule is written in the operator table (ops/table_*.inc); the
 * names are listed in ops/rules.inc.
 *
 *     void rule_flatten(call *c)
 *     {
 *         infer_type x = call_in(c, 0);
 *         size_t axis;
 *         if (!x.ranked || !call_axis_up_to(c, call_int(c, "axis", 1), x.n, &axis)) {
 *             dim lost[2] = {DIM_LOST, DIM_LOST};
 *             call_tensor(c, 0, x.element, 2, lost);
 *             return;
 *         }
 *         dim out[2] = {dim_product(c->d, x.at, axis),
 *                       dim_product(c->d, x.at + axis, x.n - axis)};
 *         call_tensor(c, 0, x.element, 2, out);
 *         call_pass_values(c, 0, 0);
 *     }
 *
 * What rules may rely on, and what they must keep to:
 *
 *   - Anything may be unknown: kind, element type, rank, each dim, contents. Say as much as follows
 *     from what is known (a rank is worth saying when the dims are lost), and never more: a shape
 *     that is wrong is worse than none.
 *   - Anything may be absurd: negative axes out of range, strides of 0, a billion outputs. Check,
 *     complain with call_complain(), and say what still holds.
 *   - Ranks are at most RANK_MOST; what is larger is not ranked here. So `dim out[RANK_MOST]` is
 *     always enough for an output as long as the rule stops at RANK_MOST.
 *   - An output that a rule says nothing about stays unknown, or as declared.
 *   - Everything is taken from, and given to, the call; rules have no state and allocate nothing
 *     but call_scratch().
 */
#ifndef INFER_RULE_H
#define INFER_RULE_H

#include <onnxray/onnxray.h>

#include "dim/dim.h"
#include "ops/ops.h"

enum {
	RANK_MOST = 64,     /**< dims of a type that inference looks at */
	VALUES_MOST = 4096, /**< elements of a tensor whose contents are followed */
	ELEMENTS_MOST = 256 /**< of a sequence whose elements are followed one by one */
};

/** A type during inference. */
typedef struct infer_type {
	uint8_t kind;    /**< oray_kind; ORAY_KIND_UNKNOWN: nothing is known */
	bool ranked;     /**< tensors: rank and dims are there */
	uint32_t n;      /**< rank */
	int32_t element; /**< tensors: oray_type_id, 0 when unknown */
	int32_t key;     /**< maps */
	uint32_t inner;  /**< sequences, optionals, maps: id of the type inside; call_type() */
	const dim *at;   /**< n dims; stay valid until the inference ends */
} infer_type;

/** Contents of a tensor, row-major; an element may be DIM_LOST. Only if all dims are numbers. */
typedef struct infer_values {
	bool known;
	uint32_t n;
	const dim *at; /**< stay valid until the inference ends */
} infer_values;

typedef struct infer infer;

/** One node being inferred. */
typedef struct call {
	infer *x;
	dims *d;
	const oray_model *model;
	oray_id node;
	const ops_row *row; /**< interface of the operator; NULL: not in the table */
	int64_t opset;      /**< imported version of the operator's domain; newest when not imported */
	size_t n_in, n_out; /**< as written in the node */
} call;

typedef void (*infer_rule)(call *c);
typedef dim (*infer_cost)(call *c);

/* ------------------------------------------------------------------------------- inputs -- */

/** True when input `i` is given: not past the last, not left out. */
bool call_has(const call *c, size_t i);

/** Type of an input; kind ORAY_KIND_UNKNOWN when it is left out or nothing is known. */
infer_type call_in(call *c, size_t i);

/** Contents of an input. Initializers and constants are read when they are asked for. */
infer_values call_values(call *c, size_t i);

/** The only element of an input's contents, DIM_LOST when not known or not of one element. */
dim call_scalar(call *c, size_t i);

/** The model's value that arrives at an input; ORAY_NONE when left out. */
oray_id call_value_id(const call *c, size_t i);

/** What is known about a list of numbers that steers a node. */
typedef enum list_state {
	LIST_ABSENT,  /**< neither input nor attribute is there */
	LIST_UNKNOWN, /**< it is there, and not even its length is known */
	LIST_LENGTH,  /**< only its length is known: all elements are DIM_LOST */
	LIST_KNOWN    /**< elements are there, single ones may be DIM_LOST */
} list_state;

/**
 * A list that newer versions take as an input and older ones as an attribute: axes, shape, pads.
 * @param input      Position of the input, or -1 when there is only the attribute.
 * @param attribute  Name of the attribute, or NULL when there is only the input. Used where the
 *                   input is left out. A single INT counts as a list of one.
 * @param at         Receives up to `most` elements.
 * @param n          Receives their number. A list longer than `most` is LIST_UNKNOWN.
 */
list_state call_list(call *c, int input, const char *attribute, dim *at, size_t most, size_t *n);

/** As call_list() for numbers only: LIST_KNOWN means that all of them are plain numbers. */
list_state call_numbers(call *c, int input, const char *attribute, int64_t *at, size_t most,
                        size_t *n);

/* --------------------------------------------------------------------------- attributes -- */

/**
 * An attribute by name. In a function body, one that stands for an attribute of the function is
 * looked up at the call site, or is the function's default. @return false when it is not there.
 * @param name  A literal, here and below: its address is remembered.
 */
bool call_attribute(call *c, const char *name, oray_attribute *out);

/** Value of an INT attribute. Where it is absent: `fallback` (the operator's default). */
int64_t call_int(call *c, const char *name, int64_t fallback);
double call_float(call *c, const char *name, double fallback);
/** A STRING attribute; `fallback` is terminated text. */
oray_str call_str(call *c, const char *name, const char *fallback);
/** True when a STRING attribute is there, or defaults to, this text. */
bool call_str_is(call *c, const char *name, const char *fallback, const char *text);
/** Graph of a GRAPH attribute; ORAY_NONE when absent. */
oray_id call_graph(call *c, const char *name);
/** INTS, at most `most` of them; false when absent or longer. */
bool call_ints(call *c, const char *name, int64_t *at, size_t most, size_t *n);

/**
 * Counts a negative axis from the end. @return false, after a complaint, when it is not in
 * [-rank, rank-1].
 */
bool call_axis(call *c, int64_t axis, size_t rank, size_t *out);
/** The same for [-rank, rank], the positions between axes: Flatten, Unsqueeze, Shape's end. */
bool call_axis_up_to(call *c, int64_t axis, size_t rank, size_t *out);

/* ------------------------------------------------------------------------------ outputs -- */

/** True when output `i` is asked for: written in the node, not the empty name. */
bool call_wants(const call *c, size_t i);

/** Output `i` is a tensor of this element type and shape. `n` > RANK_MOST: not ranked. */
void call_tensor(call *c, size_t i, int32_t element, size_t n, const dim *at);
/** Output `i` is a tensor of unknown rank. */
void call_unranked(call *c, size_t i, int32_t element);
/** Output `i` is of type `t`. */
void call_out(call *c, size_t i, infer_type t);
/** Output `i` has the type of input `j`. */
void call_same(call *c, size_t i, size_t j);
/** Output `i` is a tensor with the shape of input `j`, and this element type. */
void call_same_shape(call *c, size_t i, size_t j, int32_t element);

/**
 * Contents of output `i`, whose type was said before: row-major, n elements. Dropped unless all
 * dims of the output are numbers with the product n, and n <= VALUES_MOST.
 */
void call_set_values(call *c, size_t i, size_t n, const dim *at);
/** Contents of input `j` arrive unchanged, in the same order, at output `i`. */
void call_pass_values(call *c, size_t i, size_t j);

/**
 * The types of the elements of a sequence, one by one: type ids as numbers, 0 for one that is not
 * known. @return false when it is not known how many there are.
 */
bool call_elements(call *c, size_t i, infer_values *out);
/** Says them of output `i`, whose type was said before; at most ELEMENTS_MOST. */
void call_set_elements(call *c, size_t i, size_t n, const dim *ids);

/** True when contents of an output of this type are worth computing: numbers, and few enough. */
bool call_can_hold(const call *c, const infer_type *t, size_t *n);

/** What was said about output `i` so far: for cost rules, and for rules in steps. */
infer_type call_said(call *c, size_t i);

/* -------------------------------------------------------------------------------- types -- */

/** A type by id, and the id of a type. Equal ids are equal types; the reverse need not hold. */
infer_type call_type(const call *c, uint32_t id);
uint32_t call_type_id(call *c, infer_type t);

/** A tensor type, to be given to call_out() or call_type_id(). `at` is copied when interned. */
static inline infer_type infer_tensor(int32_t element, bool ranked, size_t n, const dim *at)
{
	return (infer_type){.kind = ORAY_KIND_TENSOR,
	                    .ranked = ranked && n <= RANK_MOST,
	                    .n = ranked && n <= RANK_MOST ? (uint32_t)n : 0,
	                    .element = element,
	                    .at = at};
}

static inline bool type_is_float(int32_t element)
{
	return element == ORAY_FLOAT32 || element == ORAY_FLOAT64 || element == ORAY_FLOAT16 ||
	       element == ORAY_BFLOAT16 ||
	       (element >= ORAY_FLOAT8E4M3FN && element <= ORAY_FLOAT8E5M2FNUZ) ||
	       element == ORAY_FLOAT4E2M1 || element == ORAY_FLOAT8E8M0 || element == ORAY_FLOAT6E2M3 ||
	       element == ORAY_FLOAT6E3M2;
}

/* --------------------------------------------------------------------- dims and trouble -- */

/**
 * Two dims that the operator wants equal. A symbol is bound by it; a contradiction becomes a
 * finding. @return the better known of both.
 */
dim call_equal(call *c, dim a, dim b, const char *what);

/** numpy broadcasting of two dims; a contradiction becomes a finding. */
dim call_broadcast_dim(call *c, dim a, dim b);

/**
 * numpy broadcasting of `n` shapes. @return false when one of them is not ranked: then the result
 * is not either.
 */
bool call_broadcast(call *c, const infer_type *types, size_t n, dim out[RANK_MOST], size_t *rank);

/** A size that depends on contents: a new symbol, the same in each run over this node. */
dim call_fresh(call *c, size_t output, size_t axis);

/**
 * Something is wrong with the node: kept as a finding "rule", an error as it is for `check`, with
 * the node's path. One sentence, no full stop.
 */
void call_complain(call *c, const char *rule, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** Nothing that must be wrong, but no shapes follow: a warning. */
void call_warn(call *c, const char *rule, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** Memory for the duration of the call; NULL when there is none. At most a few kB a node. */
void *call_scratch(call *c, size_t size);

/* -------------------------------------------------------------------------------- names -- */

#define SHAPE(name) void rule_##name(call *c);
#define COST(name)  dim cost_##name(call *c);
#include "ops/rules.inc"
#undef SHAPE
#undef COST

#endif
