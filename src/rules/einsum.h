/* SPDX-License-Identifier: Apache-2.0 */
/*
 * einsum.h - an Einsum equation, and what its indices turn out to be.
 *
 * An equation is terms between commas, one for each operand, and perhaps "->" and the output's
 * term. A term is letters, each naming an index, and at most one "...", which stands for the dims
 * that have no letter: the same number in all terms, broadcast against each other. Without "->",
 * the output has the ellipsis and then the indices that appear once, in the order of ASCII.
 */
#ifndef INFER_EINSUM_H
#define INFER_EINSUM_H

#include "infer/rule.h"

enum {
	EINSUM_LETTERS = 52,
	EINSUM_ELLIPSIS = EINSUM_LETTERS, /**< as a bit of a set: all dims of the ellipsis */
	EINSUM_TERMS = 64                 /**< operands whose indices are remembered, for the cost */
};

typedef struct einsum {
	dim size[EINSUM_LETTERS];      /**< A-Z, a-z */
	uint32_t uses[EINSUM_LETTERS]; /**< how often a letter appears in the operands */
	bool has_ellipsis;             /**< some operand has one */
	bool ellipsis_known;           /**< its number of dims is known */
	size_t n_ellipsis;
	dim ellipsis[RANK_MOST];
	bool ranked; /**< the output's rank is known, its dims are in `out` */
	size_t n_out;
	dim out[RANK_MOST];
	uint64_t output; /**< set of indices, bits as above */
	size_t n_terms;
	uint64_t term[EINSUM_TERMS];
} einsum;

/**
 * Reads the node's equation and holds it against the types of the inputs.
 * @param quiet  Do not complain, and bind nothing: it was done before.
 * @return false when it makes no sense, after a complaint.
 */
bool einsum_read(call *c, bool quiet, einsum *out);

#endif
