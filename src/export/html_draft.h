/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_draft.h - the parts of the HTML page, and how its data is written.
 *
 *     page      html.c            the frame: policy, style, markup, data, script
 *     pack      html_pack.c       the data block: as it is, or deflated and in base64
 *     JSON      html_json.c       numbers, texts, and the pools that keep each text once
 *     columns   html_nodes.c, html_attrs.c, html_values.c, html_tensors.c
 *     facts     html_model.c, html_facts.c
 *     pictures  html_view.c       boxes and ways of each view; html_views.c which views there are
 *               html_labels.c     what boxes say; html_opening.c what a large page shows first
 *
 * Data is written as it is found and handed on now and then, so that memory holds each different
 * text once and little else. Texts are told by number, their list comes last. In JSON no '<' is
 * written as it is: no text of a model can end the block it is in.
 */
#ifndef EXPORT_HTML_DRAFT_H
#define EXPORT_HTML_DRAFT_H

#include "base/strings.h"
#include "export/emit.h"
#include "export/html_pack.h"
#include "ops/ops.h"
#include "picture/picture.h"

/** Bytes of one text of a model; a longer one is cut, and ends in an ellipsis. */
#define HTML_MOST_TEXT 65536

/** Formulas that are not written anew each time. */
#define HTML_FORMULAS 4096

/** What the page knows of an operator under one opset: a row of "ops". */
typedef struct html_op {
	oray_id op_type;
	int64_t opset;
	const ops_row *row;          /**< NULL: not in the operator table, or a call of a function */
	uint32_t next;               /**< the next of the same op_type, plus 1 */
	oray_node example;           /**< borrowed from the model */
	uint32_t formals, n_formals; /**< attributes that it may have: a run of html_draft.formals */
	uint32_t defaults;           /**< attributes of a node that writes none */
} html_op;

/** An attribute of an operator, and how it is when it is not written. */
typedef struct html_formal {
	ops_attr is;
	uint32_t name, text, type; /**< numbers of texts; the text is that of the default */
} html_formal;

typedef struct html_draft {
	const oray_model *model;
	const oray_model_info *info;
	const oray_drawing *drawing;
	emit *out;
	html_pack *pack;
	buf json;       /**< what was written and not handed on yet */
	char last;      /**< the byte before it */
	strings texts;  /**< told by number in the columns; 0 is "" */
	strings labels; /**< of all views; by number: */
	VEC(pic_label) label_sizes;
	strings types;            /**< "float32\n1×3\n": element type, shape; 0 is unknown */
	VEC(oray_id) type_values; /**< by number: a value of that type */
	uint32_t *type_of;        /**< by type of the model, plus 1; 0: not seen yet */
	size_t n_type_of;
	strings attributes; /**< lists of attributes, as JSON */
	VEC(html_op) ops;
	VEC(html_formal) formals;
	uint32_t *op_first; /**< by op_type: among `ops`, plus 1 */
	size_t n_op_first;
	buf word, more;      /**< for whoever needs it, for a moment */
	int64_t last_tensor; /**< of the column of values that is being written */
	struct {
		uint64_t value, formula;
		uint32_t text;
	} formulas[HTML_FORMULAS]; /**< those met lately, by a hash */
	bool failed;               /**< out of memory */
} html_draft;

/* -------------------------------------------------------------------------------- JSON -- */

/** Begins a member of an object, "name": and so on. The name is ours. */
void html_key(html_draft *d, const char *name);

/** Begins and ends a list or an object: '[', ']', '{', '}'. */
void html_open(html_draft *d, char bracket);
void html_close(html_draft *d, char bracket);

/** A number; null for one that is not known; a text. */
void html_int(html_draft *d, int64_t n);
void html_count(html_draft *d, uint64_t n);
void html_null(html_draft *d);
void html_text(html_draft *d, const char *data, size_t size);
void html_str(html_draft *d, oray_str s);
void html_cstr(html_draft *d, const char *text);

/** A number that may depend on symbols: a number, the formula as text, or null. */
void html_amount(html_draft *d, oray_amount a);

