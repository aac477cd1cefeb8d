/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify.c - attributes, declared types and functions, as they were written.
 */
#include "load/verify.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { IR_TYPED_ATTRIBUTES = 2, IR_FUNCTION_DOMAINS = 8 };
enum { ATTR_TYPE = 20, ATTR_REFERENCE = 21 };

/* A finding with its byte. */
static void note(loader *l, const char *rule, oray_place place, uint64_t offset, const char *format,
                 ...) __attribute__((format(printf, 5, 6)));

static void note(loader *l, const char *rule, oray_place place, uint64_t offset, const char *format,
                 ...)
{
	char text[512];
	size_t n = l->m->findings.n;
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	model_finding(l->m, ORAY_ERROR, rule, place, "model", "%s", text);
	if (l->m->findings.n > n)
		l->m->findings.at[n].offset = offset;
}

/* A name for "%.*s". */
#define NAME(s) (int)((s).size < 100 ? (s).size : 100), (s).data

/* The fields that hold a value, the type they stand for, and how the standard calls it. */
static const struct {
	uint8_t field, type;
	bool is_required; /* the type means nothing without it */
	const char *word;
} values[] = {
    {2, ORAY_ATTR_FLOAT, false, "f"},
    {3, ORAY_ATTR_INT, false, "i"},
    {4, ORAY_ATTR_STRING, false, "s"},
    {5, ORAY_ATTR_TENSOR, true, "t"},
    {6, ORAY_ATTR_GRAPH, true, "g"},
    {14, ORAY_ATTR_TYPE_PROTO, true, "tp"},
    {22, ORAY_ATTR_SPARSE_TENSOR, true, "sparse_tensor"},
    {7, ORAY_ATTR_FLOATS, false, "floats"},
    {8, ORAY_ATTR_INTS, false, "ints"},
    {9, ORAY_ATTR_STRINGS, false, "strings"},
    {10, ORAY_ATTR_TENSORS, false, "tensors"},
    {11, ORAY_ATTR_GRAPHS, false, "graphs"},
    {23, ORAY_ATTR_SPARSE_TENSORS, false, "sparse_tensors"},
    {15, ORAY_ATTR_TYPE_PROTOS, false, "type_protos"},
};

enum { N_VALUES = sizeof values / sizeof *values };

void verify_attribute(loader *l, const verify_fields *a)
{
	oray_place place = {ORAY_PLACE_NODE, a->node};
	oray_str name = strings_get(&l->m->strings, a->name);
	bool is_typed = a->seen >> ATTR_TYPE & 1, refers = a->seen >> ATTR_REFERENCE & 1;
	size_t n = 0, first = 0, own = N_VALUES;

	for (size_t i = 0; i < N_VALUES; i++) {
		if (a->seen >> values[i].field & 1 && n++ == 0)
			first = i;
		if (values[i].type == a->type)
			own = i;
	}
	if (!name.size)
		note(l, "attribute-name", place, a->offset, "an attribute has no name");
	if (!is_typed && l->m->info.ir_version >= IR_TYPED_ATTRIBUTES)
		note(l, "attribute-type", place, a->offset,
		     "attribute '%.*s' does not say its type, as it has to from IR version 2 on",
		     NAME(name));
	else if (is_typed && own == N_VALUES)
		note(l, "attribute-type", place, a->offset,
		     "attribute '%.*s' is of type %d, which no attribute has", NAME(name), (int)a->type);
	if (n > 1)
		note(l, "attribute-fields", place, a->offset, "attribute '%.*s' has %zu values, not one",
		     NAME(name), n);
	else if (n == 1 && is_typed && own < N_VALUES && first != own)
		note(l, "attribute-fields", place, a->offset,
		     "attribute '%.*s' should have its value in field '%s', it is in '%s'", NAME(name),
		     values[own].word, values[first].word);
	if (n && refers)
		note(l, "attribute-reference", place, a->offset,
		     "attribute '%.*s' has a value and refers to another attribute as well", NAME(name));
	if (n == 0 && !refers && own < N_VALUES && values[own].is_required)
		note(l, "attribute-fields", place, a->offset,
		     "attribute '%.*s' has no value: field '%s' is missing", NAME(name), values[own].word);
}

/* What is missing from a type, or NULL. */
static const char *incomplete(const oray_model *m, oray_id id)
{
	const model_type *t = id == ORAY_NONE ? NULL : &m->types.at[id];
	const model_type_extra *x = t && t->extra != ORAY_NONE ? &m->type_extras.at[t->extra] : NULL;
	if (!t)
		return "no type";
	switch ((oray_kind)t->kind) {
	case ORAY_KIND_TENSOR:
	case ORAY_KIND_SPARSE_TENSOR:
		return !t->element ? "no element type" : !t->has_shape ? "no shape" : NULL;
	case ORAY_KIND_SEQUENCE:
	case ORAY_KIND_OPTIONAL:
		return !x || x->inner == ORAY_NONE ? "no type of elements" : NULL;
	case ORAY_KIND_MAP:
		return !x || !x->key           ? "no type of keys"
		       : x->inner == ORAY_NONE ? "no type of values"
		                               : NULL;
	case ORAY_KIND_OPAQUE:
		return !x || x->name == ORAY_NONE || !strings_get(&m->strings, x->name).size
		           ? "no name of its opaque type"
		           : NULL;
	default:
		return "a type of no kind";
	}
}

void verify_interface(loader *l, const model_declaration *d, bool is_input, uint64_t offset)
{
	const char *what = is_input ? "input" : "output";
	oray_place place = {ORAY_PLACE_GRAPH, d->graph};
	oray_str name = strings_get(&l->m->strings, d->name);
	if (!name.size)
		note(l, "value-name", place, offset, "a graph %s has no name", what);
	if (l->m->graphs.at[d->graph].role != ORAY_GRAPH_MAIN)
		return;
	const char *missing = incomplete(l->m, d->type);
	if (missing)
		note(l, "value-type", place, offset, "%s '%.*s' has %s", what, NAME(name), missing);
}

void verify_function(loader *l, oray_str name, bool has_domain, uint64_t offset)
{
	oray_place place = {ORAY_PLACE_FUNCTION, (oray_id)l->m->functions.n};
	if (!has_domain && l->m->info.ir_version >= IR_FUNCTION_DOMAINS)
		note(l, "function-name", place, offset, "function '%.*s' does not say its domain",
		     NAME(name));
}
