/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dim_text.c - dims as text, and as numbers once symbols have values.
 *
 * Both walk over a record as written out. That is bounded when the record is made: DIM_DEPTH
 * levels, DIM_WEIGHT parts, long names counted by their length.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dim/dim_pool.h"

#define UNIT DIM(1)

typedef struct writer {
	dims *p;
	bool tight;
	buf *out;
} writer;

static void write_dim(writer *w, dim d);

/** True when the name needs no quotes within an expression. */
static bool is_plain_name(oray_str name)
{
	bool number = true;
	for (size_t i = 0; i < name.size; i++) {
		char c = name.data[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
		if (!letter && c != '.' && !(c >= '0' && c <= '9'))
			return false;
		number &= !letter;
	}
	return !number;
}

static void write_name(writer *w, oray_str name)
{
	if (is_plain_name(name)) {
		buf_add(w->out, name.data, name.size);
		return;
	}
	buf_char(w->out, '\'');
	for (size_t i = 0; i < name.size; i++) {
		if (name.data[i] == '\'')
			buf_char(w->out, '\'');
		buf_char(w->out, name.data[i]);
	}
	buf_char(w->out, '\'');
}

/** A number of type double: as short as reads back the same. */
static void write_real(writer *w, double v)
{
	char text[40];
	for (int digits = 6; digits <= 17; digits++) {
		int n = snprintf(text, sizeof text, "%.*g", digits, v);
		if (n < 0 || strtod(text, NULL) == v)
			break;
	}
	/* the program around us may have set a locale with another point */
	for (const char *c = text; *c; c++)
		if (strchr("+-0123456789efin", *c))
			buf_char(w->out, *c);
		else if (c == text || strchr("0123456789", c[-1]))
			buf_char(w->out, '.');
}

/** Writes p as a factor or as one side of a division. */
static void write_operand(writer *w, dim d, bool over)
{
	dim_poly x;
	bool sum = dim_poly_of(w->p, d, &x) &&
	           (x.n > 1 || (!over && dim_is_type(w->p, d, DIM_POLY) &&
	                        (x.at[0].c != 1 || dim_mono_degree(w->p, x.at[0].m) > 1)));
	buf_str(w->out, sum ? "(" : "");
	write_dim(w, d);
	buf_str(w->out, sum ? ")" : "");
}

/** floor(x/y), or ceil(x/y) where x is known by its end to have been made so. */
static void write_quotient(writer *w, dim d)
{
	dims *p = w->p;
	dim a = dim_words(p, d)[0], b = dim_words(p, d)[1];
	dim_poly x, y;
	int64_t number;
	bool ceil = false;
	if (dim_poly_of(p, a, &x) && dim_poly_of(p, b, &y)) {
		if (dim_poly_is_number(&y, &number))
			ceil = dim_poly_constant(&x) == number - 1;
		for (unsigned i = 0; i < x.n && y.at[0].m != UNIT; i++)
			ceil |= x.at[i].m == y.at[0].m && x.at[i].c / y.at[0].c > 0;
	}
	if (ceil) {
		dim over = dim_sub(p, a, dim_sub(p, b, DIM(1)));
		ceil = over != DIM_LOST;
		a = ceil ? over : a;
	}
	buf_str(w->out, ceil ? "ceil(" : "floor(");
	write_operand(w, a, true);
	buf_char(w->out, '/');
	write_operand(w, b, false);
	buf_char(w->out, ')');
}

static void write_atom(writer *w, dim d)
{
	if (DIM_KIND(d) == DIM_IS_SYMBOL) {
		write_name(w, dim_symbol_name(w->p, d));
		return;
	}
	const dim_record *r = dim_record_of(w->p, d);
	if (r->type == DIM_QUOTIENT) {
		write_quotient(w, d);
		return;
	}
	unsigned n = r->n;
	buf_str(w->out, r->type == DIM_MAX ? "max(" : "min(");
	for (unsigned i = 0; i < n; i++) {
		buf_str(w->out, i ? "," : "");
		write_dim(w, dim_words(w->p, d)[i]);
	}
	buf_char(w->out, ')');
}

/** A piece of text with its rank, to be sorted. */
typedef struct piece {
	size_t start, size;
	unsigned rank; /**< pieces of higher rank come first */
	unsigned index;
} piece;

/** Sorts by rank, then by text. */
static void sort_pieces(piece *at, unsigned n, const buf *text)
{
	for (unsigned i = 1; i < n; i++)
		for (unsigned k = i; k > 0; k--) {
			piece a = at[k - 1], b = at[k];
			size_t size = a.size < b.size ? a.size : b.size;
			int order = a.rank != b.rank ? (a.rank > b.rank ? -1 : 1) : 0;
			if (order == 0 && size)
				order = memcmp(buf_text(text) + a.start, buf_text(text) + b.start, size);
			if (order < 0 || (order == 0 && a.size <= b.size))
				break;
			at[k - 1] = b;
			at[k] = a;
		}
}

/** The atoms of a monomial: symbols by name, then the others. */
static void write_mono(writer *w, dim m)
{
	dim at[DIM_DEGREE];
	piece pieces[DIM_DEGREE];
	unsigned n = dim_mono_atoms(w->p, m, at), count = 0;
	if (n == 1) {
		write_atom(w, at[0]);
		return;
	}
	buf text = {0};
	writer inner = {w->p, w->tight, &text};
	for (unsigned i = 0, power; i < n; i += power) {
		for (power = 1; i + power < n && at[i + power] == at[i];)
			power++;
		piece *t = &pieces[count++];
		*t = (piece){.start = text.n, .rank = DIM_KIND(at[i]) == DIM_IS_SYMBOL};
		write_atom(&inner, at[i]);
		if (power > 1)
			buf_format(&text, "^%u", power);
		t->size = text.n - t->start;
	}
	w->out->failed |= text.failed;
	sort_pieces(pieces, text.failed ? 0 : count, &text);
	for (unsigned i = 0; i < count && !text.failed; i++) {
		buf_str(w->out, i ? "*" : "");
		buf_add(w->out, text.data + pieces[i].start, pieces[i].size);
	}
	buf_free(&text);
}

static bool is_of_symbols(const dims *p, dim m)
{
	dim at[DIM_DEGREE];
	unsigned n = dim_mono_atoms(p, m, at);
	for (unsigned i = 0; i < n; i++)
		if (DIM_KIND(at[i]) != DIM_IS_SYMBOL)
			return false;
	return true;
}

static void write_poly(writer *w, const dim_poly *x)
{
	piece pieces[DIM_TERMS];
	buf text = {0};
	writer inner = {w->p, w->tight, &text};
	for (unsigned i = 0; i < x->n; i++) {
		dim m = x->at[i].m;
		/* by degree; then plain symbols in front of functions */
		unsigned rank = 2 * dim_mono_degree(w->p, m) + is_of_symbols(w->p, m);
		pieces[i] = (piece){.start = text.n, .rank = m == UNIT ? 0 : rank, .index = i};
		if (m != UNIT)
			write_mono(&inner, m);
		pieces[i].size = text.n - pieces[i].start;
	}
	w->out->failed |= text.failed;
	sort_pieces(pieces, text.failed ? 0 : x->n, &text);
	for (unsigned i = 0; i < x->n && !text.failed; i++) {
		int64_t c = x->at[pieces[i].index].c;
		uint64_t size = c < 0 ? -(uint64_t)c : (uint64_t)c;
		if (i == 0)
			buf_str(w->out, c < 0 ? "-" : "");
		else
			buf_str(w->out, w->tight ? (c < 0 ? "-" : "+") : (c < 0 ? " - " : " + "));
		if (size != 1 || pieces[i].rank == 0)
			buf_format(w->out, "%llu%s", (unsigned long long)size, pieces[i].rank ? "*" : "");
		buf_add(w->out, text.data ? text.data + pieces[i].start : "", pieces[i].size);
	}
	if (x->n == 0)
		buf_char(w->out, '0');
	buf_free(&text);
}

static void write_dim(writer *w, dim d)
{
	dim_poly x;
	double v;
	if (d == DIM_LOST) {
		buf_char(w->out, '?');
	} else if (dim_is_type(w->p, d, DIM_REAL)) {
		dim_is_real(w->p, d, &v);
		write_real(w, v);
	} else if (dim_is_type(w->p, d, DIM_RATIO)) {
		int64_t under = (int64_t)dim_words(w->p, d)[1];
		write_operand(w, dim_words(w->p, d)[0], true);
		buf_format(w->out, "/%lld", (long long)under);
	} else if (dim_poly_of(w->p, d, &x)) {
		write_poly(w, &x);
	}
}

void dim_text(dims *p, dim d, bool tight, buf *out)
{
	if (DIM_KIND(d) == DIM_IS_SYMBOL) {
		oray_str name = dim_symbol_name(p, d);
		buf_add(out, name.data, name.size);
	} else {
		write_dim(&(writer){p, tight, out}, d);
	}
}

/* -------------------------------------------------------------------------------- values -- */

typedef struct reader {
	const dims *p;
	bool (*value_of)(void *context, oray_str name, int64_t *value);
	void *context;
} reader;

static bool value(reader *f, dim d, double *out)
{
	int64_t number;
	double v, w;
	if (dim_is_real(f->p, d, out))
		return true;
	if (d == DIM_LOST)
		return false;
	if (DIM_KIND(d) == DIM_IS_SYMBOL) {
		bool known = f->value_of(f->context, dim_symbol_name(f->p, d), &number);
		*out = known ? (double)number : 0;
		return known;
	}
	const dim_record *r = dim_record_of(f->p, d);
	const uint64_t *words = f->p->words.at + r->start;
	if (!value(f, words[r->type == DIM_POLY], &v))
		return false;
	switch ((dim_type)r->type) {
	case DIM_POLY:
		v *= (double)(int64_t)words[0];
		for (unsigned i = 2; i < r->n; i += 2) {
			if (!value(f, words[i + 1], &w))
				return false;
			v += (double)(int64_t)words[i] * w;
		}
		break;
	case DIM_QUOTIENT:
		if (!value(f, words[1], &w) || w == 0)
			return false;
		v = floor(v / w);
		break;
	case DIM_RATIO:
		v /= (double)(int64_t)words[1];
		break;
	default:
		for (unsigned i = 1; i < r->n; i++) {
			if (!value(f, words[i], &w))
				return false;
			v = r->type == DIM_MONOMIAL ? v * w : r->type == DIM_MAX ? fmax(v, w) : fmin(v, w);
		}
	}
	*out = v;
	return true;
}

bool dim_evaluate(dims *p, dim d, bool (*value_of)(void *context, oray_str name, int64_t *value),
                  void *context, double *out)
{
	reader f = {p, value_of, context};
	return value(&f, dim_resolve(p, d), out);
}
