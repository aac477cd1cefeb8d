/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quantization_check.c - what looks wrong about how a model is quantized, and what to do about it.
 */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "analyze/quantization.h"
#include "base/buf.h"

enum { FINDINGS_MOST = 400, SAME_RULE_MOST = 16, USES_MOST = 64 };

/* ------------------------------------------------------------------------------ telling -- */

void quant_finding(quant_book *book, oray_severity severity, const char *rule, oray_str where,
                   const char *format, ...)
{
	buf message = {0}, place = {0};
	oray_finding *next;
	size_t same = 0;
	va_list args;

	for (size_t i = 0; i < book->findings.n; i++)
		same += !strcmp(book->findings.at[i].rule, rule);
	if (book->findings.n >= FINDINGS_MOST || same >= SAME_RULE_MOST)
		return;
	va_start(args, format);
	buf_vformat(&message, format, args);
	va_end(args);
	if (same + 1 == SAME_RULE_MOST)
		buf_str(&message, "; more of the same are not listed");
	buf_printable(&place, where.data, where.size);
	next = vec_push(NULL, &book->findings);
	if (next) {
		*next = (oray_finding){
		    .severity = severity,
		    .rule = rule,
		    .where = arena_copy(&book->texts, buf_text(&place), place.n),
		    .message = arena_copy(&book->texts, buf_text(&message), message.n),
		};
		if (!next->where || !next->message || !buf_ok(&message) || !buf_ok(&place))
			book->failed = true;
	} else {
		book->failed = true;
	}
	buf_free(&message);
	buf_free(&place);
}

static oray_str label(const quant_book *book, oray_id node, char *text, size_t size)
{
	size_t n = oray_node_label(book->public.model, node, text, size);

	return (oray_str){text, n < size ? n : size - 1};
}

static const char *type_name(int32_t type)
{
	const char *name = oray_type_name(type);

	return name ? name : "an unknown type";
}

/* ------------------------------------------------------------------------- of one encoding -- */

/* Quantizers of four bits, and of blocks, that are symmetric keep the sign of the extreme: there a
 * scale may be negative. */
static bool may_be_negative(const oray_encoding *e)
{
	return (e->bits <= 4 || e->granularity == ORAY_PER_BLOCK) && e->role == ORAY_QUANTIZED_WEIGHT;
}

static void check_scales(quant_book *book, const oray_encoding *e, const quant_facts *f)
{
	if (f->bad)
		quant_finding(book, ORAY_ERROR, "quant-scale-not-finite", e->name,
		              "%" PRIu64 " of %" PRIu64 " scales are NaN or infinite, so the real numbers "
		              "are lost; quantize again, calibration saw such values",
		              f->bad, e->n_scales);
	if (f->zeros)
		quant_finding(book, ORAY_ERROR, "quant-scale-zero", e->name,
		              "%" PRIu64 " of %" PRIu64 " scales are 0: everything there becomes 0, or is "
		              "divided by 0; quantize again with a lower bound for scales",
		              f->zeros, e->n_scales);
	if (f->negative && !may_be_negative(e))
		quant_finding(book, ORAY_ERROR, "quant-scale-negative", e->name,
		              "%" PRIu64 " of %" PRIu64 " scales are negative, the lowest is %g; runtimes "
		              "expect them above 0",
		              f->negative, e->n_scales, e->scale_min);
	if (f->denormal && !f->zeros)
		quant_finding(book, ORAY_WARNING, "quant-scale-denormal", e->name,
		              "%" PRIu64 " of %" PRIu64 " scales are too small for a normal number, the "
		              "lowest is %g: some hardware takes them for 0; the values are all but 0",
		              f->denormal, e->n_scales, e->scale_min);
	if (f->unreadable)
		quant_finding(book, ORAY_INFO, "quant-scale-unreadable", e->name,
		              "scales or zero points are stored where they could not be read");
}

