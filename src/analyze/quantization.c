/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quantization.c - the whole explanation: what is found, in order, and who owns it.
 */
#include "analyze/quantization.h"

#include <math.h>
#include <string.h>

#include "analyze/summary_scheme.h"
#include "base/error.h"
#include "base/heap.h"

enum { CHAIN_MOST = 64 };

/* ------------------------------------------------------------------------------- asking -- */

bool quant_attribute(const oray_model *model, const oray_node *node, const char *name,
                     oray_attribute *out)
{
	for (size_t i = 0; i < node->n_attributes; i++)
		if (oray_model_attribute(model, (oray_id)(node->first_attribute + i), out) &&
		    out->name.size == strlen(name) && !memcmp(out->name.data, name, out->name.size))
			return !out->reference.size;
	return false;
}

int64_t quant_int(const oray_model *model, const oray_node *node, const char *name,
                  int64_t otherwise)
{
	oray_attribute a;

	return quant_attribute(model, node, name, &a) && a.type == ORAY_ATTR_INT ? a.v.i : otherwise;
}

static oray_id constant_tensor(const quant_book *book, const oray_value *v)
{
	oray_node node;
	oray_attribute a;

	if (v->initializer != ORAY_NONE)
		return v->initializer;
	if (!oray_model_node(book->public.model, v->producer, &node) ||
	    !role_constant(book->public.model, &node, &a) || a.type != ORAY_ATTR_TENSOR)
		return ORAY_NONE;
	return a.v.id;
}

oray_id quant_stored(quant_book *book, oray_id value)
{
	oray_id head = value == ORAY_NONE ? ORAY_NONE : role_head(&book->flow, value);
	oray_value v;

	if (head == ORAY_NONE || !(book->flow.facts[head] & FACT_STORED) ||
	    !oray_model_value(book->public.model, head, &v))
		return ORAY_NONE;
	return constant_tensor(book, &v);
}

int32_t quant_type_of(const quant_book *book, oray_id value)
{
	oray_value v;
	oray_type type;
	oray_tensor t;

	if (!oray_model_value(book->public.model, value, &v))
		return 0;
	if (oray_model_tensor(book->public.model, constant_tensor(book, &v), &t))
		return t.type;
	if (oray_model_type(book->public.model, v.inferred, &type) && type.element)
		return type.element;
	return oray_model_type(book->public.model, v.type, &type) ? type.element : 0;
}

/* Nodes behind which small integers stay what they are, as far as a reader is concerned. */
static bool keeps_encoding(const oray_node *node, const reading *r)
{
	static const char *const names[] = {
	    "Clip",      "Concat", "DepthToSpace", "Gather", "GlobalMaxPool", "MaxPool",
	    "Pad",       "PRelu",  "Relu",         "Resize", "Slice",         "SpaceToDepth",
	    "LeakyRelu", "Split",  "Expand",       "Tile",
	};

	if (reading_passes(r))
		return true;
	for (size_t i = 0; r->row && i < sizeof names / sizeof *names; i++)
		if (node->op.size == strlen(names[i]) && !memcmp(node->op.data, names[i], node->op.size))
			return true;
	return false;
}

size_t quant_trace(quant_book *book, oray_id value, bool through)
{
	role_flow *flow = &book->flow;
	oray_node node;
	oray_value v;

	for (unsigned i = 0; i < CHAIN_MOST && value != ORAY_NONE; i++) {
		const reading *r;
		if (book->by_value[value])
			return book->by_value[value] - 1;
		if (!oray_model_value(flow->model, value, &v) ||
		    !oray_model_node(flow->model, v.producer, &node) || !node.n_inputs)
			break;
		r = reading_of(&flow->readings, &node, flow->context[node.graph]);
		if (!r || !(through ? keeps_encoding(&node, r) : reading_passes(r)))
			break;
		value = node.inputs[0];
	}
	return SIZE_MAX;
}

/* ----------------------------------------------------------------------------- gathering -- */

quant_facts *quant_facts_of(quant_book *book, const oray_encoding *e)
{
	return &book->facts.at[e - book->encodings.at];
}

