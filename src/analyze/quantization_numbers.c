/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quantization_numbers.c - stored scales and zero points as real numbers, one after the other.
 */
#include "analyze/quantization_numbers.h"

#include <math.h>
#include <string.h>

enum { STEPS_MOST = 16 };

bool numbers_are_real(int32_t type)
{
	return type == ORAY_FLOAT32 || type == ORAY_FLOAT64 || type == ORAY_FLOAT16 ||
	       type == ORAY_BFLOAT16 || (type >= ORAY_FLOAT8E4M3FN && type <= ORAY_FLOAT8E5M2FNUZ) ||
	       type == ORAY_FLOAT4E2M1 || type == ORAY_FLOAT8E8M0 || type == ORAY_FLOAT6E2M3 ||
	       type == ORAY_FLOAT6E3M2;
}

static bool is_signed(int32_t type)
{
	return type == ORAY_INT2 || type == ORAY_INT4 || type == ORAY_INT8 || type == ORAY_INT16 ||
	       type == ORAY_INT32 || type == ORAY_INT64;
}

bool quant_limits(int32_t type, uint32_t bits, double *low, double *high)
{
	/* largest finite numbers of float types: the ONNX documents on float8, float4 and float6 */
	static const double largest[ORAY_N_TYPES] = {
	    [ORAY_FLOAT8E4M3FN] = 448,     [ORAY_FLOAT8E4M3FNUZ] = 240, [ORAY_FLOAT8E5M2] = 57344,
	    [ORAY_FLOAT8E5M2FNUZ] = 57344, [ORAY_FLOAT4E2M1] = 6,       [ORAY_FLOAT6E2M3] = 7.5,
	    [ORAY_FLOAT6E3M2] = 28,
	};

	if (type > 0 && type < ORAY_N_TYPES && largest[type] > 0) {
		*high = largest[type];
		*low = -*high;
		return true;
	}
	if (numbers_are_real(type) || type == ORAY_BOOL || type == ORAY_STRING || !bits || bits > 32)
		return false;
	*low = is_signed(type) ? -ldexp(1, (int)bits - 1) : 0;
	*high = ldexp(1, (int)bits - is_signed(type)) - 1;
	if (bits == 1 && is_signed(type)) /* bipolar */
		*high = 1;
	return true;
}

static double number_of(int32_t type, const oray_element *x)
{
	if (numbers_are_real(type))
		return x->f;
	return is_signed(type) ? (double)x->i : (double)x->u;
}

static bool open_stored(quant_book *book, oray_id head, number_source *s)
{
	oray_value v;
	oray_node node;
	oray_attribute a;

	s->model = book->public.model;
	s->tensor = quant_stored(book, head);
	if (oray_model_tensor(s->model, s->tensor, &s->t)) {
		s->n = s->t.elements.exact ? s->t.elements.value : 0;
		return s->t.elements.exact;
	}
	if (!oray_model_value(s->model, head, &v) || !oray_model_node(s->model, v.producer, &node) ||
	    !role_constant(s->model, &node, &a) || a.on_disk)
		return false;
	s->n = 1;
	if (a.type == ORAY_ATTR_FLOAT)
		s->number = (double)a.v.f;
	else if (a.type == ORAY_ATTR_INT)
		s->number = (double)a.v.i;
	else if (a.type == ORAY_ATTR_FLOATS && a.count == 1)
		s->number = (double)a.v.floats[0];
	else if (a.type == ORAY_ATTR_INTS && a.count == 1)
		s->number = (double)a.v.ints[0];
	else
		return false;
	return true;
}

static bool node_is(const oray_node *node, const char *op)
{
	return node->op.size == strlen(op) && !memcmp(node->op.data, op, node->op.size);
}

static bool fetch(number_source *s, uint64_t index, oray_element *out)
{
	if (index < s->first || index >= s->first + s->filled) {
		s->first = index;
		if (s->failed ||
		    oray_tensor_read(s->model, s->tensor, index, NUMBER_CHUNK, s->chunk, &s->filled,
		                     NULL) != ORAY_OK ||
		    !s->filled) {
			s->filled = 0;
			s->failed = true;
			return false;
		}
	}
	*out = s->chunk[index - s->first];
	return true;
}

/* Element `index` of a source; one element stands for all. */
static double take(number_source *s, uint64_t index)
{
	oray_element x;
	uint64_t byte, bit;

	if (s->tensor == ORAY_NONE)
		return s->number;
	if (!s->packed) {
		if (!fetch(s, s->n == 1 ? 0 : index, &x))
			return NAN;
		return number_of(s->t.type, &x);
	}
	/* bits may lie across two bytes, as with 3 of them */
	bit = index % s->row * s->packed;
	byte = index / s->row * ((s->row * s->packed + 7) / 8) + bit / 8;
	if (byte >= s->n || !fetch(s, byte, &x))
		return NAN;
	uint64_t both = x.u;
	if (bit % 8 + s->packed > 8 && byte + 1 < s->n && fetch(s, byte + 1, &x))
		both |= x.u << 8;
	return (double)(both >> bit % 8 & ((UINT64_C(1) << s->packed) - 1));
}

