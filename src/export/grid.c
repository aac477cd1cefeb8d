/* SPDX-License-Identifier: Apache-2.0 */
#include "export/grid.h"

#include <inttypes.h>
#include <string.h>

#include "export/escape.h"
#include "words/numbers.h"

#define GAP 2

/* ------------------------------------------------------------------------------- cells -- */

void grid_text(grid *g, size_t column, const char *text)
{
	buf_str(&g->cells[column].text, text);
}

void grid_format(grid *g, size_t column, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	buf_vformat(&g->cells[column].text, format, args);
	va_end(args);
}

buf *grid_printable(grid *g, size_t column)
{
	g->cells[column].foreign = true;
	return &g->cells[column].text;
}

void grid_model(grid *g, size_t column, oray_str s)
{
	buf_printable(grid_printable(g, column), s.data, s.size);
}

void grid_number(grid *g, size_t column, uint64_t n, const char *unit)
{
	buf *b = &g->cells[column].text;
	if (g->format == ORAY_CSV)
		buf_format(b, "%" PRIu64, n);
	else if (*unit)
		number_bytes(b, n, g->exact);
	else
		number_count(b, n, g->exact);
}

void grid_holey(grid *g, size_t column, oray_count n, const char *unit)
{
	if (n.exact)
		grid_number(g, column, n.value, unit);
	else if (g->format != ORAY_CSV)
		number_holey(&g->cells[column].text, n, unit, g->exact, g->e->glyphs);
}

void grid_none(grid *g, size_t column)
{
	if (g->format != ORAY_CSV)
		grid_text(g, column, g->e->glyphs->none);
	grid_paint(g, column, PAINT_DIM);
}

void grid_paint(grid *g, size_t column, paint p)
{
	g->cells[column].paint = p;
}

void grid_fill(grid *g, size_t row)
{
	for (size_t i = 0; i < g->n_columns; i++) {
		buf_clear(&g->cells[i].text);
		g->cells[i].paint = PAINT_PLAIN;
		g->cells[i].foreign = false;
	}
	g->fill(g, row);
	for (size_t i = 0; i < g->n_columns; i++)
		if (!buf_ok(&g->cells[i].text))
			emit_fail(g->e, ORAY_ERR_MEMORY);
}

/* ------------------------------------------------------------------------------ widths -- */

static bool active(const grid *g, size_t column)
{
	static const unsigned char in[] = {
	    [ORAY_TEXT] = GRID_IN_TEXT,
	    [ORAY_CSV] = GRID_IN_CSV,
	    [ORAY_MARKDOWN] = GRID_IN_MARKDOWN,
	};
	const grid_column *c = &g->columns[column];
	return !(g->hidden >> column & 1) && (!c->in || (c->in & in[g->format]));
}

static const char *title_of(const grid *g, size_t column)
{
	return column == 0 && g->title ? g->title : g->columns[column].title;
}

/* True for a number among formulas, which is not to be cut. */
static bool is_number(const grid *g, const buf *text)
{
	const char *s = buf_text(text), *product = g->e->glyphs->product;
	size_t least = strlen(g->e->glyphs->at_least);
	bool digit = *s >= '0' && *s <= '9';
	if (!digit && (text->n < least || memcmp(s, g->e->glyphs->at_least, least)))
		return false;
	return !strstr(s, product) && !strstr(s, " + ");
}

static void measure_row(grid *g)
{
	for (size_t i = 0; i < g->n_columns; i++) {
		const buf *text = &g->cells[i].text;
		size_t wide = fit_width(buf_text(text), text->n);
		if (wide > g->natural[i])
			g->natural[i] = wide;
		if (wide > g->least[i] && g->columns[i].how == FIT_FORMULA && is_number(g, text))
			g->least[i] = wide;
	}
}

static void measure(grid *g)
{
	memset(g->natural, 0, sizeof g->natural);
	memset(g->least, 0, sizeof g->least);
	for (size_t row = 0; row < g->n_rows && emit_ok(g->e); row++) {
		grid_fill(g, row);
		measure_row(g);
	}
	if (g->total) {
		grid_fill(g, GRID_TOTAL);
		measure_row(g);
	}
	for (size_t i = 0; i < g->n_columns && !g->no_header; i++) {
		if (!active(g, i))
			continue;
		size_t wide = fit_width(title_of(g, i), strlen(title_of(g, i)));
		if (wide > g->natural[i])
			g->natural[i] = wide;
	}
}

