/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_expression.c - see check_expression.h; the way of Dijkstra's shunting yard.
 */
#include "check/check_expression.h"

#include <math.h>
#include <string.h>

#include "words/numbers.h"

/* What a step does, and what a word of the text is. */
typedef enum step {
	NUMBER,
	FIGURE,
	OR,
	AND,
	NOT,
	EQUAL,
	DIFFERENT,
	LESS,
	LESS_EQUAL,
	MORE,
	MORE_EQUAL,
	PLUS,
	MINUS,
	TIMES,
	OVER,
	NEGATE,
	OPEN,
	CLOSE,
	END
} step;

/* Operators: the tighter they bind, the larger. */
static const struct {
	const char *word, *sign;
	uint8_t binds;
	bool truths; /* takes truths or numbers, gives a truth; others take numbers only */
} operators[] = {
    [OR] = {"or", "||", 1, true},          [AND] = {"and", "&&", 2, true},
    [NOT] = {"not", NULL, 3, true},        [EQUAL] = {NULL, "==", 4, false},
    [DIFFERENT] = {NULL, "!=", 4, false},  [LESS_EQUAL] = {NULL, "<=", 4, false},
    [MORE_EQUAL] = {NULL, ">=", 4, false}, [LESS] = {NULL, "<", 4, false},
    [MORE] = {NULL, ">", 4, false},        [PLUS] = {NULL, "+", 5, false},
    [MINUS] = {NULL, "-", 5, false},       [TIMES] = {NULL, "*", 6, false},
    [OVER] = {NULL, "/", 6, false},        [NEGATE] = {NULL, NULL, 7, false},
};

/* In the order in which signs are tried: the longer first. */
static const step signs[] = {OR,   AND,  EQUAL, DIFFERENT, LESS_EQUAL, MORE_EQUAL,
                             LESS, MORE, PLUS,  MINUS,     TIMES,      OVER};

static bool is_unary(step s)
{
	return s == NOT || s == NEGATE;
}

static bool is_comparison(step s)
{
	return s >= EQUAL && s <= MORE_EQUAL;
}

static bool gives_truth(step s)
{
	return s >= OR && s <= MORE_EQUAL;
}

/* ---------------------------------------------------------------------------------- reading -- */

typedef struct reader {
	const char *at;
	check_expression *out;
	step waiting[CHECK_WAITING];
	size_t n_waiting;
	bool truths[CHECK_STEPS]; /* of what the steps so far leave on the stack: is it a truth? */
	size_t n_truths;
	buf *problem;
	step last; /* an operand, CLOSE, or an operator */
} reader;

