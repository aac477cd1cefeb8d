/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers with symbols. The bytes are a program for a stack machine that works on dims and, beside
 * them, on what they are for chosen values of the symbols; the two must agree. Or they are a text.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dim/dim_pool.h"
#include "shared/fuzz.h"

enum { DEPTH = 24, SYMBOLS = 5 };
#define EXACT_MOST 1e6 /* beyond that values are not compared: doubles may not tell */

typedef struct entry {
	dim d;
	double value; /* NAN: not followed */
} entry;

typedef struct machine {
	dims *p;
	entry stack[DEPTH];
	int n;
	int64_t values[SYMBOLS];
} machine;

static const char *const names[SYMBOLS] = {"a", "b", "seq", "h", "odd name"};

static bool value_of(void *context, oray_str name, int64_t *value)
{
	const machine *m = context;
	for (int i = 0; i < SYMBOLS; i++)
		if (name.size == strlen(names[i]) && !memcmp(name.data, names[i], name.size)) {
			*value = m->values[i];
			return true;
		}
	return false;
}

static const char *text_of(machine *m, dim d)
{
	static char text[600];
	buf b = {0};
	dim_text(m->p, d, false, &b);
	snprintf(text, sizeof text, "%s", buf_text(&b));
	buf_free(&b);
	return text;
}

static bool join(int type, __int128 *sum, __int128 x)
{
	if (type == DIM_MONOMIAL)
		return !__builtin_mul_overflow(*sum, x, sum);
	if (type == DIM_POLY)
		return !__builtin_add_overflow(*sum, x, sum);
	if ((type == DIM_MAX) == (x > *sum))
		*sum = x;
	return true;
}

/* What a dim is, computed from what it holds; false for fractions and beyond 128 bits. */
static bool value_exactly(machine *m, dim d, __int128 *out)
{
	int64_t number = 0;
	if (DIM_KIND(d) == DIM_IS_SYMBOL ? value_of(m, dim_symbol_name(m->p, d), &number)
	                                 : dim_is_number(m->p, d, &number)) {
		*out = number;
		return true;
	}
	if (DIM_KIND(d) != DIM_IS_RECORD || dim_is_fraction(m->p, d))
		return false;
	const dim_record *r = dim_record_of(m->p, d);
	const uint64_t *words = dim_words(m->p, d);
	const unsigned poly = r->type == DIM_POLY;
	__int128 x, y;
	if (r->type == DIM_QUOTIENT) {
		if (!value_exactly(m, words[0], &x) || !value_exactly(m, words[1], &y) || y <= 0)
			return false;
		*out = x / y - (x % y < 0);
		return true;
	}
	for (unsigned i = 0; i < r->n; i += 1 + poly) {
		if (!value_exactly(m, words[i + poly], &x) ||
		    (poly && !join(DIM_MONOMIAL, &x, (int64_t)words[i])) || (i && !join(r->type, out, x)))
			return false;
		*out = i ? *out : x;
	}
	return true;
}

/* A dim is what the values say, now and after bindings. Doubles do not tell of long sums, whose
 * large parts cancel each other. */
static void compare(machine *m, const entry *e)
{
	double got;
	__int128 real;
	if (!dim_is_known(e->d) || isnan(e->value) || !dim_evaluate(m->p, e->d, value_of, m, &got) ||
	    got == e->value)
		return;
	if (value_exactly(m, e->d, &real) && real != (__int128)e->value) {
		fprintf(stderr, "%s is %g, not %g; a=%d b=%d seq=%d h=%d\n", text_of(m, e->d), got,
		        e->value, (int)m->values[0], (int)m->values[1], (int)m->values[2],
		        (int)m->values[3]);
		REQUIRE(false, "a value");
	}
}

static void push(machine *m, dim d, double value)
{
	if (m->n == DEPTH)
		m->n--;
	if (!(fabs(value) < EXACT_MOST))
		value = NAN;
	m->stack[m->n++] = (entry){d, value};
	compare(m, &m->stack[m->n - 1]);
}

static double floored(double a, double b)
{
	return b == 0 ? NAN : floor(a / b);
}

static double modulo(double a, double b)
{
	return b == 0 ? NAN : a - b * floor(a / b);
}

static double smaller(double a, double b)
{
	return isnan(a) || isnan(b) ? NAN : a < b ? a : b;
}

static double larger(double a, double b)
{
	return isnan(a) || isnan(b) ? NAN : a > b ? a : b;
}

/* What is known of an order must be so. */
static void order(machine *m, const entry *x, const entry *y)
{
	dim_order o = dim_compare(m->p, x->d, y->d);
	double a = x->value, b = y->value;
	if (isnan(a) || isnan(b) || !dim_is_known(x->d) || !dim_is_known(y->d))
		return;
	bool so = o == DIM_LESS       ? a < b
	          : o == DIM_NOT_MORE ? a <= b
	          : o == DIM_EQUAL    ? a == b
	          : o == DIM_NOT_LESS ? a >= b
	          : o == DIM_MORE     ? a > b
	                              : true;
	REQUIRE(so, text_of(m, x->d));
}

/* What is equal here may be said to be equal: that contradicts nothing, and changes no value. */
static void unify(machine *m, const entry *x, const entry *y)
{
	dim both;
	if (isnan(x->value) || x->value != y->value || !dim_is_known(x->d) || !dim_is_known(y->d))
		return;
	REQUIRE(dim_unify(m->p, x->d, y->d, &both), text_of(m, x->d));
	push(m, both, x->value);
	for (int i = 0; i < m->n; i++) {
		m->stack[i].d = dim_resolve(m->p, m->stack[i].d);
		compare(m, &m->stack[i]);
	}
}