static size_t at_most(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Width of the table with flexible columns at `min`, or at `want`. */
static size_t needed(const grid *g, bool comfortable)
{
	size_t sum = 0;
	for (size_t i = 0; i < g->n_columns; i++) {
		const grid_column *c = &g->columns[i];
		if (!active(g, i))
			continue;
		size_t least = comfortable ? c->want : c->min;
		least = least > g->least[i] ? least : g->least[i];
		sum += c->how == FIT_RIGID ? g->natural[i] : at_most(g->natural[i], least);
		sum += GAP;
	}
	return sum ? sum - GAP : 0;
}

/* Takes columns away, those with the largest `drop` first, while the rest does not fit. */
static void drop(grid *g, size_t room, bool comfortable, unsigned char least)
{
	while (needed(g, comfortable) > room) {
		size_t victim = g->n_columns;
		for (size_t i = 0; i < g->n_columns; i++)
			if (active(g, i) && g->columns[i].drop >= least &&
			    (victim == g->n_columns || g->columns[i].drop >= g->columns[victim].drop))
				victim = i;
		if (victim == g->n_columns)
			return;
		g->hidden |= 1u << victim;
	}
}

/* Kinds of columns that get room, one after the other, up to a share of the page. */
enum { SHAPES = 1 << FIT_SHAPE, NAMES = 1 << FIT_NAME | 1 << FIT_TREE, ANY = ~0 };

static bool is_hungry(const grid *g, size_t column, int kinds, size_t limit)
{
	return active(g, column) && (1 << g->columns[column].how & kinds) &&
	       g->width[column] < at_most(g->natural[column], limit);
}

/* Gives room in equal steps, up to the natural width or `limit`. Returns what is left. */
static size_t grow(grid *g, size_t room, int kinds, size_t limit)
{
	for (;;) {
		size_t hungry = 0;
		for (size_t i = 0; i < g->n_columns; i++)
			hungry += is_hungry(g, i, kinds, limit);
		if (!hungry || !room)
			return room;
		size_t share = room / hungry ? room / hungry : 1;
		for (size_t i = 0; i < g->n_columns && room; i++) {
			if (!is_hungry(g, i, kinds, limit))
				continue;
			size_t step = at_most(g->natural[i], limit) - g->width[i];
			step = at_most(at_most(share, room), step);
			g->width[i] += step;
			room -= step;
		}
	}
}

/* Formulas come before all else, as long as they are short. */
static size_t grow_formulas(grid *g, size_t room)
{
	for (size_t i = 0; i < g->n_columns; i++) {
		size_t want = at_most(g->natural[i], g->columns[i].want);
		if (!active(g, i) || g->columns[i].how != FIT_FORMULA || g->width[i] >= want)
			continue;
		size_t step = at_most(want - g->width[i], room);
		g->width[i] += step;
		room -= step;
	}
	return room;
}

/* The widest column among those that may be cut, or among all; SIZE_MAX for none above `floor`. */
static size_t widest(const grid *g, bool numbers, size_t floor)
{
	size_t found = SIZE_MAX;
	for (size_t i = 0; i < g->n_columns; i++) {
		fit how = g->columns[i].how;
		bool number = how == FIT_RIGID || (how == FIT_FORMULA && g->width[i] <= g->least[i]);
		if (active(g, i) && (numbers || !number) && g->width[i] > floor &&
		    (found == SIZE_MAX || g->width[i] > g->width[found]))
			found = i;
	}
	return found;
}

/* The last resort: the widest columns give way, numbers last of all. */
static void squeeze(grid *g, size_t excess)
{
	enum { NAME_LEAST = 5 };
	while (excess) {
		size_t i = widest(g, false, NAME_LEAST);
		if (i == SIZE_MAX)
			i = widest(g, true, 0);
		if (i == SIZE_MAX)
			return;
		g->width[i]--;
		excess--;
	}
}

static void lay_out(grid *g, size_t room)
{
	size_t all = 0;
	drop(g, room, true, 2);
	drop(g, room, false, 1);
	for (size_t i = 0; i < g->n_columns; i++) {
		bool rigid = g->columns[i].how == FIT_RIGID;
		size_t least = g->columns[i].min > g->least[i] ? g->columns[i].min : g->least[i];
		g->width[i] = rigid ? g->natural[i] : at_most(g->natural[i], least);
		if (active(g, i))
			all += g->width[i] + GAP;
	}
	all = all > GAP ? all - GAP : 0;
	if (all > room)
		squeeze(g, all - room);
	size_t rest = grow_formulas(g, all < room ? room - all : 0);
	rest = grow(g, rest, SHAPES, room / 3);
	rest = grow(g, rest, ANY, room / 4);
	rest = grow(g, rest, NAMES, room / 2);
	grow(g, rest, ANY, SIZE_MAX);
}

/* -------------------------------------------------------------------------------- text -- */

static size_t table_width(const grid *g)
{
	size_t sum = 0;
	for (size_t i = 0; i < g->n_columns; i++)
		sum += active(g, i) ? g->width[i] + GAP : 0;
	return sum > GAP ? sum - GAP : 0;
}

/* Blanks are held back until something follows, so that no line ends in one. */
static void text_cell(grid *g, size_t column, const char *text, size_t size, paint p, size_t *owed)
{
	buf_clear(&g->line);
	size_t wide =
	    fit_add(&g->line, g->columns[column].how, text, size, g->width[column], g->e->glyphs);
	size_t rest = g->width[column] > wide ? g->width[column] - wide : 0;
	if (g->columns[column].right)
		*owed += rest;
	if (wide) {
		emit_repeat(g->e, " ", *owed);
		emit_painted(g->e, p, buf_text(&g->line), g->line.n);
		*owed = 0;
	}
	*owed += GAP + (g->columns[column].right ? 0 : rest);
}

static void text_header(grid *g)
{
	size_t owed = g->indent;
	for (size_t i = 0; i < g->n_columns; i++) {
		const char *title = title_of(g, i);
		if (active(g, i))
			text_cell(g, i, title, strlen(title), title == g->title ? PAINT_TITLE : PAINT_DIM,
			          &owed);
	}
	emit_str(g->e, "\n");
}

static void text_row(grid *g)
{
	size_t owed = g->indent;
	for (size_t i = 0; i < g->n_columns; i++) {
		const grid_cell *c = &g->cells[i];
		if (active(g, i))
			text_cell(g, i, buf_text(&c->text), c->text.n, c->paint, &owed);
	}
	emit_str(g->e, "\n");
}

static void text_rule(grid *g)
{
	buf_clear(&g->line);
	buf_repeat(&g->line, g->e->glyphs->rule, table_width(g));
	emit_repeat(g->e, " ", g->indent);
	emit_painted(g->e, PAINT_DIM, buf_text(&g->line), g->line.n);
	emit_str(g->e, "\n");
}

static void write_text(grid *g)
{
	size_t page = g->max_width ? g->max_width : g->e->width;
	measure(g);
	lay_out(g, page > g->indent ? page - g->indent : 1);
	if (!g->no_header)
		text_header(g);
	for (size_t row = 0; row < g->n_rows && emit_ok(g->e); row++) {
		if (row && row == g->rule_before)
			text_rule(g);
		grid_fill(g, row);
		text_row(g);
	}
	if (g->total) {
		grid_fill(g, GRID_TOTAL);
		text_rule(g);
		text_row(g);
	}
}

/* ------------------------------------------------------------------- CSV and Markdown -- */

static void csv_row(grid *g, bool header)
{
	bool first = true;
	buf_clear(&g->line);
	for (size_t i = 0; i < g->n_columns; i++) {
		const grid_cell *c = &g->cells[i];
		if (!active(g, i))
			continue;
		buf_str(&g->line, first ? "" : ",");
		first = false;
		if (header)
			buf_str(&g->line, g->columns[i].field);
		else
			escape_csv(&g->line, buf_text(&c->text), c->text.n, c->foreign);
	}
	buf_str(&g->line, "\r\n");
	emit_add(g->e, buf_text(&g->line), g->line.n);
}

static void write_csv(grid *g)
{
	if (!g->no_header)
		csv_row(g, true);
	for (size_t row = 0; row < g->n_rows && emit_ok(g->e); row++) {
		grid_fill(g, row);
		csv_row(g, false);
	}
}

static void markdown_row(grid *g)
{
	buf_clear(&g->line);
	buf_str(&g->line, "|");
	for (size_t i = 0; i < g->n_columns; i++) {
		const grid_cell *c = &g->cells[i];
		if (!active(g, i))
			continue;
		buf_str(&g->line, " ");
		escape_markdown(&g->line, buf_text(&c->text), c->text.n);
		buf_str(&g->line, " |");
	}
	buf_str(&g->line, "\n");
	emit_add(g->e, buf_text(&g->line), g->line.n);
}

static void markdown_header(grid *g)
{
	emit_str(g->e, "|");
	for (size_t i = 0; i < g->n_columns; i++)
		if (active(g, i))
			emit_format(g->e, " %s |", *title_of(g, i) == '#' ? "\\#" : title_of(g, i));
	emit_str(g->e, "\n|");
	for (size_t i = 0; i < g->n_columns; i++)
		if (active(g, i))
			emit_str(g->e, g->columns[i].right ? " ---: |" : " --- |");
	emit_str(g->e, "\n");
}

static void write_markdown(grid *g)
{
	markdown_header(g);
	for (size_t row = 0; row < g->n_rows && emit_ok(g->e); row++) {
		grid_fill(g, row);
		markdown_row(g);
	}
	if (g->total) {
		grid_fill(g, GRID_TOTAL);
		markdown_row(g);
	}
}

void grid_write(grid *g, emit *e)
{
	g->e = e;
	if (g->format == ORAY_CSV)
		write_csv(g);
	else if (g->format == ORAY_MARKDOWN)
		write_markdown(g);
	else
		write_text(g);
	if (!buf_ok(&g->line))
		emit_fail(e, ORAY_ERR_MEMORY);
	grid_free(g);
}

void grid_free(grid *g)
{
	for (size_t i = 0; i < g->n_columns; i++)
		buf_free(&g->cells[i].text);
	buf_free(&g->line);
}
