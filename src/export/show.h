/* SPDX-License-Identifier: Apache-2.0 */
/*
 * show.h - everything about one thing, as a page and as JSON.
 *
 * JSON documents have "schema", "kind" ("node", "value", "function", "graph") and "name"; their
 * fields are listed in show_json.c. Lists of users are complete up to JSON_LIST; their length is
 * given as well.
 */
#ifndef EXPORT_SHOW_H
#define EXPORT_SHOW_H

#include "export/json.h"
#include "export/page.h"

/* Sections of a page; each ends without a blank line. */
void show_node(page *p, const oray_model *model, oray_id node);
void show_value(page *p, const oray_model *model, oray_id value);
void show_function(page *p, const oray_model *model, oray_id function);
void show_graph(page *p, const oray_model *model, oray_id graph);

/* Fill the rest of a document that has "schema" and "kind". */
void show_node_json(emit *e, cJSON *document, const oray_model *model, oray_id node);
void show_value_json(emit *e, cJSON *document, const oray_model *model, oray_id value);
void show_function_json(emit *e, cJSON *document, const oray_model *model, oray_id function);
void show_graph_json(emit *e, cJSON *document, const oray_model *model, oray_id graph);

/* ---------------------------------------------------------------- pieces for all of them -- */

/** "name" of an input or output of a node by its operator: "W", "inputs[3]", or "#3". */
void show_formal(buf *b, const oray_model *model, const oray_node *node, size_t index, bool output);

/** Nodes by label, "Conv_0, Relu_1 and 12 more"; a node that is there twice in a row once. */
void show_nodes(buf *b, const oray_model *model, const oray_id *nodes, size_t n, size_t most);

/** Facts for a documentation string and for metadata. */
void show_doc(page *p, oray_str doc);
void show_metadata(page *p, const oray_pair *pairs, size_t n);

/** A list of values with their types under a title. */
void show_values(page *p, const oray_model *model, const char *title, const oray_id *values,
                 size_t n);

/** Where a value comes from: "input of main graph", "= 0.5", "initializer = 1, 2", "from n". */
void show_source(buf *b, const oray_model *model, oray_id value, const glyphs *g);

/** The tensor behind a value: its initializer, or that of the Constant node; else ORAY_NONE. */
oray_id show_tensor_of(const oray_model *model, const oray_value *v);

/** Costs of one node as the layer list tells them; false when they cannot be had. */
bool show_costs(const oray_model *model, oray_id node, oray_layer *out);

/** Role of a value's tensor; false when it is none. */
bool show_role(const oray_model *model, oray_id value, oray_role *out);

#endif
