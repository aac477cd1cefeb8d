/* SPDX-License-Identifier: Apache-2.0 */
/*
 * skeleton.h - a model as a comparison sees it: what computes, without what only helps.
 *
 *     x ── QuantizeLinear ── DequantizeLinear ──┐
 *                                               Conv ── Relu ── Cast ── ...
 *     w_quantized ── DequantizeLinear ──────────┘
 *
 * Here a Conv reads x and w_quantized, and a Relu reads the Conv. The helpers between are *seen
 * through*: every value has a *source*, the value it stands for. What is left are the layers, each
 * with a class that says what it does whatever a toolchain calls it (Conv, QLinearConv and
 * ConvInteger are one class), with the stored tensors it reads, and with the layers around it.
 *
 * Texts of both models are ids of one pool, so that equal texts are equal numbers.
 */
#ifndef DIFF_SKELETON_H
#define DIFF_SKELETON_H

#include <onnxray/onnxray.h>

#include "base/mem.h"
#include "base/strings.h"

/** What a node is to a comparison. */
typedef enum bone_kind {
	BONE_LAYER,
	BONE_QUANTIZATION, /**< rounds, or gives rounded numbers their scale */
	BONE_CAST,         /**< changes the type only */
	BONE_IDENTITY,     /**< changes nothing */
	BONE_CONSTANT,     /**< a stored tensor as a node */
	BONE_FOLDED        /**< computed from stored tensors only */
} bone_kind;

/** A stored tensor that a layer reads. */
typedef struct bone_slot {
	uint32_t input; /**< which input of the node */
	uint32_t row;   /**< of skeleton.rows */
	bool in_guise;  /**< by way of a Transpose or the like of constants */
} bone_slot;

/** A node. */
typedef struct bone {
	uint8_t kind;  /**< bone_kind */
	bool has_name; /**< and the name tells more than a number does */
	bool holds;    /**< bodies */
	oray_id class; /**< text: "Conv" for QLinearConv as well */
	oray_id name;  /**< text, without what toolchains append; ORAY_NONE when empty */
	oray_id graph;
	uint32_t first_slot, n_slots;
	uint32_t first_data, n_data; /**< of skeleton.data: sources of what flows in */
	uint64_t signature;          /**< class and shapes of main weights */
} bone;

/** A stored tensor. */
typedef struct weight_row {
	const oray_parameter *parameter;
	const oray_encoding *encoding; /**< NULL: real numbers as they are */
	int32_t type;                  /**< logical */
	size_t n_dims;                 /**< logical */
	const int64_t *dims;
	oray_count elements; /**< logical */
	oray_role role;
	bool is_compared;  /**< as a weight; others are changes of the nodes that read them */
	oray_id name;      /**< text, without suffixes; ORAY_NONE when empty */
	oray_id reader;    /**< first layer that reads it, or ORAY_NONE */
	uint32_t readers;  /**< layers that do */
	uint64_t shape;    /**< hash of its dims in ascending order, ones left out */
	uint32_t wanted;   /**< numbers in a sample */
	uint32_t n_sample; /**< numbers there are */
	float *sample[2];  /**< or NULL; the second one with the last two dims swapped: alike.h */
	bool tried[2];
} weight_row;

typedef struct skeleton {
	const oray_model *model;
	const oray_model_info *info;
	strings *words; /**< of both models */
	oray_parameter_list *parameters;
	oray_quantization *quantization; /**< or NULL */
	size_t n_nodes, n_values, n_rows;
	bone *bones;     /**< by node */
	oray_id *source; /**< by value */
	uint8_t *facts;  /**< by value: VALUE_... */
	oray_id *row_of; /**< by value: row of what it stands for, or ORAY_NONE */
	weight_row *rows;
	VEC(bone_slot) slots;
	VEC(oray_id) data;
	uint32_t *first_use; /**< by value, and one more: runs of `uses` */
	oray_id *uses;       /**< layers that read a source */
} skeleton;

