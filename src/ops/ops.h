/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ops.h - what the standard says about each operator.
 *
 * The table has one row for every version of an operator that changed its interface: formal inputs
 * and outputs, attributes with types and defaults, what each input is for, and a category that
 * decides colour and grouping. It is data; nothing here looks at a model.
 *
 * Domains known: ai.onnx (a lookup may also spell it ""), ai.onnx.ml, ai.onnx.preview,
 * ai.onnx.preview.training, ai.onnx.training (which has no operators yet), com.microsoft and the
 * two layout domains of ONNX Runtime, com.microsoft.nchwc and com.ms.internal.nhwc; besides, the
 * quantization operators of QONNX, Brevitas, FINN and Quark. An operator that is not here is not an
 * error: ops_find() returns NULL and the caller says "unknown".
 *
 * Everything is constant data: any thread may ask at any time, and nothing needs to be freed.
 */
#ifndef OPS_OPS_H
#define OPS_OPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What an operator does, in the granularity of a colour. Every operator of the table has one. */
typedef enum ops_category {
	OPS_CUSTOM,        /**< not in the table: somebody's own operator */
	OPS_FUNCTION,      /**< a call of a function that the model itself defines */
	OPS_LAYER,         /**< convolution, Gemm, recurrent: the layers that hold weights */
	OPS_MATMUL,        /**< MatMul, Einsum and their fused and integer forms */
	OPS_ATTENTION,     /**< attention and what serves only it (rotary embedding, MoE, ...) */
	OPS_ACTIVATION,    /**< Relu, Gelu, Softmax, Clip, ... */
	OPS_NORMALIZATION, /**< BatchNormalization, LayerNormalization, LRN, ... */
	OPS_POOL,          /**< max, average, global, lp, roi */
	OPS_ARITHMETIC,    /**< element by element: Add, Mul, Sqrt, Cast is not here */
	OPS_LOGIC,         /**< comparisons, boolean and bitwise operators, Where */
	OPS_REDUCTION,     /**< Reduce*, ArgMax, TopK, CumSum */
	OPS_SHAPE,  /**< Reshape, Transpose, Squeeze, Shape, Expand, Cast: values stay, the view changes
	             */
	OPS_TENSOR, /**< Concat, Split, Slice, Pad, Gather, Scatter, Resize: values move */
	OPS_CONSTANT,     /**< Constant, ConstantOfShape, Range, EyeLike, random generators */
	OPS_QUANTIZATION, /**< QuantizeLinear, DequantizeLinear, DynamicQuantizeLinear, QLinear*
	                     elementwise */
	OPS_CONTROL,      /**< If, Loop, Scan, SequenceMap, generation loops */
	OPS_SEQUENCE,     /**< sequences and optionals */
	OPS_CLASSICAL,    /**< ai.onnx.ml: trees, SVM, scalers, encoders */
	OPS_TEXT,         /**< strings and tokenizers */
	OPS_SIGNAL,       /**< DFT, STFT, windows, image decoding */
	OPS_TRAINING,     /**< losses, optimizers, gradients */
	OPS_N_CATEGORIES
} ops_category;

/** What an input is for; decides the role of a parameter that arrives there. */
typedef enum ops_role {
	OPS_DATA,   /**< an activation; a parameter here counts as `other` */
	OPS_WEIGHT, /**< multiplied with the data: Conv W, MatMul B, LSTM W and R, PRelu slope */
	OPS_BIAS,   /**< added to the result */
	OPS_NORM,   /**< learned scale and shift of a normalisation */
	OPS_NORM_STATISTIC, /**< running mean and variance */
	OPS_EMBEDDING,      /**< a table rows are picked from: Gather data, GatherBlockQuantized data */
	OPS_SCALE,          /**< quantization scale */
	OPS_ZERO_POINT,     /**< quantization zero point */
	OPS_SHAPE_CONSTANT, /**< shapes, axes, starts, ends, pads, repeats, sizes, k, trip counts */
	OPS_N_ROLES
} ops_role;

/** Attribute types; the values are those of AttributeProto.AttributeType. */
typedef enum ops_attr_type {
	OPS_ATTR_UNDEFINED = 0,
	OPS_ATTR_FLOAT = 1,
	OPS_ATTR_INT = 2,
	OPS_ATTR_STRING = 3,
	OPS_ATTR_TENSOR = 4,
	OPS_ATTR_GRAPH = 5,
	OPS_ATTR_FLOATS = 6,
	OPS_ATTR_INTS = 7,
	OPS_ATTR_STRINGS = 8,
	OPS_ATTR_TENSORS = 9,
	OPS_ATTR_GRAPHS = 10,
	OPS_ATTR_SPARSE_TENSOR = 11,
	OPS_ATTR_SPARSE_TENSORS = 12,
	OPS_ATTR_TYPE_PROTO = 13,
	OPS_ATTR_TYPE_PROTOS = 14
} ops_attr_type;

