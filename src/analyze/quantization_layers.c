/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quantization_layers.c - what each compute node computes with, and how much of the model that is.
 *
 * Weight and activation are told apart: a layer with weights of 8 bits may well compute with
 * floats. What lies between a layer and the node that quantizes is seen through.
 */
#include <math.h>
#include <string.h>

#include "analyze/compute.h"
#include "analyze/quantization.h"
#include "base/buf.h"
#include "base/num.h"

typedef struct layer_input {
	size_t index; /* of the node's inputs; SIZE_MAX: none */
	oray_id value;
} layer_input;

static bool is_constant(quant_book *book, oray_id value)
{
	return value != ORAY_NONE &&
	       (book->flow.facts[role_head(&book->flow, value)] & (FACT_CONSTANT | FACT_GENERATED));
}

/* Of two constants the one that is not the first operand is the weight. */
static layer_input find_weight(quant_book *book, const oray_node *node, const reading *r)
{
	for (size_t n = 1; n <= node->n_inputs; n++) {
		size_t i = n % node->n_inputs;
		role_asks asks = reading_asks(r, i) & (ASK_WEIGHT | ASK_EMBEDDING);
		if (asks && is_constant(book, node->inputs[i]))
			return (layer_input){i, node->inputs[i]};
	}
	return (layer_input){SIZE_MAX, ORAY_NONE};
}

static layer_input find_data(const oray_node *node, const reading *r, size_t weight)
{
	for (size_t i = 0; i < node->n_inputs; i++) {
		role_asks asks = reading_asks(r, i);
		if (i != weight && node->inputs[i] != ORAY_NONE && !(asks & (ASK_QUANTIZATION | ASK_SHAPE)))
			return (layer_input){i, node->inputs[i]};
	}
	return (layer_input){SIZE_MAX, ORAY_NONE};
}

static oray_count elements_of(quant_book *book, oray_id value)
{
	oray_id head = role_head(&book->flow, value);
	size_t e = quant_trace(book, value, false);
	oray_tensor t;

	if (e != SIZE_MAX && book->encodings.at[e].tensor != ORAY_NONE)
		return book->encodings.at[e].elements;
	if (oray_model_tensor(book->public.model, quant_stored(book, head), &t))
		return t.elements;
	return (oray_count){0, false};
}

/* Recurrent layers and experts have several. */
static oray_count count_parameters(quant_book *book, const oray_node *node, const reading *r,
                                   layer_input weight)
{
	oray_count sum = {0, true};

	if (weight.index == SIZE_MAX)
		return sum;
	if (weight.index == 0)
		return elements_of(book, weight.value);
	for (size_t i = 1; i < node->n_inputs; i++) {
		if (!(reading_asks(r, i) & (ASK_WEIGHT | ASK_EMBEDDING)) ||
		    !is_constant(book, node->inputs[i]))
			continue;
		oray_count n = elements_of(book, node->inputs[i]);
		sum.exact = sum.exact && n.exact && num_add(sum.value, n.value, &sum.value);
	}
	return sum;
}

/* Encodings that hold within one node stand in the order of nodes. */
static size_t own_encoding(const quant_book *book, oray_id node)
{
	size_t low = 0, high = book->own.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (book->own.at[middle].node < node)
			low = middle + 1;
		else
			high = middle;
	}
	return low < book->own.n && book->own.at[low].node == node ? book->own.at[low].encoding
	                                                           : SIZE_MAX;
}

static bool is_layer(const reading *r, layer_input weight)
{
	if (r->counts_macs)
		return true;
	return weight.index != SIZE_MAX && (reading_asks(r, weight.index) & ASK_EMBEDDING);
}

/* Gather picks rows of tables, but also numbers out of shapes: only embeddings count. */
static bool is_table(quant_book *book, oray_id value)
{
	return book->roles[role_head(&book->flow, value)] == ORAY_ROLE_EMBEDDING + 1;
}

/* An annotation says what could be done. */
static bool is_done(const quant_book *book, size_t encoding)
{
	return encoding != SIZE_MAX && book->facts.at[encoding].source != QUANT_BY_ANNOTATION;
}