/* Numbers that are still to be opened. */
typedef struct waiting {
	oray_id value[NUMBER_FACTORS];
	bool divides[NUMBER_FACTORS];
	size_t n;
} waiting;

/* The DequantizeLinear that a value comes out of, behind nodes that only pass it on: scales may be
 * quantized themselves. */
static bool dequantizer_of(quant_book *book, oray_id value, oray_node *node)
{
	oray_value v;

	for (unsigned step = 0; step < STEPS_MOST; step++) {
		const reading *r;
		if (!oray_model_value(book->public.model, value, &v) ||
		    !oray_model_node(book->public.model, v.producer, node) || !node->n_inputs ||
		    !(r = reading_of(&book->flow.readings, node, book->flow.context[node->graph])))
			return false;
		if (r->dequantizes)
			return true;
		if (!reading_passes(r))
			return false;
		value = node->inputs[0];
	}
	return false;
}

/* A zero point that is not there, or one number that is 0. */
static bool is_zero(quant_book *book, oray_id value)
{
	number_source s = {.tensor = ORAY_NONE};

	if (value == ORAY_NONE)
		return true;
	value = role_head(&book->flow, value);
	return (book->flow.facts[value] & FACT_STORED) && open_stored(book, value, &s) && s.n == 1 &&
	       take(&s, 0) == 0;
}

static bool wait_for(waiting *w, oray_id a, oray_id b, bool divides, bool quotient)
{
	if (a == ORAY_NONE || b == ORAY_NONE || w->n + 2 > NUMBER_FACTORS)
		return false;
	w->value[w->n] = a;
	w->divides[w->n++] = divides;
	w->value[w->n] = b;
	w->divides[w->n++] = divides != quotient;
	return true;
}

/* Shapes that are multiplied have to be alike, or of one element. */
static bool are_alike(const numbers *s)
{
	uint64_t longest = numbers_count(s);

	for (size_t i = 0; i < s->n; i++)
		if (s->of[i].n != 1 && s->of[i].n != longest)
			return false;
	return s->n > 0;
}

bool numbers_open(quant_book *book, oray_id value, numbers *s)
{
	waiting w = {.value = {value}, .n = 1};
	oray_value v;
	oray_node node;

	s->n = 0;
	for (size_t i = 0; i < w.n; i++) {
		bool divides = w.divides[i];
		if (dequantizer_of(book, w.value[i], &node)) {
			if (node.n_inputs < 2 ||
			    !is_zero(book, node.n_inputs > 2 ? node.inputs[2] : ORAY_NONE) ||
			    !wait_for(&w, node.inputs[0], node.inputs[1], divides, false))
				return false;
			continue;
		}
		oray_id head = role_head(&book->flow, w.value[i]);
		if (book->flow.facts[head] & FACT_STORED) {
			memset(&s->of[s->n], 0, sizeof s->of[s->n]);
			s->divides[s->n] = divides;
			if (!open_stored(book, head, &s->of[s->n++]))
				return false;
			continue;
		}
		if (!(book->flow.facts[head] & FACT_CONSTANT) ||
		    !oray_model_value(book->public.model, head, &v) ||
		    !oray_model_node(book->public.model, v.producer, &node) || node.n_inputs != 2 ||
		    (!node_is(&node, "Mul") && !node_is(&node, "Div")) ||
		    !wait_for(&w, node.inputs[0], node.inputs[1], divides, node_is(&node, "Div")))
			return false;
	}
	return are_alike(s);
}

double numbers_factor(numbers *s, size_t factor)
{
	return take(&s->of[factor], 0);
}

double numbers_at(numbers *s, uint64_t index)
{
	double product = 1;

	for (size_t i = 0; i < s->n; i++) {
		double x = take(&s->of[i], index);
		product = s->divides[i] ? product / x : product * x;
	}
	return product;
}

bool numbers_failed(const numbers *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->of[i].failed)
			return true;
	return false;
}

uint64_t numbers_count(const numbers *s)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n = s->of[i].n > n ? s->of[i].n : n;
	return n;
}

double quant_number(quant_book *book, oray_id value, uint64_t index)
{
	numbers s;
	double x;

	if (value == ORAY_NONE || book->shallow || !numbers_open(book, value, &s) ||
	    index >= numbers_count(&s))
		return NAN;
	x = numbers_at(&s, index);
	return numbers_failed(&s) ? NAN : x;
}

size_t quant_numbers(quant_book *book, oray_id value, uint64_t index, size_t n, double *out)
{
	numbers s;
	uint64_t all;

	if (value == ORAY_NONE || !numbers_open(book, value, &s) || index >= (all = numbers_count(&s)))
		return 0;
	n = all - index < n ? (size_t)(all - index) : n;
	for (size_t i = 0; i < n; i++)
		out[i] = numbers_at(&s, index + i);
	return numbers_failed(&s) ? 0 : n;
}
