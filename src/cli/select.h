/* SPDX-License-Identifier: Apache-2.0 */
/*
 * select.h - a part of a graph, by --around, --from, --to and --scope.
 */
#ifndef CLI_SELECT_H
#define CLI_SELECT_H

#include "options.h"

#include <onnxray/onnxray.h>

/** True when the options ask for a part only. */
bool select_wanted(const options *o);

/**
 * Finds the nodes that the options ask for. Each kind of option selects nodes; those that all kinds
 * select are the result:
 *
 *   --around  what the things of that name depend on and what depends on them, --hops edges far
 *   --from    what depends on them, and the nodes themselves
 *   --to      what they depend on, and the nodes themselves
 *   --scope   the nodes of a module, and of modules inside it
 *
 * A node is selected together with the bodies it holds, and a name inside a body stands for the
 * node of the main graph that holds it. Takes time in proportion to nodes and edges.
 *
 * @param nodes  Receives an array to be freed with free(), in file order. With --all it holds nodes
 *               of bodies as well.
 * @return ORAY_ERR_NOT_FOUND when a name is unknown or nothing is left, and the message says why.
 */
oray_status select_nodes(const oray_model *model, const options *o, oray_id **nodes, size_t *n,
                         oray_error *err);

#endif
