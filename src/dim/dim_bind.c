/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dim_bind.c - what symbols turn out to be.
 *
 * A symbol is bound to a dim without bound symbols in it, itself least of all; so following
 * bindings always ends. Chains of them may be as long as a model likes: dim_resolve() walks with a
 * stack of its own, and writes down what it found in records and symbols, good until the next
 * binding.
 */
#include "dim/dim_pool.h"

#define UNIT DIM(1)

/* ------------------------------------------------------------------------------- resolve -- */

/** True and the resolved dim, when that needs no work. */
static bool resolved(const dims *p, dim d, dim *out)
{
	*out = d;
	if (DIM_KIND(d) == DIM_IS_SYMBOL) {
		const dim_name *s = &p->symbols.at[dim_index(d)];
		if (s->bound)
			*out = s->resolved;
		return !s->bound || s->epoch == p->bound;
	}
	if (DIM_KIND(d) != DIM_IS_RECORD)
		return true;
	const dim_record *r = dim_record_of(p, d);
	if (r->type == DIM_BIG || r->type == DIM_REAL)
		return true;
	*out = r->resolved;
	return r->epoch == p->bound;
}

/** The dims a dim is made of; returns their number, at most DIM_TERMS. */
static unsigned parts_of(const dims *p, dim d, dim *parts)
{
	if (DIM_KIND(d) == DIM_IS_SYMBOL) {
		parts[0] = p->symbols.at[dim_index(d)].value;
		return 1;
	}
	const dim_record *r = dim_record_of(p, d);
	const uint64_t *words = dim_words(p, d);
	unsigned n = 0, step = 1 + (r->type == DIM_POLY);
	for (unsigned i = step - 1; i < r->n && (r->type != DIM_RATIO || i == 0); i += step)
		parts[n++] = words[i];
	return n;
}

/** The dim made anew of resolved parts. */
static dim rebuild(dims *p, dim d, const dim *parts, unsigned n)
{
	const dim_record *r = dim_record_of(p, d);
	dim_type type = (dim_type)r->type;
	dim_poly sum, x;
	sum.n = 0;
	switch (type) {
	case DIM_MONOMIAL:
		return dim_product(p, parts, n);
	case DIM_POLY:
		for (unsigned i = 0; i < n; i++) {
			int64_t factor = (int64_t)dim_words(p, d)[2 * i];
			if (!dim_poly_of(p, parts[i], &x) || !dim_poly_add(p, &sum, &x, factor, UNIT))
				return DIM_LOST;
		}
		return dim_of_poly(p, &sum);
	case DIM_QUOTIENT:
		return n == 2 ? dim_floor_of(p, parts[0], parts[1]) : DIM_LOST;
	case DIM_RATIO:
		return n == 1 ? dim_real_div(p, parts[0], dim_number(p, (int64_t)dim_words(p, d)[1]))
		              : DIM_LOST;
	default:
		return dim_extreme(p, type, parts, n);
	}
}

/** Resolves the dim on top of the stack, or puts on it what must be resolved before. */
static bool resolve_top(dims *p)
{
	dim d = p->pending.at[p->pending.n - 1], out, parts[DIM_TERMS];
	if (resolved(p, d, &out)) {
		p->pending.n--;
		return true;
	}
	unsigned n = parts_of(p, d, parts);
	size_t before = p->pending.n;
	bool same = true;
	for (unsigned i = 0; i < n; i++) {
		if (resolved(p, parts[i], &out)) {
			same &= parts[i] == out;
			parts[i] = out;
			continue;
		}
		dim *top = vec_push(p->budget, &p->pending);
		if (!top)
			return false;
		*top = parts[i];
	}
	if (p->pending.n > before)
		return true;
	p->pending.n--;
	if (DIM_KIND(d) == DIM_IS_SYMBOL) {
		p->symbols.at[dim_index(d)].resolved = parts[0];
		p->symbols.at[dim_index(d)].epoch = p->bound;
		return true;
	}
	out = same ? d : rebuild(p, d, parts, n);
	p->records.at[dim_index(d)].resolved = out;
	p->records.at[dim_index(d)].epoch = p->bound;
	return true;
}

dim dim_resolve(dims *p, dim d)
{
	dim out;
	if (DIM_KIND(d) == DIM_IS_NUMBER || p->bound == 0)
		return d;
	if (resolved(p, d, &out))
		return out;
	dim *top = vec_push(p->budget, &p->pending);
	if (!top)
		return DIM_LOST;
	*top = d;
	while (p->pending.n)
		if (!resolve_top(p)) {
			p->pending.n = 0;
			return DIM_LOST;
		}
	return resolved(p, d, &out) ? out : DIM_LOST;
}

/* ----------------------------------------------------------------------------- unify -- */

/** Where the least original symbol in a dim comes from; DIM_NAMED without symbols. */
static dim_origin least_origin(const dims *p, dim d)
{
	dim parts[DIM_TERMS];
	if (DIM_KIND(d) == DIM_IS_SYMBOL)
		return dim_symbol_origin(p, d);
	if (DIM_KIND(d) != DIM_IS_RECORD || dim_is_type(p, d, DIM_BIG) || dim_is_type(p, d, DIM_REAL))
		return DIM_NAMED;
	dim_origin least = DIM_NAMED;
	unsigned n = parts_of(p, d, parts);
	for (unsigned i = 0; i < n && least < DIM_DATA; i++) {
		dim_origin origin = least_origin(p, parts[i]);
		least = origin > least ? origin : least;
	}
	return least;
}