enum {
	VALUE_CONSTANT = 1 << 0,    /**< stored, or computed from what is */
	VALUE_SCALE = 1 << 1,       /**< a scale or zero point, computed ones included */
	VALUE_ACCUMULATOR = 1 << 2, /**< integers that still want their scale */
	VALUE_GUISE = 1 << 3        /**< its source in another order or shape */
};

/**
 * Builds the skeleton of a model.
 * @param words  A pool that is shared with the other model.
 * @return false when memory ran out, `err` says so; free it all the same.
 */
bool skeleton_build(skeleton *s, const oray_model *model, strings *words, oray_error *err);
void skeleton_free(skeleton *s);

/** Fills `rows`, `row_of`; before the nodes are looked at. */
bool skeleton_rows(skeleton *s, oray_error *err);

/** Layers that read a source: a run. */
static inline const oray_id *skeleton_uses(const skeleton *s, oray_id source, size_t *n)
{
	*n = s->first_use[source + 1] - s->first_use[source];
	return s->uses + s->first_use[source];
}

/** The only layer that reads the first output of a layer, or ORAY_NONE. */
oray_id skeleton_after(const skeleton *s, oray_id node);

/** The layer that makes the first data input of a layer, or ORAY_NONE. */
oray_id skeleton_before(const skeleton *s, oray_id node);

/** True for rows that tell a layer from others of its class: weights and embeddings. */
static inline bool row_is_main(const weight_row *row)
{
	return row->role == ORAY_ROLE_WEIGHT || row->role == ORAY_ROLE_EMBEDDING;
}

/* --------------------------------------------------------------------- skeleton_class.c -- */

/** What an operator does, whatever a toolchain calls it: "Conv" for "QLinearConv". */
oray_id class_of(strings *words, oray_str op);

/** What a node is by its operator alone: BONE_FOLDED never. */
bone_kind class_kind(oray_str op);

/** True for operators that only rearrange their first input. */
bool class_rearranges(oray_str op);

/** True when the operator makes integers that still want their scale. */
bool class_accumulates(oray_str op);

/** True for the operator that makes scales while a model runs. */
bool class_measures(oray_str op);

/** True when the texts are equal. */
bool text_is(oray_str s, const char *text);

/* ---------------------------------------------------------------------- skeleton_name.c -- */

/** A name without what toolchains append to names of nodes; ORAY_NONE for nothing. */
oray_id name_of_node(strings *words, oray_str name);

/** The same for names of values. */
oray_id name_of_value(strings *words, oray_str name);

/** True when a name tells something: not empty, and more than an operator and a number. */
bool name_tells(oray_str name);

/* ------------------------------------------------------------------------------- real.c -- */

/**
 * One element as a real number, however it is stored; NaN and infinities as they are.
 * @param at  In logical elements, row-major.
 * @return false when it cannot be read or decoded.
 */
bool real_number(const oray_model *model, const weight_row *row, uint64_t at, double *out);

/** The first `n` elements. @return false as real_number(). */
bool real_numbers(const oray_model *model, const weight_row *row, size_t n, double *out);

/**
 * Dims without ones: whether two weights have the same, and whether they have when the last two
 * of one are swapped.
 */
void real_dims(const weight_row *x, const weight_row *y, bool *plain, bool *swapped);

/** Where element `at` of the weight with the last two dims that are not 1 swapped is stored. */
uint64_t real_swapped(const weight_row *row, uint64_t at);

/* ------------------------------------------------------------------------------- hashes -- */

/** Mixes a number into a hash. */
static inline uint64_t hash_mix(uint64_t hash, uint64_t value)
{
	hash ^= value + 0x9e3779b97f4a7c15u + (hash << 6) + (hash >> 2);
	hash *= 0xff51afd7ed558ccdu;
	return hash ^ hash >> 32;
}

#endif
