/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_model.h - things of a model as JSON, the same wherever they occur.
 *
 *   VALUE      {"name","type","shape"}; a sequence, optional or map that says what it holds has
 *              "element": {"type","shape"} as well. An input that is left out has the name "".
 *   attribute  a number, string or array; of the other types an object:
 *              tensor {"type","shape","values"?; not external ones}, graph {"graph": path},
 *              sparse {"type","shape","nnz"}, type {"type","shape"}, and for an attribute that
 *              stands for one of its function {"reference": name}.
 *
 * Lists are complete up to JSON_LIST entries; a longer one is {"type","count"}. "values" of a
 * tensor are there up to a number of elements that the caller chooses, as a flat array in row-major
 * order; complex ones are pairs [re, im].
 */
#ifndef EXPORT_JSON_MODEL_H
#define EXPORT_JSON_MODEL_H

#include "export/json.h"

/** Longest list that is written out. */
#define JSON_LIST 4096

/** Longest string attribute that is written out; a longer one is {"type","bytes"}. */
#define JSON_STRING (1u << 20)

cJSON *json_dims(const int64_t *dims, size_t n);

/** Adds "name", "type" and "shape" (and "element") of a value to an object. */
void json_put_value(emit *e, cJSON *object, const oray_model *model, oray_id value);

/** A VALUE; ORAY_NONE gives one without name. */
cJSON *json_value(emit *e, const oray_model *model, oray_id value);

/** Longest list of VALUEs; the inputs of a hostile node could fill any memory. */
#define JSON_VALUES 65536

/** Adds an array of VALUEs; when it is cut to JSON_VALUES, "KEY_count" tells how many there are. */
void json_put_values(emit *e, cJSON *object, const char *key, const oray_model *model,
                     const oray_id *values, size_t n);

/** The array "inputs" of a graph; a dimension that the model leaves without a name is null. */
void json_put_inputs(emit *e, cJSON *object, const oray_model *model, const oray_id *values,
                     size_t n);

/** The array "outputs" of a model, with the words that it has for their dimensions. */
void json_put_outputs(emit *e, cJSON *object, const oray_model *model, const oray_id *values,
                      size_t n);

/** The attributes of a node, or any run of attributes: name -> value. */
cJSON *json_attributes(emit *e, const oray_model *model, oray_id first, size_t n,
                       uint64_t max_elements);

/** A tensor; values up to `max_elements`. When they cannot be read, "values_error" says why. */
cJSON *json_tensor(emit *e, const oray_model *model, oray_id tensor, uint64_t max_elements);

/** Adds "values" (or "values_error") of a tensor to an object. */
void json_put_elements(emit *e, cJSON *object, const oray_model *model, oray_id tensor,
                       uint64_t count);

/** Path of a graph as a string, "" for the main one. */
cJSON *json_graph_path(const oray_model *model, oray_id graph);

/** Label of a node as a string. */
cJSON *json_node_label(const oray_model *model, oray_id node);

/** {"code","message","file","offset","where"}; `file` without data is null. */
cJSON *json_error(emit *e, const oray_error *error, oray_str file);

/** {"ai.onnx": 17} */
cJSON *json_opsets(emit *e, const oray_opset *opsets, size_t n);

#endif
