/* SPDX-License-Identifier: Apache-2.0 */
/*
 * role_reading.h - what an operator makes of each thing it reads.
 *
 * A parameter gets its role from those who read it. Every operator *asks* for something at each of
 * its inputs: Conv asks its second input to be a weight. Asks are bits, because several readers may
 * ask for different things; role_rank() has the last word.
 *
 * The answers come from the operator table and are looked up once per operator type of a model.
 */
#ifndef ANALYZE_ROLE_READING_H
#define ANALYZE_ROLE_READING_H

#include <onnxray/onnxray.h>

#include "base/mem.h"
#include "ops/ops.h"

typedef uint32_t role_asks;

enum {
	/* The operator table says so; strongest first. */
	ASK_WEIGHT = 1 << 0,
	ASK_EMBEDDING = 1 << 1,
	ASK_NORM = 1 << 2,
	ASK_STATISTIC = 1 << 3,
	ASK_BIAS = 1 << 4,
	ASK_QUANTIZATION = 1 << 5,
	ASK_SHAPE = 1 << 6,
	ASK_FORMAL = 0x7f,
	/* The same, asked of something that is computed from constants. */
	ASK_DERIVED_SHIFT = 8,
	ASK_DERIVED = ASK_FORMAL << ASK_DERIVED_SHIFT,
	/* What elementwise arithmetic tells; whether it counts depends on shape and type. */
	ASK_ADDED = 1 << 16,   /**< added to an activation */
	ASK_OFFSET = 1 << 17,  /**< added to a matrix product: a bias even when it is one number */
	ASK_SCALE = 1 << 18,   /**< multiplied onto an activation, or added to such a product */
	ASK_MASK = 1 << 19,    /**< on the way into a Softmax */
	ASK_STEER = 1 << 20,   /**< ends up, by way of arithmetic, where a shape is asked for */
	ASK_HINT = 1 << 21,    /**< read by an unknown operator whose name sounds like a layer */
	ASK_JOINED = 1 << 22,  /**< concatenated with an activation */
	ASK_ROUNDED = 1 << 23, /**< as floats, to a few values: QuantizeLinear and its like */
	ASK_PACKED = 1 << 24   /**< several logical elements in one stored one */
};

/** How a node takes part in the search. */
typedef enum reading_kind {
	READ_PLAIN,
	READ_PASS,     /**< first output is the first input in another guise */
	READ_SPLIT,    /**< all outputs are */
	READ_SUM,      /**< Add and Sub */
	READ_PRODUCT,  /**< Mul */
	READ_QUOTIENT, /**< Div */
	READ_JOIN,     /**< Concat; otherwise as READ_STEER */
	READ_STEER,    /**< what asks for a shape at its output asks for one at its inputs */
	READ_SHAPE_OF,
	READ_SOFTMAX,
	READ_RANDOM, /**< not constant, whatever it reads */
	READ_CONSTANT,
	READ_GENERATE, /**< ConstantOfShape */
	READ_IF,
	READ_LOOP,
	READ_SCAN,
	READ_MAP, /**< SequenceMap */
	READ_CALL /**< of a function of the model */
} reading_kind;

/** Where an activation comes from, as far as arithmetic on it is concerned. */
typedef enum reading_origin {
	FROM_UNKNOWN,
	FROM_INPUT,    /**< of the main graph */
	FROM_LAYER,    /**< that has a bias of its own, if any: Conv, Gemm, attention */
	FROM_MATMUL,   /**< that has none, ConvInteger included */
	FROM_INTEGERS, /**< the same, as integers that still want their scale */
	FROM_DYNAMIC,  /**< DynamicQuantizeLinear: one of its results may be a scale */
	FROM_SCALING,  /**< normalised, or multiplied by a vector of constants */
	FROM_ARITHMETIC,
	FROM_ELSEWHERE /**< values that were moved around, compared, reduced, ... */
} reading_origin;

enum { READING_FORMALS = 24 };

/** One operator type of the model, under the operator sets of one graph. */
typedef struct reading {
	const ops_row *row; /**< NULL: unknown */
	int64_t opset;      /**< version imported, 0 when none */
	uint64_t count;     /**< nodes of it outside of training graphs */
	oray_id example;    /**< the first of them */
	oray_id context;    /**< whose operator sets: a function, or ORAY_NONE for the model's */
	bool known;         /**< the rest is filled */
	bool folds;         /**< results are constant when everything it reads is */
	bool asks_nothing;  /**< of any input */
	bool rounds;        /**< its result has few bits, whatever the type */
	bool quantizes, dequantizes; /**< QuantizeLinear, DequantizeLinear and their like */
	bool triples;                /**< reads (value, scale, zero point) triples */
	bool counts_macs;            /**< reading_counts_macs() */
	uint8_t kind;                /**< reading_kind */
	uint8_t origin;              /**< reading_origin of its results */
	uint8_t category;            /**< ops_category */
	role_asks hint; /**< of all inputs but the first, by the sound of an unknown name */
	uint8_t asks[READING_FORMALS]; /**< formal ones, and READING_PACKED; see reading_asks() */
} reading;

enum { READING_PACKED = 0x80 };

/** Readings by oray_node.op_type. Zero it. */
typedef struct readings {
	const oray_model *model;
	reading *at;
	size_t n, capacity;
} readings;

/** reading_of() when there is work to do. */
reading *reading_make(readings *all, const oray_node *node, oray_id context);

/**
 * The reading of a node.
 * @param context  Function whose operator sets count, or ORAY_NONE.
 * @return NULL when memory ran out; valid until the next call.
 */
static inline reading *reading_of(readings *all, const oray_node *node, oray_id context)
{
	reading *r = node->op_type < all->n ? &all->at[node->op_type] : NULL;

	return r && r->known && r->context == context ? r : reading_make(all, node, context);
}

void readings_free(readings *all);

/** What the operator asks of input `index`. */
role_asks reading_asks(const reading *r, size_t index);

/** True when a name contains a piece, which is in lower case; the name may be in any. */
bool reading_name_holds(oray_str name, const char *piece);

/** True for operators whose multiply-accumulates are counted. */
bool reading_counts_macs(const ops_row *row);

/** True when the node's first output (READ_SPLIT: each) is its first input in another guise. */
static inline bool reading_passes(const reading *r)
{
	return r->kind == READ_PASS || r->kind == READ_SPLIT;
}

#endif
