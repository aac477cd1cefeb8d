/* SPDX-License-Identifier: Apache-2.0 */
/*
 * invent.h - numbers, words and pieces of models, drawn so that they meet what rules look at: the
 * operators and attributes of our own table, names of the model, numbers at which arithmetic
 * breaks.
 */
#ifndef FUZZ_INVENT_H
#define FUZZ_INVENT_H

#include "ops/ops.h"
#include "tree.h"

/** What is drawn from. */
typedef struct inventor {
	uint64_t state;     /**< of the random numbers; not 0 */
	const tree *model;  /**< for names */
	const ops_row *row; /**< the operator whose node is made or changed, or NULL */
} inventor;

/** A number below `n`; 0 for n = 0. */
uint32_t roll(inventor *v, uint32_t n);

/** A number at which something may break. */
int64_t invent_number(inventor *v);

/** The same for a float, as its bits. */
uint32_t invent_float(inventor *v);

/** Appends the contents of a text field of a message of this form. */
void invent_word(inventor *v, const form *f, uint32_t number, bytes *out);

/** Appends one new field of a message of this form, with its tag. `depth` is how many messages may
 *  lie in each other within it. */
void invent_field(inventor *v, const form *f, const ProtobufCFieldDescriptor *d, int depth,
                  bytes *out);

/** A row of the table for the node whose fields these are; NULL: none. */
const ops_row *invent_row_of(const uint8_t *data, const field *fields, size_t n);

#endif
