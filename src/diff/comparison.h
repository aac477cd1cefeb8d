/* SPDX-License-Identifier: Apache-2.0 */
/*
 * comparison.h - what oray_compare() works with: both models, their pairs, and the book that
 * becomes the result.
 *
 * Here a is 0 and b is 1, as the caller gave them; pairings keep an order of their own.
 */
#ifndef DIFF_COMPARISON_H
#define DIFF_COMPARISON_H

#include "base/buf.h"
#include "diff/pairing.h"

/** The result, and what it owns. `public` comes first. */
typedef struct difference_book {
	oray_difference public;
	arena arena;
	VEC(oray_change) header;
	VEC(oray_change) interface;
	VEC(oray_change) operators;
	VEC(oray_layer_pair) layers;
	VEC(oray_weight_pair) weights;
} difference_book;

typedef struct comparison {
	const oray_model *model[2];
	const oray_difference_options *opts;
	int (*progress)(void *context, double done);
	void *context;
	strings words;
	skeleton skeleton[2];
	pairing pairing;
	unsigned side[2]; /**< of the pairing: where a and b are */
	oray_summary *summary[2];
	difference_book *book;
	VEC(oray_change) changes; /**< of the pair of nodes at hand */
	size_t *first_weight;     /**< by node of a: index in book->weights + 1 of its first one */
	size_t *next_weight;      /**< by weight: index + 1 of the next one of that node */
	buf text;                 /**< scratch */
	buf text_b;
	size_t n_faces; /**< changes of the interface that are more than a name */
	size_t n_words; /**< differences of names only: nodes, values */
	bool failed;    /**< memory ran out */
} comparison;

/** The partner of a node of `of` (0: a, 1: b), or ORAY_NONE. */
static inline oray_id comparison_partner(const comparison *c, unsigned of, oray_id node)
{
	return c->pairing.node[c->side[of]][node];
}

static inline oray_id comparison_row(const comparison *c, unsigned of, uint32_t row)
{
	return c->pairing.row[c->side[of]][row];
}

/** A copy of a text that lives as long as the result. */
const char *comparison_keep(comparison *c, const char *text);

/** The same, of a name, made printable. */
const char *comparison_name(comparison *c, oray_str name);

/** The label of a node. */
const char *comparison_label(comparison *c, unsigned of, oray_id node);

/* ---- changes.c, changes_node.c: words ---- */

/** Fills header, interface and operators. */
void changes_of_model(comparison *c);

/** Fills c->changes with what differs between two nodes of a pair. */
void changes_of_nodes(comparison *c, oray_id a, oray_id b);

/** Adds a change where the texts in c->text and c->text_b differ. */
void changes_add_texts(comparison *c, const char *what);

/* ---- changes_text.c: values as texts, appended ---- */

/** "float32 [1,3,224,224]", of what was inferred or declared; "" when nothing is known. */
void text_of_type(buf *b, const oray_model *model, oray_id type);

/** "[1,\"n\",224]"; false when the rank is unknown. */
bool text_of_shape(buf *b, const oray_model *model, oray_id type);

/** Value of an attribute; long ones by their length. */
void text_of_attribute(buf *b, const oray_model *model, oray_id attribute);

/** Elements of a short tensor: "[1,-1]", "0.5". @return false when they cannot be read. */
bool text_of_tensor(buf *b, const oray_model *model, oray_id tensor);

/* ---- fates.c ---- */

/** What became of the nodes that have no partner. Adds them to the layers. */
void fates_add(comparison *c);

/* ---- damage.c ---- */

/** Compares the weights of all pairs; fills book->weights in the order of a. */
oray_status damage_measure(comparison *c, oray_error *err);

/** Puts them in order: most damaged first. @param place  Receives the new index of each. */
void damage_sort(comparison *c, size_t *place);

/* ---- verdict.c ---- */

/** Relation and verdict, when all else is there. */
void verdict_find(comparison *c);

#endif
