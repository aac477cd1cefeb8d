/* SPDX-License-Identifier: Apache-2.0 */
/* einsum.c - reads Einsum equations; see einsum.h. One pass over the text, no allocation. */
#include "rules/einsum.h"

/** Where the reading is. */
typedef struct einsum_text {
	call *c;
	bool quiet;
	const char *at, *end;
} einsum_text;

/** What the text goes on with: a letter, or one of these. */
enum { TEXT_LETTER, TEXT_COMMA, TEXT_ARROW, TEXT_ELLIPSIS, TEXT_END, TEXT_WRONG };

/** Number of a letter in the order of ASCII, A-Z before a-z. @return false: not a letter. */
static bool letter_of(char ch, unsigned *letter)
{
	if (ch >= 'A' && ch <= 'Z')
		*letter = (unsigned)(ch - 'A');
	else if (ch >= 'a' && ch <= 'z')
		*letter = (unsigned)(ch - 'a') + 26;
	else
		return false;
	return true;
}

static int next_token(einsum_text *t, unsigned *letter)
{
	while (t->at < t->end && (*t->at == ' ' || *t->at == '\t'))
		t->at++;
	if (t->at == t->end)
		return TEXT_END;
	char ch = *t->at++;
	if (letter_of(ch, letter))
		return TEXT_LETTER;
	if (ch == ',')
		return TEXT_COMMA;
	if (ch == '-' && t->at < t->end && *t->at == '>') {
		t->at++;
		return TEXT_ARROW;
	}
	if (ch == '.' && t->end - t->at >= 2 && t->at[0] == '.' && t->at[1] == '.') {
		t->at += 2;
		return TEXT_ELLIPSIS;
	}
	return TEXT_WRONG;
}

static bool wrong(const einsum_text *t, const char *what)
{
	if (!t->quiet)
		call_complain(t->c, "equation", "the equation %s", what);
	return false;
}

/**
 * Two sizes of one index. A 1 is broadcast, which the standard does not say and runtimes do;
 * everything else must be equal.
 */
static dim index_join(const einsum_text *t, dim a, dim b)
{
	if (a == DIM(1))
		return b;
	if (b == DIM(1))
		return a;
	if (!t->quiet)
		return call_equal(t->c, a, b, "sizes of an Einsum index");
	return dim_is_known(a) ? a : b;
}

/** Two sizes that ellipses stand for. */
static dim ellipsis_join(const einsum_text *t, dim a, dim b)
{
	if (!t->quiet)
		return call_broadcast_dim(t->c, a, b);
	return a == DIM(1) || !dim_is_known(a) ? b : a;
}

/** The letters of one term, as they are read. */
typedef struct einsum_term {
	uint8_t letter[RANK_MOST];
	size_t n;        /**< letters */
	size_t ellipsis; /**< letters before it */
	bool has_ellipsis;
	uint64_t set;
} einsum_term;

/** Reads one term, and says what ended it. @return false when it makes no sense. */
static bool read_term(einsum_text *t, einsum_term *term, int *token)
{
	unsigned letter;
	*term = (einsum_term){.n = 0};
	for (;;) {
		*token = next_token(t, &letter);
		if (*token == TEXT_LETTER) {
			if (term->n == RANK_MOST)
				return wrong(t, "has a term of too many letters");
			term->letter[term->n++] = (uint8_t)letter;
			term->set |= UINT64_C(1) << letter;
		} else if (*token == TEXT_ELLIPSIS) {
			if (term->has_ellipsis)
				return wrong(t, "has two ellipses in one term");
			term->has_ellipsis = true;
			term->ellipsis = term->n;
			term->set |= UINT64_C(1) << EINSUM_ELLIPSIS;
		} else if (*token == TEXT_WRONG) {
			return wrong(t, "holds something that is no letter, comma, arrow or ellipsis");
		} else {
			return true;
		}
	}
}

/** The dims of an operand that its ellipsis stands for. */
static bool join_ellipsis(einsum_text *t, einsum *e, size_t n, const dim *at)
{
	if (e->ellipsis_known && e->n_ellipsis != n)
		return wrong(t, "has ellipses that stand for different numbers of dims");
	for (size_t i = 0; i < n; i++) {
		dim size = at ? at[i] : DIM_LOST;
		e->ellipsis[i] = e->ellipsis_known ? ellipsis_join(t, e->ellipsis[i], size) : size;
	}
	e->ellipsis_known = true;
	e->n_ellipsis = n;
	return true;
}

