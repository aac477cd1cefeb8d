/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_operators.h - what an operator is, where it stands: which version of it, of which domain.
 */
#ifndef CHECK_CHECK_OPERATORS_H
#define CHECK_CHECK_OPERATORS_H

#include "check/check.h"
#include "model/imports.h"
#include "ops/ops.h"
#include "ops/types.h"

/** Answers that are kept. */
enum { CHECK_MEANINGS = 256 };

/** An operator of the model in the main graph, or in a function, which has imports of its own. */
typedef struct check_meaning {
	bool is_set;
	oray_id op, function; /**< oray_node.op_type; the function around it, or ORAY_NONE */
	bool is_imported;     /**< its domain is */
	bool is_standard;     /**< its domain is one of ai.onnx and its sisters */
	bool is_complete;     /**< ... and all its operators are known by the standard */
	bool is_experiment;   /**< an operator of the first days, which was taken back */
	int64_t version;      /**< imported one of the domain, 0: none */
	const ops_row *row;   /**< interface, or NULL: custom, or not known in this version */
	const ops_types *types;
} check_meaning;

typedef struct check_operators {
	const oray_model *model;
	model_imports imports;
	check_meaning known[CHECK_MEANINGS];
} check_operators;

/** Prepares answers. When memory runs out, operators are not known. */
void check_operators_open(check_operators *o, const oray_model *model);
void check_operators_close(check_operators *o);

/** The operator of a node. Valid until the next call. */
const check_meaning *check_meaning_of(check_operators *o, const oray_node *node, oray_id function);

/** The function around a graph, whatever bodies lie between them; ORAY_NONE: none. */
oray_id check_function_of(const oray_model *model, oray_id graph);

/** Whether a graph is run as part of the model: not one for training. */
bool check_is_run(const oray_model *model, oray_id graph);

/** The version of an operator that an import means: "7" of "1,7,11" for 9; 0: none. */
int64_t check_since(const char *versions, int64_t import);

#endif
