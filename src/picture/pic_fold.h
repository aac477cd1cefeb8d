/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_fold.h - what is left out of a picture, and what is said in its place.
 *
 * A node is folded into rows (a Constant, arithmetic on shapes), into wires (QuantizeLinear and
 * DequantizeLinear), or into a box that stands for many nodes: a module, or layers that are like
 * the one before them. Each step takes time linear in nodes and their inputs, recurses nowhere and
 * ends on graphs with cycles. What is folded is counted: a picture says what it does not show.
 */
#ifndef PICTURE_PIC_FOLD_H
#define PICTURE_PIC_FOLD_H

#include "picture/pic_label.h"
#include "picture/pic_plan.h"

/** Nodes that have no box of their own, and in their place. */
typedef struct pic_folding {
	/** By value, for what a folded DequantizeLinear makes: the value that is quantized, in front of
	 *  all folded pairs, or the initializer; itself elsewhere. NULL: none is folded. */
	oray_id *source;
	/** By node, of a folded one (PIC_SHAPE): the value whose shape it is made of; ORAY_NONE: of
	 *  several, or of none. NULL: none is folded. */
	oray_id *shape_of;
	size_t constants, shapes, quantizers; /**< nodes */
} pic_folding;

/** Many nodes in one box: an item of kind PIC_MODULE, whose `id` is the index of the group. */
typedef struct pic_group {
	oray_str name;    /**< path of the module; of repeats that of the layer drawn before them, may
	                       be empty. Borrowed from pic_groups.layers */
	uint32_t repeats; /**< 0: a module; otherwise how many layers it stands for */
	uint32_t part, parts; /**< a module that is left and entered again is drawn in parts; 0 of 0 */
	uint32_t first;       /**< among pic_groups.nodes */
	uint32_t n;           /**< nodes; 0: this group is part of another now */
	uint64_t parameters;
	oray_amount macs;
	bool counts_macs;
	uint32_t inputs,
	    outputs; /**< of the graph, that only it has to do with and that are not drawn */
} pic_group;

typedef struct pic_groups {
	VEC(pic_group) all;
	oray_id *nodes; /**< of the groups, in file order */
	size_t n_nodes;
	uint32_t *of; /**< by node: its group, ORAY_NONE */
	oray_layers *layers;
	uint32_t *row; /**< by node: among the layers, ORAY_NONE */
} pic_groups;

/** What an ORAY_FOLD_... of 0 stands for. */
unsigned pic_fold_bits(const oray_drawing *drawing);

/** Gives every node that is folded into rows or wires its fate. */
oray_status pic_fold_nodes(pic_plan *plan, unsigned bits, oray_error *err);

/** The same for arithmetic on shapes alone: pic_shapes.c. */
oray_status pic_fold_shapes(pic_plan *plan, oray_error *err);

/**
 * Gives nodes of modules `depth` levels deep a common box (0: none), and layers that are equal to
 * the one before them. Items and wires have to be there.
 */
oray_status pic_fold_groups(pic_plan *plan, const oray_drawing *drawing, oray_error *err);

/* The steps of that: each fills `group` by item, ORAY_NONE where it stays by itself, and appends
 * the groups; pic_modules.c and pic_repeats.c. @return false without memory. */
bool pic_find_modules(pic_plan *plan, unsigned depth, uint32_t *group);
bool pic_find_repeats(pic_plan *plan, uint32_t *group);

/** A new group; NULL without memory. */
pic_group *pic_group_add(pic_plan *plan, oray_str name, uint32_t repeats);

/** By node: it holds a body that is drawn, and has to be there for its frame. Freed with heap_free(). */
bool *pic_find_holders(const pic_plan *plan);

/** Scope of a node, empty where it has none. */
oray_str pic_scope(const pic_plan *plan, oray_id node);

/** True for a Constant of the standard. */
bool pic_is_constant_node(const oray_node *node);

/** True for a value that an initializer or a Constant gives. */
bool pic_is_constant(const pic_plan *plan, const oray_value *value);

/** The constant that a value is by way of Identity and Cast, as exporters share scales; ORAY_NONE:
 *  it is none. */
oray_id pic_constant_behind(const pic_plan *plan, oray_id value);

/** True for a node whose output is written into its only reader: Constant, ConstantOfShape of a
 *  constant. */
bool pic_is_given(const pic_plan *plan, const oray_node *node);

/** The value that comes in place of one: see pic_folding.source. */
oray_id pic_source(const pic_plan *plan, oray_id value);

/** Of a wire that begins at pic_source(): the value it carries, quantized where pairs are folded.
 */
oray_id pic_carried(const pic_plan *plan, oray_id value);

/** The row of an input that is folded arithmetic on shapes: "from shape of x". @return false: it is
 *  not. */
bool pic_shape_row(pic_look *look, oray_id value, buf *out);

/** What a folded DequantizeLinear adds to the row of a weight: "per channel", "blocks of 32". */
void pic_quantized_row(const pic_plan *plan, oray_id value, buf *out);

/** Label, tooltip and class of a group. */
void pic_label_group(pic_look *look, const pic_group *group);
void pic_tip_group(pic_look *look, const pic_group *group, buf *tip);

/** "Not drawn: 12 constants, 310 nodes that compute shapes.", nothing where all is drawn. */
void pic_fold_text(const pic_plan *plan, buf *out);

/** Gives back what folding keeps in a plan. */
void pic_fold_free(pic_plan *plan);

#endif
