/* SPDX-License-Identifier: Apache-2.0 */
/*
 * amount.c - costs and sizes for the rest of the house: numbers, or polynomials in the symbols.
 *
 * An amount keeps its number apart, so that plain ones are added without looking anywhere. The
 * formula is a dim of the pool that the model keeps; new ones are made under a lock, since any
 * thread may ask.
 */
#include <pthread.h>
#include <string.h>

#include "infer/engine.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static dims *pool(const oray_model *m)
{
	const frozen_state *s = m->inference.state;
	return s ? s->d : NULL;
}

/* The dim that inference had in mind where it wrote a text. */
static dim thawed(const oray_model *m, const model_type *t, size_t i)
{
	model_dim d = m->type_dims.at[t->dims + i];
	if (MODEL_DIM_KIND(d) == DIM_NUMBER)
		return dim_number(pool(m), (int64_t)MODEL_DIM_BITS(d));
	if (MODEL_DIM_KIND(d) != DIM_SYMBOL)
		return DIM_LOST;
	oray_id text = (oray_id)MODEL_DIM_BITS(d);
	dim found = frozen_find(m->inference.state, text);
	if (found == DIM_LOST) {
		oray_str s = strings_get(&m->strings, text);
		found = dim_parse(pool(m), s.data, s.size, DIM_DECLARED);
	}
	return dim_resolve(pool(m), found);
}

static oray_amount amount_of(const oray_model *m, dim d)
{
	int64_t n;
	if (d == DIM_LOST)
		return (oray_amount){0, 0, false};
	if (dim_is_number(pool(m), d, &n))
		return n < 0 ? (oray_amount){0, 0, false} : (oray_amount){(uint64_t)n, 0, true};
	return (oray_amount){0, d, true};
}

oray_amount oray_amount_add(const oray_model *model, oray_amount a, oray_amount b)
{
	oray_amount out = {0, a.formula | b.formula, a.exact && b.exact};
	if (__builtin_add_overflow(a.value, b.value, &out.value)) {
		out.value = a.value > b.value ? a.value : b.value;
		out.exact = false;
	}
	if (a.formula && b.formula) {
		pthread_mutex_lock(&lock);
		out.formula = dim_add(pool(model), a.formula, b.formula);
		pthread_mutex_unlock(&lock);
		if (out.formula == DIM_LOST) {
			out.formula = a.formula;
			out.exact = false;
		}
	}
	return out;
}

oray_amount oray_amount_times(const oray_model *model, oray_amount a, uint64_t factor)
{
	oray_amount out = a;
	if (__builtin_mul_overflow(a.value, factor, &out.value)) {
		out.value = a.value;
		out.exact = false;
	}
	if (a.formula) {
		pthread_mutex_lock(&lock);
		out.formula = factor > INT64_MAX
		                  ? DIM_LOST
		                  : dim_mul(pool(model), a.formula, dim_number(pool(model), (int64_t)factor));
		pthread_mutex_unlock(&lock);
		if (out.formula == DIM_LOST) {
			out.formula = a.formula;
			out.exact = false;
		}
	}
	return out;
}

size_t oray_amount_text(const oray_model *model, oray_amount amount, char *out, size_t size)
{
	buf text = {0};
	if (!amount.formula) {
		buf_format(&text, "%llu", (unsigned long long)amount.value);
	} else {
		pthread_mutex_lock(&lock);
		dims *p = pool(model);
		dim whole = amount.value <= INT64_MAX
		                ? dim_add(p, amount.formula, dim_number(p, (int64_t)amount.value))
		                : amount.formula;
		dim_text(p, whole == DIM_LOST ? amount.formula : whole, true, &text);
		pthread_mutex_unlock(&lock);
	}
	if (size) {
		size_t n = text.n < size ? text.n : size - 1;
		memcpy(out, buf_text(&text), n);
		out[n] = 0;
	}
	size_t length = text.n;
	buf_free(&text);
	return length;
}

static bool every_symbol(void *context, oray_str name, int64_t *value)
{
	(void)name;
	*value = *(const int64_t *)context;
	return true;
}

double oray_amount_at(const oray_model *model, oray_amount amount, int64_t symbols)
{
	double part = 0;
	if (amount.formula) {
		pthread_mutex_lock(&lock);
		if (!dim_evaluate(pool(model), amount.formula, every_symbol, &symbols, &part))
			part = 0;
		pthread_mutex_unlock(&lock);
	}
	return (double)amount.value + part;
}

static bool is_counted(const oray_model *m, const model_node *node)
{
	oray_node n;
	if (m->ops.at[node->op].function != ORAY_NONE)
		return true;
	if (!oray_model_node(m, (oray_id)(node - m->nodes.at), &n))
		return false;
	const ops_row *row = ops_find(n.domain.data, n.domain.size, n.op.data, n.op.size, 0);
	return row && (row->cost != OPS_COST_none || row->category == OPS_CONTROL);
}

bool oray_node_cost(const oray_model *model, oray_id node, oray_amount *out)
{
	if (node >= model->inference.n_costs)
		return false;
	dim d = model->inference.costs[node];
	if (!d && !is_counted(model, &model->nodes.at[node]))
		return false;
	*out = amount_of(model, d);
	return true;
}

oray_amount oray_value_bytes(const oray_model *model, oray_id value)
{
	oray_amount unknown = {0, 0, false};
	oray_value v;
	oray_type t;
	dim at[RANK_MOST];
	if (!oray_model_value(model, value, &v) || !oray_model_type(model, v.inferred, &t) ||
	    t.kind != ORAY_KIND_TENSOR || !t.has_shape || t.n_dims > RANK_MOST)
		return unknown;
	uint64_t elements = 1, bytes;
	bool symbolic = false;
	for (size_t i = 0; i < t.n_dims; i++) {
		oray_dim d = oray_model_dim(model, t.id, i);
		if (d.kind == ORAY_DIM_UNKNOWN || (d.kind == ORAY_DIM_VALUE && d.value < 0))
			return unknown;
		symbolic |= d.kind == ORAY_DIM_SYMBOL;
		if (d.kind == ORAY_DIM_VALUE && __builtin_mul_overflow(elements, (uint64_t)d.value, &elements))
			return unknown;
	}
	if (!symbolic)
		return oray_type_bytes(t.element, elements, &bytes) ? (oray_amount){bytes, 0, true} : unknown;
	uint32_t bits = oray_type_bits(t.element);
	if (!bits || !pool(model))
		return unknown;
	pthread_mutex_lock(&lock);
	dims *p = pool(model);
	for (size_t i = 0; i < t.n_dims; i++)
		at[i] = thawed(model, &model->types.at[t.id], i);
	dim whole = dim_mul(p, dim_product(p, at, t.n_dims), DIM(bits));
	whole = dim_ceil_div(p, whole, DIM(8));
	pthread_mutex_unlock(&lock);
	return amount_of(model, whole);
}
