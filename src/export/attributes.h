/* SPDX-License-Identifier: Apache-2.0 */
/*
 * attributes.h - the attributes of a node, those that were left out included.
 */
#ifndef EXPORT_ATTRIBUTES_H
#define EXPORT_ATTRIBUTES_H

#include "export/json.h"
#include "export/page.h"
#include "ops/ops.h"

/** Where an attribute comes from. */
typedef struct attribute_line {
	oray_str name;
	oray_id id;      /**< written in the model, else ORAY_NONE */
	ops_attr formal; /**< known to the operator table when formal.name is set */
	size_t order;
} attribute_line;

/**
 * The attributes of a node by name: written ones, defaults of those that are not, and required ones
 * that are missing.
 * @param row  Of the operator table, or NULL.
 * @return an array to be freed, NULL when there is none or memory is out.
 */
attribute_line *attribute_lines(const oray_model *model, const oray_node *node, const ops_row *row,
                                size_t *n);

/** Appends the value for reading. With `whole`, long ones are not cut. */
void attribute_text(buf *b, const oray_model *model, oray_id attribute, bool whole,
                    const glyphs *g);

/** Appends the default of an attribute that has one, as attribute_text() tells a written one. */
void attribute_default_text(buf *b, const ops_attr *formal);

/** Writes them as facts. */
void attributes_page(page *p, const oray_model *model, const attribute_line *lines, size_t n);

/** Defaults that hold because the model does not say otherwise: name -> value. */
cJSON *attributes_defaults_json(emit *e, const attribute_line *lines, size_t n);

/** "float", "ints", "tensor", ... */
const char *attribute_type_name(oray_attribute_type type);

#endif
