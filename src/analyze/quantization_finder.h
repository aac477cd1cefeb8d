/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quantization_finder.h - one node of the walk that looks for encodings, and what is asked about
 * it.
 */
#ifndef ANALYZE_QUANTIZATION_FINDER_H
#define ANALYZE_QUANTIZATION_FINDER_H

#include "analyze/quantization.h"

enum { USES_MOST = 64, RANK_MOST = 64 };

/** The node that is looked at. */
typedef struct finder {
	quant_book *book;
	const oray_model *model;
	oray_id id;
	oray_node node;
	reading own;
	const reading *r; /* NULL, or `own`, since asking for others may change what was told */
} finder;

/* -------------------------------------------------------------------- kinds of nodes -- */

/** QuantizeLinear and its like. */
void find_quantize(finder *f);
/** DequantizeLinear and its like. */
void find_dequantize(finder *f);
/** DynamicQuantizeLinear. */
void find_dynamic(finder *f);
/** One position of an operator that computes on few bits. */
void find_slot(finder *f, const quant_slot *slot);
/** QLinearConcat. */
void find_concat(finder *f);
/** A weight that the operator keeps packed in bytes. */
void find_packed(finder *f, const quant_slot *slot);
/** Rounds: real numbers in, real numbers out. */
void find_fake(finder *f);

/* ----------------------------------------------------------------------------- asking -- */

bool finder_is(const oray_node *node, const char *op);

/** ORAY_NONE for a negative index, and where the node has none. */
oray_id finder_input(const oray_node *node, int index);

/** The first one. */
oray_id finder_output(const oray_node *node);

const reading *finder_reading(quant_book *book, const oray_node *node);

/** float16, bfloat16, float32, float64. */
bool finder_is_real(int32_t type);

/** A constant of real numbers that is rounded on its way. */
bool finder_is_fake(const finder *f, oray_id value);

/** Weight or bias: what a stored value is for. */
oray_quantized_role finder_role(quant_book *book, oray_id value, int32_t type);

/** The compute node at the end of the way from a value, through nodes that pass it on. */
oray_id finder_reader(quant_book *book, oray_id value);

/** The first DequantizeLinear that makes real numbers of a value. */
oray_id finder_dequantizer(quant_book *book, oray_id value, oray_id *real);

/* ---------------------------------------------------------------------------- telling -- */

/** A value carries an encoding, unless it carries another one. */
void finder_carry(quant_book *book, oray_id value, const oray_encoding *e);

/** Notes that the node reads an encoding by these, unless they are the ones it was made with. */
void finder_claim(finder *f, size_t encoding, oray_id scale, oray_id zero);

/** Names of an encoding. @param holder  Value with the integers. @param origin  What it stands for.
 */
void finder_describe(quant_book *book, oray_encoding *e, oray_id holder, oray_id origin);

/** Dims of the tensor, else those that were inferred. */
void finder_dims(quant_book *book, oray_encoding *e);

/** Granularity, scale and zero point; dims where they are missing. */
void finder_finish(finder *f, oray_encoding *e, oray_id scale, oray_id zero, int64_t axis,
                   int64_t block);

#endif