static void check_zeros(quant_book *book, const oray_encoding *e, const quant_facts *f)
{
	bool compared = f->source != QUANT_BY_FAKE && e->packing == ORAY_PACK_PLAIN && e->type &&
	                f->zero_type && f->source != QUANT_BY_ANNOTATION;

	if (compared && f->zero_type != e->type)
		quant_finding(
		    book, ORAY_ERROR, "quant-zero-point-type", e->name,
		    "the zero point is %s, but what it belongs to is %s; they have to be the same",
		    type_name(f->zero_type), type_name(e->type));
	if (f->out_of_range && e->packing == ORAY_PACK_PLAIN)
		quant_finding(book, ORAY_ERROR, "quant-zero-point-range", e->name,
		              "%" PRIu64 " of %" PRIu64
		              " zero points (%g to %g) are outside of what %s can "
		              "hold",
		              f->out_of_range, f->zero_points, e->zero_point_min, e->zero_point_max,
		              type_name(e->type));
	if (e->role == ORAY_QUANTIZED_BIAS && e->type == ORAY_INT32 && f->nonzero)
		quant_finding(book, ORAY_WARNING, "quant-bias-zero-point", e->name,
		              "the zero point of a bias of int32 is %g, runtimes take it for 0",
		              e->zero_point_max);
}

static void check_shape(quant_book *book, const oray_encoding *e, const quant_facts *f)
{
	if (f->axis_bad)
		quant_finding(book, ORAY_ERROR, "quant-axis", e->name,
		              "axis %" PRId64 " is outside of the %zu axes of the tensor", f->axis_value,
		              e->n_dims);
	if (!f->length_wanted)
		return;
	if (e->packing == ORAY_PACK_NBITS)
		quant_finding(book, ORAY_ERROR, "quant-blocks", e->name,
		              "%" PRIu64 " scales, but K = %" PRId64 ", N = %" PRId64
		              " in blocks of %" PRId64 " ask for %" PRIu64,
		              e->n_scales, e->n_dims == 2 ? e->dims[0] : 0, e->n_dims == 2 ? e->dims[1] : 0,
		              e->block_size, f->length_wanted);
	else
		quant_finding(book, ORAY_ERROR, "quant-scale-length", e->name,
		              "%" PRIu64 " scales along axis %" PRId64 ", which asks for %" PRIu64
		              "; perhaps the axis is another one",
		              e->n_scales, e->axis, f->length_wanted);
}

/* MatMulNBits: [N, blocks, block_size * bits / 8], from K, N, bits and block_size. */
static void check_packed(quant_book *book, const oray_encoding *e)
{
	oray_tensor t;
	uint64_t blocks, wanted, row;

	if (e->packing != ORAY_PACK_NBITS || e->n_dims != 2 || e->block_size <= 0 || e->dims[0] <= 0 ||
	    e->dims[1] <= 0 || !oray_model_tensor(book->public.model, e->tensor, &t) || !t.bytes.exact)
		return;
	blocks = ((uint64_t)e->dims[0] - 1) / (uint64_t)e->block_size + 1;
	if (__builtin_mul_overflow((uint64_t)e->block_size, e->bits, &row) ||
	    __builtin_mul_overflow(blocks, (row + 7) / 8, &wanted) ||
	    __builtin_mul_overflow(wanted, (uint64_t)e->dims[1], &wanted) || wanted == t.bytes.value)
		return;
	quant_finding(book, ORAY_ERROR, "quant-packed-size", e->name,
	              "%" PRIu64 " bytes, but K = %" PRId64 ", N = %" PRId64
	              ", %u bits in blocks of %" PRId64 " take %" PRIu64,
	              t.bytes.value, e->dims[0], e->dims[1], e->bits, e->block_size, wanted);
}

