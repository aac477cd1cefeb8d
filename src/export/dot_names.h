/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dot_names.h - what the objects of a graph are called.
 *
 * Names of nodes are ours and never the model's: n17 is node 17 of the model, v42 value 42 where no
 * node produces it, g3o0 the first output of graph 3, m42 readers of value 42 that were left out,
 * an17 what only the first of two models has, g3v42 value 42 as it comes into graph 3; cluster_g3
 * is the frame around graph 3, shelf_g3 what holds it and others. Numbers are those of the library, so a picture can be traced back to
 * the model.
 */
#ifndef EXPORT_DOT_NAMES_H
#define EXPORT_DOT_NAMES_H

#include <cgraph.h>

#include "picture/pic_plan.h"

/** Added to the number of a graph: the shelf that begins with its frame. */
#define DOT_NAMES_SHELF ((IDTYPE)1 << 32)

/** How cgraph asks for names; for one graph at a time, after dot_names_begin(). */
extern Agiddisc_t dot_names_ids;

/** Begins a graph that draws a plan. */
void dot_names_begin(const pic_plan *plan);

/** The number of what is made next: item + 1, graph + 1, 0 for the graph itself. @return a name for
 * cgraph, which takes any to be the one of that object. */
char *dot_names_next(IDTYPE id);

#endif
