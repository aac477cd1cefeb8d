/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dot_draft.h - a graph of cgraph while it is built. The parts of dot.c; nobody else includes it.
 *
 * The first failure, always of memory, sets `failed`; what follows may be left undone.
 */
#ifndef EXPORT_DOT_DRAFT_H
#define EXPORT_DOT_DRAFT_H

#include <cgraph.h>

#include "export/dot.h"

/**
 * Frames side by side are put on shelves when they are very many, subgraphs that draw nothing: for
 * each node and wire cgraph asks every subgraph next to it whether it is in there.
 */
typedef struct dot_shelf {
	Agraph_t *open; /**< where the next frame goes */
	uint32_t n;     /**< frames in it */
} dot_shelf;

typedef struct dot_draft {
	picture *pic;
	const pic_plan *plan;
	const theme *theme;
	Agraph_t *root;
	bool places;
	Agraph_t **frame; /**< by graph */
	dot_shelf *shelf; /**< by graph: what its frame holds; NULL: there are few frames */
	Agnode_t **node;  /**< by item */
	uint32_t *way;    /**< by wire */
	uint32_t *tag;    /**< by wire: its first tag */
	uint32_t *beside; /**< by tag: the next one of the same wire */
	Agsym_t *node_label, *node_tip, *node_class, *node_pos, *node_width, *node_height;
	Agsym_t *wire_label, *wire_tip, *wire_style, *wire_color, *wire_class, *wire_pos;
	Agsym_t *wire_at, *tail_label, *tail_at, *head_label, *head_at;
	buf label, tip, words; /**< for whoever needs them */
	bool failed;
} dot_draft;

/** Declares every attribute, with the value that most things have. */
void dot_draft_declare(dot_draft *d, const dot_setting *extra);

/** Sets an attribute of a node or wire. */
void dot_draft_set(dot_draft *d, void *thing, Agsym_t *symbol, const char *value);

/** Sets what was written into d->words. */
void dot_draft_set_words(dot_draft *d, void *thing, Agsym_t *symbol);

/** Sets d->label, which is markup; only what comes from dot_label.h may go this way. */
void dot_draft_set_markup(dot_draft *d, void *thing, Agsym_t *symbol);

/** Sets lines of d->words as a tooltip. */
void dot_draft_set_tip(dot_draft *d, void *thing, Agsym_t *symbol);

/** Sets an attribute of the graph or of a frame alone. */
void dot_draft_set_graph(dot_draft *d, Agraph_t *g, const char *name, const char *value);

/** The same, of d->label. */
void dot_draft_set_title(dot_draft *d, Agraph_t *g);

/** Finds the ways and tags of all wires; then adds one, between nodes that are there. */
bool dot_draft_sort_wires(dot_draft *d);
void dot_draft_add_wire(dot_draft *d, uint32_t wire);

#endif