/** Binds an unbound symbol to a resolved dim without it. */
static void bind(dims *p, dim symbol, dim value)
{
	dim_name *s = &p->symbols.at[dim_index(symbol)];
	s->bound = true;
	s->value = value;
	p->bound++;
}

/** Binds the symbol if it may be bound to that. */
static bool try_bind(dims *p, dim symbol, dim value)
{
	if (value == DIM_LOST || dim_contains(p, value, symbol))
		return false;
	dim_origin origin = dim_symbol_origin(p, symbol);
	if (DIM_KIND(value) == DIM_IS_SYMBOL) {
		dim_origin other = dim_symbol_origin(p, value);
		if (origin < other || (origin == other && symbol < value)) {
			dim d = symbol;
			symbol = value;
			value = d;
		}
	} else if (origin < DIM_DECLARED && least_origin(p, value) >= DIM_DECLARED) {
		return false;
	}
	bind(p, symbol, value);
	return true;
}

/** Solves x = 0 for its term i: value = -(others) / c. */
static bool solve(dims *p, const dim_poly *x, unsigned i, dim_poly *value)
{
	int64_t c = x->at[i].c;
	value->n = 0;
	for (unsigned k = 0; k < x->n; k++) {
		if (k == i)
			continue;
		if (x->at[k].c == INT64_MIN || c == INT64_MIN || x->at[k].c % c != 0 ||
		    dim_contains(p, x->at[k].m, x->at[i].m))
			return false;
		value->at[value->n++] = (dim_term){-x->at[k].c / c, x->at[k].m};
	}
	return true;
}

/** Two expressions that are no symbols: one may hold a symbol that follows from the others. */
static bool bind_within(dims *p, const dim_poly *gap)
{
	dim best = DIM_LOST, best_value = DIM_LOST;
	for (unsigned i = 0; i < gap->n; i++) {
		dim_poly value;
		dim symbol = gap->at[i].m;
		if (DIM_KIND(symbol) != DIM_IS_SYMBOL || !solve(p, gap, i, &value))
			continue;
		dim d = dim_of_poly(p, &value);
		/* 2*x = x is no reason to believe in x = 0, nor x + y = z in x = z - y */
		if (d == DIM_LOST || d == DIM(0) || !dim_plainly_nonneg(p, d))
			continue;
		if (best == DIM_LOST || dim_symbol_origin(p, symbol) > dim_symbol_origin(p, best)) {
			best = symbol;
			best_value = d;
		}
	}
	return best != DIM_LOST && try_bind(p, best, best_value);
}

/** A number and an expression. */
static bool unify_number(dims *p, const dim_poly *gap)
{
	int64_t c = gap->at[0].c, rest = dim_poly_constant(gap);
	if (gap->n > 2 || (gap->n == 2 && rest == 0) || DIM_KIND(gap->at[0].m) != DIM_IS_SYMBOL)
		return true;
	if (rest == INT64_MIN || c == INT64_MIN || rest % c != 0 || -rest / c < 0)
		return false;
	dim value = dim_number(p, -rest / c);
	if (value != DIM_LOST)
		bind(p, gap->at[0].m, value);
	return true;
}

/** The rest of dim_unify(), for resolved dims that differ and are not lost. */
static bool unify_known(dims *p, dim a, dim b, dim *better)
{
	int64_t number;
	double real;
	dim_poly gap, y;
	dim_order order = dim_compare(p, a, b);
	*better = a;
	if (order == DIM_LESS || order == DIM_MORE)
		return false;
	bool a_number = dim_is_real(p, a, &real), b_number = dim_is_real(p, b, &real);
	if (b_number)
		*better = b;
	if (!dim_poly_of(p, a, &gap) || !dim_poly_of(p, b, &y) ||
	    !dim_poly_add(p, &gap, &y, -1, UNIT) || dim_poly_is_number(&gap, &number))
		return true;
	if (a_number || b_number) {
		if (!unify_number(p, &gap)) {
			*better = a;
			return false;
		}
		return true;
	}
	if (DIM_KIND(b) == DIM_IS_SYMBOL && DIM_KIND(a) != DIM_IS_SYMBOL) {
		dim d = a;
		a = b;
		b = d;
	}
	if (DIM_KIND(a) == DIM_IS_SYMBOL) {
		if (!try_bind(p, a, b))
			*better = dim_is_type(p, b, DIM_POLY) ? b : *better;
		return true;
	}
	if (!bind_within(p, &gap) && least_origin(p, b) < DIM_DECLARED &&
	    least_origin(p, a) >= DIM_DECLARED)
		*better = b;
	return true;
}

bool dim_unify(dims *p, dim a, dim b, dim *out)
{
	dim better = a;
	a = dim_resolve(p, a);
	b = dim_resolve(p, b);
	bool possible = true;
	if (a == DIM_LOST || a == b)
		better = b;
	else if (b == DIM_LOST)
		better = a;
	else
		possible = unify_known(p, a, b, &better);
	if (out)
		*out = dim_resolve(p, better);
	return possible;
}

bool dim_bind(dims *p, const char *name, size_t size, dim value)
{
	dim symbol = dim_symbol_find(p, name, size);
	if (symbol == DIM_LOST)
		return false;
	value = dim_resolve(p, value);
	if (p->symbols.at[dim_index(symbol)].bound)
		return dim_unify(p, symbol, value, NULL);
	if (value != symbol && value != DIM_LOST) {
		if (dim_contains(p, value, symbol))
			return false;
		bind(p, symbol, value);
	}
	return true;
}