/** How shapes of outputs follow from inputs; rules.inc lists them. */
typedef enum ops_shape_rule {
#define SHAPE(name) OPS_SHAPE_##name,
#include "ops/rules.inc"
#undef SHAPE
	OPS_N_SHAPES
} ops_shape_rule;

/** How multiply-accumulates are counted; OPS_COST_none: this operator has none. */
typedef enum ops_cost_rule {
#define COST(name) OPS_COST_##name,
#include "ops/rules.inc"
#undef COST
	OPS_N_COSTS
} ops_cost_rule;

/** A formal input or output. */
typedef struct ops_formal {
	const char *name; /**< not terminated: `name_size` bytes */
	size_t name_size;
	ops_role role; /**< inputs only; OPS_DATA for outputs */
	bool optional; /**< may be left out, or be the empty name; a variadic one: may be no tensor */
	bool variadic; /**< the last one; stands for any number of tensors */
} ops_formal;

/** A formal attribute. */
typedef struct ops_attr {
	const char *name; /**< not terminated: `name_size` bytes */
	size_t name_size;
	ops_attr_type type;
	bool required;
	const char *value; /**< default as text ("1", "0.01", "NOTSET", "1,1"), or NULL: none; not
	                        terminated; a string may be empty: then not NULL, and value_size is 0 */
	size_t value_size;
} ops_attr;

/** One operator version: a row of the table. All strings live as long as the program. */
typedef struct ops_row {
	const char *domain;   /**< "ai.onnx" for the default domain */
	const char *name;     /**< operator type, "Conv" */
	const char *versions; /**< every since-version that shares this interface: "1,11,22"; versions
	                           after the first only added element types or changed the meaning */
	uint16_t since;       /**< first opset with this interface, and the first of `versions` */
	uint8_t category;     /**< ops_category */
	uint16_t shape;       /**< ops_shape_rule */
	uint8_t cost;         /**< ops_cost_rule */
	uint8_t deprecated;   /**< 1 when this version is marked deprecated */
	uint16_t min_inputs, max_inputs;   /**< max is UINT16_MAX where unbounded */
	uint16_t min_outputs, max_outputs; /**< likewise */
	const char *inputs;     /**< formals in order, the table's notation; read with ops_input() */
	const char *outputs;    /**< likewise; read with ops_output() */
	const char *attributes; /**< in alphabetical order; read with ops_attribute() */
} ops_row;

/**
 * The interface that a node of this operator has under an imported opset: the newest version not
 * above it.
 *
 * @param domain  "" and "ai.onnx" are the same. Not terminated: `domain_size` bytes.
 * @param opset   The imported version; 0 or negative when the model does not import the domain:
 *                then the newest version is returned.
 * @return A row, or NULL: unknown operator, or one that came after `opset`.
 */
const ops_row *ops_find(const char *domain, size_t domain_size, const char *name, size_t name_size,
                        int64_t opset);

/**
 * True when the table claims to know the whole domain, so that a missing operator is worth a
 * remark. False for domains of which it knows a few operators only, such as
 * qonnx.custom_op.general.
 */
bool ops_knows_domain(const char *domain, size_t domain_size);

/**
 * All rows, sorted by domain, name and since, for help, tests and documentation.
 *
 * @param n  Receives the number of rows.
 */
const ops_row *ops_rows(size_t *n);

/**
 * Formal input that actual input `index` belongs to; a variadic formal takes all that follow.
 * @return false when the operator has no such input.
 */
bool ops_input(const ops_row *row, size_t index, ops_formal *out);

/** Formal output `index`, as ops_input(). */
bool ops_output(const ops_row *row, size_t index, ops_formal *out);

/** Formal attribute `index`, in alphabetical order. @return false past the last. */
bool ops_attribute(const ops_row *row, size_t index, ops_attr *out);

/** Formal attribute by name. @return false when the operator has none of that name. */
bool ops_attribute_named(const ops_row *row, const char *name, size_t name_size, ops_attr *out);

/** "layer", "activation", ... as used in JSON, themes and help. */
const char *ops_category_name(ops_category category);

#endif
