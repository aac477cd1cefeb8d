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

#include "base/num.h"
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
	bool record = DIM_KIND(d) == DIM_IS_RECORD; /* records move when new ones are made */
	if (record)
		pthread_mutex_lock(&lock);
	bool number = dim_is_number(pool(m), d, &n);
	if (record)
		pthread_mutex_unlock(&lock);
	if (number)
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
	frozen_state *s = model->inference.state;
	if (!amount.formula || !s)
		return (double)amount.value;
	pthread_mutex_lock(&lock);
	frozen_size *known = &s->sizes[(amount.formula ^ amount.formula >> 8) % FROZEN_SIZES];
	if (known->formula != amount.formula || known->symbols != symbols) {
		*known = (frozen_size){amount.formula, symbols, 0};
		if (!dim_evaluate(s->d, amount.formula, every_symbol, &symbols, &known->size))
			known->size = 0;
	}
	double part = known->size;
	pthread_mutex_unlock(&lock);
	return (double)amount.value + part;
}

bool oray_node_cost(const oray_model *model, oray_id node, oray_amount *out)
{
	if (node >= model->inference.n_costs)
		return false;
	const frozen_state *s = model->inference.state;
	dim d = model->inference.costs[node];
	if (!d && !s->counted[model->nodes.at[node].op])
		return false;
	*out = amount_of(model, d);
	return true;
}

/* Product of the sizes that are numbers. @return false when some size is unknown. */
static bool plain_part(const oray_model *m, const model_type *t, uint64_t *elements, bool *symbolic)
{
	*elements = 1;
	*symbolic = false;
	for (uint32_t i = 0; i < t->n_dims; i++) {
		model_dim d = m->type_dims.at[t->dims + i];
		unsigned kind = MODEL_DIM_KIND(d);
		*symbolic |= kind == DIM_SYMBOL;
		if (kind == DIM_RARE) { /* has a denotation, or is negative */
			const oray_dim *rare = &m->rare_dims.at[MODEL_DIM_BITS(d)];
			if (rare->kind == ORAY_DIM_SYMBOL)
				*symbolic = true;
			else if (rare->kind != ORAY_DIM_VALUE || rare->value < 0 ||
			         !num_mul(*elements, (uint64_t)rare->value, elements))
				return false;
		} else if (kind == DIM_UNKNOWN ||
		           (kind == DIM_NUMBER && !num_mul(*elements, MODEL_DIM_BITS(d), elements))) {
			return false;
		}
	}
	return true;
}

/* Bytes of a type with symbols, made once. */
static dim symbolic_bytes(const oray_model *m, const model_type *t)
{
	frozen_state *s = m->inference.state;
	uint32_t bits = oray_type_bits(t->element);
	size_t id = (size_t)(t - m->types.at);
	dim at[RANK_MOST];
	if (!s || !bits || t->n_dims > RANK_MOST)
		return DIM_LOST;
	pthread_mutex_lock(&lock);
	if (!s->bytes)
		s->bytes = mem_zeroed(NULL, m->types.n, sizeof *s->bytes);
	dim whole = s->bytes ? s->bytes[id] : 0;
	if (!whole) {
		for (size_t i = 0; i < t->n_dims; i++)
			at[i] = thawed(m, t, i);
		whole = dim_product(s->d, at, t->n_dims);
		whole = bits % 8 ? dim_ceil_div(s->d, dim_mul(s->d, whole, DIM(bits)), DIM(8))
		                 : dim_mul(s->d, whole, DIM(bits / 8));
		if (s->bytes)
			s->bytes[id] = whole;
	}
	pthread_mutex_unlock(&lock);
	return whole;
}

oray_amount oray_value_bytes(const oray_model *model, oray_id value)
{
	oray_amount unknown = {0, 0, false};
	if (value >= model->values.n)
		return unknown;
	oray_id type = value < model->inference.n_types ? model->inference.types[value] : ORAY_NONE;
	if (type == ORAY_NONE)
		type = model->values.at[value].type;
	const model_type *t = type < model->types.n ? &model->types.at[type] : NULL;
	uint64_t elements, bytes;
	bool symbolic;
	if (!t || t->kind != ORAY_KIND_TENSOR || !t->has_shape ||
	    !plain_part(model, t, &elements, &symbolic))
		return unknown;
	if (symbolic)
		return amount_of(model, symbolic_bytes(model, t));
	return oray_type_bytes(t->element, elements, &bytes) ? (oray_amount){bytes, 0, true} : unknown;
}