static bool fail(reader *r, const char *why, const char *at, size_t size)
{
	if (r->problem->n)
		return false;
	buf_str(r->problem, why);
	if (size) {
		buf_str(r->problem, " '");
		buf_printable(r->problem, at, size < 60 ? size : 60);
		buf_str(r->problem, "'");
	}
	return false;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Units of numbers; the case counts for nothing. */
static const struct {
	const char *name;
	double times;
} units[] = {
    {"", 1},         {"%", 0.01},     {"b", 1},    {"k", 1e3},      {"kb", 1e3},
    {"kib", 0x1p10}, {"m", 1e6},      {"mb", 1e6}, {"mib", 0x1p20}, {"g", 1e9},
    {"gb", 1e9},     {"gib", 0x1p30}, {"t", 1e12}, {"tb", 1e12},    {"tib", 0x1p40},
};

static bool is_unit(const char *unit, const char *text, size_t size)
{
	size_t i = 0;
	while (unit[i] && i < size && (text[i] | (is_letter(text[i]) ? 0x20 : 0)) == unit[i])
		i++;
	return !unit[i] && i == size;
}

/* Length of the digits at the start: 5, 0.25, 1e6. */
static size_t digits(const char *text, size_t size)
{
	size_t n = 0, exponent;
	while (n < size && is_digit(text[n]))
		n++;
	if (n && n + 1 < size && text[n] == '.' && is_digit(text[n + 1]))
		for (n++; n < size && is_digit(text[n]);)
			n++;
	exponent = n + 1;
	if (n && n < size && (text[n] == 'e' || text[n] == 'E')) {
		if (exponent < size && (text[exponent] == '-' || text[exponent] == '+'))
			exponent++;
		if (exponent < size && is_digit(text[exponent]))
			for (n = exponent; n < size && is_digit(text[n]);)
				n++;
	}
	return n;
}

bool check_read_number(const char *text, size_t size, double *out)
{
	size_t n = digits(text, size);
	if (n == 0 || n > 40)
		return false;
	*out = number_read(text, n);
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (is_unit(units[i].name, text + n, size - n)) {
			*out *= units[i].times;
			return isfinite(*out);
		}
	return false;
}

static bool add_step(reader *r, check_step s)
{
	size_t takes = s.what >= OR ? is_unary((step)s.what) ? 1 : 2 : 0;
	if (r->out->n == CHECK_STEPS)
		return fail(r, "it is too long", "", 0);
	if (r->n_truths < takes)
		return fail(r, "something is missing", "", 0);
	for (size_t i = 0; i < takes; i++)
		if (r->truths[r->n_truths - 1 - i] && !operators[s.what].truths)
			return fail(r,
			            is_comparison((step)s.what)
			                ? "a comparison cannot be compared: write 'and' between two, near"
			                : "a comparison is no number to count with, near",
			            operators[s.what].sign ? operators[s.what].sign : "-",
			            operators[s.what].sign ? strlen(operators[s.what].sign) : 1);
	r->n_truths -= takes;
	r->truths[r->n_truths++] = gives_truth((step)s.what);
	r->out->steps[r->out->n++] = s;
	return true;
}

static bool is_operand(step s)
{
	return s == NUMBER || s == FIGURE || s == CLOSE;
}

/* Operators that bind as tight, or tighter, have both halves now. */
static bool settle(reader *r, uint8_t binds)
{
	while (r->n_waiting) {
		step top = r->waiting[r->n_waiting - 1];
		if (top == OPEN || operators[top].binds < binds)
			break;
		r->n_waiting--;
		if (!add_step(r, (check_step){.what = (uint8_t)top}))
			return false;
	}
	return true;
}

static bool wait(reader *r, step s)
{
	if (r->n_waiting == CHECK_WAITING)
		return fail(r, "it is nested too deep", "", 0);
	r->waiting[r->n_waiting++] = s;
	r->last = s;
	return true;
}

static bool take_operand(reader *r, check_step s, const char *start)
{
	if (is_operand(r->last))
		return fail(r, "an operator is missing before", start, (size_t)(r->at - start));
	r->last = (step)s.what;
	return add_step(r, s);
}

static bool take_number(reader *r)
{
	const char *start = r->at;
	check_step s = {.what = NUMBER};
	r->at += digits(start, strlen(start));
	while (is_letter(*r->at) || is_digit(*r->at) || *r->at == '.' || *r->at == '%')
		r->at++;
	if (!check_read_number(start, (size_t)(r->at - start), &s.number))
		return fail(r, "this is no number:", start, (size_t)(r->at - start));
	return take_operand(r, s, start);
}

static void skip_blanks(reader *r)
{
	while (*r->at == ' ' || *r->at == '\t' || *r->at == '\n')
		r->at++;
}

/* ("Conv") behind a name. */
static bool take_argument(reader *r, check_word *out)
{
	const char *start = r->at++;
	skip_blanks(r);
	char quote = *r->at;
	if (quote != '"' && quote != '\'')
		return fail(r, "an argument is a text in quotes, not", start, strlen(start));
	out->text = ++r->at;
	while (*r->at && *r->at != quote)
		r->at++;
	out->size = (size_t)(r->at - out->text);
	if (!*r->at)
		return fail(r, "a quote is not closed:", start, strlen(start));
	r->at++;
	skip_blanks(r);
	if (*r->at != ')')
		return fail(r, "a parenthesis is not closed:", start, (size_t)(r->at - start));
	r->at++;
	return true;
}

static bool take_name(reader *r)
{
	check_word name = {.text = r->at};
	check_step s = {.what = FIGURE};
	bool takes;

	while (is_letter(*r->at) || is_digit(*r->at))
		r->at++;
	name.size = (size_t)(r->at - name.text);
	if (!check_figure_find(name, &s.figure, &takes)) {
		fail(r, "there is no figure called", name.text, name.size);
		buf_str(r->problem, "; there are ");
		for (unsigned i = 0; check_figure_name(i); i++)
			buf_format(r->problem, "%s%s", i ? ", " : "", check_figure_name(i));
		return false;
	}
	skip_blanks(r);
	if (*r->at == '(' && !takes)
		return fail(r, "no argument belongs to", name.text, name.size);
	if (*r->at == '(' && !take_argument(r, &s.argument))
		return false;
	return take_operand(r, s, name.text);
}

static bool take_operator(reader *r, step s)
{
	const char *word = operators[s].word ? operators[s].word : operators[s].sign;
	if (s == MINUS && !is_operand(r->last))
		s = NEGATE;
	if (is_operand(r->last) == is_unary(s))
		return fail(r,
		            is_unary(s) ? "an operator is missing before" : "something is missing before",
		            word ? word : "-", word ? strlen(word) : 1);
	return (is_unary(s) || settle(r, operators[s].binds)) && wait(r, s);
}

static bool close(reader *r)
{
	if (!is_operand(r->last))
		return fail(r, "something is missing before", ")", 1);
	if (!settle(r, 0))
		return false;
	if (!r->n_waiting)
		return fail(r, "a parenthesis too many:", r->at - 1, 1);
	r->n_waiting--;
	r->last = CLOSE;
	return true;
}

static bool starts_with_word(const char *text, const char *word)
{
	size_t n = strlen(word);
	return strncmp(text, word, n) == 0 && !is_letter(text[n]) && !is_digit(text[n]);
}

/* The operator at the start of the text, or END. */
static step operator_at(const char *text, size_t *size)
{
	for (step s = OR; s <= NOT; s++)
		if (starts_with_word(text, operators[s].word)) {
			*size = strlen(operators[s].word);
			return s;
		}
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
		const char *sign = operators[signs[i]].sign;
		if (strncmp(text, sign, strlen(sign)) == 0) {
			*size = strlen(sign);
			return signs[i];
		}
	}
	*size = *text == '!';
	return *text == '!' ? NOT : END;
}