static void take_layer(quant_book *book, oray_id id, const oray_node *node, const reading *r)
{
	layer_input weight = find_weight(book, node, r), data;
	oray_quantized_layer layer = {.node = id, .weight = SIZE_MAX, .activation = SIZE_MAX};
	oray_quantized_layer *next;

	if (!is_layer(r, weight) || (!r->counts_macs && !is_table(book, weight.value)))
		return;
	data = find_data(node, r, weight.index);
	if (weight.index != SIZE_MAX) {
		layer.weight = quant_trace(book, weight.value, false);
		layer.weight_type = layer.weight != SIZE_MAX
		                        ? book->encodings.at[layer.weight].type
		                        : quant_type_of(book, role_head(&book->flow, weight.value));
	}
	if (data.value != ORAY_NONE) {
		layer.activation = own_encoding(book, id);
		if (layer.activation == SIZE_MAX && r->counts_macs)
			layer.activation = quant_trace(book, data.value, true);
		layer.activation_type = layer.activation != SIZE_MAX
		                            ? book->encodings.at[layer.activation].type
		                            : quant_type_of(book, data.value);
	}
	layer.is_quantized = is_done(book, weight.index != SIZE_MAX ? layer.weight : layer.activation);
	if (!book->shallow)
		layer.parameters = count_parameters(book, node, r, weight);
	if (!book->shallow && compute_cost(&book->flow, id, node, r, &layer.macs) == COST_NONE)
		layer.macs = (oray_amount){0, 0, true};
	next = vec_push(NULL, &book->layers);
	if (next)
		*next = layer;
	else
		book->failed = true;
}

/* ------------------------------------------------------------------------------ shares -- */

/* A share of formulas is a number when it does not depend on what their symbols stand for. */
static double share_of(const oray_model *model, oray_amount part, oray_amount whole)
{
	if (!part.exact || !whole.exact)
		return NAN;
	double small = oray_amount_at(model, part, 3) / oray_amount_at(model, whole, 3);
	double large = oray_amount_at(model, part, 1000) / oray_amount_at(model, whole, 1000);

	return fabs(small - large) <= 1e-9 ? small : NAN;
}

static oray_amount all_macs(const quant_book *book)
{
	oray_amount sum = {0, 0, true};

	for (size_t i = 0; i < book->layers.n; i++)
		sum = oray_amount_add(book->public.model, sum, book->layers.at[i].macs);
	return sum;
}

static uint64_t all_parameters(const quant_book *book)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < book->layers.n; i++)
		if (!num_add(sum, book->layers.at[i].parameters.value, &sum))
			return 0;
	return sum;
}

double quant_node_coverage(const quant_book *book)
{
	size_t quantized = 0;

	for (size_t i = 0; i < book->layers.n; i++)
		quantized += book->layers.at[i].is_quantized;
	return book->layers.n ? (double)quantized / (double)book->layers.n : NAN;
}

static void cover_macs(quant_book *book, oray_amount whole)
{
	oray_amount part = {0, 0, true};

	for (size_t i = 0; i < book->layers.n; i++)
		if (book->layers.at[i].is_quantized)
			part = oray_amount_add(book->public.model, part, book->layers.at[i].macs);
	book->public.macs_coverage = share_of(book->public.model, part, whole);
}

static const char *keep(quant_book *book, buf *b)
{
	const char *text = b->n && buf_ok(b) ? arena_copy(&book->texts, b->data, b->n) : NULL;

	buf_free(b);
	return text;
}

static void add_percent(buf *b, double share, const char *of)
{
	if (share >= 0.0095)
		buf_format(b, "%s%.0f %% of the %s", b->n ? ", " : "", share * 100, of);
}

/* First and last layers are the ones that suffer most, and are often left out on purpose. */
static void say_why(quant_book *book, size_t i, oray_amount macs, uint64_t parameters)
{
	oray_quantized_layer *l = &book->layers.at[i];
	double share = share_of(book->public.model, l->macs, macs);
	buf b = {0};

	add_percent(&b, share, "MACs");
	if (parameters && l->parameters.exact)
		add_percent(&b, (double)l->parameters.value / (double)parameters, "weights");
	if (i == 0 || i + 1 == book->layers.n)
		buf_format(&b, "%sthe %s layer", b.n ? ", " : "", i ? "last" : "first");
	l->why = keep(book, &b);
}

static void say_all(quant_book *book)
{
	oray_amount macs = all_macs(book);
	uint64_t parameters = all_parameters(book);

	cover_macs(book, macs);
	for (size_t i = 0; i < book->layers.n; i++)
		if (!book->layers.at[i].is_quantized)
			say_why(book, i, macs, parameters);
}

void quant_layers(quant_book *book)
{
	oray_node node;

	for (oray_id g = 0; g < book->flow.n_graphs; g++) {
		const oray_graph *graph = oray_model_graph(book->public.model, g);
		for (size_t i = 0; book->flow.context[g] != ROLE_TRAINING && i < graph->n_nodes; i++) {
			oray_id id = (oray_id)(graph->first_node + i);
			const reading *r;
			if (book->failed || !oray_model_node(book->public.model, id, &node) ||
			    !(r = reading_of(&book->flow.readings, &node, book->flow.context[g])))
				return;
			reading own = *r;
			take_layer(book, id, &node, &own);
		}
	}
	if (!book->shallow)
		say_all(book);
}