/** The same, but a formula is the number of its text, negated. */
void html_amount_short(html_draft *d, oray_amount a);

/** Number of a text among all; 0 for the empty one, and without memory. */
uint32_t html_keep(html_draft *d, const char *data, size_t size);

/** Writes the number of a text. */
void html_ref(html_draft *d, oray_str s);

/** Keys and values, as numbers of texts, in one list. */
void html_pairs(html_draft *d, const oray_pair *pairs, size_t n);

/** JSON that is ready, a value of it. */
void html_raw(html_draft *d, const char *data, size_t size);

/** JSON of another writer. Made for a sink: `context` is the draft. */
int html_foreign(void *context, const char *data, size_t size);

/** Hands on what was written if it is much. @return false when it makes no sense to go on. */
bool html_turn(html_draft *d);

/** Appends a text as it is between quotes in JSON. */
void html_escape(buf *b, const char *data, size_t size);

/* ------------------------------------------------------------------------------ columns -- */

/** What is known of a model, found before the page is written. */
typedef struct html_known {
	oray_layers *main, *all; /**< all NULL: there is one graph */
	oray_parameter_list *parameters;
	oray_summary *summary;
	const struct module_tree *tree;        /**< NULL without memory */
	const oray_quantization *quantization; /**< NULL: nothing is quantized */
} html_known;

/* Each writes members of the object that is the data. */
void html_nodes(html_draft *d, const html_known *k);
void html_values(html_draft *d);
void html_tensors(html_draft *d, const oray_parameter_list *parameters);
void html_notes(html_draft *d);
void html_model(html_draft *d);
void html_graphs(html_draft *d);
void html_themes(html_draft *d);
void html_facts(html_draft *d, const html_known *k);
void html_difference(html_draft *d);

/** The pictures; `first` is that of all nodes. */
void html_views(html_draft *d, const picture *first, const html_known *k);

/** A part of a picture. */
typedef struct html_part {
	pic_area region;
	VEC(uint32_t) items, ways; /**< in the order of the picture */
	/** By item of the picture: its place among `items`. 0 for those that are not: a way is told from
	 *  the first item then. */
	uint32_t *number;
} html_part;

bool html_part_touches(const html_part *part, const pic_area *area);

/** Point `i` of a way; one that goes on from a trunk begins at way->shared - 1, where it leaves it. */
pic_point html_way_point(const picture *pic, const pic_way *way, uint32_t i);

/**
 * Which points of a way are told: those that are not drawn already and, of a part, those of its lines
 * that touch the region and one more, so that none of these is the last.
 * @param part  NULL: everything.
 * @return the first, up to `end`; `end`: nothing of the way is seen in the part.
 */
uint32_t html_way_run(const html_part *part, const picture *pic, const pic_way *way, uint32_t *end);

/** One picture; `part`: NULL for the whole. */
void html_view(html_draft *d, const picture *pic, const html_part *part, const char *name,
               const char *kind);

/**
 * Of a large picture, what a reader sees first, in a block of its own with nothing but that: it is
 * on the screen while the rest is still being read. Of others nothing.
 */
void html_opening(html_draft *d, const picture *pic, const char *title);

/** Number of a label of a picture among all that are written; 0 without memory. */
uint32_t html_label(html_draft *d, const pic_labels *labels, uint32_t label);

/** With a difference: what became of each node, and what only the first model has. */
void html_gone(html_draft *d, const picture *first);

/* What columns refer to; after all that do. */
void html_ops(html_draft *d);
void html_types(html_draft *d);
void html_attributes(html_draft *d);
void html_labels(html_draft *d);
void html_texts(html_draft *d);

/**
 * Number of the attributes of a node among all lists of attributes; 0: it has none.
 * @param op  NULL: of nothing that the operator table knows.
 */
uint32_t html_attributes_of(html_draft *d, const oray_node *node, const html_op *op);

/** Fills what is known of the attributes of an operator. */
void html_formals(html_draft *d, html_op *op);

/** Number of the operator of a node among `ops`. */
uint32_t html_op_of(html_draft *d, const oray_node *node);

#endif
