/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quantization.h - how a model is quantized: what is found, node by node, and what is made of it.
 *
 *     find      quantization_find.c    nodes that quantize or compute on integers, by kind:
 *                                      quantization_pairs.c, _fake.c, and _operators.c, _packed.c
 * by a table of positions, quantization_slots.c read      quantization_read.c    scales and zero
 * points, to real numbers layers    quantization_layers.c  what compute nodes compute with check
 * quantization_check.c   what looks wrong, _check_flow.c, _check_layers.c
 *
 * An encoding is known by the values that carry it: the integers, and the real numbers that some
 * node makes of them. Whoever reads such a value, perhaps behind a Reshape, reads that encoding.
 */
#ifndef ANALYZE_QUANTIZATION_H
#define ANALYZE_QUANTIZATION_H

#include "analyze/parameters.h"

/** What kind of node told about an encoding. */
typedef enum quant_source {
	QUANT_BY_QUANTIZE,   /**< QuantizeLinear and its like */
	QUANT_BY_DEQUANTIZE, /**< DequantizeLinear of what is stored, or comes from elsewhere */
	QUANT_BY_OPERATOR,   /**< QLinearConv, MatMulInteger, MatMulNBits, ... */
	QUANT_BY_FAKE,       /**< Quant, MXQuantizeDequantize: real numbers in and out */
	QUANT_BY_ANNOTATION
} quant_source;

/** What is known of an encoding besides what is public. */
typedef struct quant_facts {
	uint8_t source;      /**< quant_source */
	oray_id scale, zero; /**< values, or ORAY_NONE */
	int32_t zero_type;   /**< 0: not known */
	bool narrow;         /**< the lowest number is the negative of the highest */
	bool scale_read;     /**< all scales were read */
	bool unreadable;     /**< they are stored, but could not be read */
	uint64_t zeros, bad, negative, denormal;        /**< scales */
	uint64_t zero_points, out_of_range, off_middle; /**< zero points */
	uint64_t nonzero;                               /**< zero points */
	bool axis_said;                                 /**< more than one scale, along `axis_value` */
	int64_t axis_value;                             /**< as written */
	bool axis_bad;                                  /**< out of rank */
	uint64_t length_wanted;  /**< scales there should be; 0: as many as there are, or not known */
	bool laid_out_otherwise; /**< blocks: scales have other axes than the data */
	oray_id quantizer;       /**< QuantizeLinear, or ORAY_NONE */
	oray_id dequantizer;     /**< the first DequantizeLinear of it, or ORAY_NONE */
} quant_facts;

/** An encoding that only holds within one node. */
typedef struct quant_own {
	oray_id node;
	uint32_t encoding;
} quant_own;

/** A node that reads integers by a scale of its own. */
typedef struct quant_claim {
	oray_id node;
	uint32_t encoding; /**< that they carry */
	oray_id scale, zero;
} quant_claim;

/** How often a rule was broken. */
typedef struct quant_count {
	const char *rule;
	size_t n;
} quant_count;

/** What oray_explain_quantization() hands out, and what it works with. */
typedef struct quant_book {
	oray_quantization public;
	arena texts;
	VEC(oray_encoding) encodings;
	VEC(quant_facts) facts; /**< by encoding */
	VEC(oray_quantized_layer) layers;
	VEC(oray_finding) findings;
	VEC(quant_count) counts;
	/* while working */
	role_flow flow;
	parameter_sums sums;
	uint32_t *by_value; /**< encoding + 1; 0: none */
	uint8_t *roles;     /**< by value: oray_role + 1 of stored ones; 0: none */
	VEC(quant_own) own; /**< ascending by node */
	VEC(quant_claim) claims;
	bool shallow; /**< only which layers are quantized: no scale is read */
	bool failed;  /**< memory ran out */
} quant_book;

/* ------------------------------------------------------------------------------- slots -- */

typedef enum quant_place { PLACE_INPUT, PLACE_WEIGHT, PLACE_BIAS, PLACE_OUTPUT } quant_place;

/** Along which axis a vector of scales lies. */
typedef enum quant_axis {
	AXIS_FIRST,
	AXIS_LAST,
	AXIS_GEMM,     /**< of B: 1, or 0 if transB */
	AXIS_ATTRIBUTE /**< "axis", 1 when not given */
} quant_axis;

