/* SPDX-License-Identifier: Apache-2.0 */
/*
 * layers.h - the parts of the layer writer.
 */
#ifndef EXPORT_LAYERS_H
#define EXPORT_LAYERS_H

#include "base/strings.h"
#include "export/grid.h"

/** Layers in the order that is asked for, and what is known of them as a whole. */
typedef struct layer_view {
	const oray_layers *layers;
	size_t n;        /**< rows that are shown, after `top` */
	size_t *order;   /**< indices into layers->rows; to be freed */
	bool any_macs;   /**< something is known of the MACs of some row */
	bool any_memory; /**< something is known of the outputs of some row */
	bool any_contradiction;
	oray_counting counting;
	bool any_shape;  /**< some output has a known rank */
	bool most_types; /**< more than half of the nodes have an output whose type is known */
	bool any_graph;  /**< some row is not of the main graph */
} layer_view;

/** The table, in text and Markdown. */
void layers_table(emit *e, const layer_view *view, const oray_style *style);

/** CSV. */
void layers_csv(emit *e, const layer_view *view, const oray_style *style);

/** {"schema":1,"layers":[...]}, one row a line; with `tree` also "modules". */
void layers_json(emit *e, const layer_view *view, const oray_style *style);

/** One row a line. */
void layers_ndjson(emit *e, const layer_view *view, const oray_style *style);

/* -------------------------------------------------------------------------------- tree -- */

/** Modules deeper than this belong to the one at this depth. */
#define MODULE_DEPTH 48

/** A module: what has the same beginning of its scope. Its number is that of its path. */
typedef struct module {
	oray_id parent; /**< ORAY_NONE for the root, which is module 0 */
	oray_id first_child, last_child, next_sibling;
	uint32_t depth;             /**< 0 for the root */
	size_t first_row, last_row; /**< rows directly in it, linked by module_tree.next_row */
	size_t own_nodes;
	size_t nodes; /**< sums over all below */
	uint64_t parameters;
	oray_count bytes;
	oray_amount macs, memory;
	uint64_t signature; /**< equal for modules that look the same */
} module;

/** Modules by path; ids are those of `paths`. A parent comes before its children. */
typedef struct module_tree {
	const oray_layers *layers;
	strings paths;
	VEC(module) modules;
	size_t *next_row; /**< by row of `layers`; SIZE_MAX at the end */
} module_tree;

/** Last part of a module's path. */
oray_str module_name(const module_tree *tree, oray_id module);

/** @param depth  Deepest module that is told apart; 0: no limit. False when memory is out. */
bool module_tree_make(module_tree *tree, const oray_layers *layers, unsigned depth);
void module_tree_free(module_tree *tree);

/** The table of modules, in text, Markdown and CSV. */
void modules_table(emit *e, const layer_view *view, const oray_style *style);

/** The array "modules". */
void modules_json(emit *e, const layer_view *view, const oray_style *style);

#endif
