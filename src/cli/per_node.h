/* SPDX-License-Identifier: Apache-2.0 */
/*
 * per_node.h - numbers from outside, a node each: latencies, errors, whatever somebody measured.
 */
#ifndef CLI_PER_NODE_H
#define CLI_PER_NODE_H

#include "draft.h"

#include <onnxray/onnxray.h>

typedef struct per_node {
	char *title;    /**< of the column of numbers; the file's name where it has none */
	double *values; /**< by node, NAN where there is none */
	size_t rows, matched;
} per_node;

/**
 * Reads a table of names and numbers: quoted as RFC 4180 says or not, between commas, semicolons or
 * tabs, with or without titles. The first two columns count. A name is that of a node or of one of
 * its outputs, or made of operator and index, Conv_17. Several rows of one node add up; what is no
 * number, infinite or no name of the model is counted and left out.
 * @param notes  Receives lines for standard error: what was left out.
 * @return ORAY_ERR_USAGE with a message when nothing matches; everything else is freed then.
 */
oray_status per_node_read(const oray_model *model, const char *path, per_node *out, draft *notes,
                          oray_error *err);

void per_node_free(per_node *numbers);

#endif