static void check_fake(quant_book *book, const oray_encoding *e, const quant_facts *f)
{
	if (!e->is_fake || e->role != ORAY_QUANTIZED_WEIGHT || f->source != QUANT_BY_QUANTIZE ||
	    !e->elements.exact || e->elements.value < 2 || e->tensor == ORAY_NONE)
		return;
	quant_finding(book, ORAY_INFO, "quant-fake-weight", e->name,
	              "stored as floats and rounded to %s when used: the file is as large as before; "
	              "fold QuantizeLinear into the weight to store %" PRIu64 " elements of %u bits",
	              type_name(e->type), e->elements.value, e->bits);
}

static void check_symmetry(quant_book *book, const oray_encoding *e)
{
	if (quant_is_tensorrt(book) && e->symmetric == 0 && e->role == ORAY_QUANTIZED_WEIGHT)
		quant_finding(book, ORAY_ERROR, "quant-asymmetric-weight", e->name,
		              "zero points from %g to %g: TensorRT takes symmetric weights only, all zero "
		              "points have to be 0",
		              e->zero_point_min, e->zero_point_max);
}

/* --------------------------------------------------------------------------------- chains -- */

/* Does this node know what to do with integers that stand for real numbers? */
static bool takes_integers(quant_book *book, const oray_node *node)
{
	const reading *r = reading_of(&book->flow.readings, node, book->flow.context[node->graph]);

	return !r || !r->row || r->category == OPS_CONTROL || reading_passes(r) ||
	       quant_slots(r->row->name) || strstr(r->row->name, "Integer") ||
	       !strncmp(r->row->name, "QLinear", 7) || r->category == OPS_TENSOR ||
	       r->category == OPS_POOL;
}

/* Integers that are never made real again, and are read by nobody who takes them for real. */
static void check_pairs(quant_book *book, const oray_encoding *e, const quant_facts *f)
{
	char text[256], reader[128];
	oray_value v;
	oray_node node;

	if (f->source != QUANT_BY_QUANTIZE || f->dequantizer != ORAY_NONE || e->is_fake ||
	    !oray_model_value(book->public.model, e->value, &v) || v.is_output)
		return;
	if (!v.n_uses)
		quant_finding(book, ORAY_WARNING, "quant-no-dequantize",
		              label(book, f->quantizer, text, sizeof text),
		              "nobody reads what it quantizes; it can go");
	for (size_t i = 0; i < v.n_uses && i < USES_MOST; i++) {
		if (!oray_model_node(book->public.model, v.uses[i], &node) || takes_integers(book, &node))
			continue;
		oray_node_label(book->public.model, v.uses[i], reader, sizeof reader);
		quant_finding(book, ORAY_WARNING, "quant-no-dequantize",
		              label(book, f->quantizer, text, sizeof text),
		              "%s reads its integers as they are, without scale and zero point; "
		              "DequantizeLinear is missing",
		              reader);
		return;
	}
}

/* The encoding that flows into a node that quantizes: real numbers straight from another pair. */
static void check_double(quant_book *book, const oray_encoding *e, const quant_facts *f)
{
	oray_node node;
	char text[256];
	uint32_t before;

	if (f->quantizer == ORAY_NONE || !oray_model_node(book->public.model, f->quantizer, &node) ||
	    !node.n_inputs || node.inputs[0] == ORAY_NONE)
		return;
	before = book->by_value[node.inputs[0]];
	if (!before || &book->encodings.at[before - 1] == e)
		return;
	const oray_encoding *first = &book->encodings.at[before - 1];
	bool same = first->scale_min == e->scale_min && first->scale_max == e->scale_max &&
	            first->type == e->type && first->zero_point_min == e->zero_point_min;
	quant_finding(book, same ? ORAY_INFO : ORAY_WARNING, "quant-twice",
	              label(book, f->quantizer, text, sizeof text),
	              same
	                  ? "quantizes what was quantized just before in the same way: one pair can go "
	                    "(scale %g and %g)"
	                  : "quantizes what was quantized just before with another scale or type: "
	                    "rounded twice (scale %g, then %g)",
	              first->scale_max, e->scale_max);
}

