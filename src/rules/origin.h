/* SPDX-License-Identifier: Apache-2.0 */
/*
 * origin.h - where a value comes from, for rules that know more about an input when they know the
 * node before: the length of a sequence, what a tensor was filled with.
 *
 * Only the graph is looked at, not what flows in this run; so it holds for every call of a body. An
 * input of a body or a function has no origin.
 */
#ifndef INFER_ORIGIN_H
#define INFER_ORIGIN_H

#include <string.h>

#include "infer/rule.h"

static inline bool origin_text_is(oray_str s, const char *text)
{
	return s.size == strlen(text) && !memcmp(s.data, text, s.size);
}

/** The node of ai.onnx that makes a value. @return false when there is none. */
static inline bool origin_node(const call *c, oray_id value, oray_node *node)
{
	oray_value v;
	return oray_model_value(c->model, value, &v) && v.producer != ORAY_NONE &&
	       oray_model_node(c->model, v.producer, node) && origin_text_is(node->domain, "ai.onnx");
}

static inline bool origin_is(const oray_node *node, const char *op)
{
	return origin_text_is(node->op, op);
}

/** An attribute of it. @return false when it is not there, or depends on the call of a function. */
static inline bool origin_attribute(const call *c, const oray_node *node, const char *name,
                                    oray_attribute *out)
{
	for (size_t i = 0; i < node->n_attributes; i++)
		if (oray_model_attribute(c->model, (oray_id)(node->first_attribute + i), out) &&
		    origin_text_is(out->name, name))
			return !out->reference.size;
	return false;
}

#endif
