/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scope.h - the module a node belongs to, as far as names tell.
 *
 * Three kinds of evidence, the first that is there wins:
 *
 *     pkg.torch.onnx.name_scopes   ['', 'layer2', 'layer2.1', 'layer2.1.conv1', 'conv2d_7']
 *     pkg.torch.onnx.namespace     : ResNet/layer2: Sequential/.../conv2d_7: aten.conv2d.default
 *     (or just `namespace`)
 *     the node's name              /layer2/layer2.1/conv1/Conv      layer2/layer2.1/conv1
 *                                  model/dense/MatMul;model/dense/BiasAdd   model/dense
 *
 * In metadata the last entry is the operation itself and is left out. Its entries repeat each
 * other; what they add is joined: "layer2/1/conv1". A name counts up to its last "/"; of names that
 * a converter joined with ";" the first one counts. Without any of these the scope is empty.
 */
#ifndef ANALYZE_SCOPE_H
#define ANALYZE_SCOPE_H

#include <onnxray/onnxray.h>

#include "base/buf.h"
#include "base/strings.h"

/** Keeps every scope once. */
typedef struct scopes {
	strings pool;
	buf path;    /**< scratch */
	bool failed; /**< memory ran out */
} scopes;

/** Prepares a zeroed struct. */
void scopes_init(scopes *s);

/** The scope of a node, {"", 0} when there is none; lives as long as `s`. */
oray_str scope_of(scopes *s, const oray_node *node);

void scopes_free(scopes *s);

#endif