/* ---------------------------------------------------------------------------------- layers -- */

static oray_id bias_of(const oray_node *node, const reading *r)
{
	for (size_t i = 0; i < node->n_inputs; i++)
		if ((reading_asks(r, i) & ASK_BIAS) && node->inputs[i] != ORAY_NONE)
			return node->inputs[i];
	return ORAY_NONE;
}

/* A bias is added to products of x and w: its scale is that of the products. */
static void check_bias(quant_book *book, const oray_quantized_layer *l)
{
	oray_node node;
	const reading *r;
	char text[256];
	oray_id bias;
	size_t b;

	if (l->weight == SIZE_MAX || l->activation == SIZE_MAX ||
	    !oray_model_node(book->public.model, l->node, &node) ||
	    !(r = reading_of(&book->flow.readings, &node, book->flow.context[node.graph])) ||
	    (bias = bias_of(&node, r)) == ORAY_NONE || (b = quant_trace(book, bias, false)) == SIZE_MAX)
		return;
	const oray_encoding *e = &book->encodings.at[b], *x = &book->encodings.at[l->activation],
	                    *w = &book->encodings.at[l->weight];
	quant_facts *f = &book->facts.at[b], *fx = &book->facts.at[l->activation],
	            *fw = &book->facts.at[l->weight];
	if (e->role != ORAY_QUANTIZED_BIAS || e->is_fake || x->is_dynamic)
		return;
	if (e->type != ORAY_INT32) {
		quant_finding(book, ORAY_WARNING, "quant-bias-type", e->name,
		              "a bias of %s; runtimes add biases of int32 to the products",
		              type_name(e->type));
		return;
	}
	if (f->scale == ORAY_NONE || !f->scale_read || !fx->scale_read || !fw->scale_read ||
	    x->n_scales != 1)
		return;
	for (uint64_t i = 0; i < w->n_scales || i < e->n_scales; i++) {
		double is = quant_number(book, f->scale, e->n_scales == 1 ? 0 : i);
		double want = x->scale_max * quant_number(book, fw->scale, w->n_scales == 1 ? 0 : i);
		if (i > 65536 || isnan(is) || isnan(want))
			return;
		if (fabs(is - want) <= 1e-3 * fabs(want))
			continue;
		quant_finding(book, ORAY_WARNING, "quant-bias-scale",
		              label(book, l->node, text, sizeof text),
		              "the scale of the bias is %g where x times w has %g (%.3g times as much, "
		              "channel %" PRIu64 "): integer kernels add it as if it were the latter",
		              is, want, is / want, i);
		return;
	}
}

/* Layers that compute with real numbers although both weight and input were given as few bits are
 * fine; one without the other is often an accident in a static scheme. */
static void check_halves(quant_book *book, const oray_quantized_layer *l)
{
	char text[256];
	oray_scheme s = book->public.scheme;

	if (s != ORAY_SCHEME_QDQ || !l->is_quantized || l->weight_type == 0)
		return;
	if (l->weight != SIZE_MAX && l->activation == SIZE_MAX)
		quant_finding(book, ORAY_INFO, "quant-float-activation",
		              label(book, l->node, text, sizeof text),
		              "weights of %s, but its input is %s: it computes with floats",
		              type_name(l->weight_type), type_name(l->activation_type));
	else if (l->weight == SIZE_MAX && l->activation != SIZE_MAX)
		quant_finding(
		    book, ORAY_WARNING, "quant-float-weight", label(book, l->node, text, sizeof text),
		    "its input is quantized to %s, but its weight is %s: it computes with floats, "
		    "and rounding the input gains nothing",
		    type_name(l->activation_type), type_name(l->weight_type));
}

