/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fold.h - contents of element-by-element operators: what their outputs hold, when their inputs are
 * small and known.
 *
 * The functions that take a call look at what was said about output 0 and at the contents of the
 * inputs, and give output 0 its contents; or do nothing, when these are unknown, too many, or the
 * operator is none whose contents are followed.
 *
 * Each result is brought into the element type it is kept in: floats are rounded to their
 * precision, integers that left their range are lost. Symbolic results are taken as they are.
 */
#ifndef INFER_FOLD_H
#define INFER_FOLD_H

#include "rules/broadcast.h"

/** Operators of one input: Neg, Floor, Sqrt, Not, IsNaN, ... */
void fold_unary(call *c);

/**
 * Operators of two inputs: Add, Mod, Equal, And, ...
 * @param first  Axis of the output above the first one of input 1.
 */
void fold_binary(call *c, size_t first);

/** Max, Min, Sum, Mean. */
void fold_variadic(call *c);

/** Where. */
void fold_where(call *c);

/** The element as a tensor of this type keeps it. */
dim fold_settle(dims *d, int32_t element, dim v);

/** The element after a conversion from one type to another: Cast. */
dim fold_cast(dims *d, int32_t from, int32_t to, dim v);

/** An integer's low bits as an integer of type `element`; lost for other types. */
dim fold_wrap(dims *d, int32_t element, int64_t v);

/** The range of an integer type, or bool; false for other types. That of uint64 ends at INT64_MAX.
 */
bool fold_range(int32_t element, int64_t *least, int64_t *most);

/** The greater of two elements; a bound that the type cannot go below is no bound. */
dim fold_max(dims *d, int32_t element, dim a, dim b);
dim fold_min(dims *d, int32_t element, dim a, dim b);

/** a + b and a * b in this type. */
dim fold_add(dims *d, int32_t element, dim a, dim b);
dim fold_mul(dims *d, int32_t element, dim a, dim b);

/** Contents for output 0, unless all of them are lost. */
void fold_give(call *c, size_t n, const dim *at);

/** Room for n contents, also for none; NULL without memory. */
static inline dim *fold_room(call *c, size_t n)
{
	return call_scratch(c, (n ? n : 1) * sizeof(dim));
}

/* ---- between the files fold_*.c ---- */

/** What an operator of two inputs does to a pair of elements. */
typedef struct fold_pair {
	const char *name;
	/**
	 * @param element  Type of the operands.
	 * @param mode     Of the operators with an attribute: fmod of Mod, LEFT of BitShift.
	 */
	dim (*op)(dims *d, int32_t element, int64_t mode, dim a, dim b);
	bool mixed;   /**< the operands may be of different types */
	bool decides; /**< one operand may be enough, however little is known of the other */
} fold_pair;

/** By name; NULL when contents are not followed. */
const fold_pair *fold_pair_of(const char *name);

#endif
