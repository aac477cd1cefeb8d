/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ms.h - what the rules of contributed operators share. Their documentation names shapes of a fixed
 * rank, such as (batch_size, sequence_length, hidden_size), so most of them read dims by position.
 */
#ifndef INFER_MS_H
#define INFER_MS_H

#include "infer/rule.h"

enum { MS_RANK = 6 };

/** An input of a fixed rank. Dims that are not known, or not there, are lost. */
typedef struct ms_input {
	int32_t element; /**< 0 when unknown */
	bool ranked;     /**< it has the rank that was asked for */
	dim at[MS_RANK];
} ms_input;

/** An input that must have this rank, at most MS_RANK; another rank is complained about. */
ms_input ms_get(call *c, size_t input, size_t rank);

/** Element type of an input; 0 when unknown. */
int32_t ms_element(call *c, size_t input);

/** A dim of an input of any rank, negative axes from the end; lost when there is none. */
dim ms_dim(call *c, size_t input, int axis);

/** All dims of an input but the last, multiplied: the rows that a matrix is applied to. */
dim ms_rows(call *c, size_t input);

/** An INT attribute that counts something: lost when it is absent or below 1. */
dim ms_count(call *c, const char *name);

/** An INT attribute that may be 0: lost when it is negative. */
dim ms_length(call *c, const char *name, int64_t fallback);

/** A size that was read from contents: lost, after a complaint, when it is negative. */
dim ms_size(call *c, dim size);

/** One of `parts` equal parts of a dim; lost when a number is not divisible. */
dim ms_part(call *c, dim whole, dim parts);

/** The better known of two dims that are the same size by definition. */
dim ms_either(call *c, dim a, dim b, const char *what);

/** Shape of output `out` is that of input `in` with the last dim replaced. */
void ms_same_but_last(call *c, size_t out, size_t in, int32_t element, dim last);

/** Output `i`, if asked for, has the type of input `j`, if given. */
void ms_copy(call *c, size_t i, size_t j);

/** True when the operator of the node has this name. */
bool ms_is(const call *c, const char *name);

/** Output `i`, if asked for, is a tensor of these dims. */
#define MS_SAY(c, i, element, ...)                                                                 \
	ms_say(c, i, element, sizeof((dim[]){__VA_ARGS__}) / sizeof(dim), (dim[]){__VA_ARGS__})
void ms_say(call *c, size_t i, int32_t element, size_t n, const dim *at);

/** Axes of a matrix product: Y = op(A) * op(B), numpy rules for what comes before. */
typedef struct ms_product {
	size_t a, b;           /**< inputs */
	bool trans_a, trans_b; /**< the last two dims change places */
	bool batch_a, batch_b; /**< dim 0 moves to the place before the last */
} ms_product;

/** Says output 0 of a matrix product; complains when the inner dims differ. */
void ms_multiply(call *c, const ms_product *p, int32_t element);

/** Length of the common dim of a product, for costs. */
dim ms_inner(call *c, const ms_product *p);

/** The product that the attributes of FusedMatMul ask for. */
ms_product ms_fused_product(call *c);

/**
 * Sum over packed sequences of their length times all they attend to, from where each begins
 * (input `begins`, one more than there are) and how long its past is (input `pasts`, -1: none).
 * Lost unless the contents are known.
 */
dim ms_squares(call *c, int begins, int pasts);

/** Elements of output 0 as said. */
dim ms_said(call *c);

#endif