/* What was written is read as what it was, for other values of the symbols as well. Numbers alone
 * are names to the reader, and so is a-b without blanks; a number may be too large to be read. A
 * fraction, which only float tensors hold, is read as its floor. */
static void round_trip(machine *m, dim d)
{
	buf b = {0};
	d = dim_floor(m->p, d);
	dim_text(m->p, d, true, &b);
	buf_clear(&b);
	dim_text(m->p, d, false, &b);
	int parentheses = 0;
	for (size_t i = 0; i < b.n; i++)
		parentheses += b.data[i] == '(';
	double real;
	__int128 before, after;
	machine other = *m;
	if (DIM_KIND(d) == DIM_IS_RECORD && !dim_is_real(m->p, d, &real) && b.n <= 250 &&
	    parentheses < 14 && !strstr(b.data, "9223372036854775808")) {
		dim again = dim_parse(m->p, b.data, b.n, DIM_NAMED);
		REQUIRE(dim_is_known(again), b.data);
		for (int i = 0; i < 3; i++) {
			for (int k = 0; k < SYMBOLS; k++)
				other.values[k] = m->values[k] + i * (k + 1);
			if (value_exactly(&other, d, &before) && value_exactly(&other, again, &after))
				REQUIRE(before == after, b.data);
		}
	}
	buf_free(&b);
}

static void two(machine *m, int op)
{
	entry y = m->stack[m->n - 1], x = m->stack[m->n - 2];
	double a = x.value, b = y.value;
	dims *p = m->p;
	m->n -= 2;
	switch (op) {
	case 0:
		push(m, dim_add(p, x.d, y.d), a + b);
		break;
	case 1:
		push(m, dim_sub(p, x.d, y.d), a - b);
		break;
	case 2:
		push(m, dim_mul(p, x.d, y.d), a * b);
		break;
	case 3:
		push(m, dim_floor_div(p, x.d, y.d), floored(a, b));
		break;
	case 4:
		push(m, dim_ceil_div(p, x.d, y.d), -floored(-a, b));
		break;
	case 5:
		push(m, dim_exact_div(p, x.d, y.d), b > 0 && modulo(a, b) == 0 ? a / b : NAN);
		break;
	case 6:
		push(m, dim_mod(p, x.d, y.d), modulo(a, b));
		break;
	case 7:
		push(m, dim_max(p, x.d, y.d), larger(a, b));
		break;
	case 8:
		push(m, dim_min(p, x.d, y.d), smaller(a, b));
		break;
	case 9:
		push(m, dim_floor(p, dim_real_div(p, x.d, y.d)), floored(a, b));
		break;
	case 10:
		push(m, dim_ceil(p, dim_real_div(p, x.d, y.d)), -floored(-a, b));
		break;
	case 11:
		push(m, dim_int_div(p, x.d, y.d), a >= 0 && b > 0 ? floored(a, b) : NAN);
		break;
	case 12:
		push(m, dim_quotient(p, (dim[]){x.d, y.d}, 2, &y.d, 1), b > 0 ? a : NAN);
		break;
	case 13:
		push(m, x.d, a);
		push(m, y.d, b);
		order(m, &x, &y);
		break;
	case 14:
		push(m, x.d, a);
		push(m, y.d, b);
		unify(m, &x, &y);
		break;
	default:
		push(m, y.d, b);
		push(m, x.d, a);
		break;
	}
}

static void run(machine *m, const uint8_t *data, size_t size)
{
	static const int64_t large[] = {INT64_MAX, INT64_MIN, 1LL << 61, 1LL << 40, 3037000500, -1};
	for (size_t i = 0; i < size; i++) {
		int op = data[i] >> 4, low = data[i] & 15;
		if (op < 4) {
			push(m, DIM(op == 3 ? -low : op * 16 + low), op == 3 ? -low : op * 16 + low);
		} else if (op < 7) {
			int s = low % SYMBOLS;
			push(m, dim_symbol(m->p, names[s], strlen(names[s]), DIM_NAMED), (double)m->values[s]);
		} else if (op < 13 && m->n >= 2) {
			two(m, low);
		} else if (op == 13 && m->n) {
			round_trip(m, m->stack[m->n - 1].d);
		} else if (op == 14) {
			push(m, dim_number(m->p, large[low % 6]), (double)large[low % 6]);
		} else if (op == 15 && m->n) {
			const entry e = m->stack[low % m->n];
			push(m, e.d, e.value);
		}
	}
}

static void read_text(machine *m, const char *text, size_t size)
{
	dim d = dim_parse(m->p, text, size, DIM_NAMED);
	push(m, d, NAN);
	if (dim_is_known(d))
		round_trip(m, d);
	buf names_there = {0};
	dims_names(m->p, &names_there);
	buf_free(&names_there);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	mem_budget budget = {.limit = 64 << 20};
	machine m = {.p = dims_new(&budget)};
	if (size > 2) {
		for (int i = 0; i < SYMBOLS; i++)
			m.values[i] = (data[1] >> i & 1) ? data[2] % (7 + i) : i * 3 % 5;
		if (data[0] & 1)
			run(&m, data + 3, size - 3);
		else
			read_text(&m, (const char *)data + 3, size - 3);
	}
	dims_free(m.p);
	REQUIRE(budget.used == 0, "memory that is not given back");
	return 0;
}