/** Holds a term against the type of its operand. */
static bool join_operand(einsum_text *t, einsum *e, const einsum_term *term, const infer_type *x)
{
	if (x->ranked && (term->has_ellipsis ? x->n < term->n : x->n != term->n))
		return wrong(t, "has a term that does not fit the rank of its operand");
	size_t extra = x->ranked ? x->n - term->n : 0;
	for (size_t i = 0; i < term->n; i++) {
		size_t axis = term->has_ellipsis && i >= term->ellipsis ? i + extra : i;
		dim size = x->ranked ? x->at[axis] : DIM_LOST;
		unsigned letter = term->letter[i];
		e->size[letter] = e->uses[letter]++ ? index_join(t, e->size[letter], size) : size;
	}
	if (!term->has_ellipsis)
		return true;
	e->has_ellipsis = true;
	return !x->ranked || join_ellipsis(t, e, extra, x->at + term->ellipsis);
}

static bool read_operands(einsum_text *t, einsum *e, int *token)
{
	bool some_unranked = false;
	size_t n = 0;
	do {
		einsum_term term;
		if (!read_term(t, &term, token))
			return false;
		if (n == t->c->n_in)
			return wrong(t, "has more terms than the node has inputs");
		infer_type x = call_in(t->c, n);
		some_unranked |= term.has_ellipsis && !x.ranked;
		if (!join_operand(t, e, &term, &x))
			return false;
		if (n < EINSUM_TERMS)
			e->term[n] = term.set;
		n++;
	} while (*token == TEXT_COMMA);
	e->n_terms = n;
	if (n < t->c->n_in)
		return wrong(t, "has fewer terms than the node has inputs");
	for (size_t i = 0; some_unranked && i < e->n_ellipsis; i++)
		e->ellipsis[i] = ellipsis_join(t, e->ellipsis[i], DIM_LOST);
	return true;
}

/** The output's term where the equation has none. */
static void implied_output(const einsum *e, einsum_term *out)
{
	*out = (einsum_term){.has_ellipsis = e->has_ellipsis};
	for (unsigned i = 0; i < EINSUM_LETTERS; i++) {
		if (e->uses[i] == 1) {
			out->letter[out->n++] = (uint8_t)i;
			out->set |= UINT64_C(1) << i;
		}
	}
	if (out->has_ellipsis)
		out->set |= UINT64_C(1) << EINSUM_ELLIPSIS;
}

static bool read_output(einsum_text *t, const einsum *e, einsum_term *out)
{
	int token;
	if (!read_term(t, out, &token))
		return false;
	if (token != TEXT_END)
		return wrong(t, "goes on after the output's term");
	if (out->has_ellipsis && !e->has_ellipsis)
		return wrong(t, "has an ellipsis in the output only");
	uint64_t seen = 0;
	for (size_t i = 0; i < out->n; i++) {
		uint64_t bit = UINT64_C(1) << out->letter[i];
		if (!e->uses[out->letter[i]] || (seen & bit))
			return wrong(t, "has an output index that no operand has, or has it twice");
		seen |= bit;
	}
	return true;
}

/** Dims of the output; not ranked when the ellipsis is of unknown length, or there are too many. */
static void lay_out(einsum *e, const einsum_term *term)
{
	size_t extra = term->has_ellipsis ? e->n_ellipsis : 0;
	e->output = term->set;
	e->ranked = (!term->has_ellipsis || e->ellipsis_known) && term->n + extra <= RANK_MOST;
	if (!e->ranked)
		return;
	for (size_t i = 0; i <= term->n; i++) {
		for (size_t k = 0; i == term->ellipsis && k < extra; k++)
			e->out[e->n_out++] = e->ellipsis[k];
		if (i < term->n)
			e->out[e->n_out++] = e->size[term->letter[i]];
	}
}

bool einsum_read(call *c, bool quiet, einsum *out)
{
	oray_str equation = call_str(c, "equation", "");
	einsum_text t = {.c = c, .quiet = quiet, .at = equation.data, .end = equation.data};
	einsum_term term;
	int token;
	*out = (einsum){.n_out = 0};
	if (equation.size)
		t.end += equation.size;
	if (!read_operands(&t, out, &token))
		return false;
	if (token == TEXT_ARROW) {
		if (!read_output(&t, out, &term))
			return false;
	} else {
		implied_output(out, &term);
	}
	lay_out(out, &term);
	return true;
}