oray_encoding *quant_new(quant_book *book, oray_quantized_role role, quant_source source,
                         oray_id value, oray_id node)
{
	if (!vec_reserve(NULL, &book->encodings, 1) || !vec_reserve(NULL, &book->facts, 1)) {
		book->failed = true;
		return NULL;
	}
	oray_encoding *e = &book->encodings.at[book->encodings.n++];
	quant_facts *f = &book->facts.at[book->facts.n++];
	*f = (quant_facts){
	    .source = (uint8_t)source,
	    .scale = ORAY_NONE,
	    .zero = ORAY_NONE,
	    .quantizer = ORAY_NONE,
	    .dequantizer = ORAY_NONE,
	};
	*e = (oray_encoding){
	    .role = role,
	    .value = value,
	    .tensor = ORAY_NONE,
	    .real = ORAY_NONE,
	    .node = node,
	    .reader = ORAY_NONE,
	    .axis = -1,
	    .scale = ORAY_NONE,
	    .zero_point = ORAY_NONE,
	    .lowest = NAN,
	    .highest = NAN,
	    .scale_min = NAN,
	    .scale_max = NAN,
	    .zero_point_min = NAN,
	    .zero_point_max = NAN,
	    .low = NAN,
	    .high = NAN,
	    .symmetric = -1,
	};
	return e;
}

static bool note_parameter(void *context, const parameter *p)
{
	quant_book *book = context;

	parameter_sums_add(&book->sums, p);
	if (p->value != ORAY_NONE && !p->in_training)
		book->roles[p->value] = (uint8_t)(p->role + 1);
	return true;
}

/* Parameters of a flow that is there. */
static bool walk(quant_book *book)
{
	size_t n = book->flow.n_values;

	book->public.model = book->flow.model;
	book->by_value = mem_zeroed(NULL, n + 1, sizeof *book->by_value);
	book->roles = mem_zeroed(NULL, n + 1, sizeof *book->roles);
	parameter_sums_init(&book->sums);
	return book->by_value && book->roles && parameters_walk(&book->flow, note_parameter, book);
}

/* Lets go of what was needed to work, save the flow. */
static void finish(quant_book *book)
{
	size_t n = book->flow.n_values;

	mem_free(NULL, book->by_value, (n + 1) * sizeof *book->by_value);
	mem_free(NULL, book->roles, (n + 1) * sizeof *book->roles);
	vec_free(NULL, &book->own);
	vec_free(NULL, &book->claims);
}

static void drop(quant_book *book)
{
	vec_free(NULL, &book->encodings);
	vec_free(NULL, &book->facts);
	vec_free(NULL, &book->layers);
	vec_free(NULL, &book->findings);
	vec_free(NULL, &book->counts);
	arena_free(&book->texts);
}

static void publish(quant_book *book)
{
	oray_quantization *q = &book->public;

	q->n_encodings = book->encodings.n;
	q->encodings = book->encodings.at;
	q->n_layers = book->layers.n;
	q->layers = book->layers.at;
	q->n_findings = book->findings.n;
	q->findings = book->findings.at;
	q->parameter_coverage = book->sums.weight_elements ? (double)book->sums.quantized_elements /
	                                                         (double)book->sums.weight_elements
	                                                   : NAN;
}

oray_status oray_explain_quantization(const oray_model *model, oray_quantization **out,
                                      oray_error *err)
{
	uint64_t failures = heap_failures();
	quant_book *book = heap_zeroed(1, sizeof *book);
	bool ok;

	*out = NULL;
	if (!book)
		return error_memory(err);
	ok = role_flow_build(&book->flow, model, NULL, NULL) && walk(book);
	if (ok) {
		book->public.scheme = scheme_find(&book->flow, &book->sums);
		quant_find(book);
		quant_layers(book);
		book->public.node_coverage = quant_node_coverage(book);
		book->public.toolchain = quant_toolchain(book);
		quant_check(book);
		publish(book);
		ok = !book->failed && !book->texts.failed && !book->flow.failed;
	}
	finish(book);
	role_flow_free(&book->flow);
	if (!ok || heap_failures() != failures) {
		oray_quantization_free(&book->public);
		return error_memory(err);
	}
	*out = &book->public;
	return ORAY_OK;
}

void oray_quantization_free(oray_quantization *quantization)
{
	quant_book *book = (quant_book *)quantization;

	if (!book)
		return;
	drop(book);
	heap_free(book);
}

bool quant_cover_nodes(role_flow *flow, double *coverage)
{
	quant_book book = {.flow = *flow, .shallow = true};
	bool ok = walk(&book);

	if (ok) {
		quant_find(&book);
		quant_layers(&book);
		*coverage = quant_node_coverage(&book);
		ok = !book.failed && !book.texts.failed && !book.flow.failed;
	}
	finish(&book);
	*flow = book.flow; /* it may have grown */
	drop(&book);
	return ok;
}