static bool take(reader *r)
{
	size_t size;
	step s = operator_at(r->at, &size);
	if (s != END) {
		r->at += size;
		return take_operator(r, s);
	}
	if (is_digit(*r->at))
		return take_number(r);
	if (is_letter(*r->at))
		return take_name(r);
	if (*r->at == ')') {
		r->at++;
		return close(r);
	}
	if (*r->at != '(')
		return fail(r, "this means nothing:", r->at, strlen(r->at));
	if (is_operand(r->last))
		return fail(r, "an operator is missing before", "(", 1);
	r->at++;
	return wait(r, OPEN);
}

bool check_expression_read(const char *text, check_expression *out, buf *problem)
{
	reader r = {.at = text, .out = out, .problem = problem, .last = END};

	out->n = 0;
	for (skip_blanks(&r); *r.at; skip_blanks(&r))
		if (!take(&r))
			return false;
	if (!is_operand(r.last))
		return fail(&r, r.last == END ? "it is empty" : "something is missing at the end", "", 0);
	if (!settle(&r, 0))
		return false;
	if (r.n_waiting)
		return fail(&r, "a parenthesis is not closed", "", 0);
	return true;
}

/* ------------------------------------------------------------------------------- evaluating -- */

bool check_step_is_figure(const check_step *s)
{
	return s->what == FIGURE;
}

/* On the stack: a number or a truth (0 or 1), perhaps not known. */
typedef struct item {
	bool known;
	double value;
} item;

static item known(double value)
{
	return (item){isfinite(value), value};
}

static item both(item a, item b)
{
	if ((a.known && a.value == 0) || (b.known && b.value == 0))
		return known(0);
	return (item){a.known && b.known, 1};
}

static item either(item a, item b)
{
	if ((a.known && a.value != 0) || (b.known && b.value != 0))
		return known(1);
	return (item){a.known && b.known, 0};
}

static item apply(step s, item a, item b)
{
	if (s == AND)
		return both(a, b);
	if (s == OR)
		return either(a, b);
	if (!a.known || !b.known)
		return (item){false, 0};
	switch (s) {
	case EQUAL:
		return known(a.value == b.value);
	case DIFFERENT:
		return known(a.value != b.value);
	case LESS:
		return known(a.value < b.value);
	case LESS_EQUAL:
		return known(a.value <= b.value);
	case MORE:
		return known(a.value > b.value);
	case MORE_EQUAL:
		return known(a.value >= b.value);
	case PLUS:
		return known(a.value + b.value);
	case MINUS:
		return known(a.value - b.value);
	case TIMES:
		return known(a.value * b.value);
	case OVER:
		return b.value == 0 ? (item){false, 0} : known(a.value / b.value);
	default:
		return (item){false, 0};
	}
}

check_truth check_expression_holds(const check_expression *e, check_lookup lookup, void *context)
{
	item stack[CHECK_STEPS] = {{false, 0}};
	size_t n = 0;

	for (size_t i = 0; i < e->n; i++) {
		const check_step *s = &e->steps[i];
		if (s->what == NUMBER) {
			stack[n++] = known(s->number);
		} else if (s->what == FIGURE) {
			check_number figure = lookup(context, s->figure, s->argument);
			stack[n++] = (item){figure.known, figure.value};
		} else if (s->what == NOT) {
			stack[n - 1].value = stack[n - 1].value == 0;
		} else if (s->what == NEGATE) {
			stack[n - 1].value = -stack[n - 1].value;
		} else {
			n--;
			stack[n - 1] = apply((step)s->what, stack[n - 1], stack[n]);
		}
	}
	if (n != 1 || !stack[0].known)
		return CHECK_UNKNOWN;
	return stack[0].value != 0 ? CHECK_TRUE : CHECK_FALSE;
}
