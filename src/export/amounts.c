/* SPDX-License-Identifier: Apache-2.0 */
#include "export/amounts.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "words/numbers.h"

bool amount_is_told(oray_amount a)
{
	return a.exact || a.value || a.formula;
}

void amount_expression(buf *b, const oray_model *model, oray_amount a)
{
	char small[256];
	if (!a.formula)
		return;
	size_t size = oray_amount_text(model, a, small, sizeof small);
	if (size < sizeof small) {
		buf_add(b, small, size);
		return;
	}
	size_t start = b->n;
	buf_repeat(b, " ", size + 1);
	if (!buf_ok(b))
		return;
	oray_amount_text(model, a, b->data + start, size + 1);
	b->n--;
}

/* ------------------------------------------------------------------------- for people -- */

/* A formula on its way from 7077888*batch*seq^2+400 to 7.08 M·batch·seq² + 400. */
typedef struct reader {
	const char *at, *end;
	buf *b;
	const char *unit;
	bool exact;
	const glyphs *glyphs;
} reader;

/* The number in front of a term, or the 1 that is not written. */
static void coefficient(reader *r)
{
	char digits[24];
	size_t n = 0;
	while (r->at + n < r->end && r->at[n] >= '0' && r->at[n] <= '9')
		n++;
	bool whole = r->at + n == r->end || strchr("*+-", r->at[n]);
	if (n && n < sizeof digits && whole) {
		memcpy(digits, r->at, n);
		digits[n] = 0;
		uint64_t value = strtoull(digits, NULL, 10);
		*r->unit ? number_bytes(r->b, value, r->exact) : number_count(r->b, value, r->exact);
		r->at += n;
	} else if (*r->unit) {
		buf_format(r->b, "1 B%s", r->glyphs->product);
	}
}

static void power(reader *r)
{
	static const char *const high[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
	r->at++;
	while (r->at < r->end && *r->at >= '0' && *r->at <= '9')
		buf_str(r->b, high[*r->at++ - '0']);
}

/* Up to the next sum outside of parentheses. */
static void term(reader *r)
{
	unsigned depth = 0;
	bool quoted = false;
	coefficient(r);
	for (; r->at < r->end; r->at++) {
		char c = *r->at;
		quoted ^= c == '\'';
		if (!quoted && !depth && (c == '+' || c == '-'))
			return;
		depth += !quoted && c == '(';
		depth -= !quoted && c == ')' && depth;
		if (!quoted && c == '*') {
			buf_str(r->b, r->glyphs->product);
		} else if (!quoted && c == '^' && strcmp(r->glyphs->product, "*")) {
			power(r);
			r->at--;
		} else {
			buf_char(r->b, c);
		}
	}
}

static void formula(buf *b, const oray_model *model, oray_amount a, const char *unit, bool exact,
                    const glyphs *g)
{
	buf plain = {0}, safe = {0};
	amount_expression(&plain, model, a);
	buf_printable(&safe, buf_text(&plain), plain.n);
	const char *start = buf_text(&safe);
	reader r = {start, start + safe.n, b, unit, exact, g};
	while (r.at < r.end) {
		bool minus = *r.at == '-';
		if (r.at > start)
			buf_str(b, minus ? " - " : " + ");
		else if (minus)
			buf_char(b, '-');
		r.at += minus || *r.at == '+';
		term(&r);
	}
	buf_free(&plain);
	buf_free(&safe);
}

void amount_text(buf *b, const oray_model *model, oray_amount a, const char *unit, bool exact,
                 const glyphs *g)
{
	if (!a.formula) {
		number_holey(b, (oray_count){a.value, a.exact}, unit, exact, g);
		return;
	}
	buf_str(b, a.exact ? "" : g->at_least);
	formula(b, model, a, unit, exact, g);
}

void amount_short(buf *b, const oray_model *model, oray_amount a, const char *unit, size_t columns,
                  const glyphs *g)
{
	buf all = {0};
	amount_text(&all, model, a, unit, false, g);
	fit_add(b, FIT_FORMULA, buf_text(&all), all.n, columns, g);
	buf_free(&all);
}

void amount_cell_expression(grid *g, size_t column, const oray_model *model, oray_amount a)
{
	buf plain = {0};
	amount_expression(&plain, model, a);
	buf_printable(grid_printable(g, column), buf_text(&plain), plain.n);
	if (!buf_ok(&plain))
		emit_fail(g->e, ORAY_ERR_MEMORY);
	buf_free(&plain);
}

void amount_cell(grid *g, size_t column, const oray_model *model, oray_amount a, const char *unit)
{
	if (g->format != ORAY_CSV)
		amount_text(grid_printable(g, column), model, a, unit, g->exact, g->e->glyphs);
	else if (oray_amount_is_number(a))
		grid_number(g, column, a.value, unit);
}

/* ----------------------------------------------------------------------- for programs -- */

static void put_named(emit *e, cJSON *object, const char *stem, const char *end, cJSON *item)
{
	buf key = {0};
	buf_str(&key, stem);
	buf_str(&key, end);
	if (!item || !buf_ok(&key) || !cJSON_AddItemToObject(object, buf_text(&key), item)) {
		cJSON_Delete(item);
		emit_fail(e, ORAY_ERR_MEMORY);
	}
	buf_free(&key);
}

void amount_put(emit *e, cJSON *object, const oray_model *model, const char *key, const char *stem,
                oray_amount a)
{
	bool number = oray_amount_is_number(a);
	json_put(e, object, key, number ? json_u64(a.value) : cJSON_CreateNull());
	if (number)
		return;
	put_named(e, object, key, "_known", json_u64(a.value));
	if (!a.formula)
		return;
	buf text = {0};
	amount_expression(&text, model, a);
	put_named(e, object, stem, a.exact ? "_expression" : "_known_expression",
	          buf_ok(&text) ? json_text((oray_str){buf_text(&text), text.n}) : NULL);
	buf_free(&text);
}

/* --------------------------------------------------------------------------- counting -- */

const char *counting_unit(oray_counting counting)
{
	return counting == ORAY_COUNT_FLOPS ? "FLOPs" : "MACs";
}

double layer_intensity(const oray_layer *layer, oray_counting counting)
{
	double operations = counting == ORAY_COUNT_FLOPS ? 1 : 2;
	if (!layer->counts_macs || !oray_amount_is_number(layer->macs) ||
	    !oray_amount_is_number(layer->moved) || !layer->moved.value)
		return NAN;
	return operations * (double)layer->macs.value / (double)layer->moved.value;
}