/** What an operator computes with, by position. */
typedef struct quant_slot {
	const char *op;
	uint8_t place;              /**< quant_place */
	int8_t value, scale, zero;  /**< inputs; `value` of PLACE_OUTPUT: an output; -1: none */
	uint8_t axis;               /**< quant_axis */
	uint8_t packing;            /**< oray_packing */
	bool dynamic;               /**< scales are found out in there */
	const char *rows, *columns; /**< attributes for dims of packed ones, or NULL */
} quant_slot;

/** The first row of an operator, the others follow; NULL when there is none. */
const quant_slot *quant_slots(const char *op);

/* -------------------------------------------------------------------------------- find -- */

/** Finds all encodings. */
void quant_find(quant_book *book);

/** A new encoding, with nothing known but these; NULL when memory ran out. */
oray_encoding *quant_new(quant_book *book, oray_quantized_role role, quant_source source,
                         oray_id value, oray_id node);

/** The facts of an encoding of the book. */
quant_facts *quant_facts_of(quant_book *book, const oray_encoding *e);

/** Attribute of a node, a number. @return false when it has none of that name. */
bool quant_attribute(const oray_model *model, const oray_node *node, const char *name,
                     oray_attribute *out);
int64_t quant_int(const oray_model *model, const oray_node *node, const char *name,
                  int64_t otherwise);

/** Element type of a value, 0 when nobody says. */
int32_t quant_type_of(const quant_book *book, oray_id value);

/** The tensor that is stored for a value, seen through Identity and the like; or ORAY_NONE. */
oray_id quant_stored(quant_book *book, oray_id value);

/**
 * The encoding a value carries, looking back through nodes that only pass it on.
 * @param through  Also through Relu, pools and the like.
 * @return its number, SIZE_MAX when there is none.
 */
size_t quant_trace(quant_book *book, oray_id value, bool through);

/* -------------------------------------------------------------------------------- read -- */

/** Fills all that scale and zero point say. Type, bits, dims and packing are set. */
void quant_read(quant_book *book, oray_encoding *e, oray_id scale, oray_id zero);

/** Granularity from the shape of the scale. @param axis  As the node says. @param block  0: none.
 */
void quant_granularity(quant_book *book, oray_encoding *e, oray_id scale, int64_t axis,
                       int64_t block);

/** Lowest and highest number of a type with so many bits used. @return false: no such type. */
bool quant_limits(int32_t type, uint32_t bits, double *low, double *high);

/** One number of a stored tensor, or of a Constant without one; NAN when it cannot be read. */
double quant_number(quant_book *book, oray_id value, uint64_t index);

/** Up to `n` numbers from `index` on. @return how many there are; 0 when they cannot be read. */
size_t quant_numbers(quant_book *book, oray_id value, uint64_t index, size_t n, double *out);

/* ------------------------------------------------------------- layers, check, toolchain -- */

void quant_layers(quant_book *book);
void quant_check(quant_book *book);

/** Its parts: where values of an encoding come from and go to; what nodes read, and what is read
 * otherwise than it was made; what layers compute with. */
void quant_check_chain(quant_book *book, const oray_encoding *e, const quant_facts *f);
void quant_check_flow(quant_book *book);
void quant_check_layers(quant_book *book);

/** Who made it, or NULL. */
const char *quant_toolchain(const quant_book *book);

/** True for TensorRT and what writes for it. */
bool quant_is_tensorrt(const quant_book *book);

/** Share of compute nodes that are quantized; NAN when there are none. */
double quant_node_coverage(const quant_book *book);

/**
 * quant_node_coverage() of a model that is known to be quantized, without reading scales.
 * @param flow  Of a model whose parameters were walked.
 * @return false when memory ran out.
 */
bool quant_cover_nodes(role_flow *flow, double *coverage);

/** False where oray_explain_quantization() would find nothing; cheap, and at times true in vain. */
bool quant_possible(const oray_model *model);

/** Where a finding is: for people, and for programs. */
typedef struct quant_where {
	oray_str text;
	oray_place place;
} quant_where;

/** An encoding: its value, where it has one. */
quant_where quant_at(const oray_encoding *e);

/** A node; its label is in `text`. */
quant_where quant_label(const quant_book *book, oray_id node, char *text, size_t size);

/** Adds a finding; after some of the same rule only counts, later for models loaded thoroughly. */
void quant_finding(quant_book *book, oray_severity severity, const char *rule, quant_where where,
                   const char *format, ...) __attribute__((format(printf, 5, 6)));

/** Never NULL. */
const char *quant_type_name(int32_t type);

#endif
