/* SPDX-License-Identifier: Apache-2.0 */
/*
 * summary.c - everything that fits on one page about a model.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/compute.h"
#include "analyze/quantization.h"
#include "analyze/summary_external.h"
#include "analyze/summary_scheme.h"
#include "base/error.h"
#include "base/heap.h"

/* What oray_summarize() hands out, and what it owns. */
typedef struct summary_book {
	oray_summary public;
	oray_operator *operators;
	VEC(oray_id) inputs;
	oray_str *files;
	bool lost;    /* some shape is not known */
	oray_id type; /* the last one that was counted: values in a row are often alike */
	knowledge known;
} summary_book;

static int compare_text(oray_str a, oray_str b)
{
	size_t common = a.size < b.size ? a.size : b.size;
	int order = common ? memcmp(a.data, b.data, common) : 0;

	return order ? order : (a.size > b.size) - (a.size < b.size);
}

static int by_name(const void *a, const void *b)
{
	const oray_operator *x = a, *y = b;
	int order = compare_text(x->domain, y->domain);

	if (!order)
		order = compare_text(x->op, y->op);
	return order ? order : (x->example > y->example) - (x->example < y->example);
}

static int by_count(const void *a, const void *b)
{
	const oray_operator *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return by_name(a, b);
}

/* Overloads of a function are one operator here. */
static size_t merge_equal(oray_operator *at, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		oray_operator *last = kept ? &at[kept - 1] : NULL;
		if (last && !compare_text(last->domain, at[i].domain) && !compare_text(last->op, at[i].op))
			last->count += at[i].count;
		else
			at[kept++] = at[i];
	}
	return kept;
}

static bool list_operators(summary_book *book, const role_flow *flow)
{
	size_t n = 0;
	oray_node node;

	book->operators = heap_zeroed(flow->readings.n ? flow->readings.n : 1, sizeof *book->operators);
	if (!book->operators)
		return false;
	for (size_t i = 0; i < flow->readings.n; i++) {
		const reading *r = &flow->readings.at[i];
		if (!r->count || !oray_model_node(flow->model, r->example, &node))
			continue;
		book->operators[n++] = (oray_operator){
		    .domain = node.domain,
		    .op = node.op,
		    .example = r->example,
		    .count = r->count,
		    .category = ops_category_name((ops_category)r->category),
		};
	}
	qsort(book->operators, n, sizeof *book->operators, by_name);
	n = merge_equal(book->operators, n);
	qsort(book->operators, n, sizeof *book->operators, by_count);
	book->public.operators = book->operators;
	book->public.n_operators = n;
	return true;
}

static bool list_interface(summary_book *book, const oray_model *model)
{
	const oray_graph *main = oray_model_graph(model, 0);
	oray_summary *s = &book->public;
	oray_value v;

	if (!main)
		return true;
	for (size_t i = 0; i < main->n_inputs; i++) {
		oray_id *next;
		if (!oray_model_value(model, main->inputs[i], &v) || v.initializer != ORAY_NONE ||
		    v.sparse != ORAY_NONE)
			continue;
		if (!(next = vec_push(NULL, &book->inputs)))
			return false;
		*next = main->inputs[i];
	}
	s->nodes = main->n_nodes;
	s->initializers = main->n_initializers + main->n_sparse;
	s->n_inputs = book->inputs.n;
	s->inputs = book->inputs.at;
	s->n_outputs = main->n_outputs;
	s->outputs = main->outputs;
	return true;
}

static void count_shape(void *context, const oray_value *v)
{
	summary_book *book = context;
	oray_summary *s = &book->public;

	if (v->producer == ORAY_NONE)
		return;
	if (!s->shapes.values++ || v->inferred != book->type) {
		book->type = v->inferred;
		book->known = compute_knowledge(s->model, v->inferred);
	}
	s->shapes.known += book->known == SHAPE_KNOWN;
	s->shapes.symbolic += book->known == SHAPE_SYMBOLIC || book->known == SHAPE_HOLES;
	s->shapes.unknown += book->known == SHAPE_UNKNOWN;
	book->lost |= book->known <= SHAPE_HOLES;
}

typedef struct collected {
	parameter_sums sums;
	externals externals;
} collected;

static bool add_parameter(void *context, const parameter *p)
{
	collected *c = context;

	parameter_sums_add(&c->sums, p);
	return externals_meet(&c->externals, p->tensor, p->is_external, p->location, p->external_bytes);
}

static bool copy_files(summary_book *book, const externals *x)
{
	size_t n = x->files.n;

	book->files = heap_zeroed(n ? n : 1, sizeof *book->files);
	if (!book->files)
		return false;
	for (size_t i = 0; i < n; i++)
		book->files[i] = x->files.at[i].location;
	book->public.n_external_files = n;
	book->public.external_files = book->files;
	book->public.external_bytes = x->bytes;
	return true;
}

static bool has_layers(const role_flow *flow)
{
	for (size_t i = 0; i < flow->readings.n; i++)
		if (flow->readings.at[i].count && flow->readings.at[i].counts_macs)
			return true;
	return false;
}

static bool sum_parameters(summary_book *book, role_flow *flow)
{
	oray_summary *s = &book->public;
	collected c;
	bool ok;

	parameter_sums_init(&c.sums);
	ok = externals_start(&c.externals, flow->model) && parameters_walk(flow, add_parameter, &c) &&
	     externals_finish(&c.externals) && copy_files(book, &c.externals);
	externals_free(&c.externals);
	s->parameters = c.sums.public;
	s->quantization.scheme = scheme_find(flow, &c.sums);
	s->quantization.node_coverage = NAN;
	if (s->quantization.scheme == ORAY_SCHEME_NONE)
		s->quantization.node_coverage = has_layers(flow) ? 0 : NAN;
	else
		ok = ok && quant_cover_nodes(flow, &s->quantization.node_coverage);
	s->quantization.parameter_coverage =
	    c.sums.weight_elements ? (double)c.sums.quantized_elements / (double)c.sums.weight_elements
	                           : NAN;
	return ok;
}

static void count_nodes(oray_summary *s, const role_flow *flow)
{
	s->nodes_total = flow->n_nodes;
	for (oray_id g = 0; g < flow->n_graphs; g++)
		s->subgraphs += flow->context[g] != ROLE_TRAINING &&
		                oray_model_graph(flow->model, g)->role == ORAY_GRAPH_BODY;
}

static bool fill_summary(summary_book *book, const oray_model *model)
{
	role_flow flow;
	size_t n_findings;
	bool ok;

	book->public.model = model;
	ok = role_flow_build(&flow, model, count_shape, book) && list_operators(book, &flow) &&
	     list_interface(book, model) && sum_parameters(book, &flow) &&
	     compute_summarize(&book->public, &flow, book->lost);
	if (ok)
		count_nodes(&book->public, &flow);
	role_flow_free(&flow);
	oray_model_findings(model, &n_findings, book->public.findings);
	return ok;
}

oray_status oray_summarize(const oray_model *model, oray_summary **out, oray_error *err)
{
	uint64_t failures = heap_failures();
	summary_book *book = heap_zeroed(1, sizeof *book);

	*out = NULL;
	if (!book || !fill_summary(book, model) || heap_failures() != failures) {
		oray_summary_free(book ? &book->public : NULL);
		return error_memory(err);
	}
	*out = &book->public;
	return ORAY_OK;
}

void oray_summary_free(oray_summary *summary)
{
	summary_book *book = (summary_book *)summary;

	if (!book)
		return;
	heap_free(book->operators);
	vec_free(NULL, &book->inputs);
	heap_free(book->files);
	heap_free(book);
}
