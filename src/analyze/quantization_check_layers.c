/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quantization_check_layers.c - what looks wrong about what compute nodes compute with.
 */
#include <inttypes.h>
#include <math.h>

#include "analyze/quantization_finder.h"

enum { AT_ONCE = 256, CHANNELS_MOST = 65536 };

static oray_id bias_of(const oray_node *node, const reading *r)
{
	for (size_t i = 0; i < node->n_inputs; i++)
		if ((reading_asks(r, i) & ASK_BIAS) && node->inputs[i] != ORAY_NONE)
			return node->inputs[i];
	return ORAY_NONE;
}

static double number_of(const quant_book *book, const oray_node *node, const char *name)
{
	oray_attribute a;

	return quant_attribute(book->public.model, node, name, &a) && a.type == ORAY_ATTR_FLOAT
	           ? (double)a.v.f
	           : 1;
}

/* Scales of a layer, some at once; one that is alone stands for all. */
typedef struct list {
	oray_id value;
	bool alone;
	double at[AT_ONCE];
} list;

/* @return how many there are from `first` on, at most AT_ONCE; 0: none, or not readable. */
static size_t turn_to(quant_book *book, list *l, uint64_t first)
{
	size_t n;

	if (first && l->alone)
		return AT_ONCE;
	n = quant_numbers(book, l->value, first, AT_ONCE, l->at);
	l->alone = !first && n == 1;
	for (size_t i = 1; l->alone && i < AT_ONCE; i++)
		l->at[i] = l->at[0];
	return l->alone ? AT_ONCE : n;
}

/* With alpha and beta of Gemm a scale of alpha / beta times as much is right; the quantizer of ONNX
 * Runtime takes beta times as much. */
static bool fits(double is, double want, double alpha, double beta)
{
	const double factors[] = {1, alpha / beta, beta};

	for (size_t i = 0; i < sizeof factors / sizeof *factors; i++)
		if (fabs(is - want * factors[i]) <= 1e-3 * fabs(want * factors[i]))
			return true;
	return isnan(is) || isnan(want);
}

static void compare_scales(quant_book *book, oray_id layer, double x, list *w, list *bias,
                           double alpha, double beta)
{
	char text[256];

	for (uint64_t at = 0; at < CHANNELS_MOST; at += AT_ONCE) {
		size_t n = turn_to(book, bias, at), m = turn_to(book, w, at);
		for (size_t i = 0; i < n && i < m && (!at || !w->alone || !bias->alone); i++) {
			double is = bias->at[i], want = x * w->at[i];
			if (fits(is, want, alpha, beta))
				continue;
			quant_finding(book, ORAY_WARNING, "quant-bias-scale",
			              quant_label(book, layer, text, sizeof text),
			              "the scale of the bias is %g where x times w has %g (%.3g times as much, "
			              "channel %" PRIu64 "): integer kernels add it as if it were the latter",
			              is, want, is / want, at + i);
			return;
		}
		if (n < AT_ONCE || m < AT_ONCE || (w->alone && bias->alone))
			return;
	}
}

/* A bias is added to products of x and w: its scale is that of the products. */
static void check_bias(quant_book *book, const oray_quantized_layer *l)
{
	oray_node node;
	const reading *r;
	oray_id bias;
	size_t b;

	if (l->weight == SIZE_MAX || l->activation == SIZE_MAX ||
	    !oray_model_node(book->public.model, l->node, &node) ||
	    !(r = reading_of(&book->flow.readings, &node, book->flow.context[node.graph])) ||
	    (bias = bias_of(&node, r)) == ORAY_NONE || (b = quant_trace(book, bias, false)) == SIZE_MAX)
		return;
	const oray_encoding *e = &book->encodings.at[b], *x = &book->encodings.at[l->activation];
	quant_facts *f = &book->facts.at[b], *fx = &book->facts.at[l->activation],
	            *fw = &book->facts.at[l->weight];
	if (e->role != ORAY_QUANTIZED_BIAS || e->is_fake || x->is_dynamic)
		return;
	if (e->type != ORAY_INT32) {
		quant_finding(book, ORAY_WARNING, "quant-bias-type", quant_at(e),
		              "a bias of %s; runtimes add biases of int32 to the products",
		              quant_type_name(e->type));
		return;
	}
	if (f->scale == ORAY_NONE || !f->scale_read || !fx->scale_read || !fw->scale_read ||
	    x->n_scales != 1)
		return;
	list of_weight = {.value = fw->scale}, of_bias = {.value = f->scale};
	compare_scales(book, l->node, x->scale_max, &of_weight, &of_bias,
	               number_of(book, &node, "alpha"), number_of(book, &node, "beta"));
}

/* Layers that compute with real numbers although both weight and input were given as few bits are
 * fine; one without the other is often an accident in a static scheme. */
static void check_halves(quant_book *book, const oray_quantized_layer *l)
{
	char text[256];
	oray_scheme s = book->public.scheme;

	if (s != ORAY_SCHEME_QDQ || l->weight_type == 0)
		return;
	if (l->activation == SIZE_MAX && !finder_is_real(l->activation_type))
		return; /* indices into a table */
	if (l->weight != SIZE_MAX && l->activation == SIZE_MAX)
		quant_finding(book, ORAY_INFO, "quant-float-activation",
		              quant_label(book, l->node, text, sizeof text),
		              "weights of %s, but its input is %s: it computes with floats",
		              quant_type_name(l->weight_type), quant_type_name(l->activation_type));
	else if (l->weight == SIZE_MAX && l->activation != SIZE_MAX)
		quant_finding(book, ORAY_INFO, "quant-float-weight",
		              quant_label(book, l->node, text, sizeof text),
		              "its input is quantized to %s, but its weight is %s: it computes with floats",
		              quant_type_name(l->activation_type), quant_type_name(l->weight_type));
}

static bool counts_macs(quant_book *book, oray_id id)
{
	oray_node node;
	const reading *r;

	return oray_model_node(book->public.model, id, &node) && (r = finder_reading(book, &node)) &&
	       r->counts_macs;
}

/* Tables that are looked up have one scale by right. */
static void check_mixture(quant_book *book)
{
	size_t tensor = 0, axis = 0;
	quant_where example = {{"", 0}, {0}};

	for (size_t i = 0; i < book->layers.n; i++) {
		size_t w = book->layers.at[i].weight;
		if (w == SIZE_MAX || !counts_macs(book, book->layers.at[i].node))
			continue;
		const oray_encoding *e = &book->encodings.at[w];
		if (e->granularity == ORAY_PER_AXIS) {
			axis++;
		} else if (e->granularity == ORAY_PER_TENSOR && e->n_dims > 1 && e->elements.exact &&
		           e->elements.value > 1 && e->n_scales) {
			if (!tensor++)
				example = quant_at(e);
		}
	}
	if (tensor && axis)
		quant_finding(
		    book, ORAY_INFO, "quant-mixed-granularity", example,
		    "%zu of %zu weights have one scale for the whole tensor, the others one for each "
		    "channel; "
		    "per channel is more faithful, if the runtime can do it",
		    tensor, tensor + axis);
}

void quant_check_layers(quant_book *book)
{
	for (size_t i = 0; i < book->layers.n && !book->failed; i++) {
		check_bias(book, &book->layers.at[i]);
		check_halves(book, &book->layers.at[i]);
	}
	check_mixture(book);
}
