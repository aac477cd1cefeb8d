/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dim_parse.c - expressions in names of dimensions.
 *
 * Most names are just names, some of them with '-' and '/' in them; so the text is read twice: once
 * to see whether all of it is an expression, and only then to make dims of it.
 *
 *     sum      product (('+' | '-') product)*
 *     product  power (('*' | '/' | '//' | '%') power)*
 *     power    '-'* operand (('^' | '**') number)?
 *     operand  number | name | 'quoted name' | function '(' sum (',' sum)* ')' | '(' sum ')'
 *
 * Values are fractions: within floor() and ceil() a '/' keeps its remainder, elsewhere it is
 * floored.
 */
#include <string.h>

#include "base/num.h"
#include "dim/dim_pool.h"

enum {
	EXPRESSION_SIZE = 256, /**< longer texts are names */
	EXPRESSION_DEPTH = 16  /**< parentheses */
};

typedef struct fraction {
	dim over, under;
} fraction;

typedef struct parser {
	dims *p;
	const char *at, *end, *start;
	dim_origin origin;
	unsigned depth;
	bool build;    /**< make dims; otherwise only look */
	bool exact;    /**< within floor() and ceil(): '/' keeps the remainder */
	bool operates; /**< an operator or a function was seen */
} parser;

static bool sum(parser *f, fraction *out);

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_name(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.';
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void skip_blanks(parser *f)
{
	while (f->at < f->end && is_blank(*f->at))
		f->at++;
}

/** Takes a text if it comes next. */
static bool take(parser *f, const char *text)
{
	size_t n = strlen(text);
	skip_blanks(f);
	if ((size_t)(f->end - f->at) < n || memcmp(f->at, text, n) != 0)
		return false;
	f->at += n;
	return true;
}

/** Floors a fraction. What is divided by is a size, so it is taken for positive. */
static dim whole(parser *f, fraction v)
{
	if (!f->build)
		return DIM(0);
	return v.under == DIM(1) ? v.over : dim_floor_of(f->p, v.over, v.under);
}

/** floor() and ceil() of a fraction. */
static dim whole_of(parser *f, fraction v, bool up)
{
	if (dim_is_fraction(f->p, v.over) || dim_is_fraction(f->p, v.under))
		v = (fraction){dim_real_div(f->p, v.over, v.under), DIM(1)};
	if (v.under == DIM(1))
		return up ? dim_ceil(f->p, v.over) : dim_floor(f->p, v.over);
	if (up)
		v.over = dim_add(f->p, v.over, dim_sub(f->p, v.under, DIM(1)));
	return dim_floor_of(f->p, v.over, v.under);
}

/* ------------------------------------------------------------------------------ operands -- */

/** True for digits, perhaps with a point between them. */
static bool word_is_number(const char *at, size_t size)
{
	bool point = false;
	for (size_t i = 0; i < size; i++) {
		if (at[i] == '.' && i > 0 && i + 1 < size && !point)
			point = true;
		else if (!is_digit(at[i]))
			return false;
	}
	return size > 0;
}

static bool number(parser *f, const char *at, size_t size, fraction *out)
{
	char digits[20];
	size_t count = 0;
	uint64_t n;
	double scale = 1;
	bool point = false;
	for (size_t i = 0; i < size; i++) {
		if (at[i] != '.' && count == sizeof digits)
			return false;
		if (at[i] != '.')
			digits[count++] = at[i];
		scale *= point ? 10 : 1;
		point |= at[i] == '.';
	}
	if (!num_parse(digits, count, &n) || n > INT64_MAX)
		return false;
	out->under = DIM(1);
	out->over = DIM(0);
	if (f->build) /* up to 10^22 is exact, so the quotient is the nearest there is */
		out->over = point ? dim_real(f->p, (double)n / scale) : dim_number(f->p, (int64_t)n);
	return true;
}

static bool quoted(parser *f, fraction *out)
{
	char name[EXPRESSION_SIZE];
	size_t n = 0;
	for (;; f->at++) {
		if (f->at == f->end)
			return false;
		if (*f->at == '\'') {
			f->at++;
			if (f->at == f->end || *f->at != '\'')
				break;
		}
		name[n++] = *f->at;
	}
	*out = (fraction){f->build ? dim_symbol(f->p, name, n, f->origin) : DIM(0), DIM(1)};
	return true;
}

typedef enum function { FLOOR, CEIL, MAX, MIN, MOD, FLOOR_DIV, NO_FUNCTION } function;

static const struct {
	const char *name;
	function does;
} functions[] = {
    {"floor", FLOOR},
    {"ceil", CEIL},
    {"ceiling", CEIL},
    {"max", MAX},
    {"min", MIN},
    {"mod", MOD},
    {"Max", MAX},
    {"Min", MIN},
    {"Mod", MOD},
    {"PythonMod", MOD},
    {"FloorDiv", FLOOR_DIV},
    {"floordiv", FLOOR_DIV},
};

static function function_of(const char *at, size_t size)
{
	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
		if (strlen(functions[i].name) == size && memcmp(functions[i].name, at, size) == 0)
			return functions[i].does;
	return NO_FUNCTION;
}

/** Two arguments of a function into one. */
static dim combine(parser *f, function does, dim a, dim b)
{
	switch (does) {
	case MAX:
		return dim_max(f->p, a, b);
	case MIN:
		return dim_min(f->p, a, b);
	case MOD:
		return dim_mod(f->p, a, b);
	default:
		return dim_floor_of(f->p, a, b);
	}
}

/** The arguments, after the opening parenthesis. */
static bool call(parser *f, function does, fraction *out)
{
	bool exact = f->exact;
	unsigned n = 0;
	dim result = DIM(0);
	f->operates = true;
	f->exact = does == FLOOR || does == CEIL;
	do {
		fraction v;
		if (!sum(f, &v))
			return false;
		n++;
		if (!f->build)
			continue;
		dim d = does <= CEIL ? whole_of(f, v, does == CEIL) : whole(f, v);
		result = n == 1 ? d : combine(f, does, result, d);
	} while (take(f, ","));
	f->exact = exact;
	*out = (fraction){result, DIM(1)};
	bool fits = does <= CEIL ? n == 1 : does <= MIN ? n >= 1 : n == 2;
	return fits && take(f, ")");
}

static bool operand(parser *f, fraction *out)
{
	skip_blanks(f);
	const char *start = f->at;
	if (take(f, "("))
		return sum(f, out) && take(f, ")");
	if (take(f, "'"))
		return quoted(f, out);
	while (f->at < f->end && is_name(*f->at))
		f->at++;
	size_t size = (size_t)(f->at - start);
	if (size == 0)
		return false;
	if (word_is_number(start, size))
		return number(f, start, size, out);
	function does = function_of(start, size);
	if (does != NO_FUNCTION && f->at < f->end && *f->at == '(') {
		f->at++;
		return call(f, does, out);
	}
	*out = (fraction){f->build ? dim_symbol(f->p, start, size, f->origin) : DIM(0), DIM(1)};
	return true;
}

/* ----------------------------------------------------------------------------- operators -- */

static bool power(parser *f, fraction *out)
{
	bool minus = false;
	while (take(f, "-"))
		minus = !minus, f->operates = true;
	if (!operand(f, out))
		return false;
	if (take(f, "^") || take(f, "**")) {
		fraction exponent, base = *out;
		skip_blanks(f);
		const char *start = f->at;
		while (f->at < f->end && is_digit(*f->at))
			f->at++;
		uint64_t n;
		if (!num_parse(start, (size_t)(f->at - start), &n) || n > DIM_DEGREE)
			return false;
		f->operates = true;
		exponent = (fraction){DIM(1), DIM(1)};
		for (uint64_t i = 0; i < n && f->build; i++) {
			exponent.over = dim_mul(f->p, exponent.over, base.over);
			exponent.under = dim_mul(f->p, exponent.under, base.under);
		}
		*out = exponent;
	}
	if (minus && f->build)
		out->over = dim_neg(f->p, out->over);
	return true;
}

/** True when a '-' or '/' here, with `after` behind it, is an operator and no part of a name. */
static bool stands_apart(const parser *f, const char *after, bool minus)
{
	if (f->at > f->start && is_blank(f->at[-1]))
		return true;
	if (after < f->end && (is_blank(*after) || *after == '('))
		return true;
	size_t size = 0;
	while (after + size < f->end && is_name(after[size]))
		size++;
	if (word_is_number(after, size))
		return true;
	return minus && after + size < f->end && after[size] == '(' &&
	       function_of(after, size) != NO_FUNCTION;
}

static bool product(parser *f, fraction *out)
{
	if (!power(f, out))
		return false;
	for (;;) {
		fraction v;
		char op = 0;
		skip_blanks(f);
		if (f->at == f->end)
			return true;
		if (*f->at == '*' || *f->at == '%')
			op = *f->at++;
		else if (*f->at == '/' && f->at + 1 < f->end && f->at[1] == '/')
			op = 'f', f->at += 2;
		else if (*f->at == '/' && (f->exact || stands_apart(f, f->at + 1, false)))
			op = *f->at++;
		else
			return *f->at != '/';
		f->operates = true;
		if (!power(f, &v))
			return false;
		if (!f->build)
			continue;
		if (op == '*') {
			out->over = dim_mul(f->p, out->over, v.over);
			out->under = dim_mul(f->p, out->under, v.under);
		} else if (op == '%') {
			*out = (fraction){dim_mod(f->p, whole(f, *out), whole(f, v)), DIM(1)};
		} else {
			out->over = dim_mul(f->p, out->over, v.under);
			out->under = dim_mul(f->p, out->under, v.over);
			if (op == 'f' || !f->exact)
				*out = (fraction){whole(f, *out), DIM(1)};
		}
	}
}

/** out += v, or -= */
static void add(parser *f, fraction *out, fraction v, bool minus)
{
	if (!f->build)
		return;
	dim a = dim_mul(f->p, out->over, v.under), b = dim_mul(f->p, v.over, out->under);
	out->over = minus ? dim_sub(f->p, a, b) : dim_add(f->p, a, b);
	out->under = dim_mul(f->p, out->under, v.under);
}

static bool sum(parser *f, fraction *out)
{
	bool ok = f->depth++ < EXPRESSION_DEPTH && product(f, out);
	while (ok) {
		fraction v;
		skip_blanks(f);
		bool minus = f->at < f->end && *f->at == '-';
		if (minus && !stands_apart(f, f->at + 1, true))
			ok = false;
		if (!ok || f->at == f->end || (!minus && *f->at != '+'))
			break;
		f->at++;
		f->operates = true;
		ok = product(f, &v);
		if (ok)
			add(f, out, v, minus);
	}
	f->depth--;
	return ok;
}

/** Reads all of the text. */
static bool expression(parser *f, fraction *out)
{
	bool ok = sum(f, out);
	skip_blanks(f);
	return ok && f->at == f->end && f->operates;
}

dim dim_parse(dims *p, const char *text, size_t size, dim_origin origin)
{
	parser look = {.p = p, .at = text, .start = text, .end = text + size, .origin = origin};
	parser make = look;
	fraction v;
	int64_t n;
	make.build = true;
	if (size == 0 || size > EXPRESSION_SIZE || !expression(&look, &v) || !expression(&make, &v))
		return dim_symbol(p, text, size, origin);
	dim d = whole(&make, v);
	/* "-1" is a way to say nothing */
	if (d == DIM_LOST || dim_is_fraction(p, d) || (dim_is_number(p, d, &n) && n < 0))
		return dim_symbol(p, text, size, origin);
	return d;
}