static void check_mixture(quant_book *book)
{
	size_t tensor = 0, axis = 0;
	oray_str example = {"", 0};

	for (size_t i = 0; i < book->layers.n; i++) {
		size_t w = book->layers.at[i].weight;
		if (w == SIZE_MAX)
			continue;
		const oray_encoding *e = &book->encodings.at[w];
		if (e->granularity == ORAY_PER_AXIS) {
			axis++;
		} else if (e->granularity == ORAY_PER_TENSOR && e->n_dims > 1 && e->elements.exact &&
		           e->elements.value > 1 && e->n_scales) {
			if (!tensor++)
				example = e->name;
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

/* Operators that only move or pick values: in and out are the same numbers. */
static void check_shared(quant_book *book, oray_id id, const oray_node *node)
{
	static const char *const movers[] = {
	    "MaxPool", "Reshape", "Transpose", "Flatten",      "Squeeze",      "Unsqueeze", "Slice",
	    "Gather",  "Pad",     "Resize",    "DepthToSpace", "SpaceToDepth", "Identity",  "Split"};
	char text[256];
	oray_value v;
	bool moves = false;

	for (size_t i = 0; i < sizeof movers / sizeof *movers; i++)
		moves |=
		    node->op.size == strlen(movers[i]) && !memcmp(node->op.data, movers[i], node->op.size);
	if (!moves || !node->n_inputs || !node->n_outputs || node->inputs[0] == ORAY_NONE ||
	    !oray_model_value(book->public.model, node->outputs[0], &v))
		return;
	size_t in = book->by_value[node->inputs[0]];
	for (size_t i = 0; in && i < v.n_uses && i < USES_MOST; i++) {
		oray_node q;
		if (!oray_model_node(book->public.model, v.uses[i], &q) || !q.n_outputs ||
		    q.outputs[0] == ORAY_NONE || !book->by_value[q.outputs[0]])
			continue;
		size_t out = book->by_value[q.outputs[0]];
		if (out == in || book->facts.at[out - 1].quantizer != v.uses[i])
			continue;
		const oray_encoding *a = &book->encodings.at[in - 1], *b = &book->encodings.at[out - 1];
		if (isnan(a->scale_max) || isnan(b->scale_max) || a->type != b->type ||
		    (a->scale_max == b->scale_max && a->zero_point_max == b->zero_point_max))
			continue;
		quant_finding(book, ORAY_INFO, "quant-shared-scale", label(book, id, text, sizeof text),
		              "only moves values, but scale %g goes in and %g comes out: with the same on "
		              "both sides it needs no arithmetic",
		              a->scale_max, b->scale_max);
		return;
	}
}

static void check_nodes(quant_book *book)
{
	oray_node node;

	for (oray_id g = 0; g < book->flow.n_graphs; g++) {
		const oray_graph *graph = oray_model_graph(book->public.model, g);
		for (size_t i = 0; book->flow.context[g] != ROLE_TRAINING && i < graph->n_nodes; i++) {
			oray_id id = (oray_id)(graph->first_node + i);
			if (!oray_model_node(book->public.model, id, &node))
				return;
			check_shared(book, id, &node);
		}
	}
}

void quant_check(quant_book *book)
{
	for (size_t i = 0; i < book->encodings.n && !book->failed; i++) {
		const oray_encoding *e = &book->encodings.at[i];
		const quant_facts *f = &book->facts.at[i];
		check_scales(book, e, f);
		check_zeros(book, e, f);
		check_shape(book, e, f);
		check_packed(book, e);
		check_fake(book, e, f);
		check_symmetry(book, e);
		check_pairs(book, e, f);
		check_double(book, e, f);
	}
	for (size_t i = 0; i < book->layers.n && !book->failed; i++) {
		check_bias(book, &book->layers.at[i]);
		check_halves(book, &book->layers.at[i]);
	}
	check_mixture(book);
	if (book->encodings.n)
		check_nodes(book);
}
